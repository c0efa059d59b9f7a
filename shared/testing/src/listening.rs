//! Servers that a test starts: a port for one, and waiting until it listens.

use std::{
    net::{Ipv4Addr, TcpListener},
    time::Duration,
};

use tokio::net::TcpStream;

/// How often a starting server is looked for, and how long it waits between two looks.
const LOOKS: usize = 2400;
const BETWEEN_LOOKS: Duration = Duration::from_millis(50);

/// A port that nobody uses yet.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free");
    listener.local_addr().expect("it listens somewhere").port()
}

/// Waits until somebody listens there. Returns `false` where that takes too long, or the server `has_ended`.
pub async fn listens(host: &str, port: u16, mut has_ended: impl FnMut() -> bool) -> bool {
    for _ in 0..LOOKS {
        if TcpStream::connect((host, port)).await.is_ok() {
            return true;
        }
        if has_ended() {
            return false;
        }
        tokio::time::sleep(BETWEEN_LOOKS).await;
    }
    false
}
