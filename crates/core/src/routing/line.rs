//! A line: those who wait in one queue, and the pools that its steps name.

use super::WaitKey;
use super::pools::PoolId;
use crate::contact::{Channel, Contact};
use crate::ids::{AgentId, BalanceGroupId, ContactId, QueueId};
use crate::limits;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What is known of a queue.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Line {
    pub(super) pools: Named,
    /// Whom it chose last: the pointer of its ring.
    pub(super) last_chosen: Option<AgentId>,
    /// The balance group that it is in.
    #[serde(default)]
    pub(super) group: Option<BalanceGroupId>,
    pub(super) waiting: BTreeSet<(WaitKey, ContactId)>,
    /// Messages that wait: served like calls, and counted apart from them.
    pub(super) messages: BTreeSet<(WaitKey, ContactId)>,
    /// Since when those who wait on the line do so: what counts for their places may be another instant.
    since: BTreeSet<(Timestamp, ContactId)>,
}

/// The pools that a queue names: one for each step of its plan. The first, which is what it asks itself and what nearly
/// every choice is about, lies in the line.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<PoolId>", into = "Vec<PoolId>")]
pub(super) struct Named {
    own: Option<PoolId>,
    later: Vec<PoolId>,
}

impl From<Vec<PoolId>> for Named {
    fn from(mut pools: Vec<PoolId>) -> Self {
        let own = (!pools.is_empty()).then(|| pools.remove(0));
        Self { own, later: pools }
    }
}

impl From<Named> for Vec<PoolId> {
    fn from(named: Named) -> Self {
        named.iter().collect()
    }
}

impl Named {
    pub(super) const fn own(&self) -> Option<PoolId> {
        self.own
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = PoolId> + '_ {
        self.own.into_iter().chain(self.later.iter().copied())
    }

    /// That of a step; a plan may have become shorter.
    fn at(&self, step: u32) -> Option<PoolId> {
        let later = step.checked_sub(1).zip(self.later.len().checked_sub(1));
        let Some((place, last)) = later else {
            return self.own;
        };
        let place = usize::try_from(place).unwrap_or(usize::MAX);
        self.later.get(place.min(last)).copied()
    }
}

/// Where a contact waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Place {
    pub(super) queue: QueueId,
    pub(super) pool: Option<PoolId>,
    pub(super) key: WaitKey,
    pub(super) since: Timestamp,
    pub(super) kind: WaitsAs,
    /// Whom it waits for alone.
    #[serde(default)]
    pub(super) reserved: Option<AgentId>,
    /// The balance group by which it is served.
    #[serde(default)]
    pub(super) group: Option<BalanceGroupId>,
}

/// As what a contact waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum WaitsAs {
    /// A customer on the line.
    Caller,
    /// The attempt of a callback: it has a place among the callers, and nobody waits on the line.
    Callback,
    /// A message.
    Message,
}

impl WaitsAs {
    pub(super) const fn of(contact: &Contact) -> Self {
        match contact.channel() {
            Channel::Voicemail => Self::Message,
            Channel::Voice if contact.is_attempt() => Self::Callback,
            Channel::Voice => Self::Caller,
        }
    }
}

impl Place {
    pub(super) const fn channel(&self) -> Channel {
        match self.kind {
            WaitsAs::Caller | WaitsAs::Callback => Channel::Voice,
            WaitsAs::Message => Channel::Voicemail,
        }
    }
}

impl Line {
    /// The pool of a step; a plan may have become shorter.
    pub(super) fn pool_at(&self, step: u32) -> Option<PoolId> {
        self.pools.at(step)
    }

    pub(super) fn enter(&mut self, id: ContactId, place: &Place) {
        match place.kind {
            WaitsAs::Message => drop(self.messages.insert((place.key, id))),
            WaitsAs::Callback => drop(self.waiting.insert((place.key, id))),
            WaitsAs::Caller => {
                self.waiting.insert((place.key, id));
                self.since.insert((place.since, id));
            }
        }
    }

    pub(super) fn leave(&mut self, id: ContactId, place: &Place) {
        match place.kind {
            WaitsAs::Message => drop(self.messages.remove(&(place.key, id))),
            WaitsAs::Callback => drop(self.waiting.remove(&(place.key, id))),
            WaitsAs::Caller => {
                self.waiting.remove(&(place.key, id));
                self.since.remove(&(place.since, id));
            }
        }
    }

    /// How many wait on the line.
    pub(super) fn n_callers(&self) -> usize {
        self.since.len()
    }

    /// How many wait before a contact, up to a limit.
    pub(super) fn n_ahead(&self, id: ContactId, key: WaitKey) -> u32 {
        let before = self.waiting.range(..(key, id));
        let n = before.take(limits::PLACES_COUNTED_MAX).count();
        u32::try_from(n).unwrap_or(u32::MAX)
    }

    /// Since when the contact that has waited longest waits.
    pub(super) fn oldest(&self) -> Option<Timestamp> {
        self.since.first().map(|(since, _)| *since)
    }
}
