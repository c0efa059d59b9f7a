//! What an order wants of its payment, by what is known of the order from its events.

use app::{Projected, Projection};
use domain::{Event, OrderFact, OrderKind, RefundId};
use serde::{Deserialize, Serialize};

/// Where an order wants its money to be. It only ever moves forward, and an end is final.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Goal {
    /// Held, for the restaurant to decide: the order was placed.
    Hold,
    /// Taken: the restaurant accepted.
    Capture,
    /// Back with the customer, wherever it is: the order ended without a delivery.
    Release {
        /// Why: the order's own words, or the event's short name.
        reason: String,
        /// The refund there is to be if the money was taken: made from the fact, so that one cause gives one refund.
        refund_id: RefundId,
    },
}

impl Goal {
    /// What a fact asks for; nothing where it does not concern payments.
    pub fn of(event: &Event<OrderFact>) -> Option<Self> {
        match event.kind {
            OrderKind::Placed => Some(Self::Hold),
            OrderKind::Accepted | OrderKind::Delivered => Some(Self::Capture),
            OrderKind::PaymentFailed | OrderKind::Rejected | OrderKind::Cancelled | OrderKind::Undeliverable => {
                Some(Self::Release {
                    reason: event.data.reason.clone().unwrap_or_else(|| event.kind.short().to_owned()),
                    refund_id: RefundId::derived(event.time.jiff(), &event.id, "refund"),
                })
            }
            OrderKind::Paid | OrderKind::Ready | OrderKind::PickedUp => None,
        }
    }
}

/// What is known of an order: where it wants its money.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DesiredState {
    pub goal: Goal,
}

impl DesiredState {
    /// What a fact asks for; nothing where it does not concern payments.
    pub fn by(event: &Event<OrderFact>) -> Option<Projected<Self>> {
        Goal::of(event).map(|goal| Projected { value: Self { goal }, sequence: event.sequence })
    }
}

impl Projection for DesiredState {
    fn apply(self, later: Self) -> Self {
        match (&self.goal, &later.goal) {
            (Goal::Release { .. }, _) | (Goal::Capture, Goal::Hold) => self,
            (Goal::Hold | Goal::Capture, Goal::Capture | Goal::Release { .. }) | (Goal::Hold, Goal::Hold) => later,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::event;

    fn wanted(kind: OrderKind, sequence: u64) -> Projected<DesiredState> {
        DesiredState::by(&event(kind, sequence).typed().unwrap()).unwrap()
    }

    #[test]
    fn an_older_fact_changes_nothing_and_a_later_one_moves_forward() {
        let accepted = wanted(OrderKind::Accepted, 3);
        assert_eq!(accepted.clone().then(wanted(OrderKind::Placed, 1)), accepted);
        assert_eq!(accepted.clone().then(wanted(OrderKind::Cancelled, 2)), accepted);
        let cancelled = accepted.then(wanted(OrderKind::Cancelled, 4));
        assert_eq!(cancelled, wanted(OrderKind::Cancelled, 4));
    }

    #[test]
    fn an_end_is_final_and_a_goal_never_moves_back() {
        let cancelled = wanted(OrderKind::Cancelled, 4);
        let still = cancelled.clone().then(wanted(OrderKind::Delivered, 5)).then(wanted(OrderKind::Rejected, 6));
        assert_eq!(still, Projected { sequence: 6, ..cancelled });
        assert_eq!(wanted(OrderKind::Accepted, 2).then(wanted(OrderKind::Placed, 3)).value.goal, Goal::Capture);
    }

    #[test]
    fn its_stored_text_stays_the_same() {
        for (kind, text) in [
            (OrderKind::Placed, r#"{"goal":"hold","sequence":4}"#),
            (OrderKind::Accepted, r#"{"goal":"capture","sequence":4}"#),
            (
                OrderKind::Cancelled,
                r#"{"goal":{"release":{"reason":"order.cancelled","refund_id":"rfd_01m844dzg0f45s0jx333wdnwge"}},"sequence":4}"#,
            ),
        ] {
            let wanted = wanted(kind, 4);
            assert_eq!(serde_json::to_string(&wanted).unwrap(), text);
            assert_eq!(serde_json::from_str::<Projected<DesiredState>>(text).unwrap(), wanted);
        }
    }

    #[test]
    fn one_cause_gives_one_refund_with_the_orders_words_or_the_events_name() {
        assert_eq!(wanted(OrderKind::Cancelled, 4), wanted(OrderKind::Cancelled, 4));
        assert_ne!(wanted(OrderKind::Cancelled, 4).goal, wanted(OrderKind::Cancelled, 5).goal);
        for (reason, expected) in [(Some("no oven"), "no oven"), (None, "order.rejected")] {
            let mut rejected: Event<OrderFact> = event(OrderKind::Rejected, 3).typed().unwrap();
            rejected.data.reason = reason.map(str::to_owned);
            let Some(Goal::Release { reason, .. }) = Goal::of(&rejected) else { panic!() };
            assert_eq!(reason, expected);
        }
    }
}
