//! The shape of HTTP, reply by reply: status, headers that matter, body; ids, tokens and e-mails are redacted.

use reqwest::Method;
use serde_json::{Map, Value, json};
use tests::{Reply, Town, delivery_of, home, payment_of};

/// The headers that are part of the shape.
const HEADERS: [&str; 9] = [
    "allow",
    "cache-control",
    "content-type",
    "etag",
    "idempotent-replayed",
    "location",
    "retry-after",
    "vary",
    "www-authenticate",
];

/// A reply as a snapshot shows it.
fn shape(reply: &Reply) -> Value {
    let header = |name: &&str| Some(((*name).to_owned(), Value::from(redacted(name, reply.header(name)?))));
    let headers: Map<String, Value> = HEADERS.iter().filter_map(header).collect();
    json!({"status": reply.status.as_u16(), "headers": headers, "body": shown("", &reply.body)})
}

fn shown(name: &str, value: &Value) -> Value {
    match value {
        Value::String(text) => redacted(name, text).into(),
        Value::Array(items) => items.iter().map(|item| shown(name, item)).collect(),
        Value::Object(members) => members.iter().map(|(name, value)| (name.clone(), shown(name, value))).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    }
}

/// Without what differs from run to run.
fn redacted(name: &str, text: &str) -> String {
    match name {
        "access_token" | "refresh_token" | "quote" | "next_cursor" | "etag" | "email" | "number" | "x" | "y"
        | "kid" | "provider_reference" => format!("<{name}>"),
        _ => text.split('/').map(segment).collect::<Vec<_>>().join("/"),
    }
}

fn segment(text: &str) -> String {
    let words = text.split(' ').map(|word| {
        let is_id = word.len() == 30 && word.as_bytes()[3] == b'_';
        let is_number = word.len() == 8 && word.chars().all(|one| one.is_ascii_digit() || one.is_ascii_uppercase());
        if is_id {
            format!("{}…", &word[..4])
        } else if is_number {
            "<number>".to_owned()
        } else {
            word.to_owned()
        }
    });
    words.collect::<Vec<_>>().join(" ")
}

macro_rules! snapshot {
    ($name:literal, $reply:expr) => {
        insta::assert_json_snapshot!($name, shape(&$reply))
    };
}

#[tokio::test]
async fn people_and_restaurants() {
    let town = Town::open().await;
    let post = |path: &str, body: Value| town.send(town.request(Method::POST, path, None).json(&body));
    let ana = json!({"email": "ana@example.com", "password": "correct horse", "name": "Ana Pop", "role": "customer"});
    let registered = post("/v1/users", ana.clone()).await;
    snapshot!("register-user", registered);
    snapshot!("register-user-taken", post("/v1/users", ana).await);
    let credentials = json!({"email": "ana@example.com", "password": "wrong horses"});
    snapshot!("sign-in-refused", post("/v1/sessions", credentials).await);
    let credentials = json!({"email": "ANA@example.com", "password": "correct horse"});
    let signed_in = post("/v1/sessions", credentials).await;
    snapshot!("sign-in", signed_in);
    let renewal = json!({"refresh_token": signed_in.text("refresh_token")});
    let refreshed = post("/v1/sessions/refresh", renewal).await;
    snapshot!("refresh-session", refreshed);
    let unknown = json!({"refresh_token": "a-token-nobody-issued"});
    snapshot!("refresh-session-refused", post("/v1/sessions/refresh", unknown).await);
    let current = town.request(Method::DELETE, "/v1/sessions/current", None);
    snapshot!("sign-out", town.send(current.bearer_auth(refreshed.text("access_token"))).await);
    let discovery = "/.well-known/openid-configuration";
    snapshot!("get-openid-configuration", town.send(town.request(Method::GET, discovery, None)).await);
    snapshot!("get-jwks", town.send(town.request(Method::GET, "/.well-known/jwks.json", None)).await);
    let customer = town.customer().await;
    snapshot!("get-user", town.get(&customer, &format!("/v1/users/{}", customer.id)).await);

    let merchant = town.merchant().await;
    snapshot!("create-restaurant", town.post(&merchant, "/v1/restaurants", tests::restaurant()).await);
    let own = format!("/v1/merchants/{}/restaurants", merchant.id);
    let listed = town.eventually("the restaurant", async || {
        let reply = town.get(&merchant, &own).await;
        reply.body["items"].as_array().is_some_and(|items| !items.is_empty()).then_some(reply)
    });
    snapshot!("list-own-restaurants", listed.await);
    let restaurant = town.restaurant(&merchant).await;
    let path = format!("/v1/restaurants/{}", restaurant.id);
    snapshot!("get-restaurant", town.get(&customer, &path).await);
    snapshot!("add-menu-item", town.post(&merchant, &format!("{path}/menu/items"), tests::soup()).await);
    snapshot!("get-menu", town.get(&customer, &format!("{path}/menu")).await);
    snapshot!("search-restaurants", town.get(&customer, "/v1/restaurants?lat=44.4300&lon=26.1000&limit=1").await);
    let quotes = format!("{path}/quotes");
    let basket = json!({
        "items": [{"item_id": restaurant.pizza, "quantity": 2, "options": [restaurant.sizes[1]]}],
        "deliver_to": home(), "tip": {"amount": 200, "currency": "EUR"},
    });
    snapshot!("quote-basket", town.post(&customer, &quotes, basket).await);
    let small = json!({"items": [{"item_id": restaurant.pizza, "quantity": 1, "options": [restaurant.sizes[0]]}], "deliver_to": home()});
    snapshot!("quote-basket-below-minimum", town.post(&customer, &quotes, small).await);
}

