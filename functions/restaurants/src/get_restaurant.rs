//! `get-restaurant`: anybody looks at a restaurant.

use app::{Access, Context, Effect, Empty, Endpoint, Function, Problem, Route, User};
use schemars::JsonSchema;

use crate::{RESTAURANTS, RestaurantView, paths::RestaurantPath, restaurants::restaurant_and_now};

/// Anybody looks at a restaurant.
#[derive(JsonSchema)]
pub struct GetRestaurant;

impl Endpoint for GetRestaurant {
    const FUNCTION: Function = Function::new("get-restaurant").gets(RESTAURANTS);
    const ROUTE: Route = Route::get("/v1/restaurants/{restaurant_id}");
    const ACCESS: Access = Access::Public;
    type Caller = Option<User>;
    type Path = RestaurantPath;
    type Input = Empty;
    type Reply = RestaurantView;

    async fn call(
        context: &Context,
        _caller: &Option<User>,
        &RestaurantPath { restaurant_id }: &RestaurantPath,
        Empty {}: &Empty,
    ) -> Result<Effect<RestaurantView>, Problem> {
        let (restaurant, now) = restaurant_and_now(context, restaurant_id).await?;
        let restaurant = restaurant.public()?;
        Ok(Effect::reply(RestaurantView::of(restaurant.value, &now, restaurant.version)))
    }
}

#[cfg(test)]
mod tests {
    use app::{Reply, code};
    use testing::World;

    use super::*;
    use crate::{Now, sample};

    #[tokio::test]
    async fn anybody_sees_a_restaurant_that_is_there() {
        let world = World::new();
        let context = world.context(crate::SERVICE, "get-restaurant");
        let restaurant = sample::restaurant();
        let path = RestaurantPath { restaurant_id: restaurant.id };
        let refusal = GetRestaurant::call(&context, &None, &path, &Empty {}).await.unwrap_err();
        assert_eq!(refusal.code, code::NOT_FOUND);

        sample::open(&world, restaurant.clone()).await;
        let reply = GetRestaurant::call(&context, &None, &path, &Empty {}).await.unwrap().reply;
        assert_eq!(reply.version(), Some(1));
        assert_eq!(reply, RestaurantView::of(restaurant, &Now::default(), 1));
    }
}
