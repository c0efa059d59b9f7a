//! The repository of payments: one item per order, its ledger beside it, and an index of those that are unfinished.

use app::{
    Caller, Changes, Condition, Context, Guarded, Index, Item, Key, Policy, StoreError, Table, Versioned, due_key,
};
use domain::PaymentId;
use serde::{Deserialize, Serialize};

use crate::{DesiredState, Draft, Payment};

/// Payments that are not yet where their orders want them, by when to go on with them.
pub const DUE: Index = Index("due");
pub const PAYMENTS: Table = Table::new("payments", &[DUE]);

/// What stands where a payment is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    Payment(Box<Payment>),
    /// A mark: what the order wants, by events that overtook `order.placed`. For all but the system there is no payment
    /// yet.
    Mark(DesiredState),
}

impl Policy for Standing {
    type Purpose = ();

    fn permits(&self, caller: &Caller, (): ()) -> bool {
        match self {
            Self::Payment(payment) => payment.permits(caller, ()),
            Self::Mark(_) => false,
        }
    }
}

/// Reads payments.
pub trait Payments {
    /// What stands at a key of [`payment_key`].
    fn standing(&self, key: &Key) -> impl Future<Output = Result<Guarded<Standing>, StoreError>> + Send;
}

impl Payments for Context {
    async fn standing(&self, key: &Key) -> Result<Guarded<Standing>, StoreError> {
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
        let item = Item::of(payment_key(id), "payment", version, &Standing::Payment(Box::new(payment)));
        let changes = Self::none().put(due_key(item, DUE, due), Condition::read_at(read_at));
        let changes = postings.into_iter().fold(changes, |changes, posting| changes.put(posting, Condition::Absent));
        facts.into_iter().fold(changes, Self::publish)
    }
}

/// Leaves a mark for a payment that is not there yet, if it says more than the one that is there.
pub(crate) fn mark(id: PaymentId, found: Option<Versioned<DesiredState>>, wanted: DesiredState) -> Changes {
    let (wanted, read_at) = match found {
        None => (wanted, None),
        Some(found) => {
            let latest = found.value.clone().then(wanted);
            if latest == found.value {
                return Changes::none();
            }
            (latest, Some(found.version))
        }
    };
    let version = read_at.unwrap_or(0) + 1;
    let item = Item::of(payment_key(id), "mark", version, &Standing::Mark(wanted));
    Changes::none().put(item, Condition::read_at(read_at))
}

/// Where a payment is kept, or the mark that waits for it.
pub(crate) fn payment_key(id: PaymentId) -> Key {
    Key::new(partition(id), "PAYMENT")
}

/// The partition of a payment and its ledger.
pub(crate) fn partition(id: PaymentId) -> String {
    format!("PAY#{id}")
}
