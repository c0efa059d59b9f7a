//! `add-menu-item`: a merchant puts a dish on a menu.

use app::{Access, Code, Context, Created, Draft, Effect, Endpoint, Function, Json, Problem, Route, User};
use domain::Role;
use schemars::JsonSchema;

use crate::{Ids, Item, ItemView, Menu, MenuFull, NewItem, RESTAURANTS, paths::RestaurantPath};

/// A merchant puts a dish on a menu: last in its section, or at the place of `position`. Prices are in the
/// restaurant's own currency.
#[derive(JsonSchema)]
pub struct AddMenuItem;

const MENU_FULL: Code =
    Code::new("menu-full", 422, "Menu full", "A menu has 300 dishes and 256 KiB at most. Remove others first.");

impl Endpoint for AddMenuItem {
    const FUNCTION: Function = Function::new("add-menu-item").gets(RESTAURANTS).writes(RESTAURANTS);
    const ROUTE: Route = Route::post("/v1/restaurants/{restaurant_id}/menu/items");
    const ACCESS: Access = Access::roles(&[Role::Merchant]);
    const PROBLEMS: &'static [Code] = &[MENU_FULL];
    const EXAMPLE: &'static str = r#"{
        "section": "Pizza", "name": "Margherita", "description": "Tomato, mozzarella, basil.",
        "price": {"amount": 3500, "currency": "RON"},
        "allergens": ["gluten", "milk"], "dietary": ["vegetarian"], "picture": "pizza",
        "option_groups": [
            {"name": "Size", "min": 1, "max": 1, "options": [
                {"name": "Small", "price": {"amount": 0, "currency": "RON"}},
                {"name": "Large", "price": {"amount": 1000, "currency": "RON"}}
            ]},
            {"name": "Extras", "min": 0, "max": 2, "options": [
                {"name": "Cheese", "price": {"amount": 500, "currency": "RON"}},
                {"name": "Olives", "price": {"amount": 300, "currency": "RON"}},
                {"name": "Truffle", "price": {"amount": 2500, "currency": "RON"}, "available": false}
            ]}
        ]
    }"#;
    type Caller = User;
    type Path = RestaurantPath;
    type Input = Json<NewItem>;
    type Reply = Created<ItemView>;

    async fn call(
        context: &Context,
        caller: &User,
        &RestaurantPath { restaurant_id }: &RestaurantPath,
        input: &NewItem,
    ) -> Result<Effect<Created<ItemView>>, Problem> {
        input.check()?;
        let menu = context.read::<Menu>(&restaurant_id).await?.authorize_related(caller, ())?;
        input.check_currency(menu.currency)?;
        context.precondition().admits(menu.version)?;
        let mut random = || context.random();
        let item = Item::new(input.clone(), &mut Ids::new(context.instant(), &mut random));
        let mut menu = Draft::of(menu);
        menu.becomes(menu.value.clone().with(item.clone(), input.position)?);
        // A dish is read with its menu.
        let location = format!("/v1/restaurants/{restaurant_id}/menu");
        let position = menu.position(&item);
        Ok(Effect::reply(Created::at(location, ItemView::of(item, position))).saves(menu))
    }
}

impl From<MenuFull> for Problem {
    fn from(full: MenuFull) -> Self {
        Self::new(MENU_FULL, full.to_string())
    }
}

#[cfg(test)]
mod tests {
    use app::{Precondition, Reply, code};
    use serde_json::{Value, json};
    use testing::{World, a_user, input};

    use super::*;
    use crate::{menu::MAX_ITEMS, sample};

    async fn add(world: &World, caller: &User, wanted: &Value) -> Result<Effect<Created<ItemView>>, Problem> {
        add_expecting(world, Precondition::None, caller, wanted).await
    }

    async fn add_expecting(
        world: &World,
        precondition: Precondition,
        caller: &User,
        wanted: &Value,
    ) -> Result<Effect<Created<ItemView>>, Problem> {
        let context = world.context(crate::SERVICE, "add-menu-item").expecting(precondition);
        let path = RestaurantPath { restaurant_id: sample::restaurant().id };
        AddMenuItem::call(&context, caller, &path, &input(&wanted.to_string())).await
    }

    fn example() -> Value {
        input(AddMenuItem::EXAMPLE)
    }

