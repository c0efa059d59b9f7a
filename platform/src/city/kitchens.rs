//! Restaurants and what they cook, read from files such as `restaurants.json` and made by the service that owns them.

use std::collections::HashMap;

use app::Changes;
use domain::{RestaurantId, UserId};
use restaurants::{Ids, Menu, NewItem, NewRestaurant, Restaurant};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    facts::{FOUNDED, founding},
    people,
};

/// The one currency of the city.
const CURRENCY: &str = "RON";
/// The city's restaurants and menus.
pub(super) const CITY: &str = include_str!("restaurants.json");
/// The theatre's restaurant and menu.
pub(super) const THEATRE: &str = include_str!("theatre.json");

/// A restaurant and its menu.
#[derive(Clone, Debug)]
pub(super) struct Kitchen {
    pub(super) restaurant: Restaurant,
    pub(super) menu: Menu,
}

impl Kitchen {
    /// The changes that open it.
    pub(super) fn creation(&self) -> Changes {
        restaurants::creation(self.restaurant.clone(), self.menu.clone()).into()
    }
}

/// A file; amounts are in minor units.
#[derive(Deserialize)]
struct KitchenData {
    /// By a short name that dishes refer to.
    option_groups: HashMap<String, GroupData>,
    restaurants: Vec<RestaurantData>,
}

#[derive(Deserialize)]
struct GroupData {
    name: String,
    min: u32,
    max: u32,
    /// Name and price.
    options: Vec<(String, i64)>,
}

#[derive(Deserialize)]
struct RestaurantData {
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
    menu: Vec<DishData>,
}

#[derive(Deserialize)]
struct DishData {
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
    restaurants.iter().map(|data| kitchen(data, owner(&data.merchant), &option_groups)).collect()
}

fn kitchen(data: &RestaurantData, merchant: UserId, groups: &HashMap<String, GroupData>) -> Kitchen {
    let id = RestaurantId::derived(FOUNDED, &founding(), &data.name);
    let (most, least) = id.uuid().as_u64_pair();
    let mut rng = fastrand::Rng::with_seed(most ^ least);
    let mut random = || {
        let mut bytes = [0; 10];
        rng.fill(&mut bytes);
        bytes
    };
    let mut ids = Ids::new(FOUNDED, &mut random);
    let restaurant = Restaurant::new(id, merchant, new_restaurant(data)).expect("the city's restaurants can be opened");
    let items = data.menu.iter().map(|dish| new_item(dish, groups)).collect();
    let menu = Menu::with_items(&restaurant, items, &mut ids).expect("the city's menus can be put up");
    Kitchen { restaurant, menu }
}

/// The restaurant as a client would send it.
fn new_restaurant(data: &RestaurantData) -> NewRestaurant {
    let request = json!({
        "name": data.name,
        "description": data.description,
        "phone": data.phone,
        "cuisines": data.cuisines,
        "place": { "lat": data.lat, "lon": data.lon },
        "address": people::address(&data.street, &data.postcode),
        "time_zone": "Europe/Bucharest",
        "currency": CURRENCY,
        "prep_minutes": data.prep_minutes,
        "delivery_radius_m": data.radius_m,
        "delivery_fee": { "base": money(data.fee_base), "per_km": money(data.fee_per_km) },
        "min_order": money(data.min_order),
        "small_order": { "below": money(data.small_below), "fee": money(data.small_fee) },
        "picture": data.picture,
    });
    serde_json::from_value(request).expect("the city's restaurants are what the API takes")
}

/// The dish as a client would send it.
fn new_item(data: &DishData, groups: &HashMap<String, GroupData>) -> NewItem {
    let group = |name: &String| {
        let GroupData { name, min, max, options } = &groups[name];
        let option = |(name, price): &(String, i64)| json!({ "name": name, "price": money(*price) });
        let options: Vec<Value> = options.iter().map(option).collect();
        json!({ "name": name, "min": min, "max": max, "options": options })
    };
    let request = json!({
        "section": data.section,
        "name": data.name,
        "description": data.description,
        "price": money(data.price),
        "allergens": data.allergens,
        "dietary": data.dietary,
        "picture": data.picture,
        "option_groups": data.options.iter().map(group).collect::<Vec<Value>>(),
    });
    serde_json::from_value(request).expect("the city's dishes are what the API takes")
}

fn money(amount: i64) -> Value {
    json!({ "amount": amount, "currency": CURRENCY })
}
