//! A store whose indexes lag, as those of DynamoDB do, for as long as a test likes.

use app::{Item, Key, Query, QueryPage, Store, StoreError, Table, Write};
use futures::future::BoxFuture;

use crate::MemoryStore;

/// A store in memory whose indexes show what was there when they last caught up; clones share it.
#[derive(Clone, Debug, Default)]
pub struct LaggingStore {
    now: MemoryStore,
    indexed: MemoryStore,
}

impl LaggingStore {
    /// Lets its indexes show what is there now.
    pub fn catch_up(&self) {
        self.indexed.become_like(&self.now);
    }
}

impl Store for LaggingStore {
    fn get<'a>(&'a self, table: Table, key: &'a Key) -> BoxFuture<'a, Result<Option<Item>, StoreError>> {
        self.now.get(table, key)
    }

    fn get_many<'a>(&'a self, table: Table, keys: &'a [Key]) -> BoxFuture<'a, Result<Vec<Item>, StoreError>> {
        self.now.get_many(table, keys)
    }

    fn query<'a>(&'a self, table: Table, query: &'a Query) -> BoxFuture<'a, Result<QueryPage, StoreError>> {
        if query.index.is_some() { self.indexed.query(table, query) } else { self.now.query(table, query) }
    }

    fn transact(&self, table: Table, writes: Vec<Write>) -> BoxFuture<'_, Result<(), StoreError>> {
        self.now.transact(table, writes)
    }

    fn scan<'a>(
        &'a self,
        table: Table,
        after: Option<&'a Key>,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<Item>, StoreError>> {
        self.now.scan(table, after, limit)
    }
}
