//! The mark that a store bears in which the demo city was built.

use app::{Condition, Item, Key, Store, StoreError, Write};

use crate::dispatcher::DISPATCHER;

/// Whether this store holds a demo city.
pub async fn is_there(store: &dyn Store) -> Result<bool, StoreError> {
    Ok(store.get(DISPATCHER, &marker()).await?.is_some())
}

/// Marks a store: its city is built.
pub async fn put(store: &dyn Store) -> Result<(), StoreError> {
    let item = Item::of(marker(), "marker", 1, &());
    store.transact(DISPATCHER, vec![Write::Put(item, Condition::None)]).await
}

fn marker() -> Key {
    Key::new("CITY", "SEEDED")
}
