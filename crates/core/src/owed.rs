//! Work that agents owe for contacts that went on without them: wrap-up after a transfer. The contact
//! itself is somebody else's by then, or over.

use crate::contact::WrapUp;
use crate::event::{EndReason, Event};
use crate::ids::{AgentId, ContactId, QueueId};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The wrap-up of an agent who handed a contact over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Work {
    /// The queue for which the agent talked to the customer.
    pub queue: QueueId,
    /// Since when the agent talked to the customer.
    pub talked_since: Timestamp,
    /// The wrap-up.
    pub wrap_up: WrapUp,
}

/// All such work. An agent owes at most one, for agents have one slot for calls.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owed {
    by_agent: BTreeMap<AgentId, (ContactId, Work)>,
    alarms: BTreeSet<(Timestamp, AgentId)>,
}

impl Owed {
    /// What an agent owes for a contact.
    #[must_use]
    pub fn work(&self, contact: ContactId, agent: AgentId) -> Option<&Work> {
        let (of, work) = self.by_agent.get(&agent)?;
        (*of == contact).then_some(work)
    }

    /// What every agent owes.
    pub fn iter(&self) -> impl Iterator<Item = (AgentId, ContactId, &Work)> {
        let all = self.by_agent.iter();
        all.map(|(agent, (contact, work))| (*agent, *contact, work))
    }

    /// The first that ends by time.
    pub(crate) fn first(&self) -> Option<(Timestamp, AgentId)> {
        self.alarms.first().copied()
    }

    pub(crate) fn of(&self, agent: AgentId) -> Option<ContactId> {
        self.by_agent.get(&agent).map(|(contact, _)| *contact)
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the other facts are about no such work"
    )]
    pub(crate) fn apply(&mut self, now: Timestamp, event: &Event) {
        match event {
            Event::HandedOver {
                contact,
                from,
                queue,
                talked_since,
                work: Some(owed),
                ..
            } => {
                let wrap_up = WrapUp {
                    since: now,
                    until: owed.until,
                    extensions: 0,
                    reason: EndReason::Handled,
                };
                let work = Work {
                    queue: *queue,
                    talked_since: *talked_since,
                    wrap_up,
                };
                self.by_agent.insert(*from, (*contact, work));
                self.alarms.extend(owed.until.map(|until| (until, *from)));
            }
            Event::WrapUpExtended {
                contact,
                agent,
                until,
            } => self.extended(*contact, *agent, *until),
            Event::WrapUpEnded { contact, agent, .. } => self.ended(*contact, *agent),
            _ => {}
        }
    }

    fn extended(&mut self, contact: ContactId, agent: AgentId, until: Timestamp) {
        let Some((_, work)) = self.by_agent.get_mut(&agent).filter(|it| it.0 == contact) else {
            return;
        };
        if let Some(before) = work.wrap_up.until.replace(until) {
            self.alarms.remove(&(before, agent));
        }
        work.wrap_up.extensions += 1;
        self.alarms.insert((until, agent));
    }

    fn ended(&mut self, contact: ContactId, agent: AgentId) {
        if self.of(agent) != Some(contact) {
            return;
        }
        if let Some((_, work)) = self.by_agent.remove(&agent)
            && let Some(until) = work.wrap_up.until
        {
            self.alarms.remove(&(until, agent));
        }
    }
}
