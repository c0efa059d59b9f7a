//! Where SAM's tools are: in `target/tools/aws`, where `cargo xtask tools` puts them, or where a variable says.

use std::{
    env, iter,
    path::PathBuf,
    process::{Command, Output},
};

use anyhow::{Context as _, Result, bail, ensure};

use crate::root;

/// Names the directory of the tools, where they are elsewhere.
const ELSEWHERE: &str = "TIFFIN_AWS_TOOLS";
const TOOLS: &str = "target/tools/aws/bin";
/// The tools ask for a region and for credentials, though they use neither here.
const OFFLINE: &[(&str, &str)] = &[
    ("SAM_CLI_TELEMETRY", "0"),
    ("AWS_DEFAULT_REGION", "eu-central-1"),
    ("AWS_ACCESS_KEY_ID", "none"),
    ("AWS_SECRET_ACCESS_KEY", "none"),
];

/// A tool, to be run in the root of the workspace; what it starts finds the others.
pub fn tool(name: &str) -> Result<Command> {
    let directory = env::var_os(ELSEWHERE).map_or_else(|| root().join(TOOLS), PathBuf::from);
    let program = directory.join(name);
    ensure!(program.exists(), "{} is not there: run `cargo xtask tools`", program.display());
    let path = env::var_os("PATH").unwrap_or_default();
    let path = env::join_paths(iter::once(directory).chain(env::split_paths(&path)))?;
    let mut command = Command::new(program);
    command.current_dir(root()).env("PATH", path).envs(OFFLINE.iter().copied());
    Ok(command)
}

/// Runs it, and shows what it prints only where it fails.
pub(crate) fn run(mut command: Command) -> Result<Output> {
    let output = command.output().with_context(|| format!("{command:?} does not start"))?;
    if !output.status.success() {
        let stdout = String::from_utf8_lossy(&output.stdout);
        let stderr = String::from_utf8_lossy(&output.stderr);
        bail!("{command:?} failed\n{stdout}{stderr}");
    }
    Ok(output)
}
