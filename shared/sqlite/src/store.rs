//! The store: a queue to the writer's thread, and a pool of readers.

use std::{
    fs::File,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
        mpsc,
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use app::{Condition, Item, Key, Query, QueryPage, Store, StoreError, Table, Write};
use futures::future::{BoxFuture, ready};
use rusqlite::Connection;
use tokio::sync::oneshot;

use crate::{
    open::{self, OpenError, Options},
    read,
    write::{Transaction, Writer},
};

/// The most expired items deleted in one transaction.
const PURGE_BATCH: usize = 100;

/// A store on one file. Clones share it; the last one to go closes it.
#[derive(Clone)]
pub struct SqliteStore(Arc<Shared>);

struct Shared {
    path: PathBuf,
    readers: Mutex<Vec<Connection>>,
    queue: Option<mpsc::Sender<Transaction>>,
    writer: Option<JoinHandle<()>>,
    counts: Arc<Counts>,
    opened: Instant,
    lag: Option<Duration>,
}

/// What the writer has done since the store was opened.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    pub(crate) transactions: AtomicU64,
    pub(crate) groups: AtomicU64,
}

impl SqliteStore {
    /// Opens the file, or makes it.
    pub fn open(path: &Path, options: Options) -> Result<Self, OpenError> {
        let (connection, lock) = open::writer(path, options)?;
        let (queue, transactions) = mpsc::channel();
        let opened = Instant::now();
        let counts = Arc::new(Counts::default());
        let failed = |reason: String| OpenError::Io { path: path.to_owned(), reason };
        let lags = options.index_lag.is_some();
        let writer =
            Writer::new(connection, opened, lags, counts.clone()).map_err(|error| failed(error.to_string()))?;
        let thread = thread::Builder::new().name("sqlite-writer".to_owned());
        let thread =
            thread.spawn(move || run(writer, &transactions, lock)).map_err(|error| failed(error.to_string()))?;
        Ok(Self(Arc::new(Shared {
            path: path.to_owned(),
            readers: Mutex::default(),
            queue: Some(queue),
            writer: Some(thread),
            counts,
            opened,
            lag: options.index_lag,
        })))
    }

    /// How many transactions were committed since it was opened.
    pub fn transactions(&self) -> u64 {
        self.0.counts.transactions.load(Ordering::Relaxed)
    }

    /// How many groups of transactions were committed, each with one fsync.
    pub fn groups(&self) -> u64 {
        self.0.counts.groups.load(Ordering::Relaxed)
    }

    /// Deletes what had expired by this Unix second. Returns how many items that were.
    pub async fn purge_expired(&self, now_s: i64) -> Result<usize, StoreError> {
        let mut count = 0;
        loop {
            let expired = self.read(|connection| read::expired(connection, now_s, PURGE_BATCH))?;
            let Some((table, _)) = expired.first() else { return Ok(count) };
            let table = table.clone();
            let of_table = expired.into_iter().filter(|(one, _)| *one == table);
            // On the condition that it is still expired: it may have been written again meanwhile.
            let deletes =
                of_table.map(|(_, key)| Write::Delete(key, Condition::AbsentOrExpired(now_s))).collect::<Vec<_>>();
            count += deletes.len();
            self.submit(table, deletes).await?;
        }
    }

    /// Reads where it is called: a read of warm pages takes microseconds, less than handing it to another thread would.
    fn read<T>(&self, read: impl FnOnce(&Connection) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let pooled = self.0.readers.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = match pooled {
            Some(connection) => connection,
            None => open::reader(&self.0.path).map_err(|error| StoreError::Unavailable(error.to_string()))?,
        };
        let result = read(&connection);
        self.0.readers.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        result
    }

    async fn submit(&self, table: String, writes: Vec<Write>) -> Result<(), StoreError> {
        let gone = || StoreError::Unavailable("the writer has stopped".to_owned());
        let (reply, answer) = oneshot::channel();
        let queue = self.0.queue.as_ref().ok_or_else(gone)?;
        queue.send(Transaction { table, writes, reply }).map_err(|_| gone())?;
        answer.await.map_err(|_| StoreError::Unknown)?
    }

    /// The time as of which an index is read, in milliseconds since opening; none where reads are current.
    fn seen_at(&self) -> Option<u64> {
        let lag = self.0.lag?;
        // How far one read lags is taken from the clock's own fine digits: any spread over the range will do.
        let now = self.0.opened.elapsed();
        let lag = lag.mul_f64(f64::from(now.subsec_nanos() % 1000) / 1000.0);
        Some(millis(now.saturating_sub(lag)))
    }
}

impl Store for SqliteStore {
    fn get<'a>(&'a self, table: Table, key: &'a Key) -> BoxFuture<'a, Result<Option<Item>, StoreError>> {
        Box::pin(ready(self.read(|connection| read::get(connection, table, key))))
    }

    fn get_many<'a>(&'a self, table: Table, keys: &'a [Key]) -> BoxFuture<'a, Result<Vec<Item>, StoreError>> {
        Box::pin(ready(self.read(|connection| read::get_many(connection, table, keys))))
    }

    fn query<'a>(&'a self, table: Table, query: &'a Query) -> BoxFuture<'a, Result<QueryPage, StoreError>> {
        Box::pin(ready(self.read(|connection| read::query(connection, table, query, self.seen_at()))))
    }

    fn transact(&self, table: Table, writes: Vec<Write>) -> BoxFuture<'_, Result<(), StoreError>> {
        Box::pin(self.submit(table.name.to_owned(), writes))
    }

    fn scan<'a>(
        &'a self,
        table: Table,
        after: Option<&'a Key>,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<Item>, StoreError>> {
        Box::pin(ready(self.read(|connection| read::scan(connection, table, after, limit))))
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        // The writer is to be the last to close the file: that writes the WAL back and removes it.
        self.readers.get_mut().unwrap_or_else(PoisonError::into_inner).clear();
        // Without a queue the writer ends once it has written what waits; only then is the file closed.
        drop(self.queue.take());
        if let Some(writer) = self.writer.take()
            && writer.join().is_err()
        {
            tracing::error!("the writer of the store panicked");
        }
    }
}

/// The writer's thread. The lock goes with it, after the connection.
fn run(writer: Writer, transactions: &mpsc::Receiver<Transaction>, lock: File) {
    writer.run(transactions);
    drop(lock);
}

pub(crate) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
