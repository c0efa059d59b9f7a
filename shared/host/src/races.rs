//! The backoff after a lost race: what was decided on a stale read is decided again, a little later.

use std::time::Duration;

use app::Random;

use crate::Host;

/// The longest backoff after the first lost race; doubled for each one after.
const FIRST: Duration = Duration::from_millis(4);
/// The longest backoff after any.
const LONGEST: Duration = Duration::from_millis(250);

impl Host {
    /// Waits, after so many lost races, before it is decided again.
    pub(crate) async fn after_lost_races(&self, lost: usize) {
        tokio::time::sleep(backoff(lost, &*self.dependencies.random)).await;
    }
}

/// At random up to a bound that doubles: those who lost one race together do not all meet in the next.
fn backoff(lost: usize, random: &dyn Random) -> Duration {
    let doubled = u32::try_from(lost.saturating_sub(1)).ok().and_then(|times| 2_u32.checked_pow(times));
    let bound = doubled.map_or(LONGEST, |times| FIRST.saturating_mul(times).min(LONGEST));
    let mut bytes = [0; 4];
    random.fill(&mut bytes);
    bound.mul_f64(f64::from(u32::from_le_bytes(bytes)) / f64::from(u32::MAX))
}

#[cfg(test)]
mod tests {
    use testing::SeededRandom;

    use super::*;

    struct Most;

    impl Random for Most {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(0xff);
        }
    }

    #[test]
    fn the_backoff_is_spread_up_to_a_bound_that_doubles() {
        let longest = [1, 2, 3, 7, 8, 100].map(|lost| backoff(lost, &Most).as_millis());
        assert_eq!(longest, [4, 8, 16, 250, 250, 250]);
        let random = SeededRandom::new(1);
        let waits: Vec<Duration> = (0..100).map(|_| backoff(5, &random)).collect();
        let early = waits.iter().filter(|wait| **wait < Duration::from_millis(32)).count();
        assert!((30..70).contains(&early) && waits.iter().all(|wait| *wait <= Duration::from_millis(64)), "{waits:?}");
    }
}
