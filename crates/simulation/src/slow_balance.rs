//! R-15 once more, by scans: what queues of a balance group took of the agents whom they share, which of those who wait an agent gets by it, and when
//! a queue borrows. It keeps every fact that matters, and no index.

use crate::slow_router::{self, Takes};
use std::collections::BTreeMap;
use tandem_core::balance::{BalanceGroup, Balanced, BalancedBy, Objective, Rival, Shift};
use tandem_core::contact::{Channel, State as Place, Stay};
use tandem_core::event::{BalanceShifted, EndReason, Event};
use tandem_core::ids::{AgentId, BalanceGroupId, ContactId, QueueId};
use tandem_core::limits;
use tandem_core::routing::WaitKey;
use tandem_core::settings::{Document, Kind};
use tandem_core::state::State;
use tandem_core::time::Timestamp;

const MICROS: i64 = 1_000_000;

/// What is remembered of the facts.
#[derive(Debug, Default)]
pub(crate) struct SlowBalance {
    taken: BTreeMap<QueueId, i64>,
    borrows: BTreeMap<QueueId, Timestamp>,
    usual: BTreeMap<QueueId, i64>,
    held: BTreeMap<ContactId, Held>,
    outcomes: Vec<(Timestamp, QueueId, bool)>,
    /// What the next fact must be.
    due: Option<BalanceShifted>,
    /// What was decided last, and by which balance.
    decided: Option<(ContactId, Option<Balanced>)>,
}

/// A contact that a shared agent has, and what was charged for it.
#[derive(Clone, Copy, Debug)]
struct Held {
    queue: QueueId,
    agent: AgentId,
    since: Timestamp,
    charged_us: i64,
}

/// A contact of a group that an agent could have.
struct Weighed {
    queue: QueueId,
    key: WaitKey,
    contact: ContactId,
    slack_us: i64,
    weight: i64,
    score: i64,
}

fn group_of(state: &State, queue: QueueId) -> Option<(BalanceGroupId, &BalanceGroup)> {
    let mut groups = state.settings.balance_groups.iter();
    let has = |it: &BalanceGroup| it.members.iter().any(|it| it.queue == queue);
    let (id, group) = groups.find(|(_, it)| has(&it.document))?;
    Some((*id, &group.document))
}

fn threshold_us(state: &State, queue: QueueId) -> i64 {
    let queue = state.settings.queue(queue);
    queue.map_or(0, |it| i64::from(it.service_level.threshold_s) * MICROS)
}

/// Whether somebody is in the line of a queue, no messages.
fn somebody_waits(state: &State, queue: QueueId) -> bool {
    let mut contacts = state.contacts.iter().map(|(_, it)| it);
    contacts.any(|it| {
        let is_call = it.channel() == Channel::Voice;
        let is_queued = matches!(it.state, Place::Queued(_));
        is_call && is_queued && it.stay().is_some_and(|it| it.queue == queue)
    })
}

/// Whether the agent serves two queues of the group or more.
fn is_shared(state: &State, agent: AgentId, group: &BalanceGroup) -> bool {
    let now = Timestamp::default();
    let members = group.members.iter();
    let served = members.filter(|it| {
        let stay = Stay::begun(it.queue, now, 0, 0, now);
        slow_router::serves(state, agent, &stay)
    });
    served.count() >= 2
}

impl SlowBalance {
    /// Whether a fact is what the balance asks for, given the state right before it.
    pub(crate) fn check(
        &mut self,
        now: Timestamp,
        before: &State,
        event: &Event,
    ) -> Result<(), String> {
        match (self.due.take(), event) {
            (Some(due), Event::BalanceShifted(it)) if due == *it => Ok(()),
            (Some(due), other) => Err(format!("{due:?} had to follow, and {other:?} did")),
            (None, Event::BalanceShifted(it)) => Err(format!("{it:?}, for no reason")),
            (None, Event::Offered { contact, agent, .. }) => {
                let decided = self.decided.take().filter(|(id, _)| id == contact);
                let balanced = decided.and_then(|(_, balanced)| balanced);
                balanced.map_or(Ok(()), |balanced| {
                    self.is_balanced(now, before, (*agent, *contact), &balanced)
                })
            }
            (None, _) => Ok(()),
        }
    }

