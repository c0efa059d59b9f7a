//! The repository of orders: an item per order, its journey beside it, lists by customer, restaurant and courier.

use app::{
    Changes, Condition, Context, Guarded, Index, Item, Key, Query, QueryPage, StoreError, Table, Versioned, due_key,
};
use domain::{OrderId, RestaurantId, UserId};

use crate::{Entry, Journey, Order};

/// Orders of a customer, by when they were placed.
pub const BY_CUSTOMER: Index = Index("by-customer");
/// Paid orders of a restaurant, open ones apart from ended ones, by when they were placed.
pub const BY_RESTAURANT: Index = Index("by-restaurant");
/// Open orders by deadline.
pub const DUE: Index = Index("due");
pub const ORDERS: Table = Table::new("orders", &[BY_CUSTOMER, BY_RESTAURANT, DUE]);

/// Reads orders.
pub trait Orders {
    fn order(&self, id: OrderId) -> impl Future<Output = Result<Guarded<Order>, StoreError>> + Send;

    /// The order of an item's key, as the index of deadlines gives it.
    fn order_at(&self, key: &Key) -> impl Future<Output = Result<Guarded<Order>, StoreError>> + Send;

    /// A page of a list, newest first; of a restaurant, open ones before ended ones. Positions are sort keys.
    fn orders_of(
        &self,
        list: List,
        after: Option<&str>,
        limit: usize,
    ) -> impl Future<Output = Result<(Vec<Guarded<Order>>, Option<String>), StoreError>> + Send;

    /// A page of an order's journey, oldest first.
    fn journey(
        &self,
        id: OrderId,
        after: Option<&str>,
        limit: usize,
    ) -> impl Future<Output = Result<(Vec<Entry>, Option<String>), StoreError>> + Send;
}

/// Whose orders.
#[derive(Clone, Copy, Debug)]
pub enum List {
    /// Of a customer.
    Customer(UserId),
    /// Of a restaurant, as this merchant's.
    Restaurant(UserId, RestaurantId),
}

impl Orders for Context {
    async fn order(&self, id: OrderId) -> Result<Guarded<Order>, StoreError> {
        self.order_at(&order_key(id)).await
    }

    async fn order_at(&self, key: &Key) -> Result<Guarded<Order>, StoreError> {
        Ok(Guarded::new(self.get(ORDERS, key).await?))
    }

    async fn orders_of(
        &self,
        list: List,
        after: Option<&str>,
        limit: usize,
    ) -> Result<(Vec<Guarded<Order>>, Option<String>), StoreError> {
        let query = match list {
            List::Customer(customer) => Query::index(BY_CUSTOMER, customers(customer)),
            List::Restaurant(merchant, restaurant) => Query::index(BY_RESTAURANT, restaurants(merchant, restaurant)),
        };
        let QueryPage { items, next, .. } = self.query(ORDERS, &query.descending().after(after).limit(limit)).await?;
        let read = |item: &Item| Ok(Guarded::new(Some(Versioned { value: item.read()?, version: item.version })));
        let orders = items.iter().map(read).collect::<Result<Vec<_>, StoreError>>()?;
        Ok((orders, next))
    }

    async fn journey(
        &self,
        id: OrderId,
        after: Option<&str>,
        limit: usize,
    ) -> Result<(Vec<Entry>, Option<String>), StoreError> {
        let query = Query::partition(partition(id)).beginning(STEP).after(after).limit(limit);
        let page = self.query(ORDERS, &query).await?;
        let entries = page.items.iter().map(Item::read).collect::<Result<_, _>>()?;
        Ok((entries, page.next))
    }
}

impl From<Journey> for Changes {
    /// The order on the condition that it is still the one that was read, each step for the first time, and the
    /// courier's list.
    fn from(journey: Journey) -> Self {
        if !journey.is_changed() {
            return Self::none();
        }
        let Journey { order, version, read_at, carried_by, entries, facts } = journey;
        let id = order.id;
        let carries = order.carried_by();
        let mut changes = Self::none().put(order_item(&order, version), Condition::read_at(read_at));
        for entry in &entries {
            let key = Key::new(partition(id), format!("{STEP}{:010}", entry.sequence));
            changes = changes.put(Item::of(key, "journey", entry.sequence, entry), Condition::Absent);
        }
        if carried_by != carries {
            if let Some(courier) = carried_by {
                changes = changes.delete(carried_key(courier, id), Condition::None);
            }
            if let Some(courier) = carries {
                let item = Item::of(carried_key(courier, id), "carried", version, &());
                changes = changes.put(item, Condition::None);
            }
        }
        facts.into_iter().fold(changes, Self::publish)
    }
}

/// What the sort keys of journey entries begin with.
const STEP: &str = "JOURNEY#";

fn order_item(order: &Order, version: u64) -> Item {
    let item = Item::of(order_key(order.id), "order", version, order);
    let placed = format!("{}#{}", order.placed_at, order.id);
    let item = item.indexed(BY_CUSTOMER, customers(order.customer_id), &placed);
    let item = if order.paid_at.is_none() {
        item
    } else {
        // Read from the highest down: open before ended, newest first.
        let class = if order.status.is_final() { "0ended" } else { "1open" };
        let partition = restaurants(order.merchant_id, order.restaurant_id);
        item.indexed(BY_RESTAURANT, partition, format!("{class}#{placed}"))
    };
    due_key(item, DUE, order.deadline)
}

fn order_key(id: OrderId) -> Key {
    Key::new(partition(id), "ORDER")
}

fn partition(id: OrderId) -> String {
    format!("ORDER#{id}")
}

fn carried_key(courier: UserId, order: OrderId) -> Key {
    Key::new(format!("COURIER#{courier}"), format!("ORDER#{order}"))
}

fn customers(customer: UserId) -> String {
    format!("CUSTOMER#{customer}")
}

fn restaurants(merchant: UserId, restaurant: RestaurantId) -> String {
    format!("MERCHANT#{merchant}#{restaurant}")
}
