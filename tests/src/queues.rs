//! The queues of a town: what is in them is handed over when a test says so.

use cargo_aws::queues::{Queue, Queues as Opened};
use futures::future::join_all;
use tokio::sync::{Mutex, RwLock, RwLockWriteGuard};

use crate::fleet::{Programs, SERVICES};

/// What failed is visible again at once: tests don't wait for it.
const RETRIED_AFTER_S: u32 = 0;

/// The topic and the queues of a town.
pub struct Queues {
    opened: Opened,
    gate: RwLock<()>,
    driving: Mutex<()>,
}

impl Queues {
    /// Makes them under a name that nobody else has.
    pub async fn open(endpoint: &str, prefix: &str) -> Self {
        let opened = Opened::open(endpoint, prefix, SERVICES, RETRIED_AFTER_S).await.expect("queues can be made");
        Self { opened, gate: RwLock::default(), driving: Mutex::default() }
    }

    /// The ARN of the topic.
    pub fn topic(&self) -> &str {
        &self.opened.topic
    }

    /// Holds deliveries back for as long as the guard lives.
    pub async fn hold(&self) -> RwLockWriteGuard<'_, ()> {
        self.gate.write().await
    }

    /// Hands over what is in the queues until they are empty.
    pub(crate) async fn wait_until_idle(&self, programs: &Programs) {
        let _open = self.gate.read().await;
        let _driving = self.driving.lock().await;
        while join_all(self.opened.every.iter().map(|queue| self.deliver(queue, programs))).await.contains(&true) {}
    }

    /// The bodies of all dead letters, by subscriber.
    pub async fn dead_letters(&self) -> Vec<(&'static str, String)> {
        let mut letters = Vec::new();
        for queue in &self.opened.every {
            let messages = self.opened.aws.receive(&queue.dead_letters).await.expect("dead letters can be read");
            letters.extend(
                messages.iter().map(|one| (queue.consumer, one["Body"].as_str().unwrap_or_default().to_owned())),
            );
        }
        letters
    }

    /// Puts a message into the queue of a subscriber.
    pub async fn send(&self, subscriber: &str, body: &str) {
        let queue = self.opened.every.iter().find(|queue| queue.consumer == subscriber).expect("it has a queue");
        self.opened.aws.send(&queue.url, body).await.expect("it takes messages");
    }

    /// Hands one batch over; returns whether there was one.
    async fn deliver(&self, queue: &Queue, programs: &Programs) -> bool {
        let invoke = async |batch| programs.invoke(queue.consumer, &batch).await;
        self.opened.deliver(queue, invoke).await.expect("the queue answers").is_some()
    }
}
