//! `settle-payment`: an order went on or ended, so its money is taken, let go or given back.

use app::{Changes, Context, Failure, Function, OrPlaceholder, Stored as _, Subscriber, System, leave_placeholder};
use domain::{Event, Kind, OrderFact, PaymentId};
use schemars::JsonSchema;

use crate::{
    DesiredState, PAYMENTS, PROVIDER, Payment, PaymentDraft, Provider, SimulatedProvider, StoredPayment,
    reconcile::reconcile,
};

/// An order went on or ended: its money is taken once it is accepted (or delivered, at the latest), and let go or given
/// back when it ends otherwise.
#[derive(JsonSchema)]
pub struct SettlePayment;

impl Subscriber for SettlePayment {
    const FUNCTION: Function = Function::new("settle-payment")
        .settings(&[crate::RETRY_S])
        .gets(PAYMENTS)
        .writes(PAYMENTS)
        .gets(PROVIDER)
        .writes(PROVIDER);
    const SUBSCRIBES_TO: &'static [Kind] = &[
        Kind::OrderPaymentFailed,
        Kind::OrderAccepted,
        Kind::OrderRejected,
        Kind::OrderDelivered,
        Kind::OrderCancelled,
        Kind::OrderUndeliverable,
    ];

    async fn handle(context: &Context, system: &System, event: &Event) -> Result<Changes, Failure> {
        settle(context, system, &SimulatedProvider(context), event).await
    }
}

/// The same with any provider.
pub(crate) async fn settle(
    context: &Context,
    system: &System,
    provider: &impl Provider,
    event: &Event,
) -> Result<Changes, Failure> {
    let fact: OrderFact = event.data()?;
    let Some(wanted) = DesiredState::by(event, &fact) else { return Ok(Changes::none()) };
    let id = PaymentId::of(fact.order_id);
    let placeholder = match StoredPayment::find(context, &id, system).await? {
        Some(OrPlaceholder::Present(payment)) => {
            return reconcile(context, provider, PaymentDraft::of(*payment).wanted(wanted)).await;
        }
        Some(OrPlaceholder::Placeholder(known)) => Some(known),
        None => None,
    };
    // What the order wants is kept for when its payment is made.
    Ok(leave_placeholder(Payment::key(&id), placeholder, wanted, context.now()))
}

#[cfg(test)]
mod tests {
    use testing::World;

    use super::*;
    use crate::{
        RefundStatus, Status,
        sample::{deliver, event, placed_with, published, refuse, stored_payment},
    };

    async fn after(kinds: &[Kind]) -> World {
        let world = World::new();
        for (kind, sequence) in kinds.iter().zip(1..) {
            deliver(&world, &event(*kind, sequence)).await;
        }
        world
    }

    #[tokio::test]
    async fn an_accepted_order_is_captured_in_full_and_a_delivered_one_not_again() {
        let world = after(&[Kind::OrderPlaced, Kind::OrderAccepted, Kind::OrderDelivered]).await;
        let payment = stored_payment(&world).await;
        assert_eq!(payment.status, Status::Captured);
        assert_eq!(payment.captured, payment.amount);
        assert_eq!(payment.wanted.sequence, 3);
        assert_eq!(published(&world), ["payment.authorized@3 5450", "payment.captured@6 5450"]);
    }

    #[tokio::test]
    async fn a_delivered_order_is_captured_though_its_acceptance_is_missing() {
        let world = after(&[Kind::OrderPlaced, Kind::OrderDelivered]).await;
        assert_eq!(stored_payment(&world).await.status, Status::Captured);
    }

    #[tokio::test]
    async fn an_order_that_ended_before_its_capture_is_let_go() {
        for kind in [Kind::OrderPaymentFailed, Kind::OrderRejected, Kind::OrderCancelled] {
            let world = after(&[Kind::OrderPlaced, kind]).await;
            let payment = stored_payment(&world).await;
            assert_eq!(payment.status, Status::Voided, "{kind}");
            assert_eq!(payment.captured.amount, 0, "{kind}");
            assert_eq!(payment.refunded.amount, 0, "{kind}");
            assert_eq!(published(&world), ["payment.authorized@3 5450", "payment.voided@6 5450"]);
        }
    }

