//! One exact sliding window: at most N events in any stretch of the window's length.

use std::collections::VecDeque;

/// What a window said to an event. Times are milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outcome {
    /// Whether the event was let in (and counted).
    pub allowed: bool,
    /// How many more would be let in now.
    pub remaining: u32,
    /// When the oldest counted event leaves the window, from now.
    pub reset_ms: i64,
}

/// The times of the events let in. Refused events are not kept: they must not push the end of a ban ahead of them.
#[derive(Debug, Default)]
pub struct Window {
    events: VecDeque<i64>,
}

impl Window {
    /// Lets an event in unless `limit` were already let in during the last `length_ms`.
    pub fn hit(&mut self, now_ms: i64, length_ms: i64, limit: u32) -> Outcome {
        let now_ms = self.advance(now_ms, length_ms);
        let used = self.used();
        let allowed = used < limit;
        if allowed {
            self.events.push_back(now_ms);
        }
        Outcome {
            allowed,
            remaining: limit.saturating_sub(used + u32::from(allowed)),
            reset_ms: self.reset_ms(now_ms, length_ms),
        }
    }

    /// The refusal of an event that would not be let in now; nothing is counted.
    pub fn used_up(&mut self, now_ms: i64, length_ms: i64, limit: u32) -> Option<Outcome> {
        let now_ms = self.advance(now_ms, length_ms);
        (self.used() >= limit).then(|| Outcome {
            allowed: false,
            remaining: 0,
            reset_ms: self.reset_ms(now_ms, length_ms),
        })
    }

    /// Forgets what left the window. A clock that jumps back must not let more in: time only grows here.
    fn advance(&mut self, now_ms: i64, length_ms: i64) -> i64 {
        let now_ms = self.events.back().map_or(now_ms, |last| now_ms.max(*last));
        while self
            .events
            .front()
            .is_some_and(|first| *first <= now_ms - length_ms)
        {
            self.events.pop_front();
        }
        now_ms
    }

    fn used(&self) -> u32 {
        u32::try_from(self.events.len()).unwrap_or(u32::MAX)
    }

    fn reset_ms(&self, now_ms: i64, length_ms: i64) -> i64 {
        self.events
            .front()
            .map_or(length_ms, |first| first + length_ms - now_ms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_eleventh_waits_until_the_first_has_left() {
        let mut window = Window::default();
        for i in 0..10 {
            assert!(window.hit(i * 1000, 900_000, 10).allowed);
        }
        let refused = window.hit(10_000, 900_000, 10);
        assert_eq!(
            refused,
            Outcome {
                allowed: false,
                remaining: 0,
                reset_ms: 890_000
            }
        );
        assert_eq!(window.used_up(10_000, 900_000, 10), Some(refused));
        assert_eq!(window.used_up(900_000, 900_000, 10), None);
        let mut window = Window::default();
        for i in 0..10 {
            assert!(window.hit(i * 1000, 900_000, 10).allowed);
        }
        assert!(!window.hit(899_999, 900_000, 10).allowed);
        assert!(window.hit(900_000, 900_000, 10).allowed);
        assert!(!window.hit(900_000, 900_000, 10).allowed);
    }

    proptest! {
        /// Whatever the arrivals, clock jumps included, no stretch of the window's length holds more than the limit.
        #[test]
        fn never_more_than_the_limit_in_any_window(
            gaps in prop::collection::vec(-50_i64..400, 1..400),
            limit in 1_u32..20,
            length in 1_i64..2000,
        ) {
            let mut window = Window::default();
            let (mut now, mut latest, mut let_in) = (1_000_000_i64, i64::MIN, Vec::new());
            for gap in gaps {
                now += gap;
                latest = latest.max(now);
                if window.hit(now, length, limit).allowed {
                    let_in.push(latest);
                }
            }
            for (i, start) in let_in.iter().enumerate() {
                let inside = let_in[i..].iter().filter(|t| **t < start + length).count();
                prop_assert!(inside <= limit as usize, "{inside} within {length} ms");
            }
        }

        /// It never refuses without reason: a refused event finds the limit already used up.
        #[test]
        fn refuses_only_when_the_window_is_full(gaps in prop::collection::vec(0_i64..400, 1..200), limit in 1_u32..10) {
            let mut window = Window::default();
            let (mut now, mut let_in): (i64, Vec<i64>) = (0, Vec::new());
            for gap in gaps {
                now += gap;
                let inside = let_in.iter().filter(|t| **t > now - 1000).count();
                let outcome = window.hit(now, 1000, limit);
                prop_assert_eq!(outcome.allowed, inside < limit as usize);
                if outcome.allowed {
                    let_in.push(now);
                }
            }
        }
    }
}
