//! Queues.

/// The core's words and ours, both ways; a new one is a compile error here.
macro_rules! same_words {
    ($($ours:ident = $theirs:ty { $($word:ident),+ })+) => {$(
        impl From<$ours> for $theirs {
            fn from(it: $ours) -> Self {
                match it { $($ours::$word => Self::$word),+ }
            }
        }
        impl From<$theirs> for $ours {
            fn from(it: $theirs) -> Self {
                match it { $(<$theirs>::$word => Self::$word),+ }
            }
        }
    )+};
}

mod announce;
mod asks;
mod callbacks;
mod demand;
pub(super) mod line;
mod preferred;
mod recording;
mod strategy;
pub(super) mod switches;
pub(super) mod would;

use super::settings::{Resource, settings_routes};
use crate::problem::Problem;
use announce::Announce;
use asks::{Chance, Condition, PlanStep, Preference};
use callbacks::CallbackRules;
use demand::Demand;
use preferred::PreferredRule;
use recording::RecordingRule;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use strategy::Strategy;
use tandem_core::calling_out;
use tandem_core::flow::Prompt;
use tandem_core::ids::{EndpointId, PromptId, QueueId, ScheduleId, SkillId, TeamId};
use tandem_core::queue;
use tandem_core::scope::Sight;
use tandem_core::settings::{Document, Kind, Versioned};
use tandem_core::skill::{Level, Requirement};
use tandem_core::state::State;
use tandem_core::team::Teams;
use utoipa::ToSchema;

/// A queue.
#[derive(Serialize, ToSchema)]
pub(super) struct Queue {
    id: u64,
    version: u64,
    #[serde(flatten)]
    body: QueueSent,
}

/// What is sent to create or change a queue. Everything but the name has a default.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct QueueSent {
    name: String,
    /// At most 10 characters, for walls; the name's beginning when left out.
    #[serde(default)]
    short_name: String,
    /// Skills that an agent must have, all of them.
    #[serde(default)]
    requirements: Vec<SkillRequirement>,
    /// What else an agent must meet; nothing when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    condition: Option<Condition>,
    /// Whose agents serve it: those of these teams alone; everybody's when empty.
    #[serde(default)]
    team_ids: BTreeSet<u64>,
    /// Skills that the queue would like. Whoever has most of them comes first, whatever the strategy.
    #[serde(default)]
    preferences: Vec<Preference>,
    /// What changes the longer a contact waits, in order, at most 10 steps. A change reaches those who wait.
    #[serde(default)]
    plan: Vec<PlanStep>,
    #[serde(default = "default::strategy")]
    strategy: Strategy,
    /// Where the agent accepts: here, or in the Teams client.
    #[serde(default = "default::offer_by")]
    offer_by: OfferBy,
    /// 5 to 120.
    #[serde(default = "default::offer_timeout_s")]
    offer_timeout_s: u32,
    /// 5 to 180.
    #[serde(default = "default::join_timeout_s")]
    join_timeout_s: u32,
    #[serde(default = "default::wrap_up")]
    wrap_up: WrapUp,
    #[serde(default = "default::service_level")]
    service_level: ServiceLevel,
    /// Leaving within so many seconds counts as a short abandon.
    #[serde(default = "default::short_abandon_s")]
    short_abandon_s: u32,
    /// After so long the flow goes on.
    #[serde(default = "default::max_wait_s")]
    max_wait_s: u32,
    #[serde(default = "default::max_waiting")]
    max_waiting: u32,
    /// 0 to 9, 0 first.
    #[serde(default = "default::priority")]
    priority: u8,
    /// How long an agent who missed or declined a contact is not offered it again.
    #[serde(default = "default::cooldown_s")]
    cooldown_s: u32,
    /// So many messages in a row, all missed, make an agent not ready; one missed call does.
    #[serde(default = "default::message_misses")]
    message_misses: u8,
    /// What waiting customers hear: a text, or the address of a sound file.
    #[serde(default = "default::music")]
    music: Music,
    #[serde(default = "default::targets")]
    targets: Targets,
    /// The schedule of its opening hours; always open without.
    #[serde(default)]
    hours_id: Option<u64>,
    /// What becomes of those who wait when it closes.
    #[serde(default = "default::at_closing")]
    at_closing: AtClosing,
    /// What those who wait are told; only music when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    announce: Option<Announce>,
    /// How customers are called from it; nobody is when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    calling_out: Option<CallingOut>,
    /// How its customers are called back; nobody is when left out. Needs `calling_out`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    callbacks: Option<CallbackRules>,
    /// Whether its conversations are recorded; not by themselves when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    recording: Option<RecordingRule>,
    /// What its contacts take of an agent who may have several.
    #[serde(default)]
    demand: Demand,
    /// Whom its calls would rather have, and for how long that is worth waiting; anyone when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    preferred: Option<PreferredRule>,
    /// How likely `random_weighted` chooses agents: up to 1000 of them; whoever is not named weighs 1.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    chances: Vec<Chance>,
    /// Whether its contacts are put to agents whose Teams presence should be known and is not.
    #[serde(default = "default::unknown_presence")]
    unknown_presence: UnknownPresence,
}

