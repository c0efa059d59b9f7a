//! `erase-from-deliveries`: an account is gone, so what deliveries hold of that person goes.

use app::{Changes, Context, Failure, Function, Scale, Subscriber, System};
use domain::{Event, UserFact, UserKind};
use schemars::JsonSchema;

use crate::{DELIVERIES, deliveries::PEOPLE};

/// An account is gone: what deliveries hold of that person is erased, step by step, by the sweep. A delivery that goes on is erased at its end; a courier becomes nameless.
#[derive(JsonSchema)]
pub struct EraseFromDeliveries;

impl Subscriber for EraseFromDeliveries {
    const FUNCTION: Function =
        Function::new("erase-from-deliveries").gets(DELIVERIES).writes(DELIVERIES).scale(Scale::Rare);
    type Data = UserFact;
    const SUBSCRIBES_TO: &'static [UserKind] = &[UserKind::Deleted];

    async fn handle(context: &Context, _system: &System, event: &Event<UserFact>) -> Result<Changes, Failure> {
        Ok(PEOPLE.erase(context, event.data.user_id).await?)
    }
}

#[cfg(test)]
mod tests {
    use app::{Key, Sweep as _, erasure::AGAIN_S, pointers_of};
    use domain::{OrderKind, Role, UserId};
    use testing::{user_deleted, user_id};

    use super::*;
    use crate::{
        SERVICE,
        sample::{TestCity, someone},
        sweep_deliveries::SweepDeliveries,
    };

    async fn delete(city: &TestCity, user: UserId, role: Role) {
        let context = city.world.context(SERVICE, "erase-from-deliveries");
        let changes = city.world.handle::<EraseFromDeliveries>(&context, &user_deleted(user, role)).await.unwrap();
        city.world.commit(DELIVERIES, changes).await;
    }

    /// Both walks.
    async fn sweep(city: &TestCity, user: UserId) {
        let context = city.world.context(SERVICE, "sweep-deliveries");
        let key = Key::new(format!("ERASURE#{user}"), "ERASURE");
        for _ in 0..2 {
            SweepDeliveries::decide(&context, &city.world.system(), &key).await.unwrap();
            city.world.clock.advance_s(AGAIN_S);
        }
    }

    async fn says(city: &TestCity, word: &str) -> bool {
        let items = city.world.store().scan(DELIVERIES, None, 1000).await.unwrap();
        items.iter().filter(|item| item.kind != "outbox").any(|item| item.body.contains(word))
    }

    #[tokio::test]
    async fn a_customers_deliveries_say_nothing_of_them_once_they_have_ended() {
        let city = TestCity::with_couriers(&[100]).await;
        city.picked_up(1, 1).await;
        let customer = user_id(501);
        delete(&city, customer, Role::Customer).await;
        sweep(&city, customer).await;
        assert!(says(&city, "Str. Armenească 12").await, "the courier is on the way");
        city.answer(1, 1, "complete").await.unwrap();
        sweep(&city, customer).await;
        for word in ["Str. Armenească 12", "Ana Pop", "+40 700 000 009", "third floor"] {
            assert!(!says(&city, word).await, "{word}");
        }
        let pointers = city.world.store().query(DELIVERIES, &pointers_of(customer)).await.unwrap();
        assert!(pointers.items.is_empty());

        // An event that comes late makes nothing of theirs.
        city.handle(2, OrderKind::Paid).await;
        assert!(!says(&city, "Str. Armenească 12").await);
    }

    #[tokio::test]
    async fn a_courier_becomes_nameless_where_they_have_been() {
        let city = TestCity::with_couriers(&[100]).await;
        city.picked_up(1, 1).await;
        city.answer(1, 1, "complete").await.unwrap();
        assert!(says(&city, "Radu").await || says(&city, "Sam Test").await);
        delete(&city, someone(1), Role::Courier).await;
        sweep(&city, someone(1)).await;
        for word in ["Radu", "Sam Test"] {
            assert!(!says(&city, word).await, "{word}");
        }
        assert!(crate::violations(&city.world.store().scan(DELIVERIES, None, 1000).await.unwrap()).is_empty());
    }
}
