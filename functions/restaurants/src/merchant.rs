//! What is known of a merchant's account, and how far their restaurants have followed it. Pure.

use app::{Projected, Projection};
use domain::{AccountState, Event, Role, Timestamp, UserFact, UserId, UserKind};
use serde::{Deserialize, Serialize};

/// How long after one step of a walk the next is due, in seconds.
pub(crate) const NEXT_STEP_S: i64 = 1;
/// How long after its end a walk is done once more, in seconds: an index may lag, and what it did not show yet is there by then.
pub(crate) const AGAIN_S: i64 = 15 * 60;

/// A merchant, as their account's facts tell of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Merchant {
    pub id: UserId,
    /// What is known of their account.
    #[serde(flatten)]
    account: Projected<Account>,
    /// How far their restaurants have followed it; nothing where all of them have.
    walk: Option<Walk>,
}

/// What is known of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Account {
    state: Standing,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Standing {
    Active,
    /// It may not act now.
    Inactive,
    /// It is gone for good.
    Deleted,
}

/// A walk over a merchant's restaurants, oldest first, in steps; at its end it is done once more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Walk {
    /// When its next step is due.
    due: Timestamp,
    /// The place in the list of the last restaurant it came to.
    pub(crate) after: Option<String>,
    /// Whether this is the second time.
    again: bool,
}

impl Projection for Account {
    fn apply(self, later: Self) -> Self {
        if self.state == Standing::Deleted { self } else { later }
    }
}

impl Merchant {
    /// What one event says; nothing where it is not about a merchant.
    pub(crate) fn told(event: &Event<UserFact>) -> Option<Self> {
        let UserFact { user_id: id, role: Role::Merchant, state, .. } = event.data else { return None };
        let state = match event.kind {
            UserKind::Deleted => Standing::Deleted,
            UserKind::Updated if state.is_some_and(AccountState::is_active) => Standing::Active,
            UserKind::Updated => Standing::Inactive,
        };
        let account = Projected { value: Account { state }, sequence: event.sequence };
        Some(Self { id, account, walk: None })
    }

    /// Whether their restaurants may be open.
    pub(crate) fn is_active(&self) -> bool {
        self.account.state == Standing::Active
    }

    /// What is known with `told` as well. Where that opens or closes their restaurants, a walk begins, from the first of them.
    /// Of who was not known before, every restaurant is open.
    #[must_use]
    pub(crate) fn with(known: Option<Self>, told: Self, now: Timestamp) -> Self {
        let was_active = known.as_ref().is_none_or(Self::is_active);
        let merchant = match known {
            None => told,
            Some(Self { id, account, walk }) => Self { id, account: account.then(told.account), walk },
        };
        if merchant.is_active() == was_active {
            return merchant;
        }
        Self { walk: Some(Walk { due: now, after: None, again: false }), ..merchant }
    }

    /// When the next step of the walk under way is due.
    pub(crate) fn due(&self) -> Option<Timestamp> {
        self.walk.as_ref().map(|walk| walk.due)
    }

    /// The walk under way, where its next step is due.
    pub(crate) fn due_walk(&self, now: Timestamp) -> Option<&Walk> {
        self.walk.as_ref().filter(|walk| walk.due <= now)
    }

    /// The walk has come to this place, and goes on after it; or to its end.
    pub(crate) fn has_come_to(&mut self, place: Option<String>, now: Timestamp) {
        let Some(Walk { again, .. }) = self.walk else { return };
        self.walk = match place {
            Some(_) => Some(Walk { due: now.plus_seconds(NEXT_STEP_S), after: place, again }),
            None if again => None,
            None => Some(Walk { due: now.plus_seconds(AGAIN_S), after: None, again: true }),
        };
    }
}
