//! The state that the theatre's pages get, its switches and its ticker, over HTTP.

use reqwest::Method;
use serde_json::{Value, json};
use tests::Town;
use tiffin::{
    simulate::Simulate,
    theatre::{KEPT, UNSEEN_S},
};

use super::{THEATRE, city, dinner, get, person, put, theatre};

const TICKER: &str = "/_tiffin/theatre/ticker";

#[tokio::test]
async fn pages_learn_whose_theatre_it_is_and_what_can_be_ordered() {
    let town = city("customers,couriers".parse().expect("simulators")).await;
    let state = theatre(&town).await;
    assert_eq!(state["simulated"], json!({"customers": true, "restaurants": false, "couriers": true}));
    assert_eq!(state["plays"], json!({"merchant": false, "courier": true}));
    assert_eq!(state["counts"], json!({"restaurants": 21, "couriers_online": 0}));
    let restaurant = state["restaurant"]["id"].as_str().expect("an id");
    let shown = get(&town, &format!("/v1/restaurants/{restaurant}")).await.expect(200).body;
    assert_eq!(shown["name"], state["restaurant"]["name"]);
    assert_eq!(shown["place"], state["stand"]);
    let home = &state["home"]["place"];
    let near = get(&town, &format!("/v1/restaurants?lat={}&lon={}", home["lat"], home["lon"])).await.expect(200).body;
    let near = near["items"].as_array().expect("restaurants").clone();
    assert_eq!(near[0]["id"], restaurant, "it is the nearest");
    assert!(near.len() > 10, "{}", near.len());
    let customer = person(&town, "customer").await;
    let order = dinner(&town, &customer).await;
    assert_eq!(town.status(&customer, &order).await, "paid");
}

#[tokio::test]
async fn a_switch_stays_as_it_was_put_until_no_page_was_seen_for_a_while() {
    let town = city(Simulate::ALL).await;
    let plays = async || theatre(&town).await["plays"].clone();
    assert_eq!(plays().await, json!({"merchant": true, "courier": true}));
    let put_off = put(&town, "merchant", false).await.expect(200).body;
    assert_eq!(put_off, json!({"merchant": false, "courier": true}));
    town.clock.advance_s(UNSEEN_S - 1);
    assert_eq!(plays().await, put_off);
    town.clock.advance_s(UNSEEN_S);
    assert_eq!(plays().await, json!({"merchant": true, "courier": true}));
}

#[tokio::test]
async fn the_frame_of_a_role_is_seen_for_that_role_alone() {
    let town = city(Simulate::ALL).await;
    for role in ["merchant", "courier"] {
        put(&town, role, false).await.expect(200);
    }
    town.clock.advance_s(UNSEEN_S - 1);
    get(&town, &format!("{THEATRE}?role=courier")).await.expect(200);
    town.clock.advance_s(UNSEEN_S - 1);
    assert_eq!(theatre(&town).await["plays"], json!({"merchant": true, "courier": false}));
}

#[tokio::test]
async fn with_nobody_simulated_a_switch_left_on_goes_off() {
    let town = city(Simulate::NONE).await;
    assert_eq!(theatre(&town).await["plays"], json!({"merchant": false, "courier": false}));
    assert_eq!(put(&town, "courier", true).await.expect(200).body, json!({"merchant": false, "courier": true}));
    town.clock.advance_s(UNSEEN_S);
    assert_eq!(theatre(&town).await["plays"], json!({"merchant": false, "courier": false}));
}

#[tokio::test]
async fn what_is_no_role_and_no_position_is_refused() {
    let town = city(Simulate::ALL).await;
    for role in ["customer", "admin", "Merchant", "%22merchant%22"] {
        put(&town, role, false).await.refused(404, "not-found");
    }
    for query in ["role=admin", "role=", "role=customer", "role=courier&role=courier", "x=1"] {
        get(&town, &format!("{THEATRE}?{query}")).await.refused(400, "invalid-request");
    }
    let path = format!("{THEATRE}/plays/merchant");
    for body in [json!({}), json!({"on": 1}), json!({"on": "false"}), json!({"on": false, "off": true}), json!(false)] {
        let request = town.request(Method::PUT, &path, None).json(&body);
        town.send(request).await.refused(400, "invalid-request");
    }
    let plain = town.request(Method::PUT, &path, None).header("content-type", "text/plain").body(r#"{"on": false}"#);
    town.send(plain).await.refused(415, "not-json");
    assert_eq!(theatre(&town).await["plays"], json!({"merchant": true, "courier": true}), "nothing was put");
}

#[tokio::test]
async fn the_ticker_lists_what_happens_to_orders_newest_last() {
    let town = city(Simulate::NONE).await;
    let customer = person(&town, "customer").await;
    let merchant = person(&town, "merchant").await;
    let order = dinner(&town, &customer).await;
    town.order_action(&merchant, &order, "accept", json!({"prep_minutes": 12})).await.expect(200);
    town.order_action(&merchant, &order, "cancel", json!({"reason": "the oven broke"})).await.expect(200);
    let ticker = published_until(&town, "order.cancelled").await;
    let items = ticker["items"].as_array().expect("items");
    let kinds: Vec<&str> = items.iter().filter_map(|item| item["kind"].as_str()).collect();
    assert_eq!(kinds, ["order.placed", "order.paid", "order.accepted", "order.cancelled"]);
    let number = &town.see(&customer, &order).await["number"];
    assert!(items.iter().all(|item| item["ours"] == true && item["order_number"] == *number), "{ticker:#}");
    assert_eq!(items[2]["prep_minutes"], 12);
    assert_eq!(items[3]["reason"], "the oven broke");
    assert_eq!(ticker["last"], 4);
    assert_eq!(items[3]["n"], 4);

    let later = get(&town, &format!("{TICKER}?after=3")).await.expect(200).body;
    assert_eq!(later["items"], json!([items[3]]));
    assert_eq!(get(&town, &format!("{TICKER}?after=4")).await.expect(200).body, json!({"items": [], "last": 4}));
    get(&town, &format!("{TICKER}?after=-1")).await.refused(400, "invalid-request");
}

#[tokio::test]
async fn the_ticker_keeps_the_latest_and_distinguishes_others() {
    let town = city(Simulate::NONE).await;
    let customer = town.customer().await;
    let merchant = town.merchant().await;
    let restaurant = town.restaurant(&merchant).await;
    // Each publishes two events.
    for _ in 0..=KEPT / 2 {
        town.order(&customer, &restaurant, "tok_declined").await;
    }
    let ticker = published_until(&town, "order.payment_failed").await;
    let items = ticker["items"].as_array().expect("items");
    assert_eq!(items.len(), KEPT);
    assert_eq!(ticker["last"], KEPT + 2);
    assert!(items.iter().all(|item| item["ours"] == false && item["restaurant"] == "La Mama"), "{ticker:#}");
    assert_eq!(items.last().map(|item| &item["reason"]), Some(&json!("payment_declined")));
}

/// The ticker, once its last fact is of this kind.
async fn published_until(town: &Town, kind: &str) -> Value {
    town.eventually(kind, async || {
        let ticker = get(town, TICKER).await.expect(200).body;
        let last = ticker["items"].as_array().and_then(|items| items.last()).map(|item| item["kind"] == kind);
        last.unwrap_or(false).then_some(ticker)
    })
    .await
}
