//! How programs start and end: what they lack they say in one line, and told to stop they stop.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    process::{Command, Stdio},
};

use serde_json::Value;

#[test]
fn a_program_that_lacks_something_says_all_of_it_in_one_line_and_ends() {
    for (program, arguments) in [(env!("CARGO_BIN_EXE_place-order"), vec![]), (function(), vec!["place-order"])] {
        let output = Command::new(program).args(arguments).env_clear().output().expect("it can be started");
        assert_eq!(output.status.code(), Some(2));
        assert_eq!(
            String::from_utf8_lossy(&output.stderr),
            "place-order can't start: the environment does not say TIFFIN_TABLE_ORDERS, K_SINK, TIFFIN_PUBLIC_KEYS, \
             AWS_REGION\n"
        );
    }
}

#[test]
fn a_function_that_there_is_not_is_named() {
    let output = Command::new(function()).arg("eat-dinner").env_clear().output().expect("it can be started");
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "eat-dinner can't start: there is no such function\n");
    let output = Command::new(function()).env_clear().output().expect("it can be started");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).starts_with("say which function to run: register-user, "));
}

#[test]
fn a_program_over_http_is_healthy_without_a_store_and_stops_when_told_to() {
    let mut process = Command::new(env!("CARGO_BIN_EXE_apply-payment"))
        .env_clear()
        .envs([("PORT", "0"), ("TIFFIN_TABLE_ORDERS", "orders"), ("K_SINK", "http://127.0.0.1:9"), ("AWS_REGION", "x")])
        // Left empty, as templates leave it: nothing is there to be asked.
        .envs([("AWS_ENDPOINT_URL", ""), ("AWS_ENDPOINT_URL_DYNAMODB", ""), ("TIFFIN_AWS_ENDPOINT", "")])
        .stderr(Stdio::piped())
        .spawn()
        .expect("it can be started");
    let mut log = BufReader::new(process.stderr.take().expect("it was piped"));
    let mut line = String::new();
    log.read_line(&mut line).expect("it says where it listens");
    let said: Value = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"));
    let port = said["port"].as_u64().and_then(|port| u16::try_from(port).ok()).expect("a port");
    let ask = |request: &str| {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("it listens");
        stream.write_all(request.as_bytes()).expect("it reads");
        let mut reply = String::new();
        stream.read_to_string(&mut reply).expect("it replies");
        reply
    };
    let healthy = ask("GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
    assert!(healthy.starts_with("HTTP/1.1 204 "), "{healthy}");
    let strange = ask("POST /events HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 1\r\n\r\n{");
    assert!(strange.starts_with("HTTP/1.1 400 "), "{strange}");
    let killed = Command::new("kill").args(["-TERM", &process.id().to_string()]).status().expect("it can be told");
    assert!(killed.success());
    assert_eq!(process.wait().expect("it ends").code(), Some(0));
}

fn function() -> &'static str {
    env!("CARGO_BIN_EXE_function")
}
