//! Logs: a line of JSON each, on standard error, as Lambda's and every cluster's collectors take them.

use std::io;

use tracing_subscriber::{
    filter::{LevelFilter, Targets},
    layer::SubscriberExt as _,
    util::SubscriberInitExt as _,
};

use crate::environment::variable;

/// Of these, less is shown: what logs a second time why an invocation failed, and what warns at each start of the concurrency of one
/// that cargo-lambda names to a program.
const LESS: [(&str, LevelFilter); 2] =
    [("lambda_runtime::layers::panic", LevelFilter::OFF), ("lambda_runtime::runtime", LevelFilter::ERROR)];

/// Starts logging, as `RUST_LOG` says: `info`, or `warn,orders=debug`.
pub(crate) fn start() {
    let filter = variable("RUST_LOG").and_then(|text| text.parse().ok());
    let filter = filter.unwrap_or_else(|| Targets::new().with_default(LevelFilter::INFO));
    let filter = filter.with_targets(LESS);
    let lines = tracing_subscriber::fmt::layer().json().flatten_event(true).with_writer(io::stderr);
    tracing_subscriber::registry().with(lines).with(filter).init();
}
