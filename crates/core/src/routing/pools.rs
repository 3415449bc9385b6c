//! All pools. A queue names one for each step of its plan, and a pool that nobody names any more is gone. Each stands
//! under one skill that its ask needs, so that whoever learns something is measured by few of them.

use super::derived::{Derived, Marks};
use super::free::{Free, Leaving};
use super::heads::{Heads, Waits};
use super::listed::{Listed, Rank};
use super::pool::{Member, Pool, candidate};
use super::room::Room;
use super::shelf::Shelf;
use super::{Entry, Rooms, Service, Stands};
use crate::agent::Agents;
use crate::by_id::ById;
use crate::capacity::Capacities;
use crate::contact::Channel;
use crate::ids::{AgentId, ContactId, SkillId, TeamId};
use crate::plan::Ask;
use crate::queue::Strategy;
use crate::skill::Proficiency;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The number of a pool; it is given again when the pool is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct PoolId(u32);

/// All pools.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Pools {
    places: Vec<Option<Pool>>,
    vacant: BTreeSet<PoolId>,
    #[serde(with = "pairs")]
    by_ask: BTreeMap<Ask, PoolId>,
    under: BTreeMap<SkillId, BTreeSet<PoolId>>,
    /// Those that need no skill in particular.
    under_none: BTreeSet<PoolId>,
    /// Of each place another skill that the ask needs, beside the one under which the pool stands.
    #[serde(skip)]
    needs_too: Derived<Vec<Option<SkillId>>>,
    #[serde(skip)]
    heads: Derived<Heads>,
    /// One for each place.
    #[serde(skip)]
    shelves: Derived<Vec<Shelf>>,
}

impl PoolId {
    pub(super) fn index(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }
}

impl Pools {
    pub(super) fn get(&self, id: PoolId) -> Option<&Pool> {
        self.places.get(id.index())?.as_ref()
    }

    pub(super) fn get_mut(&mut self, id: PoolId) -> Option<&mut Pool> {
        self.places.get_mut(id.index())?.as_mut()
    }

    pub(super) fn shelf(&self, id: PoolId) -> Option<&Shelf> {
        self.shelves.0.get(id.index())
    }

    /// How many are free for a channel.
    pub(super) fn n_free(&self, id: PoolId, channel: Channel) -> usize {
        self.shelf(id).map_or(0, |it| it.n_free_for(channel))
    }

    /// All of them, with their numbers.
    pub(super) fn numbered(&self) -> impl Iterator<Item = (PoolId, &Pool)> {
        let ids = (0..).map(PoolId);
        let pools = ids.zip(&self.places);
        pools.filter_map(|(id, it)| Some((id, it.as_ref()?)))
    }

    /// An agent who meets the ask is there. O(1), but for orders in which places are counted.
    pub(super) fn enter(&mut self, id: PoolId, who: Member<'_>, room: Room, marks: &Marks) {
        let Some(shelf) = self.shelves.0.get_mut(id.index()) else {
            return;
        };
        shelf.enter(who.standing.display, room);
        if room == Room::Nothing {
            return;
        }
        let listed = listed(shelf.strategy, who, room);
        match Leaving::of(shelf.strategy) {
            Leaving::Later => {
                if let Some(listed) = shelf.come(listed) {
                    self.take_in(id, marks);
                    if let Some(shelf) = self.shelves.0.get_mut(id.index()) {
                        shelf.come(listed);
                    }
                }
            }
            Leaving::AtOnce => {
                if let Some(pool) = self.get_mut(id) {
                    pool.free.0.enter(listed);
                    pool.weigh(who, room, Stands::FromNowOn);
                }
            }
        }
    }

    /// An agent who meets the ask is there no longer, or not like this. Amortized O(1).
    pub(super) fn go(&mut self, id: PoolId, who: Member<'_>, room: Room, marks: &Marks) {
        let Some(shelf) = self.shelves.0.get_mut(id.index()) else {
            return;
        };
        shelf.leave(who.standing.display, room);
        if room == Room::Nothing {
            return;
        }
        match Leaving::of(shelf.strategy) {
            Leaving::Later if shelf.is_mostly_over() => self.sweep(id, marks),
            Leaving::Later => {}
            Leaving::AtOnce => {
                let listed = listed(shelf.strategy, who, room);
                if let Some(pool) = self.get_mut(id) {
                    pool.free.0.remove(&listed);
                    pool.weigh(who, room, Stands::NoLonger);
                }
            }
        }
    }

    fn both(&mut self, id: PoolId) -> Option<(&mut Shelf, &mut Free)> {
        let shelf = self.shelves.0.get_mut(id.index())?;
        let pool = self.places.get_mut(id.index())?.as_mut()?;
        Some((shelf, &mut pool.free.0))
    }

