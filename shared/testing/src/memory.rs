//! The store port over ordered maps: the model that adapters are compared with, and the store of tests of one operation.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use app::{Item, Key, MAX_PAGE, Query, QueryPage, Store, StoreError, Table, Write};
use futures::future::{BoxFuture, ready};

type Items = BTreeMap<Key, Item>;

/// An empty store; clones share it.
#[derive(Clone, Debug, Default)]
pub struct MemoryStore(Arc<Mutex<BTreeMap<&'static str, Items>>>);

impl MemoryStore {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<&'static str, Items>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Holds what another one holds now.
    pub(crate) fn become_like(&self, other: &Self) {
        let items = other.lock().clone();
        *self.lock() = items;
    }

    fn read<T>(&self, table: Table, read: impl FnOnce(&Items) -> T) -> T {
        read(self.lock().entry(table.name).or_default())
    }
}

impl Store for MemoryStore {
    fn get<'a>(&'a self, table: Table, key: &'a Key) -> BoxFuture<'a, Result<Option<Item>, StoreError>> {
        Box::pin(ready(Ok(self.read(table, |items| items.get(key).map(shown)))))
    }

    fn get_many<'a>(&'a self, table: Table, keys: &'a [Key]) -> BoxFuture<'a, Result<Vec<Item>, StoreError>> {
        Box::pin(ready(Ok(self.read(table, |items| keys.iter().filter_map(|key| items.get(key)).map(shown).collect()))))
    }

    fn query<'a>(&'a self, table: Table, query: &'a Query) -> BoxFuture<'a, Result<QueryPage, StoreError>> {
        Box::pin(ready(Ok(self.read(table, |items| page(items, query)))))
    }

    fn transact(&self, table: Table, writes: Vec<Write>) -> BoxFuture<'_, Result<(), StoreError>> {
        // Only when it is awaited, as with every other store.
        Box::pin(async move { transact(self.lock().entry(table.name).or_default(), writes) })
    }

    fn scan<'a>(
        &'a self,
        table: Table,
        after: Option<&'a Key>,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<Item>, StoreError>> {
        let later = |key: &Key| after.is_none_or(|after| key > after);
        let scan = |items: &Items| items.values().filter(|item| later(&item.key)).take(limit).map(shown).collect();
        Box::pin(ready(Ok(self.read(table, scan))))
    }
}

/// An item as reads give it: without its index keys.
fn shown(item: &Item) -> Item {
    Item { indexed: Vec::new(), ..item.clone() }
}

fn transact(items: &mut Items, writes: Vec<Write>) -> Result<(), StoreError> {
    for (index, write) in writes.iter().enumerate() {
        let current = items.get(write.key());
        if !write.condition().holds(current) {
            let current = current.map(|item| Box::new(shown(item)));
            return Err(StoreError::Condition { write: index, current });
        }
    }
    for write in writes {
        match write {
            Write::Put(item, _) => drop(items.insert(item.key.clone(), item)),
            Write::Delete(key, _) => drop(items.remove(&key)),
            Write::Check(..) => {}
        }
    }
    Ok(())
}

fn page(items: &Items, query: &Query) -> QueryPage {
    let mut found: Vec<(String, &Item)> = items.values().flat_map(|item| sort_keys(item, query)).collect();
    found.sort_by(|(left, one), (right, other)| (left, &one.key).cmp(&(right, &other.key)));
    if query.descending {
        found.reverse();
    }
    let limit = query.limit.min(MAX_PAGE);
    let more = found.len() > limit;
    found.truncate(limit);
    let next = found.last().filter(|_| more).map(|(sort_key, _)| sort_key.clone());
    let (sort_keys, items) = found.into_iter().map(|(sort_key, item)| (sort_key, shown(item))).unzip();
    QueryPage { items, sort_keys, next }
}

/// The sort keys by which a query finds an item.
fn sort_keys<'a>(item: &'a Item, query: &Query) -> Vec<(String, &'a Item)> {
    let keys: Vec<(&str, &str)> = match query.index {
        None => vec![(&item.key.pk, &item.key.sk)],
        Some(index) => {
            let own = item.indexed.iter().filter(|key| key.index == index);
            own.map(|key| (key.pk.as_str(), key.sk.as_str())).collect()
        }
    };
    let within = |sk: &str| {
        let from = query.range.from.as_deref().is_none_or(|from| sk >= from);
        let to = query.range.to.as_deref().is_none_or(|to| sk < to);
        let after = query.after.as_deref().is_none_or(|after| if query.descending { sk < after } else { sk > after });
        from && to && after
    };
    keys.into_iter().filter(|(pk, sk)| *pk == query.pk && within(sk)).map(|(_, sk)| (sk.to_owned(), item)).collect()
}

#[cfg(test)]
mod tests {
    use app::Condition;

    use super::*;

    #[tokio::test]
    async fn what_is_never_awaited_is_never_written() {
        let store = MemoryStore::default();
        let table = Table::new("t", &[]);
        let key = Key::new("p", "s");
        drop(store.transact(table, vec![Write::Put(Item::of(key.clone(), "thing", 1, &"x"), Condition::None)]));
        assert_eq!(store.get(table, &key).await.unwrap(), None);
    }
}
