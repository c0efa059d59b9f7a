//! `authorize-payment`: an order was placed, so its payment is made and the money held.

use app::{
    Changes, Context, Failure, Function, OrPlaceholder, Projected, Stored as _, Subscriber, System, erasure::erased,
};
use domain::{Event, OrderFact, OrderKind, PaymentId};
use schemars::JsonSchema;

use crate::{
    DesiredState, Goal, PAYMENT_PROVIDER, PAYMENTS, Payment, PaymentDraft, Provider, StoredPayment,
    given_provider::GivenProvider, reconcile::reconcile,
};

/// An order was placed: its payment is made, and the provider asked to hold the money. What is known of the order from
/// its events is taken into account: for one that has ended already, the provider is not asked.
#[derive(JsonSchema)]
pub struct AuthorizePayment;

impl Subscriber for AuthorizePayment {
    const FUNCTION: Function = Function::new("authorize-payment")
        .sensitive()
        .settings(&[crate::RETRY_S])
        .gets(PAYMENTS)
        .writes(PAYMENTS)
        .provider(PAYMENT_PROVIDER);
    type Data = OrderFact;
    const SUBSCRIBES_TO: &'static [OrderKind] = &[OrderKind::Placed];

    async fn handle(context: &Context, system: &System, event: &Event<OrderFact>) -> Result<Changes, Failure> {
        authorize(context, system, &GivenProvider::of(context), event).await
    }
}

/// The same with any provider.
pub(crate) async fn authorize(
    context: &Context,
    system: &System,
    provider: &impl Provider,
    event: &Event<OrderFact>,
) -> Result<Changes, Failure> {
    let placeholder = match StoredPayment::find(context, &PaymentId::of(event.data.order_id), system).await? {
        // Handled before: what was begun is finished.
        Some(OrPlaceholder::Present(payment)) => {
            return reconcile(context, provider, PaymentDraft::of(*payment)).await;
        }
        Some(OrPlaceholder::Placeholder(known)) => Some(known),
        None => None,
    };
    let payment = placed(context, event)?;
    // Of somebody who is gone it is made without their means of payment, which the provider then refuses.
    let erased = erased(context, PAYMENTS, &[payment.customer_id, payment.merchant_id]).await?;
    let Some(mut payment) = erased.iter().try_fold(payment, |payment, user| payment.redacted(*user)) else {
        return Ok(Changes::none());
    };
    let version = placeholder.as_ref().map(|known| known.version);
    if let Some(known) = placeholder {
        payment.wanted = payment.wanted.then(known.value);
    }
    reconcile(context, provider, PaymentDraft::new(payment, version, &erased)).await
}

fn placed(context: &Context, event: &Event<OrderFact>) -> Result<Payment, Failure> {
    let fact = &event.data;
    let never = |reason: &str| Failure::Never(reason.to_owned());
    let method = fact.payment_method.clone().ok_or_else(|| never("the order names no means of payment"))?;
    if fact.total.is_negative() {
        return Err(never("the order's total is below zero"));
    }
    let wanted = Projected { value: DesiredState { goal: Goal::Hold }, sequence: event.sequence };
    Ok(Payment::placed(fact, method, wanted, context.now()))
}

#[cfg(test)]
mod tests {
    use domain::{Money, PaymentKind};

    use super::*;
    use crate::{
        PROVIDER, Status,
        audit::violations,
        placed::{PLACES, world},
        sample::{customer, deliver, event, everything, merchant, placed_with, published, stored_payment},
    };

    #[tokio::test]
    async fn the_money_of_a_placed_order_is_held() {
        for place in PLACES {
            let world = world(place);
            deliver(&world, &event(OrderKind::Placed, 1)).await;
            let payment = stored_payment(&world).await;
            assert_eq!(payment.status, Status::Authorized);
            assert_eq!(payment.authorized, payment.amount);
            assert_eq!(payment.captured.amount, 0);
            assert_eq!(payment.intent, None);
            assert_eq!(payment.due, None);
            assert_eq!(payment.wanted.sequence, 1);
            assert_eq!(published(&world), ["payment.authorized@3 5450"]);
        }
    }

    #[tokio::test]
    async fn a_declined_or_unknown_means_of_payment_ends_it() {
        for place in PLACES {
            for (method, failure) in [("tok_declined", "declined"), ("tok_nobody_knows", "unknown_method")] {
                let world = world(place);
                deliver(&world, &placed_with(method)).await;
                let payment = stored_payment(&world).await;
                assert_eq!(payment.status, Status::Failed);
                assert_eq!(payment.failure.as_deref(), Some(failure));
                assert_eq!(payment.authorized.amount, 0);
                assert_eq!(payment.due, None);
                let published = world.published();
                assert_eq!(published[0].kind, PaymentKind::Failed);
                assert_eq!(published[0].data["operation"], "authorize");
                assert_eq!(published[0].data["failure"], failure);
            }
        }
    }

