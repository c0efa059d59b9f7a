//! The theatre's owner and courier, each played while their switch is on, and at a pace that can be watched.

use std::{sync::Arc, time::Duration};

use super::{Actor, ApiError, Pace, couriers, restaurants};
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
    /// The actor of this role.
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
