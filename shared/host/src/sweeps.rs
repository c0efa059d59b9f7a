//! One run of a scheduled function: everything that is due, each decided as an endpoint would, or what has no deadline; and what
//! the outbox still holds.

use std::{collections::HashMap, ops::Add, panic::AssertUnwindSafe, time::Duration};

use app::{
    Condition, Failure, Index, Item, Key, Query, Run, SHARDS, Store as _, StoreError, Trigger, Waiting, Write,
    due_query, outbox, query_shards,
};
use domain::Timestamp;
use futures::FutureExt as _;
use serde::{Deserialize, Serialize};

use crate::host::{Bound, Host};

/// How often one thing due is decided, again after each lost race.
const ATTEMPTS: usize = 5;
/// How many things due one run handles before it gives way to the next run.
const MAX_DUE: usize = 1000;
/// The first backoff of what could not be handled, in seconds; doubled each time in a row.
const FIRST_WAIT_S: i64 = 10;
/// The longest backoff, in seconds.
const LONGEST_WAIT_S: i64 = 300;
/// How long a setback is remembered after its backoff, in seconds.
const SETBACK_LIFE_S: i64 = 24 * 3600;
/// The grace period of an outbox item before a sweep publishes it again, in seconds: younger ones are being published.
const OUTBOX_GRACE_S: i64 = 30;

/// What a run did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// How many were due.
    pub due: usize,
    /// How many of those could not be handled; they stay due.
    pub failed: usize,
    /// How many events were published again.
    pub republished: usize,
    /// How many of those were not taken.
    pub left: usize,
    /// How many events can't be read, and are set aside.
    pub unreadable: usize,
}

/// The backoff of a thing due that could not be handled.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Setback {
    /// How often in a row.
    attempts: u32,
    /// Until when.
    until: Timestamp,
}

impl Setback {
    /// Where it is kept.
    fn key(of: &Key) -> Key {
        Key::new(format!("SETBACK#{}", of.pk), &of.sk)
    }

    fn after(earlier: Option<&Self>, now: Timestamp) -> Self {
        let attempts = earlier.map_or(0, |earlier| earlier.attempts).saturating_add(1);
        Self { attempts, until: now.plus_seconds(outbox::doubled_s(FIRST_WAIT_S, attempts, LONGEST_WAIT_S)) }
    }
}

impl Add for Swept {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            due: self.due + other.due,
            failed: self.failed + other.failed,
            republished: self.republished + other.republished,
            left: self.left + other.left,
            // They are counted each time.
            unreadable: self.unreadable.max(other.unreadable),
        }
    }
}

impl Host {
    /// Runs a scheduled function once, and relays the outbox of its service.
    pub async fn sweep(&self, name: &str) -> Result<Swept, StoreError> {
        let Some(bound) = self.bound(name) else { return Ok(Swept::default()) };
        let now = Timestamp::of(self.dependencies.clock.now());
        let swept = match bound.declaration.trigger {
            Trigger::Sweep { due, .. } => self.sweep_due(bound, due, now).await?,
            Trigger::Schedule { run: Some(run), .. } => self.run(bound, run).await,
            Trigger::Schedule { run: None, .. } => Swept::default(),
            Trigger::Endpoint(_) | Trigger::Subscriber { .. } => return Ok(Swept::default()),
        };
        let swept = swept + self.republish(bound, now).await?;
        bound.calls.increment(1);
        Ok(swept)
    }

    /// Does what is to be done now. A failure or a panic is counted, and left to the next run.
    async fn run(&self, bound: &Bound, run: Run) -> Swept {
        let work = async {
            let changes = run(&bound.context, &self.system).await?;
            self.commit(bound, changes, None).await.map_err(Failure::Store)
        };
        let panicked = |_| Err(Failure::Retry("it panicked".to_owned()));
        let Err(failure) = AssertUnwindSafe(work).catch_unwind().await.unwrap_or_else(panicked) else {
            return Swept::default();
        };
        let function = bound.declaration.function.name;
        tracing::error!(function, %failure, "what is scheduled was not done");
        Swept { failed: 1, ..Swept::default() }
    }

    /// Everything that is due, each decided as an endpoint would.
    async fn sweep_due(&self, bound: &Bound, due: Index, now: Timestamp) -> Result<Swept, StoreError> {
        let mut swept = Swept::default();
        // A deadline has passed at its second, so everything before the next one is due.
        let mut query = due_query(due).before(now.plus_seconds(1));
        while swept.due < MAX_DUE {
            let page = query_shards(&bound.store, bound.service.table, &query).await?;
            let setbacks = self.setbacks(bound, &page.items).await?;
            for item in &page.items {
                let earlier = setbacks.get(&Setback::key(&item.key));
                if earlier.is_some_and(|earlier| earlier.until > now) {
                    continue;
                }
                swept.due += 1;
                let deciding = AssertUnwindSafe(self.decide_due(bound, &item.key)).catch_unwind();
                let panicked = |_| Err(Failure::Retry("it panicked".to_owned()));
                if let Err(failure) = deciding.await.unwrap_or_else(panicked) {
                    swept.failed += 1;
                    let function = bound.declaration.function.name;
                    tracing::error!(function, %failure, key = item.key.pk, "what is due was not handled");
                    self.set_back(bound, &item.key, Setback::after(earlier, now)).await?;
                }
            }
            let Some(next) = page.next else { break };
            query = query.after(Some(next));
        }
        Ok(swept)
    }

