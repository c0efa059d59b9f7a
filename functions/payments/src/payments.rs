//! The repository of payments: one item per order, its ledger beside it, and an index of those that are unfinished.

use app::{
    Index, Item, Key, OrPlaceholder, Projected, StoreError, Stored, StoredType, Table, due_key, erasure::People,
};
use domain::{PaymentId, UserId, redact_reason, redacted};

use crate::{DesiredState, Goal, Payment, Posting, Status};

/// Payments that are not yet where their orders want them, by when to go on with them.
pub const DUE: Index = Index("due");
pub const PAYMENTS: Table = Table::new("payments", &[DUE]);

/// What is held of people: the payments that they are parties to. A ledger names nobody.
pub const PEOPLE: People = People {
    table: PAYMENTS,
    due: DUE,
    own: |_| Vec::new(),
    stored: &[StoredType::of::<Payment>(), StoredType::of::<Posting>()],
};

/// What is stored under the key of a payment.
pub type StoredPayment = OrPlaceholder<Payment, Projected<DesiredState>>;

impl Stored for Payment {
    const TABLE: Table = PAYMENTS;
    const ITEM: &'static str = "payment";
    type Id = PaymentId;

    fn key(id: &PaymentId) -> Key {
        Key::new(partition(*id), "PAYMENT")
    }

    fn enter(&self, item: Item) -> Item {
        due_key(item, DUE, self.due)
    }

    fn parties(&self) -> Vec<UserId> {
        vec![self.customer_id, self.merchant_id]
    }

    /// As long as the provider may be asked by the customer's means of payment.
    fn is_open(&self) -> bool {
        self.intent.is_some()
            || self.next_operation().is_some()
            || matches!(self.status, Status::Pending | Status::Authorized)
    }

    fn subjects(&self) -> Vec<UserId> {
        vec![self.customer_id]
    }

    fn redacted(mut self, user: UserId) -> Option<Self> {
        if user == self.customer_id {
            self.method = redacted();
            self.refunds.iter_mut().for_each(|refund| redact_reason(&mut refund.reason));
            if let Goal::Release { reason, .. } = &mut self.wanted.value.goal {
                redact_reason(reason);
            }
        }
        Some(self)
    }

    fn body(&self) -> String {
        StoredPayment::body_of(self)
    }

    fn read(item: &Item) -> Result<Option<Self>, StoreError> {
        StoredPayment::read(item)
    }
}

/// It names no person, and its text, which a digest is of, never changes.
impl Stored for Posting {
    const TABLE: Table = PAYMENTS;
    const ITEM: &'static str = "posting";
    type Id = (PaymentId, u64);

    fn key(&(payment, number): &(PaymentId, u64)) -> Key {
        Key::new(partition(payment), format!("LEDGER#{number:010}"))
    }

    fn subjects(&self) -> Vec<UserId> {
        Vec::new()
    }

    fn redacted(self, _user: UserId) -> Option<Self> {
        Some(self)
    }
}

/// The partition of a payment and its ledger.
fn partition(id: PaymentId) -> String {
    format!("PAY#{id}")
}

#[cfg(test)]
mod tests {
    use app::{Condition, StoredType, Write};
    use domain::{OrderKind, REDACTED};
    use serde_json::{Value, json};
    use testing::{World, user_id};

    use super::*;
    use crate::{
        PROVIDER, SERVICE,
        sample::{customer, deliver, event, everything, merchant},
    };

    /// All that is stored of a life that ended with a refund for this reason.
    async fn refunded(reason: Option<&str>) -> Vec<Item> {
        let world = World::new();
        for (kind, sequence) in [(OrderKind::Placed, 1), (OrderKind::Accepted, 2), (OrderKind::Cancelled, 3)] {
            let mut event = event(kind, sequence);
            event.data["reason"] = json!(reason);
            deliver(&world, &event).await;
        }
        [everything(&world, PAYMENTS).await.unwrap(), everything(&world, PROVIDER).await.unwrap()].concat()
    }

    fn stored_type(item: &Item) -> &'static StoredType {
        SERVICE.stored.iter().find(|stored| stored.item == item.kind).unwrap()
    }

    #[tokio::test]
    async fn everything_is_read_and_written_as_it_lies() {
        let (pointers, items): (Vec<Item>, Vec<Item>) =
            refunded(None).await.into_iter().partition(|item| item.kind == "person");
        assert_eq!(pointers.len(), 2, "the customer's and the merchant's");
        assert_eq!(items.len(), 7, "a payment, two postings, a charge and three calls");
        for item in items {
            assert_eq!((stored_type(&item).anew)(&item).unwrap().unwrap().body, item.body);
        }
    }

    #[tokio::test]
    async fn a_payment_in_the_form_of_before_is_read_and_written_anew() {
        let items = refunded(None).await;
        let today = items.into_iter().find(|item| item.kind == Payment::ITEM).unwrap();
        let before = Item { body: today.body.replacen("present", "payment", 1), ..today.clone() };
        assert_eq!(Payment::read(&before).unwrap(), Payment::read(&today).unwrap());
        let anew = (stored_type(&before).reindex)(&before).unwrap();
        assert_eq!(anew[0], Write::Put(today.clone(), Condition::Version(today.version)));
        let pointers: Vec<&str> = anew[1..].iter().map(|write| write.key().pk.as_str()).collect();
        assert_eq!(
            pointers,
            [customer(), merchant()].map(|party| format!("PERSON#{party}")),
            "they get pointers to it"
        );
    }

    #[tokio::test]
    async fn without_the_customers_data_neither_token_nor_words_are_left() {
        for (reason, left) in
            [(Some("Bob is ill."), REDACTED), (Some("no_courier"), "no_courier"), (None, "order.cancelled")]
        {
            let items = refunded(reason).await;
            let item = items.iter().find(|item| item.kind == Payment::ITEM).unwrap();
            let stored = stored_type(item);
            assert_eq!((stored.subjects)(item).unwrap(), [customer()]);
            for other in [merchant(), user_id(3)] {
                assert_eq!((stored.redacted)(item, other).unwrap().as_ref(), Some(item));
            }
            let redacted = (stored.redacted)(item, customer()).unwrap().unwrap();
            let body: Value = serde_json::from_str(&redacted.body).unwrap();
            assert_eq!(body["present"]["method"], REDACTED);
            assert_eq!(body["present"]["refunds"][0]["reason"], left);
            assert_eq!(body["present"]["wanted"]["goal"]["release"]["reason"], left);
            assert_eq!((stored.redacted)(&redacted, customer()).unwrap(), Some(redacted));
        }
    }
}
