//! A payment provider outside, over HTTP: what is asked of it, and what its replies mean.

use std::{error::Error, time::Duration};

use app::{Callee, Context, HttpError, HttpReply, ProviderGrant, SecretName, TextSetting, code, is_base_url};
use domain::{Money, PaymentId, PaymentMethod, PaymentOperation};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Call, PROVIDER, Provider, ProviderAnswer, ProviderError, provider::TooLong};

/// The payment provider: its own table where it is inside, and where it is called where it is not.
pub const PAYMENT_PROVIDER: ProviderGrant = ProviderGrant {
    table: PROVIDER,
    callee: Callee {
        name: "provider",
        url: TextSetting {
            name: "TIFFIN_PROVIDER_URL",
            must_be: "an http or https URL, without a slash at its end",
            accepts: is_base_url,
            default: "none: the simulated provider is a part of the functions",
            about: "Where a payment provider outside answers, for functions that are programs of their own; it knows them by \
                    `TIFFIN_PROVIDER_API_KEY`",
        },
        path: None,
    },
    key: SecretName("provider-api"),
};

/// The header that has a call's idempotency key.
pub const IDEMPOTENCY_KEY: &str = "idempotency-key";
/// The most characters of it.
pub const MAX_KEY_CHARS: usize = 255;
/// How long the provider may take to answer. What a fact leads to are two operations at most, which fit into the time that a function
/// has.
const ANSWER: Duration = Duration::from_secs(4);

/// What is asked of a provider, besides the operation, which is the path, and the idempotency key, which is a header.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// What we call the payment.
    pub payment_id: PaymentId,
    /// What the provider calls it, once it has held money for it.
    pub reference: Option<String>,
    /// The provider's token for the means of payment.
    pub method: PaymentMethod,
    /// How much.
    pub amount: Money,
}

impl Asked {
    fn of(call: Call<'_>) -> Self {
        let Call { key: _, payment_id, reference, method, amount } = call;
        Self { payment_id, reference: reference.map(str::to_owned), method: method.clone(), amount }
    }

    /// The call under this idempotency key.
    pub fn call<'a>(&'a self, key: &'a str) -> Call<'a> {
        let Self { payment_id, reference, method, amount } = self;
        Call { key, payment_id: *payment_id, reference: reference.as_deref(), method, amount: *amount }
    }
}

/// Where an operation is asked for.
pub const fn path(operation: PaymentOperation) -> &'static str {
    match operation {
        PaymentOperation::Authorize => "/v1/authorizations",
        PaymentOperation::Capture => "/v1/captures",
        PaymentOperation::Void => "/v1/voids",
        PaymentOperation::Refund => "/v1/refunds",
    }
}

/// The provider outside, as a function that may call it reaches it.
#[derive(Clone, Copy)]
pub struct HttpProvider<'a>(pub &'a Context);

/// A reply that says nothing of how the call ended.
#[derive(Debug, thiserror::Error)]
#[error("the payment provider replied {0}")]
struct NoAnswer(u16);

impl Provider for HttpProvider<'_> {
    async fn perform(&self, operation: PaymentOperation, call: Call<'_>) -> Result<ProviderAnswer, ProviderError> {
        let keys = self.0.secret(PAYMENT_PROVIDER.key).map_err(unavailable)?;
        // While it is changed there are two, and the provider knows both.
        let key = keys.split(',').next().unwrap_or_default().trim();
        let headers = vec![
            ("authorization", format!("Bearer {key}")),
            ("content-type", "application/json".to_owned()),
            (IDEMPOTENCY_KEY, call.key.to_owned()),
        ];
        let body = serde_json::to_string(&Asked::of(call)).expect("our own types serialise");
        let called = self.0.call(PAYMENT_PROVIDER.callee, path(operation), headers, body, ANSWER).await;
        match called.map_err(unavailable)? {
            Ok(reply) => answer(&reply),
            Err(error @ HttpError::Unreachable(_)) => Err(unavailable(error)),
            Err(error @ HttpError::Lost(_)) => Err(ProviderError::Unknown(error.into())),
        }
    }
}

fn unavailable(error: impl Into<Box<dyn Error + Send + Sync>>) -> ProviderError {
    ProviderError::Unavailable(error.into())
}

/// What a reply means. Between us and the provider there may be others who reply: nothing was done where the request was
/// refused, or where the provider itself says that it takes none; else it may have been.
fn answer(reply: &HttpReply) -> Result<ProviderAnswer, ProviderError> {
    let unknown = |error: Box<dyn Error + Send + Sync>| Err(ProviderError::Unknown(error));
    match reply.status {
        200 => match serde_json::from_str::<ProviderAnswer>(&reply.body) {
            Ok(answer) if answer.is_short() => Ok(answer),
            Ok(_) => unknown(TooLong.into()),
            Err(error) => unknown(error.into()),
        },
        202 => Err(ProviderError::Later),
        400..500 => Err(unavailable(NoAnswer(reply.status))),
        503 if says_unavailable(&reply.body) => Err(unavailable(NoAnswer(reply.status))),
        status => unknown(NoAnswer(status).into()),
    }
}

