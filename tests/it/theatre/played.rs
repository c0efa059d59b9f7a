//! Simulators in the theatre, and who is offered its orders.

use std::time::{Duration, Instant};

use app::Stored as _;
use deliveries::{Courier, DELIVERIES};
use domain::{Place, Role};
use reqwest::Method;
use serde_json::{Value, json};
use tests::{Person, Town, delivery_of, home};
use tiffin::{
    city::{self, Part},
    simulate::{Simulate, play_theatre},
};
use tokio::{sync::watch, task::JoinHandle};

use super::{city as city_of, dinner, person, put, theatre};

/// How much faster than normal simulators play here.
const SPEED: f64 = 20.0;
/// How long anything may take.
const TIMEOUT: Duration = Duration::from_mins(1);
/// Between two polls.
const POLL: Duration = Duration::from_millis(20);

/// Simulators at work.
struct Simulators {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Simulators {
    fn start(town: &Town) -> Self {
        let (stop, stopping) = watch::channel(false);
        let playing = play_theatre(town.url.clone(), town.local().theatre.clone(), SPEED, 1, stopping);
        Self { stop, task: tokio::spawn(playing) }
    }

    async fn stop(self) {
        self.stop.send_replace(true);
        self.task.await.expect("they leave");
    }
}

/// Polls until it is so.
async fn until(what: &str, condition: impl AsyncFn() -> bool) {
    let begun = Instant::now();
    while !condition().await {
        assert!(begun.elapsed() < TIMEOUT, "{what}: never seen");
        tokio::time::sleep(POLL).await;
    }
}

async fn until_status(town: &Town, customer: &Person, order: &str, status: &str) {
    until(status, async || town.status(customer, order).await == status).await;
}

/// The theatre's courier, as they are stored.
async fn courier(town: &Town) -> Courier {
    let key = Courier::key(&city::cast().courier.id);
    let found = town.store().get(DELIVERIES, &key).await.expect("it can be read");
    found.expect("the courier is there").read().expect("a courier")
}

async fn until_online(town: &Town) {
    until("the courier comes online", async || courier(town).await.online).await;
}

async fn go_online(town: &Town, courier: &Person, place: Place) {
    let path = format!("/v1/couriers/{}/availability", courier.id);
    town.put(courier, &path, json!({"online": true, "place": place})).await.expect(200);
}

/// What a courier is offered or has to do.
async fn deliveries_of(town: &Town, courier: &Person) -> Vec<Value> {
    let list = town.get(courier, "/v1/deliveries").await.expect(200).body;
    list["items"].as_array().expect("deliveries").clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn with_the_switches_on_the_theatres_courier_delivers_and_comes_back() {
    let town = city_of(Simulate::ALL).await;
    let simulators = Simulators::start(&town);
    until_online(&town).await;
    assert_eq!(theatre(&town).await["counts"]["couriers_online"], 1);
    let customer = person(&town, "customer").await;
    for _ in 0..2 {
        let order = dinner(&town, &customer).await;
        until_status(&town, &customer, &order, "delivered").await;
        let delivered = town.see(&customer, &order).await;
        assert_eq!(delivered["courier"]["name"], json!(city::cast().courier.name));
        let stand = Some(city::cast().stand());
        until("the courier comes back", async || courier(&town).await.place == stand).await;
    }
    simulators.stop().await;
    assert!(!courier(&town).await.online, "who was played goes home");
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_switch_off_its_role_is_a_persons_and_stays_as_it_is() {
    let town = city_of(Simulate::ALL).await;
    let simulators = Simulators::start(&town);
    until_online(&town).await;
    let customer = person(&town, "customer").await;
    let merchant = person(&town, "merchant").await;
    let rider = person(&town, "courier").await;
    put(&town, "courier", false).await.expect(200);
    let order = dinner(&town, &customer).await;
    town.offered(&rider, &order).await;
    // The owner cooks on; the courier does nothing by themselves, and is still there.
    until_status(&town, &customer, &order, "ready").await;
    let offered = town.get(&rider, "/v1/deliveries?state=offered").await.expect(200).body;
    assert_eq!(offered["items"][0]["id"], delivery_of(&order).as_str());
    assert!(courier(&town).await.online);
    town.delivery_action(&rider, &order, "accept").await.expect(200);
    town.delivery_action(&rider, &order, "pick-up").await.expect(200);

    // Half way, simulators take over again; and in the kitchen a person does.
    put(&town, "merchant", false).await.expect(200);
    put(&town, "courier", true).await.expect(200);
    until_status(&town, &customer, &order, "delivered").await;
    let order = dinner(&town, &customer).await;
    until("the courier takes the next", async || {
        let deliveries = deliveries_of(&town, &rider).await;
        deliveries.iter().any(|it| it["id"] == delivery_of(&order).as_str() && it["state"] == "assigned")
    })
    .await;
    assert_eq!(town.status(&customer, &order).await, "paid", "nobody answers but a person");
    town.order_action(&merchant, &order, "accept", json!({"prep_minutes": 5})).await.expect(200);
    town.order_action(&merchant, &order, "ready", json!({})).await.expect(200);
    until_status(&town, &customer, &order, "delivered").await;

    put(&town, "courier", false).await.expect(200);
    simulators.stop().await;
    assert!(courier(&town).await.online, "a role that a person plays stays as it is, also when the simulators leave");
}

#[tokio::test(flavor = "multi_thread")]
async fn with_nobody_simulated_nobody_is_played_unless_somebody_wants_it() {
    let town = city_of(Simulate::NONE).await;
    let simulators = Simulators::start(&town);
    let customer = person(&town, "customer").await;
    put(&town, "merchant", true).await.expect(200);
    let order = dinner(&town, &customer).await;
    until_status(&town, &customer, &order, "ready").await;
    let courier = courier(&town).await;
    assert!(!courier.online);
    assert_eq!(courier.place, Some(city::cast().stand()));
    simulators.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_theatres_courier_takes_nothing_from_elsewhere() {
    let town = city_of(Simulate::NONE).await;
    let customer = town.customer().await;
    let merchant = town.merchant().await;
    let elsewhere = town.restaurant(&merchant).await;
    let rider = person(&town, "courier").await;
    // A person took them to town, where a delivery was offered to them.
    go_online(&town, &rider, place(&home())).await;
    let order = town.order(&customer, &elsewhere, "tok_ok").await;
    town.offered(&rider, &order).await;
    put(&town, "courier", true).await.expect(200);
    let simulators = Simulators::start(&town);
    let stand = Some(city::cast().stand());
    until("they are back", async || {
        let courier = courier(&town).await;
        courier.place == stand && courier.open_offer.is_none()
    })
    .await;
    let turned_down = courier(&town).await.turned_down;
    town.pass_s(31).await;
    assert_eq!(courier(&town).await.open_offer, None, "the restaurant is too far from the stand");
    assert_eq!(turned_down, 1);
    simulators.stop().await;
}

#[tokio::test]
async fn nobody_is_asked_for_the_theatres_orders_before_its_own_courier() {
    let town = city_of(Simulate::ALL).await;
    // Everybody is online, each at a door they may have brought something to.
    let homes: Vec<Place> = city::city().accounts().iter().filter_map(|it| lives(&it.part)).collect();
    let riders: Vec<_> = city::city().accounts().into_iter().filter(|it| it.role() == Role::Courier).collect();
    let stand = city::cast().stand();
    for (rider, door) in riders.iter().zip(homes.iter().cycle()) {
        let credentials = json!({"email": rider.email, "password": city::PASSWORD});
        let session = town.send(town.request(Method::POST, "/v1/sessions", None).json(&credentials)).await.expect(201);
        let id = session.text("user_id");
        let token = session.text("access_token");
        let email = rider.email.to_string();
        go_online(&town, &Person { id, token, role: Role::Courier, email }, *door).await;
    }
    let near_m = u32::try_from(deliveries::NEAR_M.default).expect("metres");
    assert!(homes.iter().any(|door| door.distance_m(stand) < near_m), "some of them may be asked");
    // They have rested as long as counts, and the theatre's courier has only just come.
    town.pass_s(30 * 60).await;
    let rider = person(&town, "courier").await;
    go_online(&town, &rider, stand).await;
    let customer = person(&town, "customer").await;
    let order = dinner(&town, &customer).await;
    town.offered(&rider, &order).await;
    let offered = courier(&town).await.open_offer.expect("an offer").to_string();
    assert_eq!(offered, delivery_of(&order));
    let ticker = super::get(&town, "/_tiffin/theatre/ticker").await.expect(200).body;
    let offers = ticker["items"].as_array().expect("items").iter().filter(|item| item["kind"] == "delivery.offered");
    let asked: Vec<&Value> = offers.map(|offer| &offer["courier"]).collect();
    assert_eq!(asked, [&json!(city::cast().courier.name)]);
}

fn lives(part: &Part) -> Option<Place> {
    match part {
        Part::Customer { home } => Some(home.place),
        Part::Merchant { .. } | Part::Courier { .. } | Part::Admin => None,
    }
}

fn place(stop: &Value) -> Place {
    serde_json::from_value(stop["place"].clone()).expect("a place")
}
