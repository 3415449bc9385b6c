//! What was learned of the queues of balance groups: what they took of the time of shared agents, how they
//! kept their promise of late, and which of them borrow. Integers alone, from facts alone.

use super::{BalanceGroup, Shift};
use crate::contact::{Channel, Contacts};
use crate::event::{BalanceShifted, EndReason, Event};
use crate::ids::{AgentId, BalanceGroupId, ContactId, QueueId};
use crate::limits;
use crate::routing::Floor;
use crate::settings::Settings;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, VecDeque};

/// What was learned of all of them. A queue is in one group at most.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Balances {
    queues: BTreeMap<QueueId, Learned>,
    /// Contacts that shared agents have.
    engaged: BTreeMap<ContactId, Engaged>,
}

/// What was learned of a queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Learned {
    group: BalanceGroupId,
    /// What it took of the time of shared agents, by its weight, µs: the queue with the lowest is next.
    taken: i64,
    /// How long a contact of it keeps a shared agent, as far as is known, µs: the last ones count for most.
    usual_us: i64,
    /// Since when it borrows.
    pub borrows_since: Option<Timestamp>,
    /// Who was answered or gave up of late, and whether in time.
    outcomes: VecDeque<(Timestamp, Judged)>,
    /// What shared agents spent on it of late.
    spent: VecDeque<Spent>,
}

/// Whether a promise was kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Judged {
    InTime,
    Late,
}

/// What shared agents spent on a queue within some minutes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spent {
    /// Since when.
    pub since: Timestamp,
    /// Their time with contacts of the queue, until they were done, µs.
    pub us: i64,
    /// How many contacts that were.
    pub n: u32,
}

/// A contact that a shared agent has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Engaged {
    queue: QueueId,
    agent: AgentId,
    since: Timestamp,
    /// What its queue is taken to have taken for it until now, before weight, µs.
    charged_us: i64,
}

/// How an engagement ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Came {
    ToNothing,
    ToAnEnd,
}

/// What facts are read with.
#[derive(Clone, Copy)]
pub(super) struct Known<'a> {
    pub(super) floor: &'a Floor,
    pub(super) contacts: &'a Contacts,
    pub(super) settings: &'a Settings,
}

impl Learned {
    const fn begun(group: BalanceGroupId, taken: i64) -> Self {
        Self {
            group,
            taken,
            usual_us: limits::BALANCE_USUAL_SECONDS * 1_000_000,
            borrows_since: None,
            outcomes: VecDeque::new(),
            spent: VecDeque::new(),
        }
    }

    /// How many were answered in time of late, of how many that were answered or gave up.
    #[must_use]
    pub fn judged(&self, now: Timestamp) -> (u32, u32) {
        let since = now.plus_micros(-1_000_000 * limits::BALANCE_JUDGED_SECONDS);
        let late = self.outcomes.iter().filter(|(at, _)| *at > since);
        let (mut in_time, mut judged) = (0, 0);
        for (_, it) in late {
            judged += 1;
            in_time += u32::from(*it == Judged::InTime);
        }
        (in_time, judged)
    }

    fn judge(&mut self, now: Timestamp, judged: Judged) {
        let since = now.plus_micros(-1_000_000 * limits::BALANCE_JUDGED_SECONDS);
        self.outcomes.retain(|(at, _)| *at > since);
        if self.outcomes.len() >= limits::BALANCE_JUDGED_MAX {
            self.outcomes.pop_front();
        }
        self.outcomes.push_back((now, judged));
    }

    fn spend(&mut self, now: Timestamp, us: i64) {
        let begun = now.as_micros() - now.as_micros().rem_euclid(SLICE_US);
        let since = Timestamp::from_micros(begun);
        self.spent.retain(|it| within_shown(now, it.since));
        match self.spent.back_mut().filter(|it| it.since == since) {
            Some(last) => {
                last.us += us;
                last.n += 1;
            }
            None => self.spent.push_back(Spent { since, us, n: 1 }),
        }
    }
}

/// Spent time is kept in slices of so long, µs.
const SLICE_US: i64 = 300_000_000;

fn within_shown(now: Timestamp, slice: Timestamp) -> bool {
    now.micros_since(slice) < limits::BALANCE_SHOWN_SECONDS * 1_000_000
}

