//! Calls of queues in balance groups that wait for one pool: apart by queue, because the group says which queue
//! gets an agent. What no group is about stands in the list of the pool.

use super::{Entry, Floor, WaitKey};
use crate::balance::{BalanceGroup, Chosen, Contender, Weighing};
use crate::contact::Channel;
use crate::ids::{AgentId, BalanceGroupId, ContactId, QueueId};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

type Waiting = BTreeSet<(WaitKey, ContactId)>;

/// Those who wait, by group and queue. No list is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Grouped(BTreeMap<BalanceGroupId, BTreeMap<QueueId, Waiting>>);

impl Grouped {
    pub(super) fn insert(
        &mut self,
        group: BalanceGroupId,
        queue: QueueId,
        it: (WaitKey, ContactId),
    ) {
        let queues = self.0.entry(group).or_default();
        queues.entry(queue).or_default().insert(it);
    }

    pub(super) fn remove(
        &mut self,
        group: BalanceGroupId,
        queue: QueueId,
        it: &(WaitKey, ContactId),
    ) {
        let Some(queues) = self.0.get_mut(&group) else {
            return;
        };
        if let Some(waiting) = queues.get_mut(&queue) {
            waiting.remove(it);
            if waiting.is_empty() {
                queues.remove(&queue);
            }
        }
        if queues.is_empty() {
            self.0.remove(&group);
        }
    }

    /// Everybody, in no order that matters.
    pub(super) fn iter(&self) -> impl Iterator<Item = &(WaitKey, ContactId)> {
        self.0.values().flat_map(BTreeMap::values).flatten()
    }

    /// Of each queue the first, and the first who can still be answered in time where that matters. O(queues of the
    /// group that wait here).
    pub(super) fn contenders(
        &self,
        weighing: Weighing<'_>,
        is_kept_away: &impl Fn(ContactId) -> bool,
        found: &mut BTreeMap<BalanceGroupId, Vec<Contender>>,
    ) {
        let lists = self.0.iter().flat_map(|(group, queues)| {
            queues
                .iter()
                .map(move |(queue, waiting)| (*group, *queue, waiting))
        });
        for (group, queue, waiting) in lists {
            let may = |it: &&(WaitKey, ContactId)| !is_kept_away(it.1);
            let Some(first) = waiting.iter().find(may) else {
                continue;
            };
            let savable = weighing.savable_since(group, queue).and_then(|since| {
                let from = WaitKey {
                    band: first.0.band,
                    since,
                    seq: 0,
                };
                let mut others = waiting.range((from, ContactId(0))..);
                others.find(may).filter(|it| it.0.band == first.0.band)
            });
            let savable = savable.filter(|it| *it != first);
            let contenders = [Some(first), savable].into_iter().flatten();
            let contenders = contenders.map(|(key, contact)| Contender {
                queue,
                key: *key,
                contact: *contact,
            });
            found.entry(group).or_default().extend(contenders);
        }
    }
}

impl Floor {
    /// The balance group that a queue is in.
    pub(crate) fn group_of(&self, queue: QueueId) -> Option<BalanceGroupId> {
        self.lines.get(queue)?.group
    }

    /// Takes which queues a balance group has; answers those of which that is new.
    pub(crate) fn balance(
        &mut self,
        id: BalanceGroupId,
        members: &BTreeSet<QueueId>,
    ) -> BTreeSet<QueueId> {
        let mut changed = BTreeSet::new();
        for (queue, line) in self.lines.iter_mut() {
            let was = line.group == Some(id);
            let is = members.contains(&queue);
            if was != is {
                line.group = is.then_some(id);
                changed.insert(queue);
            }
        }
        changed
    }

    /// Whether an agent serves several queues of a group without any waiting.
    pub(crate) fn is_shared(&self, agent: AgentId, group: &BalanceGroup) -> bool {
        let serves = group.members.iter().filter(|it| {
            let own = self.lines.get(it.queue).and_then(|line| line.pool_at(0));
            self.service(agent, own).is_some()
        });
        serves.take(2).count() == 2
    }

    /// What the balance groups have for an agent: of that group whose oldest contact comes first.
    pub(super) fn balanced_for(
        &self,
        entry: &Entry,
        weighing: Weighing<'_>,
        is_kept_away: &impl Fn(ContactId) -> bool,
    ) -> Option<Chosen> {
        if weighing.settings.balance_groups.is_empty() {
            return None;
        }
        let mut found = BTreeMap::new();
        let calls = entry
            .serves
            .iter()
            .filter(|it| it.room.takes(Channel::Voice));
        for pool in calls.filter_map(|it| self.pools.get(it.pool)) {
            pool.grouped.contenders(weighing, is_kept_away, &mut found);
        }
        let chosen = found
            .iter()
            .filter_map(|(group, it)| weighing.choose(*group, it));
        chosen.min_by_key(|it| it.place)
    }
}
