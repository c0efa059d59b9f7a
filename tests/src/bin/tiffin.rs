//! `tiffin`, for tests that kill it.

use std::process::ExitCode;

fn main() -> ExitCode {
    tiffin::cli::run()
}
