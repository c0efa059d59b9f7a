//! The audit: whether the books agree with themselves and with the provider's. For `tiffin check` and for tests.

use std::collections::{BTreeMap, BTreeSet};

use app::{Item, StoreError, Stored as _, Violation};
use domain::{Money, MoneyError, PaymentId, PaymentOperation};

use crate::{Account, AnsweredCall, Charge, Payment, Posting, ProviderAnswer, RefundStatus, Status};

/// Everything that is wrong with the items of the table of `payments` and of the provider's, as a scan gives them.
///
/// Checked always: amounts within their bounds, and held and taken in full or not at all; the ledger zero in sum,
/// unbroken and equal to the payment; one capture at most; each capture and refund posted once under the key the provider
/// did it under. Checked of payments with nothing outstanding: the provider's amounts are the same, and the payment is
/// where its order wants it. Both tables must have been read while nothing was written.
pub fn violations(items: &[Item]) -> Vec<Violation> {
    let mut books = BTreeMap::<PaymentId, Book>::new();
    let mut found = Vec::new();
    for item in items {
        if let Err(error) = enter(&mut books, item) {
            let about = format!("{}/{} ({error})", item.key.pk, item.key.sk);
            found.push(Violation { about, what: "can't be read" });
        }
    }
    for (id, book) in books {
        let wrong =
            book.payment.as_ref().map_or_else(|| vec!["money without a payment"], |payment| book.faults(payment));
        found.extend(wrong.into_iter().map(|what| Violation { about: id.to_string(), what }));
    }
    found
}

/// All that is known of one payment.
#[derive(Default)]
struct Book {
    payment: Option<Payment>,
    postings: Vec<(Posting, String)>,
    charge: Option<Charge>,
    calls: Vec<AnsweredCall>,
}

fn enter(books: &mut BTreeMap<PaymentId, Book>, item: &Item) -> Result<(), StoreError> {
    match &*item.kind {
        Payment::ITEM => {
            let Some(payment) = Payment::read(item)? else { return Ok(()) };
            let book = books.entry(payment.id).or_default();
            book.payment = Some(payment);
        }
        Posting::ITEM => {
            let posting: Posting = item.read()?;
            books.entry(posting.payment_id).or_default().postings.push((posting, item.body.clone()));
        }
        Charge::ITEM => {
            let charge: Charge = item.read()?;
            let book = books.entry(charge.payment_id).or_default();
            book.charge = Some(charge);
        }
        AnsweredCall::ITEM => {
            let call: AnsweredCall = item.read()?;
            books.entry(call.payment_id).or_default().calls.push(call);
        }
        // Placeholders, and what the host keeps: outbox, inbox, idempotency records.
        _ => {}
    }
    Ok(())
}

