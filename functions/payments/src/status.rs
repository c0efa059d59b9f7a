//! How far a payment is, and what the provider may be asked there.

use domain::PaymentOperation;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How far a payment is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum Status {
    /// Nothing is held yet.
    Pending,
    /// The money is held.
    Authorized,
    /// The money was taken.
    Captured,
    /// What was held was let go, or nothing ever was and nothing will be.
    Voided,
    /// All that was taken was given back.
    Refunded,
    /// Some of what was taken was given back.
    PartiallyRefunded,
    /// The provider refused to hold the money, or, for good, to take what it holds.
    Failed,
}

impl Status {
    pub const ALL: [Self; 7] = [
        Self::Pending,
        Self::Authorized,
        Self::Captured,
        Self::Voided,
        Self::Refunded,
        Self::PartiallyRefunded,
        Self::Failed,
    ];

    /// The status once the provider has done this; nothing where it could not have been asked to.
    pub const fn after(self, operation: PaymentOperation) -> Option<Self> {
        use PaymentOperation::{Authorize, Capture, Refund, Void};
        match (self, operation) {
            (Self::Pending, Authorize) => Some(Self::Authorized),
            (Self::Authorized, Capture) => Some(Self::Captured),
            (Self::Authorized | Self::Failed, Void) => Some(Self::Voided),
            (Self::Captured | Self::PartiallyRefunded, Refund) => Some(Self::PartiallyRefunded),
            (Self::Pending, Capture | Void | Refund)
            | (Self::Authorized, Authorize | Refund)
            | (Self::Captured | Self::PartiallyRefunded, Authorize | Capture | Void)
            | (Self::Voided | Self::Refunded, Authorize | Capture | Void | Refund)
            | (Self::Failed, Authorize | Capture | Refund) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_refuses_every_operation_and_a_failed_payment_all_but_to_let_go() {
        use PaymentOperation::{Authorize, Capture, Refund, Void};
        for status in Status::ALL {
            let possible = |operation: &PaymentOperation| status.after(*operation).is_some();
            let possible: Vec<PaymentOperation> =
                [Authorize, Capture, Void, Refund].into_iter().filter(possible).collect();
            let expected: &[PaymentOperation] = match status {
                Status::Pending => &[Authorize],
                Status::Authorized => &[Capture, Void],
                Status::Captured | Status::PartiallyRefunded => &[Refund],
                Status::Failed => &[Void],
                Status::Voided | Status::Refunded => &[],
            };
            assert_eq!(possible, expected, "{status:?}");
        }
    }
}
