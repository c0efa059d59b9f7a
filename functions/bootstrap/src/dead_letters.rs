//! `function dead-letters`: takes what a broker could not deliver, keeps it for 30 days, and delivers it anew when it is told to. What
//! is kept of people whose accounts are gone is redacted: it hears of that from the broker, too.
//!
//! Knative says in extensions what became of an event:
//! <https://github.com/knative/specs/blob/main/specs/eventing/data-plane.md>, "Dead-Letter Sinks".

use std::{sync::Arc, time::Duration};

use app::{Clock, Condition, Problem, Random, Store, Write, code};
use axum::{
    Router,
    body::Bytes,
    extract::{Request, State},
    middleware,
    response::{IntoResponse as _, Response},
    routing::post,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use client::Http;
use domain::{Kind, Timestamp, UserId, UserKind};
use host::{
    DeadLetter, DeadLetterStore, Host, Options, Requirements,
    dead_letters::{DEAD_LETTERS, FUNCTION, FUNCTION_EVENTS_URL, Listed, RETRIES, discard, erase, find, list},
};
use http::{HeaderMap, HeaderValue, Request as HttpRequest, StatusCode, Uri, header};
use messaging::cloudevents::{read_any, write_any};
use serde_json::{Map, Value};

use crate::{
    SERVICES,
    config::Config,
    environment::variable,
    guard::EventsGuard,
    http::{EVENTS, line},
    program::{StartError, events_guard, store},
    unavailable::ports,
};

/// What the command line calls it.
pub(crate) const NAME: &str = "dead-letters";
/// How long they are kept, in seconds: 30 days.
const KEPT_S: i64 = 30 * 24 * 3600;
/// How long a function may take for an event that is replayed.
const TIMEOUT: Duration = Duration::from_mins(1);

/// Who failed, where a broker does not say.
const NOBODY: &str = "unknown";

/// Whom the event was sent to, the status of the last answer, and its body in base 64.
const DESTINATION: &str = "knativeerrordest";
const STATUS: &str = "knativeerrorcode";
const BODY: &str = "knativeerrordata";

/// Keeps them in a table, and knows where functions are.
#[derive(Clone)]
struct Keeper {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    http: Http,
    guard: Arc<EventsGuard>,
    /// Where events are posted to a function.
    url: Arc<str>,
}

/// Why it can't start.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoDeadLetters {
    #[error(transparent)]
    Start(#[from] StartError),
    #[error("the environment does not say {}", FUNCTION_EVENTS_URL.name)]
    Unnamed,
}

/// `POST /events`, `/healthz`, and for whoever is on this computer, as by a forwarded port, the list.
pub(crate) async fn router(clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Result<Router, NoDeadLetters> {
    let config = Config::read(&Requirements::of_dead_letters(), false, variable).map_err(StartError::from)?;
    let url = config.settings.text(&FUNCTION_EVENTS_URL).ok_or(NoDeadLetters::Unnamed)?.into();
    let http = Http::new();
    let sdk = config.region.as_ref().map(|region| aws::config(&http, region, config.endpoint.as_deref()));
    let guard = events_guard(sdk.as_ref(), config.events.as_ref()).await?.unwrap_or(EventsGuard::Mesh);
    let store = store(sdk.as_ref(), &config);
    let keeper = Keeper { store, clock: clock.clone(), http, guard: Arc::new(guard), url };
    Ok(routes(keeper, clock, random))
}

fn routes(keeper: Keeper, clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Router {
    let host = Arc::new(Host::new(&[], ports(clock, random), Options::default()));
    let letters = host::dead_letter_routes(keeper.clone()).layer(middleware::from_fn(host::from_own_computer));
    let events = Router::new().route(EVENTS, post(take).fallback(host::method_not_allowed)).with_state(keeper);
    host::edge_without_cors(host::router(host.clone()).merge(letters).merge(events), &host)
}

/// 202 once it is kept; what is no event is refused.
async fn take(State(keeper): State<Keeper>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    if !keeper.guard.admits(&head.headers) {
        return host::problem(&Problem::of(code::UNAUTHENTICATED), head.uri.path());
    }
    let kept = async {
        let body = host::read_body(&head.headers, body).await?;
        keeper.keep(&head.headers, &body).await
    };
    match kept.await {
        Ok(()) => StatusCode::ACCEPTED.into_response(),
        Err(problem) => host::outcome(head.uri.path(), Err(problem)),
    }
}

impl Keeper {
    async fn keep(&self, headers: &HeaderMap, body: &[u8]) -> Result<(), Problem> {
        let event = read_any(headers, body).map_err(|error| {
            Problem::new(code::INVALID_REQUEST, format!("It is no event: {}.", line(&error.to_string())))
        })?;
        let now = Timestamp::of(self.clock.now());
        if let Some(user) = whose_account_is_gone(&event) {
            return Ok(erase(&*self.store, DEAD_LETTERS, user, now).await?);
        }
        let letter = letter(event, now)?;
        tracing::error!(
            function = letter.subscriber,
            event = letter.event["id"].as_str(),
            attempts = letter.attempts,
            reason = letter.reason,
            "an event is a dead letter"
        );
        let expires_at = now.as_second() + KEPT_S;
        Ok(host::dead_letters::keep(&*self.store, DEAD_LETTERS, &letter, Some(expires_at), now).await?)
    }

    /// Keeps one that is there already for longer.
    async fn keep_on(&self, letter: &DeadLetter) -> Result<(), app::StoreError> {
        let item = letter.item().expires_at(self.clock.now().as_second() + KEPT_S);
        self.store.transact(DEAD_LETTERS, vec![Write::Put(item, Condition::Exists)]).await
    }

    /// Posts the event to the function that failed; why it was not taken, where it was not.
    async fn deliver(&self, letter: &DeadLetter) -> Result<(), (Option<StatusCode>, String)> {
        let (mut headers, body) = write_any(&letter.event);
        if let Some(bearer) =
            self.guard.bearer().and_then(|secret| HeaderValue::try_from(format!("Bearer {secret}")).ok())
        {
            headers.insert(header::AUTHORIZATION, bearer);
        }
        let url = self.url.replace(FUNCTION, &letter.subscriber);
        let mut request = HttpRequest::post(url).body(Bytes::from(body)).map_err(|error| (None, error.to_string()))?;
        *request.headers_mut() = headers;
        let reply = self.http.exchange(request, TIMEOUT).await.map_err(|error| (None, error.to_string()))?;
        let status = reply.status();
        if status.is_success() {
            return Ok(());
        }
        Err((Some(status), reason(Some(status.as_u16()), &String::from_utf8_lossy(reply.body()))))
    }
}

impl DeadLetterStore for Keeper {
    async fn list(&self) -> Result<Listed, Problem> {
        // What a service set aside is in its own table, which this program can't read.
        Ok(Listed { items: list(&*self.store, DEAD_LETTERS).await?, unreadable: Vec::new() })
    }

    async fn replay(&self, id: &str) -> Result<(), Problem> {
        let mut letter = find(&*self.store, DEAD_LETTERS, id).await?.ok_or_else(Problem::not_found)?;
        let subscriber = letter.subscriber.clone();
        if !takes_events(&subscriber) {
            return Err(Problem::new(code::CONFLICT, format!("No function {subscriber} takes events.")));
        }
        let Err((status, reason)) = self.deliver(&letter).await else {
            return Ok(discard(&*self.store, DEAD_LETTERS, id).await?);
        };
        letter.attempts = letter.attempts.saturating_add(1);
        letter.reason.clone_from(&reason);
        // Discarded meanwhile, it stays so.
        match self.keep_on(&letter).await {
            Err(error) if !error.is_lost_race() => return Err(error.into()),
            _ => {}
        }
        let is_refused = status.is_some_and(|status| !is_worth_a_retry(status.as_u16()));
        let code = if is_refused { code::CONFLICT } else { code::UNAVAILABLE };
        Err(Problem::new(code, format!("{subscriber} did not handle it: {reason}.")))
    }

    async fn discard(&self, id: &str) -> Result<(), Problem> {
        find(&*self.store, DEAD_LETTERS, id).await?.ok_or_else(Problem::not_found)?;
        Ok(discard(&*self.store, DEAD_LETTERS, id).await?)
    }
}

/// Whose account is gone, where an event says so and is none that somebody has failed to handle.
fn whose_account_is_gone(event: &Map<String, Value>) -> Option<UserId> {
    let is_dead = [DESTINATION, STATUS, BODY].iter().any(|extension| event.contains_key(*extension));
    let deleted = event.get("type")? == Kind::User(UserKind::Deleted).event_type();
    event.get("subject")?.as_str()?.parse().ok().filter(|_| deleted && !is_dead)
}

/// The dead letter of an event, whose extensions say what became of it.
fn letter(mut event: Map<String, Value>, at: Timestamp) -> Result<DeadLetter, Problem> {
    let mut said =
        |name| event.remove(name).map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
    let destination = said(DESTINATION);
    let status = said(STATUS).and_then(|status| status.parse().ok());
    let body = said(BODY).unwrap_or_default();
    // Kept all the same, for somebody to look at.
    let subscriber = destination.as_deref().and_then(function_of).unwrap_or_else(|| NOBODY.to_owned());
    let has_id = event.get("id").and_then(Value::as_str).is_some_and(|id| !id.is_empty());
    if !has_id {
        return Err(Problem::new(code::INVALID_REQUEST, "An event has an id."));
    }
    let tried = if status.is_none_or(is_worth_a_retry) { 1 + RETRIES } else { 1 };
    Ok(DeadLetter::of(event.into(), subscriber, tried, reason(status, &decoded(&body)), at))
}

/// The function that events are posted to at this address: the first part of its host.
fn function_of(destination: &str) -> Option<String> {
    let uri: Uri = destination.parse().ok()?;
    uri.host()?.split('.').next().map(str::to_owned)
}

fn takes_events(function: &str) -> bool {
    let mut functions = SERVICES.iter().flat_map(|service| service.functions);
    functions.any(|one| one.function.name == function && !one.subscriptions().is_empty())
}

/// What Knative tries again; no answer at all, too.
const fn is_worth_a_retry(status: u16) -> bool {
    matches!(status, 0..=99 | 404 | 408 | 409 | 429 | 500..)
}

/// A body as it was, where it is in base 64.
fn decoded(body: &str) -> String {
    let plain = STANDARD.decode(body).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    plain.unwrap_or_else(|| body.to_owned())
}

/// One short line: what was answered, or that it had no words.
fn reason(status: Option<u16>, body: &str) -> String {
    match (status, line(body.trim())) {
        (_, said) if !said.is_empty() => said,
        (Some(status), _) if status > 0 => format!("it answered {status}"),
        _ => "it gave no answer".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use testing::NOON;

    use super::*;

    fn of(extensions: Value) -> Result<DeadLetter, Problem> {
        let mut event = Map::from_iter([("id".to_owned(), json!("evt_1")), ("type".to_owned(), json!("x"))]);
        event.extend(extensions.as_object().unwrap().clone());
        letter(event, NOON.parse().unwrap())
    }

    #[test]
    fn what_knative_says_of_an_event_is_told_apart_from_it() {
        let letter = of(json!({
            "knativeerrordest": "http://notify.tiffin.svc.cluster.local/events",
            "knativeerrorcode": "400", "knativeerrordata": STANDARD.encode("there is no order ord_1"),
        }));
        let letter = letter.unwrap();
        assert_eq!(letter.id, "evt_1~notify");
        assert_eq!(letter.subscriber, "notify");
        assert_eq!(letter.attempts, 1);
        assert_eq!(letter.reason, "there is no order ord_1");
        assert_eq!(letter.event, json!({"id": "evt_1", "type": "x"}));
    }

    #[test]
    fn attempts_and_reason_follow_from_the_last_answer() {
        for (code, data, attempts, reason) in [
            (json!("503"), "", 9, "it answered 503"),
            (json!(503), "", 9, "it answered 503"),
            (json!("409"), "plain words", 9, "plain words"),
            (json!("422"), "", 1, "it answered 422"),
            (json!("0"), "", 9, "it gave no answer"),
            (json!("-1"), "", 9, "it gave no answer"),
        ] {
            let letter =
                of(json!({"knativeerrordest": "http://a.b/", "knativeerrorcode": code, "knativeerrordata": data}));
            let letter = letter.unwrap();
            assert_eq!(letter.attempts, attempts, "{code}");
            assert_eq!(letter.reason, reason, "{code}");
        }
    }

    #[test]
    fn an_event_is_kept_whoever_failed_and_nothing_that_has_no_id() {
        for destination in [json!({}), json!({"knativeerrordest": ""}), json!({"knativeerrordest": "/events"})] {
            assert_eq!(of(destination).unwrap().id, "evt_1~unknown");
        }
        for wrong in [json!({"id": ""}), json!({"id": 7})] {
            assert_eq!(of(wrong).unwrap_err().code, code::INVALID_REQUEST);
        }
    }

    #[test]
    fn that_an_account_is_gone_is_heard_unless_somebody_failed_to_handle_it() {
        let deleted = json!(testing::user_deleted(testing::user_id(1), domain::Role::Customer));
        let mut event = deleted.as_object().unwrap().clone();
        assert_eq!(whose_account_is_gone(&event), Some(testing::user_id(1)));
        event.insert(STATUS.to_owned(), json!("500"));
        assert_eq!(whose_account_is_gone(&event), None);
        assert_eq!(whose_account_is_gone(&Map::from_iter([("type".to_owned(), json!("x"))])), None);
    }

    #[test]
    fn only_functions_that_take_events_are_sent_any() {
        assert!(takes_events("notify"));
        for other in ["place-order", "sweep-orders", "dead-letters", NOBODY, "", "notify.evil.example"] {
            assert!(!takes_events(other), "{other}");
        }
    }
}
