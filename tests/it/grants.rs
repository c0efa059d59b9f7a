//! Grants and settings are sufficient, because they are enforced while the flows run; and necessary, because one that no flow
//! uses fails here.

use std::sync::Arc;

use app::{GrantUses, Placement};
use reqwest::Method;
use testing::World;
use tests::{Town, TownOptions};
use tiffin::services::SERVICES;

use crate::flows::{FLOWS, a_payment_is_lost_half_way};

#[tokio::test]
async fn every_grant_and_setting_is_used_by_some_flow() {
    let uses = Arc::new(GrantUses::default());
    let town = async || Town::with(TownOptions { uses: Some(uses.clone()), ..TownOptions::default() }).await;
    a_payment_is_lost_half_way(&town().await).await;
    for (_, flow) in FLOWS {
        let town = town().await;
        flow(&town).await;
        look_around(&town).await;
    }
    let functions = SERVICES.iter().flat_map(|service| service.functions);
    let inside = functions.map(|declaration| declaration.function.placed(|_| Placement::Inside));
    let declared = inside.flat_map(|function| {
        let grants = function.grants().map(|grant| grant.describe()).collect::<Vec<_>>();
        let settings = function.settings.iter().map(|setting| setting.name.to_owned());
        let texts = function.texts.iter().map(|text| text.name.to_owned());
        settings.chain(texts).chain(grants).map(move |what| (function.name, what))
    });
    let unused: Vec<_> = declared.filter(|(function, what)| !uses.has(function, what.as_str())).collect();
    assert!(unused.is_empty(), "declared, and used by no flow and not by `look_around`: {unused:#?}");
}

#[tokio::test]
#[should_panic(expected = "get-jwks reads TIFFIN_USERS_PASSWORD_MEMORY_KIB and does not declare it")]
async fn a_setting_that_is_not_declared_is_refused() {
    World::new().context(users::SERVICE, "get-jwks").setting(&users::MEMORY_KIB);
}

/// Calls that are part of no flow.
async fn look_around(town: &Town) {
    let customer = town.customer().await;
    let merchant = town.merchant().await;
    let admin = town.person(domain::Role::Admin).await;
    let restaurant = town.restaurant(&merchant).await;
    for path in [
        format!("/v1/users/{}", customer.id),
        format!("/v1/restaurants/{}", restaurant.id),
        format!("/v1/restaurants/{}/menu", restaurant.id),
        "/v1/restaurants?lat=44.4268&lon=26.1025".to_owned(),
        "/v1/notifications?unread=true".to_owned(),
    ] {
        town.get(&customer, &path).await.expect(200);
    }
    let change = town.request(Method::PATCH, &format!("/v1/restaurants/{}", restaurant.id), Some(&merchant));
    town.send(change.json(&serde_json::json!({"prep_minutes": 25}))).await.expect(200);
    let courier = town.courier().await;
    let profile = town.request(Method::PUT, &format!("/v1/couriers/{}", courier.id), Some(&courier));
    town.send(profile.json(&serde_json::json!({"vehicle": "car"}))).await.expect(200);
    for path in [
        "/v1/deliveries".to_owned(),
        "/v1/users?role=merchant&q=merchant-".to_owned(),
        format!("/v1/merchants/{}/restaurants", merchant.id),
        format!("/v1/couriers/{}", courier.id),
    ] {
        town.get(&admin, &path).await.expect(200);
    }
    let order = town.order(&customer, &restaurant, "tok_ok").await;
    town.journey(&customer, &order).await;
    let first = async || {
        let unread = town.get(&customer, "/v1/notifications?unread=true").await.expect(200);
        unread.body["items"][0]["id"].as_str().map(str::to_owned)
    };
    let notice = town.eventually("an unread notice", first).await;
    town.send(town.request(Method::POST, &format!("/v1/notifications/{notice}/read"), Some(&customer)))
        .await
        .expect(204);
}
