//! Signed cursors: a position that only the list, caller and filter it was made for can use.
//!
//! base64url of `version (1) ‖ expiry in Unix seconds (8, big endian) ‖ position ‖ HMAC-SHA256 (16, truncated)`; the MAC
//! covers the route with its parameters, the caller and the filter as well.

use app::{Problem, User, code};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Map, Value};
use sha2::Sha256;

const VERSION: u8 = 1;
const MAC_BYTES: usize = 16;
const HEADER_BYTES: usize = 9;
/// How long a cursor can be used at least, in seconds.
const LIFE_S: i64 = 24 * 3600;
/// Those signed within this long expire together, in seconds: a list that has not changed reads the same, and so has one `ETag`.
const TOGETHER_S: i64 = 3600;

/// Signs and verifies cursors.
pub(crate) struct Cursors([u8; 32]);

/// What a cursor is bound to.
pub(crate) struct Scope(String);

impl Scope {
    /// Of what lists nothing.
    pub(crate) const fn none() -> Self {
        Self(String::new())
    }

    /// This list of what the path names, for this user, with this filter.
    pub(crate) fn new(function: &str, path: &Value, user: Option<&User>, query: &Map<String, Value>) -> Self {
        let user = user.map(|user| user.id.to_string()).unwrap_or_default();
        let filter: Map<String, Value> = query
            .iter()
            .filter(|(name, _)| !["cursor", "limit"].contains(&name.as_str()))
            .map(|(n, v)| (n.clone(), v.clone()))
            .collect();
        Self(format!("{function}\n{path}\n{user}\n{}", Value::Object(filter)))
    }
}

impl Cursors {
    pub(crate) const fn new(secret: [u8; 32]) -> Self {
        Self(secret)
    }

    /// Signs a position, which a client can read and not change.
    pub(crate) fn sign(&self, scope: &Scope, position: &str, now_s: i64) -> String {
        let mut signed = vec![VERSION];
        let expires = (now_s.div_euclid(TOGETHER_S) + 1) * TOGETHER_S + LIFE_S;
        signed.extend(expires.to_be_bytes());
        signed.extend(position.as_bytes());
        let mac = self.mac(scope, &signed).finalize().into_bytes();
        signed.extend(&mac[..MAC_BYTES]);
        URL_SAFE_NO_PAD.encode(signed)
    }

    /// The position in a cursor; one that was changed, was made for something else, or has expired is 400.
    pub(crate) fn verify(&self, scope: &Scope, cursor: &str, now_s: i64) -> Result<String, Problem> {
        self.read(scope, cursor, now_s).ok_or_else(|| Problem::of(code::CURSOR_INVALID))
    }

    fn read(&self, scope: &Scope, cursor: &str, now_s: i64) -> Option<String> {
        let signed = URL_SAFE_NO_PAD.decode(cursor).ok()?;
        let content = signed.len().checked_sub(MAC_BYTES).filter(|length| *length >= HEADER_BYTES)?;
        let (content, mac) = signed.split_at(content);
        self.mac(scope, content).verify_truncated_left(mac).ok()?;
        let (header, position) = content.split_at(HEADER_BYTES);
        let expires = i64::from_be_bytes(header[1..].try_into().ok()?);
        if header[0] != VERSION || expires <= now_s {
            return None;
        }
        String::from_utf8(position.to_vec()).ok()
    }

    fn mac(&self, scope: &Scope, content: &[u8]) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes a key of any length");
        mac.update(&u64::try_from(scope.0.len()).unwrap_or(u64::MAX).to_be_bytes());
        mac.update(scope.0.as_bytes());
        mac.update(content);
        mac
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const NOW_S: i64 = 5 * TOGETHER_S;

    fn scope(function: &str, restaurant: &str, filter: Value) -> Scope {
        Scope::new(function, &json!({"restaurant_id": restaurant}), None, filter.as_object().unwrap())
    }

    #[test]
    fn a_cursor_is_accepted_only_where_it_was_made_and_in_its_time() {
        let cursors = Cursors::new([7; 32]);
        let list = scope("list-orders", "one", json!({"status": "paid", "limit": 5}));
        let cursor = cursors.sign(&list, "2026#ord_1", NOW_S);
        assert_eq!(cursors.verify(&list, &cursor, NOW_S + 100).unwrap(), "2026#ord_1");
        let other_limit = scope("list-orders", "one", json!({"status": "paid", "limit": 50}));
        assert!(cursors.verify(&other_limit, &cursor, NOW_S + 100).is_ok());
        for elsewhere in [
            scope("list-orders", "one", json!({"status": "ready"})),
            scope("list-orders", "other", json!({"status": "paid"})),
            scope("list-payments", "one", json!({"status": "paid"})),
        ] {
            assert_eq!(cursors.verify(&elsewhere, &cursor, NOW_S + 100).unwrap_err().code, code::CURSOR_INVALID);
        }
        assert!(cursors.verify(&list, &cursor, NOW_S + LIFE_S).is_ok());
        assert!(cursors.verify(&list, &cursor, NOW_S + LIFE_S + TOGETHER_S).is_err());
        assert!(Cursors::new([8; 32]).verify(&list, &cursor, NOW_S + 100).is_err());
    }

    #[test]
    fn a_position_is_signed_alike_within_an_hour() {
        let cursors = Cursors::new([7; 32]);
        let signed = |now_s| cursors.sign(&scope("list-orders", "one", json!({})), "position", now_s);
        assert_eq!(signed(NOW_S), signed(NOW_S + TOGETHER_S - 1));
        assert_ne!(signed(NOW_S), signed(NOW_S + TOGETHER_S));
    }

    #[test]
    fn no_changed_byte_and_no_short_text_is_accepted() {
        let cursors = Cursors::new([7; 32]);
        let list = scope("list-orders", "one", json!({}));
        let signed = URL_SAFE_NO_PAD.decode(cursors.sign(&list, "position", NOW_S)).unwrap();
        for index in 0..signed.len() {
            let mut changed = signed.clone();
            changed[index] ^= 1;
            assert!(cursors.verify(&list, &URL_SAFE_NO_PAD.encode(changed), NOW_S).is_err(), "byte {index}");
            assert!(cursors.verify(&list, &URL_SAFE_NO_PAD.encode(&signed[..index]), NOW_S).is_err(), "length {index}");
        }
    }
}
