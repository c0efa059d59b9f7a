//! Pseudo-randomness for what only has to look lively: the same from the same seed.

/// `SplitMix64` (Steele, Lea and Flood, 2014).
#[derive(Clone, Debug)]
pub struct Chance(u64);

/// The odd number next to 2⁶⁴ divided by the golden ratio.
const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

impl Chance {
    /// From this seed.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number.
    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(GOLDEN);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Another, that goes its own way.
    #[must_use]
    pub fn split(&mut self) -> Self {
        Self(self.draw())
    }

    /// Ten bytes, as ids want them.
    pub fn bytes(&mut self) -> [u8; 10] {
        let [first, second] = [self.draw(), self.draw()].map(u64::to_le_bytes);
        std::array::from_fn(|index| if index < 8 { first[index] } else { second[index - 8] })
    }

    /// A number from `least` to `most`, both included; `least` where they are the wrong way round.
    pub fn between(&mut self, least: u32, most: u32) -> u32 {
        let span = u64::from(most.saturating_sub(least)) + 1;
        least + u32::try_from(self.draw() % span).unwrap_or(0)
    }

    /// True once in so many times.
    pub fn one_in(&mut self, times: u32) -> bool {
        self.between(1, times) == 1
    }

    /// One of these, where there is any.
    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        let last = u32::try_from(from.len().checked_sub(1)?).ok()?;
        from.get(self.between(0, last) as usize)
    }

    /// So many of these, each at most once, in their own order; all where there are fewer.
    pub fn some<'a, T>(&mut self, from: &'a [T], count: usize) -> Vec<&'a T> {
        let mut left: Vec<usize> = (0..from.len()).collect();
        while left.len() > count {
            let last = u32::try_from(left.len() - 1).unwrap_or(u32::MAX);
            left.remove(self.between(0, last) as usize);
        }
        left.into_iter().map(|index| &from[index]).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_life() {
        let (mut one, mut other) = (Chance::new(7), Chance::new(7));
        assert_eq!(one.split().bytes(), other.split().bytes());
        assert_eq!(one.draw(), other.draw());
        assert_ne!(one.draw(), Chance::new(8).draw());
    }

    #[test]
    fn draws_stay_within_their_bounds_and_reach_both() {
        let mut chance = Chance::new(1);
        let drawn: Vec<u32> = (0..200).map(|_| chance.between(3, 6)).collect();
        assert_eq!((drawn.iter().min(), drawn.iter().max()), (Some(&3), Some(&6)));
        assert_eq!(chance.between(5, 2), 5);
        assert_eq!(chance.pick::<u32>(&[]), None);
        let rare = (0..10_000).filter(|_| chance.one_in(25)).count();
        assert!((300..500).contains(&rare), "{rare}");
        for count in 0..6 {
            let some = chance.some(&[1, 2, 3, 4], count);
            assert_eq!(some.len(), count.min(4));
            assert!(some.is_sorted_by(|left, right| left < right));
        }
    }
}
