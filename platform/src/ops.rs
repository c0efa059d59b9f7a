//! `/_tiffin/`: what is for whoever runs the process, and no part of the API. Dead letters: list, replay, discard.

use app::{Problem, code};
use axum::{
    Router,
    body::Body,
    extract::{Path, State},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use domain::Timestamp;
use http::{HeaderValue, StatusCode, header};
use serde_json::{Value, json};

use crate::{dead_letters, local::Local};

/// The routes.
pub(crate) fn router(local: Local) -> Router {
    Router::new()
        .route("/_tiffin/dead-letters", get(list))
        .route("/_tiffin/dead-letters/{id}", axum::routing::delete(discard))
        .route("/_tiffin/dead-letters/{id}/replay", post(replay))
        .with_state(local)
}

async fn list(State(local): State<Local>) -> Response {
    match dead_letters::list(&*local.store).await {
        Ok(letters) => reply(&json!({"items": letters})),
        Err(error) => refuse(&error.into()),
    }
}

async fn replay(State(local): State<Local>, Path(id): Path<String>) -> Response {
    match replay_one(&local, &id).await {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(problem) => refuse(&problem),
    }
}

async fn discard(State(local): State<Local>, Path(id): Path<String>) -> Response {
    match dead_letters::discard(&*local.store, &id).await {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(error) => refuse(&error.into()),
    }
}

async fn replay_one(local: &Local, id: &str) -> Result<(), Problem> {
    let letter = dead_letters::find(&*local.store, id).await?.ok_or_else(Problem::not_found)?;
    dead_letters::replay(&*local.store, letter, Timestamp::of(local.clock.now())).await?;
    local.dispatcher.retry_due().await?;
    Ok(())
}

fn reply(value: &Value) -> Response {
    let mut response = Response::new(Body::from(value.to_string()));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn refuse(problem: &Problem) -> Response {
    if problem.code == code::INTERNAL {
        tracing::error!(source = problem.source.as_ref().map(ToString::to_string), "the request failed");
    }
    let mut response = reply(&Value::Object(problem.document()));
    *response.status_mut() = StatusCode::from_u16(problem.code.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response
}
