//! Lambda's runtime API, for programs that a test or a measurement starts: what hands invocations to a bootstrap and takes
//! its answers. Format: <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>

use std::{
    collections::HashMap,
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Path, State},
    response::Response,
    routing::{get, post},
};
use tokio::{
    net::TcpListener,
    sync::{Mutex as AsyncMutex, mpsc, oneshot, watch},
};

/// How long an invocation may take before the caller gives up.
const TIMEOUT: Duration = Duration::from_secs(70);
/// The deadline that programs are given, from the time they take an invocation.
const DEADLINE: Duration = Duration::from_secs(10);

/// The runtime API of one program. It serves for as long as it lives.
pub struct RuntimeApi {
    address: SocketAddr,
    invocations: mpsc::UnboundedSender<Invocation>,
    shared: Arc<Shared>,
    server: tokio::task::JoinHandle<()>,
}

/// An invocation that did not end in an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failed {
    /// The program reported an error: its body.
    Error(String),
    /// The program went away, or took too long.
    NoAnswer,
}

struct Invocation {
    payload: Bytes,
    answer: PendingAnswer,
}

type PendingAnswer = oneshot::Sender<Result<Bytes, Failed>>;

struct Shared {
    waiting: AsyncMutex<mpsc::UnboundedReceiver<Invocation>>,
    running: Mutex<HashMap<String, PendingAnswer>>,
    polled: watch::Sender<Option<Instant>>,
}

impl RuntimeApi {
    /// Opens it on a port of its own.
    pub async fn open() -> Self {
        let (invocations, waiting) = mpsc::unbounded_channel();
        let shared = Arc::new(Shared {
            waiting: AsyncMutex::new(waiting),
            running: Mutex::default(),
            polled: watch::channel(None).0,
        });
        let router = Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(next))
            .route("/2018-06-01/runtime/invocation/{id}/response", post(response))
            .route("/2018-06-01/runtime/invocation/{id}/error", post(error))
            .with_state(shared.clone());
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port is free");
        let address = listener.local_addr().expect("it listens somewhere");
        let server = tokio::spawn(async move { drop(axum::serve(listener, router).await) });
        Self { address, invocations, shared, server }
    }

    /// The environment that Lambda gives a function of this name.
    pub fn environment(&self, function: &str) -> Vec<(String, String)> {
        [
            ("AWS_LAMBDA_RUNTIME_API", self.address.to_string().as_str()),
            ("AWS_LAMBDA_FUNCTION_NAME", function),
            ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"),
            ("AWS_LAMBDA_LOG_GROUP_NAME", function),
            ("AWS_LAMBDA_LOG_STREAM_NAME", function),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
    }

    /// Waits until the program polls for the first time: its initialisation is over. Returns when that was.
    pub async fn first_poll(&self) -> Instant {
        let mut polled = self.shared.polled.subscribe();
        let seen = polled.wait_for(Option::is_some).await.expect("the sender lives as long as this");
        seen.expect("it was waited for")
    }

    /// Hands the program an invocation, and waits for the answer.
    pub async fn invoke(&self, payload: impl Into<Bytes>) -> Result<Bytes, Failed> {
        let (answer, answered) = oneshot::channel();
        let invocation = Invocation { payload: payload.into(), answer };
        self.invocations.send(invocation).map_err(|_| Failed::NoAnswer)?;
        match tokio::time::timeout(TIMEOUT, answered).await {
            Ok(Ok(result)) => result,
            Ok(Err(_)) | Err(_) => Err(Failed::NoAnswer),
        }
    }

    /// Gives up what is under way: its program is gone.
    pub fn abandon(&self) {
        self.shared.running.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

impl Drop for RuntimeApi {
    fn drop(&mut self) {
        self.server.abort();
    }
}

#[expect(clippy::disallowed_methods, reason = "programs compare it with the computer's clock")]
async fn next(State(shared): State<Arc<Shared>>) -> Response {
    shared.polled.send_if_modified(|polled| {
        let first = polled.is_none();
        polled.get_or_insert_with(Instant::now);
        first
    });
    let Some(Invocation { payload, answer }) = shared.waiting.lock().await.recv().await else {
        return status(500);
    };
    let id = request_id();
    shared.running.lock().unwrap_or_else(PoisonError::into_inner).insert(id.clone(), answer);
    let deadline = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default() + DEADLINE;
    Response::builder()
        .header("lambda-runtime-aws-request-id", &id)
        .header("lambda-runtime-deadline-ms", deadline.as_millis().to_string())
        .header("lambda-runtime-invoked-function-arn", "arn:aws:lambda:us-east-1:000000000000:function:under-test")
        .header("lambda-runtime-trace-id", "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=0")
        .body(Body::from(payload))
        .expect("a response")
}

async fn response(State(shared): State<Arc<Shared>>, Path(id): Path<String>, body: Bytes) -> Response {
    shared.end(&id, Ok(body))
}

async fn error(State(shared): State<Arc<Shared>>, Path(id): Path<String>, body: Bytes) -> Response {
    shared.end(&id, Err(Failed::Error(String::from_utf8_lossy(&body).into_owned())))
}

impl Shared {
    fn end(&self, id: &str, result: Result<Bytes, Failed>) -> Response {
        let Some(answer) = self.running.lock().unwrap_or_else(PoisonError::into_inner).remove(id) else {
            return status(400);
        };
        // The caller may have given up.
        drop(answer.send(result));
        status(202)
    }
}

fn status(status: u16) -> Response {
    Response::builder().status(status).body(Body::empty()).expect("a response")
}

fn request_id() -> String {
    use std::sync::atomic::{AtomicU64, Ordering};
    static COUNT: AtomicU64 = AtomicU64::new(1);
    format!("00000000-0000-4000-8000-{:012}", COUNT.fetch_add(1, Ordering::SeqCst))
}
