//! The programs as they are deployed, and the one that says hello, built the same way.

use std::{
    env::consts::ARCH,
    fs,
    path::PathBuf,
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};

/// Where `cargo lambda build` puts programs.
const PROGRAMS: &str = "target/lambda";
/// Where it is installed.
const TOOL: &str = "target/tools/aws/bin/cargo-lambda";
/// The package of all programs.
const PACKAGE: &str = "bootstrap";
/// Whose settings all of them are built with.
const PROFILE: &str = "deploy";

/// The built programs, and how they were built.
pub(super) struct Built {
    /// The program that says hello.
    pub(super) empty: PathBuf,
    /// How long building the others took.
    pub(super) programs_took: Duration,
    /// How long building that one took.
    pub(super) empty_took: Duration,
    /// The settings of the profile, and the processor.
    pub(super) profile: String,
}

impl Built {
    /// Builds all of them; what is there already is not built again.
    pub(super) fn now() -> Result<Self> {
        // The same as cargo-lambda's, or every dependency would be built once more.
        let triple = format!("{ARCH}-unknown-linux-gnu");
        let cpu = if ARCH == "aarch64" { "neoverse-n1" } else { "haswell" };
        let mut programs = Command::new(xtask::root().join(TOOL));
        programs.args(["lambda", "build", "--profile", PROFILE, "--compiler", "cargo", "--package", PACKAGE]);
        let mut empty = Command::new(env!("CARGO"));
        empty.args(["build", "--profile", PROFILE, "--target", &triple, "--package", "tiffin-empty"]);
        empty.env("RUSTFLAGS", format!("-C target-cpu={cpu}"));
        Ok(Self {
            programs_took: run(programs)?,
            empty_took: run(empty)?,
            empty: xtask::root().join("target").join(triple).join(PROFILE).join("tiffin-empty"),
            profile: format!("{}, for {cpu}", profile()?),
        })
    }
}

/// Where the program of a function is.
pub(super) fn program(function: &str) -> PathBuf {
    xtask::root().join(PROGRAMS).join(function).join("bootstrap")
}

fn run(mut build: Command) -> Result<Duration> {
    let begun = Instant::now();
    let status = build.current_dir(xtask::root()).status().context("is `cargo xtask tools` still to be run?")?;
    if !status.success() {
        bail!("the programs can't be built");
    }
    Ok(begun.elapsed())
}

/// What the workspace says of the profile, in one line.
fn profile() -> Result<String> {
    let manifest = fs::read_to_string(xtask::root().join("Cargo.toml"))?;
    let (_, settings) =
        manifest.split_once(&format!("[profile.{PROFILE}]")).context("the workspace says how programs are built")?;
    let lines = settings.lines().skip(1).take_while(|line| !line.is_empty() && !line.starts_with('['));
    Ok(lines.collect::<Vec<_>>().join(", "))
}
