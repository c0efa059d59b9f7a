//! Publishing over HTTP: each event is posted to one address, as a Knative sink binding gives it.

use std::collections::{BTreeMap, BTreeSet};

use app::{Bus, Table};
use client::Http;
use domain::{Event, EventId};
use futures::future::{BoxFuture, join_all};
use http::{Method, Request, Uri};
use tokio::time::Instant;

use crate::{TIMEOUT, cloudevents};

/// A bus that posts events.
#[derive(Clone)]
pub struct HttpBus {
    http: Http,
    sink: Uri,
}

/// An address that nothing can be posted to.
#[derive(Debug, thiserror::Error)]
#[error("{0} is no http:// or https:// address")]
pub struct NoSink(String);

impl HttpBus {
    /// A bus to this address. Opens no connection yet.
    pub fn to(http: Http, sink: &str) -> Result<Self, NoSink> {
        let uri: Uri = sink.parse().map_err(|_| NoSink(sink.to_owned()))?;
        if !matches!(uri.scheme_str(), Some("http" | "https")) || uri.host().is_none() {
            return Err(NoSink(sink.to_owned()));
        }
        Ok(Self { http, sink: uri })
    }

    /// Posts the events of one partition in their order; stops at the first that is not taken, so that none overtakes it, and says
    /// why.
    async fn post_in_order(&self, events: Vec<Event>, deadline: Instant) -> (Vec<EventId>, Option<String>) {
        let mut taken = Vec::new();
        for event in events {
            match tokio::time::timeout_at(deadline, self.post(&event)).await {
                Ok(Ok(())) => taken.push(event.id),
                Ok(Err(reason)) => return (taken, Some(reason)),
                Err(_) => return (taken, Some("the sink did not answer in time".to_owned())),
            }
        }
        (taken, None)
    }

    async fn post(&self, event: &Event) -> Result<(), String> {
        let (headers, body) = cloudevents::write(event).map_err(|error| error.to_string())?;
        let mut request = Request::new(body.into());
        *request.method_mut() = Method::POST;
        *request.uri_mut() = self.sink.clone();
        *request.headers_mut() = headers;
        let response = self.http.exchange(request, TIMEOUT).await.map_err(|error| error.to_string())?;
        let status = response.status();
        if status.is_success() { Ok(()) } else { Err(format!("the sink answered {status}")) }
    }
}

impl Bus for HttpBus {
    fn publish(&self, _table: Table, events: Vec<Event>) -> BoxFuture<'_, Vec<EventId>> {
        let mut partitions: BTreeMap<String, Vec<Event>> = BTreeMap::new();
        for event in events {
            partitions.entry(event.partition_key.clone()).or_default().push(event);
        }
        Box::pin(async move {
            let deadline = Instant::now() + TIMEOUT;
            let posted = partitions.into_values().map(|events| self.post_in_order(events, deadline));
            let (taken, reasons): (Vec<_>, Vec<_>) = join_all(posted).await.into_iter().unzip();
            let reasons: BTreeSet<String> = reasons.into_iter().flatten().collect();
            if !reasons.is_empty() {
                let reasons = reasons.into_iter().collect::<Vec<_>>().join("; ");
                tracing::warn!(reasons, "events were not taken; the outbox keeps them");
            }
            taken.concat()
        })
    }
}

#[cfg(test)]
mod tests {
    use std::{
        sync::{Arc, Mutex},
        time::Duration,
    };

    use app::PUBLISH_BUDGET;
    use axum::{Router, body::Bytes, http::StatusCode};
    use http::HeaderMap;

    use super::*;
    use crate::samples::event;

    const TABLE: Table = Table::new("orders", &[]);

    /// A sink that waits `pause` before each answer, and answers those it refuses with 503.
    struct Sink {
        bus: HttpBus,
        took: Arc<Mutex<Vec<Event>>>,
    }

    impl Sink {
        async fn open(pause: Duration, refuses: fn(&Event) -> bool) -> Self {
            let took = Arc::new(Mutex::new(Vec::new()));
            let taking = Arc::clone(&took);
            let router = Router::new().fallback(async move |headers: HeaderMap, body: Bytes| {
                let event = cloudevents::read(&headers, &body).unwrap();
                tokio::time::sleep(pause).await;
                if refuses(&event) {
                    return StatusCode::SERVICE_UNAVAILABLE;
                }
                taking.lock().unwrap().push(event);
                StatusCode::ACCEPTED
            });
            Self { bus: serve(router).await, took }
        }

        fn took(&self, partition: &str) -> Vec<u64> {
            let took = self.took.lock().unwrap();
            took.iter().filter(|event| event.partition_key == partition).map(|event| event.sequence).collect()
        }
    }

    async fn serve(router: Router) -> HttpBus {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let bus = HttpBus::to(Http::new(), &format!("http://{}/food/food", listener.local_addr().unwrap())).unwrap();
        tokio::spawn(axum::serve(listener, router).into_future());
        bus
    }

    fn ids(events: &[Event]) -> Vec<EventId> {
        let mut ids: Vec<EventId> = events.iter().map(|event| event.id).collect();
        ids.sort();
        ids
    }

    #[tokio::test]
    async fn a_partition_is_published_in_order_and_waits_for_what_was_not_taken() {
        let sink = Sink::open(Duration::ZERO, |event| event.partition_key == "b" && event.sequence == 1).await;
        let events: Vec<Event> =
            (0..4).flat_map(|sequence| ["a", "b", "c"].map(|partition| event(partition, sequence))).collect();
        let mut taken = sink.bus.publish(TABLE, events.clone()).await;
        taken.sort();
        assert_eq!(sink.took("a"), [0, 1, 2, 3]);
        assert_eq!(sink.took("b"), [0]);
        assert_eq!(sink.took("c"), [0, 1, 2, 3]);
        assert_eq!(taken, ids(&sink.took.lock().unwrap()));
    }

    #[tokio::test]
    async fn partitions_are_published_side_by_side() {
        // The sink answers nobody before all five have asked.
        let all = Arc::new(tokio::sync::Barrier::new(5));
        let router = Router::new().fallback(async move || {
            all.wait().await;
            StatusCode::ACCEPTED
        });
        let bus = serve(router).await;
        let events = ["a", "b", "c", "d", "e"].map(|partition| event(partition, 0));
        assert_eq!(bus.publish(TABLE, events.to_vec()).await.len(), 5);
    }

    #[tokio::test]
    async fn what_was_taken_in_time_is_reported_though_the_sink_is_slow() {
        let sink = Sink::open(Duration::from_millis(600), |_| false).await;
        let events = vec![event("a", 0), event("a", 1), event("b", 0)];
        let taken = tokio::time::timeout(PUBLISH_BUDGET, sink.bus.publish(TABLE, events.clone())).await;
        let mut taken = taken.expect("an answer while the committer still waits");
        taken.sort();
        assert_eq!(taken, ids(&[events[0].clone(), events[2].clone()]));
    }

    #[tokio::test]
    async fn where_nobody_listens_nothing_is_taken() {
        let bus = HttpBus::to(Http::new(), "http://127.0.0.1:1").unwrap();
        assert_eq!(bus.publish(TABLE, vec![event("a", 0)]).await, []);
    }

    #[test]
    fn only_addresses_of_http_are_posted_to() {
        for wrong in ["", "/food", "broker", "ftp://broker", "http://", "http://a b"] {
            assert!(HttpBus::to(Http::new(), wrong).is_err(), "{wrong}");
        }
    }
}
