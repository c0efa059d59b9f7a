//! `function pages`: what it requires to start, what it serves, and which programs do not carry it.

use std::{
    fs,
    process::{Command, Output, Stdio},
};

use serde_json::{Value, json};
use tempfile::TempDir;

mod process;

use process::{ask, port, stop};

/// What the pages' policy says, and nothing else in Tiffin.
const ONLY_PAGES_SAY: &[u8] = b"trusted-types tiffin";

fn config() -> Value {
    json!({
        "api": {"base": "https://api.example"},
        "area": {"name": "Riga", "country": "LV", "centre": {"lat": 56.95, "lon": 24.1}, "radius_m": 5000},
        "payment_methods": [],
        "payments_simulated": false,
    })
}

/// Starts it with a file of this text, and waits until it ends.
fn start_with(text: &str) -> (String, TempDir) {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let file = folder.path().join("config.json");
    fs::write(&file, text).expect("it can be written");
    (refused(pages().env("TIFFIN_PAGES_CONFIG", &file).output().expect("it can be started")), folder)
}

fn pages() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_function"));
    command.arg("pages").env_clear();
    command
}

fn refused(output: Output) -> String {
    assert_eq!(output.status.code(), Some(2));
    String::from_utf8(output.stderr).expect("text")
}

#[test]
fn without_a_file_that_parses_it_does_not_start_and_says_why_in_one_line() {
    let nothing = refused(pages().output().expect("it can be started"));
    assert_eq!(nothing, "pages can't start: the environment does not say TIFFIN_PAGES_CONFIG\n");
    let absent = refused(pages().env("TIFFIN_PAGES_CONFIG", "/nowhere.json").output().expect("it can be started"));
    assert!(absent.starts_with("pages can't start: TIFFIN_PAGES_CONFIG names /nowhere.json, which can't be read: "));
    let mut wrong = config();
    wrong["api"]["base"] = json!("api.example");
    let mut demo = config();
    demo["demo"] = json!(true);
    for (text, reason) in
        [("{", "EOF"), ("{}", "missing field `api`"), (&wrong.to_string(), "api.base"), (&demo.to_string(), "demo")]
    {
        let (said, _folder) = start_with(text);
        assert!(said.starts_with("pages can't start: TIFFIN_PAGES_CONFIG names ") && said.contains(reason), "{said}");
        assert_eq!(said.lines().count(), 1, "{said}");
    }
}

#[test]
fn it_serves_the_pages_for_an_api_elsewhere_and_stops_on_sigterm() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let file = folder.path().join("config.json");
    fs::write(&file, config().to_string()).expect("it can be written");
    let mut process = pages()
        .envs([("PORT", "0"), ("TIFFIN_PAGES_CONFIG", file.to_str().expect("a path"))])
        .stderr(Stdio::piped())
        .spawn()
        .expect("it can be started");
    let port = port(&mut process);
    // It is read only once.
    fs::remove_file(&file).expect("it can be removed");
    let get = |path: &str| ask(port, &format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"));
    let home = get("/");
    assert!(home.starts_with("HTTP/1.1 302 ") && home.contains("\r\nlocation: /eat\r\n"), "{home}");
    let reply = get("/config.json");
    let (_, body) = reply.split_once("\r\n\r\n").expect("a body");
    let served: Value = serde_json::from_str(body).expect("JSON");
    assert_eq!(served["api"], config()["api"]);
    assert_eq!(served["demo"], false);
    assert!(served["build"].is_string(), "{served}");
    let worker = get("/sw.js");
    assert!(
        worker.contains("connect-src 'self' https://api.example;") && worker.contains("x-request-id: "),
        "{worker}"
    );
    assert!(get("/healthz").starts_with("HTTP/1.1 204 "));
    for path in ["/demo", "/demo.html", "/v1/orders", "/docs", "/package.json", "/_tiffin/sessions", "/ops"] {
        let reply = get(path);
        assert!(reply.starts_with("HTTP/1.1 404 ") && reply.contains("application/problem+json"), "{path}: {reply}");
    }
    stop(process);
}

#[test]
fn a_program_of_one_function_does_not_carry_the_pages() {
    let carries = |program: &str| {
        let bytes = fs::read(program).expect("it can be read");
        bytes.windows(ONLY_PAGES_SAY.len()).any(|window| window == ONLY_PAGES_SAY)
    };
    assert!(carries(env!("CARGO_BIN_EXE_function")));
    assert!(!carries(env!("CARGO_BIN_EXE_get-menu")));
}
