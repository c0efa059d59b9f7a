//! The committer: everything is committed through it, and the events of each unit of work are published.

use std::{sync::Arc, time::Duration};

use domain::{Event, EventId, Timestamp};
use futures::future::BoxFuture;
use sha2::{Digest, Sha256};

use crate::{
    Changes, Clock, Condition, Fact, Item, MAX_WRITES, Store, StoreError, Table, Waiting, Write, granted::check_limits,
    outbox_key,
};

/// How long publishing may hold up the reply: after that, what a bus took is forgotten and published again.
pub const PUBLISH_BUDGET: Duration = Duration::from_secs(1);

/// The most bytes of an event: what SNS, SQS and brokers take is 256 KiB, attributes and all.
pub const MAX_EVENT_BYTES: usize = 255 * 1024;

/// Carries events to their subscribers.
pub trait Bus: Send + Sync {
    /// Publishes what was committed to the outbox of `table`. Returns the events it has taken for good: the committer
    /// then deletes them from the outbox. What it keeps responsibility for, or could not take, it leaves out; what is left
    /// in an outbox is published again by a sweep.
    fn publish(&self, table: Table, events: Vec<Event>) -> BoxFuture<'_, Vec<EventId>>;

    /// Whether it keeps responsibility for what it has not taken, so that nobody has to publish it again.
    fn keeps_what_it_has_not_taken(&self) -> bool {
        false
    }
}

/// Commits changes with their outbox items, and publishes them.
pub struct Committer {
    store: Arc<dyn Store>,
    bus: Arc<dyn Bus>,
    clock: Arc<dyn Clock>,
}

impl Committer {
    /// Commits to this store and publishes on this bus.
    pub fn new(store: Arc<dyn Store>, bus: Arc<dyn Bus>, clock: Arc<dyn Clock>) -> Self {
        Self { store, bus, clock }
    }

    /// Commits writes and outbox items as one transaction, then publishes within a budget. A failure to publish does
    /// not undo the commit: the outbox keeps what was not taken.
    pub async fn commit(&self, table: Table, changes: Changes, trace: Option<&str>) -> Result<(), StoreError> {
        if changes.is_empty() {
            return Ok(());
        }
        let now = self.clock.now();
        let events: Vec<Event> = changes.facts.into_iter().map(|fact| stamp(fact, now, trace)).collect();
        let mut writes = changes.writes;
        for event in &events {
            let item = Item::of(outbox_key(event.id), "outbox", event.sequence, event);
            if item.body.len() > MAX_EVENT_BYTES {
                // No bus would take it: it would never leave the outbox.
                let kind = event.kind.short();
                let bytes = item.body.len();
                return Err(StoreError::Rejected(format!("{kind} of {bytes} bytes, {MAX_EVENT_BYTES} at most")));
            }
            writes.push(Write::Put(item, Condition::None));
        }
        check_limits(&writes)?;
        self.store.transact(table, writes).await?;
        self.publish(table, events).await;
        Ok(())
    }

    /// Publishes events that were just committed, and deletes from the outbox of `table` those that were taken.
    async fn publish(&self, table: Table, events: Vec<Event>) {
        if events.is_empty() {
            return;
        }
        let taken = self.offer(table, events).await;
        if taken.is_empty() {
            return;
        }
        let deletes = taken.into_iter().map(|id| Write::Delete(outbox_key(id), Condition::None)).collect();
        if let Err(error) = self.store.transact(table, deletes).await {
            tracing::warn!(table = table.name, %error, "published events stay in the outbox, to be published again");
        }
    }

    /// Publishes again what waits in the outbox of `table`. What is not taken goes to the back of the queue; returns how many
    /// those were.
    pub async fn publish_again(&self, table: Table, waiting: Vec<Waiting>) -> Result<usize, StoreError> {
        let taken = self.offer(table, waiting.iter().map(|one| one.event.clone()).collect()).await;
        let (taken, left): (Vec<Waiting>, Vec<Waiting>) =
            waiting.into_iter().partition(|one| taken.contains(&one.event.id));
        let deletes: Vec<Write> = taken.into_iter().map(|one| Write::Delete(one.key, Condition::None)).collect();
        for chunk in deletes.chunks(MAX_WRITES) {
            self.store.transact(table, chunk.to_vec()).await?;
        }
        let left = if self.bus.keeps_what_it_has_not_taken() { Vec::new() } else { left };
        let now = Timestamp::of(self.clock.now());
        for one in &left {
            match self.store.transact(table, one.set_back(now)).await {
                // Another run took it meanwhile, and has published it.
                Err(error) if error.is_lost_race() => {}
                other => other?,
            }
        }
        Ok(left.len())
    }

    /// What the bus takes in time.
    async fn offer(&self, table: Table, events: Vec<Event>) -> Vec<EventId> {
        let Ok(taken) = tokio::time::timeout(PUBLISH_BUDGET, self.bus.publish(table, events)).await else {
            tracing::warn!(table = table.name, "publishing took too long; the outbox keeps the events");
            return Vec::new();
        };
        taken
    }
}

/// Gives a fact its id and time. The id is made from what the fact is about, so that one fact can't have two.
fn stamp(fact: Fact, now: jiff::Timestamp, trace: Option<&str>) -> Event {
    let identity = format!("{}/{}/{}", fact.kind.event_type(), fact.subject, fact.sequence);
    let digest = Sha256::digest(identity.as_bytes());
    let mut random = [0; 10];
    random.copy_from_slice(&digest[..10]);
    Event {
        id: EventId::generate(now, random),
        kind: fact.kind,
        subject: fact.subject,
        time: Timestamp::of(now),
        partition_key: fact.partition_key,
        sequence: fact.sequence,
        traceparent: trace.map(str::to_owned),
        data: fact.data,
    }
}
