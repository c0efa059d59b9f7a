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
use http::{Request, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    retry::{DISPATCHER, Retry},
    services::SERVICES,
};

/// How long the running process may take to reply.
const TIMEOUT: Duration = Duration::from_secs(10);
/// The partition of dead letters.
const PARTITION: &str = "DEAD";

/// A delivery that failed for good.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DeadLetter {
    /// The event's id and the subscriber: `evt_…~notify`.
    pub id: String,
    /// The function that failed.
    pub subscriber: String,
    /// How often it was tried.
    pub attempts: u32,
    /// Why it failed the last time.
    pub reason: String,
    /// When it became a dead letter.
    pub at: Timestamp,
    /// The event as it came: perhaps one that only a newer version knows.
    pub event: Value,
}

impl DeadLetter {
    /// The event, where this version can read it.
    pub fn event(&self) -> Result<Event, serde_json::Error> {
        Event::deserialize(&self.event)
    }
}

/// An event that can't be read, and was therefore set aside.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Unreadable {
    /// Its table and its id: `orders~evt_…`.
    pub id: String,
    /// Why it can't be read.
    pub reason: String,
    /// The text that can't be read.
    pub body: String,
}

/// The writes that turn the retry at this key into a dead letter.
pub(crate) fn into_dead_letter(retry_key: Key, retry: Retry<Value>, at: Timestamp) -> Vec<Write> {
    let Retry { subscriber, attempts, reason, event } = retry;
    let id = event["id"].as_str().unwrap_or_default();
    let letter = DeadLetter { id: format!("{id}~{subscriber}"), subscriber, attempts, reason, at, event };
    let item = Item::of(key(&letter.id), "dead-letter", 1, &letter);
    vec![Write::Put(item, Condition::None), Write::Delete(retry_key, Condition::None)]
}

/// Every dead letter, oldest event first.
pub async fn list(store: &dyn Store) -> Result<Vec<DeadLetter>, StoreError> {
    let mut letters = Vec::new();
    let mut query = Query::partition(PARTITION);
    loop {
        let page = store.query(DISPATCHER, &query).await?;
        letters.extend(page.items.iter().map(Item::read).collect::<Result<Vec<DeadLetter>, _>>()?);
        let Some(next) = page.next else { return Ok(letters) };
        query = query.after(Some(next));
    }
}

/// The dead letter of this id, if there is one.
pub async fn find(store: &dyn Store, id: &str) -> Result<Option<DeadLetter>, StoreError> {
    store.get(DISPATCHER, &key(id)).await?.map(|item| item.read()).transpose()
}

/// Replays it: it becomes a retry that is due now, and its attempts count from 0 again. An error where this version can't read
/// its event.
pub async fn replay(store: &dyn Store, letter: DeadLetter, now: Timestamp) -> Result<(), StoreError> {
    let event = letter.event().map_err(|source| StoreError::Corrupt { key: letter.id.clone(), source })?;
    let retry = Retry::first(event, letter.subscriber);
    let writes = vec![Write::Put(retry.due(now), Condition::None), Write::Delete(key(&letter.id), Condition::Exists)];
    store.transact(DISPATCHER, writes).await
}

/// Deletes a dead letter.
pub async fn discard(store: &dyn Store, id: &str) -> Result<(), StoreError> {
    store.transact(DISPATCHER, vec![Write::Delete(key(id), Condition::None)]).await
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

fn key(id: &str) -> Key {
    Key::new(PARTITION, id)
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

/// `tiffin dead-letters`: asks the running process on this port. Returns what to print.
pub async fn command(port: u16, action: DeadLetterAction) -> Result<String, CommandError> {
    let base = format!("http://localhost:{port}/_tiffin/dead-letters");
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
        (StatusCode::CONFLICT, _) => Err(CommandError::Unreadable),
        (status, _) if !status.is_success() => Err(CommandError::Refused(status)),
        (_, Some(done)) => Ok(done),
        (_, None) => serde_json::from_slice(reply.body()).map(table).map_err(CommandError::NotOurs),
    }
}

/// Why the command failed.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// No process answers.
    #[error("no running tiffin answers: {0}; start one, or name its --port")]
    Unreachable(#[from] NoReply),
    /// Whoever answers refuses.
    #[error("no running tiffin answers: whoever listens there says {0}; start one, or name its --port")]
    Refused(StatusCode),
    /// Whoever answers is no tiffin.
    #[error("no running tiffin answers: whoever listens there says something else; start one, or name its --port")]
    NotOurs(#[source] serde_json::Error),
    /// There is no dead letter of this id.
    #[error("there is no such dead letter; `tiffin dead-letters` lists them")]
    Missing,
    /// It still can't be read.
    #[error("the event still can't be read, so it stays where it is: a version that can read it may replay it")]
    Unreadable,
}

/// The list that the running process replies with.
#[derive(Deserialize)]
struct Letters {
    items: Vec<DeadLetter>,
    unreadable: Vec<Unreadable>,
}

fn table(letters: Letters) -> String {
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
    letters.items.iter().map(line).chain(letters.unreadable.iter().map(unreadable)).collect()
}
