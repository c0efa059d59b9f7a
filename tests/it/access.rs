//! The access matrix in full: every route × everybody. A route without an entry here fails.

use std::collections::BTreeSet;

use app::{Access, Grant, InputForm, Method, SecretName, standard_webhooks};
use domain::Role;
use reqwest::{RequestBuilder, StatusCode};
use serde_json::{Value, json};
use tests::{Person, Restaurant, Town, address, delivery_of, fleet, home, payment_of, restaurant, soup};
use tiffin::services::SERVICES;

/// Everybody: those the things belong to, and strangers of the same roles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Who {
    Customer,
    Merchant,
    Courier,
    Admin,
    OtherCustomer,
    OtherMerchant,
    OtherCourier,
}

use Who::{Admin, Courier, Customer, Merchant, OtherCourier, OtherCustomer, OtherMerchant};

const EVERYBODY: [Who; 7] = [OtherCustomer, OtherMerchant, OtherCourier, Customer, Merchant, Courier, Admin];

/// What somebody sees whose role is allowed, but who does not own the thing.
#[derive(Clone, Copy, Debug)]
enum Others {
    /// 404, as if it were not there.
    Hidden,
    /// An empty list.
    Nothing,
}

struct Entry {
    function: &'static str,
    path: fn(&Cast, Who) -> String,
    body: fn(&Cast) -> Value,
    /// Those who may call it.
    for_whom: &'static [Who],
    others: Others,
}

struct Cast {
    people: Vec<(Who, Person)>,
    restaurant: Restaurant,
    order: String,
    delivery: String,
    notification: String,
    quote: String,
    /// That the customer keeps.
    address: String,
}

impl Cast {
    fn person(&self, who: Who) -> &Person {
        &self.people.iter().find(|(one, _)| *one == who).expect("everybody is in the cast").1
    }

    /// A paid order whose delivery is offered to the courier; and what each needs to act.
    async fn of(town: &Town) -> Self {
        let mut people = Vec::new();
        for (who, role) in [
            (Customer, Role::Customer),
            (Merchant, Role::Merchant),
            (Admin, Role::Admin),
            (OtherCustomer, Role::Customer),
            (OtherMerchant, Role::Merchant),
        ] {
            people.push((who, town.person(role).await));
        }
        people.push((OtherCourier, town.courier().await));
        people.push((Courier, town.courier_online().await));
        let find = |who: Who| people.iter().find(|(one, _)| *one == who).expect("made above").1.clone();
        let customer = find(Customer);
        let courier = find(Courier);
        let restaurant = town.restaurant(&find(Merchant)).await;
        let order = town.order(&customer, &restaurant, "tok_ok").await;
        town.offered(&courier, &order).await;
        let notices = town.get(&customer, "/v1/notifications").await.expect(200);
        let notification = notices.body["items"][0]["id"].as_str().expect("a notice of the order").to_owned();
        let quote = town.quote(&customer, &restaurant).await.expect(200).text("quote");
        let address = town.address(&customer).await;
        let delivery = delivery_of(&order);
        Self { people, restaurant, order, delivery, notification, quote, address }
    }
}

const ANYBODY: &[Who] = &EVERYBODY;

