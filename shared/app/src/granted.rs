//! The decorator over every adapter: grants, limits and expiry, the same on every platform.

use std::{
    collections::{BTreeSet, HashSet},
    sync::{Arc, Mutex, PoisonError},
};

use futures::future::BoxFuture;

use crate::{
    Clock, Function, Grant, IndexKey, Item, Key, MAX_ITEM_BYTES, MAX_PAGE, MAX_PARTITION_KEY_BYTES, MAX_SORT_KEY_BYTES,
    MAX_TRANSACTION_BYTES, MAX_WRITES, Query, QueryPage, Store, StoreError, Table, Write,
};

/// Which grants functions have used, and which settings they have read: one that a whole test run leaves unused is too many.
#[derive(Debug, Default)]
pub struct GrantUses(Mutex<BTreeSet<(&'static str, String)>>);

impl GrantUses {
    /// Records that the function used a grant, as [`Grant::describe`] has it, or a setting by its name.
    pub(crate) fn record(&self, function: &'static str, what: impl Into<String>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert((function, what.into()));
    }

    /// Whether the function used that grant, or read that setting.
    pub fn has(&self, function: &'static str, what: impl Into<String>) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).contains(&(function, what.into()))
    }
}

/// A store as one function sees it: within its grants and DynamoDB's limits, and without what has expired.
#[derive(Clone)]
pub struct Granted {
    function: Function,
    inner: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    uses: Option<Arc<GrantUses>>,
}

impl Granted {
    /// `inner` within the grants of `function`; where `uses` is given, what it uses is recorded.
    pub fn new(function: Function, inner: Arc<dyn Store>, clock: Arc<dyn Clock>, uses: Option<Arc<GrantUses>>) -> Self {
        Self { function, inner, clock, uses }
    }

    /// Refuses what was not granted, and records what was used.
    pub fn require(&self, grant: Grant) -> Result<(), StoreError> {
        if !self.function.may(grant) {
            return Err(StoreError::Denied { function: self.function.name, grant: grant.describe() });
        }
        if let Some(uses) = &self.uses {
            uses.record(self.function.name, grant.describe());
        }
        Ok(())
    }

    fn is_alive(&self, item: &Item) -> bool {
        item.expires_at.is_none_or(|at| at > self.clock.now().as_second())
    }
}

impl Store for Granted {
    fn get<'a>(&'a self, table: Table, key: &'a Key) -> BoxFuture<'a, Result<Option<Item>, StoreError>> {
        Box::pin(async move {
            self.require(Grant::Get(table))?;
            Ok(self.inner.get(table, key).await?.filter(|item| self.is_alive(item)))
        })
    }

    fn get_many<'a>(&'a self, table: Table, keys: &'a [Key]) -> BoxFuture<'a, Result<Vec<Item>, StoreError>> {
        Box::pin(async move {
            self.require(Grant::Get(table))?;
            if keys.len() > MAX_PAGE {
                return Err(StoreError::Rejected(format!("{} keys in one read, {MAX_PAGE} at most", keys.len())));
            }
            let mut items = self.inner.get_many(table, keys).await?;
            items.retain(|item| self.is_alive(item));
            Ok(items)
        })
    }

    fn query<'a>(&'a self, table: Table, query: &'a Query) -> BoxFuture<'a, Result<QueryPage, StoreError>> {
        Box::pin(async move {
            self.require(query.index.map_or(Grant::Query(table), |index| Grant::QueryIndex(table, index)))?;
            let page = self.inner.query(table, query).await?;
            let (sort_keys, items) =
                page.sort_keys.into_iter().zip(page.items).filter(|(_, item)| self.is_alive(item)).unzip();
            Ok(QueryPage { items, sort_keys, next: page.next })
        })
    }

    fn transact(&self, table: Table, writes: Vec<Write>) -> BoxFuture<'_, Result<(), StoreError>> {
        Box::pin(async move {
            self.require(Grant::Write(table))?;
            check_limits(&writes)?;
            self.inner.transact(table, writes).await
        })
    }

    fn scan<'a>(
        &'a self,
        _table: Table,
        _after: Option<&'a Key>,
        _limit: usize,
    ) -> BoxFuture<'a, Result<Vec<Item>, StoreError>> {
        let denied = StoreError::Denied { function: self.function.name, grant: "scan".to_owned() };
        Box::pin(async move { Err(denied) })
    }
}

