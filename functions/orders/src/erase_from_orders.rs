//! `erase-from-orders`: an account is gone, so what orders hold of that person goes.

use app::{Changes, Context, Failure, Function, Scale, Subscriber, System};
use domain::{Event, UserFact, UserKind};
use schemars::JsonSchema;

use crate::{ORDERS, orders::PEOPLE};

/// An account is gone: what orders hold of that person is erased, step by step, by the sweep. An order that is still open then is erased at its end.
#[derive(JsonSchema)]
pub struct EraseFromOrders;

impl Subscriber for EraseFromOrders {
    const FUNCTION: Function = Function::new("erase-from-orders").gets(ORDERS).writes(ORDERS).scale(Scale::Rare);
    type Data = UserFact;
    const SUBSCRIBES_TO: &'static [UserKind] = &[UserKind::Deleted];

    async fn handle(context: &Context, _system: &System, event: &Event<UserFact>) -> Result<Changes, Failure> {
        Ok(PEOPLE.erase(context, event.data.user_id).await?)
    }
}

#[cfg(test)]
mod tests {
    use app::{Condition, Item, Key, Sweep as _, Write, erasure::AGAIN_S, pointers_of};
    use domain::{Role, UserId};
    use serde_json::json;
    use testing::{World, user_deleted, user_id};

    use super::*;
    use crate::{
        Action, Order, SERVICE,
        sample::{assign, key, save},
        sweep_orders::SweepOrders,
    };

    /// To the door.
    const DELIVERED: [Action; 4] = [Action::Authorize, Action::Accept, Action::PickUp, Action::Deliver];

    async fn delete(world: &World, user: UserId) {
        let context = world.context(SERVICE, "erase-from-orders");
        let changes = world.handle::<EraseFromOrders>(&context, &user_deleted(user, Role::Customer)).await.unwrap();
        world.commit(ORDERS, changes).await;
    }

    async fn sweep(world: &World, user: UserId) {
        let context = world.context(SERVICE, "sweep-orders");
        let key = Key::new(format!("ERASURE#{user}"), "ERASURE");
        let changes = SweepOrders::decide(&context, &world.system(), &key).await.unwrap();
        assert!(changes.is_empty());
    }

    async fn everything(world: &World) -> Vec<Item> {
        world.store().scan(ORDERS, None, 1000).await.unwrap()
    }

    async fn pointers(world: &World, user: UserId) -> usize {
        world.store().query(ORDERS, &pointers_of(user)).await.unwrap().items.len()
    }

    async fn says(world: &World, word: &str) -> bool {
        let orders = everything(world).await;
        orders.iter().filter(|item| item.kind != "outbox").any(|item| item.body.contains(word))
    }

    #[tokio::test]
    async fn each_party_of_an_order_has_a_pointer_to_it_and_keeps_it_after_the_end() {
        let world = World::new();
        save(&world, &[Action::Authorize]).await;
        assert_eq!(pointers(&world, user_id(3)).await, 0, "nobody brings it yet");
        assign(&world).await;
        save(&world, &DELIVERED[1..]).await;
        for party in [user_id(1), user_id(2), user_id(3)] {
            assert_eq!(pointers(&world, party).await, 1);
        }
    }

    #[tokio::test]
    async fn an_ended_order_is_redacted_at_once_and_its_pointer_goes_with_the_second_walk() {
        let world = World::new();
        save(&world, &DELIVERED).await;
        let customer = user_id(1);
        assert!(says(&world, "Strada Lunga 7").await);
        let version = world.store().get(ORDERS, &key()).await.unwrap().unwrap().version;
        delete(&world, customer).await;
        sweep(&world, customer).await;
        for word in ["Strada Lunga 7", "Ana", "+40 700 000 000"] {
            assert!(!says(&world, word).await, "{word}");
        }
        assert_eq!(pointers(&world, customer).await, 1);
        let item = world.store().get(ORDERS, &key()).await.unwrap().unwrap();
        assert_eq!(item.version, version, "its journey says how often it has changed");
        assert!(item.read::<Order>().is_ok());

        // What a token that lived on has brought meanwhile.
        let late = Item { body: item.body.replace(r#""street":"redacted""#, r#""street":"Strada Noua 1""#), ..item };
        world.store().transact(ORDERS, vec![Write::Put(late, Condition::None)]).await.unwrap();
        sweep(&world, customer).await;
        assert!(says(&world, "Strada Noua 1").await, "it is not due again yet");
        world.clock.advance_s(AGAIN_S);
        sweep(&world, customer).await;
        assert!(!says(&world, "Strada Noua 1").await);
        assert_eq!(pointers(&world, customer).await, 0);
        assert_eq!(pointers(&world, user_id(2)).await, 1, "the merchant's stays");
    }

    #[tokio::test]
    async fn an_order_that_is_still_open_is_erased_at_its_end() {
        let world = World::new();
        save(&world, &DELIVERED[..2]).await;
        let customer = user_id(1);
        delete(&world, customer).await;
        for _ in 0..3 {
            sweep(&world, customer).await;
            assert!(says(&world, "Strada Lunga 7").await);
            world.clock.advance_s(AGAIN_S);
        }
        save(&world, &DELIVERED[2..]).await;
        sweep(&world, customer).await;
        assert!(!says(&world, "Strada Lunga 7").await);
        assert_eq!(pointers(&world, customer).await, 0);
    }

    #[tokio::test]
    async fn more_orders_than_one_step_follows_are_all_found() {
        let world = World::new();
        save(&world, &DELIVERED).await;
        let order = world.store().get(ORDERS, &key()).await.unwrap().unwrap();
        let customer = user_id(1);
        let pointer = world.store().query(ORDERS, &pointers_of(customer)).await.unwrap().items.remove(0);
        for number in 0..60 {
            let pk = format!("ORDER#{number:02}");
            let copy = Item { key: Key::new(&pk, "ORDER"), ..order.clone() };
            let body = json!({"pk": pk, "sk": "ORDER"}).to_string();
            let key = Key::new(&pointer.key.pk, format!("order#{number:02}"));
            let to_it = Item { key, body, ..pointer.clone() };
            let writes = [copy, to_it].map(|item| Write::Put(item, Condition::Absent)).to_vec();
            world.store().transact(ORDERS, writes).await.unwrap();
        }
        delete(&world, customer).await;
        sweep(&world, customer).await;
        assert!(!says(&world, "Strada Lunga 7").await);
        world.clock.advance_s(AGAIN_S);
        sweep(&world, customer).await;
        assert_eq!(pointers(&world, customer).await, 0);
    }

    #[test]
    fn an_order_of_before_gets_its_pointers_by_reindexing() {
        let fixture: serde_json::Value = serde_json::from_str(include_str!("../fixtures/order.1.json")).unwrap();
        let before = Item {
            key: Key::new(fixture["key"][0].as_str().unwrap(), fixture["key"][1].as_str().unwrap()),
            kind: "order".into(),
            version: 3,
            body: fixture["body"].to_string(),
            expires_at: None,
            indexed: Vec::new(),
        };
        let stored = PEOPLE.stored.iter().find(|stored| stored.item == "order").unwrap();
        let anew = (stored.reindex)(&before).unwrap();
        let pointers = anew.iter().filter_map(|write| app::Pointer::owner(write.key()));
        let order: Order = before.read().unwrap();
        assert_eq!(pointers.collect::<Vec<_>>()[..2], [order.customer_id, order.merchant_id]);
    }
}
