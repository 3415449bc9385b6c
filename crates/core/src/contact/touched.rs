//! With whom a contact has been: what scopes ask. Agents count once they talk, or call.

use crate::event::Event;
use crate::ids::{AgentId, QueueId};
use crate::limits;
use crate::talk::Target;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The queues and agents that a contact has been with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Touched {
    /// Queues.
    pub queues: BTreeSet<QueueId>,
    /// Agents.
    pub agents: BTreeSet<AgentId>,
}

impl Touched {
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the other facts bring a contact to nobody new"
    )]
    pub(super) fn note(&mut self, event: &Event) {
        match event {
            Event::Enqueued { queue, .. }
            | Event::Requeued { queue, .. }
            | Event::MessageLeft(crate::event::MessageLeft { queue, .. }) => self.queue(*queue),
            Event::ContactDialed(crate::event::ContactDialed { queue, agent, .. }) => {
                self.queue(*queue);
                self.agent(*agent);
            }
            Event::CallbackDue(crate::event::CallbackDue { queue, .. }) => self.queue(*queue),
            Event::CallbackDialed(crate::event::CallbackDialed { agent, .. })
            | Event::Connected { agent, .. } => self.agent(*agent),
            Event::ThirdJoined {
                third: Target::Agent(agent),
                ..
            } => self.agent(*agent),
            _ => {}
        }
    }

    fn queue(&mut self, queue: QueueId) {
        if self.queues.len() < limits::TOUCHED_MAX {
            self.queues.insert(queue);
        }
    }

    fn agent(&mut self, agent: AgentId) {
        if self.agents.len() < limits::TOUCHED_MAX {
            self.agents.insert(agent);
        }
    }
}
