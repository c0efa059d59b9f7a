//! What tests share: a world to run one operation in, the model of the store, and the contract that every store keeps.
#![expect(clippy::missing_panics_doc, reason = "here a panic is a failed test")]

mod memory;
mod world;

pub use memory::MemoryStore;
pub use world::{NOON, SeededRandom, TestClock, World, a_user, input, user, user_id};
