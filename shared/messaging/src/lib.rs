//! The bus port on what carries events between programs: SNS with SQS behind it, and HTTP with `CloudEvents`.

pub mod cloudevents;
mod http_bus;
mod object;
#[cfg(test)]
mod samples;
mod sns;
pub mod sqs;

pub use http_bus::{HttpBus, NoSink};
pub use sns::SnsBus;

/// How long the door waits for a bus: after that, what was taken is forgotten and published again.
#[cfg(test)]
const ALL_THE_DOOR_WAITS: std::time::Duration = std::time::Duration::from_secs(1);
