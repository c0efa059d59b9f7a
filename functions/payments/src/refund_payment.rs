//! `refund-payment`: money is given back, all of it or some.

use app::{Access, Changes, Code, Context, Created, Effect, Endpoint, Failure, Function, Json, Problem, Route, User};
use domain::{Amount, PaymentId, Reason, RefundId, Role};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    PAYMENT_PROVIDER, PAYMENTS, Payment, PaymentDraft, Provider, Refund, RefundStatus, RefundView,
    given_provider::GivenProvider, paths::PaymentPath, reconcile::reconcile,
};

/// Money that was taken is given back: so much of it, or all that is left. The provider is asked at once; the refund is `pending`
/// until it has answered, and counts as given back from now on.
#[derive(JsonSchema)]
pub struct RefundPayment;

const REFUND_EXCEEDS_CAPTURED: Code = Code::new(
    "refund-exceeds-captured",
    422,
    "More than there is to give back",
    "So much was not taken, or was given back already or is about to be.",
);

/// The most that an order may cost, in minor units, and far more than any does.
const MAX_AMOUNT: i64 = 1_000_000_000_000_000;

/// What to give back.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewRefund")]
pub struct NewRefund {
    /// How much, in the payment's currency; all that is left where it is left out.
    amount: Option<Amount<1, MAX_AMOUNT>>,
    /// Why; the customer reads it.
    reason: Reason,
}

impl Endpoint for RefundPayment {
    const FUNCTION: Function = Function::new("refund-payment")
        .sensitive()
        .settings(&[crate::RETRY_S])
        .gets(PAYMENTS)
        .writes(PAYMENTS)
        .provider(PAYMENT_PROVIDER);
    const ROUTE: Route = Route::post("/v1/payments/{payment_id}/refunds").requires_idempotency_key();
    const ACCESS: Access = Access::roles(&[Role::Merchant, Role::Admin]);
    const PROBLEMS: &'static [Code] = &[REFUND_EXCEEDS_CAPTURED];
    const EXAMPLE: &'static str =
        r#"{"amount": {"amount": 1250, "currency": "EUR"}, "reason": "The soup was missing."}"#;
    type Caller = User;
    type Path = PaymentPath;
    type Input = Json<NewRefund>;
    type Reply = Created<RefundView>;

    async fn call(
        context: &Context,
        caller: &User,
        &PaymentPath { payment_id }: &PaymentPath,
        input: &NewRefund,
    ) -> Result<Effect<Created<RefundView>>, Problem> {
        let payment = context.read::<Payment>(&payment_id).await?.authorize_related(caller, ())?;
        let left = payment.refundable().map_err(Problem::internal)?;
        let amount = input.amount.map_or(left, Into::into);
        if amount.currency != left.currency {
            return Err(Problem::invalid("/amount/currency", format!("must be {}, the payment's", left.currency)));
        }
        context.precondition().admits(payment.version)?;
        if amount.amount > left.amount || left.is_zero() {
            return Err(Problem::of(REFUND_EXCEEDS_CAPTURED));
        }
        let refund = Refund {
            id: RefundId::generate(context.instant(), context.random()),
            amount,
            reason: input.reason.to_string(),
            by: caller.actor(),
            status: RefundStatus::Pending,
            created_at: context.now(),
        };
        let view = RefundView::of(refund.clone(), payment_id);
        let owing = PaymentDraft::of(payment).owes(refund, context.now());
        Ok(Effect::reply(Created::at(format_args!("/v1/payments/{payment_id}"), view)).saves(owing))
    }

    async fn then(context: &Context, path: &PaymentPath) -> Result<Changes, Failure> {
        go_on(context, &GivenProvider::of(context), path.payment_id).await
    }
}

/// Goes on with a payment now, with any provider.
pub(crate) async fn go_on(
    context: &Context,
    provider: &impl Provider,
    payment_id: PaymentId,
) -> Result<Changes, Failure> {
    match context.find::<Payment>(&payment_id).await? {
        Some(payment) => reconcile(context, provider, PaymentDraft::of(payment)).await,
        None => Ok(Changes::none()),
    }
}

