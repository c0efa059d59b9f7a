//! Events on their way over SNS and SQS, as an emulator carries them: filtered by type, wrapped and not, and unchanged.

use std::{collections::BTreeMap, time::Duration};

use app::{Bus as _, Table};
use domain::{DeliveryKind, Event, EventId, OrderKind, PaymentKind, Timestamp, event::Kind};
use messaging::{SnsBus, sqs};
use serde_json::{Value, json};
use testing::{
    aws::{Aws, record},
    emulators::MiniStack,
};

const TABLE: Table = Table::new("orders", &[]);
/// 2026-11-23T12:00:00Z.
const AT_NOON: jiff::Timestamp = jiff::Timestamp::constant(1_795_435_200, 0);
/// How often an empty queue is looked into again before it is believed to be empty, and how long between two looks.
const LOOKS: usize = 10;
const BETWEEN_LOOKS: Duration = Duration::from_millis(20);

async fn emulated() -> Aws {
    Aws::at(MiniStack::shared().await.endpoint())
}

/// A queue that subscribes to these kinds; returns its URL.
async fn subscribe(aws: &Aws, topic: &str, name: &str, raw: bool, kinds: &[Kind]) -> String {
    let queue = aws.queue(name, json!({})).await.expect("a queue can be made");
    let types: Vec<&str> = kinds.iter().map(|kind| kind.event_type()).collect();
    let filter = json!({"type": types}).to_string();
    let raw = if raw { "true" } else { "false" };
    aws.subscribe(topic, name, &[("RawMessageDelivery", raw), ("FilterPolicy", &filter)])
        .await
        .expect("it can subscribe");
    queue
}

/// Takes everything out of a queue: the messages, each with its id and body, in the shape in which Lambda hands them over.
async fn drain(aws: &Aws, queue: &str) -> Vec<Value> {
    let mut records = Vec::new();
    let mut looks = 0;
    while looks < LOOKS {
        let messages = aws.receive(queue).await.expect("it can be read");
        if messages.is_empty() {
            looks += 1;
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
        for message in messages {
            aws.delete(queue, &message).await.expect("it can be deleted");
            records.push(record(&message));
        }
    }
    records
}

fn event(number: u8, kind: Kind) -> Event {
    Event {
        id: EventId::generate(AT_NOON, [number; 10]),
        kind,
        subject: format!("ord_{number}"),
        time: Timestamp::of(AT_NOON),
        partition_key: format!("ord_{number}"),
        sequence: u64::from(number),
        traceparent: number
            .is_multiple_of(2)
            .then(|| "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01".to_owned()),
        data: json!({"number": number, "name": "Crêpes & “more” 😀", "note": "a \"b\" \\ <c>\n"}),
    }
}

fn of(events: &[Event], kinds: &[Kind]) -> BTreeMap<EventId, Event> {
    events.iter().filter(|event| kinds.contains(&event.kind)).map(|event| (event.id, event.clone())).collect()
}

#[tokio::test]
async fn each_queue_has_the_events_its_filter_names_as_they_were_published() {
    let aws = emulated().await;
    let topic = aws.topic("published").await.unwrap();
    let raw_kinds = [Kind::Order(OrderKind::Placed), Kind::Order(OrderKind::Paid)];
    let wrapped_kinds = [Kind::Order(OrderKind::Paid), Kind::Payment(PaymentKind::Captured)];
    let raw = subscribe(&aws, &topic, "raw", true, &raw_kinds).await;
    let wrapped = subscribe(&aws, &topic, "wrapped", false, &wrapped_kinds).await;

    let bus = SnsBus::connect(&aws::emulated(aws.endpoint()), topic);
    let kinds = [
        Kind::Order(OrderKind::Placed),
        Kind::Order(OrderKind::Paid),
        Kind::Payment(PaymentKind::Captured),
        Kind::Delivery(DeliveryKind::Offered),
    ];
    let events: Vec<Event> = (0..12).map(|number| event(number, kinds[usize::from(number) % 4])).collect();
    let taken = bus.publish(TABLE, events.clone()).await;
    assert_eq!(taken, events.iter().map(|event| event.id).collect::<Vec<_>>());

    for (url, subscribed, is_raw) in [(raw, raw_kinds, true), (wrapped, wrapped_kinds, false)] {
        let records = drain(&aws, &url).await;
        assert_eq!(records.len(), 6, "each once");
        for record in &records {
            let body: Value = serde_json::from_str(record["body"].as_str().unwrap()).unwrap();
            assert_eq!(body["specversion"] == "1.0", is_raw, "{body}");
            assert_eq!(body["Type"] == "Notification", !is_raw, "{body}");
        }
        let received = sqs::read(json!({"Records": records}).to_string().as_bytes()).unwrap();
        let received: Vec<Event> = received.into_iter().map(|one| one.event.unwrap()).collect();
        assert_eq!(of(&received, &Kind::ALL), of(&events, &subscribed));
    }
}

#[tokio::test]
async fn a_topic_that_is_not_there_takes_nothing() {
    let aws = emulated().await;
    let bus = SnsBus::connect(&aws::emulated(aws.endpoint()), "arn:aws:sns:us-east-1:000000000000:nowhere");
    assert_eq!(bus.publish(TABLE, vec![event(1, Kind::Order(OrderKind::Placed))]).await, []);
}
