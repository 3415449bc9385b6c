//! Presence: what Teams shows of agents, whom it lets contacts reach (R-04 axis 3, R-08), and how it is kept in step with
//! what Tandem says of them (B-190). How it is read and written, and what the other side calls it, is an edge's
//! business.

mod chain;
pub mod keeper;
mod of_agent;
mod rules;
mod step;

pub use chain::{Chain, ChainStep, Ends, Shown, Why};
pub use of_agent::AgentPresence;
pub use rules::{
    FromTeams, Gate, LoopGuard, Permit, PresenceRules, Source, StatusRule, TargetRule, ToTeams,
    When,
};

pub(crate) use step::Step;

use crate::ids::{AgentId, ReasonId};
use serde::{Deserialize, Serialize};

/// What Teams shows of somebody: one of its six statuses (B-214).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// There, and free.
    Available,
    /// Occupied.
    Busy,
    /// Wants to be left alone.
    DoNotDisturb,
    /// Gone for a moment.
    BeRightBack,
    /// Not at the keyboard.
    Away,
    /// Not there.
    Offline,
}

impl Status {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Available,
        Self::Busy,
        Self::DoNotDisturb,
        Self::BeRightBack,
        Self::Away,
        Self::Offline,
    ];

    /// As it is written.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Available => "available",
            Self::Busy => "busy",
            Self::DoNotDisturb => "do_not_disturb",
            Self::BeRightBack => "be_right_back",
            Self::Away => "away",
            Self::Offline => "offline",
        }
    }
}

/// What Teams adds to a status: what somebody does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Doing {
    /// Nothing that it tells.
    Nothing,
    /// In a call.
    Call,
    /// In a call of several.
    ConferenceCall,
    /// In a meeting.
    Meeting,
    /// Shows something to others.
    Presenting,
    /// Replies automatically.
    OutOfOffice,
    /// Something else.
    Other,
}

impl Doing {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Nothing,
        Self::Call,
        Self::ConferenceCall,
        Self::Meeting,
        Self::Presenting,
        Self::OutOfOffice,
        Self::Other,
    ];

    /// As it is written.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Call => "call",
            Self::ConferenceCall => "conference_call",
            Self::Meeting => "meeting",
            Self::Presenting => "presenting",
            Self::OutOfOffice => "out_of_office",
            Self::Other => "other",
        }
    }
}

/// What Teams was seen to show of somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Seen {
    /// The status.
    pub status: Status,
    /// What it adds.
    pub doing: Doing,
}

/// Whose doing it is that Teams shows something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// The person's, the calendar's or the client's.
    #[default]
    Teams,
    /// Ours: what Tandem wrote came back.
    Tandem,
    /// A contact's: the client is in the call that Tandem put it into.
    OwnCall,
}

/// Which contacts reach an agent, as far as presence has a say (R-04, axis 3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// All: nothing stands in the way, or nobody looks at the agent's presence.
    #[default]
    Everything,
    /// Calls alone.
    Calls,
    /// Messages alone.
    Messages,
    /// None.
    Nothing,
    /// What Teams shows is not known; each queue says what that means.
    Unknown,
}

/// Whether contacts of a queue are put to agents whose presence should be known and is not.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum UnknownPresence {
    /// They are not.
    #[default]
    DoNotOffer,
    /// They are.
    Offer,
}

impl UnknownPresence {
    /// Whether nothing needs to be written, so that older documents are written as they were.
    pub(crate) fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// What Tandem says of an agent, for Teams to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Standing {
    /// One that every contact center has.
    System {
        /// Which.
        standing: System,
    },
    /// Not ready, for a reason that the administrator made.
    Reason {
        /// Which.
        reason: ReasonId,
    },
}

/// Standings that every contact center has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum System {
    /// Ready, without a contact.
    Available,
    /// With a customer, or being joined to one.
    OnContact,
    /// A contact is put to the agent.
    Ringing,
    /// Work is left.
    WrapUp,
    /// Has come, and did not say more.
    NotReadySignedIn,
    /// Missed an offer, or could not be rung.
    MissedOffer,
    /// Not here.
    SignedOut,
}

impl System {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Available,
        Self::OnContact,
        Self::Ringing,
        Self::WrapUp,
        Self::NotReadySignedIn,
        Self::MissedOffer,
        Self::SignedOut,
    ];

    /// As it is written.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Available => "available",
            Self::OnContact => "on_contact",
            Self::Ringing => "ringing",
            Self::WrapUp => "wrap_up",
            Self::NotReadySignedIn => "not_ready_signed_in",
            Self::MissedOffer => "missed_offer",
            Self::SignedOut => "signed_out",
        }
    }
}

/// What an agent becomes because of what Teams shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Target {
    /// Ready.
    Available,
    /// Not ready.
    NotReady {
        /// For which reason.
        reason: ReasonId,
    },
    /// Gone.
    SignedOut,
}

/// What Teams shows of an agent became known, or is not known any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PresenceSeen {
    /// Of whom.
    pub agent: AgentId,
    /// What; none: it is not known.
    pub seen: Option<Seen>,
    /// Whose doing it is.
    pub origin: Origin,
}

/// Other contacts reach an agent than before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReachChanged {
    /// Whom.
    pub agent: AgentId,
    /// Which.
    pub reach: Reach,
}

/// Teams is to show something else of an agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PresenceWanted {
    /// Of whom.
    pub agent: AgentId,
    /// What; none: nothing of ours.
    pub wanted: Option<Status>,
}

/// What Teams shows of an agent changes what the agent is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PresenceMapped {
    /// Whom.
    pub agent: AgentId,
    /// What Teams shows.
    pub seen: Seen,
    /// To what.
    pub to: Target,
}

/// An agent is not kept in step for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PresencePaused {
    /// Who.
    pub agent: AgentId,
    /// How often both sides had answered each other.
    pub n_changes: u32,
}
