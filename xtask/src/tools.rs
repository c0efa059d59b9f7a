//! Tools that are not Rust, in the versions that `tools/` pins, under `target/tools`: nothing is installed elsewhere.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
    time::Instant,
};

use anyhow::{Context as _, Result, bail};

/// Virtual environments of Python, each from `tools/<name>/requirements.txt`.
const ENVIRONMENTS: &[&str] = &["ministack", "aws", "schemathesis"];
/// What Maven fetches, from `tools/dynamodb-local/pom.xml`.
const DYNAMODB_LOCAL: &str = "dynamodb-local";
/// The file in a complete installation that holds the versions it was installed from; `testing::emulators` looks for it.
const READY: &str = "READY";
/// Pinned: each Maven has a default of its own.
const COPY: &str = "org.apache.maven.plugins:maven-dependency-plugin:2.8:copy-dependencies";

/// Installs what is missing, or was installed in other versions.
pub fn tools() -> Result<()> {
    ENVIRONMENTS.iter().try_for_each(|name| {
        let pinned = xtask::root().join("tools").join(name).join("requirements.txt");
        install(name, &pinned, |folder| environment(folder, &pinned))
    })?;
    dynamodb_local();
    Ok(())
}

/// Without Java or Maven the rest is useful all the same: tests say what they skip.
#[expect(clippy::print_stdout, reason = "a tool for the terminal")]
fn dynamodb_local() {
    let missing = ["java", "mvn"].into_iter().find(|program| !is_there(program));
    if let Some(program) = missing {
        println!("skipped: DynamoDB Local, which needs {program}");
        return;
    }
    let pinned = xtask::root().join("tools").join(DYNAMODB_LOCAL).join("pom.xml");
    if let Err(error) = install(DYNAMODB_LOCAL, &pinned, |folder| jars(folder, &pinned)) {
        println!("skipped: DynamoDB Local, {error:#}");
    }
}

#[expect(clippy::print_stdout, reason = "a tool for the terminal")]
fn install(name: &str, pinned: &Path, fill: impl FnOnce(&Path) -> Result<()>) -> Result<()> {
    let folder = xtask::root().join("target/tools").join(name);
    let versions = fs::read_to_string(pinned).with_context(|| format!("{} can't be read", pinned.display()))?;
    if fs::read_to_string(folder.join(READY)).is_ok_and(|ready| ready == versions) {
        println!("{name}: there");
        return Ok(());
    }
    let begun = Instant::now();
    println!("{name}: being installed");
    clear(&folder)?;
    fill(&folder)?;
    fs::write(folder.join(READY), versions)?;
    println!("{name}: installed in {} s", begun.elapsed().as_secs());
    Ok(())
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

/// Whether a program of this name can be run.
pub(crate) fn is_there(program: &str) -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).any(|folder| folder.join(program).is_file())
}
