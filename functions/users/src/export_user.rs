//! `export-user`: what users holds of the caller, and where the rest is.

use app::{Access, Context, Effect, Empty, Endpoint, Function, Problem, Reply, Route, Scale, User};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    Account, SavedAddress, USERS, UserView, paths::UserPath, saved_address::AddressView, saved_addresses::of_user,
};

/// What is held of the caller here: their account and their addresses. What other services hold, each exports itself, as a list, under the
/// paths in `parts`.
#[derive(JsonSchema)]
pub struct ExportUser;

/// Where the other services' exports are.
pub const PARTS: [&str; 5] = [
    "/v1/restaurants/export",
    "/v1/orders/export",
    "/v1/payments/export",
    "/v1/deliveries/export",
    "/v1/notifications/export",
];

/// What users holds of somebody.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct UserExport {
    user: UserView,
    /// Newest first.
    addresses: Vec<AddressView>,
    /// The paths of what else is held of them.
    parts: [&'static str; 5],
}

impl Reply for UserExport {}

impl Endpoint for ExportUser {
    const FUNCTION: Function = Function::new("export-user").gets(USERS).queries(USERS).scale(Scale::Rare);
    const ROUTE: Route = Route::get("/v1/users/{user_id}/export");
    const ACCESS: Access = Access::SIGNED_IN;
    type Caller = User;
    type Path = UserPath;
    type Input = Empty;
    type Reply = UserExport;

    async fn call(
        context: &Context,
        caller: &User,
        &UserPath { user_id }: &UserPath,
        Empty {}: &Empty,
    ) -> Result<Effect<UserExport>, Problem> {
        if !caller.is(user_id) {
            return Err(Problem::not_found());
        }
        let account = context.read::<Account>(&user_id).await?.authorize(caller, ())?;
        let items = context.query(USERS, &of_user(user_id)).await?.items;
        let addresses: Vec<SavedAddress> = items.iter().map(app::Item::read).collect::<Result<_, _>>()?;
        let user = UserView::of(&account, account.version);
        Ok(Effect::reply(UserExport { user, addresses: addresses.into_iter().map(Into::into).collect(), parts: PARTS }))
    }
}
