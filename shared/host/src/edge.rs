//! What every reply carries, whatever answered: a request id, security headers, CORS; and no panic gets out.

use std::any::Any;

use app::{Problem, code};
use axum::{
    Router,
    extract::Request,
    middleware::{self, Next},
    response::Response,
};
use domain::EventId;
use http::{HeaderName, HeaderValue, header};
use tower_http::catch_panic::CatchPanicLayer;

use crate::{Host, cors, reply};

/// The most characters of a client's own request id.
const MAX_REQUEST_ID_CHARS: usize = 128;
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What every reply says to browsers, where it says nothing else of it.
pub const SECURITY: [(HeaderName, HeaderValue); 4] = [
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000")),
    (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'")),
];

/// Puts the edge around a router.
pub fn edge(router: Router, host: &std::sync::Arc<Host>) -> Router {
    with_headers(without_panics(router).layer(cors::layer(&host.cors_origins)), host)
}

/// Puts the edge around a router that pages of other origins have no business with, even where they may call the API.
pub fn edge_without_cors(router: Router, host: &std::sync::Arc<Host>) -> Router {
    with_headers(without_panics(router), host)
}

fn without_panics(router: Router) -> Router {
    router.layer(CatchPanicLayer::custom(panicked))
}

fn with_headers(router: Router, host: &std::sync::Arc<Host>) -> Router {
    let ids = host.clone();
    router.layer(middleware::from_fn(move |request: Request, next: Next| add_headers(ids.clone(), request, next)))
}

async fn add_headers(host: std::sync::Arc<Host>, request: Request, next: Next) -> Response {
    let sent = request.headers().get(REQUEST_ID).filter(|id| is_request_id(id)).cloned();
    let id = sent.unwrap_or_else(|| make_request_id(&host));
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(REQUEST_ID, id);
    for (name, value) in SECURITY {
        headers.entry(name).or_insert(value);
    }
    response
}

fn is_request_id(id: &HeaderValue) -> bool {
    let allowed = |byte: &u8| byte.is_ascii_alphanumeric() || b"._-".contains(byte);
    (1..=MAX_REQUEST_ID_CHARS).contains(&id.len()) && id.as_bytes().iter().all(allowed)
}

fn make_request_id(host: &Host) -> HeaderValue {
    let mut random = [0; 10];
    host.dependencies.random.fill(&mut random);
    let id = EventId::generate(host.dependencies.clock.now(), random).uuid().simple().to_string();
    HeaderValue::try_from(id).unwrap_or(HeaderValue::from_static("unknown"))
}

#[expect(clippy::needless_pass_by_value, reason = "the layer asks for this signature")]
fn panicked(panic: Box<dyn Any + Send + 'static>) -> Response {
    let words = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    tracing::error!(panic = words.unwrap_or("of an unknown kind"), "an operation panicked");
    reply::problem(&Problem::of(code::INTERNAL), "")
}
