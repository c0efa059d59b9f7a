//! `add-address`: somebody keeps an address, to order to it again.

use app::{Access, Code, Context, Created, Draft, Effect, Endpoint, Function, Json, Problem, Route, User};
use domain::AddressId;
use schemars::JsonSchema;

use crate::{
    SavedAddress, USERS,
    paths::UserPath,
    saved_address::{AddressDetails, AddressView},
    saved_addresses::of_user,
};

/// Somebody keeps an address, to order to it again: 50 at most.
#[derive(JsonSchema)]
pub struct AddAddress;

const TOO_MANY_ADDRESSES: Code = Code::new(
    "too-many-addresses",
    409,
    "Too many addresses",
    "There are as many addresses as one may keep. Remove one, then add another.",
);

/// The most addresses that one may keep.
const MAX_ADDRESSES: usize = 50;

impl Endpoint for AddAddress {
    const FUNCTION: Function = Function::new("add-address").queries(USERS).writes(USERS);
    const ROUTE: Route = Route::post("/v1/users/{user_id}/addresses");
    const ACCESS: Access = Access::SIGNED_IN;
    const PROBLEMS: &'static [Code] = &[TOO_MANY_ADDRESSES];
    const EXAMPLE: &'static str = r#"{
        "label": "Home", "place": {"lat": 44.4361, "lon": 26.1027}, "notes": "Second floor.",
        "address": {"street": "Bd. Magheru 7", "city": "București", "postcode": "010322", "country": "RO"}
    }"#;
    type Caller = User;
    type Path = UserPath;
    type Input = Json<AddressDetails>;
    type Reply = Created<AddressView>;

    async fn call(
        context: &Context,
        caller: &User,
        &UserPath { user_id }: &UserPath,
        input: &AddressDetails,
    ) -> Result<Effect<Created<AddressView>>, Problem> {
        if !caller.is(user_id) {
            return Err(Problem::not_found());
        }
        let kept = context.query(USERS, &of_user(user_id).limit(MAX_ADDRESSES)).await?;
        if kept.items.len() >= MAX_ADDRESSES {
            return Err(Problem::of(TOO_MANY_ADDRESSES));
        }
        let id = AddressId::generate(context.instant(), context.random());
        let saved = SavedAddress { id, user_id, details: input.clone() };
        let location = format!("/v1/users/{user_id}/addresses");
        let view = AddressView::from(saved.clone());
        Ok(Effect::reply(Created::at(location, view)).saves(Draft::new(&(user_id, id), saved)))
    }
}
