//! A menu: every dish of a restaurant in order, as one thing with one version.

use app::{Policy, Problem, Public, User};
use domain::{Currency, ItemId, RestaurantId, UserId};
use serde::{Deserialize, Serialize};

use crate::{Ids, Item, MenuPosition, NewItem, Restaurant};

/// The most dishes of a menu.
pub const MAX_ITEMS: usize = 300;
/// The most bytes of a menu as it is stored: well below what one item of a table may have.
pub const MAX_BYTES: usize = 256 * 1024;

/// The menu of a restaurant, as it is stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Menu {
    pub restaurant_id: RestaurantId,
    /// Who may change it.
    pub merchant_id: UserId,
    /// The one currency of all prices.
    pub currency: Currency,
    /// The dishes in the order of the menu; those of one section need not be adjacent.
    pub items: Vec<Item>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("A menu has {MAX_ITEMS} dishes and {MAX_BYTES} bytes at most.")]
pub struct MenuFull;

impl Menu {
    /// The menu of a new restaurant: nothing yet.
    pub fn of(restaurant: &Restaurant) -> Self {
        Self {
            restaurant_id: restaurant.id,
            merchant_id: restaurant.merchant_id,
            currency: restaurant.currency,
            items: Vec::new(),
        }
    }

    /// A menu with these dishes, added one by one; or what is wrong with the first that can't be added.
    pub fn with_items(restaurant: &Restaurant, items: Vec<NewItem>, ids: &mut Ids<'_>) -> Result<Self, Problem> {
        let mut menu = Self::of(restaurant);
        for new in items {
            let position = new.position;
            new.check()?;
            new.check_currency(menu.currency)?;
            menu.insert(Item::new(new, ids), position);
        }
        menu.fitting().map_err(|full| Problem::invalid("", full.to_string()))
    }

    /// The menu with one more dish, at `position` in its section; the dishes from there on move down. Last where
    /// `position` is left out or beyond the end.
    pub fn with(mut self, item: Item, position: Option<MenuPosition>) -> Result<Self, MenuFull> {
        self.insert(item, position);
        self.fitting()
    }

    pub fn item(&self, id: ItemId) -> Option<&Item> {
        self.items.iter().find(|item| item.id == id)
    }

    /// The place of a dish in its section, from 1.
    pub fn position(&self, item: &Item) -> u32 {
        let before = self.items.iter().take_while(|other| other.id != item.id);
        (1..).zip(before.filter(|other| other.section == item.section)).last().map_or(1, |(count, _)| count + 1)
    }

    fn insert(&mut self, item: Item, position: Option<MenuPosition>) {
        let skipped = position.map_or(usize::MAX, |position| position.get() as usize - 1);
        let mut section = self.items.iter().enumerate().filter(|(_, other)| other.section == item.section);
        let index = section.nth(skipped).map_or(self.items.len(), |(index, _)| index);
        self.items.insert(index, item);
    }

    fn fitting(self) -> Result<Self, MenuFull> {
        let bytes = serde_json::to_vec(&self).map_or(usize::MAX, |body| body.len());
        if self.items.len() > MAX_ITEMS || bytes > MAX_BYTES { Err(MenuFull) } else { Ok(self) }
    }
}

impl Policy for Menu {
    type Purpose = ();

    fn permits(&self, user: &User, (): ()) -> bool {
        user.is(self.merchant_id) || user.is_admin()
    }
}

impl Public for Menu {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    fn names(menu: &Menu) -> Vec<(&str, u32)> {
        menu.items.iter().map(|item| (item.name.as_str(), menu.position(item))).collect()
    }

    fn put(menu: Menu, section: &str, name: &str, position: Option<u32>) -> Menu {
        let item = Item { section: section.parse().unwrap(), ..sample::dish(name) };
        menu.with(item, position.map(|position| position.try_into().unwrap())).unwrap()
    }

    #[test]
    fn a_position_is_a_place_within_the_section() {
        let mut menu = Menu::of(&sample::restaurant());
        for (section, name, position) in [
            ("Soups", "Borș", None),
            ("Mains", "Sarmale", Some(7)),
            ("Soups", "Supă", None),
            ("Soups", "Ciorbă", Some(2)),
            ("Mains", "Tochitură", Some(1)),
        ] {
            menu = put(menu, section, name, position);
        }
        let wanted = [("Borș", 1), ("Tochitură", 1), ("Sarmale", 2), ("Ciorbă", 2), ("Supă", 3)];
        assert_eq!(names(&menu), wanted);
    }

    #[test]
    fn a_menu_has_a_limit_in_dishes_and_in_bytes() {
        let mut menu = Menu::of(&sample::restaurant());
        for _ in 0..MAX_ITEMS {
            menu = menu.with(sample::dish("Supă"), None).unwrap();
        }
        assert_eq!(menu.clone().with(sample::dish("Supă"), None), Err(MenuFull));
        menu.items.truncate(1);
        let group = sample::dish_with_options("Pizza").option_groups.remove(0);
        menu.items[0].option_groups = vec![group; 3000];
        assert_eq!(menu.with(sample::dish("Supă"), None), Err(MenuFull));
    }
}
