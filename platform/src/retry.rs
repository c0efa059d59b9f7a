//! Deliveries to retry, and the table of them and of dead letters.

use app::{Condition, Index, Item, Key, Query, Store, StoreError, Table, Write};
use domain::{Event, Timestamp, UserId};
use host::dead_letters;
use serde::{Deserialize, Serialize};

/// Retries, by when they are due.
pub(crate) const DUE: Index = Index("due");
/// Retries and dead letters.
pub const DISPATCHER: Table = Table::new("dispatcher", &[DUE]);

/// The partition of the index of retries.
pub(crate) const RETRIES: &str = "RETRY";

/// A delivery to retry.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Retry<E = Event> {
    /// The function that has not handled it yet.
    pub(crate) subscriber: String,
    /// How often it was tried.
    pub(crate) attempts: u32,
    /// Why it failed the last time.
    pub(crate) reason: String,
    pub(crate) event: E,
}

impl Retry {
    /// Not tried yet.
    pub(crate) fn first(event: Event, subscriber: impl Into<String>) -> Self {
        Self { subscriber: subscriber.into(), attempts: 0, reason: String::new(), event }
    }

    /// Where it is kept.
    pub(crate) fn key(&self) -> Key {
        Key::new(format!("RETRY#{}", self.event.id), &self.subscriber)
    }

    /// Its item, in the index of retries by when it is due.
    pub(crate) fn due(&self, due: Timestamp) -> Item {
        self.at(format!("{due}#{}#{}", self.event.id, self.subscriber))
    }

    fn at(&self, sort_key: String) -> Item {
        Item::of(self.key(), "retry", u64::from(self.attempts), self).indexed(DUE, RETRIES, sort_key)
    }
}

/// Takes a person's data out of what waits to be retried, and of the dead letters. A retry that names them and can't be read is
/// deleted.
pub(crate) async fn erase(store: &dyn Store, user: UserId, now: Timestamp) -> Result<(), StoreError> {
    dead_letters::erase(store, DISPATCHER, user, now).await?;
    let mut query = Query::index(DUE, RETRIES);
    loop {
        let page = store.query(DISPATCHER, &query).await?;
        for (item, sort_key) in page.items.into_iter().zip(page.sort_keys) {
            if !item.body.contains(&user.to_string()) {
                continue;
            }
            let retry = item.read::<Retry>().ok();
            let left = retry.and_then(|retry| Some(Retry { event: retry.event.redacted(user)?, ..retry }));
            let write = match left {
                Some(retry) => Write::Put(retry.at(sort_key), Condition::Exists),
                None => Write::Delete(item.key, Condition::None),
            };
            match store.transact(DISPATCHER, vec![write]).await {
                // Delivered meanwhile.
                Err(error) if error.is_lost_race() => {}
                other => other?,
            }
        }
        let Some(next) = page.next else { return Ok(()) };
        query = query.after(Some(next));
    }
}
