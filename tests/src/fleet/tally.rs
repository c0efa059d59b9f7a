//! What a town has cost so far.

use std::{
    ops::Sub,
    sync::{Mutex, PoisonError},
};

use serde_json::Value;
use tokio::sync::watch;

/// The quantities that AWS bills.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Cost {
    pub invocations: u64,
    /// Messages that functions received from queues.
    pub messages: u64,
    /// Read request units of DynamoDB.
    pub read_units: f64,
    /// Write request units of DynamoDB.
    pub write_units: f64,
}

impl Sub for Cost {
    type Output = Self;

    fn sub(self, earlier: Self) -> Self {
        Self {
            invocations: self.invocations - earlier.invocations,
            messages: self.messages - earlier.messages,
            read_units: self.read_units - earlier.read_units,
            write_units: self.write_units - earlier.write_units,
        }
    }
}

/// Adds up while programs run.
#[derive(Debug, Default)]
pub struct Tally {
    cost: Mutex<Cost>,
    /// How many logs are being read.
    reading: watch::Sender<usize>,
}

impl Tally {
    /// A log is read from now on.
    pub(super) fn begins(&self) {
        self.reading.send_modify(|count| *count += 1);
    }

    /// A log was read to its end.
    pub(super) fn ends(&self) {
        self.reading.send_modify(|count| *count -= 1);
    }

    /// Waits until every log was read to its end.
    pub(super) async fn read_out(&self) {
        // The sender lives as long as `self`, so waiting can't fail.
        drop(self.reading.subscribe().wait_for(|count| *count == 0).await);
    }

    /// The cost so far.
    pub fn cost(&self) -> Cost {
        *self.cost.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts an invocation, and the messages in its batch.
    pub(super) fn invoked(&self, payload: &Value) {
        self.add(|cost| {
            cost.invocations += 1;
            cost.messages += payload["Records"].as_array().map_or(0, Vec::len) as u64;
        });
    }

    /// Adds what a program logged that it consumed.
    pub(super) fn logged(&self, entry: &Value) {
        self.add(|cost| {
            cost.read_units += entry["read_units"].as_f64().unwrap_or_default();
            cost.write_units += entry["write_units"].as_f64().unwrap_or_default();
        });
    }

    fn add(&self, change: impl FnOnce(&mut Cost)) {
        change(&mut self.cost.lock().unwrap_or_else(PoisonError::into_inner));
    }
}
