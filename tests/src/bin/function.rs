//! `function`, on the clock of a test: `function-under-test place-order`.

use std::{env, path::PathBuf, process::ExitCode, sync::Arc};

use bootstrap::Machine;
use testing::FileClock;

fn main() -> ExitCode {
    let clock = env::var_os("TIFFIN_TEST_CLOCK").map(PathBuf::from).expect("a test hands its clock in");
    bootstrap::run_named(Machine { clock: Arc::new(FileClock::open(&clock)), ..Machine::default() })
}
