//! The repository of deliveries: an item each, under the indexes of its lists, and one for each that waits for a courier.

use app::{
    Caller, Changes, Condition, Context, Guarded, Index, Item, Key, Policy, StoreError, Table, Versioned, due_key,
    sharded,
};
use domain::{Cell, DeliveryId, Resolution, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{Delivery, OrderProgress, Purpose, State, plan::Draft};

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
/// How long a mark waits for the event that the order was paid, in seconds: as long as events are retried or replayed.
const MARK_LIFE_S: i64 = 30 * 24 * 3600;

/// What is stored under the key of a delivery.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    Delivery(Box<Delivery>),
    /// What is known of the order from events that came before its payment. For all but the system there is no delivery yet.
    Mark(OrderProgress),
}

impl Policy for Standing {
    type Purpose = Purpose;

    fn permits(&self, caller: &Caller, purpose: Purpose) -> bool {
        match self {
            Self::Delivery(delivery) => delivery.permits(caller, purpose),
            Self::Mark(_) => false,
        }
    }
}

/// The item that lists a delivery as waiting for a courier near a cell.
#[derive(Serialize, Deserialize)]
pub(crate) struct Waiting {
    pub(crate) delivery_id: DeliveryId,
}

/// Reads deliveries.
pub trait Deliveries {
    fn delivery(&self, id: DeliveryId) -> impl Future<Output = Result<Guarded<Delivery>, StoreError>> + Send;

    /// The delivery or the mark under this key.
    fn standing(&self, key: &Key) -> impl Future<Output = Result<Guarded<Standing>, StoreError>> + Send;
}

impl Deliveries for Context {
    async fn delivery(&self, id: DeliveryId) -> Result<Guarded<Delivery>, StoreError> {
        let found: Option<Versioned<Standing>> = self.get(DELIVERIES, &delivery_key(id)).await?;
        Ok(Guarded::new(found.and_then(delivery_of)))
    }

    async fn standing(&self, key: &Key) -> Result<Guarded<Standing>, StoreError> {
        Ok(Guarded::new(self.get(DELIVERIES, key).await?))
    }
}

/// The delivery, unless it is a mark.
pub(crate) fn delivery_of(found: Versioned<Standing>) -> Option<Versioned<Delivery>> {
    match found.value {
        Standing::Delivery(delivery) => Some(Versioned { value: *delivery, version: found.version }),
        Standing::Mark(_) => None,
    }
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

/// Leaves a mark for a delivery that is not there yet, where nothing or an older mark was read.
pub(crate) fn mark(
    id: DeliveryId,
    found: Option<Versioned<OrderProgress>>,
    progress: OrderProgress,
    now: Timestamp,
) -> Changes {
    let now_s = now.as_second();
    let (latest, version, condition) = match found {
        None => (progress, 1, Condition::AbsentOrExpired(now_s)),
        Some(found) if progress.sequence <= found.sequence => return Changes::none(),
        Some(found) => (found.value.then(progress), found.version + 1, Condition::Version(found.version)),
    };
    let item = Item::of(delivery_key(id), "mark", version, &Standing::Mark(latest)).expires_at(now_s + MARK_LIFE_S);
    Changes::none().put(item, condition)
}

/// The key of a delivery, or of the mark that waits for it.
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
    let standing = Standing::Delivery(Box::new(delivery.clone()));
    let item = Item::of(delivery_key(id), "delivery", version, &standing);
    let item = due_key(item, DUE, delivery.due());
    let item = item.indexed(ALL, sharded(ALL_PARTITION, &id.to_string()), list_key(delivery));
    let Some(courier_id) = delivery.party() else { return item };
    item.indexed(BY_COURIER, format!("COURIER#{courier_id}"), list_key(delivery))
}

/// Its sort key in lists: when it was made, then its id.
pub(crate) fn list_key(delivery: &Delivery) -> String {
    format!("{}#{}", delivery.search_started_at, delivery.id)
}
