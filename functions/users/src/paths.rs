//! The parameters of this service's paths.

use domain::UserId;
use schemars::JsonSchema;
use serde::Deserialize;

/// Which user.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
pub struct UserPath {
    pub(crate) user_id: UserId,
}
