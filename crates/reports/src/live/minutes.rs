//! The most contacts that waited at once, minute by minute, over the last hour.

use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use tandem_core::time::Timestamp;

/// Minutes that the series shows.
pub(crate) const MINUTES: usize = 60;

const MINUTES_I64: i64 = 60;
const MICROS_PER_MINUTE: i64 = 60_000_000;

/// The series. The last maximum is that of minute `last`; a minute in which nothing changed has the
/// number that stood before it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Minutes {
    last: Option<i64>,
    waiting: u32,
    maxima: VecDeque<u32>,
}

impl Minutes {
    /// The number that waits now.
    pub(crate) fn set(&mut self, now: Timestamp, waiting: u32) {
        self.advance(minute_of(now));
        self.waiting = waiting;
        if let Some(maximum) = self.maxima.back_mut() {
            *maximum = (*maximum).max(waiting);
        }
    }

    fn advance(&mut self, minute: i64) {
        let passed = match self.last {
            None => 1,
            Some(last) => minute.saturating_sub(last).clamp(0, MINUTES_I64),
        };
        for _ in 0..passed {
            if self.maxima.len() >= MINUTES {
                self.maxima.pop_front();
            }
            self.maxima.push_back(self.waiting);
        }
        self.last = self.last.max(Some(minute));
    }

    /// The last hour up to the minute of `now`, oldest first.
    pub(crate) fn read(&self, now: Timestamp) -> Vec<(Timestamp, u32)> {
        let mut upto = self.clone();
        let minute = minute_of(now);
        if upto.last.is_some() {
            upto.advance(minute);
        }
        let minute = upto.last.unwrap_or(minute);
        let n_unknown = MINUTES - upto.maxima.len();
        let first = minute.saturating_sub(MINUTES_I64 - 1);
        (first..)
            .zip(std::iter::repeat_n(0, n_unknown).chain(upto.maxima))
            .map(|(at, waiting)| (Timestamp::from_micros(at * MICROS_PER_MINUTE), waiting))
            .collect()
    }
}

const fn minute_of(now: Timestamp) -> i64 {
    now.as_micros().div_euclid(MICROS_PER_MINUTE)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros(seconds * 1_000_000)
    }

    fn last(series: &[(Timestamp, u32)], n: usize) -> Vec<u32> {
        series
            .iter()
            .rev()
            .take(n)
            .rev()
            .map(|(_, it)| *it)
            .collect()
    }

    #[test]
    fn minute_shows_its_maximum_and_quiet_minutes_what_stood() {
        let mut minutes = Minutes::default();
        minutes.set(at(0), 1);
        minutes.set(at(10), 5);
        minutes.set(at(20), 2);
        minutes.set(at(185), 0);
        assert_eq!(last(&minutes.read(at(200)), 4), [5, 2, 2, 2]);
        assert_eq!(last(&minutes.read(at(245)), 4), [2, 2, 2, 0]);
    }

    #[test]
    fn series_always_has_sixty_minutes() {
        let mut minutes = Minutes::default();
        assert_eq!(minutes.read(at(90)).len(), 60);
        minutes.set(at(0), 3);
        assert_eq!(minutes.read(at(90)).len(), 60);
        minutes.set(at(1_000_000), 4);
        let series = minutes.read(at(1_000_000));
        assert_eq!(series.len(), 60);
        assert_eq!(last(&series, 2), [3, 4]);
        assert_eq!(series.first().map(|it| it.1), Some(3));
    }
}