#[tokio::test]
async fn an_order_and_all_that_belongs_to_it() {
    let town = Town::open().await;
    let customer = town.customer().await;
    let merchant = town.merchant().await;
    let restaurant = town.restaurant(&merchant).await;
    let courier = town.person(domain::Role::Courier).await;
    let courier_path = format!("/v1/couriers/{}", courier.id);
    snapshot!("put-courier", town.put(&courier, &courier_path, json!({"vehicle": "bicycle"})).await);
    snapshot!("set-courier-availability", town.go_online(&courier).await);
    snapshot!("get-courier", town.get(&courier, &courier_path).await);
    let quote = town.quote(&customer, &restaurant).await.expect(200).text("quote");
    let placed = town.place(&customer, "dinner", &quote, "tok_ok").await;
    snapshot!("place-order", placed);
    snapshot!("place-order-again", town.place(&customer, "dinner", &quote, "tok_ok").await);
    snapshot!("place-order-quote-used", town.place(&customer, "supper", &quote, "tok_ok").await);
    let order = placed.text("id");
    town.wait_until_idle().await;
    let offer = town.offered(&courier, &order).await;
    insta::assert_json_snapshot!("list-deliveries-offered", shown("", &strip_times(&offer)));
    let accepted = town.order_action(&merchant, &order, "accept", json!({"prep_minutes": 10})).await;
    snapshot!("accept-order-as-its-merchant-sees-it", without_times(accepted));
    snapshot!("accept-offer", without_times(town.delivery_action(&courier, &order, "accept").await));
    town.order_action(&merchant, &order, "ready", json!({})).await.expect(200);
    town.clock.advance_s(1);
    snapshot!("pick-up-delivery", without_times(town.delivery_action(&courier, &order, "pick-up").await));
    town.clock.advance_s(1);
    snapshot!("complete-delivery", without_times(town.delivery_action(&courier, &order, "complete").await));
    snapshot!("get-order-delivered", without_times(town.get(&customer, &format!("/v1/orders/{order}")).await));
    snapshot!("follow-order", without_times(town.get(&customer, &format!("/v1/orders/{order}/events")).await));
    snapshot!("list-payments", town.get(&customer, &format!("/v1/payments?order_id={order}")).await);
    snapshot!("get-payment", town.get(&customer, &format!("/v1/payments/{}", payment_of(&order))).await);
    snapshot!("list-notifications", without_times(town.get(&customer, "/v1/notifications?limit=2").await));
    let refused = town.order_action(&customer, &order, "cancel", json!({"reason": "late"})).await;
    snapshot!("cancel-order-illegal-transition", refused);
    let again = town.act(&courier, &format!("/v1/deliveries/{}/pick-up", delivery_of(&order))).await;
    snapshot!("pick-up-delivery-illegal-transition", again);
}

#[tokio::test]
async fn refusals() {
    let town = Town::open().await;
    let customer = town.customer().await;
    snapshot!("not-found", town.get(&customer, "/v1/orders/ord_01h455vb4pex5vsknk084sn02q").await);
    snapshot!("unauthenticated", town.send(town.request(Method::GET, "/v1/orders", None)).await);
    snapshot!("forbidden", town.act(&customer, "/v1/orders/ord_01h455vb4pex5vsknk084sn02q/accept").await);
    snapshot!("method-not-allowed", town.send(town.request(Method::PATCH, "/v1/orders", Some(&customer))).await);
    snapshot!("invalid-request", town.post(&customer, "/v1/orders", json!({"quote": 1, "colour": "red"})).await);
    snapshot!("cursor-invalid", town.get(&customer, "/v1/orders?cursor=x").await);
}

/// How many seconds pass until an offer is seen depends on how far index reads lag, so times are taken out.
fn without_times(reply: Reply) -> Reply {
    Reply { body: strip_times(&reply.body), ..reply }
}

fn strip_times(value: &Value) -> Value {
    match value {
        Value::String(text) if text.len() == 20 && text.ends_with('Z') => "<time>".into(),
        Value::Array(items) => items.iter().map(strip_times).collect(),
        Value::Object(members) => {
            let strip = |(name, value): (&String, &Value)| {
                // A delivery counts its searches, and how many there were depends on the lag as well.
                let value = if name == "version" { "<version>".into() } else { strip_times(value) };
                (name.clone(), value)
            };
            members.iter().map(strip).collect()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}
