//! Who calls: a signed-in user, anybody, or the system itself.

use domain::{Actor, Name, Role, Timestamp, UserId};
use serde::{Deserialize, Serialize};

use crate::{Problem, code};

/// A signed-in user, as their access token says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Their account.
    pub id: UserId,
    /// What the account is for.
    pub role: Role,
    /// Their name when they signed in.
    pub name: Name,
    /// The session that their access token belongs to.
    pub session: String,
    /// When that token expires.
    pub expires_at: Timestamp,
}

/// The claims of an access token.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AccessClaims {
    /// The issuer: the address that the API is served under.
    pub iss: String,
    /// The audience, that of [`ACCESS_TOKEN`](crate::ACCESS_TOKEN).
    pub aud: String,
    /// The user's id.
    pub sub: UserId,
    /// What the account is for.
    pub role: Role,
    /// The user's name when the token was issued.
    pub name: Name,
    /// The session the token belongs to.
    pub sid: String,
    /// The token's own id.
    pub jti: String,
    /// Issued at, Unix seconds.
    pub iat: i64,
    /// Expires at, Unix seconds.
    pub exp: i64,
}

/// What `If-Match` asks of the thing an action is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Precondition {
    /// Nothing.
    #[default]
    None,
    /// That it exists (`*`).
    Exists,
    /// That it is at one of these versions.
    Versions(Vec<u64>),
}

impl Precondition {
    /// Requires that a thing at `version` is what was expected: 412 where it has changed (optimistic locking).
    pub fn admits(&self, version: u64) -> Result<(), Problem> {
        match self {
            Self::Versions(versions) if !versions.contains(&version) => Err(Problem::of(code::STALE)),
            Self::None | Self::Exists | Self::Versions(_) => Ok(()),
        }
    }
}

/// Who calls an operation: a [`User`] where somebody must be signed in, `Option<User>` where anybody may.
pub trait Caller: Sized + Send + Sync + 'static {
    /// Whether it is always somebody.
    const IS_SIGNED_IN: bool;

    /// The caller, by who is signed in; nothing where somebody should be and nobody is.
    fn of(user: &Option<User>) -> Option<&Self>;
}

impl Caller for User {
    const IS_SIGNED_IN: bool = true;

    fn of(user: &Option<User>) -> Option<&Self> {
        user.as_ref()
    }
}

impl Caller for Option<User> {
    const IS_SIGNED_IN: bool = false;

    fn of(user: &Self) -> Option<&Self> {
        Some(user)
    }
}

impl User {
    /// Whether this is that user.
    pub fn is(&self, id: UserId) -> bool {
        self.id == id
    }

    /// Whether this is an administrator.
    pub fn is_admin(&self) -> bool {
        self.role == Role::Admin
    }

    /// The user, as the one who did a thing.
    pub fn actor(&self) -> Actor {
        Actor::user(self.role, self.id)
    }
}

/// The system's own key to guarded things. Only a host makes one, and only subscribers and sweeps are handed it.
#[derive(Debug)]
pub struct System(());

impl System {
    /// For hosts alone; a test fails where a service names it.
    pub const fn held_by_host() -> Self {
        Self(())
    }
}
