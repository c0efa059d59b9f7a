//! A town that somebody else runs: deployed to an emulator, or served by a tool, under a URL.

use std::time::Duration;

use serde_json::{Value, json};
use testing::aws::Aws;

use crate::{Invoker, Queues};

/// How often queues are polled before a test gives up, and how long it waits between two polls.
const LOOKS: usize = 2400;
const BETWEEN_LOOKS: Duration = Duration::from_millis(50);
/// How often they must be empty in a row: between two polls, an event may be handled and cause others.
const EMPTY_IN_A_ROW: usize = 4;

/// How its events are delivered.
pub enum Deployed {
    /// By itself: events are handled once its queues are empty.
    ByItself {
        /// Where the queues are.
        aws: Aws,
        /// The URLs of the queues.
        queues: Vec<String>,
    },
    /// Only as far as this bridge carries them.
    Bridged {
        /// The topic and its queues.
        queues: Queues,
        /// What invokes functions with the messages.
        invoker: Invoker,
    },
}

impl Deployed {
    /// Waits until every event published so far was handled.
    pub async fn wait_until_idle(&self) {
        match self {
            Self::Bridged { queues, invoker } => queues.wait_until_idle(invoker).await,
            Self::ByItself { aws, queues } => {
                let mut empty = 0;
                for _ in 0..LOOKS {
                    empty = if messages(aws, queues).await == 0 { empty + 1 } else { 0 };
                    if empty == EMPTY_IN_A_ROW {
                        return;
                    }
                    tokio::time::sleep(BETWEEN_LOOKS).await;
                }
                panic!("the queues never got empty");
            }
        }
    }

    /// Runs every sweep once, where a schedule would; a town by itself has schedules of its own.
    pub async fn sweep(&self, sweeps: impl Iterator<Item = &'static str>) {
        if let Self::Bridged { invoker, .. } = self {
            for sweep in sweeps {
                let swept = invoker.invoke(sweep, &json!({})).await;
                assert!(swept.is_ok_and(|swept| swept["due"].is_u64()), "{sweep}");
            }
        }
    }
}

/// How many messages are in these queues, waiting or being handled.
async fn messages(aws: &Aws, queues: &[String]) -> u64 {
    let names = json!(["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]);
    let mut sum = 0;
    for url in queues {
        let reply = aws.sqs("GetQueueAttributes", json!({"QueueUrl": url, "AttributeNames": names})).await;
        let count = |value: &Value| value.as_str().and_then(|text| text.parse::<u64>().ok()).unwrap_or_default();
        sum += reply["Attributes"].as_object().into_iter().flatten().map(|(_, value)| count(value)).sum::<u64>();
    }
    sum
}
