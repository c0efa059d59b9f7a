//! How programs start and stop: what is missing they say in one line, and on SIGTERM they stop.

use std::{
    collections::HashMap,
    io::{Read as _, Write as _},
    net::TcpListener,
    process::{Command, Stdio},
    sync::{Arc, Mutex},
};

use axum::{Router, http::Method};
use bootstrap::SERVICES;
use cargo_aws::keys::KeyMaterial;
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

mod process;

use process::{ask, port, stop};

/// What a broker sends.
const SECRET: &str = "0123456789abcdef0123456789abcdef";

#[test]
fn a_program_says_everything_that_is_missing_in_one_line_and_ends() {
    for (program, arguments) in [(env!("CARGO_BIN_EXE_place-order"), vec![]), (function(), vec!["place-order"])] {
        let output = Command::new(program).args(arguments).env_clear().output().expect("it can be started");
        assert_eq!(output.status.code(), Some(2));
        assert_eq!(
            String::from_utf8_lossy(&output.stderr),
            "place-order can't start: the environment does not say TIFFIN_TABLE_ORDERS, K_SINK, TIFFIN_PUBLIC_KEYS, \
             AWS_REGION, TIFFIN_ISSUER\n"
        );
    }
}

/// The variables of `local.env`.
fn local() -> HashMap<String, String> {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../local.env");
    let text = std::fs::read_to_string(file).expect("local.env can be read");
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| line.split_once('=')).map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// A runtime that answers nothing, and the address that programs find it under.
fn runtime() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let address = listener.local_addr().expect("it listens").to_string();
    (listener, address)
}

/// Runs a program under a Lambda runtime until it ends: its exit code, and what it told the runtime.
fn reported(program: &str, environment: &HashMap<String, String>) -> (Option<i32>, String) {
    let (listener, address) = runtime();
    let mut process = Command::new(program)
        .env_clear()
        .envs(environment)
        .envs([("AWS_LAMBDA_RUNTIME_API", &*address), ("AWS_LAMBDA_FUNCTION_NAME", "f")])
        .envs([("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128"), ("AWS_LAMBDA_FUNCTION_VERSION", "1")])
        .stderr(Stdio::null())
        .spawn()
        .expect("it can be started");
    let (mut stream, _) = listener.accept().expect("it asks");
    let mut request = Vec::new();
    let mut buffer = [0; 4096];
    while !request.ends_with(b"}") && !request.starts_with(b"GET ") {
        let count = stream.read(&mut buffer).expect("it writes");
        request.extend_from_slice(&buffer[..count]);
    }
    let request = String::from_utf8(request).expect("text");
    if request.starts_with("GET ") {
        drop(process.kill());
        drop(process.wait());
        return (None, request);
    }
    stream.write_all(b"HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n").expect("it reads");
    (process.wait().expect("it ends").code(), request)
}

#[test]
fn a_runtime_is_told_why_a_program_can_not_start() {
    let (code, request) = reported(env!("CARGO_BIN_EXE_place-order"), &HashMap::new());
    assert_eq!(code, Some(2));
    assert!(request.starts_with("POST /2018-06-01/runtime/init/error HTTP/1.1\r\n"), "{request}");
    assert!(request.contains("lambda-runtime-function-error-type: Runtime.CannotStart\r\n"), "{request}");
    let (_, body) = request.split_once("\r\n\r\n").expect("it has a body");
    let body: Value = serde_json::from_str(body).expect("JSON");
    let missing = "place-order can't start: the environment does not say TIFFIN_TABLE_ORDERS, TIFFIN_TOPIC_ARN, \
                   TIFFIN_PUBLIC_KEYS, AWS_REGION, TIFFIN_ISSUER";
    assert_eq!(body, json!({"errorType": "Runtime.CannotStart", "errorMessage": missing, "stackTrace": []}));
}

