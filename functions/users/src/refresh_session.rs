//! `refresh-session`: a client goes on without asking for the password.

use app::{
    ACCESS_TOKEN, Access, Changes, Code, Context, Effect, Empty, Endpoint, Function, Json, Problem, Route, User, code,
};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    GUEST_DAYS, RefreshToken, Session, USERS,
    families::{Presented, end, unused_successor},
    guest::seen_again,
};

/// A client goes on with the next session. A refresh token works once: whoever lost the answer gets the same one again
/// within 30 seconds, unless it was used already. After that, two have the token, and all sessions of its sign-in end.
/// Who was suspended learns that by it.
#[derive(JsonSchema)]
pub struct RefreshSession;

/// What the session before came with.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Renewal {
    refresh_token: RefreshToken,
}

impl Endpoint for RefreshSession {
    const FUNCTION: Function = Function::new("refresh-session")
        .settings(&[crate::ACCESS_TOKEN_S, GUEST_DAYS])
        .gets(USERS)
        .writes(USERS)
        .signs(ACCESS_TOKEN);
    const ROUTE: Route = Route::post("/v1/sessions/refresh");
    const ACCESS: Access = Access::Public;
    const PROBLEMS: &'static [Code] = &[code::ACCOUNT_PENDING, code::ACCOUNT_SUSPENDED];
    const EXAMPLE: &'static str = r#"{"refresh_token": "3q2-7wABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhs"}"#;
    type Caller = Option<User>;
    type Path = Empty;
    type Input = Json<Renewal>;
    type Reply = Session;

    async fn call(
        context: &Context,
        _caller: &Option<User>,
        Empty {}: &Empty,
        Renewal { refresh_token: token }: &Renewal,
    ) -> Result<Effect<Session>, Problem> {
        let presented = Presented::find(context, token).await?.ok_or_else(refused)?;
        let account = &presented.account;
        let sid = &presented.token.family;
        // Suspension ended the family, so it is told before.
        account.admit()?;
        if !presented.family.is_alive(account) {
            return Err(refused());
        }
        let session = |next| Session::of(context, account, sid.clone(), next);
        if presented.token.used_at.is_none() {
            let next = RefreshToken::generate(context);
            let sealed = token.seal(context, &next)?;
            let rotated = presented.rotation(token, &next, &sealed, context.now());
            let seen = if account.is_guest() { seen_again(context, account.id).await? } else { Changes::none() };
            return Ok(Effect::reply(session(next)?).saves(rotated).saves(seen));
        }
        match unused_successor(context, token).await? {
            Some(next) => Ok(Effect::reply(session(next)?)),
            // One of the two who have it stole it, and nobody knows which.
            None => Err(refused().saves(end(presented.family))),
        }
    }
}

/// The same refusal whatever is wrong with a token.
fn refused() -> Problem {
    Problem::new(code::UNAUTHENTICATED, "The refresh token is not ours, was used, or has ended. Sign in.")
}

#[cfg(test)]
mod tests {
    use app::{Draft, MAX_PAGE, Settings, Stored as _};
    use testing::World;

    use super::*;
    use crate::{
        ACCESS_TOKEN_S, Guest,
        families::SUCCESSOR_S,
        family::FAMILY_S,
        refresh_token::Sealed,
        sample::{ana, decide, guest, refresh, set_state, sign_in, signed_in, stored},
    };

    const REFUSED: &str = code::UNAUTHENTICATED.word;

    #[tokio::test]
    async fn each_session_gives_the_next_of_the_same_family() {
        let (world, first) = ana().await;
        let second = refresh(&world, &first.refresh_token).await.unwrap();
        let third = refresh(&world, &second.refresh_token).await.unwrap();
        assert_eq!([&second.sid, &third.sid], [&first.sid; 2]);
        assert!(first.refresh_token != second.refresh_token && second.refresh_token != third.refresh_token);
        assert_ne!(sign_in(&world).await.sid, first.sid, "another sign-in is another family");
    }

    #[tokio::test]
    async fn who_lost_the_reply_gets_the_same_again_within_30_seconds() {
        let (world, first) = ana().await;
        let second = refresh(&world, &first.refresh_token).await.unwrap();
        world.clock.advance_s(SUCCESSOR_S - 1);
        let again = decide(&world, &first.refresh_token).await.unwrap();
        assert!(again.changes.is_empty());
        assert_eq!(refresh(&world, &first.refresh_token).await.unwrap().refresh_token, second.refresh_token);
        assert!(refresh(&world, &second.refresh_token).await.is_ok());
    }

    #[tokio::test]
    async fn a_used_token_ends_its_family_after_30_seconds_and_no_other() {
        let (world, first) = ana().await;
        let elsewhere = sign_in(&world).await;
        let second = refresh(&world, &first.refresh_token).await.unwrap();
        world.clock.advance_s(SUCCESSOR_S);
        for token in [&first.refresh_token, &second.refresh_token, &first.refresh_token] {
            assert_eq!(refresh(&world, token).await, Err(REFUSED));
        }
        assert!(refresh(&world, &elsewhere.refresh_token).await.is_ok());
    }

    #[tokio::test]
    async fn a_used_token_whose_successor_was_used_ends_its_family_at_once() {
        let (world, first) = ana().await;
        let second = refresh(&world, &first.refresh_token).await.unwrap();
        let third = refresh(&world, &second.refresh_token).await.unwrap();
        for token in [&first.refresh_token, &third.refresh_token, &second.refresh_token] {
            assert_eq!(refresh(&world, token).await, Err(REFUSED));
        }
    }

