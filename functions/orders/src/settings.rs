//! How long an order waits, and for whom.

use app::{Context, Setting, shared_settings::COURIER_S};

const fn wait(name: &'static str, default: i64, about: &'static str) -> Setting {
    Setting { name, default, min: 1, max: 86_400, about }
}

pub const PAYMENT_S: Setting =
    wait("TIFFIN_ORDERS_PAYMENT_S", 120, "How long a placed order waits for its payment, in seconds");
pub const ANSWER_S: Setting =
    wait("TIFFIN_ORDERS_ANSWER_S", 300, "How long a paid order waits for the restaurant's answer, in seconds");
pub const PICK_UP_S: Setting = wait(
    "TIFFIN_ORDERS_PICK_UP_S",
    3600,
    "How long an order waits to be picked up, in seconds from when it is ready and its courier assigned",
);
pub const DROP_OFF_S: Setting = wait(
    "TIFFIN_ORDERS_DROP_OFF_S",
    5400,
    "How long an order may be on its way, in seconds from when it was picked up",
);

pub const SETTINGS: &[Setting] = &[PAYMENT_S, ANSWER_S, COURIER_S, PICK_UP_S, DROP_OFF_S];

/// How long each state waits, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Placed, for the payment.
    pub payment_s: i64,
    /// Paid, for the restaurant.
    pub answer_s: i64,
    /// From the start of the search, for a courier.
    pub courier_s: i64,
    /// Ready and assigned, for the pick-up.
    pub pick_up_s: i64,
    /// Picked up, for the drop-off.
    pub drop_off_s: i64,
}

impl Rules {
    /// As they are set.
    pub fn of(context: &Context) -> Self {
        Self {
            payment_s: context.setting(&PAYMENT_S),
            answer_s: context.setting(&ANSWER_S),
            courier_s: context.setting(&COURIER_S),
            pick_up_s: context.setting(&PICK_UP_S),
            drop_off_s: context.setting(&DROP_OFF_S),
        }
    }
}