    /// Whoever came is in the list of those who are free, and whoever stands first there is free.
    pub(super) fn take_in(&mut self, id: PoolId, marks: &Marks) {
        if let Some((shelf, free)) = self.both(id) {
            free.take_in(shelf.coming(), marks);
            free.clean(marks);
            shelf.taken_in(free.n_listed());
        }
    }

    /// Nothing that is over is in the lists.
    fn sweep(&mut self, id: PoolId, marks: &Marks) {
        if let Some((shelf, free)) = self.both(id) {
            free.sweep(marks);
            shelf.swept(free.n_listed());
        }
    }

    /// A contact waits in a pool from now on.
    pub(super) fn join(&mut self, id: PoolId, channel: Channel, it: Waits) {
        let Some(pool) = self.places.get_mut(id.index()).and_then(Option::as_mut) else {
            return;
        };
        pool.waiting.get_mut(channel).insert(it);
        self.heads.0.joined(id, channel, it);
    }

    /// A contact waits in a pool no longer.
    pub(super) fn leave(&mut self, id: PoolId, channel: Channel, it: Waits) {
        let Some(pool) = self.places.get_mut(id.index()).and_then(Option::as_mut) else {
            return;
        };
        let list = pool.waiting.get_mut(channel);
        list.remove(&it);
        self.heads.0.left(id, channel, it, list);
    }

    /// The first who waits in a pool and is not kept away. O(1) unless the first is.
    pub(super) fn first_of(
        &self,
        id: PoolId,
        channel: Channel,
        is_kept_away: impl Fn(ContactId) -> bool,
    ) -> Option<Waits> {
        let head = self.heads.0.get(id, channel)?;
        if !is_kept_away(head.1) {
            return Some(head);
        }
        let mut waiting = self.get(id)?.waiting.get(channel).iter();
        waiting
            .find(|(_, contact)| !is_kept_away(*contact))
            .copied()
    }

    /// Makes anew what is not kept.
    pub(super) fn restore(&mut self) {
        let under = std::mem::take(&mut self.under);
        for (skill, pools) in &under {
            for id in pools {
                let ask = self.get(*id).map(|it| &it.ask);
                let other = ask.and_then(|it| other_than(*skill, &it.necessary()));
                self.needs(*id, other);
            }
        }
        self.under = under;
        for place in 0..self.places.len() {
            let id = PoolId(u32::try_from(place).unwrap_or(u32::MAX));
            self.heads.0.open(id);
            let pool = self.places.get(place).and_then(Option::as_ref);
            let strategy = pool.map_or(Strategy::LongestIdle, |it| it.ask.strategy());
            self.shelves.0.push(Shelf::new(strategy));
            let Some(pool) = pool else {
                continue;
            };
            for channel in Channel::ALL {
                if let Some(first) = pool.waiting.get(channel).first() {
                    self.heads.0.joined(id, channel, *first);
                }
            }
        }
    }

    /// The pool of an ask; a new one takes in every agent who meets it. O(1) unless it is new, then O(agents).
    pub(super) fn name(
        &mut self,
        ask: Ask,
        (agents, capacities, marks): (&Agents, &Capacities, &Marks),
        entries: &mut ById<AgentId, Entry>,
    ) -> PoolId {
        if let Some(id) = self.by_ask.get(&ask).copied() {
            if let Some(pool) = self.get_mut(id) {
                pool.n_named += 1;
            }
            return id;
        }
        let id = self.open(ask.clone());
        let is_usual = Derived(ask.is_usual());
        for (agent_id, entry) in entries.iter_mut() {
            let Some(profile) = agents.get(agent_id).map(|it| &it.profile) else {
                continue;
            };
            let Some(rank) = ask.rank(profile.team, &profile.skills) else {
                continue;
            };
            let capacity = capacities.of(profile.capacity);
            let room = Rooms::of(&entry.standing, capacity).in_pool(&ask);
            self.enter(id, entry.member(agent_id, rank, marks), room, marks);
            let place = entry.serves.partition_point(|it| it.pool < id);
            let service = Service {
                pool: id,
                room,
                rank: Rank::of(rank),
                is_usual,
            };
            entry.serves.insert(place, service);
        }
        self.stand_under(&ask, id);
        self.by_ask.insert(ask, id);
        id
    }

