//! Restaurants whose merchant may not act, over HTTP: part of the flows that run on every host.

use app::Key;
use domain::Role;
use reqwest::Method;
use restaurants::RESTAURANTS;
use serde_json::{Value, json};
use tests::{Person, Restaurant, Town};

/// Longer than from one step to the next, in seconds.
const NEXT_S: i64 = 2;

pub(crate) async fn a_suspended_merchants_restaurants_take_no_quotes_until_they_are_active_again(town: &Town) {
    let customer = town.customer().await;
    let merchant = town.merchant().await;
    let restaurant = town.restaurant(&merchant).await;
    let quote = town.quote(&customer, &restaurant).await.expect(200).text("quote");
    assert_eq!(listed(town, &merchant).await, "open");

    say(town, &merchant, "suspended").await;
    becomes(town, &restaurant, "closed").await;
    let refused = town.quote(&customer, &restaurant).await;
    refused.refused(422, "restaurant-closed");
    assert_eq!(refused.body.get("next_opening"), Some(&Value::Null));
    assert_eq!(listed(town, &merchant).await, "closed");
    town.place(&customer, "k", &quote, "tok_ok").await.expect(201);
    let another = town.restaurant(&merchant).await;
    town.quote(&customer, &another).await.refused(422, "restaurant-closed");

    follow_to_the_end(town, &merchant).await;
    say(town, &merchant, "active").await;
    let customer = town.sign_in_again(&customer).await;
    for restaurant in [&restaurant, &another] {
        becomes(town, restaurant, "open").await;
        town.quote(&customer, restaurant).await.expect(200);
    }
}

/// An administrator says whether a merchant may act.
async fn say(town: &Town, merchant: &Person, state: &str) {
    let admin = town.person(Role::Admin).await;
    let request = town.request(Method::PATCH, &format!("/v1/users/{}", merchant.id), Some(&admin));
    town.send(request.json(&json!({"state": state}))).await.expect(200);
    town.wait_until_idle().await;
}

/// Waits until a restaurant is shown in this state.
async fn becomes(town: &Town, restaurant: &Restaurant, state: &str) {
    let path = format!("/v1/restaurants/{}", restaurant.id);
    town.eventually(state, async || {
        let shown = town.send(town.request(Method::GET, &path, None)).await.expect(200).body["state"].clone();
        if shown == state {
            return Some(());
        }
        town.pass_s(NEXT_S).await;
        None
    })
    .await;
}

/// The state of a merchant's oldest restaurant, once it is listed.
async fn listed(town: &Town, merchant: &Person) -> Value {
    town.eventually_by_every_reader("the restaurant", async || {
        let own = town.get(merchant, &format!("/v1/merchants/{}/restaurants", merchant.id)).await.expect(200);
        own.body["items"].as_array()?.last().map(|restaurant| restaurant["state"].clone())
    })
    .await
}

/// Lets time pass until nothing is left to do for a merchant's restaurants.
async fn follow_to_the_end(town: &Town, merchant: &Person) {
    let key = Key::new(format!("MERCHANT#{}", merchant.id), "ACCOUNT");
    town.eventually("the end of the walk", async || {
        town.pass_s(60).await;
        let item = town.store().get(RESTAURANTS, &key).await.expect("it can be read").expect("it is there");
        item.read::<Value>().expect("it is JSON")["walk"].is_null().then_some(())
    })
    .await;
}