/// Whether it is the provider's own problem document, and not what a proxy says of a connection that broke.
fn says_unavailable(body: &str) -> bool {
    #[derive(Deserialize)]
    struct Document {
        code: String,
    }
    serde_json::from_str::<Document>(body).is_ok_and(|document| document.code == code::UNAVAILABLE.word)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use domain::OrderKind;
    use testing::{MemoryStore, Outside, World};

    use super::*;
    use app::Placement;

    use crate::{
        RETRY_S, SERVICE, Status,
        placed::{KEY, calling, world},
        provider::MAX_WORD_CHARS,
        sample::{self, deliver, event, everything, stored_payment, sweep},
    };

    fn replied(status: u16, body: &str) -> Result<ProviderAnswer, ProviderError> {
        answer(&HttpReply { status, body: body.to_owned() })
    }

    #[test]
    fn an_answer_is_what_the_provider_says() {
        let done = replied(200, r#"{"done": {"reference": "theirs"}}"#).unwrap();
        assert_eq!(done, ProviderAnswer::Done { reference: "theirs".to_owned() });
        let refused = replied(200, r#"{"refused": {"reason": "declined"}}"#).unwrap();
        assert_eq!(refused, ProviderAnswer::Refused { reason: "declined".to_owned() });
        assert!(matches!(replied(202, ""), Err(ProviderError::Later)));
    }

    #[test]
    fn what_was_not_taken_was_not_done() {
        for status in [400, 401, 403, 404, 413, 429] {
            assert!(matches!(replied(status, ""), Err(ProviderError::Unavailable(_))), "{status}");
        }
        assert!(matches!(replied(503, r#"{"code": "unavailable"}"#), Err(ProviderError::Unavailable(_))));
    }

    #[test]
    fn what_may_have_been_done_is_unknown() {
        let long = format!(r#"{{"done": {{"reference": "{}"}}}}"#, "x".repeat(MAX_WORD_CHARS + 1));
        for (status, body) in [
            (200, ""),
            (200, "{}"),
            (200, r#"{"done": {}}"#),
            (200, &long),
            (204, ""),
            (301, ""),
            (500, r#"{"code": "internal"}"#),
            (502, ""),
            (503, "upstream connect error or disconnect/reset before headers"),
            (504, ""),
        ] {
            assert!(matches!(replied(status, body), Err(ProviderError::Unknown(_))), "{status} {body}");
        }
    }

    #[tokio::test]
    async fn it_is_asked_with_its_key_under_the_idempotency_key() {
        let outside = Outside::answering(202);
        let settings = app::Settings::default().with_text(&PAYMENT_PROVIDER.callee.url, "https://provider.example/pay");
        let secrets = [(PAYMENT_PROVIDER.key, "new, old".to_owned())];
        let world = World::with(settings).outside(secrets.into(), Arc::new(outside.clone()));
        let context = world.context(SERVICE, "settle-payment");
        let method = "tok_ok".parse().unwrap();
        let amount = Money::new(100, domain::Currency::EUR);
        let payment_id = PaymentId::of(sample::order());
        let call = Call { key: "k", payment_id, reference: Some("theirs"), method: &method, amount };
        let answer = HttpProvider(&context).perform(PaymentOperation::Capture, call).await;
        assert!(matches!(answer, Err(ProviderError::Later)));
        let [request] = outside.requests().try_into().unwrap();
        assert_eq!(request.url, "https://provider.example/pay/v1/captures");
        assert!(request.headers.contains(&("authorization", "Bearer new".to_owned())));
        assert!(request.headers.contains(&("idempotency-key", "k".to_owned())));
        let body: serde_json::Value = serde_json::from_str(&request.body).unwrap();
        let expected = serde_json::json!({
            "payment_id": payment_id, "reference": "theirs", "method": "tok_ok",
            "amount": {"amount": 100, "currency": "EUR"},
        });
        assert_eq!(body, expected);
    }

    #[tokio::test]
    async fn what_was_done_though_the_answer_broke_off_is_found_out_by_the_same_key() {
        let world = world(Placement::Outside);
        world.break_off(true);
        deliver(&world, &event(OrderKind::Placed, 1)).await;
        let before = stored_payment(&world).await;
        assert_eq!(before.status, Status::Pending);
        assert_eq!(everything(&world, PROVIDER).await.unwrap().len(), 2, "the money is held: a charge and a call");
        world.break_off(false);
        world.clock.advance_s(RETRY_S.default);
        sweep(&world).await;
        let after = stored_payment(&world).await;
        assert_eq!(after.status, Status::Authorized);
        assert_eq!(after.intents, 1);
        assert_eq!(everything(&world, PROVIDER).await.unwrap().len(), 2, "it was done once");
    }

    #[tokio::test]
    async fn a_provider_that_can_not_be_reached_leaves_the_payment_pending() {
        let world = calling("http://127.0.0.1:1", KEY, Arc::new(MemoryStore::default()));
        deliver(&world, &event(OrderKind::Placed, 1)).await;
        let payment = stored_payment(&world).await;
        assert_eq!(payment.status, Status::Pending);
        assert_eq!(payment.setbacks, 1);
        assert_eq!(payment.due, Some(world.clock.seconds().plus_seconds(RETRY_S.default)));
        let context = world.context(SERVICE, "sweep-payments");
        let intent = payment.intent.clone().unwrap();
        let call = Call {
            key: &intent.key,
            payment_id: payment.id,
            reference: None,
            method: &payment.method,
            amount: intent.amount,
        };
        let answer = HttpProvider(&context).perform(intent.operation, call).await;
        assert!(matches!(answer, Err(ProviderError::Unavailable(_))), "{answer:?}");
    }

    #[tokio::test]
    async fn a_provider_that_does_not_know_the_key_takes_nothing() {
        let world = world(Placement::Outside);
        let stranger = calling(world.url(), &KEY.replace('0', "1"), Arc::new(MemoryStore::default()));
        deliver(&stranger, &event(OrderKind::Placed, 1)).await;
        assert_eq!(stored_payment(&stranger).await.status, Status::Pending);
        assert!(everything(&world, PROVIDER).await.unwrap().is_empty());
    }
}
