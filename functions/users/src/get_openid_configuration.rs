//! `get-openid-configuration`: who issues access tokens, and where the keys are that verify them.

use app::{Access, Context, Effect, Empty, Endpoint, Function, Problem, Reply, Route, User};
use schemars::JsonSchema;
use serde::Serialize;

/// Who issues access tokens, and where the keys are that verify them, as discovery writes it (`OpenID` Connect Discovery 1.0): for whoever
/// verifies tokens by themselves, such as a mesh.
#[derive(JsonSchema)]
pub struct GetOpenidConfiguration;

/// What is discovered.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct OpenidConfiguration {
    /// The `iss` of every token: the address that the API is served under.
    issuer: String,
    /// Where the public keys are.
    jwks_uri: String,
    /// What sign-in gives: an access token.
    response_types_supported: [&'static str; 1],
    /// Everybody sees the same id of a user.
    subject_types_supported: [&'static str; 1],
    /// What tokens are signed by.
    id_token_signing_alg_values_supported: [&'static str; 1],
}

impl Reply for OpenidConfiguration {}

impl Endpoint for GetOpenidConfiguration {
    const FUNCTION: Function = Function::new("get-openid-configuration");
    const ROUTE: Route = Route::get("/.well-known/openid-configuration");
    const ACCESS: Access = Access::Public;
    type Caller = Option<User>;
    type Path = Empty;
    type Input = Empty;
    type Reply = OpenidConfiguration;

    async fn call(
        context: &Context,
        _caller: &Option<User>,
        Empty {}: &Empty,
        Empty {}: &Empty,
    ) -> Result<Effect<OpenidConfiguration>, Problem> {
        let issuer = context.keys().issuer();
        Ok(Effect::reply(OpenidConfiguration {
            issuer: issuer.to_owned(),
            jwks_uri: format!("{issuer}{}", crate::get_jwks::GetJwks::ROUTE.path),
            response_types_supported: ["token"],
            subject_types_supported: ["public"],
            id_token_signing_alg_values_supported: ["ES256"],
        }))
    }
}

#[cfg(test)]
mod tests {
    use testing::{ISSUER, World};

    use super::*;

    #[tokio::test]
    async fn the_keys_are_found_under_the_issuer() {
        let world = World::new();
        let context = world.context(crate::SERVICE, "get-openid-configuration");
        let found = GetOpenidConfiguration::call(&context, &None, &Empty {}, &Empty {}).await.unwrap().reply;
        assert_eq!(found.issuer, ISSUER);
        assert_eq!(found.jwks_uri, format!("{ISSUER}/.well-known/jwks.json"));
    }
}
