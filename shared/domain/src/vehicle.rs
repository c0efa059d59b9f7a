//! What couriers ride.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How a courier gets about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum Vehicle {
    /// Walks.
    Foot,
    /// Cycles.
    Bicycle,
    /// Rides a scooter.
    Scooter,
    /// Drives.
    Car,
}

impl Vehicle {
    /// All of them, the slow ones first.
    pub const ALL: [Self; 4] = [Self::Foot, Self::Bicycle, Self::Scooter, Self::Car];
}
