//! `cargo aws deploy`; then one order through API, functions, tables, topic and queues, an event that comes twice, and one that
//! nobody can read.

use std::time::Duration;

use cargo_aws::{deploy::Deployment, queues::MAX_RECEIVES, say};
use serde_json::{Value, json};
use testing::aws::Aws;
use tests::{Town, deployed::Deployed, order::an_order_goes_all_the_way_to_the_door};

/// How often the dead-letter queue is polled before a test gives up, and how long it waits between two polls.
const LOOKS: usize = 240;
const BETWEEN_LOOKS: Duration = Duration::from_millis(500);

pub(crate) async fn run(is_built: bool) {
    let Deployment { url, aws, queues, .. } = &Deployment::open(is_built).await.expect("it can be deployed");
    let spy = spy(aws).await;
    let own = queues.iter().filter(|(name, _)| name.ends_with("Queue")).map(|(_, url)| url.clone()).collect();
    let town = Town::of_others(url, Deployed { aws: aws.clone(), queues: own });
    an_order_goes_all_the_way_to_the_door(&town).await;
    say("An order went all the way to the door.");
    an_event_twice(&town, aws, &queues["NotifyQueue"], &spy).await;
    say("An event that came twice made no second notice.");
    a_dead_letter(aws, &queues["NotifyQueue"], &queues["NotifyDeadLetters"]).await;
    say("A message that is no event was received five times, and then was a dead letter.");
}

/// A queue that gets every event.
async fn spy(aws: &Aws) -> String {
    let queue = aws.queue("spy", json!({})).await.expect("a queue can be made");
    let topics = aws.topics().await.expect("topics can be listed");
    let topic = topics.iter().find(|topic| topic.contains("Events")).expect("the stack has a topic");
    aws.subscribe(topic, "spy", &[("RawMessageDelivery", "true")]).await.expect("it can subscribe");
    queue
}

/// The event of a placed order is delivered again, unchanged: nobody gets a second notice.
async fn an_event_twice(town: &Town, aws: &Aws, queue: &str, spy: &str) {
    let customer = town.customer().await;
    let merchant = town.merchant().await;
    let restaurant = town.restaurant(&merchant).await;
    let order = town.order(&customer, &restaurant, "tok_ok").await;
    let before = town.get(&customer, "/v1/notifications?limit=100").await.expect(200);
    let message = received(aws, spy, "tiffin.order.placed.v1", &order).await;
    aws.send(queue, &message).await.expect("it takes messages");
    town.wait_until_idle().await;
    let after = town.get(&customer, "/v1/notifications?limit=100").await.expect(200);
    let count = |reply: &Value| reply["items"].as_array().map(Vec::len);
    assert!(count(&before.body).is_some_and(|count| count > 0), "{:#}", before.body);
    assert_eq!(count(&before.body), count(&after.body));
}

/// The message that published this event.
async fn received(aws: &Aws, spy: &str, kind: &str, subject: &str) -> String {
    loop {
        let messages = aws.receive(spy).await.expect("it can be read");
        assert!(!messages.is_empty(), "nobody published {kind} of {subject}");
        for message in messages {
            let body = message["Body"].as_str().expect("a message has a body");
            let event: Value = serde_json::from_str(body).expect("an event is JSON");
            if event["type"] == kind && event["subject"] == subject {
                return body.to_owned();
            }
        }
    }
}

async fn a_dead_letter(aws: &Aws, queue: &str, dead_letters: &str) {
    // What failed is retried after a second here, not after a minute.
    let attributes = json!({"VisibilityTimeout": "1"});
    aws.sqs("SetQueueAttributes", json!({"QueueUrl": queue, "Attributes": attributes})).await.expect("it can be set");
    aws.send(queue, "no event").await.expect("it takes messages");
    for _ in 0..LOOKS {
        if let Some(letter) = aws.receive(dead_letters).await.expect("it can be read").first() {
            let count =
                letter["Attributes"]["ApproximateReceiveCount"].as_str().and_then(|text| text.parse::<u64>().ok());
            assert_eq!(letter["Body"], "no event");
            assert!(count.is_some_and(|count| count >= MAX_RECEIVES), "{letter}");
            return;
        }
        tokio::time::sleep(BETWEEN_LOOKS).await;
    }
    panic!("it never was a dead letter");
}
