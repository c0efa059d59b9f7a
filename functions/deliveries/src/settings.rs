//! The settings of searching, offers and earnings, and the rules made of them.

use app::{
    Context, Setting,
    shared_settings::{self, COURIER_S, ETA_SPREAD_MINUTES, SPEED_M_PER_MINUTE},
};
use domain::{Currency, Money, MoneyError, Pace};

pub const NEAR_M: Setting = Setting {
    name: "TIFFIN_DELIVERIES_NEAR_M",
    default: 5000,
    min: 100,
    max: 20_000,
    about: "How far a courier may be from a pick-up to be offered it, in metres",
};

pub const OFFER_S: Setting = Setting {
    name: "TIFFIN_DELIVERIES_OFFER_S",
    default: 30,
    min: 5,
    max: 600,
    about: "How long a courier has to answer an offer, in seconds",
};

pub const SEARCH_RETRY_S: Setting = Setting {
    name: "TIFFIN_DELIVERIES_SEARCH_RETRY_S",
    default: 30,
    min: 1,
    max: 600,
    about: "How often a courier is looked for anew for a delivery that waits for one, in seconds",
};

pub const EARNING_BASE_MINOR: Setting = Setting {
    name: "TIFFIN_DELIVERIES_EARNING_BASE_MINOR",
    default: 250,
    min: 0,
    max: 1_000_000,
    about: "What a courier earns for any delivery, in minor units of the order's currency",
};

pub const EARNING_PER_KM_MINOR: Setting = Setting {
    name: "TIFFIN_DELIVERIES_EARNING_PER_KM_MINOR",
    default: 100,
    min: 0,
    max: 1_000_000,
    about: "What a courier earns on top for each kilometre from pick-up to drop-off, in minor units of the order's currency",
};

pub const SETTINGS: &[Setting] = &[
    NEAR_M,
    OFFER_S,
    COURIER_S,
    SEARCH_RETRY_S,
    EARNING_BASE_MINOR,
    EARNING_PER_KM_MINOR,
    SPEED_M_PER_MINUTE,
    ETA_SPREAD_MINUTES,
];

/// The settings that decisions are made by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// How far a courier may be from a pick-up, in metres.
    pub near_m: u32,
    /// How long an offer stands, in seconds.
    pub offer_s: i64,
    /// How long a courier is searched for, in seconds.
    pub search_s: i64,
    /// How often a waiting delivery is looked at, in seconds.
    pub retry_s: i64,
    /// What any delivery earns, in minor units.
    pub base_minor: i64,
    /// What a kilometre earns, in minor units.
    pub per_km_minor: i64,
    /// How fast couriers are.
    pub pace: Pace,
}

/// Metres of a kilometre.
const KM_M: i64 = 1000;

impl Rules {
    /// The rules as they are set.
    pub fn of(context: &Context) -> Self {
        Self {
            near_m: u32::try_from(context.setting(&NEAR_M)).unwrap_or(0),
            offer_s: context.setting(&OFFER_S),
            search_s: context.setting(&COURIER_S),
            retry_s: context.setting(&SEARCH_RETRY_S),
            base_minor: context.setting(&EARNING_BASE_MINOR),
            per_km_minor: context.setting(&EARNING_PER_KM_MINOR),
            pace: shared_settings::pace(context),
        }
    }

    /// What a courier earns: base + per kilometre × distance, rounded once, half up, and the whole tip.
    pub fn earning(&self, distance_m: u32, tip: Money) -> Result<Money, MoneyError> {
        let currency: Currency = tip.currency;
        let way = Money::new(self.per_km_minor, currency).part(i64::from(distance_m), KM_M)?;
        Money::new(self.base_minor, currency).checked_add(way)?.checked_add(tip)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sample::rules;

    fn euros(amount: i64) -> Money {
        Money::new(amount, Currency::EUR)
    }

    #[test]
    fn an_earning_is_base_and_way_rounded_once_half_up_and_the_whole_tip() {
        let rules = rules();
        let found = [(0, 0), (1234, 0), (1235, 0), (5, 0), (4, 0), (2000, 300)]
            .map(|(distance_m, tip)| rules.earning(distance_m, euros(tip)).unwrap().amount);
        assert_eq!(found, [250, 373, 374, 251, 250, 750]);
        assert_eq!(rules.earning(1, euros(i64::MAX)), Err(MoneyError::Overflow));
    }

    proptest! {
        #[test]
        fn a_tip_is_never_touched_and_farther_never_earns_less(near: u16, more: u16, tip in 0..1_000_000_i64) {
            let rules = rules();
            let earning = |distance_m: u32, tip| rules.earning(distance_m, euros(tip)).unwrap().amount;
            let near = u32::from(near);
            let far = near + u32::from(more);
            prop_assert_eq!(earning(near, tip), earning(near, 0) + tip);
            prop_assert!(earning(near, tip) <= earning(far, tip));
        }
    }
}
