//! Every program, from the declarations' own list, under a Lambda runtime API: it answers as the local process does.

use std::path::{Path, PathBuf};

use app::{Access, EndpointDeclaration, TriggerKind};
use axum::{Router, body::Body, response::Response};
use bootstrap::SERVICES;
use domain::{AccountState, Event, Role};
use host::Delivered;
use http::{Request, request::Parts};
use http_body_util::BodyExt as _;
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json};
use testing::Failed;
use tests::{
    Person, Town, an_id,
    fleet::{Gateway, Platform},
};
use tower::ServiceExt as _;

/// Where the programs are.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_BIN_EXE_function")).parent().expect("a folder").to_owned()
}

/// Payloads that no program takes.
fn strange() -> [Value; 5] {
    [json!({}), json!(null), json!("x"), json!({"Records": "x"}), json!({"version": "1.0", "path": "/"})]
}

#[tokio::test(flavor = "multi_thread")]
async fn every_endpoint_answers_as_the_local_process_does() {
    let town = Town::of_real_programs(Platform::Lambda, &folder()).await;
    let local = host::edge(host::router(town.fleet().host.clone()), &town.fleet().host);
    let mut people = Vec::new();
    for role in [Role::Customer, Role::Merchant, Role::Courier, Role::Admin] {
        people.push(town.person(role).await);
    }
    for declaration in SERVICES.iter().flat_map(|service| service.functions) {
        let Some(endpoint) = declaration.as_endpoint() else { continue };
        let name = declaration.function.name;
        let program = town.fleet().program(name).await;
        for make in requests(endpoint, &people) {
            let (head, body) = make(&town);
            let expected = shown(answer_locally(&local, head, body).await).await;
            for gateway in [Gateway::HttpApi, Gateway::FunctionUrl] {
                let (head, body) = make(&town);
                let answer = program.invoke(&gateway.payload(&head, &body)).await;
                let answer = answer.unwrap_or_else(|failed| panic!("{name} {gateway:?} {}: {failed:?}", head.uri));
                let answer = shown(Gateway::reply(&answer)).await;
                assert_eq!(answer, expected, "{name} {gateway:?} {} {}", head.method, head.uri);
            }
        }
        for payload in strange() {
            let failed = program.invoke(&payload).await;
            assert!(matches!(failed, Err(Failed::Error(_))), "{name} took {payload}: {failed:?}");
        }
        town.fleet().kill(name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_subscriber_reports_failed_messages_and_every_sweep_runs() {
    let events = events_of_an_order().await;
    let town = Town::of_real_programs(Platform::Lambda, &folder()).await;
    for declaration in SERVICES.iter().flat_map(|service| service.functions) {
        let name = declaration.function.name;
        match declaration.kind() {
            TriggerKind::Endpoint => continue,
            TriggerKind::Sweep | TriggerKind::Schedule => {
                let swept = town.fleet().program(name).await.invoke(&json!({"time": "now"})).await.expect("it runs");
                assert_eq!(swept["failed"], 0, "{name}: {swept}");
            }
            TriggerKind::Subscriber => {
                let subscribed = events.iter().filter(|event| declaration.subscriptions().contains(&event.kind));
                handles_them_all(&town, name, subscribed).await;
            }
        }
        town.fleet().kill(name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_dynamodb_holds_is_written_anew() {
    let town = Town::of_real_programs(Platform::Lambda, &folder()).await;
    let customer = town.customer().await;
    let restaurant = town.restaurant(&town.merchant().await).await;
    let order = town.order(&customer, &restaurant, "tok_ok").await;
    let before = town.see(&customer, &order).await;
    let mut reindex = tokio::process::Command::new(folder().join("examples/reindex"));
    let done = reindex.env_clear().envs(town.fleet().for_operators()).output().await.expect("it runs");
    let said = String::from_utf8_lossy(&done.stdout);
    assert!(done.status.success(), "{said}{}", String::from_utf8_lossy(&done.stderr));
    assert!(!said.contains("can't be read"), "{said}");
    for service in SERVICES {
        let line = said.lines().find(|line| line.starts_with(service.name)).expect("every service has its line");
        let written = line.split_once("items, ").expect("how many").1.split(' ').next().expect("a number");
        assert!(written.parse::<usize>().is_ok_and(|written| written > 0), "{line}");
    }
    assert_eq!(town.see(&customer, &order).await, before);
}

/// One batch: each event twice, raw and wrapped, and messages that hold no event.
async fn handles_them_all(town: &Town, name: &str, events: impl Iterator<Item = &Event>) {
    let program = town.fleet().program(name).await;
    let mut records = Vec::new();
    let mut bad = Vec::new();
    let mut sent: Vec<&Event> = events.collect();
    sent.dedup_by_key(|event| event.kind);
    assert!(!sent.is_empty(), "an order publishes nothing that {name} subscribes to");
    for event in &sent {
        let raw = serde_json::to_string(event).expect("JSON");
        let wrapped = json!({"Type": "Notification", "MessageId": "m", "TopicArn": "arn", "Message": raw}).to_string();
        records.extend([raw, wrapped]);
    }
    for body in ["{", "no event", r#"{"Message":"{}"}"#, r#"{"specversion":"1.0","type":"tiffin.order.eaten.v1"}"#] {
        bad.push(records.len().to_string());
        records.push(body.to_owned());
    }
    let records: Vec<Value> = records
        .into_iter()
        .enumerate()
        .map(|(number, body)| json!({"messageId": number.to_string(), "body": body, "eventSource": "aws:sqs"}))
        .collect();
    let answer = program.invoke(&json!({"Records": records})).await.expect("a batch is answered");
    let failed: Vec<&str> = answer["batchItemFailures"]
        .as_array()
        .expect("failures")
        .iter()
        .filter_map(|one| one["itemIdentifier"].as_str())
        .collect();
    for one in &bad {
        assert!(failed.contains(&one.as_str()), "{name} took message {one}: {answer}");
    }
    // The local process takes the same events, and refuses the same.
    for (number, event) in sent.iter().enumerate() {
        let took = !failed.contains(&(2 * number).to_string().as_str());
        let local = town.host().deliver(name, event).await;
        assert_eq!(took, local == Delivered::Done, "{name} {}: {local:?}", event.kind.short());
    }
    for payload in strange() {
        let failed = program.invoke(&payload).await;
        assert!(matches!(failed, Err(Failed::Error(_))), "{name} took {payload}: {failed:?}");
    }
}

/// Every event that is published about an order, from its placing to its delivery, and about an account.
async fn events_of_an_order() -> Vec<Event> {
    let town = Town::open().await;
    let mut published = town.local().bus.listen();
    let customer = town.customer().await;
    let merchant = town.merchant().await;
    let restaurant = town.restaurant(&merchant).await;
    let courier = town.courier_online().await;
    let order = town.order(&customer, &restaurant, "tok_ok").await;
    town.offered(&courier, &order).await;
    town.order_action(&merchant, &order, "accept", json!({"prep_minutes": 10})).await.expect(200);
    town.delivery_action(&courier, &order, "accept").await.expect(200);
    town.order_action(&merchant, &order, "ready", json!({})).await.expect(200);
    town.delivery_action(&courier, &order, "pick-up").await.expect(200);
    town.delivery_action(&courier, &order, "complete").await.expect(200);
    let merchant = merchant.id.parse().expect("an id");
    let name = "Sam Test".parse().expect("a name");
    let mut events = vec![
        testing::user_updated(merchant, Role::Merchant, &name, AccountState::Suspended, 2),
        testing::user_deleted(merchant, Role::Merchant),
    ];
    while let Ok(event) = published.try_recv() {
        events.push(event);
    }
    events
}

type Make = Box<dyn Fn(&Town) -> (Parts, Vec<u8>)>;

/// Requests to an endpoint: by nobody, by who may not, by who may; right, and wrong in every way.
fn requests(endpoint: &EndpointDeclaration, people: &[Person]) -> Vec<Make> {
    let may = |role: Role| match endpoint.access {
        Access::Public => true,
        Access::Roles(roles) => roles.contains(&role),
    };
    let method = endpoint.route.method.name();
    let route = endpoint.route.path;
    let example: Value = serde_json::from_str(endpoint.example).expect("an example is JSON");
    let has_body = endpoint.route.method.has_body();
    let caller = people.iter().find(|person| may(person.role)).expect("somebody may");
    let stranger = people.iter().find(|person| !may(person.role));
    // Who is deleted by one host is not there for the next.
    let own = if method == "DELETE" { an_id("user_id") } else { &caller.id };
    let path = path(route, Some(own));
    let (query, body) = if has_body { (String::new(), example.clone()) } else { (query(&example), Value::Null) };
    let right = format!("{path}{query}");

    let mut made: Vec<Make> = Vec::new();
    let mut add = |uri: String, token: Option<&str>, content_type: &'static str, body: String| {
        let token = token.map(str::to_owned);
        made.push(Box::new(move |town: &Town| {
            let mut request = Request::builder().method(method).uri(&uri).header("host", "api.example");
            request = request.header("idempotency-key", town.unique());
            if let Some(token) = &token {
                request = request.header("authorization", format!("Bearer {token}"));
            }
            // Nobody registers twice.
            let body = body.replace('@', &format!("-{}@", town.unique()));
            if !body.is_empty() {
                request = request.header("content-type", content_type);
            }
            let (head, ()) = request.body(()).expect("a request").into_parts();
            (head, body.into_bytes())
        }));
    };
    let text = if has_body { body.to_string() } else { String::new() };
    let token = Some(caller.token.as_str());
    add(right.clone(), token, "application/json", text.clone());
    add(right.clone(), None, "application/json", text.clone());
    add(right.clone(), Some("no.token.atall"), "application/json", text.clone());
    if let Some(stranger) = stranger {
        add(right.clone(), Some(&stranger.token), "application/json", text.clone());
    }
    add(format!("{path}?surprise=1&surprise=%zz"), token, "application/json", text.clone());
    if has_body {
        add(right.clone(), token, "text/plain", text.clone());
        add(right.clone(), token, "application/json", "{".to_owned());
        add(right.clone(), token, "application/json; charset=utf-8", r#"{"surprise":[1],"päth":"é"}"#.to_owned());
        add(right, token, "application/json", " ".repeat(300 * 1024));
    }
    for hostile in ["%2e%2e", "a%2Fb", "%00", "%ff", "%C3%A9", "..;", "a%20b", "%25zz", "%zz", "ord_%0D%0A"] {
        if route.contains('{') {
            add(self::path(route, Some(hostile)), token, "application/json", text.clone());
        }
    }
    made
}

/// A path of this route; what names a person is `own`.
fn path(route: &str, own: Option<&str>) -> String {
    let segment = |segment: &str| match segment {
        "{user_id}" | "{merchant_id}" | "{courier_id}" => own.unwrap_or_default().to_owned(),
        named if named.starts_with('{') => an_id(named.trim_matches(['{', '}'])).to_owned(),
        plain => plain.to_owned(),
    };
    let is_hostile = own.is_some_and(|own| !own.starts_with("usr_"));
    let segments = route.split('/').map(|one| match own {
        Some(own) if is_hostile && one.starts_with('{') => own.to_owned(),
        _ => segment(one),
    });
    segments.collect::<Vec<_>>().join("/")
}

fn query(example: &Value) -> String {
    let members: Vec<String> = example
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, value)| format!("{name}={}", value.as_str().map_or_else(|| value.to_string(), str::to_owned)))
        .collect();
    if members.is_empty() { String::new() } else { format!("?{}", members.join("&")) }
}

async fn answer_locally(local: &Router, head: Parts, body: Vec<u8>) -> Response {
    match local.clone().oneshot(Request::from_parts(head, Body::from(body))).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

/// Headers that differ from reply to reply.
const VARYING: [&str; 4] = ["date", "x-request-id", "etag", "content-length"];

/// What of a reply depends neither on time nor on randomness.
async fn shown(response: Response) -> Value {
    let (head, body) = response.into_parts();
    let bytes = body.collect().await.expect("the body arrives").to_bytes();
    let body = if bytes.is_empty() { Value::Null } else { serde_json::from_slice(&bytes).expect("JSON") };
    let names = head.headers.keys().filter(|name| !VARYING.contains(&name.as_str()));
    let headers: Map<String, Value> = names
        .map(|name| {
            let values: Vec<&str> = head.headers.get_all(name).iter().filter_map(|value| value.to_str().ok()).collect();
            (name.to_string(), masked("", values.join(", ").into()))
        })
        .collect();
    json!({"status": head.status.as_u16(), "headers": headers, "body": masked("", body)})
}

fn masked(name: &str, value: Value) -> Value {
    match value {
        Value::Object(members) => {
            members.into_iter().map(|(name, value)| (name.clone(), masked(&name, value))).collect()
        }
        Value::Array(items) => items.into_iter().map(|item| masked(name, item)).collect(),
        // An HTTP API does not say how a path was encoded.
        Value::String(text) if name == "instance" => percent_decode_str(&text).decode_utf8_lossy().into(),
        Value::String(_) if name == "refresh_token" => Value::from("token"),
        Value::String(text) => Value::from(text.split('/').map(mask).collect::<Vec<_>>().join("/")),
        Value::Number(_) if name == "version" => Value::from("version"),
        other @ (Value::Null | Value::Bool(_) | Value::Number(_)) => other,
    }
}

fn mask(text: &str) -> &str {
    let is_id = text.len() == 30 && text.as_bytes().get(3) == Some(&b'_');
    match text {
        _ if is_id => "id",
        _ if text.starts_with("eyJ") => "token",
        _ if text.contains('@') => "e-mail",
        _ if text.len() == 20 && text.starts_with("20") && text.ends_with('Z') => "time",
        other => other,
    }
}
