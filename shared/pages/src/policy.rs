//! What a page may do: its Content Security Policy, and its Permissions Policy.

use crate::list::{ENTRIES, SERVICE_WORKER};

/// The scripts that run as workers.
pub const WORKERS: [&str; 2] = [SERVICE_WORKER, "js/timer-worker.js"];

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

/// Directives that browsers believe in headers alone.
const FOR_HEADERS_ONLY: [&str; 3] = ["frame-ancestors", "report-uri", "sandbox"];

/// Whether what comes from this path runs by the policies of that very reply, as pages do, and workers.
///
/// Other files are under the policies of what loads them; sent with each of them, these would weigh more than many a file.
pub fn is_asked_of(path: &str) -> bool {
    ENTRIES.contains(&path) || WORKERS.contains(&path)
}

/// The policy of pages and workers.
///
/// Whom pages may ask is their own origin, and the `origins` of the API where it has others. No form is ever sent by the
/// browser itself: one that is sent before its script is there would put what was typed into the address.
pub fn content_security<'a>(origins: impl IntoIterator<Item = &'a str>) -> String {
    let connect: String = origins.into_iter().map(|origin| format!(" {origin}")).collect();
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; \
         connect-src 'self'{connect}; worker-src 'self'; manifest-src 'self'; frame-src 'self'; \
         frame-ancestors 'self'; base-uri 'none'; form-action 'none'; \
         require-trusted-types-for 'script'; trusted-types tiffin"
    )
}

/// What of a policy a page can say in its own text, where its server says nothing.
pub(crate) fn within_page(policy: &str) -> String {
    let directives = policy.split("; ").filter(|directive| {
        let name = directive.split(' ').next().unwrap_or_default();
        !FOR_HEADERS_ONLY.contains(&name)
    });
    directives.collect::<Vec<_>>().join("; ")
}

/// A page may ask where its device is, for itself alone.
pub fn permissions() -> String {
    let closed: String = CLOSED.iter().map(|feature| format!(", {feature}=()")).collect();
    format!("geolocation=(self){closed}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_says_of_its_policy_what_browsers_believe_there() {
        let policy = content_security(["https://api.example"]);
        let said = within_page(&policy);
        assert_eq!(said, policy.replace("frame-ancestors 'self'; ", ""));
        assert_eq!(within_page("sandbox; script-src 'self'; report-uri /r"), "script-src 'self'");
    }
}
