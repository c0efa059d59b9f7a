//! The data of events: one type per thing. Each fact repeats what earlier ones said, so that no subscriber calls back.
//!
//! Readers ignore fields they do not know; whatever has not happened yet is null.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    AccountState, Actor, DeliveryId, DeliveryKind, EventData, InvalidData, Kind, Money, Name, OrderId, OrderKind,
    PaymentId, PaymentKind, PaymentMethod, Phone, RefundId, RestaurantId, Role, Stop, Timestamp, UserId, UserKind,
    Vehicle,
};

/// Data of one kind of thing.
macro_rules! about {
    ($($fact:ident: $thing:ident($kinds:ident);)*) => {
        $(
            impl EventData for $fact {
                type Kind = $kinds;

                fn read(kind: Kind, data: &Value) -> Result<($kinds, Self), InvalidData> {
                    match kind {
                        Kind::$thing(kind) => Ok((kind, Self::deserialize(data)?)),
                        other => Err(InvalidData::OtherKind(other)),
                    }
                }
            }
        )*

        /// Data of any event.
        #[derive(Clone, Debug, PartialEq)]
        #[expect(clippy::large_enum_variant, reason = "there is one at a time")]
        pub enum AnyFact {
            $(#[doc = concat!("[`", stringify!($fact), "`]")] $thing($kinds, $fact),)*
        }

        impl EventData for AnyFact {
            type Kind = Kind;

            fn read(kind: Kind, data: &Value) -> Result<(Kind, Self), InvalidData> {
                let fact = match kind {
                    $(Kind::$thing(what) => Self::$thing(what, $fact::deserialize(data)?),)*
                };
                Ok((kind, fact))
            }
        }
    };
}

about! {
    UserFact: User(UserKind);
    OrderFact: Order(OrderKind);
    PaymentFact: Payment(PaymentKind);
    DeliveryFact: Delivery(DeliveryKind);
}

/// The data of the `user.…` events.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct UserFact {
    /// The account: the event's subject.
    pub user_id: UserId,
    /// What it is for.
    pub role: Role,
    /// What they are called; null once the account is gone.
    pub name: Option<Name>,
    /// Whether they may act; null once the account is gone.
    pub state: Option<AccountState>,
    /// Who did it.
    pub by: Actor,
}

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
    use std::{fs, path::Path};

    use serde_json::json;

    use super::*;
    use crate::Event;

    fn fixture(name: &str) -> Option<Value> {
        let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name)).ok()?;
        Some(serde_json::from_str(&text).unwrap())
    }

    /// Reads every shape that events of a thing ever had; the newest is written today as it was.
    fn reads<F: EventData + Serialize>(thing: &str) {
        let fixtures: Vec<Value> = (1..).map_while(|number| fixture(&format!("{thing}.{number}.json"))).collect();
        let mut newest = None;
        for fixture in fixtures {
            let event: Event = serde_json::from_value(fixture.clone()).unwrap();
            let typed: Event<F> = event.typed().unwrap();
            newest = Some((fixture, Event { data: serde_json::to_value(&typed.data).unwrap(), ..event }));
        }
        let (fixture, today) = newest.unwrap();
        assert_eq!(serde_json::to_value(today).unwrap(), fixture, "add a fixture");
    }

    #[test]
    fn every_released_shape_is_read() {
        reads::<UserFact>("user");
        reads::<OrderFact>("order");
        reads::<PaymentFact>("payment");
        reads::<DeliveryFact>("delivery");
    }

    #[test]
    fn every_released_kind_is_known() {
        let released: Vec<Kind> = serde_json::from_value(fixture("kinds.json").unwrap()).unwrap();
        assert_eq!(released, Kind::ALL, "add the new ones to kinds.json");
    }

    #[test]
    fn a_member_that_only_a_newer_version_knows_is_no_reason_to_refuse() {
        let mut newer = fixture("payment.1.json").unwrap();
        newer["data"]["wallet"] = "w".into();
        newer["dataschema"] = "/schemas/payment".into();
        let event: Event = serde_json::from_value(newer).unwrap();
        assert_eq!(event.typed::<PaymentFact>().unwrap().data.operation, PaymentOperation::Refund);
        assert!(matches!(event.typed::<OrderFact>(), Err(InvalidData::OtherKind(Kind::Payment(_)))));
    }

    #[test]
    fn readers_ignore_what_they_do_not_know_and_what_is_left_out_is_null() {
        let card = json!({ "id": "usr_01h455vb4pex5vsknk084sn02q", "name": "Ana", "vehicle": "bicycle", "rating": 5 });
        assert_eq!(serde_json::from_value::<CourierCard>(card).unwrap().vehicle, Vehicle::Bicycle);
        let contact: Contact = serde_json::from_value(json!({})).unwrap();
        assert_eq!(serde_json::to_value(contact).unwrap(), json!({ "name": null, "phone": null }));
    }
}
