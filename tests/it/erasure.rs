//! Export and erasure: what is held of somebody is shown to them, and goes with their account, wherever it is.

use std::collections::BTreeSet;

use app::{Condition, Item, Key, Write, erasure::AGAIN_S, outbox};
use domain::{Event, Kind, OrderKind, Role};
use host::DeadLetter;
use reqwest::Method;
use serde_json::{Value, json};
use tests::{PASSWORD, Person, Reply, Town, TownOptions, payment_of};
use tiffin::services::{SERVICES, tables};

/// Others' idempotency records live for a day.
const A_DAY_AND_AN_HOUR_S: i64 = 25 * 3600;

/// What is said of the customer, and of nobody and nothing else.
const CUSTOMERS: [&str; 6] = [
    "Zoe Quill",
    "zoe.quill@example.com",
    "+40 700 111 222",
    "Strada Zorilor 77",
    "ring twice at zorilor",
    "Zoe's notes for the kitchen",
];
/// What is said of a guest, of the merchant and of the courier.
const OTHERS: [&str; 9] = [
    "Gustav Gast",
    "+40 700 333 444",
    "Marta Meister",
    "marta@example.com",
    "+40 700 555 666",
    "Carl Kurz",
    "carl@example.com",
    "+40 700 777 888",
    "Strada Gustav 5",
];

/// Where the id of somebody may stand who is gone, and why.
const BOOKKEEPING: &[(&str, &str, &str)] = &[
    ("orders", "order", "who bought from whom, and who brought it: for taxes and disputes"),
    ("payments", "payment", "who paid whom"),
    ("deliveries", "delivery", "who brought what to whom, and who was asked"),
    ("deliveries", "courier", "a courier without a name, for what they have earned"),
    ("restaurants", "restaurant", "whose it was"),
    ("restaurants", "menu", "whose it was"),
    ("restaurants", "merchant", "that it stays closed"),
    ("dispatcher", "dead-letter", "whom a replay is about, so that it finds them gone"),
    ("dispatcher", "retry", "whom it is about, so that it finds them gone"),
];
/// What every service remembers for thirty days.
const ERASURE: &str = "erasure";

async fn delete(town: &Town, who: &Person, id: &str) -> Reply {
    town.send(town.request(Method::DELETE, &format!("/v1/users/{id}"), Some(who))).await
}

/// Deletes somebody's own account, once it is known that their orders are over.
async fn delete_account(town: &Town, person: &Person) {
    let gone = async || {
        let reply = delete(town, person, &person.id).await;
        match reply.status.as_u16() {
            409 => reply.refused(409, "open-orders"),
            _ => drop(reply.clone().expect(204)),
        }
        (reply.status == 204).then_some(())
    };
    town.eventually("the account is gone", gone).await;
}

async fn export(town: &Town, who: &Person, part: &str) -> Value {
    town.get(who, part).await.expect(200).body
}

/// An order delivered.
async fn dinner(town: &Town, customer: &Person, merchant: &Person, courier: &Person) -> String {
    let restaurant = town.restaurant(merchant).await;
    let order = town.order(customer, &restaurant, "tok_ok").await;
    crate::flows::picked_up(town, merchant, courier, &order).await;
    town.delivery_action(courier, &order, "complete").await.expect(200);
    order
}

pub(crate) async fn everybody_exports_what_is_theirs_and_nothing_of_the_others(town: &Town) {
    let customer = town.customer().await;
    let merchant = town.merchant().await;
    let courier = town.courier_online().await;
    town.address(&customer).await;
    let order = dinner(town, &customer, &merchant, &courier).await;
    town.eventually("delivered", async || (town.status(&customer, &order).await == "delivered").then_some(())).await;

    let account = export(town, &customer, &format!("/v1/users/{}/export", customer.id)).await;
    assert_eq!(account["user"]["email"], customer.email.as_str());
    assert_eq!(account["addresses"][0]["address"]["street"], "Strada Lunga 7");
    for part in account["parts"].as_array().expect("paths") {
        let part = part.as_str().expect("a path");
        for who in [&customer, &merchant, &courier] {
            let items = export(town, who, part).await["items"].clone();
            let is_told = match (part, who.role) {
                ("/v1/restaurants/export", Role::Merchant) => true,
                ("/v1/restaurants/export", _) | ("/v1/payments/export", Role::Courier) => false,
                // It is theirs until its end.
                ("/v1/orders/export", Role::Courier) => false,
                _ => true,
            };
            assert_eq!(items != json!([]), is_told, "{part} of {}: {items:#}", who.role);
            let text = items.to_string();
            let others = [&customer, &merchant, &courier].into_iter().filter(|other| other.id != who.id);
            for other in others.filter(|_| who.role != Role::Customer) {
                assert!(!text.contains(&other.id), "{part} of {} names {}", who.role, other.role);
            }
            if who.role != Role::Customer && part != "/v1/restaurants/export" {
                assert!(!text.contains("Strada Lunga 7"), "{part} of {}", who.role);
            }
        }
    }
    delete(town, &merchant, &customer.id).await.refused(404, "not-found");
}

