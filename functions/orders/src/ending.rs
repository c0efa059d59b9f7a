//! What is said when an order is ended.

use domain::Reason;
use schemars::JsonSchema;
use serde::Deserialize;

/// Why, in the person's own words.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ending {
    pub(crate) reason: Reason,
}
