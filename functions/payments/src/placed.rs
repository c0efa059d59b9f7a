//! For this service's tests: worlds with the provider in each place. Outside, it is the program, on a port of this computer, over the
//! store and by the clock of its world.

use std::{
    io,
    net::TcpListener,
    ops::Deref,
    sync::{
        Arc, LazyLock,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
};

use app::{HttpClient, HttpError, HttpReply, HttpRequest, Keys, Placement, Settings, Store};
use axum::{
    body::Body,
    extract::Request,
    middleware::{self, Next},
    response::Response,
};
use client::Http;
use futures::{future::BoxFuture, stream};
use host::{BearerSecrets, Host, Options, Ports, Timeouts};
use testing::{MemoryStore, Outside, Recorder, SeededRandom, World};
use tokio::{runtime::Runtime, task::AbortHandle};

use crate::{PAYMENT_PROVIDER, PROVIDER_WEBHOOK_SECRET};

/// Both places.
pub(crate) const PLACES: [Placement; 2] = [Placement::Inside, Placement::Outside];
/// What the provider knows its callers by.
pub(crate) const KEY: &str = "0123456789abcdef0123456789abcdef";

/// Where the program and the client work: a test may poll by hand, and stand still.
static RUNTIME: LazyLock<Runtime> =
    LazyLock::new(|| tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap());

/// A world, and the program where the provider is outside of it.
pub(crate) struct Placed {
    world: World,
    program: Option<Program>,
}

/// The provider as a program.
struct Program {
    url: String,
    serving: AbortHandle,
    breaks_off: Arc<AtomicBool>,
}

/// An empty world with the provider in this place.
pub(crate) fn world(placement: Placement) -> Placed {
    let store = MemoryStore::default();
    world_over(placement, store.clone(), Arc::new(store))
}

/// The same over a store as functions see it; the program works on what is behind it.
pub(crate) fn world_over(placement: Placement, behind: MemoryStore, store: Arc<dyn Store>) -> Placed {
    if placement == Placement::Inside {
        let secrets = [(PROVIDER_WEBHOOK_SECRET, Outside::SECRET.to_owned())];
        let world = World::over(store, Settings::default()).outside(secrets.into(), Arc::new(Outside::silent()));
        return Placed { world, program: None };
    }
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let world = calling(&url, KEY, store);
    let ports = Ports {
        store: Arc::new(behind),
        bus: Arc::new(Recorder::default()),
        clock: world.clock.clone(),
        random: Arc::new(SeededRandom::new(1)),
        keys: Arc::new(Keys::default()),
        http: Arc::new(Outside::silent()),
    };
    let secrets = [(PAYMENT_PROVIDER.key, KEY), (PROVIDER_WEBHOOK_SECRET, Outside::SECRET)];
    let secrets = secrets.map(|(name, secret)| (name, secret.to_owned()));
    let host = Arc::new(Host::new(&[], ports, Options { secrets: secrets.into(), ..Options::default() }));
    let breaks_off = Arc::new(AtomicBool::new(false));
    let breaks = breaks_off.clone();
    let break_off = move |request: Request, next: Next| broken_off(breaks.clone(), request, next);
    let router = provider::router(&host, BearerSecrets::parse(KEY).unwrap()).layer(middleware::from_fn(break_off));
    let serving = RUNTIME.spawn(async move {
        let listener = tokio::net::TcpListener::from_std(listener).unwrap();
        host::serve(listener, router, Timeouts::default(), std::future::pending()).await;
    });
    Placed { world, program: Some(Program { url, serving: serving.abort_handle(), breaks_off }) }
}

/// A world whose functions call the provider at this address with this key.
pub(crate) fn calling(url: &str, key: &str, store: Arc<dyn Store>) -> World {
    let settings = Settings::default().with_text(&PAYMENT_PROVIDER.callee.url, url);
    let secrets = [(PAYMENT_PROVIDER.key, key), (PROVIDER_WEBHOOK_SECRET, Outside::SECRET)];
    let secrets = secrets.map(|(name, secret)| (name, secret.to_owned()));
    World::over(store, settings).outside(secrets.into(), Arc::new(Waiting(Http::new())))
}

/// Does what is asked; then the reply breaks off, where it is to.
async fn broken_off(breaks_off: Arc<AtomicBool>, request: Request, next: Next) -> Response {
    let reply = next.run(request).await;
    if !breaks_off.load(Ordering::SeqCst) {
        return reply;
    }
    Response::new(Body::from_stream(stream::iter([Ok("{"), Err(io::Error::other("it breaks off"))])))
}

impl Placed {
    /// From now on, the program's replies break off, or no longer do.
    pub(crate) fn break_off(&self, breaks_off: bool) {
        self.program().breaks_off.store(breaks_off, Ordering::SeqCst);
    }

    /// Where the program is.
    pub(crate) fn url(&self) -> &str {
        &self.program().url
    }

    fn program(&self) -> &Program {
        self.program.as_ref().unwrap()
    }
}

impl Deref for Placed {
    type Target = World;

    fn deref(&self) -> &World {
        &self.world
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// The client that programs have, which lets its caller wait for the reply whoever polls, and however.
struct Waiting(Http);

impl HttpClient for Waiting {
    fn post(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpReply, HttpError>> {
        let http = self.0.clone();
        Box::pin(async move {
            let (reply, replied) = mpsc::channel();
            RUNTIME.spawn(async move { reply.send(http.post(request).await) });
            replied.recv().unwrap()
        })
    }
}
