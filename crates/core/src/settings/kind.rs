//! The kinds of settings documents: their words, and how many of each there may be.

use crate::limits;
use serde::{Deserialize, Serialize};

/// The kinds of settings documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A skill.
    Skill,
    /// A queue.
    Queue,
    /// An agent.
    Agent,
    /// A flow.
    Flow,
    /// An endpoint.
    Endpoint,
    /// A not-ready reason.
    Reason,
    /// A disposition.
    Disposition,
    /// A schedule of opening hours.
    Schedule,
    /// A prompt that is kept.
    Prompt,
    /// A team.
    Team,
    /// A site.
    Site,
    /// What is told of agents, and how long customers' data is kept.
    Privacy,
    /// How much agents may have at once.
    CapacityProfile,
    /// Queues that share agents.
    BalanceGroup,
    /// What holds of presence.
    Presence,
    /// A trunk of Direct Routing.
    Trunk,
}

impl Kind {
    /// The word that people use.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Skill => "skill",
            Self::Queue => "queue",
            Self::Agent => "agent",
            Self::Flow => "flow",
            Self::Endpoint => "endpoint",
            Self::Reason => "reason",
            Self::Disposition => "disposition",
            Self::Schedule => "schedule",
            Self::Prompt => "prompt",
            Self::Team => "team",
            Self::Site => "site",
            Self::Privacy => "privacy",
            Self::CapacityProfile => "capacity profile",
            Self::BalanceGroup => "balance group",
            Self::Presence => "presence rules",
            Self::Trunk => "trunk",
        }
    }

    /// How many there can be, and what to call them then.
    pub(crate) const fn limit(self) -> (usize, &'static str) {
        match self {
            Self::Skill => (limits::SKILLS_MAX, "skills"),
            Self::Queue => (limits::QUEUES_MAX, "queues"),
            Self::Agent => (limits::AGENTS_MAX, "agents"),
            Self::Flow => (limits::FLOWS_MAX, "flows"),
            Self::Endpoint => (limits::ENDPOINTS_MAX, "endpoints"),
            Self::Reason => (limits::LABELS_MAX, "reasons"),
            Self::Disposition => (limits::LABELS_MAX, "dispositions"),
            Self::Schedule => (limits::SCHEDULES_MAX, "schedules"),
            Self::Prompt => (limits::PROMPTS_MAX, "prompts"),
            Self::Team => (limits::TEAMS_MAX, "teams"),
            Self::Site => (limits::SITES_MAX, "sites"),
            Self::Privacy => (1, "privacy settings"),
            Self::CapacityProfile => (limits::CAPACITY_PROFILES_MAX, "capacity profiles"),
            Self::BalanceGroup => (limits::BALANCE_GROUPS_MAX, "balance groups"),
            Self::Presence => (1, "presence rules"),
            Self::Trunk => (limits::TRUNKS_MAX, "trunks"),
        }
    }
}
