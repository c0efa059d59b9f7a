//! The repository of deliveries: an item each, under the indexes of its lists, and one for each that waits for a courier.

use app::{
    Index, Item, Key, OrPlaceholder, Projected, Query, Range, StoreError, Stored, StoredType, Table, due_key,
    erasure::People, sharded,
};
use domain::{Cell, Contact, DeliveryId, Resolution, Timestamp, UserId};
use serde::{Deserialize, Serialize};

use crate::{Account, Courier, Delivery, OrderProgress, State, position::Position};

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

/// What is held of people: couriers with their positions, and the deliveries that they are parties to.
pub const PEOPLE: People = People {
    table: DELIVERIES,
    due: DUE,
    own: |user| vec![courier_partition(user)],
    stored: &[
        StoredType::of::<Delivery>(),
        StoredType::of::<Courier>(),
        StoredType::of::<Account>(),
        StoredType::of::<Position>(),
    ],
};

/// The partition name of the list of all.
const ALL_PARTITION: &str = "DELIVERIES";

/// What is stored under the key of a delivery.
pub type StoredDelivery = OrPlaceholder<Delivery, Projected<OrderProgress>>;

/// The item that lists a delivery as waiting for a courier near a cell.
#[derive(Serialize, Deserialize)]
pub(crate) struct Waiting {
    pub(crate) delivery_id: DeliveryId,
}

impl Stored for Delivery {
    const TABLE: Table = DELIVERIES;
    const ITEM: &'static str = "delivery";
    type Id = DeliveryId;

    fn key(id: &DeliveryId) -> Key {
        Key::new(format!("DELIVERY#{id}"), "DELIVERY")
    }

    fn enter(&self, item: Item) -> Item {
        let item = due_key(item, DUE, self.due());
        let item = item.indexed(ALL, sharded(ALL_PARTITION, &self.id.to_string()), list_key(self));
        let Some(courier) = self.party() else { return item };
        item.indexed(BY_COURIER, courier_partition(courier), list_key(self))
    }

    /// While a courier is looked for: where couriers look for deliveries.
    fn beside(&self) -> Vec<Item> {
        if self.state != State::Searching {
            return Vec::new();
        }
        let cell = self.pick_up.place.cell(Resolution::Restaurants);
        let key = Key::new(waiting_partition(cell), Self::key(&self.id).pk);
        vec![Item::of(key, "waiting", 1, &Waiting { delivery_id: self.id })]
    }

    fn body(&self) -> String {
        StoredDelivery::body_of(self)
    }

    fn read(item: &Item) -> Result<Option<Self>, StoreError> {
        StoredDelivery::read(item)
    }

    fn parties(&self) -> Vec<UserId> {
        let courier = self.courier.as_ref().map(|courier| courier.id);
        [Some(self.customer_id), Some(self.merchant_id), courier].into_iter().flatten().collect()
    }

    fn is_open(&self) -> bool {
        !self.state.is_final()
    }

    fn subjects(&self) -> Vec<UserId> {
        [Some(self.customer_id), self.courier.as_ref().map(|courier| courier.id)].into_iter().flatten().collect()
    }

    fn redacted(mut self, user: UserId) -> Option<Self> {
        if user == self.customer_id {
            self.contact = Contact::NOBODY;
            self.deliver_to = self.deliver_to.redacted();
            self.proof = None;
        }
        self.courier = self.courier.map(|courier| if courier.id == user { courier.redacted() } else { courier });
        Some(self)
    }
}

/// Every delivery, newest first; to be read sharded.
pub(crate) fn all() -> Query {
    Query::index(ALL, ALL_PARTITION).descending()
}

/// Those made within these times, from inclusive, to exclusive.
pub(crate) fn made_within(mut list: Query, from: Option<Timestamp>, to: Option<Timestamp>) -> Query {
    list.range = Range { from: from.map(Timestamp::sort_key), to: to.map(Timestamp::sort_key) };
    list
}

/// The deliveries that a courier delivers, did, or is asked to take, newest first.
pub(crate) fn of_courier(courier: UserId) -> Query {
    Query::index(BY_COURIER, courier_partition(courier)).descending()
}

fn courier_partition(courier: UserId) -> String {
    format!("COURIER#{courier}")
}

/// The deliveries that wait and are picked up in a cell.
pub(crate) fn waiting_in(cell: Cell) -> Query {
    Query::partition(waiting_partition(cell))
}

fn waiting_partition(cell: Cell) -> String {
    format!("WAITING#{cell}")
}

/// Its sort key in lists: when it was made, then its id.
pub(crate) fn list_key(delivery: &Delivery) -> String {
    format!("{}#{}", delivery.made_at, delivery.id)
}
