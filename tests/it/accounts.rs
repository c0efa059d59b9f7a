//! Accounts, from a guest's first order to the administrator's last word, over HTTP: part of the flows that run on every host.

use app::{INVITATION, RESET};
use domain::Role;
use reqwest::Method;
use serde_json::{Value, json};
use tests::{PASSWORD, Person, Reply, Town};

const ANOTHER: &str = "battery staple battery";

async fn register(town: &Town, body: Value) -> Reply {
    town.send(town.request(Method::POST, "/v1/users", None).json(&body)).await
}

async fn update(town: &Town, who: &Person, id: &str, patch: Value) -> Reply {
    town.send(town.request(Method::PATCH, &format!("/v1/users/{id}"), Some(who)).json(&patch)).await
}

async fn sign_in(town: &Town, email: &str, password: &str) -> Reply {
    let credentials = json!({"email": email, "password": password});
    town.send(town.request(Method::POST, "/v1/sessions", None).json(&credentials)).await
}

async fn refresh(town: &Town, session: &Value) -> Reply {
    let body = json!({"refresh_token": session["refresh_token"]});
    town.send(town.request(Method::POST, "/v1/sessions/refresh", None).json(&body)).await
}

async fn reset(town: &Town, token: &str) -> Reply {
    let body = json!({"token": token, "password": ANOTHER});
    town.send(town.request(Method::POST, "/v1/users/password-reset", None).json(&body)).await
}

/// Who has a session.
fn holder(session: &Value, email: &str) -> Person {
    let text = |name: &str| session[name].as_str().expect("a text").to_owned();
    Person { id: text("user_id"), token: text("access_token"), role: Role::Customer, email: email.to_owned() }
}

pub(crate) async fn a_guest_orders_and_keeps_it_as_an_account(town: &Town) {
    let merchant = town.merchant().await;
    let restaurant = town.restaurant(&merchant).await;
    let body = json!({"name": "Gil", "role": "customer", "phone": "+40 700 000 001"});
    let registered = register(town, body).await.expect(201).body;
    assert_eq!(registered["user"]["email"], Value::Null);
    let second = refresh(town, &registered["session"]).await.expect(200).body;
    let email = "gil@example.com";
    let guest = holder(&second, email);
    let order = town.order(&guest, &restaurant, "tok_ok").await;
    let address = town.address(&guest).await;
    update(town, &guest, &guest.id, json!({"email": email})).await.refused(400, "invalid-request");

    let claim = json!({"email": email, "password": PASSWORD});
    let account = update(town, &guest, &guest.id, claim.clone()).await.expect(200).body;
    assert_eq!(account["email"], email);
    refresh(town, &second).await.expect(200);
    let later = town.sign_in(email, Role::Customer).await;
    assert_eq!(later.id, guest.id);
    assert_eq!(town.status(&later, &order).await, "paid");
    let addresses = format!("/v1/users/{}/addresses", later.id);
    assert_eq!(town.get(&later, &addresses).await.expect(200).body["items"][0]["id"], address.as_str());
    let gone = town.request(Method::DELETE, &format!("{addresses}/{address}"), Some(&later));
    town.send(gone).await.expect(204);
    assert_eq!(town.get(&later, &addresses).await.expect(200).body["items"], json!([]));
    update(town, &later, &later.id, claim).await.refused(400, "invalid-request");
}

pub(crate) async fn a_new_password_ends_the_sessions_before_it(town: &Town) {
    let customer = town.customer().await;
    let elsewhere = sign_in(town, &customer.email, PASSWORD).await.expect(201).body;
    let here = sign_in(town, &customer.email, PASSWORD).await.expect(201).body;
    let patch = |current: &str| json!({"password": ANOTHER, "current_password": current});
    let who = holder(&here, &customer.email);
    update(town, &who, &who.id, patch(ANOTHER)).await.refused(422, "wrong-password");
    update(town, &who, &who.id, patch(PASSWORD)).await.expect(200);
    refresh(town, &elsewhere).await.refused(401, "unauthenticated");
    let here = refresh(town, &here).await.expect(200).body;
    sign_in(town, &customer.email, PASSWORD).await.refused(401, "bad-credentials");
    sign_in(town, &customer.email, ANOTHER).await.expect(201);

    town.clock.advance_s(1);
    let token = town.operator_signs(RESET, &customer.email);
    reset(town, &token).await.expect(204);
    refresh(town, &here).await.refused(401, "unauthenticated");
    town.clock.advance_s(1);
    reset(town, &token).await.refused(403, "token-invalid");
    sign_in(town, &customer.email, ANOTHER).await.expect(201);
}

pub(crate) async fn a_suspended_account_is_signed_out_until_that_is_lifted(town: &Town) {
    let admin = town.person(Role::Admin).await;
    let customer = town.customer().await;
    let session = sign_in(town, &customer.email, PASSWORD).await.expect(201).body;
    update(town, &customer, &customer.id, json!({"state": "active"})).await.refused(400, "invalid-request");
    let suspended = update(town, &admin, &customer.id, json!({"state": "suspended"})).await.expect(200).body;
    assert_eq!(suspended["state"], "suspended");
    refresh(town, &session).await.refused(403, "account-suspended");
    sign_in(town, &customer.email, PASSWORD).await.refused(403, "account-suspended");
    sign_in(town, &customer.email, ANOTHER).await.refused(401, "bad-credentials");
    update(town, &admin, &admin.id, json!({"state": "suspended"})).await.refused(422, "own-state");
    update(town, &admin, &customer.id, json!({"state": "active"})).await.expect(200);
    refresh(town, &session).await.refused(401, "unauthenticated");
    sign_in(town, &customer.email, PASSWORD).await.expect(201);
}

pub(crate) async fn an_invited_administrator_signs_up(town: &Town) {
    let email = "ada@example.com";
    let invitation = town.operator_signs(INVITATION, email);
    let body = |invitation: &str| json!({"email": email, "password": PASSWORD, "name": "Ada", "role": "admin", "invitation": invitation});
    register(town, body("mine")).await.refused(403, "invitation-invalid");
    register(town, body(&invitation)).await.expect(201);
    let admin = town.sign_in(email, Role::Admin).await;
    let found = async || {
        let list = town.get(&admin, "/v1/users?role=admin&q=ADA@").await.expect(200);
        (list.body["items"][0]["id"] == admin.id.as_str()).then_some(())
    };
    town.eventually("her entry in the list", found).await;
    register(town, body(&invitation)).await.refused(409, "email-taken");
}
