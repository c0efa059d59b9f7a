//! The promises, one function each.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use app::{Condition, Index, Item, Key, MAX_PAGE, Query, QueryPage, Store, StoreError, Write, query_shards, sharded};
use futures::future::join_all;

use super::{BY_COLOUR, BY_SIZE, Case, OTHER, TABLE};

/// How often an index is read before it must have caught up, and how long to wait between two reads.
const LOOKS: usize = 200;
const BETWEEN_LOOKS: Duration = Duration::from_millis(5);
/// After so many equal reads every lagging read has caught up: a store lags 50 ms at the most while this is tried on it.
const STABLE: usize = 12;

macro_rules! cases {
    ($($name:ident)*) => {
        pub(super) const ALL: &[(&str, Case)] = &[$((stringify!($name), |store| Box::pin($name(store)))),*];
    };
}

cases! {
    nothing_stands_where_nothing_was_put
    what_was_put_is_there_whole
    text_of_any_alphabet_survives
    a_put_replaces
    a_delete_removes_and_may_find_nothing
    absent_holds_only_where_nothing_stands
    exists_holds_only_where_something_stands
    a_version_holds_only_for_itself
    an_expired_item_may_be_replaced_and_no_other
    a_check_writes_nothing
    a_failed_condition_writes_nothing_and_reports_which_and_what_stands
    conditions_see_the_state_before_the_transaction
    a_hundred_writes_are_one_transaction
    many_are_read_and_missing_ones_left_out
    a_partition_is_read_in_byte_order
    a_partition_is_apart_from_others_and_from_other_tables
    a_range_is_from_inclusive_to_exclusive
    a_prefix_is_a_range
    reading_down_mirrors_reading_up
    pages_chain_without_loss_or_repeat
    a_full_last_page_ends
    a_page_has_at_most_a_hundred
    an_index_holds_only_what_has_its_keys
    an_index_entry_moves_with_its_item
    an_index_entry_goes_with_its_item
    two_indexes_are_apart
    an_index_is_read_in_order_both_ways_by_page
    a_scan_goes_through_everything_once
    racing_increments_lose_none
    racing_creations_have_one_winner
    a_transaction_is_seen_whole_once_it_is_answered
    shards_are_read_as_one_list
    shards_are_read_down_as_one_list
}

type Shared = Arc<dyn Store>;

async fn nothing_stands_where_nothing_was_put(store: &Shared) {
    assert_eq!(get(store, "p", "s").await, None);
    assert_eq!(page(store, Query::partition("p")).await, QueryPage::default());
}

async fn what_was_put_is_there_whole(store: &Shared) {
    let item = Item { version: 7, ..item("p", "s", "body") }.expires_at(1_900_000_000);
    put(store, item.clone()).await;
    assert_eq!(get(store, "p", "s").await, Some(item));
}

async fn text_of_any_alphabet_survives(store: &Shared) {
    let item = item("cofetărie#ș", "каша\u{1f372}", "\"日本\" \\ 'quote'; DROP TABLE item; --");
    put(store, item.clone()).await;
    assert_eq!(store.get(TABLE, &item.key).await.expect("the store answers"), Some(item));
}

async fn a_put_replaces(store: &Shared) {
    put(store, item("p", "s", "one").expires_at(1_900_000_000)).await;
    let second = Item { version: 2, ..item("p", "s", "two") };
    put(store, second.clone()).await;
    assert_eq!(get(store, "p", "s").await, Some(second));
}

async fn a_delete_removes_and_may_find_nothing(store: &Shared) {
    put(store, item("p", "s", "one")).await;
    for _ in 0..2 {
        transact(store, vec![Write::Delete(Key::new("p", "s"), Condition::None)]).await.expect("the store answers");
        assert_eq!(get(store, "p", "s").await, None);
    }
}

async fn absent_holds_only_where_nothing_stands(store: &Shared) {
    let write = || vec![Write::Put(item("p", "s", "one"), Condition::Absent)];
    transact(store, write()).await.expect("the store answers");
    assert_refused(transact(store, write()).await, 0);
}

