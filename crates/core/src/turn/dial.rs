//! Calling out: an agent's client is called, then the customer's phone; and what becomes of it when one of
//! them is not there. From the moment when both talk it is a conversation like any other.

use super::call::Gone;
use super::{OpenTurn, Reply};
use crate::calling_out::Wish;
use crate::dialing::{Dial, NotReached, Stage};
use crate::effect::Effect;
use crate::endpoint::Model;
use crate::event::{Event, OfferEnd};
use crate::ids::{AgentId, CallbackId, ContactId, EffectId};
use crate::input::{CallOut, NotJoined};
use crate::offer::RING_GRACE_S;
use crate::refusal::Refusal;
use crate::role::Actor;

impl OpenTurn<'_> {
    /// The agent calls a customer, if the rules allow it at this instant.
    pub(super) fn call_out(&mut self, actor: &Actor, call: CallOut) -> Result<Reply, Refusal> {
        self.call_out_for(actor, call, None)
    }

    /// As [`Self::call_out`], for a callback that is the agent's own.
    pub(super) fn call_out_for(
        &mut self,
        actor: &Actor,
        call: CallOut,
        callback: Option<CallbackId>,
    ) -> Result<Reply, Refusal> {
        let (agent, found) = self.agent_of(actor)?;
        let profile = found.profile.clone();
        let line = self.state.may_call(
            self.now,
            &Wish {
                agent,
                queue: call.queue,
                country: &call.country,
                customer: call.customer,
                again: call.again,
            },
        )?;
        let contact = self.state.next.contact();
        let timeout_s = self.join_timeout_s(call.queue);
        self.record(Event::ContactDialed(crate::event::ContactDialed {
            contact,
            agent,
            queue: call.queue,
            endpoint: line.endpoint,
            arrival: call.arrival,
            number: call.number,
            customer: call.customer,
            again: call.again,
            callback,
            band: line.band,
            ring_s: line.ring_s,
            until: self.now.plus_seconds(timeout_s + RING_GRACE_S),
            checked: line.checked,
        }));
        let address = profile.address_on(Model::of(&line.address));
        self.order(Effect::CallAgent {
            contact,
            from: line.address,
            agent,
            address,
        });
        Ok(Reply::Dialed(contact))
    }

    fn dial(&self, id: ContactId) -> Option<&Dial> {
        self.contact(id)?.dial()
    }

    /// Whether this order calls the customer of the contact.
    pub(super) fn rings_customer(&self, id: ContactId, effect: EffectId) -> bool {
        self.dial(id).is_some_and(|dial| dial.is_rung_by(effect))
    }

    /// The agent's client answered: the customer's phone is called.
    pub(super) fn agent_came(&mut self, id: ContactId, leg: String) -> Reply {
        let dial = self.dial(id).filter(|dial| dial.stage == Stage::Agent);
        let dial = dial.map(|dial| (dial.agent, dial.ring_s));
        let number = self.contact(id).and_then(|it| it.dialed.clone());
        let (Some((agent, ring_s)), Some(number)) = (dial, number) else {
            return Reply::Ignored;
        };
        self.record(Event::LegUp {
            contact: id,
            leg: leg.clone(),
        });
        self.record(Event::CustomerDialed {
            contact: id,
            agent,
            until: self.now.plus_seconds(ring_s + RING_GRACE_S),
        });
        self.order(Effect::AddNumber {
            contact: id,
            leg,
            number,
            timeout_s: ring_s,
        });
        Reply::Done
    }

    /// The customer answered.
    pub(super) fn customer_reached(&mut self, id: ContactId) {
        if let Some(agent) = self.dial(id).map(|dial| dial.agent) {
            self.record(Event::CustomerReached { contact: id, agent });
            self.attempt_reached(id);
            self.owner_changed(id);
        }
    }

    /// Who is in the call tells how the attempt stands.
    pub(super) fn present_in_dial(&mut self, id: ContactId, gone: Gone, customer: bool) {
        let is_customer_called = self.dial(id).is_some_and(|it| it.stage != Stage::Agent);
        if is_customer_called && gone.agent {
            self.not_reached(id, NotReached::AgentLeft);
        } else if is_customer_called && customer {
            self.customer_reached(id);
        }
    }

    /// The customer's phone rings no more. Why may be that the agent left, of which word may come later or
    /// never: unless the phone itself said why, the call is asked about.
    pub(super) fn customer_not_joined(&mut self, id: ContactId, why: NotJoined) -> Reply {
        let ring = self.dial(id).and_then(Dial::ring);
        if ring.is_none_or(|ring| ring.ended.is_some()) {
            return Reply::Ignored;
        }
        match why {
            NotJoined::Declined | NotJoined::Busy => self.not_reached(id, NotReached::of(why)),
            NotJoined::NoAnswer | NotJoined::Failed => {
                self.record(Event::RingEnded { contact: id, why });
                self.ask(id);
            }
        }
        Reply::Done
    }

    /// The agent is in the call and the customer is not, by the other side's own word.
    pub(super) fn dial_ring_is_over(&mut self, id: ContactId) {
        let ring = self.dial(id).and_then(Dial::ring);
        if let Some(why) = ring.and_then(|ring| ring.ended) {
            self.not_reached(id, NotReached::of(why));
        }
    }

    /// Nobody told in time. That the customer answered may be the word that was lost: it is asked once.
    pub(super) fn dial_runs_out(&mut self, id: ContactId) {
        let Some(dial) = self.dial(id) else {
            return;
        };
        match dial.ring().map(|ring| ring.ended) {
            None => self.not_reached(id, NotReached::AgentNoAnswer),
            Some(Some(why)) => self.not_reached(id, NotReached::of(why)),
            Some(None) => drop(self.customer_not_joined(id, NotJoined::NoAnswer)),
        }
    }

    /// The service did not place the call. A repeated order may fail because the first one was carried out:
    /// a call that came up is the stronger word.
    pub(super) fn agent_not_called(&mut self, id: ContactId) {
        if self.dial(id).is_some_and(|dial| dial.stage == Stage::Agent) {
            self.not_reached(id, NotReached::NotPlaced);
        }
    }

    /// The call is over before the customer was reached.
    pub(super) fn dial_is_down(&mut self, id: ContactId) {
        let Some(dial) = self.dial(id) else {
            return;
        };
        let why = match &dial.stage {
            Stage::Agent => NotReached::AgentNoAnswer,
            Stage::Customer(_) => NotReached::AgentLeft,
        };
        self.not_reached(id, why);
    }

    /// The agent gives the attempt up; answers whether there was one.
    pub(super) fn agent_gives_up(&mut self, agent: AgentId, id: ContactId) -> bool {
        let is_own = self.dial(id).is_some_and(|dial| dial.agent == agent);
        if is_own {
            self.not_reached(id, NotReached::Withdrawn);
        }
        is_own
    }

    /// Ends the call for everybody, the ringing with it. Nobody owes work for a customer who was not reached.
    fn not_reached(&mut self, id: ContactId, why: NotReached) {
        let Some(dial) = self.dial(id).cloned() else {
            return;
        };
        let agent = dial.agent;
        self.record(Event::CustomerNotReached {
            contact: id,
            agent,
            why,
        });
        let is_offered = self.contact(id).is_some_and(|it| it.callback.is_some());
        let again = self.attempt_failed(id, &dial, why);
        self.close(id, why.reason());
        if is_offered && why == NotReached::AgentNoAnswer {
            self.agent_after_offer(agent, OfferEnd::NotJoined);
        }
        self.agent_is_free(agent);
        if let Some(again) = again {
            self.try_again(again);
        }
    }
}
