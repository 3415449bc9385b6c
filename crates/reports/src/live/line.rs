//! One queue's line and its counters of today (B15.1). Every contact that enters is counted once more
//! when it leaves, so that offered + carried in = all ways out + still waiting, after every event.

use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use tandem_core::event::EndReason;
use tandem_core::ids::ContactId;
use tandem_core::queue::Queue;
use tandem_core::time::Timestamp;

const MICROS_PER_SECOND: i64 = 1_000_000;

/// A queue as the board keeps it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Line {
    pub(crate) promise: Promise,
    pub(crate) counters: Counters,
    pub(crate) waiting: BTreeSet<(Timestamp, ContactId)>,
}

/// The settings against which a fact is counted: those in force when it happens, never later ones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Promise {
    pub(crate) threshold_s: u32,
    pub(crate) target_percent: u32,
    pub(crate) short_abandon_s: u32,
    pub(crate) waiting_target: u32,
    pub(crate) longest_wait_target_s: u32,
}

/// Today's counters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Counters {
    pub(crate) offered: u64,
    pub(crate) carried_in: u64,
    pub(crate) answered: u64,
    pub(crate) answered_in_time: u64,
    pub(crate) abandoned: u64,
    pub(crate) short_abandoned: u64,
    pub(crate) flow_out: u64,
    pub(crate) removed: u64,
    pub(crate) blocked: u64,
    pub(crate) answered_wait_micros: i64,
    pub(crate) handled: u64,
    pub(crate) handle_micros: i64,
    #[serde(default)]
    pub(crate) dialed: u64,
    #[serde(default)]
    pub(crate) reached: u64,
}

impl Promise {
    pub(crate) const fn of(queue: &Queue) -> Self {
        Self {
            threshold_s: queue.service_level.threshold_s,
            target_percent: queue.service_level.target_percent,
            short_abandon_s: queue.short_abandon_s,
            waiting_target: queue.waiting_target,
            longest_wait_target_s: queue.longest_wait_target_s,
        }
    }
}

impl Counters {
    /// Those of a new day.
    pub(crate) fn carried(n_waiting: u64) -> Self {
        Self {
            carried_in: n_waiting,
            ..Self::default()
        }
    }

    pub(crate) const fn add(&mut self, other: &Self) {
        self.offered += other.offered;
        self.carried_in += other.carried_in;
        self.answered += other.answered;
        self.answered_in_time += other.answered_in_time;
        self.abandoned += other.abandoned;
        self.short_abandoned += other.short_abandoned;
        self.flow_out += other.flow_out;
        self.removed += other.removed;
        self.blocked += other.blocked;
        self.answered_wait_micros += other.answered_wait_micros;
        self.handled += other.handled;
        self.handle_micros += other.handle_micros;
        self.dialed += other.dialed;
        self.reached += other.reached;
    }
}

impl Line {
    pub(crate) fn n_waiting(&self) -> u64 {
        u64::try_from(self.waiting.len()).unwrap_or(u64::MAX)
    }

    pub(crate) fn longest_since(&self) -> Option<Timestamp> {
        self.waiting.first().map(|(since, _)| *since)
    }

    pub(crate) fn answered(&mut self, wait_micros: i64) {
        self.counters.answered += 1;
        self.counters.answered_wait_micros += wait_micros;
        if wait_micros <= i64::from(self.promise.threshold_s) * MICROS_PER_SECOND {
            self.counters.answered_in_time += 1;
        }
    }

    /// A contact ended while it waited. Whoever leaves while an agent is being rung has abandoned
    /// like everybody else; only the wait tells whether that counts.
    pub(crate) fn ended_waiting(&mut self, wait_micros: i64, reason: EndReason) {
        let is_short = wait_micros < i64::from(self.promise.short_abandon_s) * MICROS_PER_SECOND;
        let counters = &mut self.counters;
        match reason {
            EndReason::ShortAbandon => counters.short_abandoned += 1,
            EndReason::AbandonedRinging if is_short => counters.short_abandoned += 1,
            EndReason::AbandonedQueue | EndReason::AbandonedRinging => counters.abandoned += 1,
            EndReason::Handled
            | EndReason::MessageLeft
            | EndReason::AbandonedFlow
            | EndReason::AbandonedHold
            | EndReason::Contained
            | EndReason::OverflowExternal
            | EndReason::Timeout
            | EndReason::QueueFull
            | EndReason::ClosedHours
            | EndReason::OutboundNoAnswer
            | EndReason::OutboundBusy
            | EndReason::OutboundInvalid
            | EndReason::OutboundCancelled
            | EndReason::CallbackConverted
            | EndReason::CallbackPutOff
            | EndReason::CallbackCancelled
            | EndReason::CallbackExpired
            | EndReason::ErrorMedia
            | EndReason::ErrorInternal => counters.removed += 1,
        }
    }
}
