//! Refunds: one per cause, kept with the payment.

use domain::{Actor, Money, MoneyError, PaymentOperation, RefundId, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Goal, Payment, Unsound};

/// Money given back, or owed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refund {
    /// Of the order's end it is derived from the cause: there is one refund per cause.
    pub id: RefundId,
    pub amount: Money,
    /// Why: a person's words, or one of the system's.
    pub reason: String,
    /// Who asked for it.
    #[serde(default = "by_system")]
    pub by: Actor,
    pub status: RefundStatus,
    /// When it was first asked for.
    pub created_at: Timestamp,
}

/// How far a refund is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum RefundStatus {
    /// It is owed: the provider is asked for one after the other.
    Pending,
    /// The money was given back.
    Succeeded,
    /// The provider refused. For an order's end it is asked again later; for a person, once they ask again.
    Failed,
}

const fn by_system() -> Actor {
    Actor::SYSTEM
}

impl Payment {
    /// The first refund that is owed.
    pub(crate) fn owed(&self) -> Option<&Refund> {
        self.refunds.iter().find(|refund| refund.status == RefundStatus::Pending)
    }

    /// What was taken, was not given back, and is not owed.
    pub fn refundable(&self) -> Result<Money, MoneyError> {
        let owed = self.refunds.iter().filter(|refund| refund.status == RefundStatus::Pending);
        owed.map(|refund| refund.amount).try_fold(self.left()?, Money::checked_sub)
    }

    /// The refund that the provider is asked for next: the first that is owed, or what the order's end asks for.
    pub(crate) fn begin_refund(&mut self, now: Timestamp) -> Result<(RefundId, Money), Unsound> {
        if let Some(Refund { id, amount, .. }) = self.owed() {
            return Ok((*id, *amount));
        }
        let Goal::Release { reason, refund_id: id } = self.wanted.goal.clone() else {
            return Err(Unsound::OutOfTurn(self.status, PaymentOperation::Refund));
        };
        let amount = self.left()?;
        let known = self.refunds.iter().position(|refund| refund.id == id);
        let created_at = known.map_or(now, |index| self.refunds.remove(index).created_at);
        let by = Actor::SYSTEM;
        self.refunds.push(Refund { id, amount, reason, by, status: RefundStatus::Pending, created_at });
        Ok((id, amount))
    }

    /// Records how a refund ended.
    pub(crate) fn end_refund(&mut self, id: Option<RefundId>, status: RefundStatus) {
        for refund in self.refunds.iter_mut().filter(|refund| Some(refund.id) == id) {
            refund.status = status;
        }
    }
}
