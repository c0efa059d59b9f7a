//! The repository of restaurants and their menus, and of where each is found.

use app::{Changes, Condition, Context, Guarded, Index, Item, Key, Query, QueryPage, StoreError, Table, Versioned};
use domain::{Resolution, RestaurantId, UserId, cells_within};

use crate::{Menu, Restaurant, listing::listed};

/// Restaurants of a merchant, in the order of their creation.
pub const BY_MERCHANT: Index = Index("by-merchant");
pub const RESTAURANTS: Table = Table::new("restaurants", &[BY_MERCHANT]);

/// The version of a new restaurant and of a new menu.
pub const FIRST: u64 = 1;

/// The sort key of a restaurant.
const RESTAURANT: &str = "RESTAURANT";
/// The sort key of a menu.
const MENU: &str = "MENU";

/// Reads restaurants and menus.
pub trait Restaurants {
    fn restaurant(&self, id: RestaurantId) -> impl Future<Output = Result<Guarded<Restaurant>, StoreError>> + Send;

    fn menu(&self, id: RestaurantId) -> impl Future<Output = Result<Guarded<Menu>, StoreError>> + Send;

    /// A restaurant and its menu, in one read.
    fn restaurant_and_menu(
        &self,
        id: RestaurantId,
    ) -> impl Future<Output = Result<(Guarded<Restaurant>, Guarded<Menu>), StoreError>> + Send;

    /// A page of a merchant's restaurants, newest first. Positions are sort keys.
    fn restaurants_of(
        &self,
        merchant: UserId,
        after: Option<&str>,
        limit: usize,
    ) -> impl Future<Output = Result<(Vec<Guarded<Restaurant>>, Option<String>), StoreError>> + Send;
}

impl Restaurants for Context {
    async fn restaurant(&self, id: RestaurantId) -> Result<Guarded<Restaurant>, StoreError> {
        Ok(Guarded::new(self.get(RESTAURANTS, &key(id, RESTAURANT)).await?))
    }

    async fn menu(&self, id: RestaurantId) -> Result<Guarded<Menu>, StoreError> {
        Ok(Guarded::new(self.get(RESTAURANTS, &key(id, MENU)).await?))
    }

    async fn restaurant_and_menu(&self, id: RestaurantId) -> Result<(Guarded<Restaurant>, Guarded<Menu>), StoreError> {
        let keys = [key(id, RESTAURANT), key(id, MENU)];
        let items = self.store().get_many(RESTAURANTS, &keys).await?;
        let found = |key: &Key| items.iter().find(|item| item.key == *key);
        let restaurant =
            found(&keys[0]).map(|item| item.read().map(|value| Versioned { value, version: item.version }));
        let menu = found(&keys[1]).map(|item| item.read().map(|value| Versioned { value, version: item.version }));
        Ok((Guarded::new(restaurant.transpose()?), Guarded::new(menu.transpose()?)))
    }

    async fn restaurants_of(
        &self,
        merchant: UserId,
        after: Option<&str>,
        limit: usize,
    ) -> Result<(Vec<Guarded<Restaurant>>, Option<String>), StoreError> {
        let query = Query::index(BY_MERCHANT, owned(merchant)).descending().after(after).limit(limit);
        let QueryPage { items, next, .. } = self.query(RESTAURANTS, &query).await?;
        let read = |item: &Item| Ok(Guarded::new(Some(Versioned { value: item.read()?, version: item.version })));
        Ok((items.iter().map(read).collect::<Result<_, StoreError>>()?, next))
    }
}

/// Saves a new restaurant with its menu, and lists it in every cell that it delivers to. Fails where the id exists.
pub fn creation(restaurant: &Restaurant, menu: &Menu) -> Changes {
    let cells = cells_within(restaurant.place, restaurant.delivery_radius_m.get(), Resolution::Restaurants);
    let saved = Changes::none()
        .put(restaurant_item(restaurant), Condition::Absent)
        .put(Item::of(key(restaurant.id, MENU), "menu", FIRST, menu), Condition::Absent);
    cells.into_iter().fold(saved, |saved, cell| saved.put(listed(restaurant, cell, FIRST), Condition::Absent))
}

/// Saves a changed menu, unless it was changed otherwise since version `read_at` (optimistic locking).
pub fn menu_change(menu: &Menu, read_at: u64) -> Changes {
    let item = Item::of(key(menu.restaurant_id, MENU), "menu", read_at + 1, menu);
    Changes::none().put(item, Condition::read_at(Some(read_at)))
}

fn restaurant_item(restaurant: &Restaurant) -> Item {
    let item = Item::of(key(restaurant.id, RESTAURANT), "restaurant", FIRST, restaurant);
    item.indexed(BY_MERCHANT, owned(restaurant.merchant_id), restaurant.id)
}

fn owned(merchant: UserId) -> String {
    format!("MERCHANT#{merchant}")
}

fn key(id: RestaurantId, sort_key: &str) -> Key {
    Key::new(format!("RST#{id}"), sort_key)
}

#[cfg(test)]
mod tests {
    use app::MAX_WRITES;
    use domain::Place;
    use proptest::prelude::*;

    use super::*;
    use crate::{DeliveryRadius, sample};

    proptest! {
        #[test]
        fn a_restaurant_is_created_in_one_transaction_wherever_it_is(lat in -90.0..=90.0, lon in -180.0..=180.0) {
            let place = Place::new(lat, lon).unwrap();
            let restaurant = Restaurant { place, delivery_radius_m: DeliveryRadius::MAX, ..sample::restaurant() };
            let writes = creation(&restaurant, &Menu::of(&restaurant)).writes.len();
            prop_assert!((3..=MAX_WRITES).contains(&writes), "{writes}");
        }
    }
}
