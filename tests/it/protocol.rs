//! The conventions of the contract that hold on every route: errors and their order, headers, caching, pages.

use futures::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use tests::{Person, Town, restaurant};

#[tokio::test]
async fn what_is_not_there_is_a_problem() {
    let town = Town::open().await;
    let customer = town.customer().await;
    let reply = town.get(&customer, "/v1/nowhere").await;
    reply.refused(404, "not-found");
    assert_eq!(reply.header("content-type"), Some("application/problem+json"));
    assert_eq!(reply.body["type"], "/problems/not-found");
    assert_eq!(reply.body["instance"], "/v1/nowhere");
    let reply = town.send(town.request(Method::DELETE, "/v1/orders", None)).await;
    reply.refused(405, "method-not-allowed");
    let allow = reply.header("allow").expect("405 lists what is allowed");
    assert!(allow.contains("GET") && allow.contains("POST"), "{allow}");
    for path in ["/v1/orders/ord_1", "/v1/orders/rst_01h455vb4pex5vsknk084sn02q", "/v1/orders/%FF"] {
        town.get(&customer, path).await.refused(404, "not-found");
    }
}

#[tokio::test]
async fn tokens_are_checked_before_anything_else_about_a_request() {
    let town = Town::open().await;
    let customer = town.customer().await;
    let (head, rest) = customer.token.split_once('.').expect("a JWS");
    let bad = [
        String::new(),
        "nonsense".into(),
        format!("{head}x.{rest}"),
        format!("{}A", customer.token),
        format!("{head}.."),
    ];
    for token in bad {
        for path in ["/v1/orders", "/v1/restaurants?lat=44.4&lon=26.1"] {
            let request = town.request(Method::GET, path, None).bearer_auth(&token);
            let reply = town.send(request).await;
            reply.refused(401, "unauthenticated");
            assert_eq!(reply.header("www-authenticate"), Some("Bearer"));
        }
    }
    // Role before ids, ids before content type, content type before shape.
    let post = async |path: &str, kind: &str, body: &str| {
        let request = town.request(Method::POST, path, Some(&customer)).header("content-type", kind);
        town.send(request.body(body.to_owned())).await
    };
    post("/v1/orders/nonsense/accept", "text/plain", "x").await.refused(403, "forbidden");
    post("/v1/orders/nonsense/cancel", "text/plain", "x").await.refused(404, "not-found");
    let order = "/v1/orders/ord_01h455vb4pex5vsknk084sn02q/cancel";
    post(order, "text/plain", "{}").await.refused(415, "not-json");
    post(order, "application/json", "{").await.refused(400, "malformed");
    post(order, "application/json; charset=utf-8", "{\"reason\": \"x\", \"rea\": 1}")
        .await
        .refused(400, "invalid-request");
    post(order, "application/json", "{\"reason\": \"x\"}").await.refused(404, "not-found");
    town.clock.advance_s(700);
    town.get(&customer, "/v1/orders").await.refused(401, "unauthenticated");
}

#[tokio::test]
async fn a_stream_alone_is_refused_where_there_is_something_to_follow_and_nowhere_else() {
    let town = Town::open().await;
    let customer = town.customer().await;
    let ask = async |path: &str, accept: &str| {
        town.send(town.request(Method::GET, path, Some(&customer)).header("accept", accept)).await
    };
    let unknown = "/v1/orders/ord_01h455vb4pex5vsknk084sn02q/events";
    ask("/v1/notifications", "text/event-stream").await.refused(406, "not-acceptable");
    ask(unknown, "text/event-stream").await.refused(406, "not-acceptable");
    ask(unknown, "text/event-stream, application/json").await.refused(404, "not-found");
    for accept in ["text/event-stream, */*;q=0.1", "text/html", "*/*"] {
        let reply = ask("/v1/notifications", accept).await.expect(200);
        assert_eq!(reply.header("content-type"), Some("application/json"), "{accept}");
    }
    ask("/v1/orders", "text/event-stream").await.expect(200);
}

