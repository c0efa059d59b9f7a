//! Dead letters: list, replay, discard.

use app::Problem;
use axum::{
    extract::{Path, State},
    response::Response,
};
use domain::Timestamp;
use http::{StatusCode, Uri};
use serde_json::json;

use super::answer;
use crate::{dead_letters, local::Local};

pub(super) async fn list(State(local): State<Local>, uri: Uri) -> Response {
    let letters = dead_letters::list(&*local.store).await;
    let found = letters.map(|letters| (StatusCode::OK, Some(json!({ "items": letters }))));
    answer(uri.path(), found.map_err(Problem::from))
}

pub(super) async fn replay(State(local): State<Local>, uri: Uri, Path(id): Path<String>) -> Response {
    let replayed = replay_one(&local, &id).await;
    answer(uri.path(), replayed.map(|()| (StatusCode::NO_CONTENT, None)))
}

pub(super) async fn discard(State(local): State<Local>, uri: Uri, Path(id): Path<String>) -> Response {
    let discarded = dead_letters::discard(&*local.store, &id).await;
    answer(uri.path(), discarded.map(|()| (StatusCode::NO_CONTENT, None)).map_err(Problem::from))
}

async fn replay_one(local: &Local, id: &str) -> Result<(), Problem> {
    let letter = dead_letters::find(&*local.store, id).await?.ok_or_else(Problem::not_found)?;
    dead_letters::replay(&*local.store, letter, Timestamp::of(local.clock.now())).await?;
    local.dispatcher.retry_due().await?;
    Ok(())
}
