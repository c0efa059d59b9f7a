//! The reconciler: asks the provider for whatever brings a payment nearer to what its order wants.

use std::error::Error;

use app::{Changes, Context, Failure};

use crate::{Backoff, Call, Intent, PAYMENTS, Payment, PaymentDraft, Provider, RETRY_S};

/// Brings a payment as near to what its order wants as the provider will have it now.
///
/// Each intent is committed with its key before the provider is asked. Whoever finds it, after a crash or at the same
/// time, asks the same and is answered the same. Of two, one commits the answer; the other loses the race and decides
/// again from what it then reads. The last step is returned, not committed: it belongs in one unit of work with what
/// caused it.
pub(crate) async fn reconcile(
    context: &Context,
    provider: &impl Provider,
    mut draft: PaymentDraft,
) -> Result<Changes, Failure> {
    let backoff = Backoff { interval_s: context.setting(&RETRY_S) };
    loop {
        let Some(intent) = draft.intent.clone() else {
            let possible = !draft.waits(context.now());
            let Some(operation) = draft.next_operation().filter(|_| possible) else { return Ok(draft.into()) };
            if draft.amount.is_zero() {
                draft = draft.free(context.now());
                continue;
            }
            draft = draft.begun(operation, context.now(), backoff)?;
            continue;
        };
        context.commit(PAYMENTS, draft.clone().into()).await?;
        draft = draft.saved();
        match provider.perform(intent.operation, call(&draft, &intent)).await {
            Ok(answer) => draft = draft.answered(answer, context.now(), backoff)?,
            Err(error) => {
                let payment = draft.id;
                tracing::warn!(%payment, error = &error as &dyn Error, "no answer from the provider; it is asked again");
                return Ok(draft.unanswered(context.now(), backoff).into());
            }
        }
    }
}

fn call<'a>(payment: &'a Payment, intent: &'a Intent) -> Call<'a> {
    Call {
        key: &intent.key,
        payment_id: payment.id,
        reference: payment.provider_reference.as_deref(),
        method: &payment.method,
        amount: intent.amount,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use domain::{OrderKind, PaymentOperation};
    use testing::World;

    use super::*;
    use crate::{
        ProviderAnswer, ProviderError, SERVICE, Status,
        given_provider::GivenProvider,
        placed::{PLACES, world},
        sample::{event, handle, order, published, stored_payment},
    };

    /// A provider that checks, before it does what it is asked, that the intent was saved.
    struct Suspicious<'a> {
        world: &'a World,
        asked: AtomicUsize,
    }

    impl Provider for Suspicious<'_> {
        async fn perform(&self, operation: PaymentOperation, call: Call<'_>) -> Result<ProviderAnswer, ProviderError> {
            let intent = stored_payment(self.world).await.intent.unwrap();
            assert_eq!(intent.operation, operation);
            assert_eq!(intent.key, call.key);
            assert_eq!(intent.amount, call.amount);
            let asked = self.asked.fetch_add(1, Ordering::SeqCst);
            assert_eq!(call.reference, (asked > 0).then_some("theirs"));
            Ok(ProviderAnswer::Done { reference: "theirs".to_owned() })
        }
    }

    #[tokio::test]
    async fn intents_are_saved_before_they_are_asked_but_the_last_step_is_not() {
        let world = World::new();
        let context = world.context(SERVICE, "settle-payment");
        let provider = Suspicious { world: &world, asked: AtomicUsize::new(0) };
        let placeholder = handle(&world, &context, &provider, &event(OrderKind::Accepted, 2)).await.unwrap();
        world.commit(PAYMENTS, placeholder).await;
        let left = handle(&world, &context, &provider, &event(OrderKind::Placed, 1)).await.unwrap();
        assert_eq!(provider.asked.load(Ordering::SeqCst), 2);
        assert_eq!(left.facts.len(), 1);
        assert_eq!(stored_payment(&world).await.status, Status::Authorized);
        assert_eq!(published(&world).len(), 1);
        world.commit(PAYMENTS, left).await;
        assert_eq!(stored_payment(&world).await.status, Status::Captured);
        assert!(published(&world).iter().all(|line| line.ends_with(" 5450")), "{}", order());
    }

    #[tokio::test]
    async fn of_two_that_ask_at_once_one_loses_the_race() {
        for place in PLACES {
            let world = world(place);
            let context = world.context(SERVICE, "settle-payment");
            let provider = GivenProvider::of(&context);
            let placed = event(OrderKind::Placed, 1);
            let first = handle(&world, &context, &provider, &placed).await.unwrap();
            let second = handle(&world, &context, &provider, &placed).await.unwrap();
            context.commit(PAYMENTS, first).await.unwrap();
            let lost = context.commit(PAYMENTS, second).await.unwrap_err();
            assert!(lost.is_lost_race(), "{lost}");
            assert_eq!(published(&world).len(), 1);
            assert!(handle(&world, &context, &provider, &placed).await.unwrap().is_empty());
        }
    }
}
