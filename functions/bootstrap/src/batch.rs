//! A batch of a queue: each message is delivered on its own, and those that failed are reported, so that the queue keeps
//! them and no others.

use std::collections::BTreeMap;

use app::Deadline;
use aws_lambda_events::sqs::SqsBatchResponse;
use domain::Event;
use futures::future::join_all;
use host::Delivered;
use messaging::sqs::{self, NoBatch, Received};

use crate::program::Program;

/// Delivers the messages of a batch: one at a time per partition, partitions concurrently, all of them within the time of
/// the one invocation. Messages that find no time left fail, and are reported with the others before that time is over.
pub(crate) async fn deliver(program: &Program, payload: &str) -> Result<SqsBatchResponse, NoBatch> {
    let function = program.declaration.function.name;
    let mut failed = Vec::new();
    let mut partitions: BTreeMap<String, Vec<(String, Event)>> = BTreeMap::new();
    for Received { message_id, event } in sqs::read(payload.as_bytes())? {
        match event {
            Ok(event) => partitions.entry(event.partition_key.clone()).or_default().push((message_id, event)),
            Err(error) => {
                tracing::error!(function, message_id, %error, "a message holds no event of ours");
                failed.push(message_id);
            }
        }
    }
    let delivering = join_all(partitions.into_values().map(|messages| deliver_in_turn(program, messages)));
    let delivered = Deadline::within(program.host.budget_of(function), delivering).await;
    failed.extend(delivered.into_iter().flatten());
    let mut response = SqsBatchResponse::default();
    response.set_failures(failed);
    Ok(response)
}

/// Returns the ids of those that failed. An event that can never be handled fails as well: a queue has no other way to its
/// dead-letter queue.
async fn deliver_in_turn(program: &Program, messages: Vec<(String, Event)>) -> Vec<String> {
    let function = program.declaration.function.name;
    let mut failed = Vec::new();
    for (message_id, event) in messages {
        if Deadline::left().is_some_and(|left| left.is_zero()) {
            tracing::warn!(function, event = %event.id, "an event is left for a retry: the invocation has no time left");
            failed.push(message_id);
            continue;
        }
        match program.host.deliver(function, &event).await {
            Delivered::Done => continue,
            Delivered::Retry(reason) => {
                tracing::warn!(function, event = %event.id, reason, "an event is left for a retry");
            }
            Delivered::Never(reason) => {
                tracing::error!(function, event = %event.id, reason, "an event can't be handled");
            }
        }
        failed.push(message_id);
    }
    failed
}

#[cfg(test)]
mod tests {
    use app::{Changes, Context, Declaration, Failure, Function, Subscriber, System};
    use domain::{Kind, OrderKind};
    use serde_json::{Value, json};

    use super::*;
    use crate::sample::{self, TABLE};

    /// Takes all the time there is.
    #[derive(schemars::JsonSchema)]
    struct Sleeper;

    impl Subscriber for Sleeper {
        const FUNCTION: Function = Function::new("sleeper").writes(TABLE);
        type Data = serde_json::Value;
        const SUBSCRIBES_TO: &'static [Kind] = &[Kind::Order(OrderKind::Ready)];

        async fn handle(_: &Context, _: &System, _: &Event) -> Result<Changes, Failure> {
            tokio::time::sleep(Deadline::left().unwrap_or_default()).await;
            Ok(Changes::none())
        }
    }

    fn message(id: u8, partition: &str) -> Value {
        json!({"messageId": id.to_string(), "body": serde_json::to_string(&sample::event(id, partition)).unwrap()})
    }

    #[tokio::test(start_paused = true)]
    async fn messages_that_find_no_time_left_are_reported_in_time() {
        let batch = json!({"Records": [message(1, "one"), message(2, "one"), message(3, "two"), message(4, "one")]});
        let program = sample::program(const { &[Declaration::subscriber::<Sleeper>()] });
        let response = deliver(&program, &batch.to_string()).await.unwrap();
        let failed = json!({"batchItemFailures": [{"itemIdentifier": "2"}, {"itemIdentifier": "4"}]});
        assert_eq!(serde_json::to_value(response).unwrap(), failed);
    }
}
