//! What an estimate must be multiplied by so that half, and four of five, wait at most so long. Each factor
//! moves up when a wait was longer and down when it was shorter, in the ratio in which that should happen.
//! Positions have factors of their own: the next place is served after a time that nobody knows, a tenth one
//! after a sum of ten, which is known much better.

use crate::limits;
use serde::{Deserialize, Serialize};

/// 1 as a factor.
const ONE: u32 = 1 << 16;
/// A factor moves by at most 1/256 at one contact.
const STEP: u32 = 256;
/// The first contacts move it more: by at most 1/16.
const STEP_FIRST: u32 = 16;
/// Factors stay between 1/16 and 16.
const FACTORS: (u32, u32) = (ONE >> 4, ONE << 4);
/// Estimates below this are too short to learn a ratio from, ms.
const RATIO_FROM_MS: u32 = 1_000;

/// The factors of one queue: for position 1, 2 and 3, 4 to 7, and 8 on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Calibration([Factors; 4]);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Factors {
    n: u32,
    p50: u32,
    p80: u32,
}

impl Default for Factors {
    fn default() -> Self {
        Self {
            n: 0,
            p50: ONE,
            p80: ONE + ONE / 2,
        }
    }
}

impl Calibration {
    /// `raw_ms` was said to a contact at `position`, `actual_ms` came true.
    pub(super) fn add(&mut self, position: u32, raw_ms: u32, actual_ms: u32) {
        if let Some(factors) = self.0.get_mut(class(position)) {
            let step = factors.n.saturating_add(STEP_FIRST).min(STEP);
            factors.n = factors.n.saturating_add(1);
            let moved = |factor, percent| moved(factor, (raw_ms, actual_ms), step, percent);
            (factors.p50, factors.p80) = (moved(factors.p50, 50), moved(factors.p80, 80));
        }
    }

    /// The wait that half, and that four of five, wait at most, ms.
    pub(super) fn quantiles(&self, position: u32, raw_ms: u32) -> (u32, u32) {
        let factors = self.0.get(class(position)).copied().unwrap_or_default();
        let p80 = factors.p80.max(factors.p50);
        (times(raw_ms, factors.p50), times(raw_ms, p80))
    }
}

fn class(position: u32) -> usize {
    match position {
        0..=1 => 0,
        2..=3 => 1,
        4..=7 => 2,
        8.. => 3,
    }
}

fn moved(factor: u32, (raw_ms, actual_ms): (u32, u32), step: u32, percent: u32) -> u32 {
    let by = factor / step;
    let moved = if actual_ms > times(raw_ms, factor) {
        factor.saturating_add(by * percent / 100)
    } else {
        factor.saturating_sub(by * (100 - percent) / 100)
    };
    moved.clamp(FACTORS.0, FACTORS.1)
}

fn times(ms: u32, factor: u32) -> u32 {
    let ms = (u64::from(ms.max(RATIO_FROM_MS)) * u64::from(factor)) >> 16;
    u32::try_from(ms.min(limits::ESTIMATE_MS_MAX)).unwrap_or(u32::MAX)
}
