//! The naive scan: everybody is looked at, in dense arrays, and every condition and order is stated again. It is the
//! peer of the choices, and what they are held against.

use super::world::{SKILLS, World, meets};
use tandem_core::agent::{Agent, Display};
use tandem_core::ids::{AgentId, ContactId, OfferId, QueueId};
use tandem_core::queue::Strategy;
use tandem_core::routing::{WaitKey, draw};
use tandem_core::skill::Requirement;

/// A contact that waits: its key, and the queue in which it does.
pub(super) type Waiting = (WaitKey, ContactId, QueueId);

/// All agents, densely.
pub(super) struct Naive {
    /// For each skill the levels of all agents: a scan reads a column from end to end.
    levels: Vec<u8>,
    n_agents: usize,
    is_free: Vec<bool>,
    idle_since: Vec<i64>,
}

fn place(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

impl Naive {
    /// With the skills as they stand.
    pub(super) fn of(world: &World) -> Self {
        let n_agents = world.skills.len() + 1;
        let mut levels = vec![0; n_agents * (place(SKILLS) + 1)];
        for (agent, skills) in &world.skills {
            for have in skills {
                let at = place(have.skill.0) * n_agents + place(agent.0);
                if let Some(level) = levels.get_mut(at) {
                    *level = have.level.0;
                }
            }
        }
        let mut naive = Self {
            levels,
            n_agents,
            is_free: vec![false; n_agents],
            idle_since: vec![0; n_agents],
        };
        naive.look(world);
        naive
    }

    /// Who is free, and since when.
    pub(super) fn look(&mut self, world: &World) {
        for (id, agent) in world.center.state().agents.iter() {
            let at = place(id.0);
            if let Some(is_free) = self.is_free.get_mut(at) {
                *is_free = agent.display == Display::Available;
            }
            if let Some(since) = self.idle_since.get_mut(at) {
                *since = agent.idle_since().as_micros();
            }
        }
    }

    /// The agent who is idle for longest of all who are free and have what is asked.
    pub(super) fn longest_idle(&self, ask: &[Requirement]) -> Option<AgentId> {
        let columns = ask.iter().map(|it| {
            let begin = place(it.skill.0) * self.n_agents;
            let column = self.levels.get(begin..begin + self.n_agents);
            (column.unwrap_or_default(), it.min_level.0)
        });
        let columns: Vec<(&[u8], u8)> = columns.collect();
        let mut best: Option<(i64, usize)> = None;
        for (agent, (is_free, since)) in self.is_free.iter().zip(&self.idle_since).enumerate() {
            let has = |(levels, min): &(&[u8], u8)| levels.get(agent).is_some_and(|it| it >= min);
            let is_better = best.is_none_or(|best| (*since, agent) < best);
            if *is_free && is_better && columns.iter().all(has) {
                best = Some((*since, agent));
            }
        }
        let (_, agent) = best?;
        Some(AgentId(u64::try_from(agent).ok()?))
    }

    /// The agent whom the strategy of a queue puts first.
    pub(super) fn by_strategy(&self, world: &World, queue: QueueId) -> Option<AgentId> {
        let state = world.center.state();
        let strategy = state.settings.queue(queue)?.strategy;
        let ask = world.ask_of(queue);
        let agents = state.agents.iter().filter(|(id, _)| {
            let is_free = self.is_free.get(place(id.0)) == Some(&true);
            is_free && world.skills.get(id).is_some_and(|it| meets(it, ask))
        });
        let last = world.last_chosen.get(&queue).copied();
        let mut keys: Vec<(i64, i64, AgentId)> = agents
            .map(|(id, agent)| {
                let key = key(strategy, ask, last, id, agent);
                (key, agent.idle_since().as_micros(), id)
            })
            .collect();
        keys.sort_unstable();
        let first = match strategy {
            // Nobody weighs more than another here.
            Strategy::Random | Strategy::RandomWeighted => {
                let n = u64::try_from(keys.len()).unwrap_or(1);
                place(draw(OfferId(world.last_offer + 1)).checked_rem(n)?)
            }
            Strategy::LongestIdle
            | Strategy::BestSkill
            | Strategy::LongestSinceInbound
            | Strategy::LongestSinceOffer
            | Strategy::LongestReady
            | Strategy::RoundRobin
            | Strategy::Ordered
            | Strategy::FewestContacts
            | Strategy::LeastTalk
            | Strategy::LeastActive
            | Strategy::HighestFreeUnits => 0,
        };
        keys.get(first).map(|(_, _, id)| *id)
    }

    /// The contact that an agent may take with the lowest key; the line is in no order.
    pub(super) fn lowest_for(
        &self,
        world: &World,
        agent: AgentId,
        waiting: &[Waiting],
    ) -> Option<ContactId> {
        let able = waiting.iter().filter(|(_, _, queue)| {
            world.ask_of(*queue).iter().all(|it| {
                let at = place(it.skill.0) * self.n_agents + place(agent.0);
                self.levels
                    .get(at)
                    .is_some_and(|level| *level >= it.min_level.0)
            })
        });
        able.min().map(|(_, contact, _)| *contact)
    }
}

fn key(
    strategy: Strategy,
    ask: &[Requirement],
    last: Option<AgentId>,
    id: AgentId,
    agent: &Agent,
) -> i64 {
    let number = i64::try_from(id.0).unwrap_or(i64::MAX);
    match strategy {
        // Of the free agents of this floor, nobody has anything, and units are not counted.
        Strategy::LongestIdle
        | Strategy::Random
        | Strategy::LeastActive
        | Strategy::HighestFreeUnits => 0,
        Strategy::BestSkill => {
            let skills = agent.profile.skills.iter();
            let asked = skills.filter(|have| ask.iter().any(|it| it.skill == have.skill));
            -asked.map(|have| i64::from(have.level.0)).sum::<i64>()
        }
        Strategy::LongestSinceInbound => agent.tally.inbound_at.as_micros(),
        Strategy::LongestSinceOffer => agent.tally.offered_at.as_micros(),
        Strategy::LongestReady => agent.tally.ready_at.as_micros(),
        Strategy::RoundRobin if last.is_some_and(|last| id <= last) => i64::MAX / 2 + number,
        Strategy::RoundRobin | Strategy::Ordered | Strategy::RandomWeighted => number,
        Strategy::FewestContacts => i64::from(agent.tally.n_contacts),
        Strategy::LeastTalk => agent.tally.talk_micros,
    }
}

/// Those who wait, as the state has them.
pub(super) fn line(world: &World, contacts: &[(ContactId, QueueId)]) -> Vec<Waiting> {
    let waiting = contacts.iter().filter_map(|(contact, queue)| {
        let stay = world.center.state().contacts.get(*contact)?.waits()?;
        Some((stay.key(), *contact, *queue))
    });
    waiting.collect()
}
