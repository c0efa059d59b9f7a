//! Deliveries to retry, and the table of them and of dead letters.

use app::{Index, Item, Key, Table};
use domain::{Event, Timestamp};
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
        let sort_key = format!("{due}#{}#{}", self.event.id, self.subscriber);
        Item::of(self.key(), "retry", u64::from(self.attempts), self).indexed(DUE, RETRIES, sort_key)
    }
}
