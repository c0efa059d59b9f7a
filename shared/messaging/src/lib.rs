//! The bus port on what carries events between programs: SNS with SQS behind it, and HTTP with `CloudEvents`.

pub mod cloudevents;
mod http_bus;
mod sns;
pub mod sqs;

pub use http_bus::{HttpBus, NoSink};
pub use sns::SnsBus;
