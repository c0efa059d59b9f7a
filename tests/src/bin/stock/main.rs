//! One order, from sign-up to delivered, on everything of AWS that runs on this computer, by the tools as their users call
//! them: `cargo run --bin stock -- deploy`, `watch`, `sam-local`.

mod by_hand;
mod deploy;
mod sam_local;
mod started;
mod up;
mod watch;

use clap::{Args, Parser};

/// One order on what runs on this computer.
#[derive(Debug, Parser)]
#[command(name = "stock")]
enum Stock {
    /// `cargo aws deploy`: template.yaml on an emulator.
    Deploy(Options),
    /// `cargo aws up` and `cargo lambda watch`.
    Watch,
    /// `cargo aws up --invoke sam`, `sam local start-api` and `sam local start-lambda`, where Docker runs.
    SamLocal(Options),
}

/// What is there already.
#[derive(Clone, Copy, Debug, Args)]
struct Options {
    /// Take the programs that are built already.
    #[arg(long)]
    no_build: bool,
}

#[tokio::main]
async fn main() {
    match Stock::parse() {
        Stock::Deploy(options) => deploy::run(options.no_build).await,
        Stock::Watch => watch::run().await,
        Stock::SamLocal(options) => Box::pin(sam_local::run(options.no_build)).await,
    }
}
