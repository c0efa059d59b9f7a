//! The contract that every store keeps: cases, and random histories compared with the model.

mod cases;
mod model;

use std::sync::Arc;

use app::{Index, Store, Table};
use futures::future::BoxFuture;

pub use model::{HISTORIES, keeps_to_the_model};

/// The table that the contract is tried on.
pub const TABLE: Table = Table::new("contract", &[BY_COLOUR, BY_SIZE]);
/// A table beside it, with an index of the same name.
pub const OTHER: Table = Table::new("other", &[BY_COLOUR]);
pub const BY_COLOUR: Index = Index("by-colour");
pub const BY_SIZE: Index = Index("by-size");

/// One promise of the contract, tried on an empty store.
pub type Case = for<'a> fn(&'a Arc<dyn Store>) -> BoxFuture<'a, ()>;

/// Every promise, by name.
pub const CASES: &[(&str, Case)] = cases::ALL;

/// Tries every promise, each on a store of its own.
#[expect(clippy::print_stderr, reason = "says which promise was broken")]
pub async fn keeps_the_contract(make: impl AsyncFn() -> Arc<dyn Store>) {
    for (name, case) in CASES {
        // Shown where the case fails.
        eprintln!("{name}");
        case(&make().await).await;
    }
}
