//! The repository of orders that go on: an item for each, and one for each person in it. Both follow from facts of others.

use app::{Changes, Context, Draft, Failure, Item, Key, Query, StoreError, Stored, Table};
use domain::{OrderId, UserId};

use crate::{USERS, accounts::user_partition, tracked_order::TrackedOrder};

/// What the sort keys of a person's open orders begin with.
const OPEN: &str = "OPEN#";

impl Stored for TrackedOrder {
    const TABLE: Table = USERS;
    const ITEM: &'static str = "tracked-order";
    type Id = OrderId;

    fn key(id: &OrderId) -> Key {
        Key::new(format!("ORDER#{id}"), "ORDER")
    }

    fn enter(&self, item: Item) -> Item {
        match self.expires_at {
            Some(at) => item.expires_at(at.as_second()),
            None => item,
        }
    }

    fn beside(&self) -> Vec<Item> {
        let key = |person| Key::new(user_partition(person), format!("{OPEN}{}", self.order_id));
        self.people().into_iter().map(|person| Item::of(key(person), "open-order", 1, &())).collect()
    }

    fn subjects(&self) -> Vec<UserId> {
        self.people()
    }

    fn redacted(self, user: UserId) -> Option<Self> {
        Some(self.without(user))
    }
}

/// Whether somebody is in an order that goes on: as its customer, its merchant or its courier.
pub async fn has_open_orders(context: &Context, user: UserId) -> Result<bool, StoreError> {
    let query = Query::partition(user_partition(user)).beginning(OPEN).limit(1);
    Ok(!context.query(USERS, &query).await?.items.is_empty())
}

/// Saves what is known of an order once a fact was handled; nothing where that is no more than before.
pub(crate) async fn track(
    context: &Context,
    order_id: OrderId,
    learn: impl FnOnce(TrackedOrder) -> TrackedOrder,
) -> Result<Changes, Failure> {
    let found = context.find::<TrackedOrder>(&order_id).await?;
    let known = found.as_ref().map_or_else(|| TrackedOrder::unknown(order_id), |found| found.value.clone());
    let now_known = learn(known.clone());
    if now_known == known {
        return Ok(Changes::none());
    }
    Ok(match found {
        Some(found) => {
            let mut draft = Draft::of(found);
            draft.becomes(now_known);
            draft.into()
        }
        None => Draft::replacing(&order_id, now_known, None, context.now()).into(),
    })
}
