//! `cargo aws`: AWS on this computer, for the tools that its users have.

use std::process::ExitCode;

use cargo_aws::{deploy, pages, up};
use clap::Parser;

/// AWS on this computer.
#[derive(Debug, Parser)]
#[command(name = "cargo aws", bin_name = "cargo aws")]
enum Command {
    /// Start an emulator with tables, topic and queues, and carry events to functions that `cargo lambda watch` or
    /// `sam local` runs.
    Up {
        /// Who runs the functions.
        #[arg(long, value_enum, default_value_t)]
        invoke: up::Invoke,
    },
    /// Deploy template.yaml to an emulator of its own with `sam deploy`.
    Deploy {
        /// Take the programs that are built already.
        #[arg(long)]
        no_build: bool,
    },
    /// Lay the pages out as files for any server, told where a stack's functions or its API answer.
    Pages(pages::Options),
}

#[tokio::main]
#[expect(clippy::print_stderr, reason = "a tool for the terminal")]
async fn main() -> ExitCode {
    let ended = match Command::parse() {
        Command::Up { invoke } => up::run(invoke).await,
        Command::Deploy { no_build } => deploy::run(no_build).await,
        Command::Pages(options) => pages::run(&options),
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
