//! Who gets whom (B4, R-11, R-16, R-17): the index that makes a choice cheap, and the choice itself.
//!
//! Queues that ask the same of agents share a pool: its free agents and its waiting contacts in order. A choice looks
//! at the heads alone: O(log n), and O(pools of the agent) when an agent becomes free. Nothing scans, and no order
//! changes by the passing of time (decision 0023).

mod line;
mod pool;
mod pools;

use crate::agent::{Agent, Agents, Display, Figures};
use crate::contact::{Contact, State, Stay};
use crate::ids::{AgentId, ContactId, OfferId, QueueId};
use crate::limits;
use crate::queue::Queue;
use crate::time::Timestamp;
use line::{Line, Place, WaitsAs};
use pool::Pool;
use pools::{PoolId, Pools};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A routing decision, explained.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// For which contact.
    pub contact: ContactId,
    /// In which queue.
    pub queue: QueueId,
    /// Who was chosen; nobody means that the contact waits.
    pub chosen: Option<Candidate>,
    /// Who would have been next, best first.
    pub next: Vec<Candidate>,
    /// How many agents were free and able.
    pub considered: u32,
    /// How many agents were not, by the first reason that holds.
    pub excluded: Vec<(Exclusion, u32)>,
    /// The step of the queue's plan; 0 is the queue's own requirement.
    pub plan_step: u32,
    /// The contact's place among those who wait.
    pub key: WaitKey,
}

/// A free agent with the key by which agents are ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Candidate {
    /// By the skills: lower is better. The negative sum of what preferred levels weigh, and of the required levels
    /// for `best_skill`.
    pub rank: i64,
    /// Then by the queue's strategy: lower is better.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub order: i64,
    /// Then the longest idle.
    pub idle_since: Timestamp,
    /// Then the lowest id.
    pub agent: AgentId,
}

/// A contact's place among those who wait: lower is served first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct WaitKey {
    /// The priority band.
    pub band: u8,
    /// Then who waits longest, or counts as if.
    pub since: Timestamp,
    /// Then who came first.
    pub seq: u64,
}

/// Why an agent was not considered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Exclusion {
    /// Does not have the queue's skills at the queue's levels.
    LacksSkill,
    /// Not here.
    SignedOut,
    /// Wants none.
    NotReady,
    /// Has another offer.
    Offering,
    /// Has a contact.
    OnContact,
    /// Has work left.
    WrapUp,
    /// Missed or declined this contact a moment ago.
    CoolingDown,
}

const EXCLUSIONS: [(Display, Exclusion); 6] = [
    (Display::SignedOut, Exclusion::SignedOut),
    (Display::NotReady, Exclusion::NotReady),
    (Display::Offering, Exclusion::Offering),
    (Display::Connecting, Exclusion::OnContact),
    (Display::OnContact, Exclusion::OnContact),
    (Display::WrapUp, Exclusion::WrapUp),
];

/// The index.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Floor {
    lines: BTreeMap<QueueId, Line>,
    pools: Pools,
    agents: BTreeMap<AgentId, Entry>,
    waiting: BTreeMap<ContactId, Place>,
}

/// How an agent stands in the index.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Entry {
    display: Display,
    figures: Figures,
    /// The pools that the agent is in, in order, and the rank in each.
    serves: Vec<(PoolId, i64)>,
}

impl Stay {
    /// The place among those who wait: by band, then by age with what was added to it.
    #[must_use]
    pub fn key(&self) -> WaitKey {
        let added_s = i64::from(self.boost_s) + i64::from(self.adjustment.age_s);
        WaitKey {
            band: self.adjustment.band.unwrap_or(self.band),
            since: self.since.plus_micros(-MICROS.saturating_mul(added_s)),
            seq: self.seq,
        }
    }
}

/// Microseconds of a second.
const MICROS: i64 = 1_000_000;
const fn is_zero(order: &i64) -> bool {
    *order == 0
}

