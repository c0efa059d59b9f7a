//! `sweep-deliveries`: offers run out, searches go on or end.

use app::{Changes, Context, Failure, Function, Index, Key, Sweep, System, Table};
use schemars::JsonSchema;

use crate::{Action, DELIVERIES, DUE, Delivery, FREE_COURIERS, Rules, State, deliveries::PEOPLE, plan::Plan};

/// Lets offers run out and go on to the next courier, looks again for couriers of deliveries that wait, and gives up those
/// that nobody was found for in time. Erases what is held of people whose accounts are gone.
#[derive(JsonSchema)]
pub struct SweepDeliveries;

impl Sweep for SweepDeliveries {
    const FUNCTION: Function = Function::new("sweep-deliveries")
        .settings(crate::settings::SETTINGS)
        .gets(DELIVERIES)
        .queries(DELIVERIES)
        .queries_index(DELIVERIES, FREE_COURIERS)
        .writes(DELIVERIES);
    const TABLE: Table = DELIVERIES;
    const DUE: Index = DUE;

    async fn decide(context: &Context, system: &System, key: &Key) -> Result<Changes, Failure> {
        if let Some(changes) = PEOPLE.go_on(context, key).await? {
            return Ok(changes);
        }
        let now = context.now();
        let found = context.read_at::<Delivery>(key).await?.open(system);
        let Some(delivery) = found.filter(|delivery| delivery.due().is_some_and(|due| due <= now)) else {
            return Ok(Changes::none());
        };
        let id = delivery.id;
        let state = delivery.state;
        let party = delivery.party();
        let is_over = delivery.gives_up_at() <= now;
        let mut plan = Plan::new(Rules::of(context), now);
        plan.add_delivery(delivery);
        if let Some(courier_id) = party {
            plan.load_courier(context, courier_id).await?;
        }
        if is_over {
            plan.give_up(id)?;
        } else if state == State::Offered {
            plan.turn_down(id, Action::Expire)?;
        }
        plan.match_up(context).await?;
        if state == State::Searching && plan.delivery(id)?.state == State::Searching {
            plan.look_again(id)?;
        }
        Ok(plan.into())
    }
}

#[cfg(test)]
mod tests {
    use app::Stored as _;
    use domain::{DeliveryKind, OrderKind};
    use serde_json::json;

    use super::*;
    use crate::sample::{TestCity, delivery_id, someone};

    #[tokio::test]
    async fn an_offer_that_ran_out_goes_on_to_the_next_courier_only() {
        let city = TestCity::with_couriers(&[100, 900]).await;
        city.paid(1).await;
        city.world.clock.advance_s(29);
        city.sweep().await;
        assert_eq!(city.courier(1).await.open_offer, Some(delivery_id(1)), "not yet");
        city.world.clock.advance_s(1);
        city.sweep().await;
        let first = city.courier(1).await;
        assert_eq!(first.open_offer, None);
        assert_eq!(first.turned_down, 1);
        assert_eq!(city.courier(2).await.open_offer, Some(delivery_id(1)));
        let event = city.world.published().pop().unwrap();
        assert_eq!(event.kind, DeliveryKind::Offered);
        assert_eq!(event.data["offered_to"], json!(someone(2)));
        city.world.clock.advance_s(30);
        city.sweep().await;
        assert_eq!(city.state(1).await, State::Searching, "both are passed over");
        assert_eq!(
            city.delivery(1).await.due(),
            Some(city.world.clock.seconds().plus_seconds(crate::delivery::SOON_S))
        );
        city.assert_sound().await;
    }

    #[tokio::test]
    async fn a_courier_whose_offer_ran_out_is_offered_what_else_waits() {
        let city = TestCity::with_couriers(&[100]).await;
        city.paid(1).await;
        city.paid(2).await;
        city.world.clock.advance_s(30);
        city.sweep().await;
        assert_eq!(city.courier(1).await.open_offer, Some(delivery_id(2)));
        city.assert_sound().await;
    }

