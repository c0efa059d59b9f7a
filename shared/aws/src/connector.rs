//! Our HTTP client as the SDK's own.

use std::time::Duration;

use aws_smithy_runtime_api::client::{
    http::{HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector},
    orchestrator::{HttpRequest, HttpResponse},
    result::ConnectorError,
    runtime_components::RuntimeComponents,
};
use aws_smithy_types::body::SdkBody;
use client::Http;

/// The client of every SDK client.
#[derive(Clone, Debug)]
pub(crate) struct SdkHttp(pub(crate) Http);

impl HttpClient for SdkHttp {
    fn http_connector(&self, settings: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(TimeoutConnector { http: self.0.clone(), read: settings.read_timeout() })
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
        let sent = send(self.http.clone(), request);
        let Some(read) = self.read else { return HttpConnectorFuture::new(sent) };
        HttpConnectorFuture::new(async move {
            let late = |error: tokio::time::error::Elapsed| ConnectorError::timeout(error.into());
            tokio::time::timeout(read, sent).await.map_err(late)?
        })
    }
}

/// What the SDK asks of an error is only whether another try makes sense: after one of the connection it does.
async fn send(http: Http, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
    let request = request.try_into_http1x().map_err(|error| ConnectorError::user(error.into()))?;
    let (head, body) = request.into_parts();
    let body = body.bytes().ok_or_else(|| ConnectorError::user("a body that is streamed".into()))?.to_vec();
    let response = http.send(http::Request::from_parts(head, body.into())).await;
    let response = response.map_err(|error| ConnectorError::io(error.into()))?.map(SdkBody::from_body_1_x);
    HttpResponse::try_from(response).map_err(|error| ConnectorError::other(error.into(), None))
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn call(url: &str, read: Duration) -> ConnectorError {
        let request = HttpRequest::try_from(http::Request::get(url).body(SdkBody::empty()).unwrap()).unwrap();
        TimeoutConnector { http: Http::new(), read: Some(read) }.call(request).await.unwrap_err()
    }

    #[tokio::test]
    async fn where_nobody_listens_another_try_makes_sense() {
        let failed = call("http://127.0.0.1:1", Duration::from_secs(20)).await;
        assert!(failed.is_io(), "{failed:?}");
    }

    #[tokio::test]
    async fn a_server_that_says_nothing_times_out() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let failed = call(&url, Duration::from_millis(50)).await;
        assert!(failed.is_timeout(), "{failed:?}");
    }
}
