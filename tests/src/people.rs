//! The people of a town and what they do all the time, over the API.

use std::cell::Cell;

use domain::{AccountState, Event, EventId, Role, UserId, UserKind};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{Reply, Town, town::LOOKS_UNTIL_CAUGHT_UP};

/// The middle of the town, and a place about 1,200 m from it, as latitude and longitude.
const CENTRE: (f64, f64) = (44.4268, 26.1025);
const HOME: (f64, f64) = (44.4350, 26.1120);
/// Everybody's password.
pub const PASSWORD: &str = "correct horse battery";

/// Somebody who is signed in.
#[derive(Clone, Debug)]
pub struct Person {
    pub id: String,
    /// Their access token, which is valid for ten minutes.
    pub token: String,
    pub role: Role,
    pub email: String,
}

/// A restaurant with one plain dish and one with options.
#[derive(Clone, Debug)]
pub struct Restaurant {
    pub id: String,
    /// A dish without options, 12.50 EUR.
    pub soup: String,
    /// A dish with a group of options of which one must be chosen.
    pub pizza: String,
    /// The options of that group.
    pub sizes: Vec<String>,
}

impl Town {
    /// Somebody new of this role.
    pub async fn person(&self, role: Role) -> Person {
        if role == Role::Admin {
            return self.admin().await;
        }
        let email = format!("{role}-{}@example.com", self.unique());
        let body =
            json!({"email": email, "password": PASSWORD, "name": "Sam Test", "role": role, "phone": "+40 700 000 000"});
        let reply = self.send(self.request(Method::POST, "/v1/users", None).json(&body)).await.expect(201);
        let user = &reply.body["user"];
        let session = &reply.body["session"];
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        Person { id: text(&user["id"]), token: text(&session["access_token"]), role, email }
    }

    /// A new customer.
    pub async fn customer(&self) -> Person {
        self.person(Role::Customer).await
    }

    /// A new merchant.
    pub async fn merchant(&self) -> Person {
        self.person(Role::Merchant).await
    }

    /// A new courier, with a bicycle, offline.
    pub async fn courier(&self) -> Person {
        let courier = self.person(Role::Courier).await;
        self.put(&courier, &format!("/v1/couriers/{}", courier.id), json!({"vehicle": "bicycle"})).await.expect(200);
        courier
    }

    /// A new courier who is online in the middle of the town.
    pub async fn courier_online(&self) -> Person {
        let courier = self.courier().await;
        self.go_online(&courier).await.expect(200);
        courier
    }

    /// An address that somebody keeps; its id.
    pub async fn address(&self, person: &Person) -> String {
        self.post(person, &format!("/v1/users/{}/addresses", person.id), address()).await.expect(201).text("id")
    }

    /// Brings a courier online in the middle of the town.
    pub async fn go_online(&self, courier: &Person) -> Reply {
        let body = json!({"online": true, "place": place(CENTRE)});
        self.put(courier, &format!("/v1/couriers/{}/availability", courier.id), body).await
    }

    /// An administrator; nobody can register as one, so the account is written to the store.
    async fn admin(&self) -> Person {
        let id = UserId::generate(app::Clock::now(&*self.clock), [9; 10]);
        let context = self.host().context_of("register-user").expect("there is such a function");
        let email: domain::Email = "admin@example.com".parse().expect("an e-mail");
        if let Ok(Some(_)) = users::account_by_email(context, &email).await {
            return self.sign_in("admin@example.com", Role::Admin).await;
        }
        let password = users::PasswordHash::of(context, PASSWORD.parse().expect("a password")).await.expect("a hash");
        let account = users::Account {
            id,
            email: Some(email),
            name: "Ada Admin".parse().expect("a name"),
            role: Role::Admin,
            state: AccountState::Active,
            phone: None,
            locale: None,
            password: Some(password),
            password_changed_at: None,
            created_at: self.now(),
            epoch: 0,
        };
        let changes = users::registration(&account);
        self.store().transact(users::USERS, changes.writes).await.expect("the account can be saved");
        self.sign_in("admin@example.com", Role::Admin).await
    }

    /// Signs in somebody who is registered.
    pub async fn sign_in(&self, email: &str, role: Role) -> Person {
        let body = json!({"email": email, "password": PASSWORD});
        let session = self.send(self.request(Method::POST, "/v1/sessions", None).json(&body)).await.expect(201);
        Person { id: session.text("user_id"), token: session.text("access_token"), role, email: email.to_owned() }
    }

    /// The same person with a new token: a token is valid for ten minutes, and tests let hours pass.
    pub async fn sign_in_again(&self, person: &Person) -> Person {
        self.sign_in(&person.email, person.role).await
    }

