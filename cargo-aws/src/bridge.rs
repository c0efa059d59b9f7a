//! The way from queues and schedules to functions: what AWS' event sources and its scheduler do, for functions that a tool
//! runs on this computer.

use std::time::Duration;

use app::Service;
use futures::future::{join, join_all};
use serde_json::json;
use testing::{Failed, aws::AwsError};
use tokio::sync::watch;

use crate::{
    invoke::LambdaApi,
    presence::Presence,
    queues::{Delivered, Queue, Queues},
    say,
};

/// How often an empty queue is looked into.
const BETWEEN_LOOKS: Duration = Duration::from_millis(500);
/// How often a schedule calls its function: on AWS that is each minute.
const BETWEEN_TICKS: Duration = Duration::from_secs(5);
/// The most characters of what a function said when it failed.
const SAID: usize = 200;

/// From these queues to these functions.
pub(crate) struct Bridge {
    queues: Queues,
    scheduled: Vec<&'static str>,
    functions: LambdaApi,
    presence: Presence,
    /// Whether there was an event: before the first, nothing is due, and sweeps need not be compiled.
    begun: watch::Sender<bool>,
}

impl Bridge {
    /// From these queues, and the schedules of these services, to functions at this port of the computer.
    pub(crate) fn new(queues: Queues, services: &[Service], port: u16, named: fn(&str) -> String) -> Self {
        let functions = services.iter().flat_map(|service| service.functions);
        let scheduled = functions.filter(|declaration| declaration.is_scheduled());
        Self {
            queues,
            scheduled: scheduled.map(|declaration| declaration.function.name).collect(),
            functions: LambdaApi::at(format!("http://127.0.0.1:{port}"), named),
            presence: Presence::of(port),
            begun: watch::Sender::new(false),
        }
    }

    /// Carries events, and calls what is scheduled, until the emulator is gone. Each queue and schedule waits for itself alone: a
    /// function may have to be compiled first.
    pub(crate) async fn run(&self) -> Result<(), AwsError> {
        let consumers = futures::future::try_join_all(self.queues.every.iter().map(|queue| self.carry(queue)));
        let schedules = join_all(self.scheduled.iter().map(|function| self.tick(function)));
        tokio::select! {
            carried = consumers => carried.map(drop),
            _ = join(self.presence.watch(), schedules) => Ok(()),
        }
    }

    /// What is in this queue, batch by batch. Nothing is received for nobody: each time counts.
    async fn carry(&self, queue: &Queue) -> Result<(), AwsError> {
        loop {
            self.presence.wait().await;
            let is_empty = self.queues.aws.count(&queue.url).await?.visible == 0;
            if is_empty || !self.presence.is_there().await {
                tokio::time::sleep(BETWEEN_LOOKS).await;
                continue;
            }
            let invoke = async |batch| self.functions.invoke(queue.consumer, &batch).await;
            if let Some(delivered) = self.queues.deliver(queue, invoke).await? {
                self.begun.send_replace(true);
                if let Some(line) = told(queue.consumer, &delivered) {
                    say(&line);
                }
            }
        }
    }

    /// What a schedule does; that its function fails is said once, not at each tick.
    async fn tick(&self, function: &str) {
        // Fails only where its sender is gone, which is this.
        self.begun.subscribe().wait_for(|begun| *begun).await.ok();
        let mut said = String::new();
        loop {
            self.presence.wait().await;
            match self.functions.invoke(function, &json!({})).await {
                Ok(_) | Err(Failed::NoAnswer) => said.clear(),
                Err(Failed::Error(error)) => {
                    let line = format!("{function} failed: {}", shortened(&error));
                    if line != said {
                        say(&line);
                    }
                    said = line;
                }
            }
            tokio::time::sleep(BETWEEN_TICKS).await;
        }
    }
}

/// A line about what failed.
fn told(consumer: &str, delivered: &Delivered) -> Option<String> {
    let Delivered { messages, failed, dead, error } = delivered;
    if *failed == 0 {
        return None;
    }
    let why = match error {
        None => " (where it runs, its log says why)".to_owned(),
        Some(Failed::NoAnswer) => " (it gave no answer)".to_owned(),
        Some(Failed::Error(error)) => format!(" ({})", shortened(error)),
    };
    let then = match dead {
        0 => "tried again".to_owned(),
        _ if dead == failed => "now dead letters".to_owned(),
        _ => format!("{dead} now dead letters, the others tried again"),
    };
    Some(format!("{consumer} failed at {failed} of {messages} events{why}: {then}."))
}

/// One line of it.
fn shortened(text: &str) -> String {
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let short: String = words.chars().take(SAID).collect();
    if short.len() < words.len() { short + "…" } else { short }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_what_becomes_of_what_failed() {
        let delivered = |failed, dead, error| Delivered { messages: 3, failed, dead, error };
        assert_eq!(told("notify", &delivered(0, 0, None)), None);
        let no_answer = told("notify", &delivered(3, 0, Some(Failed::NoAnswer)));
        assert_eq!(no_answer.unwrap(), "notify failed at 3 of 3 events (it gave no answer): tried again.");
        let error = told("notify", &delivered(3, 3, Some(Failed::Error("no\n  table".to_owned()))));
        assert_eq!(error.unwrap(), "notify failed at 3 of 3 events (no table): now dead letters.");
    }
}
