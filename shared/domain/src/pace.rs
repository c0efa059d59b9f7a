//! How long couriers take, and the times that are estimated by it.

use schemars::JsonSchema;
use serde::Serialize;

use crate::{Timestamp, int};

int! {
    /// How many minutes a kitchen takes.
    pub struct PrepMinutes(u32: 1..=240);
}

/// How fast couriers are, and how far off an estimate may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// How far a courier comes in a minute, in metres as the crow flies; at least 1.
    pub metres_per_minute: i64,
    /// How far off an estimate may be either way, in minutes.
    pub spread_minutes: i64,
}

impl Pace {
    /// How many minutes the way takes; a minute begun counts whole.
    pub fn travel_minutes(self, distance_m: u32) -> i64 {
        let speed = u64::try_from(self.metres_per_minute).unwrap_or(0).max(1);
        i64::try_from(u64::from(distance_m).div_ceil(speed)).unwrap_or(i64::MAX)
    }
}

/// When food should be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Eta {
    /// At the earliest.
    pub from: Timestamp,
    /// At the latest.
    pub to: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_begun_counts_whole_and_nobody_is_infinitely_slow() {
        let pace = |metres_per_minute| Pace { metres_per_minute, spread_minutes: 5 };
        assert_eq!([0, 1, 250, 251].map(|distance_m| pace(250).travel_minutes(distance_m)), [0, 1, 1, 2]);
        assert_eq!(pace(0).travel_minutes(7), 7);
        assert_eq!(pace(-1).travel_minutes(u32::MAX), i64::from(u32::MAX));
    }
}
