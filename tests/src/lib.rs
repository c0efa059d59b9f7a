//! A town to test in: the local process with a real store, real events, real HTTP, and a clock that only the test moves.
#![expect(clippy::missing_panics_doc, reason = "here a panic is a failed test")]
#![expect(clippy::return_self_not_must_use, reason = "a reply is expected for its own sake")]

mod conformance;
pub mod deployed;
pub mod fleet;
pub mod ingress;
pub mod order;
mod people;
mod queues;
mod town;

pub use people::{PASSWORD, Person, Restaurant, address, an_id, delivery_of, home, payment_of, restaurant, soup};
pub use queues::Queues;
pub use town::{Held, Reply, Town, TownOptions};
