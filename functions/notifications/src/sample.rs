//! Facts and events for this service's tests: one order and the people concerned with it.

use app::User;
use domain::{AnyFact, Event, EventId, Kind, OrderId, OrderKind, Role, UserId};
use serde_json::{Value, json};
use testing::{World, user, user_deleted, user_id};

use crate::{NOTIFICATIONS, Notice, Notification, SERVICE, notices, notify::Notify};

pub(crate) fn customer() -> UserId {
    user_id(1)
}

pub(crate) fn merchant() -> UserId {
    user_id(2)
}

pub(crate) fn courier() -> UserId {
    user_id(3)
}

/// The customer, signed in.
pub(crate) fn as_customer() -> User {
    user(customer(), Role::Customer)
}

/// An event of this kind, published by the system about a paid, accepted and assigned order: its `number`th fact.
pub(crate) fn event(kind: Kind, number: u16) -> Event {
    let order = OrderId::from_uuid(user_id(9).uuid());
    let data = match kind {
        Kind::User(_) => user_deleted(customer(), Role::Customer).data,
        Kind::Order(_) => order_fact(order),
        Kind::Payment(_) => payment_fact(order),
        Kind::Delivery(_) => delivery_fact(order),
    };
    Event {
        id: EventId::from_uuid(user_id(number).uuid()),
        kind,
        subject: order.to_string(),
        time: testing::NOON.parse().unwrap(),
        partition_key: order.to_string(),
        sequence: u64::from(number),
        traceparent: None,
        data,
    }
}

/// The same event, with some members of its data replaced.
pub(crate) fn with(mut event: Event, members: Value) -> Event {
    let (Value::Object(data), Value::Object(members)) = (&mut event.data, members) else { panic!("not objects") };
    data.extend(members);
    event
}

/// The notices of an event.
pub(crate) fn notices_of(event: &Event) -> Vec<Notice> {
    notices(&event.typed::<AnyFact>().unwrap().data)
}

/// The customer's notification by the `number`th event, that their order was placed.
pub(crate) fn notification(number: u16) -> Notification {
    let event = event(Kind::Order(OrderKind::Placed), number);
    let notice = notices_of(&event).remove(0);
    Notification::of(&event, notice)
}

/// Lets `notify` handle an event, and commits its changes.
pub(crate) async fn handle(world: &World, event: &Event) {
    let context = world.context(SERVICE, "notify");
    let changes = world.handle::<Notify>(&context, event).await.unwrap();
    world.commit(NOTIFICATIONS, changes).await;
}

fn order_fact(order: OrderId) -> Value {
    let stop = json!({
        "place": { "lat": 44.43, "lon": 26.1 },
        "address": { "street": "Str. Lipscani 1", "city": "București", "postcode": "030031", "country": "RO" },
        "notes": null,
    });
    json!({
        "order_id": order, "number": "K7Q2M9XA", "customer_id": customer(), "merchant_id": merchant(),
        "restaurant_id": "rst_01h455vb4pex5vsknk084sn02q", "restaurant_name": "Casa Veche", "restaurant_phone": null,
        "contact": {}, "pick_up": stop, "deliver_to": stop, "distance_m": 900, "total": lei(5450), "tip": lei(300),
        "payment_method": null, "placed_at": testing::NOON, "paid_at": testing::NOON, "accepted_at": testing::NOON,
        "ready_by": null, "ready_at": null, "picked_up_at": null, "ended_at": null, "courier_id": courier(),
        "reason": null, "prep_minutes": 15, "by": { "role": "system", "id": null },
    })
}

fn payment_fact(order: OrderId) -> Value {
    json!({
        "payment_id": domain::PaymentId::of(order), "order_id": order, "customer_id": customer(),
        "merchant_id": merchant(), "operation": "refund", "amount": lei(1250), "authorized": lei(5450),
        "captured": lei(5450), "refunded": lei(1250), "failure": null, "refund_id": null, "at": testing::NOON,
    })
}

fn delivery_fact(order: OrderId) -> Value {
    json!({
        "delivery_id": domain::DeliveryId::of(order), "order_id": order, "order_number": "K7Q2M9XA",
        "customer_id": customer(), "merchant_id": merchant(), "restaurant_name": "Casa Veche",
        "courier": { "id": courier(), "name": "Radu Ilie", "vehicle": "bicycle" }, "offered_to": courier(),
        "offer_expires_at": testing::NOON, "to_pick_up_m": 850, "earning": lei(1200), "assigned_at": null,
        "unassigned": courier(), "unassigned_at": null, "picked_up_at": null, "completed_at": null, "picked_up": false, "reason": null,
        "by": { "role": "system", "id": null },
    })
}

fn lei(amount: i64) -> Value {
    json!({ "amount": amount, "currency": "RON" })
}

#[test]
fn what_was_stored_is_read_and_can_be_redacted() {
    testing::keeps_its_fixtures(&crate::SERVICE, env!("CARGO_MANIFEST_DIR"));
}
