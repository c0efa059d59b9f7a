//! Serves a router over HTTP, with a timeout for everything it waits for.

use std::{
    convert::Infallible,
    future::{Future, pending},
    io,
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    pin::{Pin, pin},
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    Router,
    body::{Body, Bytes},
};
use http::{Request, Response, StatusCode, header};
use hyper::{
    body::{Body as _, Frame, Incoming, SizeHint},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
};
use socket2::{Domain, Protocol, Socket, Type};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::oneshot,
};
use tower::ServiceExt as _;

/// How many connections may wait to be taken.
const BACKLOG: i32 = 1024;
/// The backoff where the computer can't take more connections.
const ACCEPT_BACKOFF: Duration = Duration::from_secs(1);

/// How long a client may take. One that takes longer finds its connection closed.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// Until a header has come whole, from the beginning of the connection or from the last reply on.
    pub header: Duration,
    /// From there until the body has come whole.
    pub body: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self { header: Duration::from_secs(75), body: Duration::from_secs(20) }
    }
}

/// Listens on every address of the computer: IPv6 and IPv4, or IPv4 alone where there is no other.
pub fn listen_everywhere(port: u16) -> io::Result<TcpListener> {
    listen((Ipv6Addr::UNSPECIFIED, port).into()).or_else(|error| match error.raw_os_error() {
        // Taken, or not ours to use: IPv4 would hide it.
        _ if matches!(error.kind(), io::ErrorKind::AddrInUse | io::ErrorKind::PermissionDenied) => Err(error),
        _ => listen((Ipv4Addr::UNSPECIFIED, port).into()),
    })
}

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    if address.is_ipv6() {
        socket.set_only_v6(false)?;
    }
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    TcpListener::from_std(socket.into())
}

/// Serves until `stopped` is ready; what is under way then is finished.
pub async fn serve(listener: TcpListener, router: Router, timeouts: Timeouts, stopped: impl Future<Output = ()>) {
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(timeouts.header);
    let closing = GracefulShutdown::new();
    let mut stopped = pin!(stopped);
    loop {
        let stream = tokio::select! {
            stream = accept(&listener) => stream,
            () = &mut stopped => break,
        };
        let router = router.clone();
        let service = service_fn(move |request| answer(router.clone(), request, timeouts.body));
        let connection = closing.watch(builder.serve_connection(TokioIo::new(stream), service));
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection ended");
            }
        });
    }
    drop(listener);
    closing.shutdown().await;
}

/// The next connection, however many fail.
async fn accept(listener: &TcpListener) -> TcpStream {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                // A reply is written whole: nothing is gained by waiting for more of it.
                if stream.set_nodelay(true).is_ok() {
                    return stream;
                }
            }
            Err(error) if is_of_one_connection(&error) => {}
            Err(error) => {
                tracing::error!(%error, "no connection can be taken");
                tokio::time::sleep(ACCEPT_BACKOFF).await;
            }
        }
    }
}

fn is_of_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

/// The body did not come in time.
#[derive(Debug, thiserror::Error)]
#[error("a body did not come whole in time")]
struct Late;

async fn answer(router: Router, request: Request<Incoming>, within: Duration) -> Result<Response<Body>, Late> {
    let (coming, came) = oneshot::channel();
    let request = request.map(|body| Body::new(Watched::new(body, coming)));
    let late = async move {
        // An end, or nobody who wants more of it.
        if tokio::time::timeout(within, came).await.is_ok() {
            pending::<()>().await;
        }
    };
    tokio::select! {
        biased;
        response = router.oneshot(request) => Ok(without_length(response)),
        () = late => Err(Late),
    }
}

/// What has not changed has no length: there is no body, and the one it stands for is not zero bytes long.
fn without_length(response: Result<Response<Body>, Infallible>) -> Response<Body> {
    let Ok(mut response) = response;
    if response.status() == StatusCode::NOT_MODIFIED {
        response.headers_mut().remove(header::CONTENT_LENGTH);
    }
    response
}

/// A body that signals when it has come whole, by dropping the sender.
struct Watched {
    body: Incoming,
    coming: Option<oneshot::Sender<Infallible>>,
}

impl Watched {
    fn new(body: Incoming, coming: oneshot::Sender<Infallible>) -> Self {
        let coming = Some(coming).filter(|_| !body.is_end_stream());
        Self { body, coming }
    }
}

