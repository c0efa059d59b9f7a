//! One event to one subscriber: inbox, decision and effect in one transaction.

use std::{panic::AssertUnwindSafe, time::Instant};

use app::{Deadline, Failure, Store as _, StoreError, Trigger, inbox_key, inbox_record};
use domain::{Event, Timestamp};
use futures::FutureExt as _;

use crate::host::{Bound, Host};

/// How often a delivery is decided, again after each lost race, before it is left for later.
const ATTEMPTS: usize = 8;

/// How a delivery ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivered {
    /// Handled, now or before.
    Done,
    /// Not now.
    Retry(String),
    /// Not ever.
    Never(String),
}

impl Host {
    /// Delivers an event to a subscriber, idempotently: a duplicate has no second effect. A panic fails this one delivery.
    pub async fn deliver(&self, subscriber: &str, event: &Event) -> Delivered {
        let Some(bound) = self.bound(subscriber) else {
            return Delivered::Never(format!("there is no subscriber {subscriber}"));
        };
        let begun = Instant::now();
        let handling = AssertUnwindSafe(Deadline::within(bound.budget(), self.handle(bound, event)));
        let panicked = |_| Delivered::Retry(format!("{subscriber} panicked"));
        let delivered = handling.catch_unwind().await.unwrap_or_else(panicked);
        bound.calls.increment(1);
        bound.seconds.record(begun.elapsed());
        delivered
    }

    async fn handle(&self, bound: &Bound, event: &Event) -> Delivered {
        let Trigger::Subscriber { handle, .. } = bound.declaration.trigger else {
            return Delivered::Never(format!("{} subscribes to no events", bound.declaration.function.name));
        };
        let inbox = inbox_key(&event.id.to_string(), bound.declaration.function.name);
        let mut lost = None;
        for attempt in 0..ATTEMPTS {
            if attempt > 0 {
                self.after_lost_races(attempt).await;
            }
            match bound.store.get(bound.service.table, &inbox).await {
                Ok(None) => {}
                Ok(Some(_)) => return Delivered::Done,
                Err(error) => return Delivered::Retry(error.to_string()),
            }
            let error = match handle(&bound.context, &self.system, event).await {
                Ok(changes) if changes.is_empty() => return Delivered::Done,
                Ok(mut changes) => {
                    let now = Timestamp::of(self.dependencies.clock.now());
                    changes.writes.push(inbox_record(inbox.clone(), event.sequence, now));
                    match self.commit(bound, changes, event.traceparent.as_deref()).await {
                        Ok(()) => return Delivered::Done,
                        Err(error) => error,
                    }
                }
                Err(Failure::Store(error)) => error,
                Err(Failure::Retry(reason)) => return Delivered::Retry(reason),
                Err(Failure::Never(reason)) => return Delivered::Never(reason),
            };
            match ending(error) {
                Ok(race) => lost = Some(race),
                Err(delivered) => return delivered,
            }
        }
        Delivered::Retry(lost.unwrap_or_default())
    }
}

