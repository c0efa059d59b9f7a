//! `sweep-payments`: what a provider left unanswered, or refused though it must be, is asked again.

use app::{Changes, Context, Failure, Function, Index, Key, Sweep, System, Table};
use schemars::JsonSchema;

use crate::{
    DUE, PAYMENT_PROVIDER, PAYMENTS, Payment, PaymentDraft, Provider, given_provider::GivenProvider, payments::PEOPLE,
    reconcile::reconcile,
};

/// Goes on with payments that are not where their orders want them: what a provider has left unanswered is asked again
/// under the same key, what it has refused under a new one. Erases what is held of people whose accounts are gone.
#[derive(JsonSchema)]
pub struct SweepPayments;

impl Sweep for SweepPayments {
    const FUNCTION: Function = Function::new("sweep-payments")
        .sensitive()
        .settings(&[crate::RETRY_S])
        .gets(PAYMENTS)
        .queries(PAYMENTS)
        .writes(PAYMENTS)
        .provider(PAYMENT_PROVIDER);
    const TABLE: Table = PAYMENTS;
    const DUE: Index = DUE;

    async fn decide(context: &Context, system: &System, key: &Key) -> Result<Changes, Failure> {
        match PEOPLE.go_on(context, key).await? {
            Some(changes) => Ok(changes),
            None => resume(context, system, &GivenProvider::of(context), key).await,
        }
    }
}

/// The same with any provider.
pub(crate) async fn resume(
    context: &Context,
    system: &System,
    provider: &impl Provider,
    key: &Key,
) -> Result<Changes, Failure> {
    match context.read_at::<Payment>(key).await?.open(system) {
        Some(payment) if payment.due.is_some() && !payment.waits(context.now()) => {
            reconcile(context, provider, PaymentDraft::of(payment)).await
        }
        Some(_) | None => Ok(Changes::none()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        RETRY_S, RefundStatus, Status,
        placed::{PLACES, world},
        sample::{customer, deliver, due, event, lose, lose_sweep, order, published, refuse, stored_payment, sweep},
    };
    use app::Stored as _;
    use domain::{OrderKind, PaymentId};

    #[tokio::test]
    async fn a_payment_that_is_where_it_should_be_is_never_due() {
        for place in PLACES {
            let world = world(place);
            for (kind, sequence) in [(OrderKind::Placed, 1), (OrderKind::Accepted, 2), (OrderKind::Delivered, 3)] {
                deliver(&world, &event(kind, sequence)).await;
                assert!(due(&world).await.is_empty());
            }
        }
    }

    #[tokio::test]
    async fn a_lost_answer_is_asked_for_again_under_the_same_key() {
        for place in PLACES {
            let world = world(place);
            lose(&world, &event(OrderKind::Placed, 1)).await;
            let before = stored_payment(&world).await;
            assert_eq!(before.status, Status::Pending);
            assert_eq!(before.setbacks, 1);
            sweep(&world).await;
            assert_eq!(stored_payment(&world).await, before, "it is not due yet");
            world.clock.advance_s(RETRY_S.default);
            sweep(&world).await;
            let after = stored_payment(&world).await;
            assert_eq!(after.status, Status::Authorized);
            assert_eq!(after.intents, 1);
            assert_eq!(after.setbacks, 0);
            assert_eq!(after.due, None);
            assert_eq!(published(&world), ["payment.authorized@4 5450"]);
        }
    }

    #[tokio::test]
    async fn a_refused_refund_is_asked_again_later_and_stays_one_refund() {
        for place in PLACES {
            let world = world(place);
            deliver(&world, &event(OrderKind::Placed, 1)).await;
            deliver(&world, &event(OrderKind::Accepted, 2)).await;
            refuse(&world, &event(OrderKind::Cancelled, 3), "no_funds").await;
            let refused = stored_payment(&world).await;
            assert_eq!(refused.status, Status::Captured);
            assert_eq!(refused.refunds[0].status, RefundStatus::Failed);
            assert_eq!(refused.due, Some(world.clock.seconds().plus_seconds(RETRY_S.default)));
            world.clock.advance_s(RETRY_S.default);
            sweep(&world).await;
            let after = stored_payment(&world).await;
            assert_eq!(after.status, Status::Refunded);
            assert_eq!(after.failure, None);
            assert_eq!(after.refunds.len(), 1);
            assert_eq!(after.refunds[0].id, refused.refunds[0].id);
            assert_eq!(after.refunds[0].status, RefundStatus::Succeeded);
        }
    }

    #[tokio::test]
    async fn each_setback_doubles_the_wait() {
        for place in PLACES {
            let world = world(place);
            lose(&world, &event(OrderKind::Placed, 1)).await;
            for doubled in [1, 2, 4] {
                let due = stored_payment(&world).await.due.unwrap();
                assert_eq!(world.clock.seconds().seconds_until(due), doubled * RETRY_S.default);
                world.clock.advance_s(doubled * RETRY_S.default);
                lose_sweep(&world).await;
            }
        }
    }

    #[tokio::test]
    async fn what_is_no_payment_is_left_alone() {
        for place in PLACES {
            let world = world(place);
            deliver(&world, &event(OrderKind::Cancelled, 2)).await;
            let context = world.context(crate::SERVICE, "sweep-payments");
            let placeholder = Payment::key(&PaymentId::of(order()));
            let nothing = Payment::key(&PaymentId::from_uuid(customer().uuid()));
            for key in [placeholder, nothing] {
                let changes = SweepPayments::decide(&context, &world.system(), &key).await.unwrap();
                assert!(changes.is_empty(), "{key:?}");
            }
        }
    }
}
