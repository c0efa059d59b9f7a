//! The data of events: one type per thing. Each fact repeats what earlier ones said, so that no subscriber calls back.
//!
//! Readers ignore fields they do not know; whatever has not happened yet is null.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    Actor, DeliveryId, Money, Name, OrderId, PaymentId, PaymentMethod, Phone, RefundId, RestaurantId, Stop, Timestamp,
    UserId, Vehicle,
};

/// The data of the `order.…` events.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct OrderFact {
    /// The order: the event's subject.
    pub order_id: OrderId,
    /// Its eight characters for people.
    pub number: String,
    /// Who ordered.
    pub customer_id: UserId,
    /// Whose restaurant it is.
    pub merchant_id: UserId,
    /// Who cooks.
    pub restaurant_id: RestaurantId,
    /// What the restaurant was called at placing.
    pub restaurant_name: Name,
    /// How to ring the restaurant.
    pub restaurant_phone: Option<Phone>,
    /// How to reach the customer.
    pub contact: Contact,
    /// Where the food is fetched.
    pub pick_up: Stop,
    /// Where it is brought.
    pub deliver_to: Stop,
    /// Metres from pick-up to drop-off.
    pub distance_m: u32,
    /// What the customer pays, the tip included.
    pub total: Money,
    /// What of it is the courier's tip.
    pub tip: Money,
    /// The provider's token; published in `order.placed` only.
    pub payment_method: Option<PaymentMethod>,
    /// When the customer ordered.
    pub placed_at: Timestamp,
    /// When the payment was authorised.
    pub paid_at: Option<Timestamp>,
    /// When the restaurant took it on.
    pub accepted_at: Option<Timestamp>,
    /// When the food should be ready.
    pub ready_by: Option<Timestamp>,
    /// When it was.
    pub ready_at: Option<Timestamp>,
    /// When the courier had it.
    pub picked_up_at: Option<Timestamp>,
    /// When the order ended, however it did.
    pub ended_at: Option<Timestamp>,
    /// Who delivers, from assignment on.
    pub courier_id: Option<UserId>,
    /// Why it ended as it did: a word of the system's, or a person's own.
    pub reason: Option<String>,
    /// How long cooking takes: the restaurant's usual until it accepts, then what it said, in minutes.
    pub prep_minutes: u32,
    /// Who did it.
    pub by: Actor,
}

/// How to reach a customer about an order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Contact {
    /// Whom to ask for.
    pub name: Option<Name>,
    /// Where to ring.
    pub phone: Option<Phone>,
}

/// What is asked of a payment provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum PaymentOperation {
    /// Hold the money.
    Authorize,
    /// Take what is held.
    Capture,
    /// Release what is held.
    Void,
    /// Give back what was taken.
    Refund,
}

impl PaymentOperation {
    /// Its name, as facts and idempotency keys have it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Authorize => "authorize",
            Self::Capture => "capture",
            Self::Void => "void",
            Self::Refund => "refund",
        }
    }
}

/// The data of the `payment.…` events.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PaymentFact {
    /// The payment: the event's subject.
    pub payment_id: PaymentId,
    /// What is paid for.
    pub order_id: OrderId,
    /// Who pays.
    pub customer_id: UserId,
    /// Who is paid.
    pub merchant_id: UserId,
    /// What was done, or refused.
    pub operation: PaymentOperation,
    /// How much this operation was about.
    pub amount: Money,
    /// How much was ever held.
    pub authorized: Money,
    /// How much was taken so far.
    pub captured: Money,
    /// How much of it was given back so far.
    pub refunded: Money,
    /// Why it was refused, in `payment.failed`.
    pub failure: Option<String>,
    /// Which refund, where the operation is one.
    pub refund_id: Option<RefundId>,
    /// When the provider's answer was recorded.
    pub at: Timestamp,
}

/// What others may know of a courier.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CourierCard {
    /// The courier's account.
    pub id: UserId,
    /// What the courier is called.
    pub name: Name,
    /// What the courier rides.
    pub vehicle: Vehicle,
}

/// The data of the `delivery.…` events.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DeliveryFact {
    /// The delivery: the event's subject.
    pub delivery_id: DeliveryId,
    /// Of which order.
    pub order_id: OrderId,
    /// The order's eight characters for people.
    pub order_number: String,
    /// Who waits for it.
    pub customer_id: UserId,
    /// Whose restaurant it is.
    pub merchant_id: UserId,
    /// What the restaurant was called at placing.
    pub restaurant_name: Name,
    /// Who delivers, from assignment on.
    pub courier: Option<CourierCard>,
    /// Who was asked, while an offer is open.
    pub offered_to: Option<UserId>,
    /// Until when the offer stands.
    pub offer_expires_at: Option<Timestamp>,
    /// Metres from the courier asked to the pick-up.
    pub to_pick_up_m: Option<u32>,
    /// What the courier earns, the tip included.
    pub earning: Option<Money>,
    /// When a courier took it on.
    pub assigned_at: Option<Timestamp>,
    /// When the courier had the food.
    pub picked_up_at: Option<Timestamp>,
    /// When the customer had it.
    pub completed_at: Option<Timestamp>,
    /// Whether the food was picked up before this happened.
    pub picked_up: bool,
    /// Why it failed: a word of the system's, or the courier's own.
    pub reason: Option<String>,
    /// Who did it.
    pub by: Actor,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn readers_ignore_what_they_do_not_know_and_what_is_left_out_is_null() {
        let card = json!({ "id": "usr_01h455vb4pex5vsknk084sn02q", "name": "Ana", "vehicle": "bicycle", "rating": 5 });
        assert_eq!(serde_json::from_value::<CourierCard>(card).unwrap().vehicle, Vehicle::Bicycle);
        let contact: Contact = serde_json::from_value(json!({})).unwrap();
        assert_eq!(serde_json::to_value(contact).unwrap(), json!({ "name": null, "phone": null }));
    }
}
