//! `apply-payment`: what became of an order's money.

use app::{Changes, Context, Failure, Function, Subscriber, System};
use domain::{Actor, Event, PaymentFact, PaymentKind, PaymentOperation};
use schemars::JsonSchema;
use serde_json::json;

use crate::{Action, IllegalTransition, Journey, ORDERS, Order, Rules, Status};

/// Moves an order on by what became of its money: held, it is paid; refused, it ends. All of it enters the journey.
#[derive(JsonSchema)]
pub struct ApplyPayment;

impl Subscriber for ApplyPayment {
    const FUNCTION: Function =
        Function::new("apply-payment").settings(crate::settings::SETTINGS).gets(ORDERS).writes(ORDERS);
    type Data = PaymentFact;
    const SUBSCRIBES_TO: &'static [PaymentKind] = &PaymentKind::ALL;

    async fn handle(context: &Context, system: &System, event: &Event<PaymentFact>) -> Result<Changes, Failure> {
        let payment = &event.data;
        let Some(order) = context.read::<Order>(&payment.order_id).await?.open(system) else {
            return Err(Failure::Never(format!("there is no order {}", payment.order_id)));
        };
        if event.sequence <= order.payment_sequence {
            return Ok(Changes::none());
        }
        let mut journey = Journey::of(order);
        journey.order.value.payment_sequence = event.sequence;
        apply(&mut journey, event.kind, payment, &Rules::of(context))?;
        Ok(journey.into())
    }
}

fn apply(
    journey: &mut Journey,
    kind: PaymentKind,
    payment: &PaymentFact,
    rules: &Rules,
) -> Result<(), IllegalTransition> {
    let at = payment.at;
    let status = journey.order.status;
    journey.order.value.refunded = payment.refunded;
    let refused = kind == PaymentKind::Failed;
    match (status, payment.operation) {
        (Status::Placed, PaymentOperation::Authorize) if refused => {
            return journey.act(Action::FailPayment, Actor::SYSTEM, Some("payment_declined".to_owned()), at, rules);
        }
        (Status::Accepted | Status::Ready, PaymentOperation::Capture) if refused => {
            return journey.act(Action::Cancel, Actor::SYSTEM, Some("capture_refused".to_owned()), at, rules);
        }
        // Any other fact about its money implies the authorisation.
        (Status::Placed, _) if !refused => {
            journey.act(Action::Authorize, Actor::SYSTEM, None, at, rules)?;
        }
        _ => {}
    }
    // The step `order.paid` already says that the money is held.
    let is_recorded = kind == PaymentKind::Authorized && status == Status::Placed;
    if !is_recorded {
        let data = json!({"operation": payment.operation, "amount": payment.amount, "failure": payment.failure});
        journey.record(kind.into(), Actor::SYSTEM, at, data);
    }
    Ok(())
}

impl From<IllegalTransition> for Failure {
    fn from(refused: IllegalTransition) -> Self {
        Self::Never(refused.to_string())
    }
}

#[cfg(test)]
mod tests {
    use domain::{Kind, OrderKind};
    use testing::World;

    use super::*;
    use crate::sample::{self, payment};

    async fn handle(world: &World, event: &Event) -> (Status, Vec<Kind>) {
        let context = world.context(crate::SERVICE, "apply-payment");
        let changes = world.handle::<ApplyPayment>(&context, event).await.unwrap();
        world.commit(ORDERS, changes).await;
        sample::status_and_steps(world).await
    }

    #[tokio::test]
    async fn money_held_makes_it_paid_and_money_refused_ends_it() {
        for (kind, operation, status) in [
            (Kind::Payment(PaymentKind::Authorized), PaymentOperation::Authorize, Status::Paid),
            (Kind::Payment(PaymentKind::Failed), PaymentOperation::Authorize, Status::PaymentFailed),
        ] {
            let world = World::new();
            sample::save(&world, &[]).await;
            let (reached, steps) = handle(&world, &payment(kind, operation, 1)).await;
            assert_eq!(reached, status);
            assert_eq!(steps, [Kind::Order(OrderKind::Placed), status.kind().into()]);
        }
    }

    #[tokio::test]
    async fn a_refused_capture_cancels_what_was_accepted() {
        let world = World::new();
        sample::save(&world, &[]).await;
        sample::save(&world, &[Action::Authorize, Action::Accept]).await;
        let (status, _) =
            handle(&world, &payment(Kind::Payment(PaymentKind::Failed), PaymentOperation::Capture, 2)).await;
        assert_eq!(status, Status::Cancelled);
    }

    #[tokio::test]
    async fn an_order_on_its_way_or_delivered_goes_on_though_its_capture_is_refused() {
        for (actions, expected) in [
            (&[Action::Authorize, Action::Accept, Action::PickUp][..], Status::PickedUp),
            (&[Action::Authorize, Action::Accept, Action::PickUp, Action::Deliver], Status::Delivered),
        ] {
            let world = World::new();
            sample::save(&world, &[]).await;
            sample::save(&world, actions).await;
            let refused = payment(Kind::Payment(PaymentKind::Failed), PaymentOperation::Capture, 2);
            let (status, steps) = handle(&world, &refused).await;
            assert_eq!(status, expected);
            assert_eq!(steps.last(), Some(&Kind::Payment(PaymentKind::Failed)));
        }
    }

    #[tokio::test]
    async fn a_later_fact_implies_earlier_ones_which_then_change_nothing() {
        let world = World::new();
        sample::save(&world, &[]).await;
        let (status, steps) =
            handle(&world, &payment(Kind::Payment(PaymentKind::Captured), PaymentOperation::Capture, 2)).await;
        assert_eq!(status, Status::Paid);
        assert_eq!(steps.len(), 3);
        let late = payment(Kind::Payment(PaymentKind::Authorized), PaymentOperation::Authorize, 1);
        let (status_after, steps_after) = handle(&world, &late).await;
        assert_eq!(status_after, status);
        assert_eq!(steps_after, steps);
    }

    #[tokio::test]
    async fn what_comes_after_the_end_only_enters_the_journey() {
        let world = World::new();
        sample::save(&world, &[]).await;
        sample::save(&world, &[Action::Cancel]).await;
        for (kind, operation, sequence) in [
            (Kind::Payment(PaymentKind::Authorized), PaymentOperation::Authorize, 1),
            (Kind::Payment(PaymentKind::Refunded), PaymentOperation::Refund, 2),
        ] {
            let (status, steps) = handle(&world, &payment(kind, operation, sequence)).await;
            assert_eq!(status, Status::Cancelled);
            assert_eq!(steps.last(), Some(&kind));
        }
        assert!(world.published().iter().all(|event| event.kind != OrderKind::Paid));
    }
}
