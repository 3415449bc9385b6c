//! What a person showed lately: for looks that tell what was so before, and to hold what Tandem believes against it.

use std::collections::VecDeque;
use tandem_core::presence::Seen;
use tandem_core::time::Timestamp;

/// How far back is remembered, s: further than anything may be believed.
const REMEMBERED_S: u32 = 1_200;

/// What was shown from when on, oldest first.
#[derive(Clone, Debug, Default)]
pub(super) struct Looks {
    shown: VecDeque<(Timestamp, Seen)>,
}

impl Looks {
    pub(super) fn note(&mut self, now: Timestamp, seen: Seen) {
        if self.shown.back().is_none_or(|it| it.1 != seen) {
            self.shown.push_back((now, seen));
        }
        // The one before the oldest that matters says what was shown then.
        while { self.shown.get(1) }.is_some_and(|it| it.0.plus_seconds(REMEMBERED_S) < now) {
            self.shown.pop_front();
        }
    }

    /// What was shown at an instant.
    pub(super) fn at(&self, instant: Timestamp) -> Option<Seen> {
        let before = self.shown.iter().rev().find(|(at, _)| *at <= instant);
        before.or_else(|| self.shown.front()).map(|it| it.1)
    }

    /// Whether this was shown at some time since an instant.
    pub(super) fn was_shown_since(&self, instant: Timestamp, seen: Seen) -> bool {
        let mut since = self.shown.iter().filter(|(at, _)| *at > instant);
        self.at(instant) == Some(seen) || since.any(|it| it.1 == seen)
    }
}
