//! `function provider`: what it requires to start, who may call it, what it does once and answers alike, and the webhooks it sends.

use std::{
    process::{Child, Command, Stdio},
    sync::Arc,
    time::Duration,
};

use app::standard_webhooks;
use axum::{Router, body::Bytes, extract::State, routing::post};
use client::Http;
use domain::Timestamp;
use http::{HeaderMap, Method, Request, Response, StatusCode, header};
use payments::PROVIDER;
use serde_json::{Value, json};
use testing::{Outside, aws::REGION, emulators::MiniStack};
use tokio::{net::TcpListener, sync::mpsc};

mod process;

const KEY: &str = "0123456789abcdef0123456789abcdef";
/// Longer than anything here takes.
const LONG: Duration = Duration::from_secs(20);
const PAYMENT: &str = "pay_01h455vb4pex5vsknk084sn02q";

/// The program as a process, over a table of its own.
struct Provider {
    process: Option<Child>,
    port: u16,
    http: Http,
}

fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_function"));
    command.arg("provider").env_clear();
    command
}

impl Provider {
    /// Starts it; webhooks go to this address.
    async fn start(prefix: &str, webhooks: &str) -> Self {
        let endpoint = MiniStack::shared().await.endpoint();
        cargo_aws::tables::make(endpoint, prefix, host::requirements::tables_of(&[payments::SERVICE]))
            .await
            .expect("tables can be made");
        let mut process = command()
            .envs([
                ("PORT", "0"),
                ("TIFFIN_TABLE_PROVIDER", &*cargo_aws::names::table(prefix, PROVIDER)),
                ("TIFFIN_PROVIDER_API_KEY", KEY),
                ("TIFFIN_PROVIDER_WEBHOOK_KEY", Outside::SECRET),
                ("TIFFIN_PROVIDER_WEBHOOK_URL", webhooks),
                ("TIFFIN_ISSUER", "https://api.example"),
                ("TIFFIN_AWS_ENDPOINT", endpoint),
                ("AWS_REGION", REGION),
                ("AWS_ACCESS_KEY_ID", "test"),
                ("AWS_SECRET_ACCESS_KEY", "test"),
            ])
            .stderr(Stdio::piped())
            .spawn()
            .expect("it can be started");
        let port = process::port(&mut process);
        Self { process: Some(process), port, http: Http::new() }
    }

    /// Stops it by SIGTERM.
    fn stop(mut self) {
        process::stop(self.process.take().expect("it runs"));
    }

    async fn ask(&self, method: Method, path: &str, headers: &[(&str, &str)], body: String) -> Response<Bytes> {
        let mut request = Request::builder().method(method).uri(format!("http://127.0.0.1:{}{path}", self.port));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.http.exchange(request.body(Bytes::from(body)).expect("a request"), LONG).await.expect("it replies")
    }

    /// Asks for an operation, as a caller who is known: the status, and the reply.
    async fn perform(&self, path: &str, key: &str, body: &Value) -> (StatusCode, Value) {
        let bearer = format!("Bearer {KEY}");
        let headers = [("authorization", &*bearer), ("idempotency-key", key), ("content-type", "application/json")];
        let reply = self.ask(Method::POST, path, &headers, body.to_string()).await;
        (reply.status(), serde_json::from_slice(reply.body()).unwrap_or_default())
    }

    async fn look_up(&self, key: &str) -> (StatusCode, Value) {
        let bearer = format!("Bearer {KEY}");
        let path = format!("/v1/calls/{key}");
        let reply = self.ask(Method::GET, &path, &[("authorization", &*bearer)], String::new()).await;
        (reply.status(), serde_json::from_slice(reply.body()).expect("JSON"))
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        if let Some(process) = &mut self.process {
            process.kill().expect("it can be killed");
        }
    }
}

fn asked(method: &str, amount: i64) -> Value {
    json!({
        "payment_id": PAYMENT, "reference": null, "method": method, "amount": {"amount": amount, "currency": "EUR"},
    })
}

