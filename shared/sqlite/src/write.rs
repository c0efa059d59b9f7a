//! The writer: every table's transactions, in groups that share one fsync.

use std::{
    sync::{Arc, atomic::Ordering, mpsc::Receiver},
    time::Instant,
};

use app::{Condition, IndexKey, Item, Key, StoreError, Write};
use rusqlite::{Connection, ErrorCode, OptionalExtension, params};
use tokio::sync::oneshot;

use crate::{
    entries,
    read::get_named,
    store::{Counts, millis},
};

/// The most transactions of one group.
const MAX_GROUP: usize = 256;
/// Pages of WAL after which it is written back: 32 MiB, so that this happens seldom and the WAL stays bounded.
const CHECKPOINT_PAGES: i64 = 8192;

/// Writes to one table that happen whole or not at all.
pub(crate) struct Transaction {
    pub(crate) table: String,
    pub(crate) writes: Vec<Write>,
    pub(crate) reply: oneshot::Sender<Result<(), StoreError>>,
}

/// The row at a key: as much of it as conditions and rewrites need.
struct StoredRow {
    id: i64,
    version: u64,
    expires_at: Option<i64>,
    entries: String,
}

/// Why a transaction was not applied.
enum Refused {
    /// A condition did not hold; nothing was written.
    Condition(StoreError),
    /// SQLite failed, perhaps after some of the writes.
    Sql(rusqlite::Error),
}

/// The one connection that writes.
pub(crate) struct Writer {
    connection: Connection,
    opened: Instant,
    /// Whether index reads lag, so that entries that go are kept for those who read behind.
    lags: bool,
    next_id: i64,
    counts: Arc<Counts>,
}

impl Writer {
    pub(crate) fn new(
        connection: Connection,
        opened: Instant,
        lags: bool,
        counts: Arc<Counts>,
    ) -> rusqlite::Result<Self> {
        let next_id = connection.query_row("SELECT ifnull(max(id), 0) + 1 FROM item", [], |row| row.get(0))?;
        let writer = Self { connection, opened, lags, next_id, counts };
        writer.index()?;
        Ok(writer)
    }

    /// Writes until nobody can send any more.
    pub(crate) fn run(mut self, transactions: &Receiver<Transaction>) {
        while let Ok(first) = transactions.recv() {
            let mut group = vec![first];
            group.extend(transactions.try_iter().take(MAX_GROUP - 1));
            self.commit(group);
            self.checkpoint();
        }
        if let Err(error) = self.index() {
            tracing::error!(%error, "a lagging index can't be made current");
        }
    }

    /// Commits a group with one fsync. Where SQLite fails within one transaction, that one is taken out and the group begins
    /// again: this costs nothing as long as nothing fails, and no transaction harms its neighbours.
    fn commit(&mut self, mut group: Vec<Transaction>) {
        while !group.is_empty() {
            match self.apply_all(&mut group) {
                Ok(outcomes) => return self.finish(group, outcomes),
                Err((index, error)) => {
                    self.roll_back();
                    let transaction = group.remove(index);
                    answer(transaction.reply, Err(outcome(&error)));
                }
            }
        }
    }

    /// Applies each transaction, or says which one SQLite failed in.
    fn apply_all(
        &mut self,
        group: &mut [Transaction],
    ) -> Result<Vec<Result<(), StoreError>>, (usize, rusqlite::Error)> {
        self.connection.execute_batch("BEGIN IMMEDIATE").map_err(|error| (0, error))?;
        let mut outcomes = Vec::with_capacity(group.len());
        for (index, transaction) in group.iter().enumerate() {
            match self.apply(transaction) {
                Ok(()) => outcomes.push(Ok(())),
                Err(Refused::Condition(error)) => outcomes.push(Err(error)),
                Err(Refused::Sql(error)) => return Err((index, error)),
            }
        }
        Ok(outcomes)
    }

