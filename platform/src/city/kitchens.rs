//! Restaurants and what they cook, read from files such as `restaurants.json` and made by the service that owns them.

use std::collections::HashMap;

use app::Changes;
use domain::{RestaurantId, UserId};
use restaurants::{Ids, Menu, NewItem, NewRestaurant, Restaurant};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{FOUNDED, founding, people};

/// The one currency of the city.
const CURRENCY: &str = "RON";
/// The restaurants of the city.
pub(super) const CITY: &str = include_str!("restaurants.json");
/// The restaurant of the theatre.
pub(super) const THEATRE: &str = include_str!("theatre.json");

/// A restaurant and its menu.
#[derive(Clone, Debug)]
pub(super) struct Kitchen {
    /// The restaurant.
    pub(super) restaurant: Restaurant,
    /// Its menu.
    pub(super) menu: Menu,
}

impl Kitchen {
    /// What opens it.
    pub(super) fn creation(&self) -> Changes {
        restaurants::creation(&self.restaurant, &self.menu)
    }
}

/// The file; amounts are in minor units.
#[derive(Deserialize)]
struct KitchenData {
    /// By a short name that dishes refer to.
    option_groups: HashMap<String, ToldGroup>,
    restaurants: Vec<ToldRestaurant>,
}

#[derive(Deserialize)]
struct ToldGroup {
    name: String,
    min: u32,
    max: u32,
    /// Name and price.
    options: Vec<(String, i64)>,
}

#[derive(Deserialize)]
struct ToldRestaurant {
    /// The owner's e-mail.
    merchant: String,
    name: String,
    cuisines: Vec<String>,
    picture: String,
    description: String,
    street: String,
    postcode: String,
    lat: f64,
    lon: f64,
    phone: String,
    prep_minutes: u32,
    radius_m: u32,
    fee_base: i64,
    fee_per_km: i64,
    min_order: i64,
    small_below: i64,
    small_fee: i64,
    menu: Vec<ToldDish>,
}

#[derive(Deserialize)]
struct ToldDish {
    section: String,
    name: String,
    description: String,
    picture: String,
    price: i64,
    allergens: Vec<String>,
    dietary: Vec<String>,
    /// Short names of option groups.
    options: Vec<String>,
}

/// Every restaurant of a file; `owner` knows merchants by their e-mail.
pub(super) fn every_kitchen(file: &str, owner: impl Fn(&str) -> UserId) -> Vec<Kitchen> {
    let KitchenData { option_groups, restaurants } = serde_json::from_str(file).expect("the file is well-formed");
    restaurants.iter().map(|told| kitchen(told, owner(&told.merchant), &option_groups)).collect()
}

fn kitchen(told: &ToldRestaurant, merchant: UserId, groups: &HashMap<String, ToldGroup>) -> Kitchen {
    let id = RestaurantId::derived(FOUNDED, &founding(), &told.name);
    let (most, least) = id.uuid().as_u64_pair();
    let mut rng = fastrand::Rng::with_seed(most ^ least);
    let mut random = || {
        let mut bytes = [0; 10];
        rng.fill(&mut bytes);
        bytes
    };
    let mut ids = Ids::new(FOUNDED, &mut random);
    let restaurant = Restaurant::new(id, merchant, new_restaurant(told)).expect("the city's restaurants can be opened");
    let items = told.menu.iter().map(|dish| new_item(dish, groups)).collect();
    let menu = Menu::with_items(&restaurant, items, &mut ids).expect("the city's menus can be put up");
    Kitchen { restaurant, menu }
}

/// As a client would send it.
fn new_restaurant(told: &ToldRestaurant) -> NewRestaurant {
    let request = json!({
        "name": told.name,
        "description": told.description,
        "phone": told.phone,
        "cuisines": told.cuisines,
        "place": { "lat": told.lat, "lon": told.lon },
        "address": people::address(&told.street, &told.postcode),
        "time_zone": "Europe/Bucharest",
        "currency": CURRENCY,
        "prep_minutes": told.prep_minutes,
        "delivery_radius_m": told.radius_m,
        "delivery_fee": { "base": money(told.fee_base), "per_km": money(told.fee_per_km) },
        "min_order": money(told.min_order),
        "small_order": { "below": money(told.small_below), "fee": money(told.small_fee) },
        "picture": told.picture,
    });
    serde_json::from_value(request).expect("the city's restaurants are what the API takes")
}

/// As a client would send it.
fn new_item(told: &ToldDish, groups: &HashMap<String, ToldGroup>) -> NewItem {
    let group = |name: &String| {
        let ToldGroup { name, min, max, options } = &groups[name];
        let option = |(name, price): &(String, i64)| json!({ "name": name, "price": money(*price) });
        let options: Vec<Value> = options.iter().map(option).collect();
        json!({ "name": name, "min": min, "max": max, "options": options })
    };
    let request = json!({
        "section": told.section,
        "name": told.name,
        "description": told.description,
        "price": money(told.price),
        "allergens": told.allergens,
        "dietary": told.dietary,
        "picture": told.picture,
        "option_groups": told.options.iter().map(group).collect::<Vec<Value>>(),
    });
    serde_json::from_value(request).expect("the city's dishes are what the API takes")
}

fn money(amount: i64) -> Value {
    json!({ "amount": amount, "currency": CURRENCY })
}
