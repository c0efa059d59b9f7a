//! `update-delivery`: an order went on or ended, so its delivery follows.

use app::{Changes, Context, Failure, Function, Subscriber, System, Versioned};
use domain::{DeliveryId, Event, Kind, OrderFact};
use schemars::JsonSchema;

use crate::{
    DELIVERIES, Deliveries, Delivery, OrderProgress, Rules, Standing,
    deliveries::{delivery_key, mark},
    plan::Plan,
};

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
    const SUBSCRIBES_TO: &'static [Kind] = &[
        Kind::OrderAccepted,
        Kind::OrderReady,
        Kind::OrderPaymentFailed,
        Kind::OrderRejected,
        Kind::OrderCancelled,
        Kind::OrderUndeliverable,
        Kind::OrderDelivered,
    ];

    async fn handle(context: &Context, system: &System, event: &Event) -> Result<Changes, Failure> {
        let fact: OrderFact = event.data()?;
        let Some(heard) = OrderProgress::of(event, &fact) else { return Ok(Changes::none()) };
        let id = DeliveryId::of(fact.order_id);
        let rules = Rules::of(context);
        match context.standing(&delivery_key(id)).await?.open(system) {
            Some(Versioned { value: Standing::Delivery(delivery), version }) => {
                follow(context, Versioned { value: *delivery, version }, heard, rules).await
            }
            Some(Versioned { value: Standing::Mark(value), version }) => {
                Ok(mark(id, Some(Versioned { value, version }), heard, &rules))
            }
            None => Ok(mark(id, None, heard, &rules)),
        }
    }
}

async fn follow(
    context: &Context,
    delivery: Versioned<Delivery>,
    heard: OrderProgress,
    rules: Rules,
) -> Result<Changes, Failure> {
    if heard.sequence <= delivery.progress.sequence {
        return Ok(Changes::none());
    }
    let (id, party) = (delivery.id, delivery.party());
    let stands_down = heard.status.stands_down() && !delivery.state.is_final();
    let mut plan = Plan::new(rules);
    plan.add_delivery(delivery);
    plan.apply_order(id, heard)?;
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
        city.handle(1, Kind::OrderAccepted).await;
        let delivery = city.delivery(1).await;
        assert_eq!((delivery.progress.status, delivery.state), (OrderStatus::Accepted, State::Searching));
        assert_eq!(delivery.progress.ready_by, Some(city.world.clock.seconds().plus_minutes(15)));
        city.handle(1, Kind::OrderReady).await;
        assert_eq!(city.delivery(1).await.progress.status, OrderStatus::Ready);
        assert!(city.world.published().is_empty());
        city.assert_sound().await;
    }

    #[tokio::test]
    async fn an_older_fact_and_the_same_again_change_nothing() {
        let city = TestCity::new();
        city.paid(1).await;
        city.handle(1, Kind::OrderReady).await;
        let before = city.delivery(1).await;
        for kind in [Kind::OrderAccepted, Kind::OrderReady] {
            city.handle(1, kind).await;
        }
        assert_eq!(city.delivery(1).await, before);
    }

    #[tokio::test]
    async fn before_the_pick_up_an_ended_order_cancels_and_frees_its_courier_for_the_next() {
        for kind in [Kind::OrderPaymentFailed, Kind::OrderRejected, Kind::OrderCancelled, Kind::OrderUndeliverable] {
            for accepted in [false, true] {
                let city = TestCity::with_couriers(&[100]).await;
                city.paid(1).await;
                if accepted {
                    city.answer(1, 1, "accept").await.unwrap();
                }
                city.paid(2).await;
                let told = city.world.published().len();
                city.ended(1, kind).await;
                let delivery = city.delivery(1).await;
                assert_eq!(
                    (delivery.state, delivery.earning, delivery.offer),
                    (State::Cancelled, None, None),
                    "{kind}"
                );
                let courier = city.courier(1).await;
                assert_eq!((courier.active.len(), courier.open_offer), (0, Some(delivery_id(2))));
                let kinds: Vec<Kind> = city.world.published()[told..].iter().map(|event| event.kind).collect();
                assert_eq!(kinds, if accepted { vec![] } else { vec![Kind::DeliveryOffered] }, "{kind}");
                city.assert_sound().await;
            }
        }
    }

    #[tokio::test]
    async fn a_search_ends_with_its_order() {
        let city = TestCity::new();
        city.paid(1).await;
        city.ended(1, Kind::OrderRejected).await;
        assert_eq!(city.state(1).await, State::Cancelled);
        city.enlist(1).await;
        city.online(1, 100).await;
        assert_eq!(city.state(1).await, State::Cancelled, "nobody is offered it");
        city.assert_sound().await;
    }

    #[tokio::test]
    async fn an_order_that_ended_on_the_way_fails_its_delivery_and_the_courier_keeps_the_earning() {
        let city = TestCity::with_couriers(&[100]).await;
        city.picked_up(1, 1).await;
        let earning = city.delivery(1).await.earning;
        city.ended(1, Kind::OrderCancelled).await;
        let delivery = city.delivery(1).await;
        assert_eq!((delivery.state, delivery.reason.as_deref()), (State::Failed, Some("order_ended")));
        assert!(earning.is_some() && delivery.earning == earning);
        assert!(city.courier(1).await.active.is_empty());
        let told = city.world.published().pop().unwrap();
        assert_eq!((told.kind, told.sequence), (Kind::DeliveryFailed, delivery.version));
        assert_eq!((&told.data["reason"], &told.data["picked_up"]), (&json!("order_ended"), &json!(true)));
        assert!(told.data["picked_up_at"].is_string() && told.data["completed_at"].is_null());
        city.assert_sound().await;
    }

    #[tokio::test]
    async fn what_is_delivered_stays_so() {
        for kind in [Kind::OrderDelivered, Kind::OrderCancelled] {
            let city = TestCity::with_couriers(&[100]).await;
            city.picked_up(1, 1).await;
            city.answer(1, 1, "complete").await.unwrap();
            let told = city.world.published().len();
            city.ended(1, kind).await;
            let delivery = city.delivery(1).await;
            assert_eq!(delivery.state, State::Delivered);
            assert_eq!(Some(delivery.progress.status), OrderStatus::of_kind(kind));
            assert_eq!(city.world.published().len(), told);
            city.assert_sound().await;
        }
    }

    #[tokio::test]
    async fn of_facts_heard_too_early_the_latest_leaves_the_mark() {
        let city = TestCity::with_couriers(&[100]).await;
        for kind in [Kind::OrderReady, Kind::OrderAccepted] {
            city.handle(1, kind).await;
        }
        assert!(city.maybe_delivery(delivery_id(1)).await.is_none(), "a mark is no delivery");
        city.paid(1).await;
        let delivery = city.delivery(1).await;
        assert_eq!((delivery.progress.status, delivery.progress.sequence), (OrderStatus::Ready, 4));
        assert_eq!(delivery.state, State::Offered);
    }

    #[tokio::test]
    async fn a_mark_lasts_as_long_as_any_event_and_no_longer() {
        let city = TestCity::with_couriers(&[100]).await;
        city.ended(1, Kind::OrderCancelled).await;
        city.world.clock.advance_s(30 * 24 * 3600 - 1);
        city.ended(2, Kind::OrderCancelled).await;
        city.world.clock.advance_s(1);
        for number in [1, 2] {
            city.paid(number).await;
        }
        assert_eq!((city.state(1).await, city.state(2).await), (State::Offered, State::Cancelled));
    }
}
