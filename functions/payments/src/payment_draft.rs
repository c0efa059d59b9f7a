//! A payment that is changing: each step is pure, and adds to what there is to save and to publish.

use std::ops::Deref;

use app::{Changes, Draft, Fact, Projected, Stored as _, Versioned};
use domain::{PaymentFact, PaymentKind, PaymentOperation, Timestamp, UserId};

use crate::{
    Account, Backoff, DesiredState, Goal, Head, Intent, Payment, Posting, ProviderAnswer, Refund, RefundStatus, Status,
    Unsound, ledger::transfer,
};

/// After so many refusals to take the money, it was refused for good; with the usual backoff, after more than four hours.
pub(crate) const CAPTURES: u32 = 10;

/// A payment, and what happened to it since it was read. Each step makes one version.
#[must_use]
#[derive(Clone, Debug, PartialEq)]
pub struct PaymentDraft(Draft<Payment>);

impl PaymentDraft {
    /// A payment as it was read.
    pub fn of(payment: Versioned<Payment>) -> Self {
        Self(Draft::of(payment))
    }

    /// A new payment, where a placeholder of this version was found or none; those who are being erased get no pointer to it.
    pub fn new(mut payment: Payment, placeholder: Option<u64>, erased: &[UserId]) -> Self {
        // An order that has ended already needs none. No money moves, so nothing is published.
        if matches!(payment.wanted.goal, Goal::Release { .. }) {
            payment.status = Status::Voided;
        }
        let Payment { id, created_at, .. } = payment;
        Self(Draft::replacing(&id, payment, placeholder, created_at).without_pointers_of(erased))
    }

    /// The same once everything is saved.
    pub fn saved(self) -> Self {
        Self(self.0.saved())
    }

    /// The order wants this, by one more fact of it. An older fact changes nothing; a new one is reason to ask again at
    /// once for what was refused.
    pub fn wanted(mut self, later: Projected<DesiredState>) -> Self {
        let wanted = self.wanted.clone().then(later);
        if wanted == self.wanted {
            return self;
        }
        let payment = self.0.step();
        payment.wanted = wanted;
        payment.setbacks = 0;
        if payment.intent.is_none() {
            payment.due = None;
        }
        self
    }

    /// An order that costs nothing: nothing is held and taken, at once, and nobody is asked.
    pub fn free(mut self, now: Timestamp) -> Self {
        let amount = self.amount;
        for (kind, operation, status) in [
            (PaymentKind::Authorized, PaymentOperation::Authorize, Status::Authorized),
            (PaymentKind::Captured, PaymentOperation::Capture, Status::Captured),
        ] {
            self.0.step().status = status;
            self.publish(kind, &Intent { operation, key: String::new(), amount, refund_id: None }, now);
        }
        self
    }

    /// Somebody asks for a refund. A sweep finds it from now on.
    pub fn owes(mut self, refund: Refund, now: Timestamp) -> Self {
        let payment = self.0.step();
        payment.refunds.push(refund);
        payment.due = payment.due.or(Some(now));
        self
    }

    /// Records the intent: what the provider will be asked.
    pub fn begun(mut self, operation: PaymentOperation, now: Timestamp, backoff: Backoff) -> Result<Self, Unsound> {
        let payment = self.0.step();
        let (amount, refund_id) = match operation {
            PaymentOperation::Authorize => (payment.amount, None),
            PaymentOperation::Capture | PaymentOperation::Void => (payment.authorized, None),
            PaymentOperation::Refund => {
                let (id, amount) = payment.begin_refund(now)?;
                (amount, Some(id))
            }
        };
        payment.intents += 1;
        let key = format!("{}:{}:{}", payment.id, operation.word(), payment.intents);
        payment.intent = Some(Intent { operation, key, amount, refund_id });
        payment.due = Some(backoff.after(0, now));
        Ok(self)
    }

    /// The provider has answered.
    pub fn answered(mut self, answer: ProviderAnswer, now: Timestamp, backoff: Backoff) -> Result<Self, Unsound> {
        let intent = self.0.step().intent.take().ok_or(Unsound::Unasked)?;
        let kind = match answer {
            ProviderAnswer::Done { reference } => self.done(&intent, reference, now)?,
            ProviderAnswer::Refused { reason } => self.refused(&intent, reason, now, backoff),
        };
        if !self.is_sound() {
            return Err(Unsound::OutOfBounds);
        }
        self.publish(kind, &intent, now);
        Ok(self)
    }

