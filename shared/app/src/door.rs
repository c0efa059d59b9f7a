//! The one door through which everything is committed, and what is told is published.

use std::{sync::Arc, time::Duration};

use domain::{Event, EventId, Timestamp};
use futures::future::BoxFuture;
use sha2::{Digest, Sha256};

use crate::{
    Changes, Clock, Condition, Fact, Item, Key, Store, StoreError, Table, Write, granted::check_limits, sharded,
};

/// How long publishing may hold up the reply: after that, what a bus took is forgotten and published again.
pub const PUBLISH_BUDGET: Duration = Duration::from_secs(1);

/// Carries events to their subscribers.
pub trait Bus: Send + Sync {
    /// Publishes what was committed to the outbox of `table`. Returns the events it has taken for good: the door then
    /// deletes them from the outbox. What it keeps responsibility for, or could not take, it leaves out; what is left
    /// in an outbox is published again by a sweep.
    fn publish(&self, table: Table, events: Vec<Event>) -> BoxFuture<'_, Vec<EventId>>;
}

/// Commits changes with their outbox items, and publishes them.
pub struct Door {
    store: Arc<dyn Store>,
    bus: Arc<dyn Bus>,
    clock: Arc<dyn Clock>,
}

impl Door {
    /// A door to this store and this bus.
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
        writes.extend(
            events.iter().map(|event| {
                Write::Put(Item::of(outbox_key(event.id), "outbox", event.sequence, event), Condition::None)
            }),
        );
        check_limits(&writes)?;
        self.store.transact(table, writes).await?;
        self.publish(table, events).await;
        Ok(())
    }

    /// Publishes events that stand in the outbox of `table`, and deletes those that were taken.
    pub async fn publish(&self, table: Table, events: Vec<Event>) {
        if events.is_empty() {
            return;
        }
        let Ok(taken) = tokio::time::timeout(PUBLISH_BUDGET, self.bus.publish(table, events)).await else {
            tracing::warn!(table = table.name, "publishing took too long; the outbox keeps the events");
            return;
        };
        if taken.is_empty() {
            return;
        }
        let deletes = taken.into_iter().map(|id| Write::Delete(outbox_key(id), Condition::None)).collect();
        if let Err(error) = self.store.transact(table, deletes).await {
            tracing::warn!(table = table.name, %error, "published events stay in the outbox, to be published again");
        }
    }
}

/// Where an event waits until it is published.
pub fn outbox_key(id: EventId) -> Key {
    let id = id.to_string();
    Key { pk: sharded("OUTBOX", &id), sk: id }
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
