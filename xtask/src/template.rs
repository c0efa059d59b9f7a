//! Checks the SAM templates.

use anyhow::{Result, ensure};
use tiffin::services::SERVICES;

/// What is checked besides.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Every function's program must be built: before a deployment.
    #[arg(long)]
    built: bool,
}

/// Checks, and tells how large the stacks are.
#[expect(clippy::print_stdout, reason = "a tool for the terminal")]
pub(crate) fn template(options: &Options) -> Result<()> {
    let (sizes, mut faults) = xtask::aws::verify(SERVICES)?;
    for xtask::aws::Size { of, resources, later } in sizes {
        println!("{of}: {resources} resources, {later} one day");
    }
    if options.built {
        faults.extend(xtask::aws::missing_programs(SERVICES));
    }
    for fault in &faults {
        println!("{fault}");
    }
    ensure!(faults.is_empty(), "{} faults", faults.len());
    Ok(())
}
