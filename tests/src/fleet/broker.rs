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

use axum::{Router, body::Bytes, extract::State, routing::post};
use domain::Event;
use messaging::cloudevents;
use reqwest::{StatusCode, header::HeaderMap};
use tokio::{
    net::TcpListener,
    sync::{RwLock, RwLockWriteGuard, watch},
};

use super::{Programs, SERVICES};

/// How often a delivery is tried.
const MAX_ATTEMPTS: u32 = 6;
/// The backoff before the second attempt, doubled for each one after.
const FIRST_BACKOFF: Duration = Duration::from_millis(20);

pub struct Broker {
    programs: OnceLock<Arc<Programs>>,
    pending: watch::Sender<usize>,
    gate: RwLock<()>,
    dead: Mutex<Vec<DeadLetter>>,
    published: Mutex<Vec<Event>>,
    refuses: AtomicBool,
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
            programs: OnceLock::new(),
            pending: watch::channel(0).0,
            gate: RwLock::default(),
            dead: Mutex::default(),
            published: Mutex::default(),
            refuses: AtomicBool::new(false),
        });
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port is free");
        let url = format!("http://{}", listener.local_addr().expect("it listens somewhere"));
        let router = Router::new().route("/", post(accept)).with_state(broker.clone());
        tokio::spawn(axum::serve(listener, router).into_future());
        (broker, url)
    }

    pub(super) fn deliver_to(&self, programs: Arc<Programs>) {
        assert!(self.programs.set(programs).is_ok(), "it is set once");
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
                return self.dead_letter(DeadLetter { subscriber, event, status, reason, attempts });
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

    #[expect(clippy::print_stderr, reason = "shown where a test fails")]
    fn dead_letter(&self, letter: DeadLetter) {
        eprintln!("{} gave up {}: {}", letter.subscriber, letter.event.kind.short(), letter.status);
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
