//! The pages over HTTP: what is served of `frontend/`, at which addresses, and with which headers.

pub mod addresses;
mod build_id;
mod coding;
mod config;
mod directory;
mod embedded;
mod file;
mod files;
mod folder;
mod hash;
#[cfg(test)]
mod lean;
pub mod list;
mod outputs;
pub mod policy;
mod routes;
#[cfg(test)]
mod shell;
#[cfg(test)]
mod tests;

pub use config::{Api, Area, Config, Means, WrongConfig};
pub use embedded::paths;
pub use file::{Keep, content_type};
pub use files::Files;
pub use folder::{FileOfFolder, Server, folder, write};
pub use outputs::{Outputs, WrongOutputs};
pub use routes::{Demo, NoDemo, router};
