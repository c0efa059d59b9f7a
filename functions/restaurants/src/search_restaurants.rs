//! `search-restaurants`: who delivers here?

use app::{Access, Context, Effect, Empty, Endpoint, Function, Paged, Problem, Route, Scale, User, shared_settings};
use domain::{Page, Place, int};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{Card, RESTAURANTS, search_entry::near, wrong::Wrong};

/// The restaurants that deliver to a place, nearest first.
#[derive(JsonSchema)]
pub struct SearchRestaurants;

int! {
    /// How far away a restaurant may be, in metres.
    pub struct SearchRadius(u32: 1..=15_000);
}

/// Where the food is to be brought.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Search {
    /// Degrees north of the equator.
    #[schemars(range(min = -90, max = 90))]
    lat: f64,
    /// Degrees east of Greenwich.
    #[schemars(range(min = -180, max = 180))]
    lon: f64,
    /// How far away a restaurant may be, in metres; as far as each delivers where left out.
    radius_m: Option<SearchRadius>,
}

impl Endpoint for SearchRestaurants {
    const FUNCTION: Function =
        Function::new("search-restaurants").settings(shared_settings::PACE).queries(RESTAURANTS).scale(Scale::Hot);
    const ROUTE: Route = Route::get("/v1/restaurants");
    const ACCESS: Access = Access::Public;
    const EXAMPLE: &'static str = r#"{"lat": 44.4268, "lon": 26.1025, "radius_m": 5000}"#;
    type Caller = Option<User>;
    type Path = Empty;
    type Input = Paged<Search>;
    type Reply = Page<Card>;

    async fn call(
        context: &Context,
        _caller: &Option<User>,
        Empty {}: &Empty,
        input: &Paged<Search>,
    ) -> Result<Effect<Page<Card>>, Problem> {
        let radius_m = input.radius_m.unwrap_or(SearchRadius::MAX).get();
        let place = place(input.lat, input.lon)?;
        let Page { items, next_cursor } = near(context, place, radius_m, input.page()).await?;
        let pace = shared_settings::pace(context);
        let cards: Result<_, _> = items.into_iter().map(|near| Card::of(near, pace)).collect();
        Ok(Effect::reply(Page { items: cards.map_err(Problem::internal)?, next_cursor }))
    }
}

