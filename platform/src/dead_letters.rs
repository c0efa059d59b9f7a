//! Dead letters: deliveries that will not be tried again by themselves. They can be looked at, replayed and discarded.

use app::{Condition, Item, Key, Query, Store, StoreError, Write};
use domain::{Event, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    cli::DeadLetterAction,
    dispatcher::{DISPATCHER, Retry},
};

/// The partition they lie in.
const PARTITION: &str = "DEAD";

/// A delivery that failed for good.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DeadLetter {
    /// What it is called by: the event's id and the subscriber.
    pub id: String,
    /// Who could not deal with it.
    pub subscriber: String,
    /// How often it was tried.
    pub attempts: u32,
    /// Why it failed the last time.
    pub reason: String,
    /// When it was given up.
    pub at: Timestamp,
    /// The event.
    pub event: Event,
}

/// The writes that turn a retry into a dead letter.
pub(crate) fn burial(retry: Retry, at: Timestamp) -> Vec<Write> {
    let retry_key = retry.key();
    let Retry { subscriber, attempts, reason, event } = retry;
    let letter = DeadLetter { id: format!("{}~{subscriber}", event.id), subscriber, attempts, reason, at, event };
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

/// The dead letter of this id.
pub async fn find(store: &dyn Store, id: &str) -> Result<Option<DeadLetter>, StoreError> {
    store.get(DISPATCHER, &key(id)).await?.map(|item| item.read()).transpose()
}

/// Has it delivered anew, from the first attempt on: it turns into a retry that is due now.
pub async fn replay(store: &dyn Store, letter: DeadLetter, now: Timestamp) -> Result<(), StoreError> {
    let retry = Retry::first(letter.event, letter.subscriber);
    let writes = vec![Write::Put(retry.due(now), Condition::None), Write::Delete(key(&letter.id), Condition::Exists)];
    store.transact(DISPATCHER, writes).await
}

/// Forgets it.
pub async fn discard(store: &dyn Store, id: &str) -> Result<(), StoreError> {
    store.transact(DISPATCHER, vec![Write::Delete(key(id), Condition::None)]).await
}

fn key(id: &str) -> Key {
    Key::new(PARTITION, id)
}

/// `tiffin dead-letters`: asks the running process on this port. Returns what to print.
pub async fn command(port: u16, action: DeadLetterAction) -> Result<String, CommandError> {
    let client = reqwest::Client::new();
    let base = format!("http://localhost:{port}/_tiffin/dead-letters");
    let (request, done) = match action {
        DeadLetterAction::List => return Ok(table(client.get(base).send().await?.error_for_status()?.json().await?)),
        DeadLetterAction::Replay { id } => {
            (client.post(format!("{base}/{id}/replay")), format!("{id} is being delivered anew\n"))
        }
        DeadLetterAction::Discard { id } => (client.delete(format!("{base}/{id}")), format!("{id} is gone\n")),
    };
    let response = request.send().await?;
    if response.status() == reqwest::StatusCode::NOT_FOUND {
        return Err(CommandError::Missing);
    }
    response.error_for_status()?;
    Ok(done)
}

/// Why the command failed.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// No process answers, or it refuses.
    #[error("no running tiffin answers: {0}; start one, or name its --port")]
    Unreachable(#[from] reqwest::Error),
    /// There is no dead letter of this id.
    #[error("there is no such dead letter; `tiffin dead-letters` lists them")]
    Missing,
}

/// Every dead letter, as the running process lists them.
#[derive(Deserialize)]
struct Letters {
    items: Vec<DeadLetter>,
}

fn table(letters: Letters) -> String {
    if letters.items.is_empty() {
        return "no dead letters\n".to_owned();
    }
    let line = |letter: &DeadLetter| {
        let DeadLetter { id, attempts, reason, at, event, .. } = letter;
        format!(
            "{id}\n  {} about {}, given up at {at} after {attempts} attempts: {reason}\n",
            event.kind.short(),
            event.subject
        )
    };
    letters.items.iter().map(line).collect()
}
