//! Whether a target is there: a probe each minute, what came of it, and whether the other side
//! looks for us as well (Direct Routing A.4). It must not know how a probe travels.

use crate::Micros;

/// A.4: one OPTIONS a minute, to each of the three names.
pub const PROBE_INTERVAL: Micros = 60_000_000;
/// A.4: Teams demotes a trunk that it has not heard for five minutes.
pub const HEARD_MAX: Micros = 300_000_000;
/// Probes in a row without an answer, until a target counts as down: one may have been unlucky.
const MISSES_MAX: u32 = 2;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Not known yet.
    Unknown,
    Up,
    Down(Why),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    Silent,
    /// 403 of Teams: the name in our Contact is not that of a trunk (A.4); 503: it is full.
    Refused(u16),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Health {
    state: State,
    n_missed: u32,
    probe_at: Micros,
    up_at: Option<Micros>,
    heard_at: Option<Micros>,
}

impl Health {
    /// The first probe is due at once: Teams waits for us to begin (A.4).
    #[must_use]
    pub const fn new(now: Micros) -> Self {
        Self {
            state: State::Unknown,
            n_missed: 0,
            probe_at: now,
            up_at: None,
            heard_at: None,
        }
    }

    #[must_use]
    pub const fn state(&self) -> State {
        self.state
    }

    /// When a probe answered last.
    #[must_use]
    pub const fn up_at(&self) -> Option<Micros> {
        self.up_at
    }

    /// Whether the other side has looked for us lately: what makes it send us calls.
    #[must_use]
    pub fn is_heard(&self, now: Micros) -> bool {
        self.heard_at.is_some_and(|at| now - at <= HEARD_MAX)
    }

    #[must_use]
    pub const fn poll_timeout(&self) -> Micros {
        self.probe_at
    }

    /// Whether a probe is to be sent now; if so, the next is due a minute later.
    pub fn poll_probe(&mut self, now: Micros) -> bool {
        let is_due = now >= self.probe_at;
        if is_due {
            self.probe_at = now + PROBE_INTERVAL;
        }
        is_due
    }

    /// How a probe ended; gives the new state where it is another one.
    pub fn handle_answer(&mut self, now: Micros, status: Option<u16>) -> Option<State> {
        let state = match status {
            Some(200..300) => {
                self.up_at = Some(now);
                State::Up
            }
            Some(status) => State::Down(Why::Refused(status)),
            None if self.n_missed + 1 < MISSES_MAX => self.state,
            None => State::Down(Why::Silent),
        };
        self.n_missed = if status.is_some() {
            0
        } else {
            self.n_missed.saturating_add(1)
        };
        let has_changed = state != self.state;
        self.state = state;
        has_changed.then_some(state)
    }

    /// The other side has sent OPTIONS, or a call.
    pub fn handle_heard(&mut self, now: Micros) {
        self.heard_at = Some(now);
    }
}

#[cfg(test)]
mod tests {
    use super::{HEARD_MAX, Health, PROBE_INTERVAL, State, Why};

    // A.4, A.11.2
    #[test]
    fn target_is_probed_each_minute_and_down_after_two_silences_or_one_refusal() {
        let mut health = Health::new(5);
        assert!(health.poll_probe(5) && !health.poll_probe(5));
        assert_eq!(health.poll_timeout(), 5 + PROBE_INTERVAL);
        assert_eq!(health.handle_answer(6, Some(200)), Some(State::Up));
        assert_eq!(health.handle_answer(7, Some(200)), None);
        assert_eq!(health.handle_answer(8, None), None, "one may be unlucky");
        assert_eq!(
            health.handle_answer(9, None),
            Some(State::Down(Why::Silent))
        );
        assert_eq!(
            health.handle_answer(10, Some(403)),
            Some(State::Down(Why::Refused(403)))
        );
        assert_eq!(health.handle_answer(11, Some(200)), Some(State::Up));
        assert_eq!((health.state(), health.up_at()), (State::Up, Some(11)));
    }

    #[test]
    fn we_are_known_to_the_other_side_while_it_looks_for_us() {
        let mut health = Health::new(0);
        assert!(!health.is_heard(0));
        health.handle_heard(10);
        assert!(health.is_heard(10 + HEARD_MAX) && !health.is_heard(11 + HEARD_MAX));
    }
}
