//! The bus port on what carries events between programs: SNS with SQS behind it, and HTTP with `CloudEvents`.

pub mod cloudevents;
mod http_bus;
mod object;
#[cfg(test)]
mod samples;
mod sns;
pub mod sqs;

use std::time::Duration;

use app::PUBLISH_BUDGET;

pub use http_bus::{HttpBus, NoSink};
pub use sns::SnsBus;

/// How long publishing may take in all, so that the committer still learns what was taken.
const TIMEOUT: Duration = PUBLISH_BUDGET.saturating_sub(Duration::from_millis(100));
