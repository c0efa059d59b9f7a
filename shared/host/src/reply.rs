//! From answers and problems to HTTP.

use app::{Answer, Method, Problem, code};
use axum::body::Body;
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// How long anybody may keep what is public, in seconds.
const PUBLIC_MAX_AGE: HeaderValue = HeaderValue::from_static("public, max-age=30");
const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");
const JSON: HeaderValue = HeaderValue::from_static("application/json");
const PROBLEM_JSON: HeaderValue = HeaderValue::from_static("application/problem+json");
/// Says that a reply is a recorded one.
pub(crate) const IDEMPOTENT_REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");
/// Bytes of the body's hash in an `ETag`.
const ETAG_HASH_BYTES: usize = 12;

/// The reply of an operation.
pub(crate) fn answer(answer: Answer, method: Method, public: bool, request: &HeaderMap) -> Response<Body> {
    let mut headers = HeaderMap::new();
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    if let Some(location) = answer.location.and_then(|location| HeaderValue::try_from(location).ok()) {
        headers.insert(header::LOCATION, location);
    }
    headers.insert(header::CACHE_CONTROL, if public && method == Method::Get { PUBLIC_MAX_AGE } else { NO_STORE });
    if method == Method::Get {
        let tag = etag(answer.version, &answer.body);
        let known = none_match(request, &tag);
        headers.insert(header::ETAG, HeaderValue::try_from(tag).unwrap_or(HeaderValue::from_static("\"\"")));
        headers.insert(header::VARY, HeaderValue::from_static("authorization"));
        if known {
            return response(StatusCode::NOT_MODIFIED, headers, Body::empty());
        }
    }
    if !answer.body.is_empty() {
        headers.insert(header::CONTENT_TYPE, JSON);
    }
    response(status, headers, Body::from(answer.body))
}

/// The reply of a refusal. `instance` is the path that was asked for.
pub fn problem(problem: &Problem, instance: &str) -> Response<Body> {
    let mut document = problem.document();
    document.insert("instance".into(), instance.into());
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, PROBLEM_JSON);
    headers.insert(header::CACHE_CONTROL, NO_STORE);
    if let Some(seconds) = problem.retry_after_s {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    if problem.code.status == 401 {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    let status = StatusCode::from_u16(problem.code.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response(status, headers, Body::from(Value::Object(document).to_string()))
}

/// The reply of a control route to a request for this path.
pub fn outcome(path: &str, outcome: Result<(StatusCode, Option<Value>), Problem>) -> Response<Body> {
    let refused = match outcome {
        Ok((status, None)) => return response(status, HeaderMap::new(), Body::empty()),
        Ok((status, Some(value))) => {
            let headers = [(header::CONTENT_TYPE, JSON), (header::CACHE_CONTROL, NO_STORE)];
            return response(status, headers.into_iter().collect(), Body::from(value.to_string()));
        }
        Err(refused) => refused,
    };
    if refused.code.status >= code::INTERNAL.status {
        tracing::error!(path, source = refused.source.as_ref().map(ToString::to_string), "the request failed");
    }
    problem(&refused, path)
}

/// A strong tag: of one thing `"<version>-<hash>"`, of a list `"<hash>"`.
fn etag(version: Option<u64>, body: &str) -> String {
    use std::fmt::Write as _;
    let mut tag = String::with_capacity(48);
    tag.push('"');
    if let Some(version) = version {
        // Writing to a String can't fail.
        write!(tag, "{version}-").unwrap_or_default();
    }
    for byte in &Sha256::digest(body.as_bytes())[..ETAG_HASH_BYTES] {
        write!(tag, "{byte:02x}").unwrap_or_default();
    }
    tag.push('"');
    tag
}

/// Whether `If-None-Match` names this tag. It compares weakly (RFC 9110, 13.1.2).
pub fn none_match(request: &HeaderMap, tag: &str) -> bool {
    let named = request.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    named.flat_map(|value| value.split(',')).map(str::trim).any(|one| one == "*" || one.trim_start_matches("W/") == tag)
}

fn response(status: StatusCode, headers: HeaderMap, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}
