//! A dish on a menu, and the options it comes with.

use app::Problem;
use domain::{Currency, ItemId, Money, Name, OptionGroupId, OptionId, Picture, Text, int};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Allergen, Bounded, BundledPicture, Cost, Dietary, Ids, TaxRate, wrong::Wrong};

/// The most option groups of a dish.
pub const MAX_GROUPS: usize = 20;
/// The most options of a group.
pub const MAX_OPTIONS: usize = 50;

int! {
    /// How many options of a group.
    pub struct OptionCount(u32: 0..=50);
}

int! {
    /// A place within a section, from 1.
    pub struct MenuPosition(u32: 1..=1000);
}

/// A dish that is to be put on a menu.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewItem {
    /// The section; one that is not there yet comes after the others.
    pub section: Name,
    /// The place it takes in its section, from 1; the dish that had it, and those after, move down one. Last where
    /// left out, and where it is beyond the end.
    pub position: Option<MenuPosition>,
    name: Name,
    description: Option<Text>,
    price: Cost,
    /// The restaurant's where left out.
    tax_rate_bp: Option<TaxRate>,
    #[schemars(extend("uniqueItems" = true))]
    allergens: Option<Bounded<Allergen, 0, { Allergen::COUNT }>>,
    #[schemars(extend("uniqueItems" = true))]
    dietary: Option<Bounded<Dietary, 0, { Dietary::COUNT }>>,
    /// Whether it can be ordered; true where left out.
    available: Option<bool>,
    picture: Option<BundledPicture>,
    option_groups: Option<Bounded<NewOptionGroup, 0, MAX_GROUPS>>,
}

/// Options of which a customer chooses some.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewOptionGroup {
    name: Name,
    /// The fewest to choose.
    min: OptionCount,
    /// The most to choose.
    max: OptionCount,
    options: Bounded<NewOption, 1, MAX_OPTIONS>,
}

/// An option of a new dish.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewOption {
    name: Name,
    /// What it adds to the price of the dish.
    price: Cost,
    /// Whether it can be chosen; true where left out.
    available: Option<bool>,
}

impl NewItem {
    /// Requires option groups that can be chosen from, and nothing twice.
    pub fn check(&self) -> Result<(), Problem> {
        let mut wrong = Wrong::default();
        wrong.repetitions("/allergens", self.allergens.as_deref().unwrap_or_default());
        wrong.repetitions("/dietary", self.dietary.as_deref().unwrap_or_default());
        for (index, group) in self.groups().iter().enumerate() {
            group.check(&format!("/option_groups/{index}"), &mut wrong);
        }
        wrong.refuse()
    }

    /// Requires every price in the restaurant's currency.
    pub fn check_currency(&self, currency: Currency) -> Result<(), Problem> {
        let mut wrong = Wrong::default();
        wrong.currency("/price", &self.price, currency);
        for (group, options) in self.groups().iter().map(|group| &group.options).enumerate() {
            for (option, NewOption { price, .. }) in options.iter().enumerate() {
                wrong.currency(format_args!("/option_groups/{group}/options/{option}/price"), price, currency);
            }
        }
        wrong.refuse()
    }

    fn groups(&self) -> &[NewOptionGroup] {
        self.option_groups.as_deref().unwrap_or_default()
    }
}

impl NewOptionGroup {
    fn check(&self, pointer: &str, wrong: &mut Wrong) {
        if self.min > self.max {
            wrong.field(format!("{pointer}/min"), format!("must not be over max, {}", self.max));
        }
        if self.max.get() as usize > self.options.len() {
            wrong.field(
                format!("{pointer}/max"),
                format!("must not be over the number of options, {}", self.options.len()),
            );
        }
    }
}

/// A dish, as it is stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Item {
    pub id: ItemId,
    pub section: Name,
    pub name: Name,
    pub description: Option<Text>,
    /// What it costs without options.
    pub price: Money,
    /// The restaurant's rate applies where this is none.
    pub tax_rate_bp: Option<TaxRate>,
    pub allergens: Vec<Allergen>,
    pub dietary: Vec<Dietary>,
    /// Whether it can be ordered.
    pub available: bool,
    pub picture: Option<Picture>,
    pub option_groups: Vec<OptionGroup>,
}

/// Options of which a customer chooses some, as they are stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OptionGroup {
    pub id: OptionGroupId,
    pub name: Name,
    /// The fewest to choose.
    pub min: OptionCount,
    /// The most to choose.
    pub max: OptionCount,
    pub options: Vec<ItemOption>,
}

/// One option, as it is stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ItemOption {
    pub id: OptionId,
    pub name: Name,
    /// What it adds to the price of the dish.
    pub price: Money,
    /// Whether it can be chosen.
    pub available: bool,
}

impl Item {
    /// A dish with new ids.
    pub fn new(new: NewItem, ids: &mut Ids<'_>) -> Self {
        let groups = new.option_groups.map(Vec::from).unwrap_or_default();
        Self {
            id: ids.item(),
            section: new.section,
            name: new.name,
            description: new.description,
            price: new.price.into(),
            tax_rate_bp: new.tax_rate_bp,
            allergens: new.allergens.map(Vec::from).unwrap_or_default(),
            dietary: new.dietary.map(Vec::from).unwrap_or_default(),
            available: new.available.unwrap_or(true),
            picture: new.picture.map(Picture::from),
            option_groups: groups.into_iter().map(|group| OptionGroup::new(group, ids)).collect(),
        }
    }
}

impl OptionGroup {
    fn new(new: NewOptionGroup, ids: &mut Ids<'_>) -> Self {
        let options = Vec::from(new.options).into_iter().map(|option| ItemOption {
            id: ids.option(),
            name: option.name,
            price: option.price.into(),
            available: option.available.unwrap_or(true),
        });
        let options = options.collect();
        Self { id: ids.group(), name: new.name, min: new.min, max: new.max, options }
    }
}
