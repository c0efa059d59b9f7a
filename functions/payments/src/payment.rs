//! A payment: whose it is, where its money is, what its order wants of it, and what that makes the next operation.

use app::{Policy, Projected, User};
use domain::{
    Money, MoneyError, OrderFact, OrderId, PaymentId, PaymentMethod, PaymentOperation, RefundId, Timestamp, UserId,
};
use serde::{Deserialize, Serialize};

use crate::{DesiredState, Goal, Head, Refund, Status};

/// The payment of an order, as it is stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Payment {
    /// The payment; it has the order's UUID.
    pub id: PaymentId,
    /// Who pays.
    pub customer_id: UserId,
    /// Who is paid.
    pub merchant_id: UserId,
    /// The customer's means of payment: the provider's token.
    pub method: PaymentMethod,
    /// The order's total.
    pub amount: Money,
    /// How much was ever held.
    pub authorized: Money,
    /// How much of it was taken.
    pub captured: Money,
    /// How much of that was given back.
    pub refunded: Money,
    pub status: Status,
    /// What the provider last refused, until the same is done after all.
    pub failure: Option<String>,
    /// What the provider calls it.
    pub provider_reference: Option<String>,
    /// What was given back, or is being, or could not be.
    pub refunds: Vec<Refund>,
    pub created_at: Timestamp,
    /// What the order wants.
    pub wanted: Projected<DesiredState>,
    /// What the provider was asked, or is about to be, and has not answered.
    pub intent: Option<Intent>,
    /// How many intents there have been; the number of the last is in its key.
    pub intents: u64,
    /// How often in a row the provider did not answer or refused; the backoff grows with it.
    pub setbacks: u32,
    /// How often the provider refused to take the money; from some number on it is asked no more.
    #[serde(default)]
    pub capture_refusals: u32,
    /// When a sweep goes on with it; null while there is nothing to do.
    pub due: Option<Timestamp>,
    pub ledger: Head,
}

/// What is asked of the provider: written down first, so that after a crash the same is asked under the same key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intent {
    pub operation: PaymentOperation,
    /// The idempotency key: payment, operation, and the number of the intent.
    pub key: String,
    pub amount: Money,
    /// Which refund, where the operation is one.
    pub refund_id: Option<RefundId>,
}

impl Payment {
    /// The payment of an order that was placed. Nothing is held yet.
    pub fn placed(fact: &OrderFact, method: PaymentMethod, wanted: Projected<DesiredState>, now: Timestamp) -> Self {
        let zero = Money::zero(fact.total.currency);
        Self {
            id: PaymentId::of(fact.order_id),
            customer_id: fact.customer_id,
            merchant_id: fact.merchant_id,
            method,
            amount: fact.total,
            authorized: zero,
            captured: zero,
            refunded: zero,
            status: Status::Pending,
            failure: None,
            provider_reference: None,
            refunds: Vec::new(),
            created_at: now,
            wanted,
            intent: None,
            intents: 0,
            setbacks: 0,
            capture_refusals: 0,
            due: None,
            ledger: Head::default(),
        }
    }

    /// What is paid for.
    pub const fn order_id(&self) -> OrderId {
        self.id.order()
    }

    /// What brings it nearer to what the order wants; nothing once it is there.
    pub fn next_operation(&self) -> Option<PaymentOperation> {
        match (&self.wanted.goal, self.status) {
            (Goal::Hold | Goal::Capture, Status::Pending) => Some(PaymentOperation::Authorize),
            (Goal::Capture, Status::Authorized) => Some(PaymentOperation::Capture),
            (Goal::Release { .. }, Status::Authorized) => Some(PaymentOperation::Void),
            // What was held, and could not be taken.
            (Goal::Release { .. }, Status::Failed) if self.was_held() => Some(PaymentOperation::Void),
            (_, Status::Captured | Status::PartiallyRefunded) if self.owed().is_some() => {
                Some(PaymentOperation::Refund)
            }
            (Goal::Release { .. }, Status::Captured | Status::PartiallyRefunded) if !self.is_given_back() => {
                Some(PaymentOperation::Refund)
            }
            // An order that ends while its payment is pending waits for what was asked; there is nothing new to ask.
            (Goal::Hold, Status::Authorized)
            | (Goal::Hold | Goal::Capture | Goal::Release { .. }, Status::Captured | Status::PartiallyRefunded)
            | (Goal::Hold | Goal::Capture | Goal::Release { .. }, Status::Voided | Status::Refunded | Status::Failed)
            | (Goal::Release { .. }, Status::Pending) => None,
        }
    }

    /// Whether the provider is left alone until a sweep goes on.
    pub fn waits(&self, now: Timestamp) -> bool {
        self.due.is_some_and(|due| due > now)
    }

