//! The program over HTTP: its route if it has one, `/healthz`, and `POST /events` for what a broker or a schedule sends; where a whole
//! service is one program, `POST /events/<function>`.

use std::{io, sync::Arc, time::Duration};

use app::{Declaration, Problem, TriggerKind, code};
use axum::{
    Router,
    extract::Request,
    response::{IntoResponse as _, Response},
    routing::post,
};
use domain::Event;
use host::{Delivered, Timeouts};
use http::{HeaderMap, StatusCode};
use messaging::cloudevents;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::{environment::variable, program::Program};

/// Where events are posted.
pub(crate) const EVENTS: &str = "/events";
/// The port where `PORT` is not set.
const DEFAULT_PORT: u16 = 8080;
/// The most bytes of the reason of a refusal: what Knative keeps of it with a dead-lettered event.
const MAX_REASON_BYTES: usize = 1024;
/// How long requests in progress may take once the program has to stop.
const CLOSING: Duration = Duration::from_secs(10);

/// Serves a function, or a service, until SIGTERM or Ctrl-C.
pub(crate) async fn serve(
    name: &str,
    program: Arc<Program>,
    stop: StopSignal,
) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    serve_router(name, router(program), stop).await
}

/// SIGTERM or Ctrl-C, caught from the time it is made: as PID 1, a program would not stop by default.
pub(crate) struct StopSignal {
    terminate: Signal,
    interrupt: Signal,
}

