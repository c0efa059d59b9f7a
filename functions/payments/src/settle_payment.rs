//! `settle-payment`: an order went on or ended, so its money is taken, let go or given back.

use app::{Changes, Context, Failure, Function, OrPlaceholder, Stored as _, Subscriber, System, leave_placeholder};
use domain::{Event, OrderFact, OrderKind, PaymentId};
use schemars::JsonSchema;

use crate::{
    DesiredState, PAYMENT_PROVIDER, PAYMENTS, Payment, PaymentDraft, Provider, StoredPayment,
    given_provider::GivenProvider, reconcile::reconcile,
};

/// An order went on or ended: its money is taken once it is accepted (or delivered, at the latest), and let go or given
/// back when it ends otherwise.
#[derive(JsonSchema)]
pub struct SettlePayment;

impl Subscriber for SettlePayment {
    const FUNCTION: Function = Function::new("settle-payment")
        .sensitive()
        .settings(&[crate::RETRY_S])
        .gets(PAYMENTS)
        .writes(PAYMENTS)
        .provider(PAYMENT_PROVIDER);
    type Data = OrderFact;
    const SUBSCRIBES_TO: &'static [OrderKind] = &[
        OrderKind::PaymentFailed,
        OrderKind::Accepted,
        OrderKind::Rejected,
        OrderKind::Delivered,
        OrderKind::Cancelled,
        OrderKind::Undeliverable,
    ];

    async fn handle(context: &Context, system: &System, event: &Event<OrderFact>) -> Result<Changes, Failure> {
        settle(context, system, &GivenProvider::of(context), event).await
    }
}

