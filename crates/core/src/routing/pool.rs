//! A pool: the agents who meet one ask, the free ones in order, and the contacts that wait for them. Queues and steps
//! that ask the same share it.

use super::derived::{Derived, Mark, Marks, Slot};
use super::free::{Free, merged};
use super::grouped::Grouped;
use super::listed::Listed;
use super::room::{PerChannel, Room};
use super::shelf::{Coming, Shelf};
use super::wheel::Wheel;
use super::{Candidate, Standing, Stands, WaitKey};
use crate::agent::Figures;
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
}

/// An agent of a pool.
#[derive(Clone, Copy)]
pub(super) struct Member<'a> {
    pub(super) agent: AgentId,
    pub(super) rank: i64,
    pub(super) standing: &'a Standing,
    pub(super) slot: Slot,
    /// Under which the agent's entries are made, or were.
    pub(super) mark: Mark,
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

impl Begin {
    /// Where a choice for a queue begins that chose somebody last.
    pub(super) const fn of(strategy: Strategy, last: Option<AgentId>, draw: u64) -> Self {
        match (strategy, last) {
            (Strategy::RoundRobin, Some(last)) => Self::After(last),
            (Strategy::Random, _) => Self::Drawn(draw),
            (Strategy::RandomWeighted, _) => Self::Weighed(draw),
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
            ) => Self::First,
        }
    }
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
        }
    }

    /// Notes what an agent who became free weighs, or is free no longer.
    pub(super) fn weigh(&mut self, who: Member<'_>, room: Room, stands: Stands) {
        if self.ask.strategy() != Strategy::RandomWeighted {
            return;
        }
        let weight = self.ask.weight(who.agent);
        match stands {
            Stands::FromNowOn => self.wheel.0.add(who.rank, who.agent, room, weight),
            Stands::NoLonger => self.wheel.0.take(who.rank, who.agent, room, weight),
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
        let candidate = candidate(self.ask.strategy(), agent, rank, figures);
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
        shelf: &Shelf,
        (channel, marks): (Channel, &Marks),
        begin: Begin,
        n: usize,
        is_kept_away: impl Fn(AgentId) -> bool,
    ) -> Vec<Candidate> {
        let may = |it: &Candidate| !is_kept_away(it.agent);
        let coming = shelf.came(|it| it.room().takes(channel) && it.holds(marks));
        let free = Choice {
            free: &self.free.0,
            coming,
            channel,
            marks,
        };
        match begin {
            Begin::First => {
                let coming = free.coming.all();
                let first = free.free;
                first.first_with((channel, marks), coming, n, &is_kept_away)
            }
            Begin::After(last) => free.ring(last, n, may),
            Begin::Drawn(draw) => free.drawn(draw, n, may),
            Begin::Weighed(draw) => free.weighed(self, draw, n, may),
        }
    }
}

/// Those of a pool of whom one is chosen.
struct Choice<'a> {
    free: &'a Free,
    /// Those who are not in the list yet, in order.
    coming: Coming,
    channel: Channel,
    marks: &'a Marks,
}

impl Choice<'_> {
    fn iter(&self) -> impl Iterator<Item = Candidate> + '_ {
        let listed = self.free.iter(self.channel, self.marks);
        merged(listed, self.coming.all().iter().copied()).map(|it| it.candidate())
    }

    fn from(&self, key: Candidate) -> impl Iterator<Item = Candidate> + '_ {
        let listed = self.free.from(self.channel, key, self.marks);
        let first = Listed::lowest(key);
        let coming = self
            .coming
            .all()
            .iter()
            .copied()
            .filter(move |it| *it >= first);
        merged(listed, coming).map(|it| it.candidate())
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
        let behind = behind.map(|it| it.candidate());
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

/// How an agent stands in a list.
pub(super) fn candidate(
    strategy: Strategy,
    agent: AgentId,
    rank: i64,
    figures: &Figures,
) -> Candidate {
    Candidate {
        rank,
        order: order(strategy, agent, figures),
        idle_since: figures.idle_since,
        agent,
    }
}

/// Where a strategy puts an agent, lower first; equal ones come by idle time, then by number (B4.2).
fn order(strategy: Strategy, agent: AgentId, figures: &Figures) -> i64 {
    match strategy {
        Strategy::LongestIdle | Strategy::BestSkill | Strategy::Random => 0,
        Strategy::LongestSinceInbound => figures.inbound_at.as_micros(),
        Strategy::LongestSinceOffer => figures.offered_at.as_micros(),
        Strategy::LongestReady => figures.ready_at.as_micros(),
        Strategy::RoundRobin | Strategy::Ordered | Strategy::RandomWeighted => number(agent),
        Strategy::FewestContacts => figures.n_contacts.into(),
        Strategy::LeastTalk => figures.talk_micros,
        Strategy::LeastActive => figures.n_held.into(),
        Strategy::HighestFreeUnits => -i64::from(figures.free_units),
    }
}
