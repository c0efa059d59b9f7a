//! When a step is taken, and how patient payments is with its provider.

use app::Setting;
use domain::Timestamp;

/// How patient payments is with its provider.
pub const RETRY_S: Setting = Setting {
    name: "TIFFIN_PAYMENTS_RETRY_S",
    default: 30,
    min: 1,
    max: 3600,
    about: "After how long a payment provider that did not answer, or refused, is asked again; doubled each time in a row",
};

/// The wait after a setback is doubled this often at most: with the usual 30 s, to eight and a half hours.
const MAX_DOUBLINGS: u32 = 10;

/// When a step is taken, and how patient we are.
#[derive(Clone, Copy, Debug)]
pub struct Backoff {
    /// Now.
    pub now: Timestamp,
    /// How long an unanswered intent is left alone, in seconds: [`RETRY_S`].
    pub retry_s: i64,
}

impl Backoff {
    /// When to go on after so many setbacks in a row.
    pub fn after(self, setbacks: u32) -> Timestamp {
        self.now.plus_seconds(self.retry_s.saturating_mul(1 << setbacks.min(MAX_DOUBLINGS)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_setback_doubles_the_wait_up_to_a_limit() {
        let moment = Backoff { now: Timestamp::from_second(0), retry_s: 30 };
        let waits = [0, 1, 2, 3, 10, 11, u32::MAX].map(|setbacks| moment.after(setbacks).as_second());
        assert_eq!(waits, [30, 60, 120, 240, 30_720, 30_720, 30_720]);
    }
}
