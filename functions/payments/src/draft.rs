//! A payment that is changing: each step is pure, and adds to what there is to save and to publish.

use app::{Fact, Item};
use domain::{Kind, PaymentFact, PaymentOperation, Timestamp};

use crate::{
    Account, Backoff, DesiredState, Goal, Head, Intent, Payment, Posting, ProviderAnswer, RefundStatus, Status,
    Unsound, ledger::transfer,
};

/// A payment, and what happened to it since it was read. Each step makes one version.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// The payment as it is now.
    pub payment: Payment,
    /// The version after the last step.
    pub version: u64,
    /// The version it was read at; nothing where nothing was there.
    pub read_at: Option<u64>,
    /// Postings to add to its ledger.
    pub postings: Vec<Item>,
    /// Facts to publish.
    pub facts: Vec<Fact>,
}

impl Draft {
    /// A payment as it was read.
    pub const fn of(payment: Payment, version: u64) -> Self {
        Self { payment, version, read_at: Some(version), postings: Vec::new(), facts: Vec::new() }
    }

    /// A new payment, where a placeholder or nothing was read.
    pub fn new(payment: Payment, read_at: Option<u64>) -> Self {
        let version = read_at.unwrap_or(0) + 1;
        // An order that has ended already needs none. No money moves, so nothing is published.
        let status = if matches!(payment.wanted.goal, Goal::Release { .. }) { Status::Voided } else { payment.status };
        let payment = Payment { status, ..payment };
        Self { payment, version, read_at, postings: Vec::new(), facts: Vec::new() }
    }

    /// Whether everything is saved.
    pub fn is_saved(&self) -> bool {
        self.read_at == Some(self.version)
    }

    /// The same once everything is saved.
    #[must_use]
    pub fn saved(self) -> Self {
        Self::of(self.payment, self.version)
    }

    /// The order wants this, by one more fact of it. An older fact changes nothing; a new one is reason to ask again at
    /// once for what was refused.
    #[must_use]
    pub fn wanted(mut self, wanted: DesiredState) -> Self {
        let wanted = self.payment.wanted.clone().then(wanted);
        if wanted == self.payment.wanted {
            return self;
        }
        self.version += 1;
        self.payment.wanted = wanted;
        self.payment.setbacks = 0;
        if self.payment.intent.is_none() {
            self.payment.due = None;
        }
        self
    }

    /// An order that costs nothing: nothing is held and taken, at once, and nobody is asked.
    #[must_use]
    pub fn free(mut self, now: Timestamp) -> Self {
        let amount = self.payment.amount;
        for (kind, operation, status) in [
            (Kind::PaymentAuthorized, PaymentOperation::Authorize, Status::Authorized),
            (Kind::PaymentCaptured, PaymentOperation::Capture, Status::Captured),
        ] {
            self.version += 1;
            self.payment.status = status;
            self.publish(kind, &Intent { operation, key: String::new(), amount, refund_id: None }, now);
        }
        self
    }

    /// Records the intent: what the provider will be asked.
    pub fn begun(mut self, operation: PaymentOperation, now: Timestamp, backoff: Backoff) -> Result<Self, Unsound> {
        let payment = &mut self.payment;
        let (amount, refund_id) = match operation {
            PaymentOperation::Authorize => (payment.amount, None),
            PaymentOperation::Capture | PaymentOperation::Void => (payment.authorized, None),
            PaymentOperation::Refund => (payment.left()?, Some(payment.begin_refund(now)?)),
        };
        self.version += 1;
        payment.intents += 1;
        let key = format!("{}:{}:{}", payment.id, operation.word(), payment.intents);
        payment.intent = Some(Intent { operation, key, amount, refund_id });
        payment.due = Some(backoff.after(0, now));
        Ok(self)
    }

    /// The provider has answered.
    pub fn answered(mut self, answer: ProviderAnswer, now: Timestamp, backoff: Backoff) -> Result<Self, Unsound> {
        let intent = self.payment.intent.take().ok_or(Unsound::Unasked)?;
        self.version += 1;
        let kind = match answer {
            ProviderAnswer::Done { reference } => self.done(&intent, reference, now)?,
            ProviderAnswer::Refused { reason } => self.refused(&intent, reason, now, backoff),
        };
        if !self.payment.is_sound() {
            return Err(Unsound::OutOfBounds);
        }
        self.publish(kind, &intent, now);
        Ok(self)
    }

