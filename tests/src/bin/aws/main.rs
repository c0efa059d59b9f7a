//! AWS on this computer, with the tools its users have: `cargo aws deploy`, `cargo aws watch`, `cargo aws sam-local`.
//!
//! Each starts an emulator, shows where the API answers, and runs until Ctrl-C; with `--order` it brings one order from
//! sign-up to delivered instead, and ends.

mod bridged;
mod deploy;
mod sam_local;
mod tools;
mod watch;

use std::process::ExitCode;

use clap::{Args, Parser};

/// AWS on this computer.
#[derive(Debug, Parser)]
#[command(name = "cargo aws")]
enum Command {
    /// Deploy template.yaml to an emulator with `sam deploy`.
    Deploy(Options),
    /// Serve the functions with `cargo lambda watch`, compiled when first called.
    Watch(Options),
    /// Serve them with `sam local start-api` in containers, where Docker runs.
    SamLocal(Options),
}

/// How long to stay.
#[derive(Clone, Copy, Debug, Args)]
struct Options {
    /// Bring one order from sign-up to delivered, and end.
    #[arg(long)]
    order: bool,
    /// Take the programs that are built already.
    #[arg(long)]
    no_build: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    match Command::parse() {
        Command::Deploy(options) => deploy::run(options).await,
        Command::Watch(options) => watch::run(options).await,
        Command::SamLocal(options) => Box::pin(sam_local::run(options)).await,
    }
    ExitCode::SUCCESS
}
