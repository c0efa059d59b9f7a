//! Lists in requests, with a least and a most number of entries.

use std::{borrow::Cow, ops::Deref};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};

/// A list of `MIN` to `MAX` entries; deserializing refuses any other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bounded<T, const MIN: usize, const MAX: usize>(Vec<T>);

impl<T, const MIN: usize, const MAX: usize> TryFrom<Vec<T>> for Bounded<T, MIN, MAX> {
    type Error = InvalidCount;

    fn try_from(entries: Vec<T>) -> Result<Self, InvalidCount> {
        let fits = (MIN..=MAX).contains(&entries.len());
        if fits { Ok(Self(entries)) } else { Err(InvalidCount { min: MIN, max: MAX }) }
    }
}

impl<T, const MIN: usize, const MAX: usize> From<Bounded<T, MIN, MAX>> for Vec<T> {
    fn from(entries: Bounded<T, MIN, MAX>) -> Self {
        entries.0
    }
}

impl<T, const MIN: usize, const MAX: usize> Deref for Bounded<T, MIN, MAX> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<'de, T: Deserialize<'de>, const MIN: usize, const MAX: usize> Deserialize<'de> for Bounded<T, MIN, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Vec::deserialize(deserializer)?.try_into().map_err(de::Error::custom)
    }
}

impl<T: JsonSchema, const MIN: usize, const MAX: usize> JsonSchema for Bounded<T, MIN, MAX> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("{}From{MIN}To{MAX}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let items = generator.subschema_for::<T>();
        json_schema!({ "type": "array", "items": items, "minItems": MIN, "maxItems": MAX })
    }
}

/// Too few entries, or too many; the message goes on from the field's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must have {min} to {max} entries")]
pub struct InvalidCount {
    pub min: usize,
    pub max: usize,
}

/// The indexes of entries that occur earlier in the list as well.
pub fn repeated<T: PartialEq>(entries: &[T]) -> impl Iterator<Item = usize> + '_ {
    (0..entries.len()).filter(|&index| entries[..index].contains(&entries[index]))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    type Few = Bounded<u8, 1, 3>;

    #[test]
    fn both_limits_are_allowed_and_the_schema_names_them() {
        let fits = [json!([]), json!([1]), json!([1, 2, 3]), json!([1, 2, 3, 4])]
            .map(|list| serde_json::from_value::<Few>(list).is_ok());
        assert_eq!(fits, [false, true, true, false]);
        let refusal = serde_json::from_value::<Few>(json!([])).unwrap_err().to_string();
        assert_eq!(refusal, "must have 1 to 3 entries");
        let schema = serde_json::to_value(schemars::schema_for!(Few)).unwrap();
        assert_eq!(schema["minItems"], 1);
        assert_eq!(schema["maxItems"], 3);
    }

    #[test]
    fn an_entry_is_repeated_from_its_second_time_on() {
        assert_eq!(repeated(&[1, 2, 1, 3, 2, 1]).collect::<Vec<_>>(), [2, 4, 5]);
    }
}
