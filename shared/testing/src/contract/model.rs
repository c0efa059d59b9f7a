//! Random histories, on a store and on the model: every answer must be the same.

use std::sync::Arc;

use app::{Condition, Item, Key, Query, Store, StoreError, Write};
use proptest::{
    prelude::*,
    sample::select,
    strategy::BoxedStrategy,
    test_runner::{Config, TestRunner},
};

use super::{BY_COLOUR, TABLE};
use crate::MemoryStore;

/// How many histories are enough where a store is made at once.
pub const HISTORIES: u32 = 64;
/// How many steps a history has at the most.
const STEPS: usize = 30;

/// One step of a history.
#[derive(Clone, Debug)]
enum Step {
    Transact(Vec<Write>),
    Get(Key),
    Query(Query),
    Scan(usize),
}

/// Tries so many random histories on stores whose index reads are current, each on a store of its own.
pub fn keeps_to_the_model(histories: u32, make: impl AsyncFn() -> Arc<dyn Store>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let config = Config { cases: histories, failure_persistence: None, ..Config::default() };
    let result = TestRunner::new(config).run(&prop::collection::vec(step(), 1..STEPS), |history| {
        let store = runtime.block_on(make());
        let model = MemoryStore::default();
        for step in history {
            let answered = runtime.block_on(answer(&*store, &step));
            let expected = runtime.block_on(answer(&model, &step));
            prop_assert_eq!(answered, expected, "{:?}", step);
        }
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
}

async fn answer(store: &dyn Store, step: &Step) -> String {
    match step {
        Step::Transact(writes) => format!("{:?}", store.transact(TABLE, writes.clone()).await),
        Step::Get(key) => format!("{:?}", store.get(TABLE, key).await),
        Step::Query(query) => format!("{:?}", store.query(TABLE, query).await),
        Step::Scan(limit) => format!("{:?}", scanned(store, *limit).await),
    }
}

/// Everything, page by page; in order of the key, as stores scan in an order of their own.
async fn scanned(store: &dyn Store, limit: usize) -> Result<Vec<Item>, StoreError> {
    let mut items: Vec<Item> = Vec::new();
    loop {
        let page = store.scan(TABLE, items.last().map(|item| &item.key), limit).await?;
        if page.is_empty() {
            items.sort_by(|one, other| one.key.cmp(&other.key));
            return Ok(items);
        }
        items.extend(page);
    }
}

fn step() -> BoxedStrategy<Step> {
    prop_oneof![
        4 => prop::collection::vec(write(), 1..5).prop_map(|writes| Step::Transact(one_per_key(writes))),
        2 => key().prop_map(Step::Get),
        3 => query().prop_map(Step::Query),
        1 => (1_usize..4).prop_map(Step::Scan),
    ]
    .boxed()
}

fn write() -> BoxedStrategy<Write> {
    let condition = prop_oneof![
        3 => Just(Condition::None),
        1 => Just(Condition::Absent),
        1 => Just(Condition::Exists),
        2 => (0_u64..4).prop_map(Condition::Version),
        1 => (0_i64..4).prop_map(Condition::AbsentOrExpired),
    ];
    let item =
        (key(), 0_u64..4, "[a-c]{0,3}", prop::option::of(0_i64..4), prop::option::of(select(&["red", "blue"][..])));
    let item = item.prop_map(|(key, version, body, expires, colour)| {
        let sort_key = format!("{version}#{}#{}", key.pk, key.sk);
        let item = Item { expires_at: expires, ..Item::of(key, "thing", version, &body) };
        colour.map_or(item.clone(), |colour| item.indexed(BY_COLOUR, colour, sort_key))
    });
    (prop_oneof![4 => Just(0), 2 => Just(1), 1 => Just(2)], item, condition)
        .prop_map(|(kind, item, condition)| match kind {
            0 => Write::Put(item, condition),
            1 => Write::Delete(item.key, condition),
            _ => Write::Check(item.key, condition),
        })
        .boxed()
}

fn query() -> BoxedStrategy<Query> {
    let bound = || prop::option::of("[a-c0-3]{0,2}");
    let partition = prop_oneof![
        select(&["p", "q"][..]).prop_map(Query::partition),
        select(&["red", "blue"][..]).prop_map(|colour| Query::index(BY_COLOUR, colour)),
    ];
    (partition, bound(), bound(), bound(), any::<bool>(), 1_usize..5)
        .prop_map(|(query, from, to, after, descending, limit)| {
            let mut query = query.after(after).limit(limit);
            query.range.from = from;
            query.range.to = to;
            query.descending = descending;
            query
        })
        .boxed()
}

fn key() -> BoxedStrategy<Key> {
    (select(&["p", "q"][..]), select(&["a", "b", "c"][..])).prop_map(|(pk, sk)| Key::new(pk, sk)).boxed()
}

fn one_per_key(writes: Vec<Write>) -> Vec<Write> {
    let mut kept: Vec<Write> = Vec::new();
    for write in writes {
        if kept.iter().all(|other| other.key() != write.key()) {
            kept.push(write);
        }
    }
    kept
}
