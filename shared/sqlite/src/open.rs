//! Opening the file: its lock, its format, its schema.

use std::{
    fs::{self, File, TryLockError},
    io,
    path::{Path, PathBuf},
    time::Duration,
};

use rusqlite::{Connection, OpenFlags, config::DbConfig};

/// Says that a file is ours: "TIFN".
const APPLICATION_ID: i32 = 0x5449_464e;
/// The format this program writes.
const FORMAT: i32 = 1;
/// How many statements a connection keeps prepared.
const STATEMENTS: usize = 64;

/// Items are rows in order of creation, so that what is written together is stored together; their key is an index.
/// An entry of a named index points to its item's row. `entries` repeats an item's own entries, so that a rewrite touches
/// only those that change. `since` and `gone` are for lagging reads, in milliseconds since the store was opened.
const SCHEMA: &str = "
    CREATE TABLE item (
        id INTEGER PRIMARY KEY, tbl TEXT NOT NULL, pk TEXT NOT NULL, sk TEXT NOT NULL, kind TEXT NOT NULL,
        version INTEGER NOT NULL, body TEXT NOT NULL, expires_at INTEGER, entries TEXT NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX item_key ON item (tbl, pk, sk);
    CREATE INDEX item_expiry ON item (expires_at) WHERE expires_at IS NOT NULL;
    CREATE TABLE entry (
        tbl TEXT NOT NULL, idx TEXT NOT NULL, pk TEXT NOT NULL, sk TEXT NOT NULL, item INTEGER NOT NULL,
        since INTEGER NOT NULL, gone INTEGER, PRIMARY KEY (tbl, idx, pk, sk, item)
    ) STRICT, WITHOUT ROWID;
";

/// How a store is opened.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// How far index reads may lag behind, for tests; current where none.
    pub index_lag: Option<Duration>,
    /// The most pages the file may have; without a limit where none.
    pub max_pages: Option<u32>,
}

/// Why a file can't be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process has it open.
    #[error("{path} is in use by another process")]
    InUse { path: PathBuf },
    /// It was written by a newer program.
    #[error("{path} is of format {found}, newer than the {known} that this program knows; use a newer tiffin")]
    Newer {
        path: PathBuf,
        found: i32,
        /// The newest format known.
        known: i32,
    },
    /// It is another program's.
    #[error("{path} is not a tiffin database")]
    NotOurs { path: PathBuf },
    /// It can't be read or written.
    #[error("{path} can't be opened: {reason}")]
    Io { path: PathBuf, reason: String },
}

/// Opens the writer's connection, and the lock that keeps other processes out while it lives.
pub(crate) fn writer(path: &Path, options: Options) -> Result<(Connection, File), OpenError> {
    let lock = lock(path)?;
    let failed = |error: rusqlite::Error| match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::NotADatabase) => OpenError::NotOurs { path: path.to_owned() },
        _ => OpenError::Io { path: path.to_owned(), reason: error.to_string() },
    };
    let connection = Connection::open(path).map_err(failed)?;
    prepare(&connection).map_err(failed)?;
    let (id, format) = stamp(&connection).map_err(failed)?;
    let is_new = id == 0 && format == 0 && is_empty(&connection).map_err(failed)?;
    if !is_new && id != APPLICATION_ID {
        return Err(OpenError::NotOurs { path: path.to_owned() });
    }
    if format > FORMAT {
        return Err(OpenError::Newer { path: path.to_owned(), found: format, known: FORMAT });
    }
    // The writer writes the WAL back itself, where it sees what fails.
    let pragmas = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0;
                   PRAGMA cache_size = -16384; PRAGMA temp_store = MEMORY;";
    connection.execute_batch(pragmas).map_err(failed)?;
    if is_new {
        let stamped = format!(
            "BEGIN; {SCHEMA} PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {FORMAT}; COMMIT;"
        );
        connection.execute_batch(&stamped).map_err(failed)?;
    }
    if let Some(pages) = options.max_pages {
        connection.execute_batch(&format!("PRAGMA max_page_count = {pages}")).map_err(failed)?;
    }
    Ok((connection, lock))
}

/// Opens a reader's connection.
pub(crate) fn reader(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    prepare(&connection)?;
    // Otherwise a cached statement is planned again whenever its values change: a tenth of what a search costs.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.execute_batch("PRAGMA cache_size = -4096; PRAGMA mmap_size = 33554432;")?;
    Ok(connection)
}

/// Removes a store's files, unless a process has them open.
pub fn remove(path: &Path) -> Result<(), OpenError> {
    let _lock = lock(path)?;
    for suffix in ["", "-wal", "-shm"] {
        let file = PathBuf::from(format!("{}{suffix}", path.display()));
        match fs::remove_file(&file) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(io_error(path, &error)),
            _ => {}
        }
    }
    Ok(())
}

fn prepare(connection: &Connection) -> rusqlite::Result<()> {
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.busy_timeout(Duration::from_secs(5))
}

fn stamp(connection: &Connection) -> rusqlite::Result<(i32, i32)> {
    let read = |pragma| connection.pragma_query_value(None, pragma, |row| row.get(0));
    Ok((read("application_id")?, read("user_version")?))
}

fn is_empty(connection: &Connection) -> rusqlite::Result<bool> {
    connection.query_row("SELECT count(*) = 0 FROM sqlite_schema", [], |row| row.get(0))
}

fn lock(path: &Path) -> Result<File, OpenError> {
    let beside = PathBuf::from(format!("{}.lock", path.display()));
    let file = File::create(beside).map_err(|error| io_error(path, &error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::InUse { path: path.to_owned() }),
        Err(TryLockError::Error(error)) => Err(io_error(path, &error)),
    }
}

fn io_error(path: &Path, error: &io::Error) -> OpenError {
    OpenError::Io { path: path.to_owned(), reason: error.to_string() }
}
