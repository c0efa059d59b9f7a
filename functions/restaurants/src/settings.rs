//! What operators may set about prices, waiting times and quotes.

use app::{Context, Setting};

use crate::{Pace, Rates};

pub const SERVICE_FEE_BP: Setting = Setting {
    name: "TIFFIN_SERVICE_FEE_BP",
    default: 500,
    min: 0,
    max: 10_000,
    about: "Service fee, in basis points of the subtotal",
};

pub const DEFAULT_TAX_RATE_BP: Setting = Setting {
    name: "TIFFIN_DEFAULT_TAX_RATE_BP",
    default: 1100,
    min: 0,
    max: 5000,
    about: "Tax rate of dishes and fees where neither the dish nor its restaurant names one, in basis points",
};

pub const COURIER_SPEED_M_PER_MINUTE: Setting = Setting {
    name: "TIFFIN_COURIER_SPEED_M_PER_MINUTE",
    default: 250,
    min: 10,
    max: 5000,
    about: "How far a courier comes in a minute as the crow flies, in metres: what estimated times reckon with",
};

pub const ETA_SPREAD_MINUTES: Setting = Setting {
    name: "TIFFIN_ETA_SPREAD_MINUTES",
    default: 5,
    min: 0,
    max: 120,
    about: "How far an estimated time may be off either way, in minutes",
};

pub const QUOTE_S: Setting =
    Setting { name: "TIFFIN_QUOTE_S", default: 600, min: 10, max: 86_400, about: "How long a quote holds, in seconds" };

/// What estimated times depend on.
pub const PACE: &[Setting] = &[COURIER_SPEED_M_PER_MINUTE, ETA_SPREAD_MINUTES];

pub const SETTINGS: &[Setting] =
    &[SERVICE_FEE_BP, DEFAULT_TAX_RATE_BP, COURIER_SPEED_M_PER_MINUTE, ETA_SPREAD_MINUTES, QUOTE_S];

pub fn rates(context: &Context) -> Rates {
    Rates {
        service_fee_bp: context.setting(&SERVICE_FEE_BP),
        default_tax_rate_bp: context.setting(&DEFAULT_TAX_RATE_BP),
    }
}

pub fn pace(context: &Context) -> Pace {
    Pace {
        metres_per_minute: context.setting(&COURIER_SPEED_M_PER_MINUTE),
        spread_minutes: context.setting(&ETA_SPREAD_MINUTES),
    }
}