/// After a lost race it is decided again; what the store will never take is not tried again; all else is for later.
fn ending(error: StoreError) -> Result<String, Delivered> {
    match error {
        StoreError::Condition { .. } | StoreError::Conflict => Ok(error.to_string()),
        StoreError::Rejected(_) | StoreError::Corrupt { .. } | StoreError::Denied { .. } => {
            Err(Delivered::Never(error.to_string()))
        }
        StoreError::Unknown | StoreError::Throttled | StoreError::Unavailable(_) => {
            Err(Delivered::Retry(error.to_string()))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use app::{
        Audit, Bus, Changes, Condition, Context, Declaration, Fact, Function, Index, Item, Key, Keys, Service,
        Subscriber, System, Table,
    };
    use domain::{EventId, Kind, OrderId, OrderKind, Timestamp};
    use futures::future::{BoxFuture, join_all};
    use testing::{MemoryStore, NOON, SeededRandom, TestClock};
    use tokio::sync::{Notify, Semaphore};

    use super::*;
    use crate::{Options, Ports};

    const TABLE: Table = Table::new("echoes", &[Index("due")]);

    /// Publishes what it receives.
    #[derive(schemars::JsonSchema)]
    struct Echo;

    impl Subscriber for Echo {
        const FUNCTION: Function = Function::new("echo").writes(TABLE);
        type Data = serde_json::Value;
        const SUBSCRIBES_TO: &'static [Kind] = &[Kind::Order(OrderKind::Ready)];

        async fn handle(_: &Context, _: &System, event: &Event) -> Result<Changes, Failure> {
            Ok(Changes::none().publish(Fact::new(event.kind, order(), order(), 2, &())))
        }
    }

    /// Counts the events it handles, in one item that everybody races for.
    #[derive(schemars::JsonSchema)]
    struct Count;

    impl Subscriber for Count {
        const FUNCTION: Function = Function::new("count").gets(TABLE).writes(TABLE);
        type Data = serde_json::Value;
        const SUBSCRIBES_TO: &'static [Kind] = &[Kind::Order(OrderKind::Ready)];

        async fn handle(context: &Context, _: &System, _: &Event) -> Result<Changes, Failure> {
            let counted = counted(context).await?;
            // Everybody has read before anybody writes.
            tokio::task::yield_now().await;
            let condition = if counted == 0 { Condition::Absent } else { Condition::Version(counted) };
            Ok(Changes::none().put(Item::of(counter(), "counter", counted + 1, &()), condition))
        }
    }

    fn counter() -> Key {
        Key::new("COUNTER", "COUNTER")
    }

    async fn counted(context: &Context) -> Result<u64, StoreError> {
        Ok(context.store().get(TABLE, &counter()).await?.map_or(0, |item| item.version))
    }

    const SERVICE: Service = Service {
        name: "echoes",
        about: "",
        table: TABLE,
        functions: &[Declaration::subscriber::<Echo>(), Declaration::subscriber::<Count>()],
        settings: &[],
        stored: &[],
        audit: Audit::NONE,
    };

    fn order() -> OrderId {
        OrderId::from_uuid(testing::user_id(1).uuid())
    }

    /// A bus that takes its time.
    struct Slow {
        asked: Notify,
        open: Semaphore,
        published: Mutex<Vec<Event>>,
    }

    impl Bus for Slow {
        fn publish(&self, _table: Table, events: Vec<Event>) -> BoxFuture<'_, Vec<EventId>> {
            Box::pin(async move {
                self.asked.notify_one();
                let _open = self.open.acquire().await;
                let ids = events.iter().map(|event| event.id).collect();
                self.published.lock().unwrap().extend(events);
                ids
            })
        }
    }

    fn host(bus: Arc<dyn Bus>) -> Host {
        let ports = Ports {
            store: Arc::new(MemoryStore::default()),
            bus,
            clock: Arc::new(TestClock::at(NOON)),
            random: Arc::new(SeededRandom::new(1)),
            keys: Arc::new(Keys::default()),
            http: Arc::new(testing::Outside::silent()),
        };
        Host::new(&[SERVICE], ports, Options::default())
    }

    fn event(number: u8) -> Event {
        let now: Timestamp = NOON.parse().unwrap();
        Event {
            id: EventId::generate(now.jiff(), [number; 10]),
            kind: Kind::Order(OrderKind::Ready),
            subject: order().to_string(),
            time: now,
            partition_key: order().to_string(),
            sequence: number.into(),
            traceparent: None,
            data: serde_json::json!({}),
        }
    }

    /// How many events are delivered at once.
    const BURST: u8 = 40;

    #[tokio::test(start_paused = true)]
    async fn a_burst_on_one_counter_is_counted_to_the_last() {
        let host = host(Arc::new(testing::Recorder::default()));
        let events: Vec<Event> = (0..BURST).map(event).collect();
        let delivered = join_all(events.iter().map(|event| host.deliver("count", event))).await;
        assert!(delivered.iter().all(|one| matches!(one, Delivered::Done)), "{delivered:?}");
        let context = host.context_of("count").unwrap();
        assert_eq!(counted(context).await.unwrap(), u64::from(BURST));
    }

    #[tokio::test]
    async fn what_was_committed_is_published_though_nobody_waits_any_more() {
        let bus = Arc::new(Slow { asked: Notify::new(), open: Semaphore::new(0), published: Mutex::default() });
        let host = host(bus.clone());
        let event = event(1);
        tokio::select! {
            delivered = host.deliver("echo", &event) => panic!("{delivered:?} before it was published"),
            // The one who waited hangs up.
            () = bus.asked.notified() => {}
        }
        bus.open.add_permits(1);
        while bus.published.lock().unwrap().is_empty() {
            tokio::task::yield_now().await;
        }
    }
}
