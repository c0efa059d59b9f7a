//! What a program says where its emulator is away: on a computer that somebody works at, an error may say what to do.

use std::time::Duration;

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::Request,
    middleware::{self, Next},
    response::Response,
};
use host::requirements::HOST_OF_CONTAINERS;
use http::{StatusCode, Uri, header};
use serde_json::{Map, Value};
use tokio::net::TcpStream;

/// How long the emulator may take to accept a connection.
const CONNECT: Duration = Duration::from_secs(1);
/// The most bytes of a problem.
const MAX_PROBLEM_BYTES: usize = 64 * 1024;

/// Whoever gets 503 is told that the emulator at `endpoint` is away, if it is.
pub(crate) fn told_of(router: Router, endpoint: String) -> Router {
    router.layer(middleware::from_fn(move |request: Request, next: Next| {
        let endpoint = endpoint.clone();
        async move {
            let response = next.run(request).await;
            if response.status() != StatusCode::SERVICE_UNAVAILABLE {
                return response;
            }
            match advice_of(&endpoint).await {
                Some(advice) => explained(response, advice).await,
                None => response,
            }
        }
    }))
}

/// What to do where the emulator at `endpoint` is away.
pub(crate) async fn advice_of(endpoint: &str) -> Option<String> {
    (!answers(endpoint).await).then(|| advice(endpoint))
}

async fn answers(endpoint: &str) -> bool {
    let Some(authority) = endpoint.parse::<Uri>().ok().and_then(|uri| uri.authority().cloned()) else { return false };
    let connected = TcpStream::connect((authority.host(), authority.port_u16().unwrap_or(80)));
    tokio::time::timeout(CONNECT, connected).await.is_ok_and(|connected| connected.is_ok())
}

/// What to do. The command starts the emulator, and what brings events to functions: to those that `sam local` runs, in containers,
/// where it is told so.
fn advice(endpoint: &str) -> String {
    let option = if endpoint.contains(HOST_OF_CONTAINERS) { " --invoke sam" } else { "" };
    format!("the emulator at {endpoint} does not answer: run `cargo aws up{option}`")
}

/// The same problem with what to do in its detail.
async fn explained(response: Response, advice: String) -> Response {
    let (mut head, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, MAX_PROBLEM_BYTES).await else { return Response::from_parts(head, Body::empty()) };
    let Ok(mut problem) = serde_json::from_slice::<Map<String, Value>>(&bytes) else {
        return Response::from_parts(head, Body::from(bytes));
    };
    problem.insert("detail".to_owned(), advice.into());
    head.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(head, Body::from(Value::Object(problem).to_string()))
}

#[cfg(test)]
mod tests {
    use axum::response::IntoResponse as _;
    use tokio::net::TcpListener;
    use tower::ServiceExt as _;

    use super::*;

    async fn detail(endpoint: &str, status: StatusCode) -> String {
        let problem =
            move || async move { (status, r#"{"code":"unavailable","detail":"Try again."}"#).into_response() };
        let router = told_of(Router::new().fallback(problem), endpoint.to_owned());
        let response = router.oneshot(Request::new(Body::empty())).await.unwrap();
        let body = to_bytes(response.into_body(), MAX_PROBLEM_BYTES).await.unwrap();
        let problem: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(problem["code"], "unavailable");
        problem["detail"].as_str().unwrap().to_owned()
    }

    #[tokio::test]
    async fn only_who_can_not_be_served_without_the_emulator_is_told_of_it() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        assert_eq!(detail(&endpoint, StatusCode::SERVICE_UNAVAILABLE).await, "Try again.");
        drop(listener);
        assert_eq!(detail(&endpoint, StatusCode::CONFLICT).await, "Try again.");
        let told = format!("the emulator at {endpoint} does not answer: run `cargo aws up`");
        assert_eq!(detail(&endpoint, StatusCode::SERVICE_UNAVAILABLE).await, told);
        let in_a_container = "http://host.docker.internal:4566";
        let told = format!("the emulator at {in_a_container} does not answer: run `cargo aws up --invoke sam`");
        assert_eq!(advice(in_a_container), told);
    }
}
