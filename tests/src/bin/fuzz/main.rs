//! The API, fuzzed by schemathesis against its own document: `cargo run --bin fuzz`.
//!
//! Each role has a town of its own and calls everything that it may. Nothing may fail, no reply may differ from what the
//! document says, what the document refuses may not be accepted, and what it allows may be refused only by a rule that
//! `tools/schemathesis/hooks.py` lists. Before that, faults are planted, and each must be found.

mod planted;
mod play;
mod things;

use std::{process::ExitCode, time::Instant};

use clap::Parser;
use domain::Role;
use futures::{StreamExt as _, stream};

use planted::PLANTED;
use play::{Played, Run};

/// Everybody who calls: somebody who is not signed in, and each role.
const CALLERS: [Option<Role>; 5] =
    [None, Some(Role::Customer), Some(Role::Merchant), Some(Role::Courier), Some(Role::Admin)];
/// The seed where none is given: the same requests each time, but for the ids that towns make up.
const SEED: u32 = 1;
/// How many requests are generated for an operation at most, beside those at the bounds of its schema.
const EXAMPLES: u32 = 20;
/// How many runs play at once.
const AT_ONCE: usize = 2;

/// Fuzzes the API against its own document.
#[derive(Debug, Parser)]
#[command(name = "fuzz")]
struct Options {
    /// Other requests than those that are made up each time.
    #[arg(long, default_value_t = SEED)]
    seed: u32,
    /// How many are made up for an operation, at most.
    #[arg(long, default_value_t = EXAMPLES)]
    examples: u32,
    /// Only this role.
    #[arg(long, value_parser = role)]
    role: Option<Role>,
}

fn role(word: &str) -> Result<Role, String> {
    let role = Role::ALL.into_iter().find(|role| role.word() == word);
    role.ok_or_else(|| format!("must be one of {}", Role::ALL.map(Role::word).join(", ")))
}

#[tokio::main]
async fn main() -> ExitCode {
    let options = Options::parse();
    let begun = Instant::now();
    println!("seed {}", options.seed);
    let run = |planted, role| Run { planted, role, seed: options.seed, examples: options.examples };
    let faults = PLANTED.iter().map(|planted| run(Some(planted), Some(planted.role)));
    let callers = CALLERS.into_iter().filter(|role| options.role.is_none() || *role == options.role);
    let runs: Vec<_> = faults.chain(callers.map(|role| run(None, role))).collect();
    let played: Vec<_> = stream::iter(runs).map(Run::play).buffered(AT_ONCE).inspect(Played::show).collect().await;
    println!("{} s", begun.elapsed().as_secs());
    if played.iter().all(Played::is_well) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
