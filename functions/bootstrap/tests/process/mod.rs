//! A program as a process: where it listens, what it replies, how it stops.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    process::{Child, Command},
};

use serde_json::Value;

/// The port that a program says it listens at.
pub fn port(process: &mut Child) -> u16 {
    let mut log = BufReader::new(process.stderr.take().expect("it was piped"));
    let mut line = String::new();
    log.read_line(&mut line).expect("it says where it listens");
    let entry: Value = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"));
    entry["port"].as_u64().and_then(|port| u16::try_from(port).ok()).expect("a port")
}

/// What it replies to a request.
pub fn ask(port: u16, request: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("it listens");
    stream.write_all(request.as_bytes()).expect("it reads");
    let mut reply = String::new();
    stream.read_to_string(&mut reply).expect("it replies");
    reply
}

/// Sends SIGTERM, and waits until it has stopped without an error.
pub fn stop(mut process: Child) {
    let killed = Command::new("kill").args(["-TERM", &process.id().to_string()]).status().expect("it can be sent");
    assert!(killed.success());
    assert_eq!(process.wait().expect("it ends").code(), Some(0));
}
