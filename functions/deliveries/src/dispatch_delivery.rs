//! `dispatch-delivery`: an order was paid, so a courier is looked for.

use app::{Changes, Context, Failure, Function, OrPlaceholder, Subscriber, System, erasure::erased};
use domain::{DeliveryId, Event, OrderFact, OrderKind};
use schemars::JsonSchema;

use crate::{DELIVERIES, Delivery, FREE_COURIERS, OrderProgress, Rules, StoredDelivery, plan::Plan};

/// An order was paid: its delivery is made, and offered to the best courier near. Events of the order that came before are
/// taken into account: where it has ended already, nobody is asked.
#[derive(JsonSchema)]
pub struct DispatchDelivery;

impl Subscriber for DispatchDelivery {
    const FUNCTION: Function = Function::new("dispatch-delivery")
        .settings(crate::settings::SETTINGS)
        .gets(DELIVERIES)
        .queries_index(DELIVERIES, FREE_COURIERS)
        .writes(DELIVERIES);
    type Data = OrderFact;
    const SUBSCRIBES_TO: &'static [OrderKind] = &[OrderKind::Paid];

    async fn handle(context: &Context, system: &System, event: &Event<OrderFact>) -> Result<Changes, Failure> {
        let fact = &event.data;
        let Some(progress) = OrderProgress::of(event) else { return Ok(Changes::none()) };
        let id = DeliveryId::of(fact.order_id);
        let known = match StoredDelivery::find(context, &id, system).await? {
            // Handled before.
            Some(OrPlaceholder::Present(_)) => return Ok(Changes::none()),
            Some(OrPlaceholder::Placeholder(known)) => Some(known),
            None => None,
        };
        let erased = erased(context, DELIVERIES, &[fact.customer_id, fact.merchant_id]).await?;
        if erased.contains(&fact.customer_id) {
            // Nobody is there to bring it to; without a courier the order ends.
            return Ok(Changes::none());
        }
        let placeholder = known.as_ref().map(|known| known.version);
        let progress = known.map_or(progress, |known| progress.then(known.value));
        let rules = Rules::of(context);
        if fact.tip.is_negative() || rules.earning(fact.distance_m, fact.tip).is_err() {
            return Err(Failure::Never("the order's tip can't be paid out".to_owned()));
        }
        let mut plan = Plan::new(rules, context.now());
        plan.make_delivery(Delivery::made(fact.clone(), progress, context.now(), &rules), placeholder, &erased);
        if progress.status.stands_down() {
            plan.stand_down(id)?;
        }
        plan.match_up(context).await?;
        Ok(plan.into())
    }
}

#[cfg(test)]
mod tests {
    use domain::DeliveryKind;
    use serde_json::json;

    use super::*;
    use crate::{
        State,
        sample::{TestCity, delivery_id, event, someone},
    };

    #[tokio::test]
    async fn the_best_courier_near_is_asked_and_it_is_published() {
        let city = TestCity::with_couriers(&[2000, 200, 1000]).await;
        city.paid(1).await;
        let delivery = city.delivery(1).await;
        let offer = delivery.offer.unwrap();
        assert_eq!(delivery.state, State::Offered);
        assert_eq!(offer.courier_id, someone(2));
        assert!((195..=205).contains(&offer.to_pick_up_m));
        let published = city.world.published();
        assert_eq!(published.len(), 1);
        assert_eq!(published[0].kind, DeliveryKind::Offered);
        assert_eq!(published[0].sequence, delivery.version);
        assert_eq!(published[0].partition_key, delivery.order_id().to_string());
        let fact = &published[0].data;
        assert_eq!(fact["offered_to"], json!(someone(2)));
        assert_eq!(fact["courier"], json!(null));
        assert_eq!(fact["offer_expires_at"], json!(offer.expires_at));
        assert_eq!(fact["earning"]["amount"], 694);
        assert_eq!(fact["by"], json!({ "role": "system", "id": null }));
        city.assert_sound().await;
    }

    #[tokio::test]
    async fn rings_are_searched_outwards_to_the_edge_of_near() {
        for (metres, state) in [(4900, State::Offered), (-4900, State::Offered), (5100, State::Searching)] {
            let city = TestCity::with_couriers(&[metres]).await;
            city.paid(1).await;
            assert_eq!(city.state(1).await, state, "{metres}");
            city.assert_sound().await;
        }
    }

    #[tokio::test]
    async fn without_a_courier_it_waits_and_is_looked_at_again_soon() {
        let city = TestCity::new();
        city.paid(1).await;
        let delivery = city.delivery(1).await;
        assert_eq!(delivery.state, State::Searching);
        assert_eq!(delivery.version, 1);
        assert_eq!(delivery.due(), Some(city.world.clock.seconds().plus_seconds(crate::delivery::SOON_S)));
        assert!(city.world.published().is_empty());
        city.assert_sound().await;
    }

    #[tokio::test]
    async fn handling_it_again_changes_nothing() {
        let city = TestCity::with_couriers(&[100]).await;
        city.paid(1).await;
        let before = city.delivery(1).await;
        city.paid(1).await;
        assert_eq!(city.delivery(1).await, before);
        assert_eq!(city.world.published().len(), 1);
    }

    #[tokio::test]
    async fn an_order_that_is_known_to_have_ended_asks_nobody() {
        let city = TestCity::with_couriers(&[100]).await;
        city.ended(1, OrderKind::Cancelled).await;
        city.paid(1).await;
        let delivery = city.delivery(1).await;
        assert_eq!(delivery.state, State::Cancelled);
        assert_eq!(delivery.due(), None);
        assert!(city.world.published().is_empty());
        assert_eq!(city.courier(1).await.open_offer, None);
        city.assert_sound().await;
    }

    #[tokio::test]
    async fn events_that_came_before_are_taken_into_account() {
        let city = TestCity::with_couriers(&[100]).await;
        city.handle(1, OrderKind::Accepted).await;
        city.paid(1).await;
        let delivery = city.delivery(1).await;
        assert_eq!(delivery.progress.status, crate::OrderStatus::Accepted);
        assert_eq!(delivery.progress.sequence, 3);
        assert!(delivery.progress.ready_by.is_some());
        city.answer(1, 1, "accept").await.unwrap();
        city.answer(1, 1, "pick-up").await.unwrap();
        city.assert_sound().await;
    }

    #[tokio::test]
    async fn a_tip_that_cannot_be_paid_out_goes_to_the_dead_letters() {
        let city = TestCity::new();
        let context = city.world.context(crate::SERVICE, "dispatch-delivery");
        for amount in [-1, i64::MAX] {
            let mut event = event(1, OrderKind::Paid);
            event.data["tip"]["amount"] = amount.into();
            let failure = city.world.handle::<DispatchDelivery>(&context, &event).await.unwrap_err();
            assert!(matches!(failure, Failure::Never(_)));
        }
        assert!(city.maybe_delivery(delivery_id(1)).await.is_none());
    }
}
