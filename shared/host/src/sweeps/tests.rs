use std::sync::Arc;

use app::{
    Audit, Bus, Changes, Context, Declaration, Function, Index, Keys, Schedule, Service, Store, Sweep, System, Table,
    due_key, outbox_key,
};
use domain::{Event, EventId, Kind, OrderKind};
use futures::future::BoxFuture;
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
    stored: &[],
    audit: Audit::NONE,
};

/// Counts how often it ran, and panics when it has run twice.
#[derive(schemars::JsonSchema)]
struct Count;

impl Schedule for Count {
    const FUNCTION: Function = Function::new("count").gets(TABLE).writes(TABLE);

    async fn run(context: &Context, _: &System) -> Result<Changes, Failure> {
        let counted = counted(context.store()).await;
        assert_ne!(counted, 2, "planted");
        Ok(Changes::none().put(Item::of(Key::new("count", "COUNT"), "count", counted + 1, &()), Condition::None))
    }
}

async fn counted(store: &dyn Store) -> u64 {
    store.get(TABLE, &Key::new("count", "COUNT")).await.unwrap().map_or(0, |item| item.version)
}

/// A service without deadlines.
const TIMELESS: Service =
    Service { functions: &[Declaration::schedule::<Count>(), Declaration::relay("relay-timeless")], ..SERVICE };

async fn host_with(keys: &[&str]) -> (Host, Arc<dyn Store>) {
    let (host, store, _) = host_on_a_bus(keys, Arc::new(testing::Recorder::default())).await;
    (host, store)
}

async fn host_on_a_bus(keys: &[&str], bus: Arc<dyn Bus>) -> (Host, Arc<dyn Store>, Arc<TestClock>) {
    host_of(SERVICE, keys, bus).await
}

async fn host_of(service: Service, keys: &[&str], bus: Arc<dyn Bus>) -> (Host, Arc<dyn Store>, Arc<TestClock>) {
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
        bus,
        clock: clock.clone(),
        random: Arc::new(SeededRandom::new(1)),
        keys: Arc::new(Keys::from_pairs(&Keys::generate().unwrap(), testing::ISSUER).unwrap()),
        http: Arc::new(testing::Outside::silent()),
    };
    (Host::new(&[service], ports, Options::default()), store, clock)
}

#[tokio::test]
async fn a_panic_fails_what_it_was_about_and_nothing_else() {
    let (host, store) = host_with(&["fragile", "one", "two"]).await;
    assert_eq!(host.sweep("fragile").await.unwrap(), Swept { due: 3, failed: 1, ..Swept::default() });
    let left = async |key: &str| store.get(TABLE, &Key::new(key, "THING")).await.unwrap().is_some();
    assert!(left("fragile").await);
    assert!(!left("one").await);
    assert!(!left("two").await);
}

#[tokio::test]
async fn what_could_not_be_handled_waits_longer_each_time() {
    let (host, _, clock) = host_on_a_bus(&["fragile"], Arc::new(testing::Recorder::default())).await;
    let failed = async || host.sweep("fragile").await.unwrap().failed;
    assert_eq!(failed().await, 1);
    for wait in [10, 20, 40, 80, 160, 300, 300] {
        clock.advance_s(wait - 1);
        assert_eq!(failed().await, 0, "after {wait} s");
        clock.advance_s(1);
        assert_eq!(failed().await, 1, "after {wait} s");
    }
}

/// A bus that takes none of one kind.
struct Picky(testing::Recorder);

impl Bus for Picky {
    fn publish(&self, table: Table, events: Vec<Event>) -> BoxFuture<'_, Vec<EventId>> {
        self.0.publish(table, events.into_iter().filter(|event| event.kind != Kind::Order(OrderKind::Ready)).collect())
    }
}

/// An item of an outbox, and its event.
fn published(number: u16, kind: Kind, at: Timestamp) -> Event {
    let mut random = [0; 10];
    random[8..].copy_from_slice(&number.to_be_bytes());
    Event {
        id: EventId::generate(at.jiff(), random),
        kind,
        subject: "ord".to_owned(),
        time: at,
        partition_key: "ord".to_owned(),
        sequence: number.into(),
        traceparent: None,
        data: serde_json::json!({}),
    }
}