pub(crate) async fn an_erased_customer_leaves_the_figures_and_nothing_else(town: &Town) {
    let customer = town.customer().await;
    let merchant = town.merchant().await;
    let courier = town.courier_online().await;
    let restaurant = town.restaurant(&merchant).await;
    let order = town.order(&customer, &restaurant, "tok_ok").await;
    town.eventually("its end is waited for", async || {
        (delete(town, &customer, &customer.id).await.status == 409).then_some(())
    })
    .await;
    crate::flows::picked_up(town, &merchant, &courier, &order).await;
    town.delivery_action(&courier, &order, "complete").await.expect(200);
    delete_account(town, &customer).await;
    let session = json!({"email": customer.email, "password": PASSWORD});
    let request = town.request(Method::POST, "/v1/sessions", None).json(&session);
    town.send(request).await.refused(401, "bad-credentials");
    let admin = town.person(Role::Admin).await;
    let redacted = async || {
        town.tick().await;
        let seen = town.see(&admin, &order).await;
        (seen["contact"] == json!({"name": null, "phone": null})).then_some(seen)
    };
    let seen = town.eventually("the order names nobody", redacted).await;
    assert_eq!(seen["deliver_to"]["address"]["street"], "redacted");
    assert_eq!(seen["total"], town.see(&merchant, &order).await["total"]);
    let payment = town.get(&admin, &format!("/v1/payments/{}", payment_of(&order))).await.expect(200).body;
    assert_eq!(payment["captured"], seen["total"]);
    town.get(&admin, &format!("/v1/users/{}", customer.id)).await.refused(404, "not-found");
    assert_eq!(export(town, &merchant, "/v1/orders/export").await["items"][0]["id"], order.as_str());
}

async fn register(town: &Town, role: Role, name: &str, email: Option<&str>, phone: &str) -> Person {
    let mut body = json!({"name": name, "role": role, "phone": phone, "locale": "ro"});
    if let Some(email) = email {
        body["email"] = email.into();
        body["password"] = PASSWORD.into();
    }
    let session =
        town.send(town.request(Method::POST, "/v1/users", None).json(&body)).await.expect(201).body["session"].clone();
    let text = |name: &str| session[name].as_str().expect("a text").to_owned();
    let person =
        Person { id: text("user_id"), token: text("access_token"), role, email: email.unwrap_or_default().to_owned() };
    // A token that was used, and what it gave.
    let renewal = json!({"refresh_token": session["refresh_token"]});
    town.send(town.request(Method::POST, "/v1/sessions/refresh", None).json(&renewal)).await.expect(200);
    person
}

/// Orders soup to a street of the customer's own, with words for kitchen and courier.
async fn order_to(
    town: &Town,
    customer: &Person,
    restaurant: &tests::Restaurant,
    street: &str,
    notes: [&str; 2],
    payment_method: &str,
) -> String {
    let [kitchen, courier] = notes;
    let mut home = tests::home();
    home["address"]["street"] = street.into();
    home["notes"] = courier.into();
    let basket = json!({"items": [{"item_id": restaurant.soup, "quantity": 2, "options": []}], "deliver_to": home});
    let quote = town.post(customer, &format!("/v1/restaurants/{}/quotes", restaurant.id), basket).await.expect(200);
    let order = json!({
        "quote": quote.body["quote"], "payment_method": payment_method, "notes": kitchen,
        "contact": {"name": customer_name(customer), "phone": customer_phone(customer)},
    });
    let request = town.request(Method::POST, "/v1/orders", Some(customer)).header("idempotency-key", town.unique());
    let placed = town.send(request.json(&order)).await.expect(201).text("id");
    town.wait_until_idle().await;
    placed
}

