//! `reset-password`: somebody who forgot their password sets another, with a token from the operator.

use app::{
    Access, Code, Context, Draft, Effect, Empty, Endpoint, Function, Json, NoContent, OperatorClaims, Problem, RESET,
    Route, User,
};
use domain::{Password, Timestamp};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{Account, HASHES_AT_ONCE, MEMORY_KIB, PasswordHash, USERS, account_by_email, used_resets::UsedReset};

/// Somebody who forgot their password sets another, with a token that the operator signed for their e-mail: within an hour, once,
/// and not once the password was changed otherwise. All their sessions end.
#[derive(JsonSchema)]
pub struct ResetPassword;

const TOKEN_INVALID: Code = Code::new(
    "token-invalid",
    403,
    "No valid token",
    "The token is not the operator's, is over an hour old or was used, or the password was changed since. Ask for another.",
);

/// A token, and the password to come.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reset {
    /// What the operator signed.
    token: String,
    password: Password,
}

impl Endpoint for ResetPassword {
    const FUNCTION: Function =
        Function::new("reset-password").cpu_heavy(HASHES_AT_ONCE).settings(&[MEMORY_KIB]).gets(USERS).writes(USERS);
    const ROUTE: Route = Route::post("/v1/users/password-reset");
    const ACCESS: Access = Access::Public;
    const PROBLEMS: &'static [Code] = &[TOKEN_INVALID];
    const EXAMPLE: &'static str = r#"{"token": "eyJ0eXAiOiJyZXNldCtqd3Qi…", "password": "battery staple"}"#;
    type Caller = Option<User>;
    type Path = Empty;
    type Input = Json<Reset>;
    type Reply = NoContent;

    async fn call(
        context: &Context,
        _caller: &Option<User>,
        Empty {}: &Empty,
        input: &Reset,
    ) -> Result<Effect<NoContent>, Problem> {
        let refused = || Problem::of(TOKEN_INVALID);
        let claims: OperatorClaims = context.verify(RESET, &input.token).map_err(|_| refused())?;
        let account = account_by_email(context, &claims.email).await?.ok_or_else(refused)?;
        let is_used = context.find::<UsedReset>(&claims.jti).await?.is_some();
        if is_used || has_changed_since(&account, claims.iat) {
            return Err(refused());
        }
        let hash = PasswordHash::of(context, input.password.clone()).await?;
        let mut account = Draft::of(account);
        account.step().set_password(hash, context.now());
        let used = UsedReset { expires_at: Timestamp::from_second(claims.exp) };
        Ok(Effect::reply(NoContent).saves(account).saves(Draft::new(&claims.jti, used)))
    }
}

/// Whether the password was replaced at this second or later. A token of the same second may be older, so it is void.
fn has_changed_since(account: &Account, second: i64) -> bool {
    account.password_changed_at.is_some_and(|at| at.as_second() >= second)
}
