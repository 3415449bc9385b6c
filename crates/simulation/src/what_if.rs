//! What would have changed: the traffic of a journal, lived through as it was and with something changed, with the
//! same chance for both (common random numbers), once for each of several seeds. Differences are of pairs.

use crate::floor_plan;
use crate::import::flow;
use crate::patience::count;
use crate::rerun::{Figures, Lived, Rerun};
use crate::retrospect::{LeftOut, Recorded, line_of};
use crate::traffic::Traffic;
use serde::Serialize;
use tandem_core::ContactCenter;
use tandem_core::agent::Profile;
use tandem_core::event::Event;
use tandem_core::flow::Prompt;
use tandem_core::ids::{AccountId, AgentId, FlowId, QueueId, ReasonId, SkillId};
use tandem_core::queue::{Queue, Strategy, WrapUpMode, WrapUpRule};
use tandem_core::settings::{Document, Reason, Settings};
use tandem_core::skill::{Level, Proficiency};
use tandem_core::time::Timestamp;

/// Quantiles of Student's t for a two-sided interval of 95 %, by degrees of freedom from 1 on.
const T_95: [f64; 30] = [
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160,
    2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056,
    2.052, 2.048, 2.045, 2.042,
];
const NORMAL_95: f64 = 1.960;

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
}

/// What would have changed.
#[derive(Clone, Debug, Serialize)]
pub struct WhatIf {
    /// The seeds of the pairs.
    pub seeds: Vec<u64>,
    /// What was, on record.
    pub recorded: Figures,
    /// What the reruns are without.
    pub left_out: LeftOut,
    /// Each figure, as it was lived through again and changed.
    pub figures: Vec<Compared>,
}

/// A figure.
#[derive(Clone, Debug, Serialize)]
pub struct Compared {
    /// Which.
    pub figure: &'static str,
    /// On record.
    pub recorded: f64,
    /// Lived through again, mean of the seeds.
    pub again: f64,
    /// With the change, mean of the seeds.
    pub changed: f64,
    /// Mean of the differences of the pairs.
    pub difference: f64,
    /// Half of the interval in which that mean lies with 95 %.
    pub plus_minus: f64,
}

