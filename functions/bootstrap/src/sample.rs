//! Programs and events for tests.

use std::{sync::Arc, time::Duration};

use app::{Audit, Declaration, Keys, Service, Table};
use domain::{Event, EventId, Kind, OrderKind, Timestamp};
use host::{Host, Options, Ports};
use serde_json::json;
use testing::{MemoryStore, NOON, Recorder, SeededRandom, TestClock};

use crate::program::Program;

/// What its functions write to.
pub(crate) const TABLE: Table = Table::new("samples", &[]);

/// A program of the first of these functions.
pub(crate) fn program(functions: &'static [Declaration]) -> Program {
    let ports = Ports {
        store: Arc::new(MemoryStore::default()),
        bus: Arc::new(Recorder::default()),
        clock: Arc::new(TestClock::at(NOON)),
        random: Arc::new(SeededRandom::new(1)),
        keys: Arc::new(Keys::default()),
        http: Arc::new(testing::Outside::silent()),
    };
    let service =
        Service { name: "samples", about: "", table: TABLE, functions, settings: &[], stored: &[], audit: Audit::NONE };
    let host = Arc::new(Host::new(&[service], ports, Options::default()));
    Program {
        declaration: &functions[0],
        declarations: functions,
        host,
        events: None,
        sweep_window: Duration::ZERO,
        emulator: None,
    }
}

/// An order is ready.
pub(crate) fn event(id: u8, partition: &str) -> Event {
    let now: Timestamp = NOON.parse().unwrap();
    Event {
        id: EventId::generate(now.jiff(), [id; 10]),
        kind: Kind::Order(OrderKind::Ready),
        subject: "ord".to_owned(),
        time: now,
        partition_key: partition.to_owned(),
        sequence: id.into(),
        traceparent: None,
        data: json!({}),
    }
}
