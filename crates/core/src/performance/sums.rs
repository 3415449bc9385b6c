//! Integers that facts are summed to, for one quarter of an hour or any longer time. No ratio is kept (R-31 e).

use super::{Engagement, OfferFact, Stay, StayEnd, Thresholds, TransferKind};
use crate::agent::{Display, NotReady};
use crate::contact::Direction;
use crate::event::{OfferEnd, Promise};
use crate::ids::{AgentId, QueueId};

const MICROS_PER_SECOND: i64 = 1_000_000;

/// Stays that ended in one way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StayCount {
    /// How many.
    pub n: u64,
    /// Of these, within the threshold that was asked for.
    pub in_time: u64,
    /// What they waited together, µs.
    pub wait_us: i64,
    /// How long they were put to agents, µs.
    pub ring_us: i64,
    /// The longest wait, µs.
    pub longest_us: i64,
}

/// What a queue came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct QueueSums {
    /// Contacts that entered.
    pub offered: u64,
    /// Stays that ended, by [`StayEnd`].
    left: [StayCount; StayEnd::ALL.len()],
    /// Engagements that were completed for it.
    pub engagements: EngagementSums,
    /// What came of the promises of callbacks.
    pub promises: PromiseCount,
}

/// Promises of callbacks that were judged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PromiseCount {
    /// Whose first attempt began in time.
    pub kept: u64,
    /// Whose first attempt began later, or that ended without any.
    pub broken: u64,
}

/// What engagements come to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EngagementSums {
    /// How many were completed.
    pub handled: u64,
    /// Of these, with customers who were called.
    pub outbound: u64,
    /// µs.
    pub talk_us: i64,
    /// µs.
    pub hold_us: i64,
    /// µs.
    pub consult_us: i64,
    /// µs.
    pub wrap_up_us: i64,
    /// Engagements whose customer was on hold.
    pub n_held: u64,
    /// Engagements with wrap-up.
    pub n_wrapped_up: u64,
    /// Engagements that ended by a transfer, by [`TransferKind::ALL`].
    pub transfers: [u64; TransferKind::ALL.len()],
}

/// What offers to an agent came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OfferSums {
    /// The agent and the customer talked.
    pub accepted: u64,
    /// The agent did not answer in time.
    pub missed: u64,
    /// The agent declined.
    pub declined: u64,
    /// The agent accepted, and the agent's client did not answer.
    pub not_joined: u64,
    /// The agent's client could not be rung.
    pub ring_failed: u64,
    /// The customer left.
    pub customer_left: u64,
}

/// Contacts that entered a queue in a quarter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entered {
    /// Which queue.
    pub queue: QueueId,
    /// The number of the quarter.
    pub quarter: i64,
    /// How many.
    pub n: u64,
}

/// One queue in one quarter, judged by one version of its settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QueueCell {
    /// Which queue.
    pub queue: QueueId,
    /// The number of the quarter.
    pub quarter: i64,
    /// By what its stays were judged; none where nothing was judged.
    pub thresholds: Option<Thresholds>,
    /// What it came to.
    pub sums: QueueSums,
}

/// One agent in one quarter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AgentCell {
    /// Who.
    pub agent: AgentId,
    /// The number of the quarter.
    pub quarter: i64,
    /// Engagements that were completed.
    pub engagements: EngagementSums,
    /// Offers that were over.
    pub offers: OfferSums,
}

/// How long an agent was something in one quarter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeCell {
    /// Who.
    pub agent: AgentId,
    /// The number of the quarter.
    pub quarter: i64,
    /// What.
    pub state: Display,
    /// Why not ready.
    pub reason: Option<NotReady>,
    /// The version of the reason that was chosen; 0 without.
    pub reason_version: u64,
    /// Whether that counted as work.
    pub is_productive: bool,
    /// Whether that was not paid.
    pub is_unpaid: bool,
    /// µs.
    pub us: i64,
}

impl StayCount {
    fn plus(&mut self, other: &Self) {
        self.n += other.n;
        self.in_time += other.in_time;
        self.wait_us += other.wait_us;
        self.ring_us += other.ring_us;
        self.longest_us = self.longest_us.max(other.longest_us);
    }
}

impl QueueSums {
    /// The stays that ended like this.
    #[must_use]
    pub const fn left(&self, end: StayEnd) -> &StayCount {
        &self.left[place(end)]
    }

    /// The stays that ended like this, to be added to.
    pub const fn left_mut(&mut self, end: StayEnd) -> &mut StayCount {
        &mut self.left[place(end)]
    }