    /// The provider was unavailable, or its answer was lost: after a backoff it is asked again under the same key.
    pub fn unanswered(mut self, now: Timestamp, backoff: Backoff) -> Self {
        self.0.step().set_back(now, backoff);
        self
    }

    /// The same with these, in one unit of work: the next that is committed.
    pub fn and(mut self, changes: Changes) -> Self {
        self.0.saves(changes);
        self
    }

    fn done(&mut self, intent: &Intent, reference: String, now: Timestamp) -> Result<PaymentKind, Unsound> {
        let payment = &mut self.0.value;
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
                Ok(PaymentKind::Authorized)
            }
            PaymentOperation::Capture => {
                payment.captured = payment.captured.checked_add(intent.amount)?;
                payment.failure = None;
                self.post(intent, Account::ProviderClearing, Account::CustomerFunds, now)?;
                Ok(PaymentKind::Captured)
            }
            // A capture that was refused before never happens now: its failure stays to be read.
            PaymentOperation::Void => Ok(PaymentKind::Voided),
            PaymentOperation::Refund => {
                payment.refunded = payment.refunded.checked_add(intent.amount)?;
                payment.failure = None;
                if payment.is_given_back() {
                    payment.status = Status::Refunded;
                }
                payment.end_refund(intent.refund_id, RefundStatus::Succeeded);
                self.post(intent, Account::CustomerFunds, Account::ProviderClearing, now)?;
                Ok(PaymentKind::Refunded)
            }
        }
    }

    fn refused(&mut self, intent: &Intent, reason: String, now: Timestamp, backoff: Backoff) -> PaymentKind {
        let payment = &mut self.0.value;
        payment.failure = Some(reason);
        match intent.operation {
            // Final: the customer orders again with another means of payment.
            PaymentOperation::Authorize => {
                payment.status = Status::Failed;
                payment.due = None;
            }
            // An order that has not gone on ends when it hears of the first refusal. One that has is paid for as long as
            // there is hope; what is held is left to be taken by hand, or to lapse.
            PaymentOperation::Capture => {
                payment.capture_refusals += 1;
                if payment.capture_refusals < CAPTURES {
                    payment.set_back(now, backoff);
                } else {
                    payment.status = Status::Failed;
                    payment.due = None;
                }
            }
            PaymentOperation::Void => payment.set_back(now, backoff),
            PaymentOperation::Refund => {
                payment.end_refund(intent.refund_id, RefundStatus::Failed);
                if payment.next_operation().is_some() {
                    payment.set_back(now, backoff);
                } else {
                    payment.due = None;
                }
            }
        }
        PaymentKind::Failed
    }

    fn post(&mut self, intent: &Intent, debit: Account, credit: Account, now: Timestamp) -> Result<(), Unsound> {
        let Head { postings, digest: previous } = self.ledger.clone();
        let number = postings + 1;
        let posting = Posting {
            payment_id: self.id,
            number,
            operation: intent.operation,
            key: intent.key.clone(),
            entries: transfer(debit, credit, intent.amount)?,
            at: now,
            previous,
        };
        self.0.value.ledger = Head { postings: number, digest: Posting::digest(&posting.body()) };
        self.0.saves(Draft::new(&(self.id, number), posting));
        Ok(())
    }

    fn publish(&mut self, kind: PaymentKind, intent: &Intent, now: Timestamp) {
        let fact = PaymentFact {
            payment_id: self.id,
            order_id: self.order_id(),
            customer_id: self.customer_id,
            merchant_id: self.merchant_id,
            operation: intent.operation,
            amount: intent.amount,
            authorized: self.authorized,
            captured: self.captured,
            refunded: self.refunded,
            failure: self.failure.clone().filter(|_| kind == PaymentKind::Failed),
            refund_id: intent.refund_id,
            at: now,
        };
        self.0.publish(Fact::new(kind, fact.payment_id, fact.order_id, self.version(), &fact));
    }
}

impl Deref for PaymentDraft {
    type Target = Draft<Payment>;

    fn deref(&self) -> &Draft<Payment> {
        &self.0
    }
}

impl From<PaymentDraft> for Changes {
    fn from(PaymentDraft(draft): PaymentDraft) -> Self {
        draft.into()
    }
}

impl Payment {
    /// The provider gave no answer or refused: it is asked again after a backoff.
    fn set_back(&mut self, now: Timestamp, backoff: Backoff) {
        self.due = Some(backoff.after(self.setbacks, now));
        self.setbacks = self.setbacks.saturating_add(1);
    }
}

