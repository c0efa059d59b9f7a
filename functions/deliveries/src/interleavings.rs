//! Everything in any order: orders, couriers and sweeps, events late and twice, and decisions that cross. Couriers and
//! deliveries must agree at all times, and nothing may wait that could be offered.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use domain::{AccountState, OrderKind};
use proptest::{
    prelude::*,
    sample::select,
    test_runner::{Config, TestCaseError, TestRunner},
};

use crate::{
    State,
    sample::{Deed, TestCity, delivery_id},
};

/// Orders of a case.
const ORDERS: u16 = 3;
/// Couriers of a case.
const COURIERS: u16 = 2;
/// Events of an order that goes on.
const ON: [OrderKind; 2] = [OrderKind::Accepted, OrderKind::Ready];
/// Events of an order that ended.
const ENDS: [OrderKind; 3] = [OrderKind::Cancelled, OrderKind::Undeliverable, OrderKind::Delivered];
/// How often a host decides before it gives up after lost races, at least.
const ATTEMPTS: usize = 3;

/// How a case begins: with nothing, or with deliveries on a courier's hands, so that many cases see them end.
const BEGINNINGS: [&[Deed]; 5] = [
    &[],
    &[
        Deed::Online(1, 100),
        Deed::Handle(1, OrderKind::Paid),
        Deed::Handle(1, OrderKind::Accepted),
        Deed::Act(1, 1, "accept"),
        Deed::Handle(2, OrderKind::Paid),
    ],
    &[
        Deed::Online(2, 3000),
        Deed::Handle(1, OrderKind::Paid),
        Deed::Handle(1, OrderKind::Ready),
        Deed::Act(2, 1, "accept"),
        Deed::Act(2, 1, "pick-up"),
    ],
    &[
        Deed::Handle(1, OrderKind::Accepted),
        Deed::Handle(1, OrderKind::Paid),
        Deed::Online(1, 4900),
        Deed::Act(1, 1, "accept"),
        Deed::Act(1, 1, "pick-up"),
        Deed::Handle(1, OrderKind::Undeliverable),
    ],
    &[
        Deed::Online(1, 100),
        Deed::Online(2, 3000),
        Deed::Handle(1, OrderKind::Paid),
        Deed::Act(1, 1, "accept"),
        Deed::Handle(2, OrderKind::Paid),
        Deed::Account(1, AccountState::Suspended),
    ],
];

/// What happens next.
#[derive(Clone, Copy, Debug)]
enum Turn {
    /// One thing.
    Do(Deed),
    /// Two things decided from the same reads.
    Cross(Deed, Deed),
    /// Seconds pass; nobody sweeps.
    Wait(i64),
    /// Seconds pass, and everything due is swept.
    Sweep(i64),
}

fn deeds() -> impl Strategy<Value = Deed> {
    let order = 1..=ORDERS;
    let courier = 1..=COURIERS;
    let metres = select(vec![100, 3000, 4900, 6000]);
    let goes_on = prop_oneof![3 => select(&ON[..]), 1 => select(&ENDS[..])];
    let action = prop_oneof![
        5 => Just("accept"), 2 => Just("decline"), 6 => Just("pick-up"), 4 => Just("complete"),
    ];
    prop_oneof![
        3 => order.clone().prop_map(|order| Deed::Handle(order, OrderKind::Paid)),
        3 => (order.clone(), goes_on).prop_map(|(order, kind)| Deed::Handle(order, kind)),
        3 => (courier.clone(), metres.clone()).prop_map(|(who, metres)| Deed::Online(who, metres)),
        2 => (courier.clone(), metres).prop_map(|(who, metres)| Deed::Report(who, metres)),
        1 => courier.clone().prop_map(Deed::Offline),
        1 => (courier.clone(), select(vec![AccountState::Active, AccountState::Suspended]))
            .prop_map(|(who, state)| Deed::Account(who, state)),
        12 => (courier, order.clone(), action).prop_map(|(who, order, action)| Deed::Act(who, order, action)),
        1 => order.prop_map(Deed::Sweep),
    ]
}

fn turns() -> impl Strategy<Value = Vec<Turn>> {
    let seconds = prop_oneof![4 => 0..3_i64, 3 => 25..35_i64, 1 => 100..700_i64];
    let unseen = (1..=ORDERS, 1..=COURIERS)
        .prop_map(|(order, who)| Turn::Cross(Deed::Handle(order, OrderKind::Paid), Deed::Online(who, 100)));
    let turn = prop_oneof![
        1 => unseen,
        12 => deeds().prop_map(Turn::Do),
        4 => (deeds(), deeds()).prop_map(|(one, other)| Turn::Cross(one, other)),
        1 => seconds.clone().prop_map(Turn::Wait),
        2 => seconds.prop_map(Turn::Sweep),
    ];
    (select(&BEGINNINGS[..]), proptest::collection::vec(turn, 0..80))
        .prop_map(|(beginning, turns)| beginning.iter().copied().map(Turn::Do).chain(turns).collect())
}