/// What chance says for an offer: the same for the same number, and nothing to be seen in it.
#[must_use]
pub const fn draw(offer: OfferId) -> u64 {
    let mut z = offer.0.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

impl Floor {
    /// Takes an agent's present standing. O(pools that the agent is in).
    pub(crate) fn stand(&mut self, id: AgentId, agent: &Agent) {
        let Some(entry) = self.agents.get_mut(&id) else {
            return;
        };
        let (display, figures) = (agent.display, agent.figures());
        if entry.display == display && entry.figures == figures {
            return;
        }
        for (pool, rank) in &entry.serves {
            if let Some(pool) = self.pools.get_mut(*pool) {
                pool.leave(id, *rank, entry.display, &entry.figures);
                pool.enter(id, *rank, display, &figures);
            }
        }
        entry.display = display;
        entry.figures = figures;
    }

    /// Takes an agent's skills anew, or those of a new agent. O(pools under these skills).
    pub(crate) fn qualify(&mut self, id: AgentId, agent: &Agent) {
        self.leave(id);
        let entry = Entry {
            display: agent.display,
            figures: agent.figures(),
            serves: self.pools.met_by(&agent.profile.skills),
        };
        for (pool, rank) in &entry.serves {
            if let Some(pool) = self.pools.get_mut(*pool) {
                pool.enter(id, *rank, entry.display, &entry.figures);
            }
        }
        self.agents.insert(id, entry);
    }

    /// Forgets an agent.
    pub(crate) fn leave(&mut self, id: AgentId) {
        let Some(entry) = self.agents.remove(&id) else {
            return;
        };
        for (pool, rank) in &entry.serves {
            if let Some(pool) = self.pools.get_mut(*pool) {
                pool.leave(id, *rank, entry.display, &entry.figures);
            }
        }
    }

    /// Takes what a queue asks, or that it is gone. What it asked before stays with those who ask it still.
    pub(crate) fn ask(&mut self, id: QueueId, queue: Option<&Queue>, agents: &Agents) {
        let asks = queue.map(|it| (0..it.n_steps()).map(|step| it.ask(step)));
        let (pools, entries) = (&mut self.pools, &mut self.agents);
        let named = asks.into_iter().flatten();
        let named: Vec<_> = named.map(|it| pools.name(it, agents, entries)).collect();
        let line = self.lines.entry(id).or_default();
        let before = std::mem::replace(&mut line.pools, named);
        if let Some(pool) = before.first().and_then(|it| pools.get_mut(*it)) {
            pool.queues.remove(&id);
        }
        if let Some(pool) = line.pools.first().and_then(|it| pools.get_mut(*it)) {
            pool.queues.insert(id);
        }
        for pool in before {
            pools.unname(pool, entries);
        }
        if queue.is_none() {
            self.lines.remove(&id);
        }
    }

    /// Notes whom a queue chose: the pointer of its ring moves on.
    pub(crate) fn chosen(&mut self, queue: QueueId, agent: AgentId) {
        if let Some(line) = self.lines.get_mut(&queue) {
            line.last_chosen = Some(agent);
        }
    }

    /// Takes a contact's present standing. O(log n).
    pub(crate) fn wait(&mut self, id: ContactId, contact: Option<&Contact>) {
        let place = contact.and_then(|contact| match &contact.state {
            State::Queued(stay) => Some(Place {
                queue: stay.queue,
                pool: self.lines.get(&stay.queue)?.pool_at(stay.step),
                key: stay.key(),
                since: stay.since,
                kind: WaitsAs::of(contact),
            }),
            State::Dialing(..)
            | State::Created
            | State::InFlow
            | State::Offering(..)
            | State::Connected(..)
            | State::Outside(..)
            | State::WrapUp(..) => None,
        });
        if self.waiting.get(&id) == place.as_ref() {
            return;
        }
        if let Some(before) = self.waiting.remove(&id) {
            if let Some(line) = self.lines.get_mut(&before.queue) {
                line.leave(id, &before);
            }
            if let Some(pool) = before.pool.and_then(|it| self.pools.get_mut(it)) {
                pool.waiting.remove(&(before.key, id));
            }
        }
        if let Some(place) = place {
            if let Some(line) = self.lines.get_mut(&place.queue) {
                line.enter(id, &place);
            }
            if let Some(pool) = place.pool.and_then(|it| self.pools.get_mut(it)) {
                pool.waiting.insert((place.key, id));
            }
            self.waiting.insert(id, place);
        }
    }

    /// How many messages wait in a queue.
    pub(crate) fn n_messages(&self, queue: QueueId) -> usize {
        self.lines.get(&queue).map_or(0, |line| line.messages.len())
    }

    /// How many wait on the line in a queue: no messages, no callbacks.
    pub(crate) fn n_waiting(&self, queue: QueueId) -> usize {
        self.lines.get(&queue).map_or(0, Line::n_callers)
    }

    /// How many are served before who would join a queue now: on the line, or to be called back.
    pub(crate) fn n_in_line(&self, queue: QueueId) -> usize {
        self.lines.get(&queue).map_or(0, |line| line.waiting.len())
    }

    /// How many wait in a queue before a contact, up to a limit.
    pub(crate) fn n_ahead(&self, queue: QueueId, contact: ContactId) -> u32 {
        let place = self.waiting.get(&contact);
        let line = self.lines.get(&queue);
        let n = place
            .zip(line)
            .map(|(it, line)| line.n_ahead(contact, it.key));
        n.unwrap_or(0)
    }

    /// Those who meet what a queue asks of its own.
    fn own_pool(&self, queue: QueueId) -> Option<&Pool> {
        self.pools.get(*self.lines.get(&queue)?.pools.first()?)
    }

    /// How many agents are free for a queue.
    pub(crate) fn n_free(&self, queue: QueueId) -> usize {
        self.own_pool(queue).map_or(0, |pool| pool.free.len())
    }

    /// How many who may serve a queue want contacts, busy or not.
    pub(crate) fn n_ready(&self, queue: QueueId) -> u32 {
        let counts = self.own_pool(queue).into_iter().flat_map(Pool::counts);
        let ready = counts.filter(|(it, _)| !matches!(it, Display::NotReady | Display::SignedOut));
        ready.map(|(_, count)| count).sum()
    }

    /// How many who meet what a queue asks at a step are here.
    pub(crate) fn n_signed_in(&self, queue: QueueId, step: u32) -> u32 {
        let pool = self.lines.get(&queue).and_then(|it| it.pool_at(step));
        let pool = pool.and_then(|it| self.pools.get(it));
        pool.map_or(0, Pool::n_signed_in)
    }

    /// Since when the contact that has waited longest waits.
    pub(crate) fn oldest_in(&self, queue: QueueId) -> Option<Timestamp> {
        self.lines.get(&queue)?.oldest()
    }

    /// The contacts that wait in a queue, messages too, next first.
    pub(crate) fn waiting_in(&self, queue: QueueId) -> impl Iterator<Item = ContactId> + '_ {
        let line = self.lines.get(&queue).into_iter();
        let waiting = line.flat_map(|line| line.waiting.iter().chain(&line.messages));
        let mut waiting: Vec<_> = waiting.collect();
        waiting.sort_unstable();
        waiting.into_iter().map(|(_, id)| *id)
    }

    /// The contacts that wait for pools in which somebody is free, over all queues next first. It looks at
    /// all who wait: for the rare instant at which offers begin again.
    pub(crate) fn placeable(&self) -> Vec<ContactId> {
        let pools = self.pools.iter().filter(|pool| !pool.free.is_empty());
        let mut waiting: Vec<_> = pools.flat_map(|it| it.waiting.iter().copied()).collect();
        waiting.sort_unstable();
        waiting.into_iter().map(|(_, id)| id).collect()
    }

    /// The queues that an agent serves without any waiting.
    pub(crate) fn served_by(&self, agent: AgentId) -> impl Iterator<Item = QueueId> + '_ {
        let entry = self.agents.get(&agent).into_iter();
        let pools = entry.flat_map(|it| it.serves.iter());
        let pools = pools.filter_map(|(pool, _)| self.pools.get(*pool));
        let mut queues: Vec<_> = pools.flat_map(|it| it.queues.iter().copied()).collect();
        queues.sort_unstable();
        queues.into_iter()
    }

    /// The contact that an agent who became free should get: over all pools that the agent is in,
    /// the lowest key. O(pools of the agent + contacts that the agent is kept from).
    pub(crate) fn best_for(
        &self,
        agent: AgentId,
        is_kept_away: impl Fn(ContactId) -> bool,
    ) -> Option<ContactId> {
        let entry = self.agents.get(&agent)?;
        let heads = entry.serves.iter().filter_map(|(pool, _)| {
            let mut waiting = self.pools.get(*pool)?.waiting.iter();
            waiting.find(|(_, contact)| !is_kept_away(*contact))
        });
        heads.min().map(|(_, contact)| *contact)
    }

    /// Decides for one contact, which is not offered to those who are `cooling`, and for which `draw` is what
    /// chance says.
    pub(crate) fn decide(
        &self,
        id: ContactId,
        cooling: &[AgentId],
        stay: &Stay,
        draw: u64,
    ) -> Decision {
        let line = self.lines.get(&stay.queue);
        let pool_id = line.and_then(|it| it.pool_at(stay.step));
        let pool = pool_id.and_then(|it| self.pools.get(it));
        let begin = pool.map(|it| it.begin(line.and_then(|it| it.last_chosen), draw));
        let n = limits::DECISION_NEXT_MAX + 1;
        let found = pool
            .zip(begin)
            .map(|(pool, begin)| pool.first(begin, n, |agent| cooling.contains(&agent)));
        let mut found = found.unwrap_or_default().into_iter();
        let n_free = pool.map_or(0, |pool| pool.free.len());
        let cooling = cooling.iter().filter(|it| self.is_free(**it, pool_id));
        let n_cooling = u32::try_from(cooling.count()).unwrap_or(u32::MAX);
        Decision {
            contact: id,
            queue: stay.queue,
            chosen: found.next(),
            next: found.collect(),
            considered: u32::try_from(n_free)
                .unwrap_or(u32::MAX)
                .saturating_sub(n_cooling),
            excluded: self.exclusions(pool, n_cooling),
            plan_step: stay.step,
            key: stay.key(),
        }
    }

    fn is_free(&self, agent: AgentId, pool: Option<PoolId>) -> bool {
        self.agents
            .get(&agent)
            .zip(pool)
            .is_some_and(|(entry, pool)| {
                let serves = entry.serves.binary_search_by_key(&pool, |(it, _)| *it);
                entry.display == Display::Available && serves.is_ok()
            })
    }

    fn exclusions(&self, pool: Option<&Pool>, n_cooling: u32) -> Vec<(Exclusion, u32)> {
        let mut by_reason: BTreeMap<Exclusion, u32> = BTreeMap::new();
        let mut n_able = 0;
        for (display, count) in pool.into_iter().flat_map(Pool::counts) {
            n_able += count;
            let reason = EXCLUSIONS.iter().find(|(shown, _)| *shown == display);
            if let Some((_, reason)) = reason {
                *by_reason.entry(*reason).or_default() += count;
            }
        }
        let n_agents = u32::try_from(self.agents.len()).unwrap_or(u32::MAX);
        by_reason.insert(Exclusion::LacksSkill, n_agents.saturating_sub(n_able));
        by_reason.insert(Exclusion::CoolingDown, n_cooling);
        by_reason
            .into_iter()
            .filter(|(_, count)| *count > 0)
            .collect()
    }
}
