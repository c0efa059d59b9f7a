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

#[cfg(test)]
mod tests {
    use app::{Empty, Reply as _, code};
    use domain::Role;
    use serde_json::{Value, json};
    use testing::{World, a_user, sent, user, user_id};

    use super::*;
    use crate::{list_addresses::ListAddresses, paths::AddressPath, remove_address::RemoveAddress};

    fn owner() -> User {
        user(user_id(1), Role::Customer)
    }

    fn path() -> UserPath {
        UserPath { user_id: owner().id }
    }

    async fn add(world: &World, caller: &User, label: &str) -> Result<Created<AddressView>, Problem> {
        let context = world.context(crate::SERVICE, "add-address");
        let input = sent::<AddAddress>(&AddAddress::EXAMPLE.replace("Home", label));
        let Effect { reply, changes } = AddAddress::call(&context, caller, &path(), &input).await?;
        world.commit(USERS, changes).await;
        world.clock.advance_s(1);
        Ok(reply)
    }

    async fn list(world: &World, caller: &User) -> Result<Vec<Value>, Problem> {
        let context = world.context(crate::SERVICE, "list-addresses");
        let page = ListAddresses::call(&context, caller, &path(), &sent::<ListAddresses>("{}")).await?.reply;
        Ok(serde_json::to_value(page).unwrap()["items"].as_array().unwrap().clone())
    }

    async fn remove(world: &World, caller: &User, shown: &Value) -> Result<(), Problem> {
        let context = world.context(crate::SERVICE, "remove-address");
        let address_id = shown["id"].as_str().unwrap().parse().unwrap();
        let path = AddressPath { user_id: owner().id, address_id };
        let Effect { reply: _, changes } = RemoveAddress::call(&context, caller, &path, &Empty {}).await?;
        world.commit(USERS, changes).await;
        Ok(())
    }

    #[tokio::test]
    async fn what_was_added_is_listed_newest_first_until_it_is_removed() {
        let world = World::new();
        let made = add(&world, &owner(), "Home").await.unwrap();
        assert_eq!(made.location(), Some(format!("/v1/users/{}/addresses", owner().id)));
        add(&world, &owner(), "Work").await.unwrap();
        let listed = list(&world, &owner()).await.unwrap();
        assert_eq!([&listed[0]["label"], &listed[1]["label"]], ["Work", "Home"]);
        assert_eq!(listed[1], serde_json::to_value(&made).unwrap());
        assert_eq!(listed[1]["notes"], "Second floor.");
        remove(&world, &owner(), &listed[0]).await.unwrap();
        assert_eq!(list(&world, &owner()).await.unwrap(), listed[1..]);
        assert_eq!(remove(&world, &owner(), &listed[0]).await.unwrap_err().code, code::NOT_FOUND);
    }

    #[tokio::test]
    async fn nobody_else_sees_or_changes_them_administrators_included() {
        let world = World::new();
        let made = json!(add(&world, &owner(), "Home").await.unwrap());
        for caller in [a_user(Role::Customer), a_user(Role::Admin)] {
            assert_eq!(add(&world, &caller, "Theirs").await.unwrap_err().code, code::NOT_FOUND);
            assert_eq!(list(&world, &caller).await.unwrap_err().code, code::NOT_FOUND);
            assert_eq!(remove(&world, &caller, &made).await.unwrap_err().code, code::NOT_FOUND);
        }
        assert_eq!(list(&world, &owner()).await.unwrap().len(), 1);
    }

    #[tokio::test]
    async fn there_are_so_many_and_no_more() {
        let world = World::new();
        for number in 0..MAX_ADDRESSES {
            add(&world, &owner(), &number.to_string()).await.unwrap();
        }
        assert_eq!(add(&world, &owner(), "One more").await.unwrap_err().code, TOO_MANY_ADDRESSES);
        let newest = list(&world, &owner()).await.unwrap().remove(0);
        remove(&world, &owner(), &newest).await.unwrap();
        assert!(add(&world, &owner(), "One more").await.is_ok());
    }
}
