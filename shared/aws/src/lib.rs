//! How the SDK of AWS reaches it: through our HTTP client, with credentials from where the platform puts them.

mod config;
mod connector;

pub use config::{config, emulated};
