//! The tools, as `cargo xtask tools` installs them.

use std::path::{Path, PathBuf};

use testing::{aws::REGION, listens};
use tokio::process::{Child, Command};

/// The root of the workspace.
pub(crate) fn root() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    root.canonicalize().expect("the workspace is there")
}

/// A tool, started in the root of the workspace and pointed at an emulator.
///
/// # Panics
/// If it is not installed.
pub(crate) fn tool(name: &str, endpoint: &str) -> Command {
    let path = root().join("target/tools/aws/bin").join(name);
    assert!(path.exists(), "{name} is not installed: run `cargo xtask tools`");
    let mut command = Command::new(path);
    command
        .current_dir(root())
        .env("SAM_CLI_TELEMETRY", "0")
        .env("AWS_ENDPOINT_URL", endpoint)
        .env("AWS_ACCESS_KEY_ID", "test")
        .env("AWS_SECRET_ACCESS_KEY", "test")
        .env("AWS_DEFAULT_REGION", REGION)
        .env("AWS_REGION", REGION)
        .kill_on_drop(true);
    command
}

/// Builds every program for Lambda, as what is deployed.
pub(crate) async fn build(options: crate::Options) {
    if options.no_build {
        return;
    }
    let mut cargo = tool("cargo-lambda", "");
    cargo.env_remove("AWS_ENDPOINT_URL");
    // Cargo's own variables for the program it runs are not for the one it builds.
    cargo.args(["lambda", "build", "--profile", "deploy", "--compiler", "cargo", "--package", "tiffin-bootstrap"]);
    succeed(cargo).await;
}

/// Runs a command to its end.
///
/// # Panics
/// If it fails.
pub(crate) async fn succeed(mut command: Command) {
    let status = command.status().await.expect("it can be started");
    assert!(status.success(), "{:?} failed", command.as_std());
}

/// Runs a command to its end, and shows its output only where it fails.
///
/// # Panics
/// If it fails.
pub(crate) async fn succeed_quietly(mut command: Command) {
    let output = command.output().await.expect("it can be started");
    let printed = [output.stdout, output.stderr].concat();
    assert!(output.status.success(), "{:?} failed:\n{}", command.as_std(), String::from_utf8_lossy(&printed));
}

/// Waits until `process` listens on this port.
///
/// # Panics
/// If it ends before.
pub(crate) async fn listening(port: u16, process: &mut Child) {
    let listens = listens("127.0.0.1", port, || matches!(process.try_wait(), Ok(Some(_)))).await;
    assert!(listens, "nothing listens on port {port}; what should has ended: {:?}", process.try_wait());
}

/// Prints a line for whoever started this.
#[expect(clippy::print_stdout, reason = "a tool for the terminal")]
pub(crate) fn say(words: &str) {
    println!("{words}");
}

/// Shows where the API answers, and waits for Ctrl-C.
pub(crate) async fn until_stopped(url: &str) {
    say(&format!("The API answers at {url}; Ctrl-C ends it."));
    tokio::signal::ctrl_c().await.expect("Ctrl-C can be waited for");
}
