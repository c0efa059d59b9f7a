//! What is known of an order from its events: its status, by the highest sequence so far.

use app::{Projected, Projection};
use domain::{ActorRole, Event, OrderFact, OrderKind, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The reason that `orders` publishes for an order whose courier did not bring it in time.
const DROP_OFF_OVERDUE: &str = "drop_off_overdue";

/// How far the order of a delivery is, as far as its courier is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "DeliveryOrderStatus", inline)]
pub enum OrderStatus {
    /// It waits for the restaurant.
    Paid,
    /// The restaurant cooks.
    Accepted,
    /// The food can be picked up.
    Ready,
    /// The courier has the food.
    PickedUp,
    /// The customer has the food.
    Delivered,
    /// The money did not come.
    PaymentFailed,
    /// The restaurant refused.
    Rejected,
    /// It was called off.
    Cancelled,
    /// It could not be delivered.
    Undeliverable,
}

impl OrderStatus {
    /// The status that an event of this kind brings; nothing where it does not concern deliveries.
    pub const fn of_kind(kind: OrderKind) -> Option<Self> {
        match kind {
            OrderKind::Paid => Some(Self::Paid),
            OrderKind::Accepted => Some(Self::Accepted),
            OrderKind::Ready => Some(Self::Ready),
            OrderKind::PickedUp => Some(Self::PickedUp),
            OrderKind::Delivered => Some(Self::Delivered),
            OrderKind::PaymentFailed => Some(Self::PaymentFailed),
            OrderKind::Rejected => Some(Self::Rejected),
            OrderKind::Cancelled => Some(Self::Cancelled),
            OrderKind::Undeliverable => Some(Self::Undeliverable),
            OrderKind::Placed => None,
        }
    }

    /// Whether the restaurant hands the food over.
    pub const fn lets_pick_up(self) -> bool {
        match self {
            Self::Accepted | Self::Ready => true,
            Self::Paid
            | Self::PickedUp
            | Self::Delivered
            | Self::PaymentFailed
            | Self::Rejected
            | Self::Cancelled
            | Self::Undeliverable => false,
        }
    }

    /// Whether the order ended without a delivery, so that nobody need deliver it any more.
    pub const fn stands_down(self) -> bool {
        match self {
            Self::PaymentFailed | Self::Rejected | Self::Cancelled | Self::Undeliverable => true,
            Self::Paid | Self::Accepted | Self::Ready | Self::PickedUp | Self::Delivered => false,
        }
    }

    const fn is_final(self) -> bool {
        self.stands_down() || matches!(self, Self::Delivered)
    }
}

/// What is known of an order from its events: the latest of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderProgress {
    pub status: OrderStatus,
    /// When the food should be ready, once the restaurant said so.
    pub ready_by: Option<Timestamp>,
    /// Whether the order ended because its courier took too long to bring it.
    #[serde(default)]
    pub drop_off_overdue: bool,
}

impl OrderProgress {
    /// What one event says; nothing where it does not concern deliveries.
    pub fn of(event: &Event<OrderFact>) -> Option<Projected<Self>> {
        let status = OrderStatus::of_kind(event.kind)?;
        let fact = &event.data;
        let by_system = fact.by.role == ActorRole::System;
        let drop_off_overdue = by_system && fact.reason.as_deref() == Some(DROP_OFF_OVERDUE);
        Some(Projected { value: Self { status, ready_by: fact.ready_by, drop_off_overdue }, sequence: event.sequence })
    }
}

impl Projection for OrderProgress {
    /// An end is final.
    fn apply(self, later: Self) -> Self {
        Self {
            status: if self.status.is_final() { self.status } else { later.status },
            ready_by: later.ready_by.or(self.ready_by),
            drop_off_overdue: self.drop_off_overdue || later.drop_off_overdue,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::{prelude::*, sample::select};

    use super::*;
    use crate::sample;

    const STATUSES: [OrderStatus; 5] =
        [OrderStatus::Paid, OrderStatus::Accepted, OrderStatus::Ready, OrderStatus::Cancelled, OrderStatus::Delivered];

    fn progress(status: OrderStatus, sequence: u64) -> Projected<OrderProgress> {
        Projected { value: OrderProgress { status, ready_by: None, drop_off_overdue: false }, sequence }
    }

    #[test]
    fn only_the_system_can_say_that_a_drop_off_is_overdue() {
        let mut event = sample::event(1, OrderKind::Undeliverable);
        let overdue = |event: &Event| OrderProgress::of(&event.typed().unwrap()).unwrap().drop_off_overdue;
        assert!(!overdue(&event));
        event.data["reason"] = DROP_OFF_OVERDUE.into();
        assert!(overdue(&event));
        event.data["by"]["role"] = "admin".into();
        assert!(!overdue(&event), "a person wrote that");
    }

    #[test]
    fn an_older_event_changes_nothing_and_an_end_is_final() {
        let ready = progress(OrderStatus::Ready, 5);
        for sequence in [4, 5] {
            assert_eq!(ready.then(progress(OrderStatus::Cancelled, sequence)), ready);
        }
        let cancelled = ready.then(progress(OrderStatus::Cancelled, 6));
        assert_eq!(cancelled.status, OrderStatus::Cancelled);
        assert_eq!(cancelled.then(progress(OrderStatus::Ready, 7)), progress(OrderStatus::Cancelled, 7));
    }

    #[test]
    fn when_the_food_is_ready_is_not_forgotten() {
        let ready_by: Timestamp = testing::NOON.parse().unwrap();
        let accepted = |ready_by, sequence| {
            let mut accepted = progress(OrderStatus::Accepted, sequence);
            accepted.value.ready_by = Some(ready_by);
            accepted
        };
        let first = accepted(ready_by, 2);
        assert_eq!(first.then(progress(OrderStatus::Ready, 3)).ready_by, Some(ready_by));
        let moved = accepted(ready_by.plus_minutes(5), 4);
        assert_eq!(first.then(moved).ready_by, moved.ready_by);
    }

    #[test]
    fn an_order_either_goes_on_is_handed_over_or_stands_its_courier_down() {
        for kind in OrderKind::ALL {
            let Some(status) = OrderStatus::of_kind(kind) else { continue };
            assert!(!(status.lets_pick_up() && status.stands_down()), "{kind}");
            assert_eq!(serde_json::to_value(status).unwrap(), kind.short().trim_start_matches("order."));
        }
    }

    proptest! {
        #[test]
        fn events_in_any_order_come_to_the_same_unless_they_contradict(
            events in proptest::collection::btree_map(1..9_u64, select(&STATUSES[..3]), 1..6), seed: u64,
        ) {
            let events: Vec<Projected<OrderProgress>> = events.into_iter().map(|(sequence, status)| progress(status, sequence)).collect();
            let mut shuffled = events.clone();
            shuffled.sort_by_key(|event| event.sequence.wrapping_mul(seed | 1) % 7);
            let all = |events: &[Projected<OrderProgress>]| events.iter().copied().reduce(Projected::then);
            prop_assert_eq!(all(&shuffled), all(&events));
        }
    }
}
