//! The dispatcher: the bus of the local process. The services' outboxes are its queue.
//!
//! After a commit it receives the new events, delivers each to every subscriber, one at a time per `partitionkey`, and
//! deletes it from its outbox once all have handled it. A failed delivery leaves a retry, in the end a dead letter, and
//! holds up no other. At start it reads what the outboxes still hold: delivery is at least once, across restarts too.

use std::{
    collections::{HashMap, HashSet, VecDeque, hash_map::Entry},
    panic::AssertUnwindSafe,
    sync::Arc,
};

use app::{Bus, Clock, Condition, Key, Query, Service, Store, StoreError, Table, Write, outbox, outbox_key};
use domain::{Event, EventId, Timestamp, UserKind};
use futures::{
    FutureExt as _,
    future::{BoxFuture, join_all},
};
use host::{Delivered, Host};
use serde_json::Value;
use tokio::sync::{RwLock, RwLockWriteGuard, Semaphore, broadcast, mpsc, watch};

use crate::{
    dead_letters,
    retry::{self, DISPATCHER, DUE, RETRIES, Retry},
    terminal,
};

/// How many events are delivered at once, each of another partition.
const MAX_RUNNING: usize = 256;
/// How often a delivery is tried before it becomes a dead letter.
const MAX_ATTEMPTS: u32 = 10;
/// The backoff before the second attempt, in seconds; doubled for each one after.
const FIRST_BACKOFF_S: i64 = 1;
/// The longest backoff, in seconds.
const LONGEST_BACKOFF_S: i64 = 300;
/// The most outbox items deleted in one transaction.
const MAX_DELETES: usize = 100;
/// How many events a listener may lag behind.
const LISTENER_LAG: usize = 4096;

/// The bus that operations publish to.
pub struct LocalBus {
    queue: mpsc::UnboundedSender<Message>,
    pending: watch::Sender<usize>,
    listeners: broadcast::Sender<Event>,
}

/// What [`LocalBus`] puts events into and [`Dispatcher`] takes them out of.
pub struct Queue(mpsc::UnboundedReceiver<Message>);

enum Message {
    Published { table: Table, events: Vec<Event> },
    Finished { partition: String, event: EventId },
}

/// An event that waits for its turn.
struct Job {
    table: Table,
    event: Event,
}

impl LocalBus {
    /// A bus and the queue behind it.
    pub fn new() -> (Arc<Self>, Queue) {
        let (queue, messages) = mpsc::unbounded_channel();
        let (pending, _) = watch::channel(0);
        let (listeners, _) = broadcast::channel(LISTENER_LAG);
        (Arc::new(Self { queue, pending, listeners }), Queue(messages))
    }

    /// Waits until everything published so far was delivered to all its subscribers. What failed waits for its retry.
    pub async fn idle(&self) {
        // The sender lives as long as `self`, so waiting can't fail.
        drop(self.pending.subscribe().wait_for(|count| *count == 0).await);
    }

    /// Every event from now on, as it is published. A listener that lags far behind misses some.
    pub fn listen(&self) -> broadcast::Receiver<Event> {
        self.listeners.subscribe()
    }

    fn enqueue(&self, table: Table, events: Vec<Event>) {
        self.pending.send_modify(|count| *count += events.len());
        let count = events.len();
        if self.queue.send(Message::Published { table, events }).is_err() {
            self.pending.send_modify(|pending| *pending -= count);
        }
    }
}

impl Bus for LocalBus {
    /// Takes nothing off the outbox: an event stays there until every subscriber has handled it.
    fn publish(&self, table: Table, events: Vec<Event>) -> BoxFuture<'_, Vec<EventId>> {
        if self.listeners.receiver_count() > 0 {
            for event in &events {
                // Nobody listening any more is no failure.
                drop(self.listeners.send(event.clone()));
            }
        }
        self.enqueue(table, events);
        Box::pin(async { Vec::new() })
    }

    fn keeps_what_it_has_not_taken(&self) -> bool {
        true
    }
}

/// Delivers events to subscribers.
pub struct Dispatcher {
    host: Arc<Host>,
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    bus: Arc<LocalBus>,
    running: Semaphore,
    gate: RwLock<()>,
    taken: mpsc::UnboundedSender<(Table, EventId)>,
}

