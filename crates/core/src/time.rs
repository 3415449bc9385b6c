//! Instants and durations. An instant is a UTC count of microseconds that came with an input.

use serde::{Deserialize, Serialize};

/// An instant: microseconds since 1970-01-01T00:00:00Z.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// No instant is later.
    pub const MAX: Self = Self(i64::MAX);

    /// From microseconds since the epoch.
    #[must_use]
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds since the epoch.
    #[must_use]
    pub const fn as_micros(self) -> i64 {
        self.0
    }

    /// This instant and `seconds` more.
    #[must_use]
    pub fn plus_seconds(self, seconds: u32) -> Self {
        Self(
            self.0
                .saturating_add(i64::from(seconds).saturating_mul(1_000_000)),
        )
    }

    /// This instant and `micros` more (or fewer).
    #[must_use]
    pub const fn plus_micros(self, micros: i64) -> Self {
        Self(self.0.saturating_add(micros))
    }

    /// This instant and `days` fewer.
    #[must_use]
    pub fn minus_days(self, days: u32) -> Self {
        const MICROS_OF_A_DAY: i64 = 86_400_000_000;
        Self(
            self.0
                .saturating_sub(i64::from(days).saturating_mul(MICROS_OF_A_DAY)),
        )
    }

    /// Microseconds from `earlier` to this instant; never negative.
    #[must_use]
    pub fn micros_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0).max(0)
    }
}
