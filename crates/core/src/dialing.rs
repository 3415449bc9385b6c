//! Dialing: an agent calls a customer. The agent's own client is called first and the customer's phone when
//! the agent is there, so that no customer ever hears silence (decision 0014).

use crate::event::{CallbackDialed, EndReason};
use crate::ids::{AgentId, EffectId, EndpointId};
use crate::input::NotJoined;
use crate::offer::Ring;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// An attempt to reach a customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dial {
    /// Who calls.
    pub agent: AgentId,
    /// How long the customer's phone rings, s.
    pub ring_s: u32,
    /// Where it stands.
    pub stage: Stage,
    /// Since when it stands there.
    pub since: Timestamp,
    /// Until when the core waits for word.
    pub until: Timestamp,
}

/// Where an attempt stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// The agent's client rings.
    Agent,
    /// The agent is in the call, and the customer's phone rings.
    Customer(Ring),
}

/// Why a customer was not reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotReached {
    /// The service did not place the call.
    NotPlaced,
    /// The agent's own client did not answer.
    AgentNoAnswer,
    /// The agent gave it up in Tandem.
    Withdrawn,
    /// The agent left the call in the Teams client.
    AgentLeft,
    /// The phone rang out.
    NoAnswer,
    /// The phone is busy.
    Busy,
    /// The customer declined.
    Declined,
    /// The number could not be called.
    Failed,
}

impl NotReached {
    /// How the contact ends with it.
    #[must_use]
    pub const fn reason(self) -> EndReason {
        match self {
            Self::NotPlaced => EndReason::ErrorMedia,
            Self::AgentNoAnswer | Self::Withdrawn | Self::AgentLeft => EndReason::OutboundCancelled,
            Self::NoAnswer | Self::Declined => EndReason::OutboundNoAnswer,
            Self::Busy => EndReason::OutboundBusy,
            Self::Failed => EndReason::OutboundInvalid,
        }
    }

    pub(crate) const fn of(why: NotJoined) -> Self {
        match why {
            NotJoined::Declined => Self::Declined,
            NotJoined::Busy => Self::Busy,
            NotJoined::NoAnswer => Self::NoAnswer,
            NotJoined::Failed => Self::Failed,
        }
    }
}

/// What was looked at before a customer was called: the evidence that the rules were kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checked {
    /// The calling code of the number, which the queue allows.
    pub country: String,
    /// How many numbers were on the do-not-call list.
    pub do_not_call_entries: u32,
    /// How often that list had been changed.
    pub do_not_call_version: u64,
}

/// From where a customer may be called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The endpoint whose number the customer sees.
    pub endpoint: EndpointId,
    /// Its opaque address.
    pub address: String,
    /// How long the customer's phone rings, s.
    pub ring_s: u32,
    /// The priority band of the queue.
    pub band: u8,
    /// What was looked at.
    pub checked: Checked,
}

impl Dial {
    /// The attempt of a callback begins: the agent's client rings.
    pub(crate) const fn begun(now: Timestamp, dialed: &CallbackDialed) -> Self {
        Self {
            agent: dialed.agent,
            ring_s: dialed.ring_s,
            stage: Stage::Agent,
            since: now,
            until: dialed.until,
        }
    }

    /// Whether this order calls the customer's phone.
    pub(crate) fn is_rung_by(&self, effect: EffectId) -> bool {
        self.ring().is_some_and(|ring| ring.adding == Some(effect))
    }

    /// The ringing of the customer's phone.
    #[must_use]
    pub const fn ring(&self) -> Option<&Ring> {
        match &self.stage {
            Stage::Agent => None,
            Stage::Customer(ring) => Some(ring),
        }
    }

    pub(crate) const fn ring_mut(&mut self) -> Option<&mut Ring> {
        match &mut self.stage {
            Stage::Agent => None,
            Stage::Customer(ring) => Some(ring),
        }
    }
}
