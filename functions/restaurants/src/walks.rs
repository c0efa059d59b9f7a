//! A test of walks: whatever is heard, created and swept, in whichever order, and though an index lags by anything less than the time
//! after which a walk is done once more, restaurants end as the last of the facts says.

use std::{collections::BTreeSet, sync::Arc};

use app::{Empty, Endpoint as _, Settings};
use domain::{AccountState, RestaurantId};
use proptest::prelude::*;
use testing::{LaggingStore, World, input};

use crate::{
    RESTAURANTS,
    create_restaurant::CreateRestaurant,
    merchant::{AGAIN_S, NEXT_STEP_S},
    merchants::STEP,
    sample::{self, account_event, is_open, sweep, tell},
};

#[derive(Clone, Copy, Debug)]
enum Turn {
    /// The account's fact of this sequence is heard.
    Hear(u16),
    /// A restaurant is created; where it says so, the fact of this sequence is heard between its decision and its commit.
    Create(Option<u16>),
    /// Time passes, and what is due is swept.
    Sweep(i64),
    /// The indexes show what is there.
    CatchUp,
}

/// How many facts there are; what they say follows from their sequence.
const FACTS: u16 = 6;

fn state(sequence: u16, deleted: bool) -> Option<AccountState> {
    match sequence {
        FACTS if deleted => None,
        sequence if sequence % 2 == 0 => Some(AccountState::Suspended),
        _ => Some(AccountState::Active),
    }
}

fn turns() -> impl Strategy<Value = Vec<Turn>> {
    let turn = prop_oneof![
        3 => (1..=FACTS).prop_map(Turn::Hear),
        3 => prop::option::of(1..=FACTS).prop_map(Turn::Create),
        2 => prop_oneof![Just(NEXT_STEP_S), Just(AGAIN_S)].prop_map(Turn::Sweep),
        1 => Just(Turn::CatchUp),
    ];
    prop::collection::vec(turn, 0..30)
}

/// Restaurants of the merchant, and what is known of them.
struct Case {
    world: World,
    store: LaggingStore,
    deleted: bool,
    heard: BTreeSet<u16>,
    restaurants: Vec<RestaurantId>,
}

impl Case {
    async fn with(restaurants: u16, deleted: bool) -> Self {
        let store = LaggingStore::default();
        let world = World::over(Arc::new(store.clone()), Settings::default());
        let mut ids = Vec::new();
        for number in 1..=restaurants {
            let restaurant = sample::restaurant_like(number, |_| ());
            ids.push(restaurant.id);
            sample::open(&world, restaurant).await;
        }
        store.catch_up();
        Self { world, store, deleted, heard: BTreeSet::new(), restaurants: ids }
    }

    async fn hear(&mut self, sequence: u16) {
        tell(&self.world, &account_event(sequence, state(sequence, self.deleted))).await;
        self.heard.insert(sequence);
    }

    /// Creates one as a host would: what lost a race is decided anew.
    async fn create(&mut self, mut meanwhile: Option<u16>) {
        let context = self.world.context(crate::SERVICE, "create-restaurant");
        let wanted = input(CreateRestaurant::EXAMPLE);
        loop {
            let effect = CreateRestaurant::call(&context, &sample::merchant(), &Empty {}, &wanted).await.unwrap();
            if let Some(sequence) = meanwhile.take() {
                self.hear(sequence).await;
            }
            match context.commit(RESTAURANTS, effect.changes).await {
                Ok(()) => {
                    let shown = serde_json::to_value(effect.reply).unwrap();
                    return self.restaurants.push(shown["id"].as_str().unwrap().parse().unwrap());
                }
                Err(lost) => assert!(lost.is_lost_race(), "{lost}"),
            }
        }
    }

    async fn take(&mut self, turn: Turn) {
        match turn {
            Turn::Hear(sequence) => self.hear(sequence).await,
            Turn::Create(meanwhile) => self.create(meanwhile).await,
            Turn::Sweep(seconds) => {
                self.world.clock.advance_s(seconds);
                if seconds >= AGAIN_S {
                    self.store.catch_up();
                }
                sweep(&self.world).await;
            }
            Turn::CatchUp => self.store.catch_up(),
        }
    }

    /// The indexes catch up, and everything due is done.
    async fn comes_to_rest(&mut self) {
        for _ in 0..2 * (self.restaurants.len() / STEP + 1) {
            self.store.catch_up();
            self.world.clock.advance_s(AGAIN_S);
            sweep(&self.world).await;
        }
        self.store.catch_up();
        self.world.clock.advance_s(AGAIN_S);
        assert_eq!(sweep(&self.world).await, 0, "nothing is due any more");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn restaurants_end_as_the_last_fact_says(before in 0..40_u16, deleted: bool, turns in turns()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            let mut case = Case::with(before, deleted).await;
            for turn in turns {
                case.take(turn).await;
            }
            case.comes_to_rest().await;
            let last = case.heard.last().map_or(Some(AccountState::Active), |last| state(*last, deleted));
            let open = last == Some(AccountState::Active);
            for id in &case.restaurants {
                prop_assert_eq!(is_open(&case.world, *id).await, open, "{} after {:?}", id, case.heard);
            }
            Ok(())
        })?;
    }
}
