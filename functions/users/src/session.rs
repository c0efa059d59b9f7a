//! A session: an access token for ten minutes.

use app::{ACCESS_TOKEN, Context, Problem, Reply, User};
use domain::{Role, UserId};
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

/// How long an access token lives, in seconds.
pub const ACCESS_TOKEN_S: i64 = 600;

/// What a client needs to act as a user.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Session {
    /// Sent as `Authorization: Bearer …`.
    access_token: String,
    /// Always `Bearer`.
    token_type: &'static str,
    /// How long the token lives, in seconds.
    expires_in: i64,
    /// The user.
    user_id: UserId,
    /// Their role.
    role: Role,
}

impl Session {
    /// Signs a new session for a user.
    pub fn open(context: &Context, user: &User) -> Result<Self, Problem> {
        let now = context.now().as_second();
        let claims = Claims {
            sub: user.id,
            role: user.role,
            name: user.name.as_str(),
            sid: token_id(context),
            jti: token_id(context),
            iat: now,
            exp: now + ACCESS_TOKEN_S,
        };
        Ok(Self {
            access_token: context.sign(ACCESS_TOKEN, &claims)?,
            token_type: "Bearer",
            expires_in: ACCESS_TOKEN_S,
            user_id: user.id,
            role: user.role,
        })
    }
}

impl Reply for Session {}

/// The claims of [`app::AccessClaims`] that are not the issuer's own.
#[derive(Serialize)]
struct Claims<'a> {
    sub: UserId,
    role: Role,
    name: &'a str,
    sid: String,
    jti: String,
    iat: i64,
    exp: i64,
}

fn token_id(context: &Context) -> String {
    Uuid::from_bytes(context.random()).simple().to_string()
}
