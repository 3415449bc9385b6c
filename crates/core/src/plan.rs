//! Plans: what a queue asks of agents, step by step, the longer a contact waits. A step replaces what it
//! names and keeps the rest of the step before. Each entry of a step is one alarm of the contact; nothing ticks.

use crate::capacity::Demand;
use crate::condition::{Condition, Preference, validate_preferences};
use crate::flow::{Prompt, in_range, invalid};
use crate::ids::{AgentId, SkillId, TeamId};
use crate::limits;
use crate::presence::UnknownPresence;
use crate::queue::{Queue, Strategy};
use crate::refusal::Refusal;
use crate::skill::Proficiency;
use crate::team::Teams;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A step of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanStep {
    /// From so many seconds of waiting on.
    pub after_s: u32,
    /// What is asked from now on, instead of everything that was asked before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<Condition>,
    /// Of which teams whoever is asked is from now on; of any where it is empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub teams: Option<Teams>,
    /// What is liked from now on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preferences: Option<Vec<Preference>>,
    /// Which of the free agents is chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub strategy: Option<Strategy>,
    /// The priority band; never a later one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<u8>,
    /// How many seconds more than it has waited it counts as; never fewer than before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub boost_s: Option<u32>,
    /// What whoever enters it hears once; then the music goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompt: Option<Prompt>,
}

/// What is asked of agents at a step, and in which order they come: equal ones share a list of agents.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Ask {
    condition: Condition,
    /// Of which teams an agent must be; of any where it is empty.
    #[serde(default, skip_serializing_if = "Teams::is_any")]
    teams: Teams,
    preferences: Vec<Preference>,
    strategy: Strategy,
    /// Whoever has room for the one has room for the other.
    #[serde(default)]
    demand: Demand,
    /// What agents weigh, where chance goes by that; whoever is not named weighs 1.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    chances: BTreeMap<AgentId, u32>,
    /// Whether those count whose presence is not known.
    #[serde(default, skip_serializing_if = "UnknownPresence::is_default")]
    unknown_presence: UnknownPresence,
}

/// Why a contact is in a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepCause {
    /// It has waited so long.
    Waited,
    /// Nobody whom an earlier step would take is signed in.
    NobodySignedIn,
    /// The plan was changed.
    PlanChanged,
}

impl Ask {
    /// How an agent of a team with these skills ranks, lower first, or none for who does not meet it. Required levels
    /// count once for the best skilled, and preferred ones by their weight.
    #[must_use]
    pub fn rank(&self, team: Option<TeamId>, skills: &[Proficiency]) -> Option<i64> {
        if !self.teams.take(team) {
            return None;
        }
        let levels = self.condition.levels(skills)?;
        let liked = self.preferences.iter().filter_map(|liked| {
            let have = skills.iter().find(|it| it.skill == liked.skill)?;
            Some(i64::from(liked.weight) * i64::from(have.level.0))
        });
        let required = match self.strategy {
            Strategy::BestSkill => levels,
            Strategy::LongestIdle
            | Strategy::LongestSinceInbound
            | Strategy::LongestSinceOffer
            | Strategy::LongestReady
            | Strategy::RoundRobin
            | Strategy::Ordered
            | Strategy::FewestContacts
            | Strategy::LeastTalk
            | Strategy::Random
            | Strategy::LeastActive
            | Strategy::HighestFreeUnits
            | Strategy::RandomWeighted => 0,
        };
        Some(-(liked.sum::<i64>() + required))
    }

    /// Which of the free agents is chosen.
    #[must_use]
    pub const fn strategy(&self) -> Strategy {
        self.strategy
    }

    /// What an agent weighs for chance.
    #[must_use]
    pub fn weight(&self, agent: AgentId) -> u64 {
        self.chances.get(&agent).copied().unwrap_or(1).into()
    }

    /// What its contacts take of an agent.
    #[must_use]
    pub const fn demand(&self) -> &Demand {
        &self.demand
    }

    /// Whether those count whose presence is not known.
    pub(crate) const fn unknown_presence(&self) -> UnknownPresence {
        self.unknown_presence
    }

    /// Whether its contacts come to whom contacts usually come.
    pub(crate) fn is_usual(&self) -> bool {
        self.demand.is_default() && self.unknown_presence.is_default()
    }

