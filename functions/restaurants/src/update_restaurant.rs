//! `update-restaurant`: a merchant changes what their restaurant says of itself.

use app::{Access, Context, Draft, Effect, Endpoint, Function, MergePatch, Problem, Route, User};
use domain::{Patch, Role};
use schemars::JsonSchema;

use crate::{NewRestaurant, RESTAURANTS, RestaurantView, paths::RestaurantPath, restaurants::restaurant_and_now};

/// A merchant or an administrator changes a restaurant. It keeps its currency, which the prices of its menu are in; quotes
/// and orders made before stay as they are.
#[derive(JsonSchema)]
pub struct UpdateRestaurant;

impl Endpoint for UpdateRestaurant {
    const FUNCTION: Function = Function::new("update-restaurant").gets(RESTAURANTS).writes(RESTAURANTS);
    const ROUTE: Route = Route::patch("/v1/restaurants/{restaurant_id}");
    const ACCESS: Access = Access::roles(&[Role::Merchant, Role::Admin]);
    const EXAMPLE: &'static str = r#"{
        "description": "Romanian home cooking, and pizza on Fridays.", "prep_minutes": 25,
        "delivery_fee": {"per_km": {"amount": 200, "currency": "RON"}}, "small_order": null
    }"#;
    type Caller = User;
    type Path = RestaurantPath;
    type Input = MergePatch<Patch<NewRestaurant>>;
    type Reply = RestaurantView;

    async fn call(
        context: &Context,
        caller: &User,
        &RestaurantPath { restaurant_id }: &RestaurantPath,
        input: &Patch<NewRestaurant>,
    ) -> Result<Effect<RestaurantView>, Problem> {
        let (restaurant, now) = restaurant_and_now(context, restaurant_id).await?;
        let restaurant = restaurant.authorize_related(caller, ())?;
        let profile = restaurant.changed(input)?;
        context.precondition().admits(restaurant.version)?;
        let mut restaurant = Draft::of(restaurant);
        if restaurant.profile != profile {
            restaurant.step().profile = profile;
        }
        Ok(Effect::reply(RestaurantView::of(restaurant.value.clone(), &now, restaurant.version())).saves(restaurant))
    }
}

#[cfg(test)]
mod tests {
    use app::{Empty, Input, Precondition, Reply, Sent, code};
    use domain::{AccountState, Page, Place};
    use serde_json::{Value, json};
    use testing::{World, a_user, sent};

    use super::*;
    use crate::{Card, Now, sample, search_restaurants::SearchRestaurants};

    async fn world() -> World {
        let world = World::new();
        sample::open(&world, sample::restaurant()).await;
        world
    }

    async fn update(world: &World, caller: &User, patch: &Value) -> Result<Effect<RestaurantView>, Problem> {
        update_expecting(world, Precondition::None, caller, patch).await
    }

    async fn update_expecting(
        world: &World,
        precondition: Precondition,
        caller: &User,
        patch: &Value,
    ) -> Result<Effect<RestaurantView>, Problem> {
        let context = world.context(crate::SERVICE, "update-restaurant").expecting(precondition);
        let path = RestaurantPath { restaurant_id: sample::restaurant().id };
        UpdateRestaurant::call(&context, caller, &path, &sent::<UpdateRestaurant>(&patch.to_string())).await
    }

    /// The restaurant as the merchant sees it once it is changed and saved.
    async fn updated(world: &World, patch: Value) -> Value {
        let Effect { reply, changes } = update(world, &sample::merchant(), &patch).await.unwrap();
        world.commit(RESTAURANTS, changes).await;
        serde_json::to_value(reply).unwrap()
    }

    async fn pointers(world: &World, patch: Value) -> Vec<String> {
        let refusal = update(world, &sample::merchant(), &patch).await.unwrap_err();
        assert_eq!(refusal.code, code::INVALID_REQUEST);
        refusal.errors.into_iter().map(|error| error.pointer).collect()
    }

    /// Whether it is found by who is there.
    async fn is_found_at(world: &World, place: Place) -> bool {
        let context = world.context(crate::SERVICE, "search-restaurants");
        let query = sent::<SearchRestaurants>(&json!(place).to_string());
        let found: Page<Card> = SearchRestaurants::call(&context, &None, &Empty {}, &query).await.unwrap().reply;
        found.items.iter().any(|card| card.id() == sample::restaurant().id)
    }

