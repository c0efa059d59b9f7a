//! What becomes of money over HTTP, whatever comes at once: refunds, webhooks; and who sees what it was paid with.

use app::{Stored as _, standard_webhooks::signed};
use domain::{Event, Kind, OrderKind, PaymentKind, Role};
use futures::future::join_all;
use payments::{AnsweredCall, PROVIDER, PROVIDER_WEBHOOK_SECRET};
use reqwest::Method;
use serde_json::{Value, json};
use tests::{Person, Reply, Restaurant, Town, delivery_of, fleet, payment_of, restaurant, soup};
use tokio::sync::broadcast::Receiver;

use crate::flows::{keeps_the_invariants, picked_up};

/// What the order of [`captured`] costs.
const TOTAL: i64 = 1000;
/// Two of them, and the service fee of five per cent, are that.
const DISH: i64 = 476;
/// How often a request is sent again that has lost its races, before something is wrong.
const RESENDS: usize = 50;

fn eur(amount: i64) -> Value {
    json!({"amount": amount, "currency": "EUR"})
}

/// An order of exactly 1,000 whose money was taken, and its merchant.
async fn captured(town: &Town) -> (Person, Person, String) {
    let customer = town.customer().await;
    let merchant = town.merchant().await;
    let mut body = restaurant();
    body["delivery_fee"] = json!({"base": eur(0), "per_km": eur(0)});
    body["min_order"] = eur(0);
    body["small_order"] = Value::Null;
    let id = town.post(&merchant, "/v1/restaurants", body).await.expect(201).text("id");
    let mut dish = soup();
    dish["price"] = eur(DISH);
    let dish = town.post(&merchant, &format!("/v1/restaurants/{id}/menu/items"), dish).await.expect(201).text("id");
    let restaurant = Restaurant { id, pizza: dish.clone(), soup: dish, sizes: Vec::new() };
    let quote = town.quote(&customer, &restaurant).await.expect(200);
    assert_eq!(quote.body["total"], eur(TOTAL));
    let placed = town.place(&customer, "dinner", &quote.text("quote"), "tok_ok").await.expect(201);
    assert_eq!(placed.body["total"], quote.body["total"]);
    let order = placed.text("id");
    town.wait_until_idle().await;
    assert_eq!(town.payment(&customer, &order).await["authorized"], quote.body["total"]);
    town.order_action(&merchant, &order, "accept", json!({"prep_minutes": 10})).await.expect(200);
    assert_eq!(town.payment(&customer, &order).await["captured"], eur(TOTAL));
    (customer, merchant, order)
}

/// Asks for a refund under this key.
async fn refund(town: &Town, merchant: &Person, order: &str, key: &str, body: &Value) -> Reply {
    let path = format!("/v1/payments/{}/refunds", payment_of(order));
    town.send(town.request(Method::POST, &path, Some(merchant)).header("idempotency-key", key).json(body)).await
}

fn so_much(amount: i64) -> Value {
    json!({"amount": eur(amount), "reason": "The soup was cold."})
}

#[tokio::test]
async fn of_two_refunds_of_600_at_once_on_1000_one_is_made() {
    let town = Town::open().await;
    let (customer, merchant, order) = captured(&town).await;
    let asked = ["one", "other"].map(|key| (key, so_much(600)));
    let mut replies = join_all(asked.iter().map(|(key, body)| refund(&town, &merchant, &order, key, body))).await;
    replies.sort_by_key(|reply| reply.status);
    let [made, refused] = replies.try_into().expect("two replies");
    let made = made.expect(201);
    assert_eq!(made.header("location"), Some(format!("/v1/payments/{}", payment_of(&order)).as_str()));
    refused.refused(422, "refund-exceeds-captured");
    let payment = town.payment(&customer, &order).await;
    assert_eq!(payment["refunded"], eur(600));
    assert_eq!(payment["status"], "partially_refunded");
    assert_eq!(payment["refunds"].as_array().map(Vec::len), Some(1));
    assert_eq!(payment["refunds"][0]["id"], made.body["id"]);

    let rest = json!({"reason": "All of it, then."});
    assert_eq!(refund(&town, &merchant, &order, "rest", &rest).await.expect(201).body["amount"], eur(400));
    assert_eq!(town.payment(&customer, &order).await["status"], "refunded");
    for nothing_left in [rest, so_much(1)] {
        refund(&town, &merchant, &order, "more", &nothing_left).await.refused(422, "refund-exceeds-captured");
    }
    keeps_the_invariants(&town).await;
}

