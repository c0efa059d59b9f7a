//! `get-jwks`: the public keys that verify access tokens.

use app::{Access, Context, Effect, Empty, Endpoint, Function, Jwks, Problem, Route, User};
use schemars::JsonSchema;

/// The public keys that verify access tokens, as RFC 7517 writes them.
#[derive(JsonSchema)]
pub struct GetJwks;

impl Endpoint for GetJwks {
    const FUNCTION: Function = Function::new("get-jwks");
    const ROUTE: Route = Route::get("/.well-known/jwks.json");
    const ACCESS: Access = Access::Public;
    type Caller = Option<User>;
    type Path = Empty;
    type Input = Empty;
    type Reply = Jwks;

    async fn call(
        context: &Context,
        _caller: &Option<User>,
        Empty {}: &Empty,
        Empty {}: &Empty,
    ) -> Result<Effect<Jwks>, Problem> {
        Ok(Effect::reply(context.keys().jwks()))
    }
}

#[cfg(test)]
mod tests {
    use testing::World;

    use super::*;

    #[tokio::test]
    async fn no_private_part_is_shown() {
        let world = World::new();
        let context = world.context(crate::SERVICE, "get-jwks");
        let effect = GetJwks::call(&context, &None, &Empty {}, &Empty {}).await.unwrap();
        let shown = serde_json::to_value(&effect.reply).unwrap();
        let members: Vec<_> = shown["keys"][0].as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(members, ["alg", "crv", "kid", "kty", "use", "x", "y"]);
    }
}
