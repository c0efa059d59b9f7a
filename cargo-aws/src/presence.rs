//! Whether somebody runs the functions at the moment.

use std::time::Duration;

use tokio::{net::TcpStream, sync::watch};

use crate::say;

/// How often it is looked.
const BETWEEN_LOOKS: Duration = Duration::from_millis(500);

/// Who may listen on a port of this computer.
#[derive(Debug)]
pub(crate) struct Presence {
    address: String,
    seen: watch::Sender<bool>,
}

impl Presence {
    /// Nobody is there yet, as far as is known.
    pub(crate) fn of(port: u16) -> Self {
        Self { address: format!("127.0.0.1:{port}"), seen: watch::Sender::new(false) }
    }

    /// Looks again and again, and says when nobody is there: once at first, and once whenever somebody went away.
    pub(crate) async fn watch(&self) {
        let mut word = "yet";
        let mut is_said = false;
        loop {
            let is_there = self.is_there().await;
            if is_there {
                word = "any more";
                is_said = false;
            } else if !is_said {
                say(&format!("Nothing answers at {} {word}: events wait in their queues.", self.address));
                is_said = true;
            }
            self.seen.send_replace(is_there);
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
    }

    /// Waits until somebody is there.
    pub(crate) async fn wait(&self) {
        let mut seen = self.seen.subscribe();
        // Fails only where its sender is gone, which is this.
        seen.wait_for(|seen| *seen).await.ok();
    }

    /// Whether somebody is there now.
    pub(crate) async fn is_there(&self) -> bool {
        TcpStream::connect(&self.address).await.is_ok()
    }
}
