//! The repository of restaurants, of their menus, of what is so now of each, and of where each is found.

use app::{
    Context, Draft, Guarded, Index, Item, Key, Problem, Query, StoreError, Stored, StoredType, Table, Versioned,
    erasure::People,
};
use domain::{Cell, Resolution, RestaurantId, UserId, cells_within};

use crate::{Menu, Merchant, Now, Restaurant, SearchEntry};

/// Restaurants of a merchant, in the order of their creation.
pub const BY_MERCHANT: Index = Index("by-merchant");
/// What has a deadline.
pub const DUE: Index = Index("due");
pub const RESTAURANTS: Table = Table::new("restaurants", &[BY_MERCHANT, DUE]);

/// What is held of people: which restaurants are theirs. What a restaurant says of itself is the business's, and stays.
pub const PEOPLE: People = People {
    table: RESTAURANTS,
    due: DUE,
    own: |_| Vec::new(),
    stored: &[
        StoredType::of::<Restaurant>(),
        StoredType::of::<Menu>(),
        StoredType::of::<Now>(),
        StoredType::of::<Merchant>(),
    ],
};

impl Stored for Restaurant {
    const TABLE: Table = RESTAURANTS;
    const ITEM: &'static str = "restaurant";
    type Id = RestaurantId;

    fn key(id: &RestaurantId) -> Key {
        Key::new(partition(*id), "RESTAURANT")
    }

    fn enter(&self, item: Item) -> Item {
        item.indexed(BY_MERCHANT, merchants(self.merchant_id), self.id)
    }

    /// Its entry in every cell that it delivers to.
    fn beside(&self) -> Vec<Item> {
        let entry = SearchEntry::of(self);
        let key = |cell| Key::new(cells(cell), partition(self.id));
        let reached = cells_within(self.place, self.delivery_radius_m.get(), Resolution::Restaurants).into_iter();
        reached.map(|cell| Item::of(key(cell), "listing", 1, &entry)).collect()
    }

    fn parties(&self) -> Vec<UserId> {
        vec![self.merchant_id]
    }

    /// Nobody's: name, telephone and address are the business's.
    fn subjects(&self) -> Vec<UserId> {
        Vec::new()
    }

    fn redacted(self, _user: UserId) -> Option<Self> {
        Some(self)
    }
}

impl Stored for Menu {
    const TABLE: Table = RESTAURANTS;
    const ITEM: &'static str = "menu";
    type Id = RestaurantId;

    fn key(id: &RestaurantId) -> Key {
        Key::new(partition(*id), "MENU")
    }

    fn subjects(&self) -> Vec<UserId> {
        Vec::new()
    }

    fn redacted(self, _user: UserId) -> Option<Self> {
        Some(self)
    }
}

impl Stored for Now {
    const TABLE: Table = RESTAURANTS;
    const ITEM: &'static str = "now";
    type Id = RestaurantId;

    fn key(id: &RestaurantId) -> Key {
        Key::new(partition(*id), "NOW")
    }

    fn subjects(&self) -> Vec<UserId> {
        Vec::new()
    }

    fn redacted(self, _user: UserId) -> Option<Self> {
        Some(self)
    }
}

/// A new restaurant, saved with its menu.
pub fn creation(restaurant: Restaurant, menu: Menu) -> Draft<Restaurant> {
    let id = restaurant.id;
    let mut restaurant = Draft::new(&id, restaurant);
    restaurant.saves(Draft::new(&id, menu));
    restaurant
}

/// A restaurant, and what is so now of it, in one read.
pub(crate) async fn restaurant_and_now(
    context: &Context,
    id: RestaurantId,
) -> Result<(Guarded<Restaurant>, Now), StoreError> {
    let [restaurant, now] = read_together(context, [Restaurant::key(&id), Now::key(&id)]).await?;
    Ok((context.guarded(restaurant)?, read_now(now)?))
}