    #[tokio::test]
    async fn a_token_nobody_issued_ends_nothing() {
        let (world, first) = ana().await;
        let refusal = decide(&world, "a-token-nobody-issued").await.unwrap_err();
        assert_eq!(refusal.code.word, REFUSED);
        assert!(refusal.changes.is_empty());
        assert!(refresh(&world, &first.refresh_token).await.is_ok());
    }

    #[tokio::test]
    async fn a_family_ends_30_days_after_its_sign_in_however_often_refreshed() {
        let (world, mut session) = ana().await;
        for third in 1..=3 {
            world.clock.advance_s(FAMILY_S / 3 - i64::from(third == 3));
            session = refresh(&world, &session.refresh_token).await.unwrap();
        }
        world.clock.advance_s(1);
        let refusal = decide(&world, &session.refresh_token).await.unwrap_err();
        assert_eq!(refusal.code.word, REFUSED);
        assert!(refusal.changes.is_empty());
    }

    #[tokio::test]
    async fn of_two_at_once_one_loses_the_race_and_gets_the_others_session() {
        let (world, first) = ana().await;
        let context = world.context(crate::SERVICE, "refresh-session");
        let winner = decide(&world, &first.refresh_token).await.unwrap();
        let loser = decide(&world, &first.refresh_token).await.unwrap();
        context.commit(USERS, winner.changes).await.unwrap();
        assert!(context.commit(USERS, loser.changes).await.unwrap_err().is_lost_race());
        let next = |session: &Session| serde_json::to_value(session).unwrap()["refresh_token"].clone();
        let retried = decide(&world, &first.refresh_token).await.unwrap();
        assert_eq!(next(&retried.reply), next(&winner.reply));
        assert!(retried.changes.is_empty());
    }

    #[tokio::test]
    async fn a_new_epoch_of_the_account_ends_every_family_in_one_write() {
        let (world, first) = ana().await;
        let elsewhere = sign_in(&world).await;
        let (account, _) = signed_in(&world, &first.sid).await;
        let mut account = Draft::of(account);
        account.step().epoch += 1;
        world.commit(USERS, account.into()).await;
        for session in [&first, &elsewhere] {
            let refusal = decide(&world, &session.refresh_token).await.unwrap_err();
            assert_eq!(refusal.code.word, REFUSED);
            assert!(refusal.changes.is_empty());
        }
        assert!(refresh(&world, &sign_in(&world).await.refresh_token).await.is_ok(), "who signs in again goes on");
    }

    #[tokio::test]
    async fn who_was_suspended_learns_that_and_signs_in_anew_once_it_is_lifted() {
        let (world, first) = ana().await;
        let (account, _) = signed_in(&world, &first.sid).await;
        set_state(&world, account.id, "suspended").await;
        assert_eq!(refresh(&world, &first.refresh_token).await, Err(code::ACCOUNT_SUSPENDED.word));
        assert_eq!(refresh(&world, "a-token-nobody-issued").await, Err(REFUSED));
        set_state(&world, account.id, "active").await;
        assert_eq!(refresh(&world, &first.refresh_token).await, Err(REFUSED), "suspension ended it");
        assert!(refresh(&world, &sign_in(&world).await.refresh_token).await.is_ok());
    }

    #[tokio::test]
    async fn a_guest_is_remembered_from_each_refresh_on() {
        let world = World::new();
        let (caller, first) = guest(&world).await;
        let before = stored::<Guest>(&world, &caller.id).await.unwrap();
        world.clock.advance_s(3600);
        let second = refresh(&world, &first.refresh_token).await.unwrap();
        let after = stored::<Guest>(&world, &caller.id).await.unwrap();
        assert_eq!(after.seen_at, world.clock.seconds());
        assert_eq!(before.due_at.seconds_until(after.due_at), 3600);
        assert!(after.version > before.version, "who decided by the one before loses the race");
        assert!(decide(&world, &first.refresh_token).await.unwrap().changes.is_empty(), "a lost reply is no sign");
        assert!(refresh(&world, &second.refresh_token).await.is_ok());
    }

    #[tokio::test]
    async fn no_token_is_stored() {
        let (world, first) = ana().await;
        let second = refresh(&world, &first.refresh_token).await.unwrap();
        let items = world.store().scan(USERS, None, MAX_PAGE).await.unwrap();
        assert!(items.iter().any(|item| item.kind == Sealed::ITEM));
        for token in [&first.refresh_token, &second.refresh_token] {
            assert!(!items.iter().any(|item| format!("{item:?}").contains(token.as_str())));
        }
    }

    #[tokio::test]
    async fn an_access_token_lives_as_long_as_is_set_and_says_so() {
        let (_, usual) = ana().await;
        assert_eq!(usual.expires_in, 600);
        assert_eq!(usual.lives_s, 600);
        let world = World::with(Settings::default().with(&ACCESS_TOKEN_S, 10));
        let first = crate::sample::sign_up(&world).await;
        let second = refresh(&world, &first.refresh_token).await.unwrap();
        for session in [first, second] {
            assert_eq!(session.expires_in, 10);
            assert_eq!(session.lives_s, 10);
        }
    }
}