async fn exists_holds_only_where_something_stands(store: &Shared) {
    let write = || vec![Write::Put(item("p", "s", "two"), Condition::Exists)];
    assert_refused(transact(store, write()).await, 0);
    put(store, item("p", "s", "one")).await;
    transact(store, write()).await.expect("the store answers");
}

async fn a_version_holds_only_for_itself(store: &Shared) {
    let write =
        |version| vec![Write::Put(Item { version: version + 1, ..item("p", "s", "x") }, Condition::Version(version))];
    assert_refused(transact(store, write(1)).await, 0);
    put(store, item("p", "s", "one")).await;
    for refused in [0, 2] {
        assert_refused(transact(store, write(refused)).await, 0);
    }
    transact(store, write(1)).await.expect("the store answers");
    assert_refused(transact(store, write(1)).await, 0);
}

async fn an_expired_item_may_be_replaced_and_no_other(store: &Shared) {
    let write = |now| vec![Write::Put(item("p", "s", "new"), Condition::AbsentOrExpired(now))];
    put(store, item("p", "s", "old").expires_at(100)).await;
    assert_refused(transact(store, write(99)).await, 0);
    transact(store, write(100)).await.expect("the store answers");
    assert_refused(transact(store, write(1_000)).await, 0);
    transact(store, vec![Write::Put(item("p", "t", "new"), Condition::AbsentOrExpired(0))])
        .await
        .expect("the store answers");
}

async fn a_check_writes_nothing(store: &Shared) {
    let check = |condition| Write::Check(Key::new("p", "s"), condition);
    transact(store, vec![check(Condition::Absent)]).await.expect("the store answers");
    assert_eq!(get(store, "p", "s").await, None);
    assert_refused(transact(store, vec![put_write("q", "s"), check(Condition::Exists)]).await, 1);
    assert_eq!(get(store, "q", "s").await, None);
}

