//! `function`, on the clock of a test: `function-under-test place-order`.

use std::{env, path::PathBuf, process::ExitCode, sync::Arc};

use host::SystemRandom;
use testing::FileClock;

fn main() -> ExitCode {
    let clock = env::var_os("TIFFIN_TEST_CLOCK").map(PathBuf::from).expect("a test sets its clock");
    bootstrap::run_named(Arc::new(FileClock::open(&clock)), Arc::new(SystemRandom))
}
