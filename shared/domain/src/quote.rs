//! What a basket costs, and the promise of it: the content of a quote's token.
//!
//! `restaurants` makes it with the one price function; what is ordered, charged, captured and refunded is the same number.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Currency, ItemId, Money, MoneyError, Name, OptionId, Phone, Picture, QuoteId, RestaurantId, Stop, UserId};

/// One option that was chosen for a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LineOption {
    /// Which option of the dish.
    pub option_id: OptionId,
    /// The name of its group when it was priced.
    pub group: Name,
    /// The option's name when it was priced.
    pub name: Name,
    /// What it adds to the unit price.
    pub price: Money,
}

/// One line of a basket, as it was priced.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Line {
    /// Its number, from 1.
    pub line: u32,
    /// Which dish.
    pub item_id: ItemId,
    /// The dish's name when it was priced.
    pub name: Name,
    /// The chosen options; empty if the dish is taken as it is.
    pub options: Vec<LineOption>,
    /// How many.
    pub quantity: u32,
    /// The dish and its options, once.
    pub unit_price: Money,
    /// `unit_price × quantity`.
    pub total: Money,
}

/// What a basket costs. Prices include tax: `tax` is shown, not added.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Price {
    /// The lines, numbered from 1.
    pub lines: Vec<Line>,
    /// The sum of the lines.
    pub subtotal: Money,
    /// For the way: a base and a rate per kilometre.
    pub delivery_fee: Money,
    /// A share of the subtotal.
    pub service_fee: Money,
    /// What a small order pays on top.
    pub small_order_fee: Money,
    /// What a promotion takes off; never negative.
    pub discount: Money,
    /// The part of the total that is tax.
    pub tax: Money,
    /// For the courier, whole.
    pub tip: Money,
    /// `subtotal + delivery_fee + service_fee + small_order_fee − discount + tip`.
    pub total: Money,
}

impl Price {
    /// The one currency of every amount.
    pub const fn currency(&self) -> Currency {
        self.total.currency
    }

    /// What the total must be, recomputed from the lines and fees.
    pub fn recomputed_total(&self) -> Result<Money, MoneyError> {
        let mut subtotal = Money::zero(self.currency());
        for line in &self.lines {
            subtotal = subtotal.checked_add(line.unit_price.times(line.quantity)?)?;
        }
        subtotal
            .checked_add(self.delivery_fee)?
            .checked_add(self.service_fee)?
            .checked_add(self.small_order_fee)?
            .checked_sub(self.discount)?
            .checked_add(self.tip)
    }
}

/// A span of minutes from now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EtaMinutes {
    /// At the earliest.
    pub min: u32,
    /// At the latest.
    pub max: u32,
}

/// What an order keeps of its restaurant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RestaurantCard {
    /// What it was called when the basket was priced.
    pub name: Name,
    /// Where to ring it.
    pub phone: Option<Phone>,
    /// Its picture, if it had one.
    pub picture: Option<Picture>,
}

/// The claims of a quote's token: a price, for one customer, for ten minutes, for one order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct QuoteClaims {
    /// The quote; its order has the same UUID.
    pub jti: QuoteId,
    /// The customer it was made for.
    pub sub: UserId,
    /// Made at, Unix seconds.
    pub iat: i64,
    /// Good until, Unix seconds.
    pub exp: i64,
    /// Who cooks.
    pub restaurant_id: RestaurantId,
    /// Whose it is.
    pub merchant_id: UserId,
    /// The restaurant's name, phone and picture.
    pub restaurant: RestaurantCard,
    /// Where it is picked up.
    pub pick_up: Stop,
    /// Where it is brought.
    pub deliver_to: Stop,
    /// From pick-up to drop-off, in metres.
    pub distance_m: u32,
    /// When it would be there, from now.
    pub eta_minutes: EtaMinutes,
    /// The restaurant's usual preparation time, in minutes.
    pub prep_minutes: u32,
    /// What it costs, to the minor unit.
    pub price: Price,
}
