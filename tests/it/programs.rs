//! What separate programs add: events that get lost between them, and programs that die.

use std::path::Path;

use app::{Condition, Key, Write};
use domain::{Event, Kind, OrderKind};
use serde_json::json;
use testing::NOON;
use tests::{Town, fleet::Platform};
use tiffin::dead_letters::DeadLetterAction;

async fn town(platform: Platform) -> Town {
    Town::of_programs(platform, Path::new(env!("CARGO_BIN_EXE_function-under-test"))).await
}

/// How many events wait in the outbox of orders.
async fn outbox(town: &Town) -> usize {
    let query = app::outbox::outbox_query();
    app::query_shards(town.store(), orders::ORDERS, &query).await.expect("the store answers").items.len()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_could_not_be_published_is_swept() {
    let town = town(Platform::Http).await;
    let customer = town.customer().await;
    let merchant = town.merchant().await;
    let restaurant = town.restaurant(&merchant).await;
    let quote = town.quote(&customer, &restaurant).await.expect(200).text("quote");
    town.fleet().broker().refuse(true);
    let order = town.place(&customer, "k", &quote, "tok_ok").await.expect(201).text("id");
    assert_eq!(outbox(&town).await, 1);
    assert_eq!(town.fleet().broker().published().iter().filter(|one| one.subject == order).count(), 0);
    town.fleet().broker().refuse(false);
    town.tick().await;
    assert_eq!(outbox(&town).await, 1, "what is young may still be under way");
    town.pass_s(31).await;
    assert_eq!(outbox(&town).await, 0);
    assert_eq!(town.status(&customer, &order).await, "paid");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_is_paid_once_a_provider_that_was_away_is_back() {
    let town = town(Platform::Http).await;
    let customer = town.customer().await;
    let merchant = town.merchant().await;
    let restaurant = town.restaurant(&merchant).await;
    let order = town.fleet().without_provider(async || town.order(&customer, &restaurant, "tok_ok").await).await;
    assert_eq!(town.status(&customer, &order).await, "placed");
    assert_eq!(town.payment(&customer, &order).await["status"], "pending");
    town.pass_s(payments::RETRY_S.default).await;
    assert_eq!(town.status(&customer, &order).await, "paid");
    let held = town.payment(&customer, &order).await;
    assert_eq!(held["status"], "authorized");
    assert_eq!(held["authorized"], held["amount"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_consumer_killed_in_the_middle_of_a_batch_is_given_the_rest_again() {
    let town = town(Platform::Lambda).await;
    let customer = town.customer().await;
    let merchant = town.merchant().await;
    let restaurant = town.restaurant(&merchant).await;
    let held = town.hold().await;
    let mut placed = Vec::new();
    for _ in 0..8 {
        let quote = town.quote(&customer, &restaurant).await.expect(200).text("quote");
        placed.push(town.place(&customer, &town.unique(), &quote, "tok_ok").await.expect(201).text("id"));
    }
    drop(held);
    let kill = async {
        // As soon as the first notice is there, and so the others are not.
        town.eventually_while_busy("a notice", async || {
            let notices = town.get(&customer, "/v1/notifications?limit=100").await.expect(200);
            (notices.body["items"].as_array().is_some_and(|items| !items.is_empty())).then_some(())
        })
        .await;
        town.fleet().kill("notify");
    };
    futures::join!(town.wait_until_idle(), kill);
    town.wait_until_idle().await;
    let notices = town.get(&customer, "/v1/notifications?limit=100").await.expect(200);
    let items = notices.body["items"].as_array().expect("notices");
    for order in &placed {
        let receipts = items.iter().filter(|one| one["order_id"] == order.as_str() && one["kind"] == "order.placed");
        assert_eq!(receipts.count(), 1, "{order} in {items:#?}");
    }
    assert_eq!(town.fleet().queues().dead_letters().await, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_no_consumer_can_read_goes_to_the_dead_letters() {
    let town = town(Platform::Lambda).await;
    let customer = town.customer().await;
    let merchant = town.merchant().await;
    let restaurant = town.restaurant(&merchant).await;
    let quote = town.quote(&customer, &restaurant).await.expect(200).text("quote");
    town.fleet().queues().send("authorize-payment", "no event").await;
    let order = town.place(&customer, "k", &quote, "tok_ok").await.expect(201).text("id");
    town.wait_until_idle().await;
    assert_eq!(town.status(&customer, &order).await, "paid");
    assert_eq!(town.fleet().queues().dead_letters().await, [("authorize-payment", "no event".to_owned())]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_dead_letters_at_once_what_can_never_be_handled() {
    let town = town(Platform::Http).await;
    let event = json!({
        "specversion": "1.0", "id": "evt_01h455vb4pex5vsknk084sn02q", "source": "/tiffin/orders",
        "type": "tiffin.order.placed.v1", "subject": "ord_01h455vb4pex5vsknk084sn02q",
        "time": "2026-11-23T12:00:00Z", "datacontenttype": "application/json",
        "partitionkey": "ord_01h455vb4pex5vsknk084sn02q", "sequence": "0000000001", "data": {"strange": true},
    });
    town.fleet().broker().publish(&serde_json::from_value(event).expect("an event"));
    town.wait_until_idle().await;
    let letters = town.fleet().broker().dead_letters();
    assert!(!letters.is_empty());
    for letter in letters {
        assert_eq!(letter.status, 400, "{}", letter.subscriber);
        assert_eq!(letter.attempts, 1, "{}", letter.subscriber);
        assert!(letter.reason.starts_with("the event's data can't be read: "), "{}", letter.reason);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_refused_is_kept_and_replayed_once_it_is_mended_and_has_one_effect() {
    let town = town(Platform::Http).await;
    let fleet = town.fleet();
    let keeper = fleet.keep_dead_letters().await;
    let customer = town.customer().await;
    let merchant = town.merchant().await;
    let restaurant = town.restaurant(&merchant).await;
    let quote = town.quote(&customer, &restaurant).await.expect(200).text("quote");

    // Its order is not there when its payment is: somebody restores a table, say.
    let held = town.hold().await;
    let order = town.place(&customer, "k", &quote, "tok_ok").await.expect(201).text("id");
    let key = Key::new(format!("ORDER#{order}"), "ORDER");
    let stored = town.store().get(orders::ORDERS, &key).await.expect("the store answers").expect("the order");
    let write = async |write| town.store().transact(orders::ORDERS, vec![write]).await.expect("the store answers");
    write(Write::Delete(key.clone(), Condition::Exists)).await;
    drop(held);
    town.wait_until_idle().await;
    let refused = fleet.broker().dead_letters();
    assert!(refused.iter().any(|letter| letter.subscriber == "apply-payment" && letter.status == 400), "{refused:?}");

    let url = keeper.url();
    let list = async || tiffin::dead_letters::command(url, DeadLetterAction::List).await.expect("a list");
    let replay = async |id: &str| {
        let replayed = tiffin::dead_letters::command(url, DeadLetterAction::Replay { id: id.to_owned() }).await;
        replayed.map_err(|error| error.to_string())
    };
    let listed = list().await;
    for letter in &refused {
        assert!(listed.contains(&format!("{}~{}", letter.event.id, letter.subscriber)), "{listed}");
    }
    let letter = refused.iter().find(|letter| letter.subscriber == "apply-payment").expect("it is there");
    let id = format!("{}~apply-payment", letter.event.id);
    assert!(listed.contains(&format!("given up at {} after 1 attempts: {}", NOON, letter.reason)), "{listed}");
    let unmended = replay(&id).await.expect_err("there is no order yet");
    assert_eq!(unmended, format!("it stays where it is: apply-payment did not handle it: {}.", letter.reason));
    assert!(list().await.contains("after 2 attempts"));

    write(Write::Put(stored, Condition::Absent)).await;
    assert_eq!(replay(&id).await, Ok(format!("{id} is being delivered anew\n")));
    town.wait_until_idle().await;
    assert_eq!(town.status(&customer, &order).await, "paid");
    assert!(!list().await.contains(&id));
    assert!(replay(&id).await.expect_err("it is gone").starts_with("there is no such dead letter"));

    // A broker may send it twice; so it comes back, and has no second effect.
    fleet.broker().dead_letter(letter.clone()).await;
    assert_eq!(replay(&id).await, Ok(format!("{id} is being delivered anew\n")));
    town.wait_until_idle().await;
    let paid = |event: &Event| event.subject == order && event.kind == Kind::Order(OrderKind::Paid);
    assert_eq!(fleet.broker().published().iter().filter(|event| paid(event)).count(), 1);

    let discard = |id: String| DeadLetterAction::Discard { id };
    for letter in refused.iter().filter(|letter| letter.subscriber != "apply-payment") {
        let id = format!("{}~{}", letter.event.id, letter.subscriber);
        tiffin::dead_letters::command(url, discard(id)).await.expect("it is there");
    }
    assert_eq!(list().await, "no dead letters\n");
    // Only who is on that computer may ask: a page elsewhere whose name leads here is refused.
    let client = reqwest::Client::new();
    let asked = client.get(format!("{url}/_tiffin/dead-letters")).header("host", "evil.example").send().await;
    assert_eq!(asked.expect("it answers").status(), 403);
    let unauthenticated = client.post(format!("{url}/events")).send().await.expect("it answers");
    assert_eq!(unauthenticated.status(), 401);
}