/// In an order in which no call spoils a later one.
const MATRIX: &[Entry] = &[
    entry("register-user", |_, _| "/v1/users".into(), |_| json!({}), ANYBODY, Others::Hidden),
    entry("reset-password", |_, _| "/v1/users/password-reset".into(), |_| json!({}), ANYBODY, Others::Hidden),
    entry("list-users", |_, _| "/v1/users?role=customer".into(), nothing, &[Admin], Others::Hidden),
    entry("sign-in", |_, _| "/v1/sessions".into(), |_| json!({}), ANYBODY, Others::Hidden),
    entry("refresh-session", |_, _| "/v1/sessions/refresh".into(), |_| json!({}), ANYBODY, Others::Hidden),
    entry("sign-out", |_, _| "/v1/sessions/current".into(), nothing, ANYBODY, Others::Hidden),
    entry(
        "get-openid-configuration",
        |_, _| "/.well-known/openid-configuration".into(),
        nothing,
        ANYBODY,
        Others::Hidden,
    ),
    entry("get-jwks", |_, _| "/.well-known/jwks.json".into(), nothing, ANYBODY, Others::Hidden),
    entry(
        "get-user",
        |cast, _| format!("/v1/users/{}", cast.person(Customer).id),
        nothing,
        &[Customer, Admin],
        Others::Hidden,
    ),
    entry(
        "update-user",
        |cast, _| format!("/v1/users/{}", cast.person(Customer).id),
        |_| json!({"locale": "ro-RO"}),
        &[Customer, Admin],
        Others::Hidden,
    ),
    entry(
        "list-addresses",
        |cast, _| format!("/v1/users/{}/addresses", cast.person(Customer).id),
        nothing,
        &[Customer],
        Others::Hidden,
    ),
    entry(
        "add-address",
        |cast, _| format!("/v1/users/{}/addresses", cast.person(Customer).id),
        |_| address(),
        &[Customer],
        Others::Hidden,
    ),
    entry(
        "remove-address",
        |cast, _| format!("/v1/users/{}/addresses/{}", cast.person(Customer).id, cast.address),
        nothing,
        &[Customer],
        Others::Hidden,
    ),
    entry(
        "export-user",
        |cast, _| format!("/v1/users/{}/export", cast.person(Customer).id),
        nothing,
        &[Customer],
        Others::Hidden,
    ),
    entry("export-restaurants", |_, _| "/v1/restaurants/export".into(), nothing, &[Merchant], Others::Nothing),
    entry("export-orders", |_, _| "/v1/orders/export".into(), nothing, &[Customer, Merchant], Others::Nothing),
    entry("export-payments", |_, _| "/v1/payments/export".into(), nothing, &[Customer, Merchant], Others::Nothing),
    entry("export-deliveries", |_, _| "/v1/deliveries/export".into(), nothing, &[Customer, Merchant], Others::Nothing),
    entry("export-notifications", |_, _| "/v1/notifications/export".into(), nothing, ANYBODY, Others::Nothing),
    entry(
        "list-own-restaurants",
        |cast, _| format!("/v1/merchants/{}/restaurants", cast.person(Merchant).id),
        nothing,
        &[Merchant, Admin],
        Others::Hidden,
    ),
    entry(
        "create-restaurant",
        |_, _| "/v1/restaurants".into(),
        |_| restaurant(),
        &[Merchant, OtherMerchant],
        Others::Hidden,
    ),
    entry(
        "get-restaurant",
        |cast, _| format!("/v1/restaurants/{}", cast.restaurant.id),
        nothing,
        ANYBODY,
        Others::Hidden,
    ),
    entry(
        "update-restaurant",
        |cast, _| format!("/v1/restaurants/{}", cast.restaurant.id),
        |_| json!({"prep_minutes": 25}),
        &[Merchant, Admin],
        Others::Hidden,
    ),
    entry(
        "search-restaurants",
        |_, _| "/v1/restaurants?lat=44.4268&lon=26.1025".into(),
        nothing,
        ANYBODY,
        Others::Hidden,
    ),
    entry(
        "get-menu",
        |cast, _| format!("/v1/restaurants/{}/menu", cast.restaurant.id),
        nothing,
        ANYBODY,
        Others::Hidden,
    ),
    entry(
        "add-menu-item",
        |cast, _| format!("/v1/restaurants/{}/menu/items", cast.restaurant.id),
        |_| soup(),
        &[Merchant],
        Others::Hidden,
    ),
    entry(
        "quote-basket",
        |cast, _| format!("/v1/restaurants/{}/quotes", cast.restaurant.id),
        |cast| json!({"items": [{"item_id": cast.restaurant.soup, "quantity": 1, "options": []}], "deliver_to": home()}),
        &[Customer, OtherCustomer],
        Others::Hidden,
    ),
    entry(
        "place-order",
        |_, _| "/v1/orders".into(),
        |cast| json!({"quote": cast.quote, "payment_method": "tok_ok"}),
        &[Customer, OtherCustomer],
        Others::Hidden,
    ),
    entry("list-orders", orders, nothing, &[Customer, Merchant], Others::Nothing),
    entry(
        "get-order",
        |cast, _| format!("/v1/orders/{}", cast.order),
        nothing,
        &[Customer, Merchant, Admin],
        Others::Hidden,
    ),
    entry(
        "follow-order",
        |cast, _| format!("/v1/orders/{}/events", cast.order),
        nothing,
        &[Customer, Merchant, Admin],
        Others::Hidden,
    ),
    entry(
        "list-payments",
        |cast, _| format!("/v1/payments?order_id={}", cast.order),
        nothing,
        &[Customer, Merchant, Admin],
        Others::Nothing,
    ),
    entry(
        "get-payment",
        |cast, _| format!("/v1/payments/{}", payment_of(&cast.order)),
        nothing,
        &[Customer, Merchant, Admin],
        Others::Hidden,
    ),
    entry(
        "receive-provider-webhook",
        |_, _| "/v1/payments/webhooks/simulated".into(),
        |_| json!({"type": "of-another-version", "timestamp": testing::NOON, "data": {}}),
        ANYBODY,
        Others::Hidden,
    ),
    entry("list-deliveries", |_, _| "/v1/deliveries".into(), nothing, &[Courier, Admin], Others::Nothing),
    entry("list-notifications", |_, _| "/v1/notifications".into(), nothing, ANYBODY, Others::Nothing),
    entry(
        "read-notification",
        |cast, _| format!("/v1/notifications/{}/read", cast.notification),
        nothing,
        &[Customer],
        Others::Hidden,
    ),
    entry(
        "put-courier",
        |cast, _| format!("/v1/couriers/{}", cast.person(Courier).id),
        |_| json!({"vehicle": "scooter"}),
        &[Courier],
        Others::Hidden,
    ),
    entry(
        "get-courier",
        |cast, _| format!("/v1/couriers/{}", cast.person(Courier).id),
        nothing,
        &[Courier, Admin],
        Others::Hidden,
    ),
    entry(
        "accept-offer",
        |cast, _| format!("/v1/deliveries/{}/accept", cast.delivery),
        nothing,
        &[Courier],
        Others::Hidden,
    ),
    entry(
        "decline-offer",
        |cast, _| format!("/v1/deliveries/{}/decline", cast.delivery),
        nothing,
        &[Courier],
        Others::Hidden,
    ),
    entry(
        "accept-order",
        |cast, _| format!("/v1/orders/{}/accept", cast.order),
        |_| json!({"prep_minutes": 5}),
        &[Merchant],
        Others::Hidden,
    ),
    entry(
        "reject-order",
        |cast, _| format!("/v1/orders/{}/reject", cast.order),
        |_| json!({"reason": "no"}),
        &[Merchant],
        Others::Hidden,
    ),
    entry(
        "mark-order-ready",
        |cast, _| format!("/v1/orders/{}/ready", cast.order),
        nothing,
        &[Merchant],
        Others::Hidden,
    ),
    entry(
        "refund-payment",
        |cast, _| format!("/v1/payments/{}/refunds", payment_of(&cast.order)),
        |_| json!({"amount": {"amount": 100, "currency": "RON"}, "reason": "cold"}),
        &[Merchant, Admin],
        Others::Hidden,
    ),
    entry(
        "pick-up-delivery",
        |cast, _| format!("/v1/deliveries/{}/pick-up", cast.delivery),
        nothing,
        &[Courier],
        Others::Hidden,
    ),
    entry(
        "report-location",
        |cast, _| format!("/v1/couriers/{}/location", cast.person(Courier).id),
        |_| json!({"place": home()["place"]}),
        &[Courier],
        Others::Hidden,
    ),
    entry(
        "track-delivery",
        |cast, _| format!("/v1/deliveries/{}/track", cast.delivery),
        nothing,
        &[Customer, Courier, Admin],
        Others::Hidden,
    ),
    entry(
        "complete-delivery",
        |cast, _| format!("/v1/deliveries/{}/complete", cast.delivery),
        nothing,
        &[Courier],
        Others::Hidden,
    ),
    entry(
        "cancel-order",
        |cast, _| format!("/v1/orders/{}/cancel", cast.order),
        |_| json!({"reason": "late"}),
        &[Customer, Merchant, Admin],
        Others::Hidden,
    ),
    entry(
        "set-courier-availability",
        |cast, _| format!("/v1/couriers/{}/availability", cast.person(Courier).id),
        |_| json!({"online": false}),
        &[Courier],
        Others::Hidden,
    ),
    // Administrators delete another's.
    entry(
        "delete-user",
        |cast, who| format!("/v1/users/{}", cast.person(if who == Admin { OtherCustomer } else { Customer }).id),
        nothing,
        &[Customer, Admin],
        Others::Hidden,
    ),
];

