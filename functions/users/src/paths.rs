//! The parameters of this service's paths.

use domain::{AddressId, UserId};
use schemars::JsonSchema;
use serde::Deserialize;

/// Which user.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
pub struct UserPath {
    pub(crate) user_id: UserId,
}

/// Which of a user's addresses.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
pub struct AddressPath {
    pub(crate) user_id: UserId,
    pub(crate) address_id: AddressId,
}
