//! `sweep-orders`: what happens when nobody answers before the deadline.

use app::{Changes, Context, Failure, Function, Index, Key, Sweep, System, Table};
use domain::Actor;
use schemars::JsonSchema;

use crate::{
    Journey, ORDERS, Order, Rules,
    orders::{DUE, PEOPLE},
};

/// Ends orders whose deadline has passed: no word of the payment, a silent restaurant, no courier, a pick-up or a drop-off
/// that is overdue. Erases what is held of people whose accounts are gone.
#[derive(JsonSchema)]
pub struct SweepOrders;

impl Sweep for SweepOrders {
    const FUNCTION: Function =
        Function::new("sweep-orders").settings(crate::settings::SETTINGS).gets(ORDERS).queries(ORDERS).writes(ORDERS);
    const TABLE: Table = ORDERS;
    const DUE: Index = DUE;

    async fn decide(context: &Context, system: &System, key: &Key) -> Result<Changes, Failure> {
        if let Some(changes) = PEOPLE.go_on(context, key).await? {
            return Ok(changes);
        }
        let Some(order) = context.read_at::<Order>(key).await?.open(system) else { return Ok(Changes::none()) };
        let now = context.now();
        let Some((action, reason)) = order.overdue(now) else { return Ok(Changes::none()) };
        let mut journey = Journey::of(order);
        journey.act(action, Actor::SYSTEM, Some(reason.to_owned()), now, &Rules::of(context))?;
        Ok(journey.into())
    }
}

#[cfg(test)]
mod tests {
    use app::due_query;
    use testing::World;

    use super::*;
    use crate::{Action, Status, sample};

    /// Sweeps the order, as a host would.
    async fn sweep(world: &World) -> Status {
        let context = world.context(crate::SERVICE, "sweep-orders");
        let changes = SweepOrders::decide(&context, &world.system(), &sample::key()).await.unwrap();
        world.commit(ORDERS, changes).await;
        sample::status_and_steps(world).await.0
    }

    #[tokio::test]
    async fn every_waiting_status_ends_at_its_deadline_and_not_before() {
        for (actions, seconds, ended) in [
            (&[][..], 120, Status::PaymentFailed),
            (&[Action::Authorize][..], 300, Status::Rejected),
            (&[Action::Authorize, Action::Accept][..], 1200, Status::Cancelled),
            (&[Action::Authorize, Action::Accept, Action::MarkReady][..], 1200, Status::Cancelled),
            (&[Action::Authorize, Action::Accept, Action::PickUp][..], 5400, Status::Undeliverable),
        ] {
            let world = World::new();
            sample::save(&world, &[]).await;
            sample::save(&world, actions).await;
            world.clock.advance_s(seconds - 1);
            assert!(!sweep(&world).await.is_final(), "{actions:?}");
            world.clock.advance_s(1);
            assert_eq!(sweep(&world).await, ended, "{actions:?}");
        }
    }

    #[test]
    fn an_ended_order_is_no_longer_due() {
        let query = due_query(DUE);
        assert_eq!(query.index, Some(SweepOrders::DUE));
        let mut journey = Journey::begin(sample::order(), Actor::SYSTEM);
        let at = journey.order.placed_at;
        let due = |journey: &Journey| {
            let changes = Changes::from(journey.clone());
            let app::Write::Put(order, _) = &changes.writes[0] else { panic!("the order is put first") };
            order.indexed.iter().any(|entry| entry.index == DUE)
        };
        assert!(due(&journey));
        journey.act(Action::Cancel, Actor::SYSTEM, None, at, &sample::RULES).unwrap();
        assert!(!due(&journey));
    }
}
