//! What an operation decided: what to save, what to publish, what to reply.

use std::fmt;

use domain::Kind;
use serde::Serialize;
use serde_json::Value;

use crate::{Condition, Item, Key, Write};

/// Something that happened, before the host gives it an id and a time.
#[derive(Clone, Debug, PartialEq)]
pub struct Fact {
    /// What happened.
    pub kind: Kind,
    /// The id of the aggregate it happened to.
    pub subject: String,
    /// Facts with the same key are published in order: the order's id where there is one.
    pub partition_key: String,
    /// The aggregate's version after it.
    pub sequence: u64,
    /// What consumers need to know.
    pub data: Value,
}

impl Fact {
    /// A fact about `subject`.
    ///
    /// # Panics
    /// If `data` does not serialise, which a type of ours always does.
    pub fn new<T: Serialize>(
        kind: impl Into<Kind>,
        subject: impl fmt::Display,
        partition_key: impl fmt::Display,
        sequence: u64,
        data: &T,
    ) -> Self {
        let data = serde_json::to_value(data).expect("our own types serialise");
        Self {
            kind: kind.into(),
            subject: subject.to_string(),
            partition_key: partition_key.to_string(),
            sequence,
            data,
        }
    }
}

/// Writes and facts that are one unit of work: committed in one transaction.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Changes {
    /// What to write.
    pub writes: Vec<Write>,
    /// What happened.
    pub facts: Vec<Fact>,
}

impl Changes {
    /// Nothing to save and nothing to publish.
    pub fn none() -> Self {
        Self::default()
    }

    /// Whether there is nothing to commit.
    pub fn is_empty(&self) -> bool {
        self.writes.is_empty() && self.facts.is_empty()
    }

    /// Puts an item.
    #[must_use]
    pub fn put(mut self, item: Item, condition: Condition) -> Self {
        self.writes.push(Write::Put(item, condition));
        self
    }

    /// Deletes an item.
    #[must_use]
    pub fn delete(mut self, key: Key, condition: Condition) -> Self {
        self.writes.push(Write::Delete(key, condition));
        self
    }

    /// Writes nothing at a key, and requires this of what lies there.
    #[must_use]
    pub fn check(mut self, key: Key, condition: Condition) -> Self {
        self.writes.push(Write::Check(key, condition));
        self
    }

    /// Publishes a fact, once the writes are committed.
    #[must_use]
    pub fn publish(mut self, fact: Fact) -> Self {
        self.facts.push(fact);
        self
    }

    /// Both, in one transaction.
    #[must_use]
    pub fn and(mut self, other: impl Into<Self>) -> Self {
        let other = other.into();
        self.writes.extend(other.writes);
        self.facts.extend(other.facts);
        self
    }
}

/// What an endpoint decided. Nothing has happened yet: the host commits the changes, then replies.
#[must_use]
#[derive(Debug)]
pub struct Effect<R> {
    /// What to reply once the changes are committed.
    pub reply: R,
    /// What to commit.
    pub changes: Changes,
}

impl<R> Effect<R> {
    /// Replies, and changes nothing.
    pub fn reply(reply: R) -> Self {
        Self { reply, changes: Changes::none() }
    }

    /// Saves this as well.
    pub fn saves(mut self, changes: impl Into<Changes>) -> Self {
        self.changes = self.changes.and(changes);
        self
    }

    /// The same effect with another form of the reply.
    pub fn map<S>(self, form: impl FnOnce(R) -> S) -> Effect<S> {
        Effect { reply: form(self.reply), changes: self.changes }
    }
}
