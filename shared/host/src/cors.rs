//! Who may call from a browser, and what it is shown: the host's own answers to it, and the configuration of gateways that
//! answer in its place.

use std::time::Duration;

use axum::http::{HeaderName, HeaderValue, Method};
use tower_http::cors::{AllowOrigin, CorsLayer};

use crate::requirements::ANY_ORIGIN;

/// The methods that may be called.
pub const METHODS: [Method; 5] = [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];
/// The headers that may be sent.
pub const ALLOWED_HEADERS: [&str; 8] = [
    "authorization",
    "content-type",
    "idempotency-key",
    "if-match",
    "if-none-match",
    "last-event-id",
    "traceparent",
    "x-request-id",
];
/// The headers that are shown.
pub const EXPOSED_HEADERS: [&str; 6] =
    ["etag", "location", "date", "retry-after", "x-request-id", "idempotent-replayed"];
/// How long a browser may keep the answer to a preflight.
pub const PREFLIGHT_LIFE: Duration = Duration::from_hours(1);

/// Lets these origins in, or any; never with credentials.
pub(crate) fn layer(origins: &[String]) -> CorsLayer {
    let any = origins.iter().any(|origin| origin == ANY_ORIGIN);
    let origins = origins.iter().filter_map(|origin| HeaderValue::try_from(origin).ok());
    CorsLayer::new()
        .allow_origin(if any { AllowOrigin::any() } else { AllowOrigin::list(origins) })
        .allow_methods(METHODS)
        .allow_headers(ALLOWED_HEADERS.map(HeaderName::from_static))
        .expose_headers(EXPOSED_HEADERS.map(HeaderName::from_static))
        .max_age(PREFLIGHT_LIFE)
}