#[cfg(test)]
mod tests {
    use app::{Condition, Write};
    use domain::{Money, OrderKind};
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

    fn placed() -> PaymentDraft {
        let event = event(OrderKind::Placed, 1);
        let fact = fact("tok_ok");
        let wanted = DesiredState::by(&event.typed().unwrap()).unwrap();
        let method = fact.payment_method.clone().unwrap();
        PaymentDraft::new(Payment::placed(&fact, method, wanted, noon()), None, &[])
    }

    fn apply(draft: PaymentDraft, kind: OrderKind, sequence: u64) -> PaymentDraft {
        draft.wanted(DesiredState::by(&event(kind, sequence).typed().unwrap()).unwrap())
    }

    fn perform(draft: PaymentDraft, operation: PaymentOperation) -> PaymentDraft {
        draft.begun(operation, noon(), BACKOFF).unwrap().answered(done(), noon(), BACKOFF).unwrap()
    }

    fn posted(draft: PaymentDraft) -> Vec<Posting> {
        let posting = |write| match write {
            Write::Put(item, Condition::Absent) if item.kind == Posting::ITEM => Some(item.read().unwrap()),
            _ => None,
        };
        Changes::from(draft).writes.into_iter().filter_map(posting).collect()
    }

    #[test]
    fn each_step_is_one_version_and_each_fact_has_the_version_after_it() {
        let draft = perform(
            perform(apply(placed(), OrderKind::Accepted, 2), PaymentOperation::Authorize),
            PaymentOperation::Capture,
        );
        assert_eq!(draft.version(), 6);
        assert!(draft.is_changed());
        let Write::Put(item, condition) = &Changes::from(draft.clone()).writes[0] else { panic!("{draft:?}") };
        assert_eq!(item.version, 6);
        assert_eq!(*condition, Condition::AbsentOrExpired(noon().as_second()));
        let facts: Vec<_> = draft.facts().iter().map(|fact| (fact.kind, fact.sequence)).collect();
        assert_eq!(facts, [(PaymentKind::Authorized.into(), 4), (PaymentKind::Captured.into(), 6)]);
        let saved = draft.saved();
        assert_eq!(saved.version(), 6);
        assert!(!saved.is_changed());
        assert!(Changes::from(saved.clone()).is_empty());
        assert_eq!(apply(saved.clone(), OrderKind::Accepted, 2), saved);
    }

    #[test]
    fn only_what_moves_money_is_posted() {
        let captured = perform(
            perform(apply(placed(), OrderKind::Accepted, 2), PaymentOperation::Authorize),
            PaymentOperation::Capture,
        );
        let refunded = perform(apply(captured, OrderKind::Cancelled, 3), PaymentOperation::Refund);
        let postings = posted(refunded);
        let entries: Vec<_> =
            postings.iter().flat_map(|posting| posting.entries).map(|entry| entry.amount.amount).collect();
        assert_eq!(entries, [5450, -5450, 5450, -5450]);
        let accounts: Vec<_> = postings.iter().flat_map(|posting| posting.entries).map(|entry| entry.account).collect();
        let clearing = Account::ProviderClearing;
        let funds = Account::CustomerFunds;
        assert_eq!(accounts, [clearing, funds, funds, clearing]);
        let voided = perform(
            apply(perform(placed(), PaymentOperation::Authorize), OrderKind::Rejected, 2),
            PaymentOperation::Void,
        );
        assert!(posted(voided).is_empty());
    }

    #[test]
    fn keys_name_the_payment_the_operation_and_the_number_of_the_intent() {
        let authorized = perform(placed(), PaymentOperation::Authorize);
        let again =
            apply(authorized, OrderKind::Accepted, 2).begun(PaymentOperation::Capture, noon(), BACKOFF).unwrap();
        let intent = again.intent.clone().unwrap();
        assert_eq!(intent.key, format!("{}:capture:2", again.id));
        let refused = again.answered(ProviderAnswer::Refused { reason: "no".to_owned() }, noon(), BACKOFF).unwrap();
        let second = refused.begun(PaymentOperation::Capture, noon(), BACKOFF).unwrap();
        assert_eq!(second.intent.as_ref().unwrap().key, format!("{}:capture:3", second.id));
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
        let amount = &mut too_much.0.value.amount;
        *amount = Money::new(amount.amount - 1, amount.currency);
        assert_eq!(too_much.answered(done(), noon(), BACKOFF).unwrap_err(), Unsound::OutOfBounds);
    }
}
