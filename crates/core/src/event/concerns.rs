//! Whom a fact concerns, and the work that one of them leaves.

use super::Event;
use crate::ids::{AgentId, ContactId};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// The wrap-up that an agent owes after a transfer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwedWork {
    /// Until when, if it ends by time.
    pub until: Option<Timestamp>,
}

impl Event {
    /// The contact that the fact concerns.
    #[must_use]
    pub const fn contact(&self) -> Option<ContactId> {
        crate::contact::contact_of(self)
    }

    /// The agent whom the fact concerns.
    #[must_use]
    pub const fn agent(&self) -> Option<AgentId> {
        crate::agent::agent_of(self)
    }
}