/// The place, or a refusal that names each coordinate that is not on Earth.
fn place(lat: f64, lon: f64) -> Result<Place, Problem> {
    Place::new(lat, lon).map_err(|_| {
        let mut wrong = Wrong::default();
        for (pointer, (lat, lon)) in [("/lat", (lat, 0.0)), ("/lon", (0.0, lon))] {
            if let Err(invalid) = Place::new(lat, lon) {
                wrong.field(pointer, invalid.to_string());
            }
        }
        wrong.problem()
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use app::{Draft, code};
    use domain::RestaurantId;
    use serde_json::{Value, json};
    use testing::{World, sent};

    use super::*;
    use crate::{Restaurant, sample};

    fn centre() -> Place {
        sample::restaurant().place
    }

    /// A restaurant so many thousandths of a degree (about 111 m) north of the centre.
    fn north(number: u16, thousandths: u16, radius_m: u32) -> Restaurant {
        sample::restaurant_like(number, |restaurant| {
            restaurant.profile.place =
                Place::new(centre().lat() + f64::from(thousandths) / 1000.0, centre().lon()).unwrap();
            restaurant.profile.delivery_radius_m = radius_m.try_into().unwrap();
        })
    }

    async fn world_with(restaurants: &[Restaurant]) -> World {
        let world = World::new();
        for restaurant in restaurants {
            sample::open(&world, restaurant.clone()).await;
        }
        world
    }

    async fn search(world: &World, more: Value) -> Result<Page<Card>, Problem> {
        let context = world.context(crate::SERVICE, "search-restaurants");
        let mut query = json!({ "lat": centre().lat(), "lon": centre().lon() });
        query.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let query = sent::<SearchRestaurants>(&query.to_string());
        let effect = SearchRestaurants::call(&context, &None, &Empty {}, &query).await?;
        assert!(effect.changes.is_empty());
        Ok(effect.reply)
    }

    fn ids(page: &Page<Card>) -> Vec<RestaurantId> {
        page.items.iter().map(Card::id).collect()
    }

    #[tokio::test]
    async fn only_those_that_deliver_there_are_shown_and_the_nearest_first() {
        let all = [north(1, 30, 5000), north(2, 10, 5000), north(3, 0, 5000), north(4, 30, 3000), north(5, 10, 1000)];
        let world = world_with(&all).await;
        let page = search(&world, json!({})).await.unwrap();
        assert_eq!(ids(&page), [all[2].id, all[1].id, all[0].id]);
        assert_eq!(page.next_cursor, None);
        let near = search(&world, json!({ "radius_m": 1500 })).await.unwrap();
        assert_eq!(ids(&near), [all[2].id, all[1].id]);
        assert_eq!(search(&world, json!({ "lat": 0, "lon": 0 })).await.unwrap(), Page::default());
    }

    #[tokio::test]
    async fn a_restaurant_that_moves_is_found_only_where_it_delivers_now() {
        let world = world_with(&[north(1, 0, 5000)]).await;
        let context = world.context(crate::SERVICE, "get-restaurant");
        let found = context.find::<Restaurant>(&sample::restaurant().id).await.unwrap().unwrap();
        let mut restaurant = Draft::of(found);
        restaurant.step().profile.place = Place::new(0.0, 0.0).unwrap();
        world.commit(RESTAURANTS, restaurant.into()).await;
        assert_eq!(search(&world, json!({})).await.unwrap(), Page::default());
        let there = search(&world, json!({ "lat": 0, "lon": 0 })).await.unwrap();
        assert_eq!(ids(&there), [sample::restaurant().id]);
    }

    #[tokio::test]
    async fn a_card_shows_distance_fee_and_time_as_a_quote_would() {
        let world = world_with(&[north(2, 10, 5000)]).await;
        let shown = serde_json::to_value(search(&world, json!({})).await.unwrap()).unwrap();
        let card = &shown["items"][0];
        assert_eq!(card["distance_m"], 1112);
        assert_eq!(card["delivery_fee"], json!({ "amount": 667, "currency": "RON" }));
        assert_eq!(card["eta_minutes"], json!({ "min": 20, "max": 30 }));
        let members: BTreeSet<_> = card.as_object().unwrap().keys().map(String::as_str).collect();
        let wanted = "id name cuisines picture place min_order distance_m delivery_fee eta_minutes";
        assert_eq!(members, wanted.split(' ').collect());
    }

    #[tokio::test]
    async fn pages_show_each_restaurant_once_even_at_the_same_place() {
        // More than one page of the store, most of them equally far away.
        let all: Vec<_> = (1..=230).map(|number| north(number, number % 3, 5000)).collect();
        let world = world_with(&all).await;
        let mut seen = Vec::new();
        let mut cursor = None;
        let mut last = 0;
        loop {
            let page = search(&world, json!({ "limit": 60, "cursor": cursor })).await.unwrap();
            assert!(page.items.iter().map(Card::distance_m).all(|distance_m| distance_m >= last));
            last = page.items.last().map_or(last, Card::distance_m);
            seen.extend(ids(&page));
            cursor = page.next_cursor;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(seen.len(), all.len());
        let seen: BTreeSet<_> = seen.into_iter().collect();
        let all: BTreeSet<_> = all.iter().map(|one| one.id).collect();
        assert_eq!(seen, all);
    }

    #[tokio::test]
    async fn a_place_off_the_earth_and_a_strange_cursor_are_refused() {
        let world = World::new();
        let refusal = search(&world, json!({ "lat": 91, "lon": 181 })).await.unwrap_err();
        let pointers: Vec<_> = refusal.errors.iter().map(|error| error.pointer.as_str()).collect();
        assert_eq!(refusal.code, code::INVALID_REQUEST);
        assert_eq!(pointers, ["/lat", "/lon"]);
        for cursor in ["x", "metres!!id", "1234567éid"] {
            let refusal = search(&world, json!({ "cursor": cursor })).await.unwrap_err();
            assert_eq!(refusal.code, code::CURSOR_INVALID, "{cursor}");
        }
        assert!(serde_json::from_str::<Search>(SearchRestaurants::EXAMPLE).is_ok());
        assert!(serde_json::from_value::<Search>(json!({ "lat": 1.5 })).is_err());
        assert!(serde_json::from_value::<Search>(json!({ "lat": 1, "lon": 2, "q": "pizza" })).is_err());
        assert!(serde_json::from_value::<Search>(json!({ "lat": 1, "lon": 2, "radius_m": 15_001 })).is_err());
    }
}
