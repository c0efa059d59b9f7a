//! A courier's account, as its events tell of it: what they are called, and whether they may act.

use app::{Problem, Projected, Projection, code};
use domain::{AccountState, Event, Name, Role, UserFact, UserId};
use serde::{Deserialize, Serialize};

/// What is kept of a courier's account, with or without a profile.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Account {
    pub courier_id: UserId,
    pub known: Projected<AccountKnown>,
}

/// What is known of an account from its events: the latest of each.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountKnown {
    pub name: Name,
    pub state: AccountState,
}

impl Account {
    /// What one event says; nothing where it is not about a courier.
    pub fn of(event: &Event<UserFact>) -> Option<Self> {
        let UserFact { user_id: courier_id, role: Role::Courier, name, state, .. } = &event.data else { return None };
        let value = AccountKnown { name: name.clone()?, state: (*state)? };
        Some(Self { courier_id: *courier_id, known: Projected { value, sequence: event.sequence } })
    }

    /// Refuses what takes an active account.
    pub fn require_active(&self) -> Result<(), Problem> {
        match self.known.state {
            AccountState::Active => Ok(()),
            AccountState::Pending => Err(Problem::of(code::ACCOUNT_PENDING)),
            AccountState::Suspended => Err(Problem::of(code::ACCOUNT_SUSPENDED)),
        }
    }
}

impl Projection for AccountKnown {
    fn apply(self, later: Self) -> Self {
        later
    }
}
