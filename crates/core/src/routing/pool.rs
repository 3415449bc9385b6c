//! A pool: the agents who meet one ask, the free ones in order, and the contacts that wait for them. Queues and steps
//! that ask the same share it.

use super::derived::{Derived, Marks, Slot};
use super::free::{Free, Leaving, Listed};
use super::grouped::Grouped;
use super::room::{PerChannel, Room};
use super::wheel::Wheel;
use super::{Candidate, Standing, WaitKey};
use crate::agent::{Display, Figures};
use crate::contact::Channel;
use crate::ids::{AgentId, ContactId, QueueId};
use crate::plan::Ask;
use crate::queue::Strategy;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What whoever comes before the pointer of a ring is moved back by, so that one number orders the ring.
const ROUND: i64 = 1 << 40;

/// The agents who meet an ask, and who waits for them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Pool {
    pub(super) ask: Ask,
    /// Queues and steps that ask this.
    pub(super) n_named: u32,
    /// The queues that ask this of their own, without any waiting.
    pub(super) queues: BTreeSet<QueueId>,
    #[serde(skip)]
    pub(super) free: Derived<Free>,
    /// What they weigh, where chance goes by that.
    #[serde(skip)]
    wheel: Derived<Wheel>,
    pub(super) waiting: PerChannel<BTreeSet<(WaitKey, ContactId)>>,
    /// Calls of queues in balance groups stand here instead.
    #[serde(default)]
    pub(super) grouped: Grouped,
    /// By what a board shows of them, and by what they have room for.
    n_by: [[u32; Room::ALL.len()]; Display::ALL.len()],
}

/// An agent of a pool.
#[derive(Clone, Copy)]
pub(super) struct Member<'a> {
    pub(super) agent: AgentId,
    pub(super) rank: i64,
    pub(super) standing: &'a Standing,
    pub(super) slot: Slot,
    /// Under which the agent's entries are made, or were.
    pub(super) mark: u32,
}

/// Where a choice begins.
#[derive(Clone, Copy, Debug)]
pub(super) enum Begin {
    /// At the first.
    First,
    /// Behind the one who was chosen last.
    After(AgentId),
    /// At one who is drawn.
    Drawn(u64),
    /// At one who is drawn by weight.
    Weighed(u64),
}

impl Pool {
    pub(super) fn new(ask: Ask) -> Self {
        Self {
            ask,
            n_named: 0,
            queues: BTreeSet::new(),
            free: Derived::default(),
            wheel: Derived::default(),
            waiting: PerChannel::default(),
            grouped: Grouped::default(),
            n_by: [[0; Room::ALL.len()]; Display::ALL.len()],
        }
    }

    /// How an agent stands in the list.
    pub(super) fn candidate(&self, agent: AgentId, rank: i64, figures: &Figures) -> Candidate {
        Candidate {
            rank,
            order: order(self.ask.strategy(), agent, figures),
            idle_since: figures.idle_since,
            agent,
        }
    }

    /// An agent who meets the ask is there.
    pub(super) fn enter(&mut self, who: Member<'_>, room: Room) {
        if let Some(count) = self.count(room, who.standing.display) {
            *count += 1;
        }
        self.list(who, room);
    }

    /// Puts an agent among the free ones, if there is room for anything.
    pub(super) fn list(&mut self, who: Member<'_>, room: Room) {
        let listed = self.listed(who);
        self.free.0.enter(room, listed);
        if self.ask.strategy() == Strategy::RandomWeighted {
            let weight = self.ask.weight(who.agent);
            self.wheel.0.add(who.rank, who.agent, room, weight);
        }
    }

    pub(super) fn leave(&mut self, who: Member<'_>, room: Room, marks: &Marks) {
        if let Some(count) = self.count(room, who.standing.display) {
            *count = count.saturating_sub(1);
        }
        let listed = self.listed(who);
        let leaving = match self.ask.strategy() {
            Strategy::Random | Strategy::RandomWeighted => Leaving::AtOnce,
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
            | Strategy::HighestFreeUnits => Leaving::Later,
        };
        self.free.0.leave(room, &listed, leaving, marks);
        if self.ask.strategy() == Strategy::RandomWeighted {
            let weight = self.ask.weight(who.agent);
            self.wheel.0.take(who.rank, who.agent, room, weight);
        }
    }

