//! The pages over HTTP: what is served of `frontend/`, at which addresses, and with which headers.

mod config;
mod directory;
mod embedded;
mod file;
mod list;
mod policy;
mod routes;

pub use config::{Api, Area, Config, Means, WrongConfig};
pub use file::Files;
pub use routes::{Demo, NoDemo, router};
