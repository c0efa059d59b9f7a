//! A restaurant as a list shows it.

use domain::{Cuisine, EtaMinutes, Money, MoneyError, Name, Pace, Picture, Place, RestaurantId};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{Near, delivery_fee, eta_minutes};

/// A restaurant as a list shows it, reckoned for one place.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Card {
    id: RestaurantId,
    name: Name,
    cuisines: Vec<Cuisine>,
    /// One of those that come with Tiffin, by its name.
    picture: Option<Picture>,
    place: Place,
    /// The least subtotal it delivers.
    min_order: Money,
    distance_m: u32,
    /// What the way to that place costs, as a quote would say.
    delivery_fee: Money,
    /// When food would be there, from now.
    eta_minutes: EtaMinutes,
}

impl Card {
    /// The card of a restaurant, with fee and times for the place that it is near.
    pub fn of(Near { entry, distance_m }: Near, pace: Pace) -> Result<Self, MoneyError> {
        Ok(Self {
            id: entry.id,
            name: entry.name,
            cuisines: entry.cuisines,
            picture: entry.picture,
            place: entry.place,
            min_order: entry.min_order,
            distance_m,
            delivery_fee: delivery_fee(&entry.delivery_fee, distance_m)?,
            eta_minutes: eta_minutes(entry.prep_minutes.get(), distance_m, pace),
        })
    }

    pub const fn id(&self) -> RestaurantId {
        self.id
    }

    /// As the crow flies, from the place that was searched.
    pub const fn distance_m(&self) -> u32 {
        self.distance_m
    }
}
