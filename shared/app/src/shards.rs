//! Partitions that would otherwise be one hot partition, spread over shards and read as one list.

use futures::future::try_join_all;
use sha2::{Digest, Sha256};

use crate::{Item, Query, QueryPage, Store, StoreError, Table};

/// How many shards a list without a natural partition has.
pub const SHARDS: u8 = 16;

/// The shard of an id: a hash of its text.
pub fn shard_of(id: &str) -> u8 {
    Sha256::digest(id.as_bytes())[0] % SHARDS
}

/// The partition of an id in a sharded list: `DUE#07`.
pub fn sharded(name: &str, id: &str) -> String {
    format!("{name}#{:02}", shard_of(id))
}

/// One page over every shard of `query.pk`, merged by sort key, so that the cursor is the last sort key.
pub async fn query_shards(store: &dyn Store, table: Table, query: &Query) -> Result<QueryPage, StoreError> {
    let queries: Vec<Query> =
        (0..SHARDS).map(|shard| Query { pk: format!("{}#{shard:02}", query.pk), ..query.clone() }).collect();
    let pages = try_join_all(queries.iter().map(|query| store.query(table, query))).await?;

    // A shard that stopped at its own `next` may hold more just after it, so nothing beyond the nearest such end is sure.
    let ends = pages.iter().filter_map(|page| page.next.clone());
    let horizon = if query.descending { ends.max() } else { ends.min() };
    let within = |sort_key: &String| match &horizon {
        None => true,
        Some(end) if query.descending => sort_key >= end,
        Some(end) => sort_key <= end,
    };
    let mut merged: Vec<(String, Item)> = pages
        .into_iter()
        .flat_map(|page| page.sort_keys.into_iter().zip(page.items))
        .filter(|(sort_key, _)| within(sort_key))
        .collect();
    merged.sort_by(|(left, _), (right, _)| if query.descending { right.cmp(left) } else { left.cmp(right) });

    let more = horizon.is_some() || merged.len() > query.limit;
    merged.truncate(query.limit);
    let next = if more { merged.last().map(|(sort_key, _)| sort_key.clone()).or(horizon) } else { None };
    let (sort_keys, items) = merged.into_iter().unzip();
    Ok(QueryPage { items, sort_keys, next })
}
