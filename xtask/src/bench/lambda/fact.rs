//! One event, of an order that nobody knows.

use domain::{DeliveryId, Event, EventId, Kind, OrderId, PaymentId, Timestamp, UserId};
use serde_json::{Value, json};

use super::cloud::{now, random};

/// An event of this kind, the first of its order.
pub(super) fn event(kind: Kind) -> Event {
    let now = now();
    let order = OrderId::generate(now.jiff(), random());
    let [customer, merchant, courier] = [(); 3].map(|()| UserId::generate(now.jiff(), random()));
    let data = match kind {
        Kind::User(_) => user_fact(customer),
        Kind::Order(_) => order_fact(order, customer, merchant, now),
        Kind::Payment(_) => payment_fact(order, customer, merchant, now),
        Kind::Delivery(_) => delivery_fact(order, [customer, merchant, courier], now),
    };
    Event {
        id: EventId::generate(now.jiff(), random()),
        kind,
        subject: order.to_string(),
        time: now,
        partition_key: order.to_string(),
        sequence: 1,
        traceparent: None,
        data,
    }
}

/// A place with an address.
pub(super) fn stop() -> Value {
    json!({
        "place": {"lat": 44.4268, "lon": 26.1025}, "notes": null,
        "address": {"street": "Str. Lipscani 1", "city": "Bucharest", "postcode": "030031", "country": "RO"},
    })
}

/// An amount in euros.
pub(super) fn euros(cents: u32) -> Value {
    json!({"amount": cents, "currency": "EUR"})
}

fn user_fact(user: UserId) -> Value {
    json!({"user_id": user, "role": "customer", "name": "Ana Pop", "state": "active", "by": {"role": "system", "id": null}})
}

fn order_fact(order: OrderId, customer: UserId, merchant: UserId, now: Timestamp) -> Value {
    json!({
        "order_id": order, "number": "K7Q2M9XA", "customer_id": customer, "merchant_id": merchant,
        "restaurant_id": "rst_01h455vb4pex5vsknk084sn02q", "restaurant_name": "Casa Veche", "restaurant_phone": null,
        "contact": {}, "pick_up": stop(), "deliver_to": stop(), "distance_m": 900, "total": euros(5450),
        "tip": euros(300), "payment_method": "tok_ok", "placed_at": now, "paid_at": null, "accepted_at": null,
        "ready_by": null, "ready_at": null, "picked_up_at": null, "ended_at": null, "courier_id": null, "reason": null,
        "prep_minutes": 15, "by": {"role": "system", "id": null},
    })
}

fn payment_fact(order: OrderId, customer: UserId, merchant: UserId, now: Timestamp) -> Value {
    json!({
        "payment_id": PaymentId::of(order), "order_id": order, "customer_id": customer, "merchant_id": merchant,
        "operation": "authorize", "amount": euros(5450), "authorized": euros(5450), "captured": euros(0),
        "refunded": euros(0), "failure": null, "refund_id": null, "at": now,
    })
}

fn delivery_fact(order: OrderId, [customer, merchant, courier]: [UserId; 3], now: Timestamp) -> Value {
    json!({
        "delivery_id": DeliveryId::of(order), "order_id": order, "order_number": "K7Q2M9XA", "customer_id": customer,
        "merchant_id": merchant, "restaurant_name": "Casa Veche",
        "courier": {"id": courier, "name": "Radu Ilie", "vehicle": "bicycle"}, "offered_to": null,
        "offer_expires_at": null, "to_pick_up_m": 850, "earning": euros(1200), "assigned_at": now,
        "picked_up_at": null, "completed_at": null, "picked_up": false, "reason": null,
        "by": {"role": "system", "id": null},
    })
}
