//! A restaurant: where it is, what it charges, how far it delivers, and whose it is.

use std::ops::Deref;

use app::{Policy, Problem, Public, Reply, User};
use domain::{
    Address, Cuisine, Currency, Money, Name, Patch, Phone, Picture, Place, PrepMinutes, RestaurantId, Stop, Text,
    TimeZone, UserId, int, patched,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Bounded, BundledPicture, Cost, Now, OpenState, TaxRate, wrong::Wrong};

int! {
    /// How far a restaurant delivers, in metres.
    pub struct DeliveryRadius(u32: 500..=15_000);
}

/// A restaurant that is to be opened, as JSON.
pub(crate) const EXAMPLE: &str = r#"{
    "name": "La Mama", "description": "Romanian home cooking.", "phone": "+40 21 312 34 56",
    "cuisines": ["romanian", "soups"],
    "place": {"lat": 44.4268, "lon": 26.1025},
    "address": {"street": "Str. Episcopiei 9", "city": "București", "postcode": "010292", "country": "RO"},
    "time_zone": "Europe/Bucharest", "currency": "RON", "prep_minutes": 20, "delivery_radius_m": 5000,
    "delivery_fee": {
        "base": {"amount": 500, "currency": "RON"},
        "per_km": {"amount": 150, "currency": "RON"}
    },
    "min_order": {"amount": 3000, "currency": "RON"},
    "small_order": {"below": {"amount": 5000, "currency": "RON"}, "fee": {"amount": 400, "currency": "RON"}},
    "tax_rate_bp": 900, "picture": "soup"
}"#;

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

patched! {
    /// What a merchant says of a restaurant.
    #[schemars(rename = "Restaurant")]
    pub struct Profile {
        name: Name,
        description: Text,
        phone: Option<Phone>,
        cuisines: Vec<Cuisine> as Bounded<Cuisine, 1, MAX_CUISINES> => Vec::from,
        // Where couriers pick up.
        place: Place,
        // The same place, for people.
        address: Address,
        time_zone: TimeZone,
        /// The one currency of all its prices.
        currency: Currency,
        prep_minutes: PrepMinutes,
        delivery_radius_m: DeliveryRadius,
        delivery_fee: DeliveryFee,
        /// The least subtotal it delivers.
        min_order: Money as Cost => Money::from,
        small_order: Option<SmallOrder>,
        /// The tax rate of its fees, and of dishes that name none.
        tax_rate_bp: Option<TaxRate>,
        /// One of those that come with Tiffin, by its name.
        picture: Option<Picture> as Option<BundledPicture> => |chosen| chosen.map(Picture::from),
    }
    /// A restaurant that is to be opened.
    pub struct NewRestaurant like EXAMPLE;
}

impl Profile {
    /// Requires every amount in the restaurant's currency, and no cuisine twice.
    fn check(&self, currency: Currency) -> Result<(), Problem> {
        let mut wrong = Wrong::default();
        wrong.repetitions("/cuisines", &self.cuisines);
        if self.currency != currency {
            wrong.field("/currency", format!("must stay {currency}, which the prices of its menu are in"));
        }
        wrong.currency("/delivery_fee/base", &self.delivery_fee.base, currency);
        wrong.currency("/delivery_fee/per_km", &self.delivery_fee.per_km, currency);
        wrong.currency("/min_order", &self.min_order, currency);
        if let Some(SmallOrder { below, fee }) = &self.small_order {
            wrong.currency("/small_order/below", below, currency);
            wrong.currency("/small_order/fee", fee, currency);
        }
        wrong.refuse()
    }
}

/// A restaurant, as it is stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Restaurant {
    pub id: RestaurantId,
    pub merchant_id: UserId,
    #[serde(flatten)]
    pub profile: Profile,
}

impl Deref for Restaurant {
    type Target = Profile;

    fn deref(&self) -> &Profile {
        &self.profile
    }
}

impl Restaurant {
    /// A merchant's new restaurant, or every wrong field.
    pub fn new(id: RestaurantId, merchant_id: UserId, new: NewRestaurant) -> Result<Self, Problem> {
        let profile = Profile::from(new);
        profile.check(profile.currency)?;
        Ok(Self { id, merchant_id, profile })
    }

    /// What is said of it once that is changed, or every wrong field. Its currency stays.
    pub fn changed(&self, patch: &Patch<NewRestaurant>) -> Result<Profile, Problem> {
        let profile = patch.apply(&self.profile)?;
        profile.check(self.currency)?;
        Ok(profile)
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
    /// Whether it takes orders.
    state: OpenState,
    #[serde(flatten)]
    profile: Profile,
    version: u64,
}

impl RestaurantView {
    pub fn of(Restaurant { id, merchant_id, profile }: Restaurant, now: &Now, version: u64) -> Self {
        Self { id, merchant_id, state: now.state(), profile, version }
    }
}

impl Reply for RestaurantView {
    fn version(&self) -> Option<u64> {
        Some(self.version)
    }
}
