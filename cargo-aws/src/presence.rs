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

    /// Looks again and again, and says once at first, and whenever it changed, whether somebody is there.
    pub(crate) async fn watch(&self) {
        let mut word = "yet";
        let mut said = None;
        loop {
            let is_there = self.is_there().await;
            if said.replace(is_there) != Some(is_there) {
                if is_there {
                    say(&format!("Functions answer at {}: events go to them.", self.address));
                    word = "any more";
                } else {
                    say(&format!("Nothing answers at {} {word}: events wait in their queues.", self.address));
                }
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
