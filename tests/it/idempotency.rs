//! Placing an order once, however often it is sent.

use app::{Condition, Item, Key, Query, Write};
use futures::future::join_all;
use serde_json::json;
use tests::{Person, Restaurant, Town};

async fn cast(town: &Town) -> (Person, Restaurant) {
    let customer = town.customer().await;
    let merchant = town.merchant().await;
    (customer, town.restaurant(&merchant).await)
}

#[tokio::test]
async fn twelve_placings_at_once_with_one_key_are_one_order() {
    let town = Town::open().await;
    let (customer, restaurant) = cast(&town).await;
    let quote = town.quote(&customer, &restaurant).await.expect(200).text("quote");
    let placings = (0..12).map(|_| town.place(&customer, "dinner", &quote, "tok_ok"));
    let replies: Vec<_> = join_all(placings).await.into_iter().map(|reply| reply.expect(201)).collect();
    assert!(
        replies
            .iter()
            .all(|reply| reply.body == replies[0].body && reply.header("location") == replies[0].header("location"))
    );
    let replayed = replies.iter().filter(|reply| reply.header("idempotent-replayed") == Some("true")).count();
    assert_eq!(replayed, 11);
    town.wait_until_idle().await;
    let orders = town
        .eventually("the order", async || {
            let reply = town.get(&customer, "/v1/orders").await.expect(200);
            Some(reply.body["items"].as_array().expect("items").len()).filter(|count| *count > 0)
        })
        .await;
    assert_eq!(orders, 1);
}

#[tokio::test]
async fn twelve_placings_at_once_on_one_quote_with_twelve_keys_are_one_order() {
    let town = Town::open().await;
    let (customer, restaurant) = cast(&town).await;
    let quote = town.quote(&customer, &restaurant).await.expect(200).text("quote");
    let keys: Vec<String> = (0..12).map(|number| format!("key-{number}")).collect();
    let replies = join_all(keys.iter().map(|key| town.place(&customer, key, &quote, "tok_ok"))).await;
    let placed = replies.iter().filter(|reply| reply.status == 201).count();
    assert_eq!(placed, 1);
    replies.iter().filter(|reply| reply.status != 201).for_each(|reply| reply.refused(409, "quote-used"));
}

#[tokio::test]
async fn a_key_is_for_one_request() {
    let town = Town::open().await;
    let (customer, restaurant) = cast(&town).await;
    let quote = town.quote(&customer, &restaurant).await.expect(200).text("quote");
    let body = json!({"quote": quote, "payment_method": "tok_ok"});
    town.post(&customer, "/v1/orders", body.clone()).await.refused(400, "idempotency-key-missing");
    town.place(&customer, "", &quote, "tok_ok").await.refused(400, "invalid-request");
    let first = town.place(&customer, "k", &quote, "tok_ok").await.expect(201);
    assert_eq!(first.header("idempotent-replayed"), None);

    // The same JSON value in another order of members, with other white space.
    let text = format!("{{ \"payment_method\":\"tok_ok\" ,\n \"quote\": \"{quote}\" }}");
    let request = town.request(reqwest::Method::POST, "/v1/orders", Some(&customer)).header("idempotency-key", "k");
    let again = town.send(request.header("content-type", "application/json").body(text)).await.expect(201);
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    assert_eq!(again.body, first.body);

    town.place(&customer, "k", &quote, "tok_declined").await.refused(422, "idempotency-key-reused");
    town.place(&customer, "k2", &quote, "tok_ok").await.refused(409, "quote-used");
}

