//! What people ask about callbacks: book, call off, choose another time, call now.

use super::super::{OpenTurn, Reply};
use super::booking::Booking;
use crate::callback::{
    Callback, CancelCause, End, Kind, MayRing, Origin, Owner, PutOff, State, Window,
};
use crate::contact::State as Stands;
use crate::event::{Agreed, CallbackPutOff, EndReason, Event};
use crate::flow::in_range;
use crate::ids::{AgentId, CallbackId, ContactId, CustomerHash, QueueId};
use crate::input::{BookCallback, CallOut, KeepFor};
use crate::limits;
use crate::permission::Permission;
use crate::refusal::Refusal;
use crate::role::Actor;

impl OpenTurn<'_> {
    /// Books for a customer. An agent does so in the queues that the agent serves.
    pub(in crate::turn) fn book_callback(
        &mut self,
        actor: &Actor,
        wish: BookCallback,
    ) -> Result<Reply, Refusal> {
        let begins = wish.window.map_or(self.now, |it| it.from.max(self.now));
        let owner = self.owner_from(begins, wish.keep)?;
        self.may_book(actor, wish.queue, owner)?;
        let kind = match (owner, wish.window) {
            (Some(_), _) => Kind::AgentOwned,
            (None, Some(_)) => Kind::Scheduled,
            (None, None) => Kind::Asap,
        };
        let id = self.book(Booking {
            kind,
            origin: Origin::Account(actor.account),
            queue: wish.queue,
            person: wish.person,
            place: None,
            window: wish.window,
            owner,
        })?;
        Ok(Reply::Booked(id))
    }

    fn owner_from(
        &self,
        begins: crate::time::Timestamp,
        keep: KeepFor,
    ) -> Result<Option<Owner>, Refusal> {
        let KeepFor::Agent {
            agent,
            fallback_after_s,
        } = keep
        else {
            return Ok(None);
        };
        if self.state.agents.get(agent).is_none() {
            let (what, id) = ("agent", agent.0);
            return Err(Refusal::NotFound { what, id });
        }
        let max = limits::CALLBACK_SECONDS_MAX;
        in_range("fallback_after_s", fallback_after_s, 60, max)?;
        let until = begins.plus_seconds(fallback_after_s);
        Ok(Some(Owner { agent, until }))
    }

    fn may_book(&self, actor: &Actor, queue: QueueId, owner: Option<Owner>) -> Result<(), Refusal> {
        if actor.may(Permission::KeepCallbacks) {
            return Ok(());
        }
        let (agent, _) = self.agent_of(actor)?;
        if !self.state.served_by(agent).any(|it| it == queue) {
            return Err(Refusal::NotYourQueue);
        }
        if owner.is_some_and(|it| it.agent != agent) {
            return Err(Refusal::NotYourCallback);
        }
        Ok(())
    }

    fn callback(&self, id: CallbackId) -> Result<&Callback, Refusal> {
        self.state.callbacks.get(id).ok_or(Refusal::NotFound {
            what: "callback that is pending",
            id: id.0,
        })
    }

    /// Calls it off: by who keeps the book, by the agent whose own it is, or by the agent who talks to the customer.
    pub(in crate::turn) fn cancel_callback(
        &mut self,
        actor: &Actor,
        id: CallbackId,
    ) -> Result<Reply, Refusal> {
        let callback = self.callback(id)?;
        if matches!(callback.state, State::Dialing { .. }) {
            return Err(Refusal::CallbackUnderWay);
        }
        let customer = callback.person.customer;
        let talks = actor.agent.and_then(|agent| self.talks_to(agent, customer));
        let is_own = callback
            .kept_for(self.now)
            .is_some_and(|it| Some(it) == actor.agent);
        let cause = match talks {
            Some(contact) => CancelCause::TakenOver(contact),
            None if is_own || actor.may(Permission::KeepCallbacks) => {
                CancelCause::Asked(actor.account)
            }
            None => return Err(Refusal::NotYourCallback),
        };
        self.end_callback(id, End::Cancelled(cause));
        Ok(Reply::Done)
    }

    /// The contact in which an agent talks to a customer, or wraps up.
    fn talks_to(&self, agent: AgentId, customer: CustomerHash) -> Option<ContactId> {
        let slots = &self.state.agents.get(agent)?.slots;
        slots.iter().map(|slot| slot.contact).find(|id| {
            let contact = self.contact(*id).filter(|it| it.customer == customer);
            contact.is_some_and(|it| match it.state {
                Stands::Connected(..) | Stands::WrapUp(..) => true,
                Stands::Created
                | Stands::InFlow
                | Stands::Queued(_)
                | Stands::Offering(..)
                | Stands::Dialing(..)
                | Stands::Outside(_) => false,
            })
        })
    }

    /// Chooses another time.
    pub(in crate::turn) fn reschedule_callback(
        &mut self,
        actor: &Actor,
        id: CallbackId,
        window: Window,
        keep: KeepFor,
    ) -> Result<Reply, Refusal> {
        let callback = self.callback(id)?;
        let (queue, state) = (callback.queue, callback.state);
        if matches!(state, State::Dialing { .. }) {
            return Err(Refusal::CallbackUnderWay);
        }
        let kept_for = callback.kept_for(self.now);
        let is_own = kept_for.is_some() && kept_for == actor.agent;
        if !is_own && !actor.may(Permission::KeepCallbacks) {
            return Err(Refusal::NotYourCallback);
        }
        self.check_window(Some(window))?;
        let begins = window.from.max(self.now);
        let owner = self.owner_from(begins, keep)?;
        self.may_book(actor, queue, owner)?;
        let found = self.state.settings.queue(queue);
        let rules = found.and_then(|it| it.callbacks.as_deref());
        let expires_after_s = rules.map_or(limits::SECONDS_OF_A_DAY, |it| it.expires_after_s);
        self.record(Event::CallbackPutOff(CallbackPutOff {
            callback: id,
            queue,
            contact: state.attempt(),
            why: PutOff::Rescheduled,
            next_at: owner.map_or(begins, |it| it.until),
            agreed: Some(Agreed {
                window,
                owner,
                expires_at: window.to.plus_seconds(expires_after_s),
                by: actor.account,
            }),
        }));
        self.leave_line(state, EndReason::CallbackPutOff);
        Ok(Reply::Done)
    }

    /// The agent calls the customer of an own callback now: by the same way as any customer (decision 0014).
    pub(in crate::turn) fn take_callback(
        &mut self,
        actor: &Actor,
        id: CallbackId,
    ) -> Result<Reply, Refusal> {
        let (agent, _) = self.agent_of(actor)?;
        let callback = self.callback(id)?;
        if callback.kept_for(self.now) != Some(agent) {
            return Err(Refusal::NotYourCallback);
        }
        if !matches!(callback.state, State::Booked { .. }) {
            return Err(Refusal::CallbackUnderWay);
        }
        if let MayRing::Later(_, why) = self.state.may_ring(self.now, callback)
            && why != PutOff::Closed
        {
            return Err(Refusal::NotAtThisTime);
        }
        let person = callback.person.clone();
        let call = CallOut {
            queue: callback.queue,
            number: person.number,
            customer: person.customer,
            arrival: person.arrival,
            country: person.country,
            again: None,
        };
        self.call_out_for(actor, call, Some(id))
    }

    /// Nobody calls a customer of whom nothing is to be known any more.
    pub(in crate::turn) fn forget_callbacks(&mut self, customer: CustomerHash) -> Reply {
        let own = self.state.callbacks.of_customer(customer);
        let idle = own.filter(|(_, it)| !matches!(it.state, State::Dialing { .. }));
        let idle: Vec<_> = idle.map(|(id, _)| id).collect();
        for id in idle {
            self.end_callback(id, End::Cancelled(CancelCause::Forgotten));
        }
        Reply::Done
    }
}