/// What becomes of agents whose Teams presence should be known and is not.
#[derive(Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum UnknownPresence {
    DoNotOffer,
    Offer,
}

/// How customers are called from a queue.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CallingOut {
    /// The endpoint whose number customers see.
    endpoint_id: u64,
    /// The calling codes of the countries that may be called, without the plus: `49`.
    countries: Vec<String>,
    /// How long a customer's phone rings, 10 to 120.
    #[serde(default = "default::ring_s")]
    ring_s: u32,
}

impl From<CallingOut> for calling_out::CallingOut {
    fn from(sent: CallingOut) -> Self {
        Self {
            endpoint: EndpointId(sent.endpoint_id),
            countries: sent.countries,
            ring_s: sent.ring_s,
        }
    }
}

impl From<calling_out::CallingOut> for CallingOut {
    fn from(it: calling_out::CallingOut) -> Self {
        Self {
            endpoint_id: it.endpoint.0,
            countries: it.countries,
            ring_s: it.ring_s,
        }
    }
}

/// What becomes of those who wait when their queue closes.
#[derive(Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum AtClosing {
    FinishWaiting,
    Leave,
}

/// A skill that a queue requires.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SkillRequirement {
    skill_id: u64,
    /// 1 to 10.
    min_level: u8,
}

/// Where an offer is accepted.
#[derive(Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum OfferBy {
    Tandem,
    Teams,
}

/// Work after a conversation.
#[derive(Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WrapUp {
    mode: WrapUpMode,
    /// How long it lasts where it ends by time.
    #[serde(default)]
    seconds: u32,
}

/// How work after a conversation ends.
#[derive(Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum WrapUpMode {
    None,
    Optional,
    Required,
    RequiredTimeboxed,
    RequiredFixed,
    /// The agent asks for it during the conversation, and ends it; without that there is none.
    OnRequest,
}

/// What the queue promises.
#[derive(Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ServiceLevel {
    threshold_s: u32,
    target_percent: u32,
}

/// From when on a board says that somebody must act.
#[derive(Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Targets {
    waiting: u32,
    longest_wait_s: u32,
}

mod default {
    use super::{
        AtClosing, Music, OfferBy, ServiceLevel, Strategy, Targets, UnknownPresence, WrapUp,
        WrapUpMode,
    };

