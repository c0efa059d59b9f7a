//! One request to one operation, from headers to reply, in the contract's order of checks.

use std::{sync::LazyLock, time::Instant};

use app::{
    Access, Answer, Caller, Changes, Deadline, Declaration, Effect, EndpointDeclaration, Precondition, Prepared,
    Problem, StoreError, code,
};
use axum::body::Body;
use http::{HeaderMap, HeaderName, Response, header, request};
use regex_lite::Regex;
use serde_json::{Map, Value};

use crate::{
    cursor::Scope,
    host::{Bound, Host},
    idempotency::Claim,
    input, refusal, reply, trace,
};

/// Headers that may be sent once only.
const SINGLE: [HeaderName; 4] =
    [header::AUTHORIZATION, HeaderName::from_static("idempotency-key"), header::IF_MATCH, header::CONTENT_TYPE];
/// How often a request is decided, again after each lost race.
const ATTEMPTS: usize = 3;

/// A request whose route and method are known.
pub(crate) struct Request<'a> {
    /// Method, path and headers.
    pub(crate) head: &'a request::Parts,
    /// The path's parameters, decoded.
    pub(crate) path: Map<String, Value>,
    /// The body, which is not too large.
    pub(crate) body: &'a [u8],
}

struct Replied {
    answer: Answer,
    replayed: bool,
}

impl Replied {
    const fn first(answer: Answer) -> Self {
        Self { answer, replayed: false }
    }
}

impl Host {
    /// Answers a request to the endpoint `bound`.
    pub(crate) async fn answer(&self, bound: &Bound, request: Request<'_>) -> Response<Body> {
        let Some(endpoint) = bound.declaration.as_endpoint() else {
            return reply::problem(&Problem::not_found(), request.head.uri.path());
        };
        let begun = Instant::now();
        let head = request.head;
        let public = endpoint.access == Access::Public;
        let result = Deadline::within(bound.budget(), self.reply(bound, endpoint, request)).await;
        bound.calls.increment(1);
        bound.seconds.record(begun.elapsed());
        match result {
            Ok(Replied { answer, replayed }) => {
                let mut response = reply::answer(answer, endpoint.route.method, public, &head.headers);
                if replayed {
                    let yes = header::HeaderValue::from_static("true");
                    response.headers_mut().insert(reply::IDEMPOTENT_REPLAYED, yes);
                }
                response
            }
            Err(problem) => {
                log_refusal(bound, endpoint, &problem);
                reply::problem(&problem, head.uri.path())
            }
        }
    }

    async fn reply(
        &self,
        bound: &Bound,
        endpoint: &EndpointDeclaration,
        request: Request<'_>,
    ) -> Result<Replied, Problem> {
        let Request { head, path, body } = request;
        if let Some(name) = SINGLE.iter().find(|name| head.headers.get_all(*name).iter().count() > 1) {
            return Err(Problem::new(code::MALFORMED, format!("The header {name} is there more than once.")));
        }
        let caller = self.caller(endpoint.access, &head.headers)?;
        let path = Value::Object(path);
        if !(endpoint.accepts_path)(&path) {
            return Err(Problem::not_found());
        }
        let query = head.uri.query().unwrap_or_default();
        let (prepared, scope, claim) = if endpoint.route.method.has_body() {
            let body = read_body(&head.headers, body)?;
            let prepared = prepare_body(bound, endpoint, &path, body.clone(), query)?;
            let claim = Claim::of(bound, caller.signed_in().ok(), &path, &head.headers, &body)?;
            (prepared, Scope::new("", &Value::Null, &caller, &Map::new()), claim)
        } else {
            let (prepared, scope) = self.prepare_query(bound, endpoint, path, query, &caller)?;
            (prepared, scope, None)
        };
        let caller = caller.expecting(precondition(bound.declaration, &head.headers)?);
        if let Some(claim) = &claim
            && let Some(answer) = claim.replay(bound).await?
        {
            return Ok(Replied { answer, replayed: true });
        }
        let trace = trace::of(&head.headers, &*self.dependencies.random);
        self.decide(bound, &*prepared, &caller, &scope, claim.as_ref(), trace.as_deref()).await
    }