    /// The event that somebody's account is in this state now, its `sequence`th.
    pub fn account_event(&self, person: &Person, sequence: u64, state: &str) -> Event {
        // No two events of a town have one id: they differ in the person or in the number.
        let user: UserId = person.id.parse().expect("an id");
        let mut random = [0; 10];
        random.copy_from_slice(&user.uuid().as_bytes()[6..]);
        random[9] ^= sequence.to_le_bytes()[0];
        Event {
            id: EventId::generate(app::Clock::now(&*self.clock), random),
            kind: UserKind::Updated.into(),
            subject: person.id.clone(),
            time: self.now(),
            partition_key: person.id.clone(),
            sequence,
            traceparent: None,
            data: json!({
                "user_id": person.id, "role": person.role, "name": "Sam Test", "state": state,
                "by": {"role": "admin", "id": null},
            }),
        }
    }

    /// Sweeps until the order has ended.
    pub async fn eventually_swept(&self, customer: &Person, order: &str) {
        self.eventually_while_busy("the sweep", async || {
            self.sweep().await;
            let status = self.status(customer, order).await;
            ["payment_failed", "rejected", "cancelled", "undeliverable"].contains(&status.as_str()).then_some(())
        })
        .await;
    }

    /// A restaurant of this merchant in the middle of the town.
    pub async fn restaurant(&self, merchant: &Person) -> Restaurant {
        let restaurant = self.post(merchant, "/v1/restaurants", restaurant()).await.expect(201);
        let id = restaurant.text("id");
        let items = format!("/v1/restaurants/{id}/menu/items");
        let soup = self.post(merchant, &items, soup()).await.expect(201).text("id");
        let pizza = self.post(merchant, &items, pizza()).await.expect(201);
        let options = pizza.body["option_groups"][0]["options"].as_array().expect("options").clone();
        let sizes = options.iter().map(|option| option["id"].as_str().expect("an id").to_owned()).collect();
        Restaurant { id, soup, pizza: pizza.text("id"), sizes }
    }

    /// A quote for two soups, delivered to [`home`].
    pub async fn quote(&self, customer: &Person, restaurant: &Restaurant) -> Reply {
        let body = json!({"items": [{"item_id": restaurant.soup, "quantity": 2, "options": []}], "deliver_to": home()});
        self.post(customer, &format!("/v1/restaurants/{}/quotes", restaurant.id), body).await
    }

    /// Places an order on a quote with an idempotency key.
    pub async fn place(&self, customer: &Person, key: &str, quote: &str, payment_method: &str) -> Reply {
        let body = json!({"quote": quote, "payment_method": payment_method});
        let request = self.request(Method::POST, "/v1/orders", Some(customer)).header("idempotency-key", key);
        self.send(request.json(&body)).await
    }

    /// Two soups, ordered, with all events handled; returns the order's id.
    pub async fn order(&self, customer: &Person, restaurant: &Restaurant, payment_method: &str) -> String {
        let quote = self.quote(customer, restaurant).await.expect(200).text("quote");
        let order = self.place(customer, &self.unique(), &quote, payment_method).await.expect(201).text("id");
        self.wait_until_idle().await;
        order
    }

    /// Does something with an order, and waits until its events are handled.
    pub async fn order_action(&self, who: &Person, order: &str, action: &str, body: Value) -> Reply {
        let reply = self.post(who, &format!("/v1/orders/{order}/{action}"), body).await;
        self.wait_until_idle().await;
        reply
    }

    /// Does something with the delivery of an order, and waits until its events are handled.
    pub async fn delivery_action(&self, courier: &Person, order: &str, action: &str) -> Reply {
        let reply = self.act(courier, &format!("/v1/deliveries/{}/{action}", delivery_of(order))).await;
        self.wait_until_idle().await;
        reply
    }

    /// An order, as somebody sees it.
    pub async fn see(&self, who: &Person, order: &str) -> Value {
        self.get(who, &format!("/v1/orders/{order}")).await.expect(200).body
    }

    /// The status of an order, as its customer sees it.
    pub async fn status(&self, customer: &Person, order: &str) -> String {
        self.see(customer, order).await["status"].as_str().expect("a status").to_owned()
    }

    /// The types of an order's journey, oldest first.
    pub async fn journey(&self, customer: &Person, order: &str) -> Vec<String> {
        let reply = self.get(customer, &format!("/v1/orders/{order}/events?limit=100")).await.expect(200);
        let entries = reply.body["items"].as_array().expect("entries").clone();
        entries.iter().map(|entry| entry["type"].as_str().expect("a type").to_owned()).collect()
    }