    /// The skills that whoever meets it must have.
    pub(crate) fn necessary(&self) -> Vec<SkillId> {
        self.condition.necessary()
    }
}

impl Queue {
    /// How many steps there are; the first, 0, is what the queue itself asks.
    #[must_use]
    pub fn n_steps(&self) -> u32 {
        u32::try_from(self.plan.len() + 1).unwrap_or(u32::MAX)
    }

    /// The steps that count at a step.
    fn until(&self, step: u32) -> impl DoubleEndedIterator<Item = &PlanStep> {
        let n = usize::try_from(step).unwrap_or(usize::MAX);
        self.plan.iter().take(n)
    }

    fn own_condition(&self) -> Condition {
        let required = self.requirements.iter().map(Condition::from);
        let more = self.condition.as_deref().cloned();
        Condition::All(required.chain(more).collect())
    }

    fn condition_at(&self, step: u32) -> Condition {
        let replaced = self.until(step).rev().find_map(|it| it.condition.clone());
        replaced.unwrap_or_else(|| self.own_condition())
    }

    fn teams_at(&self, step: u32) -> Teams {
        let replaced = self.until(step).rev().find_map(|it| it.teams.clone());
        replaced.unwrap_or_else(|| self.teams.as_deref().cloned().unwrap_or_default())
    }

    /// What is asked of agents at a step.
    #[must_use]
    pub fn ask(&self, step: u32) -> Ask {
        let preferences = self.until(step).rev().find_map(|it| it.preferences.clone());
        let mut preferences = preferences.unwrap_or_else(|| self.preferences.clone());
        preferences.sort_unstable();
        let strategy = self.until(step).rev().find_map(|it| it.strategy);
        let strategy = strategy.unwrap_or(self.strategy);
        // Queues that choose otherwise share agents whatever weights they have.
        let weighed = { self.chances().iter() }.filter(|_| strategy == Strategy::RandomWeighted);
        let weighed = weighed.filter(|it| it.weight != 1);
        Ask {
            condition: self.condition_at(step).normalized(),
            teams: self.teams_at(step),
            preferences,
            strategy,
            demand: self.demand.clone(),
            chances: weighed.map(|it| (it.agent, it.weight)).collect(),
            unknown_presence: self.unknown_presence,
        }
    }

    /// The priority band of its contacts at a step.
    #[must_use]
    pub fn band_at(&self, step: u32) -> u8 {
        let band = self.until(step).rev().find_map(|it| it.priority);
        band.unwrap_or(self.priority)
    }

    /// How much older than they are its contacts count at a step, s.
    #[must_use]
    pub fn boost_at(&self, step: u32) -> u32 {
        let boost = self.until(step).rev().find_map(|it| it.boost_s);
        boost.unwrap_or(0)
    }

    /// What whoever enters a step hears.
    #[must_use]
    pub fn prompt_at(&self, step: u32) -> Option<&Prompt> {
        self.until(step).next_back()?.prompt.as_ref()
    }

    /// The step of who waits since an instant.
    #[must_use]
    pub fn step_due(&self, since: Timestamp, now: Timestamp) -> u32 {
        let steps = self.plan.iter();
        let due = steps.take_while(|it| since.plus_seconds(it.after_s) <= now);
        u32::try_from(due.count()).unwrap_or(u32::MAX)
    }

    /// When the step after `step` is entered by who waits since an instant.
    #[must_use]
    pub fn next_step_at(&self, since: Timestamp, step: u32) -> Option<Timestamp> {
        let next = self.plan.get(usize::try_from(step).ok()?)?;
        Some(since.plus_seconds(next.after_s))
    }

