//! Who gets whom (B4, R-11, R-16, R-17): the index that makes a choice cheap, and the choice itself.
//!
//! Each queue keeps its free agents and its waiting contacts in order, so that a choice looks at the
//! heads alone: O(log n), and O(queues of the agent) when an agent becomes free. Nothing scans.

use crate::agent::{Agent, Display};
use crate::contact::{Channel, Contact, State, Stay};
use crate::ids::{AgentId, ContactId, QueueId};
use crate::limits;
use crate::queue::{Queue, Strategy};
use crate::skill;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

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
    /// By the queue's strategy: lower is better. The negative sum of levels for `best_skill`, else 0.
    pub rank: i64,
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
    /// Then who waits longest.
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
    agents: BTreeMap<AgentId, Entry>,
    waiting: BTreeMap<ContactId, (QueueId, WaitKey)>,
}

/// What a queue knows of those who serve it and those who wait in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Line {
    free: BTreeSet<Candidate>,
    waiting: BTreeSet<(WaitKey, ContactId)>,
    /// Messages that wait: served like calls, and counted apart from them.
    #[serde(default)]
    messages: BTreeSet<(WaitKey, ContactId)>,
    n_by_display: BTreeMap<Display, u32>,
}

/// How an agent stands in the index.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Entry {
    display: Display,
    idle_since: Timestamp,
    serves: Vec<(QueueId, i64)>,
}

impl Stay {
    /// The place among those who wait.
    #[must_use]
    pub const fn key(&self) -> WaitKey {
        WaitKey {
            band: self.band,
            since: self.since,
            seq: self.seq,
        }
    }
}

impl Floor {
    /// Takes an agent's present standing. O(queues that the agent serves).
    pub(crate) fn stand(&mut self, id: AgentId, agent: &Agent) {
        let Some(entry) = self.agents.get(&id) else {
            return;
        };
        if entry.display == agent.display && entry.idle_since == agent.idle_since() {
            return;
        }
        let serves = entry.serves.clone();
        self.leave(id);
        self.enter(id, agent, serves);
    }

    /// Takes an agent's skills anew, or those of a new agent. O(queues).
    pub(crate) fn qualify<'a>(
        &mut self,
        id: AgentId,
        agent: &Agent,
        queues: impl Iterator<Item = (QueueId, &'a Queue)>,
    ) {
        self.leave(id);
        let able = queues.filter_map(|(queue, document)| {
            let levels = skill::met_by(&document.requirements, &agent.profile.skills)?;
            let rank = match document.strategy {
                Strategy::LongestIdle => 0,
                Strategy::BestSkill => -levels,
            };
            Some((queue, rank))
        });
        let serves = able.collect();
        self.enter(id, agent, serves);
    }

    /// Forgets an agent.
    pub(crate) fn leave(&mut self, id: AgentId) {
        let Some(entry) = self.agents.remove(&id) else {
            return;
        };
        for (queue, rank) in &entry.serves {
            let Some(line) = self.lines.get_mut(queue) else {
                continue;
            };
            if let Some(count) = line.n_by_display.get_mut(&entry.display) {
                *count = count.saturating_sub(1);
            }
            if entry.display == Display::Available {
                line.free.remove(&Candidate {
                    rank: *rank,
                    idle_since: entry.idle_since,
                    agent: id,
                });
            }
        }
    }

    fn enter(&mut self, id: AgentId, agent: &Agent, serves: Vec<(QueueId, i64)>) {
        let idle_since = agent.idle_since();
        for (queue, rank) in &serves {
            let line = self.lines.entry(*queue).or_default();
            *line.n_by_display.entry(agent.display).or_default() += 1;
            if agent.display == Display::Available {
                line.free.insert(Candidate {
                    rank: *rank,
                    idle_since,
                    agent: id,
                });
            }
        }
        self.agents.insert(
            id,
            Entry {
                display: agent.display,
                idle_since,
                serves,
            },
        );
    }