    fn listed(&self, who: Member<'_>) -> Listed {
        Listed {
            candidate: self.candidate(who.agent, who.rank, &who.standing.figures),
            slot: who.slot,
            mark: who.mark,
        }
    }

    fn count(&mut self, room: Room, display: Display) -> Option<&mut u32> {
        self.n_by.get_mut(display.index())?.get_mut(room.index())
    }

    /// How many agents meet the ask, by what a board shows of them.
    pub(super) fn counts(&self) -> impl Iterator<Item = (Display, u32)> + '_ {
        let counts = self.n_by.iter().map(|rooms| rooms.iter().sum());
        Display::ALL.into_iter().zip(counts)
    }

    /// How many of them have no room for a channel, and whether they have for another.
    pub(super) fn without_room(
        &self,
        channel: Channel,
    ) -> impl Iterator<Item = (Display, Room, u32)> + '_ {
        let counts = Display::ALL.into_iter().zip(&self.n_by);
        let counts = counts.flat_map(|(display, rooms)| {
            let rooms = Room::ALL.into_iter().zip(rooms);
            rooms.map(move |(room, n)| (display, room, *n))
        });
        counts.filter(move |(_, room, _)| !room.takes(channel))
    }

    /// How many who meet the ask are here.
    pub(super) fn n_signed_in(&self) -> u32 {
        let here = self.counts().filter(|(it, _)| *it != Display::SignedOut);
        here.map(|(_, count)| count).sum()
    }

    /// Where a choice for a queue begins.
    pub(super) const fn begin(&self, last_chosen: Option<AgentId>, draw: u64) -> Begin {
        match (self.ask.strategy(), last_chosen) {
            (Strategy::RoundRobin, Some(last)) => Begin::After(last),
            (Strategy::Random, _) => Begin::Drawn(draw),
            (Strategy::RandomWeighted, _) => Begin::Weighed(draw),
            (
                Strategy::RoundRobin
                | Strategy::LongestIdle
                | Strategy::BestSkill
                | Strategy::LongestSinceInbound
                | Strategy::LongestSinceOffer
                | Strategy::LongestReady
                | Strategy::Ordered
                | Strategy::FewestContacts
                | Strategy::LeastTalk
                | Strategy::LeastActive
                | Strategy::HighestFreeUnits,
                _,
            ) => Begin::First,
        }
    }

    /// One agent alone, with the key that the agent has where a choice begins.
    pub(super) fn alone(
        &self,
        begin: Begin,
        agent: AgentId,
        rank: i64,
        figures: &Figures,
    ) -> Candidate {
        let candidate = self.candidate(agent, rank, figures);
        let passed = match begin {
            Begin::After(last) if agent <= last => ROUND,
            Begin::After(_) | Begin::First | Begin::Drawn(_) | Begin::Weighed(_) => 0,
        };
        let order = candidate.order + passed;
        Candidate { order, ..candidate }
    }

    /// The first `n` who are free for a channel and not kept away, in the order of the choice.
    pub(super) fn first(
        &self,
        (channel, marks): (Channel, &Marks),
        begin: Begin,
        n: usize,
        is_kept_away: impl Fn(AgentId) -> bool,
    ) -> Vec<Candidate> {
        let may = |it: &Candidate| !is_kept_away(it.agent);
        let free = Choice {
            free: &self.free.0,
            channel,
            marks,
        };
        match begin {
            Begin::First => free.iter().filter(may).take(n).collect(),
            Begin::After(last) => free.ring(last, n, may),
            Begin::Drawn(draw) => free.drawn(draw, n, may),
            Begin::Weighed(draw) => free.weighed(self, draw, n, may),
        }
    }
}

/// Those of a pool of whom one is chosen.
struct Choice<'a> {
    free: &'a Free,
    channel: Channel,
    marks: &'a Marks,
}

