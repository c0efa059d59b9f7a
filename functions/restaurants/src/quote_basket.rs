//! `quote-basket`: what would this basket cost, brought here?

use app::{
    Access, Code, Context, Effect, Endpoint, Function, Json, Problem, QUOTE, Route, Scale, User, shared_settings,
};
use domain::{Money, QuoteClaims, QuoteId, RestaurantCard, Role, Stop};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use crate::{
    Basket, BasketLine, Bounded, Cost, MAX_CHOICES, MAX_LINES, OpenState, Quote, RESTAURANTS, eta_minutes,
    paths::RestaurantPath,
    price,
    quote::{BELOW_MINIMUM, ITEM_UNAVAILABLE, OPTION_INVALID, OUT_OF_RANGE, RESTAURANT_CLOSED},
    restaurants::restaurant_menu_and_now,
    settings,
    wrong::Wrong,
};

/// What would this basket cost, brought here? A quote holds for ten minutes and one order, whatever changes meanwhile.
#[derive(JsonSchema)]
pub struct QuoteBasket;

/// What a customer wants, and where.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Basket")]
pub struct WantedBasket {
    /// They choose at most 150 options in all.
    items: Bounded<BasketLine, 1, MAX_LINES>,
    deliver_to: Stop,
    /// For the courier, whole; none where left out.
    tip: Option<Cost>,
}

impl Endpoint for QuoteBasket {
    const FUNCTION: Function =
        Function::new("quote-basket").settings(settings::SETTINGS).gets(RESTAURANTS).signs(QUOTE).scale(Scale::Hot);
    const ROUTE: Route = Route::post("/v1/restaurants/{restaurant_id}/quotes");
    const ACCESS: Access = Access::roles(&[Role::Customer]);
    const PROBLEMS: &'static [Code] =
        &[RESTAURANT_CLOSED, OUT_OF_RANGE, ITEM_UNAVAILABLE, OPTION_INVALID, BELOW_MINIMUM];
    const EXAMPLE: &'static str = r#"{
        "items": [{
            "item_id": "itm_01kazn8e00e0w3ge1r70w3ge1r", "quantity": 2,
            "options": ["opt_01kazn8e00e0w3ge1r70w3ge1r"]
        }],
        "deliver_to": {
            "place": {"lat": 44.4361, "lon": 26.1027},
            "address": {"street": "Bd. Magheru 7", "city": "București", "postcode": "010322", "country": "RO"},
            "notes": "Second floor."
        },
        "tip": {"amount": 500, "currency": "RON"}
    }"#;
    type Caller = User;
    type Path = RestaurantPath;
    type Input = Json<WantedBasket>;
    type Reply = Quote;

    async fn call(
        context: &Context,
        caller: &User,
        &RestaurantPath { restaurant_id }: &RestaurantPath,
        input: &WantedBasket,
    ) -> Result<Effect<Quote>, Problem> {
        if input.items.iter().map(|line| line.options.len()).sum::<usize>() > MAX_CHOICES {
            return Err(Problem::invalid("/items", format!("must choose at most {MAX_CHOICES} options in all")));
        }
        let (restaurant, menu, now) = restaurant_menu_and_now(context, restaurant_id).await?;
        let restaurant = restaurant.value;
        let none = Money::zero(restaurant.currency);
        let tip = input.tip.map_or(none, Money::from);
        let mut wrong = Wrong::default();
        wrong.currency("/tip", &tip, restaurant.currency);
        wrong.refuse()?;
        if now.state() == OpenState::Closed {
            return Err(Problem::of(RESTAURANT_CLOSED).with("next_opening", Value::Null));
        }

        let distance_m = restaurant.place.distance_m(input.deliver_to.place);
        let basket = Basket { lines: &input.items, discount: none, tip };
        let price = price(basket, &menu, &restaurant, distance_m, settings::rates(context))?;
        let issued_at = context.now();
        let prep_minutes = restaurant.prep_minutes.get();
        let claims = QuoteClaims {
            jti: QuoteId::generate(context.instant(), context.random()),
            sub: caller.id,
            iat: issued_at.as_second(),
            exp: issued_at.plus_seconds(context.setting(&settings::QUOTE_S)).as_second(),
            restaurant_id,
            merchant_id: restaurant.merchant_id,
            pick_up: restaurant.pick_up(),
            restaurant: RestaurantCard {
                name: restaurant.profile.name,
                phone: restaurant.profile.phone,
                picture: restaurant.profile.picture,
            },
            deliver_to: input.deliver_to.clone(),
            distance_m,
            eta_minutes: eta_minutes(prep_minutes, distance_m, shared_settings::pace(context)),
            prep_minutes,
            price,
        };
        Ok(Effect::reply(Quote::of(context.sign(QUOTE, &claims)?, claims)))
    }
}

