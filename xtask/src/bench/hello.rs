//! The floor of HTTP: a bare axum that says hello.

use anyhow::Result;
use axum::{Router, routing::get};

use super::{
    Bench,
    load::Committed,
    reads,
    report::{Name, Report},
    town::Server,
};

pub(super) fn measure(bench: &Bench, report: &mut Report) -> Result<()> {
    let server = Server::start(async { Ok(Router::new().route("/", get(async || "hello"))) })?;
    let measured = reads::ask(bench, server.address, &["/".to_owned()], Committed::default)?;
    report.record(Name::Hello, &measured);
    Ok(())
}
