//! When the core wants to be woken: one instant for each contact that waits for time, in order.
//! What is due at that instant the contact itself knows.

use crate::by_id::ById;
use crate::ids::ContactId;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The instants, and whose they are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Alarms {
    by_time: BTreeSet<(Timestamp, ContactId)>,
    by_contact: ById<ContactId, Timestamp>,
}

impl Alarms {
    /// Sets the contact's alarm, or takes it away. O(log n).
    pub(crate) fn set(&mut self, contact: ContactId, at: Option<Timestamp>) {
        let before = self.by_contact.get(contact).copied();
        if before == at {
            return;
        }
        if let Some(before) = before {
            self.by_time.remove(&(before, contact));
            self.by_contact.remove(contact);
        }
        if let Some(at) = at {
            self.by_time.insert((at, contact));
            self.by_contact.insert(contact, at);
        }
    }

    /// The next alarm.
    pub(crate) fn first(&self) -> Option<(Timestamp, ContactId)> {
        self.by_time.first().copied()
    }
}