    /// A new pool, which one queue or step names, and nobody is in.
    fn open(&mut self, ask: Ask) -> PoolId {
        let id = self.vacant.pop_first().unwrap_or_else(|| {
            self.places.push(None);
            let last = self.places.len().saturating_sub(1);
            PoolId(u32::try_from(last).unwrap_or(u32::MAX))
        });
        let shelf = Shelf::new(ask.strategy());
        match self.shelves.0.get_mut(id.index()) {
            Some(place) => *place = shelf,
            None => self.shelves.0.push(shelf),
        }
        self.heads.0.open(id);
        if let Some(place) = self.places.get_mut(id.index()) {
            let mut pool = Pool::new(ask);
            pool.n_named = 1;
            *place = Some(pool);
        }
        id
    }

    /// One queue or step less names the pool; what nobody names is gone.
    pub(super) fn unname(&mut self, id: PoolId, entries: &mut ById<AgentId, Entry>) {
        let Some(pool) = self.get_mut(id) else {
            return;
        };
        pool.n_named = pool.n_named.saturating_sub(1);
        if pool.n_named > 0 {
            return;
        }
        let ask = pool.ask.clone();
        for (_, entry) in entries.iter_mut() {
            if let Ok(place) = entry.serves.binary_search_by_key(&id, |it| it.pool) {
                entry.serves.remove(place);
            }
        }
        self.by_ask.remove(&ask);
        self.under_none.remove(&id);
        self.under.retain(|_, pools| {
            pools.remove(&id);
            !pools.is_empty()
        });
        if let Some(place) = self.places.get_mut(id.index()) {
            *place = None;
        }
        self.vacant.insert(id);
    }

    /// The skill of its ask under which the fewest stand.
    fn stand_under(&mut self, ask: &Ask, id: PoolId) {
        let n_under = |skill: &SkillId| self.under.get(skill).map_or(0, BTreeSet::len);
        let necessary = ask.necessary();
        let skill = { necessary.iter().copied() }.min_by_key(|it| (n_under(it), *it));
        match skill {
            Some(skill) => self.under.entry(skill).or_default().insert(id),
            None => self.under_none.insert(id),
        };
        self.needs(id, skill.and_then(|it| other_than(it, &necessary)));
    }

    fn needs(&mut self, id: PoolId, skill: Option<SkillId>) {
        let all = &mut self.needs_too.0;
        if all.len() <= id.index() {
            all.resize(id.index() + 1, None);
        }
        if let Some(place) = all.get_mut(id.index()) {
            *place = skill;
        }
    }

    /// The pools of who is in this team and has these skills, in order, with the ranks. O(pools under these skills).
    pub(super) fn met_by(&self, team: Option<TeamId>, skills: &[Proficiency]) -> Vec<Service> {
        let mut known: Vec<SkillId> = skills.iter().map(|it| it.skill).collect();
        known.sort_unstable();
        known.dedup();
        let under = known.iter().filter_map(|it| self.under.get(it)).flatten();
        let looked_at = self.under_none.iter().chain(under).copied();
        // Most that look so far lack another skill: that is known without a look at the pool.
        let looked_at = looked_at.filter(|pool| {
            let other = self.needs_too.0.get(pool.index()).copied().flatten();
            other.is_none_or(|it| known.binary_search(&it).is_ok())
        });
        let met = looked_at.filter_map(|pool| {
            let ask = &self.get(pool)?.ask;
            Some(Service {
                pool,
                room: Room::Nothing,
                rank: Rank::of(ask.rank(team, skills)?),
                is_usual: Derived(ask.is_usual()),
            })
        });
        let mut met: Vec<_> = met.collect();
        met.sort_unstable_by_key(|it| it.pool);
        // Kept for as long as the agent has these skills, by everybody.
        met.shrink_to_fit();
        met
    }
}

fn other_than(skill: SkillId, necessary: &[SkillId]) -> Option<SkillId> {
    necessary.iter().copied().find(|it| *it != skill)
}

/// How an agent stands in the lists of a pool whose strategy this is.
fn listed(strategy: Strategy, who: Member<'_>, room: Room) -> Listed {
    let candidate = candidate(strategy, who.agent, who.rank, &who.standing.figures);
    Listed::new(candidate, who.slot, who.mark, room)
}

/// A map whose keys are no words, as a list of pairs.
mod pairs {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use std::collections::BTreeMap;

    pub(super) fn serialize<K: Serialize, V: Serialize, S: Serializer>(
        map: &BTreeMap<K, V>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        to.collect_seq(map.iter())
    }

    pub(super) fn deserialize<'de, K, V, D>(from: D) -> Result<BTreeMap<K, V>, D::Error>
    where
        K: Deserialize<'de> + Ord,
        V: Deserialize<'de>,
        D: Deserializer<'de>,
    {
        let pairs = Vec::<(K, V)>::deserialize(from)?;
        Ok(pairs.into_iter().collect())
    }
}
