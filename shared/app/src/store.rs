//! The store port: single-table items with DynamoDB's meaning, and no more.

use std::borrow::Cow;

use futures::future::BoxFuture;
use serde::{Serialize, de::DeserializeOwned};

/// A service's own table, with its named sparse indexes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Table {
    /// Its name: `orders`.
    pub name: &'static str,
    /// Its indexes, each sparse: an item without the index's keys is not in it.
    pub indexes: &'static [Index],
}

impl Table {
    /// A table with these indexes.
    pub const fn new(name: &'static str, indexes: &'static [Index]) -> Self {
        Self { name, indexes }
    }
}

/// A named sparse index of a table; eventually consistent, so what it gives is a hint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Index(pub &'static str);

/// The most writes of one transaction.
pub const MAX_WRITES: usize = 100;
/// The most bytes of one item, keys and attributes included.
pub const MAX_ITEM_BYTES: usize = 400 * 1024;
/// The most bytes of one transaction.
pub const MAX_TRANSACTION_BYTES: usize = 4 * 1024 * 1024;
/// The most bytes of a partition key.
pub const MAX_PARTITION_KEY_BYTES: usize = 2048;
/// The most bytes of a sort key; like a partition key, it has one at least.
pub const MAX_SORT_KEY_BYTES: usize = 1024;
/// The most items of one page of a query, and of one `get_many`.
pub const MAX_PAGE: usize = 100;

/// Where an item lives.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// The partition key.
    pub pk: String,
    /// The sort key.
    pub sk: String,
}

impl Key {
    /// A key of these two parts.
    pub fn new(pk: impl ToString, sk: impl ToString) -> Self {
        Self { pk: pk.to_string(), sk: sk.to_string() }
    }
}

/// The entry of an item in an index. Sort keys must be unique within an index partition: end them with the item's id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexKey {
    /// Which index of the table.
    pub index: Index,
    /// The partition key in the index.
    pub pk: String,
    /// The sort key in the index.
    pub sk: String,
}

/// One item: its key, its version, and a JSON body.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// Where it lives.
    pub key: Key,
    /// What it is, for tools: `order`, `outbox`.
    pub kind: Cow<'static, str>,
    /// The version of the thing; conditions compare it.
    pub version: u64,
    /// The thing, as JSON text.
    pub body: String,
    /// When it may be cleaned away, in Unix seconds; from then on it is not there for any reader.
    pub expires_at: Option<i64>,
    /// The index keys it is written with, one of an index at the most. Reads leave this empty.
    pub indexed: Vec<IndexKey>,
}

impl Item {
    /// An item holding `value`.
    ///
    /// # Panics
    /// If `value` does not serialise, which a type of ours always does.
    pub fn of<T: Serialize>(key: Key, kind: &'static str, version: u64, value: &T) -> Self {
        let body = serde_json::to_string(value).expect("our own types serialise");
        Self { key, kind: Cow::Borrowed(kind), version, body, expires_at: None, indexed: Vec::new() }
    }

    /// Puts it in an index as well.
    #[must_use]
    pub fn indexed(mut self, index: Index, pk: impl ToString, sk: impl ToString) -> Self {
        self.indexed.push(IndexKey { index, pk: pk.to_string(), sk: sk.to_string() });
        self
    }

    /// Lets it expire, in Unix seconds.
    #[must_use]
    pub fn expires_at(mut self, second: i64) -> Self {
        self.expires_at = Some(second);
        self
    }

    /// Reads the body as what it was written from.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, StoreError> {
        serde_json::from_str(&self.body)
            .map_err(|source| StoreError::Corrupt { key: format!("{}/{}", self.key.pk, self.key.sk), source })
    }

    /// Its size as DynamoDB counts it, roughly: bytes of keys and attributes.
    pub fn bytes(&self) -> usize {
        let indexed: usize = self.indexed.iter().map(|key| key.index.0.len() + key.pk.len() + key.sk.len()).sum();
        self.key.pk.len() + self.key.sk.len() + self.kind.len() + self.body.len() + indexed + 64
    }
}

