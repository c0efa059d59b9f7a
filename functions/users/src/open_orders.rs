//! The repository of orders that go on: an item for each, and one for each person in it. Both follow from facts of others.

use app::{Changes, Context, Draft, Failure, Item, Key, Query, StoreError, Stored, Table};
use domain::{OrderId, UserId};

use crate::{USERS, accounts::user_partition, tracked_order::TrackedOrder};

/// What the sort keys of a person's open orders begin with.
const OPEN: &str = "OPEN#";
/// The type of those items.
pub(crate) const OPEN_ORDER: &str = "open-order";

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
        self.people().into_iter().map(|person| Item::of(key(person), OPEN_ORDER, 1, &())).collect()
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

#[cfg(test)]
mod tests {
    use app::{MAX_PAGE, PLACEHOLDER_LIFE_S};
    use domain::{DeliveryKind::*, OrderKind::*};
    use testing::{World, user_id};

    use super::*;
    use crate::sample::{courier, customer, handle_delivery, handle_order, merchant, order, stored};

    /// Who is in an order that goes on, as their own items say.
    async fn in_it(world: &World) -> Vec<UserId> {
        let items = world.store().scan(USERS, None, MAX_PAGE).await.unwrap();
        let open = items.iter().filter(|item| item.key.sk.starts_with(OPEN));
        let mut people: Vec<UserId> = open.map(|item| item.key.pk["USER#".len()..].parse().unwrap()).collect();
        people.sort_unstable();
        people
    }

    #[tokio::test]
    async fn an_order_is_open_for_customer_and_merchant_and_for_its_courier_while_they_carry_it() {
        let world = World::new();
        assert_eq!(handle_order(&world, customer(), Placed, 1).await, 3);
        assert_eq!(in_it(&world).await, [customer(), merchant()]);
        assert_eq!(
            handle_delivery(&world, courier(), Assigned, 3).await,
            2,
            "what stands already is not written again"
        );
        assert_eq!(in_it(&world).await, [customer(), merchant(), courier()]);
        assert_eq!(handle_delivery(&world, courier(), Completed, 5).await, 2);
        assert_eq!(in_it(&world).await, [customer(), merchant()]);
        assert_eq!(stored::<TrackedOrder>(&world, &order()).await.unwrap().expires_at, None);
        assert_eq!(handle_order(&world, customer(), Delivered, 7).await, 3);
        assert_eq!(in_it(&world).await, []);
    }

    #[tokio::test]
    async fn an_end_is_remembered_and_names_nobody() {
        let world = World::new();
        handle_order(&world, customer(), Placed, 1).await;
        handle_delivery(&world, courier(), Assigned, 3).await;
        handle_order(&world, customer(), Cancelled, 4).await;
        handle_delivery(&world, courier(), Assigned, 4).await;
        let ended = stored::<TrackedOrder>(&world, &order()).await.unwrap();
        assert_eq!(ended.subjects(), []);
        assert_eq!(ended.expires_at, Some(world.clock.seconds().plus_seconds(PLACEHOLDER_LIFE_S)));
        assert_eq!(in_it(&world).await, []);
    }

    #[tokio::test]
    async fn another_courier_takes_the_place_of_the_one_before() {
        let world = World::new();
        handle_order(&world, customer(), Placed, 1).await;
        handle_delivery(&world, courier(), Assigned, 3).await;
        let another = user_id(4);
        assert_eq!(handle_delivery(&world, another, Assigned, 6).await, 3);
        assert_eq!(in_it(&world).await, [customer(), merchant(), another]);
        handle_delivery(&world, courier(), Assigned, 3).await;
        assert_eq!(in_it(&world).await, [customer(), merchant(), another]);
    }

    #[tokio::test]
    async fn whoever_is_in_it_by_two_parts_is_in_it_once() {
        let world = World::new();
        handle_order(&world, merchant(), Placed, 1).await;
        handle_delivery(&world, merchant(), Assigned, 3).await;
        assert_eq!(in_it(&world).await, [merchant()]);
    }

    /// A life of an order and its delivery in an order of arrival, some of it twice.
    async fn arrived(arrivals: &[usize]) -> (Vec<UserId>, Option<TrackedOrder>) {
        let world = World::new();
        for arrival in arrivals {
            match arrival % 5 {
                0 => handle_order(&world, customer(), Placed, 1).await,
                1 => handle_delivery(&world, courier(), Assigned, 3).await,
                2 => handle_delivery(&world, user_id(4), Assigned, 6).await,
                3 => handle_delivery(&world, user_id(4), Completed, 8).await,
                _ => handle_order(&world, customer(), Delivered, 7).await,
            };
        }
        let known = stored::<TrackedOrder>(&world, &order()).await;
        (in_it(&world).await, known.map(|known| known.value))
    }

    proptest::proptest! {
        #[test]
        fn facts_in_any_order_and_repeated_come_to_the_same_end(
            arrivals in proptest::collection::vec(0..5_usize, 0..12), missing in 0..5_usize,
        ) {
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            // Once everything has come, nobody is in it, whatever came before.
            let all: Vec<usize> = arrivals.iter().copied().chain((0..5).map(|one| (one + missing) % 5)).collect();
            let (people, known) = runtime.block_on(arrived(&all));
            let (_, straight) = runtime.block_on(arrived(&[0, 1, 2, 3, 4]));
            proptest::prop_assert!(people.is_empty());
            proptest::prop_assert_eq!(known, straight);
        }

        #[test]
        fn an_order_that_ended_is_never_open_again(arrivals in proptest::collection::vec(0..4_usize, 0..8)) {
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let (people, _) = runtime.block_on(arrived(&[&[4], &arrivals[..]].concat()));
            proptest::prop_assert!(people.is_empty());
        }
    }
}
