//! The one timer queue: everything that people and services do later, in order.
//!
//! Milliseconds since start. Who moves them, real time or `advance`, is the actor's business.

use crate::world::Timer;
use std::collections::BTreeMap;

/// A place in the queue; lower sequence first at the same time.
pub(crate) type Key = (u64, u64);

#[derive(Debug, Clone, Default)]
pub(crate) struct Timers {
    queue: BTreeMap<Key, Timer>,
    sequence: u64,
}

impl Timers {
    pub(crate) fn set(&mut self, due_ms: u64, timer: Timer) -> Key {
        self.sequence += 1;
        let key = (due_ms, self.sequence);
        self.queue.insert(key, timer);
        key
    }

    pub(crate) fn cancel(&mut self, key: Key) {
        self.queue.remove(&key);
    }

    pub(crate) fn next_due_ms(&self) -> Option<u64> {
        self.queue.first_key_value().map(|((due, _), _)| *due)
    }

    /// Takes the first timer that is due by then.
    pub(crate) fn pop_due(&mut self, by_ms: u64) -> Option<(u64, Timer)> {
        let entry = self.queue.first_entry()?;
        if entry.key().0 > by_ms {
            return None;
        }
        let ((due, _), timer) = entry.remove_entry();
        Some((due, timer))
    }

    pub(crate) fn len(&self) -> usize {
        self.queue.len()
    }
}
