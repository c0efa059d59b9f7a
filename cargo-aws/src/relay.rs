//! Lets what is in containers reach a port of this computer that is open on the loopback alone.

use std::{
    io,
    net::{Ipv4Addr, SocketAddrV4},
    time::Duration,
};

use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

/// How long nothing is accepted after something could not be: there may be no more sockets.
const AFTER_A_FAILURE: Duration = Duration::from_millis(100);

/// Listens at one more address, for as long as it lives.
#[derive(Debug)]
pub(crate) struct Relay {
    task: JoinHandle<()>,
}

impl Relay {
    /// From this address to the same port of the loopback.
    pub(crate) async fn open(from: Ipv4Addr, port: u16) -> io::Result<Self> {
        let listener = TcpListener::bind((from, port)).await?;
        let to = SocketAddrV4::new(Ipv4Addr::LOCALHOST, port);
        let accept = async move {
            loop {
                match listener.accept().await {
                    Ok((stream, _)) => drop(tokio::spawn(carry(stream, to))),
                    Err(_) => tokio::time::sleep(AFTER_A_FAILURE).await,
                }
            }
        };
        Ok(Self { task: tokio::spawn(accept) })
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A connection that breaks is closed at both ends, and says so to both.
async fn carry(mut from: TcpStream, to: SocketAddrV4) {
    if let Ok(mut to) = TcpStream::connect(to).await {
        copy_bidirectional(&mut from, &mut to).await.ok();
    }
}