#[cfg(test)]
mod tests {
    use app::TokenError;
    use domain::{AccountState, Timestamp};
    use serde_json::json;
    use testing::{NOON, World, a_user, input};

    use super::*;
    use crate::sample;

    async fn quote(world: &World, basket: &Value) -> Result<Effect<Quote>, Problem> {
        let context = world.context(crate::SERVICE, "quote-basket");
        let path = RestaurantPath { restaurant_id: sample::restaurant().id };
        QuoteBasket::call(&context, &a_user(Role::Customer), &path, &input(&basket.to_string())).await
    }

    /// Two soups to the place of the example.
    fn basket() -> Value {
        let mut basket: Value = input(QuoteBasket::EXAMPLE);
        let soup = sample::menu().items[0].id;
        basket["items"] = json!([{ "item_id": soup, "quantity": 2, "options": [] }]);
        basket
    }

    #[tokio::test]
    async fn a_quote_is_a_signed_promise_for_ten_minutes() {
        let world = sample::world_with(sample::menu()).await;
        let Effect { reply, changes } = quote(&world, &basket()).await.unwrap();
        assert!(changes.is_empty());
        let shown = serde_json::to_value(&reply).unwrap();
        assert_eq!(shown["expires_at"], "2026-11-23T12:10:00Z");
        assert_eq!(shown["subtotal"]["amount"], 4000);
        assert_eq!(shown["small_order_fee"]["amount"], 400);
        assert_eq!(shown["tip"]["amount"], 500);
        assert_eq!(shown["discount"]["amount"], 0);

        let claims = verified(&world, &shown).unwrap();
        assert_eq!(json!(claims.jti), shown["id"]);
        assert_eq!(claims.sub, a_user(Role::Customer).id);
        assert_eq!(claims.merchant_id, sample::restaurant().merchant_id);
        assert_eq!(claims.iat, NOON.parse::<Timestamp>().unwrap().as_second());
        assert_eq!(claims.exp, claims.iat + 600);
        assert_eq!(json!(claims.price.total), shown["total"]);
        assert_eq!(claims.price.recomputed_total(), Ok(claims.price.total));
        assert_eq!(json!(claims.distance_m), shown["distance_m"]);
        assert_eq!(claims.pick_up, sample::restaurant().pick_up());
        assert_eq!(json!(claims.deliver_to), basket()["deliver_to"]);
    }

    fn verified(world: &World, shown: &Value) -> Result<QuoteClaims, TokenError> {
        let context = world.context(crate::SERVICE, "quote-basket");
        context.verify(QUOTE, shown["quote"].as_str().unwrap())
    }

    #[tokio::test]
    async fn a_quote_expires_after_ten_minutes_give_or_take_clock_skew() {
        let world = sample::world_with(sample::menu()).await;
        let shown = serde_json::to_value(quote(&world, &basket()).await.unwrap().reply).unwrap();
        world.clock.advance_s(599);
        assert!(verified(&world, &shown).is_ok());
        world.clock.advance_s(11);
        assert_eq!(verified(&world, &shown).err(), Some(TokenError::Expired));
    }