    #[tokio::test]
    async fn an_order_that_ended_after_its_capture_is_refunded_once() {
        for kind in [Kind::OrderCancelled, Kind::OrderUndeliverable] {
            let world = after(&[Kind::OrderPlaced, Kind::OrderAccepted, kind, kind]).await;
            let payment = stored_payment(&world).await;
            assert_eq!(payment.status, Status::Refunded);
            assert_eq!(payment.refunded, payment.amount);
            let [refund] = payment.refunds.as_slice() else { panic!("{:?}", payment.refunds) };
            assert_eq!(refund.amount, payment.amount);
            assert_eq!(refund.status, RefundStatus::Succeeded);
            assert_eq!(refund.reason, kind.short());
            let last = world.published().pop().unwrap();
            assert_eq!(last.kind, Kind::PaymentRefunded);
            assert_eq!(last.data["refund_id"], refund.id.to_string());
        }
    }

    #[tokio::test]
    async fn an_older_fact_changes_nothing() {
        let world = after(&[Kind::OrderPlaced]).await;
        for (kind, sequence) in [(Kind::OrderCancelled, 5), (Kind::OrderAccepted, 3)] {
            deliver(&world, &event(kind, sequence)).await;
        }
        let payment = stored_payment(&world).await;
        assert_eq!(payment.status, Status::Voided);
        assert_eq!(payment.wanted.sequence, 5);
    }

    #[tokio::test]
    async fn a_failed_payment_has_nothing_to_let_go() {
        let world = World::new();
        deliver(&world, &placed_with("tok_declined")).await;
        deliver(&world, &event(Kind::OrderPaymentFailed, 2)).await;
        let payment = stored_payment(&world).await;
        assert_eq!(payment.status, Status::Failed);
        assert_eq!(payment.intents, 1);
    }

    #[tokio::test]
    async fn a_refused_capture_is_published_and_voided_once_the_order_ends() {
        let world = after(&[Kind::OrderPlaced]).await;
        refuse(&world, &event(Kind::OrderAccepted, 2), "expired").await;
        let payment = stored_payment(&world).await;
        assert_eq!(payment.status, Status::Authorized);
        assert_eq!(payment.failure.as_deref(), Some("expired"));
        let failed = world.published().pop().unwrap();
        assert_eq!(failed.kind, Kind::PaymentFailed);
        assert_eq!(failed.data["operation"], "capture");
        deliver(&world, &event(Kind::OrderCancelled, 3)).await;
        let payment = stored_payment(&world).await;
        assert_eq!(payment.status, Status::Voided);
        assert_eq!(payment.failure.as_deref(), Some("expired"));
    }

    #[tokio::test]
    async fn an_older_fact_leaves_a_mark_as_it_is() {
        let world = World::new();
        let context = world.context(crate::SERVICE, "settle-payment");
        deliver(&world, &event(Kind::OrderCancelled, 4)).await;
        for (kind, sequence) in [(Kind::OrderAccepted, 3), (Kind::OrderCancelled, 4)] {
            let changes = SettlePayment::handle(&context, &world.system(), &event(kind, sequence)).await.unwrap();
            assert!(changes.is_empty(), "{kind}");
        }
    }

    #[tokio::test]
    async fn a_placeholder_that_has_expired_is_in_nobodys_way() {
        let world = World::new();
        deliver(&world, &event(Kind::OrderAccepted, 2)).await;
        world.clock.advance_s(app::PLACEHOLDER_LIFE_S);
        deliver(&world, &event(Kind::OrderPlaced, 1)).await;
        let payment = stored_payment(&world).await;
        assert_eq!(payment.status, Status::Authorized);
        assert_eq!(payment.wanted.sequence, 1);
    }

    #[tokio::test]
    async fn of_facts_received_too_early_the_latest_leaves_the_placeholder() {
        let world = World::new();
        for (kind, sequence) in [(Kind::OrderAccepted, 2), (Kind::OrderCancelled, 4), (Kind::OrderAccepted, 3)] {
            deliver(&world, &event(kind, sequence)).await;
        }
        deliver(&world, &event(Kind::OrderPlaced, 1)).await;
        let payment = stored_payment(&world).await;
        assert_eq!(payment.status, Status::Voided);
        assert_eq!(payment.wanted.sequence, 4);
    }
}