    /// The payment of an order, as its customer sees it.
    pub async fn payment(&self, customer: &Person, order: &str) -> Value {
        let reply = self.get(customer, &format!("/v1/payments?order_id={order}")).await.expect(200);
        reply.body["items"][0].clone()
    }

    /// Waits until this courier is offered the delivery of this order. Where a lagging index hid the courier, the offer
    /// comes with the search that is due a second later; so a second passes, but not before the index has caught up, or
    /// offers would expire while they are looked for.
    pub async fn offered(&self, courier: &Person, order: &str) -> Value {
        let delivery = delivery_of(order);
        let looks = Cell::new(0_usize);
        self.eventually("an offer", async || {
            looks.set(looks.get() + 1);
            if looks.get().is_multiple_of(LOOKS_UNTIL_CAUGHT_UP) {
                self.pass_s(1).await;
            }
            let reply = self.get(courier, "/v1/deliveries?limit=100").await.expect(200);
            let items = reply.body["items"].as_array().expect("deliveries").clone();
            items.into_iter().find(|item| item["id"] == delivery.as_str() && item["state"] == "offered")
        })
        .await
    }

    /// A word that was not used before in this town.
    pub fn unique(&self) -> String {
        use std::sync::atomic::{AtomicUsize, Ordering};
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        format!("n{}", COUNT.fetch_add(1, Ordering::SeqCst))
    }
}

/// The id of an order's delivery: the order's, under another prefix.
pub fn delivery_of(order: &str) -> String {
    order.replacen("ord_", "dlv_", 1)
}

/// The id of an order's payment: the order's, under another prefix.
pub fn payment_of(order: &str) -> String {
    order.replacen("ord_", "pay_", 1)
}

/// Something for a parameter of a path.
///
/// # Panics
/// Where nothing is said of it.
pub fn an_id(name: &str) -> &'static str {
    match name {
        "user_id" | "merchant_id" | "courier_id" => "usr_01h455vb4pex5vsknk084sn02q",
        "restaurant_id" => "rst_01h455vb4pex5vsknk084sn02q",
        "address_id" => "adr_01h455vb4pex5vsknk084sn02q",
        "item_id" => "itm_01h455vb4pex5vsknk084sn02q",
        "order_id" => "ord_01h455vb4pex5vsknk084sn02q",
        "provider" => "simulated",
        "payment_id" => "pay_01h455vb4pex5vsknk084sn02q",
        "delivery_id" => "dlv_01h455vb4pex5vsknk084sn02q",
        "notification_id" => "ntf_01h455vb4pex5vsknk084sn02q",
        other => panic!("no id for {other}"),
    }
}

/// Where the customers of the town live.
pub fn home() -> Value {
    json!({"place": place(HOME), "address": at("Strada Lunga 7"), "notes": "second floor"})
}

/// An address to keep: [`home`].
pub fn address() -> Value {
    let mut address = home();
    address["label"] = "Home".into();
    address
}

/// What a restaurant is made from.
pub fn restaurant() -> Value {
    json!({
        "name": "La Mama", "description": "Home cooking", "phone": "+40 21 000 0000", "cuisines": ["romanian"],
        "place": place(CENTRE), "address": at("Piata Unirii 1"), "time_zone": "Europe/Bucharest", "currency": "EUR",
        "prep_minutes": 15, "delivery_radius_m": 5000, "delivery_fee": {"base": eur(150), "per_km": eur(40)},
        "min_order": eur(1000), "small_order": {"below": eur(1500), "fee": eur(100)}, "tax_rate_bp": 900,
        "picture": "stew",
    })
}

/// A dish without options.
pub fn soup() -> Value {
    json!({
        "section": "Soups", "name": "Ciorba", "price": eur(1250), "allergens": ["celery"], "dietary": ["lactose_free"],
        "picture": "soup",
    })
}

fn pizza() -> Value {
    json!({
        "section": "Pizza", "name": "Margherita", "price": eur(900),
        "option_groups": [{"name": "Size", "min": 1, "max": 1, "options": [
            {"name": "Small", "price": eur(0)}, {"name": "Large", "price": eur(300)},
        ]}],
    })
}

fn place((lat, lon): (f64, f64)) -> Value {
    json!({"lat": lat, "lon": lon})
}

fn at(street: &str) -> Value {
    json!({"street": street, "city": "Bucharest", "postcode": "030101", "country": "RO"})
}

fn eur(amount: i64) -> Value {
    json!({"amount": amount, "currency": "EUR"})
}
