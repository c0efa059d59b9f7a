//! The parameters of this service's paths.

use domain::{RestaurantId, UserId};
use schemars::JsonSchema;
use serde::Deserialize;

/// Which restaurant.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
pub struct RestaurantPath {
    pub(crate) restaurant_id: RestaurantId,
}

/// Whose restaurants.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
pub struct MerchantPath {
    pub(crate) merchant_id: UserId,
}