    /// Whether all that was taken was given back; of nothing taken, it was.
    pub const fn is_given_back(&self) -> bool {
        self.refunded.amount == self.captured.amount
    }

    /// What was taken and not given back.
    pub fn left(&self) -> Result<Money, MoneyError> {
        self.captured.checked_sub(self.refunded)
    }

    /// Whether 0 ≤ refunded ≤ captured ≤ authorised ≤ the order's total, all in one currency.
    pub fn is_sound(&self) -> bool {
        let amounts = [Money::zero(self.amount.currency), self.refunded, self.captured, self.authorized, self.amount];
        amounts.is_sorted_by(|less, more| less.currency == more.currency && less.amount <= more.amount)
    }

    /// Whether money was ever held for it.
    fn was_held(&self) -> bool {
        match self.status {
            Status::Pending => false,
            Status::Voided | Status::Failed => !self.authorized.is_zero(),
            Status::Authorized | Status::Captured | Status::Refunded | Status::PartiallyRefunded => true,
        }
    }
}

impl Policy for Payment {
    type Purpose = ();

    /// Its customer's, the administrators', and, once money was held, the merchant's: an order never paid does not exist
    /// for them.
    fn permits(&self, user: &User, (): ()) -> bool {
        user.is_admin() || user.is(self.customer_id) || (user.is(self.merchant_id) && self.was_held())
    }
}

#[cfg(test)]
mod tests {
    use domain::{Currency, OrderKind};

    use super::*;
    use crate::sample::{event, fact};

    fn payment(kind: OrderKind, status: Status) -> Payment {
        let fact = fact("tok_ok");
        let wanted = DesiredState::by(&event(kind, 2).typed().unwrap()).unwrap();
        let method = fact.payment_method.clone().unwrap();
        let (authorized, captured) = match status {
            Status::Pending | Status::Failed => (0, 0),
            Status::Authorized | Status::Voided => (5450, 0),
            Status::Captured | Status::Refunded | Status::PartiallyRefunded => (5450, 5450),
        };
        let refunded = match status {
            Status::Refunded => 5450,
            Status::PartiallyRefunded => 450,
            Status::Pending | Status::Authorized | Status::Captured | Status::Voided | Status::Failed => 0,
        };
        let money = |amount| Money::new(amount, fact.total.currency);
        let placed = Payment::placed(&fact, method, wanted, testing::NOON.parse().unwrap());
        Payment {
            authorized: money(authorized),
            captured: money(captured),
            refunded: money(refunded),
            status,
            ..placed
        }
    }

    #[test]
    fn the_next_operation_leads_to_the_goal_from_wherever_it_is() {
        use PaymentOperation::{Authorize, Capture, Refund, Void};
        for (kind, expected) in [
            (OrderKind::Placed, [Some(Authorize), None, None, None, None, None, None]),
            (OrderKind::Accepted, [Some(Authorize), Some(Capture), None, None, None, None, None]),
            (OrderKind::Cancelled, [None, Some(Void), Some(Refund), None, None, Some(Refund), None]),
        ] {
            assert_eq!(Status::ALL.map(|status| payment(kind, status).next_operation()), expected, "{kind}");
        }
    }

    #[test]
    fn what_could_not_be_taken_is_let_go_once_the_order_ends_and_kept_while_it_does_not() {
        for (kind, expected) in [(OrderKind::Accepted, None), (OrderKind::Undeliverable, Some(PaymentOperation::Void))]
        {
            let held = payment(kind, Status::Authorized);
            assert_eq!(Payment { status: Status::Failed, ..held }.next_operation(), expected, "{kind}");
        }
    }

    #[test]
    fn whatever_comes_next_is_possible() {
        for kind in [OrderKind::Placed, OrderKind::Accepted, OrderKind::Cancelled] {
            for status in Status::ALL {
                let next = payment(kind, status).next_operation();
                assert!(next.is_none_or(|operation| status.after(operation).is_some()), "{kind} {status:?}");
            }
        }
    }

    #[test]
    fn amounts_out_of_order_or_of_two_currencies_are_not_sound() {
        let sound = payment(OrderKind::Accepted, Status::PartiallyRefunded);
        assert!(sound.is_sound());
        assert_eq!(sound.left().unwrap().amount, 5000);
        let other = |amount| Money::new(amount, sound.amount.currency);
        for unsound in [
            Payment { refunded: other(5451), ..sound.clone() },
            Payment { refunded: other(-1), ..sound.clone() },
            Payment { captured: other(5451), ..sound.clone() },
            Payment { authorized: other(5451), ..sound.clone() },
            Payment { captured: Money::new(5450, Currency::EUR), ..sound.clone() },
        ] {
            assert!(!unsound.is_sound(), "{unsound:?}");
        }
    }
}
