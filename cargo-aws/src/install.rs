//! Tools that are not Rust, in the versions that `tools/` pins, under `target/tools`: nothing is installed elsewhere.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
    time::Instant,
};

use anyhow::{Context as _, Result, bail};

use crate::{
    say,
    tool::{export, root},
};

/// The emulator.
const MINISTACK: &str = "ministack";
/// Virtual environments of Python, each from `tools/<name>/requirements.txt`.
const ENVIRONMENTS: &[&str] = &[MINISTACK, "aws", "schemathesis"];
/// What Maven fetches, from `tools/dynamodb-local/pom.xml`.
const DYNAMODB_LOCAL: &str = "dynamodb-local";
/// The file in a complete installation that holds the versions it was installed from; `testing::emulators` looks for it.
const READY: &str = "READY";
/// Pinned: each Maven has a default of its own.
const COPY: &str = "org.apache.maven.plugins:maven-dependency-plugin:2.8:copy-dependencies";

/// Installs whatever is missing, or was installed in other versions.
pub fn everything() -> Result<()> {
    for name in ENVIRONMENTS {
        told(name, python(name)?);
    }
    dynamodb_local();
    say(&format!("In each terminal that calls SAM or cargo-lambda: {}", export()));
    Ok(())
}

/// Installs the emulator where it is missing, or there in another version.
pub fn emulator() -> Result<()> {
    python(MINISTACK).map(drop)
}

/// Whether a program of this name can be run.
pub fn is_there(program: &str) -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

/// What was found.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Found {
    Whole,
    Installed,
}

fn told(name: &str, found: Found) {
    if found == Found::Whole {
        say(&format!("{name}: there"));
    }
}

fn python(name: &str) -> Result<Found> {
    let pinned = root().join("tools").join(name).join("requirements.txt");
    install(name, &pinned, |folder| environment(folder, &pinned))
}

/// Without Java or Maven the rest is useful all the same: tests say what they skip.
fn dynamodb_local() {
    let missing = ["java", "mvn"].into_iter().find(|program| !is_there(program));
    if let Some(program) = missing {
        return say(&format!("skipped: DynamoDB Local, which needs {program}"));
    }
    let pinned = root().join("tools").join(DYNAMODB_LOCAL).join("pom.xml");
    match install(DYNAMODB_LOCAL, &pinned, |folder| jars(folder, &pinned)) {
        Ok(found) => told(DYNAMODB_LOCAL, found),
        Err(error) => say(&format!("skipped: DynamoDB Local, {error:#}")),
    }
}

fn install(name: &str, pinned: &Path, fill: impl FnOnce(&Path) -> Result<()>) -> Result<Found> {
    let folder = root().join("target/tools").join(name);
    let versions = fs::read_to_string(pinned).with_context(|| format!("{} can't be read", pinned.display()))?;
    if fs::read_to_string(folder.join(READY)).is_ok_and(|ready| ready == versions) {
        return Ok(Found::Whole);
    }
    let begun = Instant::now();
    say(&format!("{name}: being installed"));
    clear(&folder)?;
    fill(&folder)?;
    fs::write(folder.join(READY), versions)?;
    say(&format!("{name}: installed in {} s", begun.elapsed().as_secs()));
    Ok(Found::Installed)
}

/// An empty folder in place of whatever was there; a link goes, what it leads to stays.
fn clear(folder: &Path) -> Result<()> {
    if folder.is_symlink() {
        fs::remove_file(folder)?;
    } else if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder).with_context(|| format!("{} can't be made", folder.display()))
}

fn environment(folder: &Path, pinned: &Path) -> Result<()> {
    run(Command::new("python3").args(["-m", "venv"]).arg(folder))?;
    let pip = folder.join("bin/pip");
    run(Command::new(pip).args(["install", "--quiet", "--disable-pip-version-check", "--requirement"]).arg(pinned))
}

fn jars(folder: &Path, pinned: &Path) -> Result<()> {
    let copy = Command::new("mvn")
        .args(["--batch-mode", "--quiet", COPY, "--file"])
        .arg(pinned)
        .arg(format!("-DoutputDirectory={}", folder.display()))
        .output()?;
    if copy.status.success() {
        return Ok(());
    }
    let log: PathBuf = folder.with_extension("log");
    fs::write(&log, [copy.stdout, copy.stderr].concat())?;
    bail!("which Maven could not fetch: {} says why", log.display())
}

fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("{command:?} can't be started"))?;
    if !status.success() {
        bail!("{command:?} failed");
    }
    Ok(())
}