impl Change {
    /// Reads one: `agent:NUMBER`, `skill:AGENT:SKILL[:LEVEL]`, `strategy:NAME[:QUEUE]`; skills and queues by number or
    /// name.
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
            ["callbacks"] => Err(
                "what callbacks would have changed is not built: nothing on record says who would \
                 have taken one, and when they would have been reached"
                    .to_owned(),
            ),
            _ => Err(format!(
                "\"{text}\" is no change; write agent:NUMBER, skill:AGENT:SKILL[:LEVEL] or \
                 strategy:NAME[:QUEUE]"
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

fn queue_of(text: &str, settings: &Settings) -> Result<QueueId, String> {
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

/// A center with its traffic.
#[derive(Clone, Debug)]
struct Stage {
    documents: Vec<(u64, Document)>,
    traffic: Traffic,
}

/// Lives through what a journal told, as it was and changed, once for each seed.
#[must_use]
pub fn what_if(recorded: &Recorded, changes: &[Change], seeds: &[u64]) -> WhatIf {
    let again = Stage::of(recorded);
    let mut changed = again.clone();
    for change in changes {
        changed.make(*change);
    }
    let figures = |stage: &Stage| -> Vec<Figures> {
        seeds
            .iter()
            .map(|seed| stage.live(*seed).figures())
            .collect()
    };
    let (again, changed) = (figures(&again), figures(&changed));
    let on_record = recorded.lived.figures();
    let compared = |figure, of: fn(&Figures) -> f64| {
        compare(
            figure,
            of(&on_record),
            [&again, &changed].map(|it| it.iter().map(of).collect()),
        )
    };
    WhatIf {
        seeds: seeds.to_vec(),
        recorded: on_record,
        left_out: recorded.left_out,
        figures: vec![
            compared("mean wait, s", |it| it.wait_s),
            compared("abandoned, %", |it| it.abandoned_percent),
            compared("service level, %", |it| it.service_level_percent),
            compared("answered", |it| f64::from(it.answered)),
            compared("occupancy, %", |it| it.occupancy_percent),
        ],
    }
}

fn compare(figure: &'static str, recorded: f64, [again, changed]: [Vec<f64>; 2]) -> Compared {
    let mean = |of: &[f64]| of.iter().sum::<f64>() / count(of.len().max(1));
    let pairs = again.iter().zip(&changed);
    let differences: Vec<f64> = pairs.map(|(before, after)| after - before).collect();
    let difference = mean(&differences);
    let freedom = differences.len().saturating_sub(1);
    let squares = differences.iter().map(|it| (it - difference).powi(2));
    let variance = squares.sum::<f64>() / count(freedom.max(1));
    let quantile = T_95.get(freedom.saturating_sub(1)).copied();
    let error = (variance / count(differences.len().max(1))).sqrt();
    Compared {
        figure,
        recorded,
        again: mean(&again),
        changed: mean(&changed),
        difference,
        plus_minus: quantile.unwrap_or(NORMAL_95) * error,
    }
}

impl Stage {
    /// The settings as they were in the end hold for all of it. Each queue is reached by a line of its own; what
    /// people did already obeyed opening hours and rules of wrap-up, and nothing is recorded or announced.
    fn of(recorded: &Recorded) -> Self {
        let state = recorded.lived.center.state();
        let settings = &state.settings;
        let mut documents = Vec::new();
        for (id, skill) in &settings.skills {
            documents.push((id.0, Document::Skill(skill.document.clone())));
        }
        for (id, queue) in &settings.queues {
            documents.push((id.0, Document::Queue(plain(&queue.document))));
        }
        for (n, id) in (1..).zip(settings.queues.keys()) {
            let line = line_of(*id);
            documents.push((n, Document::Flow(flow(&line, *id))));
            let endpoint = floor_plan::endpoint(&line, &line, FlowId(n));
            documents.push((n, Document::Endpoint(endpoint)));
        }
        for (id, agent) in state.agents.iter() {
            let profile = Profile {
                team: None,
                enabled: true,
                ..agent.profile.clone()
            };
            documents.push((id.0, Document::Agent(profile)));
        }
        let pause = Reason {
            label: "break".to_owned(),
            heading: None,
            productive: false,
            paid: true,
            max_minutes: None,
            needs_supervisor: false,
        };
        documents.push((1, Document::Reason(pause)));
        let mut traffic = recorded.traffic.clone();
        traffic.break_reason = ReasonId(1);
        Self { documents, traffic }
    }

    fn make(&mut self, change: Change) {
        match change {
            Change::OneMoreLike(agent) => self.one_more_like(agent),
            Change::Skill {
                agent,
                skill,
                level,
            } => self.teach(agent, Proficiency { skill, level }),
            Change::Strategy { queue, strategy } => {
                for (id, document) in &mut self.documents {
                    if let Document::Queue(it) = document
                        && queue.is_none_or(|queue| queue.0 == *id)
                    {
                        it.strategy = strategy;
                    }
                }
            }
        }
    }

    fn profiles(&mut self) -> impl Iterator<Item = (AgentId, &mut Profile)> {
        self.documents.iter_mut().filter_map(|(id, document)| {
            if let Document::Agent(profile) = document {
                return Some((AgentId(*id), profile));
            }
            None
        })
    }

    fn one_more_like(&mut self, agent: AgentId) {
        let newest = self.profiles().map(|(id, _)| id.0).max().unwrap_or(0);
        let own = self.profiles().find(|(id, _)| *id == agent);
        let Some(profile) = own.map(|(_, it)| it.clone()) else {
            return;
        };
        let id = AgentId(newest + 1);
        let profile = Profile {
            address: format!("{}-one-more-{id}", profile.address),
            ..profile
        };
        self.documents.push((id.0, Document::Agent(profile)));
        let shifts = self.traffic.shifts.iter().filter(|it| it.agent == agent);
        let more: Vec<_> = shifts.cloned().collect();
        let more = more.into_iter();
        self.traffic
            .shifts
            .extend(more.map(|it| crate::traffic::Shift { agent: id, ..it }));
    }

    fn teach(&mut self, agent: AgentId, known: Proficiency) {
        let own = self.profiles().find(|(id, _)| *id == agent);
        if let Some((_, profile)) = own {
            profile.skills.retain(|it| it.skill != known.skill);
            profile.skills.push(known);
            profile.skills.sort_by_key(|it| it.skill);
        }
    }

    fn live(&self, seed: u64) -> Lived {
        let mut center = ContactCenter::new();
        let saved = |(id, document): &(u64, Document)| Event::Saved {
            id: *id,
            version: 1,
            document: document.clone(),
            by: AccountId(0),
        };
        let saved: Vec<Event> = self.documents.iter().map(saved).collect();
        let first = self.traffic.calls.iter().map(|it| it.arrives).min();
        center.apply(first.unwrap_or(Timestamp::from_micros(0)), &saved);
        Rerun::new(&self.traffic, seed, center).live()
    }
}

/// A queue with what it asks of agents, and nothing that the traffic has obeyed already.
fn plain(queue: &Queue) -> Queue {
    Queue {
        wrap_up: WrapUpRule {
            mode: WrapUpMode::Optional,
            seconds: 0,
        },
        music: Prompt::Text("Music.".to_owned()),
        hours: None,
        announce: None,
        calling_out: None,
        recording: None,
        ..queue.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call_records;
    use crate::dice::Dice;
    use crate::import::Import;
    use crate::retrospect::Retrospect;
    use std::fmt::Write as _;

    const HEADER: &str = "date,customer_id,priority,type,vru_entry,vru_time,q_start,q_time,outcome,ser_start,ser_time,agent";

    fn clock(second: u64) -> String {
        let (hours, minutes) = (second / 3_600, second / 60 % 60);
        format!("{hours:02}:{minutes:02}:{:02}", second % 60)
    }

    /// A made-up morning of two agents who cannot keep up: who waits for three minutes gives up.
    fn morning() -> Import {
        let mut dice = Dice::new(11);
        let mut text = HEADER.to_owned();
        let mut free_at = [28_800, 28_800];
        for n in 0..240 {
            let arrives = 28_800 + n * 40 + dice.below(30);
            let entered = arrives + 5;
            let agent = usize::from(free_at[1] < free_at[0]);
            let waits = u64::saturating_sub(free_at[agent], entered);
            let times = if waits > 180 {
                format!("{},180,HANG,00:00:00,0,", clock(entered))
            } else {
                let talks = 40 + dice.below(120);
                let begins = entered + waits;
                free_at[agent] = begins + talks;
                let since = if waits == 0 { 0 } else { entered };
                let (since, begins) = (clock(since), clock(begins));
                format!("{since},{waits},AGENT,{begins},{talks},agent-{agent}")
            };
            let call = clock(arrives);
            write!(text, "\n1999-08-01,{n},0,PS,{call},5,{times}").expect("it is a text");
        }
        Import::of(call_records::parse(&text).expect("it can be read"))
    }

    fn recorded(import: &Import) -> (Recorded, Lived) {
        let mut retrospect = Retrospect::default();
        let mut keep = |now, _, events: Vec<Event>| retrospect.see(now, &events);
        let lived = import.rerun(1, Some(&mut keep)).expect("it is taken");
        (retrospect.recorded(), lived)
    }

    // what was is known from the journal alone.
    #[test]
    fn journal_tells_the_figures_of_the_day_that_it_is_of() {
        let import = morning();
        let (recorded, lived) = recorded(&import);
        assert_eq!(recorded.lived.figures(), lived.figures());
        assert_eq!(recorded.left_out, LeftOut::default());
        assert!(
            lived.figures().abandoned_percent > 1.0,
            "{:?}",
            lived.figures()
        );
    }

    //
    #[test]
    fn day_lived_through_again_is_the_day_that_it_was() {
        let (recorded, lived) = recorded(&morning());
        let result = what_if(&recorded, &[], &[1]);
        for figure in &result.figures[..4] {
            assert!((figure.again - figure.recorded).abs() < 1e-9, "{figure:?}");
        }
        assert!((result.figures[0].again - lived.figures().wait_s).abs() < 1e-9);
    }

    #[test]
    fn nothing_changed_changes_nothing_by_any_chance() {
        let (recorded, _) = recorded(&morning());
        for figure in what_if(&recorded, &[], &[1, 2, 3]).figures {
            assert_eq!(
                (figure.difference, figure.plus_minus),
                (0.0, 0.0),
                "{figure:?}"
            );
        }
    }

    #[test]
    fn one_more_agent_shortens_waits_by_more_than_chance() {
        let (recorded, _) = recorded(&morning());
        let changes = [Change::OneMoreLike(AgentId(1))];
        let result = what_if(&recorded, &changes, &[1, 2, 3, 4, 5]);
        let wait = &result.figures[0];
        assert!(wait.difference + wait.plus_minus < 0.0, "{wait:?}");
        let occupancy = &result.figures[4];
        assert!(occupancy.difference < 0.0, "{occupancy:?}");
    }

    #[test]
    fn change_that_cannot_be_made_is_told_with_those_that_can() {
        let (recorded, _) = recorded(&morning());
        let state = recorded.lived.center.state();
        let agents: Vec<_> = state.agents.iter().map(|(id, _)| id).collect();
        let parse = |text: &str| Change::parse(text, &state.settings, &agents);
        let strategy = Strategy::LeastTalk;
        let queue = Some(QueueId(1));
        assert_eq!(
            parse("strategy:least_talk:ps"),
            Ok(Change::Strategy { queue, strategy })
        );
        assert_eq!(parse("agent:2"), Ok(Change::OneMoreLike(AgentId(2))));
        let refused = |text: &str| parse(text).expect_err("it is refused");
        assert_eq!(
            refused("agent:9"),
            "there is no agent \"9\"; there are 1, 2"
        );
        assert!(refused("skill:1:XX").starts_with("there is no skill \"XX\"; there are 1 PS"));
        assert!(refused("skill:1:PS:11").starts_with("level \"11\" is not 1 to 10"));
        assert!(refused("strategy:best").contains("longest_idle, best_skill"));
        assert!(refused("callbacks").contains("is not built"));
        assert!(refused("more of everything").contains("write agent:NUMBER"));
    }

    #[test]
    fn interval_of_pairs_is_that_of_student() {
        // Differences 1, 2 and 3: mean 2, standard error 0.577, two degrees of freedom.
        let compared = compare("x", 0.0, [vec![0.0, 0.0, 0.0], vec![1.0, 2.0, 3.0]]);
        assert!((compared.difference - 2.0).abs() < 1e-9);
        assert!((compared.plus_minus - 4.303 / 3_f64.sqrt()).abs() < 1e-9);
    }
}
