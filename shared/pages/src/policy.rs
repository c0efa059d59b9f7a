//! What a page may do: its Content Security Policy, and its Permissions Policy.

use http::HeaderValue;

use crate::list::{ENTRIES, SERVICE_WORKER};

/// The scripts that run as workers.
const WORKERS: [&str; 2] = [SERVICE_WORKER, "js/timer-worker.js"];

/// Features that no page uses, closed for scripts that should never have come in and for frames.
const CLOSED: [&str; 12] = [
    "accelerometer",
    "browsing-topics",
    "camera",
    "display-capture",
    "gyroscope",
    "hid",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "serial",
    "usb",
];

/// Whether what comes from this path runs by the policies of that very reply, as pages do, and workers.
///
/// Other files are under the policies of what loads them; sent with each of them, these would weigh more than many a file.
pub(crate) fn is_asked_of(path: &str) -> bool {
    ENTRIES.contains(&path) || WORKERS.contains(&path)
}

/// The policy of pages and workers.
///
/// Whom pages may ask is their own origin, and the `origins` of the API where it has others. No form is ever sent by the
/// browser itself: one that is sent before its script is there would put what was typed into the address.
pub(crate) fn content_security<'a>(origins: impl IntoIterator<Item = &'a str>) -> HeaderValue {
    let connect: String = origins.into_iter().map(|origin| format!(" {origin}")).collect();
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; \
         connect-src 'self'{connect}; worker-src 'self'; manifest-src 'self'; frame-src 'self'; \
         frame-ancestors 'self'; base-uri 'none'; form-action 'none'; \
         require-trusted-types-for 'script'; trusted-types tiffin"
    );
    HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
}

/// A page may ask where its device is, for itself alone.
pub(crate) fn permissions() -> HeaderValue {
    let closed: String = CLOSED.iter().map(|feature| format!(", {feature}=()")).collect();
    HeaderValue::try_from(format!("geolocation=(self){closed}")).unwrap_or(HeaderValue::from_static("geolocation=()"))
}
