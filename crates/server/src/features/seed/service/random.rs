//! Chance that is the same in every run.

/// SplitMix64: tiny, and its sequence never changes under us.
#[derive(Debug, Clone)]
pub(super) struct Chance(u64);

impl Chance {
    /// A sequence.
    pub(super) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number from `low` to `high`, both possible.
    pub(super) fn between(&mut self, low: u32, high: u32) -> u32 {
        let span = u64::from(high.saturating_sub(low)) + 1;
        low + u32::try_from(self.next() % span).unwrap_or(0)
    }

    /// Whether something of this many per cent happens.
    pub(super) fn percent(&mut self, percent: u32) -> bool {
        self.between(1, 100) <= percent
    }

    /// One of several; `None` of nothing.
    pub(super) fn pick<'a, T>(&mut self, among: &'a [T]) -> Option<&'a T> {
        let last = u32::try_from(among.len().checked_sub(1)?).ok()?;
        among.get(self.between(0, last) as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sequence_is_fixed_and_within_bounds() {
        let (mut a, mut b) = (Chance::new(7), Chance::new(7));
        for _ in 0..1000 {
            let value = a.between(3, 9);
            assert!((3..=9).contains(&value));
            assert_eq!(value, b.between(3, 9));
        }
        assert_eq!(Chance::new(1).pick::<u8>(&[]), None);
        assert!(Chance::new(1).percent(100));
        assert!(!Chance::new(1).percent(0));
    }
}
