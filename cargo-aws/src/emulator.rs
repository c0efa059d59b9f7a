//! The emulator, at the addresses that functions know.

use std::{io, net::Ipv4Addr};

use anyhow::{Context as _, Result};
use testing::emulators::{MiniStack, StartError};

use crate::relay::Relay;

/// An emulator that answers on the loopback and, for what is in containers, on an engine's bridge: nobody else reaches it.
pub struct Emulator {
    server: MiniStack,
    _relay: Option<Relay>,
}

impl Emulator {
    /// Starts it on this port.
    pub async fn open(port: u16, bridge: Option<Ipv4Addr>) -> Result<Self> {
        let server = MiniStack::start_at("127.0.0.1", port).await.context("the emulator can't be started")?;
        Ok(Self { server, _relay: relay(bridge, port).await.context("containers can't reach the emulator")? })
    }

    /// Where it answers.
    pub fn endpoint(&self) -> &str {
        self.server.endpoint()
    }
}

/// None where the bridge is not of this computer, but of a virtual machine: its engine lets containers reach the loopback.
async fn relay(bridge: Option<Ipv4Addr>, port: u16) -> Result<Option<Relay>, StartError> {
    let Some(address) = bridge else { return Ok(None) };
    match Relay::open(address, port).await {
        Ok(relay) => Ok(Some(relay)),
        Err(error) if error.kind() == io::ErrorKind::AddrNotAvailable => Ok(None),
        Err(error) if error.kind() == io::ErrorKind::AddrInUse => {
            Err(StartError::Taken { host: address.to_string(), port })
        }
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, time::Duration};

    use testing::{aws::Aws, free_port};

    use super::*;

    /// Another address of the loopback stands for the bridge's.
    const BRIDGE: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);
    const LOOKS: usize = 100;
    const BETWEEN_LOOKS: Duration = Duration::from_millis(20);

    /// The addresses on which this port is listened to.
    fn listening(port: u16) -> Vec<String> {
        const LISTENS: &str = "0A";
        let mut addresses = Vec::new();
        for table in ["/proc/net/tcp", "/proc/net/tcp6"] {
            let text = fs::read_to_string(table).unwrap_or_default();
            for line in text.lines().skip(1) {
                let words: Vec<&str> = line.split_whitespace().collect();
                let (address, its) = words[1].split_once(':').unwrap();
                if words[3] == LISTENS && u16::from_str_radix(its, 16).unwrap() == port {
                    addresses.push(address.to_owned());
                }
            }
        }
        addresses.sort();
        addresses
    }

    /// As the kernel shows an address.
    fn shown(address: Ipv4Addr) -> String {
        format!("{:08X}", address.to_bits().swap_bytes())
    }

    #[tokio::test]
    async fn it_listens_on_the_loopback_and_the_bridge_and_nowhere_else() {
        let port = free_port();
        let emulator = Emulator::open(port, Some(BRIDGE)).await.unwrap();
        assert_eq!(listening(port), [shown(Ipv4Addr::LOCALHOST), shown(BRIDGE)]);
        Aws::at(emulator.endpoint()).queue("made", serde_json::json!({})).await.unwrap();
        let over_the_bridge = Aws::at(&format!("http://{BRIDGE}:{port}"));
        assert!(over_the_bridge.topic("made").await.is_ok());
        let taken = Emulator::open(port, None).await.err().unwrap();
        let line = format!(
            "the emulator can't be started: port {port} of 127.0.0.1 is taken: stop whatever listens there first"
        );
        assert_eq!(format!("{taken:#}"), line);
        drop(emulator);
        assert!(is_closed(port).await);
    }

    async fn is_closed(port: u16) -> bool {
        for _ in 0..LOOKS {
            if listening(port).is_empty() {
                return true;
            }
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
        false
    }
}
