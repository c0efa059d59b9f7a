//! Events for tests.

use domain::{Event, EventId};

use crate::cloudevents::tests;

/// An event of its own of that partition.
pub(crate) fn event(partition: &str, sequence: u64) -> Event {
    let mut random = [0; 10];
    random[1] = partition.bytes().next().unwrap_or_default();
    random[2..].copy_from_slice(&sequence.to_be_bytes());
    let id = EventId::generate(jiff::Timestamp::UNIX_EPOCH, random);
    Event { id, partition_key: partition.to_owned(), sequence, ..tests::event() }
}
