//! What queues and agents did, as plain facts: stays in queues, offers, engagements and states of agents (B15.5), and
//! the integers that they are summed to. `reports` makes them from events, the store keeps and sums them; nothing is
//! decided by them here.

use crate::agent::{Display, NotReady};
use crate::contact::Direction;
use crate::event::{OfferEnd, Promise};
use crate::ids::{AgentId, CallbackId, ContactId, DispositionId, QueueId};
use crate::talk::{Purpose, Target};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

mod sums;

pub use sums::{
    AgentCell, EngagementSums, Entered, OfferSums, PromiseCount, QueueCell, QueueSums, StayCount,
    TimeCell,
};

/// The base grain (R-31 a): a quarter of an hour, counted from the epoch in UTC, µs.
pub const QUARTER_US: i64 = 900_000_000;

/// How a stay in a queue ended (B15.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StayEnd {
    /// Customer and agent could talk.
    Answered,
    /// The customer left, at or after the short-abandon time.
    Abandoned,
    /// The customer left before it.
    ShortAbandoned,
    /// It left by an exit of its queue node, or for another queue.
    FlowOut,
    /// It ended for a reason other than the customer's leaving.
    Removed,
    /// It never entered: the queue was full or closed.
    Blocked,
}

impl StayEnd {
    /// All, in the order of the figures.
    pub const ALL: [Self; 6] = [
        Self::Answered,
        Self::Abandoned,
        Self::ShortAbandoned,
        Self::FlowOut,
        Self::Removed,
        Self::Blocked,
    ];

    /// Its word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Abandoned => "abandoned",
            Self::ShortAbandoned => "short_abandoned",
            Self::FlowOut => "flow_out",
            Self::Removed => "removed",
            Self::Blocked => "blocked",
        }
    }
}

/// The queue's settings by which a stay was judged: those in force when it ended, never later ones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Thresholds {
    /// Of the queue's settings; 0: they are not known any more.
    pub version: u64,
    /// Answered within this time is in time, s.
    pub threshold_s: u32,
    /// Who leaves sooner is a short abandon, s.
    pub short_abandon_s: u32,
}

/// One stay of a contact in a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stay {
    /// Whose.
    pub contact: ContactId,
    /// Its number among the stays of the contact, from 1.
    pub nr: u32,
    /// Where.
    pub queue: QueueId,
    /// From when.
    pub entered_at: Timestamp,
    /// Until when, and how it ended; it goes on without.
    pub left: Option<(Timestamp, StayEnd)>,
    /// How long it was put to agents, all offers together, µs.
    pub ring_us: i64,
    /// By what it was judged.
    pub thresholds: Thresholds,
}

impl Stay {
    /// How long it was (`t_wait`); nothing while it goes on.
    #[must_use]
    pub fn wait_us(&self) -> Option<i64> {
        let (left_at, _) = self.left?;
        Some(left_at.micros_since(self.entered_at))
    }
}

/// One contact put to one agent, once it is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferFact {
    /// Which contact.
    pub contact: ContactId,
    /// Its number among the offers of the contact, from 1.
    pub nr: u32,
    /// To whom.
    pub agent: AgentId,
    /// From which queue.
    pub queue: QueueId,
    /// When.
    pub offered_at: Timestamp,
    /// When customer and agent could talk, or when it came to nothing.
    pub ended_at: Timestamp,
    /// Why it came to nothing; none: agent and customer talked.
    pub end: Option<OfferEnd>,
    /// Until the agent accepted, or it ended, µs.
    pub ring_us: i64,
}

/// Where a transfer went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Destination {
    /// Into a queue.
    Queue,
    /// To a colleague.
    Agent,
    /// To a phone outside.
    Number,
}

impl From<&Target> for Destination {
    fn from(target: &Target) -> Self {
        match target {
            Target::Queue(_) => Self::Queue,
            Target::Agent(_) => Self::Agent,
            Target::Number(_) => Self::Number,
        }
    }
}

/// A transfer that was completed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransferKind {
    /// Without or after a consultation.
    pub purpose: Purpose,
    /// Where it went.
    pub to: Destination,
}

impl TransferKind {
    /// All, in the order of [`EngagementSums::transfers`].
    pub const ALL: [Self; 6] = [
        Self::of(Purpose::Transfer, Destination::Queue),
        Self::of(Purpose::Transfer, Destination::Agent),
        Self::of(Purpose::Transfer, Destination::Number),
        Self::of(Purpose::Consult, Destination::Queue),
        Self::of(Purpose::Consult, Destination::Agent),
        Self::of(Purpose::Consult, Destination::Number),
    ];

    const fn of(purpose: Purpose, to: Destination) -> Self {
        Self { purpose, to }
    }

    /// The place in [`Self::ALL`].
    #[must_use]
    pub const fn index(self) -> usize {
        let to = match self.to {
            Destination::Queue => 0,
            Destination::Agent => 1,
            Destination::Number => 2,
        };
        match self.purpose {
            Purpose::Transfer => to,
            Purpose::Consult => to + 3,
        }
    }
}

