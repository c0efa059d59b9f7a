//! Faults that are planted into a town: each must be found.

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::Request,
    http::{HeaderValue, Method, StatusCode, header},
    middleware::{self, Next},
    response::Response,
};
use domain::Role;
use serde_json::{Value, json};

/// Longer than any reply or request that is changed.
const MOST_BYTES: usize = 1 << 20;

/// A fault.
pub(crate) struct Planted {
    /// What it is called.
    pub(crate) name: &'static str,
    /// The operation that has it.
    pub(crate) operation: &'static str,
    /// Who asks for it.
    pub(crate) role: Role,
    /// What is put around the town.
    pub(crate) around: fn(Router) -> Router,
    /// What schemathesis calls what it must find.
    pub(crate) found: &'static str,
}

/// All of them.
pub(crate) static PLANTED: [Planted; 3] = [
    Planted {
        name: "a reply of 500",
        operation: "get-user",
        role: Role::Customer,
        around: |town| town.layer(middleware::from_fn(fail)),
        found: "ServerError",
    },
    Planted {
        name: "a member that the document does not name",
        operation: "get-user",
        role: Role::Customer,
        around: |town| town.layer(middleware::from_fn(tell_more)),
        found: "JsonSchemaError",
    },
    Planted {
        name: "a body that is taken and should not be",
        operation: "set-courier-availability",
        role: Role::Courier,
        around: |town| town.layer(middleware::from_fn(take_anything)),
        found: "AcceptedNegativeData",
    },
];

async fn fail(request: Request, next: Next) -> Response {
    let concerned = is_of_fuzzer(&request) && request.method() == Method::GET;
    let mut reply = next.run(request).await;
    if concerned && reply.status() == StatusCode::OK {
        *reply.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    }
    reply
}

async fn tell_more(request: Request, next: Next) -> Response {
    let concerned = is_of_fuzzer(&request) && request.method() == Method::GET;
    let reply = next.run(request).await;
    if !concerned || reply.status() != StatusCode::OK {
        return reply;
    }
    let (mut head, body) = reply.into_parts();
    let bytes = to_bytes(body, MOST_BYTES).await.expect("the reply is there");
    let mut told: Value = serde_json::from_slice(&bytes).expect("it is JSON");
    told["planted"] = true.into();
    head.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(head, Body::from(told.to_string()))
}

async fn take_anything(request: Request, next: Next) -> Response {
    let taken = is_of_fuzzer(&request) && request.method() == Method::PUT;
    let (mut head, mut body) = request.into_parts();
    if taken {
        body = Body::from(json!({"online": false}).to_string());
        head.headers.remove(header::CONTENT_LENGTH);
        head.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    next.run(Request::from_parts(head, body)).await
}

/// Whoever settles the town sees no fault, nor does the document have one.
fn is_of_fuzzer(request: &Request) -> bool {
    let agent = request.headers().get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    agent.starts_with("schemathesis/") && request.uri().path().starts_with("/v1/")
}
