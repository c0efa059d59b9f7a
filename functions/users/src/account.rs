//! An account: who somebody is, and whose it is to see.

use app::{Policy, Reply, User};
use domain::{Email, Locale, Name, Phone, Role, Timestamp, UserId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::PasswordHash;

/// An account, as it is stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Account {
    pub id: UserId,
    /// As the user wrote it.
    pub email: Email,
    pub name: Name,
    /// Never changes.
    pub role: Role,
    pub phone: Option<Phone>,
    pub locale: Option<Locale>,
    pub password: PasswordHash,
    pub created_at: Timestamp,
    /// Increasing it ends every session of the account at once: a family of sessions is valid only in the epoch of its
    /// sign-in.
    #[serde(default)]
    pub epoch: u64,
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
    email: Email,
    name: Name,
    role: Role,
    phone: Option<Phone>,
    locale: Option<Locale>,
    created_at: Timestamp,
    version: u64,
}

impl UserView {
    /// An account as its owner sees it: without the password and the epoch.
    pub fn of(account: &Account, version: u64) -> Self {
        let Account { id, email, name, role, phone, locale, password: _, created_at, epoch: _ } = account.clone();
        Self { id, email, name, role, phone, locale, created_at, version }
    }
}

impl Reply for UserView {
    fn version(&self) -> Option<u64> {
        Some(self.version)
    }
}
