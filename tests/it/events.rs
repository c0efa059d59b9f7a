//! Events that are delivered twice, in reverse, or to subscribers that can't handle them.

use app::{Changes, Fact, MAX_EVENT_BYTES, StoreError};
use domain::{DeliveryKind, Event, Kind, OrderId, OrderKind, PaymentKind};
use host::Delivered;
use serde_json::json;
use tests::{Person, Restaurant, Town, TownOptions, delivery_of};
use tiffin::services::{SERVICES, tables};
use tokio::sync::broadcast::Receiver;

/// One order, delivered; and every event published on the way.
async fn delivered(town: &Town) -> (Person, String, Vec<Event>) {
    let mut events = town.local().bus.listen();
    let customer = town.customer().await;
    let merchant = town.merchant().await;
    let restaurant = town.restaurant(&merchant).await;
    let courier = town.courier_online().await;
    let order = town.order(&customer, &restaurant, "tok_ok").await;
    crate::flows::picked_up(town, &merchant, &courier, &order).await;
    town.delivery_action(&courier, &order, "complete").await.expect(200);
    (customer, order, drain(&mut events))
}

fn drain(events: &mut Receiver<Event>) -> Vec<Event> {
    std::iter::from_fn(|| events.try_recv().ok()).collect()
}

/// Everything that tables hold, except for outboxes.
async fn everything(town: &Town) -> Vec<String> {
    let mut lines = Vec::new();
    for table in tables() {
        let mut after = None;
        loop {
            let items = town.local().store.scan(table, after.as_ref(), 100).await.expect("it can be read");
            let Some(last) = items.last() else { break };
            after = Some(last.key.clone());
            let kept = items.iter().filter(|item| item.kind != "outbox");
            lines.extend(kept.map(|item| format!("{} {:?} v{} {}", table.name, item.key, item.version, item.body)));
        }
    }
    lines
}

#[tokio::test]
async fn every_event_twice_has_no_second_effect() {
    let town = Town::open().await;
    let (_, _, events) = delivered(&town).await;
    assert!(events.iter().any(|event| event.kind == Kind::Order(OrderKind::Delivered)));
    let before = everything(&town).await;
    let mut deliveries = 0;
    for event in events.iter().chain(events.iter().rev()) {
        for subscriber in town.local().host.subscribers_of(event) {
            assert_eq!(town.local().host.deliver(subscriber, event).await, Delivered::Done, "{subscriber} {event:?}");
            deliveries += 1;
        }
    }
    assert!(deliveries > 30, "{deliveries}");
    town.wait_until_idle().await;
    assert_eq!(everything(&town).await, before);
}

/// The events of one order, delivered in reverse in a town that knows nothing of it.
#[tokio::test]
async fn every_order_event_in_reverse_comes_to_the_same_end() {
    let one = Town::open().await;
    let other = Town::open().await;
    let (customer, order, events) = delivered(&one).await;
    let of_order: Vec<&Event> = events.iter().filter(|event| matches!(event.kind, Kind::Order(_))).collect();
    for event in of_order.iter().rev() {
        for subscriber in other.local().host.subscribers_of(event) {
            let ended = other.local().host.deliver(subscriber, event).await;
            assert_eq!(ended, Delivered::Done, "{subscriber} {}", event.kind.short());
        }
    }
    other.wait_until_idle().await;
    let admin = other.person(domain::Role::Admin).await;
    let payment =
        other.get(&admin, &format!("/v1/payments?order_id={order}")).await.expect(200).body["items"][0].clone();
    let first = one.payment(&customer, &order).await;
    for member in ["status", "amount", "authorized", "captured", "refunded"] {
        assert_eq!(payment[member], first[member], "{member}");
    }
    let here = notices(&one).await;
    let there = notices(&other).await;
    let about_orders =
        |lines: Vec<String>| lines.into_iter().filter(|line| line.contains("order.")).collect::<Vec<_>>();
    assert_eq!(about_orders(there), about_orders(here), "each fact makes one notice per person, whenever it comes");
}

