//! A broker that keeps Knative's delivery contract: at-least-once delivery of each event to each of its subscribers. After
//! 404, 408, 409, 429 and 5xx it retries with exponential backoff; other refusals are dead-lettered at once.
//! Contract: <https://github.com/knative/specs/blob/main/specs/eventing/data-plane.md>

use std::{
    net::Ipv4Addr,
    sync::{
        Arc, Mutex, OnceLock, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    body::Bytes,
    extract::{Path, Request, State},
    response::Response,
    routing::post,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::Event;
use host::MAX_BODY_BYTES;
use messaging::cloudevents;
use reqwest::{StatusCode, header::HeaderMap};
use tokio::{
    net::TcpListener,
    sync::{RwLock, RwLockWriteGuard, watch},
};

use super::{Program, Programs, SERVICES};

/// How often a delivery is tried.
const MAX_ATTEMPTS: u32 = 6;
/// The backoff before the second attempt, doubled for each one after.
const FIRST_BACKOFF: Duration = Duration::from_millis(20);

/// Where a function takes events.
const FUNCTION_EVENTS: &str = "/functions/{function}/events";

pub struct Broker {
    url: OnceLock<String>,
    programs: OnceLock<Arc<Programs>>,
    pending: watch::Sender<usize>,
    gate: RwLock<()>,
    dead: Mutex<Vec<DeadLetter>>,
    published: Mutex<Vec<Event>>,
    refuses: AtomicBool,
    dead_letter_sink: OnceLock<Arc<Program>>,
}

/// A delivery that is not retried any more.
#[derive(Clone, Debug)]
pub struct DeadLetter {
    /// The function that did not handle it.
    pub subscriber: &'static str,
    pub event: Event,
    /// The last status; 0 where there was no answer.
    pub status: u16,
    /// The body of the last reply.
    pub reason: String,
    /// How often it was tried.
    pub attempts: u32,
}

impl Broker {
    /// Opens it; returns its address.
    pub(super) async fn open() -> (Arc<Self>, String) {
        let broker = Arc::new(Self {
            url: OnceLock::new(),
            programs: OnceLock::new(),
            pending: watch::channel(0).0,
            gate: RwLock::default(),
            dead: Mutex::default(),
            published: Mutex::default(),
            refuses: AtomicBool::new(false),
            dead_letter_sink: OnceLock::new(),
        });
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port is free");
        let url = format!("http://{}", listener.local_addr().expect("it listens somewhere"));
        broker.url.set(url.clone()).expect("it is opened once");
        let router = Router::new().route("/", post(accept)).route(FUNCTION_EVENTS, post(hand_on));
        let router = router.with_state(broker.clone());
        tokio::spawn(axum::serve(listener, router).into_future());
        (broker, url)
    }

    pub(super) fn deliver_to(&self, programs: Arc<Programs>) {
        assert!(self.programs.set(programs).is_ok(), "it is set once");
    }

    /// Where events may be posted to a function, as in a cluster, whether its program runs or not.
    pub(super) fn function_events_url(&self) -> String {
        format!("{}{FUNCTION_EVENTS}", self.url.get().expect("it is open"))
    }

    /// Sends dead letters to this program from now on.
    pub(super) fn dead_letter_to(&self, program: Arc<Program>) {
        assert!(self.dead_letter_sink.set(program).is_ok(), "it is set once");
    }

    /// Waits until every event published so far was handled or dead-lettered.
    pub async fn idle(&self) {
        // The sender lives as long as `self`, so waiting can't fail.
        drop(self.pending.subscribe().wait_for(|count| *count == 0).await);
    }

    /// Holds deliveries back for as long as the guard lives.
    pub async fn hold(&self) -> RwLockWriteGuard<'_, ()> {
        self.gate.write().await
    }

    /// Accepts no event from now on, or accepts events again.
    pub fn refuse(&self, refuses: bool) {
        self.refuses.store(refuses, Ordering::SeqCst);
    }

    /// All dead letters so far.
    pub fn dead_letters(&self) -> Vec<DeadLetter> {
        self.dead.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Every event published so far.
    pub fn published(&self) -> Vec<Event> {
        self.published.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Accepts an event, as if a program had published it.
    pub fn publish(self: &Arc<Self>, event: &Event) {
        self.published.lock().unwrap_or_else(PoisonError::into_inner).push(event.clone());
        let functions = SERVICES.iter().flat_map(|service| service.functions);
        for subscriber in functions.filter(|one| one.subscriptions().contains(&event.kind)).map(|one| one.function.name)
        {
            self.pending.send_modify(|count| *count += 1);
            let broker = self.clone();
            let event = event.clone();
            tokio::spawn(async move {
                broker.deliver(subscriber, event).await;
                broker.pending.send_modify(|count| *count -= 1);
            });
        }
    }

    async fn deliver(&self, subscriber: &'static str, event: Event) {
        let mut backoff = FIRST_BACKOFF;
        let mut attempts = 0;
        loop {
            let _open = self.gate.read().await;
            attempts += 1;
            let (status, reason) = self.send(subscriber, &event).await;
            if is_success(status) {
                return;
            }
            if attempts == MAX_ATTEMPTS || !is_retried(status) {
                return self.dead_letter(DeadLetter { subscriber, event, status, reason, attempts }).await;
            }
            tokio::time::sleep(backoff).await;
            backoff *= 2;
        }
    }

    /// The status and the body of the reply.
    async fn send(&self, subscriber: &str, event: &Event) -> (u16, String) {
        let programs = self.programs.get().expect("the programs are set");
        let (headers, body) = cloudevents::write(event).expect("an event can be written");
        match programs.get(subscriber).await.deliver(headers, body).await {
            Err(error) => (0, error.to_string()),
            Ok(received) => {
                let replied = is_success(received.status) && !received.body.is_empty();
                assert!(!replied, "{subscriber} replied with a body, which would be an event");
                (received.status, String::from_utf8_lossy(&received.body).into_owned())
            }
        }
    }

    /// What is set aside is sent to the program that keeps it, if there is one, as Knative would: with what became of it in
    /// extensions, the function as the cluster knows it.
    #[expect(clippy::print_stderr, reason = "shown where a test fails")]
    pub async fn dead_letter(&self, letter: DeadLetter) {
        eprintln!("{} gave up {}: {}", letter.subscriber, letter.event.kind.short(), letter.status);
        if let Some(sink) = self.dead_letter_sink.get() {
            let (mut headers, body) = cloudevents::write(&letter.event).expect("an event can be written");
            let mut say = |name, value: String| headers.insert(name, value.try_into().expect("a header's value"));
            say("ce-knativeerrordest", format!("http://{}.tiffin.svc.cluster.local/events", letter.subscriber));
            say("ce-knativeerrorcode", letter.status.to_string());
            say("ce-knativeerrordata", STANDARD.encode(&letter.reason));
            let received = sink.deliver(headers, body).await.expect("the dead letters are taken");
            assert!(is_success(received.status) && received.body.is_empty(), "{} {:?}", received.status, received.body);
        }
        self.dead.lock().unwrap_or_else(PoisonError::into_inner).push(letter);
    }
}

fn is_success(status: u16) -> bool {
    (200..300).contains(&status)
}

/// What is worth another try, as Knative says; no answer at all is.
const fn is_retried(status: u16) -> bool {
    matches!(status, 0 | 404 | 408 | 409 | 429 | 500..)
}

async fn accept(State(broker): State<Arc<Broker>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    match cloudevents::read(&headers, &body) {
        Ok(_) if broker.refuses.load(Ordering::SeqCst) => StatusCode::SERVICE_UNAVAILABLE,
        Ok(event) => {
            broker.publish(&event);
            StatusCode::ACCEPTED
        }
        Err(error) => panic!("a program published what is no event: {error}"),
    }
}

/// Hands on what is posted to a function, as it is.
async fn hand_on(State(broker): State<Arc<Broker>>, Path(function): Path<String>, request: Request) -> Response {
    let (mut head, body) = request.into_parts();
    head.uri = "/events".parse().expect("a path");
    let body = axum::body::to_bytes(body, MAX_BODY_BYTES).await.expect("the body arrives");
    let programs = broker.programs.get().expect("the programs are set");
    programs.get(&function).await.answer(head, body).await
}
