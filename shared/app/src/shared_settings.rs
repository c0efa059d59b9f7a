//! Settings that more than one service reads, named by the service that they are about.

use domain::Pace;

use crate::{Context, Setting};

/// How long a courier is searched for.
pub const COURIER_S: Setting = Setting {
    name: "TIFFIN_ORDERS_COURIER_S",
    default: 1200,
    min: 1,
    max: 86_400,
    about: "How long a courier is searched for, in seconds; never less than until the food is ready",
};

/// How fast couriers are, for every estimate.
pub const SPEED_M_PER_MINUTE: Setting = Setting {
    name: "TIFFIN_DELIVERIES_SPEED_M_PER_MINUTE",
    default: 250,
    min: 10,
    max: 5000,
    about: "How far a courier comes in a minute as the crow flies, in metres: what estimated times are made with",
};

/// How far off estimates may be.
pub const ETA_SPREAD_MINUTES: Setting = Setting {
    name: "TIFFIN_DELIVERIES_ETA_SPREAD_MINUTES",
    default: 5,
    min: 0,
    max: 120,
    about: "How far an estimated time may be off either way, in minutes",
};

/// What estimated times depend on.
pub const PACE: &[Setting] = &[SPEED_M_PER_MINUTE, ETA_SPREAD_MINUTES];

/// How fast couriers are, as it is set.
pub fn pace(context: &Context) -> Pace {
    Pace {
        metres_per_minute: context.setting(&SPEED_M_PER_MINUTE),
        spread_minutes: context.setting(&ETA_SPREAD_MINUTES),
    }
}
