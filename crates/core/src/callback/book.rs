//! The callback book: what is pending, who has booked, and when each has to be looked at.

use super::early::Pacings;
use super::{Callback, EarlyEnd, Kind, Pacing, PutOff, State};
use crate::dialing::NotReached;
use crate::event::{
    CallbackBooked, CallbackDialed, CallbackDue, CallbackPutOff, ContactDialed, EarlyCalled,
    EarlyFailed, Event,
};
use crate::ids::{AgentId, CallbackId, ContactId, CustomerHash, QueueId};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Callbacks that are pending.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Callbacks {
    by_id: BTreeMap<CallbackId, Callback>,
    by_time: BTreeSet<(Timestamp, CallbackId)>,
    by_customer: BTreeSet<(CustomerHash, CallbackId)>,
    by_owner: BTreeSet<(AgentId, CallbackId)>,
    by_attempt: BTreeMap<ContactId, CallbackId>,
    n_in: BTreeMap<QueueId, usize>,
    #[serde(default)]
    pacings: Pacings,
    last: u64,
}

/// A callback that is pending, with its number.
pub type Pending<'a> = (CallbackId, &'a Callback);

impl Callbacks {
    /// One of them.
    #[must_use]
    pub fn get(&self, id: CallbackId) -> Option<&Callback> {
        self.by_id.get(&id)
    }

