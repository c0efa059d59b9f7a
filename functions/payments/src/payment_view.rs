//! A payment, as the API shows it.

use app::{Reply, User};
use domain::{Money, OrderId, PaymentId, PaymentMethod, RefundId, Role, Timestamp, UserId};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{Payment, Refund, RefundStatus, Status};

/// A payment: the money of one order.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "Payment")]
pub struct PaymentView {
    id: PaymentId,
    order_id: OrderId,
    customer_id: UserId,
    merchant_id: UserId,
    /// The customer's means of payment: the provider's token, as it was given. Null for everybody else.
    method: Option<PaymentMethod>,
    /// The order's total.
    amount: Money,
    /// How much was ever held.
    authorized: Money,
    /// How much of it was taken.
    captured: Money,
    /// How much of that was given back.
    refunded: Money,
    status: Status,
    /// What the provider refused last: `declined`, `insufficient_funds`.
    failure: Option<String>,
    /// What the provider calls the payment.
    provider_reference: Option<String>,
    refunds: Vec<RefundView>,
    created_at: Timestamp,
    version: u64,
    /// The last path segments of what the reader may do now.
    allowed_actions: Vec<&'static str>,
}

/// Money given back of a payment.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "Refund")]
pub struct RefundView {
    id: RefundId,
    payment_id: PaymentId,
    amount: Money,
    /// Why: a person's words, or one of the system's.
    reason: String,
    status: RefundStatus,
    created_at: Timestamp,
}

impl Reply for PaymentView {
    fn version(&self) -> Option<u64> {
        Some(self.version)
    }
}

impl Reply for RefundView {}

impl PaymentView {
    /// A payment at this version, as this user sees it.
    pub fn of(payment: Payment, version: u64, user: &User) -> Self {
        let gives_back =
            matches!(user.role, Role::Merchant | Role::Admin) && payment.refundable().is_ok_and(|left| left.amount > 0);
        let allowed_actions = if gives_back { vec!["refunds"] } else { Vec::new() };
        Self {
            id: payment.id,
            order_id: payment.order_id(),
            customer_id: payment.customer_id,
            merchant_id: payment.merchant_id,
            method: user.is(payment.customer_id).then_some(payment.method),
            amount: payment.amount,
            authorized: payment.authorized,
            captured: payment.captured,
            refunded: payment.refunded,
            status: payment.status,
            failure: payment.failure,
            provider_reference: payment.provider_reference,
            refunds: payment.refunds.into_iter().map(|refund| RefundView::of(refund, payment.id)).collect(),
            created_at: payment.created_at,
            version,
            allowed_actions,
        }
    }
}

impl RefundView {
    pub fn of(refund: Refund, payment_id: PaymentId) -> Self {
        let Refund { id, amount, reason, by: _, status, created_at } = refund;
        Self { id, payment_id, amount, reason, status, created_at }
    }
}
