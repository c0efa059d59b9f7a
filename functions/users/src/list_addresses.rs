//! `list-addresses`: somebody looks at the addresses that they keep.

use app::{Access, Context, Effect, Empty, Endpoint, Function, Listing, Paged, Problem, Route, User};
use domain::Page;
use schemars::JsonSchema;

use crate::{SavedAddress, USERS, paths::UserPath, saved_address::AddressView, saved_addresses::of_user};

/// The addresses that somebody keeps, newest first.
#[derive(JsonSchema)]
pub struct ListAddresses;

impl Endpoint for ListAddresses {
    const FUNCTION: Function = Function::new("list-addresses").queries(USERS);
    const ROUTE: Route = Route::get("/v1/users/{user_id}/addresses");
    const ACCESS: Access = Access::SIGNED_IN;
    type Caller = User;
    type Path = UserPath;
    type Input = Paged<Empty>;
    type Reply = Page<AddressView>;

    async fn call(
        context: &Context,
        caller: &User,
        &UserPath { user_id }: &UserPath,
        input: &Paged<Empty>,
    ) -> Result<Effect<Page<AddressView>>, Problem> {
        if !caller.is(user_id) {
            return Err(Problem::not_found());
        }
        let page = Listing::<SavedAddress>::of(of_user(user_id), input.page()).shown_to(context, caller, ()).await?;
        Ok(Effect::reply(page.map(|address| address.value.into())))
    }
}
