//! The thread that writes, and its file.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
        mpsc::{self, Receiver, Sender},
    },
    thread,
};

use anyhow::{Context as _, Result};
use rusqlite::{Connection, OptionalExtension as _, params};
use tokio::sync::oneshot;

use crate::bench::{load::Committed, template::Row};

/// The most orders of one group, as the store has it.
const MAX_GROUP: usize = 256;

/// As durable as the store's file, and cached alike.
const PRAGMAS: &str = "
    PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 8192; PRAGMA cache_size = -16384;
    PRAGMA temp_store = MEMORY;
";
const SCHEMA: &str = "
    CREATE TABLE item (
        pk TEXT NOT NULL, sk TEXT NOT NULL, kind TEXT NOT NULL, version INTEGER NOT NULL, body TEXT NOT NULL,
        expires_at INTEGER, PRIMARY KEY (pk, sk)
    ) STRICT;
    CREATE INDEX item_expiry ON item (expires_at) WHERE expires_at IS NOT NULL;
    CREATE TABLE entry (
        idx TEXT NOT NULL, pk TEXT NOT NULL, sk TEXT NOT NULL, item INTEGER NOT NULL, PRIMARY KEY (idx, pk, sk)
    ) STRICT, WITHOUT ROWID;
";

/// An order to write.
pub(super) struct Job {
    pub(super) rows: Vec<Row>,
    /// Whether they are written now, and on disk.
    pub(super) reply: oneshot::Sender<bool>,
}

/// A handle to the thread, which ends with the last handle.
#[derive(Clone)]
pub(super) struct Writer {
    queue: Sender<Job>,
    transactions: Arc<AtomicU64>,
    groups: Arc<AtomicU64>,
}

impl Writer {
    /// Makes the file and starts the thread.
    pub(super) fn open(path: &Path) -> Result<Self> {
        let connection = Connection::open(path)?;
        connection.execute_batch(PRAGMAS)?;
        connection.execute_batch(SCHEMA)?;
        let (queue, jobs) = mpsc::channel();
        let writer = Self { queue, transactions: Arc::default(), groups: Arc::default() };
        let transactions = writer.transactions.clone();
        let groups = writer.groups.clone();
        let write_all = move || {
            while let Some(group) = next_group(&jobs) {
                // A failure shows as a missing answer; a client that has gone needs none.
                let Ok(written) = write(&connection, &group) else { return };
                groups.fetch_add(1, Ordering::Relaxed);
                transactions.fetch_add(written.len() as u64, Ordering::Relaxed);
                group.into_iter().zip(written).for_each(|(job, written)| job.reply.send(written).unwrap_or_default());
            }
        };
        thread::Builder::new().name("rows-writer".to_owned()).spawn(write_all)?;
        Ok(writer)
    }

    /// Hands an order to the thread.
    pub(super) fn submit(&self, job: Job) -> Result<()> {
        self.queue.send(job).ok().context("the writer has stopped")
    }

    /// How much was committed so far.
    pub(super) fn committed(&self) -> Committed {
        let [transactions, groups] = [&self.transactions, &self.groups].map(|count| count.load(Ordering::Relaxed));
        Committed { transactions, groups }
    }
}

/// The jobs that wait now; `None` once there are no handles.
fn next_group(jobs: &Receiver<Job>) -> Option<Vec<Job>> {
    let mut group = vec![jobs.recv().ok()?];
    group.extend(jobs.try_iter().take(MAX_GROUP - 1));
    Some(group)
}

/// Writes a group with one fsync; returns which of its orders were new.
fn write(connection: &Connection, group: &[Job]) -> rusqlite::Result<Vec<bool>> {
    connection.execute_batch("BEGIN IMMEDIATE")?;
    let written = group.iter().map(|job| write_order(connection, &job.rows)).collect();
    connection.execute_batch("COMMIT")?;
    written
}

fn write_order(connection: &Connection, rows: &[Row]) -> rusqlite::Result<bool> {
    let mut look = connection.prepare_cached("SELECT expires_at FROM item WHERE pk = ?1 AND sk = ?2")?;
    for Row { item, .. } in rows.iter().filter(|row| row.must_be_new) {
        if look.query_row(params![item.key.pk, item.key.sk], |row| row.get::<_, Option<i64>>(0)).optional()?.is_some() {
            return Ok(false);
        }
    }
    let mut put = connection.prepare_cached("INSERT INTO item VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?;
    let mut enter = connection.prepare_cached("INSERT INTO entry VALUES (?1, ?2, ?3, ?4)")?;
    for Row { item, .. } in rows {
        let version = i64::try_from(item.version).unwrap_or(i64::MAX);
        put.execute(params![item.key.pk, item.key.sk, item.kind, version, item.body, item.expires_at])?;
        let id = connection.last_insert_rowid();
        for entry in &item.indexed {
            enter.execute(params![entry.index.0, entry.pk, entry.sk, id])?;
        }
    }
    Ok(true)
}