/// Each key of `local.env`, by a function that reads it.
#[test]
fn keys_for_development_work_on_an_emulator_alone() {
    let local = local();
    let others = new_keys();
    for (variable, program) in [
        ("TIFFIN_PUBLIC_KEYS", env!("CARGO_BIN_EXE_get-menu")),
        ("TIFFIN_ACCESS_TOKEN_KEY", env!("CARGO_BIN_EXE_sign-in")),
        ("TIFFIN_QUOTE_KEY", env!("CARGO_BIN_EXE_quote-basket")),
        ("TIFFIN_CURSOR_KEY", env!("CARGO_BIN_EXE_list-orders")),
        ("TIFFIN_PROVIDER_WEBHOOK_KEY", env!("CARGO_BIN_EXE_receive-provider-webhook")),
    ] {
        let (code, request) = reported(program, &local);
        assert!(code.is_none() && request.starts_with("GET /2018-06-01/runtime/invocation/next "), "{request}");
        // All keys are others but this one.
        let mut elsewhere = local.clone();
        elsewhere.extend(others.clone());
        elsewhere.insert(variable.to_owned(), local[variable].clone());
        elsewhere.insert("TIFFIN_CORS_ORIGINS".to_owned(), String::new());
        for (stage, endpoint) in [("staging", "http://127.0.0.1:9"), ("", "http://127.0.0.1:9"), ("local", "")] {
            elsewhere.insert("TIFFIN_STAGE".to_owned(), stage.to_owned());
            elsewhere.insert("TIFFIN_AWS_ENDPOINT".to_owned(), endpoint.to_owned());
            let (code, request) = reported(program, &elsewhere);
            assert_eq!(code, Some(2));
            assert!(request.contains(&format!("{variable} holds a key for development")), "{stage}: {request}");
        }
    }
}

#[test]
fn who_works_without_the_emulator_is_told_and_nobody_else() {
    let menu =
        "GET /v1/restaurants/rst_01h455vb4pex5vsknk084sn02q/menu HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    // Nobody listens there.
    let endpoint = "http://127.0.0.1:9";
    let mut elsewhere = local();
    elsewhere.extend(new_keys());
    elsewhere.extend(
        [("TIFFIN_STAGE", "staging"), ("TIFFIN_CORS_ORIGINS", "")]
            .map(|(name, value)| (name.to_owned(), value.to_owned())),
    );
    for (environment, told) in [(local(), true), (elsewhere, false)] {
        let mut process = Command::new(env!("CARGO_BIN_EXE_get-menu"))
            .env_clear()
            .envs(environment)
            .envs([("PORT", "0"), ("TIFFIN_AWS_ENDPOINT", endpoint)])
            .stderr(Stdio::piped())
            .spawn()
            .expect("it can be started");
        let reply = ask(port(&mut process), menu);
        assert!(reply.starts_with("HTTP/1.1 503 ") && reply.contains("\"unavailable\""), "{reply}");
        let detail = format!("the emulator at {endpoint} does not answer: run `cargo aws up`");
        assert_eq!(reply.contains(&detail), told, "{reply}");
        assert_eq!(reply.contains(endpoint), told, "{reply}");
        stop(process);
    }
}

/// New keys, by the name of their variable.
fn new_keys() -> HashMap<String, String> {
    let KeyMaterial { public_keys, secrets } = KeyMaterial::new(SERVICES).expect("keys can be made");
    secrets.into_iter().chain([("TIFFIN_PUBLIC_KEYS".to_owned(), public_keys)]).collect()
}

#[test]
fn a_function_that_does_not_exist_is_named() {
    let output = Command::new(function()).arg("eat-dinner").env_clear().output().expect("it can be started");
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "eat-dinner can't start: there is no such function\n");
    let output = Command::new(function()).env_clear().output().expect("it can be started");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).starts_with("say which function to run: register-user, "));
}