async fn wait_in(store: &dyn Store, events: &[Event]) {
    for event in events {
        let item = Item::of(outbox_key(event.id), "outbox", event.sequence, event);
        store.transact(TABLE, vec![Write::Put(item, Condition::None)]).await.unwrap();
    }
}

#[tokio::test]
async fn what_is_not_taken_hides_nothing_and_is_offered_less_and_less() {
    let bus = Arc::new(Picky(testing::Recorder::default()));
    let (host, store, clock) = host_on_a_bus(&[], bus).await;
    let noon = Timestamp::of(app::Clock::now(&*clock));
    // More than a page of each shard, and one that comes after them all.
    let stuck: Vec<Event> = (0..2000).map(|number| published(number, Kind::Order(OrderKind::Ready), noon)).collect();
    wait_in(&*store, &stuck).await;
    let later = published(3000, Kind::Order(OrderKind::Placed), noon.plus_seconds(1));
    wait_in(&*store, std::slice::from_ref(&later)).await;
    clock.advance_s(OUTBOX_GRACE_S + 1);
    let left = async || host.sweep("fragile").await.unwrap().left;
    assert!(left().await > 0);
    assert!(left().await > 0);
    assert_eq!(left().await, 0, "each was asked for once");
    assert!(store.get(TABLE, &outbox_key(later.id)).await.unwrap().is_none(), "nothing hid it");
    clock.advance_s(60);
    assert!(left().await > 0);
    assert!(left().await > 0);
    clock.advance_s(60);
    assert_eq!(left().await, 0, "it waits longer each time");
}

#[tokio::test]
async fn what_cannot_be_read_is_set_aside_and_the_rest_goes_on() {
    let (host, store, clock) = host_on_a_bus(&["one"], Arc::new(testing::Recorder::default())).await;
    let noon = Timestamp::of(app::Clock::now(&*clock));
    let good = published(1, Kind::Order(OrderKind::Placed), noon);
    let bad = published(2, Kind::Order(OrderKind::Placed), noon);
    wait_in(&*store, &[good]).await;
    let torn = Item { body: "{".to_owned(), ..Item::of(outbox_key(bad.id), "outbox", 1, &bad) };
    store.transact(TABLE, vec![Write::Put(torn, Condition::None)]).await.unwrap();
    clock.advance_s(OUTBOX_GRACE_S);
    for republished in [1, 0] {
        let swept = host.sweep("fragile").await.unwrap();
        assert_eq!(swept.republished, republished);
        assert_eq!(swept.left, 0);
        assert_eq!(swept.unreadable, 1);
    }
    let aside = store.query(TABLE, &Query::partition(outbox::UNREADABLE)).await.unwrap();
    assert_eq!(aside.items.len(), 1);
    assert_eq!(aside.items[0].body, "{");
}

#[tokio::test]
async fn what_is_scheduled_is_done_each_time_and_a_panic_is_left_to_the_next_run() {
    let (host, store, _) = host_of(TIMELESS, &[], Arc::new(testing::Recorder::default())).await;
    for expected in [1, 2] {
        assert_eq!(host.sweep("count").await.unwrap(), Swept::default());
        assert_eq!(counted(&*store).await, expected);
    }
    assert_eq!(host.sweep("count").await.unwrap(), Swept { failed: 1, ..Swept::default() });
    assert_eq!(counted(&*store).await, 2);
}

#[tokio::test]
async fn a_service_without_deadlines_has_its_outbox_relayed() {
    let (host, store, clock) = host_of(TIMELESS, &[], Arc::new(testing::Recorder::default())).await;
    let now = Timestamp::of(app::Clock::now(&*clock));
    wait_in(&*store, &[published(1, OrderKind::Ready.into(), now)]).await;
    clock.advance_s(OUTBOX_GRACE_S + 1);
    assert_eq!(host.scheduled(), ["count", "relay-timeless"]);
    assert_eq!(host.sweep("relay-timeless").await.unwrap(), Swept { republished: 1, ..Swept::default() });
    assert_eq!(host.sweep("relay-timeless").await.unwrap(), Swept::default());
}
