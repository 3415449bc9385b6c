//! The changes: a closed list, and how each is written.

use super::offer::Offer;
use tandem_core::ids::{AgentId, QueueId, SkillId};
use tandem_core::queue::Strategy;
use tandem_core::settings::Settings;
use tandem_core::skill::Level;

/// Something that might have been otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// One more agent, with the skills and the shifts of this one.
    OneMoreLike(AgentId),
    /// An agent has this skill, at this level.
    Skill {
        /// Who.
        agent: AgentId,
        /// Which.
        skill: SkillId,
        /// How well.
        level: Level,
    },
    /// Another strategy.
    Strategy {
        /// Of this queue, or of all.
        queue: Option<QueueId>,
        /// Which.
        strategy: Strategy,
    },
    /// Who waits is asked whether to be called back.
    Callbacks(Offer),
}

impl Change {
    /// Reads one: `agent:NUMBER`, `skill:AGENT:SKILL[:LEVEL]`, `strategy:NAME[:QUEUE]`, `callbacks:OPTION=VALUE...`
    /// ([`Offer`] has the options); skills and queues by number or name.
    ///
    /// # Errors
    /// What cannot be used, and what can.
    pub fn parse(text: &str, settings: &Settings, agents: &[AgentId]) -> Result<Self, String> {
        let parts: Vec<&str> = text.split(':').collect();
        match *parts.as_slice() {
            ["agent", agent] => Ok(Self::OneMoreLike(agent_of(agent, agents)?)),
            ["skill", agent, skill] => Self::skill(agent, skill, "1", settings, agents),
            ["skill", agent, skill, level] => Self::skill(agent, skill, level, settings, agents),
            ["strategy", name] => Ok(Self::Strategy {
                queue: None,
                strategy: strategy_of(name)?,
            }),
            ["strategy", name, queue] => Ok(Self::Strategy {
                queue: Some(queue_of(queue, settings)?),
                strategy: strategy_of(name)?,
            }),
            ["callbacks", ref options @ ..] => {
                Ok(Self::Callbacks(Offer::parse(options, settings)?))
            }
            _ => Err(format!(
                "\"{text}\" is no change; write agent:NUMBER, skill:AGENT:SKILL[:LEVEL], \
                 strategy:NAME[:QUEUE] or callbacks:after=SECONDS:share=PERCENT"
            )),
        }
    }

    fn skill(
        agent: &str,
        skill: &str,
        level: &str,
        settings: &Settings,
        agents: &[AgentId],
    ) -> Result<Self, String> {
        let number = level.parse().ok().filter(|it| (1..=10).contains(it));
        let level = number.ok_or_else(|| format!("level \"{level}\" is not 1 to 10"))?;
        let known = settings.skills.iter();
        let known = known.map(|(id, it)| (id.0, it.document.name.as_str()));
        Ok(Self::Skill {
            agent: agent_of(agent, agents)?,
            skill: SkillId(named("skill", skill, known)?),
            level: Level(level),
        })
    }
}

fn agent_of(text: &str, agents: &[AgentId]) -> Result<AgentId, String> {
    let known = agents.iter().map(|it| (it.0, ""));
    named("agent", text, known).map(AgentId)
}

pub(super) fn queue_of(text: &str, settings: &Settings) -> Result<QueueId, String> {
    let known = settings.queues.iter();
    let known = known.map(|(id, it)| (id.0, it.document.name.as_str()));
    named("queue", text, known).map(QueueId)
}

fn named<'a>(
    what: &str,
    text: &str,
    known: impl Iterator<Item = (u64, &'a str)>,
) -> Result<u64, String> {
    let known: Vec<_> = known.collect();
    let found = known
        .iter()
        .find(|(id, name)| id.to_string() == text || name.eq_ignore_ascii_case(text));
    found.map(|(id, _)| *id).ok_or_else(|| {
        let all = known.iter().map(|(id, name)| format!("{id} {name}"));
        let all: Vec<_> = all.map(|it| it.trim().to_owned()).collect();
        format!(
            "there is no {what} \"{text}\"; there are {}",
            all.join(", ")
        )
    })
}

fn strategy_of(name: &str) -> Result<Strategy, String> {
    let written = serde_json::Value::String(name.to_owned());
    serde_json::from_value(written).map_err(|_unknown| {
        let all = Strategy::ALL
            .iter()
            .filter_map(|it| serde_json::to_value(it).ok());
        let all: Vec<_> = all.filter_map(|it| Some(it.as_str()?.to_owned())).collect();
        format!(
            "there is no strategy \"{name}\"; there are {}",
            all.join(", ")
        )
    })
}
