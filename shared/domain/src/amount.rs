//! Money within limits, as a request says it.

use std::{borrow::Cow, ops::Deref};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, de};

use crate::{Currency, Money};

/// Money from `MIN` to `MAX` minor units of its currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Amount<const MIN: i64, const MAX: i64>(Money);

impl<const MIN: i64, const MAX: i64> TryFrom<Money> for Amount<MIN, MAX> {
    type Error = InvalidAmount;

    fn try_from(money: Money) -> Result<Self, InvalidAmount> {
        if (MIN..=MAX).contains(&money.amount) { Ok(Self(money)) } else { Err(InvalidAmount { min: MIN, max: MAX }) }
    }
}

impl<const MIN: i64, const MAX: i64> From<Amount<MIN, MAX>> for Money {
    fn from(amount: Amount<MIN, MAX>) -> Self {
        amount.0
    }
}

impl<const MIN: i64, const MAX: i64> Deref for Amount<MIN, MAX> {
    type Target = Money;

    fn deref(&self) -> &Money {
        &self.0
    }
}

impl<'de, const MIN: i64, const MAX: i64> Deserialize<'de> for Amount<MIN, MAX> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Money::deserialize(from)?.try_into().map_err(de::Error::custom)
    }
}

impl<const MIN: i64, const MAX: i64> JsonSchema for Amount<MIN, MAX> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("AmountFrom{MIN}To{MAX}").into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let currency = generator.subschema_for::<Currency>();
        json_schema!({
            "type": "object",
            "properties": {
                "amount": {"type": "integer", "format": "int64", "minimum": MIN, "maximum": MAX},
                "currency": currency,
            },
            "additionalProperties": false,
            "required": ["amount", "currency"],
        })
    }
}

/// Less or more than it may be; the message goes on from the field's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be an amount from {min} to {max}")]
pub struct InvalidAmount {
    min: i64,
    max: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_limits_are_allowed() {
        let euro = |amount| Amount::<1, 5>::try_from(Money::new(amount, Currency::EUR));
        assert_eq!([0, 1, 5, 6].map(|amount| euro(amount).is_ok()), [false, true, true, false]);
        assert_eq!(euro(0).unwrap_err().to_string(), "must be an amount from 1 to 5");
    }
}
