//! How long things take: as in life, divided by the speed.

use std::time::Duration;

use fastrand::Rng;

/// A simulator's speed, and its random numbers.
#[derive(Clone, Debug)]
pub(super) struct Pace {
    speed: f64,
    /// The same from the same seed.
    pub(super) rng: Rng,
}

impl Pace {
    /// `speed` times as fast as life.
    pub(super) const fn new(speed: f64, rng: Rng) -> Self {
        Self { speed, rng }
    }

    /// How long something takes that takes from `least` to `most` seconds in life; never longer than `most`, however slow.
    ///
    /// The platform's deadlines know nothing of the speed: a simulator slower than life still answers in time.
    pub(super) fn takes_s(&mut self, (least, most): (u32, u32)) -> Duration {
        let life = Duration::from_secs(u64::from(self.rng.u32(least..=most)));
        self.shortened(life).min(Duration::from_secs(u64::from(most)))
    }

    /// True once in so many times.
    pub(super) fn one_in(&mut self, times: u32) -> bool {
        self.rng.u32(0..times) == 0
    }

    /// How long something takes that takes this long in life.
    pub(super) fn shortened(&self, life: Duration) -> Duration {
        Duration::try_from_secs_f64(life.as_secs_f64() / self.speed).unwrap_or(life)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speed_shortens_waiting_and_slowness_does_not_miss_deadlines() {
        let pace = |speed| Pace::new(speed, Rng::with_seed(1));
        for _ in 0..50 {
            assert!((1..=2).contains(&pace(10.0).takes_s((10, 20)).as_secs()));
        }
        assert_eq!(pace(0.01).takes_s((10, 20)), Duration::from_secs(20));
        assert_eq!(pace(4.0).shortened(Duration::from_secs(6)), Duration::from_millis(1500));
    }
}
