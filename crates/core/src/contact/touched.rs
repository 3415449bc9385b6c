//! With whom a contact has been: what scopes ask. Agents count once they talk, or call.

use crate::event::Event;
use crate::ids::{AgentId, QueueId};
use crate::limits;
use crate::talk::Target;
use serde::{Deserialize, Serialize};

/// The queues and agents that a contact has been with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Touched {
    /// Queues, each once.
    pub queues: Vec<QueueId>,
    /// Agents, each once.
    pub agents: Vec<AgentId>,
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
        note_once(&mut self.queues, queue);
    }

    fn agent(&mut self, agent: AgentId) {
        note_once(&mut self.agents, agent);
    }
}

/// Most contacts are with one, and lists that have no room for more are small.
fn note_once<T: PartialEq>(all: &mut Vec<T>, it: T) {
    if all.len() < limits::TOUCHED_MAX && !all.contains(&it) {
        all.reserve_exact(1);
        all.push(it);
    }
}
