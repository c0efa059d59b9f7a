//! Which roles of the theatre simulators play: a switch each for its owner and its courier.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use app::Clock;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::simulate::Simulate;

/// After so many seconds without a page that shows a role, nobody is at its switch any more.
pub const UNSEEN_S: i64 = 90;

/// A role of the theatre that simulators may play.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum Played {
    /// The owner.
    Merchant,
    /// The courier.
    Courier,
}

/// Which roles simulators play.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Plays {
    pub merchant: bool,
    pub courier: bool,
}

/// The switches. While somebody looks they stay as they were set; then they go back to how the theatre opens.
pub struct Switches {
    clock: Arc<dyn Clock>,
    at_opening: Plays,
    merchant: Mutex<Switch>,
    courier: Mutex<Switch>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Switch {
    /// How it was set.
    on: bool,
    /// When a page was last seen that shows it.
    seen_at: Option<jiff::Timestamp>,
}

impl Played {
    pub const ALL: [Self; 2] = [Self::Merchant, Self::Courier];
}

impl Switches {
    /// As the theatre opens: on for those roles that the command line has simulated.
    pub fn new(clock: Arc<dyn Clock>, simulate: Simulate) -> Self {
        let at_opening = Plays { merchant: simulate.restaurants, courier: simulate.couriers };
        Self { clock, at_opening, merchant: Mutex::default(), courier: Mutex::default() }
    }

    /// A page was seen that shows this role, or both.
    pub fn see(&self, role: Option<Played>) {
        let now = self.clock.now();
        for role in role.map_or(Played::ALL.to_vec(), |role| vec![role]) {
            let mut switch = self.switch(role);
            *switch = Switch { on: self.position(role, *switch, now), seen_at: Some(now) };
        }
    }

    /// Sets a switch. Only somebody who sees it does that, so it counts as seen.
    pub fn put(&self, role: Played, on: bool) {
        *self.switch(role) = Switch { on, seen_at: Some(self.clock.now()) };
    }

    /// Whether simulators play this role now.
    pub fn is_on(&self, role: Played) -> bool {
        let switch = *self.switch(role);
        self.position(role, switch, self.clock.now())
    }

    /// Which roles simulators play now.
    pub fn plays(&self) -> Plays {
        Plays { merchant: self.is_on(Played::Merchant), courier: self.is_on(Played::Courier) }
    }

    fn position(&self, role: Played, switch: Switch, now: jiff::Timestamp) -> bool {
        let seen = switch.seen_at.is_some_and(|seen_at| now.as_second() - seen_at.as_second() < UNSEEN_S);
        match role {
            _ if seen => switch.on,
            Played::Merchant => self.at_opening.merchant,
            Played::Courier => self.at_opening.courier,
        }
    }

    fn switch(&self, role: Played) -> MutexGuard<'_, Switch> {
        let switch = match role {
            Played::Merchant => &self.merchant,
            Played::Courier => &self.courier,
        };
        // A panic while holding the lock leaves a whole switch behind.
        switch.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use testing::{NOON, TestClock};

    use super::*;

    fn opened(simulate: Simulate) -> (Arc<TestClock>, Switches) {
        let clock = Arc::new(TestClock::at(NOON));
        (clock.clone(), Switches::new(clock, simulate))
    }

    #[test]
    fn at_opening_they_are_as_the_command_line_has_it() {
        for (word, merchant, courier) in
            [("all", true, true), ("none", false, false), ("couriers", false, true), ("restaurants", true, false)]
        {
            let (_, switches) = opened(word.parse().unwrap());
            assert_eq!(switches.plays(), Plays { merchant, courier }, "{word}, before anybody looks");
            switches.see(None);
            assert_eq!(switches.plays(), Plays { merchant, courier }, "{word}, once somebody does");
        }
    }

    #[test]
    fn a_switch_stays_as_it_was_set_while_somebody_looks() {
        let (clock, switches) = opened(Simulate::ALL);
        switches.put(Played::Merchant, false);
        for _ in 0..10 {
            clock.advance_s(UNSEEN_S - 1);
            switches.see(None);
            assert_eq!(switches.plays(), Plays { merchant: false, courier: true });
        }
        switches.put(Played::Merchant, true);
        assert_eq!(switches.plays(), Plays { merchant: true, courier: true });
    }

    #[test]
    fn where_no_page_has_been_seen_for_a_while_simulators_play_anyway() {
        let (clock, switches) = opened(Simulate::ALL);
        switches.put(Played::Merchant, false);
        switches.put(Played::Courier, false);
        clock.advance_s(UNSEEN_S - 1);
        // The page of one role alone: the other's is gone.
        switches.see(Some(Played::Courier));
        assert_eq!(switches.plays(), Plays { merchant: false, courier: false });
        clock.advance_s(1);
        assert_eq!(switches.plays(), Plays { merchant: true, courier: false });
        // Somebody who comes back finds the theatre as it opens.
        switches.see(None);
        assert_eq!(switches.plays(), Plays { merchant: true, courier: false });
        clock.advance_s(UNSEEN_S);
        assert_eq!(switches.plays(), Plays { merchant: true, courier: true });
    }

    #[test]
    fn with_nobody_simulated_they_play_only_for_somebody_who_looks() {
        let (clock, switches) = opened(Simulate::NONE);
        switches.put(Played::Courier, true);
        assert_eq!(switches.plays(), Plays { merchant: false, courier: true });
        clock.advance_s(UNSEEN_S);
        assert_eq!(switches.plays(), Plays { merchant: false, courier: false });
        switches.see(None);
        assert_eq!(switches.plays(), Plays { merchant: false, courier: false });
    }
}
