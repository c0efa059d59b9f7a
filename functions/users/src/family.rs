//! A family: a sign-in and the refresh tokens that follow from it, one after the other. Pure.

use app::{Policy, User};
use domain::{Timestamp, UserId};
use serde::{Deserialize, Serialize};

use crate::Account;

/// How long a family lives from its sign-in, in seconds: 30 days.
pub(crate) const FAMILY_S: i64 = 30 * 24 * 3600;

/// A family, as it is stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Family {
    /// Who signed in.
    pub(crate) user_id: UserId,
    /// The account's epoch at the sign-in.
    pub(crate) epoch: u64,
    /// Whether it was ended before it expired.
    pub(crate) ended: bool,
    /// When it ends by itself, and all that is stored of it is deleted.
    pub(crate) expires_at: Timestamp,
}

impl Family {
    /// The family of a sign-in at `now`.
    pub(crate) fn of(account: &Account, now: Timestamp) -> Self {
        let expires_at = now.plus_seconds(FAMILY_S);
        Self { user_id: account.id, epoch: account.epoch, ended: false, expires_at }
    }

    /// Whether its tokens are accepted: it was not ended, alone or with all others of its account.
    pub(crate) const fn is_alive(&self, account: &Account) -> bool {
        !self.ended && self.epoch == account.epoch
    }
}

impl Policy for Family {
    type Purpose = ();

    fn permits(&self, user: &User, (): ()) -> bool {
        user.is(self.user_id)
    }
}
