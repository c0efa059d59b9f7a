//! The pictures to choose from for restaurants and dishes.

use std::borrow::Cow;

use domain::Picture;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;

use crate::BUNDLED;

/// One of the pictures that come with Tiffin, by its name.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Picture")]
pub struct BundledPicture(Picture);

impl TryFrom<Picture> for BundledPicture {
    type Error = &'static str;

    fn try_from(picture: Picture) -> Result<Self, Self::Error> {
        let known = BUNDLED.contains(&picture.as_str());
        if known { Ok(Self(picture)) } else { Err("must be the name of a picture that comes with Tiffin") }
    }
}

impl From<BundledPicture> for Picture {
    fn from(BundledPicture(picture): BundledPicture) -> Self {
        picture
    }
}

impl JsonSchema for BundledPicture {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "BundledPicture".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "enum": BUNDLED})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_those_that_come_with_tiffin_can_be_chosen() {
        assert!(!BUNDLED.is_empty());
        for name in BUNDLED {
            let chosen: BundledPicture = serde_json::from_value((*name).into()).unwrap();
            assert_eq!(Picture::from(chosen).as_str(), *name);
        }
        for other in ["unicorn", "Pizza", "pizza.webp", "https://example.org/pizza.webp", ""] {
            assert!(serde_json::from_value::<BundledPicture>(other.into()).is_err(), "{other}");
        }
    }
}
