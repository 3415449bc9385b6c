//! The keeper: what to write so that Teams shows of people what is wanted, and which of what is read was written by it.
//!
//! A pure machine beside the contact center, not journaled: after a restart it is made anew from what the state wants
//! ([`Keeper::resume`]). Whoever drives it looks and writes, one act of a person at a time, and says what came of it. It
//! knows no wire name, no clock and no network.
//!
//! Two things are written (microsoft-graph.md 4). A *session* is one voice among others, which the person's own client
//! joins; it is all that `available` and `busy` need. A *preferred* status goes before every session, and a person who
//! chooses one in Teams chooses the same thing. So before one of ours is set or cleared somebody looks, and what the person
//! chose stays (B-224).

mod person;

pub use person::{Act, Outcome, Session, Write};

use super::{Seen, Status};
use crate::ids::AgentId;
use crate::time::Timestamp;
use person::Person;
use std::collections::{BTreeMap, BTreeSet};

/// How long what is written lasts, and how often it is written again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// The same is written again after so long (B-198), s.
    pub force_every_s: u32,
    /// What was written is taken for our own so long after it was written over, s: two looks, and the time that a change
    /// takes on the other side.
    pub echo_s: u32,
}

impl Pace {
    /// By what the rules say of cycles.
    #[must_use]
    pub const fn of(rules: &super::PresenceRules) -> Self {
        Self {
            force_every_s: rules.force_every_s,
            echo_s: rules.cycle_s.saturating_mul(2),
        }
    }
}

/// What a look came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// Whether Teams shows what the keeper wrote.
    pub is_echo: bool,
}

/// Keeps the people of one contact center.
#[derive(Clone, Debug)]
pub struct Keeper {
    pace: Pace,
    people: BTreeMap<AgentId, Person>,
    due: BTreeSet<(Timestamp, AgentId)>,
}

impl Keeper {
    /// Nobody is kept.
    #[must_use]
    pub const fn new(pace: Pace) -> Self {
        Self {
            pace,
            people: BTreeMap::new(),
            due: BTreeSet::new(),
        }
    }

    /// From now on it is done at another pace.
    pub fn set_pace(&mut self, now: Timestamp, pace: Pace) {
        self.pace = pace;
        let people: Vec<_> = self.people.keys().copied().collect();
        for agent in people {
            self.settle(now, agent);
        }
    }

    /// After a restart: this is wanted of somebody, and this was `before`; what of both was written may still be shown.
    pub fn resume(
        &mut self,
        now: Timestamp,
        agent: AgentId,
        wanted: Option<Status>,
        before: Option<Status>,
    ) {
        self.people
            .insert(agent, Person::resumed(now, wanted, before));
        self.settle(now, agent);
    }

    /// Teams is to show this of somebody, or nothing of ours.
    pub fn want(&mut self, now: Timestamp, agent: AgentId, wanted: Option<Status>) {
        let person = self.people.entry(agent).or_insert_with(|| Person::new(now));
        person.wants(wanted);
        self.settle(now, agent);
    }

    /// What Teams shows of somebody, looked at for all or for an act; none: it could not be seen.
    pub fn read(&mut self, now: Timestamp, agent: AgentId, seen: Option<Seen>) -> Reading {
        let Some(person) = self.people.get_mut(&agent) else {
            return Reading { is_echo: false };
        };
        let is_echo = person.reads(now, seen);
        self.settle(now, agent);
        Reading { is_echo }
    }

    /// The next act that is due. The same person has no other before [`Self::done`] says what came of it.
    pub fn next(&mut self, now: Timestamp) -> Option<(AgentId, Act)> {
        while let Some((at, agent)) = self.due.first().copied() {
            if at > now {
                return None;
            }
            self.due.remove(&(at, agent));
            let Some(person) = self.people.get_mut(&agent) else {
                continue;
            };
            person.due = None;
            match person.begin(now, &self.pace) {
                Some(act) => return Some((agent, act)),
                None => self.settle(now, agent),
            }
        }
        None
    }

    /// What came of an act.
    pub fn done(&mut self, now: Timestamp, agent: AgentId, outcome: Outcome) {
        if let Some(person) = self.people.get_mut(&agent) {
            person.ends(now, outcome, &self.pace);
            self.settle(now, agent);
        }
    }

    /// When [`Self::next`] has something.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Timestamp> {
        self.due.first().map(|(at, _)| *at)
    }

    /// When Teams was told last what it is to show of somebody; none: it has nothing of ours.
    #[must_use]
    pub fn told_at(&self, agent: AgentId) -> Option<Timestamp> {
        self.people.get(&agent)?.told_at()
    }

    /// How many people are kept.
    #[must_use]
    pub fn len(&self) -> usize {
        self.people.len()
    }

    /// Whether nobody is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.people.is_empty()
    }

    fn settle(&mut self, now: Timestamp, agent: AgentId) {
        let Some(person) = self.people.get_mut(&agent) else {
            return;
        };
        if let Some(before) = person.due.take() {
            self.due.remove(&(before, agent));
        }
        if person.is_forgotten(now) {
            self.people.remove(&agent);
            return;
        }
        person.due = person.due_at(now, &self.pace);
        self.due.extend(person.due.map(|at| (at, agent)));
    }
}