#[tokio::test]
async fn every_wrong_field_is_named_at_once() {
    let town = Town::open().await;
    let merchant = town.merchant().await;
    let mut body = restaurant();
    body["name"] = json!("");
    body["delivery_radius_m"] = json!(100);
    body["currency"] = json!(7);
    body["colour"] = json!("red");
    body["picture"] = json!("unicorn");
    body["place"]["lat"] = json!(123.0);
    body.as_object_mut().expect("an object").remove("cuisines");
    let reply = town.post(&merchant, "/v1/restaurants", body).await;
    reply.refused(400, "invalid-request");
    let errors = reply.body["errors"].as_array().expect("errors");
    let mut pointers: Vec<&str> = errors.iter().filter_map(|error| error["pointer"].as_str()).collect();
    pointers.sort_unstable();
    pointers.dedup();
    assert_eq!(
        pointers,
        ["/colour", "/cuisines", "/currency", "/delivery_radius_m", "/name", "/picture", "/place/lat"]
    );

    let search = "/v1/restaurants?lat=north&limit=0&colour=red";
    let reply = town.send(town.request(Method::GET, search, None)).await;
    reply.refused(400, "invalid-request");
    let pointers: Vec<&str> =
        reply.body["errors"].as_array().expect("errors").iter().filter_map(|error| error["pointer"].as_str()).collect();
    for pointer in ["/lat", "/limit", "/colour", "/lon"] {
        assert!(pointers.contains(&pointer), "{pointer} is missing in {pointers:?}");
    }
}

#[tokio::test]
async fn bodies_have_a_limit() {
    let town = Town::open().await;
    let large = format!("{{\"email\": \"{}\"}}", "x".repeat(host::MAX_BODY_BYTES));
    let request = town.request(Method::POST, "/v1/users", None).header("content-type", "application/json").body(large);
    town.send(request).await.refused(413, "too-large");
}

#[tokio::test]
async fn gets_can_be_cached_and_revalidated() {
    let town = Town::open().await;
    let merchant = town.merchant().await;
    let customer = town.customer().await;
    let restaurant = town.restaurant(&merchant).await;
    let menu = format!("/v1/restaurants/{}/menu", restaurant.id);
    let first = town.send(town.request(Method::GET, &menu, None)).await.expect(200);
    let tag = first.header("etag").expect("a tag").to_owned();
    assert!(tag.starts_with(&format!("\"{}-", first.body["version"])), "{tag}");
    assert_eq!(first.header("cache-control"), Some("public, max-age=30"));
    assert_eq!(first.header("vary").map(str::to_lowercase).map(|vary| vary.contains("authorization")), Some(true));
    let again = town.send(town.request(Method::GET, &menu, None).header("if-none-match", &tag)).await.expect(304);
    assert_eq!(again.body, Value::Null);
    assert_eq!(again.header("etag"), Some(tag.as_str()));
    let own = town.get(&customer, &format!("/v1/users/{}", customer.id)).await.expect(200);
    assert_eq!(own.header("cache-control"), Some("no-store"));
}

/// An order that waits for its restaurant: whose that is, where the order is read, and its tag.
async fn an_order_as_read(town: &Town) -> (Person, String, String) {
    let customer = town.customer().await;
    let merchant = town.merchant().await;
    let restaurant = town.restaurant(&merchant).await;
    let order = town.order(&customer, &restaurant, "tok_ok").await;
    let path = format!("/v1/orders/{order}");
    let tag = town.get(&merchant, &path).await.expect(200).header("etag").expect("a tag").to_owned();
    (merchant, path, tag)
}

#[tokio::test]
async fn a_stale_version_is_412_and_a_current_one_goes_through() {
    let town = Town::open().await;
    let (merchant, path, tag) = an_order_as_read(&town).await;
    let reject = async |tag: &str| {
        let request = town.request(Method::POST, &format!("{path}/reject"), Some(&merchant)).header("if-match", tag);
        town.send(request.json(&json!({"reason": "closing"}))).await
    };
    reject("\"1-abc\"").await.refused(412, "stale");
    reject("nonsense").await.refused(400, "invalid-request");
    reject(&tag).await.expect(200);
    reject(&tag).await.refused(412, "stale");
    reject("*").await.refused(409, "illegal-transition");
}

#[tokio::test]
async fn if_match_any_version_succeeds_though_others_change_it_meanwhile() {
    let town = Town::open().await;
    let courier = town.courier_online().await;
    let path = format!("/v1/couriers/{}/availability", courier.id);
    let offline = || town.request(Method::PUT, &path, Some(&courier)).header("if-match", "*");
    // As many as the conflicts after which a request is retried.
    let replies = join_all((0..3).map(|_| town.send(offline().json(&json!({"online": false}))))).await;
    for reply in replies {
        reply.expect(200);
    }
}