#[test]
fn it_says_what_is_missing_and_takes_no_short_key() {
    let output = command().output().expect("it can be started");
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(
        String::from_utf8_lossy(&output.stderr),
        "provider can't start: the environment does not say TIFFIN_TABLE_PROVIDER, TIFFIN_PROVIDER_API_KEY or \
         TIFFIN_PROVIDER_API_KEY_SECRET, TIFFIN_PROVIDER_WEBHOOK_KEY or TIFFIN_PROVIDER_WEBHOOK_KEY_SECRET, AWS_REGION, \
         TIFFIN_ISSUER\n"
    );
    let told = [
        ("TIFFIN_TABLE_PROVIDER", "provider"),
        ("TIFFIN_PROVIDER_API_KEY", &KEY[1..]),
        ("TIFFIN_PROVIDER_WEBHOOK_KEY", Outside::SECRET),
        ("TIFFIN_ISSUER", "https://api.example"),
        ("AWS_REGION", REGION),
    ];
    let output = command().envs(told).output().expect("it can be started");
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.starts_with("provider can't start: TIFFIN_PROVIDER_API_KEY can't be used: "), "{said}");
    assert!(!said.contains(&KEY[1..]), "{said}");
}

#[test]
fn what_is_a_part_of_the_provider_does_not_start_where_that_is_outside() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_function"));
    command.arg("send-provider-webhooks").env_clear().env("TIFFIN_PROVIDER_URL", "http://provider.example");
    let output = command.output().expect("it can be started");
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(
        String::from_utf8_lossy(&output.stderr),
        "send-provider-webhooks can't start: TIFFIN_PROVIDER_URL says that the provider is outside, and this is a part of it\n"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn it_answers_those_who_know_its_key_and_stops_on_sigterm() {
    let provider = Provider::start("provider-key", "http://127.0.0.1:1").await;
    let healthy = provider.ask(Method::GET, "/healthz", &[], String::new()).await;
    assert_eq!(healthy.status(), StatusCode::NO_CONTENT);
    let another = format!("Bearer {}", KEY.replace('0', "1"));
    for headers in [vec![], vec![("authorization", &*another)], vec![("authorization", KEY)]] {
        for (method, path) in [(Method::POST, "/v1/captures"), (Method::GET, "/v1/calls/k")] {
            let refused = provider.ask(method, path, &headers, String::new()).await;
            assert_eq!(refused.status(), StatusCode::UNAUTHORIZED, "{path} {headers:?}");
            assert_eq!(refused.headers()[header::WWW_AUTHENTICATE], "Bearer");
            assert_eq!(refused.headers()[header::CONTENT_TYPE], "application/problem+json");
        }
    }
    provider.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_asked_is_done_once_and_answered_alike() {
    let provider = Provider::start("provider-once", "http://127.0.0.1:1").await;
    let done = json!({"done": {"reference": format!("sim_{PAYMENT}")}});
    for _ in 0..2 {
        for (path, key, amount) in
            [("/v1/authorizations", "a", 100), ("/v1/captures", "c", 100), ("/v1/refunds", "r", 40)]
        {
            let (status, answer) = provider.perform(path, key, &asked("tok_ok", amount)).await;
            assert_eq!(status, StatusCode::OK, "{path}: {answer}");
            assert_eq!(answer, done, "{path}");
        }
    }
    let (status, answer) = provider.perform("/v1/voids", "v", &asked("tok_ok", 100)).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(answer, json!({"refused": {"reason": "already_captured"}}));
    for (path, amount) in [("/v1/refunds", 41), ("/v1/captures", 40)] {
        let (status, answer) = provider.perform(path, "r", &asked("tok_ok", amount)).await;
        assert_eq!(status, StatusCode::OK);
        assert_eq!(answer, json!({"refused": {"reason": "idempotency_key_reused"}}), "{path}");
    }
    let (status, known) = provider.look_up("r").await;
    assert_eq!(status, StatusCode::OK);
    let amount = json!({"amount": 40, "currency": "EUR"});
    let expected = json!({"key": "r", "payment_id": PAYMENT, "operation": "refund", "amount": amount, "answer": done});
    assert_eq!(known, expected);
    let (status, problem) = provider.look_up("nobodys").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert_eq!(problem["code"], "not-found");
    provider.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_request_of_its_is_a_clear_problem() {
    let provider = Provider::start("provider-wrong", "http://127.0.0.1:1").await;
    let bearer = format!("Bearer {KEY}");
    let known = ("authorization", &*bearer);
    let json_body = ("content-type", "application/json");
    let long = "k".repeat(payments::MAX_KEY_CHARS + 1);
    let good = asked("tok_ok", 100).to_string();
    for (headers, body, status, code) in [
        (vec![known, json_body], &*good, 400, "idempotency-key-missing"),
        (vec![known, json_body, ("idempotency-key", &*long)], &good, 400, "invalid-request"),
        (vec![known, ("idempotency-key", "k")], &good, 415, "not-json"),
        (vec![known, json_body, ("idempotency-key", "k")], "{", 400, "malformed"),
        (vec![known, json_body, ("idempotency-key", "k")], r#"{"tip": 1}"#, 400, "invalid-request"),
    ] {
        let refused = provider.ask(Method::POST, "/v1/authorizations", &headers, body.to_owned()).await;
        assert_eq!(refused.status(), status, "{code}");
        assert_eq!(refused.headers()[header::CONTENT_TYPE], "application/problem+json", "{code}");
        let problem: Value = serde_json::from_slice(refused.body()).expect("JSON");
        assert_eq!(problem["code"], code);
    }
    let large = host::MAX_BODY_BYTES + 1;
    let head = format!(
        "POST /v1/captures HTTP/1.1\r\nhost: x\r\nconnection: close\r\nauthorization: {bearer}\r\nidempotency-key: k\r\n\
         content-type: application/json\r\ncontent-length: {large}\r\n\r\n"
    );
    // What its head says of it is enough.
    let refused = process::ask(provider.port, &head);
    assert!(refused.starts_with("HTTP/1.1 413 ") && refused.contains("too-large"), "{refused}");
    let (_, problem) = provider.perform("/v1/captures", "k", &json!({"payment_id": "ord_1"})).await;
    assert_eq!(problem["errors"][0]["pointer"], "/payment_id");
    let refused = provider.ask(Method::GET, "/v1/captures", &[known], String::new()).await;
    assert_eq!(refused.status(), StatusCode::METHOD_NOT_ALLOWED);
    let nowhere = provider.ask(Method::POST, "/v1/payouts", &[known], String::new()).await;
    assert_eq!(nowhere.status(), StatusCode::NOT_FOUND);
    let (status, _) = provider.look_up("k").await;
    assert_eq!(status, StatusCode::NOT_FOUND, "nothing was done");
    provider.stop();
}

/// Whoever takes webhooks.
async fn receiver() -> (String, mpsc::Receiver<(HeaderMap, Bytes)>) {
    let (sender, received) = mpsc::channel(8);
    let take = async |State(sender): State<Arc<mpsc::Sender<(HeaderMap, Bytes)>>>, headers: HeaderMap, body: Bytes| {
        sender.send((headers, body)).await.expect("the test waits");
        StatusCode::NO_CONTENT
    };
    let router = Router::new().route("/taken", post(take)).with_state(Arc::new(sender));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let url = format!("http://{}/taken", listener.local_addr().expect("it listens"));
    tokio::spawn(host::serve(listener, router, host::Timeouts::default(), std::future::pending()));
    (url, received)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_it_answers_later_it_posts_signed() {
    let (url, mut received) = receiver().await;
    let provider = Provider::start("provider-later", &url).await;
    let slow = asked("tok_slow", 100);
    let (status, _) = provider.perform("/v1/authorizations", "later", &slow).await;
    assert_eq!(status, StatusCode::ACCEPTED);
    let (status, known) = provider.look_up("later").await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(known["answer"], Value::Null);
    let (headers, body) =
        tokio::time::timeout(LONG, received.recv()).await.expect("it comes").expect("the receiver is there");
    let texts = headers.iter().map(|(name, value)| (name.to_string(), value.to_str().expect("text").to_owned()));
    let now = Timestamp::of(app::Clock::now(&host::SystemClock));
    let texts = texts.collect();
    let verified = standard_webhooks::verified(Outside::SECRET, &texts, &body, now);
    assert!(verified.expect("the secret is one").is_some(), "it is signed");
    let said: Value = serde_json::from_slice(&body).expect("JSON");
    assert_eq!(said["type"], "call.answered");
    let answer = json!({"done": {"reference": format!("sim_{PAYMENT}")}});
    assert_eq!(said["data"], json!({"key": "later", "payment_id": PAYMENT, "answer": answer}));
    let (_, known) = provider.look_up("later").await;
    assert_eq!(known["answer"], answer);
    let (status, again) = provider.perform("/v1/authorizations", "later", &slow).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(again, answer);
    provider.stop();
}
