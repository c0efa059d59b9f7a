//! Sweeps: scheduled functions that act on deadlines.

use std::future::Future;

use domain::Timestamp;
use schemars::JsonSchema;

use crate::{Changes, Context, Failure, Function, Index, Item, Key, Query, System, Table, sharded};

/// A service's schedule. The host reads what is due from the index, hands over each key, and commits what was decided;
/// it also publishes what earlier commits left in the service's outbox. Its doc comment is its description.
pub trait Sweep: JsonSchema + 'static {
    /// Its name, grants and requirements.
    const FUNCTION: Function;
    /// The service's table.
    const TABLE: Table;
    /// Its sparse index of deadlines, partitioned by [`due_key`].
    const DUE: Index;
    /// How often it runs where a scheduler must be given a period, in seconds. The local process sweeps every second.
    const PERIOD_S: u32 = 60;

    /// Decides what a passed deadline means. What turns out not to be due changes nothing.
    fn decide(context: &Context, system: &System, key: &Key) -> impl Future<Output = Result<Changes, Failure>> + Send;
}

/// The partition name of every deadline index.
const DUE_PARTITION: &str = "DUE";

/// What is in a deadline index, by its deadline; to be read sharded.
pub fn due_query(index: Index) -> Query {
    Query::index(index, DUE_PARTITION)
}

/// Enters an item in its service's deadline index, if it has a deadline.
#[must_use]
pub fn due_key(item: Item, index: Index, deadline: Option<Timestamp>) -> Item {
    let Some(deadline) = deadline else { return item };
    let partition = sharded(DUE_PARTITION, &item.key.pk);
    let sort_key = format!("{deadline}#{}#{}", item.key.pk, item.key.sk);
    item.indexed(index, partition, sort_key)
}