    /// Decides and commits, whether it answers or refuses; after a lost race, again from the read.
    async fn decide(
        &self,
        bound: &Bound,
        prepared: &dyn Prepared,
        caller: &Caller,
        scope: &Scope,
        claim: Option<&Claim>,
        trace: Option<&str>,
    ) -> Result<Replied, Problem> {
        let now_s = self.dependencies.clock.now().as_second();
        let sign = |position: &str| self.cursors.sign(scope, position, now_s);
        for attempt in 0..ATTEMPTS {
            if attempt > 0 {
                self.after_lost_races(attempt).await;
            }
            let decided = prepared.call(&bound.context, caller, &sign).await;
            if decided.is_err()
                && let Some(claim) = claim
                && let Some(answer) = claim.replay(bound).await?
            {
                // It was refused because the same request was faster.
                return Ok(Replied { answer, replayed: true });
            }
            let (outcome, mut changes) = match decided {
                Ok(Effect { reply, changes }) => (Ok(reply), changes),
                Err(mut refusal) => {
                    let changes = std::mem::take(&mut *refusal.changes);
                    (Err(refusal), changes)
                }
            };
            if changes.is_empty() {
                return outcome.map(Replied::first);
            }
            if let Some(claim) = claim
                && let Ok(answer) = &outcome
            {
                changes.writes.push(claim.record(answer, now_s));
            }
            let Err(error) = self.commit(bound, changes, trace).await else {
                return outcome.map(Replied::first);
            };
            if !error.is_lost_race() {
                return Err(error.into());
            }
            if let Some(claim) = claim
                && let Some(answer) = claim.replay(bound).await?
            {
                return Ok(Replied { answer, replayed: true });
            }
            // What was to be changed has changed; `*` only asks that it is there.
            if matches!(caller.precondition(), Precondition::Versions(_)) {
                return Err(Problem::of(code::STALE));
            }
        }
        Err(Problem::of(code::CONFLICT))
    }

    /// Commits what a function decided, within its grants, and publishes its events. Once begun it runs to its end, whether
    /// anybody still waits for it or not: a client that hangs up leaves no event unpublished.
    pub(crate) async fn commit(&self, bound: &Bound, changes: Changes, trace: Option<&str>) -> Result<(), StoreError> {
        let context = bound.context.clone();
        let table = bound.service.table;
        let trace = trace.map(str::to_owned);
        let work = async move { context.commit_traced(table, changes, trace.as_deref()).await };
        match tokio::spawn(Deadline::carried(work)).await {
            Ok(committed) => committed,
            Err(failed) if failed.is_panic() => std::panic::resume_unwind(failed.into_panic()),
            // The process ends: whether it was committed is not known.
            Err(_) => Err(StoreError::Unknown),
        }
    }

    /// Who calls: a bad token is 401 anywhere, no token where one is needed too, and a role that may never do this is 403.
    fn caller(&self, access: Access, headers: &HeaderMap) -> Result<Caller, Problem> {
        let caller = match headers.get(header::AUTHORIZATION) {
            None => Caller::anyone(),
            Some(value) => self.signed_in(value).ok_or_else(|| Problem::of(code::UNAUTHENTICATED))?,
        };
        match (access, caller.role()) {
            (Access::Public, _) => Ok(caller),
            (Access::Roles(_), None) => Err(Problem::of(code::UNAUTHENTICATED)),
            (Access::Roles(_), Some(role)) if access.allows(role) => Ok(caller),
            (Access::Roles(_), Some(_)) => Err(Problem::of(code::FORBIDDEN)),
        }
    }

    fn signed_in(&self, authorization: &header::HeaderValue) -> Option<Caller> {
        let (scheme, token) = authorization.to_str().ok()?.split_once(' ')?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return None;
        }
        let now = domain::Timestamp::of(self.dependencies.clock.now());
        self.tokens.caller(&self.dependencies.keys, token.trim(), now)
    }

    fn prepare_query(
        &self,
        bound: &Bound,
        endpoint: &EndpointDeclaration,
        path: Value,
        query: &str,
        caller: &Caller,
    ) -> Result<(Box<dyn Prepared>, Scope), Problem> {
        let mut query = match &bound.query {
            Some(types) => types.parse(query)?,
            None => Map::new(),
        };
        let scope = Scope::new(bound.declaration.function.name, &path, caller, &query);
        // A cursor is refused once the rest is known to be in shape: a wrong field comes before a wrong cursor.
        let cursor = query.get("cursor").and_then(Value::as_str).map(str::to_owned);
        let now_s = self.dependencies.clock.now().as_second();
        let verified = cursor.map(|cursor| self.cursors.verify(&scope, &cursor, now_s));
        if let Some(Ok(position)) = &verified {
            query.insert("cursor".to_owned(), Value::from(position.as_str()));
        }
        let mut query = Value::Object(query);
        let schema = bound.input_schema(endpoint);
        input::leave_out_blank(schema.as_value(), &mut query);
        let prepared = (endpoint.prepare)(path.clone(), query.clone())
            .map_err(|refused| Problem::invalid_fields(refusal::of(endpoint, schema, &path, &query, refused)))?;
        verified.transpose()?;
        Ok((prepared, scope))
    }
}