    /// Commits what was applied, and answers every caller.
    fn finish(&mut self, group: Vec<Transaction>, outcomes: Vec<Result<(), StoreError>>) {
        let committed = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
        if let Err(error) = self.connection.execute_batch("COMMIT") {
            end_where_disk_failed(&error);
            self.roll_back();
            for transaction in group {
                answer(transaction.reply, Err(outcome(&error)));
            }
            return;
        }
        self.counts.groups.fetch_add(1, Ordering::Relaxed);
        self.counts.transactions.fetch_add(committed as u64, Ordering::Relaxed);
        group.into_iter().zip(outcomes).for_each(|(transaction, outcome)| answer(transaction.reply, outcome));
    }

    /// Writes a long WAL back. SQLite would do that by itself, but hides an fsync that fails then, and tries again: the
    /// second try succeeds although the pages of the first are lost, and with the WAL goes their only other copy.
    fn checkpoint(&self) {
        let done = self.wal("PRAGMA wal_checkpoint(NOOP)").and_then(|pages| {
            if pages < CHECKPOINT_PAGES { Ok(pages) } else { self.wal("PRAGMA wal_checkpoint(PASSIVE)") }
        });
        if let Err(error) = done {
            end_where_disk_failed(&error);
            tracing::warn!(%error, "the WAL can't be written back yet");
        }
    }

    /// The pages of WAL after a checkpoint, which `NOOP` only counts.
    fn wal(&self, checkpoint: &str) -> rusqlite::Result<i64> {
        self.connection.prepare_cached(checkpoint)?.query_row([], |row| row.get(1))
    }

    /// Makes a lagging index current: the next to open the file counts its times from zero, or does not lag.
    fn index(&self) -> rusqlite::Result<()> {
        let sql = "BEGIN IMMEDIATE; DELETE FROM entry WHERE gone IS NOT NULL;
                   UPDATE entry SET since = 0 WHERE since > 0; COMMIT";
        if self.lags { self.connection.execute_batch(sql) } else { Ok(()) }
    }

    fn roll_back(&self) {
        // Where SQLite has rolled back by itself there is nothing left to do.
        if !self.connection.is_autocommit()
            && let Err(error) = self.connection.execute_batch("ROLLBACK")
        {
            tracing::error!(%error, "a group can't be rolled back");
        }
    }

    /// Checks every condition, then writes.
    fn apply(&mut self, transaction: &Transaction) -> Result<(), Refused> {
        let Transaction { table, writes, .. } = transaction;
        let mut standing = Vec::with_capacity(writes.len());
        for (index, write) in writes.iter().enumerate() {
            let found = self.find(table, write.key()).map_err(Refused::Sql)?;
            if !holds(write.condition(), found.as_ref()) {
                let current =
                    get_named(&self.connection, table, write.key()).map_err(Refused::Condition)?.map(Box::new);
                return Err(Refused::Condition(StoreError::Condition { write: index, current }));
            }
            standing.push(found);
        }
        for (write, standing) in writes.iter().zip(standing) {
            match write {
                Write::Put(item, _) => self.put(table, item, standing),
                Write::Delete(..) => standing.map_or(Ok(()), |standing| self.delete(table, &standing)),
                Write::Check(..) => Ok(()),
            }
            .map_err(Refused::Sql)?;
        }
        Ok(())
    }