#[cfg(test)]
mod tests {
    use app::Placement;
    use domain::{Currency, Money, OrderKind, PaymentKind};
    use serde_json::json;
    use testing::{World, a_user, sent, user, user_id};

    use super::*;
    use crate::{
        PROVIDER, Status,
        placed::{PLACES, Placed, world},
        sample::{Fault, deliver, due, event, everything, merchant, order, published, stored_payment, sweep_with},
        violations,
    };

    /// An order that was accepted, so 5450 were taken.
    async fn captured(place: Placement) -> Placed {
        let world = world(place);
        deliver(&world, &event(OrderKind::Placed, 1)).await;
        deliver(&world, &event(OrderKind::Accepted, 2)).await;
        world
    }

    fn some(amount: i64) -> String {
        json!({"amount": {"amount": amount, "currency": "RON"}, "reason": "Cold soup."}).to_string()
    }

    fn path() -> PaymentPath {
        PaymentPath { payment_id: PaymentId::of(order()) }
    }

    /// Asks for a refund, and puts it on record.
    async fn ask_as(world: &World, caller: &User, input: &str) -> Result<RefundView, Problem> {
        let context = world.context(crate::SERVICE, "refund-payment");
        let effect = RefundPayment::call(&context, caller, &path(), &sent::<RefundPayment>(input)).await?;
        world.commit(PAYMENTS, effect.changes).await;
        Ok(effect.reply.thing().clone())
    }

    async fn ask(world: &World, input: &str) -> Result<RefundView, Problem> {
        ask_as(world, &user(merchant(), Role::Merchant), input).await
    }

    /// The same, driven on as the host does.
    async fn refund(world: &World, input: &str) -> Result<RefundView, Problem> {
        let asked = ask(world, input).await?;
        let context = world.context(crate::SERVICE, "refund-payment");
        let changes = RefundPayment::then(&context, &path()).await.unwrap();
        world.commit(PAYMENTS, changes).await;
        Ok(asked)
    }

    async fn statuses(world: &World) -> Vec<(i64, RefundStatus)> {
        let refunds = stored_payment(world).await.refunds;
        refunds.into_iter().map(|refund| (refund.amount.amount, refund.status)).collect()
    }

