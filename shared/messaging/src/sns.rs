//! Publishing to an SNS topic, in batches, with the event's type as an attribute that subscriptions filter by.

use std::{collections::HashMap, time::Duration};

use app::{Bus, Table};
use aws_sdk_sns::{
    Client,
    config::{Builder, retry::RetryConfig, timeout::TimeoutConfig},
    error::{DisplayErrorContext, ProvideErrorMetadata},
    types::{MessageAttributeValue, PublishBatchRequestEntry},
};
use aws_types::SdkConfig;
use domain::{Event, EventId};
use futures::future::{BoxFuture, join_all};

use crate::TIMEOUT;

/// The attribute that holds the type.
const TYPE: &str = "type";
/// The most messages of one call.
const MAX_ENTRIES: usize = 10;
/// The most bytes of one call, messages and attributes together.
const MAX_BYTES: usize = 256 * 1024;
/// How often a call is tried, how long each attempt may take, and the longest backoff before the second.
const ATTEMPTS: u32 = 2;
const ATTEMPT: Duration = Duration::from_millis(450);
const FIRST_WAIT: Duration = Duration::from_millis(50);

/// A bus that is an SNS topic.
#[derive(Clone)]
pub struct SnsBus {
    client: Client,
    topic_arn: String,
}

/// A message, and the id of the event in it.
struct Message {
    id: EventId,
    kind: String,
    text: String,
}

impl Message {
    /// None where it can't be written: the outbox keeps the event.
    fn of(event: &Event) -> Option<Self> {
        let written = serde_json::to_string(event);
        let written =
            written.inspect_err(|error| tracing::error!(event = %event.id, %error, "an event can't be written"));
        Some(Self { id: event.id, kind: event.kind.event_type().to_string(), text: written.ok()? })
    }

    fn bytes(&self) -> usize {
        self.text.len() + TYPE.len() + "String".len() + self.kind.len()
    }
}

impl SnsBus {
    /// A bus to this topic. Opens no connection yet.
    pub fn connect(config: &SdkConfig, topic_arn: impl Into<String>) -> Self {
        let retries = RetryConfig::standard().with_max_attempts(ATTEMPTS).with_initial_backoff(FIRST_WAIT);
        let timeouts = TimeoutConfig::builder().operation_attempt_timeout(ATTEMPT).operation_timeout(TIMEOUT).build();
        let config = Builder::from(config).retry_config(retries).timeout_config(timeouts).build();
        Self { client: Client::from_conf(config), topic_arn: topic_arn.into() }
    }

    /// Publishes one batch; returns what was taken.
    async fn publish_batch(&self, batch: Vec<Message>) -> Vec<EventId> {
        let entries = batch.iter().enumerate().map(|(index, message)| entry(index, message)).collect::<Result<_, _>>();
        let entries = match entries {
            Ok(entries) => entries,
            Err(error) => {
                tracing::error!(%error, "a batch can't be written; the outbox keeps its events");
                return Vec::new();
            }
        };
        let request = self.client.publish_batch().topic_arn(&self.topic_arn);
        match request.set_publish_batch_request_entries(Some(entries)).send().await {
            Err(error) => {
                let code = error.code().unwrap_or_default().to_owned();
                let count = batch.len();
                tracing::warn!(code, count, error = %DisplayErrorContext(error), "publishing failed; the outbox keeps the events");
                Vec::new()
            }
            Ok(output) => {
                for failed in output.failed() {
                    tracing::warn!(
                        code = failed.code(),
                        entry = failed.id(),
                        "an event was not taken; the outbox keeps it"
                    );
                }
                let taken = output.successful().iter().filter_map(|one| one.id()?.parse::<usize>().ok());
                taken.filter_map(|index| batch.get(index)).map(|message| message.id).collect()
            }
        }
    }
}

impl Bus for SnsBus {
    fn publish(&self, _table: Table, events: Vec<Event>) -> BoxFuture<'_, Vec<EventId>> {
        Box::pin(async move {
            let batches = batches(events.iter().filter_map(Message::of));
            join_all(batches.into_iter().map(|batch| self.publish_batch(batch))).await.concat()
        })
    }
}

fn entry(index: usize, message: &Message) -> Result<PublishBatchRequestEntry, aws_sdk_sns::error::BuildError> {
    let kind = MessageAttributeValue::builder().data_type("String").string_value(&message.kind).build()?;
    PublishBatchRequestEntry::builder()
        .id(index.to_string())
        .message(&message.text)
        .set_message_attributes(Some(HashMap::from([(TYPE.to_owned(), kind)])))
        .build()
}

/// Messages in as few calls as the limits allow, in order. One that is too large by itself is left in the outbox.
fn batches(messages: impl Iterator<Item = Message>) -> Vec<Vec<Message>> {
    let mut batches = Vec::new();
    let mut batch = Vec::new();
    let mut bytes = 0;
    for message in messages {
        let size = message.bytes();
        if size > MAX_BYTES {
            tracing::error!(event = %message.id, bytes = size, "an event is too large to be published");
            continue;
        }
        if batch.len() == MAX_ENTRIES || bytes + size > MAX_BYTES {
            batches.push(std::mem::take(&mut batch));
            bytes = 0;
        }
        bytes += size;
        batch.push(message);
    }
    if !batch.is_empty() {
        batches.push(batch);
    }
    batches
}

#[cfg(test)]
mod tests;
