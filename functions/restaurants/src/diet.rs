//! What is in a dish, and whom it suits.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What must be declared of a dish: the fourteen of EU regulation 1169/2011, annex II.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
#[expect(missing_docs, reason = "each word says it all")]
pub enum Allergen {
    Celery,
    Crustaceans,
    Eggs,
    Fish,
    Gluten,
    Lupin,
    Milk,
    Molluscs,
    Mustard,
    Nuts,
    Peanuts,
    Sesame,
    Soy,
    Sulphites,
}

impl Allergen {
    pub const COUNT: usize = 14;
}

/// Whom a dish suits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
#[expect(missing_docs, reason = "each word says it all")]
pub enum Dietary {
    Vegetarian,
    Vegan,
    Halal,
    Kosher,
    LactoseFree,
    GlutenFree,
}

impl Dietary {
    pub const COUNT: usize = 6;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_are_the_contracts() {
        let allergens =
            "celery crustaceans eggs fish gluten lupin milk molluscs mustard nuts peanuts sesame soy sulphites";
        let dietary = "vegetarian vegan halal kosher lactose_free gluten_free";
        let allergens: Vec<Allergen> =
            allergens.split(' ').map(|word| serde_json::from_value(word.into()).unwrap()).collect();
        let dietary: Vec<Dietary> =
            dietary.split(' ').map(|word| serde_json::from_value(word.into()).unwrap()).collect();
        assert_eq!(allergens.len(), Allergen::COUNT);
        assert_eq!(allergens[13], Allergen::Sulphites);
        assert_eq!(dietary.len(), Dietary::COUNT);
        assert_eq!(dietary[4], Dietary::LactoseFree);
    }
}
