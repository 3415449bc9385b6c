//! Agents whom a contact would rather have: the rule of a queue, whom each customer talked to last, and what is
//! known of a contact that waits for somebody in particular.

use crate::agent::Agent;
use crate::contact::{Channel, Contacts, State as Place, Stay};
use crate::event::Event;
use crate::flow::{in_range, invalid};
use crate::ids::{AgentId, ContactId, CustomerHash, QueueId};
use crate::limits;
use crate::refusal::Refusal;
use crate::state::State;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The attribute by which a flow, or a business system through it, names the agent whom its contact would rather
/// have, by number.
pub const PREFERRED_AGENT: &str = "preferred_agent";

/// Whom the contacts of a queue would rather have, and for how long that is worth waiting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreferredRule {
    /// The agent whom the customer talked to in so many days, 1 to 90; only who is named by the attribute without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_agent_days: Option<u32>,
    /// The longest wait for that agent alone, s.
    pub for_s: u32,
    /// Who is not ready is waited for when the reason lasts no longer than this, s.
    pub max_not_ready_s: u32,
    /// Who is busy is waited for when that takes no longer than this, as far as the queue has learned, s.
    pub max_wait_if_busy_s: u32,
}

impl PreferredRule {
    /// Checks what an administrator wrote.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] with the field.
    pub fn validate(&self, max_wait_s: u32) -> Result<(), Refusal> {
        if let Some(days) = self.last_agent_days {
            let max = limits::LAST_AGENT_DAYS_MAX;
            in_range("preferred.last_agent_days", days, 1, max)?;
        }
        if self.for_s >= max_wait_s {
            let detail = "leaves nobody else any time; write less than max_wait_s".to_owned();
            return Err(invalid("preferred.for_s", detail));
        }
        let max = limits::PREFERRED_SECONDS_MAX;
        in_range("preferred.for_s", self.for_s, 1, max)?;
        in_range("preferred.max_not_ready_s", self.max_not_ready_s, 0, max)?;
        let busy_s = self.max_wait_if_busy_s;
        in_range("preferred.max_wait_if_busy_s", busy_s, 0, max)
    }
}

/// A contact waits for one agent alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentPreferred {
    /// Which contact.
    pub contact: ContactId,
    /// In which queue.
    pub queue: QueueId,
    /// For whom.
    pub agent: AgentId,
    /// Why that one.
    pub by: PreferredBy,
    /// Until when.
    pub until: Timestamp,
}

/// A contact does not wait for one agent, or does so no longer: its queue's plan goes on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreferredPassed {
    /// Which contact.
    pub contact: ContactId,
    /// In which queue.
    pub queue: QueueId,
    /// For whom.
    pub agent: AgentId,
    /// Why not.
    pub why: PassedBecause,
}

/// Why a contact would rather have an agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PreferredBy {
    /// The customer talked to the agent last.
    LastAgent,
    /// The attribute names the agent.
    Attribute,
}

/// Why an agent is not waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PassedBecause {
    /// There is no such agent, or the agent may not work.
    Gone,
    /// Does not have what the queue asks for.
    LacksSkill,
    /// Not here.
    SignedOut,
    /// Wants none, for longer than the queue lets wait.
    NotReady,
    /// Has never room for such a contact.
    NoCapacity,
    /// Is busy for longer than the queue lets wait, or nobody knows for how long.
    Busy,
    /// Missed or declined the contact.
    CoolingDown,
    /// The time is up.
    TimeIsUp,
}

/// Whom a contact waits for alone, and until when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preferring {
    /// Whom.
    pub agent: AgentId,
    /// Until when.
    pub until: Timestamp,
}

impl Preferring {
    /// What a fact about the place of a contact in a line makes of it.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the other facts about a place change nothing of it"
    )]
    pub(crate) const fn after(before: Option<Self>, event: &Event) -> Option<Self> {
        match event {
            Event::AgentPreferred(it) => Some(Self {
                agent: it.agent,
                until: it.until,
            }),
            Event::PlanStepEntered(_) | Event::PriorityAdjusted(_) => before,
            _ => None,
        }
    }
}

