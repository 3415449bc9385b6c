//! The do-not-call list: customers who must not be called, by the keyed hash by which they are recognized
//! when they call themselves. Their numbers, and why, lie among the personal data.

use crate::event::{DoNotCallSet, Event};
use crate::ids::{AccountId, CustomerHash, SubjectRef};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A customer who must not be called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Who.
    pub customer: CustomerHash,
    /// The number and the reason, among the personal data.
    pub subject: SubjectRef,
    /// From when on the customer may be called again; never without.
    pub until: Option<Timestamp>,
    /// Who put the customer on the list.
    pub by: AccountId,
    /// Since when.
    pub since: Timestamp,
}

/// The list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DoNotCall {
    by_id: BTreeMap<u64, Entry>,
    by_customer: BTreeMap<CustomerHash, u64>,
    last: u64,
    version: u64,
}

impl DoNotCall {
    /// Whether a customer must not be called now.
    #[must_use]
    pub fn forbids(&self, now: Timestamp, customer: CustomerHash) -> bool {
        let id = self.by_customer.get(&customer);
        let entry = id.and_then(|id| self.by_id.get(id));
        entry.is_some_and(|it| it.until.is_none_or(|until| now < until))
    }

    /// How many entries there are.
    #[must_use]
    pub fn len(&self) -> u32 {
        u32::try_from(self.by_id.len()).unwrap_or(u32::MAX)
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }

    /// How often the list was changed.
    #[must_use]
    pub const fn version(&self) -> u64 {
        self.version
    }

    /// All entries with their numbers, newest first.
    pub fn newest_first(&self) -> impl Iterator<Item = (u64, &Entry)> {
        self.by_id.iter().rev().map(|(id, entry)| (*id, entry))
    }

    /// One entry.
    #[must_use]
    pub fn get(&self, id: u64) -> Option<&Entry> {
        self.by_id.get(&id)
    }

    /// The number that an entry for this customer gets: that of the one which it replaces, if there is one.
    pub(crate) fn id_for(&self, customer: CustomerHash) -> u64 {
        let standing = self.by_customer.get(&customer).copied();
        standing.unwrap_or(self.last + 1)
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the other facts are not about the list"
    )]
    pub(crate) fn apply(&mut self, now: Timestamp, event: &Event) {
        match event {
            Event::DoNotCallSet(DoNotCallSet {
                id,
                customer,
                subject,
                until,
                by,
            }) => {
                let entry = Entry {
                    customer: *customer,
                    subject: *subject,
                    until: *until,
                    by: *by,
                    since: now,
                };
                self.by_id.insert(*id, entry);
                self.by_customer.insert(*customer, *id);
                self.last = self.last.max(*id);
                self.version += 1;
            }
            Event::DoNotCallRemoved { id, .. } => {
                if let Some(entry) = self.by_id.remove(id) {
                    self.by_customer.remove(&entry.customer);
                }
                self.version += 1;
            }
            _ => {}
        }
    }
}
