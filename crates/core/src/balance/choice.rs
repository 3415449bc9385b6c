//! The choice among the queues of a group: pure, and the same for the same state and instant.

use super::{BalanceGroup, Balances, Objective};
use crate::ids::{BalanceGroupId, ContactId, QueueId};
use crate::limits;
use crate::routing::WaitKey;
use crate::settings::Settings;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// Why a contact came before the others of its balance group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Balanced {
    /// Which group.
    pub group: BalanceGroupId,
    /// What the group wants.
    pub objective: Objective,
    /// What spoke for the contact.
    pub by: BalancedBy,
    /// What was left of the threshold of its queue, s; below 0, it was late.
    pub slack_s: i64,
    /// What its queue counted for.
    pub weight: u32,
    /// By what it was first; lower is first.
    pub score: i64,
    /// The first of each other queue that the agent serves, best first.
    pub rivals: Vec<Rival>,
}

/// What speaks for a contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BalancedBy {
    /// The objective.
    Objective,
    /// It waited longer than the group lets anybody.
    Bound,
}

/// A contact of another queue of the group, which the agent could have had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Rival {
    /// By what it would be first; lower is first.
    pub score: i64,
    /// Its queue.
    pub queue: QueueId,
    /// Which.
    pub contact: ContactId,
    /// What was left of the threshold of its queue, s.
    pub slack_s: i64,
    /// What its queue counted for.
    pub weight: u32,
}

/// A contact that an agent could have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Contender {
    pub(crate) queue: QueueId,
    pub(crate) key: WaitKey,
    pub(crate) contact: ContactId,
}

/// What a group gives an agent.
pub(crate) struct Chosen {
    /// The place by which the group stands among all others: that of its oldest contact.
    pub(crate) place: (WaitKey, ContactId),
    pub(crate) contact: ContactId,
    pub(crate) balanced: Balanced,
}

/// What contacts of groups are weighed with.
#[derive(Clone, Copy)]
pub(crate) struct Weighing<'a> {
    pub(crate) now: Timestamp,
    pub(crate) settings: &'a Settings,
    pub(crate) balances: &'a Balances,
}

/// How a contender stands.
#[derive(Clone, Copy)]
struct Weighed {
    of: Contender,
    slack_us: i64,
    weight: u32,
    score: i64,
}

const MICROS: i64 = 1_000_000;

impl Weighing<'_> {
    fn group(&self, id: BalanceGroupId) -> Option<&BalanceGroup> {
        Some(&self.settings.balance_groups.get(&id)?.document)
    }

    fn threshold_us(&self, queue: QueueId) -> i64 {
        let queue = self.settings.queue(queue);
        let threshold_s = queue.map_or(0, |it| it.service_level.threshold_s);
        MICROS.saturating_mul(i64::from(threshold_s))
    }

    /// Since when a contact of a queue may wait at most that passes others of its own queue: it can still be answered
    /// in time. None: nobody passes anybody of the own queue.
    pub(crate) fn savable_since(&self, group: BalanceGroupId, queue: QueueId) -> Option<Timestamp> {
        match self.group(group)?.objective {
            Objective::MaxSl => Some(self.now.plus_micros(-self.threshold_us(queue))),
            Objective::FifoFair | Objective::MinMaxWait | Objective::WeightedLateness => None,
        }
    }

    /// Which contender an agent gets. Only those of the first priority band are looked at, and whoever waits
    /// beyond the bound of the group is first.
    pub(crate) fn choose(&self, id: BalanceGroupId, contenders: &[Contender]) -> Option<Chosen> {
        let group = self.group(id)?;
        let oldest = contenders.iter().min_by_key(|it| (it.key, it.contact))?;
        let in_band = contenders
            .iter()
            .filter(|it| it.key.band == oldest.key.band);
        let weighed: Vec<_> = in_band.map(|it| self.weigh(group, *it)).collect();
        let is_savable = |it: &&Weighed| it.slack_us >= 0;
        let only_savable =
            group.objective == Objective::MaxSl && weighed.iter().any(|it| is_savable(&it));
        let is_beyond = oldest.key.since.plus_seconds(group.bound_s) <= self.now;
        let eligible = weighed.iter().filter(|it| !only_savable || is_savable(it));
        let (first, by) = if is_beyond {
            let mut all = weighed.iter();
            (all.find(|it| it.of == *oldest)?, BalancedBy::Bound)
        } else {
            let first = eligible.clone().min_by_key(|it| it.place())?;
            (first, BalancedBy::Objective)
        };
        Some(Chosen {
            place: (oldest.key, oldest.contact),
            contact: first.of.contact,
            balanced: Balanced {
                group: id,
                objective: group.objective,
                by,
                slack_s: first.slack_s(),
                weight: first.weight,
                score: first.score,
                rivals: rivals(first, eligible),
            },
        })
    }

    fn weigh(&self, group: &BalanceGroup, of: Contender) -> Weighed {
        let waited_us = self.now.micros_since(of.key.since);
        let slack_us = self.threshold_us(of.queue) - waited_us;
        let weight = self.balances.weight_in_force(group, of.queue);
        let by_weight = i64::from(weight);
        let score = match group.objective {
            Objective::FifoFair => self.balances.taken_by(of.queue),
            Objective::MinMaxWait => -waited_us.saturating_mul(by_weight),
            // What is left is worth less to who counts for more, and lateness costs more.
            Objective::MaxSl | Objective::WeightedLateness if slack_us >= 0 => slack_us / by_weight,
            Objective::MaxSl | Objective::WeightedLateness => slack_us.saturating_mul(by_weight),
        };
        Weighed {
            of,
            slack_us,
            weight,
            score,
        }
    }
}

impl Weighed {
    const fn place(&self) -> (i64, WaitKey, ContactId) {
        (self.score, self.of.key, self.of.contact)
    }

    const fn slack_s(&self) -> i64 {
        self.slack_us.div_euclid(MICROS)
    }
}

/// The first of each other queue.
fn rivals<'a>(first: &Weighed, eligible: impl Iterator<Item = &'a Weighed>) -> Vec<Rival> {
    let mut others: Vec<_> = eligible
        .filter(|it| it.of.queue != first.of.queue)
        .collect();
    others.sort_by_key(|it| it.place());
    let mut rivals: Vec<Rival> = Vec::new();
    for it in others {
        if rivals.len() >= limits::DECISION_NEXT_MAX {
            break;
        }
        if rivals.iter().all(|known| known.queue != it.of.queue) {
            rivals.push(Rival {
                score: it.score,
                queue: it.of.queue,
                contact: it.of.contact,
                slack_s: it.slack_s(),
                weight: it.weight,
            });
        }
    }
    rivals
}