    fn find(&self, table: &str, key: &Key) -> rusqlite::Result<Option<StoredRow>> {
        let sql = "SELECT id, version, expires_at, entries FROM item WHERE tbl = ?1 AND pk = ?2 AND sk = ?3";
        let standing = |row: &rusqlite::Row<'_>| {
            let version: i64 = row.get(1)?;
            Ok(StoredRow {
                id: row.get(0)?,
                version: version.cast_unsigned(),
                expires_at: row.get(2)?,
                entries: row.get(3)?,
            })
        };
        self.connection.prepare_cached(sql)?.query_row(params![table, key.pk, key.sk], standing).optional()
    }

    fn put(&mut self, table: &str, item: &Item, standing: Option<StoredRow>) -> rusqlite::Result<()> {
        let entries = entries::joined(&item.indexed);
        let version = item.version.cast_signed();
        let Some(StoredRow { id, entries: before, .. }) = standing else {
            let id = self.next_id;
            self.next_id += 1;
            let sql = "INSERT INTO item (id, tbl, pk, sk, kind, version, body, expires_at, entries)
                       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
            let Item { key, kind, body, expires_at, .. } = item;
            let values = params![id, table, key.pk, key.sk, kind, version, body, expires_at, entries];
            self.connection.prepare_cached(sql)?.execute(values)?;
            return item.indexed.iter().try_for_each(|entry| self.add_entry(table, id, entry));
        };
        let sql = "UPDATE item SET kind = ?2, version = ?3, body = ?4, expires_at = ?5, entries = ?6 WHERE id = ?1";
        let values = params![id, item.kind, version, item.body, item.expires_at, entries];
        self.connection.prepare_cached(sql)?.execute(values)?;
        if before == entries {
            return Ok(());
        }
        let had: Vec<&str> = entries::split(&before).collect();
        let has: Vec<String> = item.indexed.iter().map(entries::text).collect();
        for gone in had.iter().filter(|entry| !has.iter().any(|one| one == *entry)) {
            self.remove_entry(table, id, gone)?;
        }
        let added = item.indexed.iter().zip(&has).filter(|(_, text)| !had.contains(&text.as_str()));
        added.map(|(entry, _)| entry).try_for_each(|entry| self.add_entry(table, id, entry))
    }

    fn delete(&self, table: &str, standing: &StoredRow) -> rusqlite::Result<()> {
        self.connection.prepare_cached("DELETE FROM item WHERE id = ?1")?.execute([standing.id])?;
        entries::split(&standing.entries).try_for_each(|entry| self.remove_entry(table, standing.id, entry))
    }

    fn add_entry(&self, table: &str, id: i64, entry: &IndexKey) -> rusqlite::Result<()> {
        let sql = "INSERT INTO entry (tbl, idx, pk, sk, item, since) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                   ON CONFLICT DO UPDATE SET since = excluded.since, gone = NULL";
        let values = params![table, entry.index.0, entry.pk, entry.sk, id, self.entry_time_ms()];
        self.connection.prepare_cached(sql)?.execute(values).map(drop)
    }

    fn remove_entry(&self, table: &str, id: i64, entry: &str) -> rusqlite::Result<()> {
        let [index, pk, sk] = entries::parts(entry);
        let which = "WHERE tbl = ?1 AND idx = ?2 AND pk = ?3 AND sk = ?4 AND item = ?5";
        if self.lags {
            let sql = format!("UPDATE entry SET gone = ?6 {which}");
            let values = params![table, index, pk, sk, id, self.entry_time_ms()];
            return self.connection.prepare_cached(&sql)?.execute(values).map(drop);
        }
        let sql = format!("DELETE FROM entry {which}");
        self.connection.prepare_cached(&sql)?.execute(params![table, index, pk, sk, id]).map(drop)
    }

    /// When an entry came or went, in milliseconds since opening; 0 where reads are current.
    fn entry_time_ms(&self) -> i64 {
        if self.lags { i64::try_from(millis(self.opened.elapsed())).unwrap_or(i64::MAX) } else { 0 }
    }
}

fn holds(condition: Condition, standing: Option<&StoredRow>) -> bool {
    match (condition, standing) {
        (Condition::None, _)
        | (Condition::Absent | Condition::AbsentOrExpired(_), None)
        | (Condition::Exists, Some(_)) => true,
        (Condition::Absent, Some(_)) | (Condition::Exists | Condition::Version(_), None) => false,
        (Condition::AbsentOrExpired(now), Some(standing)) => standing.expires_at.is_some_and(|at| at <= now),
        (Condition::Version(version), Some(standing)) => standing.version == version,
    }
}

/// After a failed write or fsync nobody knows what is on disk, and SQLite would go on as if it did.
fn end_where_disk_failed(error: &rusqlite::Error) {
    if error.sqlite_error_code() == Some(ErrorCode::SystemIoFailure) {
        tracing::error!(%error, "what was committed did not reach the disk; better down than lying");
        std::process::abort();
    }
}

fn outcome(error: &rusqlite::Error) -> StoreError {
    StoreError::Unavailable(error.to_string())
}

fn answer(reply: oneshot::Sender<Result<(), StoreError>>, outcome: Result<(), StoreError>) {
    // The caller may have gone; what was committed stays committed.
    drop(reply.send(outcome));
}
