//! What each queue's settings say of waits, and in which version: a stay is judged by what is in force when it ends.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use tandem_core::event::{EndReason, Event};
use tandem_core::ids::QueueId;
use tandem_core::performance::{StayEnd, Thresholds};
use tandem_core::settings::Document;

const MICROS_PER_SECOND: i64 = 1_000_000;

/// The thresholds of every queue. Those of a queue that was removed stay: its number is not used again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Promises(BTreeMap<QueueId, Thresholds>);

impl Promises {
    /// Takes a fact.
    pub fn apply(&mut self, event: &Event) {
        if let Event::Saved {
            id,
            version,
            document: Document::Queue(queue),
            ..
        } = event
        {
            let thresholds = Thresholds {
                version: *version,
                threshold_s: queue.service_level.threshold_s,
                short_abandon_s: queue.short_abandon_s,
            };
            self.0.insert(QueueId(*id), thresholds);
        }
    }

    /// Those of a queue at this moment.
    #[must_use]
    pub fn of(&self, queue: QueueId) -> Thresholds {
        self.0.get(&queue).copied().unwrap_or_default()
    }
}

/// How the stay of a contact that ended while it waited is counted. Whoever leaves while an agent is being rung has
/// abandoned like everybody else; only the wait tells whether that counts.
pub(crate) fn end_of_wait(reason: EndReason, wait_us: i64, short_abandon_s: u32) -> StayEnd {
    if !reason.gives_up_waiting() {
        return StayEnd::Removed;
    }
    let is_short = if reason == EndReason::AbandonedRinging {
        wait_us < i64::from(short_abandon_s) * MICROS_PER_SECOND
    } else {
        reason == EndReason::ShortAbandon
    };
    if is_short {
        StayEnd::ShortAbandoned
    } else {
        StayEnd::Abandoned
    }
}
