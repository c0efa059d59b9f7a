//! Small inputs that were once taken for something else, one of each kind.

use reqwest::Method;
use serde_json::{Value, json};
use tests::{PASSWORD, Person, Reply, Restaurant, Town, home, restaurant, soup};

/// A town with a restaurant, its owner, and somebody who is hungry.
struct Street {
    town: Town,
    customer: Person,
    merchant: Person,
    restaurant: Restaurant,
}

impl Street {
    async fn open() -> Self {
        let town = Town::open().await;
        let customer = town.customer().await;
        let merchant = town.merchant().await;
        let restaurant = town.restaurant(&merchant).await;
        Self { town, customer, merchant, restaurant }
    }

    /// Sends text as the customer.
    async fn text(&self, path: &str, key: Option<&str>, body: impl Into<String>) -> Reply {
        let request = self.town.request(Method::POST, path, Some(&self.customer));
        let request = key.into_iter().fold(request, |request, key| request.header("idempotency-key", key));
        self.town.send(request.header("content-type", "application/json").body(body.into())).await
    }

    /// A basket of soups, as text.
    fn basket(&self, quantity: &str, tip: &str) -> String {
        let item = &self.restaurant.soup;
        let deliver_to = home();
        format!(
            r#"{{"items": [{{"item_id": "{item}", "quantity": {quantity}, "options": []}}],
                "deliver_to": {deliver_to}, "tip": {{"amount": {tip}, "currency": "EUR"}}}}"#
        )
    }

    async fn quote(&self, basket: &str) -> Reply {
        self.text(&format!("/v1/restaurants/{}/quotes", self.restaurant.id), None, basket).await
    }

    /// An order of the customer's that waits for its restaurant.
    async fn order(&self) -> String {
        self.town.order(&self.customer, &self.restaurant, "tok_ok").await
    }
}

