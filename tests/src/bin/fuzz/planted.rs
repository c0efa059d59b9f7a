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

/// A fault, and what must find it.
pub(crate) struct Planted {
    /// What it is called in the output.
    pub(crate) name: &'static str,
    /// The operation that has it.
    pub(crate) operation: &'static str,
    /// Who calls the operation.
    pub(crate) role: Role,
    /// The middleware that plants it.
    pub(crate) around: fn(Router) -> Router,
    /// The type of the failure that schemathesis must report.
    pub(crate) found: &'static str,
}

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
        around: |town| town.layer(middleware::from_fn(add_member)),
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

async fn add_member(request: Request, next: Next) -> Response {
    let concerned = is_of_fuzzer(&request) && request.method() == Method::GET;
    let reply = next.run(request).await;
    if !concerned || reply.status() != StatusCode::OK {
        return reply;
    }
    let (mut head, body) = reply.into_parts();
    let bytes = to_bytes(body, MOST_BYTES).await.expect("the reply is there");
    let mut members: Value = serde_json::from_slice(&bytes).expect("it is JSON");
    members["planted"] = true.into();
    head.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(head, Body::from(members.to_string()))
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

/// Requests that set the town up see no fault, and neither does the document.
fn is_of_fuzzer(request: &Request) -> bool {
    let agent = request.headers().get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    agent.starts_with("schemathesis/") && request.uri().path().starts_with("/v1/")
}
