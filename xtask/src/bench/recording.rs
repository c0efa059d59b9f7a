//! A store that records what was written, so that the same can be written by hand.

use std::sync::{Arc, Mutex, PoisonError};

use app::{Item, Key, Query, QueryPage, Store, StoreError, Table, Write};
use futures::future::BoxFuture;
use sqlite::SqliteStore;

/// Records the transactions of one service's table.
pub(super) struct Recording {
    inner: SqliteStore,
    table: Table,
    taken: Mutex<Vec<Vec<Write>>>,
}

impl Recording {
    /// Records what is written to this table of `inner`.
    pub(super) fn of(inner: SqliteStore, table: Table) -> Arc<Self> {
        Arc::new(Self { inner, table, taken: Mutex::default() })
    }

    /// Takes out what was recorded.
    pub(super) fn take(&self) -> Vec<Vec<Write>> {
        std::mem::take(&mut *self.taken.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Store for Recording {
    fn get<'a>(&'a self, table: Table, key: &'a Key) -> BoxFuture<'a, Result<Option<Item>, StoreError>> {
        self.inner.get(table, key)
    }

    fn get_many<'a>(&'a self, table: Table, keys: &'a [Key]) -> BoxFuture<'a, Result<Vec<Item>, StoreError>> {
        self.inner.get_many(table, keys)
    }

    fn query<'a>(&'a self, table: Table, query: &'a Query) -> BoxFuture<'a, Result<QueryPage, StoreError>> {
        self.inner.query(table, query)
    }

    fn transact(&self, table: Table, writes: Vec<Write>) -> BoxFuture<'_, Result<(), StoreError>> {
        if table == self.table {
            self.taken.lock().unwrap_or_else(PoisonError::into_inner).push(writes.clone());
        }
        self.inner.transact(table, writes)
    }

    fn scan<'a>(
        &'a self,
        table: Table,
        after: Option<&'a Key>,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<Item>, StoreError>> {
        self.inner.scan(table, after, limit)
    }
}
