//! `remove-address`: somebody forgets an address that they kept.

use app::{Access, Changes, Condition, Context, Effect, Empty, Endpoint, Function, NoContent, Problem, Route, User};
use schemars::JsonSchema;

use crate::{SavedAddress, USERS, paths::AddressPath};

/// Somebody forgets an address that they kept. Orders made to it stay as they are.
#[derive(JsonSchema)]
pub struct RemoveAddress;

impl Endpoint for RemoveAddress {
    const FUNCTION: Function = Function::new("remove-address").gets(USERS).writes(USERS);
    const ROUTE: Route = Route::delete("/v1/users/{user_id}/addresses/{address_id}");
    const ACCESS: Access = Access::SIGNED_IN;
    type Caller = User;
    type Path = AddressPath;
    type Input = Empty;
    type Reply = NoContent;

    async fn call(
        context: &Context,
        caller: &User,
        &AddressPath { user_id, address_id }: &AddressPath,
        Empty {}: &Empty,
    ) -> Result<Effect<NoContent>, Problem> {
        let found = context.read::<SavedAddress>(&(user_id, address_id)).await?.authorize(caller, ())?;
        let gone = Changes::none().delete(found.key, Condition::Version(found.version));
        Ok(Effect::reply(NoContent).saves(gone))
    }
}
