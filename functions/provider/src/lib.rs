//! The simulated payment provider over HTTP: where functions have a provider outside, it is a program of its own. What is asked of it
//! and what it answers is what `payments` says of any provider; here is only how it comes and goes.

mod webhooks;

use std::sync::Arc;

use app::{Context, Function, Input as _, Json, Problem, Sent, code};
use axum::{
    Router,
    body::Body,
    extract::{Path, Request, State, rejection::PathRejection},
    middleware::{self, Next},
    response::Response,
    routing::{get, post},
};
use domain::PaymentOperation;
use host::{BearerSecrets, Host};
use http::{HeaderMap, StatusCode, request::Parts};
use payments::{
    AnsweredCall, Asked, DUE, IDEMPOTENCY_KEY, MAX_KEY_CHARS, PAYMENT_PROVIDER, PROVIDER, PROVIDER_WEBHOOK,
    PROVIDER_WEBHOOK_SECRET, Provider as _, ProviderError, SimulatedProvider,
};
use serde_json::{Value, json};

pub use webhooks::send_webhooks;

/// What the program may do: work on its own table, which no other program reaches, and send webhooks.
pub const PROGRAM: Function = Function::new("provider")
    .secret(PAYMENT_PROVIDER.key)
    .secret(PROVIDER_WEBHOOK_SECRET)
    .calls(PROVIDER_WEBHOOK)
    .gets(PROVIDER)
    .queries_index(PROVIDER, DUE)
    .writes(PROVIDER);

/// Where what was asked under an idempotency key is looked up.
const CALL: &str = "/v1/calls/{key}";
const OPERATIONS: [PaymentOperation; 4] =
    [PaymentOperation::Authorize, PaymentOperation::Capture, PaymentOperation::Void, PaymentOperation::Refund];

/// What its routes share: what they may reach, and who may call them.
struct Shared {
    context: Context,
    callers: BearerSecrets,
}

/// A route for each operation, the look-up, `/healthz`, and a problem for everything else.
pub fn router(host: &Arc<Host>, callers: BearerSecrets) -> Router {
    let shared = Arc::new(Shared { context: host.context_for(PROGRAM), callers });
    let look_up = get(look_up).fallback(host::method_not_allowed);
    let routes = OPERATIONS.into_iter().fold(Router::new().route(CALL, look_up), |router, operation| {
        let perform = move |State(shared): State<Arc<Shared>>, request: Request| async move {
            answer_call(&shared.context, operation, request).await
        };
        router.route(payments::path(operation), post(perform).fallback(host::method_not_allowed))
    });
    let routes = routes.route_layer(middleware::from_fn_with_state(shared.clone(), admit)).with_state(shared);
    host::edge_without_cors(host::router(host.clone()).merge(routes), host)
}

/// Lets those in who know the key.
async fn admit(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    if shared.callers.admit(request.headers()) {
        return next.run(request).await;
    }
    let problem = Problem::new(code::UNAUTHENTICATED, "The key of this provider is missing, or another one.");
    host::problem(&problem, request.uri().path())
}

/// 200 with how the call ended, 202 where that comes by webhook.
async fn answer_call(context: &Context, operation: PaymentOperation, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let performed = performed(context, operation, &head, body).await;
    host::outcome(head.uri.path(), performed)
}

async fn performed(
    context: &Context,
    operation: PaymentOperation,
    head: &Parts,
    body: Body,
) -> Result<(StatusCode, Option<Value>), Problem> {
    let key = key(&head.headers)?;
    let asked = asked(&head.headers, body).await?;
    let answer = SimulatedProvider(context).perform(operation, asked.call(key)).await;
    tracing::info!(operation = operation.word(), key, answer = ?answer, "asked");
    match answer {
        Ok(answer) => Ok((StatusCode::OK, Some(json!(answer)))),
        Err(ProviderError::Later) => Ok((StatusCode::ACCEPTED, None)),
        Err(ProviderError::Unavailable(source)) => Err(Problem::unavailable(source)),
        Err(ProviderError::Unknown(source)) => Err(Problem::internal(source)),
    }
}

/// What was asked under a key, and how it ended, once it answers.
async fn look_up(
    State(shared): State<Arc<Shared>>,
    key: Result<Path<String>, PathRejection>,
    request: Request,
) -> Response {
    let known = known(&shared.context, key.ok()).await;
    host::outcome(request.uri().path(), known.map(|known| (StatusCode::OK, Some(known))))
}

async fn known(context: &Context, key: Option<Path<String>>) -> Result<Value, Problem> {
    let Path(key) = key.filter(|key| is_key(key)).ok_or_else(Problem::not_found)?;
    let call = context.find::<AnsweredCall>(&key).await?.ok_or_else(Problem::not_found)?.value;
    let answer = call.answer_at(context.now());
    let AnsweredCall { key, payment_id, operation, amount, .. } = &call;
    Ok(json!({
        "key": key, "payment_id": payment_id, "operation": operation, "amount": amount, "answer": answer,
    }))
}

fn key(headers: &HeaderMap) -> Result<&str, Problem> {
    let sent = headers.get(IDEMPOTENCY_KEY).ok_or_else(|| Problem::of(code::IDEMPOTENCY_KEY_MISSING))?;
    sent.to_str().ok().filter(|key| is_key(key)).ok_or_else(|| {
        Problem::invalid("/idempotency-key", format!("must be 1 to {MAX_KEY_CHARS} visible ASCII characters"))
    })
}

fn is_key(key: &str) -> bool {
    (1..=MAX_KEY_CHARS).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic())
}

async fn asked(headers: &HeaderMap, body: Body) -> Result<Asked, Problem> {
    if !host::is_json(headers) {
        return Err(Problem::of(code::NOT_JSON));
    }
    let body = host::read_body(headers, body).await?;
    let sent = Sent::Value(host::read_json(&body)?);
    Json::<Asked>::parse(sent).map_err(|wrong| Problem::invalid(wrong.pointer, wrong.detail))
}
