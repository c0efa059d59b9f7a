//! A town that somebody else runs: deployed to an emulator, or served by a tool, under a URL. Its events are delivered, and
//! its sweeps called, without a test's doing.

use std::time::{Duration, Instant};

use testing::aws::Aws;

/// How long its queues may have something in them: functions may be compiled when first called.
const PATIENCE: Duration = Duration::from_mins(15);
/// How long to wait between two looks at the queues.
const BETWEEN_LOOKS: Duration = Duration::from_millis(100);
/// How often they must be empty in a row: between two looks, an event may be handled and cause others.
const EMPTY_IN_A_ROW: usize = 4;

/// Where its events are.
pub struct Deployed {
    /// The services that carry them.
    pub aws: Aws,
    /// The URLs of its queues.
    pub queues: Vec<String>,
}

impl Deployed {
    /// Waits until every event published so far was handled: its queues are empty.
    pub async fn wait_until_idle(&self) {
        let begun = Instant::now();
        let mut empty = 0;
        while empty < EMPTY_IN_A_ROW {
            assert!(begun.elapsed() < PATIENCE, "the queues never got empty");
            tokio::time::sleep(BETWEEN_LOOKS).await;
            empty = if self.messages().await == 0 { empty + 1 } else { 0 };
        }
    }

    /// How many messages are in its queues, waiting or being handled.
    async fn messages(&self) -> u64 {
        let mut sum = 0;
        for url in &self.queues {
            let count = self.aws.count(url).await.expect("the queue is there");
            sum += count.visible + count.received;
        }
        sum
    }
}
