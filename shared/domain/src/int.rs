//! Bounded whole numbers: `int!` makes a type for each.

/// Makes a bounded whole-number type: `int! { /// What it is. pub struct PrepMinutes(u32: 1..=240); }`.
///
/// The type inside is one that fits `i64`. It reads from that type, a text or JSON (the error is [`InvalidInt`]) and
/// describes itself inline in a schema.
#[macro_export]
macro_rules! int {
    ($(#[$meta:meta])* $visibility:vis struct $name:ident($int:ty: $min:literal..=$max:literal);) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        $visibility struct $name($int);

        impl $name {
            /// The least.
            pub const MIN: Self = Self($min);
            /// The most.
            pub const MAX: Self = Self($max);

            /// The number.
            pub const fn get(self) -> $int {
                self.0
            }

            const fn refusal() -> $crate::InvalidInt {
                $crate::InvalidInt { min: $min, max: $max }
            }
        }

        impl TryFrom<$int> for $name {
            type Error = $crate::InvalidInt;

            fn try_from(number: $int) -> Result<Self, $crate::InvalidInt> {
                let range: ::std::ops::RangeInclusive<$int> = $min..=$max;
                if range.contains(&number) { Ok(Self(number)) } else { Err(Self::refusal()) }
            }
        }

        impl From<$name> for $int {
            fn from(number: $name) -> Self {
                number.0
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = $crate::InvalidInt;

            fn from_str(text: &str) -> Result<Self, $crate::InvalidInt> {
                text.parse::<$int>().map_err(|_| Self::refusal()).and_then(Self::try_from)
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                ::std::fmt::Display::fmt(&self.0, f)
            }
        }

        impl $crate::__private::serde::Serialize for $name {
            fn serialize<S: $crate::__private::serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                $crate::__private::serde::Serialize::serialize(&self.0, to)
            }
        }

        impl<'de> $crate::__private::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::__private::serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let number = <i64 as $crate::__private::serde::Deserialize>::deserialize(from)?;
                <$int>::try_from(number)
                    .map_err(|_| Self::refusal())
                    .and_then(Self::try_from)
                    .map_err($crate::__private::serde::de::Error::custom)
            }
        }

        impl $crate::__private::schemars::JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(
                _: &mut $crate::__private::schemars::SchemaGenerator,
            ) -> $crate::__private::schemars::Schema {
                Self::refusal().schema()
            }
        }
    };
}

/// A number out of range; the message goes on from the field's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be a whole number from {min} to {max}")]
pub struct InvalidInt {
    /// The least.
    pub min: i64,
    /// The most.
    pub max: i64,
}

impl InvalidInt {
    /// The JSON Schema of the numbers that are not refused.
    #[doc(hidden)]
    pub fn schema(self) -> schemars::Schema {
        schemars::json_schema!({ "type": "integer", "minimum": self.min, "maximum": self.max })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    int! {
        /// A small one.
        pub struct Small(u32: 1..=240);
    }

    #[test]
    fn both_ends_are_in() {
        let found = [0, 1, 240, 241].map(|number| Small::try_from(number).map(Small::get));
        let refused = Err(InvalidInt { min: 1, max: 240 });
        assert_eq!(found, [refused, Ok(1), Ok(240), refused]);
    }

    #[test]
    fn json_out_of_range_is_refused_with_the_range() {
        for value in [json!(-1), json!(0), json!(241), json!(5_000_000_000_i64)] {
            let error = serde_json::from_value::<Small>(value).unwrap_err().to_string();
            assert_eq!(error, "must be a whole number from 1 to 240");
        }
        assert!(serde_json::from_value::<Small>(json!("5")).is_err());
        assert_eq!(serde_json::from_value::<Small>(json!(5)).unwrap(), "5".parse().unwrap());
    }
}
