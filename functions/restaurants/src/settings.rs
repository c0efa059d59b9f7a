//! What operators may set about prices, waiting times and quotes.

use app::{
    Context, Setting,
    shared_settings::{ETA_SPREAD_MINUTES, SPEED_M_PER_MINUTE},
};

use crate::Rates;

pub const SERVICE_FEE_BP: Setting = Setting {
    name: "TIFFIN_RESTAURANTS_SERVICE_FEE_BP",
    default: 500,
    min: 0,
    max: 10_000,
    about: "Service fee, in basis points of the subtotal",
};

pub const DEFAULT_TAX_RATE_BP: Setting = Setting {
    name: "TIFFIN_RESTAURANTS_DEFAULT_TAX_RATE_BP",
    default: 1100,
    min: 0,
    max: 5000,
    about: "Tax rate of dishes and fees where neither the dish nor its restaurant names one, in basis points",
};

pub const QUOTE_S: Setting = Setting {
    name: "TIFFIN_RESTAURANTS_QUOTE_S",
    default: 600,
    min: 10,
    max: 86_400,
    about: "How long a quote holds, in seconds",
};

pub const SETTINGS: &[Setting] =
    &[SERVICE_FEE_BP, DEFAULT_TAX_RATE_BP, SPEED_M_PER_MINUTE, ETA_SPREAD_MINUTES, QUOTE_S];

pub fn rates(context: &Context) -> Rates {
    Rates {
        service_fee_bp: context.setting(&SERVICE_FEE_BP),
        default_tax_rate_bp: context.setting(&DEFAULT_TAX_RATE_BP),
    }
}
