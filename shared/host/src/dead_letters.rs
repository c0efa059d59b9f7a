//! Dead letters: deliveries that are not retried any more. Where they are kept, they can be listed, replayed and discarded.

use app::{
    Condition, Item, Key, MAX_PAGE, Problem, Query, Store, StoreError, Table, TextSetting, Write,
    erasure::{self, erasure_key},
    is_url,
};
use axum::{
    Router,
    body::Body,
    extract::{Path, State},
    response::Response,
    routing::{delete, get, post},
};
use domain::{Event, Timestamp, UserId};
use http::{StatusCode, Uri};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{reply, router::method_not_allowed};

/// Where a broker's are kept.
pub const DEAD_LETTERS: Table = Table::new("dead-letters", &[]);
/// Where events are posted to a function.
pub const FUNCTION_EVENTS_URL: TextSetting = TextSetting {
    name: "TIFFIN_FUNCTION_EVENTS_URL",
    must_be: "an http or https URL with {function} in it",
    accepts: |text| text.contains(FUNCTION) && is_url(&text.replace(FUNCTION, "function")),
    default: "none; `function dead-letters` must be given it",
    about: "Where events are posted to a function, `{function}` being its name: dead letters are replayed there",
};
/// What stands for a function's name in [`FUNCTION_EVENTS_URL`].
pub const FUNCTION: &str = "{function}";
/// How often a broker tries again what is worth another try.
pub const RETRIES: u32 = 8;

/// Where they are listed.
const PATH: &str = "/_tiffin/dead-letters";
/// The partition of dead letters.
const PARTITION: &str = "DEAD";
/// The most that are listed: those of the oldest events. Whoever replays or discards them sees those after them.
pub const MAX_LISTED: usize = 1000;

/// A delivery that failed for good.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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

impl DeadLetter {
    /// What an event becomes that this subscriber did not handle.
    pub fn of(event: Value, subscriber: String, attempts: u32, reason: String, at: Timestamp) -> Self {
        let id = format!("{}~{subscriber}", event["id"].as_str().unwrap_or_default());
        Self { id, subscriber, attempts, reason, at, event }
    }

    /// The event, where this version can read it.
    pub fn event(&self) -> Result<Event, serde_json::Error> {
        Event::deserialize(&self.event)
    }

    /// The item that it is stored as.
    pub fn item(&self) -> Item {
        Item::of(key(&self.id), "dead-letter", 1, self)
    }
}

/// The key of the dead letter with this id.
pub fn key(id: &str) -> Key {
    Key::new(PARTITION, id)
}

/// The dead letters of a table, at most [`MAX_LISTED`], oldest event first.
pub async fn list(store: &dyn Store, table: Table) -> Result<Vec<DeadLetter>, StoreError> {
    let mut letters = Vec::new();
    let mut query = Query::partition(PARTITION);
    loop {
        let page = store.query(table, &query).await?;
        letters.extend(page.items.iter().map(Item::read).collect::<Result<Vec<DeadLetter>, _>>()?);
        letters.truncate(MAX_LISTED);
        match page.next {
            Some(next) if letters.len() < MAX_LISTED => query = query.after(Some(next)),
            _ => return Ok(letters),
        }
    }
}

/// The dead letter of this id, if there is one.
pub async fn find(store: &dyn Store, table: Table, id: &str) -> Result<Option<DeadLetter>, StoreError> {
    store.get(table, &key(id)).await?.map(|item| item.read()).transpose()
}

/// Keeps a dead letter until it expires, if it does; what it says of those who are erased is redacted at once.
pub async fn keep(
    store: &dyn Store,
    table: Table,
    letter: &DeadLetter,
    expires_at: Option<i64>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let item = Item { expires_at, ..letter.item() };
    store.transact(table, vec![Write::Put(item, Condition::None)]).await?;
    for user in erased_of(store, table, &letter.event.to_string()).await? {
        erase(store, table, user, now).await?;
    }
    Ok(())
}

/// Those who are named in a text and erased. Whoever has stored it before it asks can't miss one: [`erase`] looks after it has made
/// the record.
pub async fn erased_of(store: &dyn Store, table: Table, text: &str) -> Result<Vec<UserId>, StoreError> {
    let named: Vec<UserId> = UserId::named_in(text).into_iter().collect();
    let keys: Vec<Key> = named.iter().copied().map(erasure_key).collect();
    let mut erased = Vec::new();
    for keys in keys.chunks(MAX_PAGE) {
        erased.extend(store.get_many(table, keys).await?.into_iter().map(|item| item.key));
    }
    Ok(named.into_iter().filter(|user| erased.contains(&erasure_key(*user))).collect())
}

