//! A change to an order on its way to the store: the order as it will be, an entry per step, and the facts to publish.

use app::{Draft, Fact, User, Versioned};
use domain::{Actor, CourierCard, DeliveryKind, Kind, KindName, OrderKind, Role, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{Action, IllegalTransition, Order, Rules, Status};

/// One step of an order's journey, as it is stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Its number, and the order's version after it.
    pub sequence: u64,
    pub kind: KindName,
    /// The order's status after it.
    pub status: Status,
    pub at: Timestamp,
    /// Who did it.
    pub by: Actor,
    /// More about it, by kind.
    pub data: Value,
}

/// An order that is being changed, and the steps that this adds to its journey: one per version.
#[derive(Clone, Debug, PartialEq)]
pub struct Journey {
    pub order: Draft<Order>,
    /// The new steps.
    pub entries: Vec<Entry>,
}

impl Journey {
    /// The first step of a new order.
    pub fn begin(order: Order, by: Actor) -> Self {
        let at = order.placed_at;
        let mut journey = Self { order: Draft::new(&order.id.clone(), order), entries: Vec::new() };
        journey.enter(Kind::Order(OrderKind::Placed), by, at, json!({}));
        journey
    }

    /// Goes on from an order that was read.
    pub fn of(order: Versioned<Order>) -> Self {
        Self { order: Draft::of(order), entries: Vec::new() }
    }

    /// A person's action, refused unless their role allows it in this status.
    pub fn acted(
        mut self,
        action: Action,
        user: &User,
        reason: Option<String>,
        at: Timestamp,
        rules: &Rules,
    ) -> Result<Self, IllegalTransition> {
        self.order.allow(action, user.role)?;
        self.act(action, user.actor(), reason, at, rules)?;
        Ok(self)
    }

    /// An action moves the order on; entry and fact are added.
    pub fn act(
        &mut self,
        action: Action,
        by: Actor,
        reason: Option<String>,
        at: Timestamp,
        rules: &Rules,
    ) -> Result<(), IllegalTransition> {
        let data = reason.as_ref().map_or_else(|| json!({}), |reason| json!({"reason": reason}));
        self.order.value.act(action, reason, at, rules)?;
        self.record(self.order.status.kind().into(), by, at, data);
        Ok(())
    }

    /// Assigns the courier who is going to bring it.
    pub fn assign(&mut self, courier: CourierCard, at: Timestamp, rules: &Rules) {
        let by = Actor::user(Role::Courier, courier.id);
        let data = json!({"courier": {"name": courier.name, "vehicle": courier.vehicle}});
        self.order.value.assign(courier, at, rules);
        self.record(Kind::Delivery(DeliveryKind::Assigned), by, at, data);
    }

    /// The courier does not bring it after all; another is looked for.
    pub fn unassign(&mut self, by: Actor, at: Timestamp, rules: &Rules) {
        self.order.value.unassign(at, rules);
        self.record(Kind::Delivery(DeliveryKind::Unassigned), by, at, json!({}));
    }

    /// A step: something happened to the order, or elsewhere and left it as it is.
    pub fn record(&mut self, kind: Kind, by: Actor, at: Timestamp, data: Value) {
        self.order.step();
        self.enter(kind, by, at, data);
    }

    /// Enters the step of the order's present version, and publishes it where it is the order's own.
    fn enter(&mut self, kind: Kind, by: Actor, at: Timestamp, data: Value) {
        let sequence = self.order.version();
        self.entries.push(Entry { sequence, kind: kind.into(), status: self.order.status, at, by, data });
        if matches!(kind, Kind::Order(_)) {
            let fact = Fact::new(kind, self.order.id, self.order.id, sequence, &self.order.fact(by));
            self.order.publish(fact);
        }
    }
}

/// One step of an order's journey.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "JourneyEntry")]
pub struct EntryView {
    sequence: u64,
    /// What happened, as events name it, without prefix and version: `order.accepted`.
    r#type: String,
    status: Status,
    at: Timestamp,
    by: Actor,
    /// More about it, by type.
    data: Value,
}

impl EntryView {
    /// An entry as this caller sees it: who exactly did it, administrators alone see.
    pub fn of(entry: Entry, user: &User) -> Self {
        let Entry { sequence, kind, status, at, by, data } = entry;
        let by = Actor { id: by.id.filter(|_| user.is_admin()), ..by };
        Self { sequence, r#type: kind.short().to_owned(), status, at, by, data }
    }
}

#[cfg(test)]
mod tests {
    use proptest::{prelude::*, sample::select};

    use super::*;
    use crate::sample;

    proptest! {
        #[test]
        fn versions_are_contiguous_and_the_journey_ends_with_the_status(
            actions in prop::collection::vec(select(&Action::ALL[..]), 0..12),
        ) {
            let mut journey = Journey::begin(sample::order(), Actor::SYSTEM);
            let mut ended = false;
            for action in actions {
                let before = journey.order.value.clone();
                let at = before.placed_at.plus_seconds(1);
                let refused = journey.act(action, Actor::SYSTEM, None, at, &sample::RULES).is_err();
                prop_assert!(refused || !ended);
                prop_assert!(!refused || journey.order.value == before);
                ended = journey.order.status.is_final();
                prop_assert_eq!(journey.order.deadline.is_none(), ended);
            }
            let sequences: Vec<u64> = journey.entries.iter().map(|entry| entry.sequence).collect();
            prop_assert_eq!(sequences, (1..=journey.order.version()).collect::<Vec<_>>());
            prop_assert_eq!(journey.entries.last().map(|entry| entry.status), Some(journey.order.status));
            prop_assert_eq!(journey.order.facts().len(), journey.entries.len());
            prop_assert!(journey.order.facts().iter().zip(&journey.entries).all(|(fact, entry)| fact.sequence == entry.sequence));
        }
    }

    #[test]
    fn the_means_of_payment_is_published_once() {
        let mut journey = Journey::begin(sample::order(), Actor::SYSTEM);
        let at = journey.order.placed_at;
        journey.act(Action::Authorize, Actor::SYSTEM, None, at, &sample::RULES).unwrap();
        assert_eq!(journey.order.facts()[0].data["payment_method"], "tok_ok");
        assert_eq!(journey.order.facts()[1].data["payment_method"], Value::Null);
    }
}
