//! Why a step was not taken, and the problem or failure it becomes.

use app::{Code, Failure, Problem, StoreError};
use domain::MoneyError;

use crate::IllegalTransition;

/// 409: the offer is no longer open.
pub(crate) const OFFER_EXPIRED: Code = Code::new(
    "offer-expired",
    409,
    "Offer no longer open",
    "The delivery was offered to you and no longer is: you declined it, did not answer in time, or it was withdrawn.",
);

/// 409: the restaurant has not taken the order on.
pub(crate) const ORDER_NOT_ACCEPTED: Code = Code::new(
    "order-not-accepted",
    409,
    "Order not accepted",
    "The restaurant has not accepted the order yet, so there is nothing to pick up.",
);

/// Why a step was not taken; nothing of it is saved.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    /// The delivery's state refuses it.
    #[error(transparent)]
    Transition(#[from] IllegalTransition),
    /// The offer is no longer open.
    #[error("the offer is no longer open")]
    OfferExpired,
    /// The restaurant has not taken the order on.
    #[error("the order is not accepted")]
    OrderNotAccepted,
    /// The earning can't be calculated: for instance, it overflows.
    #[error("the earning can't be reckoned")]
    Money(#[from] MoneyError),
    /// A courier and a delivery contradict each other: a defect, or items changed by hand.
    #[error("courier and delivery do not agree: {0}")]
    Disagreement(&'static str),
    /// The store said no.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Transition(IllegalTransition { from, action }) => Self::illegal_transition(from, action),
            Refusal::OfferExpired => Self::of(OFFER_EXPIRED),
            Refusal::OrderNotAccepted => Self::of(ORDER_NOT_ACCEPTED),
            Refusal::Money(_) | Refusal::Disagreement(_) => Self::internal(refusal),
            Refusal::Store(error) => error.into(),
        }
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Store(error) => Self::Store(error),
            Refusal::Transition(_)
            | Refusal::OfferExpired
            | Refusal::OrderNotAccepted
            | Refusal::Money(_)
            | Refusal::Disagreement(_) => Self::Never(refusal.to_string()),
        }
    }
}