    /// Whether the agent gets the contact by the objective of its group.
    fn is_balanced(
        &self,
        now: Timestamp,
        state: &State,
        (agent, contact): (AgentId, ContactId),
        balanced: &Balanced,
    ) -> Result<(), String> {
        let Some(group) = state.settings.balance_groups.get(&balanced.group) else {
            return Err(format!("{balanced:?} is of no group"));
        };
        let group = (balanced.group, &group.document);
        // Who is on the way out may be passed over, and need not be: who is named was not.
        let is_named = |it: &Takes| {
            let mut rivals = balanced.rivals.iter();
            it.contact == contact || rivals.any(|rival| rival.contact == it.contact)
        };
        let takes = slow_router::could_take(state, now, agent);
        let takes = takes.into_iter();
        let (takes, passed): (Vec<_>, Vec<_>) = takes.partition(|it| it.is_patient || is_named(it));
        let is_member = |it: &Takes| {
            let is_in = group_of(state, it.queue).is_some_and(|(id, _)| id == group.0);
            is_in && it.channel == Channel::Voice && !it.is_reserved
        };
        let first = takes.iter().filter(|it| is_member(it));
        let Some(first) = first.map(|it| it.key).min() else {
            return Err(format!("{balanced:?}: nobody of the group waits"));
        };
        // The group stands where its first one stands, who may be on the way out.
        let leaving = passed.iter().filter(|it| is_member(it));
        let place = leaving.map(|it| it.key).fold(first, WaitKey::min);
        let mut outside = takes
            .iter()
            .filter(|it| group_of(state, it.queue).is_none());
        if let Some(earlier) = outside.find(|it| it.key < place) {
            return Err(format!(
                "{} comes before the group of {contact}",
                earlier.contact
            ));
        }
        let members = takes
            .iter()
            .filter(|it| is_member(it) && it.key.band == first.band);
        let weighed: Vec<_> = members
            .map(|it| self.weigh(now, state, group, it))
            .collect();
        let slow = choose(now, group, first, weighed);
        let told = |it: &Balanced| {
            let rivals = it.rivals.iter().filter(|_| passed.is_empty());
            Balanced {
                rivals: rivals.copied().collect(),
                ..it.clone()
            }
        };
        let is_right = slow
            .as_ref()
            .is_some_and(|(id, it)| *id == contact && told(it) == told(balanced));
        if is_right {
            return Ok(());
        }
        Err(format!(
            "{agent} gets {contact} by {balanced:?}; the full scan says {slow:?}"
        ))
    }

    fn weigh(
        &self,
        now: Timestamp,
        state: &State,
        group: (BalanceGroupId, &BalanceGroup),
        it: &Takes,
    ) -> Weighed {
        let waited_us = (now.as_micros() - it.key.since.as_micros()).max(0);
        let slack_us = threshold_us(state, it.queue) - waited_us;
        let weight = self.weight(group.1, it.queue);
        let late = || {
            if slack_us < 0 {
                slack_us * weight
            } else {
                slack_us / weight
            }
        };
        let score = match group.1.objective {
            Objective::FifoFair => self.taken.get(&it.queue).copied().unwrap_or(0),
            Objective::MinMaxWait => -(waited_us * weight),
            Objective::MaxSl | Objective::WeightedLateness => late(),
        };
        Weighed {
            queue: it.queue,
            key: it.key,
            contact: it.contact,
            slack_us,
            weight,
            score,
        }
    }

    fn weight(&self, group: &BalanceGroup, queue: QueueId) -> i64 {
        let mut members = group.members.iter();
        let weight = members
            .find(|it| it.queue == queue)
            .map_or(1, |it| it.weight);
        let factor = group
            .borrowing
            .filter(|_| self.borrows.contains_key(&queue));
        i64::from(weight) * factor.map_or(1, |it| i64::from(it.factor))
    }

    fn charge(&mut self, state: &State, queue: QueueId, us: i64) {
        let Some((_, group)) = group_of(state, queue) else {
            return;
        };
        let weight = self.weight(group, queue);
        if let Some(taken) = self.taken.get_mut(&queue) {
            *taken += us / weight;
        }
    }

