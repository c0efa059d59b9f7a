//! `create-restaurant`: a merchant opens a restaurant.

use app::{
    Access, Changes, Condition, Context, Created, Draft, Effect, Empty, Endpoint, Function, Json, Problem, Route,
    Stored as _, User,
};
use domain::{RestaurantId, Role};
use schemars::JsonSchema;

use crate::{
    Menu, Merchant, NewRestaurant, Now, RESTAURANTS, Restaurant, RestaurantView, creation, restaurant::EXAMPLE,
};

/// A merchant opens a restaurant. Its menu is empty at first; every amount is in the restaurant's own currency.
#[derive(JsonSchema)]
pub struct CreateRestaurant;

impl Endpoint for CreateRestaurant {
    const FUNCTION: Function = Function::new("create-restaurant").gets(RESTAURANTS).writes(RESTAURANTS);
    const ROUTE: Route = Route::post("/v1/restaurants");
    const ACCESS: Access = Access::roles(&[Role::Merchant]);
    const EXAMPLE: &'static str = EXAMPLE;
    type Caller = User;
    type Path = Empty;
    type Input = Json<NewRestaurant>;
    type Reply = Created<RestaurantView>;

    async fn call(
        context: &Context,
        caller: &User,
        Empty {}: &Empty,
        input: &NewRestaurant,
    ) -> Result<Effect<Created<RestaurantView>>, Problem> {
        let id = RestaurantId::generate(context.instant(), context.random());
        let restaurant = Restaurant::new(id, caller.id, input.clone())?;
        let menu = Menu::of(&restaurant);
        let merchant = context.find::<Merchant>(&caller.id).await?;
        let now = Now { merchant_active: merchant.as_ref().is_none_or(|merchant| merchant.is_active()) };
        let mut created = creation(restaurant, menu);
        if now != Now::default() {
            created.saves(Draft::new(&id, now.clone()));
        }
        // Of this and a change of the merchant at once, the later is decided anew.
        let unchanged = Condition::read_at(merchant.map(|merchant| merchant.version));
        created.saves(Changes::none().check(Merchant::key(&caller.id), unchanged));
        let view = RestaurantView::of(created.value.clone(), &now, created.version());
        Ok(Effect::reply(Created::at(format_args!("/v1/restaurants/{id}"), view)).saves(created))
    }
}

#[cfg(test)]
mod tests {
    use app::{Reply, code};
    use domain::AccountState;
    use serde_json::{Value, json};
    use testing::{World, a_user, input};

    use super::*;
    use crate::sample::{self, account_event, is_open, tell};

    async fn create(world: &World, wanted: &Value) -> Result<Effect<Created<RestaurantView>>, Problem> {
        let context = world.context(crate::SERVICE, "create-restaurant");
        let wanted = input(&wanted.to_string());
        CreateRestaurant::call(&context, &a_user(Role::Merchant), &Empty {}, &wanted).await
    }

    fn example() -> Value {
        input(CreateRestaurant::EXAMPLE)
    }

    #[tokio::test]
    async fn a_new_restaurant_is_shown_as_it_was_given_and_is_the_merchants() {
        let world = World::new();
        let Effect { reply, changes } = create(&world, &example()).await.unwrap();
        let mut shown = serde_json::to_value(&reply).unwrap();
        let id = shown["id"].as_str().unwrap().to_owned();
        assert_eq!(reply.location(), Some(format!("/v1/restaurants/{id}")));
        assert_eq!(reply.version(), Some(1));
        assert_eq!(shown["merchant_id"], json!(a_user(Role::Merchant).id));
        assert_eq!(shown["state"], "open");
        for own in ["id", "merchant_id", "state", "version"] {
            shown.as_object_mut().unwrap().remove(own);
        }
        assert_eq!(shown, example());
        assert!(changes.facts.is_empty());
        world.commit(RESTAURANTS, changes).await;
    }

    async fn create_as_sample(world: &World) -> Effect<Created<RestaurantView>> {
        let context = world.context(crate::SERVICE, "create-restaurant");
        CreateRestaurant::call(&context, &sample::merchant(), &Empty {}, &input(CreateRestaurant::EXAMPLE))
            .await
            .unwrap()
    }

    fn shown(reply: &Created<RestaurantView>) -> (RestaurantId, Value) {
        let shown = serde_json::to_value(reply).unwrap();
        (shown["id"].as_str().unwrap().parse().unwrap(), shown["state"].clone())
    }

    #[tokio::test]
    async fn one_whose_merchant_may_not_act_opens_when_they_may() {
        let world = World::new();
        tell(&world, &account_event(2, Some(AccountState::Suspended))).await;
        let Effect { reply, changes } = create_as_sample(&world).await;
        let (id, state) = shown(&reply);
        assert_eq!(state, "closed");
        world.commit(RESTAURANTS, changes).await;
        assert!(!is_open(&world, id).await);
        tell(&world, &account_event(3, Some(AccountState::Active))).await;
        assert!(is_open(&world, id).await);
    }

    #[tokio::test]
    async fn one_made_while_its_merchant_is_suspended_is_decided_anew() {
        let world = World::new();
        for (sequence, state) in [(2, AccountState::Suspended), (3, AccountState::Active)] {
            let Effect { changes, .. } = create_as_sample(&world).await;
            tell(&world, &account_event(sequence, Some(state))).await;
            let context = world.context(crate::SERVICE, "create-restaurant");
            let lost = context.commit(RESTAURANTS, changes).await.unwrap_err();
            assert!(lost.is_lost_race(), "{lost}");
        }
    }

    #[tokio::test]
    async fn what_was_left_out_is_null() {
        let mut wanted = example();
        for optional in ["phone", "small_order", "tax_rate_bp", "picture"] {
            wanted.as_object_mut().unwrap().remove(optional);
        }
        let shown = serde_json::to_value(create(&World::new(), &wanted).await.unwrap().reply).unwrap();
        let left_out = [&shown["phone"], &shown["small_order"], &shown["tax_rate_bp"], &shown["picture"]];
        assert_eq!(left_out, [&Value::Null; 4]);
    }

    #[tokio::test]
    async fn every_wrong_currency_and_cuisine_is_named() {
        let mut wanted = example();
        wanted["cuisines"] = json!(["Soups", "soups "]);
        wanted["min_order"]["currency"] = json!("USD");
        wanted["delivery_fee"]["per_km"]["currency"] = json!("EUR");
        wanted["small_order"]["fee"]["currency"] = json!("EUR");
        let refusal = create(&World::new(), &wanted).await.unwrap_err();
        assert_eq!(refusal.code, code::INVALID_REQUEST);
        let pointers: Vec<_> = refusal.errors.iter().map(|error| error.pointer.as_str()).collect();
        let wrong =
            ["/cuisines/1", "/delivery_fee/per_km/currency", "/min_order/currency", "/small_order/fee/currency"];
        assert_eq!(pointers, wrong);
    }

    #[test]
    fn numbers_out_of_range_and_unknown_fields_are_not_a_restaurant() {
        for (field, wrong) in [
            ("min_order", json!({ "amount": -1, "currency": "RON" })),
            ("delivery_radius_m", json!(499)),
            ("delivery_radius_m", json!(15_001)),
            ("prep_minutes", json!(0)),
            ("tax_rate_bp", json!(5001)),
            ("cuisines", json!([])),
            ("time_zone", json!("Mars/Olympus")),
            ("picture", json!("unicorn")),
            ("hours", json!({})),
        ] {
            let mut wanted = example();
            wanted[field] = wrong;
            assert!(serde_json::from_value::<NewRestaurant>(wanted).is_err(), "{field}");
        }
    }
}