/// The events of a delivery, delivered to orders in reverse.
#[tokio::test]
async fn every_delivery_event_in_reverse_brings_the_order_to_the_door() {
    let town = Town::open().await;
    let customer = town.customer().await;
    let merchant = town.merchant().await;
    let restaurant: Restaurant = town.restaurant(&merchant).await;
    let courier = town.courier_online().await;
    let order = town.order(&customer, &restaurant, "tok_ok").await;
    town.order_action(&merchant, &order, "accept", json!({"prep_minutes": 5})).await.expect(200);
    town.offered(&courier, &order).await;
    let mut events = town.local().bus.listen();
    {
        let _held = town.hold().await;
        for action in ["accept", "pick-up", "complete"] {
            town.act(&courier, &format!("/v1/deliveries/{}/{action}", delivery_of(&order))).await.expect(200);
        }
        let published = drain(&mut events);
        assert_eq!(
            published.iter().map(|event| event.kind).collect::<Vec<_>>(),
            [
                Kind::Delivery(DeliveryKind::Assigned),
                Kind::Delivery(DeliveryKind::PickedUp),
                Kind::Delivery(DeliveryKind::Completed)
            ]
        );
        for event in published.iter().rev() {
            assert_eq!(town.local().host.deliver("apply-delivery", event).await, Delivered::Done);
        }
    }
    town.wait_until_idle().await;
    let seen = town.see(&customer, &order).await;
    assert_eq!(seen["status"], "delivered");
    let journey = town.journey(&customer, &order).await;
    let ways: Vec<&str> =
        journey.iter().map(String::as_str).filter(|kind| kind.contains("deliver") || kind.contains("picked")).collect();
    assert_eq!(ways, ["delivery.assigned", "order.picked_up", "order.delivered"]);
}

/// The same with a courier who is lost on the way to the restaurant, and every event twice.
#[tokio::test]
async fn a_courier_who_is_lost_and_the_next_are_told_of_twice_and_in_reverse() {
    let town = Town::open().await;
    let mut events = town.local().bus.listen();
    crate::flows::what_a_suspended_courier_has_not_picked_up_goes_to_another(&town).await;
    let published = drain(&mut events);
    let before = everything(&town).await;
    for event in published.iter().chain(published.iter().rev()) {
        for subscriber in town.local().host.subscribers_of(event) {
            assert_eq!(town.local().host.deliver(subscriber, event).await, Delivered::Done, "{subscriber} {event:?}");
        }
    }
    town.wait_until_idle().await;
    assert_eq!(everything(&town).await, before);

    // What became of the couriers, in reverse to an order that knows of neither. The second is found at once.
    let other = Town::with(TownOptions { prompt: true, ..TownOptions::default() }).await;
    let customer = other.customer().await;
    let merchant = other.merchant().await;
    let restaurant = other.restaurant(&merchant).await;
    let first = other.courier_online().await;
    let order = other.order(&customer, &restaurant, "tok_ok").await;
    other.order_action(&merchant, &order, "accept", json!({"prep_minutes": 5})).await.expect(200);
    other.offered(&first, &order).await;
    let second = other.courier_online().await;
    let mut events = other.local().bus.listen();
    {
        let _held = other.hold().await;
        let act = async |courier: &Person, action: &str| {
            other.act(courier, &format!("/v1/deliveries/{}/{action}", delivery_of(&order))).await.expect(200);
        };
        act(&first, "accept").await;
        let suspended = other.account_event(&first, 2, "suspended");
        assert_eq!(other.local().host.deliver("follow-courier", &suspended).await, Delivered::Done);
        for action in ["accept", "pick-up", "complete"] {
            act(&second, action).await;
        }
        let published = drain(&mut events);
        assert!(published.iter().any(|event| event.kind == Kind::Delivery(DeliveryKind::Unassigned)));
        for event in published.iter().rev() {
            if other.local().host.subscribers_of(event).contains(&"apply-delivery") {
                assert_eq!(other.local().host.deliver("apply-delivery", event).await, Delivered::Done);
            }
        }
    }
    other.wait_until_idle().await;
    let seen = other.see(&customer, &order).await;
    assert_eq!(seen["status"], "delivered");
    assert_eq!(seen["courier_id"], second.id);
}

#[tokio::test]
async fn an_event_that_no_topic_would_take_is_not_committed() {
    let town = Town::open().await;
    let context = town.host().context_of("place-order").expect("there is such a function");
    let order: OrderId = "ord_01h455vb4pex5vsknk084sn02q".parse().expect("an id");
    let placed =
        Fact::new(Kind::Order(OrderKind::Placed), order, order, 1, &json!({"notes": "n".repeat(MAX_EVENT_BYTES)}));
    let refused = context.commit(orders::ORDERS, Changes::none().publish(placed)).await;
    assert!(matches!(refused, Err(StoreError::Rejected(_))), "{refused:?}");
    let outbox = town.store().scan(orders::ORDERS, None, 1).await.expect("it can be read");
    assert!(outbox.is_empty(), "{outbox:?}");
}

