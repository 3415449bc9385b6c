//! The index as a snapshot keeps it, and what is made anew from that.

use super::derived::Derived;
use super::line::{Line, Place};
use super::pools::Pools;
use super::{Entry, WaitKey};
use crate::capacity::Capacities;
use crate::ids::{AgentId, ContactId, QueueId};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// What is kept of [`super::Floor`].
#[derive(Deserialize)]
pub(super) struct Floor {
    lines: BTreeMap<QueueId, Line>,
    pools: Pools,
    agents: BTreeMap<AgentId, Entry>,
    waiting: BTreeMap<ContactId, Place>,
    #[serde(default)]
    reserved: BTreeMap<AgentId, BTreeSet<(WaitKey, ContactId)>>,
    #[serde(default)]
    capacities: Capacities,
}

impl From<Floor> for super::Floor {
    fn from(kept: Floor) -> Self {
        let mut floor = Self {
            lines: kept.lines,
            pools: kept.pools,
            agents: kept.agents,
            waiting: kept.waiting,
            reserved: kept.reserved,
            capacities: kept.capacities,
            marks: Derived::default(),
        };
        let (pools, marks) = (&mut floor.pools, &mut floor.marks.0);
        for (id, entry) in &mut floor.agents {
            entry.slot = Derived(marks.occupy());
            let mut serves = std::mem::take(&mut entry.serves);
            for service in &mut serves {
                if let Some(pool) = pools.get_mut(service.pool) {
                    service.is_usual = Derived(pool.ask.demand().is_default());
                    pool.list(entry.member(*id, service.rank, marks), service.room);
                }
            }
            entry.serves = serves;
        }
        floor
    }
}
