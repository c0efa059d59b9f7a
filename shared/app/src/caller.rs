//! Who calls: anybody, a signed-in user, or the system itself.

use domain::{Actor, Name, Role, UserId};
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
}

/// The claims of an access token.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AccessClaims {
    /// The issuer, `tiffin`.
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

/// Who made the request, and what they expect of the thing it is about.
#[derive(Clone, Debug, Default)]
pub struct Caller {
    user: Option<User>,
    session: Option<String>,
    precondition: Precondition,
}

impl Caller {
    /// Nobody in particular.
    pub fn anyone() -> Self {
        Self::default()
    }

    /// A signed-in user.
    pub fn user(user: User) -> Self {
        Self { user: Some(user), ..Self::default() }
    }

    /// The same caller, signed in by this session.
    #[must_use]
    pub fn in_session(mut self, session: impl Into<String>) -> Self {
        self.session = Some(session.into());
        self
    }

    /// The same caller, expecting this of the thing the request is about.
    #[must_use]
    pub fn expecting(mut self, precondition: Precondition) -> Self {
        self.precondition = precondition;
        self
    }

    /// The user, or 401.
    pub fn signed_in(&self) -> Result<&User, Problem> {
        self.user.as_ref().ok_or_else(|| Problem::of(code::UNAUTHENTICATED))
    }

    /// The session that their access token belongs to.
    pub fn session(&self) -> Option<&str> {
        self.session.as_deref()
    }

    /// The user's role, if signed in.
    pub fn role(&self) -> Option<Role> {
        self.user.as_ref().map(|user| user.role)
    }

    /// Whether this is that user.
    pub fn is(&self, id: UserId) -> bool {
        self.user.as_ref().is_some_and(|user| user.id == id)
    }

    /// Whether this is an administrator.
    pub fn is_admin(&self) -> bool {
        self.role() == Some(Role::Admin)
    }

    /// What `If-Match` asks.
    pub const fn precondition(&self) -> &Precondition {
        &self.precondition
    }

    /// The caller, as the one who did a thing.
    pub fn actor(&self) -> Actor {
        match &self.user {
            None => Actor::SYSTEM,
            Some(user) => Actor { role: user.role.into(), id: Some(user.id) },
        }
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