#[tokio::test]
async fn an_event_that_nobody_can_handle_is_dead_lettered_until_discarded() {
    let one = Town::open().await;
    let other = Town::open().await;
    let (_, _, events) = delivered(&one).await;
    // In another town nobody placed this order, so its payment is about nothing.
    let stray = events
        .iter()
        .find(|event| event.kind == Kind::Payment(PaymentKind::Authorized))
        .expect("it was authorised")
        .clone();
    app::Bus::publish(&*other.local().bus, orders::ORDERS, vec![stray]).await;
    other.wait_until_idle().await;
    let list =
        async || other.send(other.request(reqwest::Method::GET, "/_tiffin/dead-letters", None)).await.expect(200).body;
    let letters = list().await;
    let letter = letters["items"][0].clone();
    assert_eq!(letter["subscriber"], "apply-payment");
    assert_eq!(letter["attempts"], 1);
    assert!(letter["reason"].as_str().is_some_and(|reason| reason.len() > 5), "{letter}");

    let id = letter["id"].as_str().expect("an id");
    let replay = format!("/_tiffin/dead-letters/{id}/replay");
    other.send(other.request(reqwest::Method::POST, &replay, None)).await.expect(204);
    // It fails again, so it is back.
    other
        .eventually("the letter", async || {
            other.tick().await;
            (list().await["items"].as_array().map(Vec::len) == Some(1)).then_some(())
        })
        .await;
    let path = format!("/_tiffin/dead-letters/{id}");
    other.send(other.request(reqwest::Method::DELETE, &path, None)).await.expect(204);
    assert_eq!(list().await["items"], json!([]));
    other.send(other.request(reqwest::Method::POST, &replay, None)).await.refused(404, "not-found");
}

#[tokio::test]
async fn an_unreadable_event_is_kept_until_it_can_be_read_and_published() {
    let town = Town::open().await;
    let customer = town.customer().await;
    let merchant = town.merchant().await;
    let restaurant = town.restaurant(&merchant).await;
    let mut events = town.local().bus.listen();
    let order = town.order(&customer, &restaurant, "tok_ok").await;
    let paid =
        drain(&mut events).into_iter().find(|event| event.kind == Kind::Order(OrderKind::Paid)).expect("it was paid");
    let store = &*town.local().store;
    let unreadable = app::Item { body: "{".to_owned(), ..app::Item::of(app::outbox_key(paid.id), "outbox", 1, &paid) };
    let put = |item| vec![app::Write::Put(item, app::Condition::None)];
    store.transact(orders::ORDERS, put(unreadable)).await.expect("it is put");
    town.pass_s(60).await;

    let list = async || {
        town.send(town.request(reqwest::Method::GET, "/_tiffin/dead-letters", None)).await.expect(200).body["unreadable"].clone()
    };
    let id = format!("orders~{}", paid.id);
    let listed = list().await;
    assert_eq!(listed[0]["id"], id);
    assert_eq!(listed[0]["body"], "{");
    let path = format!("/_tiffin/dead-letters/{id}");
    let replay = async || town.send(town.request(reqwest::Method::POST, &format!("{path}/replay"), None)).await;
    replay().await.refused(409, "conflict");

    // Somebody repairs it.
    let repaired = app::Item::of(app::Key::new(app::outbox::UNREADABLE, paid.id.to_string()), "unreadable", 1, &paid);
    store.transact(orders::ORDERS, put(repaired)).await.expect("it is put");
    replay().await.expect(204);
    assert_eq!(list().await, json!([]));
    town.pass_s(60).await;
    assert!(drain(&mut events).iter().any(|event| event.id == paid.id), "it is published");
    replay().await.refused(404, "not-found");

    // Another one is discarded.
    let unreadable = app::Item { body: "{".to_owned(), ..app::Item::of(app::outbox_key(paid.id), "outbox", 1, &paid) };
    store.transact(orders::ORDERS, put(unreadable)).await.expect("it is put");
    town.pass_s(60).await;
    assert_eq!(list().await[0]["id"], id);
    let discard = async || town.send(town.request(reqwest::Method::DELETE, &path, None)).await;
    discard().await.expect(204);
    assert_eq!(list().await, json!([]));
    discard().await.refused(404, "not-found");
    assert!(town.see(&customer, &order).await["status"].is_string());
}

/// All notices, each as its recipient and its kind, sorted.
async fn notices(town: &Town) -> Vec<String> {
    let table = SERVICES.iter().find(|service| service.name == "notifications").expect("there is such a service").table;
    let mut lines = Vec::new();
    let mut after = None;
    loop {
        let items = town.local().store.scan(table, after.as_ref(), 100).await.expect("it can be read");
        let Some(last) = items.last() else { break };
        after = Some(last.key.clone());
        let notices = items.iter().filter(|item| item.kind == "notification");
        lines.extend(notices.map(|item| {
            let body: serde_json::Value = item.read().expect("a notice");
            format!("{} {}", item.key.pk, body["kind"])
        }));
    }
    lines.sort();
    lines
}
