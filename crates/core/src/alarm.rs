//! When the core wants to be woken: one instant for each contact, or agent, that waits for time, in order.
//! What is due at that instant the contact or the agent itself knows.

use crate::by_id::{ById, Numbered};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The instants, and whose they are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Alarms<K: Numbered> {
    by_time: BTreeSet<(Timestamp, K)>,
    #[serde(rename = "by_contact")]
    by_number: ById<K, Timestamp>,
}

impl<K: Numbered> Default for Alarms<K> {
    fn default() -> Self {
        Self {
            by_time: BTreeSet::new(),
            by_number: ById::default(),
        }
    }
}

impl<K: Numbered> Alarms<K> {
    /// Sets an alarm, or takes it away. O(log n).
    pub(crate) fn set(&mut self, whose: K, at: Option<Timestamp>) {
        let before = self.by_number.get(whose).copied();
        if before == at {
            return;
        }
        if let Some(before) = before {
            self.by_time.remove(&(before, whose));
            self.by_number.remove(whose);
        }
        if let Some(at) = at {
            self.by_time.insert((at, whose));
            self.by_number.insert(whose, at);
        }
    }

    /// The next alarm.
    pub(crate) fn first(&self) -> Option<(Timestamp, K)> {
        self.by_time.first().copied()
    }
}