/// Takes a person's data out of the dead letters of a table, and leaves a record for those that come. One that names them and
/// can't be read is deleted.
pub async fn erase(store: &dyn Store, table: Table, user: UserId, now: Timestamp) -> Result<(), StoreError> {
    let record = Item::of(erasure_key(user), "erasure", 1, &user).expires_at(now.as_second() + erasure::LIFE_S);
    store.transact(table, vec![Write::Put(record, Condition::None)]).await?;
    let mut query = Query::partition(PARTITION);
    loop {
        let page = store.query(table, &query).await?;
        for item in page.items.iter().filter(|item| item.body.contains(&user.to_string())) {
            let letter: DeadLetter = item.read()?;
            let write = match redacted(&letter.event, user) {
                Some(event) => {
                    let left = DeadLetter { event, ..letter }.item();
                    Write::Put(Item { expires_at: item.expires_at, ..left }, Condition::Exists)
                }
                None => Write::Delete(item.key.clone(), Condition::None),
            };
            match store.transact(table, vec![write]).await {
                // Replayed or discarded meanwhile.
                Err(error) if error.is_lost_race() => {}
                other => other?,
            }
        }
        let Some(next) = page.next else { return Ok(()) };
        query = query.after(Some(next));
    }
}

fn redacted(event: &Value, user: UserId) -> Option<Value> {
    let event = Event::deserialize(event).ok()?.redacted(user)?;
    serde_json::to_value(event).ok()
}

/// Deletes a dead letter.
pub async fn discard(store: &dyn Store, table: Table, id: &str) -> Result<(), StoreError> {
    store.transact(table, vec![Write::Delete(key(id), Condition::None)]).await
}

/// What the list holds.
#[derive(Debug, Serialize, Deserialize)]
pub struct Listed {
    /// Deliveries that failed for good.
    pub items: Vec<DeadLetter>,
    /// Events that were set aside.
    pub unreadable: Vec<Unreadable>,
}

/// What keeps dead letters.
pub trait DeadLetterStore: Clone + Send + Sync + 'static {
    /// What is there.
    fn list(&self) -> impl Future<Output = Result<Listed, Problem>> + Send;

    /// Delivers one anew.
    fn replay(&self, id: &str) -> impl Future<Output = Result<(), Problem>> + Send;

    /// Deletes one.
    fn discard(&self, id: &str) -> impl Future<Output = Result<(), Problem>> + Send;
}

/// The routes of what keeps them. Who may ask is the caller's to say.
pub fn dead_letter_routes<S: DeadLetterStore>(store: S) -> Router {
    Router::new()
        .route(PATH, get(list_all::<S>))
        .route(&format!("{PATH}/{{id}}"), delete(discard_one::<S>))
        .route(&format!("{PATH}/{{id}}/replay"), post(replay_one::<S>))
        .method_not_allowed_fallback(method_not_allowed)
        .with_state(store)
}

async fn list_all<S: DeadLetterStore>(State(store): State<S>, uri: Uri) -> Response {
    let listed = store.list().await;
    let listed = listed.map(|Listed { items, unreadable }| json!({ "items": items, "unreadable": unreadable }));
    reply::outcome(uri.path(), listed.map(|listed| (StatusCode::OK, Some(listed))))
}

async fn replay_one<S: DeadLetterStore>(State(store): State<S>, uri: Uri, Path(id): Path<String>) -> Response<Body> {
    reply::outcome(uri.path(), store.replay(&id).await.map(|()| (StatusCode::NO_CONTENT, None)))
}

async fn discard_one<S: DeadLetterStore>(State(store): State<S>, uri: Uri, Path(id): Path<String>) -> Response<Body> {
    reply::outcome(uri.path(), store.discard(&id).await.map(|()| (StatusCode::NO_CONTENT, None)))
}

#[cfg(test)]
mod tests {
    use testing::{MemoryStore, NOON};

    use super::*;

    const TABLE: Table = Table::new("letters", &[]);

    #[tokio::test]
    async fn the_oldest_events_are_listed_and_no_more_than_there_may_be() {
        let store = MemoryStore::default();
        let letter = |number: usize| {
            let event = json!({ "id": format!("evt_{number:06}") });
            DeadLetter::of(event, "notify".to_owned(), 1, "no".to_owned(), NOON.parse().unwrap())
        };
        for number in (0..MAX_LISTED + 5).rev() {
            store.transact(TABLE, vec![Write::Put(letter(number).item(), Condition::None)]).await.unwrap();
        }
        let listed = list(&store, TABLE).await.unwrap();
        assert_eq!(listed.len(), MAX_LISTED);
        assert_eq!(listed[0].id, "evt_000000~notify");
        assert_eq!(find(&store, TABLE, "evt_000004~notify").await.unwrap(), Some(letter(4)));
        discard(&store, TABLE, "evt_000004~notify").await.unwrap();
        assert_eq!(find(&store, TABLE, "evt_000004~notify").await.unwrap(), None);
    }
}
