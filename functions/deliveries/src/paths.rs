//! The parameters of this service's paths.

use domain::{DeliveryId, UserId};
use schemars::JsonSchema;
use serde::Deserialize;

/// Which delivery.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
pub struct DeliveryPath {
    pub(crate) delivery_id: DeliveryId,
}

/// Which courier.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
pub struct CourierPath {
    pub(crate) courier_id: UserId,
}