/// A restaurant, its menu, and what is so now of it, in one read.
pub(crate) async fn restaurant_menu_and_now(
    context: &Context,
    id: RestaurantId,
) -> Result<(Versioned<Restaurant>, Versioned<Menu>, Now), Problem> {
    let keys = [Restaurant::key(&id), Menu::key(&id), Now::key(&id)];
    let [restaurant, menu, now] = read_together(context, keys).await?;
    let restaurant = context.guarded(restaurant)?.public()?;
    Ok((restaurant, context.guarded(menu)?.public()?, read_now(now)?))
}

/// What lies at each of these keys, in one read.
async fn read_together<const N: usize>(context: &Context, keys: [Key; N]) -> Result<[Option<Item>; N], StoreError> {
    let mut items = context.store().get_many(RESTAURANTS, &keys).await?;
    Ok(keys.map(|key| items.iter().position(|item| item.key == key).map(|place| items.swap_remove(place))))
}

fn read_now(item: Option<Item>) -> Result<Now, StoreError> {
    Ok(item.map(|item| item.read()).transpose()?.unwrap_or_default())
}

/// What is so now of each of these restaurants.
pub(crate) async fn now_of(context: &Context, restaurants: &[Versioned<Restaurant>]) -> Result<Vec<Now>, StoreError> {
    let keys: Vec<Key> = restaurants.iter().map(|restaurant| Now::key(&restaurant.id)).collect();
    let found = context.find_at::<Now>(&keys).await?;
    Ok(found.into_iter().map(|now| now.map(|now| now.value).unwrap_or_default()).collect())
}

/// The restaurants of a merchant, oldest first.
pub(crate) fn of_merchant(merchant: UserId) -> Query {
    Query::index(BY_MERCHANT, merchants(merchant))
}

/// The entries of the restaurants that deliver to a cell.
pub(crate) fn entries_of(cell: Cell) -> Query {
    Query::partition(cells(cell))
}

fn partition(id: RestaurantId) -> String {
    format!("RST#{id}")
}

pub(crate) fn merchants(merchant: UserId) -> String {
    format!("MERCHANT#{merchant}")
}

fn cells(cell: Cell) -> String {
    format!("CELL#{cell}")
}

#[cfg(test)]
mod tests {
    use app::{Changes, MAX_WRITES};
    use domain::Place;
    use proptest::prelude::*;

    use super::*;
    use crate::{DeliveryRadius, sample};

    /// Among the places with the most cells, 50: patches of a few hundred metres beside the grid's pentagons, which are at
    /// sea. From such a patch to another that is far enough off, a move would be one write too many.
    fn most_cells() -> Place {
        Place::new(39.068_895_085_011_66, 122.540_377_196_400_03).unwrap()
    }

    prop_compose! {
        fn anywhere()(lat in -90.0..=90.0, lon in -180.0..=180.0) -> Place {
            Place::new(lat, lon).unwrap()
        }
    }

    /// A new restaurant with the largest radius.
    fn opened(place: Place) -> Draft<Restaurant> {
        let restaurant = sample::restaurant_like(1, |restaurant| {
            restaurant.profile.place = place;
            restaurant.profile.delivery_radius_m = DeliveryRadius::MAX;
        });
        let menu = Menu::of(&restaurant);
        creation(restaurant, menu)
    }

    #[test]
    fn a_place_beside_a_pentagon_has_fifty_cells() {
        assert_eq!(opened(most_cells()).beside().len(), 50);
    }

    proptest! {
        #[test]
        fn a_restaurant_is_created_in_one_transaction_wherever_it_is(
            place in prop_oneof![9 => anywhere(), 1 => Just(most_cells())],
        ) {
            let writes = Changes::from(opened(place)).writes.len();
            prop_assert!((3..=MAX_WRITES).contains(&writes), "{writes}");
        }

        #[test]
        fn a_restaurant_moves_in_one_transaction(
            from in prop_oneof![9 => anywhere(), 1 => Just(most_cells())], to in anywhere(),
        ) {
            let mut restaurant = opened(from).saved();
            restaurant.step().profile.place = to;
            let writes = Changes::from(restaurant).writes.len();
            prop_assert!((2..=MAX_WRITES).contains(&writes), "{writes}");
        }
    }
}