impl Dispatcher {
    /// Starts delivering, first what the outboxes of `services` still hold.
    pub async fn start(
        host: Arc<Host>,
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        bus: Arc<LocalBus>,
        Queue(messages): Queue,
        services: &[Service],
    ) -> Result<Arc<Self>, StoreError> {
        let (taken, deletions) = mpsc::unbounded_channel();
        let running = Semaphore::new(MAX_RUNNING);
        let dispatcher = Arc::new(Self { host, store, clock, bus, running, gate: RwLock::default(), taken });
        for service in services {
            let left = dispatcher.left_in_outbox(service.table).await?;
            dispatcher.bus.enqueue(service.table, left);
        }
        tokio::spawn(coordinate(dispatcher.clone(), messages));
        tokio::spawn(delete_taken(dispatcher.store.clone(), deletions));
        Ok(dispatcher)
    }

    /// Holds back every delivery until the guard is dropped: for tests in which a request must cross an event.
    pub async fn hold(&self) -> RwLockWriteGuard<'_, ()> {
        self.gate.write().await
    }

    /// Retries what is due. Returns how many deliveries that were.
    pub async fn retry_due(&self) -> Result<usize, StoreError> {
        let now = Timestamp::of(self.clock.now());
        let query = Query::index(DUE, RETRIES).before(now.plus_seconds(1));
        let due = self.store.query(DISPATCHER, &query).await?.items;
        let outcomes = join_all(due.iter().map(|item| self.retry(&item.key, now))).await;
        outcomes.into_iter().collect::<Result<Vec<()>, _>>()?;
        Ok(due.len())
    }

    async fn left_in_outbox(&self, table: Table) -> Result<Vec<Event>, StoreError> {
        let mut events = Vec::new();
        let mut query = outbox::outbox_query();
        loop {
            let page = app::query_shards(&*self.store, table, &query).await?;
            for item in &page.items {
                match item.read::<Event>() {
                    Ok(event) => events.push(event),
                    Err(error) => {
                        tracing::error!(%error, table = table.name, "an event can't be read; it is set aside");
                        self.store.transact(table, outbox::set_aside(item)).await?;
                    }
                }
            }
            let Some(next) = page.next else { return Ok(events) };
            query = query.after(Some(next));
        }
    }

    /// Delivers one event to all its subscribers at once, then has it deleted from its outbox.
    async fn deliver(&self, job: &Job) {
        let _open = self.gate.read().await;
        let event = &job.event;
        terminal::print_event(event);
        if let Err(error) = self.erase_of(event).await {
            tracing::error!(%error, event = %event.id, "what waits for a retry is not redacted yet; the event stays in its outbox");
            return;
        }
        let deliveries = self
            .host
            .subscribers_of(event)
            .into_iter()
            .map(|subscriber| async move { self.record(Retry::first(event.clone(), subscriber), None).await });
        let recorded: Result<Vec<()>, StoreError> = join_all(deliveries).await.into_iter().collect();
        match recorded {
            // The receiver lives as long as the process; without it nothing is deleted, and nothing is lost.
            Ok(_) => drop(self.taken.send((job.table, event.id))),
            Err(error) => tracing::error!(%error, event = %event.id, "an event stays in its outbox"),
        }
    }

    /// An account is gone: so is what waits, and what was given up, of that person.
    async fn erase_of(&self, event: &Event) -> Result<(), StoreError> {
        match event.subject.parse() {
            Ok(user) if event.kind == UserKind::Deleted => {
                retry::erase(&*self.store, user, Timestamp::of(self.clock.now())).await
            }
            _ => Ok(()),
        }
    }

    async fn retry(&self, key: &Key, now: Timestamp) -> Result<(), StoreError> {
        let Some(item) = self.store.get(DISPATCHER, key).await? else { return Ok(()) };
        match item.read() {
            Ok(retry) => self.record(retry, Some(item.version)).await?,
            // A newer version's, before a rollback: it can be replayed once that is back.
            Err(StoreError::Corrupt { source, .. }) => {
                let retry: Retry<Value> = item.read()?;
                let retry = Retry { reason: source.to_string(), ..retry };
                tracing::error!(reason = retry.reason, key = key.pk, "a delivery can't be retried");
                self.store.transact(DISPATCHER, dead_letters::into_dead_letter(key.clone(), retry, now)).await?;
            }
            Err(error) => return Err(error),
        }
        tracing::debug!(%now, key = key.pk, "retried");
        Ok(())
    }

    /// Delivers once, and records a failure as a retry or a dead letter. `stored` is the version of the retry it came from.
    async fn record(&self, mut retry: Retry, stored: Option<u64>) -> Result<(), StoreError> {
        let (reason, again) = match self.host.deliver(&retry.subscriber, &retry.event).await {
            Delivered::Done if stored.is_none() => return Ok(()),
            Delivered::Done => {
                return self.store.transact(DISPATCHER, vec![Write::Delete(retry.key(), Condition::None)]).await;
            }
            Delivered::Retry(reason) => (reason, retry.attempts + 1 < MAX_ATTEMPTS),
            Delivered::Never(reason) => (reason, false),
        };
        retry.attempts += 1;
        retry.reason = reason;
        let Retry { subscriber, attempts, reason, event } = &retry;
        tracing::warn!(subscriber, event = event.kind.short(), id = %event.id, attempts, reason, again, "a delivery failed");
        let now = Timestamp::of(self.clock.now());
        let key = retry.key();
        let data = event.data.to_string();
        let writes = if again {
            vec![Write::Put(retry.due(now.plus_seconds(backoff_s(retry.attempts))), Condition::None)]
        } else {
            let Retry { subscriber, attempts, reason, ref event } = retry;
            let event = serde_json::to_value(event).expect("our own types serialise");
            dead_letters::into_dead_letter(key, Retry { subscriber, attempts, reason, event }, now)
        };
        self.store.transact(DISPATCHER, writes).await?;
        for user in host::dead_letters::erased_of(&*self.store, DISPATCHER, &data).await? {
            retry::erase(&*self.store, user, now).await?;
        }
        Ok(())
    }
}

