//! RFC 9457 problems: the one error of every endpoint.

use std::{collections::BTreeSet, error::Error, fmt};

use domain::Incomplete;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::{Changes, StoreError};

/// A stable kebab-case word for a refusal, with its status and what it means.
#[derive(Clone, Copy, Debug)]
pub struct Code {
    /// The word: `quote-used`.
    pub word: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// A short summary, the same for every occurrence.
    pub title: &'static str,
    /// What it means and what to do, for the page at `/problems/<code>`.
    pub about: &'static str,
}

impl Code {
    /// A code of an operation's own.
    pub const fn new(word: &'static str, status: u16, title: &'static str, about: &'static str) -> Self {
        Self { word, status, title, about }
    }
}

impl PartialEq for Code {
    fn eq(&self, other: &Self) -> bool {
        self.word == other.word
    }
}

/// The codes that any route may answer with, and those that several services share.
pub mod code {
    use super::Code;

    macro_rules! codes {
        ($($name:ident = $word:literal, $status:literal, $title:literal, $about:literal;)*) => {
            $(#[doc = $about] pub const $name: Code = Code::new($word, $status, $title, $about);)*
            /// Every code of this list.
            pub const ALL: &[Code] = &[$($name),*];
        };
    }

    codes! {
        MALFORMED = "malformed", 400, "Malformed JSON", "The body is not JSON.";
        INVALID_REQUEST = "invalid-request", 400, "Invalid request", "The request is not what the OpenAPI document says; `errors` names every wrong field.";
        CURSOR_INVALID = "cursor-invalid", 400, "Invalid cursor", "The cursor was not made for this list and caller, or has expired. Start again without one.";
        IDEMPOTENCY_KEY_MISSING = "idempotency-key-missing", 400, "Idempotency key missing", "This request needs an `Idempotency-Key` header, so that sending it twice does it once.";
        UNAUTHENTICATED = "unauthenticated", 401, "Not signed in", "The access token is missing, expired or not ours. Sign in.";
        BAD_CREDENTIALS = "bad-credentials", 401, "Wrong e-mail or password", "No account has this e-mail and this password.";
        FORBIDDEN = "forbidden", 403, "Not for this role", "Accounts of this role may never do this.";
        ACCOUNT_PENDING = "account-pending", 403, "Not approved yet", "The account waits for an administrator's approval.";
        ACCOUNT_SUSPENDED = "account-suspended", 403, "Account suspended", "An administrator has suspended the account.";
        NOT_FOUND = "not-found", 404, "Not found", "There is no such thing, or it is not yours.";
        METHOD_NOT_ALLOWED = "method-not-allowed", 405, "Method not allowed", "This path does not answer to this method; `Allow` lists those it does.";
        NOT_ACCEPTABLE = "not-acceptable", 406, "No stream here", "This host can't stream. Ask for `application/json`, again and again with `If-None-Match`.";
        ILLEGAL_TRANSITION = "illegal-transition", 409, "Not possible now", "The thing's present state (`from`) refuses this `action`.";
        CONFLICT = "conflict", 409, "Conflict", "Others changed the same thing at the same time. Send the request again.";
        STALE = "stale", 412, "Changed meanwhile", "The version named in `If-Match` is no longer the current one. Read again, then decide.";
        TOO_LARGE = "too-large", 413, "Too large", "The body is over 256 KiB.";
        NOT_JSON = "not-json", 415, "Not JSON", "The body must be sent as `application/json`.";
        IDEMPOTENCY_KEY_REUSED = "idempotency-key-reused", 422, "Idempotency key reused", "This key was used for another request. Use a new key for a new request.";
        INTERNAL = "internal", 500, "Our mistake", "Something went wrong on our side and has been logged under the request id.";
        UNAVAILABLE = "unavailable", 503, "Unavailable", "Overloaded, or a part is away. Try again after `Retry-After` seconds.";
    }

    /// Those of the list that only operations answer with that name them.
    pub const NAMED: &[Code] = &[BAD_CREDENTIALS, ACCOUNT_PENDING, ACCOUNT_SUSPENDED, ILLEGAL_TRANSITION];
}

/// One wrong field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FieldError {
    /// A JSON pointer into the body, or `/<name>` of a query parameter.
    pub pointer: String,
    /// A stable word: `required`, `type`, `range`, `unknown`, `invalid`, `unavailable`.
    pub code: &'static str,
    /// A sentence for people.
    pub detail: String,
}

