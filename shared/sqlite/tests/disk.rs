//! What a store leaves on the disk, and what it does where the disk fails.
#![cfg(unix)]

use std::{
    os::unix::process::ExitStatusExt,
    path::Path,
    process::{Command, ExitStatus},
    time::Duration,
};

use app::{Condition, Item, Key, Query, Store, Write};
use sqlite::{Options, SqliteStore};
use testing::contract::{BY_COLOUR, TABLE};

const LAGGING: Options = Options { index_lag: Some(Duration::from_millis(1)), max_pages: None };
/// Says to the program that fills a store where it is.
const FILL: &str = "TIFFIN_TEST_FILL";
/// What is written at once, in bytes, and how often: twice what the WAL may hold.
const CHUNK: usize = 1 << 20;
const CHUNKS: u64 = 70;
const SIGABRT: i32 = 6;

fn item(body: &str) -> Item {
    Item::of(Key::new("p", "a"), "thing", 1, &body)
}

async fn put(store: &SqliteStore, item: Item) {
    store.transact(TABLE, vec![Write::Put(item, Condition::None)]).await.expect("it is written");
}

async fn reds(store: &SqliteStore) -> Vec<String> {
    store.query(TABLE, &Query::index(BY_COLOUR, "red")).await.expect("it is read").sort_keys
}

#[tokio::test]
async fn entries_written_by_a_lagging_store_are_seen_by_the_next() {
    let directory = tempfile::tempdir().unwrap();
    for next in [LAGGING, Options::default()] {
        let path = directory.path().join(format!("{}.db", next.index_lag.is_some()));
        let store = SqliteStore::open(&path, LAGGING).unwrap();
        put(&store, item("x").indexed(BY_COLOUR, "red", "gone")).await;
        tokio::time::sleep(Duration::from_millis(500)).await;
        put(&store, item("x").indexed(BY_COLOUR, "red", "kept")).await;
        drop(store);
        let store = SqliteStore::open(&path, next).unwrap();
        assert_eq!(reds(&store).await, ["kept"]);
    }
}

#[tokio::test]
async fn index_keys_may_hold_any_character() {
    let directory = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&directory.path().join("db"), Options::default()).unwrap();
    for odd in ["1\u{1b}", "1\u{1e}x", "1\u{1f}x"] {
        put(&store, item("x").indexed(BY_COLOUR, "red", "1").indexed(BY_COLOUR, "red", odd)).await;
        put(&store, item("x").indexed(BY_COLOUR, "red", "1")).await;
        assert_eq!(reds(&store).await, ["1"], "{odd:?}");
    }
}

#[tokio::test]
async fn any_version_comes_back() {
    let directory = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&directory.path().join("db"), Options::default()).unwrap();
    for version in [0, 1 << 63, u64::MAX] {
        put(&store, Item { version, ..item("x") }).await;
        let read = store.get(TABLE, &Key::new("p", "a")).await.unwrap().expect("it is there");
        assert_eq!(read.version, version);
        store.transact(TABLE, vec![Write::Check(read.key, Condition::Version(version))]).await.unwrap();
    }
}

#[tokio::test]
async fn a_store_that_is_closed_leaves_no_wal() {
    let directory = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&directory.path().join("db"), Options::default()).unwrap();
    put(&store, item("x")).await;
    store.get(TABLE, &Key::new("p", "a")).await.unwrap();
    drop(store);
    assert!(!directory.path().join("db-wal").exists());
}

#[test]
fn a_commit_that_does_not_reach_the_disk_ends_the_process() {
    let directory = tempfile::tempdir().unwrap();
    assert_eq!(fill(&directory.path().join("db"), 8).signal(), Some(SIGABRT));
}

/// At its end the WAL is far from this limit, so that it can be nothing but the file itself that reaches it.
#[test]
fn a_checkpoint_that_does_not_reach_the_disk_ends_the_process() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("db");
    assert_eq!(fill(&path, 52).signal(), Some(SIGABRT));
    assert!(fill(&directory.path().join("sound"), 1000).success());
}

/// Runs the filling in a process that can write no file beyond this many MiB.
fn fill(path: &Path, most_mib: u64) -> ExitStatus {
    // A limit that is reached is a signal, which would end the process by itself, and then an error, which is wanted.
    let script = format!("trap '' XFSZ; ulimit -c 0; ulimit -f {}; exec \"$@\"", most_mib * 2048);
    Command::new("sh")
        .args(["-c", &script, "sh"])
        .arg(std::env::current_exe().expect("a test has a program"))
        .args(["--exact", "fills_a_store", "--ignored", "--nocapture"])
        .env(FILL, path)
        .status()
        .expect("a process can be started")
}

#[tokio::test]
#[ignore = "is run by others, in a process of its own"]
async fn fills_a_store() {
    let Ok(path) = std::env::var(FILL) else { return };
    let store = SqliteStore::open(Path::new(&path), Options::default()).unwrap();
    for number in 0..CHUNKS {
        let item = Item { key: Key::new("p", number), ..item(&"x".repeat(CHUNK)) };
        put(&store, item).await;
    }
}
