//! The repository of orders: an item per order, its journey beside it, lists by customer, restaurant and courier.

use app::{Changes, Draft, Index, Item, Key, Query, Stored, StoredType, Table, due_key, erasure::People};
use domain::{Contact, OrderId, RestaurantId, UserId, redact_reason, redacted};
use serde_json::Value;

use crate::{Entry, Journey, Order};

/// Orders of a customer, by when they were placed.
pub const BY_CUSTOMER: Index = Index("by-customer");
/// Paid orders of a restaurant, open ones apart from ended ones, by when they were placed.
pub const BY_RESTAURANT: Index = Index("by-restaurant");
/// Open orders by deadline.
pub const DUE: Index = Index("due");
pub const ORDERS: Table = Table::new("orders", &[BY_CUSTOMER, BY_RESTAURANT, DUE]);

/// What is held of people: the orders that they are parties to, with their journeys.
pub const PEOPLE: People = People {
    table: ORDERS,
    due: DUE,
    own: |_| Vec::new(),
    stored: &[StoredType::of::<Order>(), StoredType::of::<Entry>()],
};

/// What the sort keys of journey entries begin with.
const STEP: &str = "JOURNEY#";

impl Stored for Order {
    const TABLE: Table = ORDERS;
    const ITEM: &'static str = "order";
    type Id = OrderId;

    fn key(id: &OrderId) -> Key {
        Key::new(partition(*id), "ORDER")
    }

    fn enter(&self, item: Item) -> Item {
        let placed = format!("{}#{}", self.placed_at, self.id);
        let item = item.indexed(BY_CUSTOMER, customers(self.customer_id), &placed);
        let item = if self.paid_at.is_none() {
            item
        } else {
            // Read from the highest down: open before ended, newest first.
            let class = if self.status.is_final() { "0ended" } else { "1open" };
            let partition = restaurants(self.merchant_id, self.restaurant_id);
            item.indexed(BY_RESTAURANT, partition, format!("{class}#{placed}"))
        };
        due_key(item, DUE, self.deadline)
    }

    /// The list of the courier who has it.
    fn beside(&self) -> Vec<Item> {
        let key = |courier| Key::new(format!("COURIER#{courier}"), partition(self.id));
        self.carried_by().map(|courier| Item::of(key(courier), "carried", 1, &())).into_iter().collect()
    }

    fn parties(&self) -> Vec<UserId> {
        [Some(self.customer_id), Some(self.merchant_id), self.carried_by()].into_iter().flatten().collect()
    }

    fn is_open(&self) -> bool {
        !self.status.is_final()
    }

    fn subjects(&self) -> Vec<UserId> {
        [Some(self.customer_id), self.courier.as_ref().map(|courier| courier.id)].into_iter().flatten().collect()
    }

    fn redacted(mut self, user: UserId) -> Option<Self> {
        if user == self.customer_id {
            self.contact = Contact::NOBODY;
            self.deliver_to = self.deliver_to.redacted();
            self.notes = None;
            self.payment_method = redacted();
            self.reason.iter_mut().for_each(redact_reason);
        }
        self.courier = self.courier.map(|courier| if courier.id == user { courier.redacted() } else { courier });
        Some(self)
    }
}

impl Stored for Entry {
    const TABLE: Table = ORDERS;
    const ITEM: &'static str = "journey";
    type Id = (OrderId, u64);

    fn key(&(order, sequence): &(OrderId, u64)) -> Key {
        Key::new(partition(order), format!("{STEP}{sequence:010}"))
    }

    fn subjects(&self) -> Vec<UserId> {
        self.by.id.into_iter().collect()
    }

    fn redacted(mut self, user: UserId) -> Option<Self> {
        if self.by.id == Some(user) {
            self.by.id = None;
            for (_, said) in self.data.as_object_mut().into_iter().flatten() {
                *said = Value::Null;
            }
        }
        Some(self)
    }
}

impl From<Journey> for Changes {
    /// The order on the condition that it is still the one that was read, and each step for the first time.
    fn from(Journey { order, entries }: Journey) -> Self {
        let id = order.id;
        let steps = entries.into_iter().map(|entry| Draft::new(&(id, entry.sequence), entry));
        steps.fold(Self::from(order), Self::and)
    }
}

/// The orders of a customer, newest first.
pub(crate) fn of_customer(customer: UserId) -> Query {
    Query::index(BY_CUSTOMER, customers(customer)).descending()
}

/// The orders of a restaurant, as this merchant's: open ones before ended ones, newest first.
pub(crate) fn of_restaurant(merchant: UserId, restaurant: RestaurantId) -> Query {
    Query::index(BY_RESTAURANT, restaurants(merchant, restaurant)).descending()
}

/// An order's journey, oldest first.
pub(crate) fn journey_of(order: OrderId) -> Query {
    Query::partition(partition(order)).beginning(STEP)
}

fn partition(id: OrderId) -> String {
    format!("ORDER#{id}")
}

fn customers(customer: UserId) -> String {
    format!("CUSTOMER#{customer}")
}

fn restaurants(merchant: UserId, restaurant: RestaurantId) -> String {
    format!("MERCHANT#{merchant}#{restaurant}")
}
