//! When food would be there.

use domain::{EtaMinutes, Pace};

/// Preparation and travel time (a minute begun counts whole), give or take the spread; at least one minute.
pub fn eta_minutes(prep_minutes: u32, distance_m: u32, pace: Pace) -> EtaMinutes {
    let spread = u32::try_from(pace.spread_minutes).unwrap_or(0);
    let travel = u32::try_from(pace.travel_minutes(distance_m)).unwrap_or(u32::MAX);
    let middle = prep_minutes.saturating_add(travel);
    EtaMinutes { min: middle.saturating_sub(spread).max(1), max: middle.saturating_add(spread).max(1) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn it_is_preparation_then_travel_give_or_take_the_spread() {
        let pace = Pace { metres_per_minute: 250, spread_minutes: 5 };
        let found = [(20, 0), (20, 250), (20, 251), (20, 15_000), (1, 1)]
            .map(|(prep, distance_m)| eta_minutes(prep, distance_m, pace))
            .map(|EtaMinutes { min, max }| (min, max));
        assert_eq!(found, [(15, 25), (16, 26), (17, 27), (75, 85), (1, 7)]);
    }

    proptest! {
        #[test]
        fn farther_is_never_sooner(prep: u32, distance_m: u32, speed: i64, spread: i64) {
            let pace = Pace { metres_per_minute: speed, spread_minutes: spread };
            let here = eta_minutes(prep, 0, pace);
            let there = eta_minutes(prep, distance_m, pace);
            prop_assert!(1 <= there.min && there.min <= there.max);
            prop_assert!(here.min <= there.min && here.max <= there.max);
        }
    }
}