impl Choice<'_> {
    fn iter(&self) -> impl Iterator<Item = Candidate> + '_ {
        self.free.iter(self.channel, self.marks)
    }

    fn from(&self, key: Candidate) -> impl Iterator<Item = Candidate> + '_ {
        self.free.from(self.channel, key, self.marks)
    }

    /// Of each rank first those behind the pointer, then those before it. O(n + ranks passed).
    fn ring(&self, last: AgentId, n: usize, may: impl Fn(&Candidate) -> bool) -> Vec<Candidate> {
        let mut found = Vec::with_capacity(n);
        let mut first = self.iter().next();
        while let Some(begin) = first.filter(|_| found.len() < n) {
            let pointer = Candidate {
                order: number(last).saturating_add(1),
                ..lowest(begin.rank)
            };
            let end = lowest(begin.rank.saturating_add(1));
            let behind = self.from(pointer).take_while(|it| *it < end);
            let before = self.from(lowest(begin.rank));
            let before = before.take_while(|it| *it < pointer).map(passed);
            let room = n - found.len();
            found.extend(behind.chain(before).filter(&may).take(room));
            first = self.from(end).next();
        }
        found
    }

    /// Of the best rank everybody is as likely to be the first.
    fn drawn(&self, draw: u64, n: usize, may: impl Fn(&Candidate) -> bool) -> Vec<Candidate> {
        let Some(best) = self.iter().next().map(|it| it.rank) else {
            return Vec::new();
        };
        let end = lowest(best.saturating_add(1));
        let n_best = self.free.n_before(self.channel, end);
        let drawn = draw % u64::try_from(n_best).unwrap_or(u64::MAX).max(1);
        let n_passed = usize::try_from(drawn).unwrap_or(0);
        let behind = self.free.starting_at(self.channel, n_passed, self.marks);
        let behind = behind.take(n_best.saturating_sub(n_passed));
        let before = self.iter().take(n_passed).map(passed);
        let all = behind.chain(before).chain(self.from(end));
        all.filter(may).take(n).collect()
    }
}

impl Choice<'_> {
    /// Of the best rank everybody is as likely to be the first as the pool's ask says. O(agents / 64 + n).
    fn weighed(
        &self,
        pool: &Pool,
        draw: u64,
        n: usize,
        may: impl Fn(&Candidate) -> bool,
    ) -> Vec<Candidate> {
        let Some(best) = self.iter().next().map(|it| it.rank) else {
            return Vec::new();
        };
        let end = lowest(best.saturating_add(1));
        let at = |agent| Candidate {
            order: number(agent),
            ..lowest(best)
        };
        let fallen = pool.wheel.0.fall(self.channel, best, draw);
        let first = fallen.and_then(|fallen| {
            let mut after = fallen.after;
            let mut there = self.from(at(fallen.from)).take_while(|it| *it < end);
            there.find(|it| {
                let weight = pool.ask.weight(it.agent);
                let is_it = after < weight;
                after = after.saturating_sub(weight);
                is_it
            })
        });
        let pointer = first.map_or_else(|| lowest(best), |it| at(it.agent));
        let behind = self.from(pointer).take_while(|it| *it < end);
        let before = self.iter().take_while(|it| *it < pointer).map(passed);
        let all = behind.chain(before).chain(self.from(end));
        all.filter(may).take(n).collect()
    }
}

/// Whoever stands before the beginning comes after all the others.
const fn passed(it: Candidate) -> Candidate {
    Candidate {
        order: it.order.saturating_add(ROUND),
        ..it
    }
}

const fn lowest(rank: i64) -> Candidate {
    Candidate {
        rank,
        order: i64::MIN,
        idle_since: Timestamp::from_micros(i64::MIN),
        agent: AgentId(0),
    }
}

fn number(agent: AgentId) -> i64 {
    i64::try_from(agent.0).unwrap_or(i64::MAX)
}

/// Where a strategy puts an agent, lower first; equal ones come by idle time, then by number (B4.2).
fn order(strategy: Strategy, agent: AgentId, figures: &Figures) -> i64 {
    match strategy {
        Strategy::LongestIdle | Strategy::BestSkill | Strategy::Random => 0,
        Strategy::LongestSinceInbound => figures.inbound_at.as_micros(),
        Strategy::LongestSinceOffer => figures.offered_at.as_micros(),
        Strategy::LongestReady => figures.ready_at.as_micros(),
        Strategy::RoundRobin | Strategy::Ordered | Strategy::RandomWeighted => number(agent),
        Strategy::FewestContacts => figures.n_contacts,
        Strategy::LeastTalk => figures.talk_micros,
        Strategy::LeastActive => figures.n_held,
        Strategy::HighestFreeUnits => -figures.free_units,
    }
}