/// The same request again for as long as it loses its races.
async fn refund_at_last(town: &Town, merchant: &Person, order: &str, key: &str, body: &Value) -> Reply {
    for _ in 0..RESENDS {
        let reply = refund(town, merchant, order, key, body).await;
        if reply.body["code"] != "conflict" {
            return reply;
        }
    }
    panic!("{key}: every race was lost");
}

#[tokio::test]
async fn however_many_parts_are_asked_for_at_once_no_more_is_given_back_than_was_taken() {
    let town = Town::open().await;
    let (customer, merchant, order) = captured(&town).await;
    let part = so_much(70);
    let keys: Vec<String> = (0..20).map(|number| format!("part-{number}")).collect();
    // Each twice at once, as by somebody who is impatient.
    let asked = keys.iter().chain(&keys).map(|key| refund_at_last(&town, &merchant, &order, key, &part));
    let replies = join_all(asked).await;
    let mut made: Vec<String> = Vec::new();
    for reply in &replies {
        if reply.status == 201 {
            made.push(reply.text("id"));
        } else {
            reply.refused(422, "refund-exceeds-captured");
        }
    }
    made.sort_unstable();
    made.dedup();
    assert_eq!(made.len(), 14, "980 of 1,000");
    // What lost its races to the others is left to the sweep.
    town.clock.advance_s(60);
    town.eventually("every part", async || {
        town.tick().await;
        let customer = town.sign_in_again(&customer).await;
        (town.payment(&customer, &order).await["refunded"] == eur(980)).then_some(())
    })
    .await;
    let merchant = town.sign_in_again(&merchant).await;
    let rest = refund_at_last(&town, &merchant, &order, "rest", &json!({"reason": "The rest."})).await.expect(201);
    assert_eq!(rest.body["amount"], eur(20));
    let payment = town.payment(&customer, &order).await;
    assert_eq!(payment["status"], "refunded");
    assert_eq!(payment["refunds"].as_array().map(Vec::len), Some(15));
    keeps_the_invariants(&town).await;
}

/// A slow order, and the body of the webhook that its authorisation is owed.
async fn slow(town: &Town) -> (Person, String, String) {
    let customer = town.customer().await;
    let merchant = town.merchant().await;
    let restaurant = town.restaurant(&merchant).await;
    let order = town.order(&customer, &restaurant, "tok_slow").await;
    assert_eq!(town.status(&customer, &order).await, "placed");
    let items = town.store().scan(PROVIDER, None, 100).await.expect("it can be read");
    let call = items.iter().find(|item| item.kind == AnsweredCall::ITEM).expect("a call");
    let AnsweredCall { key, payment_id, answer, .. } = call.read().expect("it is one");
    let data = json!({"key": key, "payment_id": payment_id, "answer": answer});
    let body = json!({"type": "call.answered", "timestamp": town.now(), "data": data}).to_string();
    (customer, order, body)
}

/// Posts a message with these headers.
async fn post(town: &Town, headers: &[(&str, String)], body: impl Into<Vec<u8>>) -> Reply {
    let request = town.request(Method::POST, "/v1/payments/webhooks/simulated", None);
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, value));
    town.send(request.header("content-type", "application/json").body(body.into())).await
}

/// The headers of a message that the provider sends now.
fn headers(town: &Town, id: &str, body: &[u8]) -> Vec<(&'static str, String)> {
    let secrets = fleet::shared_secrets();
    signed(&secrets[&PROVIDER_WEBHOOK_SECRET], id, town.now(), body).expect("a secret")
}

fn drain(events: &mut Receiver<Event>) -> Vec<Event> {
    std::iter::from_fn(|| events.try_recv().ok()).collect()
}

