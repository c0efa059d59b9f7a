//! Idempotency records: the first reply to a key, committed with its effect as one unit of work.

use std::collections::BTreeMap;

use app::{
    Answer, Condition, Idempotency, Item, Key, Problem, Store as _, User, Write, code, erasure::idempotency_partition,
};
use http::HeaderMap;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::host::Bound;

const HEADER: &str = "idempotency-key";
/// The most characters of a key.
const MAX_KEY_CHARS: usize = 255;
/// How long a record is kept, in seconds.
const LIFE_S: i64 = 24 * 3600;

/// A key that was sent with a request, and what the request was.
pub(crate) struct Claim {
    key: Key,
    /// Where versions before this one recorded it; until theirs have expired, it is looked for there too.
    key_before: Key,
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
        path: &Value,
        headers: &HeaderMap,
        body: &Value,
    ) -> Result<Option<Self>, Problem> {
        let Some(endpoint) = bound.declaration.as_endpoint() else { return Ok(None) };
        let honoured = bound.declaration.honours_idempotency_keys();
        let Some(user) = user.filter(|_| honoured) else { return Ok(None) };
        let Some(sent) = headers.get(HEADER) else {
            return match endpoint.route.idempotency {
                Idempotency::Honoured => Ok(None),
                Idempotency::Required => Err(Problem::of(code::IDEMPOTENCY_KEY_MISSING)),
            };
        };
        let sent = sent.to_str().ok().filter(|sent| is_key(sent)).ok_or_else(|| {
            Problem::invalid("/idempotency-key", format!("must be 1 to {MAX_KEY_CHARS} visible ASCII characters"))
        })?;
        // The path as it was read, however it was spelled.
        let function = bound.declaration.function.name;
        let path = sorted(path);
        let scope = hex(&format!("{}\n{function}\n{path}\n{sent}", user.id));
        Ok(Some(Self {
            key: Key::new(idempotency_partition(user.id), &scope),
            key_before: Key::new(format!("IDEMPOTENCY#{scope}"), "RECORD"),
            fingerprint: fingerprint(body),
        }))
    }

    /// The write that records the answer, if no other request has.
    pub(crate) fn record(&self, answer: &Answer, now_s: i64) -> Write {
        let record = Record { fingerprint: self.fingerprint.clone(), answer: answer.clone() };
        let item = Item::of(self.key.clone(), "idempotency", 1, &record).expires_at(now_s + LIFE_S);
        Write::Put(item, Condition::AbsentOrExpired(now_s))
    }

    /// The recorded answer, or the refusal of another request's key.
    pub(crate) async fn replay(&self, bound: &Bound) -> Result<Option<Answer>, Problem> {
        let keys = [self.key.clone(), self.key_before.clone()];
        let Some(item) = bound.store.get_many(bound.service.table, &keys).await?.pop() else { return Ok(None) };
        let record: Record = item.read()?;
        if record.fingerprint == self.fingerprint {
            Ok(Some(record.answer))
        } else {
            Err(Problem::of(code::IDEMPOTENCY_KEY_REUSED))
        }
    }
}

/// The schema of the header, which agrees with [`is_key`].
pub(crate) fn key_schema() -> Value {
    json!({"type": "string", "minLength": 1, "maxLength": MAX_KEY_CHARS, "pattern": "^[!-~]+$"})
}

fn is_key(text: &str) -> bool {
    (1..=MAX_KEY_CHARS).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// The same for equal JSON values, as they were read: whatever the order of members.
fn fingerprint(body: &Value) -> String {
    hex(&sorted(body).to_string())
}

fn sorted(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(sorted).collect(),
        Value::Object(members) => {
            let by_name: BTreeMap<_, _> = members.iter().collect();
            by_name.into_iter().map(|(name, member)| (name.clone(), sorted(member))).collect()
        }
        other @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) => other.clone(),
    }
}

fn hex(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::read_json;

    #[test]
    fn equal_json_values_have_one_fingerprint() {
        let fingerprint = |text: &str| fingerprint(&read_json(text.as_bytes()).unwrap());
        let one = fingerprint(r#"{"a": 1, "b": [1.0, {"c": null}]}"#);
        assert_eq!(one, fingerprint(r#"{ "b":[1,{"c":null}],"a":1.0 }"#));
        assert_ne!(one, fingerprint(r#"{"a": 1, "b": [1.5, {"c": null}]}"#));
        assert_eq!(fingerprint(""), fingerprint("{}"));
    }
}
