//! Time for one side: microseconds that never go back, counted from the wall clock's time at the start,
//! so that a trace shows when something happened.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use tandem_sip::Micros;

/// One clock for all that a driver does.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    started: Instant,
    /// Unix microseconds at `started`.
    started_at: Micros,
}

impl Clock {
    #[must_use]
    pub fn start() -> Self {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH);
        let since_epoch = since_epoch.unwrap_or_default();
        Self {
            started: Instant::now(),
            started_at: micros(since_epoch),
        }
    }

    #[must_use]
    pub fn now(&self) -> Micros {
        self.started_at
            .saturating_add(micros(self.started.elapsed()))
    }

    /// When this clock will show `at`.
    pub(super) fn instant(&self, at: Micros) -> Instant {
        let left = u64::try_from(at.saturating_sub(self.started_at)).unwrap_or(0);
        self.started + Duration::from_micros(left)
    }
}

pub(super) fn micros(duration: Duration) -> Micros {
    Micros::try_from(duration.as_micros()).unwrap_or(Micros::MAX)
}
