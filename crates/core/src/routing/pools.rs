//! All pools. A queue names one for each step of its plan, and a pool that nobody names any more is gone. Each stands
//! under one skill that its ask needs, so that whoever learns something is measured by few of them.

use super::derived::{Derived, Marks};
use super::pool::Pool;
use super::room::Room;
use super::{Entry, Rooms, Service};
use crate::agent::Agents;
use crate::capacity::Capacities;
use crate::ids::{AgentId, SkillId};
use crate::plan::Ask;
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
}

impl PoolId {
    fn index(self) -> usize {
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

    pub(super) fn iter(&self) -> impl Iterator<Item = &Pool> {
        self.places.iter().flatten()
    }

    /// The pool of an ask; a new one takes in every agent who meets it. O(1) unless it is new, then O(agents).
    pub(super) fn name(
        &mut self,
        ask: Ask,
        (agents, capacities, marks): (&Agents, &Capacities, &Marks),
        entries: &mut BTreeMap<AgentId, Entry>,
    ) -> PoolId {
        if let Some(id) = self.by_ask.get(&ask).copied() {
            if let Some(pool) = self.get_mut(id) {
                pool.n_named += 1;
            }
            return id;
        }
        let mut pool = Pool::new(ask.clone());
        pool.n_named = 1;
        let id = self.vacant.pop_first().unwrap_or_else(|| {
            self.places.push(None);
            let last = self.places.len().saturating_sub(1);
            PoolId(u32::try_from(last).unwrap_or(u32::MAX))
        });
        for (agent_id, entry) in entries.iter_mut() {
            let Some(profile) = agents.get(*agent_id).map(|it| &it.profile) else {
                continue;
            };
            let Some(rank) = pool.ask.rank(&profile.skills) else {
                continue;
            };
            let capacity = capacities.of(profile.capacity);
            let room = Rooms::of(&entry.standing, capacity).in_pool(&pool.ask);
            pool.enter(entry.member(*agent_id, rank, marks), room);
            let place = entry.serves.partition_point(|it| it.pool < id);
            let service = Service {
                pool: id,
                room,
                rank,
                is_usual: Derived(pool.ask.demand().is_default()),
            };
            entry.serves.insert(place, service);
        }
        self.stand_under(&pool.ask, id);
        if let Some(place) = self.places.get_mut(id.index()) {
            *place = Some(pool);
        }
        self.by_ask.insert(ask, id);
        id
    }

    /// One queue or step less names the pool; what nobody names is gone.
    pub(super) fn unname(&mut self, id: PoolId, entries: &mut BTreeMap<AgentId, Entry>) {
        let Some(pool) = self.get_mut(id) else {
            return;
        };
        pool.n_named = pool.n_named.saturating_sub(1);
        if pool.n_named > 0 {
            return;
        }
        let ask = pool.ask.clone();
        for entry in entries.values_mut() {
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
        let skill = { ask.necessary().into_iter() }.min_by_key(|it| (n_under(it), *it));
        match skill {
            Some(skill) => self.under.entry(skill).or_default().insert(id),
            None => self.under_none.insert(id),
        };
    }

    /// The pools of who has these skills, in order, with the ranks. O(pools under these skills).
    pub(super) fn met_by(&self, skills: &[Proficiency]) -> Vec<Service> {
        let mut known: Vec<SkillId> = skills.iter().map(|it| it.skill).collect();
        known.sort_unstable();
        known.dedup();
        let under = known.iter().filter_map(|it| self.under.get(it)).flatten();
        let looked_at = self.under_none.iter().chain(under).copied();
        let met = looked_at.filter_map(|pool| {
            let ask = &self.get(pool)?.ask;
            Some(Service {
                pool,
                room: Room::Nothing,
                rank: ask.rank(skills)?,
                is_usual: Derived(ask.demand().is_default()),
            })
        });
        let mut met: Vec<_> = met.collect();
        met.sort_unstable_by_key(|it| it.pool);
        met
    }
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
