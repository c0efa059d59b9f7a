//! `update-delivery`: an order went on or ended, so its delivery follows.

use app::{
    Changes, Context, Failure, Function, OrPlaceholder, Projected, Stored as _, Subscriber, System, Versioned,
    leave_placeholder,
};
use domain::{DeliveryId, Event, OrderFact, OrderKind};
use schemars::JsonSchema;

use crate::{DELIVERIES, Delivery, OrderProgress, Rules, StoredDelivery, plan::Plan};

/// An order went on or ended: its delivery knows when the food may be picked up, and stands down when there is nothing to
/// deliver any more. The courier is then free, and offered at once what waits near them.
#[derive(JsonSchema)]
pub struct UpdateDelivery;

impl Subscriber for UpdateDelivery {
    const FUNCTION: Function = Function::new("update-delivery")
        .settings(crate::settings::SETTINGS)
        .gets(DELIVERIES)
        .queries(DELIVERIES)
        .writes(DELIVERIES);
    type Data = OrderFact;
    const SUBSCRIBES_TO: &'static [OrderKind] = &[
        OrderKind::Accepted,
        OrderKind::Ready,
        OrderKind::PaymentFailed,
        OrderKind::Rejected,
        OrderKind::Cancelled,
        OrderKind::Undeliverable,
        OrderKind::Delivered,
    ];

    async fn handle(context: &Context, system: &System, event: &Event<OrderFact>) -> Result<Changes, Failure> {
        let fact = &event.data;
        let Some(progress) = OrderProgress::of(event) else { return Ok(Changes::none()) };
        let id = DeliveryId::of(fact.order_id);
        let known = match StoredDelivery::find(context, &id, system).await? {
            Some(OrPlaceholder::Present(delivery)) => return follow(context, *delivery, progress).await,
            Some(OrPlaceholder::Placeholder(known)) => Some(known),
            None => None,
        };
        // What is known of an order is kept for when its delivery is made.
        Ok(leave_placeholder(Delivery::key(&id), known, progress, context.now()))
    }
}

async fn follow(
    context: &Context,
    delivery: Versioned<Delivery>,
    progress: Projected<OrderProgress>,
) -> Result<Changes, Failure> {
    if progress.sequence <= delivery.progress.sequence {
        return Ok(Changes::none());
    }
    let id = delivery.id;
    let party = delivery.party();
    let stands_down = progress.status.stands_down() && !delivery.state.is_final();
    let mut plan = Plan::new(Rules::of(context), context.now());
    plan.add_delivery(delivery);
    plan.apply_order(id, progress)?;
    if stands_down {
        if let Some(courier_id) = party {
            plan.load_courier(context, courier_id).await?;
        }
        plan.stand_down(id)?;
        plan.match_up(context).await?;
    }
    Ok(plan.into())
}

#[cfg(test)]
mod tests {
    use domain::DeliveryKind;
    use serde_json::json;

    use super::*;
    use crate::{
        OrderStatus, State,
        sample::{TestCity, delivery_id},
    };

    #[tokio::test]
    async fn the_status_and_when_the_food_is_ready_are_known() {
        let city = TestCity::new();
        city.paid(1).await;
        city.handle(1, OrderKind::Accepted).await;
        let delivery = city.delivery(1).await;
        assert_eq!(delivery.progress.status, OrderStatus::Accepted);
        assert_eq!(delivery.state, State::Searching);
        assert_eq!(delivery.progress.ready_by, Some(city.world.clock.seconds().plus_minutes(15)));
        city.handle(1, OrderKind::Ready).await;
        assert_eq!(city.delivery(1).await.progress.status, OrderStatus::Ready);
        assert!(city.world.published().is_empty());
        city.assert_sound().await;
    }

    #[tokio::test]
    async fn an_older_event_and_the_same_again_change_nothing() {
        let city = TestCity::new();
        city.paid(1).await;
        city.handle(1, OrderKind::Ready).await;
        let before = city.delivery(1).await;
        for kind in [OrderKind::Accepted, OrderKind::Ready] {
            city.handle(1, kind).await;
        }
        assert_eq!(city.delivery(1).await, before);
    }

