//! Standard Webhooks 1.0: `webhook-id`, `webhook-timestamp` in Unix seconds, and `webhook-signature`, which lists
//! `v1,<base64 of HMAC-SHA256 over "id.timestamp.body">`, separated by spaces. A secret is `whsec_` and base64.
//!
//! Source: <https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>

use std::collections::BTreeMap;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::Timestamp;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::HttpHeaders;

const ID: &str = "webhook-id";
const TIMESTAMP: &str = "webhook-timestamp";
const SIGNATURE: &str = "webhook-signature";
/// What the text of a secret begins with.
const SECRET: &str = "whsec_";
/// The version of signatures by a shared secret.
const VERSION: &str = "v1,";
/// How far the timestamp may lie from the clock, in seconds.
const TOLERANCE_S: i64 = 300;
/// How long an id may be.
const MAX_ID: usize = 255;

/// The secret is not `whsec_` and base64.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the secret must be whsec_ and base64")]
pub struct InvalidSecret;

/// A shared secret.
struct Secret(Vec<u8>);

impl Secret {
    fn parse(text: &str) -> Result<Self, InvalidSecret> {
        let encoded = text.trim().strip_prefix(SECRET).ok_or(InvalidSecret)?;
        STANDARD.decode(encoded).ok().filter(|bytes| !bytes.is_empty()).map(Self).ok_or(InvalidSecret)
    }

    fn mac(&self, id: &str, timestamp: &str, body: &[u8]) -> Hmac<Sha256> {
        let mut mac = Hmac::new_from_slice(&self.0).expect("HMAC takes a key of any length");
        for part in [id.as_bytes(), b".", timestamp.as_bytes(), b".", body] {
            mac.update(part);
        }
        mac
    }
}

/// The secrets that are listed, separated by commas: two while one is rotated.
fn secrets(list: &str) -> impl Iterator<Item = Result<Secret, InvalidSecret>> {
    list.split(',').map(Secret::parse)
}

/// The headers of a message that is sent now, signed by every secret of the list.
pub fn signed(list: &str, id: &str, now: Timestamp, body: &[u8]) -> Result<HttpHeaders, InvalidSecret> {
    let timestamp = now.as_second().to_string();
    let mut signatures = Vec::new();
    for secret in secrets(list) {
        let code = secret?.mac(id, &timestamp, body).finalize().into_bytes();
        signatures.push(format!("{VERSION}{}", STANDARD.encode(code)));
    }
    Ok(vec![(ID, id.to_owned()), (TIMESTAMP, timestamp), (SIGNATURE, signatures.join(" "))])
}

/// The id of a message, if one of the secrets has signed it, and that not long ago.
pub fn verified<'a>(
    list: &str,
    headers: &'a BTreeMap<String, String>,
    body: &[u8],
    now: Timestamp,
) -> Result<Option<&'a str>, InvalidSecret> {
    let secrets = secrets(list).collect::<Result<Vec<_>, _>>()?;
    let header = |name| headers.get(name).map(String::as_str);
    let (Some(id), Some(timestamp), Some(signatures)) = (header(ID), header(TIMESTAMP), header(SIGNATURE)) else {
        return Ok(None);
    };
    let is_recent = timestamp
        .parse::<i64>()
        .is_ok_and(|sent| now.as_second().checked_sub(sent).is_some_and(|age| age.abs() <= TOLERANCE_S));
    let is_id = (1..=MAX_ID).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'.');
    let mut codes = signatures.split(' ').filter_map(|one| STANDARD.decode(one.strip_prefix(VERSION)?).ok());
    let is_signed =
        codes.any(|code| secrets.iter().any(|secret| secret.mac(id, timestamp, body).verify_slice(&code).is_ok()));
    Ok((is_recent && is_id && is_signed).then_some(id))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The specification's own example.
    const OWN: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const OTHER: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
    const BODY: &[u8] = br#"{"test": 2432232314}"#;
    const SENT: i64 = 1_614_265_330;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds)
    }

    fn headers(list: &str) -> BTreeMap<String, String> {
        let signed = signed(list, "msg_p5jXN8AQM9LWM0D4loKWxJek", at(SENT), BODY).unwrap();
        signed.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    fn is_verified(list: &str, headers: &BTreeMap<String, String>, body: &[u8], now: i64) -> bool {
        verified(list, headers, body, at(now)).unwrap().is_some()
    }

    #[test]
    fn the_specifications_example_has_its_signature() {
        assert_eq!(headers(OWN)[SIGNATURE], "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        assert_eq!(verified(OWN, &headers(OWN), BODY, at(SENT)).unwrap(), Some("msg_p5jXN8AQM9LWM0D4loKWxJek"));
    }

    #[test]
    fn any_secret_of_a_rotation_will_do() {
        let both = format!("{OTHER},{OWN}");
        for (signer, verifier) in [(OWN, both.as_str()), (OTHER, &both), (&both, OWN), (&both, OTHER)] {
            assert!(is_verified(verifier, &headers(signer), BODY, SENT), "{signer} {verifier}");
        }
        assert!(!is_verified(OTHER, &headers(OWN), BODY, SENT));
    }

    #[test]
    fn a_message_is_taken_for_five_minutes_before_and_after() {
        for (now, is_taken) in [(-301, false), (-300, true), (300, true), (301, false)] {
            assert_eq!(is_verified(OWN, &headers(OWN), BODY, SENT + now), is_taken, "{now}");
        }
    }

    #[test]
    fn whatever_is_changed_is_refused() {
        assert!(!is_verified(OWN, &headers(OWN), br#"{"test": 2432232315}"#, SENT));
        for name in [ID, TIMESTAMP, SIGNATURE] {
            for changed in
                [None, Some(""), Some("1"), Some("v1,"), Some("v1,AAAA"), Some("\u{b9}"), Some("-9223372036854775808")]
            {
                let mut headers = headers(OWN);
                headers.remove(name);
                headers.extend(changed.map(|changed| (name.to_owned(), changed.to_owned())));
                assert!(!is_verified(OWN, &headers, BODY, SENT), "{name}: {changed:?}");
            }
        }
        let mut other_version = headers(OWN);
        other_version.insert(SIGNATURE.to_owned(), headers(OWN)[SIGNATURE].replace("v1,", "v1a,"));
        assert!(!is_verified(OWN, &other_version, BODY, SENT));
    }

    #[test]
    fn what_is_no_secret_is_an_error_and_lets_nothing_pass() {
        for list in ["", "whsec_", "whsec_?", OWN.trim_start_matches(SECRET), &format!("{OWN},")] {
            assert_eq!(verified(list, &headers(OWN), BODY, at(SENT)), Err(InvalidSecret), "{list}");
        }
    }
}