/// Versions before this one recorded a key at a place of its own; until those records have expired, they count.
#[tokio::test]
async fn a_refund_whose_record_lies_where_it_did_before_is_made_once() {
    let town = Town::open().await;
    let customer = town.customer().await;
    let merchant = town.merchant().await;
    let restaurant = town.restaurant(&merchant).await;
    let order = town.order(&customer, &restaurant, "tok_ok").await;
    town.order_action(&merchant, &order, "accept", json!({"prep_minutes": 10})).await.expect(200);
    let path = format!("/v1/payments/{}", tests::payment_of(&order));
    let refund = async || {
        let request = town.request(reqwest::Method::POST, &format!("{path}/refunds"), Some(&merchant));
        let some = json!({"amount": {"amount": 600, "currency": "EUR"}, "reason": "The soup was cold."});
        town.send(request.header("idempotency-key", "some").json(&some)).await
    };
    let first = refund().await.expect(201);

    let of_merchant = Query::partition(format!("IDEMPOTENCY#{}", merchant.id));
    let records = town.store().query(payments::PAYMENTS, &of_merchant).await.expect("they can be read").items;
    let [record] = &records[..] else { panic!("{records:?}") };
    let before = Item { key: Key::new(format!("IDEMPOTENCY#{}", record.key.sk), "RECORD"), ..record.clone() };
    let moved = vec![Write::Delete(record.key.clone(), Condition::Exists), Write::Put(before, Condition::Absent)];
    town.store().transact(payments::PAYMENTS, moved).await.expect("it is moved");

    let again = refund().await.expect(201);
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    assert_eq!(again.body, first.body);
    let refunds = town.get(&merchant, &path).await.expect(200).body["refunds"].clone();
    assert_eq!(refunds.as_array().map(Vec::len), Some(1), "{refunds}");
}

#[tokio::test]
async fn a_refusal_leaves_the_key_free_and_a_day_later_it_is_free_again() {
    let town = Town::open().await;
    let (customer, restaurant) = cast(&town).await;
    town.place(&customer, "k", "no quote", "tok_ok").await.refused(422, "quote-invalid");
    let quote = town.quote(&customer, &restaurant).await.expect(200).text("quote");
    town.place(&customer, "k", &quote, "tok_ok").await.expect(201);
    town.wait_until_idle().await;
    town.clock.advance_s(24 * 3600);
    let customer = town.sign_in_again(&customer).await;
    let quote = town.quote(&customer, &restaurant).await.expect(200).text("quote");
    let fresh = town.place(&customer, "k", &quote, "tok_ok").await.expect(201);
    assert_eq!(fresh.header("idempotent-replayed"), None);
}

#[tokio::test]
async fn another_customers_key_is_another_key() {
    let town = Town::open().await;
    let (customer, restaurant) = cast(&town).await;
    let other = town.customer().await;
    for who in [&customer, &other] {
        let quote = town.quote(who, &restaurant).await.expect(200).text("quote");
        let placed = town.place(who, "k", &quote, "tok_ok").await.expect(201);
        assert_eq!(placed.body["customer_id"], who.id.as_str());
    }
}

#[tokio::test]
async fn actions_replay_too() {
    let town = Town::open().await;
    let customer = town.customer().await;
    let merchant = town.merchant().await;
    let restaurant = town.restaurant(&merchant).await;
    let order = town.order(&customer, &restaurant, "tok_ok").await;
    let accept = async || {
        let path = format!("/v1/orders/{order}/accept");
        let request = town.request(reqwest::Method::POST, &path, Some(&merchant)).header("idempotency-key", "accept-1");
        town.send(request.json(&json!({"prep_minutes": 10}))).await.expect(200)
    };
    let first = accept().await;
    let again = accept().await;
    assert_eq!(first.body, again.body);
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
}

#[tokio::test]
async fn a_key_is_ignored_where_people_sign_up_in_or_on() {
    let town = Town::open().await;
    let customer = town.customer().await;
    let send = async |path: &str, body: serde_json::Value| {
        let request = town.request(reqwest::Method::POST, path, Some(&customer)).header("idempotency-key", "k");
        let reply = town.send(request.json(&body)).await;
        assert_eq!(reply.header("idempotent-replayed"), None);
        reply
    };
    let person = |email| json!({"email": email, "password": "correct horse", "name": "Ana", "role": "customer"});
    send("/v1/users", person("ana@example.com")).await.expect(201);
    send("/v1/users", person("ion@example.com")).await.expect(201);
    send("/v1/users", person("ion@example.com")).await.refused(409, "email-taken");
    let credentials = json!({"email": "ana@example.com", "password": "correct horse"});
    let first = send("/v1/sessions", credentials.clone()).await.expect(201);
    let other = send("/v1/sessions", credentials).await.expect(201);
    assert_ne!(first.body["refresh_token"], other.body["refresh_token"]);
    for session in [first, other] {
        send("/v1/sessions/refresh", json!({"refresh_token": session.body["refresh_token"]})).await.expect(200);
    }
}