    /// All of them, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = Pending<'_>> {
        self.by_id.iter().map(|(id, it)| (*id, it))
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.by_id.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }

    /// How many a queue has.
    #[must_use]
    pub fn n_in(&self, queue: QueueId) -> usize {
        self.n_in.get(&queue).copied().unwrap_or(0)
    }

    /// How the early calls of a queue go.
    #[must_use]
    pub fn pacing(&self, queue: QueueId) -> Pacing {
        self.pacings.of(queue)
    }

    /// Those of a customer, oldest first.
    pub fn of_customer(&self, customer: CustomerHash) -> impl Iterator<Item = Pending<'_>> {
        let from = (customer, CallbackId(0));
        let own = self.by_customer.range(from..);
        let own = own.take_while(move |(it, _)| *it == customer);
        own.filter_map(|(_, id)| Some((*id, self.by_id.get(id)?)))
    }

    /// Those that an agent wants to call.
    pub fn of_agent(&self, now: Timestamp, agent: AgentId) -> impl Iterator<Item = Pending<'_>> {
        let own = self.by_owner.range((agent, CallbackId(0))..);
        let own = own.take_while(move |(it, _)| *it == agent);
        let own = own.filter_map(|(_, id)| Some((*id, self.by_id.get(id)?)));
        own.filter(move |(_, it)| it.kept_for(now) == Some(agent))
    }

    /// Those that an agent is to call now.
    pub fn due_to(&self, now: Timestamp, agent: AgentId) -> impl Iterator<Item = CallbackId> {
        let own = self.of_agent(now, agent);
        let due = own.filter(move |(_, it)| it.is_due_to(now).is_some());
        due.map(|(id, _)| id)
    }

    /// The callback of which a contact is an attempt.
    #[must_use]
    pub fn of_attempt(&self, contact: ContactId) -> Option<Pending<'_>> {
        let id = *self.by_attempt.get(&contact)?;
        Some((id, self.by_id.get(&id)?))
    }

    /// The contacts of which what is known of the customer is still needed: in which something that is pending was
    /// booked, or was tried before.
    #[must_use]
    pub fn needed(&self) -> BTreeSet<ContactId> {
        let pending = self.by_id.values();
        let named = pending.flat_map(|it| it.attempts.iter().copied().chain(it.origin.contact()));
        named.collect()
    }

    pub(crate) const fn next(&self) -> CallbackId {
        CallbackId(self.last + 1)
    }

    /// The next one that has to be looked at, and when.
    pub(crate) fn first(&self) -> Option<(Timestamp, CallbackId)> {
        self.by_time.first().copied()
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the other facts are about no callback"
    )]
    pub(crate) fn apply(&mut self, now: Timestamp, event: &Event) {
        self.pacings.apply(event);
        match event {
            Event::CallbackBooked(booked) => self.booked(now, booked),
            Event::CallbackDue(CallbackDue {
                callback, contact, ..
            }) => self.stands(*callback, State::Due { contact: *contact }),
            Event::CallbackDialed(CallbackDialed {
                callback, contact, ..
            })
            | Event::ContactDialed(ContactDialed {
                callback: Some(callback),
                contact,
                ..
            }) => self.stands(*callback, State::Dialing { contact: *contact }),
            Event::CustomerDialed { contact, .. } => self.rang(now, *contact),
            Event::CustomerReached { contact, .. } => {
                if let Some(queue) = self.of_attempt(*contact).map(|(_, it)| it.queue) {
                    self.pacings.reached(queue);
                }
            }
            Event::EarlyCalled(EarlyCalled {
                callback, contact, ..
            }) => {
                self.stands(*callback, State::Dialing { contact: *contact });
                self.rang(now, *contact);
            }
            Event::EarlyFailed(failed) => self.early_failed(failed),
            Event::PromiseJudged(it) => {
                if let Some(callback) = self.by_id.get_mut(&it.callback) {
                    callback.is_judged = true;
                }
            }
            Event::CallbackPutOff(put_off) => self.put_off(put_off),
            Event::CallbackEnded(it) => self.ended(it.callback),
            _ => {}
        }
    }

    fn rang(&mut self, now: Timestamp, contact: ContactId) {
        if let Some(id) = self.by_attempt.get(&contact)
            && let Some(callback) = self.by_id.get_mut(id)
        {
            callback.rang_at.push(now);
        }
    }

    /// A call that the service did not place rang nowhere.
    fn early_failed(&mut self, failed: &EarlyFailed) {
        let Some(callback) = self.by_id.get_mut(&failed.callback) else {
            return;
        };
        callback.met_nobody |= failed.why.met_nobody();
        if failed.why == EarlyEnd::NotReached(NotReached::NotPlaced) {
            callback.rang_at.pop();
        }
    }

    fn booked(&mut self, now: Timestamp, booked: &CallbackBooked) {
        let id = booked.callback;
        let callback = Callback {
            kind: booked.kind,
            origin: booked.origin,
            queue: booked.queue,
            person: booked.person.clone(),
            booked_at: now,
            place: booked.place,
            window: booked.window,
            owner: booked.owner,
            promised_by: booked.promised_by,
            expires_at: booked.expires_at,
            state: State::Booked {
                next_at: booked.next_at,
            },
            attempts: Vec::new(),
            rang_at: Vec::new(),
            put_off: None,
            met_nobody: false,
            is_judged: false,
        };
        self.by_time.extend(callback.due().map(|at| (at, id)));
        self.by_customer.insert((callback.person.customer, id));
        self.by_owner
            .extend(callback.owner.map(|it| (it.agent, id)));
        *self.n_in.entry(callback.queue).or_default() += 1;
        self.by_id.insert(id, callback);
        self.last = id.0;
    }

    /// Changes one, and what is known of its time and its attempt with it.
    fn change(&mut self, id: CallbackId, change: impl FnOnce(&mut Callback)) {
        let Some(callback) = self.by_id.get_mut(&id) else {
            return;
        };
        if let Some(at) = callback.due() {
            self.by_time.remove(&(at, id));
        }
        if let Some(contact) = callback.attempt() {
            self.by_attempt.remove(&contact);
        }
        if let Some(owner) = callback.owner {
            self.by_owner.remove(&(owner.agent, id));
        }
        change(callback);
        self.by_owner
            .extend(callback.owner.map(|it| (it.agent, id)));
        self.by_time.extend(callback.due().map(|at| (at, id)));
        self.by_attempt
            .extend(callback.attempt().map(|contact| (contact, id)));
    }

    fn stands(&mut self, id: CallbackId, state: State) {
        self.change(id, |callback| {
            let attempt = state.attempt();
            let is_new = attempt != callback.attempt();
            callback.attempts.extend(attempt.filter(|_| is_new));
            callback.state = state;
        });
    }

    fn put_off(&mut self, put_off: &CallbackPutOff) {
        self.change(put_off.callback, |callback| {
            callback.state = State::Booked {
                next_at: put_off.next_at,
            };
            callback.put_off = Some(put_off.why);
            if let (PutOff::Rescheduled, Some(agreed)) = (put_off.why, put_off.agreed) {
                callback.kind = match agreed.owner {
                    Some(_) => Kind::AgentOwned,
                    None => Kind::Scheduled,
                };
                callback.window = Some(agreed.window);
                callback.owner = agreed.owner;
                callback.promised_by = agreed.window.to;
                callback.expires_at = agreed.expires_at;
                callback.place.since = agreed.window.from;
            }
        });
    }

    fn ended(&mut self, id: CallbackId) {
        let Some(callback) = self.by_id.remove(&id) else {
            return;
        };
        if let Some(at) = callback.due() {
            self.by_time.remove(&(at, id));
        }
        if let Some(contact) = callback.attempt() {
            self.by_attempt.remove(&contact);
        }
        self.by_customer.remove(&(callback.person.customer, id));
        if let Some(owner) = callback.owner {
            self.by_owner.remove(&(owner.agent, id));
        }
        if let Some(n) = self.n_in.get_mut(&callback.queue) {
            *n -= 1;
            if *n == 0 {
                self.n_in.remove(&callback.queue);
            }
        }
    }
}