impl Book {
    fn faults(&self, payment: &Payment) -> Vec<&'static str> {
        let outstanding = payment.intent.is_some();
        let checks = [
            (payment.is_sound(), "not refunded ≤ captured ≤ authorised ≤ ordered"),
            (is_in_full(payment), "its status and its amounts differ"),
            (self.is_unbroken(payment), "the ledger is broken"),
            (self.sums_are_zero(), "a posting does not sum to zero"),
            (self.balances(payment).unwrap_or(false), "the ledger is not what the payment says"),
            (refunds_add_up(payment).unwrap_or(false), "the refunds are not what the payment says"),
            (self.captures() <= 1, "captured more than once"),
            (self.agrees_by_key(payment), "the ledger and the provider differ in what was done"),
            (outstanding || self.agrees_by_amount(payment), "the payment and the provider differ in amounts"),
            (payment.due.is_some() || is_at_rest(payment), "unfinished, and no sweep will go on with it"),
        ];
        checks.into_iter().filter(|(holds, _)| !holds).map(|(_, what)| what).collect()
    }

    /// Numbered from 1 without a gap, each naming the digest of the one before, the last as the payment has it.
    fn is_unbroken(&self, payment: &Payment) -> bool {
        let mut digest = String::new();
        let follows = self.postings.iter().zip(1..).all(|((posting, stored), number)| {
            let previous = std::mem::replace(&mut digest, Posting::digest(stored));
            posting.number == number && posting.previous == previous
        });
        follows && payment.ledger.digest == digest && payment.ledger.postings == self.postings.len() as u64
    }

    fn sums_are_zero(&self) -> bool {
        self.postings.iter().all(|(posting, _)| posting.sum().is_ok_and(Money::is_zero))
    }

    /// The account of the provider is what was taken and not given back; the customer's funds the opposite.
    fn balances(&self, payment: &Payment) -> Result<bool, MoneyError> {
        let moved = |operation: PaymentOperation, account: Account| {
            let postings = self.postings.iter().filter(move |(posting, _)| posting.operation == operation);
            let entries = postings.flat_map(|(posting, _)| posting.entries);
            let amounts = entries.filter(move |entry| entry.account == account).map(|entry| entry.amount);
            sum(payment, amounts)
        };
        Ok(moved(PaymentOperation::Capture, Account::ProviderClearing)? == payment.captured
            && moved(PaymentOperation::Refund, Account::CustomerFunds)? == payment.refunded)
    }

    fn captures(&self) -> usize {
        self.postings.iter().filter(|(posting, _)| posting.operation == PaymentOperation::Capture).count()
    }

    /// What the provider took and gave back is what was posted, key by key; it may be ahead by what is outstanding.
    fn agrees_by_key(&self, payment: &Payment) -> bool {
        let outstanding = payment.intent.as_ref().map(|intent| intent.key.as_str());
        let posted: BTreeSet<_> = self.postings.iter().map(|(posting, _)| line_of_posting(posting)).collect();
        let moves = |call: &&AnsweredCall| match call.operation {
            PaymentOperation::Capture | PaymentOperation::Refund => matches!(call.answer, ProviderAnswer::Done { .. }),
            PaymentOperation::Authorize | PaymentOperation::Void => false,
        };
        let done = self.calls.iter().filter(moves).filter(|call| Some(call.key.as_str()) != outstanding);
        let done: BTreeSet<_> = done.map(|call| (call.key.as_str(), call.amount.amount)).collect();
        posted == done && posted.len() == self.postings.len()
    }

    fn agrees_by_amount(&self, payment: &Payment) -> bool {
        let Payment { authorized, captured, refunded, .. } = *payment;
        match &self.charge {
            None => [authorized, captured, refunded].into_iter().all(Money::is_zero),
            Some(charge) => {
                charge.authorized == authorized
                    && charge.captured == captured
                    && charge.refunded == refunded
                    && charge.voided == (payment.status == Status::Voided)
            }
        }
    }
}

fn line_of_posting(posting: &Posting) -> (&str, i64) {
    let [debit, _] = posting.entries;
    (posting.key.as_str(), debit.amount.amount)
}

/// What is held is the order's total, and what is taken is all of that; as much of each as the status says.
fn is_in_full(payment: &Payment) -> bool {
    let Payment { status, amount, authorized, captured, refunded, .. } = *payment;
    let is_held = authorized == amount;
    let is_taken = is_held && captured == amount;
    match status {
        Status::Pending => authorized.is_zero() && captured.is_zero(),
        Status::Authorized => is_held && captured.is_zero(),
        Status::Captured => is_taken && refunded.is_zero(),
        Status::PartiallyRefunded => is_taken && !refunded.is_zero() && refunded != captured,
        Status::Refunded => is_taken && refunded == captured,
        Status::Voided | Status::Failed => (is_held || authorized.is_zero()) && captured.is_zero(),
    }
}

/// Nothing outstanding, and nothing left to do for the order.
fn is_at_rest(payment: &Payment) -> bool {
    payment.intent.is_none() && payment.next_operation().is_none() && payment.status != Status::Pending
}

fn refunds_add_up(payment: &Payment) -> Result<bool, MoneyError> {
    let ids: BTreeSet<_> = payment.refunds.iter().map(|refund| refund.id).collect();
    let succeeded = payment.refunds.iter().filter(|refund| refund.status == RefundStatus::Succeeded);
    let given_back = sum(payment, succeeded.map(|refund| refund.amount))?;
    Ok(ids.len() == payment.refunds.len() && given_back == payment.refunded && !payment.refundable()?.is_negative())
}