impl StopSignal {
    /// Installs the handlers of both signals.
    pub(crate) fn listen() -> io::Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    /// Waits for either signal.
    pub(crate) async fn came(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// Serves until SIGTERM or Ctrl-C; requests in progress are then finished.
pub(crate) async fn serve_router(
    name: &str,
    router: Router,
    mut signal: StopSignal,
) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let port = match variable("PORT") {
        None => DEFAULT_PORT,
        Some(text) => text.parse().map_err(|_| format!("PORT must be a port, not {text}"))?,
    };
    let listener = host::listen_everywhere(port).map_err(|error| format!("port {port}: {error}"))?;
    let (stop, mut stopping) = tokio::sync::watch::channel(false);
    let stopped = async move {
        signal.came().await;
        stop.send_replace(true);
    };
    let port = listener.local_addr()?.port();
    tracing::info!(function = name, port, "serving");
    let serving = host::serve(listener, router, Timeouts::default(), stopped);
    let too_long = async move {
        // The sender lives until it has sent, so waiting can't fail.
        drop(stopping.wait_for(|stop| *stop).await);
        tokio::time::sleep(CLOSING).await;
    };
    tokio::select! {
        () = serving => {}
        () = too_long => {}
    }
    Ok(())
}

fn router(program: Arc<Program>) -> Router {
    let mut router = host::router(program.host.clone());
    let is_alone = program.declarations.len() == 1;
    let is_there = |one: &&Declaration| program.host.context_of(one.function.name).is_some();
    for declaration in program.declarations.iter().filter(is_there).filter(|one| one.kind() != TriggerKind::Endpoint) {
        let path = if is_alone { EVENTS.to_owned() } else { format!("{EVENTS}/{}", declaration.function.name) };
        let program = program.clone();
        let take = move |request: Request| {
            let program = program.clone();
            async move { receive(&program, declaration, request).await }
        };
        router = router.route(&path, post(take).fallback(host::method_not_allowed));
    }
    program.edge(router)
}

/// Takes a request that the guard admits.
async fn receive(program: &Arc<Program>, declaration: &'static Declaration, request: Request) -> Response {
    let (head, body) = request.into_parts();
    if !program.events.as_ref().is_some_and(|guard| guard.admits(&head.headers)) {
        return host::problem(&Problem::of(code::UNAUTHENTICATED), head.uri.path());
    }
    match host::read_body(&head.headers, body).await {
        Ok(body) => take(program, declaration, &head.headers, &body).await.into_response(),
        Err(problem) => host::problem(&problem, head.uri.path()),
    }
}

/// 202 where it was handled, without a body, as a body would be an event in reply; 503 asks for a retry; 400 dead-letters it
/// at once, with one line that says why.
async fn take(
    program: &Arc<Program>,
    declaration: &'static Declaration,
    headers: &HeaderMap,
    body: &[u8],
) -> (StatusCode, String) {
    let function = declaration.function.name;
    let empty = |status| (status, String::new());
    if declaration.is_scheduled() {
        return match program.host.sweep_through(function, program.sweep_window).await {
            Ok(_) => empty(StatusCode::ACCEPTED),
            Err(error) => {
                tracing::error!(function, %error, "sweeping failed");
                empty(StatusCode::SERVICE_UNAVAILABLE)
            }
        };
    }
    let event = match cloudevents::read(headers, body) {
        Ok(event) => event,
        Err(error) => {
            tracing::error!(function, %error, "a request holds no event of ours");
            return (StatusCode::BAD_REQUEST, line(&error.to_string()));
        }
    };
    match deliver(program, function, &event).await {
        Delivered::Done => empty(StatusCode::ACCEPTED),
        Delivered::Retry(reason) => {
            tracing::warn!(function, event = %event.id, reason, "an event is left for a retry");
            empty(StatusCode::SERVICE_UNAVAILABLE)
        }
        Delivered::Never(reason) => {
            tracing::error!(function, event = %event.id, reason, "an event can't be handled");
            (StatusCode::BAD_REQUEST, line(&reason))
        }
    }
}

/// Delivers an event. Once begun, a delivery runs to its end, though the broker hangs up: what a subscriber commits on the
/// way is published by the delivery, and by no sweep.
async fn deliver(program: &Arc<Program>, function: &'static str, event: &Event) -> Delivered {
    let program = program.clone();
    let event = event.clone();
    let delivering = tokio::spawn(async move { program.host.deliver(function, &event).await });
    delivering.await.unwrap_or_else(|stopped| Delivered::Retry(stopped.to_string()))
}

/// A reason as a broker may show it with a dead-lettered event: one short line of ASCII. Text in quotes or backticks came
/// with the event, and may be personal: it is left out. Names of ours are in backticks only after `BEFORE_OUR_NAME`.
pub(crate) fn line(reason: &str) -> String {
    const BEFORE_OUR_NAME: &str = "missing field ";
    let mut shown = String::new();
    let mut hidden_until = None;
    let mut in_a_name = false;
    let mut escaped = false;
    for character in reason.chars() {
        let was_escaped = std::mem::replace(&mut escaped, false);
        match (hidden_until, character) {
            (Some('"'), '\\') => escaped = !was_escaped,
            (Some(end), _) if character == end && !was_escaped => {
                hidden_until = None;
                shown.push(end);
            }
            (Some(_), _) => {}
            (None, '`') if in_a_name || shown.ends_with(BEFORE_OUR_NAME) => {
                in_a_name = !in_a_name;
                shown.push('`');
            }
            (None, '"' | '`') => {
                hidden_until = Some(character);
                shown.push(character);
            }
            (None, ' '..='~') => shown.push(character),
            (None, _) => shown.push(if character.is_whitespace() { ' ' } else { '?' }),
        }
    }
    shown.truncate(MAX_REASON_BYTES);
    shown
}

#[cfg(test)]
mod tests {
    use app::{Changes, Context, Declaration, Failure, Function, Subscriber, System};
    use domain::{Kind, OrderKind};
    use tokio::sync::Semaphore;
    use tower::ServiceExt as _;

    use super::*;
    use crate::sample::{self, TABLE};

    static BEGUN: Semaphore = Semaphore::const_new(0);
    static GO_ON: Semaphore = Semaphore::const_new(0);
    static DONE: Semaphore = Semaphore::const_new(0);

