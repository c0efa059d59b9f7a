//! The pages as browsers have them: their types, what is vendored, every scenario in a real Chromium, and what they cost. Running
//! the pages needs none of it.

use std::{env, fs, process::Command, time::Instant};

use anyhow::{Context as _, Result, bail};
use cargo_aws::install::is_there;

/// The programs it needs besides Rust.
const PROGRAMS: &[&str] = &["node", "npm", "chromium"];
/// The lock from which `node_modules` was installed, beside it.
const INSTALLED: &str = "target/tools/pages.lock";

/// Leaves out scenarios that repeat another one for a further name, language or currency.
const NOT_LONG: [&str; 2] = ["--grep-invert", "@long"];
/// Names the program under test, where it is not the one that is built here.
const PROGRAM_UNDER_TEST: &str = "TIFFIN_BIN";

/// Checks the pages and plays their scenarios; `only` is passed to Playwright.
#[expect(clippy::print_stdout, reason = "a tool for the terminal")]
pub fn browser(long: bool, only: &[String]) -> Result<()> {
    if let Some(program) = missing() {
        println!("skipped: the pages in a browser, which need {program}");
        return Ok(());
    }
    stage("npm ci", install)?;
    stage("npm run check", || npm(&["run", "--silent", "check"]))?;
    stage("npm run test:unit", || npm(&["run", "--silent", "test:unit"]))?;
    stage("cargo build", build)?;
    stage("npm run test:browser", || {
        let mut arguments = vec!["run", "--silent", "test:browser", "--"];
        arguments.extend(only.iter().map(String::as_str));
        if !long {
            arguments.extend(NOT_LONG);
        }
        npm(&arguments)
    })
}

/// Measures the pages against the goals of their design; figures judge nothing.
pub fn measure() -> Result<()> {
    if let Some(program) = missing() {
        bail!("measuring the pages needs {program}");
    }
    stage("npm ci", install)?;
    if env::var_os(PROGRAM_UNDER_TEST).is_none() {
        stage("cargo build", build)?;
    }
    npm(&["run", "--silent", "measure"])
}

/// The first program that is not installed.
fn missing() -> Option<&'static str> {
    PROGRAMS.iter().copied().find(|program| !is_there(program))
}

fn build() -> Result<()> {
    run(Command::new(env!("CARGO")).args(["build", "--bin", "tiffin", "--locked"]).current_dir(xtask::root()))
}

/// Installs what the lock names, unless it is there already.
fn install() -> Result<()> {
    let lock = xtask::root().join("frontend/package-lock.json");
    let wanted = fs::read_to_string(&lock).context("frontend/package-lock.json can't be read")?;
    let installed = xtask::root().join(INSTALLED);
    let is_installed = xtask::root().join("frontend/node_modules").is_dir();
    if is_installed && fs::read_to_string(&installed).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    npm(&["ci", "--no-audit", "--no-fund", "--loglevel=error"])?;
    if let Some(folder) = installed.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(installed, wanted)?;
    Ok(())
}

#[expect(clippy::print_stdout, reason = "a tool for the terminal")]
fn stage(name: &str, work: impl FnOnce() -> Result<()>) -> Result<()> {
    let begun = Instant::now();
    work()?;
    println!("{name}: {} s", begun.elapsed().as_secs());
    Ok(())
}

fn npm(arguments: &[&str]) -> Result<()> {
    let mut npm = Command::new("npm");
    run(npm.args(arguments).env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1").current_dir(xtask::root().join("frontend")))
}

fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("{} can't be run", command.get_program().display()))?;
    if !status.success() {
        bail!("{} failed", command.get_program().display());
    }
    Ok(())
}
