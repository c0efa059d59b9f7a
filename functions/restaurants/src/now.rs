//! What is so now of a restaurant: what changes apart from what its merchant says of it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What is so now of a restaurant. Where nothing is stored, it is as by default.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Now {
    /// Whether its merchant may act.
    pub merchant_active: bool,
}

impl Default for Now {
    fn default() -> Self {
        Self { merchant_active: true }
    }
}

/// Whether a restaurant takes orders.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum OpenState {
    /// It does.
    Open,
    /// It does not, and makes no quotes.
    Closed,
}

impl Now {
    /// Whether it takes orders.
    pub const fn state(&self) -> OpenState {
        if self.merchant_active { OpenState::Open } else { OpenState::Closed }
    }
}
