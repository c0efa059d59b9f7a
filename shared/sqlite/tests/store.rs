//! The store on its file: the contract every store keeps, and what is SQLite's own.

use std::{cell::RefCell, sync::Arc, time::Duration};

use app::{Condition, Item, Key, Query, Store, StoreError, Table, Write};
use rusqlite::Connection;
use sqlite::{OpenError, Options, SqliteStore};
use tempfile::TempDir;
use testing::contract::{self, BY_COLOUR, TABLE};

const LAGGING: Options = Options { index_lag: Some(Duration::from_millis(50)), max_pages: None };

/// Stores of one test, with the directories they are in.
#[derive(Default)]
struct Stores(RefCell<Vec<TempDir>>);

impl Stores {
    fn make(&self, options: Options) -> SqliteStore {
        let directory = tempfile::tempdir().expect("a directory can be made");
        let store = SqliteStore::open(&directory.path().join("db"), options).expect("it opens");
        self.0.borrow_mut().push(directory);
        store
    }
}

fn item(sk: &str, bytes: usize) -> Item {
    Item::of(Key::new("p", sk), "thing", 1, &"x".repeat(bytes))
}

async fn put(store: &SqliteStore, item: Item) -> Result<(), StoreError> {
    store.transact(TABLE, vec![Write::Put(item, Condition::None)]).await
}

#[tokio::test]
async fn it_keeps_the_contract_with_current_and_with_lagging_index_reads() {
    for options in [Options::default(), LAGGING] {
        let stores = Stores::default();
        contract::keeps_the_contract(async || Arc::new(stores.make(options)) as Arc<dyn Store>).await;
    }
}

#[test]
fn it_keeps_to_the_model() {
    let stores = Stores::default();
    contract::keeps_to_the_model(contract::HISTORIES, async || {
        Arc::new(stores.make(Options::default())) as Arc<dyn Store>
    });
}

#[tokio::test]
async fn index_reads_lag_where_they_are_asked_to_and_gets_never_do() {
    let stores = Stores::default();
    let slow = Options { index_lag: Some(Duration::from_hours(1)), max_pages: None };
    let store = stores.make(slow);
    let mut behind = false;
    for number in 1..=50 {
        let sk = format!("{number:03}");
        put(&store, item(&sk, 1).indexed(BY_COLOUR, "red", &sk)).await.unwrap();
        assert!(store.get(TABLE, &Key::new("p", &sk)).await.unwrap().is_some());
        behind |= store.query(TABLE, &Query::index(BY_COLOUR, "red")).await.unwrap().items.len() < number;
    }
    assert!(behind, "an hour's lag is never seen");
}

#[tokio::test]
async fn what_was_written_is_there_after_reopening_and_the_lock_is_free() {
    let directory = tempfile::tempdir().expect("a directory can be made");
    let path = directory.path().join("db");
    let store = SqliteStore::open(&path, Options::default()).unwrap();
    put(&store, item("a", 10)).await.unwrap();
    assert!(matches!(SqliteStore::open(&path, Options::default()), Err(OpenError::InUse { .. })));
    assert!(matches!(sqlite::remove(&path), Err(OpenError::InUse { .. })));
    drop(store);
    let store = SqliteStore::open(&path, Options::default()).unwrap();
    assert_eq!(store.get(TABLE, &Key::new("p", "a")).await.unwrap(), Some(item("a", 10)));
    drop(store);
    sqlite::remove(&path).unwrap();
    assert!(!path.exists());
}

#[test]
fn what_is_newer_and_what_is_not_ours_is_refused() {
    let directory = tempfile::tempdir().expect("a directory can be made");
    let path = directory.path().join("db");
    drop(SqliteStore::open(&path, Options::default()).unwrap());
    Connection::open(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();
    assert!(matches!(SqliteStore::open(&path, Options::default()), Err(OpenError::Newer { found: 99, .. })));

    let other = directory.path().join("other");
    Connection::open(&other).unwrap().execute_batch("CREATE TABLE theirs (id)").unwrap();
    assert!(matches!(SqliteStore::open(&other, Options::default()), Err(OpenError::NotOurs { .. })));
    let text = directory.path().join("text");
    std::fs::write(&text, "this is no database, and long enough to be seen as none".repeat(20)).unwrap();
    assert!(matches!(SqliteStore::open(&text, Options::default()), Err(OpenError::NotOurs { .. })));
}

#[tokio::test]
async fn transactions_share_groups_and_one_that_fails_harms_no_neighbour() {
    let stores = Stores::default();
    let store = stores.make(Options::default());
    put(&store, item("taken", 1)).await.unwrap();
    let transactions = store.transactions();
    let groups = store.groups();
    let writes = (0..200).map(|number| {
        let sk = if number % 4 == 0 { "taken".to_owned() } else { format!("{number:03}") };
        store.transact(TABLE, vec![Write::Put(item(&sk, 1), Condition::Absent)])
    });
    let refused = futures::future::join_all(writes).await.into_iter().filter(Result::is_err).count();
    assert_eq!(refused, 50);
    assert_eq!(store.transactions() - transactions, 150);
    assert!(store.groups() - groups < 150, "several share one commit: {} groups", store.groups() - groups);
    assert_eq!(store.scan(TABLE, None, 1000).await.unwrap().len(), 151);
}

#[tokio::test]
async fn a_full_disk_is_unavailable_and_nothing_is_lost_or_half_there() {
    let stores = Stores::default();
    let store = stores.make(Options { max_pages: Some(64), index_lag: None });
    put(&store, item("first", 100)).await.unwrap();
    let large =
        || vec![Write::Put(item("large", 300_000), Condition::None), Write::Put(item("beside", 10), Condition::None)];
    let full = store.transact(TABLE, large()).await;
    assert!(matches!(full, Err(StoreError::Unavailable(_))), "{full:?}");
    assert_eq!(store.get(TABLE, &Key::new("p", "beside")).await.unwrap(), None);
    put(&store, item("second", 100)).await.unwrap();
    assert_eq!(store.scan(TABLE, None, 10).await.unwrap().len(), 2);
}

#[tokio::test]
async fn what_has_expired_is_purged_and_nothing_else() {
    let stores = Stores::default();
    let store = stores.make(Options::default());
    for number in 0..250 {
        put(&store, item(&format!("{number:03}"), 1).expires_at(number)).await.unwrap();
    }
    put(&store, item("for ever", 1)).await.unwrap();
    let other = Table::new("other", &[]);
    store.transact(other, vec![Write::Put(item("a", 1).expires_at(5), Condition::None)]).await.unwrap();
    assert_eq!(store.purge_expired(199).await.unwrap(), 201);
    assert_eq!(store.scan(TABLE, None, 1000).await.unwrap().len(), 51);
    assert_eq!(store.purge_expired(199).await.unwrap(), 0);
}