/// An agent's part in a contact, from the first word to the end of the wrap-up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Engagement {
    /// In which contact.
    pub contact: ContactId,
    /// Its number among the engagements of the contact, from 1.
    pub nr: u32,
    /// Whose.
    pub agent: AgentId,
    /// For which queue.
    pub queue: QueueId,
    /// Who called whom.
    pub direction: Direction,
    /// From when.
    pub began_at: Timestamp,
    /// When the agent had nothing to do with it any more; it goes on without.
    pub handled_at: Option<Timestamp>,
    /// Customer and agent heard each other, µs.
    pub talk_us: i64,
    /// The customer heard music and the agent talked to nobody, µs.
    pub hold_us: i64,
    /// The customer heard music and the agent talked to a third party, µs.
    pub consult_us: i64,
    /// Work after the conversation, µs; none was owed without.
    pub wrap_up_us: Option<i64>,
    /// What came of it.
    pub disposition: Option<DispositionId>,
    /// How the agent gave the contact to somebody else, if that was it.
    pub transfer: Option<TransferKind>,
}

/// What an agent was for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentSpan {
    /// Who.
    pub agent: AgentId,
    /// From when.
    pub from: Timestamp,
    /// Until when; it goes on without.
    pub until: Option<Timestamp>,
    /// What a board showed.
    pub state: Display,
    /// Why not ready, when that was shown.
    pub reason: Option<NotReady>,
    /// The version of the reason that was chosen, as it was when the span began; 0 without.
    pub reason_version: u64,
    /// Whether the reason counted as work then.
    pub is_productive: bool,
    /// Whether the reason was not paid then.
    pub is_unpaid: bool,
}

/// The parts of a span of time by quarter (R-31 c): the number of the quarter, and how much of it, µs. What lies
/// before `from` or from `to` on is left out.
pub fn by_quarter(
    (begins, ends): (i64, i64),
    (from, to): (i64, i64),
) -> impl Iterator<Item = (i64, i64)> {
    let (begins, ends) = (begins.max(from), ends.min(to));
    let first = begins.div_euclid(QUARTER_US);
    let last = (ends - 1).div_euclid(QUARTER_US);
    let quarters = if begins < ends { first..last + 1 } else { 0..0 };
    quarters.map(move |quarter| {
        let start = quarter * QUARTER_US;
        let part = ends.min(start + QUARTER_US) - begins.max(start);
        (quarter, part)
    })
}

/// Whether what was promised of a callback was kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PromiseFact {
    /// Which callback.
    pub callback: CallbackId,
    /// By which queue.
    pub queue: QueueId,
    /// When that became known.
    pub judged_at: Timestamp,
    /// What came of it.
    pub promise: Promise,
}

/// All facts that one contact or one agent gave rise to, as they became known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// Stays; of one that goes on what is known.
    pub stays: Vec<Stay>,
    /// Offers that are over.
    pub offers: Vec<OfferFact>,
    /// Engagements that are over.
    pub engagements: Vec<Engagement>,
    /// States of agents; of one that goes on when it began.
    pub spans: Vec<AgentSpan>,
    /// Promises of callbacks that were judged.
    pub promises: Vec<PromiseFact>,
}

impl Facts {
    /// How many there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        let of_contacts = self.stays.len() + self.offers.len() + self.engagements.len();
        of_contacts + self.spans.len() + self.promises.len()
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Takes others in, after its own.
    pub fn extend(&mut self, other: Self) {
        self.stays.extend(other.stays);
        self.offers.extend(other.offers);
        self.engagements.extend(other.engagements);
        self.spans.extend(other.spans);
        self.promises.extend(other.promises);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    //
    #[test]
    fn parts_of_a_span_sum_to_its_whole() {
        let q = QUARTER_US;
        // A call of 40 minutes gives 15 + 15 + 10.
        let parts: Vec<_> = by_quarter((q, q * 3 + q * 2 / 3), (0, i64::MAX)).collect();
        assert_eq!(parts, [(1, q), (2, q), (3, q * 2 / 3)]);
        // Clipped on both sides.
        let parts: Vec<_> = by_quarter((10, q * 5), (q - 5, q + 7)).collect();
        assert_eq!(parts, [(0, 5), (1, 7)]);
        // Nothing is left of what lies outside, or has no length.
        assert_eq!(by_quarter((10, 20), (20, 30)).count(), 0);
        assert_eq!(by_quarter((10, 10), (0, 30)).count(), 0);
    }

    #[test]
    fn kinds_of_transfers_stand_at_their_place() {
        for (place, kind) in TransferKind::ALL.into_iter().enumerate() {
            assert_eq!(kind.index(), place);
        }
        assert!(StayEnd::ALL.is_sorted());
    }
}
