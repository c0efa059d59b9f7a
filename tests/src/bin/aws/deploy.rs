//! `cargo aws deploy`: template.yaml as it is, deployed to an emulator by `sam deploy`; with `--order`, one order through
//! API, functions, tables, topic and queues, an event that comes twice, and one that nobody can read.

use std::{collections::HashMap, time::Duration};

use app::Keys;
use serde_json::{Value, json};
use testing::{aws::Aws, emulators::MiniStack};
use tests::{Town, deployed::Deployed, fleet::KeyMaterial, order::an_order_goes_all_the_way_to_the_door};

use crate::{
    Options,
    tools::{build, root, say, succeed_quietly, tool, until_stopped},
};

const STACK: &str = "tiffin";
/// How often the dead-letter queue is polled before a test gives up, and how long it waits between two polls.
const LOOKS: usize = 240;
const BETWEEN_LOOKS: Duration = Duration::from_millis(500);
/// How often a message is received before it is a dead letter, as the template says.
const MAX_RECEIVES: u64 = 5;

pub(crate) async fn run(options: Options) {
    build(options).await;
    let emulator = MiniStack::start().await;
    let aws = Aws::at(emulator.endpoint());
    let keys = KeyMaterial::of(&Keys::generate().expect("keys can be made"));
    deploy(&aws, &keys).await;
    let (api, queues) = routes(&aws).await;
    let url = format!("{}/_aws/execute-api/{api}/$default", aws.endpoint());
    if !options.order {
        return until_stopped(&url).await;
    }
    let spy = spy(&aws).await;
    let own = queues.iter().filter(|(name, _)| name.ends_with("Queue")).map(|(_, url)| url.clone()).collect();
    let town = Town::of_others(&url, Deployed::ByItself { aws: aws.clone(), queues: own });
    an_order_goes_all_the_way_to_the_door(&town).await;
    say("An order went all the way to the door.");
    an_event_twice(&town, &aws, &queues["NotifyQueue"], &spy).await;
    say("An event that came twice made no second notice.");
    a_dead_letter(&aws, &queues["NotifyQueue"], &queues["NotifyDeadLetters"]).await;
    say("A message that is no event was received five times, and then was a dead letter.");
}

async fn deploy(aws: &Aws, keys: &KeyMaterial) {
    let mut parameters = vec![
        ("Stage".to_owned(), "local".to_owned()),
        ("Architecture".to_owned(), "x86_64".to_owned()),
        ("LocalEndpoint".to_owned(), aws.endpoint().to_owned()),
        ("PublicKeys".to_owned(), keys.public_keys.clone()),
        ("Issuer".to_owned(), testing::ISSUER.to_owned()),
        // Passwords are cheap where nobody's are kept.
        ("PasswordMemoryKib".to_owned(), users::MEMORY_KIB.min.to_string()),
    ];
    for (variable, value) in &keys.secrets {
        let arn = aws.secret(&format!("{STACK}/{variable}"), value).await;
        parameters.push((format!("{}Secret", xtask::aws::parameter(variable)), arn));
    }
    let quoted = |value: &str| format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""));
    let mut sam = tool("sam", aws.endpoint());
    sam.args(["deploy", "--config-env", "local", "--parameter-overrides"]);
    sam.args(parameters.iter().map(|(name, value)| format!("{name}={}", quoted(value))));
    say("sam deploy: takes a minute");
    succeed_quietly(sam).await;
}

/// Makes the routes; returns the API's id, and the URL of each queue by its logical id.
async fn routes(aws: &Aws) -> (String, HashMap<String, String>) {
    let mut python = tool("python", aws.endpoint());
    python.arg(root().join("tests/src/bin/aws/routes.py")).arg(STACK);
    let output = python.output().await.expect("it can be started");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("text");
    let mut lines = text.lines();
    let api = lines.next().expect("the stack has an API").to_owned();
    let queue = |line: &str| line.split_once('\t').map(|(name, url)| (name.to_owned(), url.to_owned()));
    (api, lines.filter_map(queue).collect())
}

/// A queue that gets every event.
async fn spy(aws: &Aws) -> String {
    let queue = aws.queue("spy", json!({})).await;
    let topics = aws.topics().await;
    let topic = topics.iter().find(|topic| topic.contains("Events")).expect("the stack has a topic");
    aws.subscribe(topic, "spy", &[("RawMessageDelivery", "true")]).await;
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
    aws.send(queue, &message).await;
    town.wait_until_idle().await;
    let after = town.get(&customer, "/v1/notifications?limit=100").await.expect(200);
    let count = |reply: &Value| reply["items"].as_array().map(Vec::len);
    assert!(count(&before.body).is_some_and(|count| count > 0), "{:#}", before.body);
    assert_eq!(count(&before.body), count(&after.body));
}

/// The message that published this event.
async fn received(aws: &Aws, spy: &str, kind: &str, subject: &str) -> String {
    loop {
        let messages = aws.receive(spy).await;
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
    aws.sqs("SetQueueAttributes", json!({"QueueUrl": queue, "Attributes": attributes})).await;
    aws.send(queue, "no event").await;
    for _ in 0..LOOKS {
        if let Some(letter) = aws.receive(dead_letters).await.first() {
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