/// Counts what happened in the cases, so that nothing goes untested.
#[derive(Default)]
struct Seen(Mutex<BTreeMap<String, usize>>);

impl Seen {
    fn record(&self, what: impl ToString) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(what.to_string()).or_default() += 1;
    }
}

#[test]
fn couriers_and_deliveries_agree_whatever_happens_in_whichever_order() {
    let seen = Seen::default();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let mut runner = TestRunner::new(Config { cases: 128, failure_persistence: None, ..Config::default() });
    let result = runner.run(&turns(), |turns| {
        runtime.block_on(async {
            let city = TestCity::new();
            for number in 1..=COURIERS {
                city.enlist(number).await;
            }
            play(&city, &turns, &seen).await?;
            at_rest(&city, &seen).await
        })
    });
    result.unwrap_or_else(|error| panic!("{error}"));
    let seen = seen.0.into_inner().unwrap();
    let ends = State::ALL.into_iter().filter(|state| state.is_final()).map(|state| state.to_string());
    for what in ends.chain(
        ["a lost race", "missed", "no_courier", "order_ended", "two to do", "suspended", "unassigned"]
            .map(str::to_owned),
    ) {
        assert!(seen.contains_key(&what), "{what} never happened: {seen:?}");
    }
}

/// Takes the turns, and checks everything after each.
async fn play(city: &TestCity, turns: &[Turn], seen: &Seen) -> Result<(), TestCaseError> {
    // After a crossing one may have missed the other, until the search looks again.
    let mut may_miss = false;
    for turn in turns {
        match *turn {
            Turn::Do(deed) => perform(city, deed, seen).await?,
            Turn::Cross(one, other) => {
                cross(city, one, other, seen).await?;
                may_miss = true;
            }
            Turn::Wait(seconds) => city.world.clock.advance_s(seconds),
            Turn::Sweep(seconds) => {
                city.world.clock.advance_s(seconds);
                city.sweep().await;
                may_miss &= seconds < crate::delivery::SOON_S;
            }
        }
        let wrong = city.wrong().await;
        prop_assert!(wrong.is_empty(), "after {turn:?}: {wrong:#?}");
        let missed = city.missed().await;
        if !missed.is_empty() {
            prop_assert!(may_miss, "after {turn:?} missed: {missed:?}");
            seen.record("missed");
        }
        for number in 1..=COURIERS {
            if city.courier(number).await.active.len() == 2 {
                seen.record("two to do");
            }
            if city.account(number).await.is_some_and(|account| !account.known.state.is_active()) {
                seen.record("suspended");
            }
        }
    }
    Ok(())
}

/// Does as a host does: decides and commits, and starts over with the reads where another was faster.
async fn perform(city: &TestCity, deed: Deed, seen: &Seen) -> Result<(), TestCaseError> {
    for _ in 0..ATTEMPTS {
        let changes = match city.decide(deed).await {
            Ok(changes) => changes,
            Err(problem) => {
                prop_assert!(problem.code.status < 500, "{deed:?}: {problem:?}");
                return Ok(());
            }
        };
        match city.commit(changes).await {
            Ok(()) => return Ok(()),
            Err(error) => {
                prop_assert!(error.is_lost_race(), "{deed:?}: {error}");
                seen.record("a lost race");
            }
        }
    }
    Err(TestCaseError::fail(format!("{deed:?} lost every race")))
}

/// Both decide from the same reads; the first commits first.
async fn cross(city: &TestCity, one: Deed, other: Deed, seen: &Seen) -> Result<(), TestCaseError> {
    let decided = city.decide(other).await;
    perform(city, one, seen).await?;
    let Ok(changes) = decided else { return Ok(()) };
    match city.commit(changes).await {
        Ok(()) => Ok(()),
        Err(error) => {
            prop_assert!(error.is_lost_race(), "{other:?}: {error}");
            seen.record("a lost race");
            perform(city, other, seen).await
        }
    }
}

/// In the end nobody searches any more, and every event was published under a version of its own, in order.
async fn at_rest(city: &TestCity, seen: &Seen) -> Result<(), TestCaseError> {
    for _ in 0..3 {
        city.world.clock.advance_s(3600);
        city.sweep().await;
    }
    let wrong = city.wrong().await;
    prop_assert!(wrong.is_empty(), "at rest: {wrong:#?}");
    for number in 1..=ORDERS {
        let Some(delivery) = city.maybe_delivery(delivery_id(number)).await else { continue };
        prop_assert!(!matches!(delivery.state, State::Searching | State::Offered), "{:?}", delivery.state);
        seen.record(delivery.state);
        delivery.unassigned.iter().for_each(|_| seen.record("unassigned"));
        delivery.reason.iter().for_each(|reason| seen.record(reason));
        let sequences: Vec<u64> = city
            .world
            .published()
            .iter()
            .filter(|event| event.subject == delivery.id.to_string())
            .map(|event| event.sequence)
            .collect();
        prop_assert!(sequences.is_sorted_by(|earlier, later| earlier < later), "{sequences:?}");
        prop_assert!(sequences.last().is_none_or(|last| *last <= delivery.version));
    }
    Ok(())
}
