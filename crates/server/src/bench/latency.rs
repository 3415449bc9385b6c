//! Times, as the few figures that are quoted.

use serde::Serialize;
use std::time::Duration;

/// The distribution of some times, in microseconds.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Latency {
    /// How many there were.
    pub n: usize,
    /// Half were at most this, microseconds.
    pub p50_us: u64,
    /// 95 of 100 were at most this, microseconds.
    pub p95_us: u64,
    /// 99 of 100 were at most this, microseconds.
    pub p99_us: u64,
    /// The longest, microseconds.
    pub max_us: u64,
}

impl Latency {
    /// The figures of some times.
    #[must_use]
    pub fn of(mut times: Vec<Duration>) -> Self {
        times.sort_unstable();
        let at = |part: usize| {
            let index = (times.len() * part / 100).min(times.len().saturating_sub(1));
            times.get(index).map_or(0, |time| {
                u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
            })
        };
        Self {
            n: times.len(),
            p50_us: at(50),
            p95_us: at(95),
            p99_us: at(99),
            max_us: at(100),
        }
    }
}