    #[tokio::test]
    async fn a_free_order_is_captured_without_asking_the_provider() {
        for place in PLACES {
            let world = world(place);
            let mut free = event(OrderKind::Placed, 1);
            free.data["total"]["amount"] = serde_json::json!(0);
            deliver(&world, &free).await;
            let payment = stored_payment(&world).await;
            assert_eq!(payment.status, Status::Captured);
            assert_eq!(payment.intents, 0);
            assert_eq!(payment.due, None);
            assert_eq!(published(&world), ["payment.authorized@2 0", "payment.captured@3 0"]);
            assert!(everything(&world, PROVIDER).await.unwrap().is_empty());
            deliver(&world, &event(OrderKind::Cancelled, 2)).await;
            assert_eq!(stored_payment(&world).await.status, Status::Captured, "there is nothing to give back");
            assert_eq!(violations(&everything(&world, PAYMENTS).await.unwrap()), []);
        }
    }

    #[tokio::test]
    async fn handling_it_again_changes_nothing() {
        for place in PLACES {
            let world = world(place);
            deliver(&world, &event(OrderKind::Placed, 1)).await;
            let context = world.context(crate::SERVICE, "authorize-payment");
            let again = world.handle::<AuthorizePayment>(&context, &event(OrderKind::Placed, 1)).await.unwrap();
            assert!(again.is_empty());
        }
    }

    #[tokio::test]
    async fn nothing_is_held_for_an_order_whose_end_overtook_its_placing() {
        for place in PLACES {
            let world = world(place);
            for (kind, sequence) in [(OrderKind::Cancelled, 2), (OrderKind::Placed, 1)] {
                deliver(&world, &event(kind, sequence)).await;
            }
            let payment = stored_payment(&world).await;
            assert_eq!(payment.status, Status::Voided);
            assert_eq!(payment.authorized.amount, 0);
            assert_eq!(payment.intents, 0);
            assert_eq!(payment.wanted.sequence, 2);
            assert!(world.published().is_empty(), "no money moved");
        }
    }

    #[tokio::test]
    async fn an_order_whose_acceptance_overtook_its_placing_is_captured_at_once() {
        for place in PLACES {
            let world = world(place);
            for (kind, sequence) in [(OrderKind::Accepted, 3), (OrderKind::Placed, 1)] {
                deliver(&world, &event(kind, sequence)).await;
            }
            assert_eq!(stored_payment(&world).await.status, Status::Captured);
            assert_eq!(published(&world), ["payment.authorized@4 5450", "payment.captured@6 5450"]);
        }
    }

    #[tokio::test]
    async fn nothing_is_held_for_an_order_without_a_total_or_a_means_of_payment() {
        for place in PLACES {
            let world = world(place);
            let context = world.context(crate::SERVICE, "authorize-payment");
            let mut nameless = event(OrderKind::Placed, 1);
            nameless.data["payment_method"] = serde_json::Value::Null;
            let mut negative = event(OrderKind::Placed, 1);
            negative.data["total"] = serde_json::to_value(Money::new(-1, domain::Currency::EUR)).unwrap();
            for event in [nameless, negative] {
                let failure = world.handle::<AuthorizePayment>(&context, &event).await.unwrap_err();
                assert!(matches!(failure, Failure::Never(_)), "{failure}");
            }
        }
    }

    #[tokio::test]
    async fn of_somebody_who_is_gone_it_is_made_without_their_means_of_payment() {
        for place in PLACES {
            let world = world(place);
            let context = world.context(crate::SERVICE, "erase-from-payments");
            let gone = testing::user_deleted(customer(), domain::Role::Customer);
            let erased = world.handle::<crate::erase_from_payments::EraseFromPayments>(&context, &gone).await.unwrap();
            world.commit(PAYMENTS, erased).await;
            deliver(&world, &event(OrderKind::Placed, 1)).await;
            let payment = stored_payment(&world).await;
            assert_eq!(payment.method.as_str(), domain::REDACTED);
            assert_eq!(payment.status, Status::Failed, "the order ends, and is erased at its end");
            let items = everything(&world, PAYMENTS).await.unwrap();
            let pointers = items.iter().filter(|item| item.kind == "person").map(|item| item.key.pk.as_str());
            assert_eq!(
                pointers.collect::<Vec<_>>(),
                [format!("PERSON#{}", merchant())],
                "nothing points to them again"
            );
        }
    }
}
