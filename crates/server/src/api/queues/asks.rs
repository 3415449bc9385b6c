//! What a queue asks of agents, what it would like, and what changes the longer a contact waits.

use super::{Music, Strategy};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use tandem_core::condition as core;
use tandem_core::ids::{AgentId, SkillId, TeamId};
use tandem_core::plan;
use tandem_core::skill::Level;
use utoipa::ToSchema;

/// What an agent must be able to do.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[expect(
    clippy::use_self,
    reason = "the description of the API calls a schema by the word that stands here"
)]
pub(in crate::api) enum Condition {
    /// Has the skill, within these levels.
    Has(SkillTerm),
    /// All of them hold; none at all holds for everybody.
    #[schema(no_recursion)]
    All(Vec<Condition>),
    /// One of them holds.
    #[schema(no_recursion)]
    Any(Vec<Condition>),
    /// It does not hold.
    #[schema(no_recursion)]
    Not(Box<Condition>),
}

/// A skill within levels.
#[derive(Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct SkillTerm {
    skill_id: u64,
    /// 1 to 10; 1 when left out.
    #[serde(default = "lowest")]
    min_level: u8,
    /// 1 to 10; 10 when left out.
    #[serde(default = "highest")]
    max_level: u8,
}

/// A skill that a queue would like: each level of it counts so much, and the highest sum comes first.
#[derive(Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct Preference {
    skill_id: u64,
    /// 1 to 100.
    weight: u32,
}

/// How likely `random_weighted` chooses an agent.
#[derive(Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct Chance {
    agent_id: u64,
    /// So many times as likely as whoever is not named: 1 to 100.
    weight: u32,
}

impl From<Chance> for tandem_core::queue::Chance {
    fn from(sent: Chance) -> Self {
        Self {
            agent: AgentId(sent.agent_id),
            weight: sent.weight,
        }
    }
}

impl From<&tandem_core::queue::Chance> for Chance {
    fn from(it: &tandem_core::queue::Chance) -> Self {
        Self {
            agent_id: it.agent.0,
            weight: it.weight,
        }
    }
}

/// A step of a plan: it replaces what it names, and keeps the rest of the step before.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct PlanStep {
    /// From so many seconds of waiting on; more than in the step before, less than the longest wait.
    after_s: u32,
    /// What is asked from now on, instead of `requirements` and `condition`. Whoever an earlier step takes, the last
    /// one must take too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    condition: Option<Condition>,
    /// Whose agents are asked from now on, instead of the `team_ids` before; an empty list is everybody's. The last step
    /// must have those of earlier ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    team_ids: Option<BTreeSet<u64>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    preferences: Option<Vec<Preference>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    strategy: Option<Strategy>,
    /// Never a later one than before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    priority: Option<u8>,
    /// How many seconds more than it has waited it counts as, up to 86400; never fewer than before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    boost_s: Option<u32>,
    /// What whoever enters the step hears once, before the music goes on: a text, or the address of a sound file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    prompt: Option<Music>,
}

const fn lowest() -> u8 {
    Level::MIN.0
}

const fn highest() -> u8 {
    Level::MAX.0
}

impl From<Condition> for core::Condition {
    fn from(sent: Condition) -> Self {
        let parts = |parts: Vec<Condition>| parts.into_iter().map(Self::from).collect();
        match sent {
            Condition::Has(term) => Self::Has(core::Term {
                skill: SkillId(term.skill_id),
                min_level: Level(term.min_level),
                max_level: Level(term.max_level),
            }),
            Condition::All(all) => Self::All(parts(all)),
            Condition::Any(any) => Self::Any(parts(any)),
            Condition::Not(part) => Self::Not(Box::new(Self::from(*part))),
        }
    }
}

impl From<&core::Condition> for Condition {
    fn from(it: &core::Condition) -> Self {
        let parts = |parts: &[core::Condition]| parts.iter().map(Self::from).collect();
        match it {
            core::Condition::Has(term) => Self::Has(SkillTerm {
                skill_id: term.skill.0,
                min_level: term.min_level.0,
                max_level: term.max_level.0,
            }),
            core::Condition::All(all) => Self::All(parts(all)),
            core::Condition::Any(any) => Self::Any(parts(any)),
            core::Condition::Not(part) => Self::Not(Box::new(Self::from(&**part))),
        }
    }
}

impl From<Preference> for core::Preference {
    fn from(sent: Preference) -> Self {
        Self {
            skill: SkillId(sent.skill_id),
            weight: sent.weight,
        }
    }
}

impl From<&core::Preference> for Preference {
    fn from(it: &core::Preference) -> Self {
        Self {
            skill_id: it.skill.0,
            weight: it.weight,
        }
    }
}

impl From<PlanStep> for plan::PlanStep {
    fn from(sent: PlanStep) -> Self {
        let preferences = sent.preferences;
        Self {
            after_s: sent.after_s,
            condition: sent.condition.map(Into::into),
            teams: sent.team_ids.map(|it| it.into_iter().map(TeamId).collect()),
            preferences: preferences.map(|it| it.into_iter().map(Into::into).collect()),
            strategy: sent.strategy.map(Into::into),
            priority: sent.priority,
            boost_s: sent.boost_s,
            prompt: sent.prompt.map(Into::into),
        }
    }
}

impl From<&plan::PlanStep> for PlanStep {
    fn from(it: &plan::PlanStep) -> Self {
        let preferences = it.preferences.as_ref();
        Self {
            after_s: it.after_s,
            condition: it.condition.as_ref().map(Into::into),
            team_ids: { it.teams.as_ref() }.map(|it| it.iter().map(|team| team.0).collect()),
            preferences: preferences.map(|it| it.iter().map(Into::into).collect()),
            strategy: it.strategy.map(Into::into),
            priority: it.priority,
            boost_s: it.boost_s,
            prompt: it.prompt.as_ref().map(Music::of),
        }
    }
}
