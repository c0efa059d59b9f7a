//! Restaurants whose merchant may not act, over HTTP: part of the flows that run on every host.

use app::{Changes, Fact, Key};
use domain::{AccountState, Actor, Role, UserFact, UserId, UserKind};
use reqwest::Method;
use restaurants::RESTAURANTS;
use serde_json::Value;
use tests::{Person, Restaurant, Town};

/// Longer than an event waits in an outbox before a sweep takes it, in seconds.
const RELAYED_S: i64 = 31;

pub(crate) async fn a_suspended_merchants_restaurants_take_no_quotes_until_they_are_active_again(town: &Town) {
    let customer = town.customer().await;
    let merchant = town.merchant().await;
    let restaurant = town.restaurant(&merchant).await;
    let quote = town.quote(&customer, &restaurant).await.expect(200).text("quote");
    assert_eq!(listed(town, &merchant).await, "open");

    say(town, &merchant, 2, AccountState::Suspended).await;
    becomes(town, &restaurant, "closed").await;
    let refused = town.quote(&customer, &restaurant).await;
    refused.refused(422, "restaurant-closed");
    assert_eq!(refused.body.get("next_opening"), Some(&Value::Null));
    assert_eq!(listed(town, &merchant).await, "closed");
    town.place(&customer, "k", &quote, "tok_ok").await.expect(201);
    let another = town.restaurant(&merchant).await;
    town.quote(&customer, &another).await.refused(422, "restaurant-closed");

    follow_to_the_end(town, &merchant).await;
    say(town, &merchant, 3, AccountState::Active).await;
    let customer = town.sign_in_again(&customer).await;
    for restaurant in [&restaurant, &another] {
        becomes(town, restaurant, "open").await;
        town.quote(&customer, restaurant).await.expect(200);
    }
}

/// Lets it be said that a merchant may act, or not. It is published by a sweep where functions are processes.
async fn say(town: &Town, merchant: &Person, sequence: u64, state: AccountState) {
    let user_id: UserId = merchant.id.parse().expect("an id");
    let name = Some("Sam Test".parse().expect("a name"));
    let fact = UserFact { user_id, role: Role::Merchant, name, state: Some(state), by: Actor::SYSTEM };
    let fact = Fact::new(UserKind::Updated, user_id, user_id, sequence, &fact);
    let context = town.host().context_of("update-restaurant").expect("there is such a function");
    context.commit(RESTAURANTS, Changes::none().publish(fact)).await.expect("it is published");
}

/// Waits until a restaurant is shown in this state.
async fn becomes(town: &Town, restaurant: &Restaurant, state: &str) {
    let path = format!("/v1/restaurants/{}", restaurant.id);
    town.eventually(state, async || {
        let shown = town.send(town.request(Method::GET, &path, None)).await.expect(200).body["state"].clone();
        if shown == state {
            return Some(());
        }
        town.pass_s(RELAYED_S).await;
        None
    })
    .await;
}

/// The state of a merchant's oldest restaurant, once it is listed.
async fn listed(town: &Town, merchant: &Person) -> Value {
    town.eventually("the restaurant", async || {
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
