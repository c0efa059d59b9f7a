//! The store port on one embedded SQLite file: one writer with group commit, readers in parallel.

mod entries;
mod open;
mod read;
mod store;
mod write;

pub use open::{OpenError, Options, remove};
pub use store::SqliteStore;