impl Balances {
    /// Whether no queue is in a group, and nobody has a contact of one that was.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.queues.is_empty() && self.engaged.is_empty()
    }

    /// What was learned of a queue.
    #[must_use]
    pub fn of(&self, queue: QueueId) -> Option<&Learned> {
        self.queues.get(&queue)
    }

    /// What a queue counts for now.
    #[must_use]
    pub fn weight_in_force(&self, group: &BalanceGroup, queue: QueueId) -> u32 {
        let weight = group.weight_of(queue).unwrap_or(1).max(1);
        let borrows = self.of(queue).and_then(|it| it.borrows_since).is_some();
        match group.borrowing {
            Some(rule) if borrows => weight.saturating_mul(rule.factor),
            Some(_) | None => weight,
        }
    }

    /// What a queue took of the time of shared agents, by its weight.
    pub(super) fn taken_by(&self, queue: QueueId) -> i64 {
        self.of(queue).map_or(0, |it| it.taken)
    }

    /// Where a queue begins in which nobody waited: with as much as the one of the others that took least and that
    /// somebody waits in; where nobody waits at all, with as much as the one that took most.
    fn beginning(&self, group: &BalanceGroup, queue: QueueId, floor: &Floor) -> i64 {
        let others = group.members.iter().filter(|it| it.queue != queue);
        let waiting = others.clone().filter(|it| floor.n_in_line(it.queue) > 0);
        let lowest = waiting
            .filter_map(|it| Some(self.of(it.queue)?.taken))
            .min();
        let highest = others.filter_map(|it| Some(self.of(it.queue)?.taken)).max();
        lowest.or(highest).unwrap_or(0)
    }

    /// What shared agents spent on a queue in the last hour, those included who have a contact of it now.
    #[must_use]
    pub fn spent_on(&self, now: Timestamp, queue: QueueId) -> Spent {
        let slices = self.of(queue).into_iter().flat_map(|it| &it.spent);
        let slices = slices.filter(|it| within_shown(now, it.since));
        let (us, n) = slices.fold((0, 0), |(us, n), it| (us + it.us, n + it.n));
        let present = self.engaged.values().filter(|it| it.queue == queue);
        let (us, n) = present.fold((us, n), |(us, n), it| {
            (us + now.micros_since(it.since), n + 1)
        });
        let since = Self::shown_since(now);
        Spent { since, us, n }
    }

    /// Since when it is told what shared agents did.
    #[must_use]
    pub const fn shown_since(now: Timestamp) -> Timestamp {
        now.plus_micros(-1_000_000 * limits::BALANCE_SHOWN_SECONDS)
    }

    /// How many shared agents have a contact of a queue.
    #[must_use]
    pub fn n_engaged(&self, queue: QueueId) -> usize {
        self.engaged.values().filter(|it| it.queue == queue).count()
    }

    /// Takes what a group is from now on, or that it is gone. A queue that joins it is where the group is.
    pub(super) fn set(&mut self, id: BalanceGroupId, group: Option<&BalanceGroup>, floor: &Floor) {
        let is_member = |queue| group.is_some_and(|it| it.weight_of(queue).is_some());
        self.queues
            .retain(|queue, it| it.group != id || is_member(*queue));
        let Some(group) = group else {
            return;
        };
        for member in &group.members {
            let taken = self.beginning(group, member.queue, floor);
            let learned = { self.queues.entry(member.queue) }
                .and_modify(|it| {
                    // It was in another group until now: what was learned there holds there.
                    if it.group != id {
                        *it = Learned::begun(id, taken);
                    }
                })
                .or_insert_with(|| Learned::begun(id, taken));
            if group.borrowing.is_none() {
                learned.borrows_since = None;
            }
        }
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the other facts say nothing of the balance"
    )]
    pub(super) fn learn(&mut self, now: Timestamp, event: &Event, known: Known<'_>) {
        match event {
            Event::Requeued { contact, queue, .. } => {
                self.done(now, *contact, Came::ToAnEnd, known);
                self.begins_to_wait(*queue, known);
            }
            Event::Enqueued { queue, .. }
            | Event::CallbackDue(crate::event::CallbackDue { queue, .. }) => {
                self.begins_to_wait(*queue, known);
            }
            Event::Offered {
                contact,
                agent,
                queue,
                load,
                ..
            } if load.channel == Channel::Voice => {
                self.offered(now, (*contact, *queue), *agent, known);
            }
            Event::OfferEnded { contact, .. } => {
                self.done(now, *contact, Came::ToNothing, known);
            }
            Event::Connected { contact, .. } => self.answered(now, *contact, known),
            Event::HandedOver { contact, from, .. } => self.left(now, *contact, *from, known),
            Event::WrapUpEnded { contact, agent, .. } => self.left(now, *contact, *agent, known),
            Event::ContactEnded { contact, reason } => {
                if matches!(
                    reason,
                    EndReason::AbandonedQueue | EndReason::AbandonedRinging
                ) {
                    self.judge(now, *contact, |_| Judged::Late, known);
                }
                self.done(now, *contact, Came::ToAnEnd, known);
            }
            Event::BalanceShifted(it) => self.shifted(now, it),
            _ => {}
        }
    }

    fn shifted(&mut self, now: Timestamp, it: &BalanceShifted) {
        if let Some(learned) = self.queues.get_mut(&it.queue) {
            learned.borrows_since = match it.to {
                Shift::Borrows => Some(now),
                Shift::Returns => None,
            };
        }
    }

    /// Where nobody waited, what the queue did not use is not made up for later.
    fn begins_to_wait(&mut self, queue: QueueId, known: Known<'_>) {
        if known.floor.n_in_line(queue) > 0 {
            return;
        }
        let group = self.of(queue).map(|it| it.group);
        let Some(group) = group.and_then(|it| known.settings.balance_groups.get(&it)) else {
            return;
        };
        let beginning = self.beginning(&group.document, queue, known.floor);
        if let Some(learned) = self.queues.get_mut(&queue) {
            learned.taken = learned.taken.max(beginning);
        }
    }

    /// A shared agent is taken by a queue, for as long as a contact usually takes until it is known how long.
    fn offered(
        &mut self,
        now: Timestamp,
        (contact, queue): (ContactId, QueueId),
        agent: AgentId,
        known: Known<'_>,
    ) {
        self.done(now, contact, Came::ToAnEnd, known);
        let Some(learned) = self.queues.get(&queue) else {
            return;
        };
        let group = known.settings.balance_groups.get(&learned.group);
        let group = group.map(|it| &it.document);
        let is_shared = group.is_some_and(|it| known.floor.is_shared(agent, it));
        if !is_shared {
            return;
        }
        let charged_us = learned.usual_us;
        self.charge(queue, charged_us, known);
        let engaged = Engaged {
            queue,
            agent,
            since: now,
            charged_us,
        };
        self.engaged.insert(contact, engaged);
    }

    fn charge(&mut self, queue: QueueId, us: i64, known: Known<'_>) {
        let Some(id) = self.of(queue).map(|it| it.group) else {
            return;
        };
        let Some(group) = known.settings.balance_groups.get(&id) else {
            return;
        };
        let weight = i64::from(self.weight_in_force(&group.document, queue));
        if let Some(learned) = self.queues.get_mut(&queue) {
            learned.taken = learned.taken.saturating_add(us / weight);
        }
    }

    /// An agent has nothing more to do with a contact.
    fn left(&mut self, now: Timestamp, contact: ContactId, agent: AgentId, known: Known<'_>) {
        if self
            .engaged
            .get(&contact)
            .is_some_and(|it| it.agent == agent)
        {
            self.done(now, contact, Came::ToAnEnd, known);
        }
    }

    /// What was taken to be needed becomes what was.
    fn done(&mut self, now: Timestamp, contact: ContactId, came: Came, known: Known<'_>) {
        let Some(engaged) = self.engaged.remove(&contact) else {
            return;
        };
        let us = match came {
            Came::ToNothing => 0,
            Came::ToAnEnd => now.micros_since(engaged.since),
        };
        self.charge(engaged.queue, us - engaged.charged_us, known);
        if let Some(learned) = self.queues.get_mut(&engaged.queue)
            && came == Came::ToAnEnd
        {
            learned.spend(now, us);
            learned.usual_us = (7 * learned.usual_us + us) / 8;
        }
    }

    fn answered(&mut self, now: Timestamp, contact: ContactId, known: Known<'_>) {
        let in_time = |waited_us, threshold_us| {
            if waited_us <= threshold_us {
                Judged::InTime
            } else {
                Judged::Late
            }
        };
        self.judge(now, contact, |(waited, most)| in_time(waited, most), known);
    }

    /// The service level is that of the queue's calls: `sl.abandon_negative`.
    fn judge(
        &mut self,
        now: Timestamp,
        contact: ContactId,
        judged: impl Fn((i64, i64)) -> Judged,
        known: Known<'_>,
    ) {
        let contact = known.contacts.get(contact);
        let call = contact.filter(|it| it.channel() == Channel::Voice);
        let Some(stay) = call.and_then(|it| it.stay()) else {
            return;
        };
        let queue = known.settings.queue(stay.queue);
        let threshold_s = queue.map_or(0, |it| it.service_level.threshold_s);
        if let Some(learned) = self.queues.get_mut(&stay.queue) {
            let waited_us = now.micros_since(stay.since);
            let threshold_us = i64::from(threshold_s).saturating_mul(1_000_000);
            learned.judge(now, judged((waited_us, threshold_us)));
        }
    }
}
