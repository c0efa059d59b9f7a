//! The inbox of an idempotent consumer: which messages it has handled.

use domain::Timestamp;

use crate::{Condition, Item, Key, Write};

/// How long the inbox remembers that a message was handled, in seconds; longer than any is sent or replayed.
const INBOX_LIFE_S: i64 = 30 * 24 * 3600;

/// Where a consumer remembers a message.
pub fn inbox_key(message: &str, consumer: &str) -> Key {
    Key::new(format!("INBOX#{message}"), consumer)
}

/// Remembers a message, unless it is remembered already.
pub fn inbox_record(key: Key, sequence: u64, now: Timestamp) -> Write {
    let now_s = now.as_second();
    let item = Item::of(key, "inbox", sequence, &()).expires_at(now_s + INBOX_LIFE_S);
    Write::Put(item, Condition::AbsentOrExpired(now_s))
}
