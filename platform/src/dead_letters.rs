//! Dead letters: deliveries that are not retried any more. They can be listed, replayed and discarded.

use std::time::Duration;

use app::{
    Condition, Item, Key, Query, Service, Store, StoreError, Table, Write,
    outbox::{self, UNREADABLE},
};
use axum::body::Bytes;
use clap::Subcommand;
use client::{Http, NoReply};
use domain::{Event, Timestamp};
use host::dead_letters::{DeadLetter, Listed, MAX_LISTED, Unreadable, key};
use http::{Request, StatusCode};
use serde_json::Value;

use crate::{
    retry::{DISPATCHER, Retry},
    services::SERVICES,
};

/// How long the running process may take to reply.
const TIMEOUT: Duration = Duration::from_secs(10);
/// The writes that turn the retry at this key into a dead letter.
pub(crate) fn into_dead_letter(retry_key: Key, retry: Retry<Value>, at: Timestamp) -> Vec<Write> {
    let Retry { subscriber, attempts, reason, event } = retry;
    let letter = DeadLetter::of(event, subscriber, attempts, reason, at);
    vec![Write::Put(letter.item(), Condition::None), Write::Delete(retry_key, Condition::None)]
}

/// Replays it: it becomes a retry that is due now, and its attempts count from 0 again. An error where this version can't read
/// its event.
pub async fn replay(store: &dyn Store, letter: DeadLetter, now: Timestamp) -> Result<(), StoreError> {
    let event = letter.event().map_err(|source| StoreError::Corrupt { key: letter.id.clone(), source })?;
    let retry = Retry::first(event, letter.subscriber);
    let writes = vec![Write::Put(retry.due(now), Condition::None), Write::Delete(key(&letter.id), Condition::Exists)];
    store.transact(DISPATCHER, writes).await
}

/// Every event that was set aside, of every service.
pub async fn unreadable(store: &dyn Store) -> Result<Vec<Unreadable>, StoreError> {
    let mut found = Vec::new();
    for Service { table, .. } in SERVICES {
        let mut query = Query::partition(UNREADABLE);
        loop {
            let page = store.query(*table, &query).await?;
            found.extend(page.items.into_iter().map(|item| {
                let reason =
                    serde_json::from_str::<Event>(&item.body).err().map(|error| error.to_string()).unwrap_or_default();
                Unreadable { id: format!("{}~{}", table.name, item.key.sk), reason, body: item.body }
            }));
            let Some(next) = page.next else { break };
            query = query.after(Some(next));
        }
    }
    Ok(found)
}

/// The event that was set aside under this id, and its table.
async fn find_unreadable(store: &dyn Store, id: &str) -> Result<Option<(Table, Item)>, StoreError> {
    let Some((name, sk)) = id.split_once('~') else { return Ok(None) };
    let Some(service) = SERVICES.iter().find(|service| service.table.name == name) else { return Ok(None) };
    let item = store.get(service.table, &Key::new(UNREADABLE, sk)).await?;
    Ok(item.map(|item| (service.table, item)))
}

/// Puts an event that was set aside back into its outbox, where a sweep finds it. Returns whether there was one; an error
/// where it still can't be read.
pub async fn replay_unreadable(store: &dyn Store, id: &str) -> Result<bool, StoreError> {
    let Some((table, item)) = find_unreadable(store, id).await? else { return Ok(false) };
    item.read::<Event>()?;
    store.transact(table, outbox::put_back(&item)).await.map(|()| true)
}

/// Deletes an event that was set aside. Returns whether there was one.
pub async fn discard_unreadable(store: &dyn Store, id: &str) -> Result<bool, StoreError> {
    let Some((table, item)) = find_unreadable(store, id).await? else { return Ok(false) };
    store.transact(table, vec![Write::Delete(item.key, Condition::None)]).await.map(|()| true)
}

/// What to do with dead letters.
#[derive(Debug, Clone, Subcommand)]
pub enum DeadLetterAction {
    /// List them (the default).
    List,
    /// Deliver one anew.
    Replay {
        /// Its id, as `list` shows it.
        id: String,
    },
    /// Forget one.
    Discard {
        /// Its id, as `list` shows it.
        id: String,
    },
}

/// `tiffin dead-letters`: asks what answers at this URL. Returns what to print.
pub async fn command(url: &str, action: DeadLetterAction) -> Result<String, CommandError> {
    let base = format!("{}/_tiffin/dead-letters", url.trim_end_matches('/'));
    let (request, done) = match action {
        DeadLetterAction::List => (Request::get(base), None),
        DeadLetterAction::Replay { id } => {
            (Request::post(format!("{base}/{id}/replay")), Some(format!("{id} is being delivered anew\n")))
        }
        DeadLetterAction::Discard { id } => (Request::delete(format!("{base}/{id}")), Some(format!("{id} is gone\n"))),
    };
    let request = request.body(Bytes::new()).map_err(|_| CommandError::Missing)?;
    let reply = Http::new().exchange(request, TIMEOUT).await?;
    match (reply.status(), done) {
        (StatusCode::NOT_FOUND, _) => Err(CommandError::Missing),
        (StatusCode::CONFLICT | StatusCode::SERVICE_UNAVAILABLE, Some(_)) => {
            Err(CommandError::Kept(detail(reply.body())))
        }
        (status, _) if !status.is_success() => Err(CommandError::Refused(status)),
        (_, Some(done)) => Ok(done),
        (_, None) => serde_json::from_slice(reply.body()).map(table).map_err(CommandError::NotOurs),
    }
}

/// Why the command failed.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// No process answers.
    #[error("no running tiffin answers: {0}; start one, or name its --port or --url")]
    Unreachable(#[from] NoReply),
    /// Whoever answers refuses.
    #[error("no running tiffin answers: whoever listens there says {0}; start one, or name its --port or --url")]
    Refused(StatusCode),
    /// Whoever answers is no tiffin.
    #[error(
        "no running tiffin answers: whoever listens there says something else; start one, or name its --port or --url"
    )]
    NotOurs(#[source] serde_json::Error),
    /// There is no dead letter of this id.
    #[error("there is no such dead letter; `tiffin dead-letters` lists them")]
    Missing,
    /// It can't be delivered, or not yet.
    #[error("it stays where it is: {0}")]
    Kept(String),
}

/// What a problem says.
fn detail(body: &[u8]) -> String {
    let problem: Value = serde_json::from_slice(body).unwrap_or_default();
    problem["detail"].as_str().unwrap_or("whoever answers does not say why").to_owned()
}

fn table(letters: Listed) -> String {
    if letters.items.is_empty() && letters.unreadable.is_empty() {
        return "no dead letters\n".to_owned();
    }
    let unreadable =
        |Unreadable { id, reason, .. }: &Unreadable| format!("{id}\n  an event that can't be read: {reason}\n");
    let line = |letter: &DeadLetter| {
        let DeadLetter { id, attempts, reason, at, event, .. } = letter;
        let text = |attribute: &str| event[attribute].as_str().unwrap_or_default();
        let kind = text("type").trim_start_matches("tiffin.").trim_end_matches(".v1");
        let subject = text("subject");
        format!("{id}\n  {kind} about {subject}, given up at {at} after {attempts} attempts: {reason}\n")
    };
    let full = (letters.items.len() == MAX_LISTED).then(|| "There may be more, of newer events.\n".to_owned());
    letters.items.iter().map(line).chain(full).chain(letters.unreadable.iter().map(unreadable)).collect()
}
