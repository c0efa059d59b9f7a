//! The repository of the simulated provider: an item per charge, one per call that was answered, with an index of those
//! that owe a webhook, and one per key whose calls failed at first.

use app::{Item, Key, Stored, Table, due_key};
use domain::{PaymentId, UserId};

use crate::{AnsweredCall, Charge, DUE, FailedCall};

/// The simulated provider's own table.
pub const PROVIDER: Table = Table::new("provider", &[DUE]);

/// It has a token, and names nobody whose that is.
impl Stored for Charge {
    const TABLE: Table = PROVIDER;
    const ITEM: &'static str = "charge";
    type Id = PaymentId;

    fn key(id: &PaymentId) -> Key {
        Key::new(format!("CHARGE#{id}"), "CHARGE")
    }

    fn subjects(&self) -> Vec<UserId> {
        Vec::new()
    }

    fn redacted(self, _user: UserId) -> Option<Self> {
        Some(self)
    }
}

impl Stored for AnsweredCall {
    const TABLE: Table = PROVIDER;
    const ITEM: &'static str = "call";
    /// The idempotency key.
    type Id = String;

    fn key(key: &String) -> Key {
        Key::new(partition(key), "CALL")
    }

    fn enter(&self, item: Item) -> Item {
        due_key(item, DUE, self.webhook_due)
    }

    fn subjects(&self) -> Vec<UserId> {
        Vec::new()
    }

    fn redacted(self, _user: UserId) -> Option<Self> {
        Some(self)
    }
}

impl Stored for FailedCall {
    const TABLE: Table = PROVIDER;
    const ITEM: &'static str = "failed-call";
    /// The idempotency key.
    type Id = String;

    fn key(key: &String) -> Key {
        Key::new(partition(key), "FAILED")
    }

    fn subjects(&self) -> Vec<UserId> {
        Vec::new()
    }

    fn redacted(self, _user: UserId) -> Option<Self> {
        Some(self)
    }
}

/// The partition of the calls under a key.
fn partition(key: &str) -> String {
    format!("CALL#{key}")
}