/// Reads the body of a request.
fn read_body(headers: &HeaderMap, body: &[u8]) -> Result<Value, Problem> {
    if !body.is_empty() && (!is_json(headers) || is_encoded(headers)) {
        return Err(Problem::of(code::NOT_JSON));
    }
    input::read_json(body)
}

/// Parses a body; a request that has one has no query.
fn prepare_body(
    bound: &Bound,
    endpoint: &EndpointDeclaration,
    path: &Value,
    mut body: Value,
    query: &str,
) -> Result<Box<dyn Prepared>, Problem> {
    let schema = bound.input_schema(endpoint);
    input::leave_out_blank(schema.as_value(), &mut body);
    // The parser would take a list for an object, its entries for the members in their order.
    let prepared = if input::lists_fit(schema.as_value(), &body) {
        (endpoint.prepare)(path.clone(), body.clone())
            .map_err(|refused| refusal::of(endpoint, schema, path, &body, refused))
    } else {
        Err(refusal::wrong_fields(schema, &body))
    };
    let mut wrong: Vec<_> = form_urlencoded::parse(query.as_bytes()).map(|(name, _)| refusal::unknown(&name)).collect();
    match prepared {
        Ok(prepared) if wrong.is_empty() => return Ok(prepared),
        Ok(_) => {}
        Err(found) => wrong.extend(found),
    }
    Err(Problem::invalid_fields(wrong))
}

/// Whether a body is encoded, as by gzip.
fn is_encoded(headers: &HeaderMap) -> bool {
    let encodings = headers.get_all(header::CONTENT_ENCODING).iter();
    encodings
        .flat_map(|value| value.as_bytes().split(|byte| *byte == b','))
        .any(|one| !one.trim_ascii().is_empty() && !one.trim_ascii().eq_ignore_ascii_case(b"identity"))
}

/// Whether the headers say that the body is JSON.
pub fn is_json(headers: &HeaderMap) -> bool {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    content_type.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
}

/// What `If-Match` may be (RFC 9110, 13.1.1): `*`, or tags, weak or strong, at least one of them in the form of our `ETag`s.
pub(crate) const IF_MATCH: &str = concat!(
    r#"^ *(\*|((W/)?"[!#-+\--~]*" *, *)*"#,
    r#"(W/)?"[0-9]{1,19}(-[!#-+\--~]*)?""#,
    r#"( *, *(W/)?"[!#-+\--~]*")*) *$"#
);
static IF_MATCH_FORM: LazyLock<Regex> = LazyLock::new(|| Regex::new(IF_MATCH).expect("it is a regular expression"));

/// What `If-Match` asks: `*`, or the versions in tags of the form of our `ETag`s.
fn precondition(declaration: &Declaration, headers: &HeaderMap) -> Result<Precondition, Problem> {
    let Some(value) = headers.get(header::IF_MATCH).filter(|_| declaration.honours_preconditions()) else {
        return Ok(Precondition::None);
    };
    let tags = value.to_str().unwrap_or_default();
    if !IF_MATCH_FORM.is_match(tags) {
        return Err(Problem::invalid("/if-match", "must be `*` or the ETag of the thing as it was last read"));
    }
    if tags.trim() == "*" {
        return Ok(Precondition::Exists);
    }
    Ok(Precondition::Versions(tags.split(',').filter_map(version).collect()))
}

/// The version in a tag, weak or strong: `"7-0a1b"`.
fn version(tag: &str) -> Option<u64> {
    let opaque = tag.trim().trim_start_matches("W/").trim_matches('"');
    opaque.split('-').next()?.parse().ok()
}

/// Logs our own mistakes, and holds operations to the refusals they list.
fn log_refusal(bound: &Bound, endpoint: &EndpointDeclaration, problem: &Problem) {
    let function = bound.declaration.function.name;
    if problem.code.status >= 500 {
        let source = problem.source.as_ref().map(ToString::to_string).unwrap_or_default();
        tracing::error!(function, code = problem.code.word, source, "the request failed");
    }
    let listed = |codes: &[app::Code]| codes.contains(&problem.code);
    let everywhere =
        code::ALL.iter().filter(|code| **code != code::ILLEGAL_TRANSITION && **code != code::BAD_CREDENTIALS);
    let everywhere: Vec<app::Code> = everywhere.copied().collect();
    debug_assert!(
        listed(endpoint.problems) || listed(&everywhere),
        "{function} answered {} and does not list it",
        problem.code.word
    );
}
