//! `apply-delivery`: what became of an order's delivery.

use app::{Changes, Context, Failure, Function, Subscriber, System};
use domain::{Actor, DeliveryFact, DeliveryKind, Event, Role};
use schemars::JsonSchema;
use serde_json::json;

use crate::{Action, Journey, ORDERS, Order, Rules, Status};

/// Moves an order on by what became of its delivery: assigned, picked up, delivered, or failed.
#[derive(JsonSchema)]
pub struct ApplyDelivery;

impl Subscriber for ApplyDelivery {
    const FUNCTION: Function =
        Function::new("apply-delivery").settings(crate::settings::SETTINGS).gets(ORDERS).writes(ORDERS);
    type Data = DeliveryFact;
    const SUBSCRIBES_TO: &'static [DeliveryKind] =
        &[DeliveryKind::Assigned, DeliveryKind::PickedUp, DeliveryKind::Completed, DeliveryKind::Failed];

    async fn handle(context: &Context, system: &System, event: &Event<DeliveryFact>) -> Result<Changes, Failure> {
        let delivery = &event.data;
        let Some(order) = context.read::<Order>(&delivery.order_id).await?.open(system) else {
            return Err(Failure::Never(format!("there is no order {}", delivery.order_id)));
        };
        if event.sequence <= order.delivery_sequence {
            return Ok(Changes::none());
        }
        let mut journey = Journey::of(order);
        journey.order.value.delivery_sequence = event.sequence;
        if journey.order.status.is_final() {
            let by = if event.kind == DeliveryKind::Failed { Actor::SYSTEM } else { by_courier(delivery) };
            journey.record(event.kind.into(), by, event.time, json!({"reason": delivery.reason}));
        } else {
            apply(&mut journey, event, &Rules::of(context))?;
        }
        Ok(journey.into())
    }
}

/// Applies what the fact says, first the earlier steps that were missed.
fn apply(journey: &mut Journey, event: &Event<DeliveryFact>, rules: &Rules) -> Result<(), Failure> {
    let delivery = &event.data;
    if let Some(courier) = &delivery.courier
        && journey.order.courier.as_ref().is_none_or(|known| known.id != courier.id)
        && journey.order.status.awaits_pick_up()
    {
        journey.assign(courier.clone(), delivery.assigned_at.unwrap_or(event.time), rules);
    }
    let courier = by_courier(delivery);
    if let Some(at) = delivery.picked_up_at
        && journey.order.status.awaits_pick_up()
    {
        if journey.order.status == Status::Paid {
            return Err(Failure::Retry("the pick-up overtook the acceptance".to_owned()));
        }
        journey.act(Action::PickUp, courier, None, at, rules)?;
    }
    if let Some(at) = delivery.completed_at {
        journey.act(Action::Deliver, courier, None, at, rules)?;
    }
    if event.kind == DeliveryKind::Failed {
        let action = if journey.order.status == Status::PickedUp { Action::FailDelivery } else { Action::Cancel };
        journey.act(action, Actor::SYSTEM, delivery.reason.clone(), event.time, rules)?;
    }
    Ok(())
}

fn by_courier(delivery: &DeliveryFact) -> Actor {
    delivery.courier.as_ref().map_or(Actor::SYSTEM, |courier| Actor::user(Role::Courier, courier.id))
}

#[cfg(test)]
mod tests {
    use domain::{Kind, OrderKind};
    use testing::World;

    use super::*;
    use crate::sample::{self, delivery};

    async fn accepted() -> World {
        let world = World::new();
        sample::save(&world, &[]).await;
        sample::save(&world, &[Action::Authorize, Action::Accept]).await;
        world
    }

    async fn handle(world: &World, event: &Event) -> (Status, Vec<Kind>) {
        let context = world.context(crate::SERVICE, "apply-delivery");
        let changes = world.handle::<ApplyDelivery>(&context, event).await.unwrap();
        world.commit(ORDERS, changes).await;
        let (status, steps) = sample::status_and_steps(world).await;
        (status, steps[3..].to_vec())
    }

    #[tokio::test]
    async fn step_by_step_or_all_at_once_it_comes_to_the_same_journey() {
        let all_steps = [
            Kind::Delivery(DeliveryKind::Assigned),
            Kind::Order(OrderKind::PickedUp),
            Kind::Order(OrderKind::Delivered),
        ];
        let in_order = accepted().await;
        for (kind, sequence, expected, count) in [
            (Kind::Delivery(DeliveryKind::Assigned), 3, Status::Accepted, 1),
            (Kind::Delivery(DeliveryKind::PickedUp), 4, Status::PickedUp, 2),
            (Kind::Delivery(DeliveryKind::Completed), 5, Status::Delivered, 3),
        ] {
            let (status, steps) = handle(&in_order, &delivery(kind, sequence)).await;
            assert_eq!(status, expected);
            assert_eq!(steps, all_steps[..count]);
        }
        let last_first = accepted().await;
        for (kind, sequence) in [
            (Kind::Delivery(DeliveryKind::Completed), 5),
            (Kind::Delivery(DeliveryKind::PickedUp), 4),
            (Kind::Delivery(DeliveryKind::Assigned), 3),
        ] {
            let (status, steps) = handle(&last_first, &delivery(kind, sequence)).await;
            assert_eq!(status, Status::Delivered, "{kind}");
            assert_eq!(steps, all_steps, "{kind}");
        }
    }

    #[tokio::test]
    async fn a_failed_delivery_cancels_before_the_pick_up_and_ends_it_after() {
        let world = accepted().await;
        let (status, steps) = handle(&world, &delivery(Kind::Delivery(DeliveryKind::Failed), 2)).await;
        assert_eq!(status, Status::Cancelled);
        assert_eq!(steps, [Kind::Order(OrderKind::Cancelled)]);
        let world = accepted().await;
        handle(&world, &delivery(Kind::Delivery(DeliveryKind::PickedUp), 4)).await;
        let (status, steps) = handle(&world, &delivery(Kind::Delivery(DeliveryKind::Failed), 5)).await;
        assert_eq!(status, Status::Undeliverable);
        assert_eq!(steps.last(), Some(&Kind::Order(OrderKind::Undeliverable)));
    }

    #[tokio::test]
    async fn a_final_order_stays_as_it_ended() {
        let world = accepted().await;
        sample::save(&world, &[Action::Cancel]).await;
        let (status, steps) = handle(&world, &delivery(Kind::Delivery(DeliveryKind::Completed), 5)).await;
        assert_eq!(status, Status::Cancelled);
        assert_eq!(steps.last(), Some(&Kind::Delivery(DeliveryKind::Completed)));
        assert_eq!(sample::steps(&world).await.last().map(|entry| entry.by.role), Some(domain::ActorRole::Courier));
    }

    #[tokio::test]
    async fn a_pick_up_that_overtakes_the_acceptance_waits_for_it() {
        let world = World::new();
        sample::save(&world, &[]).await;
        sample::save(&world, &[Action::Authorize]).await;
        let context = world.context(crate::SERVICE, "apply-delivery");
        let early = world.handle::<ApplyDelivery>(&context, &delivery(Kind::Delivery(DeliveryKind::PickedUp), 4)).await;
        assert!(matches!(early, Err(Failure::Retry(_))));
    }
}
