//! What is built for the theatre, also in a city that is older than it.

use domain::Role;
use reqwest::Method;
use serde_json::json;
use tests::Town;
use tiffin::{city, simulate::Simulate};

use super::{THEATRE, city as city_of, get, person, session, theatre};

/// A town with the city as it was built before it had a theatre.
async fn old_city() -> Town {
    let town = Town::open().await;
    let context = town.host().context_of("register-user").expect("there is such a function");
    let password = city::PASSWORD.parse().expect("a password");
    let hash = users::PasswordHash::of(context, password).await.expect("a hash");
    city::build_without_theatre(town.store(), &hash, town.now()).await.expect("it can be built");
    town
}

#[tokio::test]
async fn a_city_that_is_there_already_gets_its_theatre_and_only_that() {
    let town = old_city().await;
    assert!(city::is_built(town.store()).await.expect("it can be read"));
    session(&town, "customer").await.refused(404, "not-found");
    assert!(!city::build(town.local()).await.expect("it can be built"), "the city was there");
    for who in ["customer", "merchant", "courier"] {
        person(&town, who).await;
    }
    let restaurant = theatre(&town).await["restaurant"]["id"].as_str().expect("an id").to_owned();
    get(&town, &format!("/v1/restaurants/{restaurant}/menu")).await.expect(200);
}

#[tokio::test]
async fn building_again_changes_nothing_also_after_a_start_that_was_cut_short() {
    let town = old_city().await;
    let hash = serde_json::from_value(json!("of another start")).expect("a hash");
    let begun = city::cast().changes(&hash, town.now()).into_iter().take(2);
    for (table, changes) in begun {
        town.store().transact(table, changes.writes).await.expect("it can be begun");
    }
    let build_again = async |town: &Town| {
        city::build(town.local()).await.expect("it can be built");
        theatre(town).await
    };
    let first = build_again(&town).await;
    let merchant = person(&town, "merchant").await;
    let items = format!("/v1/restaurants/{}/menu/items", first["restaurant"]["id"].as_str().expect("an id"));
    let soup = town.post(&merchant, &items, json!({
        "section": "Soups", "name": "Minestrone", "price": {"amount": 1900, "currency": "RON"}, "allergens": ["celery"],
    }));
    soup.await.expect(201);
    assert_eq!(build_again(&town).await, first);
    let menu = get(&town, &items.replace("/items", "")).await.expect(200).body;
    assert!(menu.to_string().contains("Minestrone"), "what was changed since stays");
}

#[tokio::test]
async fn an_account_of_a_person_is_never_signed_in() {
    let town = old_city().await;
    let email = city::cast().customer.email.to_string();
    let person = json!({"email": email, "password": "correct horse", "name": "Mara", "role": "customer"});
    town.send(town.request(Method::POST, "/v1/users", None).json(&person)).await.expect(201);
    city::build(town.local()).await.expect("it can be built");
    session(&town, "customer").await.refused(404, "not-found");
    session(&town, "courier").await.expect(201);
}

#[tokio::test]
async fn the_theatres_people_are_nobody_of_the_printed_lines() {
    let town = city_of(Simulate::NONE).await;
    let printed = city::city().sign_ins();
    for (role, email) in &printed {
        let credentials = json!({"email": email, "password": city::PASSWORD});
        let signed_in =
            town.send(town.request(Method::POST, "/v1/sessions", None).json(&credentials)).await.expect(201);
        let people = get(&town, THEATRE).await.expect(200).body["people"].clone();
        assert!(!people.to_string().contains(&signed_in.text("user_id")), "{role}");
    }
    assert_eq!(printed.len(), Role::ALL.len());
}
