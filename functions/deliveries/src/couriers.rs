//! The repository of couriers: an item each, in the index of those who are free while they are.

use app::{Changes, Condition, Context, Guarded, Item, Key, StoreError, Versioned};
use domain::{Cell, Resolution, UserId};

use crate::{Courier, DELIVERIES, FREE_COURIERS};

/// The version of a new courier.
pub(crate) const FIRST: u64 = 1;

/// Reads couriers.
pub trait Couriers {
    fn courier(&self, id: UserId) -> impl Future<Output = Result<Guarded<Courier>, StoreError>> + Send;
}

impl Couriers for Context {
    async fn courier(&self, id: UserId) -> Result<Guarded<Courier>, StoreError> {
        Ok(Guarded::new(self.get(DELIVERIES, &courier_key(id)).await?))
    }
}

/// The changes that save a new courier, unless there is one of that id.
pub fn enlistment(courier: &Courier) -> Changes {
    let new = Versioned { value: courier.clone(), version: FIRST };
    Changes::none().put(courier_item(&new), Condition::Absent)
}

/// The key of a courier's item.
pub(crate) fn courier_key(id: UserId) -> Key {
    Key::new(format!("COURIER#{id}"), "COURIER")
}

/// The partition of couriers who are free in a cell, in [`FREE_COURIERS`].
pub(crate) fn free_partition(cell: Cell) -> String {
    format!("CELL#{cell}")
}

/// The item of a courier, in [`FREE_COURIERS`] while they are free.
pub(crate) fn courier_item(courier: &Versioned<Courier>) -> Item {
    let item = Item::of(courier_key(courier.id), "courier", courier.version, &courier.value);
    match courier.place.filter(|_| courier.is_free()) {
        Some(place) => item.indexed(FREE_COURIERS, free_partition(place.cell(Resolution::Couriers)), courier.id),
        None => item,
    }
}
