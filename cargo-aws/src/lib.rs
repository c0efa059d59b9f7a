//! AWS on this computer: an emulator with tables, topic and queues, and what hands events from the queues to functions that
//! other tools run.

pub mod deploy;
pub mod environment;
pub mod install;
pub mod keys;
pub mod names;
pub mod pages;
pub mod queues;
pub mod tables;
pub mod tool;
pub mod up;

mod bridge;
mod emulator;
mod engine;
mod invoke;
mod presence;
mod relay;
mod say;

pub use emulator::Emulator;
pub use engine::bridge_address;
pub use invoke::LambdaApi;
pub use say::say;

/// The services whose functions are run.
pub const SERVICES: &[app::Service] = bootstrap::SERVICES;
