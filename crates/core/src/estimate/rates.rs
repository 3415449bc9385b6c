//! What a queue's line moves by: servers, those who give up, places. Sums that forget: each new fact takes a
//! fixed part of the old ones away, so that a sum stands for about the last 16, 32 or 512 facts.

use crate::limits;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// One contact, in the unit of the counts.
const ONE: u64 = 1 << 10;
/// The sums of the agents' time forget 1/16 at each answer: who works changes fast.
const FORGET_SERVICE: u32 = 4;
/// The sums of the places, and the mean of the handling times, forget 1/32.
const FORGET_PLACES: u32 = 5;
/// A sum of what is given up forgets 1/512 at each end of a wait: patience changes slowly.
const FORGET_PATIENCE: u32 = 9;
/// Answers that an agent's whole time counts for, until the queue has shown its own.
const PRIOR_ANSWERS: u64 = 2;
/// Answers out of the line before the line's length says anything.
const ANSWERS_MIN: u64 = 4;
/// Terms of the sum that are added one by one; the rest is added in blocks that grow.
const EXACT_TERMS: u64 = 64;

/// Whether time passes for somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum InLine {
    /// The line is empty: the agents' time says nothing about their pace.
    Nobody,
    /// Somebody waits.
    Somebody,
}

/// The sums of one queue.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Rates {
    /// Agents that serve the queue.
    pub(super) servers: u32,
    /// The wait of the last one who was answered.
    pub(super) last_wait_ms: Option<u32>,
    counted_to: Timestamp,
    /// Agents' time since the last answer, while somebody waited.
    open_server_ms: u64,
    n_answered: u64,
    answered: u64,
    server_ms: u64,
    left: u64,
    patience_ms: u64,
    n_handled: u64,
    handling_ms: u64,
    pace_ms: u64,
    pace_places: u64,
}

impl Rates {
    pub(super) fn pass(&mut self, now: Timestamp, line: InLine) {
        let ms = now.micros_since(self.counted_to).unsigned_abs() / 1_000;
        match line {
            InLine::Somebody => {
                let ms = ms
                    .min(limits::ESTIMATE_MS_MAX)
                    .saturating_mul(u64::from(self.servers));
                self.open_server_ms = self.open_server_ms.saturating_add(ms);
            }
            InLine::Nobody => {}
        }
        self.counted_to = self.counted_to.max(now);
    }

    pub(super) const fn answered(&mut self, wait_ms: u32) {
        self.last_wait_ms = Some(wait_ms);
    }

    /// One was answered that had joined the line with `places` to go.
    pub(super) fn served_from_line(&mut self, wait_ms: u32, places: u32) {
        self.n_answered = self.n_answered.saturating_add(1);
        forget_and_add(&mut self.answered, ONE, FORGET_SERVICE);
        forget_and_add(&mut self.server_ms, self.open_server_ms, FORGET_SERVICE);
        self.open_server_ms = 0;
        forget_and_add(&mut self.pace_ms, u64::from(wait_ms), FORGET_PLACES);
        forget_and_add(
            &mut self.pace_places,
            u64::from(places).saturating_mul(ONE),
            FORGET_PLACES,
        );
        self.waited(wait_ms, 0);
    }

    pub(super) fn gave_up(&mut self, wait_ms: u32) {
        self.waited(wait_ms, ONE);
    }

    pub(super) fn handled(&mut self, handling_ms: u32) {
        self.n_handled = self.n_handled.saturating_add(1);
        let (mean, handling) = (self.handling_ms, u64::from(handling_ms));
        let n = self.n_handled.min(1 << FORGET_PLACES);
        self.handling_ms = (mean.saturating_mul(n - 1).saturating_add(handling)) / n;
    }

    pub(super) const fn handling_ms(&self) -> Option<u64> {
        match self.n_handled {
            0 => None,
            _ => Some(self.handling_ms),
        }
    }

    /// Queue length with abandonment: the sum over the `ahead` + 1 departures of 1 / (r + i theta), where r
    /// is what the effective servers answer and theta how often one who waits gives up.
    pub(super) fn by_queue_length(&self, ahead: u32, servers: u32) -> Option<u64> {
        let place_us = self.server_us_per_answer()? / u64::from(servers.max(1));
        // theta / r, in 65,536ths.
        let impatience = (u128::from(place_us) * u128::from(self.left) * 65_536)
            / (u128::from(ONE) * 1_000 * u128::from(self.patience_ms.max(1)));
        let impatience = u64::try_from(impatience).unwrap_or(u64::MAX).min(1 << 32);
        let term = |i: u64| (place_us << 16) / ((1 << 16) + i.saturating_mul(impatience));
        let n = u64::from(ahead) + 1;
        let mut sum_us: u64 = (0..n.min(EXACT_TERMS)).map(term).sum();
        let mut from = EXACT_TERMS;
        while from < n {
            let to = from.saturating_mul(2).min(n);
            sum_us = sum_us.saturating_add(term(from.midpoint(to)).saturating_mul(to - from));
            from = to;
        }
        Some(sum_us / 1_000)
    }

    /// The learned time for each place.
    pub(super) fn by_pace(&self, places: u32) -> Option<u64> {
        if self.n_answered == 0 {
            return None;
        }
        let ms = u128::from(self.pace_ms) * u128::from(places) * u128::from(ONE)
            / u128::from(self.pace_places.max(1));
        u64::try_from(ms).ok()
    }

    /// Tenths of an agent that the queue has for itself: how much faster it is served than by one agent who
    /// does nothing else.
    pub(super) fn effective_servers_tenths(&self) -> Option<u32> {
        let handling_us = (self.n_handled > 0).then_some(self.handling_ms.saturating_mul(1_000))?;
        let place_us = self.server_us_per_answer()? / u64::from(self.servers.max(1));
        u32::try_from(handling_us.saturating_mul(10) / place_us.max(1)).ok()
    }

    /// Agents' time for one answer of this queue, while somebody waits. It includes what they do for other
    /// queues: that is what makes servers effective ones.
    fn server_us_per_answer(&self) -> Option<u64> {
        if self.n_answered < ANSWERS_MIN {
            return None;
        }
        let prior = if self.n_handled == 0 {
            0
        } else {
            PRIOR_ANSWERS
        };
        let ms = self
            .server_ms
            .saturating_add(prior.saturating_mul(self.handling_ms));
        let answers = self.answered.saturating_add(prior * ONE);
        Some(ms.saturating_mul(1_000).saturating_mul(ONE) / answers.max(1))
            .map(|us| us.clamp(1, 1 << 40))
    }

    fn waited(&mut self, wait_ms: u32, left: u64) {
        forget_and_add(&mut self.patience_ms, u64::from(wait_ms), FORGET_PATIENCE);
        forget_and_add(&mut self.left, left, FORGET_PATIENCE);
    }
}

const fn forget_and_add(sum: &mut u64, more: u64, shift: u32) {
    *sum = (*sum - (*sum >> shift)).saturating_add(more);
}
