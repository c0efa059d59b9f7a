//! SAM, cargo-lambda and Python, as `cargo xtask tools` installs them, and other programs.

use std::{
    env,
    ffi::OsStr,
    io::{self, Write as _},
    iter,
    path::{Path, PathBuf},
    process::Output,
};

use anyhow::{Context as _, Result, bail, ensure};
use testing::aws::REGION;
use tokio::{
    process::Command,
    signal::unix::{SignalKind, signal},
};

/// Where they are, from the root.
pub const FOLDER: &str = "target/tools/aws/bin";

/// What a terminal has to be told to find them.
pub fn export() -> String {
    format!("export PATH=\"$PWD/{FOLDER}:$PATH\" SAM_CLI_TELEMETRY=0")
}

/// The root of the workspace.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(Path::to_owned).unwrap_or_default()
}

/// A tool, to be started in the root of the workspace.
pub fn tool(name: &str) -> Result<Command> {
    let path = root().join(FOLDER).join(name);
    ensure!(path.exists(), "{name} is not installed: run `cargo xtask tools`");
    with_tools(path)
}

/// A program, to be started in the root of the workspace, that finds the tools.
pub fn with_tools(program: impl AsRef<OsStr>) -> Result<Command> {
    let mut command = Command::new(program);
    let others = env::var_os("PATH").unwrap_or_default();
    let folders = iter::once(root().join(FOLDER)).chain(env::split_paths(&others));
    command.env("PATH", env::join_paths(folders)?);
    command.current_dir(root()).env("SAM_CLI_TELEMETRY", "0").kill_on_drop(true);
    Ok(command)
}

/// The same, pointed at an emulator.
pub fn tool_at(name: &str, endpoint: &str) -> Result<Command> {
    let mut command = tool(name)?;
    command
        .env("AWS_ENDPOINT_URL", endpoint)
        .env("AWS_ACCESS_KEY_ID", "test")
        .env("AWS_SECRET_ACCESS_KEY", "test")
        .env("AWS_DEFAULT_REGION", REGION)
        .env("AWS_REGION", REGION);
    Ok(command)
}

/// Builds every program for Lambda, as what is deployed.
pub async fn build() -> Result<()> {
    let mut sam = tool("sam")?;
    sam.arg("build");
    let status = sam.status().await.context("sam can't be started")?;
    ensure!(status.success(), "the programs can't be built");
    Ok(())
}

/// Runs a command to its end, and shows what it printed only where it fails.
pub async fn succeed(mut command: Command) -> Result<Output> {
    let name = Path::new(command.as_std().get_program()).file_name().map(OsStr::to_owned).unwrap_or_default();
    let name = name.display().to_string();
    let output = command.output().await.with_context(|| format!("{name} can't be started"))?;
    if !output.status.success() {
        io::stderr().write_all(&[&*output.stdout, &*output.stderr].concat())?;
        bail!("{name} failed, and said why above");
    }
    Ok(output)
}

/// Waits for Ctrl-C, or for somebody who asks this process to end.
pub async fn stopped() -> Result<()> {
    let mut terminated = signal(SignalKind::terminate())?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => Ok(interrupted?),
        _ = terminated.recv() => Ok(()),
    }
}
