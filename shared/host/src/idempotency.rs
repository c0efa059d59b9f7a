//! Idempotency records: the first reply to a key, committed with the effect it tells of.

use std::collections::BTreeMap;

use app::{Answer, Condition, Idempotency, Item, Key, Problem, Store as _, User, Write, code};
use http::HeaderMap;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::host::Bound;

/// The header.
const HEADER: &str = "idempotency-key";
/// The most characters of a key.
const MAX_KEY_CHARS: usize = 255;
/// How long a record is kept, in seconds.
const LIFE_S: i64 = 24 * 3600;

/// A key that was sent with a request, and what the request was.
pub(crate) struct Claim {
    key: Key,
    fingerprint: String,
}

#[derive(Serialize, Deserialize)]
struct Record {
    fingerprint: String,
    answer: Answer,
}

impl Claim {
    /// The claim of a request, if this operation honours keys and one was sent.
    pub(crate) fn of(
        bound: &Bound,
        user: Option<&User>,
        path: &str,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Result<Option<Self>, Problem> {
        let Some(endpoint) = bound.declaration.as_endpoint() else { return Ok(None) };
        let (Some(user), true) = (user, bound.declaration.honours_idempotency_keys()) else { return Ok(None) };
        let Some(sent) = headers.get(HEADER) else {
            return match endpoint.route.idempotency {
                Idempotency::Honoured => Ok(None),
                Idempotency::Required => Err(Problem::of(code::IDEMPOTENCY_KEY_MISSING)),
            };
        };
        let sent = sent.to_str().ok().filter(|sent| is_key(sent)).ok_or_else(|| {
            Problem::invalid("/idempotency-key", format!("must be 1 to {MAX_KEY_CHARS} visible ASCII characters"))
        })?;
        let scope = hex(&format!("{}\n{}\n{path}\n{sent}", user.id, endpoint.route.method.name()));
        Ok(Some(Self { key: Key::new(format!("IDEMPOTENCY#{scope}"), "RECORD"), fingerprint: fingerprint(body) }))
    }

    /// The write that records the answer, if no other request has.
    pub(crate) fn record(&self, answer: &Answer, now_s: i64) -> Write {
        let record = Record { fingerprint: self.fingerprint.clone(), answer: answer.clone() };
        let item = Item::of(self.key.clone(), "idempotency", 1, &record).expires_at(now_s + LIFE_S);
        Write::Put(item, Condition::AbsentOrExpired(now_s))
    }

    /// The recorded answer, or the refusal of another request's key.
    pub(crate) async fn replay(&self, bound: &Bound) -> Result<Option<Answer>, Problem> {
        let Some(item) = bound.store.get(bound.service.table, &self.key).await? else { return Ok(None) };
        let record: Record = item.read()?;
        if record.fingerprint == self.fingerprint {
            Ok(Some(record.answer))
        } else {
            Err(Problem::of(code::IDEMPOTENCY_KEY_REUSED))
        }
    }
}

fn is_key(text: &str) -> bool {
    (1..=MAX_KEY_CHARS).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// The same for equal JSON values, whatever the order of members, the white space, or the form of whole numbers.
fn fingerprint(body: &[u8]) -> String {
    let value: Value = serde_json::from_slice(body).unwrap_or_default();
    hex(&canonical(value).to_string())
}

fn canonical(value: Value) -> Value {
    match value {
        Value::Number(number) => {
            let whole = number.as_f64().filter(|float| number.is_f64() && float.fract() == 0.0 && float.abs() < 1e15);
            #[expect(clippy::cast_possible_truncation, reason = "whole and below 10^15")]
            whole.map_or(Value::Number(number), |float| Value::from(float as i64))
        }
        Value::Array(items) => items.into_iter().map(canonical).collect(),
        Value::Object(members) => {
            let sorted: BTreeMap<_, _> = members.into_iter().map(|(name, member)| (name, canonical(member))).collect();
            sorted.into_iter().collect()
        }
        other @ (Value::Null | Value::Bool(_) | Value::String(_)) => other,
    }
}

fn hex(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_json_values_have_one_fingerprint() {
        let one = fingerprint(br#"{"a": 1, "b": [1.0, {"c": null}]}"#);
        assert_eq!(one, fingerprint(br#"{ "b":[1,{"c":null}],"a":1.0 }"#));
        assert_ne!(one, fingerprint(br#"{"a": 1, "b": [1.5, {"c": null}]}"#));
    }
}