fn customer_name(customer: &Person) -> &'static str {
    if customer.email.is_empty() { OTHERS[0] } else { CUSTOMERS[0] }
}

fn customer_phone(customer: &Person) -> &'static str {
    if customer.email.is_empty() { OTHERS[1] } else { CUSTOMERS[2] }
}

/// Everything that tables hold and a reader finds.
async fn everything(town: &Town) -> Vec<(&'static str, Item)> {
    let mut found = Vec::new();
    let now_s = town.now().as_second();
    for table in tables() {
        let mut after = None;
        loop {
            let items = town.store().scan(table, after.as_ref(), 100).await.expect("it can be read");
            let Some(last) = items.last() else { break };
            after = Some(last.key.clone());
            let alive = items.into_iter().filter(|item| item.expires_at.is_none_or(|at| at > now_s));
            found.extend(alive.map(|item| (table.name, item)));
        }
    }
    found
}

fn text_of(item: &Item) -> String {
    format!("{}/{} {}", item.key.pk, item.key.sk, item.body)
}

/// What is kept of events that failed: one given up, one to be retried, one that could not be read.
async fn fail_events_of(town: &Town, order: &str, placed: &Event) {
    let dispatcher = tables().into_iter().find(|table| table.name == "dispatcher").expect("it has a table");
    let event = serde_json::to_value(placed).expect("an event is JSON");
    let letter = DeadLetter::of(event.clone(), "notify".to_owned(), 10, "it failed".to_owned(), town.now()).item();
    let retry = json!({"subscriber": "authorize-payment", "attempts": 1, "reason": "it failed", "event": event});
    let later = town.now().plus_seconds(40 * 24 * 3600);
    let retry = Item::of(Key::new(format!("RETRY#{}", placed.id), "authorize-payment"), "retry", 1, &retry).indexed(
        dispatcher.indexes[0],
        "RETRY",
        format!("{later}#{order}"),
    );
    let writes = [letter, retry].map(|item| Write::Put(item, Condition::None)).to_vec();
    town.store().transact(dispatcher, writes).await.expect("they are kept");
    let torn = placed.data.to_string() + "torn";
    let aside = Item { body: torn, ..Item::of(Key::new(outbox::UNREADABLE, "evt_torn"), "unreadable", 1, &()) };
    let kept = town.store().transact(orders::ORDERS, vec![Write::Put(aside, Condition::None)]).await;
    kept.expect("it is set aside");
}

