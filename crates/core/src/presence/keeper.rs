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

/// How often what is written is written again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// The same is written again after so long (B-198), s.
    pub force_every_s: u32,
    /// What was written is taken for our own so long after it was written over, s: two looks, and the time that a change
    /// takes on the other side.
    pub echo_s: u32,
    /// A session that says available is written again after so long, s.
    pub renew_available_s: u32,
    /// A preferred status is written again after so long, s; it lasts a quarter longer.
    pub renew_preferred_s: u32,
}

/// A session that says available fades after five minutes (B-225).
const RENEW_AVAILABLE_S: u32 = 240;
/// Until ten minutes are over one that fades still shows available (microsoft-graph.md 4).
const RENEW_AVAILABLE_S_MAX: u32 = 540;
/// A preferred status of ours ends by itself soon after a crash (B-224).
const RENEW_PREFERRED_S: u32 = 480;
/// Where there are so many people that it has to last longer: an hour.
const RENEW_PREFERRED_S_MAX: u32 = 2_880;

impl Pace {
    /// By what the rules say of cycles.
    #[must_use]
    pub const fn of(rules: &super::PresenceRules) -> Self {
        Self {
            force_every_s: rules.force_every_s,
            echo_s: rules.cycle_s.saturating_mul(2),
            renew_available_s: RENEW_AVAILABLE_S,
            renew_preferred_s: RENEW_PREFERRED_S,
        }
    }

    /// Where there are so many people that writing as often as this would be more than `acts_per_s`, it is written less
    /// often, as far as Teams shows the same all the same. Whatever is wanted of each of them, an available one takes one act
    /// and a preferred status two, with the look before it.
    #[must_use]
    pub fn fitting(self, n_people: usize, acts_per_s: u32) -> Self {
        let n_people = u32::try_from(n_people).unwrap_or(u32::MAX);
        let spread_s = n_people.div_ceil(acts_per_s.max(1));
        let preferred_s = spread_s.saturating_mul(2);
        Self {
            renew_available_s: spread_s.clamp(RENEW_AVAILABLE_S, RENEW_AVAILABLE_S_MAX),
            renew_preferred_s: preferred_s.clamp(RENEW_PREFERRED_S, RENEW_PREFERRED_S_MAX),
            ..self
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
        if self.pace == pace {
            return;
        }
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
            .insert(agent, Person::resumed(now, wanted, before, &self.pace));
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
            if let Some(act) = self.next_of(now, agent) {
                return Some((agent, act));
            }
        }
        None
    }

    /// The next act of somebody, if one is due. What was looked at a moment ago does not wait behind all the others: it would
    /// have to be looked at again.
    pub fn next_of(&mut self, now: Timestamp, agent: AgentId) -> Option<Act> {
        let person = self.people.get_mut(&agent)?;
        let at = person.due.filter(|at| *at <= now)?;
        person.due = None;
        self.due.remove(&(at, agent));
        let act = person.begin(now, &self.pace);
        if act.is_none() {
            self.settle(now, agent);
        }
        act
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::presence::{Doing, PresenceRules};

    const START: Timestamp = Timestamp::from_micros(1_774_728_000_000_000);

    fn usual() -> Pace {
        Pace::of(&PresenceRules::default())
    }

    // B-225, B-227
    #[test]
    fn renewals_of_twenty_thousand_people_fit_into_what_may_be_asked() {
        assert_eq!(usual().fitting(9_000, 40), usual());
        let many = usual().fitting(20_000, 40);
        assert_eq!(many.renew_available_s, 500);
        assert_eq!(many.renew_preferred_s, 1_000);
        // Beyond that it would not be shown any more: what is left waits for its turn.
        let too_many = usual().fitting(50_000, 40);
        assert_eq!(too_many.renew_available_s, RENEW_AVAILABLE_S_MAX);
        assert_eq!(
            usual().fitting(50_000, 0).renew_preferred_s,
            RENEW_PREFERRED_S_MAX
        );
    }

    // B-224
    #[test]
    fn what_was_looked_at_is_written_though_a_thousand_others_wait() {
        let mut keeper = Keeper::new(usual());
        for n in 1..=1_000 {
            keeper.want(START, AgentId(n), Some(Status::DoNotDisturb));
        }
        let (agent, act) = keeper.next(START).unwrap();
        assert!(
            matches!(act, Act::Write(Write::SetSession { .. })),
            "{act:?}"
        );
        keeper.done(START, agent, Outcome::Done);
        assert_eq!(keeper.next_of(START, agent), Some(Act::Look));
        // Nothing of somebody whose act is in hand.
        assert_eq!(keeper.next_of(START, agent), None);
        let (status, doing) = (Status::Available, Doing::Nothing);
        keeper.read(START, agent, Some(Seen { status, doing }));
        keeper.done(START, agent, Outcome::Done);
        let then = keeper.next_of(START, agent);
        assert!(
            matches!(then, Some(Act::Write(Write::SetPreferred { .. }))),
            "{then:?}"
        );
        assert_eq!(keeper.next(START).map(|it| it.0), Some(AgentId(2)));
    }
}
