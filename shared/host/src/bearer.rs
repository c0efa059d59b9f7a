//! Secrets that callers show as a bearer token, where there is nobody to sign in.

use http::{HeaderMap, header};
use subtle::ConstantTimeEq as _;

/// The fewest characters of a secret.
const MIN_SECRET_CHARS: usize = 32;
/// The most secrets at once: the old one and the new one while they are rotated.
const MAX_SECRETS: usize = 2;

/// One secret, or the old one and the new one.
pub struct BearerSecrets(Vec<String>);

/// What is no secret to know callers by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it must be one secret of at least {MIN_SECRET_CHARS} characters, or two with a comma between")]
pub struct NoSecret;

impl BearerSecrets {
    /// Reads one secret, or two separated by a comma.
    pub fn parse(text: &str) -> Result<Self, NoSecret> {
        let secrets: Vec<String> = text.split(',').map(|secret| secret.trim().to_owned()).collect();
        let long_enough = secrets.iter().all(|secret| secret.chars().count() >= MIN_SECRET_CHARS);
        if long_enough && secrets.len() <= MAX_SECRETS { Ok(Self(secrets)) } else { Err(NoSecret) }
    }

    /// The one to show: the other follows it, or went before.
    pub fn current(&self) -> &str {
        self.0.first().map_or("", String::as_str)
    }

    /// Whether a request with these headers shows one of them.
    pub fn admit(&self, headers: &HeaderMap) -> bool {
        let mut sent = headers.get_all(header::AUTHORIZATION).iter();
        let (Some(only), None) = (sent.next(), sent.next()) else { return false };
        let Some((scheme, token)) = only.to_str().ok().and_then(|text| text.split_once(' ')) else { return false };
        // All are compared, so that timing reveals nothing.
        let matches = |secret: &String| bool::from(secret.as_bytes().ct_eq(token.trim().as_bytes()));
        scheme.eq_ignore_ascii_case("bearer") && self.0.iter().filter(|secret| matches(secret)).count() > 0
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
        let secrets = BearerSecrets::parse(&format!("{OLD}, {NEW}")).ok().unwrap();
        for secret in [OLD, NEW] {
            assert!(secrets.admit(&headers(&[&format!("Bearer {secret}")])));
            assert!(secrets.admit(&headers(&[&format!("bearer  {secret}")])));
            assert!(!secrets.admit(&headers(&[secret])));
            assert!(!secrets.admit(&headers(&[&format!("Basic {secret}")])));
            assert!(!secrets.admit(&headers(&[&format!("Bearer {secret}0")])));
            assert!(!secrets.admit(&headers(&[&format!("Bearer {secret}"), &format!("Bearer {secret}")])));
        }
        assert!(!secrets.admit(&headers(&[])));
        assert!(!secrets.admit(&headers(&[&format!("Bearer {OLD},{NEW}")])));
    }

    #[test]
    fn a_secret_is_long_and_there_are_two_at_most() {
        for text in ["", &OLD[1..], &format!("{OLD},"), &format!("{OLD},{NEW},{OLD}")] {
            assert!(BearerSecrets::parse(text).is_err(), "{text}");
        }
    }
}
