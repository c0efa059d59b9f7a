//! `apply-delivery`: what became of an order's delivery.

use app::{Changes, Context, Failure, Function, Subscriber, System};
use domain::{Actor, CourierCard, DeliveryFact, DeliveryKind, Event, Role};
use schemars::JsonSchema;
use serde_json::json;

use crate::{Action, Journey, ORDERS, Order, Rules, Status};

/// Moves an order on by what became of its delivery: assigned or not after all, picked up, delivered, or failed.
#[derive(JsonSchema)]
pub struct ApplyDelivery;

impl Subscriber for ApplyDelivery {
    const FUNCTION: Function =
        Function::new("apply-delivery").settings(crate::settings::SETTINGS).gets(ORDERS).writes(ORDERS);
    type Data = DeliveryFact;
    const SUBSCRIBES_TO: &'static [DeliveryKind] = &[
        DeliveryKind::Assigned,
        DeliveryKind::Unassigned,
        DeliveryKind::PickedUp,
        DeliveryKind::Completed,
        DeliveryKind::Failed,
    ];

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
    if journey.order.status.awaits_pick_up() {
        apply_courier(journey, event, rules);
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

/// Who brings it changes: the courier who was known is lost, where there was one, and the one whom the fact names brings it.
fn apply_courier(journey: &mut Journey, event: &Event<DeliveryFact>, rules: &Rules) {
    let delivery = &event.data;
    let is_another = |known: &CourierCard| delivery.courier.as_ref().is_none_or(|courier| courier.id != known.id);
    let said = event.kind == DeliveryKind::Unassigned;
    // What is not said may have been missed: an assignment of another courier, or a later one of the same.
    let missed =
        delivery.unassigned_at > journey.order.unassigned_at || journey.order.courier.as_ref().is_some_and(is_another);
    if said || missed {
        let by = if said { delivery.by } else { Actor::SYSTEM };
        journey.unassign(by, delivery.unassigned_at.unwrap_or(event.time), rules);
    }
    if let Some(courier) = delivery.courier.as_ref().filter(|_| journey.order.courier.is_none()) {
        journey.assign(courier.clone(), delivery.assigned_at.unwrap_or(event.time), rules);
    }
}

fn by_courier(delivery: &DeliveryFact) -> Actor {
    delivery.courier.as_ref().map_or(Actor::SYSTEM, |courier| Actor::user(Role::Courier, courier.id))
}

#[cfg(test)]
mod tests {
    use app::Query;
    use domain::{Kind, OrderKind};
    use serde_json::Value;
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

    /// Facts about who delivers: Carl is assigned, and lost five minutes later; then Dana is assigned.
    fn facts_of_couriers() -> [Event; 3] {
        let kind = |kind: DeliveryKind| Kind::Delivery(kind);
        let carl = sample::courier().id;
        let lost_at = sample::order().placed_at.plus_minutes(5);
        let with = |mut event: Event, members: Value| {
            event.data.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
            Event { time: lost_at, ..event }
        };
        let lost = json!({"unassigned": carl, "unassigned_at": lost_at, "picked_up_at": null, "picked_up": false});
        let nobody = json!({"courier": null, "assigned_at": null, "by": Actor::SYSTEM});
        let dana =
            json!({"courier": {"id": testing::user_id(4), "name": "Dana", "vehicle": "car"}, "assigned_at": lost_at});
        [
            delivery(kind(DeliveryKind::Assigned), 3),
            with(with(delivery(kind(DeliveryKind::Unassigned), 4), lost.clone()), nobody),
            with(with(delivery(kind(DeliveryKind::Assigned), 6), lost), dana),
        ]
    }

    async fn order(world: &World) -> Order {
        let context = world.context(crate::SERVICE, "get-order");
        context.find::<Order>(&sample::order().id).await.unwrap().unwrap().value
    }

    #[tokio::test]
    async fn an_order_whose_courier_is_lost_waits_for_the_next() {
        let world = accepted().await;
        let [assigned, unassigned, assigned_again] = facts_of_couriers();
        handle(&world, &assigned).await;
        let listed = async || {
            let courier = Query::partition(format!("COURIER#{}", sample::courier().id));
            world.store().query(ORDERS, &courier).await.unwrap().items.len()
        };
        assert_eq!(listed().await, 1);
        let (status, steps) = handle(&world, &unassigned).await;
        assert_eq!(status, Status::Accepted);
        assert_eq!(steps, [Kind::Delivery(DeliveryKind::Assigned), Kind::Delivery(DeliveryKind::Unassigned)]);
        assert_eq!(sample::steps(&world).await.last().map(|entry| entry.by), Some(Actor::SYSTEM));
        let waiting = order(&world).await;
        assert_eq!(waiting.courier, None);
        assert_eq!(waiting.assigned_at, None);
        assert_eq!(waiting.deadline, Some(unassigned.time.plus_minutes(20)));
        assert_eq!(listed().await, 0);
        handle(&world, &assigned_again).await;
        let again = order(&world).await;
        assert_eq!(again.courier.unwrap().id, testing::user_id(4));
        assert_eq!(again.assigned_at, Some(unassigned.time));
    }

    #[tokio::test]
    async fn the_next_courier_stands_for_the_loss_of_the_first_and_older_facts_change_nothing() {
        let [assigned, unassigned, assigned_again] = facts_of_couriers();
        let loss_and_next = [Kind::Delivery(DeliveryKind::Unassigned), Kind::Delivery(DeliveryKind::Assigned)];
        let missed = accepted().await;
        handle(&missed, &assigned).await;
        let (_, steps) = handle(&missed, &assigned_again).await;
        assert_eq!(steps[1..], loss_and_next);
        assert_eq!(handle(&missed, &unassigned).await.1, steps);
        let last_first = accepted().await;
        for event in [&assigned_again, &unassigned, &assigned] {
            assert_eq!(handle(&last_first, event).await.1, loss_and_next, "{event:?}");
        }
        let step_by_step = accepted().await;
        for event in [&assigned, &unassigned, &assigned_again] {
            handle(&step_by_step, event).await;
        }
        assert_eq!(order(&missed).await, order(&step_by_step).await);
        assert_eq!(order(&last_first).await, order(&step_by_step).await);
    }

    #[tokio::test]
    async fn the_same_courier_again_stands_for_their_loss_too() {
        let [assigned, _, mut again] = facts_of_couriers();
        again.data["courier"] = json!(sample::courier());
        let world = accepted().await;
        handle(&world, &assigned).await;
        let (_, steps) = handle(&world, &again).await;
        assert_eq!(steps[1..], [Kind::Delivery(DeliveryKind::Unassigned), Kind::Delivery(DeliveryKind::Assigned)]);
        assert_eq!(order(&world).await.assigned_at, Some(again.time));
    }

    #[tokio::test]
    async fn nobody_brings_an_order_that_failed_after_its_courier_was_lost() {
        let [assigned, unassigned, _] = facts_of_couriers();
        let world = accepted().await;
        handle(&world, &assigned).await;
        let kind = Kind::Delivery(DeliveryKind::Failed);
        let mut failed = Event { kind, sequence: 8, ..unassigned };
        failed.data["reason"] = "no_courier".into();
        let (status, steps) = handle(&world, &failed).await;
        assert_eq!(status, Status::Cancelled);
        assert_eq!(steps[1..], [Kind::Delivery(DeliveryKind::Unassigned), Kind::Order(OrderKind::Cancelled)]);
        assert_eq!(order(&world).await.courier, None);
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

        let world = accepted().await;
        let [assigned, unassigned, _] = facts_of_couriers();
        handle(&world, &assigned).await;
        sample::save(&world, &[Action::Cancel]).await;
        let before = order(&world).await;
        let (_, steps) = handle(&world, &unassigned).await;
        assert_eq!(steps.last(), Some(&Kind::Delivery(DeliveryKind::Unassigned)));
        assert_eq!(order(&world).await, Order { delivery_sequence: 4, ..before });
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
