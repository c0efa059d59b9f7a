//! Ana, who signed up, for tests of sessions.

use app::{ACCESS_TOKEN, AccessClaims, Effect, Empty, Endpoint as _, Problem, User, Versioned};
use serde_json::Value;
use testing::{World, input, user};

use crate::{
    Account, RefreshToken, SERVICE, Session, USERS, account_by_email,
    refresh_session::{RefreshSession, Renewal},
    register_user::RegisterUser,
    sign_in::SignIn,
};

/// A session as a client has it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Held {
    pub(crate) refresh_token: String,
    /// From the access token.
    pub(crate) sid: String,
    /// How long the access token is valid, as the session says.
    pub(crate) expires_in: i64,
    /// The same, as the claims of the token say.
    pub(crate) lives_s: i64,
}

/// A world in which Ana signed up, and her first session.
pub(crate) async fn ana() -> (World, Held) {
    let world = World::new();
    let held = sign_up(&world).await;
    (world, held)
}

/// Ana signs up.
pub(crate) async fn sign_up(world: &World) -> Held {
    let context = world.context(SERVICE, "register-user");
    let input = input(RegisterUser::EXAMPLE);
    let signed_up = RegisterUser::call(&context, &None, &Empty {}, &input).await.unwrap();
    let shown = serde_json::to_value(&signed_up.reply).unwrap();
    world.commit(USERS, signed_up.changes).await;
    held(world, &shown["session"])
}

/// Ana signs in once more.
pub(crate) async fn sign_in(world: &World) -> Held {
    let context = world.context(SERVICE, "sign-in");
    let signed_in = SignIn::call(&context, &None, &Empty {}, &input(SignIn::EXAMPLE)).await.unwrap();
    world.commit(USERS, signed_in.changes).await;
    held(world, &serde_json::to_value(&signed_in.reply).unwrap())
}

/// What a refresh token gives, before anything is committed.
pub(crate) async fn decide(world: &World, refresh_token: &str) -> Result<Effect<Session>, Problem> {
    let context = world.context(SERVICE, "refresh-session");
    let renewal: Renewal = input(&serde_json::json!({"refresh_token": refresh_token}).to_string());
    RefreshSession::call(&context, &None, &Empty {}, &renewal).await
}

/// A refresh, or the word of its refusal. Its changes are committed either way, as a host does.
pub(crate) async fn refresh(world: &World, refresh_token: &str) -> Result<Held, &'static str> {
    let (outcome, changes) = match decide(world, refresh_token).await {
        Ok(Effect { reply, changes }) => (Ok(held(world, &serde_json::to_value(&reply).unwrap())), changes),
        Err(refusal) => (Err(refusal.code.word), *refusal.changes),
    };
    world.commit(USERS, changes).await;
    outcome
}

/// Ana's account, and her as a caller in a session.
pub(crate) async fn signed_in(world: &World, sid: &str) -> (Versioned<Account>, User) {
    let context = world.context(SERVICE, "sign-in");
    let account = account_by_email(&context, &"ana@example.com".parse().unwrap()).await.unwrap().unwrap();
    let caller = User { session: sid.to_owned(), ..user(account.id, account.role) };
    (account, caller)
}

fn held(world: &World, session: &Value) -> Held {
    let claims: AccessClaims =
        world.context(SERVICE, "sign-in").verify(ACCESS_TOKEN, session["access_token"].as_str().unwrap()).unwrap();
    let refresh_token: RefreshToken = session["refresh_token"].as_str().unwrap().parse().unwrap();
    Held {
        refresh_token: refresh_token.to_string(),
        sid: claims.sid,
        expires_in: session["expires_in"].as_i64().unwrap(),
        lives_s: claims.exp - claims.iat,
    }
}

#[test]
fn what_was_stored_is_read_and_can_be_redacted() {
    testing::keeps_its_fixtures(&crate::SERVICE, env!("CARGO_MANIFEST_DIR"));
}
