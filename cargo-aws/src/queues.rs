//! Events on AWS, as an emulator of SNS and SQS carries them: a topic, a queue with dead letters per consumer, and how what
//! is in a queue is handed over, as Lambda's event source does it.

use std::collections::BTreeSet;

use app::Service;
use serde_json::{Value, json};
use testing::{
    Failed,
    aws::{Aws, AwsError, queue_arn, record},
};

use crate::names;

/// How often a message is received before it is a dead letter.
pub const MAX_RECEIVES: u64 = 5;

/// A topic, and the queues that subscribe to it.
#[derive(Debug)]
pub struct Queues {
    /// Where they are.
    pub aws: Aws,
    /// The ARN of the topic.
    pub topic: String,
    /// A queue per consumer.
    pub every: Vec<Queue>,
}

/// The queue of a consumer.
#[derive(Debug)]
pub struct Queue {
    /// The function that handles what is in it.
    pub consumer: &'static str,
    /// Its URL.
    pub url: String,
    /// The URL of the queue with its dead letters.
    pub dead_letters: String,
}

/// A batch that was handed over.
#[derive(Debug, PartialEq, Eq)]
pub struct Delivered {
    /// How many messages were in it.
    pub messages: usize,
    /// How many of them failed; they stay in the queue.
    pub failed: usize,
    /// How many of those were received for the last time.
    pub dead: usize,
    /// Why all of it failed, if it did.
    pub error: Option<Failed>,
}

impl Queues {
    /// Makes them under this prefix for the consumers among these services. What failed is received again after so many
    /// seconds.
    pub async fn open(
        endpoint: &str,
        prefix: &str,
        services: &[Service],
        retried_after_s: u32,
    ) -> Result<Self, AwsError> {
        let aws = Aws::at(endpoint);
        let topic = aws.topic(&names::topic(prefix)).await?;
        let mut queues = Self { aws, topic, every: Vec::new() };
        for declaration in services.iter().flat_map(|service| service.functions) {
            let types: Vec<&str> = declaration.subscriptions().iter().map(|kind| kind.event_type()).collect();
            if !types.is_empty() {
                let queue = queues.subscribe(prefix, declaration.function.name, &types, retried_after_s).await?;
                queues.every.push(queue);
            }
        }
        Ok(queues)
    }

    async fn subscribe(
        &self,
        prefix: &str,
        consumer: &'static str,
        types: &[&str],
        retried_after_s: u32,
    ) -> Result<Queue, AwsError> {
        let name = names::queue(prefix, consumer);
        let dead = names::dead_letters(prefix, consumer);
        let dead_letters = self.aws.queue(&dead, json!({})).await?;
        let redrive = json!({"deadLetterTargetArn": queue_arn(&dead), "maxReceiveCount": MAX_RECEIVES.to_string()});
        let attributes =
            json!({"VisibilityTimeout": retried_after_s.to_string(), "RedrivePolicy": redrive.to_string()});
        let url = self.aws.queue(&name, attributes).await?;
        let filter = json!({"type": types}).to_string();
        self.aws.subscribe(&self.topic, &name, &[("RawMessageDelivery", "true"), ("FilterPolicy", &filter)]).await?;
        Ok(Queue { consumer, url, dead_letters })
    }

    /// Hands one batch of this queue to `invoke`, and deletes what was handled; `None` where the queue is empty.
    pub async fn deliver(
        &self,
        queue: &Queue,
        invoke: impl AsyncFnOnce(Value) -> Result<Value, Failed>,
    ) -> Result<Option<Delivered>, AwsError> {
        let messages = self.aws.receive(&queue.url).await?;
        if messages.is_empty() {
            return Ok(None);
        }
        let records: Vec<Value> = messages.iter().map(record).collect();
        let ids: BTreeSet<&str> = messages.iter().map(id).collect();
        let answered = invoke(json!({"Records": records})).await;
        let answered = answered.and_then(|answer| failures(&answer, &ids).ok_or(Failed::Error(answer.to_string())));
        let (failed, error) = match answered {
            Ok(failed) => (failed, None),
            Err(error) => (ids.iter().map(|id| (*id).to_owned()).collect(), Some(error)),
        };
        let mut dead = 0;
        for message in &messages {
            if failed.contains(id(message)) {
                dead += usize::from(is_last(message));
            } else {
                self.aws.delete(&queue.url, message).await?;
            }
        }
        Ok(Some(Delivered { messages: messages.len(), failed: failed.len(), dead, error }))
    }
}

/// The ids that a batch is answered with; `None` where it is no such answer, which means that all of them failed.
fn failures(answer: &Value, ids: &BTreeSet<&str>) -> Option<BTreeSet<String>> {
    let named = answer["batchItemFailures"].as_array()?.iter().map(|one| one["itemIdentifier"].as_str());
    named.map(|id| id.filter(|id| ids.contains(id)).map(str::to_owned)).collect()
}

fn id(message: &Value) -> &str {
    message["MessageId"].as_str().unwrap_or_default()
}

/// Whether it is a dead letter if this time it fails.
fn is_last(message: &Value) -> bool {
    let count = message["Attributes"]["ApproximateReceiveCount"].as_str();
    count.and_then(|count| count.parse::<u64>().ok()).is_some_and(|count| count >= MAX_RECEIVES)
}

#[cfg(test)]
mod tests {
    use testing::emulators::MiniStack;

    use super::*;
    use crate::SERVICES;

    const TWO: [&str; 2] = ["a", "b"];

    #[test]
    fn who_names_a_message_that_was_not_in_the_batch_failed_at_all_of_it() {
        let ids = BTreeSet::from(TWO);
        let answer = |ids: &[&str]| {
            let named: Vec<Value> = ids.iter().map(|id| json!({"itemIdentifier": id})).collect();
            json!({"batchItemFailures": named})
        };
        assert_eq!(failures(&answer(&[]), &ids), Some(BTreeSet::new()));
        assert_eq!(failures(&answer(&["b"]), &ids), Some(BTreeSet::from(["b".to_owned()])));
        assert_eq!(failures(&answer(&["b", "c"]), &ids), None);
        assert_eq!(failures(&json!(null), &ids), None);
    }

    #[tokio::test]
    async fn what_failed_stays_and_is_a_dead_letter_in_the_end() {
        let emulator = MiniStack::shared().await;
        let queues = Queues::open(emulator.endpoint(), "queues", SERVICES, 0).await.unwrap();
        let queue = queues.every.first().unwrap();
        for body in TWO {
            queues.aws.send(&queue.url, body).await.unwrap();
        }
        let all_but_a = async |batch: Value| {
            let records = batch["Records"].as_array().cloned().unwrap_or_default().into_iter();
            let failed = records.filter(|record| record["body"] != "a");
            let named: Vec<Value> = failed.map(|record| json!({"itemIdentifier": record["messageId"]})).collect();
            Ok(json!({"batchItemFailures": named}))
        };
        let mut first = 0;
        while first < TWO.len() {
            first += queues.deliver(queue, all_but_a).await.unwrap().unwrap().messages;
        }
        let mut dead = 0;
        while let Some(delivered) = queues.deliver(queue, async |_| Err(Failed::NoAnswer)).await.unwrap() {
            assert_eq!(delivered.error, Some(Failed::NoAnswer));
            dead += delivered.dead;
        }
        assert_eq!(dead, 1);
        let letters = queues.aws.receive(&queue.dead_letters).await.unwrap();
        assert_eq!(letters.iter().map(|letter| letter["Body"].clone()).collect::<Vec<_>>(), ["b"]);
    }
}
