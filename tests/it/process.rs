//! A process of its own, killed at the end of the test at the latest.

use std::{
    ffi::OsStr,
    path::Path,
    process::{Child, Command, Stdio},
};

use testing::{free_port, listens};

/// A process that listens.
pub(crate) struct Process {
    child: Child,
    /// Its port on this computer.
    pub(crate) port: u16,
    /// Where it listens: `http://127.0.0.1:…`.
    pub(crate) url: String,
}

impl Process {
    /// The local process over this data, with nobody simulated, set up by more arguments.
    pub(crate) async fn local(data: &Path, arguments: &[&OsStr]) -> Self {
        let port = free_port();
        let mut command = Command::new(env!("CARGO_BIN_EXE_tiffin-under-test"));
        command.args(["up", "--simulate", "none", "--port", &port.to_string(), "--data-dir"]).arg(data).args(arguments);
        command.env("TIFFIN_USERS_PASSWORD_MEMORY_KIB", "8").env("RUST_LOG", "warn");
        Self::start(command, port).await
    }

    /// `function pages`, configured by this file.
    pub(crate) async fn pages(config: &Path, clock: &Path) -> Self {
        let port = free_port();
        let mut command = Command::new(env!("CARGO_BIN_EXE_function-under-test"));
        command.arg("pages").env_clear().env("PORT", port.to_string()).env("RUST_LOG", "warn");
        command.env("TIFFIN_PAGES_CONFIG", config).env("TIFFIN_TEST_CLOCK", clock);
        Self::start(command, port).await
    }

    async fn start(mut command: Command, port: u16) -> Self {
        let child = command.stdout(Stdio::null()).spawn().expect("the process starts");
        let mut process = Self { child, port, url: format!("http://127.0.0.1:{port}") };
        let has_ended = || matches!(process.child.try_wait(), Ok(Some(_)));
        assert!(listens("127.0.0.1", port, has_ended).await, "the process does not listen");
        process
    }

    /// Kills it with SIGKILL: nothing is flushed.
    pub(crate) fn kill(self) {
        drop(self);
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.child.kill().expect("it can be killed");
        self.child.wait().expect("it is dead");
    }
}
