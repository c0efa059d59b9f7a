//! The client against a stand-in for the API whose tokens end and whose replies get lost.

use std::sync::Mutex;

use axum::{
    Router,
    http::{HeaderMap, StatusCode as Status},
    routing::{get, post},
};

use super::*;

/// What a stand-in for the API was sent: tokens and keys, in order.
type Seen = Arc<Mutex<Vec<String>>>;

/// An API whose first token is good once, and whose first order is lost; tokens live for `expires_in` seconds.
async fn stand_in(seen: Seen, expires_in: u64) -> String {
    let record = move |what: &str| {
        let mut seen = seen.lock().unwrap();
        seen.push(what.to_owned());
        seen.iter().filter(|seen| *seen == what).count()
    };
    let of_sign_in = record.clone();
    let of_refresh = record.clone();
    let of_thing = record.clone();
    let of_order = record;
    let session = move |token: &str, refresh_token: &str| {
        json!({ "access_token": token, "refresh_token": refresh_token, "expires_in": expires_in }).to_string()
    };
    let sign_in = async move || {
        let token = format!("token-{}", of_sign_in("sign-in"));
        (Status::CREATED, session(&token, "refresh-1"))
    };
    // The first refresh token is good once, and followed by one that never is.
    let refresh = async move |body: String| match of_refresh(&body) {
        1 if body.contains("refresh-1") => (Status::OK, session("token-of-refresh", "refresh-2")),
        _ => (Status::UNAUTHORIZED, json!({ "code": "unauthenticated" }).to_string()),
    };
    let thing = async move |headers: HeaderMap| match of_thing(headers["authorization"].to_str().unwrap()) {
        1 => (Status::OK, json!(1).to_string()),
        _ => (Status::UNAUTHORIZED, json!({ "code": "unauthenticated" }).to_string()),
    };
    let order = async move |headers: HeaderMap| match of_order(headers["idempotency-key"].to_str().unwrap()) {
        1 => (Status::SERVICE_UNAVAILABLE, json!({ "code": "unavailable" }).to_string()),
        _ => (Status::CREATED, json!(2).to_string()),
    };
    let sessions = Router::new().route("/v1/sessions", post(sign_in)).route("/v1/sessions/refresh", post(refresh));
    let router = sessions.route("/thing", get(thing)).route("/order", post(order));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    url
}

async fn client(seen: &Seen, expires_in: u64) -> Client {
    let account = crate::city::city().accounts().remove(0);
    let url = stand_in(seen.clone(), expires_in).await;
    Client::new(Http::new(), url, &account, "tiffin-demo", Arc::new(Semaphore::new(1)))
}

#[tokio::test]
async fn a_token_is_used_until_it_is_refused_and_then_another_is_asked_for() {
    let seen = Seen::default();
    let mut client = client(&seen, 600).await;
    client.get::<i32>("/thing").await.unwrap();
    let refused = client.get::<i32>("/thing").await.unwrap_err();
    assert_eq!(refused.to_string(), "401 unauthenticated from GET /thing");
    assert!(!refused.is_bad_luck());
    client.get::<i32>("/thing").await.unwrap();
    let wanted = ["sign-in", "Bearer token-1", "Bearer token-1", "sign-in", "Bearer token-2"];
    assert_eq!(*seen.lock().unwrap(), wanted);
}

#[tokio::test]
async fn a_token_at_its_end_is_renewed_without_the_password_if_possible() {
    let seen = Seen::default();
    let mut client = client(&seen, 0).await;
    for _ in 0..3 {
        client.get::<i32>("/thing").await.unwrap();
    }
    let refreshed = |number: u32| format!("{{\"refresh_token\":\"refresh-{number}\"}}");
    let first = refreshed(1);
    let second = refreshed(2);
    let tokens = ["Bearer token-1", "Bearer token-of-refresh", "Bearer token-2"];
    let wanted = ["sign-in", tokens[0], &first, tokens[1], &second, "sign-in", tokens[2]];
    assert_eq!(*seen.lock().unwrap(), wanted);
}

#[tokio::test]
async fn what_is_to_be_done_once_is_sent_again_under_the_same_key() {
    let seen = Seen::default();
    let mut client = client(&seen, 600).await;
    let order: Value = client.post_once("/order", "quote", &json!({})).await.unwrap();
    assert_eq!(order, 2);
    assert_eq!(*seen.lock().unwrap(), ["sign-in", "quote", "quote"]);
}

#[tokio::test]
async fn an_unreachable_api_is_reported_without_host_and_query() {
    let account = crate::city::city().accounts().remove(0);
    let http = Http::new();
    // Nothing listens on the discard port.
    let url = "http://127.0.0.1:9".to_owned();
    let mut client = Client::new(http, url, &account, "tiffin-demo", Arc::new(Semaphore::new(1)));
    let error = client.get::<i32>("/thing").await.unwrap_err();
    assert_eq!(error.to_string(), "no reply from /v1/sessions");
}
