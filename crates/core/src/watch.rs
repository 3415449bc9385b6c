//! Who waits under which schedule, what the schedule says to them, and until when: one instant for each
//! schedule that somebody waits under. And who has to leave because it is closed. What a schedule says is
//! never asked here; it is told by events.

use crate::ids::{ContactId, ScheduleId};
use crate::schedule::Hours;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What is known of the schedules that matter to those who wait.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Watch {
    seen: BTreeMap<ScheduleId, Seen>,
    under: BTreeMap<ContactId, ScheduleId>,
    n_under: BTreeMap<ScheduleId, usize>,
    leaving: BTreeMap<ContactId, Timestamp>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Seen {
    hours: Hours,
    until: Option<Timestamp>,
}

/// How a contact waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Wait {
    /// The schedule whose closing it must not wait beyond.
    pub(crate) under: Option<ScheduleId>,
    /// Whether it may stay.
    pub(crate) stay: MayStay,
}

/// Whether a contact may go on waiting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MayStay {
    Yes,
    /// It is closed.
    No,
}

/// What is to be done at an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// The contact leaves its queue.
    Leave(ContactId),
    /// The schedule says something else now.
    Look(ScheduleId),
}

impl Step {
    /// The reason of a wake-up, for people who read logs.
    pub(crate) const fn reason(self) -> &'static str {
        match self {
            Self::Leave(_) => "a contact waits in a closed queue",
            Self::Look(_) => "opening hours change",
        }
    }
}

impl Watch {
    pub(crate) fn seen(&mut self, schedule: ScheduleId, hours: &Hours, until: Option<Timestamp>) {
        let hours = hours.clone();
        self.seen.insert(schedule, Seen { hours, until });
    }

    /// What was seen of a schedule says nothing any more.
    pub(crate) fn forget(&mut self, schedule: ScheduleId) {
        self.seen.remove(&schedule);
    }

    pub(crate) fn forget_all(&mut self) {
        self.seen.clear();
    }

    /// Whether a schedule was closed when it was last looked at.
    pub(crate) fn is_closed(&self, schedule: ScheduleId) -> bool {
        let seen = self.seen.get(&schedule);
        seen.is_some_and(|it| it.hours != Hours::Open)
    }

    /// Whether what was seen of a schedule still holds.
    pub(crate) fn is_current(&self, schedule: ScheduleId, now: Timestamp) -> bool {
        let seen = self.seen.get(&schedule);
        seen.is_some_and(|it| it.until.is_none_or(|until| now < until))
    }

    /// The schedules that somebody waits under.
    pub(crate) fn watched(&self) -> impl Iterator<Item = ScheduleId> + '_ {
        self.n_under.keys().copied()
    }

    pub(crate) fn is_leaving(&self, contact: ContactId) -> bool {
        self.leaving.contains_key(&contact)
    }

    /// The oldest contact that has to leave.
    pub(crate) fn next_leaving(&self) -> Option<ContactId> {
        self.leaving.keys().next().copied()
    }

    /// Notes how a contact waits, if it does. O(log n).
    pub(crate) fn set(&mut self, now: Timestamp, contact: ContactId, wait: Option<Wait>) {
        let under = wait.and_then(|it| it.under);
        if self.under.get(&contact).copied() != under {
            self.leave(contact);
            if let Some(schedule) = under {
                self.under.insert(contact, schedule);
                *self.n_under.entry(schedule).or_default() += 1;
            }
        }
        match wait.map(|it| it.stay) {
            Some(MayStay::No) => drop(self.leaving.entry(contact).or_insert(now)),
            Some(MayStay::Yes) | None => drop(self.leaving.remove(&contact)),
        }
    }

    fn leave(&mut self, contact: ContactId) {
        let Some(schedule) = self.under.remove(&contact) else {
            return;
        };
        if let Some(n) = self.n_under.get_mut(&schedule) {
            *n -= 1;
            if *n == 0 {
                self.n_under.remove(&schedule);
            }
        }
    }

    /// What is to be done next, and when. The oldest contact leaves first.
    pub(crate) fn first(&self) -> Option<(Timestamp, Step)> {
        if let Some((contact, at)) = self.leaving.first_key_value() {
            return Some((*at, Step::Leave(*contact)));
        }
        let looks = self.watched().filter_map(|schedule| {
            let until = self.seen.get(&schedule)?.until?;
            Some((until, Step::Look(schedule)))
        });
        looks.min_by_key(|(at, _)| *at)
    }
}
