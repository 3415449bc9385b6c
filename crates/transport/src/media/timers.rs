//! When legs want to be woken. One entry for each leg that is in force; what is in the heap beside it is ignored when
//! its time comes, so that a leg may be armed anew at no cost.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use tandem_media::Micros;

#[derive(Debug, Default)]
pub(super) struct Timers(BinaryHeap<Reverse<(Micros, usize)>>);

impl Timers {
    pub(super) fn add(&mut self, at: Micros, slot: usize) {
        self.0.push(Reverse((at, slot)));
    }

    pub(super) fn next(&self) -> Option<Micros> {
        self.0.peek().map(|Reverse((at, _))| *at)
    }

    /// The next one that is due, with its time.
    pub(super) fn due(&mut self, now: Micros) -> Option<(Micros, usize)> {
        let Reverse(next) = *self.0.peek()?;
        if next.0 > now {
            return None;
        }
        self.0.pop();
        Some(next)
    }
}