#[tokio::test]
async fn identical_requests_with_an_etag_and_a_key_count_once() {
    let town = Town::open().await;
    let (merchant, path, tag) = an_order_as_read(&town).await;
    let twin = || {
        let request = town.request(Method::POST, &format!("{path}/reject"), Some(&merchant)).header("if-match", &tag);
        town.send(request.header("idempotency-key", "twin").json(&json!({"reason": "closing"})))
    };
    let replies: Vec<_> = join_all((0..12).map(|_| twin())).await.into_iter().map(|reply| reply.expect(200)).collect();
    assert!(replies.iter().all(|reply| reply.body == replies[0].body));
}

#[tokio::test]
async fn every_reply_carries_an_id_and_security_headers() {
    let town = Town::open().await;
    for path in ["/v1/restaurants?lat=44.4&lon=26.1", "/v1/nowhere", "/healthz", "/docs"] {
        let reply = town.send(town.request(Method::GET, path, None).header("x-request-id", "my.id-1")).await;
        assert_eq!(reply.header("x-request-id"), Some("my.id-1"), "{path}");
        assert_eq!(reply.header("x-content-type-options"), Some("nosniff"), "{path}");
        assert_eq!(reply.header("referrer-policy"), Some("no-referrer"), "{path}");
        assert!(reply.header("content-security-policy").is_some() && reply.header("date").is_some(), "{path}");
    }
    let odd = town.send(town.request(Method::GET, "/healthz", None).header("x-request-id", "no spaces")).await;
    assert_ne!(odd.header("x-request-id"), Some("no spaces"));
}

#[tokio::test]
async fn only_configured_origins_may_call() {
    let town = Town::open().await;
    let preflight = async |origin: &str| {
        let request = town.request(Method::OPTIONS, "/v1/orders", None).header("origin", origin);
        let request = request.header("access-control-request-method", "POST");
        town.send(request.header("access-control-request-headers", "authorization,idempotency-key")).await
    };
    let ours = preflight("https://tiffin.example").await;
    assert_eq!(ours.header("access-control-allow-origin"), Some("https://tiffin.example"));
    assert!(ours.header("access-control-allow-headers").is_some_and(|headers| headers.contains("idempotency-key")));
    assert_eq!(preflight("https://elsewhere.example").await.header("access-control-allow-origin"), None);
}

#[tokio::test]
async fn pages_chain_and_a_cursor_is_for_its_own_list() {
    let town = Town::open().await;
    let customer = town.customer().await;
    let merchant = town.merchant().await;
    let restaurant = town.restaurant(&merchant).await;
    let mut placed = Vec::new();
    for _ in 0..5 {
        placed.push(town.order(&customer, &restaurant, "tok_declined").await);
        town.clock.advance_s(1);
    }
    placed.reverse();
    // Index reads lag, each by another time: the pages are walked until they show all orders.
    town.eventually("all five, page by page", async || {
        let mut seen = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = town.get(&customer, &format!("/v1/orders?limit=2{cursor}")).await.expect(200).body;
            let items = page["items"].as_array().expect("items").clone();
            seen.extend(items.iter().map(|item| item["id"].as_str().expect("an id").to_owned()));
            let Some(next) = page["next_cursor"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        (seen == placed).then_some(())
    })
    .await;
    let first = town
        .eventually("a cursor", async || {
            let page = town.get(&customer, "/v1/orders?limit=2").await.expect(200).body;
            page["next_cursor"].as_str().map(str::to_owned)
        })
        .await;
    let other = town.customer().await;
    for (who, path) in [
        (&other, format!("/v1/orders?cursor={first}")),
        (&customer, format!("/v1/orders?status=paid&cursor={first}")),
        (&customer, format!("/v1/notifications?cursor={first}")),
        (&customer, "/v1/orders?cursor=nonsense".to_owned()),
    ] {
        town.get(who, &path).await.refused(400, "cursor-invalid");
    }
}

#[tokio::test]
async fn pages_for_people_are_there() {
    let town = Town::open().await;
    for (path, words) in [("/docs", "place-order"), ("/problems/quote-used", "409"), ("/openapi.json", "openapi")] {
        let reply = town.send(town.request(Method::GET, path, None)).await.expect(200);
        assert!(reply.body.to_string().contains(words), "{path}");
    }
    town.send(town.request(Method::GET, "/problems/nonsense", None)).await.refused(404, "not-found");
    town.send(town.request(Method::GET, "/healthz", None)).await.expect(204);
}
