//! An account: who somebody is, whether they may act, and whose it is to see.

use app::{Policy, Problem, Reply, User, code};
use domain::{AccountState, Email, Locale, Name, Phone, Role, Timestamp, UserId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::PasswordHash;

/// An account, as it is stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Account {
    pub id: UserId,
    /// As the user wrote it; none of a guest.
    pub email: Option<Email>,
    pub name: Name,
    /// Never changes.
    pub role: Role,
    #[serde(default)]
    pub state: AccountState,
    pub phone: Option<Phone>,
    pub locale: Option<Locale>,
    /// None of a guest.
    pub password: Option<PasswordHash>,
    /// When it was last replaced by another; none while it is the first.
    #[serde(default)]
    pub password_changed_at: Option<Timestamp>,
    pub created_at: Timestamp,
    /// Increasing it ends every session of the account at once: a family of sessions is valid only in the epoch of its
    /// sign-in.
    #[serde(default)]
    pub epoch: u64,
}

impl Account {
    /// Whether it has neither e-mail nor password: its session alone says whose it is.
    pub const fn is_guest(&self) -> bool {
        self.email.is_none()
    }

    /// Refuses a session to who may not act. Only for who has proven that the account is theirs.
    pub(crate) fn admit(&self) -> Result<(), Problem> {
        match self.state {
            AccountState::Active => Ok(()),
            AccountState::Pending => Err(Problem::of(code::ACCOUNT_PENDING)),
            AccountState::Suspended => Err(Problem::of(code::ACCOUNT_SUSPENDED)),
        }
    }

    /// Sets a new password, which ends all sessions.
    pub(crate) fn set_password(&mut self, password: PasswordHash, now: Timestamp) {
        self.password = Some(password);
        self.password_changed_at = Some(now);
        self.epoch += 1;
    }

    /// Lets somebody act, or stops them, which ends all sessions.
    pub(crate) fn set_state(&mut self, state: AccountState) {
        if state == AccountState::Suspended && self.state != state {
            self.epoch += 1;
        }
        self.state = state;
    }
}

impl Policy for Account {
    type Purpose = ();

    fn permits(&self, user: &User, (): ()) -> bool {
        user.is(self.id) || user.is_admin()
    }
}

/// A user.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "User")]
pub struct UserView {
    id: UserId,
    /// Null for a guest.
    email: Option<Email>,
    name: Name,
    role: Role,
    /// Whether they may act: `pending` until an administrator lets them, `suspended` where one stopped them.
    state: AccountState,
    phone: Option<Phone>,
    locale: Option<Locale>,
    created_at: Timestamp,
    version: u64,
}

impl UserView {
    /// An account as its owner sees it: without the password and the epoch.
    pub fn of(account: &Account, version: u64) -> Self {
        let Account { id, email, name, role, state, phone, locale, created_at, .. } = account.clone();
        Self { id, email, name, role, state, phone, locale, created_at, version }
    }
}

impl Reply for UserView {
    fn version(&self) -> Option<u64> {
        Some(self.version)
    }
}
