//! Who may send events to a program over HTTP. Otherwise anybody who reaches `/events` could claim that an order was paid.

use http::{HeaderMap, header};
use subtle::ConstantTimeEq as _;

/// The fewest characters of a secret.
pub(crate) const MIN_SECRET_CHARS: usize = 32;
/// The most secrets at once: the old one and the new one while they are rotated.
const MAX_SECRETS: usize = 2;
/// What [`EVENTS_GUARD`](host::requirements::EVENTS_GUARD) says where the network's policy is the guard.
pub(crate) const MESH: &str = "mesh";

/// Who may send events.
pub(crate) enum EventsGuard {
    /// Anybody whom the network's policy lets through.
    Mesh,
    /// Anybody who knows one of these.
    Secrets(Vec<String>),
}

impl EventsGuard {
    /// Reads one secret, or two separated by a comma.
    pub(crate) fn of_secrets(text: &str) -> Result<Self, String> {
        let secrets: Vec<String> = text.split(',').map(|secret| secret.trim().to_owned()).collect();
        let long_enough = secrets.iter().all(|secret| secret.chars().count() >= MIN_SECRET_CHARS);
        if !long_enough || secrets.len() > MAX_SECRETS {
            return Err(format!(
                "it must be one secret of at least {MIN_SECRET_CHARS} characters, or two with a comma between"
            ));
        }
        Ok(Self::Secrets(secrets))
    }

    /// What whoever sends events has to show, if anything.
    pub(crate) fn bearer(&self) -> Option<&str> {
        match self {
            Self::Mesh => None,
            // The first is the one in use; the other follows it, or went before.
            Self::Secrets(secrets) => secrets.first().map(String::as_str),
        }
    }

    /// Whether a request with these headers may bring an event.
    pub(crate) fn admits(&self, headers: &HeaderMap) -> bool {
        let secrets = match self {
            Self::Mesh => return true,
            Self::Secrets(secrets) => secrets,
        };
        let mut sent = headers.get_all(header::AUTHORIZATION).iter();
        let (Some(only), None) = (sent.next(), sent.next()) else { return false };
        let Some((scheme, token)) = only.to_str().ok().and_then(|text| text.split_once(' ')) else { return false };
        // All are compared, so that timing reveals nothing.
        let matches = |secret: &String| bool::from(secret.as_bytes().ct_eq(token.trim().as_bytes()));
        scheme.eq_ignore_ascii_case("bearer") && secrets.iter().filter(|secret| matches(secret)).count() > 0
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    const OLD: &str = "0123456789abcdef0123456789abcdef";
    const NEW: &str = "fedcba9876543210fedcba9876543210";

    fn headers(values: &[&str]) -> HeaderMap {
        values.iter().map(|value| (header::AUTHORIZATION, HeaderValue::from_str(value).unwrap())).collect()
    }

    #[test]
    fn whoever_knows_a_secret_is_admitted() {
        let guard = EventsGuard::of_secrets(&format!("{OLD}, {NEW}")).ok().unwrap();
        for secret in [OLD, NEW] {
            assert!(guard.admits(&headers(&[&format!("Bearer {secret}")])));
            assert!(guard.admits(&headers(&[&format!("bearer  {secret}")])));
            assert!(!guard.admits(&headers(&[secret])));
            assert!(!guard.admits(&headers(&[&format!("Basic {secret}")])));
            assert!(!guard.admits(&headers(&[&format!("Bearer {secret}0")])));
            assert!(!guard.admits(&headers(&[&format!("Bearer {secret}"), &format!("Bearer {secret}")])));
        }
        assert!(!guard.admits(&headers(&[])));
        assert!(!guard.admits(&headers(&[&format!("Bearer {OLD},{NEW}")])));
        assert!(EventsGuard::Mesh.admits(&headers(&[])));
    }

    #[test]
    fn a_secret_is_long_and_there_are_two_at_most() {
        for text in ["", &OLD[1..], &format!("{OLD},"), &format!("{OLD},{NEW},{OLD}")] {
            assert!(EventsGuard::of_secrets(text).is_err(), "{text}");
        }
    }
}