    /// Runs a scheduled function, and a sweep again at each deadline that falls within `window`: where a scheduler calls once a minute, waiting
    /// for what is due sooner. Returns what it did, in sum.
    pub async fn sweep_through(&self, sweep: &str, window: Duration) -> Result<Swept, StoreError> {
        let until =
            Timestamp::of(self.dependencies.clock.now()).plus_seconds(i64::try_from(window.as_secs()).unwrap_or(0));
        let mut sum = self.sweep(sweep).await?;
        loop {
            let now = Timestamp::of(self.dependencies.clock.now());
            let Some(next) = self.next_due(sweep, now).await?.filter(|next| *next <= until) else { return Ok(sum) };
            let wait = u64::try_from(now.seconds_until(next)).unwrap_or(0);
            tokio::time::sleep(Duration::from_secs(wait)).await;
            sum = sum + self.sweep(sweep).await?;
        }
    }

    /// The first deadline after `now`. What is due already and could not be handled waits for the next run.
    async fn next_due(&self, sweep: &str, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        let Some(bound) = self.bound(sweep) else { return Ok(None) };
        let Trigger::Sweep { due, .. } = bound.declaration.trigger else { return Ok(None) };
        let query = due_query(due).from(now.plus_seconds(1)).limit(1);
        let page = query_shards(&bound.store, bound.service.table, &query).await?;
        Ok(page.sort_keys.first().and_then(|key| key.split('#').next()).and_then(|time| time.parse().ok()))
    }

    async fn decide_due(&self, bound: &Bound, key: &Key) -> Result<(), Failure> {
        let Trigger::Sweep { decide, .. } = bound.declaration.trigger else { return Ok(()) };
        let mut lost = Failure::Store(StoreError::Conflict);
        for attempt in 0..ATTEMPTS {
            if attempt > 0 {
                self.after_lost_races(attempt).await;
            }
            let result = match decide(&bound.context, &self.system, key).await {
                Ok(changes) => self.commit(bound, changes, None).await.map_err(Failure::Store),
                Err(failure) => Err(failure),
            };
            match result {
                Err(Failure::Store(error)) if error.is_lost_race() => lost = Failure::Store(error),
                other => return other,
            }
        }
        Err(lost)
    }

    /// The backoffs of those that could not be handled before.
    async fn setbacks(&self, bound: &Bound, due: &[Item]) -> Result<HashMap<Key, Setback>, StoreError> {
        if due.is_empty() {
            return Ok(HashMap::new());
        }
        let keys: Vec<Key> = due.iter().map(|item| Setback::key(&item.key)).collect();
        let found = bound.store.get_many(bound.service.table, &keys).await?;
        found.into_iter().map(|item| Ok((item.key.clone(), item.read()?))).collect()
    }

    async fn set_back(&self, bound: &Bound, key: &Key, setback: Setback) -> Result<(), StoreError> {
        let item = Item::of(Setback::key(key), "setback", u64::from(setback.attempts), &setback);
        let item = item.expires_at(setback.until.as_second() + SETBACK_LIFE_S);
        bound.store.transact(bound.service.table, vec![Write::Put(item, Condition::None)]).await
    }

    /// Publishes again what earlier commits left in the outbox, what was never tried first. What can't be read is set aside.
    async fn republish(&self, bound: &Bound, now: Timestamp) -> Result<Swept, StoreError> {
        let function = bound.declaration.function.name;
        let table = bound.service.table;
        let mut swept = Swept::default();
        for shard in 0..SHARDS {
            let mut waiting = Vec::new();
            for query in [outbox::fresh(shard), outbox::set_back(shard, now)] {
                for item in bound.store.query(table, &query).await?.items {
                    match Waiting::of(&item) {
                        Ok(one) => waiting.push(one),
                        Err(error) => {
                            tracing::error!(function, %error, "an event can't be read; it is set aside");
                            bound.store.transact(table, outbox::set_aside(&item)).await?;
                        }
                    }
                }
            }
            waiting.retain(|one| one.event.time.plus_seconds(OUTBOX_GRACE_S) <= now);
            if waiting.is_empty() {
                continue;
            }
            swept.republished += waiting.len();
            swept.left += self.dependencies.committer.publish_again(table, waiting).await?;
        }
        let unreadable = bound.store.query(table, &Query::partition(outbox::UNREADABLE)).await?;
        swept.unreadable = unreadable.items.len();
        if swept.left > 0 {
            tracing::warn!(function, events = swept.left, "events were not taken again; they wait longer each time");
        }
        if swept.unreadable > 0 {
            tracing::error!(function, events = swept.unreadable, "events that can't be read are set aside");
        }
        metrics::gauge!("tiffin_outbox_left", "table" => table.name).set(gauge(swept.left));
        metrics::gauge!("tiffin_outbox_unreadable", "table" => table.name).set(gauge(swept.unreadable));
        Ok(swept)
    }
}

#[expect(clippy::cast_precision_loss, reason = "a page of them at most, of each shard")]
const fn gauge(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests;