fn sum(payment: &Payment, mut amounts: impl Iterator<Item = Money>) -> Result<Money, MoneyError> {
    amounts.try_fold(Money::zero(payment.amount.currency), Money::checked_add)
}

#[cfg(test)]
mod tests {
    use app::Placement;
    use domain::OrderKind;

    use super::*;
    use crate::{
        PAYMENTS, PROVIDER,
        placed::{PLACES, world},
        sample::{deliver, event, everything},
    };

    /// The tables after a life that ended with a refund: a payment, two postings, a charge and three calls.
    async fn refunded(place: Placement) -> (Vec<Item>, Vec<Item>) {
        let world = world(place);
        for (kind, sequence) in [(OrderKind::Placed, 1), (OrderKind::Accepted, 2), (OrderKind::Cancelled, 3)] {
            deliver(&world, &event(kind, sequence)).await;
        }
        (everything(&world, PAYMENTS).await.unwrap(), everything(&world, PROVIDER).await.unwrap())
    }

    fn whats(items: &[Item]) -> Vec<&'static str> {
        violations(items).into_iter().map(|violation| violation.what).collect()
    }

    #[tokio::test]
    async fn whatever_is_changed_is_found() {
        for place in PLACES {
            let (payments, provider) = refunded(place).await;
            assert_eq!(violations(&[payments, provider].concat()), [], "{place:?}");
        }
        let (payments, provider) = refunded(Placement::Inside).await;
        let items = [payments, provider].concat();
        for (kind, from, to, expected) in [
            (
                "payment",
                "\"refunded\":{\"amount\":5450",
                "\"refunded\":{\"amount\":5451",
                "not refunded ≤ captured ≤ authorised ≤ ordered",
            ),
            ("payment", "\"status\":\"refunded\"", "\"status\":\"failed\"", "its status and its amounts differ"),
            (
                "payment",
                "\"authorized\":{\"amount\":5450",
                "\"authorized\":{\"amount\":5449",
                "its status and its amounts differ",
            ),
            ("posting", testing::NOON, "2026-11-23T12:00:01Z", "the ledger is broken"),
            ("posting", "-5450", "-5449", "a posting does not sum to zero"),
            ("posting", "5450", "5449", "the ledger is not what the payment says"),
            ("payment", "succeeded", "failed", "the refunds are not what the payment says"),
            ("posting", "\"operation\":\"refund\"", "\"operation\":\"capture\"", "captured more than once"),
            ("posting", ":capture:", ":taking:", "the ledger and the provider differ in what was done"),
            ("charge", "5450", "5449", "the payment and the provider differ in amounts"),
            ("charge", "\"voided\":false", "\"voided\":true", "the payment and the provider differ in amounts"),
            (
                "payment",
                "\"status\":\"refunded\"",
                "\"status\":\"pending\"",
                "unfinished, and no sweep will go on with it",
            ),
            ("payment", "{", "[", "can't be read"),
        ] {
            let mut items = items.clone();
            let item = items.iter_mut().find(|item| item.kind == kind && item.body.contains(from)).unwrap();
            item.body = item.body.replacen(from, to, 1);
            let found = whats(&items);
            assert!(found.contains(&expected), "{expected}: {found:?}");
        }
    }

    #[tokio::test]
    async fn whatever_is_missing_is_found() {
        let (payments, provider) = refunded(Placement::Inside).await;
        for (kind, expected) in [
            ("payment", "money without a payment"),
            ("posting", "the ledger is broken"),
            ("call", "the ledger and the provider differ in what was done"),
            ("charge", "the payment and the provider differ in amounts"),
        ] {
            let mut items = [payments.clone(), provider.clone()].concat();
            items.remove(items.iter().rposition(|item| item.kind == kind).unwrap());
            let found = whats(&items);
            assert!(found.contains(&expected), "{expected}: {found:?}");
        }
    }
}
