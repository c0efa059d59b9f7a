//! A restaurant: where it is, what it charges, how far it delivers, and whose it is.

use app::{Policy, Problem, Public, Reply, User};
use domain::{
    Address, Cuisine, Currency, Money, Name, Phone, Picture, Place, PrepMinutes, RestaurantId, Stop, Text, TimeZone,
    UserId, int,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Bounded, BundledPicture, Cost, wrong::Wrong};

int! {
    /// How far a restaurant delivers, in metres.
    pub struct DeliveryRadius(u32: 500..=15_000);
}

int! {
    /// A tax rate, in basis points: 900 are 9 %.
    pub struct TaxRate(u32: 0..=5000);
}

/// The most kinds of food of one restaurant.
const MAX_CUISINES: usize = 10;

/// What the way costs: a base, and so much a kilometre.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeliveryFee {
    /// For any way.
    pub base: Cost,
    /// For each kilometre, counted to the metre.
    pub per_km: Cost,
}

/// What a small order pays on top.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SmallOrder {
    /// A subtotal below this is small.
    pub below: Cost,
    /// What it pays.
    pub fee: Cost,
}

/// A restaurant that is to be opened.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRestaurant {
    name: Name,
    description: Text,
    phone: Option<Phone>,
    cuisines: Bounded<Cuisine, 1, MAX_CUISINES>,
    place: Place,
    address: Address,
    time_zone: TimeZone,
    /// The one currency of all its prices.
    currency: Currency,
    prep_minutes: PrepMinutes,
    delivery_radius_m: DeliveryRadius,
    delivery_fee: DeliveryFee,
    /// The least subtotal it delivers.
    min_order: Cost,
    small_order: Option<SmallOrder>,
    /// The tax rate of its fees, and of dishes that name none.
    tax_rate_bp: Option<TaxRate>,
    picture: Option<BundledPicture>,
}

impl NewRestaurant {
    /// Requires every amount in the restaurant's own currency, and no cuisine twice.
    fn check(&self) -> Result<(), Problem> {
        let mut wrong = Wrong::default();
        wrong.repetitions("/cuisines", &self.cuisines);
        wrong.currency("/delivery_fee/base", &self.delivery_fee.base, self.currency);
        wrong.currency("/delivery_fee/per_km", &self.delivery_fee.per_km, self.currency);
        wrong.currency("/min_order", &self.min_order, self.currency);
        if let Some(SmallOrder { below, fee }) = &self.small_order {
            wrong.currency("/small_order/below", below, self.currency);
            wrong.currency("/small_order/fee", fee, self.currency);
        }
        wrong.refuse()
    }
}

/// A restaurant, as it is stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Restaurant {
    pub id: RestaurantId,
    pub merchant_id: UserId,
    pub name: Name,
    pub description: Text,
    pub phone: Option<Phone>,
    pub cuisines: Vec<Cuisine>,
    /// Where couriers pick up.
    pub place: Place,
    /// The same place, for people.
    pub address: Address,
    pub time_zone: TimeZone,
    /// The one currency of all its prices.
    pub currency: Currency,
    pub prep_minutes: PrepMinutes,
    pub delivery_radius_m: DeliveryRadius,
    pub delivery_fee: DeliveryFee,
    /// The least subtotal it delivers.
    pub min_order: Money,
    pub small_order: Option<SmallOrder>,
    /// The tax rate of its fees, and of dishes that name none.
    pub tax_rate_bp: Option<TaxRate>,
    pub picture: Option<Picture>,
}

impl Restaurant {
    /// A merchant's new restaurant, or every wrong field.
    pub fn new(id: RestaurantId, merchant_id: UserId, new: NewRestaurant) -> Result<Self, Problem> {
        new.check()?;
        Ok(Self {
            id,
            merchant_id,
            name: new.name,
            description: new.description,
            phone: new.phone,
            cuisines: new.cuisines.into(),
            place: new.place,
            address: new.address,
            time_zone: new.time_zone,
            currency: new.currency,
            prep_minutes: new.prep_minutes,
            delivery_radius_m: new.delivery_radius_m,
            delivery_fee: new.delivery_fee,
            min_order: new.min_order.into(),
            small_order: new.small_order,
            tax_rate_bp: new.tax_rate_bp,
            picture: new.picture.map(Picture::from),
        })
    }

    /// Where couriers pick up; without notes.
    pub fn pick_up(&self) -> Stop {
        Stop { place: self.place, address: self.address.clone(), notes: None }
    }
}

impl Policy for Restaurant {
    type Purpose = ();

    fn permits(&self, user: &User, (): ()) -> bool {
        user.is(self.merchant_id) || user.is_admin()
    }
}

impl Public for Restaurant {}

/// A restaurant.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "Restaurant")]
pub struct RestaurantView {
    id: RestaurantId,
    merchant_id: UserId,
    name: Name,
    description: Text,
    phone: Option<Phone>,
    cuisines: Vec<Cuisine>,
    place: Place,
    address: Address,
    time_zone: TimeZone,
    /// The one currency of all its prices.
    currency: Currency,
    prep_minutes: PrepMinutes,
    delivery_radius_m: DeliveryRadius,
    delivery_fee: DeliveryFee,
    /// The least subtotal it delivers.
    min_order: Money,
    small_order: Option<SmallOrder>,
    /// The tax rate of its fees, and of dishes that name none.
    tax_rate_bp: Option<TaxRate>,
    /// One of those that come with Tiffin, by its name.
    picture: Option<Picture>,
    version: u64,
}

impl RestaurantView {
    pub fn of(restaurant: Restaurant, version: u64) -> Self {
        Self {
            id: restaurant.id,
            merchant_id: restaurant.merchant_id,
            name: restaurant.name,
            description: restaurant.description,
            phone: restaurant.phone,
            cuisines: restaurant.cuisines,
            place: restaurant.place,
            address: restaurant.address,
            time_zone: restaurant.time_zone,
            currency: restaurant.currency,
            prep_minutes: restaurant.prep_minutes,
            delivery_radius_m: restaurant.delivery_radius_m,
            delivery_fee: restaurant.delivery_fee,
            min_order: restaurant.min_order,
            small_order: restaurant.small_order,
            tax_rate_bp: restaurant.tax_rate_bp,
            picture: restaurant.picture,
            version,
        }
    }
}

impl Reply for RestaurantView {
    fn version(&self) -> Option<u64> {
        Some(self.version)
    }
}
