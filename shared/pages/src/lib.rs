//! The pages over HTTP: what is served of `frontend/`, at which addresses, and with which headers.

#[cfg(test)]
mod build_id;
mod coding;
mod config;
mod directory;
mod embedded;
mod file;
mod files;
mod hash;
#[cfg(test)]
mod lean;
mod list;
mod policy;
mod routes;
#[cfg(test)]
mod shell;
#[cfg(test)]
mod tests;

pub use config::{Api, Area, Config, Means, WrongConfig};
pub use files::Files;
pub use routes::{Demo, NoDemo, router};
