//! Callbacks on their way: due, put to an agent, dialed, and booked again or over. Each attempt is a contact of
//! its own that waits at the place that was kept; it is dialed by the same orders as any call to a customer
//! (decisions 0014 and 0027).

mod asked;
mod booking;
mod early;
mod promised;
mod returning;

pub(super) use booking::Booking;

use super::{OpenTurn, Reply};
use crate::callback::{self, AtClosing, CancelCause, End, MayRing, PutOff, State};
use crate::contact::State as Stands;
use crate::dialing::{Dial, Line, NotReached, Stage};
use crate::effect::Effect;
use crate::endpoint::Model;
use crate::event::{
    Apart, CallbackDialed, CallbackDue, CallbackEnded, CallbackPutOff, EndReason, Event, OfferEnd,
};
use crate::ids::{AgentId, CallbackId, ContactId, OfferId};
use crate::limits;
use crate::offer::RING_GRACE_S;
use crate::refusal::Refusal;
use crate::time::Timestamp;

/// An attempt that is made again at once.
pub(super) struct Again {
    callback: CallbackId,
    apart: Option<Apart>,
}

/// Why nobody is to be called now.
enum NotNow {
    Later(Timestamp, PutOff),
    Never(CancelCause),
}

impl OpenTurn<'_> {
    /// A callback is to be looked at: its time came, or is over.
    pub(super) fn callback_is_due(&mut self, id: CallbackId) {
        self.begin_attempt(id, None);
    }

    /// Those whose customers went off the line in this turn are called, once whoever became free by that has looked at
    /// the line: nobody is put to an agent before whoever comes first.
    pub(super) fn call_who_left(&mut self) {
        while !self.off_the_line.is_empty() {
            for id in std::mem::take(&mut self.off_the_line) {
                if self.is_called_now(id) {
                    self.begin_attempt(id, None);
                }
            }
        }
    }

    /// Who hung up after booking it, or after coming back, and agreed on no other time.
    fn is_called_now(&self, id: CallbackId) -> bool {
        self.state.callbacks.get(id).is_some_and(|it| {
            let came_back = matches!(it.put_off, Some(PutOff::OnTheLine(_)));
            let is_first = it.attempts.is_empty() && it.window.is_none();
            matches!(it.state, State::Booked { .. }) && (came_back || is_first)
        })
    }

    fn begin_attempt(&mut self, id: CallbackId, apart: Option<Apart>) {
        let Some(callback) = self.state.callbacks.get(id) else {
            return;
        };
        if callback.expires_at <= self.now {
            self.end_callback(id, End::Expired);
            return;
        }
        if callback.attempts.len() >= limits::CALLBACK_TRIES_MAX {
            self.end_callback(id, End::Exhausted);
            return;
        }
        if self.is_still_on_the_line(id) {
            return;
        }
        if self.state.contacts.len() >= limits::CONTACTS_MAX {
            let at = self.now.plus_seconds(limits::CALLBACK_LOOK_AGAIN_SECONDS);
            self.put_off(id, at, PutOff::TooManyContacts);
            return;
        }
        match self.line_now(id) {
            Ok(line) => self.wait_for_agent(id, &line, apart),
            Err(why) => self.not_now(id, why),
        }
    }

    /// From where the customer is called now, if the rules and the hours allow it at this instant.
    fn line_now(&self, id: CallbackId) -> Result<Line, NotNow> {
        let later = |at, why| NotNow::Later(at, why);
        let soon = self.now.plus_seconds(limits::CALLBACK_LOOK_AGAIN_SECONDS);
        let Some(callback) = self.state.callbacks.get(id) else {
            return Err(later(soon, PutOff::NoCallerId));
        };
        if let MayRing::Later(at, why) = self.state.may_ring(self.now, callback) {
            return Err(later(at, why));
        }
        let (country, customer) = (&callback.person.country, callback.person.customer);
        let line = self
            .state
            .line_from(self.now, callback.queue, country, customer);
        line.map_err(|refusal| {
            if refusal == Refusal::OnDoNotCallList {
                NotNow::Never(CancelCause::OnDoNotCallList)
            } else if refusal == Refusal::CountryNotAllowed {
                NotNow::Never(CancelCause::CountryNotAllowed)
            } else {
                later(soon, PutOff::NoCallerId)
            }
        })
    }

    fn not_now(&mut self, id: CallbackId, why: NotNow) {
        match why {
            NotNow::Later(at, why) => self.put_off(id, at, why),
            NotNow::Never(cause) => self.end_callback(id, End::Cancelled(cause)),
        }
    }

    /// The attempt waits in the line, at the place that was kept.
    fn wait_for_agent(&mut self, id: CallbackId, line: &Line, apart: Option<Apart>) {
        let Some(callback) = self.state.callbacks.get(id) else {
            return;
        };
        let contact = self.state.next.contact();
        let (queue, person) = (callback.queue, &callback.person);
        self.record(Event::CallbackDue(CallbackDue {
            callback: id,
            contact,
            queue,
            endpoint: line.endpoint,
            arrival: person.arrival,
            number: person.number.clone(),
            customer: person.customer,
            place: callback.place,
            band: line.band,
            until: callback.expires_at,
            apart,
        }));
        self.watch_schedule_of(queue);
        self.begin_plan(contact);
        self.place_first(contact);
        self.consider_early(contact);
    }

    /// Whether the attempt may be put to an agent; one that may not leaves the line.
    pub(super) fn may_be_put(&mut self, contact: ContactId) -> bool {
        let waits = self.state.callbacks.of_attempt(contact);
        let waits = waits.filter(|_| self.is_attempt(contact));
        let Some((id, _)) = waits else {
            return true;
        };
        match self.line_now(id) {
            Ok(_) => true,
            Err(why) => {
                self.not_now(id, why);
                false
            }
        }
    }

    pub(super) fn is_attempt(&self, id: ContactId) -> bool {
        self.contact(id).is_some_and(|it| it.is_attempt())
    }

    /// The agent accepted: the agent's client is called, and the customer's phone when it answered. The rules are
    /// looked at once more; where they changed since the offer, nobody is called.
    pub(super) fn dial_attempt(
        &mut self,
        contact: ContactId,
        agent: AgentId,
        offer: OfferId,
    ) -> Result<Reply, Refusal> {
        let found = self.state.callbacks.of_attempt(contact);
        let (id, queue) = found
            .map(|(id, it)| (id, it.queue))
            .ok_or(Refusal::OfferGone)?;
        let line = match self.line_now(id) {
            Ok(line) => line,
            Err(why) => {
                self.not_now(id, why);
                return Err(Refusal::OfferGone);
            }
        };
        let address = self.state.agents.get(agent);
        let model = Model::of(&line.address);
        let address = address.map(|it| it.profile.address_on(model));
        let address = address.ok_or(Refusal::NotAnAgent)?;
        let until = self.now.plus_seconds(self.join_timeout_s(queue));
        self.record(Event::OfferAccepted {
            offer,
            contact,
            agent,
            join_until: until,
        });
        self.record(Event::CallbackDialed(CallbackDialed {
            callback: id,
            contact,
            agent,
            queue,
            endpoint: line.endpoint,
            ring_s: line.ring_s,
            until: until.plus_seconds(RING_GRACE_S),
            checked: line.checked,
        }));
        self.order(Effect::CallAgent {
            contact,
            from: line.address,
            agent,
            address,
        });
        Ok(Reply::Done)
    }

    /// Customer and agent talk: nothing more is owed.
    pub(super) fn attempt_reached(&mut self, contact: ContactId) {
        if let Some((id, callback)) = self.state.callbacks.of_attempt(contact) {
            let queue = callback.queue;
            self.record(Event::CallbackEnded(CallbackEnded {
                callback: id,
                queue,
                contact: Some(contact),
                end: End::Done,
            }));
        }
    }

    /// The customer was not reached. A phone that rang counts; what an agent or the service is to blame for does not
    /// (B6), and the place in the line is kept. Answers what is tried again at once, when the attempt is over.
    pub(super) fn attempt_failed(
        &mut self,
        contact: ContactId,
        dial: &Dial,
        why: NotReached,
    ) -> Option<Again> {
        let (id, callback) = self.state.callbacks.of_attempt(contact)?;
        let queue = self.state.settings.queue(callback.queue);
        let attempts = queue.and_then(|it| it.callbacks.as_deref());
        let attempts = attempts.map(|rules| rules.attempts);
        let cooldown_s = queue.map_or(0, |it| it.cooldown_s);
        let n_rang = u32::try_from(callback.rang_at.len()).unwrap_or(u32::MAX);
        if callback.expires_at <= self.now {
            self.end_callback(id, End::Expired);
            return None;
        }
        let wait_s = match (&dial.stage, attempts) {
            (Stage::Customer(_), Some(rules)) if n_rang < rules.max => spacing_s(&rules, why),
            (Stage::Customer(_), Some(_) | None) => {
                self.end_callback(id, End::Exhausted);
                return None;
            }
            (Stage::Agent, _) if why == NotReached::NotPlaced => {
                limits::CALLBACK_NOT_PLACED_SECONDS
            }
            (Stage::Agent, _) => 0,
        };
        let next_at = self.not_before_owner(id, self.now.plus_seconds(wait_s));
        self.put_off(id, next_at, PutOff::NotReached(why));
        let until = self.now.plus_seconds(cooldown_s);
        let agent = dial.agent;
        (next_at <= self.now).then_some(Again {
            callback: id,
            apart: (cooldown_s > 0).then_some(Apart { agent, until }),
        })
    }

    pub(super) fn try_again(&mut self, again: Again) {
        self.begin_attempt(again.callback, again.apart);
    }

    /// While it is an agent's own, nobody else calls.
    fn not_before_owner(&self, id: CallbackId, at: Timestamp) -> Timestamp {
        let callback = self.state.callbacks.get(id);
        let owner = callback.and_then(|it| it.owner);
        owner.map_or(at, |owner| at.max(owner.until))
    }

    /// The longest wait of an attempt is that of its callback.
    pub(super) fn attempt_is_overdue(&mut self, contact: ContactId) {
        if let Some((id, _)) = self.state.callbacks.of_attempt(contact) {
            self.end_callback(id, End::Expired);
        }
    }

    /// The queue closed while the attempt waited.
    pub(super) fn attempt_meets_closing(&mut self, contact: ContactId) {
        let Some((id, callback)) = self.state.callbacks.of_attempt(contact) else {
            return;
        };
        let queue = self.state.settings.queue(callback.queue);
        let rules = queue.and_then(|it| it.callbacks.as_deref());
        match rules.map(|rules| rules.at_closing) {
            Some(AtClosing::Expire) => self.end_callback(id, End::Expired),
            Some(AtClosing::Carry) | None => match self.line_now(id) {
                Err(why) => self.not_now(id, why),
                Ok(_) => {
                    let at = self.now.plus_seconds(limits::CALLBACK_LOOK_AGAIN_SECONDS);
                    self.put_off(id, at, PutOff::Closed);
                }
            },
        }
    }

    /// Books it again, for later.
    fn put_off(&mut self, id: CallbackId, next_at: Timestamp, why: PutOff) {
        let Some(callback) = self.state.callbacks.get(id) else {
            return;
        };
        let (queue, state) = (callback.queue, callback.state);
        self.record(Event::CallbackPutOff(CallbackPutOff {
            callback: id,
            queue,
            contact: callback.attempt(),
            why,
            next_at,
            agreed: None,
        }));
        self.leave_line(state, EndReason::CallbackPutOff);
    }

    fn end_callback(&mut self, id: CallbackId, end: End) {
        let Some(callback) = self.state.callbacks.get(id) else {
            return;
        };
        let (queue, state) = (callback.queue, callback.state);
        let is_named = callback.has_contact();
        let subjects = callback.subjects();
        self.record(Event::CallbackEnded(CallbackEnded {
            callback: id,
            queue,
            contact: callback.attempt(),
            end,
        }));
        if !is_named {
            self.order(Effect::ForgetCallback {
                callback: id,
                subjects,
            });
        }
        let reason = match end {
            End::Expired => EndReason::CallbackExpired,
            End::Cancelled(_) | End::Exhausted | End::Done => EndReason::CallbackCancelled,
        };
        self.leave_line(state, reason);
    }

    /// An attempt that waited, or was put to an agent, is over before anybody was called.
    fn leave_line(&mut self, state: State, reason: EndReason) {
        let State::Due { contact } = state else {
            return;
        };
        let is_offered = matches!(
            self.contact(contact).map(|it| &it.state),
            Some(Stands::Offering(..))
        );
        let agent = is_offered.then(|| self.withdraw(contact, OfferEnd::Withdrawn));
        self.end(contact, reason);
        if let Some(agent) = agent.flatten() {
            self.agent_after_offer(agent, OfferEnd::Withdrawn);
            self.pull(agent);
        }
    }
}

/// How long after an attempt the next one follows.
const fn spacing_s(rules: &callback::AttemptRules, why: NotReached) -> u32 {
    match why {
        NotReached::Busy => rules.busy_s,
        NotReached::Declined => rules.declined_s,
        NotReached::NotPlaced
        | NotReached::AgentNoAnswer
        | NotReached::Withdrawn
        | NotReached::AgentLeft
        | NotReached::NoAnswer
        | NotReached::Failed => rules.no_answer_s,
    }
}
