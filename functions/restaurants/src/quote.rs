//! A quote, as its customer sees it, and the refusals of one.

use app::{Code, FieldError, Problem, Reply};
use domain::{EtaMinutes, Line, Money, MoneyError, QuoteClaims, QuoteId, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;

use crate::{OptionFault, Refusal};

pub const RESTAURANT_CLOSED: Code = Code::new(
    "restaurant-closed",
    422,
    "Restaurant closed",
    "The restaurant takes no orders now; `next_opening` says when it opens, and is null where that is not known.",
);
pub const OUT_OF_RANGE: Code =
    Code::new("out-of-range", 422, "Out of range", "The restaurant does not deliver that far from its place.");
pub const ITEM_UNAVAILABLE: Code = Code::new(
    "item-unavailable",
    422,
    "Dish unavailable",
    "The dishes that `errors` points at are not on the menu, or not available. Read the menu again.",
);
pub const OPTION_INVALID: Code = Code::new(
    "option-invalid",
    422,
    "Options invalid",
    "The options that `errors` points at are not ones that the dish offers now, as many as each group takes.",
);
pub const BELOW_MINIMUM: Code = Code::new(
    "below-minimum",
    422,
    "Below the minimum",
    "The restaurant delivers from `min_order` on; `missing` says how much more it takes.",
);

/// What a basket costs, and a token to order it with.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[expect(clippy::struct_field_names, reason = "the contract names the token `quote`")]
pub struct Quote {
    /// What to send to order just this: a JWS.
    quote: String,
    id: QuoteId,
    expires_at: Timestamp,
    lines: Vec<Line>,
    /// The sum of the lines.
    subtotal: Money,
    delivery_fee: Money,
    service_fee: Money,
    small_order_fee: Money,
    discount: Money,
    /// The part of the total that is tax.
    tax: Money,
    tip: Money,
    /// `subtotal + delivery_fee + service_fee + small_order_fee − discount + tip`.
    total: Money,
    distance_m: u32,
    /// When food would be there, from now.
    eta_minutes: EtaMinutes,
}

impl Reply for Quote {}

impl Quote {
    /// What these claims promise; `quote` is the token that signs them.
    pub fn of(quote: String, QuoteClaims { jti, exp, distance_m, eta_minutes, price, .. }: QuoteClaims) -> Self {
        Self {
            quote,
            id: jti,
            expires_at: Timestamp::from_second(exp),
            lines: price.lines,
            subtotal: price.subtotal,
            delivery_fee: price.delivery_fee,
            service_fee: price.service_fee,
            small_order_fee: price.small_order_fee,
            discount: price.discount,
            tax: price.tax,
            tip: price.tip,
            total: price.total,
            distance_m,
            eta_minutes,
        }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let detail = refusal.to_string();
        match refusal {
            Refusal::OutOfRange { .. } => Self::new(OUT_OF_RANGE, detail),
            Refusal::ItemsUnavailable(places) => {
                let unavailable = |place| FieldError {
                    pointer: format!("/items/{place}"),
                    code: "unavailable",
                    detail: "is not on the menu, or not available".to_owned(),
                };
                Self::new(ITEM_UNAVAILABLE, detail).naming(places.into_iter().map(unavailable))
            }
            Refusal::OptionsInvalid(faults) => {
                let invalid = |(place, fault): (usize, OptionFault)| FieldError {
                    pointer: format!("/items/{place}/options"),
                    code: "invalid",
                    detail: fault.to_string(),
                };
                Self::new(OPTION_INVALID, detail).naming(faults.into_iter().map(invalid))
            }
            Refusal::BelowMinimum { missing } => Self::new(BELOW_MINIMUM, detail).with("missing", json!(missing)),
            Refusal::Money(MoneyError::Overflow) => Self::invalid("/items", "must cost less"),
            Refusal::Money(mismatch @ MoneyError::CurrencyMismatch { .. }) => Self::internal(mismatch),
        }
    }
}