    #[tokio::test]
    async fn what_is_sent_changes_and_the_rest_is_kept() {
        let world = world().await;
        let mut wanted = serde_json::to_value(RestaurantView::of(sample::restaurant(), &Now::default(), 2)).unwrap();
        wanted["prep_minutes"] = json!(25);
        wanted["delivery_fee"]["per_km"]["amount"] = json!(200);
        wanted["small_order"]["below"]["amount"] = json!(6000);
        wanted["address"]["postcode"] = Value::Null;
        let patch = json!({
            "prep_minutes": 25, "delivery_fee": {"per_km": {"amount": 200}}, "small_order": {"below": {"amount": 6000}},
            "address": {"postcode": null},
        });
        assert_eq!(updated(&world, patch).await, wanted);
    }

    #[tokio::test]
    async fn null_clears_what_need_not_be_there() {
        let world = world().await;
        let optional = ["phone", "small_order", "tax_rate_bp", "picture"];
        let shown = updated(&world, optional.map(|name| (name.to_owned(), Value::Null)).into_iter().collect()).await;
        assert_eq!(optional.map(|name| &shown[name]), [&Value::Null; 4]);
        assert_eq!(
            pointers(&world, json!({"small_order": {"fee": {"amount": 1}}})).await,
            ["/small_order/below", "/small_order/fee/currency"]
        );
    }

    #[test]
    fn a_field_that_can_not_be_is_refused_by_name_before_anything_is_read() {
        for (patch, pointer) in [
            (json!({"name": null}), "/name"),
            (json!({"name": 7}), "/name"),
            (json!({"hours": {}}), "/hours"),
            (json!({"version": 2}), "/version"),
            (json!({"delivery_radius_m": 499}), "/delivery_radius_m"),
            (json!({"picture": "unicorn"}), "/picture"),
            (json!({"cuisines": []}), "/cuisines"),
            (json!({"time_zone": "Mars/Olympus"}), "/time_zone"),
            (json!({"place": null}), "/place"),
            (json!({"delivery_fee": {"base": {"currency": "XXX"}}}), "/delivery_fee/base/currency"),
            (json!({"min_order": {"amount": -1}}), "/min_order/amount"),
        ] {
            let refused = <UpdateRestaurant as Endpoint>::Input::parse(Sent::Value(patch.clone())).err().unwrap();
            assert_eq!(refused.pointer, pointer, "{patch}: {}", refused.detail);
        }
    }

    #[tokio::test]
    async fn another_merchants_is_not_found_and_an_administrator_may() {
        let world = world().await;
        let patch = json!({"currency": "EUR"});
        let refusal = update(&world, &a_user(Role::Merchant), &patch).await.unwrap_err();
        assert_eq!(refusal.code, code::NOT_FOUND);
        let effect = update(&world, &a_user(Role::Admin), &json!({"name": "Mama"})).await.unwrap();
        assert_eq!(effect.reply.version(), Some(2));
    }

    #[tokio::test]
    async fn the_currency_stays_and_every_amount_is_in_it_whatever_the_version() {
        let world = world().await;
        let wrong = json!({
            "currency": "EUR", "min_order": {"currency": "EUR"}, "small_order": {"fee": {"currency": "USD"}},
            "cuisines": ["Soups", "soups "],
        });
        let wanted = ["/cuisines/1", "/currency", "/min_order/currency", "/small_order/fee/currency"];
        assert_eq!(pointers(&world, wrong.clone()).await, wanted);
        let stale = async |patch| {
            let expected = Precondition::Versions(vec![99]);
            update_expecting(&world, expected, &sample::merchant(), &patch).await.unwrap_err().code
        };
        assert_eq!(stale(wrong).await, code::INVALID_REQUEST);
        assert_eq!(stale(json!({"currency": "RON"})).await, code::STALE);
    }

    #[tokio::test]
    async fn one_that_moves_is_found_only_where_it_delivers_now() {
        let world = world().await;
        let before = sample::restaurant().place;
        let now = Place::new(45.65, 25.6).unwrap();
        assert!(is_found_at(&world, before).await);
        updated(&world, json!({"place": now})).await;
        assert!(is_found_at(&world, now).await);
        assert!(!is_found_at(&world, before).await);
    }

    #[tokio::test]
    async fn a_closed_one_can_be_changed_and_stays_closed() {
        let world = world().await;
        sample::tell(&world, &sample::account_event(2, Some(AccountState::Suspended))).await;
        let shown = updated(&world, json!({"prep_minutes": 25})).await;
        assert_eq!(shown["state"], "closed");
        assert_eq!(shown["version"], 2);
    }

    #[tokio::test]
    async fn where_nothing_changes_nothing_is_saved() {
        let world = world().await;
        for patch in [json!({}), json!({"name": " La Mama ", "currency": "RON", "address": {}})] {
            let Effect { reply, changes } = update(&world, &sample::merchant(), &patch).await.unwrap();
            assert_eq!(reply, RestaurantView::of(sample::restaurant(), &Now::default(), 1));
            assert!(changes.is_empty(), "{patch}");
        }
    }
}
