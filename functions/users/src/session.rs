//! A session: an access token for some minutes, and a refresh token for the next.

use app::{ACCESS_TOKEN, Context, Effect, Problem, Reply, Setting};
use domain::{Role, UserId};
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use crate::{Account, RefreshToken, families::founding, family::Family};

pub const ACCESS_TOKEN_S: Setting = Setting {
    name: "TIFFIN_USERS_ACCESS_TOKEN_S",
    default: 600,
    min: 10,
    max: 600,
    about: "How long an access token lives, in seconds",
};

/// What a client needs to act as a user.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Session {
    /// Sent as `Authorization: Bearer …`.
    access_token: String,
    /// Always `Bearer`.
    token_type: &'static str,
    /// How long the access token lives, in seconds.
    expires_in: i64,
    /// Gives the next session, once, until 30 days after the sign-in.
    refresh_token: RefreshToken,
    /// The user.
    user_id: UserId,
    /// Their role.
    role: Role,
}

impl Session {
    /// The first session of a new family: somebody signs in.
    pub fn open(context: &Context, account: &Account) -> Result<Effect<Self>, Problem> {
        let sid = new_id(context);
        let token = RefreshToken::generate(context);
        let founded = founding(&sid, Family::of(account, context.now()), &token);
        Ok(Effect::reply(Self::of(context, account, sid, token)?).saves(founded))
    }

    /// A session of the family `sid`, to be followed by what `refresh_token` gives.
    pub(crate) fn of(
        context: &Context,
        account: &Account,
        sid: String,
        refresh_token: RefreshToken,
    ) -> Result<Self, Problem> {
        let now = context.now().as_second();
        let expires_in = context.setting(&ACCESS_TOKEN_S);
        let claims = Claims {
            sub: account.id,
            role: account.role,
            name: account.name.as_str(),
            sid,
            jti: new_id(context),
            iat: now,
            exp: now + expires_in,
        };
        Ok(Self {
            access_token: context.sign(ACCESS_TOKEN, &claims)?,
            token_type: "Bearer",
            expires_in,
            refresh_token,
            user_id: account.id,
            role: account.role,
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

fn new_id(context: &Context) -> String {
    Uuid::from_bytes(context.random()).simple().to_string()
}
