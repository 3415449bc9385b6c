//! Balance groups: queues that share agents, and how these are shared.

pub(super) mod balance;

use super::settings::{Resource, settings_routes};
use crate::problem::Problem;
use serde::{Deserialize, Serialize};
use tandem_core::balance as core;
use tandem_core::ids::{BalanceGroupId, QueueId};
use tandem_core::scope::Sight;
use tandem_core::settings::{Document, Kind, Versioned};
use tandem_core::state::State;
use utoipa::ToSchema;

/// A balance group.
#[derive(Serialize, ToSchema)]
pub(super) struct BalanceGroup {
    id: u64,
    version: u64,
    #[serde(flatten)]
    body: BalanceGroupSent,
}

/// What is sent to create or change a balance group.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct BalanceGroupSent {
    name: String,
    #[serde(default = "fifo_fair")]
    objective: Objective,
    /// 2 to 50 queues; a queue is in one group at most.
    members: Vec<Member>,
    /// Who waits longer than this comes first, whatever the objective says: 30 to 3600.
    #[serde(default = "ten_minutes")]
    bound_s: u32,
    /// When a queue counts for more; never when left out.
    #[serde(default)]
    borrowing: Option<Borrowing>,
}

/// A queue of a group.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Member {
    queue_id: u64,
    /// What it counts for: 1 to 100.
    weight: u32,
}

/// What a group wants. `fifo_fair`: each queue gets its weight's share of the shared agents' time. `max_sl`: as many as
/// possible are answered in time. `min_max_wait`: the longest wait, by weight, is short. `weighted_lateness`: who is late
/// is so for a short time, by weight.
#[derive(Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Objective {
    FifoFair,
    MaxSl,
    MinMaxWait,
    WeightedLateness,
}

/// A queue whose service level of the last half hour is low counts for more, until it has recovered.
#[derive(Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Borrowing {
    /// It borrows from a service level below this on.
    below_percent: u32,
    /// It gives back at a service level above this; more than `below_percent`.
    above_percent: u32,
    /// What its weight is multiplied by meanwhile: 2 to 10.
    factor: u32,
    /// It gives back no sooner than after this: 30 to 3600.
    dwell_s: u32,
}

const fn fifo_fair() -> Objective {
    Objective::FifoFair
}

const fn ten_minutes() -> u32 {
    600
}

settings_routes!(
    BalanceGroup,
    BalanceGroupSent,
    "balance-groups",
    "/{center}/balance-groups",
    "/{center}/balance-groups/{id}"
);

impl Resource for BalanceGroup {
    type Sent = BalanceGroupSent;
    const KIND: Kind = Kind::BalanceGroup;

    fn all(state: &State) -> Vec<Self> {
        let groups = state.settings.balance_groups.iter();
        groups.map(|(id, it)| Self::of(*id, it)).collect()
    }

    fn one(state: &State, id: u64) -> Option<Self> {
        let id = BalanceGroupId(id);
        let groups = &state.settings.balance_groups;
        groups.get(&id).map(|it| Self::of(id, it))
    }

    fn document(sent: BalanceGroupSent, _state: &State) -> Result<Document, Problem> {
        let members = sent.members.iter().map(|it| core::Member {
            queue: QueueId(it.queue_id),
            weight: it.weight,
        });
        Ok(Document::BalanceGroup(core::BalanceGroup {
            name: sent.name,
            objective: sent.objective.into(),
            members: members.collect(),
            bound_s: sent.bound_s,
            borrowing: sent.borrowing.map(|it| core::Borrowing {
                below_percent: it.below_percent,
                above_percent: it.above_percent,
                factor: it.factor,
                dwell_s: it.dwell_s,
            }),
        }))
    }

    fn is_seen(&self, sight: &Sight) -> bool {
        let mut members = self.body.members.iter();
        members.any(|it| sight.has_contact([QueueId(it.queue_id)], []))
    }
}

impl BalanceGroup {
    fn of(id: BalanceGroupId, it: &Versioned<core::BalanceGroup>) -> Self {
        let group = &it.document;
        let members = group.members.iter().map(|it| Member {
            queue_id: it.queue.0,
            weight: it.weight,
        });
        let body = BalanceGroupSent {
            name: group.name.clone(),
            objective: group.objective.into(),
            members: members.collect(),
            bound_s: group.bound_s,
            borrowing: group.borrowing.map(|it| Borrowing {
                below_percent: it.below_percent,
                above_percent: it.above_percent,
                factor: it.factor,
                dwell_s: it.dwell_s,
            }),
        };
        Self {
            id: id.0,
            version: it.version,
            body,
        }
    }
}

impl From<Objective> for core::Objective {
    fn from(it: Objective) -> Self {
        match it {
            Objective::FifoFair => Self::FifoFair,
            Objective::MaxSl => Self::MaxSl,
            Objective::MinMaxWait => Self::MinMaxWait,
            Objective::WeightedLateness => Self::WeightedLateness,
        }
    }
}

impl From<core::Objective> for Objective {
    fn from(it: core::Objective) -> Self {
        match it {
            core::Objective::FifoFair => Self::FifoFair,
            core::Objective::MaxSl => Self::MaxSl,
            core::Objective::MinMaxWait => Self::MinMaxWait,
            core::Objective::WeightedLateness => Self::WeightedLateness,
        }
    }
}
