//! How programs call others over HTTP: HTTP/1.1, and TLS with Mozilla's roots, which are compiled in: reading those of the
//! system is half of a cold start. No redirect is followed.

mod resolver;

use std::time::Duration;

use app::{HttpClient, HttpError, HttpReply, HttpRequest};
use futures::future::BoxFuture;
use http::{Request, Response};
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::body::{Bytes, Incoming};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client, Error, connect},
    rt::{TokioExecutor, TokioTimer},
};

use crate::resolver::Resolver;

/// How long a connection may take to open: what the SDK of AWS takes for it too.
const CONNECT: Duration = Duration::from_millis(3100);
/// How long an idle connection is kept.
const IDLE: Duration = Duration::from_secs(90);
/// The most bytes of a reply.
const MAX_REPLY_BYTES: usize = 8 * 1024 * 1024;

/// A client with its pool of connections, which its clones share.
#[derive(Clone, Debug)]
pub struct Http {
    client: Client<HttpsConnector<connect::HttpConnector<Resolver>>, Full<Bytes>>,
}

/// Why no whole reply came.
#[derive(Debug, thiserror::Error)]
pub enum NoReply {
    /// Not within the time that was given.
    #[error("no reply within {} s", .0.as_secs())]
    TimedOut(Duration),
    /// Nobody can be reached there.
    #[error("nobody can be reached")]
    Unreachable(#[from] Error),
    /// The reply broke off.
    #[error("the reply broke off")]
    Broken(#[from] hyper::Error),
    /// The reply is too large.
    #[error("the reply has more than {MAX_REPLY_BYTES} bytes")]
    TooLarge,
}

impl Http {
    /// One that opens no connection yet.
    pub fn new() -> Self {
        let mut tcp = connect::HttpConnector::new_with_resolver(Resolver::new());
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_connect_timeout(Some(CONNECT));
        let connector = HttpsConnectorBuilder::new().with_webpki_roots().https_or_http().enable_http1();
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE)
            .build(connector.wrap_connector(tcp));
        Self { client }
    }

    /// Sends a request to `http://` or `https://`, and gives the reply as it begins.
    pub async fn send(&self, request: Request<Bytes>) -> Result<Response<Incoming>, Error> {
        self.client.request(request.map(Full::new)).await
    }

    /// Sends a request and waits for its whole reply.
    pub async fn exchange(&self, request: Request<Bytes>, timeout: Duration) -> Result<Response<Bytes>, NoReply> {
        let exchanged = tokio::time::timeout(timeout, async {
            let (head, body) = self.send(request).await?.into_parts();
            let body = Limited::new(body, MAX_REPLY_BYTES).collect().await.map_err(broken)?;
            Ok(Response::from_parts(head, body.to_bytes()))
        });
        exchanged.await.map_err(|_| NoReply::TimedOut(timeout))?
    }
}

fn broken(error: Box<dyn std::error::Error + Send + Sync>) -> NoReply {
    if error.is::<LengthLimitError>() {
        return NoReply::TooLarge;
    }
    error.downcast::<hyper::Error>().map_or(NoReply::TooLarge, |error| NoReply::Broken(*error))
}

impl NoReply {
    /// What it means for a request: one that did not get as far as a connection was read by nobody.
    fn of_request(&self) -> HttpError {
        match self {
            Self::Unreachable(error) if error.is_connect() => HttpError::Unreachable(self.to_string()),
            Self::TimedOut(_) | Self::Unreachable(_) | Self::Broken(_) | Self::TooLarge => {
                HttpError::Lost(self.to_string())
            }
        }
    }
}

impl Default for Http {
    fn default() -> Self {
        Self::new()
    }
}

impl HttpClient for Http {
    fn post(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpReply, HttpError>> {
        Box::pin(async move {
            let HttpRequest { url, headers, body, timeout } = request;
            let mut building = Request::post(url);
            for (name, value) in headers {
                building = building.header(name, value);
            }
            let request =
                building.body(Bytes::from(body)).map_err(|error| HttpError::Unreachable(error.to_string()))?;
            let reply = self.exchange(request, timeout).await.map_err(|error| error.of_request())?;
            let body = String::from_utf8_lossy(reply.body()).into_owned();
            Ok(HttpReply { status: reply.status().as_u16(), body })
        })
    }
}

#[cfg(test)]
mod tests {
    use std::{io::Read as _, net::TcpListener, sync::Arc, thread};

    use rustls::{ServerConfig, pki_types::PrivateKeyDer};
    use tokio_rustls::TlsAcceptor;

    use super::*;

    /// Longer than anything here takes.
    const LONG: Duration = Duration::from_secs(20);

    async fn get(url: String, timeout: Duration) -> Result<Response<Bytes>, NoReply> {
        Http::new().exchange(Request::get(url).body(Bytes::new()).unwrap(), timeout).await
    }

    fn listener() -> (TcpListener, String) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        (listener, address)
    }

    #[tokio::test]
    async fn where_nobody_listens_nobody_can_be_reached() {
        let failed = get("http://127.0.0.1:1".to_owned(), LONG).await.unwrap_err();
        assert!(matches!(failed, NoReply::Unreachable(_)), "{failed:?}");
    }

    #[tokio::test]
    async fn only_a_request_that_got_no_connection_was_surely_read_by_nobody() {
        let post = async |url: String| {
            let request = HttpRequest { url, headers: Vec::new(), body: String::new(), timeout: LONG };
            Http::new().post(request).await.unwrap_err()
        };
        let nobody = post("http://127.0.0.1:1".to_owned()).await;
        assert!(matches!(nobody, HttpError::Unreachable(_)), "{nobody:?}");
        let (listener, address) = listener();
        let hung_up = thread::spawn(move || {
            let mut stream = listener.accept().unwrap().0;
            stream.read_exact(&mut [0; 4]).unwrap();
        });
        let lost = post(format!("http://{address}")).await;
        assert!(matches!(lost, HttpError::Lost(_)), "{lost:?}");
        hung_up.join().unwrap();
    }

    #[tokio::test]
    async fn a_server_that_says_nothing_times_out() {
        let (_listener, address) = listener();
        let failed = get(format!("http://{address}"), Duration::from_millis(50)).await.unwrap_err();
        assert!(matches!(failed, NoReply::TimedOut(_)), "{failed:?}");
    }

    #[tokio::test]
    async fn https_is_tls_and_nothing_is_sent_to_a_server_that_speaks_none() {
        /// The first byte of a TLS handshake (RFC 8446, 5.1).
        const HANDSHAKE: u8 = 22;
        let (listener, address) = listener();
        let received = thread::spawn(move || {
            let mut stream = listener.accept().unwrap().0;
            let mut first = [0];
            stream.read_exact(&mut first).unwrap();
            first
        });
        let failed = get(format!("https://{address}"), LONG).await.unwrap_err();
        assert!(matches!(failed, NoReply::Unreachable(_)), "{failed:?}");
        assert_eq!(received.join().unwrap(), [HANDSHAKE]);
    }

    #[tokio::test]
    async fn a_certificate_of_an_unknown_issuer_is_refused() {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
        let server =
            ServerConfig::builder().with_no_client_auth().with_single_cert(vec![made.cert.into()], key).unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let handshake = tokio::spawn(async move {
            let stream = listener.accept().await.unwrap().0;
            TlsAcceptor::from(Arc::new(server)).accept(stream).await.map(drop)
        });
        let failed = get(format!("https://localhost:{port}"), LONG).await.unwrap_err();
        assert!(format!("{failed:?}").contains("UnknownIssuer"), "{failed:?}");
        assert!(handshake.await.unwrap().is_err());
    }
}
