//! The theatre's owner and courier, each played while their switch is on, and at a pace that can be watched.

use std::{sync::Arc, time::Duration};

use super::{actor::Actor, api::ApiError, couriers, pace::Pace, restaurants};
use crate::theatre::{Played, Theatre};

/// How long until the next look at a switch that is off.
const GLANCE: Duration = Duration::from_millis(500);

/// How long until the next look at orders and deliveries, where there is something to do.
const BUSY: Duration = Duration::from_secs(1);
/// How long where there is nothing.
const IDLE: Duration = Duration::from_secs(2);

/// How the owner works: nothing is turned down.
pub(super) fn owner(pace: &Pace) -> restaurants::Habits {
    restaurants::Habits {
        answer_s: (4, 6),
        prep_minutes: (8, 12),
        cooking_s: (9, 12),
        rejected_one_in: None,
        busy: pace.shortened(BUSY),
        idle: pace.shortened(IDLE),
    }
}

/// How the courier works: an order takes less than a minute, and no step less than some seconds.
pub(super) fn courier(pace: &Pace) -> couriers::Habits {
    couriers::Habits {
        answer_s: (7, 9),
        declined_one_in: None,
        at_the_counter_s: None,
        loading_s: (4, 5),
        ways: couriers::Ways::Shown { fetch_s: (4, 5), bring_s: (10, 13) },
        busy: pace.shortened(BUSY),
        idle: pace.shortened(IDLE),
    }
}

/// Somebody who acts while a switch is on. When it goes off, all stays as it is: a person takes over.
pub(super) struct WhileOn<A> {
    theatre: Arc<Theatre>,
    role: Played,
    actor: A,
}

impl<A: Actor> WhileOn<A> {
    /// Has this actor play this role.
    pub(super) const fn new(theatre: Arc<Theatre>, role: Played, actor: A) -> Self {
        Self { theatre, role, actor }
    }
}

impl<A: Actor> Actor for WhileOn<A> {
    async fn act(&mut self) -> Result<Duration, ApiError> {
        if self.theatre.switches.is_on(self.role) {
            return self.actor.act().await;
        }
        self.actor.step_aside();
        Ok(GLANCE)
    }

    fn step_aside(&mut self) {
        self.actor.step_aside();
    }

    async fn leave(&mut self) -> Result<(), ApiError> {
        if self.theatre.switches.is_on(self.role) { self.actor.leave().await } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use testing::{NOON, TestClock};

    use super::*;
    use crate::simulate::Simulate;

    /// Records what it was asked to do.
    #[derive(Default)]
    struct Somebody(Vec<&'static str>);

    impl Actor for Somebody {
        async fn act(&mut self) -> Result<Duration, ApiError> {
            self.0.push("acts");
            Ok(Duration::ZERO)
        }

        fn step_aside(&mut self) {
            self.0.push("steps aside");
        }

        async fn leave(&mut self) -> Result<(), ApiError> {
            self.0.push("leaves");
            Ok(())
        }
    }

    fn somebody() -> WhileOn<Somebody> {
        let theatre = Arc::new(Theatre::new(Arc::new(TestClock::at(NOON)), Simulate::ALL));
        WhileOn::new(theatre, Played::Courier, Somebody::default())
    }

    #[tokio::test]
    async fn somebody_acts_while_their_switch_is_on_and_leaves_in_good_order() {
        let mut somebody = somebody();
        somebody.theatre.switches.put(Played::Merchant, false);
        somebody.act().await.unwrap();
        somebody.leave().await.unwrap();
        assert_eq!(somebody.actor.0, ["acts", "leaves"]);
    }

    #[tokio::test]
    async fn where_the_switch_is_off_all_stays_as_a_person_has_it() {
        let mut somebody = somebody();
        somebody.theatre.switches.put(Played::Courier, false);
        assert_eq!(somebody.act().await.unwrap(), GLANCE);
        somebody.leave().await.unwrap();
        assert_eq!(somebody.actor.0, ["steps aside"]);
        somebody.theatre.switches.put(Played::Courier, true);
        somebody.act().await.unwrap();
        assert_eq!(somebody.actor.0, ["steps aside", "acts"]);
    }

    #[test]
    fn an_order_can_be_watched_and_takes_less_than_a_minute() {
        let pace = Pace::new(1.0, fastrand::Rng::with_seed(1));
        let owner = owner(&pace);
        let courier = courier(&pace);
        let couriers::Ways::Shown { fetch_s, bring_s } = courier.ways else { panic!("nobody likes to wait") };
        let steps = [owner.answer_s, owner.cooking_s, courier.loading_s, bring_s];
        // After each, it takes a look to notice.
        let longest: u64 =
            steps.iter().map(|(_, most)| u64::from(*most) + BUSY.as_secs()).sum::<u64>() + IDLE.as_secs();
        assert!(longest < 60, "{longest}");
        assert!(steps.iter().chain([&fetch_s]).all(|(least, _)| *least >= 4));
        // The courier is at the counter before the food is.
        assert!(courier.answer_s.1 + fetch_s.1 < owner.answer_s.1 + owner.cooking_s.1);
    }
}
