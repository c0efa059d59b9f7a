//! Futures that yield at every step, so that others may interleave there, or the invocation end.

use std::{
    future::poll_fn,
    task::{Context as TaskContext, Poll, Waker},
};

use app::{Item, Key, Query, QueryPage, Store, StoreError, Table, Write};
use futures::future::BoxFuture;
use testing::MemoryStore;

/// A store that yields before each `get`, and before and after each transaction.
#[derive(Default)]
pub(super) struct Pausing {
    pub(super) inner: MemoryStore,
}

impl Store for Pausing {
    fn get<'a>(&'a self, table: Table, key: &'a Key) -> BoxFuture<'a, Result<Option<Item>, StoreError>> {
        Box::pin(async move {
            pause().await;
            self.inner.get(table, key).await
        })
    }

    fn get_many<'a>(&'a self, table: Table, keys: &'a [Key]) -> BoxFuture<'a, Result<Vec<Item>, StoreError>> {
        self.inner.get_many(table, keys)
    }

    fn query<'a>(&'a self, table: Table, query: &'a Query) -> BoxFuture<'a, Result<QueryPage, StoreError>> {
        self.inner.query(table, query)
    }

    fn transact(&self, table: Table, writes: Vec<Write>) -> BoxFuture<'_, Result<(), StoreError>> {
        Box::pin(async move {
            pause().await;
            let result = self.inner.transact(table, writes).await;
            pause().await;
            result
        })
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

/// Yields once.
pub(super) async fn pause() {
    let mut paused = false;
    poll_fn(move |task| {
        if std::mem::replace(&mut paused, true) {
            return Poll::Ready(());
        }
        task.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// Runs a future to its end, through all its pauses.
pub(super) fn finish<T>(future: impl Future<Output = T>) -> T {
    let mut future = std::pin::pin!(future);
    loop {
        if let Poll::Ready(done) = future.as_mut().poll(&mut TaskContext::from_waker(Waker::noop())) {
            return done;
        }
    }
}
