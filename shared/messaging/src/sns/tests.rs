//! The bus against a topic that answers as no emulator does when asked: in part, late, or not at all.

use std::{
    future::pending,
    sync::{Arc, Mutex},
};

use app::PUBLISH_BUDGET;
use axum::{Router, http::StatusCode};
use percent_encoding::percent_decode_str;

use super::*;
use crate::samples::event;

const TABLE: Table = Table::new("orders", &[]);

fn message(number: u8, bytes: usize) -> Message {
    let id = EventId::generate(jiff::Timestamp::UNIX_EPOCH, [number; 10]);
    Message { id, kind: "k".to_owned(), text: "x".repeat(bytes) }
}

#[test]
fn a_batch_holds_at_most_ten_within_the_limit_and_nothing_too_large() {
    let sizes = |messages: Vec<Message>| batches(messages.into_iter()).iter().map(Vec::len).collect::<Vec<_>>();
    assert_eq!(sizes((0..23).map(|number| message(number, 100)).collect()), [10, 10, 3]);
    assert_eq!(sizes((0..5).map(|number| message(number, 100 * 1024)).collect()), [2, 2, 1]);
    assert_eq!(sizes(vec![message(1, MAX_BYTES), message(2, 1), message(3, MAX_BYTES - 11)]), [1, 1]);
    assert_eq!(sizes(Vec::new()), [0; 0]);
}

/// What a topic answers to a call of that many entries, after so many such calls before; `None`: nothing, ever.
type Answers = fn(entries: usize, before: usize) -> Option<(u16, String)>;

/// A bus to a topic that answers by `answers`, and the bodies of the calls.
async fn topic(answers: Answers) -> (SnsBus, Arc<Mutex<Vec<String>>>) {
    let calls = Arc::new(Mutex::new(Vec::<String>::new()));
    let received = Arc::clone(&calls);
    let router = Router::new().fallback(async move |body: String| {
        let body = percent_decode_str(&body.replace('+', " ")).decode_utf8().unwrap().into_owned();
        // An entry is five pairs: id, message, and the attribute's name, type and value.
        let entries = |body: &str| body.matches("&PublishBatchRequestEntries.member.").count() / 5;
        let before = {
            let mut received = received.lock().unwrap();
            received.push(body.clone());
            received.iter().filter(|one| entries(one) == entries(&body)).count() - 1
        };
        let Some((status, xml)) = answers(entries(&body), before) else { pending().await };
        (StatusCode::from_u16(status).unwrap(), xml)
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let config = aws::emulated(&format!("http://{}", listener.local_addr().unwrap()));
    tokio::spawn(axum::serve(listener, router).into_future());
    (SnsBus::connect(&config, "arn:aws:sns:us-east-1:000000000000:events"), calls)
}

/// The reply that takes every entry but those.
fn all_but(entries: usize, failed: &[usize]) -> (u16, String) {
    let member = |index: usize| {
        if failed.contains(&index) {
            format!("<member><Id>{index}</Id><Code>InternalError</Code><SenderFault>false</SenderFault></member>")
        } else {
            format!("<member><Id>{index}</Id><MessageId>m{index}</MessageId></member>")
        }
    };
    let members = |wanted: bool| {
        (0..entries).filter(|index| failed.contains(index) == wanted).map(member).collect::<Vec<_>>().concat()
    };
    let result = format!("<Successful>{}</Successful><Failed>{}</Failed>", members(false), members(true));
    let namespace = "http://sns.amazonaws.com/doc/2010-03-31/";
    let result = format!("<PublishBatchResult>{result}</PublishBatchResult>");
    (200, format!(r#"<PublishBatchResponse xmlns="{namespace}">{result}</PublishBatchResponse>"#))
}

fn error(status: u16, code: &str) -> (u16, String) {
    (status, format!("<ErrorResponse><Error><Code>{code}</Code><Message>why</Message></Error></ErrorResponse>"))
}

fn events(count: u64) -> Vec<Event> {
    (0..count).map(|sequence| event("a", sequence)).collect()
}

fn ids(events: &[Event]) -> Vec<EventId> {
    events.iter().map(|event| event.id).collect()
}

#[tokio::test]
async fn a_call_holds_the_events_as_they_are_and_their_types() {
    let (bus, calls) = topic(|entries, _| Some(all_but(entries, &[]))).await;
    let events = events(2);
    assert_eq!(bus.publish(TABLE, events.clone()).await, ids(&events));
    let calls = calls.lock().unwrap();
    assert_eq!(calls.len(), 1);
    assert!(calls[0].contains("TopicArn=arn:aws:sns:us-east-1:000000000000:events"));
    for (number, event) in (1..).zip(&events) {
        let entry = format!("PublishBatchRequestEntries.member.{number}");
        for sent in [
            format!("{entry}.Message={}", serde_json::to_string(event).unwrap()),
            format!("{entry}.MessageAttributes.entry.1.Name=type"),
            format!("{entry}.MessageAttributes.entry.1.Value.DataType=String"),
            format!("{entry}.MessageAttributes.entry.1.Value.StringValue=tiffin.order.placed.v1"),
        ] {
            assert!(calls[0].contains(&sent), "{sent} in {}", calls[0]);
        }
    }
}

#[tokio::test]
async fn failed_entries_and_failed_calls_are_left_out() {
    let (bus, calls) = topic(|entries, _| match entries {
        10 => Some(all_but(10, &[0, 9])),
        _ => Some(error(403, "AuthorizationError")),
    })
    .await;
    let events = events(12);
    assert_eq!(bus.publish(TABLE, events.clone()).await, ids(&events[1..9]));
    assert_eq!(calls.lock().unwrap().len(), 2, "what is refused is not tried again");
}

#[tokio::test]
async fn a_call_that_failed_is_tried_again_while_the_committer_waits() {
    let (bus, calls) = topic(|entries, before| match before {
        0 => Some(error(503, "ServiceUnavailable")),
        _ => Some(all_but(entries, &[])),
    })
    .await;
    let events = events(3);
    let taken = tokio::time::timeout(PUBLISH_BUDGET, bus.publish(TABLE, events.clone())).await;
    assert_eq!(taken.expect("an answer while the committer still waits"), ids(&events));
    assert_eq!(calls.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn what_was_taken_is_reported_though_another_call_is_never_answered() {
    let (bus, _) = topic(|entries, _| (entries == 10).then(|| all_but(10, &[]))).await;
    let events = events(12);
    let taken = tokio::time::timeout(PUBLISH_BUDGET, bus.publish(TABLE, events.clone())).await;
    assert_eq!(taken.expect("an answer while the committer still waits"), ids(&events[..10]));
}

#[tokio::test]
async fn an_event_that_is_too_large_holds_up_no_other() {
    let (bus, _) = topic(|entries, _| Some(all_but(entries, &[]))).await;
    let mut events = events(3);
    events[1].data = "x".repeat(MAX_BYTES).into();
    assert_eq!(bus.publish(TABLE, events.clone()).await, [events[0].id, events[2].id]);
}
