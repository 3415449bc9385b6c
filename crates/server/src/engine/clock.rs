//! The time of the loop, as a value: tests bring their own.
//!
//! The machine's clock can be set back; the loop's never is. While it is ahead of the machine's it goes
//! a tenth slower until the other has caught up, so that no timer waits for an hour that comes twice.

use std::future::Future;
use std::pin::Pin;
use std::sync::Mutex;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use tandem_core::time::Timestamp;
use tokio::sync::watch;

/// Of this many microseconds, one is left out while the machine's clock is behind.
const SLOWER_BY_ONE_IN: i64 = 10;

/// Tells the time.
pub trait Clock: Send + Sync + 'static {
    /// The present instant; never before one that was told.
    fn now(&self) -> Timestamp;

    /// Ends at that instant.
    fn until(&self, at: Timestamp) -> Pin<Box<dyn Future<Output = ()> + Send + '_>>;

    /// What has happened was at this instant: time goes on from there, whatever the machine says.
    fn at_least(&self, at: Timestamp);

    /// How far the machine's clock is behind what was told.
    fn behind(&self) -> Duration;
}

/// The machine's clock.
#[derive(Debug, Default)]
pub struct SystemClock {
    told: Mutex<Option<Told>>,
}

#[derive(Clone, Copy, Debug)]
struct Told {
    at: Timestamp,
    read: Instant,
}

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        self.read(machine(), Instant::now())
    }

    fn until(&self, at: Timestamp) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(async move {
            loop {
                let micros = at.micros_since(self.now());
                let Some(micros) = u64::try_from(micros).ok().filter(|it| *it > 0) else {
                    return;
                };
                tokio::time::sleep(Duration::from_micros(micros)).await;
            }
        })
    }

    fn at_least(&self, at: Timestamp) {
        let mut told = self.lock();
        if told.is_none_or(|told| told.at < at) {
            let read = Instant::now();
            *told = Some(Told { at, read });
        }
    }

    fn behind(&self) -> Duration {
        let behind = self.now().micros_since(machine());
        Duration::from_micros(u64::try_from(behind).unwrap_or(0))
    }
}

impl SystemClock {
    /// Forward the machine's clock is followed at once: a machine that slept has slept. Backward it is not.
    fn read(&self, machine: Timestamp, read: Instant) -> Timestamp {
        let mut told = self.lock();
        let at = told.map_or(machine, |before| {
            let passed = read.saturating_duration_since(before.read).as_micros();
            let passed = i64::try_from(passed).unwrap_or(i64::MAX);
            let slowly = before
                .at
                .plus_micros(passed.saturating_sub(passed / SLOWER_BY_ONE_IN));
            machine.max(slowly)
        });
        *told = Some(Told { at, read });
        at
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Told>> {
        self.told
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// A clock that stands still until it is told to move: whole days pass in a test without a pause.
#[derive(Debug)]
pub struct SteppedClock {
    now: watch::Sender<Timestamp>,
}

impl SteppedClock {
    /// One that stands at this instant.
    #[must_use]
    pub fn at(now: Timestamp) -> Self {
        Self {
            now: watch::Sender::new(now),
        }
    }

    /// Sets it; also back, as no other clock does.
    pub fn set(&self, now: Timestamp) {
        self.now.send_replace(now);
    }

    /// Moves it on.
    pub fn advance(&self, by: Duration) {
        let micros = i64::try_from(by.as_micros()).unwrap_or(i64::MAX);
        self.now.send_modify(|now| *now = now.plus_micros(micros));
    }
}

impl Clock for SteppedClock {
    fn now(&self) -> Timestamp {
        *self.now.borrow()
    }

    fn until(&self, at: Timestamp) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        let mut watched = self.now.subscribe();
        Box::pin(async move {
            // The sender is this clock, which outlives the borrow.
            drop(watched.wait_for(|now| *now >= at).await);
        })
    }

    fn at_least(&self, at: Timestamp) {
        self.now.send_if_modified(|now| {
            let is_behind = *now < at;
            *now = at.max(*now);
            is_behind
        });
    }

    fn behind(&self) -> Duration {
        Duration::ZERO
    }
}

fn machine() -> Timestamp {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Timestamp::from_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600_000_000;
    const MINUTE: i64 = 60_000_000;

    fn at(micros: i64) -> Timestamp {
        Timestamp::from_micros(micros)
    }

    #[test]
    fn clock_that_is_set_back_by_an_hour_neither_stops_time_nor_turns_it_back() {
        let (clock, began) = (SystemClock::default(), Instant::now());
        assert_eq!(clock.read(at(2 * HOUR), began), at(2 * HOUR));
        let later = began + Duration::from_secs(60);
        let told = clock.read(at(HOUR + MINUTE), later);
        assert_eq!(told, at(2 * HOUR + MINUTE * 9 / 10));
    }

    #[test]
    fn clock_that_was_ahead_meets_the_machine_again() {
        let (clock, began) = (SystemClock::default(), Instant::now());
        clock.read(at(HOUR), began);
        let set_back = at(HOUR - MINUTE);
        let mut told = clock.read(set_back, began);
        for minute in 1..=10 {
            let machine = set_back.plus_micros(minute * MINUTE);
            let seconds = u64::try_from(minute * 60).unwrap();
            told = clock.read(machine, began + Duration::from_secs(seconds));
        }
        assert_eq!(told, set_back.plus_micros(10 * MINUTE));
    }

    #[test]
    fn clock_that_is_set_forward_is_followed_at_once() {
        let (clock, began) = (SystemClock::default(), Instant::now());
        clock.read(at(HOUR), began);
        assert_eq!(clock.read(at(2 * HOUR), began), at(2 * HOUR));
    }

    #[test]
    fn time_goes_on_from_what_has_happened() {
        let clock = SystemClock::default();
        let ahead = clock.now().plus_micros(HOUR);
        clock.at_least(ahead);
        assert!(clock.now() >= ahead);
        assert!(clock.behind() > Duration::from_secs(3_500));
    }
}