fn pointers(reply: &Reply) -> Vec<&str> {
    let errors = reply.body["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
    errors.iter().filter_map(|error| error["pointer"].as_str()).collect()
}

#[tokio::test]
async fn what_costs_nothing_is_paid_at_once() {
    let town = Town::open().await;
    let customer = town.customer().await;
    let merchant = town.merchant().await;
    let mut free = restaurant();
    free["min_order"]["amount"] = json!(0);
    free["small_order"] = json!(null);
    for part in ["base", "per_km"] {
        free["delivery_fee"][part]["amount"] = json!(0);
    }
    let id = town.post(&merchant, "/v1/restaurants", free).await.expect(201).text("id");
    let mut water = soup();
    water["price"]["amount"] = json!(0);
    let item = town.post(&merchant, &format!("/v1/restaurants/{id}/menu/items"), water).await.expect(201).text("id");
    let basket = json!({"items": [{"item_id": item, "quantity": 1, "options": []}], "deliver_to": home()});
    let quote = town.post(&customer, &format!("/v1/restaurants/{id}/quotes"), basket).await.expect(200);
    assert_eq!(quote.body["total"]["amount"], 0);
    let order = town.place(&customer, "water", &quote.text("quote"), "tok_ok").await.expect(201).text("id");
    town.wait_until_idle().await;
    assert_eq!(town.status(&customer, &order).await, "paid");
    assert_eq!(town.payment(&customer, &order).await["status"], "captured");
    town.order_action(&merchant, &order, "accept", json!({"prep_minutes": 5})).await.expect(200);
    town.order_action(&merchant, &order, "cancel", json!({"reason": "No water."})).await.expect(200);
    assert_eq!(town.payment(&customer, &order).await["status"], "captured");
}

#[tokio::test]
async fn nothing_follows_the_json() {
    let street = Street::open().await;
    let basket = street.basket("1", "0");
    for rest in ["~", &basket, "\0", "{}"] {
        street.quote(&format!("{basket}{rest}")).await.refused(400, "malformed");
    }
    street.quote(&format!("{basket} \r\n\t")).await.expect(200);
    street.quote(&basket.replacen('{', r#"{"tip": null, "#, 1)).await.refused(400, "malformed");
}

#[tokio::test]
async fn no_body_and_an_empty_object_are_the_same_request() {
    let street = Street::open().await;
    let order = street.order().await;
    let accepted = json!({"prep_minutes": 5});
    street.town.order_action(&street.merchant, &order, "accept", accepted).await.expect(200);
    let ready = async |body: Option<&'static str>| {
        let path = format!("/v1/orders/{order}/ready");
        let request =
            street.town.request(Method::POST, &path, Some(&street.merchant)).header("idempotency-key", "ready");
        street
            .town
            .send(
                body.into_iter()
                    .fold(request, |request, body| request.header("content-type", "application/json").body(body)),
            )
            .await
            .expect(200)
    };
    let first = ready(None).await;
    let second = ready(Some("{ }")).await;
    assert_eq!(second.header("idempotent-replayed"), Some("true"));
    assert_eq!(first.body, second.body);
}

#[tokio::test]
async fn a_number_counts_by_its_value() {
    let street = Street::open().await;
    for (quantity, tip) in [("1.0", "100.0"), ("1e0", "1e2"), ("10e-1", "100")] {
        let quote = street.quote(&street.basket(quantity, tip)).await.expect(200);
        assert_eq!(quote.body["tip"]["amount"], 100);
        assert_eq!(quote.body["lines"][0]["quantity"], 1);
    }
    let refused = street.quote(&street.basket("1.5", "0")).await;
    refused.refused(400, "invalid-request");
    assert_eq!(pointers(&refused), ["/items/0/quantity"]);
    let list = async |limit: &str| street.town.get(&street.customer, &format!("/v1/orders?limit={limit}")).await;
    list("5.0").await.expect(200);
    list("5.5").await.refused(400, "invalid-request");
}

#[tokio::test]
async fn a_list_is_no_object() {
    let street = Street::open().await;
    let order = street.order().await;
    for (action, list) in [("accept", json!([10])), ("ready", json!([]))] {
        let refused = street.town.post(&street.merchant, &format!("/v1/orders/{order}/{action}"), list).await;
        refused.refused(400, "invalid-request");
        assert_eq!(pointers(&refused), [""], "{action}");
    }
    let mut basket: Value = serde_json::from_str(&street.basket("1", "0")).unwrap();
    basket["deliver_to"]["place"] = json!([44.4350, 26.1120]);
    let refused = street.quote(&basket.to_string()).await;
    refused.refused(400, "invalid-request");
    assert_eq!(pointers(&refused), ["/deliver_to/place"]);
}

#[tokio::test]
async fn each_wrong_field_is_named_once_in_words_for_people() {
    let street = Street::open().await;
    let mut wanted = restaurant();
    wanted["name"] = json!(" \t ");
    wanted["description"] = json!("x".repeat(1001));
    wanted["phone"] = json!("call me");
    wanted["cuisines"] = json!(["soups", ""]);
    wanted["min_order"]["amount"] = json!(-1);
    // No schema says these.
    wanted["currency"] = json!("XXX");
    wanted["time_zone"] = json!("Mars/Olympus");
    wanted["delivery_fee"]["base"]["currency"] = json!("XAU");
    // This one is valid once trimmed.
    wanted["address"]["street"] = json!(format!("  {}  ", "s".repeat(200)));
    let refused = street.town.post(&street.merchant, "/v1/restaurants?fast=1", wanted).await;
    refused.refused(400, "invalid-request");
    let errors = refused.body["errors"].as_array().expect("errors");
    let mut found: Vec<(&str, &str)> = errors
        .iter()
        .map(|error| (error["pointer"].as_str().expect("a pointer"), error["detail"].as_str().expect("a detail")))
        .collect();
    found.sort_unstable();
    assert_eq!(
        found,
        [
            ("/cuisines/1", "must be 1 to 40 characters"),
            ("/currency", "must be a currency code of ISO 4217"),
            ("/delivery_fee/base/currency", "must be a currency code of ISO 4217"),
            ("/description", "must be 1 to 1000 characters"),
            ("/fast", "is not known here"),
            ("/min_order/amount", "must be from 0 to 1000000000000"),
            ("/name", "must be 1 to 100 characters"),
            ("/phone", "must be a telephone number"),
            ("/time_zone", "must be a time zone of the IANA database, such as `Europe/Bucharest`"),
        ]
    );
}

#[tokio::test]
async fn text_holds_nothing_that_nobody_sees() {
    let street = Street::open().await;
    for name in ["Ana\u{202e}", "A\0na", "\u{3164}", "\u{200b}", "Ana\nRadu", "\u{2800}"] {
        let mut wanted = soup();
        wanted["name"] = json!(name);
        let path = format!("/v1/restaurants/{}/menu/items", street.restaurant.id);
        let refused = street.town.post(&street.merchant, &path, wanted).await;
        refused.refused(400, "invalid-request");
        assert_eq!(pointers(&refused), ["/name"], "{name:?}");
    }
    let order = street.order().await;
    let cancel = async |reason: &str| {
        street.town.order_action(&street.customer, &order, "cancel", json!({"reason": reason})).await
    };
    cancel("late\norder 12345678 paid").await.refused(400, "invalid-request");
    cancel("late \u{1f469}\u{200d}\u{1f373}").await.expect(200);
    let register = json!({
        "name": "Ana", "email": "ana\n@example.org", "password": "long enough", "role": "customer",
    });
    let request = street.town.request(Method::POST, "/v1/users", None).json(&register);
    street.town.send(request).await.refused(400, "invalid-request");
}

#[tokio::test]
async fn one_letter_is_one_letter_however_it_is_composed() {
    let town = Town::open().await;
    let composed = "\u{e9}";
    let decomposed = "e\u{301}";
    let register = async |accent: &str| {
        let body = json!({
            "name": "Ren\u{e9}e", "email": format!("ren{accent}e@example.org"), "role": "customer",
            "password": format!("caf{accent} au lait"),
        });
        town.send(town.request(Method::POST, "/v1/users", None).json(&body)).await
    };
    register(composed).await.expect(201);
    register(decomposed).await.refused(409, "email-taken");
    let sign_in =
        json!({"email": format!("REN{decomposed}E@example.org"), "password": format!("caf{decomposed} au lait")});
    let reply = town.send(town.request(Method::POST, "/v1/sessions", None).json(&sign_in)).await.expect(201);
    assert_eq!(reply.header("location"), None);
}

#[tokio::test]
async fn tags_come_in_lists_weak_or_strong() {
    let street = Street::open().await;
    let order = street.order().await;
    let path = format!("/v1/orders/{order}");
    let tag = street.town.get(&street.merchant, &path).await.expect(200).header("etag").expect("a tag").to_owned();
    let accept = async |tags: String| {
        let request = street.town.request(Method::POST, &format!("{path}/accept"), Some(&street.merchant));
        street.town.send(request.header("if-match", tags).json(&json!({"prep_minutes": 5}))).await
    };
    for wrong in ["", "0", "\"x\"", "\"1-a", "1-a", "*, \"1-a\"", "\"+1-a\"", "\"1-a\" \"2-a\""] {
        let refused = accept(wrong.to_owned()).await;
        refused.refused(400, "invalid-request");
        assert_eq!(pointers(&refused), ["/if-match"], "{wrong}");
    }
    accept("\"0-a\", \"1-b\", \"another's\"".to_owned()).await.refused(412, "stale");
    accept(format!("\"0-a\", W/{tag}")).await.expect(200);
    street.town.wait_until_idle().await;
    let tag = street.town.get(&street.merchant, &path).await.expect(200).header("etag").expect("a tag").to_owned();
    let head = street.town.request(Method::HEAD, &path, Some(&street.merchant)).header("if-none-match", tag);
    let reply = street.town.send(head).await.expect(304);
    assert_eq!(reply.header("content-length"), None);
}

#[tokio::test]
async fn every_address_refuses_other_methods_with_a_problem() {
    let town = Town::open().await;
    for path in
        ["/healthz", "/docs", "/openapi.json", "/asyncapi.json", "/problems/not-found", "/", "/eat", "/favicon.svg"]
    {
        let reply = town.send(town.request(Method::POST, path, None)).await;
        reply.refused(405, "method-not-allowed");
        for name in ["x-request-id", "x-content-type-options", "content-security-policy"] {
            assert!(reply.header(name).is_some(), "{path} without {name}");
        }
    }
}

#[tokio::test]
async fn a_request_says_everything_once() {
    let street = Street::open().await;
    let path = format!("/v1/restaurants/{}/quotes", street.restaurant.id);
    let refused = street.text(&format!("{path}?x=1"), None, street.basket("1", "0")).await;
    refused.refused(400, "invalid-request");
    assert_eq!(pointers(&refused), ["/x"]);
    for (name, value) in [
        ("authorization", format!("Bearer {}", street.customer.token)),
        ("idempotency-key", "another".to_owned()),
        ("if-match", "*".to_owned()),
        ("content-type", "application/json".to_owned()),
    ] {
        let request = street.town.request(Method::POST, "/v1/orders", Some(&street.customer));
        let request = [("idempotency-key", "one"), ("if-match", "*"), ("content-type", "application/json")]
            .into_iter()
            .fold(request, |request, (name, value)| request.header(name, value));
        street.town.send(request.header(name, value).body("{}")).await.refused(400, "malformed");
    }
}

#[tokio::test]
async fn a_key_is_one_however_the_path_is_spelled() {
    let street = Street::open().await;
    let order = street.order().await;
    let cancel = async |id: &str| {
        street.text(&format!("/v1/orders/{id}/cancel"), Some("cancel"), r#"{"reason": "late"}"#).await.expect(200)
    };
    cancel(&order).await;
    let spelled = order.replacen("ord_", "%6Frd_", 1);
    assert_eq!(cancel(&spelled).await.header("idempotent-replayed"), Some("true"));
}

#[tokio::test]
async fn an_encoded_body_is_not_json() {
    let street = Street::open().await;
    let post = async |encoding: &str| {
        let path = format!("/v1/restaurants/{}/quotes", street.restaurant.id);
        let request =
            street.town.request(Method::POST, &path, Some(&street.customer)).header("content-encoding", encoding);
        street.town.send(request.header("content-type", "application/json").body(street.basket("1", "0"))).await
    };
    post("gzip").await.refused(415, "not-json");
    post("identity").await.expect(200);
}

#[tokio::test]
async fn optional_text_that_is_blank_is_left_out() {
    let street = Street::open().await;
    let mut wanted = soup();
    wanted["description"] = json!("");
    let path = format!("/v1/restaurants/{}/menu/items", street.restaurant.id);
    let reply = street.town.post(&street.merchant, &path, wanted).await.expect(201);
    assert_eq!(reply.body["description"], Value::Null);
    let mut basket: Value = serde_json::from_str(&street.basket("1", "0")).expect("JSON");
    basket["deliver_to"]["notes"] = json!(" \n ");
    let quote = street.quote(&basket.to_string()).await.expect(200);
    assert_eq!(quote.body["deliver_to"]["notes"], Value::Null);
    let nobody_knows = json!({
        "email": "sam@example.org", "password": PASSWORD, "name": "Sam", "role": "customer", "phone": "", "locale": " ",
    });
    let registered = street.town.send(street.town.request(Method::POST, "/v1/users", None).json(&nobody_knows)).await;
    let user = registered.expect(201).body["user"].take();
    assert_eq!(user["phone"], Value::Null);
    assert_eq!(user["locale"], Value::Null);
}

#[tokio::test]
async fn in_a_merge_patch_blank_text_keeps_and_null_clears() {
    let street = Street::open().await;
    let path = format!("/v1/restaurants/{}", street.restaurant.id);
    let before = street.town.get(&street.customer, &path).await.expect(200).body;
    let patch = async |patch: Value| {
        street.town.send(street.town.request(Method::PATCH, &path, Some(&street.merchant)).json(&patch)).await
    };
    let kept = patch(json!({"phone": "", "address": {"postcode": " "}})).await.expect(200);
    assert_eq!(kept.body, before);
    let cleared = patch(json!({"phone": null, "address": {"postcode": null}})).await.expect(200);
    assert_eq!(cleared.body["phone"], Value::Null);
    assert_eq!(cleared.body["address"]["postcode"], Value::Null);
    assert_eq!(cleared.body["address"]["street"], before["address"]["street"]);
    let refused = patch(json!({"name": "", "description": null, "currency": "XXX", "hours": null})).await;
    refused.refused(400, "invalid-request");
    let mut wrong = pointers(&refused);
    wrong.sort_unstable();
    assert_eq!(wrong, ["/currency", "/description", "/hours", "/name"]);
}

#[tokio::test]
async fn a_body_is_refused_by_the_length_that_it_declares() {
    let town = Town::open().await;
    let customer = town.customer().await;
    let address = town.url.trim_start_matches("http://").to_owned();
    let request = format!(
        "POST /v1/orders HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {}\r\ncontent-type: application/json\r\n\
         expect: 100-continue\r\ncontent-length: 10000000\r\n\r\n",
        customer.token
    );
    let reply = tokio::task::spawn_blocking(move || {
        use std::io::{Read as _, Write as _};
        let mut stream = std::net::TcpStream::connect(address).expect("it listens");
        stream.write_all(request.as_bytes()).expect("it reads");
        let mut begin = [0; 12];
        stream.read_exact(&mut begin).expect("it replies");
        String::from_utf8_lossy(&begin).into_owned()
    });
    assert_eq!(reply.await.expect("it ends"), "HTTP/1.1 413");
}

#[tokio::test]
async fn the_largest_basket_there_can_be_can_be_ordered() {
    let town = Town::open().await;
    let customer = town.customer().await;
    let merchant = town.merchant().await;
    // Characters of four bytes, and texts as long as they may be.
    let long = |characters: usize| "\u{1d54f}".repeat(characters);
    let name = long(100);
    let address = json!({"street": long(200), "city": name, "postcode": long(20), "country": "RO"});
    let mut kitchen = restaurant();
    kitchen["name"] = json!(name);
    kitchen["address"] = address.clone();
    let id = town.post(&merchant, "/v1/restaurants", kitchen).await.expect(201).text("id");
    let dear = json!({"amount": restaurants::MAX_AMOUNT, "currency": "EUR"});
    let option = json!({"name": name, "price": dear});
    let group = json!({"name": name, "min": 0, "max": 50, "options": vec![option; 50]});
    let dish = json!({"section": "All", "name": name, "price": dear, "option_groups": vec![group; 3]});
    let dish = town.post(&merchant, &format!("/v1/restaurants/{id}/menu/items"), dish).await.expect(201);
    let groups = dish.body["option_groups"].as_array().expect("groups");
    let options: Vec<&Value> = groups.iter().flat_map(|group| group["options"].as_array().expect("options")).collect();
    let ids: Vec<&Value> = options.iter().map(|option| &option["id"]).collect();
    assert_eq!(ids.len(), restaurants::MAX_CHOICES);
    let line = |options: &[&Value]| json!({"item_id": dish.text("id"), "quantity": 50, "options": options});
    let mut lines = vec![line(&[]); restaurants::MAX_LINES];
    lines[0] = line(&ids);
    let deliver_to = json!({"place": home()["place"], "address": address, "notes": long(1000)});
    let mut basket = json!({"items": lines, "deliver_to": deliver_to, "tip": dear});
    let quotes = format!("/v1/restaurants/{id}/quotes");
    let place = async |payment_method: &str| {
        let order = json!({
            "quote": town.post(&customer, &quotes, basket.clone()).await.expect(200).text("quote"),
            "payment_method": payment_method, "notes": long(1000),
            "contact": {"name": name, "phone": "+".to_owned() + &"0".repeat(31)},
        });
        let body = order.to_string();
        assert!(body.len() <= host::MAX_BODY_BYTES, "{} bytes", body.len());
        let request = town.request(Method::POST, "/v1/orders", Some(&customer));
        let request = request.header("idempotency-key", payment_method).header("content-type", "application/json");
        town.send(request.body(body)).await.expect(201).text("id")
    };
    let mut published = town.local().bus.listen();
    let unpaid = place(&"p".repeat(255)).await;
    let order = place("tok_ok").await;
    town.wait_until_idle().await;
    assert_eq!(town.status(&customer, &unpaid).await, "payment_failed");
    // Its longest life, and the longest end.
    let courier = town.courier_online().await;
    town.order_action(&merchant, &order, "accept", json!({"prep_minutes": 5})).await.expect(200);
    town.offered(&courier, &order).await;
    for action in ["accept", "pick-up"] {
        town.delivery_action(&courier, &order, action).await.expect(200);
    }
    town.wait_until_idle().await;
    let admin = town.person(domain::Role::Admin).await;
    town.order_action(&admin, &order, "cancel", json!({"reason": long(500)})).await.expect(200);
    town.wait_until_idle().await;
    assert_eq!(town.see(&customer, &order).await["status"], "undeliverable");
    let mut after = None;
    loop {
        let items = town.store().scan(orders::ORDERS, after.as_ref(), 100).await.expect("it can be read");
        let Some(last) = items.last() else { break };
        after = Some(last.key.clone());
        for item in &items {
            assert!(item.bytes() <= app::MAX_ITEM_BYTES, "{} of {} bytes", item.kind, item.bytes());
        }
    }
    let events =
        std::iter::from_fn(|| published.try_recv().ok()).map(|event: domain::Event| (event.kind, bytes_of(&event)));
    let events: Vec<_> = events.collect();
    assert!(events.iter().any(|(kind, _)| *kind == domain::OrderKind::Undeliverable));
    assert!(events.iter().all(|(_, bytes)| *bytes <= app::MAX_EVENT_BYTES), "{events:?}");

    // One option more.
    basket["items"][1] = line(&ids[..1]);
    let refused = town.post(&customer, &quotes, basket).await;
    refused.refused(400, "invalid-request");
    assert_eq!(pointers(&refused), ["/items"]);
}

fn bytes_of(event: &domain::Event) -> usize {
    serde_json::to_string(event).expect("an event can be written").len()
}