    #[tokio::test]
    async fn some_is_given_back_at_once_and_then_the_rest() {
        for place in PLACES {
            let world = captured(place).await;
            let asked = refund(&world, &some(1250)).await.unwrap();
            let shown = serde_json::to_value(&asked).unwrap();
            assert_eq!(shown["status"], "pending");
            assert_eq!(shown["amount"], json!({"amount": 1250, "currency": "RON"}));
            let payment = stored_payment(&world).await;
            assert_eq!(payment.status, Status::PartiallyRefunded);
            assert_eq!(payment.refunded.amount, 1250);
            assert_eq!(payment.refunds[0].by, user(merchant(), Role::Merchant).actor());

            refund(&world, r#"{"reason": "All of it, then."}"#).await.unwrap();
            assert_eq!(statuses(&world).await, [(1250, RefundStatus::Succeeded), (4200, RefundStatus::Succeeded)]);
            assert_eq!(stored_payment(&world).await.status, Status::Refunded);
            assert!(due(&world).await.is_empty());
            let last = world.published().pop().unwrap();
            assert_eq!(last.kind, PaymentKind::Refunded);
            assert_eq!(last.data["amount"]["amount"], 4200);
        }
    }

    #[tokio::test]
    async fn more_than_is_left_is_refused_and_what_is_owed_is_not_left() {
        for place in PLACES {
            let world = captured(place).await;
            let refused = |problem: Result<RefundView, Problem>| problem.unwrap_err().code;
            assert_eq!(refused(ask(&world, &some(5451)).await), REFUND_EXCEEDS_CAPTURED);
            ask(&world, &some(5000)).await.unwrap();
            assert_eq!(refused(ask(&world, &some(451)).await), REFUND_EXCEEDS_CAPTURED);
            ask(&world, &some(450)).await.unwrap();
            assert_eq!(refused(ask(&world, &some(1)).await), REFUND_EXCEEDS_CAPTURED);
            assert_eq!(refused(ask(&world, r#"{"reason": "The rest."}"#).await), REFUND_EXCEEDS_CAPTURED);
            sweep_with(&world, Fault::None).await;
            assert_eq!(statuses(&world).await, [(5000, RefundStatus::Succeeded), (450, RefundStatus::Succeeded)]);
        }
    }

    #[tokio::test]
    async fn what_was_not_taken_is_not_given_back() {
        for place in PLACES {
            let world = world(place);
            deliver(&world, &event(OrderKind::Placed, 1)).await;
            assert_eq!(ask(&world, &some(1)).await.unwrap_err().code, REFUND_EXCEEDS_CAPTURED);
        }
    }

    #[tokio::test]
    async fn the_currency_is_the_payments() {
        for place in PLACES {
            let world = captured(place).await;
            let input = json!({"amount": Money::new(100, Currency::EUR), "reason": "Cold soup."}).to_string();
            let refused = ask(&world, &input).await.unwrap_err();
            assert_eq!(refused.errors[0].pointer, "/amount/currency");
        }
    }

    #[tokio::test]
    async fn nobody_but_its_merchant_and_administrators_gives_money_back() {
        for place in PLACES {
            let world = captured(place).await;
            let refused = ask_as(&world, &user(user_id(3), Role::Merchant), &some(1)).await.unwrap_err();
            assert_eq!(refused.code.status, 404);
            ask_as(&world, &a_user(Role::Admin), &some(1)).await.unwrap();
        }
    }

    #[tokio::test]
    async fn more_owed_than_is_left_breaks_an_invariant() {
        for place in PLACES {
            let world = captured(place).await;
            ask(&world, &some(5000)).await.unwrap();
            let mut items =
                [everything(&world, PAYMENTS).await.unwrap(), everything(&world, PROVIDER).await.unwrap()].concat();
            assert_eq!(violations(&items), []);
            for item in &mut items {
                item.body = item.body.replace("5000", "5451");
            }
            let found = violations(&items).pop().unwrap();
            assert_eq!(found.what, "the refunds are not what the payment says");
        }
    }

    #[tokio::test]
    async fn what_a_crash_left_owed_is_given_back_once_by_a_sweep() {
        for place in PLACES {
            let world = captured(place).await;
            ask(&world, &some(1250)).await.unwrap();
            sweep_with(&world, Fault::Lost).await;
            assert_eq!(statuses(&world).await, [(1250, RefundStatus::Pending)], "it was done, and nobody knows yet");
            world.clock.advance_s(crate::RETRY_S.default);
            sweep_with(&world, Fault::None).await;
            sweep_with(&world, Fault::None).await;
            assert_eq!(statuses(&world).await, [(1250, RefundStatus::Succeeded)]);
            let refunds = published(&world).into_iter().filter(|line| line.starts_with("payment.refunded"));
            assert_eq!(refunds.count(), 1);
        }
    }

    #[tokio::test]
    async fn what_the_provider_refuses_a_person_may_ask_for_again() {
        for place in PLACES {
            let world = captured(place).await;
            ask(&world, &some(5450)).await.unwrap();
            sweep_with(&world, Fault::Refused("no_funds")).await;
            assert_eq!(statuses(&world).await, [(5450, RefundStatus::Failed)]);
            assert!(due(&world).await.is_empty(), "it is asked again by nobody");
            refund(&world, &some(5450)).await.unwrap();
            assert_eq!(statuses(&world).await, [(5450, RefundStatus::Failed), (5450, RefundStatus::Succeeded)]);
        }
    }

    #[tokio::test]
    async fn an_order_that_ends_gets_the_rest_back() {
        for place in PLACES {
            let world = captured(place).await;
            refund(&world, &some(1250)).await.unwrap();
            ask(&world, &some(200)).await.unwrap();
            deliver(&world, &event(OrderKind::Cancelled, 3)).await;
            let given_back: Vec<i64> = statuses(&world).await.into_iter().map(|(amount, _)| amount).collect();
            assert_eq!(given_back, [1250, 200, 4000]);
            assert_eq!(stored_payment(&world).await.status, Status::Refunded);
        }
    }
}
