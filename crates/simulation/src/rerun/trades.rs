//! Callers who traded their place in line for being called back: which callback each call became, and what came of it, by
//! the events alone. A rerun and a journal are read alike; what a call is called is theirs to say.

use super::Joined;
use std::collections::BTreeMap;
use tandem_core::callback::{CancelCause, End};
use tandem_core::event::{Event, Promise};
use tandem_core::ids::{AgentId, CallbackId, ContactId};
use tandem_core::time::Timestamp;

/// A place in line that was traded for being called back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trade {
    /// When.
    pub at: Timestamp,
    /// What came of it.
    pub end: TradeEnd,
}

/// What came of a trade.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TradeEnd {
    /// Nothing yet: the customer is still to be called.
    Open,
    /// Customer and agent talk.
    Talked(Joined),
    /// The customer called again, and was served at the place that was kept.
    Elsewhere,
    /// The customer was called as often as may be, and not reached.
    NotReached,
    /// The time was over.
    Expired,
    /// It was called off.
    CalledOff,
}

/// What a course hears of its trade.
#[derive(Clone, Copy, Debug)]
pub(crate) enum News {
    Traded,
    Ended(TradeEnd),
    TalkedUntilNow,
}

/// How often customers were called back, and whether in time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rings {
    /// Times that a customer's phone was called.
    pub n_rung: u32,
    /// Promises of a first attempt that were kept.
    pub n_kept: u32,
    /// Those that were not.
    pub n_broken: u32,
}

/// An attempt to call a customer back.
#[derive(Clone, Copy, Debug)]
pub(super) struct Attempt {
    pub(super) callback: CallbackId,
    /// Who calls, and since when.
    pub(super) dialed: Option<Joined>,
    /// Who talks to the customer.
    pub(super) talks_to: Option<Joined>,
}

/// The trades of the calls that `K` names.
#[derive(Clone, Debug)]
pub(crate) struct Trades<K> {
    /// The call that booked it, and those that it counts for too.
    callers: BTreeMap<CallbackId, Vec<K>>,
    attempts: BTreeMap<ContactId, Attempt>,
    pub(crate) rings: Rings,
}

impl<K> Default for Trades<K> {
    fn default() -> Self {
        Self {
            callers: BTreeMap::new(),
            attempts: BTreeMap::new(),
            rings: Rings::default(),
        }
    }
}

impl<K: Copy> Trades<K> {
    /// Another fact; what follows for a course is told. Answers for how long an agent waited for a phone that rang, when it
    /// is answered or rings no more.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the other facts say nothing of callbacks"
    )]
    pub(crate) fn see(
        &mut self,
        now: Timestamp,
        event: &Event,
        key_of: impl Fn(ContactId) -> Option<K>,
        mut tell: impl FnMut(K, News),
    ) -> Option<(AgentId, i64)> {
        match event {
            Event::CallbackBooked(booked) => {
                let caller = booked.origin.contact().and_then(key_of)?;
                self.callers.insert(booked.callback, vec![caller]);
                tell(caller, News::Traded);
            }
            Event::CallbackJoined(joined) => {
                let caller = key_of(joined.contact)?;
                let callers = self.callers.get_mut(&joined.callback)?;
                callers.push(caller);
                tell(caller, News::Traded);
            }
            Event::CallbackDue(due) => self.begins(due.contact, due.callback, None),
            Event::ContactDialed(dialed) => {
                let (at, agent) = (now, dialed.agent);
                let by = Some(Joined { at, agent });
                self.begins(dialed.contact, dialed.callback?, by);
            }
            Event::CallbackDialed(dialed) => {
                let (at, agent) = (now, dialed.agent);
                let attempt = self.attempts.get_mut(&dialed.contact)?;
                attempt.dialed = Some(Joined { at, agent });
            }
            Event::CustomerDialed { contact, .. } if self.attempts.contains_key(contact) => {
                self.rings.n_rung += 1;
            }
            Event::EarlyCalled(_) => self.rings.n_rung += 1,
            Event::CustomerNotReached { contact, .. } => {
                return self.has_dialed(now, *contact);
            }
            Event::CustomerReached { contact, agent } | Event::Connected { contact, agent, .. } => {
                let (at, agent) = (now, *agent);
                let joined = Joined { at, agent };
                self.attempts.get_mut(contact)?.talks_to = Some(joined);
                let end = News::Ended(TradeEnd::Talked(joined));
                self.callers_of(*contact).for_each(|it| tell(it, end));
                return self.has_dialed(now, *contact);
            }
            Event::ConversationEnded { contact, .. } | Event::HandedOver { contact, .. } => {
                tell(self.caller_of(*contact)?, News::TalkedUntilNow);
            }
            Event::ContactEnded { contact, .. } => drop(self.attempts.remove(contact)),
            Event::PromiseJudged(judged) => match judged.promise {
                Promise::Kept => self.rings.n_kept += 1,
                Promise::Broken => self.rings.n_broken += 1,
            },
            Event::CallbackEnded(ended) => {
                let end = News::Ended(end_of(ended.end)?);
                let callers = self.callers.get(&ended.callback);
                let callers = callers.into_iter().flatten();
                callers.for_each(|it| tell(*it, end));
            }
            _ => {}
        }
        None
    }

    fn begins(&mut self, contact: ContactId, callback: CallbackId, dialed: Option<Joined>) {
        let attempt = Attempt {
            callback,
            dialed,
            talks_to: None,
        };
        self.attempts.insert(contact, attempt);
    }

    fn has_dialed(&mut self, now: Timestamp, contact: ContactId) -> Option<(AgentId, i64)> {
        let dialed = self.attempts.get_mut(&contact)?.dialed.take()?;
        Some((dialed.agent, now.micros_since(dialed.at)))
    }

    fn callers_of(&self, attempt: ContactId) -> impl Iterator<Item = K> {
        let attempt = self.attempts.get(&attempt);
        let callers = attempt.and_then(|it| self.callers.get(&it.callback));
        callers.into_iter().flatten().copied()
    }

    /// The call whose caller is called back in this attempt: that which booked it.
    pub(crate) fn caller_of(&self, attempt: ContactId) -> Option<K> {
        self.callers_of(attempt).next()
    }

    pub(super) fn attempt(&self, contact: ContactId) -> Option<Attempt> {
        self.attempts.get(&contact).copied()
    }
}

/// Of one that is done the conversation tells.
const fn end_of(end: End) -> Option<TradeEnd> {
    match end {
        End::Done => None,
        End::Exhausted => Some(TradeEnd::NotReached),
        End::Expired => Some(TradeEnd::Expired),
        End::Cancelled(CancelCause::Superseded(_) | CancelCause::TakenOver(_)) => {
            Some(TradeEnd::Elsewhere)
        }
        End::Cancelled(
            CancelCause::Asked(_)
            | CancelCause::Replaced
            | CancelCause::OnDoNotCallList
            | CancelCause::CountryNotAllowed
            | CancelCause::Forgotten,
        ) => Some(TradeEnd::CalledOff),
    }
}
