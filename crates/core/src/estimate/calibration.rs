//! What an estimate must be multiplied by so that half, and four of five, wait at most so long. Each factor
//! moves up when a wait was longer and down when it was shorter, in the ratio in which that should happen.

use crate::limits;
use serde::{Deserialize, Serialize};

/// 1 as a factor.
const ONE: u32 = 1 << 16;
/// A factor moves by at most 1/128 at one contact.
const STEP: u32 = 128;
/// Factors stay between 1/16 and 16.
const FACTORS: (u32, u32) = (ONE >> 4, ONE << 4);
/// Estimates below this are too short to learn a ratio from, ms.
const RATIO_FROM_MS: u32 = 1_000;

/// The factors of one queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Calibration {
    p50: u32,
    p80: u32,
}

impl Default for Calibration {
    fn default() -> Self {
        Self {
            p50: ONE,
            p80: ONE + ONE / 2,
        }
    }
}

impl Calibration {
    /// `raw_ms` was said, `actual_ms` came true.
    pub(super) fn add(&mut self, raw_ms: u32, actual_ms: u32) {
        self.p50 = moved(self.p50, raw_ms, actual_ms, 50);
        self.p80 = moved(self.p80, raw_ms, actual_ms, 80);
    }

    /// The wait that half, and that four of five, wait at most, ms.
    pub(super) fn quantiles(&self, raw_ms: u32) -> (u32, u32) {
        (
            times(raw_ms, self.p50),
            times(raw_ms, self.p80.max(self.p50)),
        )
    }
}

fn moved(factor: u32, raw_ms: u32, actual_ms: u32, percent: u32) -> u32 {
    let step = factor / STEP;
    let moved = if actual_ms > times(raw_ms.max(RATIO_FROM_MS), factor) {
        factor.saturating_add(step * percent / 100)
    } else {
        factor.saturating_sub(step * (100 - percent) / 100)
    };
    moved.clamp(FACTORS.0, FACTORS.1)
}

fn times(ms: u32, factor: u32) -> u32 {
    let ms = (u64::from(ms.max(RATIO_FROM_MS)) * u64::from(factor)) >> 16;
    u32::try_from(ms.min(limits::ESTIMATE_MS_MAX)).unwrap_or(u32::MAX)
}
