//! How long a failed job waits.

use chrono::Duration;
use rand::Rng;

const FIRST_SECONDS: i64 = 5;
const MOST_SECONDS: i64 = 3600;

/// Doubles with every attempt up to an hour; a fifth more or less, so that jobs which failed together do not come back together.
pub(super) fn pause(attempts: i32, random: &mut impl Rng) -> Duration {
    let doublings = u32::try_from(attempts.clamp(1, 16) - 1).unwrap_or(0);
    let seconds = FIRST_SECONDS
        .saturating_mul(1 << doublings)
        .min(MOST_SECONDS);
    let milliseconds = seconds * 1000;
    Duration::milliseconds(random.random_range(milliseconds * 4 / 5..=milliseconds * 6 / 5))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;

    #[test]
    fn it_grows_and_is_bounded() {
        let mut random = rand::rngs::SmallRng::seed_from_u64(7);
        for _ in 0..100 {
            let first = pause(1, &mut random);
            assert!(first >= Duration::seconds(4) && first <= Duration::seconds(6));
            let last = pause(25, &mut random);
            assert!(last >= Duration::seconds(2880) && last <= Duration::seconds(4320));
        }
        assert!(pause(0, &mut random) <= Duration::seconds(6));
    }
}