async fn a_failed_condition_writes_nothing_and_reports_which_and_what_stands(store: &Shared) {
    let standing = item("b", "s", "standing");
    put(store, standing.clone()).await;
    put(store, item("c", "s", "kept")).await;
    let writes = vec![
        put_write("a", "s"),
        Write::Put(item("b", "s", "new"), Condition::Version(9)),
        Write::Delete(Key::new("c", "s"), Condition::None),
    ];
    match transact(store, writes).await {
        Err(StoreError::Condition { write, current }) => {
            assert_eq!(write, 1);
            assert_eq!(current.as_deref(), Some(&standing));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(get(store, "a", "s").await, None);
    assert_eq!(get(store, "b", "s").await, Some(standing));
    assert!(get(store, "c", "s").await.is_some());
    assert_refused(transact(store, vec![Write::Delete(Key::new("x", "s"), Condition::Exists)]).await, 0);
}

async fn conditions_see_the_state_before_the_transaction(store: &Shared) {
    let writes = vec![put_write("a", "s"), Write::Check(Key::new("a", "t"), Condition::Absent), put_write("b", "s")];
    transact(store, writes).await.expect("the store answers");
    let both =
        vec![Write::Delete(Key::new("a", "s"), Condition::Exists), Write::Check(Key::new("b", "s"), Condition::Exists)];
    transact(store, both).await.expect("the store answers");
}

async fn a_hundred_writes_are_one_transaction(store: &Shared) {
    let writes = (0..100).map(|number| put_write("p", &format!("{number:03}"))).collect();
    transact(store, writes).await.expect("the store answers");
    assert_eq!(page(store, Query::partition("p")).await.items.len(), 100);
}

async fn many_are_read_and_missing_ones_left_out(store: &Shared) {
    transact(store, (0..60).map(|number| put_write("p", &format!("{number:03}"))).collect())
        .await
        .expect("the store answers");
    let keys: Vec<Key> = (0..100).map(|number| Key::new("p", format!("{number:03}"))).collect();
    let found: BTreeSet<Key> =
        store.get_many(TABLE, &keys).await.expect("the store answers").into_iter().map(|item| item.key).collect();
    assert_eq!(found, keys.into_iter().take(60).collect());
    assert!(store.get_many(TABLE, &[]).await.expect("the store answers").is_empty());
}

async fn a_partition_is_read_in_byte_order(store: &Shared) {
    let mut keys = ["b", "a", "B", "ab", "é", "z", "10", "9", " ", "\u{ff5e}", "\u{1f372}"];
    for sk in keys {
        put(store, item("p", sk, "x")).await;
    }
    keys.sort_unstable();
    assert_eq!(page(store, Query::partition("p")).await.sort_keys, keys);
}

async fn a_partition_is_apart_from_others_and_from_other_tables(store: &Shared) {
    for pk in ["p", "pp", "P", "p "] {
        put(store, item(pk, "s", pk)).await;
    }
    store.transact(OTHER, vec![put_write("p", "other")]).await.expect("the store answers");
    assert_eq!(page(store, Query::partition("p")).await.items, [item("p", "s", "p")]);
    assert_eq!(store.get(OTHER, &Key::new("p", "s")).await.expect("the store answers"), None);
    assert_eq!(store.query(OTHER, &Query::partition("p")).await.expect("the store answers").sort_keys, ["other"]);
}

async fn a_range_is_from_inclusive_to_exclusive(store: &Shared) {
    letters(store, None).await;
    assert_eq!(page(store, Query::partition("p").from("b").before("d")).await.sort_keys, ["b", "c"]);
    assert_eq!(page(store, Query::partition("p").from("b").before("b")).await.sort_keys, [""; 0]);
    assert_eq!(page(store, Query::partition("p").before("c")).await.sort_keys, ["a", "b"]);
    assert_eq!(page(store, Query::partition("p").from("d").descending()).await.sort_keys, ["e", "d"]);
}

async fn a_prefix_is_a_range(store: &Shared) {
    for sk in ["N", "N#1", "N#2", "N#é", "N$", "O#1"] {
        put(store, item("p", sk, "x")).await;
    }
    assert_eq!(page(store, Query::partition("p").beginning("N#")).await.sort_keys, ["N#1", "N#2", "N#é"]);
}

async fn reading_down_mirrors_reading_up(store: &Shared) {
    letters(store, None).await;
    let mut up = page(store, Query::partition("p")).await.sort_keys;
    up.reverse();
    assert_eq!(page(store, Query::partition("p").descending()).await.sort_keys, up);
    assert_eq!(page(store, Query::partition("p").descending().after(Some("c"))).await.sort_keys, ["b", "a"]);
}

async fn pages_chain_without_loss_or_repeat(store: &Shared) {
    letters(store, None).await;
    for (down, expected) in [(false, ["a", "b", "c", "d", "e"]), (true, ["e", "d", "c", "b", "a"])] {
        let query = if down { Query::partition("p").descending() } else { Query::partition("p") };
        assert_eq!(chain(store, query.limit(2)).await, expected);
    }
}

async fn a_full_last_page_ends(store: &Shared) {
    letters(store, None).await;
    let last = page(store, Query::partition("p").limit(5)).await;
    assert_eq!(last.items.len(), 5);
    assert_eq!(last.next, None);
}

async fn a_page_has_at_most_a_hundred(store: &Shared) {
    for chunk in 0..3 {
        let writes = (0..50).map(|number| put_write("p", &format!("{:03}", chunk * 50 + number))).collect();
        transact(store, writes).await.expect("the store answers");
    }
    let first = page(store, Query::partition("p").limit(1000)).await;
    assert_eq!(first.items.len(), MAX_PAGE);
    assert_eq!(first.next.as_deref(), Some("099"));
    assert_eq!(chain(store, Query::partition("p").limit(1000)).await.len(), 150);
}

async fn an_index_holds_only_what_has_its_keys(store: &Shared) {
    put(store, coloured("p", "a", "red", "1")).await;
    put(store, item("p", "b", "plain")).await;
    let found = index(store, BY_COLOUR, "red", &["1"]).await;
    assert_eq!(found.items, [item("p", "a", "red")]);
    index(store, BY_COLOUR, "blue", &[]).await;
}

async fn an_index_entry_moves_with_its_item(store: &Shared) {
    put(store, coloured("p", "a", "red", "1")).await;
    index(store, BY_COLOUR, "red", &["1"]).await;
    put(store, coloured("p", "a", "blue", "2")).await;
    index(store, BY_COLOUR, "red", &[]).await;
    index(store, BY_COLOUR, "blue", &["2"]).await;
    put(store, coloured("p", "a", "blue", "3")).await;
    index(store, BY_COLOUR, "blue", &["3"]).await;
    put(store, item("p", "a", "plain")).await;
    index(store, BY_COLOUR, "blue", &[]).await;
    put(store, coloured("p", "a", "blue", "3")).await;
    index(store, BY_COLOUR, "blue", &["3"]).await;
}

async fn an_index_entry_goes_with_its_item(store: &Shared) {
    put(store, coloured("p", "a", "red", "1")).await;
    put(store, coloured("q", "a", "red", "2")).await;
    index(store, BY_COLOUR, "red", &["1", "2"]).await;
    transact(store, vec![Write::Delete(Key::new("p", "a"), Condition::None)]).await.expect("the store answers");
    index(store, BY_COLOUR, "red", &["2"]).await;
}

async fn two_indexes_are_apart(store: &Shared) {
    put(store, coloured("p", "a", "red", "1").indexed(BY_SIZE, "red", "9")).await;
    index(store, BY_COLOUR, "red", &["1"]).await;
    index(store, BY_SIZE, "red", &["9"]).await;
    assert_eq!(
        store.query(OTHER, &Query::index(BY_COLOUR, "red")).await.expect("the store answers"),
        QueryPage::default()
    );
}

async fn an_index_is_read_in_order_both_ways_by_page(store: &Shared) {
    letters(store, Some("red")).await;
    index(store, BY_COLOUR, "red", &["a", "b", "c", "d", "e"]).await;
    assert_eq!(chain(store, Query::index(BY_COLOUR, "red").limit(2)).await, ["a", "b", "c", "d", "e"]);
    let down = Query::index(BY_COLOUR, "red").descending().before("e").limit(2);
    assert_eq!(chain(store, down).await, ["d", "c", "b", "a"]);
}

async fn a_scan_goes_through_everything_once(store: &Shared) {
    let keys = [("p", "a"), ("p", "b"), ("pp", "a"), ("q", " "), ("é", "a")];
    for (pk, sk) in keys {
        put(store, item(pk, sk, "x")).await;
    }
    store.transact(OTHER, vec![put_write("z", "z")]).await.expect("the store answers");
    let mut seen: Vec<Key> = Vec::new();
    let mut after: Option<Key> = None;
    loop {
        let items = store.scan(TABLE, after.as_ref(), 2).await.expect("the store answers");
        let Some(last) = items.last() else { break };
        after = Some(last.key.clone());
        seen.extend(items.into_iter().map(|item| item.key));
    }
    seen.sort_unstable();
    assert_eq!(seen, keys.map(|(pk, sk)| Key::new(pk, sk)));
}

async fn racing_increments_lose_none(store: &Shared) {
    const RACERS: u64 = 16;
    put(store, Item { version: 0, ..item("p", "s", "counter") }).await;
    let race = || async {
        loop {
            let version = get(store, "p", "s").await.expect("the store answers").version;
            let next = Item { version: version + 1, ..item("p", "s", "counter") };
            match transact(store, vec![Write::Put(next, Condition::Version(version))]).await {
                Ok(()) => return,
                Err(error) => assert!(error.is_lost_race(), "{error}"),
            }
            tokio::task::yield_now().await;
        }
    };
    join_all((0..RACERS).map(|_| race())).await;
    assert_eq!(get(store, "p", "s").await.expect("the store answers").version, RACERS);
}

async fn racing_creations_have_one_winner(store: &Shared) {
    let race = |racer: usize| transact(store, vec![Write::Put(item("p", "s", &racer.to_string()), Condition::Absent)]);
    let won: Vec<usize> =
        (0..16).zip(join_all((0..16).map(race)).await).filter_map(|(racer, won)| won.ok().map(|()| racer)).collect();
    assert_eq!(won.len(), 1);
    assert_eq!(get(store, "p", "s").await, Some(item("p", "s", &won[0].to_string())));
}

async fn a_transaction_is_seen_whole_once_it_is_answered(store: &Shared) {
    let both = async |pk: &str, version| {
        let put = |sk: &str| Write::Put(Item { version, ..item(pk, sk, "x") }, Condition::None);
        transact(store, vec![put("a"), put("b")]).await.expect("the store answers");
        // Of a transaction under way a query may see some writes and not others, as DynamoDB's queries do.
        let seen = page(store, Query::partition(pk)).await.items;
        assert_eq!(seen.iter().map(|item| item.version).collect::<Vec<_>>(), [version, version]);
    };
    let writer = async |pk: &str| {
        for version in 0..25 {
            both(pk, version).await;
            tokio::task::yield_now().await;
        }
    };
    futures::join!(writer("p"), writer("q"));
}

async fn shards_are_read_as_one_list(store: &Shared) {
    let expected = fill_shards(store).await;
    assert_eq!(chain_shards(store, Query::partition("LIST").limit(7)).await, expected);
    let some = Query::partition("LIST").from("020").before("030").limit(100);
    assert_eq!(chain_shards(store, some).await, expected[20..30]);
}

async fn shards_are_read_down_as_one_list(store: &Shared) {
    let mut expected = fill_shards(store).await;
    expected.reverse();
    assert_eq!(chain_shards(store, Query::partition("LIST").descending().limit(7)).await, expected);
}

async fn fill_shards(store: &Shared) -> Vec<String> {
    let sort_keys: Vec<String> = (0..60).map(|number| format!("{number:03}")).collect();
    for sk in &sort_keys {
        put(store, item(&sharded("LIST", &format!("id-{sk}")), sk, "x")).await;
    }
    sort_keys
}

async fn chain_shards(store: &Shared, mut query: Query) -> Vec<String> {
    let mut seen = Vec::new();
    loop {
        let page = query_shards(&**store, TABLE, &query).await.expect("the store answers");
        seen.extend(page.sort_keys);
        let Some(next) = page.next else { return seen };
        query = query.after(Some(next));
    }
}

fn item(pk: &str, sk: &str, body: &str) -> Item {
    Item::of(Key::new(pk, sk), "thing", 1, &body)
}

fn coloured(pk: &str, sk: &str, colour: &str, at: &str) -> Item {
    item(pk, sk, colour).indexed(BY_COLOUR, colour, at)
}

fn put_write(pk: &str, sk: &str) -> Write {
    Write::Put(item(pk, sk, "x"), Condition::None)
}

/// Five items of one partition, in no order.
async fn letters(store: &Shared, colour: Option<&str>) {
    for sk in ["c", "a", "e", "b", "d"] {
        let item = item("p", sk, "x");
        put(store, colour.map_or(item.clone(), |colour| item.indexed(BY_COLOUR, colour, sk))).await;
    }
}

async fn get(store: &Shared, pk: &str, sk: &str) -> Option<Item> {
    store.get(TABLE, &Key::new(pk, sk)).await.expect("the store answers")
}

async fn put(store: &Shared, item: Item) {
    transact(store, vec![Write::Put(item, Condition::None)]).await.expect("the store answers");
}

async fn transact(store: &Shared, writes: Vec<Write>) -> Result<(), StoreError> {
    store.transact(TABLE, writes).await
}

async fn page(store: &Shared, query: Query) -> QueryPage {
    store.query(TABLE, &query).await.expect("the store answers")
}

async fn chain(store: &Shared, mut query: Query) -> Vec<String> {
    let mut seen = Vec::new();
    loop {
        let page = page(store, query.clone()).await;
        assert_eq!(page.items.len(), page.sort_keys.len());
        seen.extend(page.sort_keys);
        let Some(next) = page.next else { return seen };
        query = query.after(Some(next));
    }
}

/// Reads an index until it shows these sort keys as often in a row as the longest lag takes.
async fn index(store: &Shared, index: Index, pk: &str, expected: &[&str]) -> QueryPage {
    let mut stable = 0;
    for _ in 0..LOOKS {
        let page = page(store, Query::index(index, pk)).await;
        stable = if page.sort_keys == expected { stable + 1 } else { 0 };
        if stable == STABLE {
            return page;
        }
        tokio::time::sleep(BETWEEN_LOOKS).await;
    }
    panic!("{} of {pk} never showed {expected:?}", index.0);
}

fn assert_refused(result: Result<(), StoreError>, at: usize) {
    assert!(matches!(&result, Err(StoreError::Condition { write, .. }) if *write == at), "{result:?}");
}
