//! Sessions, from sign-in to sign-out, over HTTP: part of the flows that run on every host.

use reqwest::Method;
use serde_json::{Value, json};
use tests::{Reply, Town};

const PASSWORD: &str = "correct horse";

/// The first session of somebody new.
async fn session(town: &Town, email: &str) -> Value {
    let body = json!({"email": email, "password": PASSWORD, "name": "Ana", "role": "customer"});
    town.send(town.request(Method::POST, "/v1/users", None).json(&body)).await.expect(201).body["session"].clone()
}

async fn refresh(town: &Town, session: &Value) -> Reply {
    let body = json!({"refresh_token": session["refresh_token"]});
    town.send(town.request(Method::POST, "/v1/sessions/refresh", None).json(&body)).await
}

async fn with_token(town: &Town, method: Method, path: &str, session: &Value) -> Reply {
    let token = session["access_token"].as_str().expect("a token");
    town.send(town.request(method, path, None).bearer_auth(token)).await
}

pub(crate) async fn a_session_outlives_its_access_token_and_reuse_ends_it(town: &Town) {
    let first = session(town, "ana@example.com").await;
    let own = format!("/v1/users/{}", first["user_id"].as_str().expect("an id"));
    town.clock.advance_s(11 * 60);
    with_token(town, Method::GET, &own, &first).await.refused(401, "unauthenticated");
    let second = refresh(town, &first).await.expect(200).body;
    with_token(town, Method::GET, &own, &second).await.expect(200);

    town.clock.advance_s(29);
    let again = refresh(town, &first).await.expect(200).body;
    assert_eq!(again["refresh_token"], second["refresh_token"], "a lost answer is given again");
    town.clock.advance_s(1);
    let unknown = json!({"refresh_token": "a-token-nobody-issued"});
    refresh(town, &unknown).await.refused(401, "unauthenticated");
    let third = refresh(town, &second).await.expect(200).body;

    refresh(town, &first).await.refused(401, "unauthenticated");
    refresh(town, &third).await.refused(401, "unauthenticated");
    with_token(town, Method::GET, &own, &third).await.expect(200);
}

pub(crate) async fn two_refreshes_at_once_give_one_successor(town: &Town) {
    let first = session(town, "ion@example.com").await;
    let (one, other) = futures::join!(refresh(town, &first), refresh(town, &first));
    let one = one.expect(200).body;
    let other = other.expect(200).body;
    assert_eq!(one["refresh_token"], other["refresh_token"]);
    refresh(town, &other).await.expect(200);
}

pub(crate) async fn signing_out_ends_the_session_and_no_other(town: &Town) {
    let email = "eva@example.com";
    let first = session(town, email).await;
    let credentials = json!({"email": email, "password": PASSWORD});
    let signed_in = town.send(town.request(Method::POST, "/v1/sessions", None).json(&credentials)).await.expect(201);
    assert_eq!(signed_in.header("location"), None, "a session can't be read");
    let elsewhere = signed_in.body;
    for _ in 0..2 {
        with_token(town, Method::DELETE, "/v1/sessions/current", &first).await.expect(204);
    }
    refresh(town, &first).await.refused(401, "unauthenticated");
    let next = refresh(town, &elsewhere).await.expect(200).body;
    town.clock.advance_s(30 * 24 * 3600);
    refresh(town, &next).await.refused(401, "unauthenticated");
}