    /// Takes two steps.
    #[derive(schemars::JsonSchema)]
    struct Walker;

    impl Subscriber for Walker {
        const FUNCTION: Function = Function::new("walker").writes(TABLE);
        type Data = serde_json::Value;
        const SUBSCRIBES_TO: &'static [Kind] = &[Kind::Order(OrderKind::Ready)];

        async fn handle(_: &Context, _: &System, _: &Event) -> Result<Changes, Failure> {
            BEGUN.add_permits(1);
            let _permit = GO_ON.acquire().await;
            DONE.add_permits(1);
            Ok(Changes::none())
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_delivery_runs_to_its_end_though_the_broker_hangs_up() {
        let program = Arc::new(sample::program(const { &[Declaration::subscriber::<Walker>()] }));
        let (headers, body) = cloudevents::write(&sample::event(1, "one")).unwrap();
        tokio::select! {
            _ = take(&program, program.declaration, &headers, &body) => panic!("it waits"),
            _ = BEGUN.acquire() => {}
        }
        GO_ON.add_permits(1);
        // Nothing else is in progress, so the paused clock advances to this timeout at once where the delivery has stopped.
        assert!(tokio::time::timeout(Duration::from_mins(1), DONE.acquire()).await.is_ok());
    }

    /// Takes events of another kind.
    #[derive(schemars::JsonSchema)]
    struct Stander;

    impl Subscriber for Stander {
        const FUNCTION: Function = Function::new("stander").writes(TABLE);
        type Data = serde_json::Value;
        const SUBSCRIBES_TO: &'static [Kind] = &[Kind::Order(OrderKind::Paid)];

        async fn handle(_: &Context, _: &System, _: &Event) -> Result<Changes, Failure> {
            Ok(Changes::none())
        }
    }

    async fn posted(functions: &'static [Declaration], path: &str) -> StatusCode {
        let program = Program { events: Some(crate::guard::EventsGuard::Mesh), ..sample::program(functions) };
        let (headers, body) = cloudevents::write(&sample::event(1, "one")).unwrap();
        let mut request: Request = http::Request::post(path).body(body.into()).unwrap();
        *request.headers_mut() = headers;
        router(Arc::new(program)).oneshot(request).await.unwrap().status()
    }

    #[tokio::test]
    async fn a_service_as_one_program_takes_events_for_each_of_its_functions() {
        const ALONE: &[Declaration] = &[Declaration::subscriber::<Stander>()];
        const BOTH: &[Declaration] = &[Declaration::subscriber::<Stander>(), Declaration::subscriber::<Walker>()];
        assert_eq!(posted(ALONE, "/events").await, StatusCode::ACCEPTED);
        assert_eq!(posted(ALONE, "/events/stander").await, StatusCode::NOT_FOUND);
        assert_eq!(posted(BOTH, "/events/stander").await, StatusCode::ACCEPTED);
        assert_eq!(posted(BOTH, "/events").await, StatusCode::NOT_FOUND);
    }

    #[test]
    fn a_reason_is_one_short_line_without_what_came_with_the_event() {
        for (reason, shown) in [
            ("there is no order ord_1", "there is no order ord_1"),
            (r#"invalid type: string "Ana \"P\" <a@b.ro>", expected u64"#, r#"invalid type: string "", expected u64"#),
            (r#"string "a\\" at 1, "b" at 2"#, r#"string "" at 1, "" at 2"#),
            ("missing field `order_id` at 1, not `44`", "missing field `order_id` at 1, not ``"),
            ("invalid value: floating point `44.4268`, expected u32", "invalid value: floating point ``, expected u32"),
            ("unknown variant `Ana Pop`, expected `a`", "unknown variant ``, expected ``"),
            ("one\ntwo\té", "one two ?"),
        ] {
            assert_eq!(line(reason), shown);
        }
        assert_eq!(line(&"x".repeat(9000)).len(), MAX_REASON_BYTES);
    }
}
