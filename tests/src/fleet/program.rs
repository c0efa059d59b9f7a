//! One function as a process of its own: over HTTP, or under a runtime API.

use std::{
    path::Path,
    process::Stdio,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{body::Bytes, response::Response};
use http::request::Parts;
use serde_json::{Value, json};
use testing::{Failed, RuntimeApi};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::{Child, ChildStderr, Command},
    sync::oneshot,
};

use super::{EVENTS_SECRET, gateway::Gateway, tally::Tally};
use crate::ingress::hand_on;

/// How long a process may take to start.
const START: Duration = Duration::from_secs(30);

/// A running process.
pub struct Program {
    /// The function it runs.
    pub function: &'static str,
    process: Mutex<Child>,
    tally: Arc<Tally>,
    reached: Reached,
}

enum Reached {
    Http { url: String, client: reqwest::Client },
    Lambda(RuntimeApi),
}

/// The reply to a delivery.
pub struct Received {
    pub status: u16,
    /// The body; a broker takes one for an event in reply.
    pub body: Vec<u8>,
}

impl Program {
    /// Starts a program that serves HTTP, and waits until it listens.
    pub async fn over_http(
        executable: &Path,
        function: &'static str,
        variables: Vec<(String, String)>,
        tally: Arc<Tally>,
    ) -> Self {
        let mut process = start(executable, function, variables);
        let (found, port) = oneshot::channel();
        tally.begins();
        tokio::spawn(read_log(
            function,
            BufReader::new(process.stderr.take().expect("it was piped")),
            Some(found),
            tally.clone(),
        ));
        let port = tokio::time::timeout(START, port).await.expect("it starts in time");
        let port = port.unwrap_or_else(|_| panic!("{function} ended before it listened"));
        let reached = Reached::Http { url: format!("http://127.0.0.1:{port}"), client: reqwest::Client::new() };
        Self { function, process: Mutex::new(process), tally, reached }
    }

    /// Starts a program under a runtime API of its own, and waits until it asks for work.
    pub async fn on_lambda(
        executable: &Path,
        function: &'static str,
        mut variables: Vec<(String, String)>,
        tally: Arc<Tally>,
    ) -> Self {
        let api = RuntimeApi::open().await;
        variables.extend(api.environment(function));
        let mut process = start(executable, function, variables);
        tally.begins();
        tokio::spawn(read_log(
            function,
            BufReader::new(process.stderr.take().expect("it was piped")),
            None,
            tally.clone(),
        ));
        tokio::select! {
            polled = tokio::time::timeout(START, api.first_poll()) => drop(polled.expect("it starts in time")),
            ended = process.wait() => panic!("{function} ended before it asked for work: {ended:?}"),
        }
        Self { function, process: Mutex::new(process), tally, reached: Reached::Lambda(api) }
    }

    /// Where a program over HTTP listens.
    pub fn url(&self) -> &str {
        let Reached::Http { url, .. } = &self.reached else { panic!("{} is not over HTTP", self.function) };
        url
    }

    pub async fn answer(&self, head: Parts, body: Bytes) -> Response {
        match &self.reached {
            Reached::Http { url, client } => hand_on(client, url, head, body).await,
            Reached::Lambda(_) => {
                let answer = self.invoke(&Gateway::HttpApi.payload(&head, &body)).await;
                Gateway::reply(&answer.unwrap_or_else(|failed| panic!("{}: {failed:?}", self.function)))
            }
        }
    }

    /// Invokes a program on Lambda.
    pub async fn invoke(&self, payload: &Value) -> Result<Value, Failed> {
        let Reached::Lambda(api) = &self.reached else { panic!("{} is no Lambda function", self.function) };
        self.tally.invoked(payload);
        let answer = api.invoke(payload.to_string()).await?;
        Ok(serde_json::from_slice(&answer).expect("an answer is JSON"))
    }

    /// Delivers an event to a program over HTTP: these headers, this body.
    pub async fn deliver(&self, headers: http::HeaderMap, body: Vec<u8>) -> Result<Received, reqwest::Error> {
        let Reached::Http { url, client } = &self.reached else { panic!("{} is not over HTTP", self.function) };
        let request = client.post(format!("{url}/events")).headers(headers).bearer_auth(EVENTS_SECRET).body(body);
        let response = request.send().await?;
        let status = response.status().as_u16();
        Ok(Received { status, body: response.bytes().await?.into() })
    }

    /// Runs a sweep, as a schedule would.
    pub async fn sweep(&self) {
        match &self.reached {
            Reached::Http { .. } => {
                let received = self.deliver(ping(), Vec::new()).await.expect("the sweep answers");
                assert_eq!(received.status, 202, "{}", self.function);
                assert_eq!(received.body.len(), 0, "{}", self.function);
            }
            Reached::Lambda(_) => {
                let swept = self.invoke(&json!({})).await;
                assert!(swept.is_ok_and(|swept| swept["due"].is_u64()), "{}", self.function);
            }
        }
    }

    /// Kills it, and waits until it is gone.
    pub async fn end(&mut self) {
        let process = self.process.get_mut().unwrap_or_else(PoisonError::into_inner);
        process.kill().await.expect("it can be killed");
    }

    /// Kills it as it is; what is under way gets no answer.
    pub fn kill(&self) {
        self.process.lock().unwrap_or_else(PoisonError::into_inner).start_kill().expect("it can be killed");
        if let Reached::Lambda(api) = &self.reached {
            api.abandon();
        }
    }
}

fn start(executable: &Path, function: &str, variables: Vec<(String, String)>) -> Child {
    let mut command = Command::new(executable);
    command.arg(function).env_clear().envs(variables);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).kill_on_drop(true);
    command.spawn().expect("the program can be started")
}

/// What a Knative ping source sends.
fn ping() -> http::HeaderMap {
    let headers = [
        ("ce-specversion", "1.0"),
        ("ce-id", "ping"),
        ("ce-source", "/apis/v1/namespaces/tiffin/pingsources/sweep"),
        ("ce-type", "dev.knative.sources.ping"),
    ];
    let pairs =
        headers.map(|(name, value)| (http::HeaderName::from_static(name), http::HeaderValue::from_static(value)));
    pairs.into_iter().collect()
}

/// Shows warnings and errors, counts what was consumed, and finds the port where there is one.
async fn read_log(
    function: &'static str,
    log: BufReader<ChildStderr>,
    mut port: Option<oneshot::Sender<u64>>,
    tally: Arc<Tally>,
) {
    let mut lines = log.lines();
    while let Ok(Some(line)) = lines.next_line().await {
        let entry: Value = serde_json::from_str(&line).unwrap_or_default();
        if entry["message"] == "serving"
            && let Some(port) = port.take()
        {
            // Nobody waits any more where the test has ended.
            port.send(entry["port"].as_u64().unwrap_or_default()).unwrap_or_default();
        } else if entry["message"] == "consumed" {
            tally.logged(&entry);
        } else if entry["level"] != "INFO" && entry["level"] != "DEBUG" {
            show(function, &line);
        }
    }
    tally.ends();
}

#[expect(clippy::print_stderr, reason = "shown where a test fails")]
fn show(function: &str, line: &str) {
    eprintln!("{function}: {line}");
}
