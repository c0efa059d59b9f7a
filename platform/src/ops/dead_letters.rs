//! Dead letters: list, replay, discard.

use app::{Problem, Store, StoreError, code};
use axum::{
    extract::{Path, State},
    response::Response,
};
use domain::Timestamp;
use http::{StatusCode, Uri};
use serde_json::{Value, json};

use super::answer;
use crate::{dead_letters, local::Local};

pub(super) async fn list(State(local): State<Local>, uri: Uri) -> Response {
    answer(uri.path(), list_all(&*local.store).await.map_err(Problem::from))
}

async fn list_all(store: &dyn Store) -> Result<(StatusCode, Option<Value>), StoreError> {
    let letters = dead_letters::list(store).await?;
    let unreadable = dead_letters::unreadable(store).await?;
    Ok((StatusCode::OK, Some(json!({ "items": letters, "unreadable": unreadable }))))
}

pub(super) async fn replay(State(local): State<Local>, uri: Uri, Path(id): Path<String>) -> Response {
    let replayed = replay_one(&local, &id).await;
    answer(uri.path(), replayed.map(|()| (StatusCode::NO_CONTENT, None)))
}

pub(super) async fn discard(State(local): State<Local>, uri: Uri, Path(id): Path<String>) -> Response {
    let discarded = discard_one(&*local.store, &id).await;
    answer(uri.path(), discarded.map(|()| (StatusCode::NO_CONTENT, None)))
}

async fn discard_one(store: &dyn Store, id: &str) -> Result<(), Problem> {
    if dead_letters::discard_unreadable(store, id).await? {
        return Ok(());
    }
    dead_letters::find(store, id).await?.ok_or_else(Problem::not_found)?;
    Ok(dead_letters::discard(store, id).await?)
}

async fn replay_one(local: &Local, id: &str) -> Result<(), Problem> {
    let unreadable = |error| match error {
        StoreError::Corrupt { source, .. } => {
            Problem::new(code::CONFLICT, format!("It still can't be read: {source}."))
        }
        error => error.into(),
    };
    if dead_letters::replay_unreadable(&*local.store, id).await.map_err(unreadable)? {
        return Ok(());
    }
    let letter = dead_letters::find(&*local.store, id).await?.ok_or_else(Problem::not_found)?;
    dead_letters::replay(&*local.store, letter, Timestamp::of(local.clock.now())).await.map_err(unreadable)?;
    local.dispatcher.retry_due().await?;
    Ok(())
}
