//! Publishing over HTTP: each event is posted to one address, as a Knative sink binding gives it.

use std::{collections::BTreeMap, time::Duration};

use app::{Bus, Table};
use domain::{Event, EventId};
use futures::future::{BoxFuture, join_all};
use http::{Method, Request, Uri};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};

use crate::cloudevents;

/// How long one event may take: the door gives publishing a second in all.
const PATIENCE: Duration = Duration::from_millis(900);

/// A bus that posts events.
#[derive(Clone)]
pub struct HttpBus {
    client: Client<HttpConnector, Full<Bytes>>,
    sink: Uri,
}

/// An address that nothing can be posted to.
#[derive(Debug, thiserror::Error)]
#[error("{0} is no http:// address")]
pub struct NoSink(String);

impl HttpBus {
    /// A bus to this address. Opens no connection yet.
    pub fn to(sink: &str) -> Result<Self, NoSink> {
        let uri: Uri = sink.parse().map_err(|_| NoSink(sink.to_owned()))?;
        if uri.scheme_str() != Some("http") || uri.host().is_none() {
            return Err(NoSink(sink.to_owned()));
        }
        Ok(Self { client: Client::builder(TokioExecutor::new()).build_http(), sink: uri })
    }

    /// Posts the events of one partition in their order; stops at the first that is not taken, so that none overtakes it.
    async fn post_in_order(&self, events: Vec<Event>) -> Vec<EventId> {
        let mut taken = Vec::new();
        for event in events {
            match tokio::time::timeout(PATIENCE, self.post(&event)).await {
                Ok(Ok(())) => taken.push(event.id),
                Ok(Err(reason)) => {
                    tracing::warn!(event = %event.id, reason, "an event was not taken; the outbox keeps it");
                    break;
                }
                Err(_) => {
                    tracing::warn!(event = %event.id, "an event was not taken in time; the outbox keeps it");
                    break;
                }
            }
        }
        taken
    }

    async fn post(&self, event: &Event) -> Result<(), String> {
        let (headers, body) = cloudevents::write(event);
        let mut request = Request::new(Full::new(Bytes::from(body)));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = self.sink.clone();
        *request.headers_mut() = headers;
        let response = self.client.request(request).await.map_err(|error| error.to_string())?;
        let status = response.status();
        // Read to its end, so that the connection can be used again.
        response.into_body().collect().await.map_err(|error| error.to_string())?;
        if status.is_success() { Ok(()) } else { Err(format!("the sink answered {status}")) }
    }
}

impl Bus for HttpBus {
    fn publish(&self, _table: Table, events: Vec<Event>) -> BoxFuture<'_, Vec<EventId>> {
        let mut partitions: BTreeMap<String, Vec<Event>> = BTreeMap::new();
        for event in events {
            partitions.entry(event.partition_key.clone()).or_default().push(event);
        }
        Box::pin(
            async move { join_all(partitions.into_values().map(|events| self.post_in_order(events))).await.concat() },
        )
    }
}