/// What must hold of the item at a key for a write to happen (optimistic locking).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// Nothing: the write always happens.
    None,
    /// There is no item.
    Absent,
    /// There is no item, or it has expired by this Unix second.
    AbsentOrExpired(i64),
    /// There is an item.
    Exists,
    /// The item has this version.
    Version(u64),
}

impl Condition {
    /// Whether `current` satisfies it.
    pub fn holds(self, current: Option<&Item>) -> bool {
        match (self, current) {
            (Self::None, _) | (Self::Absent | Self::AbsentOrExpired(_), None) | (Self::Exists, Some(_)) => true,
            (Self::Absent, Some(_)) | (Self::Exists | Self::Version(_), None) => false,
            (Self::AbsentOrExpired(now), Some(item)) => item.expires_at.is_some_and(|at| at <= now),
            (Self::Version(version), Some(item)) => item.version == version,
        }
    }

    /// The condition of a save: absent where nothing was read, that version where something was.
    pub const fn read_at(version: Option<u64>) -> Self {
        match version {
            None => Self::Absent,
            Some(version) => Self::Version(version),
        }
    }
}

/// One write of a transaction.
#[derive(Clone, Debug, PartialEq)]
pub enum Write {
    /// Puts the whole item.
    Put(Item, Condition),
    /// Deletes the item at the key, if there is one.
    Delete(Key, Condition),
    /// Writes nothing, and fails the transaction where the condition does not hold.
    Check(Key, Condition),
}

impl Write {
    /// The key it is about.
    pub const fn key(&self) -> &Key {
        match self {
            Self::Put(item, _) => &item.key,
            Self::Delete(key, _) | Self::Check(key, _) => key,
        }
    }

    /// What must hold.
    pub const fn condition(&self) -> Condition {
        match self {
            Self::Put(_, condition) | Self::Delete(_, condition) | Self::Check(_, condition) => *condition,
        }
    }
}

/// A range of sort keys: from inclusive, to exclusive, either open.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Range {
    /// The first sort key, included.
    pub from: Option<String>,
    /// The sort key it stops before.
    pub to: Option<String>,
}

impl Range {
    /// Whether nothing can be within it.
    pub fn is_empty(&self) -> bool {
        self.from.as_ref().zip(self.to.as_ref()).is_some_and(|(from, to)| from >= to)
    }
}

/// A read of one partition of a table or of an index, in order of the sort key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    /// The index, or the table itself.
    pub index: Option<Index>,
    /// The partition.
    pub pk: String,
    /// Which sort keys.
    pub range: Range,
    /// Only what comes after this sort key, in the direction of reading.
    pub after: Option<String>,
    /// From the highest sort key down.
    pub descending: bool,
    /// At most this many items, 1 to [`MAX_PAGE`].
    pub limit: usize,
}

impl Query {
    /// Everything of a partition of the table.
    pub fn partition(pk: impl ToString) -> Self {
        Self {
            index: None,
            pk: pk.to_string(),
            range: Range::default(),
            after: None,
            descending: false,
            limit: MAX_PAGE,
        }
    }

    /// Everything of a partition of an index.
    pub fn index(index: Index, pk: impl ToString) -> Self {
        Self { index: Some(index), ..Self::partition(pk) }
    }

    /// Only sort keys that begin with `prefix`.
    #[must_use]
    pub fn beginning(mut self, prefix: &str) -> Self {
        self.range = Range { from: Some(prefix.to_owned()), to: Some(format!("{prefix}\u{10ffff}")) };
        self
    }

    /// Only sort keys from `from` on.
    #[must_use]
    pub fn from(mut self, from: impl ToString) -> Self {
        self.range.from = Some(from.to_string());
        self
    }