    /// The provider was unavailable, or its answer was lost: after a backoff it is asked again under the same key.
    #[must_use]
    pub fn unanswered(mut self, now: Timestamp, backoff: Backoff) -> Self {
        self.version += 1;
        self.set_back(now, backoff);
        self
    }

    fn done(&mut self, intent: &Intent, reference: String, now: Timestamp) -> Result<Kind, Unsound> {
        let payment = &mut self.payment;
        let status =
            payment.status.after(intent.operation).ok_or(Unsound::OutOfTurn(payment.status, intent.operation))?;
        payment.status = status;
        payment.setbacks = 0;
        payment.due = None;
        match intent.operation {
            PaymentOperation::Authorize => {
                payment.authorized = payment.authorized.checked_add(intent.amount)?;
                payment.provider_reference = Some(reference);
                payment.failure = None;
                Ok(Kind::PaymentAuthorized)
            }
            PaymentOperation::Capture => {
                payment.captured = payment.captured.checked_add(intent.amount)?;
                payment.failure = None;
                self.post(intent, Account::ProviderClearing, Account::CustomerFunds, now)?;
                Ok(Kind::PaymentCaptured)
            }
            // A capture that was refused before never happens now: its failure stays to be read.
            PaymentOperation::Void => Ok(Kind::PaymentVoided),
            PaymentOperation::Refund => {
                payment.refunded = payment.refunded.checked_add(intent.amount)?;
                payment.failure = None;
                if payment.is_given_back() {
                    payment.status = Status::Refunded;
                }
                payment.end_refund(intent.refund_id, RefundStatus::Succeeded);
                self.post(intent, Account::CustomerFunds, Account::ProviderClearing, now)?;
                Ok(Kind::PaymentRefunded)
            }
        }
    }

    fn refused(&mut self, intent: &Intent, reason: String, now: Timestamp, backoff: Backoff) -> Kind {
        self.payment.failure = Some(reason);
        match intent.operation {
            // Final: the customer orders again with another means of payment.
            PaymentOperation::Authorize => {
                self.payment.status = Status::Failed;
                self.payment.due = None;
            }
            PaymentOperation::Capture | PaymentOperation::Void => self.set_back(now, backoff),
            PaymentOperation::Refund => {
                self.payment.end_refund(intent.refund_id, RefundStatus::Failed);
                self.set_back(now, backoff);
            }
        }
        Kind::PaymentFailed
    }

    fn set_back(&mut self, now: Timestamp, backoff: Backoff) {
        self.payment.due = Some(backoff.after(self.payment.setbacks, now));
        self.payment.setbacks = self.payment.setbacks.saturating_add(1);
    }

    fn post(&mut self, intent: &Intent, debit: Account, credit: Account, now: Timestamp) -> Result<(), Unsound> {
        let head = &mut self.payment.ledger;
        let posting = Posting {
            payment_id: self.payment.id,
            number: head.postings + 1,
            operation: intent.operation,
            key: intent.key.clone(),
            entries: transfer(debit, credit, intent.amount)?,
            at: now,
            previous: head.digest.clone(),
        };
        let item = posting.item();
        *head = Head { postings: posting.number, digest: Posting::digest(&item.body) };
        self.postings.push(item);
        Ok(())
    }

    fn publish(&mut self, kind: Kind, intent: &Intent, now: Timestamp) {
        let payment = &self.payment;
        let fact = PaymentFact {
            payment_id: payment.id,
            order_id: payment.order_id(),
            customer_id: payment.customer_id,
            merchant_id: payment.merchant_id,
            operation: intent.operation,
            amount: intent.amount,
            authorized: payment.authorized,
            captured: payment.captured,
            refunded: payment.refunded,
            failure: payment.failure.clone().filter(|_| kind == Kind::PaymentFailed),
            refund_id: intent.refund_id,
            at: now,
        };
        self.facts.push(Fact::new(kind, payment.id, payment.order_id(), self.version, &fact));
    }
}

#[cfg(test)]
mod tests {
    use domain::Money;
    use testing::NOON;

    use super::*;
    use crate::sample::{event, fact};

    const BACKOFF: Backoff = Backoff { interval_s: 30 };

    fn noon() -> Timestamp {
        NOON.parse().unwrap()
    }

    fn done() -> ProviderAnswer {
        ProviderAnswer::Done { reference: "sim".to_owned() }
    }

    fn placed() -> Draft {
        let event = event(Kind::OrderPlaced, 1);
        let fact = fact("tok_ok");
        let wanted = DesiredState::by(&event, &fact).unwrap();
        let method = fact.payment_method.clone().unwrap();
        Draft::new(Payment::placed(&fact, method, wanted, noon()), None)
    }

