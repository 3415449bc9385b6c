//! Why somebody may do something, or what is missing: the same questions that the doors and the turns ask,
//! asked one by one and told. It decides nothing.

use crate::ids::{AgentId, QueueId};
use crate::permission::Permission;
use crate::role::{Actor, Role};
use crate::scope::{Part, Scope};
use crate::state::State;

/// What an act is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Object {
    /// Nothing in particular.
    Nothing,
    /// A queue.
    Queue(QueueId),
    /// An agent.
    Agent(AgentId),
    /// A contact, by whom it has been with.
    Contact {
        /// Its queues.
        queues: Vec<QueueId>,
        /// Its agents.
        agents: Vec<AgentId>,
    },
}

/// What speaks for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Because {
    /// This role allows it.
    Role(Role),
    /// The scope has no limit.
    Everything,
    /// This part of the scope has the object.
    Part(Part),
    /// It is the agent's own.
    Own,
}

/// What speaks against it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// A role that allows it.
    Role,
    /// The object is in no part of the scope.
    Scope,
}

/// An explanation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// What speaks for it.
    pub because: Vec<Because>,
    /// What is missing; nothing: it is allowed.
    pub missing: Option<Missing>,
}

impl Explanation {
    /// Whether it is allowed.
    #[must_use]
    pub const fn is_allowed(&self) -> bool {
        self.missing.is_none()
    }
}

/// Whether `actor` may do what needs `permission` with `object`, and why.
#[must_use]
pub fn explain(
    state: &State,
    actor: &Actor,
    permission: Permission,
    object: &Object,
) -> Explanation {
    let roles = actor.roles.iter().copied();
    let roles = roles.filter(|role| role.permissions().contains(&permission));
    let mut because: Vec<_> = roles.map(Because::Role).collect();
    if because.is_empty() {
        return Explanation {
            because,
            missing: Some(Missing::Role),
        };
    }
    let within = reasons(state, actor, permission, object);
    let is_within = !within.is_empty();
    because.extend(within);
    Explanation {
        because,
        missing: (!is_within).then_some(Missing::Scope),
    }
}

/// Why the object is in sight; nothing says that it is not.
fn reasons(state: &State, actor: &Actor, permission: Permission, object: &Object) -> Vec<Because> {
    let own = actor.agent.filter(|_| actor.may(Permission::TakeContacts));
    let agent = |agent: AgentId| {
        if own == Some(agent) {
            return Some(Because::Own);
        }
        let part = actor.scope.part_of_agent(state.belongs(agent));
        part.map(Because::Part)
    };
    let queue = |queue: QueueId| {
        let is_in = actor.scope.has_queue(queue);
        is_in.then_some(Because::Part(Part::Queue(queue)))
    };
    if permission == Permission::TakeContacts {
        return desk(own, object);
    }
    match (&actor.scope, object) {
        (Scope::Everything, _) | (_, Object::Nothing) => vec![Because::Everything],
        (Scope::Parts(_), Object::Queue(id)) => queue(*id).into_iter().collect(),
        (Scope::Parts(_), Object::Agent(id)) => agent(*id).into_iter().collect(),
        (Scope::Parts(_), Object::Contact { queues, agents }) => {
            let by_queue = queues.iter().filter_map(|id| queue(*id));
            by_queue
                .chain(agents.iter().filter_map(|id| agent(*id)))
                .collect()
        }
    }
}

/// A desk has no scope: it has its own contacts.
fn desk(own: Option<AgentId>, object: &Object) -> Vec<Because> {
    let is_own = match object {
        Object::Nothing | Object::Queue(_) => own.is_some(),
        Object::Agent(agent) => own == Some(*agent),
        Object::Contact { agents, .. } => own.is_some_and(|own| agents.contains(&own)),
    };
    is_own.then_some(Because::Own).into_iter().collect()
}