    #[tokio::test]
    async fn a_search_is_looked_at_soon_and_then_every_thirty_seconds() {
        let city = TestCity::new();
        city.paid(1).await;
        let mut waits = Vec::new();
        for _ in 0..3 {
            let due = city.delivery(1).await.due().unwrap();
            let wait = city.world.clock.seconds().seconds_until(due);
            waits.push(wait);
            city.world.clock.advance_s(wait);
            city.sweep().await;
        }
        assert_eq!(waits, [2, 30, 30]);
        city.assert_sound().await;
    }

    #[tokio::test]
    async fn a_courier_and_a_delivery_that_missed_each_other_meet_soon() {
        let city = TestCity::new();
        city.enlist(1).await;
        city.missing_each_other(1, 1).await;
        assert_eq!(city.state(1).await, State::Searching);
        assert!(city.courier(1).await.is_free());
        city.world.clock.advance_s(2);
        city.sweep().await;
        assert_eq!(city.courier(1).await.open_offer, Some(delivery_id(1)));
        city.assert_sound().await;
    }

    #[tokio::test]
    async fn nobody_found_in_time_is_published_as_a_failure() {
        let city = TestCity::new();
        city.paid(1).await;
        city.world.clock.advance_s(20 * 60 - 1);
        city.sweep().await;
        assert_eq!(city.state(1).await, State::Searching);
        city.world.clock.advance_s(1);
        city.sweep().await;
        let delivery = city.delivery(1).await;
        assert_eq!(delivery.state, State::Failed);
        assert_eq!(delivery.reason.as_deref(), Some("no_courier"));
        let event = city.world.published().pop().unwrap();
        assert_eq!(event.kind, DeliveryKind::Failed);
        assert_eq!(event.sequence, delivery.version);
        assert_eq!(event.data["reason"], "no_courier");
        assert_eq!(event.data["picked_up"], false);
        assert_eq!(event.data["courier"], json!(null));
        city.assert_sound().await;
    }

    #[tokio::test]
    async fn the_search_goes_on_until_the_food_is_ready() {
        let city = TestCity::new();
        city.paid(1).await;
        city.world.clock.advance_s(10 * 60);
        // Ready a quarter of an hour after that.
        city.handle(1, OrderKind::Accepted).await;
        city.world.clock.advance_s(15 * 60 - 1);
        city.sweep().await;
        assert_eq!(city.state(1).await, State::Searching);
        city.world.clock.advance_s(1);
        city.sweep().await;
        assert_eq!(city.state(1).await, State::Failed);
    }

    #[tokio::test]
    async fn a_last_offer_ends_with_the_search_and_its_courier_is_free() {
        let city = TestCity::new();
        city.enlist(1).await;
        city.paid(1).await;
        city.world.clock.advance_s(20 * 60 - 10);
        city.online(1, 100).await;
        assert_eq!(city.state(1).await, State::Offered);
        city.world.clock.advance_s(10);
        city.sweep().await;
        assert_eq!(city.state(1).await, State::Failed);
        let courier = city.courier(1).await;
        assert_eq!(courier.open_offer, None);
        assert_eq!(courier.turned_down, 0);
        assert!(city.delivery(1).await.earning.is_none());
        city.assert_sound().await;
    }

    #[tokio::test]
    async fn what_is_not_due_is_left_alone() {
        let city = TestCity::with_couriers(&[100]).await;
        let context = city.world.context(crate::SERVICE, "sweep-deliveries");
        let decide = async |key: Key| SweepDeliveries::decide(&context, &city.world.system(), &key).await.unwrap();
        let key = Delivery::key(&delivery_id(1));
        assert!(decide(key.clone()).await.is_empty(), "not there");
        city.handle(1, OrderKind::Accepted).await;
        assert!(decide(key.clone()).await.is_empty(), "a placeholder");
        city.assigned(1, 1).await;
        city.world.clock.advance_s(24 * 3600);
        assert!(decide(key).await.is_empty(), "on a courier's hands: the order's deadlines end it");
    }
}
