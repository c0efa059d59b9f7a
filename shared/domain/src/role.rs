//! Who people are, and who did a thing.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::UserId;

/// What an account is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum Role {
    /// Orders food.
    Customer,
    /// Owns restaurants.
    Merchant,
    /// Delivers orders.
    Courier,
    /// Runs the platform.
    Admin,
}

impl Role {
    /// Every role there is.
    pub const ALL: [Self; 4] = [Self::Customer, Self::Merchant, Self::Courier, Self::Admin];

    /// The word in JSON and in tokens.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Merchant => "merchant",
            Self::Courier => "courier",
            Self::Admin => "admin",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// Whether somebody may act.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum AccountState {
    /// They may.
    #[default]
    Active,
    /// Not yet: an administrator lets them.
    Pending,
    /// Not now: an administrator stopped them.
    Suspended,
}

impl AccountState {
    /// Whether they may act.
    pub const fn is_active(self) -> bool {
        matches!(self, Self::Active)
    }
}

/// In which role something was done: a user's, or the system's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum ActorRole {
    /// A user acting as a customer.
    Customer,
    /// A user acting as a merchant.
    Merchant,
    /// A user acting as a courier.
    Courier,
    /// A user acting as an admin.
    Admin,
    /// The platform itself: payments, a sweeper, an event.
    System,
}

impl From<Role> for ActorRole {
    fn from(role: Role) -> Self {
        match role {
            Role::Customer => Self::Customer,
            Role::Merchant => Self::Merchant,
            Role::Courier => Self::Courier,
            Role::Admin => Self::Admin,
        }
    }
}

/// Who did a thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Actor {
    /// In which role.
    pub role: ActorRole,
    /// Which user; null for the system, and where the reader may not know.
    pub id: Option<UserId>,
}

impl Actor {
    /// The platform itself, which has no id.
    pub const SYSTEM: Self = Self { role: ActorRole::System, id: None };

    /// That user, in that role.
    pub fn user(role: Role, id: UserId) -> Self {
        Self { role: role.into(), id: Some(id) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_is_the_same_in_json_and_in_text() {
        for role in Role::ALL {
            let word = format!("\"{role}\"");
            assert_eq!(serde_json::to_string(&role).unwrap(), word);
            assert_eq!(serde_json::to_string(&ActorRole::from(role)).unwrap(), word);
        }
    }
}