    /// Takes a fact in, given the state right before it.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the other facts say nothing of the balance"
    )]
    pub(crate) fn note(&mut self, now: Timestamp, before: &State, event: &Event) {
        match event {
            Event::Decided(it) => {
                let balanced = it.balanced.as_deref().cloned();
                self.decided = Some((it.contact, balanced));
            }
            Event::Saved {
                id,
                document: Document::BalanceGroup(group),
                ..
            } => self.changed(before, BalanceGroupId(*id), Some(group)),
            Event::Removed {
                kind: Kind::BalanceGroup,
                id,
                ..
            } => self.changed(before, BalanceGroupId(*id), None),
            Event::BalanceShifted(it) => match it.to {
                Shift::Borrows => drop(self.borrows.insert(it.queue, now)),
                Shift::Returns => drop(self.borrows.remove(&it.queue)),
            },
            Event::Enqueued { queue, .. }
            | Event::CallbackDue(tandem_core::event::CallbackDue { queue, .. }) => {
                self.begins(before, *queue);
            }
            Event::Requeued { contact, queue, .. } => {
                self.over(now, before, *contact);
                self.begins(before, *queue);
            }
            Event::Offered { .. } => self.offered(now, before, event),
            Event::OfferEnded { contact, .. } => {
                if let Some(held) = self.held.remove(contact) {
                    self.charge(before, held.queue, -held.charged_us);
                }
            }
            Event::HandedOver {
                contact,
                from: agent,
                ..
            }
            | Event::WrapUpEnded { contact, agent, .. } => {
                self.done_by(now, before, (*contact, *agent));
            }
            Event::Connected { contact, .. } => self.judge(now, before, *contact, Left::Answered),
            Event::ContactEnded { contact, reason } => {
                let left = match reason {
                    EndReason::AbandonedQueue | EndReason::AbandonedRinging => Left::GaveUp,
                    _ => Left::Otherwise,
                };
                self.judge(now, before, *contact, left);
                self.over(now, before, *contact);
            }
            _ => {}
        }
    }

    fn changed(&mut self, before: &State, id: BalanceGroupId, group: Option<&BalanceGroup>) {
        let members = group.into_iter().flat_map(|it| &it.members);
        let members: Vec<_> = members.map(|it| it.queue).collect();
        let old = before.settings.balance_groups.get(&id);
        for member in old.into_iter().flat_map(|it| &it.document.members) {
            if !members.contains(&member.queue) {
                self.taken.remove(&member.queue);
                self.usual.remove(&member.queue);
                self.borrows.remove(&member.queue);
                self.outcomes.retain(|it| it.1 != member.queue);
            }
        }
        for queue in members {
            if let Some(group) = group.filter(|_| !self.taken.contains_key(&queue)) {
                let taken = self.beginning(before, group, queue);
                self.taken.insert(queue, taken);
            }
            if group.is_some_and(|it| it.borrowing.is_none()) {
                self.borrows.remove(&queue);
            }
        }
    }

    /// Somebody begins to wait: a queue that was empty is no further behind than its group.
    fn begins(&mut self, before: &State, queue: QueueId) {
        let group = group_of(before, queue).filter(|_| !somebody_waits(before, queue));
        let Some((_, group)) = group else {
            return;
        };
        let beginning = self.beginning(before, group, queue);
        if let Some(taken) = self.taken.get_mut(&queue) {
            *taken = beginning.max(*taken);
        }
    }

    /// The least that the other queues took that somebody waits in, or the most of all others.
    fn beginning(&self, before: &State, group: &BalanceGroup, queue: QueueId) -> i64 {
        let mut waiting = Vec::new();
        let mut all = Vec::new();
        for other in group.members.iter().filter(|it| it.queue != queue) {
            let taken = self.taken.get(&other.queue).copied();
            all.extend(taken);
            waiting.extend(taken.filter(|_| somebody_waits(before, other.queue)));
        }
        let lowest = waiting.into_iter().min();
        lowest.or_else(|| all.into_iter().max()).unwrap_or(0)
    }

    fn offered(&mut self, now: Timestamp, before: &State, event: &Event) {
        let Event::Offered {
            contact,
            agent,
            queue,
            load,
            ..
        } = event
        else {
            return;
        };
        let Some((_, group)) = group_of(before, *queue).filter(|_| load.channel == Channel::Voice)
        else {
            return;
        };
        self.over(now, before, *contact);
        if !is_shared(before, *agent, group) {
            return;
        }
        let unknown_us = limits::BALANCE_USUAL_SECONDS * MICROS;
        let charged_us = self.usual.get(queue).copied().unwrap_or(unknown_us);
        self.charge(before, *queue, charged_us);
        let held = Held {
            queue: *queue,
            agent: *agent,
            since: now,
            charged_us,
        };
        self.held.insert(*contact, held);
    }

    fn done_by(&mut self, now: Timestamp, before: &State, (contact, agent): (ContactId, AgentId)) {
        if self.held.get(&contact).is_some_and(|it| it.agent == agent) {
            self.over(now, before, contact);
        }
    }

    fn over(&mut self, now: Timestamp, before: &State, contact: ContactId) {
        let Some(held) = self.held.remove(&contact) else {
            return;
        };
        let us = now.as_micros() - held.since.as_micros();
        self.charge(before, held.queue, us - held.charged_us);
        if self.taken.contains_key(&held.queue) {
            let unknown_us = limits::BALANCE_USUAL_SECONDS * MICROS;
            let usual = self.usual.entry(held.queue).or_insert(unknown_us);
            *usual = (*usual * 7 + us) / 8;
        }
    }

    /// Notes how a wait ended, and what has to follow.
    fn judge(&mut self, now: Timestamp, before: &State, contact: ContactId, left: Left) {
        let contact = before.contacts.get(contact);
        let Some(stay) = contact.and_then(|it| it.stay()) else {
            return;
        };
        let is_call = contact.is_some_and(|it| it.channel() == Channel::Voice);
        let Some((id, group)) = group_of(before, stay.queue) else {
            return;
        };
        let queue = stay.queue;
        let waited_us = now.as_micros() - stay.since.as_micros();
        let in_time = match left {
            Left::Answered => Some(waited_us <= threshold_us(before, queue)),
            Left::GaveUp => Some(false),
            Left::Otherwise => None,
        };
        let judged = in_time.filter(|_| is_call);
        self.outcomes.extend(judged.map(|it| (now, queue, it)));
        let Some(rule) = group.borrowing else {
            return;
        };
        let since = now.plus_micros(-limits::BALANCE_JUDGED_SECONDS * MICROS);
        let late = self.outcomes.iter();
        let late = late.filter(|(at, it, _)| *it == queue && *at > since);
        let (mut in_time, mut judged) = (0, 0);
        for (_, _, it) in late {
            judged += 1;
            in_time += u32::from(*it);
        }
        let is_known = judged >= limits::BALANCE_JUDGED_MIN;
        let to = match self.borrows.get(&queue) {
            None if is_known && 100 * in_time < judged * rule.below_percent => Shift::Borrows,
            Some(since)
                if now >= since.plus_seconds(rule.dwell_s)
                    && (!is_known || 100 * in_time > judged * rule.above_percent) =>
            {
                Shift::Returns
            }
            Some(_) | None => return,
        };
        self.due = Some(BalanceShifted {
            group: id,
            queue,
            to,
            in_time,
            judged,
        });
    }
}