    pub(super) const fn strategy() -> Strategy {
        Strategy::LongestIdle
    }
    pub(super) const fn offer_by() -> OfferBy {
        OfferBy::Tandem
    }
    pub(super) const fn offer_timeout_s() -> u32 {
        20
    }
    pub(super) const fn join_timeout_s() -> u32 {
        60
    }
    pub(super) const fn wrap_up() -> WrapUp {
        WrapUp {
            mode: WrapUpMode::Optional,
            seconds: 0,
        }
    }
    pub(super) const fn service_level() -> ServiceLevel {
        ServiceLevel {
            threshold_s: 20,
            target_percent: 80,
        }
    }
    pub(super) const fn short_abandon_s() -> u32 {
        5
    }
    pub(super) const fn max_wait_s() -> u32 {
        1_800
    }
    pub(super) const fn max_waiting() -> u32 {
        100
    }
    pub(super) const fn priority() -> u8 {
        5
    }
    pub(super) const fn cooldown_s() -> u32 {
        30
    }
    pub(super) const fn message_misses() -> u8 {
        3
    }
    pub(super) fn music() -> Music {
        Music::Words("All agents are busy. Please hold the line.".to_owned())
    }
    pub(super) const fn at_closing() -> AtClosing {
        AtClosing::FinishWaiting
    }
    pub(super) const fn unknown_presence() -> UnknownPresence {
        UnknownPresence::DoNotOffer
    }
    pub(super) const fn ring_s() -> u32 {
        45
    }
    pub(super) const fn targets() -> Targets {
        Targets {
            waiting: 10,
            longest_wait_s: 120,
        }
    }
}

settings_routes!(
    Queue,
    QueueSent,
    "queues",
    "/{center}/queues",
    "/{center}/queues/{id}",
    NamesReader,
    QueueEditor
);

impl Resource for Queue {
    type Sent = QueueSent;
    const KIND: Kind = Kind::Queue;

    fn all(state: &State) -> Vec<Self> {
        state
            .settings
            .queues
            .iter()
            .map(|(id, it)| Self::of(id, it))
            .collect()
    }

    fn one(state: &State, id: u64) -> Option<Self> {
        let id = QueueId(id);
        state.settings.queues.get(id).map(|it| Self::of(id, it))
    }

    fn is_seen(&self, sight: &Sight) -> bool {
        sight.has_queue(QueueId(self.id))
    }

    fn document(sent: QueueSent, _state: &State) -> Result<Document, Problem> {
        let short_name = if sent.short_name.trim().is_empty() {
            sent.name
                .chars()
                .take(tandem_core::limits::SHORT_NAME_CHARS_MAX)
                .collect()
        } else {
            sent.short_name
        };
        let requirements = sent.requirements.iter().map(|it| Requirement {
            skill: SkillId(it.skill_id),
            min_level: Level(it.min_level),
        });
        Ok(Document::Queue(queue::Queue {
            name: sent.name,
            short_name,
            requirements: requirements.collect(),
            condition: sent.condition.map(|it| Box::new(it.into())),
            teams: Teams::of(sent.team_ids.into_iter().map(TeamId).collect()),
            preferences: sent.preferences.into_iter().map(Into::into).collect(),
            plan: sent.plan.into_iter().map(Into::into).collect(),
            strategy: sent.strategy.into(),
            offer_by: sent.offer_by.into(),
            offer_timeout_s: sent.offer_timeout_s,
            join_timeout_s: sent.join_timeout_s,
            wrap_up: queue::WrapUpRule {
                mode: sent.wrap_up.mode.into(),
                seconds: sent.wrap_up.seconds,
            },
            service_level: queue::ServiceLevel {
                threshold_s: sent.service_level.threshold_s,
                target_percent: sent.service_level.target_percent,
            },
            short_abandon_s: sent.short_abandon_s,
            max_wait_s: sent.max_wait_s,
            max_waiting: sent.max_waiting,
            priority: sent.priority,
            cooldown_s: sent.cooldown_s,
            message_misses: sent.message_misses,
            music: sent.music.into(),
            waiting_target: sent.targets.waiting,
            longest_wait_target_s: sent.targets.longest_wait_s,
            hours: sent.hours_id.map(ScheduleId),
            at_closing: sent.at_closing.into(),
            announce: sent.announce.map(Announce::parsed).transpose()?,
            calling_out: sent.calling_out.map(|it| Box::new(it.into())),
            callbacks: sent.callbacks.map(|it| Box::new(it.into())),
            recording: sent.recording.map(|it| Box::new(it.into())),
            demand: sent.demand.into(),
            preferred: sent.preferred.map(|it| Box::new(it.into())),
            chances: queue::Chances::of(sent.chances.into_iter().map(Into::into).collect()),
            unknown_presence: sent.unknown_presence.into(),
        }))
    }
}

