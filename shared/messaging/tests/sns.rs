//! Events on their way over SNS and SQS, as an emulator carries them: filtered by type, wrapped and not, and unchanged.

use std::collections::BTreeMap;

use app::{Bus as _, Table};
use domain::{DeliveryKind, Event, EventId, OrderKind, PaymentKind, Timestamp, event::Kind};
use http::Request;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use messaging::{SnsBus, sqs};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use testing::emulators::MiniStack;

const TABLE: Table = Table::new("orders", &[]);
/// 2026-11-23T12:00:00Z.
const AT_NOON: jiff::Timestamp = jiff::Timestamp::constant(1_795_435_200, 0);
/// The most messages that SQS gives at once, as Lambda asks for them.
const BATCH: usize = 10;
/// How often an empty queue is looked into again before it is believed to be empty.
const LOOKS: usize = 10;

/// SNS and SQS, asked without an SDK.
struct Aws {
    endpoint: &'static str,
    client: Client<HttpConnector, Full<Bytes>>,
}

impl Aws {
    async fn start() -> Self {
        let client = Client::builder(TokioExecutor::new()).build_http();
        Self { endpoint: MiniStack::shared().await.endpoint(), client }
    }

    async fn ask(&self, service: &str, kind: &str, target: &str, body: String) -> String {
        // An emulator checks no signature, and finds the service by the credential's scope.
        let scope = format!("test/20260101/us-east-1/{service}/aws4_request");
        let credential = format!("AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=none");
        let request = Request::post(self.endpoint).header("authorization", credential);
        let request = request.header("content-type", kind).header("x-amz-target", target);
        let response =
            self.client.request(request.body(Full::from(body)).expect("a request")).await.expect("it answers");
        let status = response.status();
        let body = response.into_body().collect().await.expect("it replies").to_bytes();
        let text = String::from_utf8(body.to_vec()).expect("a reply is text");
        assert!(status.is_success(), "{text}");
        text
    }

    async fn sns(&self, form: &[(&str, &str)]) {
        let pairs = form.iter().map(|(name, value)| format!("{name}={}", utf8_percent_encode(value, NON_ALPHANUMERIC)));
        let body = format!("Version=2010-03-31&{}", pairs.collect::<Vec<_>>().join("&"));
        self.ask("sns", "application/x-www-form-urlencoded", "", body).await;
    }

    async fn sqs(&self, action: &str, body: Value) -> Value {
        let target = format!("AmazonSQS.{action}");
        let reply = self.ask("sqs", "application/x-amz-json-1.0", &target, body.to_string()).await;
        if reply.is_empty() { Value::Null } else { serde_json::from_str(&reply).expect("a reply is JSON") }
    }

    /// A queue that subscribes to these kinds; returns its URL.
    async fn subscribe(&self, topic: &str, name: &str, raw: bool, kinds: &[Kind]) -> String {
        let queue = self.sqs("CreateQueue", json!({"QueueName": name})).await;
        let types: Vec<&str> = kinds.iter().map(|kind| kind.event_type()).collect();
        self.sns(&[
            ("Action", "Subscribe"),
            ("TopicArn", topic),
            ("Protocol", "sqs"),
            ("Endpoint", &format!("arn:aws:sqs:us-east-1:000000000000:{name}")),
            ("Attributes.entry.1.key", "RawMessageDelivery"),
            ("Attributes.entry.1.value", if raw { "true" } else { "false" }),
            ("Attributes.entry.2.key", "FilterPolicy"),
            ("Attributes.entry.2.value", &json!({"type": types}).to_string()),
        ])
        .await;
        queue["QueueUrl"].as_str().expect("a queue has a URL").to_owned()
    }

    /// Takes everything out of a queue: the messages, each with its id and body, in the shape in which Lambda hands them over.
    async fn drain(&self, url: &str) -> Vec<Value> {
        let mut records = Vec::new();
        let mut looks = 0;
        while looks < LOOKS {
            let asked = json!({"QueueUrl": url, "MaxNumberOfMessages": BATCH, "AttributeNames": ["All"]});
            let reply = self.sqs("ReceiveMessage", asked).await;
            let messages = reply["Messages"].as_array().cloned().unwrap_or_default();
            if messages.is_empty() {
                looks += 1;
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
            for message in messages {
                let deleted = json!({"QueueUrl": url, "ReceiptHandle": message["ReceiptHandle"]});
                self.sqs("DeleteMessage", deleted).await;
                records.push(record(&message));
            }
        }
        records
    }
}

/// A message as a batch for Lambda holds it.
fn record(message: &Value) -> Value {
    json!({
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message["Attributes"],
        "messageAttributes": {},
        "md5OfBody": message["MD5OfBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:us-east-1:000000000000:queue",
        "awsRegion": "us-east-1",
    })
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
    let aws = Aws::start().await;
    let topic = "arn:aws:sns:us-east-1:000000000000:published";
    aws.sns(&[("Action", "CreateTopic"), ("Name", "published")]).await;
    let raw_kinds = [Kind::Order(OrderKind::Placed), Kind::Order(OrderKind::Paid)];
    let wrapped_kinds = [Kind::Order(OrderKind::Paid), Kind::Payment(PaymentKind::Captured)];
    let raw = aws.subscribe(topic, "raw", true, &raw_kinds).await;
    let wrapped = aws.subscribe(topic, "wrapped", false, &wrapped_kinds).await;

    let bus = SnsBus::connect(&aws::emulated(aws.endpoint), topic);
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
        let records = aws.drain(&url).await;
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
    let aws = Aws::start().await;
    let bus = SnsBus::connect(&aws::emulated(aws.endpoint), "arn:aws:sns:us-east-1:000000000000:nowhere");
    assert_eq!(bus.publish(TABLE, vec![event(1, Kind::Order(OrderKind::Placed))]).await, []);
}
