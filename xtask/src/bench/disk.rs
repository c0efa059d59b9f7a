//! The disk: how long it takes until 4 KiB are on it.

use std::{
    fs::File,
    io::Write as _,
    path::Path,
    time::{Duration, Instant},
};

use anyhow::Result;

/// How many writes are timed.
const TRIES: usize = 200;
/// What is written at once, in bytes: a page of SQLite's.
const PAGE_BYTES: usize = 4096;

/// The median of writing a page to the end of a file in `directory` and waiting for it to be on disk.
pub(super) fn sync_latency(directory: &Path) -> Result<Duration> {
    let path = tempfile::Builder::new().prefix("bench-").tempfile_in(directory)?.into_temp_path();
    let mut file = File::create(&path)?;
    let mut took = Vec::with_capacity(TRIES);
    for _ in 0..TRIES {
        let begun = Instant::now();
        file.write_all(&[7; PAGE_BYTES])?;
        file.sync_data()?;
        took.push(begun.elapsed());
    }
    Ok(median(took))
}

pub(super) fn median<T: Ord + Default>(mut values: Vec<T>) -> T {
    values.sort_unstable();
    let middle = values.len() / 2;
    values.into_iter().nth(middle).unwrap_or_default()
}
