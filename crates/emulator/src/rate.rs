//! How much was taken in the last while: the one sliding window of every published rate.

use std::collections::VecDeque;

/// So much in so many milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rate {
    pub(crate) window_ms: u64,
    pub(crate) max: u64,
}

/// What was taken, and when, by the emulator's clock.
#[derive(Debug, Clone, Default)]
pub(crate) struct Window {
    taken: VecDeque<(u64, u64)>,
    sum: u64,
}

impl Window {
    /// Counts a request, or says after how many seconds there is room for one. Whoever comes again at once is counted too.
    pub(crate) fn take(&mut self, now_ms: u64, rate: Rate, cost: u64) -> Result<(), u64> {
        self.forget(now_ms, rate);
        self.taken.push_back((now_ms, cost));
        self.sum += cost;
        if self.sum <= rate.max {
            return Ok(());
        }
        while self.sum > rate.max && self.taken.len() > 1 {
            self.drop_oldest();
        }
        let oldest = self.taken.front().map_or(now_ms, |(at, _)| *at);
        let free_ms = oldest.saturating_add(rate.window_ms);
        Err(free_ms.saturating_sub(now_ms).div_ceil(1000))
    }

    /// How much of the rate is used, from 0 to 1 and beyond.
    pub(crate) fn share(&self, rate: Rate) -> f64 {
        let number = |value: u64| f64::from(u32::try_from(value).unwrap_or(u32::MAX));
        number(self.sum) / number(rate.max)
    }

    fn forget(&mut self, now_ms: u64, rate: Rate) {
        let is_over = |(at, _): &(u64, u64)| at.saturating_add(rate.window_ms) <= now_ms;
        while self.taken.front().is_some_and(is_over) {
            self.drop_oldest();
        }
    }

    fn drop_oldest(&mut self) {
        if let Some((_, cost)) = self.taken.pop_front() {
            self.sum -= cost;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate {
        window_ms: 30_000,
        max: 500,
    };

    #[test]
    fn what_is_beyond_the_rate_waits_until_the_oldest_is_thirty_seconds_old() {
        let mut window = Window::default();
        for n in 0..500 {
            assert_eq!(window.take(n, RATE, 1), Ok(()));
        }
        assert_eq!(window.take(500, RATE, 1), Err(30));
        // Who comes too early has taken a place of those to come.
        assert_eq!(window.take(29_500, RATE, 1), Err(1));
        assert_eq!(window.take(30_001, RATE, 1), Err(1));
        assert_eq!(window.take(30_003, RATE, 1), Ok(()));
    }

    #[test]
    fn what_costs_more_takes_the_room_of_more() {
        let mut window = Window::default();
        assert_eq!(window.take(0, RATE, 499), Ok(()));
        assert!((window.share(RATE) - 0.998).abs() < 0.0001);
        assert_eq!(window.take(1_000, RATE, 2), Err(30));
        assert_eq!(window.take(32_000, RATE, 498), Ok(()));
    }
}
