//! `/_tiffin/`: control routes for operators and for the theatre's pages. They are no part of the API.

mod body;
mod dead_letters;
mod guard;
mod sessions;
mod theatre;

use std::net::SocketAddr;

use app::{Problem, code};
use axum::{
    Router,
    body::Body,
    extract::Request,
    middleware,
    response::{IntoResponse, Response},
    routing::{any, delete, get, post, put},
};
use http::{HeaderValue, StatusCode, header};
use serde_json::Value;

use crate::local::Local;

/// The routes of a process that listens at this address.
pub(crate) fn router(local: Local, address: SocketAddr) -> Router {
    let guarded = move |request, next| guard::guard(address, request, next);
    Router::new()
        .route("/_tiffin/dead-letters", get(dead_letters::list))
        .route("/_tiffin/dead-letters/{id}", delete(dead_letters::discard))
        .route("/_tiffin/dead-letters/{id}/replay", post(dead_letters::replay))
        .route("/_tiffin/sessions", post(sessions::open))
        .route("/_tiffin/theatre", get(theatre::show))
        .route("/_tiffin/theatre/ticker", get(theatre::show_ticker))
        .route("/_tiffin/theatre/plays/{role}", put(theatre::put_switch))
        .route("/_tiffin", any(not_found))
        .route("/_tiffin/", any(not_found))
        .route("/_tiffin/{*rest}", any(not_found))
        .method_not_allowed_fallback(host::method_not_allowed)
        .layer(middleware::from_fn(guarded))
        .with_state(local)
}

async fn not_found(request: Request) -> Response {
    refuse(&Problem::not_found(), request.uri().path())
}

/// The response to a request to this path.
fn answer(path: &str, outcome: Result<(StatusCode, Option<Value>), Problem>) -> Response {
    match outcome {
        Ok((status, Some(value))) => (status, json(&value)).into_response(),
        Ok((status, None)) => status.into_response(),
        Err(problem) => refuse(&problem, path),
    }
}

fn json(value: &Value) -> Response {
    let mut response = Response::new(Body::from(value.to_string()));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn refuse(problem: &Problem, path: &str) -> Response {
    if problem.code.status >= code::INTERNAL.status {
        tracing::error!(path, source = problem.source.as_ref().map(ToString::to_string), "the request failed");
    }
    host::problem(problem, path)
}