/// Runs events of one partition in order, and different partitions side by side.
async fn coordinate(dispatcher: Arc<Dispatcher>, mut messages: mpsc::UnboundedReceiver<Message>) {
    let mut waiting: HashMap<String, VecDeque<Job>> = HashMap::new();
    let mut known: HashSet<EventId> = HashSet::new();
    while let Some(message) = messages.recv().await {
        match message {
            Message::Published { table, events } => {
                for event in events {
                    if !known.insert(event.id) {
                        dispatcher.bus.pending.send_modify(|count| *count -= 1);
                        continue;
                    }
                    match waiting.entry(event.partition_key.clone()) {
                        Entry::Occupied(mut queue) => queue.get_mut().push_back(Job { table, event }),
                        Entry::Vacant(place) => {
                            place.insert(VecDeque::new());
                            run(&dispatcher, Job { table, event });
                        }
                    }
                }
            }
            Message::Finished { partition, event } => {
                known.remove(&event);
                match waiting.get_mut(&partition).and_then(VecDeque::pop_front) {
                    Some(next) => run(&dispatcher, next),
                    None => drop(waiting.remove(&partition)),
                }
                dispatcher.bus.pending.send_modify(|count| *count -= 1);
            }
        }
    }
}

fn run(dispatcher: &Arc<Dispatcher>, job: Job) {
    let dispatcher = dispatcher.clone();
    tokio::spawn(async move {
        if let Ok(_turn) = dispatcher.running.acquire().await
            && AssertUnwindSafe(dispatcher.deliver(&job)).catch_unwind().await.is_err()
        {
            tracing::error!(event = %job.event.id, "delivering panicked; the event stays in its outbox");
        }
        let finished = Message::Finished { partition: job.event.partition_key, event: job.event.id };
        // The coordinator ends only with the process.
        drop(dispatcher.bus.queue.send(finished));
    });
}

/// Deletes delivered events from their outboxes, as many at once as there are.
async fn delete_taken(store: Arc<dyn Store>, mut taken: mpsc::UnboundedReceiver<(Table, EventId)>) {
    let mut batch = Vec::new();
    while taken.recv_many(&mut batch, MAX_DELETES).await > 0 {
        let mut by_table: HashMap<Table, Vec<Write>> = HashMap::new();
        for (table, id) in batch.drain(..) {
            by_table.entry(table).or_default().push(Write::Delete(outbox_key(id), Condition::None));
        }
        for (table, deletes) in by_table {
            if let Err(error) = store.transact(table, deletes).await {
                tracing::warn!(%error, table = table.name, "delivered events stay in the outbox, and are delivered again");
            }
        }
    }
}

