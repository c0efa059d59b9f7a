//! `receive-provider-webhook`: a provider says how a call ended that it answers later.

use app::{
    Access, Changes, Context, Effect, Endpoint, Function, NoContent, Problem, Raw, Route, User, inbox_key, inbox_record,
};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use crate::{
    Backoff, PAYMENT_PROVIDER, PAYMENTS, PROVIDER_WEBHOOK_SECRET, Payment, PaymentDraft, Provider, RETRY_S,
    given_provider::GivenProvider,
    provider::TooLong,
    reconcile::reconcile,
    simulated_webhooks::{CALL_ANSWERED, CallAnswered},
};

/// A payment provider says how a call ended that it answers later: the payment goes on at once. Signed as Standard Webhooks
/// are, in the headers `webhook-id`, `webhook-timestamp` and `webhook-signature`; what is signed by nobody we know, or more than five
/// minutes before or after now, is 401. Each `webhook-id` has an effect once: what had one before, whatever it says now, or is about
/// something that nobody here waits for, or of a `type` that is not known here, is 204 and changes nothing.
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
        let changes = receive(context, &GivenProvider::of(context), input).await?;
        Ok(Effect::reply(NoContent).saves(changes))
    }
}

/// The same with any provider.
///
/// A call is told by its key, which is used once, so an answer has its effect where the payment waits for it, and none
/// before, after, or beside a sweep that asks at the same time. A message's id is claimed with that effect, and only
/// with one: what came before its payment was made, or while another answer was recorded, may act when it is sent again.
pub(crate) async fn receive(context: &Context, provider: &impl Provider, message: &Raw) -> Result<Changes, Problem> {
    let function = ReceiveProviderWebhook::FUNCTION.name;
    let inbox = inbox_key(message.verified(context, PROVIDER_WEBHOOK_SECRET)?, function);
    if context.store().get(PAYMENTS, &inbox).await?.is_some() {
        return Ok(Changes::none());
    }
    let Some(CallAnswered { key, payment_id, answer }) = read(&message.json()?)? else { return Ok(Changes::none()) };
    let payment = context.find::<Payment>(&payment_id).await?;
    let awaited = payment.filter(|payment| payment.intent.as_ref().is_some_and(|intent| intent.key == key));
    let Some(payment) = awaited else { return Ok(Changes::none()) };
    let backoff = Backoff { interval_s: context.setting(&RETRY_S) };
    let mut claimed = Changes::none();
    claimed.writes.push(inbox_record(inbox, 0, context.now()));
    let answered = PaymentDraft::of(payment).answered(answer, context.now(), backoff).map_err(Problem::internal)?;
    Ok(reconcile(context, provider, answered.and(claimed)).await?)
}

