//! One request to one operation, from headers to reply, in the contract's order of checks.

use std::{borrow::Cow, time::Instant};

use app::{
    Access, Answer, Changes, Context, Deadline, Effect, EndpointDeclaration, FieldError, InputForm, Precondition,
    Prepared, Problem, Raw, Sent, StoreError, User, code,
};
use axum::body::Body;
use http::{HeaderMap, HeaderName, Response, header, request};
use serde_json::{Map, Value};

use crate::{
    accept,
    cursor::Scope,
    host::{Bound, Host},
    idempotency::Claim,
    input,
    precondition::precondition,
    refusal, reply, trace,
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

/// A request that can be decided, as often as it takes.
#[derive(Clone, Copy)]
struct Call<'a> {
    prepared: &'a dyn Prepared,
    context: &'a Context,
    user: &'a Option<User>,
    scope: &'a Scope,
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
        let user = self.caller(endpoint.access, &head.headers)?;
        let path = Value::Object(path);
        if !(endpoint.accepts_path)(&path) {
            return Err(Problem::not_found());
        }
        if endpoint.route.is_live && accept::asks_for_a_stream(&head.headers) {
            return Err(Problem::of(code::NOT_ACCEPTABLE));
        }
        let query = head.uri.query().unwrap_or_default();
        let in_body = endpoint.route.method.has_body();
        let (prepared, scope, claim) = if endpoint.form == InputForm::Raw {
            let raw = Raw { headers: input::texts(&head.headers), body: body.to_vec() };
            (prepare_raw(endpoint, path, raw, query)?, Scope::none(), None)
        } else if in_body {
            let body = read_body(&head.headers, body)?;
            let prepared = prepare_body(bound, endpoint, &path, body.clone(), query)?;
            let claim = Claim::of(bound, user.as_ref(), &path, &head.headers, &body)?;
            (prepared, Scope::none(), claim)
        } else {
            let (prepared, scope) = self.prepare_query(bound, endpoint, path, query, user.as_ref())?;
            (prepared, scope, None)
        };
        let context = match precondition(bound.declaration, &head.headers)? {
            Precondition::None => Cow::Borrowed(&bound.context),
            expected => Cow::Owned(bound.context.clone().expecting(expected)),
        };
        if let Some(claim) = &claim
            && let Some(answer) = claim.replay(bound).await?
        {
            return Ok(Replied { answer, replayed: true });
        }
        let trace = trace::of(&head.headers, &*self.dependencies.random);
        let call = Call { prepared: &*prepared, context: &context, user: &user, scope: &scope };
        self.decide(bound, call, claim.as_ref(), trace.as_deref()).await
    }

    /// Decides and commits, whether it answers or refuses; after a lost race, again from the read.
    async fn decide(
        &self,
        bound: &Bound,
        call: Call<'_>,
        claim: Option<&Claim>,
        trace: Option<&str>,
    ) -> Result<Replied, Problem> {
        let now_s = self.dependencies.clock.now().as_second();
        let sign = |position: &str| self.cursors.sign(call.scope, position, now_s);
        for attempt in 0..ATTEMPTS {
            if attempt > 0 {
                self.after_lost_races(attempt).await;
            }
            let decided = call.prepared.call(call.context, call.user, &sign).await;
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
                if outcome.is_ok() {
                    self.go_on(bound, call, trace).await;
                }
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
            if matches!(call.context.precondition(), Precondition::Versions(_)) {
                return Err(Problem::of(code::STALE));
            }
        }
        Err(Problem::of(code::CONFLICT))
    }

    /// Drives on what was committed. What fails is left to a sweep: the request is answered.
    async fn go_on(&self, bound: &Bound, call: Call<'_>, trace: Option<&str>) {
        let failure = match call.prepared.then(call.context).await {
            Ok(changes) if changes.is_empty() => return,
            Ok(changes) => match self.commit(bound, changes, trace).await {
                Ok(()) => return,
                Err(error) => error.into(),
            },
            Err(failure) => failure,
        };
        tracing::warn!(function = bound.declaration.function.name, %failure, "what was committed is not driven on yet");
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
    fn caller(&self, access: Access, headers: &HeaderMap) -> Result<Option<User>, Problem> {
        let user = match headers.get(header::AUTHORIZATION) {
            None => None,
            Some(value) => Some(self.signed_in(value).ok_or_else(|| Problem::of(code::UNAUTHENTICATED))?),
        };
        match (access, &user) {
            (Access::Public, _) => Ok(user),
            (Access::Roles(_), None) => Err(Problem::of(code::UNAUTHENTICATED)),
            (Access::Roles(_), Some(User { role, .. })) if access.allows(*role) => Ok(user),
            (Access::Roles(_), Some(_)) => Err(Problem::of(code::FORBIDDEN)),
        }
    }

    fn signed_in(&self, authorization: &header::HeaderValue) -> Option<User> {
        let (scheme, token) = authorization.to_str().ok()?.split_once(' ')?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return None;
        }
        let now = domain::Timestamp::of(self.dependencies.clock.now());
        self.tokens.user(&self.dependencies.keys, token.trim(), now)
    }

    fn prepare_query(
        &self,
        bound: &Bound,
        endpoint: &EndpointDeclaration,
        path: Value,
        query: &str,
        user: Option<&User>,
    ) -> Result<(Box<dyn Prepared>, Scope), Problem> {
        let mut query = match &bound.query {
            Some(types) => types.parse(query)?,
            None => Map::new(),
        };
        let scope = Scope::new(bound.declaration.function.name, &path, user, &query);
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
        let prepared = (endpoint.prepare)(path.clone(), Sent::Value(query.clone()))
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
        (endpoint.prepare)(path.clone(), Sent::Value(body.clone()))
            .map_err(|refused| refusal::of(endpoint, schema, path, &body, refused))
    } else {
        Err(refusal::wrong_fields(schema, &body))
    };
    let mut wrong = unknown_parameters(query);
    match prepared {
        Ok(prepared) if wrong.is_empty() => return Ok(prepared),
        Ok(_) => {}
        Err(found) => wrong.extend(found),
    }
    Err(Problem::invalid_fields(wrong))
}

/// Takes a body as it is; a request that has one has no query.
fn prepare_raw(
    endpoint: &EndpointDeclaration,
    path: Value,
    raw: Raw,
    query: &str,
) -> Result<Box<dyn Prepared>, Problem> {
    let wrong = unknown_parameters(query);
    if !wrong.is_empty() {
        return Err(Problem::invalid_fields(wrong));
    }
    (endpoint.prepare)(path, Sent::Raw(raw)).map_err(|refused| Problem::invalid(&refused.pointer, refused.detail))
}

fn unknown_parameters(query: &str) -> Vec<FieldError> {
    form_urlencoded::parse(query.as_bytes()).map(|(name, _)| refusal::unknown(&name)).collect()
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

/// Logs our own mistakes, and holds operations to the refusals they list.
fn log_refusal(bound: &Bound, endpoint: &EndpointDeclaration, problem: &Problem) {
    let function = bound.declaration.function.name;
    if problem.code.status >= 500 {
        let source = problem.source.as_ref().map(ToString::to_string).unwrap_or_default();
        tracing::error!(function, code = problem.code.word, source, "the request failed");
    }
    let listed = |codes: &[app::Code]| codes.contains(&problem.code);
    debug_assert!(
        listed(endpoint.problems) || (listed(code::ALL) && !listed(code::NAMED)),
        "{function} answered {} and does not list it",
        problem.code.word
    );
}