/// How a wait ended.
#[derive(Clone, Copy)]
enum Left {
    Answered,
    GaveUp,
    Otherwise,
}

/// The first of them, with what speaks for it.
fn choose(
    now: Timestamp,
    (id, group): (BalanceGroupId, &BalanceGroup),
    first: WaitKey,
    mut weighed: Vec<Weighed>,
) -> Option<(ContactId, Balanced)> {
    let is_late = first.since.plus_seconds(group.bound_s) <= now;
    weighed.sort_by_key(|it| (it.score, it.key, it.contact));
    let bounded = weighed.iter().position(|it| is_late && it.key == first);
    let bounded = bounded.map(|place| weighed.remove(place));
    let saves = group.objective == Objective::MaxSl;
    let can_save = weighed.iter().chain(&bounded).any(|it| it.slack_us >= 0);
    if saves && can_save {
        weighed.retain(|it| it.slack_us >= 0);
    }
    let by = match bounded {
        Some(_) => BalancedBy::Bound,
        None => BalancedBy::Objective,
    };
    let mut weighed = weighed.into_iter();
    let chosen = bounded.or_else(|| weighed.next())?;
    let mut rivals: Vec<Rival> = Vec::new();
    for it in weighed.filter(|it| it.queue != chosen.queue) {
        if rivals.len() < limits::DECISION_NEXT_MAX && rivals.iter().all(|r| r.queue != it.queue) {
            rivals.push(Rival {
                score: it.score,
                queue: it.queue,
                contact: it.contact,
                slack_s: it.slack_us.div_euclid(MICROS),
                weight: u32::try_from(it.weight).unwrap_or(u32::MAX),
            });
        }
    }
    let balanced = Balanced {
        group: id,
        objective: group.objective,
        by,
        slack_s: chosen.slack_us.div_euclid(MICROS),
        weight: u32::try_from(chosen.weight).unwrap_or(u32::MAX),
        score: chosen.score,
        rivals,
    };
    Some((chosen.contact, balanced))
}
