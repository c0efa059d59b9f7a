//! How long payments waits before it asks its provider again.

use app::Setting;
use domain::Timestamp;

pub const RETRY_S: Setting = Setting {
    name: "TIFFIN_PAYMENTS_RETRY_S",
    default: 30,
    min: 1,
    max: 3600,
    about: "After how long a payment provider that did not answer, or refused, is asked again; doubled each time in a row",
};

/// The wait after a setback is doubled this often at most: with the usual 30 s, to eight and a half hours.
const MAX_DOUBLINGS: u32 = 10;

/// Exponential backoff: the wait doubles with each setback in a row.
#[derive(Clone, Copy, Debug)]
pub struct Backoff {
    /// The first wait, in seconds: [`RETRY_S`].
    pub interval_s: i64,
}

impl Backoff {
    /// When to go on after so many setbacks in a row.
    pub fn after(self, setbacks: u32, now: Timestamp) -> Timestamp {
        now.plus_seconds(self.interval_s.saturating_mul(1 << setbacks.min(MAX_DOUBLINGS)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_setback_doubles_the_wait_up_to_a_limit() {
        let backoff = Backoff { interval_s: 30 };
        let epoch = Timestamp::from_second(0);
        let waits = [0, 1, 2, 3, 10, 11, u32::MAX].map(|setbacks| backoff.after(setbacks, epoch).as_second());
        assert_eq!(waits, [30, 60, 120, 240, 30_720, 30_720, 30_720]);
    }
}
