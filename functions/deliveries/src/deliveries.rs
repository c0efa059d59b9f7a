//! The repository of deliveries: an item each, under the indexes of its lists, and one for each that waits for a courier.

use app::{
    Changes, Condition, Context, Guarded, Index, Item, Key, OrPlaceholder, StoreError, Table, Versioned, due_key,
    sharded,
};
use domain::{Cell, DeliveryId, Resolution};
use serde::{Deserialize, Serialize};

use crate::{Delivery, OrderProgress, State, plan::Draft};

/// Deliveries for which a courier is looked for, by when a sweep goes on with them.
pub const DUE: Index = Index("due");
/// Deliveries by who delivers or is asked: `COURIER#<id>` / when made, id.
pub const BY_COURIER: Index = Index("by-courier");
/// Couriers who are free, by where they are: `CELL#<r7>` / id.
pub const FREE_COURIERS: Index = Index("free-couriers");
/// Every delivery, by when it was made; sharded.
pub const ALL: Index = Index("all");
/// The table of `deliveries`.
pub const DELIVERIES: Table = Table::new("deliveries", &[DUE, BY_COURIER, FREE_COURIERS, ALL]);

/// The partition name of the list of all.
pub(crate) const ALL_PARTITION: &str = "DELIVERIES";

/// What is stored under the key of a delivery.
pub type StoredDelivery = OrPlaceholder<Delivery, OrderProgress>;

/// The item that lists a delivery as waiting for a courier near a cell.
#[derive(Serialize, Deserialize)]
pub(crate) struct Waiting {
    pub(crate) delivery_id: DeliveryId,
}

/// Reads deliveries.
pub trait Deliveries {
    fn delivery(&self, id: DeliveryId) -> impl Future<Output = Result<Guarded<Delivery>, StoreError>> + Send;

    /// The delivery or the placeholder under this key.
    fn stored_delivery(&self, key: &Key) -> impl Future<Output = Result<Guarded<StoredDelivery>, StoreError>> + Send;
}

impl Deliveries for Context {
    async fn delivery(&self, id: DeliveryId) -> Result<Guarded<Delivery>, StoreError> {
        let found: Option<Versioned<StoredDelivery>> = self.get(DELIVERIES, &delivery_key(id)).await?;
        Ok(Guarded::new(found.and_then(delivery_of)))
    }

    async fn stored_delivery(&self, key: &Key) -> Result<Guarded<StoredDelivery>, StoreError> {
        Ok(Guarded::new(self.get(DELIVERIES, key).await?))
    }
}

/// The delivery, unless it is a placeholder.
pub(crate) fn delivery_of(Versioned { value, version }: Versioned<StoredDelivery>) -> Option<Versioned<Delivery>> {
    value.present().map(|value| Versioned { value, version })
}

/// Saves a delivery, and writes or deletes the item that lists it as waiting.
pub(crate) fn delivery_writes(draft: &Draft<Delivery>, condition: Condition) -> Changes {
    let delivery = &draft.now.value;
    let changes = Changes::none().put(delivery_item(delivery, draft.now.version), condition);
    let waited = draft.before.as_ref().is_some_and(|before| before.state == State::Searching);
    let waits = delivery.state == State::Searching;
    // The condition on the delivery itself guards these too.
    match (waited, waits) {
        (false, true) => changes.put(waiting_item(delivery), Condition::None),
        (true, false) => changes.delete(waiting_key(delivery), Condition::None),
        (true, true) | (false, false) => changes,
    }
}

/// The key of a delivery, or of its placeholder.
pub(crate) fn delivery_key(id: DeliveryId) -> Key {
    Key::new(format!("DELIVERY#{id}"), "DELIVERY")
}

/// The partition of deliveries that wait and are picked up in a cell.
pub(crate) fn waiting_partition(cell: Cell) -> String {
    format!("WAITING#{cell}")
}

/// The key of the item that lists a delivery as waiting.
pub(crate) fn waiting_key(delivery: &Delivery) -> Key {
    let cell = delivery.pick_up.place.cell(Resolution::Restaurants);
    Key::new(waiting_partition(cell), format!("DELIVERY#{}", delivery.id))
}

fn waiting_item(delivery: &Delivery) -> Item {
    Item::of(waiting_key(delivery), "waiting", 1, &Waiting { delivery_id: delivery.id })
}

fn delivery_item(delivery: &Delivery, version: u64) -> Item {
    let id = delivery.id;
    let stored = StoredDelivery::Present(Box::new(delivery.clone()));
    let item = Item::of(delivery_key(id), "delivery", version, &stored);
    let item = due_key(item, DUE, delivery.due());
    let item = item.indexed(ALL, sharded(ALL_PARTITION, &id.to_string()), list_key(delivery));
    let Some(courier_id) = delivery.party() else { return item };
    item.indexed(BY_COURIER, format!("COURIER#{courier_id}"), list_key(delivery))
}

/// Its sort key in lists: when it was made, then its id.
pub(crate) fn list_key(delivery: &Delivery) -> String {
    format!("{}#{}", delivery.search_started_at, delivery.id)
}
