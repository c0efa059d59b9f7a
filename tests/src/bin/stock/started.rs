//! Processes that are started, asked to end, and gone with the test at the latest.

use std::process::Stdio;

use cargo_aws::say;
use testing::listens;
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::{Child, Command},
};

/// One of them.
pub(crate) struct Started {
    name: &'static str,
    process: Child,
}

impl Started {
    /// Starts it, and waits until it listens on this port.
    pub(crate) async fn listening(name: &'static str, mut command: Command, port: u16) -> Self {
        let mut started = Self::start(name, &mut command);
        let listens = listens("127.0.0.1", port, || matches!(started.process.try_wait(), Ok(Some(_)))).await;
        assert!(listens, "{name} does not listen on port {port}: {:?}", started.process.try_wait());
        started
    }

    /// Starts it, and waits until it prints a line that begins like this. What it prints is printed here.
    pub(crate) async fn saying(name: &'static str, mut command: Command, beginning: &str) -> Self {
        let mut started = Self::start(name, command.stdout(Stdio::piped()));
        let mut lines = BufReader::new(started.process.stdout.take().expect("it is piped")).lines();
        loop {
            let line = lines.next_line().await.expect("it can be read");
            let line = line.unwrap_or_else(|| panic!("{name} ended before it said: {beginning}"));
            say(&line);
            if line.starts_with(beginning) {
                break;
            }
        }
        tokio::spawn(async move {
            while let Ok(Some(line)) = lines.next_line().await {
                say(&line);
            }
        });
        started
    }

    /// Asks it to end, as who ends a service does, and waits until it has: it cleans up behind itself.
    pub(crate) async fn end(mut self) {
        let id = self.process.id().expect("it runs").to_string();
        let asked = Command::new("kill").args(["-TERM", &id]).status().await.expect("it can be asked");
        assert!(asked.success(), "{} can't be asked to end", self.name);
        self.process.wait().await.unwrap_or_else(|error| panic!("{}: {error}", self.name));
    }

    fn start(name: &'static str, command: &mut Command) -> Self {
        let process = command.kill_on_drop(true).spawn();
        Self { name, process: process.unwrap_or_else(|error| panic!("{name}: {error}")) }
    }
}
