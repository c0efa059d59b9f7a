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

#[cfg(test)]
mod tests {
    use app::INVITATION;
    use serde_json::json;
    use testing::{World, input};

    use super::*;
    use crate::sample::{ana, decide, refresh, set_state, sign_in_as, signed_in, update};

    const EMAIL: &str = "ana@example.com";
    const NEW: &str = "battery staple";

    async fn reset(world: &World, token: &str) -> Option<&'static str> {
        let context = world.context(crate::SERVICE, "reset-password");
        let asked = input(&json!({"token": token, "password": NEW}).to_string());
        match ResetPassword::call(&context, &None, &Empty {}, &asked).await {
            Ok(effect) => {
                world.commit(USERS, effect.changes).await;
                None
            }
            Err(refusal) => Some(refusal.code.word),
        }
    }

    #[tokio::test]
    async fn a_token_sets_another_password_once_and_ends_every_session() {
        let (world, first) = ana().await;
        let token = world.operator_signs(RESET, " ANA@example.com");
        assert_eq!(reset(&world, &token).await, None);
        assert!(decide(&world, &first.refresh_token).await.is_err());
        assert!(sign_in_as(&world, EMAIL, "correct horse").await.is_err());
        assert!(sign_in_as(&world, EMAIL, NEW).await.is_ok());
        world.clock.advance_s(1);
        assert_eq!(reset(&world, &token).await, Some(TOKEN_INVALID.word));
    }

    #[tokio::test]
    async fn a_token_that_was_used_stays_so_for_as_long_as_it_could_be_good() {
        let (world, first) = ana().await;
        let token = world.operator_signs(RESET, EMAIL);
        assert_eq!(reset(&world, &token).await, None);
        // As if the password had not been changed by it.
        let (account, _) = signed_in(&world, &first.sid).await;
        let mut account = Draft::of(account);
        account.step().password_changed_at = None;
        world.commit(USERS, account.into()).await;
        world.clock.advance_s(RESET.life_s);
        assert_eq!(reset(&world, &token).await, Some(TOKEN_INVALID.word));
    }

    #[tokio::test]
    async fn a_token_is_void_once_the_password_was_changed_otherwise() {
        let (world, first) = ana().await;
        let before = world.operator_signs(RESET, EMAIL);
        world.clock.advance_s(60);
        let (account, caller) = signed_in(&world, &first.sid).await;
        let patch = json!({"password": "another horse", "current_password": "correct horse"});
        update(&world, &caller, account.id, &patch).await.unwrap();
        assert_eq!(reset(&world, &before).await, Some(TOKEN_INVALID.word));
        let same_second = world.operator_signs(RESET, EMAIL);
        assert_eq!(reset(&world, &same_second).await, Some(TOKEN_INVALID.word));
        world.clock.advance_s(1);
        let after = world.operator_signs(RESET, EMAIL);
        assert_eq!(reset(&world, &after).await, None);
    }

    #[tokio::test]
    async fn a_token_that_is_not_the_operators_for_an_account_is_refused_and_changes_nothing() {
        let (world, first) = ana().await;
        let forged = World::new().operator_signs(RESET, EMAIL);
        let invitation = world.operator_signs(INVITATION, EMAIL);
        let nobodys = world.operator_signs(RESET, "eva@example.com");
        let late = world.operator_signs(RESET, EMAIL);
        for token in [forged.as_str(), &invitation, &nobodys, "one"] {
            assert_eq!(reset(&world, token).await, Some(TOKEN_INVALID.word));
        }
        world.clock.advance_s(RESET.life_s + 60);
        assert_eq!(reset(&world, &late).await, Some(TOKEN_INVALID.word));
        assert!(refresh(&world, &first.refresh_token).await.is_ok());
    }

    #[tokio::test]
    async fn who_was_suspended_stays_so() {
        let (world, first) = ana().await;
        let (account, _) = signed_in(&world, &first.sid).await;
        set_state(&world, account.id, "suspended").await;
        assert_eq!(reset(&world, &world.operator_signs(RESET, EMAIL)).await, None);
        assert_eq!(sign_in_as(&world, EMAIL, NEW).await, Err("account-suspended"));
    }

    #[tokio::test]
    async fn of_two_at_once_one_sets_its_password() {
        let (world, _) = ana().await;
        let token = world.operator_signs(RESET, EMAIL);
        let context = world.context(crate::SERVICE, "reset-password");
        let asked = input(&json!({"token": token, "password": NEW}).to_string());
        let winner = ResetPassword::call(&context, &None, &Empty {}, &asked).await.unwrap();
        let loser = ResetPassword::call(&context, &None, &Empty {}, &asked).await.unwrap();
        context.commit(USERS, winner.changes).await.unwrap();
        assert!(context.commit(USERS, loser.changes).await.unwrap_err().is_lost_race());
    }
}