    /// The skills that it names, with their places.
    pub(crate) fn skills_named(&self) -> impl Iterator<Item = SkillId> + '_ {
        let required = self.requirements.iter().map(|it| it.skill);
        let steps = self.plan.iter();
        let conditions = steps.clone().filter_map(|it| it.condition.as_ref());
        let conditions = self.condition.as_deref().into_iter().chain(conditions);
        let in_conditions =
            conditions.flat_map(|it| it.terms("").into_iter().map(|(_, it)| it.skill));
        let liked = steps.flat_map(|it| it.preferences.iter().flatten());
        let liked = self.preferences.iter().chain(liked).map(|it| it.skill);
        required.chain(in_conditions).chain(liked)
    }

    /// The teams that it names, with their places.
    pub(crate) fn teams_named(&self) -> impl Iterator<Item = (String, TeamId)> + '_ {
        let own = self.teams.iter().map(|it| ("team_ids".to_owned(), &**it));
        let steps = self.plan.iter().enumerate().filter_map(|(n, step)| {
            let teams = step.teams.as_ref()?;
            Some((format!("plan[{n}].team_ids"), teams))
        });
        let all = own.chain(steps);
        all.flat_map(|(place, teams)| teams.iter().map(move |it| (place.clone(), it)))
    }

    /// Checks what it asks of agents, at every step.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] with the place and the reason.
    pub fn validate_asks(&self, is_known: &dyn Fn(SkillId) -> bool) -> Result<(), Refusal> {
        if let Some(condition) = &self.condition {
            condition.validate("condition", is_known)?;
            // The list and the condition must hold together.
            self.own_condition().validate_possible("condition")?;
        }
        validate_preferences(&self.preferences, "preferences", is_known)?;
        let max = limits::PLAN_STEPS_MAX;
        if self.plan.len() > max {
            return Err(invalid("plan", format!("has more than {max} steps")));
        }
        for (n, step) in (0_u32..).zip(&self.plan) {
            self.validate_step(n, step, is_known)?;
        }
        self.validate_last_step()
    }

    fn validate_step(
        &self,
        n: u32,
        step: &PlanStep,
        is_known: &dyn Fn(SkillId) -> bool,
    ) -> Result<(), Refusal> {
        let place = format!("plan[{n}]");
        let at = |field: &str| format!("{place}.{field}");
        let before = self.until(n).next_back().map_or(0, |it| it.after_s);
        let last = self.max_wait_s.saturating_sub(1);
        if step.after_s > last {
            let detail = format!("is never entered: nobody waits longer than {last} s here");
            return Err(invalid(&at("after_s"), detail));
        }
        in_range(&at("after_s"), step.after_s, before + 1, last)?;
        if let Some(condition) = &step.condition {
            condition.validate(&at("condition"), is_known)?;
        }
        if let Some(preferences) = &step.preferences {
            validate_preferences(preferences, &at("preferences"), is_known)?;
        }
        let (band, boost) = (self.band_at(n), self.boost_at(n));
        if step.priority.is_some_and(|it| it > band) {
            let detail = format!("puts who waits behind newcomers; write at most {band}");
            return Err(invalid(&at("priority"), detail));
        }
        if let Some(boost_s) = step.boost_s {
            let max = limits::BOOST_SECONDS_MAX;
            in_range(&at("boost_s"), boost_s, boost, max)?;
        }
        let is_same = step.prompt.is_none()
            && self.ask(n) == self.ask(n + 1)
            && (band, boost) == (self.band_at(n + 1), self.boost_at(n + 1));
        if is_same {
            let detail = "changes nothing; say what it changes, or leave it out".to_owned();
            return Err(invalid(&place, detail));
        }
        Ok(())
    }

    /// Whoever could take a contact earlier can take it in the end: no contact starves for having waited.
    fn validate_last_step(&self) -> Result<(), Refusal> {
        let last = self.n_steps() - 1;
        let (wanted, teams) = (self.condition_at(last), self.teams_at(last));
        for step in 0..last {
            if !teams.include(&self.teams_at(step)) {
                let place = format!("plan[{}].team_ids", last - 1);
                let detail = format!(
                    "starves who waits: teams whose agents step {step} takes are not there in the end; \
                     let the last step name them too, or none for all"
                );
                return Err(invalid(&place, detail));
            }
            let earlier = self.condition_at(step);
            let place = format!("plan[{}].condition", last - 1);
            let is_wider = wanted.is_met_by_all_of(&earlier);
            if !is_wider.map_err(|detail| invalid(&place, detail))? {
                let detail = format!(
                    "starves who waits: agents whom step {step} takes are not taken in the end; \
                     let the last step take them too"
                );
                return Err(invalid(&place, detail));
            }
        }
        Ok(())
    }
}
