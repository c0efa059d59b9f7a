//! What something costs, as a request says it.

use std::{borrow::Cow, ops::Deref};

use domain::{Currency, Money};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, de};

/// The most that anything may cost, in minor units: even the largest possible basket stays far below 64 bits.
pub const MAX_AMOUNT: i64 = 1_000_000_000_000;

/// Money from nothing to [`MAX_AMOUNT`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Cost(Money);

impl TryFrom<Money> for Cost {
    type Error = InvalidCost;

    fn try_from(money: Money) -> Result<Self, InvalidCost> {
        if (0..=MAX_AMOUNT).contains(&money.amount) { Ok(Self(money)) } else { Err(InvalidCost) }
    }
}

impl From<Cost> for Money {
    fn from(cost: Cost) -> Self {
        cost.0
    }
}

impl Deref for Cost {
    type Target = Money;

    fn deref(&self) -> &Money {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Cost {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Money::deserialize(from)?.try_into().map_err(de::Error::custom)
    }
}

impl JsonSchema for Cost {
    fn schema_name() -> Cow<'static, str> {
        "Cost".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let currency = generator.subschema_for::<Currency>();
        json_schema!({
            "type": "object",
            "description": "What something costs, in minor units of its currency.",
            "properties": {
                "amount": {"type": "integer", "format": "int64", "minimum": 0, "maximum": MAX_AMOUNT},
                "currency": currency,
            },
            "additionalProperties": false,
            "required": ["amount", "currency"],
        })
    }
}

/// Less than nothing, or more than anything costs; the message goes on from the field's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be an amount from 0 to {MAX_AMOUNT}")]
pub struct InvalidCost;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_limits_are_allowed() {
        let found =
            [-1, 0, MAX_AMOUNT, MAX_AMOUNT + 1].map(|amount| Cost::try_from(Money::new(amount, Currency::EUR)).is_ok());
        assert_eq!(found, [false, true, true, false]);
    }
}
