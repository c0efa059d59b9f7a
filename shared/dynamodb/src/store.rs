//! The store port, as calls of `DynamoDB`.

use std::collections::{HashMap, HashSet};

use app::{Condition, Item, Key, Query, QueryPage, Store, StoreError, Table, Write};
use aws_sdk_dynamodb::{
    Client,
    config::{Builder, retry::RetryConfig},
    types::KeysAndAttributes,
};
use aws_types::SdkConfig;
use futures::future::BoxFuture;
use uuid::Uuid;

use crate::{
    attributes::{of_key, to_item},
    consumed::{self, ASKED},
    failure::{RequestFailure, failure},
    query,
    retry::{Failed, attempts},
    transact,
};

/// A store on `DynamoDB`.
#[derive(Clone)]
pub struct DynamoDb {
    client: Client,
    tables: HashMap<&'static str, String>,
}

impl DynamoDb {
    /// The store in these tables, each under its physical name. Opens no connection yet.
    pub fn connect(config: &SdkConfig, tables: impl IntoIterator<Item = (Table, String)>) -> Self {
        Self::with(Builder::from(config), tables)
    }

    /// The same, over a client configured otherwise.
    pub(crate) fn with(config: Builder, tables: impl IntoIterator<Item = (Table, String)>) -> Self {
        // What is tried again, and for how long, is decided here, where it is known what a lost answer means.
        let client = Client::from_conf(config.retry_config(RetryConfig::disabled()).build());
        Self { client, tables: tables.into_iter().map(|(table, name)| (table.name, name)).collect() }
    }

    pub(crate) const fn client(&self) -> &Client {
        &self.client
    }

    pub(crate) fn name(&self, table: Table) -> Result<&str, StoreError> {
        let name = self.tables.get(table.name).map(String::as_str);
        name.ok_or_else(|| StoreError::Unavailable(format!("nobody said where the table {} is", table.name)))
    }

    /// Reads what of `keys` is there; what the server left for later is asked for again.
    async fn read_many(&self, table: &str, keys: &[Key]) -> Result<Vec<Item>, StoreError> {
        let mut distinct = HashSet::new();
        let mut left: Vec<_> = keys.iter().filter(|key| distinct.insert(*key)).map(of_key).collect();
        let mut items = Vec::new();
        while !left.is_empty() {
            let asked = KeysAndAttributes::builder().set_keys(Some(left)).consistent_read(true).build();
            let asked = asked.map_err(|error| StoreError::Rejected(error.to_string()))?;
            let output = attempts(|| async {
                let output = self.client.batch_get_item().request_items(table, asked.clone());
                let output = output.return_consumed_capacity(ASKED).send().await.map_err(failure)?;
                consumed::read(output.consumed_capacity());
                let nothing = output.responses().is_none_or(|tables| tables.values().all(Vec::is_empty));
                let unread = output.unprocessed_keys().is_some_and(|tables| !tables.is_empty());
                if nothing && unread { Err(RequestFailure::Throttled) } else { Ok(output) }
            })
            .await
            .map_err(Failed::of_read)?;
            for attributes in output.responses.unwrap_or_default().into_values().flatten() {
                items.push(to_item(attributes)?);
            }
            left = output.unprocessed_keys.unwrap_or_default().into_values().flat_map(|keys| keys.keys).collect();
        }
        Ok(items)
    }

    async fn write(&self, table: &str, writes: Vec<Write>) -> Result<(), StoreError> {
        match &writes[..] {
            [] => Ok(()),
            [Write::Put(item, condition)] => self.put(table, item, *condition).await,
            [Write::Delete(key, condition)] => {
                let written = attempts(|| transact::delete(&self.client, table, key, *condition)).await;
                written.map_err(Failed::of_plain_write)
            }
            writes => {
                let parts = transact::parts(table, writes)?;
                let token = Uuid::new_v4().to_string();
                let written = attempts(|| transact::all(&self.client, parts.clone(), &token)).await;
                written.map_err(Failed::of_transaction)
            }
        }
    }

    /// A put that finds its own item in its way was done by an attempt whose answer was lost: a put changes the version,
    /// so that nobody else writes the same. A delete leaves nothing to compare with.
    async fn put(&self, table: &str, item: &Item, condition: Condition) -> Result<(), StoreError> {
        match attempts(|| transact::put(&self.client, table, item, condition)).await {
            Err(Failed {
                last: RequestFailure::Final(StoreError::Condition { current: Some(current), .. }),
                was_lost: true,
            }) if is_the_same(&current, item) => Ok(()),
            written => written.map_err(Failed::of_plain_write),
        }
    }
}

/// Whether the item there is what was written; index keys are not read back.
fn is_the_same(current: &Item, written: &Item) -> bool {
    let bare = Item { indexed: Vec::new(), ..written.clone() };
    *current == bare
}

impl Store for DynamoDb {
    fn get<'a>(&'a self, table: Table, key: &'a Key) -> BoxFuture<'a, Result<Option<Item>, StoreError>> {
        Box::pin(async move {
            let request = self.client.get_item().table_name(self.name(table)?).set_key(Some(of_key(key)));
            let request = request.consistent_read(true).return_consumed_capacity(ASKED);
            let output = attempts(|| async { request.clone().send().await.map_err(failure) }).await;
            let output = output.map_err(Failed::of_read)?;
            consumed::read(output.consumed_capacity.as_slice());
            output.item.map(to_item).transpose()
        })
    }

    fn get_many<'a>(&'a self, table: Table, keys: &'a [Key]) -> BoxFuture<'a, Result<Vec<Item>, StoreError>> {
        Box::pin(async move { self.read_many(self.name(table)?, keys).await })
    }

    fn query<'a>(&'a self, table: Table, query: &'a Query) -> BoxFuture<'a, Result<QueryPage, StoreError>> {
        Box::pin(async move {
            let request = self.client.query().table_name(self.name(table)?).return_consumed_capacity(ASKED);
            let Some(request) = query::request(request, query) else { return Ok(QueryPage::default()) };
            let output = attempts(|| async { request.clone().send().await.map_err(failure) }).await;
            let output = output.map_err(Failed::of_read)?;
            consumed::read(output.consumed_capacity.as_slice());
            query::page(query, output)
        })
    }

    fn transact(&self, table: Table, writes: Vec<Write>) -> BoxFuture<'_, Result<(), StoreError>> {
        Box::pin(async move { self.write(self.name(table)?, writes).await })
    }

    fn scan<'a>(
        &'a self,
        table: Table,
        after: Option<&'a Key>,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<Item>, StoreError>> {
        Box::pin(async move {
            let request = self.client.scan().table_name(self.name(table)?).consistent_read(true);
            let request = request.limit(i32::try_from(limit).unwrap_or(i32::MAX));
            let mut position = after.map(of_key);
            loop {
                let request = request.clone().set_exclusive_start_key(position);
                let output = attempts(|| async { request.clone().send().await.map_err(failure) }).await;
                let output = output.map_err(Failed::of_read)?;
                let items = output.items.unwrap_or_default();
                position = output.last_evaluated_key;
                // An empty page ends the scan for its reader; with a position, DynamoDB means no end by it.
                if !items.is_empty() || position.is_none() {
                    return items.into_iter().map(to_item).collect();
                }
            }
        })
    }
}
