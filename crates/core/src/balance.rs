//! Balance groups (R-15, decision 0039): queues that share agents, and what an agent who becomes free gets among them.
//! The document and the choice; what was learned of each queue lies in `learned.rs`. It knows no agents and no lists.

mod choice;
mod learned;

pub use choice::{Balanced, BalancedBy, Rival};
pub(crate) use choice::{Chosen, Contender, Weighing};
pub use learned::{Balances, Learned, Spent};

use crate::event::{BalanceShifted, Event};
use crate::flow::{in_range, invalid};
use crate::ids::{BalanceGroupId, QueueId};
use crate::limits;
use crate::refusal::Refusal;
use crate::settings::{self, Settings, Versioned};
use crate::state::State;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Queues that share agents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BalanceGroup {
    /// What people call it.
    pub name: String,
    /// Which of those who wait an agent gets.
    pub objective: Objective,
    /// Its queues; a queue is in one group at most.
    pub members: Vec<Member>,
    /// Who waits longer than this comes first, whatever the objective says, s: nobody starves.
    pub bound_s: u32,
    /// When a queue counts for more; never without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub borrowing: Option<Borrowing>,
}

/// A queue of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Which.
    pub queue: QueueId,
    /// What it counts for, 1 to 100.
    pub weight: u32,
}

/// What a group wants. Slack is what is left of the queue's service-level threshold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Objective {
    /// Each queue gets its weight's share of the shared agents' time; within a queue, who came first.
    FifoFair,
    /// As many as possible are answered in time: whoever still can be, least slack by weight first.
    MaxSl,
    /// The longest wait is short: whoever waits longest, by weight.
    MinMaxWait,
    /// Who is late is so for a short time: the most lateness by weight, then the least slack by weight.
    WeightedLateness,
}

impl Objective {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::FifoFair,
        Self::MaxSl,
        Self::MinMaxWait,
        Self::WeightedLateness,
    ];
}

/// A queue whose service level is low counts for more, until it has recovered: it borrows shared agents of the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Borrowing {
    /// It borrows from a service level below this on, percent.
    pub below_percent: u32,
    /// It gives back at a service level above this, percent; more than `below_percent`.
    pub above_percent: u32,
    /// What its weight is multiplied by meanwhile, 2 to 10.
    pub factor: u32,
    /// It gives back no sooner than after this, s.
    pub dwell_s: u32,
}

/// What a queue does with the shared agents of the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shift {
    /// It borrows some.
    Borrows,
    /// It gives them back.
    Returns,
}

impl BalanceGroup {
    /// What a queue of the group counts for, whether it borrows or not.
    #[must_use]
    pub fn weight_of(&self, queue: QueueId) -> Option<u32> {
        let mut members = self.members.iter();
        Some(members.find(|it| it.queue == queue)?.weight)
    }

    fn validate(&self) -> Result<(), Refusal> {
        let (least, most) = (2, limits::BALANCE_MEMBERS_MAX);
        if !(least..=most).contains(&self.members.len()) {
            let detail = format!("name {least} to {most} queues");
            return Err(invalid("members", detail));
        }
        let mut named = BTreeSet::new();
        for (n, member) in self.members.iter().enumerate() {
            let at = |field: &str| format!("members[{n}].{field}");
            if !named.insert(member.queue) {
                let detail = "stands there twice; name each queue once".to_owned();
                return Err(invalid(&at("queue_id"), detail));
            }
            let max = limits::BALANCE_WEIGHT_MAX;
            in_range(&at("weight"), member.weight, 1, max)?;
        }
        let (least, most) = limits::BALANCE_BOUND_SECONDS;
        in_range("bound_s", self.bound_s, least, most)?;
        self.borrowing.map_or(Ok(()), Borrowing::validate)
    }
}

impl Borrowing {
    fn validate(self) -> Result<(), Refusal> {
        in_range("borrowing.below_percent", self.below_percent, 1, 99)?;
        if self.above_percent <= self.below_percent {
            let detail = "is not above below_percent: a queue would borrow and give back all the time; raise it";
            return Err(invalid("borrowing.above_percent", detail.to_owned()));
        }
        // Nothing is above 100 percent.
        in_range("borrowing.above_percent", self.above_percent, 2, 99)?;
        let max = limits::BALANCE_FACTOR_MAX;
        in_range("borrowing.factor", self.factor, 2, max)?;
        let (least, most) = limits::BALANCE_DWELL_SECONDS;
        in_range("borrowing.dwell_s", self.dwell_s, least, most)
    }
}

