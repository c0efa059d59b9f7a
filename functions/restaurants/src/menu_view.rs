//! A menu and its dishes, as everybody sees them.

use app::Reply;
use domain::{Currency, ItemId, Money, Name, OptionGroupId, OptionId, Picture, RestaurantId, Text};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{Allergen, Dietary, Item, ItemOption, Menu, OptionCount, OptionGroup, TaxRate};

/// The menu of a restaurant.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "Menu")]
pub struct MenuView {
    restaurant_id: RestaurantId,
    currency: Currency,
    version: u64,
    /// In the order of their first dish.
    sections: Vec<SectionView>,
}

/// A section of a menu.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "MenuSection")]
pub struct SectionView {
    name: Name,
    items: Vec<ItemView>,
}

impl MenuView {
    /// Groups the dishes by section and numbers them from 1.
    pub fn of(menu: Menu, version: u64) -> Self {
        let mut sections: Vec<SectionView> = Vec::new();
        for item in menu.items {
            let index = sections.iter().position(|section| section.name == item.section).unwrap_or_else(|| {
                sections.push(SectionView { name: item.section.clone(), items: Vec::new() });
                sections.len() - 1
            });
            let items = &mut sections[index].items;
            let before = items.last().map_or(0, |last| last.position);
            items.push(ItemView::of(item, before + 1));
        }
        Self { restaurant_id: menu.restaurant_id, currency: menu.currency, version, sections }
    }
}

impl Reply for MenuView {
    fn version(&self) -> Option<u64> {
        Some(self.version)
    }
}

/// A dish on a menu.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "Item")]
pub struct ItemView {
    id: ItemId,
    section: Name,
    /// Its place in the section, from 1.
    position: u32,
    name: Name,
    description: Option<Text>,
    /// What it costs without options, tax included.
    price: Money,
    /// The restaurant's where null.
    tax_rate_bp: Option<TaxRate>,
    allergens: Vec<Allergen>,
    dietary: Vec<Dietary>,
    /// Whether it can be ordered.
    available: bool,
    /// One of those that come with Tiffin, by its name.
    picture: Option<Picture>,
    option_groups: Vec<OptionGroupView>,
}

/// Options of which a customer chooses some.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "OptionGroup")]
pub struct OptionGroupView {
    id: OptionGroupId,
    name: Name,
    /// The fewest to choose.
    min: OptionCount,
    /// The most to choose.
    max: OptionCount,
    options: Vec<OptionView>,
}

/// An option of a dish.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "ItemOption")]
pub struct OptionView {
    id: OptionId,
    name: Name,
    /// What it adds to the price of the dish.
    price: Money,
    /// Whether it can be chosen.
    available: bool,
}

impl ItemView {
    /// `position` is the place in the section, from 1.
    pub fn of(item: Item, position: u32) -> Self {
        Self {
            id: item.id,
            section: item.section,
            position,
            name: item.name,
            description: item.description,
            price: item.price,
            tax_rate_bp: item.tax_rate_bp,
            allergens: item.allergens,
            dietary: item.dietary,
            available: item.available,
            picture: item.picture,
            option_groups: item.option_groups.into_iter().map(OptionGroupView::from).collect(),
        }
    }
}

impl Reply for ItemView {}

impl From<OptionGroup> for OptionGroupView {
    fn from(OptionGroup { id, name, min, max, options }: OptionGroup) -> Self {
        Self { id, name, min, max, options: options.into_iter().map(OptionView::from).collect() }
    }
}

impl From<ItemOption> for OptionView {
    fn from(ItemOption { id, name, price, available }: ItemOption) -> Self {
        Self { id, name, price, available }
    }
}