    fn apply(draft: Draft, kind: Kind, sequence: u64) -> Draft {
        draft.wanted(DesiredState::by(&event(kind, sequence), &fact("tok_ok")).unwrap())
    }

    fn perform(draft: Draft, operation: PaymentOperation) -> Draft {
        draft.begun(operation, noon(), BACKOFF).unwrap().answered(done(), noon(), BACKOFF).unwrap()
    }

    #[test]
    fn each_step_is_one_version_and_each_fact_has_the_version_after_it() {
        let draft = perform(
            perform(apply(placed(), Kind::OrderAccepted, 2), PaymentOperation::Authorize),
            PaymentOperation::Capture,
        );
        assert_eq!(draft.version, 6);
        assert_eq!(draft.read_at, None);
        assert!(!draft.is_saved());
        let facts: Vec<_> = draft.facts.iter().map(|fact| (fact.kind, fact.sequence)).collect();
        assert_eq!(facts, [(Kind::PaymentAuthorized, 4), (Kind::PaymentCaptured, 6)]);
        let saved = draft.saved();
        assert_eq!(saved.version, 6);
        assert!(saved.is_saved());
        assert_eq!(saved.facts, []);
        assert_eq!(saved.postings, []);
        assert_eq!(apply(saved.clone(), Kind::OrderAccepted, 2), saved);
    }

    #[test]
    fn only_what_moves_money_is_posted() {
        let captured = perform(
            perform(apply(placed(), Kind::OrderAccepted, 2), PaymentOperation::Authorize),
            PaymentOperation::Capture,
        );
        let refunded = perform(apply(captured, Kind::OrderCancelled, 3), PaymentOperation::Refund);
        let postings: Vec<Posting> = refunded.postings.iter().map(|item| item.read().unwrap()).collect();
        let entries: Vec<_> =
            postings.iter().flat_map(|posting| posting.entries).map(|entry| entry.amount.amount).collect();
        assert_eq!(entries, [5450, -5450, 5450, -5450]);
        let accounts: Vec<_> = postings.iter().flat_map(|posting| posting.entries).map(|entry| entry.account).collect();
        let clearing = Account::ProviderClearing;
        let funds = Account::CustomerFunds;
        assert_eq!(accounts, [clearing, funds, funds, clearing]);
        let voided = perform(
            apply(perform(placed(), PaymentOperation::Authorize), Kind::OrderRejected, 2),
            PaymentOperation::Void,
        );
        assert!(voided.postings.is_empty());
    }

    #[test]
    fn keys_name_the_payment_the_operation_and_the_number_of_the_intent() {
        let authorized = perform(placed(), PaymentOperation::Authorize);
        let again =
            apply(authorized, Kind::OrderAccepted, 2).begun(PaymentOperation::Capture, noon(), BACKOFF).unwrap();
        let intent = again.payment.intent.clone().unwrap();
        assert_eq!(intent.key, format!("{}:capture:2", again.payment.id));
        let refused = again.answered(ProviderAnswer::Refused { reason: "no".to_owned() }, noon(), BACKOFF).unwrap();
        let second = refused.begun(PaymentOperation::Capture, noon(), BACKOFF).unwrap();
        assert_eq!(second.payment.intent.unwrap().key, format!("{}:capture:3", second.payment.id));
    }

    #[test]
    fn what_breaks_the_books_is_an_error() {
        let unasked = placed().answered(done(), noon(), BACKOFF).unwrap_err();
        assert_eq!(unasked, Unsound::Unasked);
        let early = placed()
            .begun(PaymentOperation::Capture, noon(), BACKOFF)
            .unwrap()
            .answered(done(), noon(), BACKOFF)
            .unwrap_err();
        assert_eq!(early, Unsound::OutOfTurn(Status::Pending, PaymentOperation::Capture));
        let unwanted = placed().begun(PaymentOperation::Refund, noon(), BACKOFF).unwrap_err();
        assert_eq!(unwanted, Unsound::OutOfTurn(Status::Pending, PaymentOperation::Refund));
        let mut too_much = placed().begun(PaymentOperation::Authorize, noon(), BACKOFF).unwrap();
        let amount = &mut too_much.payment.amount;
        *amount = Money::new(amount.amount - 1, amount.currency);
        assert_eq!(too_much.answered(done(), noon(), BACKOFF).unwrap_err(), Unsound::OutOfBounds);
    }
}
