//! The parameters of this service's paths.

use domain::PaymentId;
use schemars::JsonSchema;
use serde::Deserialize;

/// Which payment.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
pub struct PaymentPath {
    pub(crate) payment_id: PaymentId,
}
