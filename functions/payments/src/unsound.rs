//! What would break the books.

use app::Failure;
use domain::{MoneyError, PaymentOperation};

use crate::Status;

/// A step that would break the books; nothing of it is saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unsound {
    /// The amounts don't add up.
    #[error("the payment's amounts do not add up: {0}")]
    Money(#[from] MoneyError),
    /// More given back than taken, taken than held, or held than ordered.
    #[error("the payment would be out of bounds")]
    OutOfBounds,
    /// An answer to nothing that was asked.
    #[error("the provider was not asked")]
    Unasked,
    /// What can't be done where the payment is.
    #[error("a payment that is {0:?} can't {1:?}")]
    OutOfTurn(Status, PaymentOperation),
}

impl From<Unsound> for Failure {
    fn from(error: Unsound) -> Self {
        Self::Never(error.to_string())
    }
}
