//! What came of callbacks: today's figures of each queue, and those that ended last. Who is called back waits
//! in no figure of those on the line.

use crate::live::Board;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, VecDeque};
use tandem_core::callback::{EarlyEnd, End, Kind, Person};
use tandem_core::dialing::NotReached;
use tandem_core::event::{
    CallbackBooked, CallbackEnded, CallbackPutOff, EarlyFailed, Event, Promise,
};
use tandem_core::ids::{CallbackId, ContactId, CustomerHash, QueueId, SubjectRef};
use tandem_core::scope::Sight;
use tandem_core::time::Timestamp;

/// Callbacks that are over and remembered.
pub const ENDED_MAX: usize = 500;

/// Today's callbacks of a queue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallbackFigures {
    /// Those that were booked.
    pub requested: u64,
    /// Times that a customer's phone was called for one.
    pub attempted: u64,
    /// Those in which customer and agent talked.
    pub connected: u64,
    /// Those that were called off.
    pub cancelled: u64,
    /// Those whose time was over.
    pub expired: u64,
    /// Those of whose attempts none was left.
    pub exhausted: u64,
    /// From the begin of the wait, or of the window, until customer and agent talked: of those connected, in all.
    pub virtual_wait_micros: i64,
    /// Those whose first attempt began when it was promised.
    pub promise_kept: u64,
    /// Those whose first attempt began later, or that ended without any after it was promised.
    pub promise_broken: u64,
    /// Times that a customer was called before an agent was there.
    #[serde(default)]
    pub called_early: u64,
    /// Customers who answered such a call.
    #[serde(default)]
    pub answered_early: u64,
    /// Those of them for whom no agent came in time.
    #[serde(default)]
    pub nobody_free: u64,
    /// Those of them who left before an agent came.
    #[serde(default)]
    pub gave_up: u64,
    /// Those of them who talked to an agent.
    #[serde(default)]
    pub met_early: u64,
    /// From the answer until an agent was there: of those, in all.
    #[serde(default)]
    pub second_wait_micros: i64,
}

/// A callback that is over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    /// Which.
    pub callback: CallbackId,
    /// In which queue.
    pub queue: QueueId,
    /// What kind.
    pub kind: Kind,
    /// The customer's keyed hash.
    pub customer: CustomerHash,
    /// Who the customer is, among the personal data.
    pub arrival: SubjectRef,
    /// When it was booked.
    pub booked_at: Timestamp,
    /// Times that the customer's phone was called.
    pub n_rang: u64,
    /// The last attempt.
    pub contact: Option<ContactId>,
    /// When it was over.
    pub at: Timestamp,
    /// How.
    pub end: End,
}

/// One that is pending, as far as figures ask.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Pending {
    queue: QueueId,
    kind: Kind,
    customer: CustomerHash,
    arrival: SubjectRef,
    booked_at: Timestamp,
    waits_since: Timestamp,
    n_rang: u64,
    contact: Option<ContactId>,
    #[serde(default)]
    answered_early: Option<Timestamp>,
}

/// Today's callbacks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct CallbackDay {
    by_queue: BTreeMap<QueueId, CallbackFigures>,
    pending: BTreeMap<CallbackId, Pending>,
    attempts: BTreeMap<ContactId, CallbackId>,
    ended: VecDeque<Ended>,
}

impl CallbackFigures {
    const fn add(&mut self, other: &Self) {
        self.requested += other.requested;
        self.attempted += other.attempted;
        self.connected += other.connected;
        self.cancelled += other.cancelled;
        self.expired += other.expired;
        self.exhausted += other.exhausted;
        self.virtual_wait_micros += other.virtual_wait_micros;
        self.promise_kept += other.promise_kept;
        self.promise_broken += other.promise_broken;
        self.called_early += other.called_early;
        self.answered_early += other.answered_early;
        self.nobody_free += other.nobody_free;
        self.gave_up += other.gave_up;
        self.met_early += other.met_early;
        self.second_wait_micros += other.second_wait_micros;
    }
}

