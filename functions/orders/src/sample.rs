//! An order to test with, and what happens to it.

use app::{Key, QUOTE, Stored as _};
use domain::{
    Actor, Contact, CourierCard, Currency, DeliveryFact, DeliveryId, DeliveryKind, EtaMinutes, Event, EventId, ItemId,
    Kind, Line, Money, OrderId, PaymentFact, PaymentId, PaymentKind, PaymentOperation, Price, QuoteClaims, QuoteId,
    RestaurantCard, RestaurantId, Role, Stop, Timestamp, Vehicle,
};
use serde_json::json;
use testing::{NOON, World, user_id};

use crate::{Action, Entry, Journey, ORDERS, Order, Rules, Status, order::Placing, orders::journey_of};

/// The contract's deadlines.
pub const RULES: Rules = Rules { payment_s: 120, answer_s: 300, courier_s: 1200, pick_up_s: 3600, drop_off_s: 5400 };

/// Two soups at 12.50.
pub fn quote() -> QuoteClaims {
    let noon = noon();
    let euro = |amount| Money::new(amount, Currency::EUR);
    let soup = Line {
        line: 1,
        item_id: ItemId::generate(noon.jiff(), [1; 10]),
        name: "Ciorba".parse().unwrap(),
        options: Vec::new(),
        quantity: 2,
        unit_price: euro(1250),
        total: euro(2500),
    };
    QuoteClaims {
        jti: QuoteId::generate(noon.jiff(), [2; 10]),
        sub: user_id(1),
        iat: noon.as_second(),
        exp: noon.as_second() + 600,
        restaurant_id: RestaurantId::generate(noon.jiff(), [3; 10]),
        merchant_id: user_id(2),
        restaurant: RestaurantCard {
            name: "La Mama".parse().unwrap(),
            phone: None,
            picture: Some("stew".parse().unwrap()),
        },
        pick_up: stop("Piata Unirii 1"),
        deliver_to: stop("Strada Lunga 7"),
        distance_m: 1200,
        eta_minutes: EtaMinutes { min: 20, max: 30 },
        prep_minutes: 10,
        price: Price {
            lines: vec![soup],
            subtotal: euro(2500),
            delivery_fee: euro(198),
            service_fee: euro(125),
            small_order_fee: euro(0),
            discount: euro(0),
            tax: euro(233),
            tip: euro(200),
            total: euro(3023),
        },
    }
}

/// The token of a quote.
pub fn token(world: &World, quote: &QuoteClaims) -> String {
    world.keys().sign(QUOTE, quote).unwrap()
}

/// The order that the quote becomes.
pub fn order() -> Order {
    let contact = Contact { name: Some("Ana".parse().unwrap()), phone: Some("+40 700 000 000".parse().unwrap()) };
    let placing = Placing { payment_method: "tok_ok".parse().unwrap(), notes: None, contact };
    Order::placed(quote(), placing, noon(), &RULES)
}

/// Who brings it.
pub fn courier() -> CourierCard {
    CourierCard { id: user_id(3), name: "Carl".parse().unwrap(), vehicle: Vehicle::Bicycle }
}

/// Places the order, if it is not there, and applies these actions to it.
pub async fn save(world: &World, actions: &[Action]) {
    change(world, |journey| {
        for action in actions {
            journey.act(*action, Actor::SYSTEM, None, noon(), &RULES).unwrap();
        }
    })
    .await;
}

/// Assigns the courier.
pub async fn assign(world: &World) {
    change(world, |journey| journey.assign(courier(), noon(), &RULES)).await;
}

/// The steps of the order's journey.
pub async fn steps(world: &World) -> Vec<Entry> {
    let context = world.context(crate::SERVICE, "follow-order");
    let items = context.query(ORDERS, &journey_of(order().id)).await.unwrap().items;
    items.iter().map(|item| item.read().unwrap()).collect()
}

/// The order's status, and the kinds of its journey's steps.
pub async fn status_and_steps(world: &World) -> (Status, Vec<Kind>) {
    let context = world.context(crate::SERVICE, "follow-order");
    let order = context.find::<Order>(&order().id).await.unwrap().unwrap();
    let entries = steps(world).await;
    assert_eq!(entries.len() as u64, order.version, "versions are contiguous");
    (order.status, entries.iter().filter_map(|entry| entry.kind.known()).collect())
}

/// Where the order is kept.
pub fn key() -> Key {
    Order::key(&order().id)
}

/// A fact about its payment.
pub fn payment(kind: Kind, operation: PaymentOperation, sequence: u64) -> Event {
    let order = order();
    let zero = Money::zero(Currency::EUR);
    let held = if kind == PaymentKind::Failed { zero } else { order.price.total };
    let fact = PaymentFact {
        payment_id: PaymentId::of(order.id),
        order_id: order.id,
        customer_id: order.customer_id,
        merchant_id: order.merchant_id,
        operation,
        amount: order.price.total,
        authorized: held,
        captured: zero,
        refunded: zero,
        failure: None,
        refund_id: None,
        at: noon(),
    };
    event(kind, order.id, sequence, serde_json::to_value(fact).unwrap())
}

/// A fact about its delivery, which repeats what earlier ones said.
pub fn delivery(kind: Kind, sequence: u64) -> Event {
    let order = order();
    let reached = |sequence_of_it: u64| (sequence >= sequence_of_it).then(noon);
    let fact = DeliveryFact {
        delivery_id: DeliveryId::of(order.id),
        order_id: order.id,
        order_number: order.number.clone(),
        customer_id: order.customer_id,
        merchant_id: order.merchant_id,
        restaurant_name: order.restaurant.name.clone(),
        courier: reached(3).map(|_| courier()),
        offered_to: None,
        offer_expires_at: None,
        to_pick_up_m: None,
        earning: None,
        assigned_at: reached(3),
        unassigned: None,
        unassigned_at: None,
        picked_up_at: reached(4),
        completed_at: (kind == DeliveryKind::Completed).then(noon),
        picked_up: sequence >= 4,
        reason: (kind == DeliveryKind::Failed).then(|| "no_courier".to_owned()),
        by: Actor::user(Role::Courier, courier().id),
    };
    event(kind, order.id, sequence, serde_json::to_value(fact).unwrap())
}

async fn change(world: &World, change: impl FnOnce(&mut Journey)) {
    let context = world.context(crate::SERVICE, "place-order");
    let mut journey = match context.find::<Order>(&order().id).await.unwrap() {
        Some(found) => Journey::of(found),
        None => Journey::begin(order(), Actor::user(Role::Customer, order().customer_id)),
    };
    change(&mut journey);
    world.commit(ORDERS, journey.into()).await;
}

fn event(kind: Kind, order: OrderId, sequence: u64, data: serde_json::Value) -> Event {
    let mut random = [0; 10];
    random[0] = sequence.to_le_bytes()[0];
    Event {
        id: EventId::generate(noon().jiff(), random),
        kind,
        subject: order.to_string(),
        time: noon(),
        partition_key: order.to_string(),
        sequence,
        traceparent: None,
        data,
    }
}

fn stop(street: &str) -> Stop {
    let address = json!({"street": street, "city": "Bucharest", "postcode": "030101", "country": "RO"});
    serde_json::from_value(json!({"place": {"lat": 44.4268, "lon": 26.1025}, "address": address})).unwrap()
}

fn noon() -> Timestamp {
    NOON.parse().unwrap()
}

#[test]
fn what_was_stored_is_read_and_can_be_redacted() {
    testing::keeps_its_fixtures(&crate::SERVICE, env!("CARGO_MANIFEST_DIR"));
}