#[test]
fn a_program_over_http_is_healthy_without_a_store_and_stops_on_sigterm() {
    let mut process = Command::new(env!("CARGO_BIN_EXE_apply-payment"))
        .env_clear()
        .envs([("PORT", "0"), ("TIFFIN_TABLE_ORDERS", "orders"), ("K_SINK", "http://127.0.0.1:9"), ("AWS_REGION", "x")])
        .env("TIFFIN_EVENTS_SECRET", SECRET)
        // Left empty, as templates leave it: no endpoint can be reached.
        .envs([("AWS_ENDPOINT_URL", ""), ("AWS_ENDPOINT_URL_DYNAMODB", ""), ("TIFFIN_AWS_ENDPOINT", "")])
        .stderr(Stdio::piped())
        .spawn()
        .expect("it can be started");
    let port = port(&mut process);
    let healthy = ask(port, "GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
    assert!(healthy.starts_with("HTTP/1.1 204 "), "{healthy}");
    let post = |headers: &str| {
        format!("POST /events HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{headers}content-length: 1\r\n\r\n{{")
    };
    let strange = ask(port, &post(&format!("authorization: Bearer {SECRET}\r\n")));
    assert!(strange.starts_with("HTTP/1.1 400 "), "{strange}");
    for headers in ["", "authorization: Bearer guessed\r\n"] {
        let stranger = ask(port, &post(headers));
        assert!(stranger.starts_with("HTTP/1.1 401 ") && stranger.contains("\"unauthenticated\""), "{stranger}");
    }
    stop(process);
}

#[test]
fn a_program_that_is_still_starting_stops_on_sigterm() {
    // Accepts the request for the secret, and never replies.
    let silent = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let address = format!("http://{}", silent.local_addr().expect("it listens"));
    let process = Command::new(env!("CARGO_BIN_EXE_apply-payment"))
        .env_clear()
        .envs([("PORT", "0"), ("TIFFIN_TABLE_ORDERS", "orders"), ("K_SINK", "http://127.0.0.1:9"), ("AWS_REGION", "x")])
        .envs([("AWS_ACCESS_KEY_ID", "x"), ("AWS_SECRET_ACCESS_KEY", "x"), ("TIFFIN_AWS_ENDPOINT", &*address)])
        .env("TIFFIN_EVENTS_SECRET_SECRET", "arn:aws:secretsmanager:x:0:secret:y")
        .stderr(Stdio::null())
        .spawn()
        .expect("it can be started");
    let _asking = silent.accept().expect("it asks");
    stop(process);
}

#[tokio::test(flavor = "multi_thread")]
async fn credentials_come_from_the_container_where_the_environment_has_none() {
    let received = Arc::new(Mutex::new(Vec::new()));
    let authorizations = received.clone();
    // Serves the credentials, and is the store that is called with them.
    let stub = Router::new().fallback(async move |method: Method, headers: HeaderMap| {
        authorizations.lock().unwrap().push(headers["authorization"].to_str().unwrap().to_owned());
        let credentials = json!({
            "AccessKeyId": "CONTAINER", "SecretAccessKey": "s", "Token": "t", "Expiration": "2099-01-01T00:00:00Z",
        });
        if method == Method::GET { Ok(credentials.to_string()) } else { Err(StatusCode::BAD_REQUEST) }
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(axum::serve(listener, stub).into_future());
    let mut process = Command::new(env!("CARGO_BIN_EXE_sweep-orders"))
        .env_clear()
        .envs([("PORT", "0"), ("TIFFIN_TABLE_ORDERS", "orders"), ("K_SINK", "http://127.0.0.1:9"), ("AWS_REGION", "x")])
        .envs([("TIFFIN_AWS_ENDPOINT", &address), ("AWS_CONTAINER_CREDENTIALS_FULL_URI", &format!("{address}/keys"))])
        .envs([("AWS_CONTAINER_AUTHORIZATION_TOKEN", "let me in"), ("TIFFIN_EVENTS_GUARD", "mesh")])
        .stderr(Stdio::piped())
        .spawn()
        .expect("it can be started");
    let port = port(&mut process);
    let request = "POST /events HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
    let reply = tokio::task::spawn_blocking(move || ask(port, request)).await.unwrap();
    assert!(reply.starts_with("HTTP/1.1 503 "), "{reply}");
    stop(process);
    let received = received.lock().unwrap();
    assert_eq!(received[0], "let me in");
    assert!(received[1].contains(" Credential=CONTAINER/"), "{}", received[1]);
}

fn function() -> &'static str {
    env!("CARGO_BIN_EXE_function")
}
