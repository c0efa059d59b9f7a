//! Ana, who signed up, for tests of sessions.

use app::{ACCESS_TOKEN, AccessClaims, Caller, Changes, Condition, Effect, Empty, Endpoint as _, Item, Problem, User};
use serde_json::Value;
use testing::{World, input};

use crate::{
    Account, Accounts as _, RefreshToken, SERVICE, Session, USERS,
    accounts::account_key,
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
    let signed_up = RegisterUser::call(&context, &Caller::anyone(), &Empty {}, &input).await.unwrap();
    let shown = serde_json::to_value(&signed_up.reply).unwrap();
    world.commit(USERS, signed_up.changes).await;
    held(world, &shown["session"])
}

/// Ana signs in once more.
pub(crate) async fn sign_in(world: &World) -> Held {
    let context = world.context(SERVICE, "sign-in");
    let signed_in = SignIn::call(&context, &Caller::anyone(), &Empty {}, &input(SignIn::EXAMPLE)).await.unwrap();
    world.commit(USERS, signed_in.changes).await;
    held(world, &serde_json::to_value(&signed_in.reply).unwrap())
}

/// What a refresh token gives, before anything is committed.
pub(crate) async fn decide(world: &World, refresh_token: &str) -> Result<Effect<Session>, Problem> {
    let context = world.context(SERVICE, "refresh-session");
    let renewal: Renewal = input(&serde_json::json!({"refresh_token": refresh_token}).to_string());
    RefreshSession::call(&context, &Caller::anyone(), &Empty {}, &renewal).await
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
pub(crate) async fn signed_in(world: &World, sid: &str) -> (Account, Caller) {
    let context = world.context(SERVICE, "sign-in");
    let account = context.account_by_email(&"ana@example.com".parse().unwrap()).await.unwrap().unwrap().value;
    let caller = Caller::user(User { id: account.id, role: account.role, name: account.name.clone() });
    (account, caller.in_session(sid))
}

/// Saves an account that was changed once.
pub(crate) fn changed(account: &Account) -> Changes {
    Changes::none().put(Item::of(account_key(account.id), "account", 2, account), Condition::Version(1))
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