impl State {
    /// How long an agent will be busy, and with those who wait for the agent before this contact, as the queues have
    /// learned from what they handled, ms; nothing where one has learned nothing.
    pub(crate) fn busy_ms(
        &self,
        now: Timestamp,
        (id, agent): (AgentId, &Agent),
        (contact, stay): (ContactId, &Stay),
    ) -> Option<u64> {
        let mean_ms = |queue| self.estimates.of(queue)?.handling_ms();
        let mut longest_ms = 0;
        for slot in &agent.slots {
            let other = self.contacts.get(slot.contact);
            let queue = other.and_then(|it| it.stay()).map(|it| it.queue);
            let since = match other.map(|it| &it.state) {
                Some(Place::Connected(_, it, _) | Place::WrapUp(_, it, _)) => it.since,
                Some(_) | None => now,
            };
            let spent_ms = now.micros_since(since).unsigned_abs() / 1_000;
            let left_ms = mean_ms(queue.unwrap_or(stay.queue))?.saturating_sub(spent_ms);
            longest_ms = left_ms.max(longest_ms);
        }
        let waiting = self.floor.waiting_for(id).into_iter();
        let n_ahead = waiting.take_while(|it| *it != contact).count();
        let n_ahead = u64::try_from(n_ahead).unwrap_or(u64::MAX);
        let ahead_ms = mean_ms(stay.queue)?.saturating_mul(n_ahead);
        Some(longest_ms.saturating_add(ahead_ms))
    }
}

/// Whom each customer talked to last: the latest so many customers, for so many days.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastAgents {
    by_customer: BTreeMap<CustomerHash, (AgentId, Timestamp)>,
    in_order: BTreeSet<(Timestamp, CustomerHash)>,
}

impl LastAgents {
    /// Whom a customer talked to last, if that was at `since` or later.
    #[must_use]
    pub fn of(&self, customer: CustomerHash, since: Timestamp) -> Option<AgentId> {
        let (agent, at) = self.by_customer.get(&customer)?;
        (*at >= since).then_some(*agent)
    }

    /// How many are remembered.
    #[must_use]
    pub fn len(&self) -> usize {
        self.by_customer.len()
    }

    /// Whether nobody is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_customer.is_empty()
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "in two facts a customer begins to talk to an agent"
    )]
    pub(crate) fn apply(&mut self, now: Timestamp, event: &Event, contacts: &Contacts) {
        match event {
            Event::Connected { contact, agent, .. }
            | Event::CustomerReached { contact, agent, .. } => {
                let contact = contacts.get(*contact);
                let calls = contact.filter(|it| it.channel() == Channel::Voice);
                if let Some(contact) = calls {
                    self.talked(now, contact.customer, *agent);
                }
            }
            _ => {}
        }
    }

    fn talked(&mut self, now: Timestamp, customer: CustomerHash, agent: AgentId) {
        if let Some((_, before)) = self.by_customer.insert(customer, (agent, now)) {
            self.in_order.remove(&(before, customer));
        }
        self.in_order.insert((now, customer));
        let kept_since = now.minus_days(limits::LAST_AGENT_DAYS_MAX);
        while let Some((at, oldest)) = self.in_order.first().copied() {
            if at >= kept_since && self.by_customer.len() <= limits::LAST_AGENTS_MAX {
                break;
            }
            self.in_order.pop_first();
            self.by_customer.remove(&oldest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // memory of last agents is bounded, in customers and in days.
    #[test]
    fn oldest_customers_are_forgotten_by_number_and_by_time() {
        let mut last = LastAgents::default();
        let at = |n: u64| Timestamp::from_micros(i64::try_from(n).unwrap());
        let n = u64::try_from(limits::LAST_AGENTS_MAX).unwrap();
        for customer in 0..=n {
            last.talked(at(customer), CustomerHash(customer), AgentId(1));
        }
        assert_eq!(last.len(), limits::LAST_AGENTS_MAX);
        assert_eq!(last.of(CustomerHash(0), at(0)), None);
        assert_eq!(last.of(CustomerHash(n), at(n)), Some(AgentId(1)));
        assert_eq!(last.of(CustomerHash(n), at(n + 1)), None);
        let later = at(n).plus_seconds(86_400 * (limits::LAST_AGENT_DAYS_MAX + 1));
        last.talked(later, CustomerHash(7), AgentId(2));
        assert_eq!(last.len(), 1);
        assert_eq!(last.of(CustomerHash(7), at(0)), Some(AgentId(2)));
    }
}