    /// Takes a contact's present standing. O(log n).
    pub(crate) fn wait(&mut self, id: ContactId, contact: Option<&Contact>) {
        let place = contact.and_then(|contact| match &contact.state {
            State::Queued(stay) => Some((stay.queue, stay.key())),
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
        if let Some((queue, key)) = self.waiting.remove(&id)
            && let Some(line) = self.lines.get_mut(&queue)
        {
            line.waiting.remove(&(key, id));
            line.messages.remove(&(key, id));
        }
        if let Some((queue, key)) = place {
            let line = self.lines.entry(queue).or_default();
            match contact.map(Contact::channel) {
                Some(Channel::Voicemail) => line.messages.insert((key, id)),
                Some(Channel::Voice) | None => line.waiting.insert((key, id)),
            };
            self.waiting.insert(id, (queue, key));
        }
    }

    /// How many messages wait in a queue.
    pub(crate) fn n_messages(&self, queue: QueueId) -> usize {
        self.lines.get(&queue).map_or(0, |line| line.messages.len())
    }

    /// How many wait in a queue, messages left out.
    pub(crate) fn n_waiting(&self, queue: QueueId) -> usize {
        self.lines.get(&queue).map_or(0, |line| line.waiting.len())
    }

    /// How many wait in a queue before a contact, up to a limit.
    pub(crate) fn n_ahead(&self, queue: QueueId, contact: ContactId) -> u32 {
        let Some((key, line)) = self
            .waiting
            .get(&contact)
            .and_then(|(_, key)| Some((key, self.lines.get(&queue)?)))
        else {
            return 0;
        };
        let before = line.waiting.range(..(*key, contact));
        let n = before.take(limits::PLACES_COUNTED_MAX).count();
        u32::try_from(n).unwrap_or(u32::MAX)
    }

    /// How many agents are free for a queue.
    pub(crate) fn n_free(&self, queue: QueueId) -> usize {
        self.lines.get(&queue).map_or(0, |line| line.free.len())
    }

    /// How many who may serve a queue want contacts, busy or not.
    pub(crate) fn n_ready(&self, queue: QueueId) -> u32 {
        let line = self.lines.get(&queue).into_iter();
        let counts = line.flat_map(|line| line.n_by_display.iter());
        let ready = counts.filter(|(it, _)| !matches!(it, Display::NotReady | Display::SignedOut));
        ready.map(|(_, count)| *count).sum()
    }

    /// Since when the contact that has waited longest waits. O(bands): the oldest of each is its first.
    pub(crate) fn oldest_in(&self, queue: QueueId) -> Option<Timestamp> {
        let line = self.lines.get(&queue)?;
        let mut first = line.waiting.first();
        let mut oldest: Option<Timestamp> = None;
        while let Some((key, _)) = first {
            oldest = Some(oldest.map_or(key.since, |it| it.min(key.since)));
            let last_of_band = WaitKey {
                since: Timestamp::MAX,
                seq: u64::MAX,
                ..*key
            };
            let after = (last_of_band, ContactId(u64::MAX));
            let later = line
                .waiting
                .range((Bound::Excluded(after), Bound::Unbounded));
            first = later.into_iter().next();
        }
        oldest
    }

    /// The contacts that wait in a queue, messages too, next first.
    pub(crate) fn waiting_in(&self, queue: QueueId) -> impl Iterator<Item = ContactId> + '_ {
        let line = self.lines.get(&queue).into_iter();
        let waiting = line.flat_map(|line| line.waiting.iter().chain(&line.messages));
        let mut waiting: Vec<_> = waiting.collect();
        waiting.sort_unstable();
        waiting.into_iter().map(|(_, id)| *id)
    }

    /// The contacts that wait in queues for which somebody is free, over all queues next first. It looks at
    /// all who wait: for the rare instant at which offers begin again.
    pub(crate) fn placeable(&self) -> Vec<ContactId> {
        let lines = self.lines.values().filter(|line| !line.free.is_empty());
        let mut waiting: Vec<_> = lines
            .flat_map(|line| line.waiting.iter().chain(&line.messages).copied())
            .collect();
        waiting.sort_unstable();
        waiting.into_iter().map(|(_, id)| id).collect()
    }

    /// The queues that an agent serves.
    pub(crate) fn served_by(&self, agent: AgentId) -> impl Iterator<Item = QueueId> + '_ {
        self.agents
            .get(&agent)
            .into_iter()
            .flat_map(|entry| entry.serves.iter().map(|(queue, _)| *queue))
    }

    /// The contact that an agent who became free should get: over all queues that the agent serves,
    /// the lowest key. O(queues of the agent + contacts that the agent is kept from).
    pub(crate) fn best_for(
        &self,
        agent: AgentId,
        is_cooling: impl Fn(ContactId) -> bool,
    ) -> Option<ContactId> {
        let heads = self.served_by(agent).filter_map(|queue| {
            let line = self.lines.get(&queue)?;
            let first = |waiting: &BTreeSet<(WaitKey, ContactId)>| {
                let found = waiting.iter().find(|(_, contact)| !is_cooling(*contact));
                found.copied()
            };
            let heads = [first(&line.waiting), first(&line.messages)];
            heads.into_iter().flatten().min()
        });
        heads.min().map(|(_, contact)| contact)
    }

    /// Decides for one contact.
    pub(crate) fn decide(&self, id: ContactId, contact: &Contact, stay: &Stay) -> Decision {
        let mut chosen = None;
        let mut next = Vec::new();
        let line = self.lines.get(&stay.queue);
        let free = line.iter().flat_map(|line| line.free.iter());
        for candidate in free.filter(|it| !contact.is_cooling(it.agent)) {
            if chosen.is_none() {
                chosen = Some(*candidate);
            } else if next.len() < limits::DECISION_NEXT_MAX {
                next.push(*candidate);
            } else {
                break;
            }
        }
        let n_free = line.map_or(0, |line| line.free.len());
        let cooling = contact.cooling().filter(|it| self.is_free(*it, stay.queue));
        let n_cooling = u32::try_from(cooling.count()).unwrap_or(u32::MAX);
        Decision {
            contact: id,
            queue: stay.queue,
            chosen,
            next,
            considered: u32::try_from(n_free)
                .unwrap_or(u32::MAX)
                .saturating_sub(n_cooling),
            excluded: self.exclusions(line, n_cooling),
            plan_step: 0,
            key: stay.key(),
        }
    }

    fn is_free(&self, agent: AgentId, queue: QueueId) -> bool {
        self.agents.get(&agent).is_some_and(|entry| {
            entry.display == Display::Available && entry.serves.iter().any(|(it, _)| *it == queue)
        })
    }

    fn exclusions(&self, line: Option<&Line>, n_cooling: u32) -> Vec<(Exclusion, u32)> {
        let mut by_reason: BTreeMap<Exclusion, u32> = BTreeMap::new();
        let mut n_able = 0;
        for (display, count) in line.iter().flat_map(|line| line.n_by_display.iter()) {
            n_able += count;
            let reason = EXCLUSIONS.iter().find(|(shown, _)| shown == display);
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
