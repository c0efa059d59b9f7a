//! The programs as they are deployed, and the one that says hello, built the same way.

use std::{
    env::consts::ARCH,
    fs,
    path::PathBuf,
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};

/// Where cargo is started, by `sam build` too: its settings there say how programs are built.
const FOLDER: &str = "functions/bootstrap";
const SETTINGS: &str = ".cargo/config.toml";

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
        let mut programs = xtask::aws::tool("sam")?;
        programs.arg("build");
        let mut empty = Command::new(env!("CARGO"));
        empty.args(["build", "--release", "--target", &triple, "--package", "tiffin-empty"]);
        empty.env("RUSTFLAGS", format!("-C target-cpu={cpu}")).current_dir(xtask::root().join(FOLDER));
        Ok(Self {
            programs_took: run(programs)?,
            empty_took: run(empty)?,
            empty: xtask::root().join("target").join(triple).join("release").join("tiffin-empty"),
            profile: format!("{}, for {cpu}", profile()?),
        })
    }
}

fn run(mut build: Command) -> Result<Duration> {
    let begun = Instant::now();
    let status = build.status().context("is `cargo xtask tools` still to be run?")?;
    if !status.success() {
        bail!("the programs can't be built");
    }
    Ok(begun.elapsed())
}

/// What is said of all programs' profile, in one line.
fn profile() -> Result<String> {
    let settings = fs::read_to_string(xtask::root().join(FOLDER).join(SETTINGS))?;
    let (_, settings) = settings.split_once("[profile.release]").context("nothing says how programs are built")?;
    let lines = settings.lines().skip(1).take_while(|line| !line.is_empty() && !line.starts_with('['));
    Ok(lines.collect::<Vec<_>>().join(", "))
}
