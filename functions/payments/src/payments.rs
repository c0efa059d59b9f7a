//! The repository of payments: one item per order, its ledger beside it, and an index of those that are unfinished.

use app::{Changes, Condition, Context, Guarded, Index, Item, Key, OrPlaceholder, StoreError, Table, due_key};
use domain::PaymentId;

use crate::{DesiredState, Draft, Payment};

/// Payments that are not yet where their orders want them, by when to go on with them.
pub const DUE: Index = Index("due");
pub const PAYMENTS: Table = Table::new("payments", &[DUE]);

/// What is stored under the key of a payment.
pub type StoredPayment = OrPlaceholder<Payment, DesiredState>;

/// Reads payments.
pub trait Payments {
    /// What stands at a key of [`payment_key`].
    fn stored_payment(&self, key: &Key) -> impl Future<Output = Result<Guarded<StoredPayment>, StoreError>> + Send;
}

impl Payments for Context {
    async fn stored_payment(&self, key: &Key) -> Result<Guarded<StoredPayment>, StoreError> {
        Ok(Guarded::new(self.get(PAYMENTS, key).await?))
    }
}

impl From<Draft> for Changes {
    /// Everything since the payment was read, if nobody else has changed it meanwhile. Postings never overwrite any.
    fn from(draft: Draft) -> Self {
        if draft.is_saved() {
            return Self::none();
        }
        let Draft { payment, version, read_at, postings, facts } = draft;
        let id = payment.id;
        let due = payment.due;
        let made_at = payment.created_at;
        let item = Item::of(payment_key(id), "payment", version, &StoredPayment::Present(Box::new(payment)));
        // A placeholder that has expired may still lie where a new payment is put.
        let condition = match read_at {
            None => Condition::AbsentOrExpired(made_at.as_second()),
            Some(version) => Condition::Version(version),
        };
        let changes = Self::none().put(due_key(item, DUE, due), condition);
        let changes = postings.into_iter().fold(changes, |changes, posting| changes.put(posting, Condition::Absent));
        facts.into_iter().fold(changes, Self::publish)
    }
}

/// Where a payment is kept, or its placeholder.
pub(crate) fn payment_key(id: PaymentId) -> Key {
    Key::new(partition(id), "PAYMENT")
}

/// The partition of a payment and its ledger.
pub(crate) fn partition(id: PaymentId) -> String {
    format!("PAY#{id}")
}