/// How long to wait after this many attempts, in seconds.
fn backoff_s(attempts: u32) -> i64 {
    outbox::doubled_s(FIRST_BACKOFF_S, attempts, LONGEST_BACKOFF_S)
}

#[cfg(test)]
mod tests {
    use app::{Audit, Changes, Committer, Context, Declaration, Fact, Failure, Function, Keys, Subscriber, System};
    use domain::{Kind, OrderKind};
    use host::{DeadLetter, Options, Ports, dead_letters::list};
    use testing::{MemoryStore, NOON, SeededRandom, TestClock};

    use super::*;
    use app::Item;

    /// Subscribes to orders, and panics at the first version of each.
    #[derive(schemars::JsonSchema)]
    struct Fragile;

    impl Subscriber for Fragile {
        const FUNCTION: Function = Function::new("fragile");
        type Data = serde_json::Value;
        const SUBSCRIBES_TO: &'static [Kind] = &[Kind::Order(OrderKind::Placed)];

        async fn handle(_: &Context, _: &System, event: &Event) -> Result<Changes, Failure> {
            assert_ne!(event.sequence, 1, "planted");
            Ok(Changes::none())
        }
    }

    const FRAGILE: Service = Service {
        name: "fragile",
        about: "",
        table: Table::new("fragile", &[]),
        functions: &[Declaration::subscriber::<Fragile>()],
        settings: &[],
        stored: &[],
        audit: Audit::NONE,
    };

    /// Starts over this store; returns the dispatcher and a committer.
    async fn started(store: Arc<dyn Store>) -> (Arc<Dispatcher>, Committer) {
        let clock = Arc::new(TestClock::at(NOON));
        let (bus, queue) = LocalBus::new();
        let ports = Ports {
            store: store.clone(),
            bus: bus.clone(),
            clock: clock.clone(),
            random: Arc::new(SeededRandom::new(1)),
            keys: Arc::new(Keys::default()),
            http: Arc::new(testing::Outside::silent()),
        };
        let host = Arc::new(Host::new(&[FRAGILE], ports, Options::default()));
        let started = Dispatcher::start(host, store.clone(), clock.clone(), bus.clone(), queue, &[FRAGILE]).await;
        (started.unwrap(), Committer::new(store, bus, clock))
    }

    #[tokio::test]
    async fn a_start_goes_on_past_what_cannot_be_read() {
        let store: Arc<dyn Store> = Arc::new(MemoryStore::default());
        let torn = Item {
            body: "{".to_owned(),
            ..Item::of(
                Key {
                    sk: "evt_torn".to_owned(),
                    ..outbox_key(EventId::generate(jiff::Timestamp::UNIX_EPOCH, [1; 10]))
                },
                "outbox",
                1,
                &(),
            )
        };
        store.transact(FRAGILE.table, vec![Write::Put(torn, Condition::None)]).await.unwrap();
        started(store.clone()).await;
        let aside = store.get(FRAGILE.table, &Key::new(outbox::UNREADABLE, "evt_torn")).await.unwrap();
        assert_eq!(aside.map(|item| item.body).as_deref(), Some("{"));
    }

    #[tokio::test]
    async fn a_panic_fails_its_own_delivery_and_holds_nobody_up() {
        let store: Arc<dyn Store> = Arc::new(MemoryStore::default());
        let (dispatcher, committer) = started(store.clone()).await;
        for sequence in [1, 2] {
            let fact = Fact::new(Kind::Order(OrderKind::Placed), "order", "order", sequence, &());
            committer.commit(FRAGILE.table, Changes::none().publish(fact), None).await.unwrap();
        }
        dispatcher.bus.idle().await;
        let retries = store.query(DISPATCHER, &Query::index(DUE, RETRIES)).await.unwrap().items;
        let retries: Vec<Retry> = retries.iter().map(|item| item.read().unwrap()).collect();
        let [Retry { subscriber, attempts: 1, reason, event }] = &retries[..] else { panic!("{retries:?}") };
        assert_eq!(subscriber, "fragile");
        assert_eq!(reason, "fragile panicked");
        assert_eq!(event.sequence, 1);
    }

