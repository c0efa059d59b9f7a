//! `tiffin`: food delivery in one process.

use std::process::ExitCode;

fn main() -> ExitCode {
    tiffin::cli::run()
}
