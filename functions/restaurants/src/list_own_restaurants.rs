//! `list-own-restaurants`: a merchant looks at the restaurants they have.

use app::{Access, Context, Effect, Empty, Endpoint, Function, Listing, Paged, Problem, Route, User, Versioned};
use domain::{Page, Role};
use schemars::JsonSchema;

use crate::{
    RESTAURANTS, RestaurantView,
    paths::MerchantPath,
    restaurants::{BY_MERCHANT, now_of, of_merchant},
};

/// The restaurants of a merchant, newest first: their own, or anybody's for administrators.
#[derive(JsonSchema)]
pub struct ListOwnRestaurants;

impl Endpoint for ListOwnRestaurants {
    const FUNCTION: Function =
        Function::new("list-own-restaurants").gets(RESTAURANTS).queries_index(RESTAURANTS, BY_MERCHANT);
    const ROUTE: Route = Route::get("/v1/merchants/{merchant_id}/restaurants");
    const ACCESS: Access = Access::roles(&[Role::Merchant, Role::Admin]);
    type Caller = User;
    type Path = MerchantPath;
    type Input = Paged<Empty>;
    type Reply = Page<RestaurantView>;

    async fn call(
        context: &Context,
        caller: &User,
        &MerchantPath { merchant_id }: &MerchantPath,
        input: &Paged<Empty>,
    ) -> Result<Effect<Page<RestaurantView>>, Problem> {
        if !caller.is(merchant_id) && !caller.is_admin() {
            return Err(Problem::not_found());
        }
        let newest_first = of_merchant(merchant_id).descending();
        let page = Listing::of(newest_first, input.page()).shown_to(context, caller, ()).await?;
        let mut now = now_of(context, &page.items).await?.into_iter();
        Ok(Effect::reply(page.map(|Versioned { value, version, .. }| {
            RestaurantView::of(value, &now.next().unwrap_or_default(), version)
        })))
    }
}

#[cfg(test)]
mod tests {
    use app::{Draft, code};
    use domain::UserId;
    use serde_json::{Value, json};
    use testing::{World, a_user, sent, user_id};

    use super::*;
    use crate::{Now, sample};

    async fn list(world: &World, caller: &User, merchant_id: UserId, paging: Value) -> Result<Value, Problem> {
        let context = world.context(crate::SERVICE, "list-own-restaurants");
        let paging = sent::<ListOwnRestaurants>(&paging.to_string());
        let reply = ListOwnRestaurants::call(&context, caller, &MerchantPath { merchant_id }, &paging).await?.reply;
        Ok(serde_json::to_value(reply).unwrap())
    }

    fn names(page: &Value) -> Vec<&str> {
        page["items"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap()).collect()
    }

    async fn three_restaurants() -> World {
        let world = World::new();
        for (number, name) in [(1, "First"), (2, "Second"), (3, "Third")] {
            let restaurant = sample::restaurant_like(number, |it| it.profile.name = name.parse().unwrap());
            sample::open(&world, restaurant).await;
        }
        let other = sample::restaurant_like(4, |it| it.merchant_id = user_id(8));
        sample::open(&world, other).await;
        world
    }

    #[tokio::test]
    async fn a_merchant_sees_their_own_newest_first_and_page_by_page() {
        let world = three_restaurants().await;
        let merchant = sample::merchant();
        let owner = sample::restaurant().merchant_id;
        let all = list(&world, &merchant, owner, json!({})).await.unwrap();
        assert_eq!(names(&all), ["Third", "Second", "First"]);
        assert_eq!(all["next_cursor"], Value::Null);
        let first = list(&world, &merchant, owner, json!({"limit": 2})).await.unwrap();
        assert_eq!(names(&first), ["Third", "Second"]);
        let rest = list(&world, &merchant, owner, json!({"limit": 2, "cursor": first["next_cursor"]})).await.unwrap();
        assert_eq!(names(&rest), ["First"]);
    }

    #[tokio::test]
    async fn each_is_shown_as_it_is_now() {
        let world = three_restaurants().await;
        let owner = sample::restaurant().merchant_id;
        let states = async || {
            let page = list(&world, &a_user(Role::Admin), owner, json!({})).await.unwrap();
            page["items"].as_array().unwrap().iter().map(|item| item["state"].clone()).collect::<Vec<_>>()
        };
        assert_eq!(states().await, ["open"; 3]);
        let second = sample::restaurant_like(2, |_| ()).id;
        world.commit(RESTAURANTS, Draft::new(&second, Now { merchant_active: false }).into()).await;
        assert_eq!(states().await, ["open", "closed", "open"]);
    }

    #[tokio::test]
    async fn another_merchants_are_not_found_except_by_administrators() {
        let world = three_restaurants().await;
        let owner = sample::restaurant().merchant_id;
        let refusal = list(&world, &a_user(Role::Merchant), owner, json!({})).await.unwrap_err();
        assert_eq!(refusal.code, code::NOT_FOUND);
        assert_eq!(names(&list(&world, &a_user(Role::Admin), owner, json!({})).await.unwrap()).len(), 3);
        let nobodys = list(&world, &a_user(Role::Admin), user_id(99), json!({})).await.unwrap();
        assert_eq!(nobodys, json!({"items": [], "next_cursor": null}));
    }
}
