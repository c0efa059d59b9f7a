//! What stays in a terminal of its own, until Ctrl-C there.

use std::{process::Command as Now, time::Duration};

use testing::listens;
use tokio::process::{Child, Command};

/// How long it may take to end.
const ENDING: Duration = Duration::from_secs(30);

/// A terminal, and what runs there; gone, it gets its Ctrl-C too.
pub(crate) struct Terminal(Child);

impl Terminal {
    /// Starts it, and waits until it listens there.
    pub(crate) async fn open(mut command: Command, port: u16) -> Self {
        let mut process = command.process_group(0).spawn().expect("it can be started");
        let listens = listens("127.0.0.1", port, || matches!(process.try_wait(), Ok(Some(_)))).await;
        let terminal = Self(process);
        assert!(listens, "nothing listens on port {port} after {command:?}");
        terminal
    }

    /// Ctrl-C, and its end.
    pub(crate) async fn interrupt(mut self) {
        assert!(self.press(), "Ctrl-C can't be sent");
        let ended = tokio::time::timeout(ENDING, self.0.wait()).await;
        assert!(ended.is_ok(), "Ctrl-C does not end it");
    }

    /// Ctrl-C, for all that was started there; whether it runs.
    fn press(&self) -> bool {
        let Some(id) = self.0.id() else { return false };
        let sent = Now::new("kill").args(["-INT", "--", &format!("-{id}")]).status();
        sent.is_ok_and(|sent| sent.success())
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.press();
    }
}
