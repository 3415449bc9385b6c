//! Queues: what they ask of agents, how they offer, what they promise.

use crate::ids::ScheduleId;
use crate::skill::Requirement;
use serde::{Deserialize, Serialize};

/// A queue's settings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Queue {
    /// What people call it.
    pub name: String,
    /// The form that fits a wallboard, at most ten characters.
    pub short_name: String,
    /// Every agent who meets all of these serves the queue; none means every agent.
    pub requirements: Vec<Requirement>,
    /// Which of the free agents is chosen.
    pub strategy: Strategy,
    /// Where the agent accepts.
    pub offer_by: OfferBy,
    /// How long an agent may take to accept, 5 to 120 s.
    pub offer_timeout_s: u32,
    /// How long the agent's Teams client may take to answer after the agent accepted, 5 to 180 s.
    pub join_timeout_s: u32,
    /// What follows the conversation.
    pub wrap_up: WrapUpRule,
    /// What the queue promises.
    pub service_level: ServiceLevel,
    /// A caller who leaves sooner is a short abandon, s.
    pub short_abandon_s: u32,
    /// The longest wait, s; then the contact takes the flow's `timeout` exit (R-02d).
    pub max_wait_s: u32,
    /// How many may wait; the next takes the flow's `full` exit.
    pub max_waiting: u32,
    /// The priority band of its contacts: 0 is served first.
    pub priority: u8,
    /// How long an agent who missed or declined a contact is not offered it again, s.
    pub cooldown_s: u32,
    /// What those who wait hear.
    pub music: crate::flow::Prompt,
    /// The wallboard's target for the number of waiting contacts.
    pub waiting_target: u32,
    /// The wallboard's target for the longest wait, s.
    pub longest_wait_target_s: u32,
    /// When it takes contacts; always without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<ScheduleId>,
    /// What becomes of those who wait when it closes.
    #[serde(default, skip_serializing_if = "AtClosing::is_default")]
    pub at_closing: AtClosing,
}

/// What becomes of those who wait when their queue closes. An emergency closure sends on all of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AtClosing {
    /// They are served: who already waits expects it.
    #[default]
    FinishWaiting,
    /// They leave by the `closed` exit of their queue node.
    Leave,
}

impl AtClosing {
    /// Whether nothing needs to be written, so that older documents are written as they were.
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// Which of the free agents is chosen (B4.2). Ties end in the lowest agent id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Strategy {
    /// The agent whose last contact ended longest ago; not-ready time does not count.
    LongestIdle,
    /// The agent with the highest sum of required levels, then the longest idle.
    BestSkill,
}

/// Where the agent accepts an offer (design: Teams Phone extensibility).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OfferBy {
    /// In Tandem, and is added to the call then.
    Tandem,
    /// By answering in the Teams client, which rings at the offer.
    Teams,
}

/// What the queue promises: this share answered within this time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceLevel {
    /// Within this time, s.
    pub threshold_s: u32,
    /// This share, in percent.
    pub target_percent: u32,
}

/// Wrap-up after a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WrapUpRule {
    /// Whether and how.
    pub mode: WrapUpMode,
    /// How long for the timed modes, s.
    pub seconds: u32,
}

/// The modes of R-06 that a queue can be set to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WrapUpMode {
    /// No wrap-up.
    None,
    /// The agent ends it; no disposition is asked.
    Optional,
    /// The agent ends it with a disposition.
    Required,
    /// It ends with its time; the agent may end it sooner with a disposition.
    RequiredTimeboxed,
    /// It ends with its time; the agent may not end it sooner.
    RequiredFixed,
}

impl WrapUpMode {
    /// Whether the mode ends by time.
    #[must_use]
    pub const fn is_timed(self) -> bool {
        match self {
            Self::RequiredTimeboxed | Self::RequiredFixed => true,
            Self::None | Self::Optional | Self::Required => false,
        }
    }
}
