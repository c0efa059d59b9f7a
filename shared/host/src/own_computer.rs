//! Who may call a control route: programs on the computer where it listens, and pages that the process itself serves.
//!
//! A browser sends in `Host` which name it looked up, and in `Origin` whose page sends the request. Together they keep out
//! pages of other sites, also one whose name was made to resolve to this computer (DNS rebinding).

use app::{Problem, code};
use axum::{extract::Request, middleware::Next, response::Response};
use http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::reply;

/// The names under which this computer reaches itself.
const OWN_NAMES: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// Lets a request through that comes from this computer, or refuses it.
pub async fn from_own_computer(request: Request, next: Next) -> Response {
    let changes = !request.method().is_safe();
    match admit(request.headers(), changes) {
        Ok(()) => next.run(request).await,
        Err(problem) => reply::problem(&problem, request.uri().path()),
    }
}

fn admit(headers: &HeaderMap, changes: bool) -> Result<(), Problem> {
    let host = one(headers, &header::HOST).and_then(|host| host.to_str().ok()).filter(|host| is_own(host));
    let host = host.ok_or_else(|| forbidden("The Host must be localhost, 127.0.0.1 or [::1]."))?;
    if changes && headers.contains_key(header::ORIGIN) && !is_of(headers, host) {
        return Err(forbidden("The Origin must be `http://` and the Host."));
    }
    Ok(())
}

/// Whether this is one of the computer's own names, perhaps with a port.
fn is_own(host: &str) -> bool {
    // Digits only: `parse` would accept a sign.
    let is_number = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok();
    let is_port = |rest: &str| rest.strip_prefix(':').is_some_and(is_number);
    OWN_NAMES.iter().any(|name| {
        let rest = host.get(..name.len()).filter(|start| start.eq_ignore_ascii_case(name)).map(|_| &host[name.len()..]);
        rest.is_some_and(|rest| rest.is_empty() || is_port(rest))
    })
}

fn is_of(headers: &HeaderMap, host: &str) -> bool {
    let origin = one(headers, &header::ORIGIN).and_then(|origin| origin.to_str().ok());
    origin.and_then(|origin| origin.strip_prefix("http://")) == Some(host)
}

/// The header's value, where there is exactly one.
fn one<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a HeaderValue> {
    let mut values = headers.get_all(name).iter();
    values.next().filter(|_| values.next().is_none())
}

fn forbidden(detail: &str) -> Problem {
    Problem::new(code::FORBIDDEN, detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(HeaderName, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value))).collect()
    }

    fn admits(pairs: &[(HeaderName, &'static str)], changes: bool) -> bool {
        admit(&headers(pairs), changes).is_ok()
    }

    #[test]
    fn only_the_computers_own_names_are_let_in() {
        for host in ["localhost", "localhost:3000", "LocalHost:1", "127.0.0.1:65535", "[::1]", "[::1]:8080"] {
            assert!(admits(&[(header::HOST, host)], true), "{host}");
        }
        for host in [
            "",
            ":3000",
            "localhost:",
            "localhost:x",
            "localhost:+1",
            "localhost:65536",
            "localhost:3000:1",
            "localhost:3000@evil.example",
            "localhost.",
            "localhost.evil.example",
            "evil.localhost",
            "evil.example",
            "127.0.0.1.evil.example",
            "127.0.0.2",
            "0.0.0.0",
            "127.1",
            "::1",
            "[::1",
            "[::ffff:127.0.0.1]",
            "tiffin.local:3000",
        ] {
            assert!(!admits(&[(header::HOST, host)], false), "{host}");
        }
        assert!(!admits(&[], false), "a Host is required");
        assert!(!admits(&[(header::HOST, "localhost"), (header::HOST, "localhost")], false), "and one only");
    }

    #[test]
    fn what_changes_something_comes_from_a_page_of_ours_or_from_no_page() {
        let host = header::HOST;
        let origin = header::ORIGIN;
        let from = |page| [(host.clone(), "localhost:3000"), (origin.clone(), page)];
        assert!(admits(&[(host.clone(), "localhost:3000")], true));
        assert!(admits(&from("http://localhost:3000"), true));
        for page in [
            "",
            "null",
            "http://localhost",
            "http://localhost:3001",
            "http://127.0.0.1:3000",
            "https://localhost:3000",
            "HTTP://localhost:3000",
            "http://localhost:3000/",
            "http://localhost:3000 http://evil.example",
            "http://evil.example",
        ] {
            assert!(!admits(&from(page), true), "{page}");
            assert!(admits(&from(page), false), "{page} may ask, and can't read what it gets");
        }
        let twice = [from("http://localhost:3000").to_vec(), vec![(origin, "http://localhost:3000")]].concat();
        assert!(!admits(&twice, true));
    }
}
