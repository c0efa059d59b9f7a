//! A courier's position, as they report it on their way.

use domain::{Place, Timestamp, UserId};
use serde::{Deserialize, Serialize};

/// How long a position lives once it was received, in seconds.
pub(crate) const POSITION_LIFE_S: i64 = 10 * 60;

/// Where a courier reported to be. It is written every few seconds, so it is an item of its own: the courier's record, which
/// offers and deliveries race for, does not change with it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Position {
    pub(crate) courier_id: UserId,
    pub(crate) place: Place,
    /// When they were there.
    pub(crate) at: Timestamp,
    pub(crate) received_at: Timestamp,
}
