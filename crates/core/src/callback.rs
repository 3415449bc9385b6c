//! Callbacks: a customer's place in a queue traded for being called. What is booked stands here until it is
//! done; each attempt to reach the customer is a contact of its own (decision 0027).
//!
//! Owns the booking, its states and the rules of a queue (`rules`); when a customer may be called is in `timing`, what
//! follows from it in [`crate::turn`].

mod book;
mod early;
mod rules;
mod timing;

pub use book::{Callbacks, Pending};
pub use early::{CustomerFirst, Early, EarlyEnd, Forecast, Pacing};
pub use rules::{AtClosing, AttemptRules, CallbackRules, Duplicate, OnReturn};
pub(crate) use timing::MayRing;

use crate::dialing::NotReached;
use crate::ids::{AccountId, AgentId, ContactId, CustomerHash, QueueId, SubjectRef};
use crate::schedule::Zone;
use crate::talk::Number;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// The attribute that says in which queue a customer who calls has a callback pending; flows may branch on it.
pub const CALLBACK_PENDING: &str = "callback_pending";

/// What kind of callback it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The place of a caller who waited is kept.
    VirtualHold,
    /// As soon as somebody has time, behind those who wait already.
    Asap,
    /// Within a window of time.
    Scheduled,
    /// By an agent, and by the queue when the agent does not in time.
    AgentOwned,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::VirtualHold,
        Self::Asap,
        Self::Scheduled,
        Self::AgentOwned,
    ];
}

/// Who booked it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// The caller, in a flow.
    Caller(ContactId),
    /// Somebody by the API: a supervisor, an agent, or a program on behalf of a web page.
    Account(AccountId),
}

impl Origin {
    /// The contact whose caller booked it.
    #[must_use]
    pub const fn contact(self) -> Option<ContactId> {
        match self {
            Self::Caller(contact) => Some(contact),
            Self::Account(_) => None,
        }
    }
}

/// A span of time that was promised, half-open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// Not before.
    pub from: Timestamp,
    /// The first attempt begins before this.
    pub to: Timestamp,
}

/// The agent who wants to call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner {
    /// Who.
    pub agent: AgentId,
    /// From when on everybody who serves the queue may.
    pub until: Timestamp,
}

/// Whom to call: the core knows no digits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// The customer's phone.
    pub number: Number,
    /// The customer's keyed hash.
    pub customer: CustomerHash,
    /// The calling code of the number.
    pub country: String,
    /// What an edge and the screens need of the customer, among the personal data.
    pub arrival: SubjectRef,
    /// The customer's time zone, where somebody said it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<Zone>,
}

/// A place in a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Since when it counts as waiting.
    pub since: Timestamp,
    /// The place among equals.
    pub seq: u64,
}

/// What was booked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Callback {
    /// What kind.
    pub kind: Kind,
    /// Who booked it.
    pub origin: Origin,
    /// By which queue the customer is called.
    pub queue: QueueId,
    /// Whom.
    pub person: Person,
    /// When it was booked.
    pub booked_at: Timestamp,
    /// Where it stands among those who wait.
    pub place: Place,
    /// When, if that was agreed.
    pub window: Option<Window>,
    /// The agent who wants to call.
    pub owner: Option<Owner>,
    /// When the first attempt was promised.
    pub promised_by: Timestamp,
    /// When nobody is called any more.
    pub expires_at: Timestamp,
    /// Where it stands.
    pub state: State,
    /// The attempts that there were, whether anybody was called in them or not.
    pub attempts: Vec<ContactId>,
    /// When the customer's phone was called.
    pub rang_at: Vec<Timestamp>,
    /// Why the last attempt came to nothing, or why there was none.
    pub put_off: Option<PutOff>,
    /// Whether the customer answered an early call and talked to nobody: from then on an agent is there first.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub met_nobody: bool,
    /// Whether it is known if its promise was kept.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_judged: bool,
}

/// Where a callback stands. That an agent is being asked, dials or talks is told by the contact of the attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Nothing is done before this instant.
    Booked {
        /// Which.
        next_at: Timestamp,
    },
    /// An attempt waits for an agent, or is put to one.
    Due {
        /// The attempt.
        contact: ContactId,
    },
    /// An agent calls the customer, or the customer is called early.
    Dialing {
        /// The attempt.
        contact: ContactId,
    },
}

/// Why a callback is booked again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PutOff {
    /// The queue is closed: it comes again when it opens.
    Closed,
    /// Nobody is called at this time of the customer's day.
    OutsideHours,
    /// The customer was called as often as may be on one day.
    DayIsFull,
    /// The queue has no number to call from.
    NoCallerId,
    /// As many contacts are alive as can be.
    TooManyContacts,
    /// The customer was not reached.
    NotReached(NotReached),
    /// The customer answered an early call, and no agent came in time.
    NobodyFree,
    /// The customer answered an early call, and left before an agent came.
    GaveUp,
    /// The customer called, and waits on the line at the place that was kept.
    OnTheLine(ContactId),
    /// Somebody chose another time.
    Rescheduled,
}

/// How a callback ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// Customer and agent talked.
    Done,
    /// It was called off.
    Cancelled(CancelCause),
    /// Its time was over.
    Expired,
    /// The customer was called as often as allowed.
    Exhausted,
}

/// Why a callback was called off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CancelCause {
    /// Somebody did.
    Asked(AccountId),
    /// The same customer booked again.
    Replaced,
    /// The customer called, and talks to the agent who called it off.
    TakenOver(ContactId),
    /// The customer called, waited at the place that was kept, and talked to an agent.
    Superseded(ContactId),
    /// The customer asked not to be called.
    OnDoNotCallList,
    /// The number's country is not called from this queue any more.
    CountryNotAllowed,
    /// What is known of the customer is being erased.
    Forgotten,
}

impl State {
    /// The attempt that is under way.
    #[must_use]
    pub const fn attempt(self) -> Option<ContactId> {
        match self {
            Self::Booked { .. } => None,
            Self::Due { contact } | Self::Dialing { contact } => Some(contact),
        }
    }
}

impl Callback {
    /// The attempt that is under way.
    #[must_use]
    pub const fn attempt(&self) -> Option<ContactId> {
        self.state.attempt()
    }

    /// The agent for whom alone it still is.
    #[must_use]
    pub fn kept_for(&self, now: Timestamp) -> Option<AgentId> {
        let owner = self.owner.filter(|it| now < it.until);
        owner.map(|it| it.agent)
    }

    /// The agent who is to call now, if it is an agent's own and nobody does yet.
    #[must_use]
    pub fn is_due_to(&self, now: Timestamp) -> Option<AgentId> {
        let is_idle = matches!(self.state, State::Booked { .. });
        let has_begun = self.window.is_none_or(|it| it.from <= now);
        self.kept_for(now).filter(|_| is_idle && has_begun)
    }

    /// The personal data that it names.
    #[must_use]
    pub fn subjects(&self) -> Vec<SubjectRef> {
        let mut named = vec![self.person.arrival, self.person.number.subject];
        named.dedup();
        named
    }

    /// Whether a contact names what is known of the customer, so that it is forgotten with that contact.
    #[must_use]
    pub fn has_contact(&self) -> bool {
        !self.attempts.is_empty() || self.origin.contact().is_some()
    }

    /// When it has to be looked at. An attempt that dials comes to its own end.
    pub(crate) fn due(&self) -> Option<Timestamp> {
        match self.state {
            State::Booked { next_at } => Some(next_at.min(self.expires_at)),
            State::Due { .. } => Some(self.expires_at),
            State::Dialing { .. } => None,
        }
    }
}