/// What is heard by those who wait.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub(super) enum Music {
    /// What starts like an address is one; everything else is said.
    Words(String),
    /// A prompt that is kept, in the language of each caller.
    Kept(KeptMusic),
}

/// The number of a prompt.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct KeptMusic {
    prompt_id: u64,
}

impl From<Music> for Prompt {
    fn from(music: Music) -> Self {
        match music {
            Music::Words(text) if text.starts_with("https://") || text.starts_with("http://") => {
                Self::Url(text)
            }
            Music::Words(text) => Self::Text(text),
            Music::Kept(KeptMusic { prompt_id }) => Self::Kept(PromptId(prompt_id)),
        }
    }
}

impl Music {
    fn of(music: &Prompt) -> Self {
        match music {
            Prompt::Text(text) | Prompt::Url(text) => Self::Words(text.clone()),
            Prompt::Kept(id) => Self::Kept(KeptMusic { prompt_id: id.0 }),
        }
    }
}

impl Queue {
    fn of(id: QueueId, it: &Versioned<queue::Queue>) -> Self {
        let queue = &it.document;
        let requirements = queue.requirements.iter().map(|it| SkillRequirement {
            skill_id: it.skill.0,
            min_level: it.min_level.0,
        });
        let music = Music::of(&queue.music);
        let body = QueueSent {
            name: queue.name.clone(),
            short_name: queue.short_name.clone(),
            requirements: requirements.collect(),
            condition: queue.condition.as_deref().map(Into::into),
            team_ids: { queue.teams.iter() }
                .flat_map(|it| it.iter().map(|team| team.0))
                .collect(),
            preferences: queue.preferences.iter().map(Into::into).collect(),
            plan: queue.plan.iter().map(Into::into).collect(),
            strategy: queue.strategy.into(),
            offer_by: queue.offer_by.into(),
            offer_timeout_s: queue.offer_timeout_s,
            join_timeout_s: queue.join_timeout_s,
            wrap_up: WrapUp {
                mode: queue.wrap_up.mode.into(),
                seconds: queue.wrap_up.seconds,
            },
            service_level: ServiceLevel {
                threshold_s: queue.service_level.threshold_s,
                target_percent: queue.service_level.target_percent,
            },
            short_abandon_s: queue.short_abandon_s,
            max_wait_s: queue.max_wait_s,
            max_waiting: queue.max_waiting,
            priority: queue.priority,
            cooldown_s: queue.cooldown_s,
            message_misses: queue.message_misses,
            music,
            targets: Targets {
                waiting: queue.waiting_target,
                longest_wait_s: queue.longest_wait_target_s,
            },
            hours_id: queue.hours.map(|schedule| schedule.0),
            at_closing: queue.at_closing.into(),
            announce: queue.announce.as_deref().map(Announce::told),
            calling_out: queue.calling_out.clone().map(|it| (*it).into()),
            callbacks: queue.callbacks.as_deref().map(CallbackRules::of),
            recording: queue.recording.as_ref().map(|it| (**it).into()),
            demand: (&queue.demand).into(),
            preferred: queue.preferred.as_deref().copied().map(Into::into),
            chances: queue.chances().iter().map(Into::into).collect(),
            unknown_presence: queue.unknown_presence.into(),
        };
        Self {
            id: id.0,
            version: it.version,
            body,
        }
    }
}

same_words! {
    AtClosing = queue::AtClosing { FinishWaiting, Leave }
    UnknownPresence = tandem_core::presence::UnknownPresence { DoNotOffer, Offer }
    OfferBy = queue::OfferBy { Tandem, Teams }
    WrapUpMode = queue::WrapUpMode { None, Optional, Required, RequiredTimeboxed, RequiredFixed, OnRequest }
}
