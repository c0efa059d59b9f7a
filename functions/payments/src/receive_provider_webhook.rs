//! `receive-provider-webhook`: a provider says how a call ended that it answers later.

use app::{Access, Context, Effect, Endpoint, Function, NoContent, Problem, Raw, Route, User, inbox_key, inbox_record};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use crate::{
    Backoff, PAYMENT_PROVIDER, PAYMENTS, PROVIDER_WEBHOOK_SECRET, Payment, PaymentDraft, RETRY_S,
    given_provider::GivenProvider,
    reconcile::reconcile,
    simulated_webhooks::{CALL_ANSWERED, CallAnswered},
};

/// A payment provider says how a call ended that it answers later: the payment goes on at once. Signed as Standard Webhooks
/// are, in the headers `webhook-id`, `webhook-timestamp` and `webhook-signature`; what is signed by nobody we know, or was signed more than five minutes ago, is 401. What was received before, or is
/// about something that nobody here waits for, is 204 and changes nothing.
#[derive(JsonSchema)]
pub struct ReceiveProviderWebhook;

/// Which provider.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
pub struct ProviderPath {
    #[expect(dead_code, reason = "there is one, and its path is another's where there is no such provider")]
    provider: ProviderName,
}

/// A payment provider that we know.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
enum ProviderName {
    Simulated,
}

impl Endpoint for ReceiveProviderWebhook {
    const FUNCTION: Function = Function::new("receive-provider-webhook")
        .sensitive()
        .settings(&[RETRY_S])
        .secret(PROVIDER_WEBHOOK_SECRET)
        .gets(PAYMENTS)
        .writes(PAYMENTS)
        .provider(PAYMENT_PROVIDER);
    const ROUTE: Route = Route::post("/v1/payments/webhooks/{provider}");
    const ACCESS: Access = Access::Public;
    const EXAMPLE: &'static str = concat!(
        r#"{"type": "call.answered", "timestamp": "2025-11-23T12:00:03Z", "data": {"#,
        r#""key": "pay_01h455vb4pex5vsknk084sn02q:capture:2", "payment_id": "pay_01h455vb4pex5vsknk084sn02q", "#,
        r#""answer": {"done": {"reference": "sim_pay_01h455vb4pex5vsknk084sn02q"}}}}"#
    );
    type Caller = Option<User>;
    type Path = ProviderPath;
    type Input = Raw;
    type Reply = NoContent;

    async fn call(
        context: &Context,
        _caller: &Option<User>,
        _path: &ProviderPath,
        input: &Raw,
    ) -> Result<Effect<NoContent>, Problem> {
        let inbox = inbox_key(input.verified(context, PROVIDER_WEBHOOK_SECRET)?, Self::FUNCTION.name);
        if context.store().get(PAYMENTS, &inbox).await?.is_some() {
            return Ok(Effect::reply(NoContent));
        }
        let Some(CallAnswered { key, payment_id, answer }) = read(&input.json()?)? else {
            return Ok(Effect::reply(NoContent));
        };
        let payment = context.find::<Payment>(&payment_id).await?;
        let awaited = payment.filter(|payment| payment.intent.as_ref().is_some_and(|intent| intent.key == key));
        let Some(payment) = awaited else { return Ok(Effect::reply(NoContent)) };
        let backoff = Backoff { interval_s: context.setting(&RETRY_S) };
        let answered = PaymentDraft::of(payment).answered(answer, context.now(), backoff).map_err(Problem::internal)?;
        let mut changes = reconcile(context, &GivenProvider::of(context), answered).await?;
        changes.writes.push(inbox_record(inbox, 0, context.now()));
        Ok(Effect::reply(NoContent).saves(changes))
    }
}

/// What a webhook says of a call; nothing where it says something else.
fn read(body: &Value) -> Result<Option<CallAnswered>, Problem> {
    let kind = body["type"].as_str().ok_or_else(|| Problem::invalid("/type", "must be a text"))?;
    if kind != CALL_ANSWERED {
        return Ok(None);
    }
    CallAnswered::deserialize(&body["data"]).map(Some).map_err(|error| Problem::invalid("/data", error.to_string()))
}

#[cfg(test)]
mod tests {
    use app::{HttpRequest, code, standard_webhooks::signed};
    use domain::{OrderKind, PaymentId};
    use serde_json::json;
    use testing::{Outside, World};

    use super::*;
    use crate::{
        AnsweredCall, Status,
        sample::{deliver, event, order, placed_with, published, stored_payment, sweep},
        simulated_webhooks::tests::{self, receive},
    };

