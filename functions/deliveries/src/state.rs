//! The state machine of a delivery: the table is the documentation.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How far a delivery is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "DeliveryState", inline)]
pub enum State {
    /// A courier is looked for.
    Searching,
    /// A courier was asked and has not answered yet.
    Offered,
    /// A courier will deliver.
    Assigned,
    /// The courier has the food.
    PickedUp,
    /// The customer has the food.
    Delivered,
    /// No courier was found, or the order ended on the way.
    Failed,
    /// The order ended before the pick-up.
    Cancelled,
}

/// What may happen to a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// A courier is asked.
    Offer,
    /// The courier asked says yes.
    Accept,
    /// The courier asked says no.
    Decline,
    /// The courier asked did not answer in time.
    Expire,
    /// The courier does not deliver it after all: they gave it back, or it was taken from them.
    Release,
    /// The courier takes the food.
    PickUp,
    /// The courier hands it over.
    Complete,
    /// No courier was found in time.
    GiveUp,
    /// The order ended without a delivery.
    EndOrder,
}

/// A state that refuses an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a delivery that is {from} does not take the action {action}")]
pub struct IllegalTransition {
    pub from: State,
    pub action: Action,
}

impl State {
    /// All of them, in the order of a life that goes well, then the other ends.
    pub const ALL: [Self; 7] = [
        Self::Searching,
        Self::Offered,
        Self::Assigned,
        Self::PickedUp,
        Self::Delivered,
        Self::Failed,
        Self::Cancelled,
    ];

    /// The state after an action, or its refusal.
    #[expect(clippy::match_same_arms, reason = "a line a row of the contract's table")]
    #[rustfmt::skip]
    pub const fn after(self, action: Action) -> Result<Self, IllegalTransition> {
        use Action::{Accept, Complete, Decline, EndOrder, Expire, GiveUp, Offer, PickUp, Release};
        use State::{Assigned, Cancelled, Delivered, Failed, Offered, PickedUp, Searching};
        match (self, action) {
            (Searching,                      Offer)            => Ok(Offered),
            (Offered,                        Accept)           => Ok(Assigned),
            (Offered,                        Decline | Expire) => Ok(Searching),
            (Assigned,                       Release)          => Ok(Searching),
            (Assigned,                       PickUp)           => Ok(PickedUp),
            (PickedUp,                       Complete)         => Ok(Delivered),
            (PickedUp,                       EndOrder)         => Ok(Failed),
            (Searching | Offered,            GiveUp)           => Ok(Failed),
            (Searching | Offered | Assigned, EndOrder)         => Ok(Cancelled),

            (Searching, Accept | Decline | Expire | Release | PickUp | Complete)
            | (Offered, Offer | Release | PickUp | Complete)
            | (Assigned, Offer | Accept | Decline | Expire | Complete | GiveUp)
            | (PickedUp, Offer | Accept | Decline | Expire | Release | PickUp | GiveUp)
            | (
                Delivered | Failed | Cancelled,
                Offer | Accept | Decline | Expire | Release | PickUp | Complete | GiveUp | EndOrder,
            ) => Err(IllegalTransition { from: self, action }),
        }
    }

    /// Whether nothing can happen to it any more.
    pub const fn is_final(self) -> bool {
        match self {
            Self::Searching | Self::Offered | Self::Assigned | Self::PickedUp => false,
            Self::Delivered | Self::Failed | Self::Cancelled => true,
        }
    }

    /// Whether a courier has it to do.
    pub const fn is_under_way(self) -> bool {
        match self {
            Self::Assigned | Self::PickedUp => true,
            Self::Searching | Self::Offered | Self::Delivered | Self::Failed | Self::Cancelled => false,
        }
    }

    /// The word in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Searching => "searching",
            Self::Offered => "offered",
            Self::Assigned => "assigned",
            Self::PickedUp => "picked_up",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }
}

impl Action {
    pub const ALL: [Self; 9] = [
        Self::Offer,
        Self::Accept,
        Self::Decline,
        Self::Expire,
        Self::Release,
        Self::PickUp,
        Self::Complete,
        Self::GiveUp,
        Self::EndOrder,
    ];

    /// The word: the last segment of its path where it has one.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Offer => "offer",
            Self::Accept => "accept",
            Self::Decline => "decline",
            Self::Expire => "expire",
            Self::Release => "release",
            Self::PickUp => "pick-up",
            Self::Complete => "complete",
            Self::GiveUp => "give-up",
            Self::EndOrder => "end-order",
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::{prelude::*, sample::select};

    use super::*;

    #[test]
    fn exactly_the_final_states_refuse_everything() {
        for state in State::ALL {
            let stuck = Action::ALL.into_iter().all(|action| state.after(action).is_err());
            assert_eq!(stuck, state.is_final(), "{state}");
        }
    }

    #[test]
    fn the_table_is_the_contracts() {
        let mut legal = BTreeSet::new();
        for (state, action) in State::ALL.into_iter().flat_map(|state| Action::ALL.map(|action| (state, action))) {
            if let Ok(after) = state.after(action) {
                legal.insert(format!("{state} {action} {after}"));
            }
        }
        let contract = [
            "searching offer offered",
            "offered accept assigned",
            "offered decline searching",
            "offered expire searching",
            "assigned release searching",
            "assigned pick-up picked_up",
            "picked_up complete delivered",
            "picked_up end-order failed",
            "searching give-up failed",
            "offered give-up failed",
            "searching end-order cancelled",
            "offered end-order cancelled",
            "assigned end-order cancelled",
        ];
        assert_eq!(legal, contract.map(str::to_owned).into());
    }

    #[test]
    fn the_word_is_the_same_in_json_and_in_text() {
        for state in State::ALL {
            assert_eq!(serde_json::to_string(&state).unwrap(), format!("\"{state}\""));
        }
    }

    proptest! {
        #[test]
        fn every_path_ends_and_an_order_that_ended_ends_its_delivery(
            actions in proptest::collection::vec(select(&Action::ALL[..]), 0..50),
        ) {
            let reached = actions.into_iter().fold(State::Searching, |state, action| state.after(action).unwrap_or(state));
            let ended = reached.after(Action::EndOrder).unwrap_or(reached);
            prop_assert!(ended.is_final());
            prop_assert_eq!(ended == reached, reached.is_final());
        }
    }
}
