//! Offers: a contact put to an agent for a limited time.

use crate::ids::{AgentId, EffectId, OfferId};
use crate::input::NotJoined;
use crate::queue::OfferBy;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// An open offer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// Its number.
    pub id: OfferId,
    /// To whom.
    pub agent: AgentId,
    /// Since when.
    pub offered_at: Timestamp,
    /// Until when the agent may accept.
    pub expires_at: Timestamp,
    /// Where it stands.
    pub stage: Stage,
}

/// Where an offer stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// The agent is asked in Tandem.
    InTandem,
    /// The agent's Teams client rings; answering there is accepting.
    InTeams(Ring),
    /// The agent accepted in Tandem; the agent's Teams client rings.
    Joining {
        /// Until when it must answer.
        until: Timestamp,
        /// The ringing.
        ring: Ring,
    },
}

/// The ringing of an agent's client.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ring {
    /// The order that started it.
    pub adding: Option<EffectId>,
    /// The reference by which it can be stopped.
    pub invitation: Option<String>,
    /// How it ended, when that may be because the customer left: the call is being asked about.
    #[serde(default)]
    pub ended: Option<NotJoined>,
}

/// How much longer than the client's own ringing time the core waits for word of it, s. The other
/// side's answer is the better one: it says why.
pub const RING_GRACE_S: u32 = 5;

impl Offer {
    pub(crate) fn open(
        id: OfferId,
        agent: AgentId,
        by: OfferBy,
        now: Timestamp,
        expires_at: Timestamp,
    ) -> Self {
        let stage = match by {
            OfferBy::Tandem => Stage::InTandem,
            OfferBy::Teams => Stage::InTeams(Ring::default()),
        };
        Self {
            id,
            agent,
            offered_at: now,
            expires_at,
            stage,
        }
    }

    /// When the core gives the offer up by itself.
    #[must_use]
    pub fn deadline(&self) -> Timestamp {
        match &self.stage {
            Stage::InTandem => self.expires_at,
            Stage::InTeams(_) => self.expires_at.plus_seconds(RING_GRACE_S),
            Stage::Joining { until, .. } => until.plus_seconds(RING_GRACE_S),
        }
    }

    /// Until when the agent's client rings by itself.
    pub(crate) const fn rings_until(&self) -> Timestamp {
        match &self.stage {
            Stage::InTandem | Stage::InTeams(_) => self.expires_at,
            Stage::Joining { until, .. } => *until,
        }
    }

    /// The ringing, if the client rings.
    #[must_use]
    pub const fn ring(&self) -> Option<&Ring> {
        match &self.stage {
            Stage::InTandem => None,
            Stage::InTeams(ring) | Stage::Joining { ring, .. } => Some(ring),
        }
    }

    pub(crate) const fn ring_mut(&mut self) -> Option<&mut Ring> {
        match &mut self.stage {
            Stage::InTandem => None,
            Stage::InTeams(ring) | Stage::Joining { ring, .. } => Some(ring),
        }
    }
}
