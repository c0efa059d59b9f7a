//! An account: who somebody is, and whose it is to see.

use app::{Caller, Policy, Reply};
use domain::{Email, Locale, Name, Phone, Role, Timestamp, UserId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::PasswordHash;

/// An account, as it is stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Account {
    /// The user.
    pub id: UserId,
    /// Their e-mail, as they wrote it.
    pub email: Email,
    /// Their name.
    pub name: Name,
    /// Their role; it never changes.
    pub role: Role,
    /// Their phone.
    pub phone: Option<Phone>,
    /// Their language.
    pub locale: Option<Locale>,
    /// Their password, hashed.
    pub password: PasswordHash,
    /// When they registered.
    pub created_at: Timestamp,
    /// Counts what ends every session of the account at once: a family of sessions is of one epoch, and taken in no other.
    #[serde(default)]
    pub epoch: u64,
}

impl Policy for Account {
    type Purpose = ();

    fn permits(&self, caller: &Caller, (): ()) -> bool {
        caller.is(self.id) || caller.is_admin()
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
    /// An account at this version, as its owner sees it.
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
