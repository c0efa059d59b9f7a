//! What an order wants of its payment, by what is known of the order from its events.

use app::{Projected, Projection};
use domain::{Event, Kind, OrderFact, RefundId};
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
    pub fn of(event: &Event, fact: &OrderFact) -> Option<Self> {
        match event.kind {
            Kind::OrderPlaced => Some(Self::Hold),
            Kind::OrderAccepted | Kind::OrderDelivered => Some(Self::Capture),
            Kind::OrderPaymentFailed | Kind::OrderRejected | Kind::OrderCancelled | Kind::OrderUndeliverable => {
                Some(Self::Release {
                    reason: fact.reason.clone().unwrap_or_else(|| event.kind.short().to_owned()),
                    refund_id: RefundId::derived(event.time.jiff(), &event.id, "refund"),
                })
            }
            Kind::OrderPaid
            | Kind::OrderReady
            | Kind::OrderPickedUp
            | Kind::PaymentAuthorized
            | Kind::PaymentCaptured
            | Kind::PaymentVoided
            | Kind::PaymentRefunded
            | Kind::PaymentFailed
            | Kind::DeliveryOffered
            | Kind::DeliveryAssigned
            | Kind::DeliveryPickedUp
            | Kind::DeliveryCompleted
            | Kind::DeliveryFailed => None,
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
    pub fn by(event: &Event, fact: &OrderFact) -> Option<Projected<Self>> {
        Goal::of(event, fact).map(|goal| Projected { value: Self { goal }, sequence: event.sequence })
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
    use crate::sample::{event, fact};

    fn wanted(kind: Kind, sequence: u64) -> Projected<DesiredState> {
        DesiredState::by(&event(kind, sequence), &fact("tok_ok")).unwrap()
    }

    #[test]
    fn an_older_fact_changes_nothing_and_a_later_one_moves_forward() {
        let accepted = wanted(Kind::OrderAccepted, 3);
        assert_eq!(accepted.clone().then(wanted(Kind::OrderPlaced, 1)), accepted);
        assert_eq!(accepted.clone().then(wanted(Kind::OrderCancelled, 2)), accepted);
        let cancelled = accepted.then(wanted(Kind::OrderCancelled, 4));
        assert_eq!(cancelled, wanted(Kind::OrderCancelled, 4));
    }

    #[test]
    fn an_end_is_final_and_a_goal_never_moves_back() {
        let cancelled = wanted(Kind::OrderCancelled, 4);
        let still = cancelled.clone().then(wanted(Kind::OrderDelivered, 5)).then(wanted(Kind::OrderRejected, 6));
        assert_eq!(still, Projected { sequence: 6, ..cancelled });
        assert_eq!(wanted(Kind::OrderAccepted, 2).then(wanted(Kind::OrderPlaced, 3)).value.goal, Goal::Capture);
    }

    #[test]
    fn its_stored_text_stays_the_same() {
        for (kind, text) in [
            (Kind::OrderPlaced, r#"{"goal":"hold","sequence":4}"#),
            (Kind::OrderAccepted, r#"{"goal":"capture","sequence":4}"#),
            (
                Kind::OrderCancelled,
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
        assert_eq!(wanted(Kind::OrderCancelled, 4), wanted(Kind::OrderCancelled, 4));
        assert_ne!(wanted(Kind::OrderCancelled, 4).goal, wanted(Kind::OrderCancelled, 5).goal);
        let wordy = OrderFact { reason: Some("no oven".to_owned()), ..fact("tok_ok") };
        for (fact, expected) in [(wordy, "no oven"), (fact("tok_ok"), "order.rejected")] {
            let Some(Goal::Release { reason, .. }) = Goal::of(&event(Kind::OrderRejected, 3), &fact) else { panic!() };
            assert_eq!(reason, expected);
        }
    }
}