    #[tokio::test]
    async fn an_order_that_ends_before_the_pick_up_frees_its_courier() {
        for kind in [OrderKind::PaymentFailed, OrderKind::Rejected, OrderKind::Cancelled, OrderKind::Undeliverable] {
            for accepted in [false, true] {
                let city = TestCity::with_couriers(&[100]).await;
                city.paid(1).await;
                if accepted {
                    city.answer(1, 1, "accept").await.unwrap();
                }
                city.paid(2).await;
                let published = city.world.published().len();
                city.ended(1, kind).await;
                let delivery = city.delivery(1).await;
                assert_eq!(delivery.state, State::Cancelled, "{kind}");
                assert_eq!(delivery.earning, None, "{kind}");
                assert_eq!(delivery.offer, None, "{kind}");
                let courier = city.courier(1).await;
                assert_eq!(courier.active, []);
                assert_eq!(courier.open_offer, Some(delivery_id(2)));
                let kinds: Vec<_> = city.world.published()[published..].iter().map(|event| event.kind).collect();
                let offered: &[DeliveryKind] = if accepted { &[] } else { &[DeliveryKind::Offered] };
                assert_eq!(kinds, offered, "{kind}");
                city.assert_sound().await;
            }
        }
    }

    #[tokio::test]
    async fn a_search_ends_with_its_order() {
        let city = TestCity::new();
        city.paid(1).await;
        city.ended(1, OrderKind::Rejected).await;
        assert_eq!(city.state(1).await, State::Cancelled);
        city.enlist(1).await;
        city.online(1, 100).await;
        assert_eq!(city.state(1).await, State::Cancelled, "nobody is offered it");
        city.assert_sound().await;
    }

    #[tokio::test]
    async fn a_courier_keeps_the_earning_of_an_order_that_ends_on_the_way() {
        let city = TestCity::with_couriers(&[100]).await;
        city.picked_up(1, 1).await;
        let earning = city.delivery(1).await.earning;
        city.ended(1, OrderKind::Cancelled).await;
        let delivery = city.delivery(1).await;
        assert_eq!(delivery.state, State::Failed);
        assert_eq!(delivery.reason.as_deref(), Some("order_ended"));
        assert!(earning.is_some() && delivery.earning == earning);
        assert!(city.courier(1).await.active.is_empty());
        let event = city.world.published().pop().unwrap();
        assert_eq!(event.kind, DeliveryKind::Failed);
        assert_eq!(event.sequence, delivery.version);
        assert_eq!(event.data["reason"], "order_ended");
        assert_eq!(event.data["picked_up"], true);
        assert!(event.data["picked_up_at"].is_string());
        assert_eq!(event.data["completed_at"], json!(null));
        city.assert_sound().await;
    }

    #[tokio::test]
    async fn what_is_delivered_stays_so() {
        for kind in [OrderKind::Delivered, OrderKind::Cancelled] {
            let city = TestCity::with_couriers(&[100]).await;
            city.picked_up(1, 1).await;
            city.answer(1, 1, "complete").await.unwrap();
            let published = city.world.published().len();
            city.ended(1, kind).await;
            let delivery = city.delivery(1).await;
            assert_eq!(delivery.state, State::Delivered);
            assert_eq!(Some(delivery.progress.status), OrderStatus::of_kind(kind));
            assert_eq!(city.world.published().len(), published);
            city.assert_sound().await;
        }
    }

    #[tokio::test]
    async fn of_events_before_the_payment_the_latest_leaves_the_placeholder() {
        let city = TestCity::with_couriers(&[100]).await;
        for kind in [OrderKind::Ready, OrderKind::Accepted] {
            city.handle(1, kind).await;
        }
        assert!(city.maybe_delivery(delivery_id(1)).await.is_none(), "a placeholder is no delivery");
        city.paid(1).await;
        let delivery = city.delivery(1).await;
        assert_eq!(delivery.progress.status, OrderStatus::Ready);
        assert_eq!(delivery.progress.sequence, 4);
        assert_eq!(delivery.state, State::Offered);
    }

    #[tokio::test]
    async fn a_placeholder_lasts_as_long_as_any_event_and_no_longer() {
        let city = TestCity::with_couriers(&[100]).await;
        city.ended(1, OrderKind::Cancelled).await;
        city.world.clock.advance_s(30 * 24 * 3600 - 1);
        city.ended(2, OrderKind::Cancelled).await;
        city.world.clock.advance_s(1);
        for number in [1, 2] {
            city.paid(number).await;
        }
        assert_eq!(city.state(1).await, State::Offered);
        assert_eq!(city.state(2).await, State::Cancelled);
    }
}
