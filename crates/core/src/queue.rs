//! Queues: what they ask of agents, how they offer, what they promise.

mod announce;

pub use announce::{Announce, Sentences, WaitWords};

use crate::callback::CallbackRules;
use crate::calling_out::CallingOut;
use crate::capacity::Demand;
use crate::condition::{Condition, Preference};
use crate::flow::{in_range, invalid};
use crate::ids::{AgentId, ScheduleId};
use crate::limits;
use crate::plan::PlanStep;
use crate::preferred::PreferredRule;
use crate::presence::UnknownPresence;
use crate::recording::RecordingRule;
use crate::refusal::Refusal;
use crate::skill::Requirement;
use crate::team::Teams;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A queue's settings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Queue {
    /// What people call it.
    pub name: String,
    /// The form that fits a wallboard, at most ten characters.
    pub short_name: String,
    /// Every agent who meets all of these serves the queue; none means every agent.
    pub requirements: Vec<Requirement>,
    /// What else an agent must meet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<Box<Condition>>,
    /// Of which teams its agents are; of any without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub teams: Option<Box<Teams>>,
    /// What it would like of an agent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub preferences: Vec<Preference>,
    /// What changes the longer a contact waits.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub plan: Vec<PlanStep>,
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
    /// So many messages in a row, all missed, make an agent not ready; one missed call does.
    #[serde(default = "first_miss", skip_serializing_if = "is_first_miss")]
    pub message_misses: u8,
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
    /// What those who wait are told; only music without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub announce: Option<Box<Announce>>,
    /// How customers are called from it; not at all without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calling_out: Option<Box<CallingOut>>,
    /// How its customers are called back; not at all without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub callbacks: Option<Box<CallbackRules>>,
    /// Whether its conversations are recorded; not by themselves without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recording: Option<Box<RecordingRule>>,
    /// What its contacts take of an agent.
    #[serde(default, skip_serializing_if = "Demand::is_default")]
    pub demand: Demand,
    /// Whom its contacts would rather have; nobody without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preferred: Option<Box<PreferredRule>>,
    /// How likely chance with weights chooses agents; whoever is not named counts once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chances: Option<Box<Chances>>,
    /// Whether its contacts are put to agents whose presence should be known and is not.
    #[serde(default, skip_serializing_if = "UnknownPresence::is_default")]
    pub unknown_presence: UnknownPresence,
}

/// How likely chance with weights chooses agents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Chances(Vec<Chance>);

impl Chances {
    /// As a queue has them: nothing where nobody is named.
    #[must_use]
    pub fn of(chances: Vec<Chance>) -> Option<Box<Self>> {
        (!chances.is_empty()).then(|| Box::new(Self(chances)))
    }
}

/// How likely chance with weights chooses an agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chance {
    /// Whom.
    pub agent: AgentId,
    /// So many times as likely as whoever is not named, 1 to 100.
    pub weight: u32,
}

const fn first_miss() -> u8 {
    1
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands it over like this"
)]
const fn is_first_miss(misses: &u8) -> bool {
    *misses == first_miss()
}

impl Queue {
    /// Whether it is open, or calls back, by this schedule.
    pub(crate) fn keeps_to(&self, schedule: ScheduleId) -> bool {
        let callbacks = self.callbacks.as_ref();
        self.hours == Some(schedule) || callbacks.is_some_and(|it| it.hours == Some(schedule))
    }

    /// The prompts that it names, with their fields.
    pub(crate) fn prompts(&self) -> impl Iterator<Item = (String, &crate::flow::Prompt)> {
        let steps = { self.plan.iter().enumerate() }
            .filter_map(|(n, step)| Some((format!("plan[{n}].prompt"), step.prompt.as_ref()?)));
        let early = { self.callbacks.as_deref() }.and_then(|it| it.customer_first.as_deref());
        let early = early.map(crate::callback::CustomerFirst::prompts);
        let early = { early.into_iter().flatten() }.map(|(field, it)| (field.to_owned(), it));
        let music = ("music".to_owned(), &self.music);
        std::iter::once(music).chain(steps).chain(early)
    }

    /// Checks what its contacts take of agents, and whom they would rather have.
    pub(crate) fn validate_agents(&self) -> Result<(), Refusal> {
        self.demand.validate()?;
        let rule = self.preferred.as_ref();
        rule.map_or(Ok(()), |rule| rule.validate(self.max_wait_s))?;
        self.validate_chances()
    }

    /// How likely chance with weights chooses agents.
    #[must_use]
    pub fn chances(&self) -> &[Chance] {
        self.chances.as_ref().map_or(&[], |it| &it.0)
    }

    fn validate_chances(&self) -> Result<(), Refusal> {
        let max = limits::CHANCES_MAX;
        if self.chances().len() > max {
            let detail = format!("names more than {max} agents");
            return Err(invalid("chances", detail));
        }
        let mut named = BTreeSet::new();
        for (n, chance) in self.chances().iter().enumerate() {
            let at = |field: &str| format!("chances[{n}].{field}");
            if !named.insert(chance.agent) {
                let detail = "stands there twice; give each agent one weight".to_owned();
                return Err(invalid(&at("agent_id"), detail));
            }
            let max = limits::CHANCE_WEIGHT_MAX;
            in_range(&at("weight"), chance.weight, 1, max)?;
        }
        Ok(())
    }
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

/// Which of the free agents is chosen (B4.2): of those whose skills rank best, the one whom the strategy puts first,
/// then the longest idle, then the lowest number. "Today" of a strategy is the time since the agent signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Strategy {
    /// The agent whose last contact ended longest ago; not-ready time does not count.
    LongestIdle,
    /// The agent with the highest sum of required levels, then the longest idle.
    BestSkill,
    /// The agent whose last conversation with a customer who called ended longest ago; signing in counts as one.
    LongestSinceInbound,
    /// The agent to whom something was offered longest ago, taken or not; signing in counts as one.
    LongestSinceOffer,
    /// The agent who has been ready longest, contacts in between or not.
    LongestReady,
    /// The next one by number behind whom this queue chose last.
    RoundRobin,
    /// The one with the lowest number.
    Ordered,
    /// The one with the fewest conversations since signing in.
    FewestContacts,
    /// The one with the least time in conversations that are over since signing in.
    LeastTalk,
    /// Anyone, each as likely; what chance says follows from the number of the offer.
    Random,
    /// The one with the fewest contacts at the moment.
    LeastActive,
    /// The one with the most units of capacity left.
    HighestFreeUnits,
    /// Anyone, as likely as the queue's weights say; what chance says follows from the number of the offer.
    RandomWeighted,
}

impl Strategy {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::LongestIdle,
        Self::BestSkill,
        Self::LongestSinceInbound,
        Self::LongestSinceOffer,
        Self::LongestReady,
        Self::RoundRobin,
        Self::Ordered,
        Self::FewestContacts,
        Self::LeastTalk,
        Self::Random,
        Self::LeastActive,
        Self::HighestFreeUnits,
        Self::RandomWeighted,
    ];
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
    /// There is one if the agent asked for it during the conversation; the agent ends it.
    OnRequest,
}

impl WrapUpMode {
    /// Whether the mode ends by time.
    #[must_use]
    pub const fn is_timed(self) -> bool {
        match self {
            Self::RequiredTimeboxed | Self::RequiredFixed => true,
            Self::None | Self::Optional | Self::Required | Self::OnRequest => false,
        }
    }
}
