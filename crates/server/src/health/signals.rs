//! What the edges of a contact center notice of their surroundings, for the page that says how the system
//! does. Counts of the last hour by the minute; nothing here says anything about a person.

use crate::engine::Clock;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tandem_core::time::Timestamp;

/// Minutes that are counted.
const MINUTES: usize = 60;
const MICROS_PER_MINUTE: i64 = 60_000_000;
/// What is asked about so soon after the start was not lost: nobody was there to hear it.
const START_SECONDS: u32 = 60;

/// The signals of one contact center.
pub struct Signals {
    clock: Arc<dyn Clock>,
    /// When the process began to serve it.
    pub(crate) started: Timestamp,
    noticed: Mutex<Noticed>,
}

/// What was noticed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Noticed {
    /// Deliveries of Event Grid.
    pub(crate) webhook: Heard,
    /// Callback events of Call Automation.
    pub(crate) callbacks: Heard,
    /// Orders and how they ended; bad ones failed.
    pub(crate) operations: Recent,
    /// How the last bad one ended.
    pub(crate) operation_code: String,
    /// Questions about calls; bad ones brought word that was lost.
    pub(crate) inquiries: Recent,
    /// Why the last token was refused; none when it was given.
    pub(crate) token_refused: Option<String>,
}

/// Who is heard from.
#[derive(Clone, Debug, Default)]
pub(crate) struct Heard {
    /// When last.
    pub(crate) last: Option<Timestamp>,
    /// Those that could not prove who they are are bad.
    pub(crate) recent: Recent,
    /// When one was refused last.
    pub(crate) last_refused: Option<Timestamp>,
}

/// Counts of the last hour.
#[derive(Clone, Debug, Default)]
pub(crate) struct Recent {
    minutes: VecDeque<Minute>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Minute {
    number: i64,
    n: u64,
    n_bad: u64,
}

/// How something went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Went {
    Well,
    Badly,
}

impl Recent {
    fn count(&mut self, now: Timestamp, went: Went) {
        let number = now.as_micros() / MICROS_PER_MINUTE;
        if self.minutes.back().is_none_or(|last| last.number != number) {
            let fresh = Minute {
                number,
                ..Minute::default()
            };
            self.minutes.push_back(fresh);
        }
        if self.minutes.len() > MINUTES {
            self.minutes.pop_front();
        }
        if let Some(minute) = self.minutes.back_mut() {
            minute.n += 1;
            minute.n_bad += u64::from(went == Went::Badly);
        }
    }

    /// How many there were in the last `minutes`, and how many of them went badly.
    #[must_use]
    pub(crate) fn within(&self, now: Timestamp, minutes: i64) -> (u64, u64) {
        let first = now.as_micros() / MICROS_PER_MINUTE - minutes;
        let lately = self.minutes.iter().filter(|it| it.number > first);
        lately.fold((0, 0), |(n, n_bad), it| (n + it.n, n_bad + it.n_bad))
    }
}

impl Heard {
    fn heard(&mut self, now: Timestamp, went: Went) {
        self.recent.count(now, went);
        match went {
            Went::Well => self.last = Some(now),
            Went::Badly => self.last_refused = Some(now),
        }
    }
}

impl Signals {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            started: clock.now(),
            clock,
            noticed: Mutex::default(),
        }
    }

    /// All of it, as it is now.
    #[must_use]
    pub(crate) fn noticed(&self) -> Noticed {
        self.lock().clone()
    }

    pub(crate) fn webhook(&self, went: Went) {
        let now = self.clock.now();
        self.lock().webhook.heard(now, went);
    }

    pub(crate) fn callback(&self, went: Went) {
        let now = self.clock.now();
        self.lock().callbacks.heard(now, went);
    }

    pub(crate) fn operation(&self, went: Went, code: &str) {
        let now = self.clock.now();
        let mut noticed = self.lock();
        noticed.operations.count(now, went);
        if went == Went::Badly {
            code.clone_into(&mut noticed.operation_code);
        }
    }

    /// A call was asked about; it went badly when word of it had been lost.
    pub(crate) fn inquiry(&self, went: Went) {
        let now = self.clock.now();
        if now > self.started.plus_seconds(START_SECONDS) {
            self.lock().inquiries.count(now, went);
        }
    }

    pub(crate) fn token(&self, refused: Option<String>) {
        self.lock().token_refused = refused;
    }

    fn lock(&self) -> MutexGuard<'_, Noticed> {
        self.noticed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_of_an_hour_ago_are_forgotten() {
        let mut recent = Recent::default();
        let at = |minute: i64| Timestamp::from_micros(minute * MICROS_PER_MINUTE);
        recent.count(at(0), Went::Badly);
        recent.count(at(58), Went::Well);
        recent.count(at(59), Went::Badly);
        assert_eq!(recent.within(at(59), 60), (3, 2));
        assert_eq!(recent.within(at(59), 5), (2, 1));
        assert_eq!(recent.within(at(61), 60), (2, 1));
        for minute in 100..300 {
            recent.count(at(minute), Went::Well);
        }
        assert_eq!(recent.minutes.len(), MINUTES);
    }
}