impl hyper::body::Body for Watched {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        if self.body.is_end_stream() || matches!(polled, Poll::Ready(None | Some(Err(_)))) {
            self.coming = None;
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use axum::routing::{any, get, post};
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    const SHORT: Timeouts = Timeouts { header: Duration::from_millis(400), body: Duration::from_millis(400) };

    fn server(timeouts: Timeouts) -> SocketAddr {
        let router = Router::new()
            .route("/", get(async || "hello"))
            .route("/echo", post(async |body: Bytes| body))
            .route("/known", any(async || StatusCode::NOT_MODIFIED));
        let listener = listen((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(serve(listener, router, timeouts, pending()));
        address
    }

    /// What is replied until the connection is closed.
    async fn all(mut stream: TcpStream) -> String {
        let mut reply = Vec::new();
        // A reset is an end, too.
        drop(stream.read_to_end(&mut reply).await);
        String::from_utf8(reply).unwrap()
    }

    async fn said(address: SocketAddr, text: &str) -> TcpStream {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(text.as_bytes()).await.unwrap();
        stream
    }

    #[tokio::test]
    async fn a_client_that_sends_no_whole_request_is_closed_without_a_reply() {
        let address = server(SHORT);
        for text in [
            "",
            "GET / HT",
            "GET / HTTP/1.1\r\nhost: here\r\n",
            "POST /echo HTTP/1.1\r\nhost: here\r\ncontent-length: 5\r\n\r\nab",
            "POST /echo HTTP/1.1\r\nhost: here\r\ntransfer-encoding: chunked\r\n\r\n2\r\nab\r\n",
        ] {
            assert_eq!(all(said(address, text).await).await, "", "{text:?}");
        }
    }

    #[tokio::test]
    async fn a_client_that_asks_again_is_answered_and_a_silent_one_is_closed() {
        let address = server(SHORT);
        let mut stream = said(address, "GET / HTTP/1.1\r\nhost: here\r\n\r\n").await;
        let mut first = [0; 512];
        let length = stream.read(&mut first).await.unwrap();
        assert!(String::from_utf8_lossy(&first[..length]).ends_with("hello"));
        tokio::time::sleep(SHORT.header / 2).await;
        stream.write_all(b"POST /echo HTTP/1.1\r\nhost: here\r\ncontent-length: 2\r\n\r\nab").await.unwrap();
        let rest = all(stream).await;
        assert!(rest.starts_with("HTTP/1.1 200") && rest.ends_with("ab"), "{rest}");
    }

    #[tokio::test]
    async fn what_has_not_changed_has_no_length() {
        let address = server(Timeouts::default());
        for method in ["GET", "HEAD"] {
            let request = format!("{method} /known HTTP/1.1\r\nhost: here\r\nconnection: close\r\n\r\n");
            let reply = all(said(address, &request).await).await;
            assert!(reply.starts_with("HTTP/1.1 304") && !reply.contains("content-length"), "{reply}");
        }
    }

    #[tokio::test]
    async fn both_families_are_listened_to() {
        let listener = listen_everywhere(0).unwrap();
        let port = listener.local_addr().unwrap().port();
        TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.unwrap();
        // Where the computer has the other.
        if std::net::TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).is_ok() {
            TcpStream::connect((Ipv6Addr::LOCALHOST, port)).await.unwrap();
        }
    }

    #[tokio::test]
    async fn what_is_under_way_is_finished() {
        let (begun, mut has_begun) = tokio::sync::mpsc::channel(1);
        let (go, goes) = tokio::sync::watch::channel(false);
        let slow = get(async move || {
            begun.send(()).await.unwrap();
            drop(goes.clone().wait_for(|go| *go).await);
            "done"
        });
        let listener = listen((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let serving = tokio::spawn(serve(listener, Router::new().route("/", slow), Timeouts::default(), async {
            drop(stopped.await);
        }));
        let stream = said(address, "GET / HTTP/1.1\r\nhost: here\r\n\r\n").await;
        has_begun.recv().await.unwrap();
        stop.send(()).unwrap();
        go.send_replace(true);
        assert!(all(stream).await.ends_with("done"));
        serving.await.unwrap();
    }
}