    #[tokio::test]
    async fn each_refusal_has_its_own_code_and_names_what_is_wrong() {
        let mut menu = sample::menu();
        menu.items.push(crate::Item { available: false, ..sample::dish("Gone") });
        let world = sample::world_with(menu.clone()).await;
        let pizza = &menu.items[1];
        let gone = &menu.items[2];
        let mut far = basket();
        far["deliver_to"]["place"]["lat"] = json!(45.0);
        let with = |item_id: Value, quantity: u32| {
            let mut basket = basket();
            basket["items"] = json!([{ "item_id": item_id, "quantity": quantity, "options": [] }]);
            basket
        };
        let missing = json!({ "amount": 1000, "currency": "RON" });
        for (basket, code, named) in [
            (far, OUT_OF_RANGE, json!(null)),
            (with(json!(gone.id), 5), ITEM_UNAVAILABLE, json!(["/items/0"])),
            (with(json!(sample::dish("Stranger").id), 5), ITEM_UNAVAILABLE, json!(["/items/0"])),
            (with(json!(pizza.id), 1), OPTION_INVALID, json!(["/items/0/options"])),
            (with(json!(menu.items[0].id), 1), BELOW_MINIMUM, missing),
        ] {
            let refusal = quote(&world, &basket).await.unwrap_err();
            let pointers: Vec<_> = refusal.errors.iter().map(|error| error.pointer.as_str()).collect();
            let member = refusal.members.get("missing").cloned();
            let pointed = (!pointers.is_empty()).then(|| json!(pointers));
            assert_eq!(refusal.code, code);
            assert_eq!(member.or(pointed).unwrap_or_default(), named);
        }
    }

    #[tokio::test]
    async fn a_closed_restaurant_makes_no_quotes_and_those_made_before_hold() {
        let world = sample::world_with(sample::menu()).await;
        let before = serde_json::to_value(quote(&world, &basket()).await.unwrap().reply).unwrap();
        sample::tell(&world, &sample::account_event(2, Some(AccountState::Suspended))).await;
        let refusal = quote(&world, &basket()).await.unwrap_err();
        assert_eq!(refusal.code, RESTAURANT_CLOSED);
        assert_eq!(refusal.members.get("next_opening"), Some(&Value::Null));
        assert!(verified(&world, &before).is_ok());
        let mut wrong = basket();
        wrong["tip"] = json!({ "amount": 1, "currency": "EUR" });
        assert_eq!(quote(&world, &wrong).await.unwrap_err().code, app::code::INVALID_REQUEST, "told first");
        sample::tell(&world, &sample::account_event(3, Some(AccountState::Active))).await;
        assert!(quote(&world, &basket()).await.is_ok());
    }

    #[tokio::test]
    async fn a_tip_is_in_the_restaurants_currency() {
        let world = sample::world_with(sample::menu()).await;
        let mut wanted = basket();
        wanted["tip"] = json!({ "amount": 1, "currency": "EUR" });
        let refusal = quote(&world, &wanted).await.unwrap_err();
        let pointers: Vec<_> = refusal.errors.iter().map(|error| error.pointer.as_str()).collect();
        assert_eq!(pointers, ["/tip/currency"]);
        wanted["tip"] = json!(null);
        let shown = serde_json::to_value(quote(&world, &wanted).await.unwrap().reply).unwrap();
        assert_eq!(shown["tip"], json!({ "amount": 0, "currency": "RON" }));
    }

    #[tokio::test]
    async fn a_restaurant_that_is_not_there_quotes_nothing() {
        let refusal = quote(&World::new(), &basket()).await.unwrap_err();
        assert_eq!(refusal.code, app::code::NOT_FOUND);
    }

    #[test]
    fn lines_and_quantities_have_limits() {
        assert!(serde_json::from_str::<WantedBasket>(QuoteBasket::EXAMPLE).is_ok());
        for (items, good) in [
            (json!([]), false),
            (json!([0]), false),
            (json!([1]), true),
            (json!([50]), true),
            (json!([51]), false),
            (json!(vec![1; 51]), false),
        ] {
            let line =
                |quantity: &Value| json!({ "item_id": sample::dish("Soup").id, "quantity": quantity, "options": [] });
            let mut wanted = basket();
            wanted["items"] = items.as_array().unwrap().iter().map(line).collect();
            assert_eq!(serde_json::from_value::<WantedBasket>(wanted).is_ok(), good, "{items}");
        }
    }
}