/// DynamoDB's limits on a transaction, so that what passes locally passes there.
pub(crate) fn check_limits(writes: &[Write]) -> Result<(), StoreError> {
    let refuse = |reason: String| Err(StoreError::Rejected(reason));
    if writes.len() > MAX_WRITES {
        return refuse(format!("{} writes in one transaction, {MAX_WRITES} at most", writes.len()));
    }
    let mut keys = HashSet::new();
    let mut total = 0;
    for write in writes {
        let key = write.key();
        if !keys.insert(key) {
            return refuse(format!("two writes to {}/{} in one transaction", key.pk, key.sk));
        }
        let fits = |part: &str, most| (1..=most).contains(&part.len());
        if !fits(&key.pk, MAX_PARTITION_KEY_BYTES) || !fits(&key.sk, MAX_SORT_KEY_BYTES) {
            return refuse(format!("a key of {} and {} bytes", key.pk.len(), key.sk.len()));
        }
        let Write::Put(item, _) = write else { continue };
        let mut indexes = HashSet::new();
        for IndexKey { index, pk, sk } in &item.indexed {
            if !indexes.insert(index) {
                return refuse(format!("{}/{} stands in {} twice", key.pk, key.sk, index.0));
            }
            if !fits(pk, MAX_PARTITION_KEY_BYTES) || !fits(sk, MAX_SORT_KEY_BYTES) {
                return refuse(format!("a key of {} and {} bytes in {}", pk.len(), sk.len(), index.0));
            }
        }
        let bytes = item.bytes();
        if bytes > MAX_ITEM_BYTES {
            return refuse(format!("an item of {bytes} bytes, {MAX_ITEM_BYTES} at most"));
        }
        total += bytes;
    }
    if total > MAX_TRANSACTION_BYTES {
        return refuse(format!("a transaction of {total} bytes, {MAX_TRANSACTION_BYTES} at most"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Condition, Index};

    fn put(pk: &str, bytes: usize) -> Write {
        let item = Item::of(Key::new(pk, "S"), "thing", 1, &"x".repeat(bytes));
        Write::Put(item, Condition::None)
    }

    fn is_rejected(writes: &[Write]) -> bool {
        matches!(check_limits(writes), Err(StoreError::Rejected(_)))
    }

    #[test]
    fn the_limits_of_a_transaction_hold_to_the_item() {
        let many = |count: usize| (0..count).map(|number| put(&format!("P{number}"), 10)).collect::<Vec<_>>();
        assert!(!is_rejected(&many(MAX_WRITES)));
        assert!(is_rejected(&many(MAX_WRITES + 1)));
        assert!(is_rejected(&[put("P", 1), put("P", 2)]), "one write per key");
        assert!(!is_rejected(&[put("P", MAX_ITEM_BYTES - 200)]));
        assert!(is_rejected(&[put("P", MAX_ITEM_BYTES)]));
        let large = |count: usize| (0..count).map(|number| put(&format!("P{number}"), 390 * 1024)).collect::<Vec<_>>();
        assert!(!is_rejected(&large(10)) && is_rejected(&large(11)));
        let no_sort_key = Write::Delete(Key::new("P", ""), Condition::None);
        assert!(is_rejected(&[no_sort_key]));
        let entries = |keys: &[(&'static str, &str)]| {
            let item = Item::of(Key::new("P", "S"), "thing", 1, &1);
            let indexed = keys.iter().fold(item, |item, (index, sk)| item.indexed(Index(index), "A", sk));
            [Write::Put(indexed, Condition::None)]
        };
        assert!(!is_rejected(&entries(&[("by-a", "1"), ("by-b", "1")])));
        assert!(is_rejected(&entries(&[("by-a", "1"), ("by-a", "2")])), "one entry per index");
        assert!(is_rejected(&entries(&[("by-a", "")])));
        assert!(is_rejected(&[put("", 1)]) && is_rejected(&[put(&"p".repeat(MAX_PARTITION_KEY_BYTES + 1), 1)]));
    }
}
