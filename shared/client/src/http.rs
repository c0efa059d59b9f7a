//! The HTTP client: HTTP/1.1, and TLS with Mozilla's roots, which are compiled in: reading those of the system is half of a
//! cold start.

use std::time::Duration;

use aws_smithy_runtime_api::client::{
    http::{HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector},
    orchestrator::{HttpRequest, HttpResponse},
    result::ConnectorError,
    runtime_components::RuntimeComponents,
};
use aws_smithy_types::body::SdkBody;
use http::{Request, Response};
use hyper::body::Incoming;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client, Error, connect},
    rt::{TokioExecutor, TokioTimer},
};

/// How long a connection may take to open: what the SDK takes for it too.
const CONNECT: Duration = Duration::from_millis(3100);
/// How long an idle connection is kept.
const IDLE: Duration = Duration::from_secs(90);

/// A client with its pool of connections, which its clones share.
#[derive(Clone, Debug)]
pub struct Http {
    client: Client<HttpsConnector<connect::HttpConnector>, SdkBody>,
}

impl Http {
    /// One that opens no connection yet.
    pub fn new() -> Self {
        let mut tcp = connect::HttpConnector::new();
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

    /// Sends a request to `http://` or `https://`.
    pub async fn request(&self, request: Request<SdkBody>) -> Result<Response<Incoming>, Error> {
        self.client.request(request).await
    }

    async fn send(self, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let request = request.try_into_http1x().map_err(|error| ConnectorError::user(error.into()))?;
        let response = self.request(request).await.map_err(failure)?;
        let response = response.map(SdkBody::from_body_1_x);
        HttpResponse::try_from(response).map_err(|error| ConnectorError::other(error.into(), None))
    }
}

/// What the SDK asks of an error is only whether another try makes sense.
fn failure(error: Error) -> ConnectorError {
    let cause = std::error::Error::source(&error).and_then(<dyn std::error::Error>::downcast_ref::<hyper::Error>);
    if cause.is_some_and(hyper::Error::is_user) {
        ConnectorError::user(error.into())
    } else {
        ConnectorError::io(error.into())
    }
}

impl Default for Http {
    fn default() -> Self {
        Self::new()
    }
}

impl HttpClient for Http {
    fn http_connector(&self, settings: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(TimeoutConnector { http: self.clone(), read: settings.read_timeout() })
    }
}

/// The client with the read timeout of one SDK client.
#[derive(Debug)]
struct TimeoutConnector {
    http: Http,
    read: Option<Duration>,
}

impl HttpConnector for TimeoutConnector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let sent = self.http.clone().send(request);
        let Some(read) = self.read else { return HttpConnectorFuture::new(sent) };
        HttpConnectorFuture::new(async move {
            let late = |error: tokio::time::error::Elapsed| ConnectorError::timeout(error.into());
            tokio::time::timeout(read, sent).await.map_err(late)?
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

    /// Sends a request as an SDK client does that waits this long.
    async fn call(url: String, read: Duration) -> Result<HttpResponse, ConnectorError> {
        let request = HttpRequest::try_from(Request::get(url).body(SdkBody::empty()).unwrap()).unwrap();
        TimeoutConnector { http: Http::new(), read: Some(read) }.call(request).await
    }

    fn listener() -> (TcpListener, String) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        (listener, address)
    }

    #[tokio::test]
    async fn where_nobody_listens_another_try_makes_sense() {
        let failed = call("http://127.0.0.1:1".to_owned(), LONG).await.unwrap_err();
        assert!(failed.is_io(), "{failed:?}");
    }

    #[tokio::test]
    async fn a_server_that_says_nothing_times_out() {
        let (_listener, address) = listener();
        let failed = call(format!("http://{address}"), Duration::from_millis(50)).await.unwrap_err();
        assert!(failed.is_timeout(), "{failed:?}");
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
        let failed = call(format!("https://{address}"), LONG).await.unwrap_err();
        assert!(failed.is_io(), "{failed:?}");
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
        let failed = call(format!("https://localhost:{port}"), LONG).await.unwrap_err();
        assert!(format!("{failed:?}").contains("UnknownIssuer"), "{failed:?}");
        assert!(handshake.await.unwrap().is_err());
    }
}