/// A refusal.
#[derive(Debug)]
pub struct Problem {
    /// Which refusal.
    pub code: Code,
    /// This occurrence, for people; never another person's data.
    pub detail: String,
    /// Every wrong field.
    pub errors: Vec<FieldError>,
    /// Members of the code's own: `next_slot`, `from`.
    pub members: Map<String, Value>,
    /// After how many seconds to try again.
    pub retry_after_s: Option<u32>,
    /// What went wrong inside, for the log only.
    pub source: Option<Box<dyn Error + Send + Sync>>,
    /// What to commit although it is refused; nearly always nothing.
    pub changes: Box<Changes>,
}

/// After how many seconds an overloaded or absent part may be asked again.
const RETRY_AFTER_S: u32 = 1;

impl Problem {
    /// A refusal with its sentence.
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self {
            code,
            detail: detail.into(),
            errors: Vec::new(),
            members: Map::new(),
            retry_after_s: (code.status == 429 || code.status == 503).then_some(RETRY_AFTER_S),
            source: None,
            changes: Box::default(),
        }
    }

    /// A refusal whose sentence is what the code means.
    pub fn of(code: Code) -> Self {
        Self::new(code, code.about)
    }

    /// 404, for what is not there and for what is not theirs alike.
    pub fn not_found() -> Self {
        Self::of(code::NOT_FOUND)
    }

    /// 409: the state `from` refuses `action`.
    pub fn illegal_transition(from: impl fmt::Display, action: impl fmt::Display) -> Self {
        Self::new(code::ILLEGAL_TRANSITION, format!("What is {from} does not take the action {action}."))
            .with("from", from.to_string())
            .with("action", action.to_string())
    }

    /// 400, naming one field that the shape alone could not refuse.
    pub fn invalid(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::invalid_fields(vec![FieldError { pointer: pointer.into(), code: "invalid", detail: detail.into() }])
    }

    /// 400, naming every wrong field.
    pub fn invalid_fields(errors: Vec<FieldError>) -> Self {
        let fields: BTreeSet<&str> = errors.iter().map(|error| error.pointer.as_str()).collect();
        let detail = match (errors.first(), fields.len()) {
            (Some(first), 1) => format!("{}: {}", first.pointer, first.detail),
            (_, several) => format!("{several} fields are wrong."),
        };
        Self { errors, ..Self::new(code::INVALID_REQUEST, detail) }
    }

    /// 500, with its cause for the log.
    pub fn internal(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { source: Some(source.into()), ..Self::of(code::INTERNAL) }
    }

    /// 503, with its cause for the log.
    pub fn unavailable(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { source: Some(source.into()), ..Self::of(code::UNAVAILABLE) }
    }

    /// Adds a member of the code's own.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.members.insert(name.to_owned(), value.into());
        self
    }

    /// Points at what the rule refuses.
    #[must_use]
    pub fn naming(self, errors: impl IntoIterator<Item = FieldError>) -> Self {
        Self { errors: errors.into_iter().collect(), ..self }
    }

    /// Saves this although it refuses: what the attempt itself gives away must be on record.
    #[must_use]
    pub fn saves(mut self, changes: impl Into<Changes>) -> Self {
        *self.changes = self.changes.and(changes);
        self
    }

    /// The problem document, without `instance`.
    pub fn document(&self) -> Map<String, Value> {
        let mut document = self.members.clone();
        document.insert("type".into(), format!("/problems/{}", self.code.word).into());
        document.insert("title".into(), self.code.title.into());
        document.insert("status".into(), self.code.status.into());
        document.insert("detail".into(), self.detail.clone().into());
        document.insert("code".into(), self.code.word.into());
        if !self.errors.is_empty() {
            document.insert("errors".into(), json!(self.errors));
        }
        document
    }
}

/// A patch that would leave something incomplete: it names what would be missing.
impl From<Incomplete> for Problem {
    fn from(Incomplete { missing }: Incomplete) -> Self {
        let required = |pointer| FieldError { pointer, code: "required", detail: "is required".to_owned() };
        Self::invalid_fields(missing.into_iter().map(required).collect())
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Condition { .. } | StoreError::Conflict => Self::of(code::CONFLICT),
            StoreError::Throttled | StoreError::Unavailable(_) | StoreError::Unknown => Self::unavailable(error),
            StoreError::Rejected(_) | StoreError::Corrupt { .. } | StoreError::Denied { .. } => Self::internal(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_counted_and_not_what_is_wrong_with_them() {
        let error = |pointer: &str, detail: &str| FieldError {
            pointer: pointer.to_owned(),
            code: "invalid",
            detail: detail.to_owned(),
        };
        let twice = vec![error("/name", "is blank"), error("/name", "is short")];
        assert_eq!(Problem::invalid_fields(twice.clone()).detail, "/name: is blank");
        assert_eq!(
            Problem::invalid_fields([twice, vec![error("/age", "is low")]].concat()).detail,
            "2 fields are wrong."
        );
    }
}