    #[tokio::test]
    async fn a_dish_is_added_at_its_place_and_the_version_grows() {
        let world = sample::world_with(sample::menu()).await;
        let Effect { reply, changes } = add(&world, &sample::merchant(), &example()).await.unwrap();
        world.commit(RESTAURANTS, changes).await;
        let shown = serde_json::to_value(&reply).unwrap();
        assert_eq!(shown["position"], 2);
        assert_eq!(shown["available"], true);
        assert_eq!(shown["picture"], "pizza");
        let option = &shown["option_groups"][1]["options"][2];
        assert_eq!(option["name"], "Truffle");
        assert_eq!(option["available"], false);
        let location = format!("/v1/restaurants/{}/menu", sample::restaurant().id);
        assert_eq!(reply.location(), Some(location));
        assert_eq!(reply.version(), None);

        let mut first = example();
        first["position"] = json!(1);
        let expecting =
            async |versions| add_expecting(&world, Precondition::Versions(versions), &sample::merchant(), &first).await;
        let shown = serde_json::to_value(expecting(vec![0, 2]).await.unwrap().reply).unwrap();
        assert_eq!(shown["position"], 1);
        let refusal = expecting(vec![1]).await.unwrap_err();
        assert_eq!(refusal.code, code::STALE);
    }

    #[tokio::test]
    async fn another_merchants_menu_is_not_found() {
        let world = sample::world_with(sample::menu()).await;
        let refusal = add(&world, &a_user(Role::Merchant), &example()).await.unwrap_err();
        assert_eq!(refusal.code, code::NOT_FOUND);
    }

    #[tokio::test]
    async fn of_two_at_once_one_loses_the_race() {
        let world = sample::world_with(sample::menu()).await;
        let context = world.context(crate::SERVICE, "add-menu-item");
        let first = add(&world, &sample::merchant(), &example()).await.unwrap();
        let second = add(&world, &sample::merchant(), &example()).await.unwrap();
        context.commit(RESTAURANTS, first.changes).await.unwrap();
        assert!(context.commit(RESTAURANTS, second.changes).await.unwrap_err().is_lost_race());
    }

    #[tokio::test]
    async fn every_wrong_group_and_repetition_is_named_whoever_owns_the_menu() {
        let mut wanted = example();
        wanted["allergens"] = json!(["milk", "milk"]);
        wanted["option_groups"][0]["min"] = json!(2);
        wanted["option_groups"][1]["max"] = json!(4);
        for caller in [sample::merchant(), a_user(Role::Merchant)] {
            let refusal = add(&sample::world_with(sample::menu()).await, &caller, &wanted).await.unwrap_err();
            let pointers: Vec<_> = refusal.errors.iter().map(|error| error.pointer.as_str()).collect();
            assert_eq!(refusal.code, code::INVALID_REQUEST);
            assert_eq!(pointers, ["/allergens/1", "/option_groups/0/min", "/option_groups/1/max"]);
        }
    }

    #[tokio::test]
    async fn every_price_is_in_the_restaurants_currency_whatever_the_version() {
        let mut wanted = example();
        wanted["price"]["currency"] = json!("EUR");
        wanted["option_groups"][1]["options"][0]["price"]["currency"] = json!("USD");
        let world = sample::world_with(sample::menu()).await;
        let stale = async |caller: &User, wanted: &Value| {
            add_expecting(&world, Precondition::Versions(vec![99]), caller, wanted).await.unwrap_err()
        };
        let refusal = stale(&sample::merchant(), &wanted).await;
        let pointers: Vec<_> = refusal.errors.iter().map(|error| error.pointer.as_str()).collect();
        assert_eq!(pointers, ["/price/currency", "/option_groups/1/options/0/price/currency"]);
        assert_eq!(stale(&sample::merchant(), &example()).await.code, code::STALE);
        assert_eq!(stale(&a_user(Role::Merchant), &wanted).await.code, code::NOT_FOUND);
    }

    #[tokio::test]
    async fn a_full_menu_takes_no_more() {
        let mut menu = sample::menu();
        menu.items = (0..MAX_ITEMS).map(|_| sample::dish("Supă")).collect();
        let refusal = add(&sample::world_with(menu).await, &sample::merchant(), &example()).await.unwrap_err();
        assert_eq!(refusal.code, MENU_FULL);
    }
}