/// The same with any provider.
pub(crate) async fn settle(
    context: &Context,
    system: &System,
    provider: &impl Provider,
    event: &Event<OrderFact>,
) -> Result<Changes, Failure> {
    let Some(wanted) = DesiredState::by(event) else { return Ok(Changes::none()) };
    let id = PaymentId::of(event.data.order_id);
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
    use app::{Placement, Policy as _};
    use domain::{PaymentKind, Role};
    use testing::user;

    use super::*;
    use crate::{
        RefundStatus, Status,
        placed::{PLACES, Placed, world},
        sample::{
            Fault, assert_the_books_are_right, deliver, due, event, merchant, placed_with, published, refuse,
            stored_payment, sweep_with,
        },
    };

    async fn after(place: Placement, kinds: &[OrderKind]) -> Placed {
        let world = world(place);
        for (kind, sequence) in kinds.iter().zip(1..) {
            deliver(&world, &event(*kind, sequence)).await;
        }
        world
    }

    #[tokio::test]
    async fn an_accepted_order_is_captured_in_full_and_a_delivered_one_not_again() {
        for place in PLACES {
            let world = after(place, &[OrderKind::Placed, OrderKind::Accepted, OrderKind::Delivered]).await;
            let payment = stored_payment(&world).await;
            assert_eq!(payment.status, Status::Captured);
            assert_eq!(payment.captured, payment.amount);
            assert_eq!(payment.wanted.sequence, 3);
            assert_eq!(published(&world), ["payment.authorized@3 5450", "payment.captured@6 5450"]);
        }
    }

    #[tokio::test]
    async fn a_delivered_order_is_captured_though_its_acceptance_is_missing() {
        for place in PLACES {
            let world = after(place, &[OrderKind::Placed, OrderKind::Delivered]).await;
            assert_eq!(stored_payment(&world).await.status, Status::Captured);
        }
    }

    #[tokio::test]
    async fn an_order_that_ended_before_its_capture_is_let_go() {
        for place in PLACES {
            for kind in [OrderKind::PaymentFailed, OrderKind::Rejected, OrderKind::Cancelled] {
                let world = after(place, &[OrderKind::Placed, kind]).await;
                let payment = stored_payment(&world).await;
                assert_eq!(payment.status, Status::Voided, "{kind}");
                assert_eq!(payment.captured.amount, 0, "{kind}");
                assert_eq!(payment.refunded.amount, 0, "{kind}");
                assert_eq!(published(&world), ["payment.authorized@3 5450", "payment.voided@6 5450"]);
            }
        }
    }

    #[tokio::test]
    async fn an_order_that_ended_after_its_capture_is_refunded_once() {
        for place in PLACES {
            for kind in [OrderKind::Cancelled, OrderKind::Undeliverable] {
                let world = after(place, &[OrderKind::Placed, OrderKind::Accepted, kind, kind]).await;
                let payment = stored_payment(&world).await;
                assert_eq!(payment.status, Status::Refunded);
                assert_eq!(payment.refunded, payment.amount);
                let [refund] = payment.refunds.as_slice() else { panic!("{:?}", payment.refunds) };
                assert_eq!(refund.amount, payment.amount);
                assert_eq!(refund.status, RefundStatus::Succeeded);
                assert_eq!(refund.reason, kind.short());
                let last = world.published().pop().unwrap();
                assert_eq!(last.kind, PaymentKind::Refunded);
                assert_eq!(last.data["refund_id"], refund.id.to_string());
            }
        }
    }

    #[tokio::test]
    async fn an_older_fact_changes_nothing() {
        for place in PLACES {
            let world = after(place, &[OrderKind::Placed]).await;
            for (kind, sequence) in [(OrderKind::Cancelled, 5), (OrderKind::Accepted, 3)] {
                deliver(&world, &event(kind, sequence)).await;
            }
            let payment = stored_payment(&world).await;
            assert_eq!(payment.status, Status::Voided);
            assert_eq!(payment.wanted.sequence, 5);
        }
    }

    #[tokio::test]
    async fn a_failed_payment_has_nothing_to_let_go() {
        for place in PLACES {
            let world = world(place);
            deliver(&world, &placed_with("tok_declined")).await;
            deliver(&world, &event(OrderKind::PaymentFailed, 2)).await;
            let payment = stored_payment(&world).await;
            assert_eq!(payment.status, Status::Failed);
            assert_eq!(payment.intents, 1);
        }
    }

    #[tokio::test]
    async fn a_refused_capture_is_published_and_voided_once_the_order_ends() {
        for place in PLACES {
            let world = after(place, &[OrderKind::Placed]).await;
            refuse(&world, &event(OrderKind::Accepted, 2), "expired").await;
            let payment = stored_payment(&world).await;
            assert_eq!(payment.status, Status::Authorized);
            assert_eq!(payment.failure.as_deref(), Some("expired"));
            let failed = world.published().pop().unwrap();
            assert_eq!(failed.kind, PaymentKind::Failed);
            assert_eq!(failed.data["operation"], "capture");
            deliver(&world, &event(OrderKind::Cancelled, 3)).await;
            let payment = stored_payment(&world).await;
            assert_eq!(payment.status, Status::Voided);
            assert_eq!(payment.failure.as_deref(), Some("expired"));
        }
    }

    /// A payment that was refused to be taken, again and again, until it was for good.
    async fn refused_for_good(place: Placement) -> Placed {
        let world = after(place, &[OrderKind::Placed]).await;
        refuse(&world, &event(OrderKind::Accepted, 2), "expired").await;
        for refused in 2..=10 {
            let payment = stored_payment(&world).await;
            assert_eq!(payment.status, Status::Authorized, "{refused}");
            let left = world.clock.seconds().seconds_until(payment.due.unwrap());
            world.clock.advance_s(left);
            sweep_with(&world, Fault::Refused("expired")).await;
        }
        world
    }

    #[tokio::test]
    async fn a_capture_that_is_refused_for_good_fails_the_payment_and_nobody_is_asked_again() {
        for place in PLACES {
            let world = refused_for_good(place).await;
            assert!(due(&world).await.is_empty());
            deliver(&world, &event(OrderKind::Delivered, 3)).await;
            let payment = stored_payment(&world).await;
            assert_eq!(payment.status, Status::Failed);
            assert_eq!(payment.failure.as_deref(), Some("expired"));
            assert_eq!(payment.authorized, payment.amount);
            assert_eq!(payment.captured.amount, 0);
            assert_eq!(payment.intents, 11, "one to hold it, ten to take it");
            let last = world.published().pop().unwrap();
            assert_eq!(last.kind, PaymentKind::Failed);
            assert_eq!(last.data["operation"], "capture");
            assert!(payment.permits(&user(merchant(), Role::Merchant), ()), "whose money it is still sees it");
            assert_the_books_are_right(&world).await;
        }
    }

    #[tokio::test]
    async fn what_could_not_be_taken_is_let_go_once_the_order_ends_otherwise() {
        for place in PLACES {
            let world = refused_for_good(place).await;
            deliver(&world, &event(OrderKind::Undeliverable, 3)).await;
            let payment = stored_payment(&world).await;
            assert_eq!(payment.status, Status::Voided);
            assert_eq!(payment.failure.as_deref(), Some("expired"));
            assert_the_books_are_right(&world).await;
        }
    }

    #[tokio::test]
    async fn a_capture_that_was_refused_for_a_time_is_taken_once() {
        for place in PLACES {
            let world = after(place, &[OrderKind::Placed]).await;
            refuse(&world, &event(OrderKind::Accepted, 2), "limit").await;
            deliver(&world, &event(OrderKind::Delivered, 3)).await;
            let payment = stored_payment(&world).await;
            assert_eq!(payment.status, Status::Captured);
            assert_eq!(payment.failure, None);
            assert_the_books_are_right(&world).await;
        }
    }

    #[tokio::test]
    async fn an_older_fact_leaves_a_mark_as_it_is() {
        for place in PLACES {
            let world = world(place);
            let context = world.context(crate::SERVICE, "settle-payment");
            deliver(&world, &event(OrderKind::Cancelled, 4)).await;
            for (kind, sequence) in [(OrderKind::Accepted, 3), (OrderKind::Cancelled, 4)] {
                let changes = world.handle::<SettlePayment>(&context, &event(kind, sequence)).await.unwrap();
                assert!(changes.is_empty(), "{kind}");
            }
        }
    }

    #[tokio::test]
    async fn a_placeholder_that_has_expired_is_in_nobodys_way() {
        for place in PLACES {
            let world = world(place);
            deliver(&world, &event(OrderKind::Accepted, 2)).await;
            world.clock.advance_s(app::PLACEHOLDER_LIFE_S);
            deliver(&world, &event(OrderKind::Placed, 1)).await;
            let payment = stored_payment(&world).await;
            assert_eq!(payment.status, Status::Authorized);
            assert_eq!(payment.wanted.sequence, 1);
        }
    }

    #[tokio::test]
    async fn of_facts_received_too_early_the_latest_leaves_the_placeholder() {
        for place in PLACES {
            let world = world(place);
            for (kind, sequence) in [(OrderKind::Accepted, 2), (OrderKind::Cancelled, 4), (OrderKind::Accepted, 3)] {
                deliver(&world, &event(kind, sequence)).await;
            }
            deliver(&world, &event(OrderKind::Placed, 1)).await;
            let payment = stored_payment(&world).await;
            assert_eq!(payment.status, Status::Voided);
            assert_eq!(payment.wanted.sequence, 4);
        }
    }
}