#[tokio::test]
async fn a_webhook_that_comes_twelve_times_at_once_has_one_effect() {
    let town = Town::open().await;
    let mut events = town.local().bus.listen();
    let (customer, order, body) = slow(&town).await;
    // Half of them with the id of the first, as it is sent again; half with ids of their own.
    let ids: Vec<String> =
        (0..12).map(|number| if number % 2 == 0 { "one".into() } else { format!("own-{number}") }).collect();
    let sent = ids.iter().map(|id| post_at_last(&town, id, &body));
    join_all(sent).await.into_iter().for_each(|reply| drop(reply.expect(204)));
    town.wait_until_idle().await;
    assert_eq!(town.status(&customer, &order).await, "paid");
    let authorized = Kind::Payment(PaymentKind::Authorized);
    assert_eq!(drain(&mut events).iter().filter(|event| event.kind == authorized).count(), 1);
    keeps_the_invariants(&town).await;
}

/// Sent again, as a provider does, for as long as it is not taken.
async fn post_at_last(town: &Town, id: &str, body: &str) -> Reply {
    for _ in 0..RESENDS {
        let reply = post(town, &headers(town, id, body.as_bytes()), body).await;
        if reply.body["code"] != "conflict" {
            return reply;
        }
    }
    panic!("{id}: every race was lost");
}

#[tokio::test]
async fn what_the_provider_did_not_say_now_has_no_effect() {
    let town = Town::open().await;
    let (customer, order, body) = slow(&town).await;
    let genuine = headers(&town, "one", body.as_bytes());
    for missing in 0..genuine.len() {
        let mut headers = genuine.clone();
        headers.remove(missing);
        post(&town, &headers, body.as_str()).await.refused(401, "unauthenticated");
    }
    post(&town, &genuine, body.replace("done", "Done")).await.refused(401, "unauthenticated");
    let no_text = b"{\"type\": \"\xff\"}".to_vec();
    post(&town, &genuine, no_text.clone()).await.refused(401, "unauthenticated");
    post(&town, &headers(&town, "two", &no_text), no_text).await.refused(400, "malformed");
    let unknown = json!({"type": "payout.paid", "timestamp": town.now(), "data": {"amount": 1}}).to_string();
    post(&town, &headers(&town, "three", unknown.as_bytes()), unknown).await.expect(204);
    for away_s in [301, -602] {
        town.clock.advance_s(away_s);
        post(&town, &genuine, body.as_str()).await.refused(401, "unauthenticated");
    }
    town.clock.advance_s(301);
    assert_eq!(town.status(&customer, &order).await, "placed");
    post(&town, &genuine, body.as_str()).await.expect(204);
    town.wait_until_idle().await;
    assert_eq!(town.status(&customer, &order).await, "paid");
}

#[tokio::test]
async fn nobody_but_its_customer_sees_what_it_is_paid_with() {
    let town = Town::open().await;
    let mut events = town.local().bus.listen();
    let customer = town.customer().await;
    let merchant = town.merchant().await;
    let restaurant = town.restaurant(&merchant).await;
    let courier = town.courier_online().await;
    let admin = town.person(Role::Admin).await;
    let order = town.order(&customer, &restaurant, "tok_ok").await;
    picked_up(&town, &merchant, &courier, &order).await;
    refund(&town, &merchant, &order, "some", &so_much(100)).await.expect(201);
    town.wait_until_idle().await;
    let paths = [
        format!("/v1/orders?restaurant_id={}", restaurant.id),
        format!("/v1/orders/{order}"),
        format!("/v1/orders/{order}/events?limit=100"),
        format!("/v1/payments?order_id={order}"),
        format!("/v1/payments/{}", payment_of(&order)),
        "/v1/deliveries".to_owned(),
        format!("/v1/deliveries/{}/track", delivery_of(&order)),
        "/v1/notifications".to_owned(),
    ];
    let mut seen = 0;
    for path in &paths {
        for who in [&merchant, &courier, &admin] {
            let reply = town.get(who, path).await;
            assert!(!reply.body.to_string().contains("tok_ok"), "{} at {path}: {:#}", who.role, reply.body);
            seen += usize::from(reply.status == 200);
        }
    }
    assert!(seen > 12, "{seen}");
    assert_eq!(town.payment(&customer, &order).await["method"], "tok_ok");
    let told: Vec<Kind> = drain(&mut events)
        .iter()
        .filter(|event| event.data.to_string().contains("tok_ok"))
        .map(|event| event.kind)
        .collect();
    assert_eq!(told, [Kind::Order(OrderKind::Placed)]);
}