const fn entry(
    function: &'static str,
    path: fn(&Cast, Who) -> String,
    body: fn(&Cast) -> Value,
    for_whom: &'static [Who],
    others: Others,
) -> Entry {
    Entry { function, path, body, for_whom, others }
}

fn nothing(_: &Cast) -> Value {
    Value::Null
}

/// Customers have one list, merchants one per restaurant.
fn orders(cast: &Cast, who: Who) -> String {
    match who {
        Merchant | OtherMerchant => format!("/v1/orders?restaurant_id={}", cast.restaurant.id),
        Customer | Courier | Admin | OtherCustomer | OtherCourier => "/v1/orders".into(),
    }
}

#[test]
fn every_route_has_an_entry() {
    let declared: BTreeSet<&str> = endpoints().map(|(name, _)| name).collect();
    let entered: BTreeSet<&str> = MATRIX.iter().map(|entry| entry.function).collect();
    let missing: Vec<_> = declared.symmetric_difference(&entered).collect();
    assert!(missing.is_empty(), "declared without an entry, or entered and not declared: {missing:?}");
}

#[tokio::test]
async fn no_route_shows_or_changes_what_is_not_the_callers() {
    let town = Town::open().await;
    let cast = Cast::of(&town).await;
    for entry in MATRIX {
        let (_, endpoint) = endpoints().find(|(name, _)| *name == entry.function).expect("it is declared");
        let method = reqwest::Method::from_bytes(endpoint.route.method.name().as_bytes()).expect("a method");
        let body = (entry.body)(&cast);
        let ask = async |who: Option<Who>| {
            let path = (entry.path)(&cast, who.unwrap_or(Customer));
            let mut request = town.request(method.clone(), &path, who.map(|who| cast.person(who)));
            if endpoint.route.method == Method::Post {
                request = request.header("idempotency-key", town.unique());
            }
            if !body.is_null() {
                request = request.json(&body);
            }
            if endpoint.form == InputForm::Raw {
                request = signed(&town, entry.function, request, &body);
            }
            town.send(request).await
        };
        let anybody = ask(None).await.status;
        assert_eq!(
            anybody == StatusCode::UNAUTHORIZED,
            endpoint.access != Access::Public,
            "{}: anybody",
            entry.function
        );
        for who in EVERYBODY {
            let reply = ask(Some(who)).await;
            let role = cast.person(who).role;
            let outcome = format!("{} by {who:?}: {} {}", entry.function, reply.status, reply.body);
            if !endpoint.access.allows(role) {
                assert_eq!(reply.status, StatusCode::FORBIDDEN, "{outcome}");
            } else if entry.for_whom.contains(&who) {
                assert!(![401, 403, 404].contains(&reply.status.as_u16()) && reply.status.as_u16() < 500, "{outcome}");
            } else {
                match entry.others {
                    Others::Hidden => assert_eq!(reply.status, StatusCode::NOT_FOUND, "{outcome}"),
                    Others::Nothing => assert_eq!(reply.body["items"], json!([]), "{outcome}"),
                }
            }
        }
        town.wait_until_idle().await;
    }
}

/// Signs a body with the secret that the function knows.
fn signed(town: &Town, function: &str, request: RequestBuilder, body: &Value) -> RequestBuilder {
    let declared = SERVICES.iter().find_map(|service| service.function(function)).expect("it is declared");
    let mut grants = declared.function.grants();
    let secret =
        grants.find_map(|grant| fleet::shared_secrets().remove(&secret_of(grant)?)).expect("it knows a secret");
    let headers = standard_webhooks::signed(&secret, &town.unique(), town.now(), body.to_string().as_bytes());
    headers.expect("the secret is one").into_iter().fold(request, |request, (name, value)| request.header(name, value))
}

const fn secret_of(grant: Grant) -> Option<SecretName> {
    if let Grant::Secret(name) = grant { Some(name) } else { None }
}

fn endpoints() -> impl Iterator<Item = (&'static str, &'static app::EndpointDeclaration)> {
    let functions = SERVICES.iter().flat_map(|service| service.functions);
    functions.filter_map(|declaration| Some((declaration.function.name, declaration.as_endpoint()?)))
}