#[tokio::test]
async fn of_whoever_is_gone_nothing_is_left_but_what_the_books_need() {
    let town = Town::with(TownOptions { prompt: true, ..TownOptions::default() }).await;
    let mut events = town.local().bus.listen();
    let customer = register(&town, Role::Customer, CUSTOMERS[0], Some(CUSTOMERS[1]), CUSTOMERS[2]).await;
    let guest = register(&town, Role::Customer, OTHERS[0], None, OTHERS[1]).await;
    let merchant = register(&town, Role::Merchant, OTHERS[2], Some(OTHERS[3]), OTHERS[4]).await;
    let courier = register(&town, Role::Courier, OTHERS[5], Some(OTHERS[6]), OTHERS[7]).await;
    let vehicle = json!({"vehicle": "bicycle", "phone": OTHERS[7]});
    town.put(&courier, &format!("/v1/couriers/{}", courier.id), vehicle).await.expect(200);
    town.go_online(&courier).await.expect(200);
    let mut address = tests::address();
    address["address"]["street"] = CUSTOMERS[3].into();
    address["notes"] = CUSTOMERS[4].into();
    town.post(&customer, &format!("/v1/users/{}/addresses", customer.id), address).await.expect(201);
    let restaurant = town.restaurant(&merchant).await;
    // The courier is stopped and let go on, so that it is known elsewhere; the merchant, too.
    let admin = town.person(Role::Admin).await;
    for person in [&courier, &merchant] {
        for state in ["suspended", "active"] {
            let change = town.request(Method::PATCH, &format!("/v1/users/{}", person.id), Some(&admin));
            town.send(change.json(&json!({"state": state}))).await.expect(200);
            town.wait_until_idle().await;
        }
    }
    town.go_online(&courier).await.expect(200);
    // A password is reset, with a token that works once.
    let token = town.operator_signs(app::RESET, CUSTOMERS[1]);
    let reset = json!({"token": token, "password": PASSWORD});
    town.send(town.request(Method::POST, "/v1/users/password-reset", None).json(&reset)).await.expect(204);
    let customer = town.sign_in(CUSTOMERS[1], Role::Customer).await;

    for (who, street, notes) in
        [(&customer, CUSTOMERS[3], [CUSTOMERS[5], CUSTOMERS[4]]), (&guest, OTHERS[8], ["No onions.", "At the back."])]
    {
        let order = order_to(&town, who, &restaurant, street, notes, "tok_ok").await;
        let cancelled = order_to(&town, who, &restaurant, street, notes, "tok_flaky").await;
        let reason = json!({"reason": format!("{} changed their mind", customer_name(who))});
        town.order_action(who, &cancelled, "cancel", reason).await.expect(200);
        crate::flows::picked_up(&town, &merchant, &courier, &order).await;
        town.clock.advance_s(5);
        town.put(&courier, &format!("/v1/couriers/{}/location", courier.id), json!({"place": tests::home()["place"]}))
            .await
            .expect(204);
        town.delivery_action(&courier, &order, "complete").await.expect(200);
        let reason = format!("{} was not amused", customer_name(who));
        let some = json!({"amount": {"amount": 100, "currency": "EUR"}, "reason": reason});
        let refund =
            town.request(Method::POST, &format!("/v1/payments/{}/refunds", payment_of(&order)), Some(&merchant));
        town.send(refund.header("idempotency-key", town.unique()).json(&some)).await.expect(201);
        town.wait_until_idle().await;
        let placed = std::iter::from_fn(|| events.try_recv().ok())
            .find(|event| event.kind == Kind::Order(OrderKind::Placed) && event.subject == order);
        if who.id == customer.id {
            fail_events_of(&town, &order, &placed.expect("it was published")).await;
        }
    }

    let before = everything(&town).await;
    let kinds: BTreeSet<(&str, &str)> = before.iter().map(|(table, item)| (*table, &*item.kind)).collect();
    for stored in SERVICES.iter().flat_map(|service| service.stored) {
        assert!(
            kinds.contains(&(stored.table.name, stored.item)),
            "there is no {} of {}",
            stored.item,
            stored.table.name
        );
    }
    for kept in ["person", "inbox", "idempotency", "dead-letter", "retry", "unreadable"] {
        assert!(kinds.iter().any(|(_, kind)| *kind == kept), "there is no {kept}");
    }
    let words: Vec<&str> = CUSTOMERS.into_iter().chain(OTHERS).collect();
    for word in &words {
        assert!(before.iter().any(|(_, item)| text_of(item).contains(word)), "{word} is nowhere");
    }

    delete_account(&town, &customer).await;
    delete(&town, &admin, &guest.id).await.expect(204);
    delete_account(&town, &courier).await;
    delete_account(&town, &merchant).await;
    for _ in 0..3 {
        town.pass_s(AGAIN_S).await;
    }
    town.pass_s(A_DAY_AND_AN_HOUR_S).await;

    let left = everything(&town).await;
    for (table, item) in &left {
        let text = text_of(item);
        for word in &words {
            assert!(!text.contains(word), "{word} is left in {table}: {text}");
        }
        for person in [&customer, &guest, &merchant, &courier] {
            let may = BOOKKEEPING.iter().any(|(where_, kind, _)| where_ == table && *kind == item.kind);
            let names = text.contains(&person.id);
            assert!(!names || may || item.kind == ERASURE, "{} {} is named in {table}: {text}", person.role, person.id);
        }
    }
    for (table, kind, _) in BOOKKEEPING {
        let ids = [&customer, &guest, &merchant, &courier].map(|person| person.id.clone());
        let stands = |(where_, item): &(&str, Item)| {
            where_ == table && item.kind == *kind && ids.iter().any(|id| text_of(item).contains(id))
        };
        assert!(left.iter().any(stands), "no {kind} of {table} names anybody: it need not be on the list");
    }
    let report = tiffin::check::check(town.store()).await.expect("the store can be read");
    assert!(report.broken.is_empty(), "{:#?}", report.broken);

    // Thirty days later nobody remembers that they were here.
    town.pass_s(app::erasure::LIFE_S).await;
    assert!(everything(&town).await.iter().all(|(_, item)| item.kind != ERASURE));
}
