//! What a town has for its people to ask for: orders in every state, and everything that belongs to them.

use domain::Role;
use reqwest::Method;
use serde_json::{Map, Value, json};
use tests::{Person, Town, delivery_of, home, payment_of};

/// How many orders wait for the restaurant, are being cooked, and wait for the courier.
const WAITING: usize = 6;
const COOKING: usize = 4;
const COOKED: usize = 4;
/// How many tokens there are of those that work once: quotes, refresh tokens.
const TOKENS: usize = 30;
/// Every means of payment that the simulated provider knows, and one that it does not.
const METHODS: [&str; 7] =
    ["tok_ok", "tok_declined", "tok_insufficient_funds", "tok_slow", "tok_lost", "tok_flaky", "tok_nobody_knows"];

/// How many addresses somebody keeps: each is removed once.
const ADDRESSES: usize = 20;

/// Who asks, and what there is to ask for: values by the name that the API has for them.
pub(crate) struct Things {
    /// Who asks; `None` where nobody is signed in.
    pub(crate) who: Option<Person>,
    /// Lists of values, by name.
    pub(crate) values: Value,
}

impl Things {
    /// Fills a town until there is something of everything.
    pub(crate) async fn of(town: &Town, role: Option<Role>) -> Self {
        let customer = town.customer().await;
        let merchant = town.merchant().await;
        let courier = town.courier_online().await;
        let restaurant = town.restaurant(&merchant).await;
        let order = async |payment: &str| town.order(&customer, &restaurant, payment).await;

        let mut orders = vec![order("tok_declined").await];
        for carried in [&["accept", "pick-up", "complete"][..], &["accept", "pick-up"]] {
            let next = order("tok_ok").await;
            town.offered(&courier, &next).await;
            town.order_action(&merchant, &next, "accept", json!({"prep_minutes": 10})).await.expect(200);
            for action in carried {
                town.delivery_action(&courier, &next, action).await.expect(200);
            }
            orders.push(next);
        }
        for number in 0..WAITING + COOKING + COOKED {
            let next = order("tok_ok").await;
            if number >= WAITING {
                town.order_action(&merchant, &next, "accept", json!({"prep_minutes": 10})).await.expect(200);
            }
            if number >= WAITING + COOKING {
                town.order_action(&merchant, &next, "ready", json!({})).await.expect(200);
            }
            orders.push(next);
        }

        let mut values = Map::new();
        let mut put = |name: &str, things: Value| values.insert(name.to_owned(), things);
        put("order_id", json!(orders));
        put("delivery_id", orders.iter().map(|order| delivery_of(order)).collect());
        put("payment_id", orders.iter().map(|order| payment_of(order)).collect());
        put("restaurant_id", json!([restaurant.id]));
        put("item_id", json!([restaurant.soup, restaurant.pizza]));
        put("email", json!([customer.email]));
        put("payment_method", json!(METHODS));
        put("place", json!([home()["place"]]));
        put("currency", json!(["EUR"]));
        put("merchant_id", json!([merchant.id]));
        put("courier_id", json!([courier.id]));
        let all = json!([customer.id, merchant.id, courier.id]);
        put("refresh_token", tokens(town, &customer).await);
        let mut quotes = Vec::new();
        for _ in 0..TOKENS {
            quotes.push(town.quote(&customer, &restaurant).await.expect(200).text("quote"));
        }
        put("quote", json!(quotes));
        let who = match role {
            None => None,
            Some(Role::Customer) => Some(customer),
            Some(Role::Merchant) => Some(merchant),
            Some(Role::Courier) => Some(courier),
            Some(Role::Admin) => Some(town.person(Role::Admin).await),
        };
        if let Some(who) = &who {
            let mut addresses = Vec::new();
            for _ in 0..ADDRESSES {
                addresses.push(town.address(who).await);
            }
            put("address_id", json!(addresses));
            put("user_id", if who.role == Role::Admin { all } else { json!([who.id]) });
            let notices = town.get(who, "/v1/notifications?limit=100").await.expect(200);
            put(
                "notification_id",
                notices.body["items"].as_array().into_iter().flatten().map(|it| it["id"].clone()).collect(),
            );
        }
        Self { who, values: values.into() }
    }
}

/// Refresh tokens of as many sessions.
async fn tokens(town: &Town, person: &Person) -> Value {
    let mut tokens = Vec::new();
    for _ in 0..TOKENS {
        let body = json!({"email": person.email, "password": tests::PASSWORD});
        let session = town.send(town.request(Method::POST, "/v1/sessions", None).json(&body)).await.expect(201);
        tokens.push(session.text("refresh_token"));
    }
    json!(tokens)
}