/// What a webhook says of a call; nothing where it says something else.
fn read(body: &Value) -> Result<Option<CallAnswered>, Problem> {
    let kind = body["type"].as_str().ok_or_else(|| Problem::invalid("/type", "must be a text"))?;
    if kind != CALL_ANSWERED {
        return Ok(None);
    }
    let wrong = |detail: String| Problem::invalid("/data", detail);
    let answered = CallAnswered::deserialize(&body["data"]).map_err(|error| wrong(error.to_string()))?;
    if !answered.answer.is_short() {
        return Err(wrong(TooLong.to_string()));
    }
    Ok(Some(answered))
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
        signed_by(Outside::SECRET, world, body)
    }

    /// A message that whoever has these secrets sends now, always with the same id.
    fn signed_by(secrets: &str, world: &World, body: &str) -> HttpRequest {
        let headers = signed(secrets, "msg_1", world.clock.seconds(), body.as_bytes()).unwrap();
        HttpRequest { url: String::new(), headers, body: body.to_owned(), timeout: std::time::Duration::ZERO }
    }

    /// That this call of the order's payment ended so.
    fn answered(call: &str, answer: &Value) -> String {
        let payment_id = PaymentId::of(order());
        let data = json!({"key": format!("{payment_id}:{call}"), "payment_id": payment_id, "answer": answer});
        json!({"type": "call.answered", "timestamp": testing::NOON, "data": data}).to_string()
    }

    fn done() -> Value {
        json!({"done": {"reference": "theirs"}})
    }

    fn refused() -> Value {
        json!({"refused": {"reason": "insufficient_funds"}})
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
        for away_s in [301, -602] {
            world.clock.advance_s(away_s);
            assert_eq!(receive(&world, genuine.clone()).await.unwrap_err().code, code::UNAUTHENTICATED);
        }
        assert_eq!(stored_payment(&world).await.status, Status::Pending);
        world.clock.advance_s(1);
        receive(&world, genuine).await.unwrap();
        assert_eq!(stored_payment(&world).await.status, Status::Authorized, "five minutes before its time");
    }

    #[tokio::test]
    async fn while_a_secret_is_changed_either_is_believed_and_no_other() {
        const NEW: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
        const OTHER: &str = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX";
        let both = format!("{NEW},{}", Outside::SECRET);
        for (signers, is_believed) in [(NEW, true), (Outside::SECRET, true), (&both, true), (OTHER, false)] {
            let world = tests::knowing(&both, &Outside::answering(204));
            deliver(&world, &placed_with("tok_slow")).await;
            let taken = receive(&world, signed_by(signers, &world, &answered("authorize:1", &done()))).await;
            assert_eq!(taken.is_ok(), is_believed, "{signers}");
            let expected = if is_believed { Status::Authorized } else { Status::Pending };
            assert_eq!(stored_payment(&world).await.status, expected, "{signers}");
        }
    }

    #[tokio::test]
    async fn what_comes_before_its_payment_has_no_effect_and_has_it_when_it_is_sent_again() {
        let world = tests::world(&Outside::answering(204));
        let early = says(&world, &answered("authorize:1", &done()));
        receive(&world, early.clone()).await.unwrap();
        deliver(&world, &placed_with("tok_slow")).await;
        assert_eq!(stored_payment(&world).await.status, Status::Pending);
        receive(&world, early).await.unwrap();
        assert_eq!(stored_payment(&world).await.status, Status::Authorized);
    }

    #[tokio::test]
    async fn in_any_order_each_answer_has_its_effect_when_it_is_waited_for_and_never_again() {
        let world = tests::world(&Outside::answering(204));
        deliver(&world, &placed_with("tok_slow")).await;
        deliver(&world, &event(OrderKind::Accepted, 2)).await;
        let authorized = webhook(&world).await;
        let with_id = |request: &HttpRequest, id: &str| {
            let headers = signed(Outside::SECRET, id, world.clock.seconds(), request.body.as_bytes()).unwrap();
            HttpRequest { headers, ..request.clone() }
        };
        let captured = says(&world, &answered("capture:2", &done()));
        receive(&world, captured.clone()).await.unwrap();
        assert_eq!(stored_payment(&world).await.status, Status::Pending, "nobody has asked for that yet");
        for id in ["a", "a", "b"] {
            receive(&world, with_id(&authorized, id)).await.unwrap();
            assert_eq!(stored_payment(&world).await.status, Status::Authorized);
        }
        for id in ["c", "c", "d"] {
            receive(&world, with_id(&captured, id)).await.unwrap();
            receive(&world, with_id(&authorized, "e")).await.unwrap();
            assert_eq!(stored_payment(&world).await.status, Status::Captured);
        }
        let kinds: Vec<_> = world.published().into_iter().map(|event| event.kind.short()).collect();
        assert_eq!(kinds, ["payment.authorized", "payment.captured"]);
    }

    #[tokio::test]
    async fn an_id_that_had_an_effect_has_no_other_whatever_it_says() {
        let world = tests::world(&Outside::answering(204));
        deliver(&world, &placed_with("tok_slow")).await;
        deliver(&world, &event(OrderKind::Accepted, 2)).await;
        // The process dies before what is left is committed: the capture was on record by then, and the id with it.
        let first = tests::raw(says(&world, &answered("authorize:1", &done())));
        drop(tests::decide(&world, &first).await.unwrap());
        let before = stored_payment(&world).await;
        assert_eq!(before.intent.as_ref().unwrap().key, format!("{}:capture:2", before.id));
        receive(&world, says(&world, &answered("capture:2", &refused()))).await.unwrap();
        assert_eq!(stored_payment(&world).await, before);
    }

    #[tokio::test]
    async fn of_a_webhook_and_a_sweep_at_once_one_records_the_answer() {
        let world = slow().await;
        let changes = tests::decide(&world, &tests::raw(webhook(&world).await)).await.unwrap();
        world.clock.advance_s(RETRY_S.default);
        sweep(&world).await;
        let before = stored_payment(&world).await;
        assert_eq!(before.status, Status::Authorized);
        let context = world.context(crate::SERVICE, "receive-provider-webhook");
        assert!(context.commit(PAYMENTS, changes).await.unwrap_err().is_lost_race());
        receive(&world, says(&world, &answered("authorize:1", &done()))).await.unwrap();
        assert_eq!(stored_payment(&world).await, before);
    }

    #[tokio::test]
    async fn a_refusal_that_comes_later_ends_the_payment() {
        let world = slow().await;
        receive(&world, says(&world, &answered("authorize:1", &refused()))).await.unwrap();
        let payment = stored_payment(&world).await;
        assert_eq!(payment.status, Status::Failed);
        assert_eq!(payment.failure.as_deref(), Some("insufficient_funds"));
    }

    #[tokio::test]
    async fn each_header_is_needed_and_so_is_text() {
        let world = slow().await;
        let genuine = tests::raw(webhook(&world).await);
        for name in ["webhook-id", "webhook-timestamp", "webhook-signature"] {
            for value in [None, Some(""), Some("x")] {
                let mut forged = genuine.clone();
                forged.headers.remove(name);
                forged.headers.extend(value.map(|value| (name.to_owned(), value.to_owned())));
                let refused = tests::decide(&world, &forged).await.unwrap_err();
                assert_eq!(refused.code, code::UNAUTHENTICATED, "{name} {value:?}");
            }
        }
        let body = b"{\"type\": \"\xff\"}".to_vec();
        let unsigned = Raw { body: body.clone(), ..genuine };
        assert_eq!(tests::decide(&world, &unsigned).await.unwrap_err().code, code::UNAUTHENTICATED);
        let headers = signed(Outside::SECRET, "msg_1", world.clock.seconds(), &body).unwrap();
        let headers = headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        assert_eq!(tests::decide(&world, &Raw { headers, body }).await.unwrap_err().code, code::MALFORMED);
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
        let long = answered("authorize:1", &json!({"done": {"reference": "x".repeat(256)}}));
        for body in [wrong, long] {
            assert_eq!(receive(&world, says(&world, &body)).await.unwrap_err().errors[0].pointer, "/data");
        }
    }
}