    /// Adds a stay that is over, if it is. `within_s` is the threshold; that in force without.
    pub fn add_left(&mut self, stay: &Stay, within_s: Option<u32>) {
        let Some((_, end)) = stay.left else { return };
        let wait_us = stay.wait_us().unwrap_or(0);
        let threshold_s = within_s.unwrap_or(stay.thresholds.threshold_s);
        self.left_mut(end).plus(&StayCount {
            n: 1,
            in_time: u64::from(wait_us <= i64::from(threshold_s) * MICROS_PER_SECOND),
            wait_us,
            ring_us: stay.ring_us,
            longest_us: wait_us,
        });
    }

    /// Stays that ended, and were stays: what was blocked never entered.
    #[must_use]
    pub fn n_left(&self) -> u64 {
        let ends = StayEnd::ALL
            .into_iter()
            .filter(|it| *it != StayEnd::Blocked);
        ends.map(|end| self.left(end).n).sum()
    }

    /// Adds the sums of another quarter, or of another queue.
    pub fn plus(&mut self, other: &Self) {
        self.offered += other.offered;
        for end in StayEnd::ALL {
            self.left_mut(end).plus(other.left(end));
        }
        self.engagements.plus(&other.engagements);
        self.promises.kept += other.promises.kept;
        self.promises.broken += other.promises.broken;
    }
}

impl PromiseCount {
    /// Where promises of one end are counted.
    pub const fn of_mut(&mut self, promise: Promise) -> &mut u64 {
        match promise {
            Promise::Kept => &mut self.kept,
            Promise::Broken => &mut self.broken,
        }
    }
}

const fn place(end: StayEnd) -> usize {
    match end {
        StayEnd::Answered => 0,
        StayEnd::Abandoned => 1,
        StayEnd::ShortAbandoned => 2,
        StayEnd::FlowOut => 3,
        StayEnd::Removed => 4,
        StayEnd::Blocked => 5,
    }
}

impl EngagementSums {
    /// Adds an engagement that is over.
    pub fn add(&mut self, engagement: &Engagement) {
        self.handled += 1;
        self.outbound += match engagement.direction {
            Direction::Inbound => 0,
            Direction::Outbound => 1,
        };
        self.talk_us += engagement.talk_us;
        self.hold_us += engagement.hold_us;
        self.consult_us += engagement.consult_us;
        self.wrap_up_us += engagement.wrap_up_us.unwrap_or(0);
        self.n_held += u64::from(engagement.hold_us + engagement.consult_us > 0);
        self.n_wrapped_up += u64::from(engagement.wrap_up_us.is_some());
        if let Some(kind) = engagement.transfer {
            self.transfers[kind.index()] += 1;
        }
    }

    /// All transfers.
    #[must_use]
    pub fn transferred(&self) -> u64 {
        self.transfers.iter().sum()
    }

    /// Adds the sums of another quarter, queue or agent.
    pub fn plus(&mut self, other: &Self) {
        self.handled += other.handled;
        self.outbound += other.outbound;
        self.talk_us += other.talk_us;
        self.hold_us += other.hold_us;
        self.consult_us += other.consult_us;
        self.wrap_up_us += other.wrap_up_us;
        self.n_held += other.n_held;
        self.n_wrapped_up += other.n_wrapped_up;
        for (sum, more) in self.transfers.iter_mut().zip(other.transfers) {
            *sum += more;
        }
    }
}

impl OfferSums {
    /// Adds an offer.
    pub fn add(&mut self, offer: &OfferFact) {
        *self.of_mut(offer.end) += 1;
    }

    /// Where offers of one end are counted.
    pub const fn of_mut(&mut self, end: Option<OfferEnd>) -> &mut u64 {
        match end {
            None => &mut self.accepted,
            Some(OfferEnd::Missed) => &mut self.missed,
            Some(OfferEnd::Declined) => &mut self.declined,
            Some(OfferEnd::NotJoined) => &mut self.not_joined,
            Some(OfferEnd::RingFailed) => &mut self.ring_failed,
            // Neither is the agent's doing.
            Some(OfferEnd::CustomerLeft | OfferEnd::Withdrawn) => &mut self.customer_left,
        }
    }

    /// All offers.
    #[must_use]
    pub const fn offers(&self) -> u64 {
        self.accepted
            + self.missed
            + self.declined
            + self.not_joined
            + self.ring_failed
            + self.customer_left
    }

    /// Adds the sums of another quarter or agent.
    pub const fn plus(&mut self, other: &Self) {
        self.accepted += other.accepted;
        self.missed += other.missed;
        self.declined += other.declined;
        self.not_joined += other.not_joined;
        self.ring_failed += other.ring_failed;
        self.customer_left += other.customer_left;
    }
}
