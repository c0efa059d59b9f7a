//! Refunds: one per cause, kept with the payment.

use domain::{Money, PaymentOperation, RefundId, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Goal, Payment, Unsound};

/// Money given back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refund {
    /// Derived from the cause: there is one refund per cause.
    pub id: RefundId,
    /// All that was taken and not yet given back.
    pub amount: Money,
    /// Why: a person's words, or one of the system's.
    pub reason: String,
    pub status: RefundStatus,
    /// When it was first asked for.
    pub created_at: Timestamp,
}

/// How far a refund is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum RefundStatus {
    /// The provider was asked.
    Pending,
    /// The money was given back.
    Succeeded,
    /// The provider refused; it is asked again later.
    Failed,
}

impl Payment {
    /// Adds the refund that the order's end asks for, or takes it up again after it was refused.
    pub(crate) fn begin_refund(&mut self, now: Timestamp) -> Result<RefundId, Unsound> {
        let Goal::Release { reason, refund_id: id } = self.wanted.goal.clone() else {
            return Err(Unsound::OutOfTurn(self.status, PaymentOperation::Refund));
        };
        let amount = self.left()?;
        let known = self.refunds.iter().position(|refund| refund.id == id);
        let created_at = known.map_or(now, |index| self.refunds.remove(index).created_at);
        self.refunds.push(Refund { id, amount, reason, status: RefundStatus::Pending, created_at });
        Ok(id)
    }

    /// Records how a refund ended.
    pub(crate) fn end_refund(&mut self, id: Option<RefundId>, status: RefundStatus) {
        for refund in self.refunds.iter_mut().filter(|refund| Some(refund.id) == id) {
            refund.status = status;
        }
    }
}