    /// Only sort keys before `to`.
    #[must_use]
    pub fn before(mut self, to: impl ToString) -> Self {
        self.range.to = Some(to.to_string());
        self
    }

    /// Only what comes after this sort key.
    #[must_use]
    pub fn after(mut self, position: Option<impl ToString>) -> Self {
        self.after = position.map(|position| position.to_string());
        self
    }

    /// From the highest sort key down.
    #[must_use]
    pub const fn descending(mut self) -> Self {
        self.descending = true;
        self
    }

    /// At most this many items.
    #[must_use]
    pub const fn limit(mut self, limit: usize) -> Self {
        self.limit = limit;
        self
    }
}

/// A page of a query. A short or empty page with a `next` is legal.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct QueryPage {
    /// The items, in order.
    pub items: Vec<Item>,
    /// The sort keys they were read by, in step with `items`.
    pub sort_keys: Vec<String>,
    /// The sort key to go on after, where there may be more.
    pub next: Option<String>,
}

/// Where items are kept. Adapters: SQLite, DynamoDB, and the model in `testing`.
///
/// `get`, `get_many` and `query` of a table are strongly consistent; a `query` of an index may lag. A transaction
/// happens whole or not at all; the limits at the top of this file are checked before an adapter sees it. A read of
/// several items beside a transaction under way may see some of its writes and not others, as on DynamoDB.
pub trait Store: Send + Sync {
    /// The item at a key.
    fn get<'a>(&'a self, table: Table, key: &'a Key) -> BoxFuture<'a, Result<Option<Item>, StoreError>>;

    /// The items at these keys, at most [`MAX_PAGE`], in no order; those that are not there are left out.
    fn get_many<'a>(&'a self, table: Table, keys: &'a [Key]) -> BoxFuture<'a, Result<Vec<Item>, StoreError>>;

    /// A page of one partition.
    fn query<'a>(&'a self, table: Table, query: &'a Query) -> BoxFuture<'a, Result<QueryPage, StoreError>>;

    /// All of these writes, or none. At most one write per key.
    fn transact(&self, table: Table, writes: Vec<Write>) -> BoxFuture<'_, Result<(), StoreError>>;

    /// Every item of a table after a key, each once, in an order of the adapter's own. For tools; granted to no function.
    fn scan<'a>(
        &'a self,
        table: Table,
        after: Option<&'a Key>,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<Item>, StoreError>>;
}

/// What can go wrong with a store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A condition did not hold; nothing was written.
    #[error("write {write} found its condition not met")]
    Condition {
        /// Which write of the transaction, from 0.
        write: usize,
        /// The item at its key, if there is one.
        current: Option<Box<Item>>,
    },
    /// Another transaction on the same items was under way; nothing was written.
    #[error("another transaction is under way on the same items")]
    Conflict,
    /// The answer was lost: the transaction may or may not have happened.
    #[error("the outcome of the transaction is not known")]
    Unknown,
    /// The store asks for fewer requests.
    #[error("the store is throttling")]
    Throttled,
    /// The request is over a limit, or malformed.
    #[error("the store refuses the request: {0}")]
    Rejected(String),
    /// The store can't be reached.
    #[error("the store is unavailable: {0}")]
    Unavailable(String),
    /// An item does not hold what it should.
    #[error("the item {key} can't be read")]
    Corrupt {
        /// The item's partition key and sort key, `pk/sk`.
        key: String,
        /// What does not fit the type it was read as.
        source: serde_json::Error,
    },
    /// The function's declaration does not allow this.
    #[error("{function} may not {grant}")]
    Denied {
        /// The function's name.
        function: &'static str,
        /// What it tried, as [`Grant::describe`](crate::Grant::describe) has it.
        grant: String,
    },
}

impl StoreError {
    /// Whether a transaction lost a race, so that reading and deciding again may succeed.
    pub const fn is_lost_race(&self) -> bool {
        matches!(self, Self::Condition { .. } | Self::Conflict)
    }
}
