//! No store and no bus: for functions that require none.

use std::sync::Arc;

use app::{Bus, Clock, Item, Key, Keys, Query, QueryPage, Random, Store, StoreError, Table, Write};
use client::Http;
use domain::{Event, EventId};
use futures::future::{BoxFuture, ready};
use host::Ports;

/// Stores nothing and publishes nothing. Grants keep functions from calling it.
pub(crate) struct Unavailable;

/// What a host without functions stands on: it adds headers and logs to replies.
pub(crate) fn ports(clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Ports {
    let unavailable = Arc::new(Unavailable);
    let keys = Arc::new(Keys::default());
    Ports { store: unavailable.clone(), bus: unavailable, clock, random, keys, http: Arc::new(Http::new()) }
}

fn nothing<'a, T: Send + 'a>() -> BoxFuture<'a, Result<T, StoreError>> {
    Box::pin(ready(Err(StoreError::Unavailable("this function has no store".to_owned()))))
}

impl Store for Unavailable {
    fn get<'a>(&'a self, _table: Table, _key: &'a Key) -> BoxFuture<'a, Result<Option<Item>, StoreError>> {
        nothing()
    }

    fn get_many<'a>(&'a self, _table: Table, _keys: &'a [Key]) -> BoxFuture<'a, Result<Vec<Item>, StoreError>> {
        nothing()
    }

    fn query<'a>(&'a self, _table: Table, _query: &'a Query) -> BoxFuture<'a, Result<QueryPage, StoreError>> {
        nothing()
    }

    fn transact(&self, _table: Table, _writes: Vec<Write>) -> BoxFuture<'_, Result<(), StoreError>> {
        nothing()
    }

    fn scan<'a>(
        &'a self,
        _table: Table,
        _after: Option<&'a Key>,
        _limit: usize,
    ) -> BoxFuture<'a, Result<Vec<Item>, StoreError>> {
        nothing()
    }
}

impl Bus for Unavailable {
    fn publish(&self, _table: Table, _events: Vec<Event>) -> BoxFuture<'_, Vec<EventId>> {
        Box::pin(ready(Vec::new()))
    }
}
