//! What calls cost, in read and write units: a line each at debug level, for measurements.

use aws_sdk_dynamodb::types::{ConsumedCapacity, ReturnConsumedCapacity};

/// What is asked for with every call.
pub(crate) const ASKED: ReturnConsumedCapacity = ReturnConsumedCapacity::Total;

/// Logs the units of a read.
pub(crate) fn read(consumed: &[ConsumedCapacity]) {
    tracing::debug!(read_units = units(consumed), "consumed");
}

/// Logs the units of a write.
pub(crate) fn written(consumed: &[ConsumedCapacity]) {
    tracing::debug!(write_units = units(consumed), "consumed");
}

fn units(consumed: &[ConsumedCapacity]) -> f64 {
    consumed.iter().filter_map(ConsumedCapacity::capacity_units).sum()
}
