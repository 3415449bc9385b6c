//! Who asks: an account with its roles and its scope. What a role allows stands in [`crate::permission`].

use crate::ids::{AccountId, AgentId};
use crate::permission::Permission;
use crate::scope::Scope;
use serde::{Deserialize, Serialize};

/// A role of an account: a set of permissions with a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Takes contacts.
    Agent,
    /// Watches and steers the floor.
    Supervisor,
    /// Changes settings and says who may do what; has the supervisor's rights as well. Never limited by a scope.
    Administrator,
    /// Changes queues, their hours, and the flows that lead into them.
    QueueAdministrator,
    /// Hears recordings to judge how customers were served.
    Quality,
    /// Reads figures and contacts, and takes them away.
    Analyst,
    /// Reads who did what, and has recordings verified.
    Auditor,
}

impl Role {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Agent,
        Self::Supervisor,
        Self::Administrator,
        Self::QueueAdministrator,
        Self::Quality,
        Self::Analyst,
        Self::Auditor,
    ];

    /// The word that the API and the screens use.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Supervisor => "supervisor",
            Self::Administrator => "administrator",
            Self::QueueAdministrator => "queue_administrator",
            Self::Quality => "quality",
            Self::Analyst => "analyst",
            Self::Auditor => "auditor",
        }
    }

    /// The role of this word.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.word() == word)
    }
}

/// The person, or the system itself, on whose behalf an input comes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// The account; 0 is the system itself.
    pub account: AccountId,
    /// The account's roles.
    pub roles: Vec<Role>,
    /// The agent that the account is, if it is one.
    pub agent: Option<AgentId>,
    /// What the roles reach. Journals from before there were scopes name none: everything.
    #[serde(default = "everything", skip_serializing_if = "Scope::is_everything")]
    pub scope: Scope,
}

const fn everything() -> Scope {
    Scope::Everything
}

impl Actor {
    /// The system itself: first settings, the command line.
    #[must_use]
    pub fn system() -> Self {
        Self {
            account: AccountId(0),
            roles: vec![Role::Administrator],
            agent: None,
            scope: Scope::Everything,
        }
    }

    /// Whether the actor's roles have a permission. Whether something lies in the actor's scope is asked beside.
    #[must_use]
    pub fn may(&self, permission: Permission) -> bool {
        self.may_any(&[permission])
    }

    /// Whether the actor's roles have one of these permissions.
    #[must_use]
    pub fn may_any(&self, permissions: &[Permission]) -> bool {
        let mut held = self.roles.iter().flat_map(|role| role.permissions());
        held.any(|it| permissions.contains(it))
    }
}