impl CallbackDay {
    pub(crate) fn begin_day(&mut self) {
        self.by_queue.clear();
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the other facts are about no callback"
    )]
    pub(crate) fn apply(&mut self, now: Timestamp, event: &Event) {
        match event {
            Event::CallbackBooked(booked) => self.booked(now, booked),
            Event::CallbackDialed(it) => self.tried(it.callback, it.contact),
            Event::ContactDialed(it) => {
                if let Some(callback) = it.callback {
                    self.tried(callback, it.contact);
                }
            }
            Event::CustomerDialed { contact, .. } => self.rang(*contact),
            Event::EarlyCalled(it) => {
                self.figures(it.queue).called_early += 1;
                self.tried(it.callback, it.contact);
                self.rang(it.contact);
            }
            Event::EarlyAnswered(it) => {
                self.figures(it.queue).answered_early += 1;
                if let Some(pending) = self.pending.get_mut(&it.callback) {
                    pending.answered_early = Some(now);
                }
            }
            Event::EarlyFailed(it) => self.early_failed(it),
            Event::PromiseJudged(it) => {
                let figures = self.figures(it.queue);
                match it.promise {
                    Promise::Kept => figures.promise_kept += 1,
                    Promise::Broken => figures.promise_broken += 1,
                }
            }
            Event::CallbackPutOff(put_off) => self.put_off(put_off),
            Event::CallbackEnded(ended) => self.over(now, ended),
            _ => {}
        }
    }

    fn figures(&mut self, queue: QueueId) -> &mut CallbackFigures {
        self.by_queue.entry(queue).or_default()
    }

    /// A call that the service did not place rang nowhere.
    fn early_failed(&mut self, failed: &EarlyFailed) {
        let figures = self.figures(failed.queue);
        match failed.why {
            EarlyEnd::NobodyFree => figures.nobody_free += 1,
            EarlyEnd::GaveUp => figures.gave_up += 1,
            EarlyEnd::NotReached(NotReached::NotPlaced) => {
                figures.attempted = figures.attempted.saturating_sub(1);
                figures.called_early = figures.called_early.saturating_sub(1);
            }
            EarlyEnd::NotReached(_) => {}
        }
        if let Some(pending) = self.pending.get_mut(&failed.callback) {
            pending.answered_early = None;
            if failed.why == EarlyEnd::NotReached(NotReached::NotPlaced) {
                pending.n_rang = pending.n_rang.saturating_sub(1);
            }
        }
    }

    fn booked(&mut self, now: Timestamp, booked: &CallbackBooked) {
        self.by_queue.entry(booked.queue).or_default().requested += 1;
        let Person {
            customer, arrival, ..
        } = booked.person;
        self.pending.insert(
            booked.callback,
            Pending {
                queue: booked.queue,
                kind: booked.kind,
                customer,
                arrival,
                booked_at: now,
                waits_since: booked.place.since,
                n_rang: 0,
                contact: None,
                answered_early: None,
            },
        );
    }

    fn tried(&mut self, callback: CallbackId, contact: ContactId) {
        self.attempts.insert(contact, callback);
        if let Some(pending) = self.pending.get_mut(&callback) {
            pending.contact = Some(contact);
        }
    }

    fn rang(&mut self, contact: ContactId) {
        let callback = self.attempts.get(&contact);
        let Some(pending) = callback.and_then(|id| self.pending.get_mut(id)) else {
            return;
        };
        let figures = self.by_queue.entry(pending.queue).or_default();
        figures.attempted += 1;
        pending.n_rang += 1;
    }

    fn put_off(&mut self, put_off: &CallbackPutOff) {
        self.attempts.retain(|_, it| *it != put_off.callback);
        if let (Some(pending), Some(agreed)) =
            (self.pending.get_mut(&put_off.callback), put_off.agreed)
        {
            pending.waits_since = agreed.window.from;
        }
    }

    fn over(&mut self, now: Timestamp, ended: &CallbackEnded) {
        self.attempts.retain(|_, it| *it != ended.callback);
        let Some(pending) = self.pending.remove(&ended.callback) else {
            return;
        };
        let figures = self.by_queue.entry(pending.queue).or_default();
        match ended.end {
            End::Done => {
                if let Some(at) = pending.answered_early {
                    figures.met_early += 1;
                    figures.second_wait_micros += now.micros_since(at);
                }
                figures.connected += 1;
                figures.virtual_wait_micros += now.micros_since(pending.waits_since).max(0);
            }
            End::Cancelled(_) => figures.cancelled += 1,
            End::Expired => figures.expired += 1,
            End::Exhausted => figures.exhausted += 1,
        }
        if self.ended.len() >= ENDED_MAX {
            self.ended.pop_front();
        }
        self.ended.push_back(Ended {
            callback: ended.callback,
            queue: pending.queue,
            kind: pending.kind,
            customer: pending.customer,
            arrival: pending.arrival,
            booked_at: pending.booked_at,
            n_rang: pending.n_rang,
            contact: ended.contact.or(pending.contact),
            at: now,
            end: ended.end,
        });
    }
}

impl Board {
    /// Today's callbacks of the queues in sight, each queue and all together.
    #[must_use]
    pub fn callback_figures(
        &self,
        now: Timestamp,
        sight: &Sight,
    ) -> (BTreeMap<QueueId, CallbackFigures>, CallbackFigures) {
        if !self.is_today(now) {
            return (BTreeMap::new(), CallbackFigures::default());
        }
        let seen = { self.callbacks.by_queue.iter() }.filter(|(id, _)| sight.has_queue(**id));
        let by_queue: BTreeMap<_, _> = seen.map(|(id, it)| (*id, *it)).collect();
        let mut sum = CallbackFigures::default();
        for figures in by_queue.values() {
            sum.add(figures);
        }
        (by_queue, sum)
    }

    /// The callbacks that ended last, newest first.
    pub fn callbacks_ended(&self) -> impl Iterator<Item = &Ended> {
        self.callbacks.ended.iter().rev()
    }
}
