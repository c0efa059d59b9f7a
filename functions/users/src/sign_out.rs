//! `sign-out`: somebody ends the session they are in.

use app::{Access, Context, Effect, Empty, Endpoint, Function, NoContent, Problem, Route, User};
use schemars::JsonSchema;

use crate::{USERS, families::end, family::Family};

/// Somebody ends their session: its refresh token gives no other, and its access token lives out its minutes. Sessions of
/// other sign-ins go on.
#[derive(JsonSchema)]
pub struct SignOut;

impl Endpoint for SignOut {
    const FUNCTION: Function = Function::new("sign-out").gets(USERS).writes(USERS);
    const ROUTE: Route = Route::delete("/v1/sessions/current");
    const ACCESS: Access = Access::SIGNED_IN;
    type Caller = User;
    type Path = Empty;
    type Input = Empty;
    type Reply = NoContent;

    async fn call(
        context: &Context,
        caller: &User,
        Empty {}: &Empty,
        Empty {}: &Empty,
    ) -> Result<Effect<NoContent>, Problem> {
        let done = Effect::reply(NoContent);
        let family = context.read::<Family>(&caller.session).await?.authorize_or_absent(caller, ())?;
        Ok(match family.filter(|family| !family.ended) {
            Some(family) => done.saves(end(family)),
            None => done,
        })
    }
}

#[cfg(test)]
mod tests {
    use testing::World;

    use super::*;
    use crate::sample::{ana, refresh, sign_in, signed_in};

    async fn sign_out(world: &World, caller: &User) -> Effect<NoContent> {
        SignOut::call(&world.context(crate::SERVICE, "sign-out"), caller, &Empty {}, &Empty {}).await.unwrap()
    }

    #[tokio::test]
    async fn the_session_they_are_in_ends_and_others_go_on() {
        let (world, first) = ana().await;
        let elsewhere = sign_in(&world).await;
        let second = refresh(&world, &first.refresh_token).await.unwrap();
        let (_, caller) = signed_in(&world, &first.sid).await;
        world.commit(USERS, sign_out(&world, &caller).await.changes).await;
        for token in [&second.refresh_token, &first.refresh_token] {
            assert!(refresh(&world, token).await.is_err());
        }
        assert!(refresh(&world, &elsewhere.refresh_token).await.is_ok());
        assert!(sign_out(&world, &caller).await.changes.is_empty(), "signing out twice changes nothing");
    }

    #[tokio::test]
    async fn a_session_that_is_gone_has_nothing_to_end() {
        let (world, first) = ana().await;
        let (_, caller) = signed_in(&world, "a-family-long-gone").await;
        assert!(sign_out(&world, &caller).await.changes.is_empty());
        assert!(refresh(&world, &first.refresh_token).await.is_ok());
    }
}