impl Settings {
    pub(crate) fn validate_balance_group(
        &self,
        id: Option<u64>,
        group: &BalanceGroup,
    ) -> Result<(), Refusal> {
        settings::name("name", &group.name)?;
        let others = || {
            let groups = self.balance_groups.iter();
            groups.filter(|(other, _)| Some(other.0) != id)
        };
        let is_twin =
            |it: &Versioned<BalanceGroup>| it.document.name.eq_ignore_ascii_case(&group.name);
        settings::unique("name", others().any(|(_, it)| is_twin(it)))?;
        group.validate()?;
        for (n, member) in group.members.iter().enumerate() {
            let (field, queue) = (format!("members[{n}].queue_id"), member.queue);
            settings::exists(&field, "queue", queue.0, self.queues.contains(queue))?;
            let has = |it: &Versioned<BalanceGroup>| it.document.weight_of(queue).is_some();
            if let Some((_, other)) = others().find(|(_, it)| has(it)) {
                let name = &other.document.name;
                let detail =
                    format!("is in the balance group \"{name}\" already; take it out there");
                return Err(invalid(&field, detail));
            }
        }
        Ok(())
    }

    /// The balance group that a queue is in, in words.
    pub(crate) fn balanced_by(&self, queue: QueueId) -> Option<String> {
        let mut groups = self.balance_groups.values();
        let group = groups.find(|it| it.document.weight_of(queue).is_some())?;
        Some(format!("the balance group \"{}\"", group.document.name))
    }
}

impl State {
    /// The balance group that a queue is in.
    #[must_use]
    pub fn balance_group_of(&self, queue: QueueId) -> Option<(BalanceGroupId, &BalanceGroup)> {
        let id = self.floor.group_of(queue)?;
        Some((id, &self.settings.balance_groups.get(&id)?.document))
    }

    /// What an agent who becomes free gets is weighed with this.
    pub(crate) const fn weighing(&self, now: Timestamp) -> Weighing<'_> {
        Weighing {
            now,
            settings: &self.settings,
            balances: &self.balances,
        }
    }

    /// A balance group was saved or removed: those who wait in its queues, or did, stand in other lists from now on.
    pub(crate) fn balance_changed(&mut self, now: Timestamp, id: BalanceGroupId) {
        let group = self.settings.balance_groups.get(&id).map(|it| &it.document);
        let members = group.into_iter().flat_map(|it| &it.members);
        let members: BTreeSet<_> = members.map(|it| it.queue).collect();
        let changed = self.floor.balance(id, &members);
        self.balances.set(id, group, &self.floor);
        self.waits_changed(now, |_, queue| changed.contains(&queue));
    }

    /// What a fact says of the balance, before it changes the contact.
    pub(crate) fn learn_balance(&mut self, now: Timestamp, event: &Event) {
        if self.balances.is_empty() {
            return;
        }
        let (floor, contacts) = (&self.floor, &self.contacts);
        let known = learned::Known {
            floor,
            contacts,
            settings: &self.settings,
        };
        self.balances.learn(now, event, known);
    }

    /// What follows from the service level of a queue, if that is known anew and something does.
    pub(crate) fn balance_shift(&self, now: Timestamp, queue: QueueId) -> Option<BalanceShifted> {
        let (id, group) = self.balance_group_of(queue)?;
        let rule = group.borrowing?;
        let learned = self.balances.of(queue)?;
        let (in_time, judged) = learned.judged(now);
        let is_known = judged >= limits::BALANCE_JUDGED_MIN;
        let to = match learned.borrows_since {
            None if is_known && in_time * 100 < rule.below_percent * judged => Shift::Borrows,
            Some(since) if since.plus_seconds(rule.dwell_s) <= now => {
                let recovers = in_time * 100 > rule.above_percent * judged;
                if is_known && !recovers {
                    return None;
                }
                Shift::Returns
            }
            Some(_) | None => return None,
        };
        Some(BalanceShifted {
            group: id,
            queue,
            to,
            in_time,
            judged,
        })
    }
}
