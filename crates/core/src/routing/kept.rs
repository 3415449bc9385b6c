//! The index as a snapshot keeps it, and what is made anew from that.

use super::derived::Derived;
use super::line::{Line, Place};
use super::pools::Pools;
use super::{Entry, WaitKey};
use crate::by_id::ById;
use crate::capacity::Capacities;
use crate::ids::{AgentId, ContactId, QueueId};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// What is kept of [`super::Floor`].
#[derive(Deserialize)]
pub(super) struct Floor {
    lines: ById<QueueId, Line>,
    pools: Pools,
    agents: ById<AgentId, Entry>,
    waiting: ById<ContactId, Place>,
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
        floor.pools.restore();
        let (pools, marks) = (&mut floor.pools, &mut floor.marks.0);
        for (id, entry) in floor.agents.iter_mut() {
            entry.slot = Derived(marks.occupy());
            let mut serves = std::mem::take(&mut entry.serves);
            for service in &mut serves {
                let pool = pools.get(service.pool);
                let is_usual = pool.is_some_and(|it| it.ask.is_usual());
                service.is_usual = Derived(is_usual);
                let who = entry.member(id, service.rank.get(), marks);
                pools.enter(service.pool, who, service.room, marks);
            }
            entry.serves = serves;
        }
        floor
    }
}
