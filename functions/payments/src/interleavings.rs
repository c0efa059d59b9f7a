//! Every interleaving: facts delivered twice, late and in any order, invocations that interleave or die at any step, a
//! provider that is unavailable, refuses, answers late or loses its answers, webhooks early, doubled, reordered and forged,
//! refunds of any amount at once, and sweeps. The books must be right after every step, and those of the provider the same.

mod fate;
mod pausing;
mod town;

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use app::Placement;
use domain::{Event, OrderKind};
use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};

use self::{fate::Fate, town::Model};
use crate::sample::{event, placed_with};

/// How an order may go after it was placed.
const LIVES: [&[OrderKind]; 8] = [
    &[],
    &[OrderKind::PaymentFailed],
    &[OrderKind::Cancelled],
    &[OrderKind::Rejected],
    &[OrderKind::Accepted, OrderKind::Cancelled],
    &[OrderKind::Accepted, OrderKind::Undeliverable],
    &[OrderKind::Accepted, OrderKind::Delivered],
    &[OrderKind::Delivered],
];
/// The order's total.
const TOTAL: i64 = 5450;
/// How many invocations run at once, at most.
const AT_ONCE: usize = 3;
/// How many cases are played with the provider inside, and with it outside, where each call is one over HTTP.
const CASES_INSIDE: u32 = 1024;
const CASES_OUTSIDE: u32 = 768;

/// What happens next.
#[derive(Clone, Copy, Debug)]
enum Turn {
    /// The delivery of the next fact begins.
    Deliver,
    /// An invocation goes one step on.
    Step(usize),
    /// An invocation dies; its fact will be delivered again.
    Crash(usize),
    /// A minute passes, and a sweep begins.
    Sweep,
    /// The merchant asks for so much of the money to be given back.
    Refund(i64),
    /// A webhook about one of the provider's calls arrives: for the first time or again, early or late.
    Webhook(usize),
    /// Somebody who does not have the secret says that the call that is waited for was done.
    Forge,
}

/// A case: how the order goes, how many of its facts are delivered before anything else, in which order all of them are
/// after that, and what happens.
#[derive(Clone, Debug)]
struct Case {
    method: &'static str,
    refuses_captures: bool,
    life: usize,
    head_start: usize,
    deliveries: Vec<Event>,
    turns: Vec<Turn>,
    fates: Vec<Fate>,
}

fn cases() -> impl Strategy<Value = Case> {
    let turn = prop_oneof![
        3 => Just(Turn::Deliver),
        16 => (0..AT_ONCE).prop_map(Turn::Step),
        1 => (0..AT_ONCE).prop_map(Turn::Crash),
        1 => Just(Turn::Sweep),
        1 => prop_oneof![3 => 1..TOTAL / 3, 1 => 1..TOTAL + 2].prop_map(Turn::Refund),
        2 => any::<usize>().prop_map(Turn::Webhook),
        1 => Just(Turn::Forge),
    ];
    let fate =
        prop_oneof![6 => Just(Fate::Well), 1 => Just(Fate::Away), 1 => Just(Fate::Lost), 1 => Just(Fate::Refused)];
    let method = prop_oneof![
        6 => Just("tok_ok"),
        4 => Just("tok_slow"),
        2 => Just("tok_lost"),
        2 => Just("tok_flaky"),
        1 => Just("tok_declined"),
        1 => Just("tok_insufficient_funds"),
    ];
    let refuses_captures = proptest::bool::weighted(0.25);
    (method, refuses_captures, 0..LIVES.len(), 0..3_usize).prop_flat_map(
        move |(method, refuses_captures, life, head_start)| {
            let facts = facts(method, life);
            // Each at least once, some of them twice, in any order.
            let deliveries = proptest::sample::subsequence(facts.clone(), 0..=facts.len())
                .prop_map(move |again| facts.iter().cloned().chain(again).collect::<Vec<_>>())
                .prop_shuffle();
            let turns = proptest::collection::vec(turn.clone(), 0..150);
            let fates = proptest::collection::vec(fate.clone(), 0..8);
            (deliveries, turns, fates).prop_map(move |(deliveries, turns, fates)| Case {
                method,
                refuses_captures,
                life,
                head_start,
                deliveries,
                turns,
                fates,
            })
        },
    )
}

/// The facts of an order, oldest first.
fn facts(method: &str, life: usize) -> Vec<Event> {
    let placed = std::iter::once(placed_with(method));
    placed.chain(LIVES[life].iter().zip(3..).map(|(kind, at)| event(*kind, at))).collect()
}

/// How often the cases met each situation, so that none goes untested.
#[derive(Default)]
struct Seen(Mutex<BTreeMap<&'static str, usize>>);

impl Seen {
    fn record(&self, what: &'static str) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(what).or_default() += 1;
    }
}

#[test]
fn the_books_are_right_under_every_interleaving() {
    for (place, count) in [(Placement::Inside, CASES_INSIDE), (Placement::Outside, CASES_OUTSIDE)] {
        plays(place, count);
    }
}

/// Plays so many cases with the provider in this place.
fn plays(place: Placement, count: u32) {
    let seen = Seen::default();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let config = Config { cases: count, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new(config);
    let result = runner.run(&cases(), |case| {
        let model = Model::new(&case, place, &seen);
        let _entered = runtime.enter();
        model.play(&case)?;
        runtime.block_on(model.at_rest(&case))
    });
    result.unwrap_or_else(|error| panic!("{error}"));
    let seen = seen.0.into_inner().unwrap();
    for what in [
        "a crash",
        "a lost race",
        "away",
        "lost",
        "refused",
        "a placeholder",
        "captured",
        "voided",
        "refunded",
        "refunded by the merchant",
        "refunded by the merchant in parts",
        "more than is left",
        "a webhook with an effect",
        "a webhook without one",
        "forged",
        "never asked",
        "declined",
        "refused for good",
        "refused for good and voided",
    ] {
        assert!(seen.contains_key(what), "{what} never happened {place:?}: {seen:?}");
    }
}