    #[tokio::test]
    async fn what_only_a_newer_version_knows_is_a_dead_letter_and_can_be_replayed_by_it() {
        let store: Arc<dyn Store> = Arc::new(MemoryStore::default());
        let (dispatcher, committer) = started(store.clone()).await;
        let fact = Fact::new(Kind::Order(OrderKind::Placed), "order", "order", 1, &());
        committer.commit(FRAGILE.table, Changes::none().publish(fact), None).await.unwrap();
        dispatcher.bus.idle().await;
        let mut item = store.query(DISPATCHER, &Query::index(DUE, RETRIES)).await.unwrap().items.remove(0);
        item.body = item.body.replace("order.placed.v1", "order.eaten.v1");
        item = item.indexed(DUE, RETRIES, "2026-11-23T12:00:00Z");
        store.transact(DISPATCHER, vec![Write::Put(item.clone(), Condition::None)]).await.unwrap();
        assert_eq!(dispatcher.retry_due().await.unwrap(), 1);
        assert_eq!(dispatcher.retry_due().await.unwrap(), 0);
        let letter = list(&*store, DISPATCHER).await.unwrap().remove(0);
        assert!(letter.reason.starts_with("unknown-kind"), "{}", letter.reason);
        let replayed = dead_letters::replay(&*store, letter.clone(), NOON.parse().unwrap()).await;
        assert!(matches!(replayed, Err(StoreError::Corrupt { .. })));
        let newer = DeadLetter { event: known(&letter.event), ..letter };
        dead_letters::replay(&*store, newer, NOON.parse().unwrap()).await.unwrap();
        assert_eq!(dispatcher.retry_due().await.unwrap(), 1);
        assert!(list(&*store, DISPATCHER).await.unwrap().is_empty());
    }

    /// The event as a version reads it that knows its kind.
    fn known(event: &Value) -> Value {
        let mut known = event.clone();
        known["type"] = "tiffin.order.placed.v1".into();
        known
    }

    #[test]
    fn the_backoff_doubles_up_to_the_longest() {
        assert_eq!([1, 2, 3, 4].map(backoff_s), [1, 2, 4, 8]);
        assert_eq!(backoff_s(60), LONGEST_BACKOFF_S);
    }

    #[tokio::test]
    async fn what_waits_and_what_was_given_up_says_nothing_of_whoever_is_gone() {
        let store: Arc<dyn Store> = Arc::new(MemoryStore::default());
        let (dispatcher, committer) = started(store.clone()).await;
        let placed: Event = serde_json::from_str(include_str!("../../shared/domain/fixtures/order.1.json")).unwrap();
        let customer: domain::UserId = placed.data["customer_id"].as_str().unwrap().parse().unwrap();
        let street = placed.data["deliver_to"]["address"]["street"].as_str().unwrap();
        let says = async || {
            let items = store.scan(DISPATCHER, None, 100).await.unwrap();
            items.iter().filter(|item| item.body.contains(street)).count()
        };
        // One that waits for its retry, and one that was given up.
        let fact = Fact::new(Kind::Order(OrderKind::Placed), "order", "order", 1, &placed.data);
        committer.commit(FRAGILE.table, Changes::none().publish(fact), None).await.unwrap();
        dispatcher.bus.idle().await;
        let letter = DeadLetter::of(
            serde_json::to_value(&placed).unwrap(),
            "fragile".to_owned(),
            1,
            String::new(),
            NOON.parse().unwrap(),
        );
        store.transact(DISPATCHER, vec![Write::Put(letter.item(), Condition::None)]).await.unwrap();
        assert_eq!(says().await, 2);

        let gone = testing::user_deleted(customer, domain::Role::Customer);
        let fact = Fact::new(gone.kind, &gone.subject, &gone.subject, gone.sequence, &gone.data);
        committer.commit(FRAGILE.table, Changes::none().publish(fact), None).await.unwrap();
        dispatcher.bus.idle().await;
        assert_eq!(says().await, 0);
        let retries = store.query(DISPATCHER, &Query::index(DUE, RETRIES)).await.unwrap().items;
        assert_eq!(retries.len(), 1, "it is retried all the same");

        // One that fails later.
        let late = Fact::new(Kind::Order(OrderKind::Placed), "another", "another", 1, &placed.data);
        committer.commit(FRAGILE.table, Changes::none().publish(late), None).await.unwrap();
        dispatcher.bus.idle().await;
        assert_eq!(store.query(DISPATCHER, &Query::index(DUE, RETRIES)).await.unwrap().items.len(), 2);
        assert_eq!(says().await, 0);
    }
}