    /// A payment whose provider answers later, and may now.
    async fn slow() -> World {
        let world = tests::world(&Outside::answering(204));
        deliver(&world, &placed_with("tok_slow")).await;
        world.clock.advance_s(3);
        world
    }

    /// The webhook of the payment's call, as the provider sends it.
    async fn webhook(world: &World) -> HttpRequest {
        let key = stored_payment(world).await.intent.unwrap().key;
        let context = world.context(crate::SERVICE, "send-provider-webhooks");
        let call = context.find::<AnsweredCall>(&key).await.unwrap().unwrap();
        let (headers, body) = call.webhook(Outside::SECRET, context.now()).unwrap();
        HttpRequest { url: String::new(), headers, body, timeout: std::time::Duration::ZERO }
    }

    fn says(world: &World, body: &str) -> HttpRequest {
        let headers = signed(Outside::SECRET, "msg_1", world.clock.seconds(), body.as_bytes()).unwrap();
        HttpRequest { url: String::new(), headers, body: body.to_owned(), timeout: std::time::Duration::ZERO }
    }

    #[tokio::test]
    async fn an_answer_drives_the_payment_on_as_far_as_it_goes() {
        let world = tests::world(&Outside::answering(204));
        deliver(&world, &placed_with("tok_slow")).await;
        deliver(&world, &event(OrderKind::Accepted, 2)).await;
        world.clock.advance_s(3);
        receive(&world, webhook(&world).await).await.unwrap();
        let payment = stored_payment(&world).await;
        assert_eq!(payment.status, Status::Authorized);
        assert!(payment.intent.is_some(), "the capture was asked for at once");
        world.clock.advance_s(3);
        receive(&world, webhook(&world).await).await.unwrap();
        assert_eq!(stored_payment(&world).await.status, Status::Captured);
        let facts: Vec<String> =
            published(&world).into_iter().map(|line| line.split('@').next().unwrap().to_owned()).collect();
        assert_eq!(facts, ["payment.authorized", "payment.captured"]);
    }

    #[tokio::test]
    async fn what_came_before_changes_nothing_again() {
        let world = slow().await;
        let request = webhook(&world).await;
        receive(&world, request.clone()).await.unwrap();
        let before = stored_payment(&world).await;
        receive(&world, request).await.unwrap();
        assert_eq!(stored_payment(&world).await, before);
    }

    #[tokio::test]
    async fn an_answer_that_is_lost_is_found_by_a_sweep_and_a_late_webhook_changes_nothing() {
        let world = slow().await;
        let late = webhook(&world).await;
        world.clock.advance_s(RETRY_S.default);
        sweep(&world).await;
        let before = stored_payment(&world).await;
        assert_eq!(before.status, Status::Authorized);
        receive(&world, late).await.unwrap();
        assert_eq!(stored_payment(&world).await, before);
    }

    #[tokio::test]
    async fn what_nobody_signed_or_somebody_changed_or_replays_is_refused() {
        let world = slow().await;
        let genuine = webhook(&world).await;
        let mut changed = genuine.clone();
        changed.body = changed.body.replace("done", "Done");
        let unsigned = HttpRequest { headers: Vec::new(), ..genuine.clone() };
        for forged in [changed, unsigned] {
            assert_eq!(receive(&world, forged).await.unwrap_err().code, code::UNAUTHENTICATED);
        }
        world.clock.advance_s(301);
        assert_eq!(receive(&world, genuine).await.unwrap_err().code, code::UNAUTHENTICATED);
        assert_eq!(stored_payment(&world).await.status, Status::Pending);
    }

    #[tokio::test]
    async fn what_is_signed_and_unknown_is_taken_and_what_is_no_answer_is_a_clear_error() {
        let world = slow().await;
        let nobodys = json!({
            "type": "call.answered", "timestamp": testing::NOON,
            "data": {"key": "k", "payment_id": PaymentId::of(order()), "answer": {"refused": {"reason": "declined"}}},
        });
        let other = json!({"type": "payout.paid", "timestamp": testing::NOON, "data": {}});
        for body in [nobodys, other] {
            receive(&world, says(&world, &body.to_string())).await.unwrap();
        }
        assert_eq!(stored_payment(&world).await.status, Status::Pending);
        assert_eq!(receive(&world, says(&world, "{")).await.unwrap_err().code, code::MALFORMED);
        assert_eq!(receive(&world, says(&world, r#"{"type": 1}"#)).await.unwrap_err().errors[0].pointer, "/type");
        let wrong = json!({"type": "call.answered", "timestamp": testing::NOON, "data": {"key": 1}}).to_string();
        assert_eq!(receive(&world, says(&world, &wrong)).await.unwrap_err().errors[0].pointer, "/data");
    }
}
