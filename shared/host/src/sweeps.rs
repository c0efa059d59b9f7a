//! One run of a sweep: everything that is due, each decided as an endpoint would; and what the outbox still holds.

use std::{ops::Add, panic::AssertUnwindSafe, time::Duration};

use app::{Failure, Key, Query, SHARDS, Store as _, StoreError, Trigger, query_shards};
use domain::{Event, Timestamp};
use futures::FutureExt as _;

use crate::host::{Bound, Host};

/// How often one thing due is decided anew after losing a race.
const ATTEMPTS: usize = 5;
/// How many things due one run deals with before it gives way to the next run.
const MAX_DUE: usize = 1000;
/// How old an outbox item must be for a sweep to publish it again, in seconds: younger ones are being published.
const OUTBOX_GRACE_S: i64 = 30;

/// What a run did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// How many were due.
    pub due: usize,
    /// How many of those could not be dealt with; they stay due.
    pub failed: usize,
    /// How many events were published again.
    pub republished: usize,
}

impl Add for Swept {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            due: self.due + other.due,
            failed: self.failed + other.failed,
            republished: self.republished + other.republished,
        }
    }
}

impl Host {
    /// Runs a sweep once.
    pub async fn sweep(&self, sweep: &str) -> Result<Swept, StoreError> {
        let mut swept = Swept::default();
        let Some(bound) = self.bound(sweep) else { return Ok(swept) };
        let Trigger::Sweep { due, .. } = bound.declaration.trigger else { return Ok(swept) };
        let now = Timestamp::of(self.parts.clock.now());
        // A deadline has passed at its second, so everything before the next one is due.
        let mut query = Query::index(due, "DUE").before(now.plus_seconds(1));
        while swept.due < MAX_DUE {
            let page = query_shards(&bound.store, bound.service.table, &query).await?;
            for item in &page.items {
                swept.due += 1;
                let deciding = AssertUnwindSafe(self.decide_due(bound, &item.key)).catch_unwind();
                let panicked = |_| Err(Failure::Retry("it panicked".to_owned()));
                if let Err(failure) = deciding.await.unwrap_or_else(panicked) {
                    swept.failed += 1;
                    let function = bound.declaration.function.name;
                    tracing::error!(function, %failure, key = item.key.pk, "what is due was not dealt with");
                }
            }
            let Some(next) = page.next else { break };
            query = query.after(Some(next));
        }
        swept.republished = self.republish(bound, now).await?;
        bound.calls.increment(1);
        Ok(swept)
    }

    /// Runs a sweep, and again at each deadline that falls within `window`: where a scheduler calls once a minute, waiting
    /// for what is due sooner. Returns what it did, in sum.
    pub async fn sweep_through(&self, sweep: &str, window: Duration) -> Result<Swept, StoreError> {
        let until = Timestamp::of(self.parts.clock.now()).plus_seconds(i64::try_from(window.as_secs()).unwrap_or(0));
        let mut sum = self.sweep(sweep).await?;
        loop {
            let now = Timestamp::of(self.parts.clock.now());
            let Some(next) = self.next_due(sweep, now).await?.filter(|next| *next <= until) else { return Ok(sum) };
            let wait = u64::try_from(now.seconds_until(next)).unwrap_or(0);
            tokio::time::sleep(Duration::from_secs(wait)).await;
            sum = sum + self.sweep(sweep).await?;
        }
    }

    /// The first deadline after `now`. What is due already and could not be dealt with waits for the next run.
    async fn next_due(&self, sweep: &str, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        let Some(bound) = self.bound(sweep) else { return Ok(None) };
        let Trigger::Sweep { due, .. } = bound.declaration.trigger else { return Ok(None) };
        let query = Query::index(due, "DUE").from(now.plus_seconds(1)).limit(1);
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

    /// Publishes again what earlier commits left in the outbox.
    async fn republish(&self, bound: &Bound, now: Timestamp) -> Result<usize, StoreError> {
        let mut count = 0;
        for shard in 0..SHARDS {
            let query = Query::partition(format!("OUTBOX#{shard:02}"));
            let page = bound.store.query(bound.service.table, &query).await?;
            let events = page.items.iter().map(app::Item::read).collect::<Result<Vec<Event>, _>>()?;
            let left: Vec<Event> =
                events.into_iter().filter(|event| event.time.plus_seconds(OUTBOX_GRACE_S) <= now).collect();
            count += left.len();
            self.parts.door.publish(bound.service.table, left).await;
        }
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use app::{
        Changes, Condition, Context, Declaration, Function, Index, Item, Keys, Service, Store, Sweep, System, Table,
        Write, due_key,
    };
    use testing::{MemoryStore, NOON, SeededRandom, TestClock};

    use super::*;
    use crate::{Options, Ports};

    const DUE: Index = Index("due");
    const TABLE: Table = Table::new("fragile", &[DUE]);

    /// Deletes what is due, and panics at what is fragile.
    #[derive(schemars::JsonSchema)]
    struct Fragile;

    impl Sweep for Fragile {
        const FUNCTION: Function = Function::new("fragile").writes(TABLE);
        const TABLE: Table = TABLE;
        const DUE: Index = DUE;

        async fn decide(_: &Context, _: &System, key: &Key) -> Result<Changes, Failure> {
            assert_ne!(key.pk, "fragile", "planted");
            Ok(Changes::none().delete(key.clone(), Condition::Exists))
        }
    }

    const SERVICE: Service = Service {
        name: "fragile",
        about: "",
        table: TABLE,
        functions: &[Declaration::sweep::<Fragile>()],
        settings: &[],
    };

    async fn host_with(keys: &[&str]) -> (Host, Arc<dyn Store>) {
        let store: Arc<dyn Store> = Arc::new(MemoryStore::default());
        let clock = Arc::new(TestClock::at(NOON));
        let now = Timestamp::of(app::Clock::now(&*clock));
        let items = keys.iter().map(|key| {
            let item = Item::of(Key::new(key, "THING"), "thing", 1, &());
            Write::Put(due_key(item, DUE, Some(now)), Condition::None)
        });
        store.transact(TABLE, items.collect()).await.unwrap();
        let ports = Ports {
            store: store.clone(),
            bus: Arc::new(testing::Recorder::default()),
            clock,
            random: Arc::new(SeededRandom::new(1)),
            keys: Arc::new(Keys::from_pairs(&Keys::generate().unwrap()).unwrap()),
        };
        (Host::new(&[SERVICE], ports, Options::default()), store)
    }

    #[tokio::test]
    async fn a_panic_fails_what_it_was_about_and_nothing_else() {
        let (host, store) = host_with(&["fragile", "one", "two"]).await;
        assert_eq!(host.sweep("fragile").await.unwrap(), Swept { due: 3, failed: 1, republished: 0 });
        let left = async |key: &str| store.get(TABLE, &Key::new(key, "THING")).await.unwrap().is_some();
        assert!(left("fragile").await);
        assert!(!left("one").await);
        assert!(!left("two").await);
    }
}
