//! What tests share: a world to run one operation in, the model of the store, and the contract that every store keeps.
#![expect(clippy::missing_panics_doc, reason = "here a panic is a failed test")]

mod accounts;
pub mod aws;
pub mod contract;
pub mod emulators;

mod fixtures;
mod lagging;
mod listening;
mod memory;
mod outside;
mod runtime_api;
mod world;

pub use accounts::{user_deleted, user_updated};
pub use fixtures::keeps_its_fixtures;
pub use lagging::LaggingStore;
pub use listening::{free_port, listens};
pub use memory::MemoryStore;
pub use outside::Outside;
pub use runtime_api::{Failed, RuntimeApi};
pub use world::{
    CURSOR_KEY, CURSOR_SECRET, FileClock, ISSUER, NOON, Recorder, SeededRandom, TestClock, World, a_user, input,
    operator_signs, public_keys, sent, user, user_id,
};

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[tokio::test]
    async fn the_model_keeps_the_contract() {
        contract::keeps_the_contract(async || Arc::new(MemoryStore::default()) as Arc<dyn app::Store>).await;
    }
}
