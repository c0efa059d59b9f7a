//! The parameters of this service's paths.

use domain::OrderId;
use schemars::JsonSchema;
use serde::Deserialize;

/// Which order.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
pub struct OrderPath {
    pub(crate) order_id: OrderId,
}
