//! `get-menu`: anybody looks at what a restaurant cooks.

use app::{Access, Context, Effect, Empty, Endpoint, Function, Problem, Route, Scale, User};
use schemars::JsonSchema;

use crate::{Menu, MenuView, RESTAURANTS, paths::RestaurantPath};

/// Anybody looks at what a restaurant cooks: dishes and prices, all at one version.
#[derive(JsonSchema)]
pub struct GetMenu;

impl Endpoint for GetMenu {
    const FUNCTION: Function = Function::new("get-menu").gets(RESTAURANTS).scale(Scale::Hot);
    const ROUTE: Route = Route::get("/v1/restaurants/{restaurant_id}/menu");
    const ACCESS: Access = Access::Public;
    type Caller = Option<User>;
    type Path = RestaurantPath;
    type Input = Empty;
    type Reply = MenuView;

    async fn call(
        context: &Context,
        _caller: &Option<User>,
        &RestaurantPath { restaurant_id }: &RestaurantPath,
        Empty {}: &Empty,
    ) -> Result<Effect<MenuView>, Problem> {
        let menu = context.read::<Menu>(&restaurant_id).await?.public()?;
        Ok(Effect::reply(MenuView::of(menu.value, menu.version)))
    }
}

#[cfg(test)]
mod tests {
    use app::{Reply, code};
    use serde_json::{Value, json};
    use testing::World;

    use super::*;
    use crate::sample;

    async fn shown(world: &World) -> Result<(Option<u64>, Value), Problem> {
        let context = world.context(crate::SERVICE, "get-menu");
        let path = RestaurantPath { restaurant_id: sample::restaurant().id };
        let reply = GetMenu::call(&context, &None, &path, &Empty {}).await?.reply;
        Ok((reply.version(), serde_json::to_value(reply).unwrap()))
    }

    #[tokio::test]
    async fn a_menu_without_dishes_has_no_sections() {
        let world = World::new();
        assert_eq!(shown(&world).await.unwrap_err().code, code::NOT_FOUND);
        let restaurant = sample::restaurant();
        sample::open(&world, restaurant.clone()).await;
        let empty = json!({ "restaurant_id": restaurant.id, "currency": "RON", "version": 1, "sections": [] });
        let (version, menu) = shown(&world).await.unwrap();
        assert_eq!(version, Some(1));
        assert_eq!(menu, empty);
    }

    #[tokio::test]
    async fn sections_come_in_the_order_of_their_first_dish() {
        let mut menu = sample::menu();
        menu.items.push(sample::dish("Borș"));
        let world = sample::world_with(menu).await;
        let (_, shown) = shown(&world).await.unwrap();
        let sections = shown["sections"].as_array().unwrap();
        let names: Vec<_> = sections.iter().map(|section| section["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["Soups", "Pizza"]);
        let borsch = &sections[0]["items"][1];
        assert_eq!(borsch["name"], "Borș");
        assert_eq!(borsch["position"], 2);
    }
}
