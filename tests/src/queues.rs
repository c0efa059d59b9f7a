//! Events on AWS, as an emulator of SNS and SQS delivers them: a topic, a queue per subscriber, and the bridge that hands
//! what is in a queue to its function in batches, as Lambda's event source does.

use std::collections::BTreeSet;

use futures::future::join_all;
use serde_json::{Value, json};
use testing::aws::{Aws, queue_arn, record};
use tokio::sync::{Mutex, RwLock, RwLockWriteGuard};

use crate::{fleet::SERVICES, invoker::Invoker};

/// How often a message is received before it goes to the dead-letter queue.
const MAX_RECEIVES: usize = 5;

/// The topic and the queues of a town.
pub struct Queues {
    aws: Aws,
    /// The ARN of the topic.
    pub topic: String,
    every: Vec<Queue>,
    gate: RwLock<()>,
    driving: Mutex<()>,
}

struct Queue {
    subscriber: &'static str,
    url: String,
    dead_letters: String,
}

impl Queues {
    /// Makes them under a name that nobody else has.
    pub async fn open(endpoint: &str, prefix: &str) -> Self {
        let aws = Aws::at(endpoint);
        let topic = aws.topic(&format!("{prefix}-events")).await;
        let mut queues = Self { aws, topic, every: Vec::new(), gate: RwLock::default(), driving: Mutex::default() };
        for declaration in SERVICES.iter().flat_map(|service| service.functions) {
            if declaration.subscriptions().is_empty() {
                continue;
            }
            let subscriber = declaration.function.name;
            let types: Vec<&str> = declaration.subscriptions().iter().map(|kind| kind.event_type()).collect();
            let queue = queues.subscribe(prefix, subscriber, &types).await;
            queues.every.push(queue);
        }
        queues
    }

    async fn subscribe(&self, prefix: &str, subscriber: &'static str, types: &[&str]) -> Queue {
        let name = format!("{prefix}-{subscriber}");
        let dead = format!("{prefix}-{subscriber}-dead");
        let dead_letters = self.aws.queue(&dead, json!({})).await;
        let redrive = json!({"deadLetterTargetArn": queue_arn(&dead), "maxReceiveCount": MAX_RECEIVES.to_string()});
        // What failed is visible again at once: tests don't wait for it.
        let attributes = json!({"VisibilityTimeout": "0", "RedrivePolicy": redrive.to_string()});
        let url = self.aws.queue(&name, attributes).await;
        let filter = json!({"type": types}).to_string();
        self.aws.subscribe(&self.topic, &name, &[("RawMessageDelivery", "true"), ("FilterPolicy", &filter)]).await;
        Queue { subscriber, url, dead_letters }
    }

    /// Holds deliveries back for as long as the guard lives.
    pub async fn hold(&self) -> RwLockWriteGuard<'_, ()> {
        self.gate.write().await
    }

    /// Hands over what is in the queues until they are empty.
    pub(crate) async fn wait_until_idle(&self, invoker: &Invoker) {
        let _open = self.gate.read().await;
        let _driving = self.driving.lock().await;
        while join_all(self.every.iter().map(|queue| self.deliver(queue, invoker))).await.contains(&true) {}
    }

    /// The bodies of all dead letters, by subscriber.
    pub async fn dead_letters(&self) -> Vec<(&'static str, String)> {
        let mut letters = Vec::new();
        for queue in &self.every {
            let messages = self.aws.receive(&queue.dead_letters).await;
            letters.extend(
                messages.iter().map(|one| (queue.subscriber, one["Body"].as_str().unwrap_or_default().to_owned())),
            );
        }
        letters
    }

    /// Puts a message into the queue of a subscriber.
    pub async fn send(&self, subscriber: &str, body: &str) {
        let queue = self.every.iter().find(|queue| queue.subscriber == subscriber).expect("it has a queue");
        self.aws.send(&queue.url, body).await;
    }

    /// Hands one batch over; returns whether there was one.
    async fn deliver(&self, queue: &Queue, invoker: &Invoker) -> bool {
        let messages = self.aws.receive(&queue.url).await;
        if messages.is_empty() {
            return false;
        }
        let records: Vec<Value> = messages.iter().map(record).collect();
        let failed = match invoker.invoke(queue.subscriber, &json!({"Records": records})).await {
            Ok(answer) => {
                let failures = answer["batchItemFailures"].as_array().cloned().expect("a batch is answered for");
                failures.iter().map(|one| one["itemIdentifier"].as_str().unwrap_or_default().to_owned()).collect()
            }
            // The invocation failed, and so did every message.
            Err(_) => messages.iter().map(|one| id(one).to_owned()).collect::<BTreeSet<String>>(),
        };
        for message in messages.iter().filter(|one| !failed.contains(id(one))) {
            self.aws.delete(&queue.url, message).await;
        }
        true
    }
}

fn id(message: &Value) -> &str {
    message["MessageId"].as_str().unwrap_or_default()
}
