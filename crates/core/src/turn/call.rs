//! The call of a contact: it arrives, comes up, changes its roster, goes down; and how orders to it
//! ended. Every fact may come twice, late or never; each is taken for what it says about now.

use super::{OpenTurn, Reply};
use crate::call::Customer;
use crate::contact::{Contact, State};
use crate::effect::{Effect, Outcome};
use crate::event::{EndReason, Event, OfferEnd, RejectReason, Side};
use crate::ids::{ContactId, EffectId};
use crate::input::{Arrival, CallFact, Collected, MediaEnd, NotJoined};
use crate::limits;
use crate::refusal::Refusal;
use crate::talk::ThirdEnd;

/// Who was in a call and is no longer.
#[derive(Clone, Copy)]
pub(super) struct Gone {
    pub(super) customer: bool,
    pub(super) agent: bool,
    pub(super) third: bool,
}

impl OpenTurn<'_> {
    pub(super) fn arrived(&mut self, arrival: Arrival) -> Reply {
        if let Some(before) = self.state.arrivals.get(arrival.key) {
            return Reply::ArrivedBefore(before);
        }
        let endpoint = self
            .state
            .settings
            .endpoint_at(&arrival.address)
            .map(|(id, _)| id);
        let Some(endpoint) = endpoint else {
            return self.reject(&arrival, RejectReason::UnknownAddress);
        };
        if self.state.is_draining {
            // Not turned away: whoever delivered it delivers it again, to the process that follows.
            return Reply::Refused(Refusal::Draining);
        }
        if self.state.contacts.len() >= limits::CONTACTS_MAX {
            return self.reject(&arrival, RejectReason::TooManyContacts);
        }
        let contact = self.state.next.contact();
        let Arrival {
            arrival,
            key,
            customer,
            correlation,
            attributes,
            caller,
            ..
        } = arrival;
        self.record(Event::ContactArrived {
            contact,
            endpoint,
            arrival,
            key,
            customer,
            correlation,
            attributes: within_limits(attributes),
            caller,
        });
        self.begin_call(contact, endpoint);
        Reply::Arrived(contact)
    }

    fn reject(&mut self, arrival: &Arrival, why: RejectReason) -> Reply {
        let (key, arrival) = (arrival.key, arrival.arrival);
        self.record(Event::ArrivalRejected { arrival, key, why });
        self.order(Effect::RejectArrival { arrival });
        Reply::Done
    }

    pub(super) fn call_fact(&mut self, id: ContactId, fact: CallFact) -> Reply {
        if self.contact(id).is_none() {
            return self.fact_about_gone(id, fact);
        }
        if self.is_message(id) {
            return Reply::Ignored;
        }
        let was_unconfirmed = self.is_unconfirmed(id);
        let reply = match fact {
            CallFact::LegUp { leg } => self.leg_up(id, leg),
            CallFact::Correlated { correlation } => self.correlated(id, &correlation),
            CallFact::LegDown => self.leg_down(id),
            CallFact::NotAnswered { why } => self.not_answered_early(id, why),
            CallFact::Roster {
                sequence,
                customer,
                agents,
            } => self.roster(id, sequence, customer, &agents),
            CallFact::PromptEnded { effect, end } => self.prompt_ended(id, effect, end),
            CallFact::Collected { effect, result } => self.collected(id, effect, result),
            CallFact::AgentJoined { effect, address } => self.agent_joined(id, effect, address),
            CallFact::AgentNotJoined { effect, why } => self.agent_not_joined(id, effect, why),
            CallFact::HoldFailed { effect } => self.hold_failed(id, effect),
            CallFact::RecordingFailed { reference, code } => {
                self.recording_is_none(id, &reference, code)
            }
            CallFact::RecordingActive { reference } => self.recording_is_active(id, reference),
            CallFact::RecordingInactive { reference } => self.recording_is_inactive(id, &reference),
            CallFact::TransferAccepted { effect } => self.given_away(id, effect, None),
            CallFact::TransferFailed { effect, why } => self.given_away(id, effect, Some(why)),
        };
        self.go_on_when_confirmed(id, was_unconfirmed);
        reply
    }

    /// The contact was given up before its call came up: nobody may be left in a call that belongs to
    /// nobody. Every other fact about a contact that is over says nothing.
    fn fact_about_gone(&mut self, contact: ContactId, fact: CallFact) -> Reply {
        let was_there = contact < self.state.next.contact();
        match fact {
            CallFact::LegUp { leg } if was_there => {
                self.order(Effect::HangUp { contact, leg });
                Reply::Done
            }
            CallFact::LegUp { .. }
            | CallFact::Correlated { .. }
            | CallFact::LegDown
            | CallFact::NotAnswered { .. }
            | CallFact::Roster { .. }
            | CallFact::PromptEnded { .. }
            | CallFact::Collected { .. }
            | CallFact::AgentJoined { .. }
            | CallFact::AgentNotJoined { .. }
            | CallFact::HoldFailed { .. }
            | CallFact::RecordingFailed { .. }
            | CallFact::RecordingActive { .. }
            | CallFact::RecordingInactive { .. }
            | CallFact::TransferAccepted { .. }
            | CallFact::TransferFailed { .. } => Reply::Ignored,
        }
    }

    /// A call that came in has its name from the start; one of ours has it from the first word of it.
    fn correlated(&mut self, id: ContactId, correlation: &str) -> Reply {
        let is_known = self.contact(id).is_none_or(|it| !it.correlation.is_empty());
        if is_known || correlation.is_empty() {
            return Reply::Ignored;
        }
        let correlation = correlation.chars();
        self.record(Event::CallCorrelated {
            contact: id,
            correlation: correlation.take(limits::ATTRIBUTE_CHARS_MAX).collect(),
        });
        Reply::Done
    }

    pub(super) fn leg_up(&mut self, id: ContactId, leg: String) -> Reply {
        let is_new = self
            .contact(id)
            .is_some_and(|it| matches!(it.state, State::Created));
        if self.contact(id).is_some_and(|it| it.dial().is_some()) {
            return self.agent_came(id, leg);
        }
        if self.contact(id).is_some_and(Contact::rings_early) {
            return self.early_answered(id, leg);
        }
        if !is_new {
            return Reply::Ignored;
        }
        self.record(Event::LegUp { contact: id, leg });
        self.begin_talk(id);
        Reply::Done
    }

    pub(super) fn give_up_answering(&mut self, id: ContactId) {
        self.close(id, EndReason::ErrorMedia);
    }

    /// The call is over for everybody; what that means depends on how far the contact was.
    pub(super) fn leg_down(&mut self, id: ContactId) -> Reply {
        if self.early_is_down(id) {
            return Reply::Done;
        }
        let Some(contact) = self.contact(id) else {
            return Reply::Ignored;
        };
        match &contact.state {
            State::Created | State::InFlow => self.left_in_flow(id),
            State::Queued(stay) => {
                let stay = *stay;
                let reason = self.abandon_reason(stay.queue, stay.since);
                self.end(id, reason);
            }
            State::Offering(..) => {
                let agent = self.withdraw(id, OfferEnd::CustomerLeft);
                self.end(id, EndReason::AbandonedRinging);
                if let Some(agent) = agent {
                    self.agent_after_offer(agent, OfferEnd::CustomerLeft);
                    self.pull(agent);
                }
            }
            State::Dialing(..) => self.dial_is_down(id),
            State::Connected(..) => self.end_conversation(id, Side::Customer),
            State::Outside(outside) => {
                let reason = match outside.stay {
                    Some(_) => EndReason::Handled,
                    None => EndReason::OverflowExternal,
                };
                self.end(id, reason);
            }
            State::WrapUp(..) => return Reply::Ignored,
        }
        Reply::Done
    }

    pub(super) fn end(&mut self, contact: ContactId, reason: EndReason) {
        self.record(Event::ContactEnded { contact, reason });
    }

    fn abandon_reason(
        &self,
        queue: crate::ids::QueueId,
        since: crate::time::Timestamp,
    ) -> EndReason {
        let short_s = self
            .state
            .settings
            .queue(queue)
            .map_or(0, |queue| queue.short_abandon_s);
        if self.now < since.plus_seconds(short_s) {
            EndReason::ShortAbandon
        } else {
            EndReason::AbandonedQueue
        }
    }

    /// Who is in the call now. An older roster says nothing; from a newer one follows what other word
    /// may have been lost: the agent answered, the customer left, the agent left.
    fn roster(&mut self, id: ContactId, sequence: u64, customer: bool, agents: &[String]) -> Reply {
        let Some(contact) = self.contact(id) else {
            return Reply::Ignored;
        };
        if sequence <= contact.call.roster {
            return Reply::Ignored;
        }
        let call = &contact.call;
        let (before, agent_seen) = (call.customer, call.agent_seen);
        let talks = matches!(contact.state, State::Connected(..) | State::Dialing(..));
        let agent = self.is_among(id, agents);
        let beside = contact.beside();
        let third_seen = beside.as_ref().is_some_and(|it| it.is_seen);
        let third = beside.is_some_and(|it| agents.iter().any(|address| address == it.address));
        let is_outside = matches!(contact.state, State::Outside(_));
        self.record(Event::RosterSeen(crate::event::RosterSeen {
            contact: id,
            sequence,
            customer,
            agent,
            third,
        }));
        let gone = Gone {
            customer: !customer && before == Customer::Listed,
            agent: talks && !agent && agent_seen,
            third: !third && third_seen,
        };
        self.present_or_dialed(id, gone, (customer, agent), agents);
        // It may be older than what told that they were there.
        let is_doubtful = (!customer && before == Customer::Met)
            || (talks && !agent)
            || (is_outside && !third && !gone.third);
        if is_doubtful && !gone.customer && !gone.agent {
            self.ask(id);
        }
        Reply::Done
    }

    /// Whether the agent of the contact is among these.
    pub(super) fn is_among(&self, id: ContactId, agents: &[String]) -> bool {
        let agent = self.contact(id).and_then(Contact::agent);
        let own = agent.and_then(|agent| self.state.agents.get(agent));
        own.is_some_and(|own| agents.iter().any(|it| own.profile.is_at(it)))
    }

    /// Takes who is in the call for what follows from it, while the customer is being called and otherwise.
    pub(super) fn present_or_dialed(
        &mut self,
        id: ContactId,
        gone: Gone,
        (customer, agent): (bool, bool),
        agents: &[String],
    ) {
        if self.contact(id).is_some_and(|it| it.dial().is_some()) {
            self.present_in_dial(id, gone, customer);
        } else {
            self.present(id, gone, agent, agents);
        }
    }

    /// Takes who is in the call for what follows from it.
    fn present(&mut self, id: ContactId, gone: Gone, agent: bool, agents: &[String]) {
        let Some(contact) = self.contact(id) else {
            return;
        };
        let rings = matches!(&contact.state, State::Offering(_, offer) if offer.ring().is_some());
        let third = contact.third();
        let third_answered =
            third.is_some_and(|third| !third.is_talking() && agents.contains(&third.address));
        if gone.customer {
            if self.is_giving_away(id) {
                self.customer_went(id);
            } else {
                self.customer_left(id);
            }
        } else if rings && agent {
            self.joined(id);
        } else if third_answered {
            self.third_joined(id);
        } else if gone.agent {
            self.agent_left(id);
        } else if gone.third && self.is_outside(id) {
            self.customer_left(id);
        } else if gone.third {
            self.third_is_gone(id, ThirdEnd::Left);
        } else {
            self.remove_strays(id, agents);
        }
    }

    /// The agent left by the Teams client. Who consulted somebody has handed the customer over with that;
    /// who was still calling somebody leaves the customer to the queue.
    fn agent_left(&mut self, id: ContactId) {
        let third = self.contact(id).and_then(|it| it.third());
        match third.map(|it| it.is_talking()) {
            Some(true) => self.hand_over_to_third(id),
            Some(false) if self.is_giving_away(id) => {}
            Some(false) => self.third_is_gone(id, ThirdEnd::AgentLeft),
            None => {
                self.hang_up(id);
                self.end_conversation(id, Side::Agent);
            }
        }
    }

    fn is_outside(&self, id: ContactId) -> bool {
        self.contact(id)
            .is_some_and(|it| matches!(it.state, State::Outside(_)))
    }

    fn given_away(&mut self, id: ContactId, effect: EffectId, failed: Option<NotJoined>) -> Reply {
        if !self.rings_third(id, effect) {
            return Reply::Ignored;
        }
        match failed {
            None => self.transfer_accepted(id),
            Some(why) => {
                self.third_not_joined(id, why);
                self.ask(id);
            }
        }
        Reply::Done
    }

    /// A customer in a flow or in a queue talks to nobody yet: whoever is in the call answered after the
    /// offer had ended, and word of it may have been lost.
    fn remove_strays(&mut self, id: ContactId, agents: &[String]) {
        let waits = self.contact(id).filter(|contact| match contact.state {
            State::InFlow | State::Queued(_) | State::Offering(..) | State::Outside(..) => true,
            State::Created | State::Dialing(..) | State::Connected(..) | State::WrapUp(..) => false,
        });
        let Some((contact, leg)) = waits.and_then(|it| Some((it, it.call.leg.clone()?))) else {
            return;
        };
        let beside = contact.beside().map(|it| it.address);
        let strays = agents.iter().filter(|it| Some(it.as_str()) != beside);
        let strays = strays.map(|it| out(id, &leg, contact, it.clone()));
        for order in strays.collect::<Vec<_>>() {
            self.order(order);
        }
    }

    /// The customer left, but the call goes on with the agent in it, or ringing: it is ended.
    fn customer_left(&mut self, id: ContactId) {
        self.hang_up(id);
        self.leg_down(id);
    }

    fn agent_joined(&mut self, id: ContactId, effect: EffectId, address: String) -> Reply {
        if self.is_ringing(id, effect) {
            self.joined(id);
            return Reply::Done;
        }
        if self.rings_third(id, effect) {
            self.third_joined(id);
            return Reply::Done;
        }
        if self.rings_customer(id, effect) {
            self.customer_reached(id);
            return Reply::Done;
        }
        let Some(contact) = self.contact(id) else {
            return Reply::Ignored;
        };
        // Said again, or after a roster had told: the customer must not be taken for a stray.
        if contact.is_dialed(&address) {
            return Reply::Ignored;
        }
        let holder = contact
            .agent()
            .and_then(|agent| self.state.agents.get(agent));
        let is_holder = holder.is_some_and(|agent| agent.profile.is_at(&address));
        match &contact.state {
            State::Connected(..) | State::WrapUp(..) if is_holder => return Reply::Ignored,
            State::Connected(_, _, talk) => {
                let third = talk.third.as_ref().filter(|it| it.address == address);
                match third.map(|it| it.is_talking()) {
                    Some(true) => return Reply::Ignored,
                    // An earlier ringing of the one who is rung again was answered.
                    Some(false) => {
                        self.third_joined(id);
                        return Reply::Done;
                    }
                    None => {}
                }
            }
            State::Outside(outside) if outside.number.address == address => return Reply::Ignored,
            // An earlier ringing of the agent who is rung again was answered: they can talk.
            State::Offering(_, offer) if is_holder && offer.ring().is_some() => {
                let offer = offer.clone();
                self.stop_ringing(id, &offer);
                self.joined(id);
                return Reply::Done;
            }
            State::Created
            | State::InFlow
            | State::Queued(_)
            | State::Offering(..)
            | State::Dialing(..)
            | State::Outside(..)
            | State::WrapUp(..) => {}
        }
        // Answered after it had ended: whoever it is must not stay in the call.
        if let Some(leg) = &contact.call.leg {
            let order = out(id, leg, contact, address);
            self.order(order);
        }
        Reply::Done
    }

    fn agent_not_joined(&mut self, id: ContactId, effect: EffectId, why: NotJoined) -> Reply {
        if self.rings_third(id, effect) {
            self.third_not_joined(id, why);
            return Reply::Done;
        }
        if self.rings_customer(id, effect) {
            return self.customer_not_joined(id, why);
        }
        if !self.is_ringing(id, effect) {
            return Reply::Ignored;
        }
        if self.may_have_left(id, why) {
            self.record(Event::RingEnded { contact: id, why });
            self.ask(id);
        } else {
            self.not_joined(id, why);
        }
        Reply::Done
    }

    /// Whether the ringing may have ended because the customer left, of which word may come later or never:
    /// that must not be held against the agent.
    fn may_have_left(&self, id: ContactId, why: NotJoined) -> bool {
        const EARLY_S: u32 = 1;
        let Some(State::Offering(_, offer)) = self.contact(id).map(|it| &it.state) else {
            return false;
        };
        match why {
            NotJoined::Declined | NotJoined::Busy => false,
            NotJoined::NoAnswer => self.now.plus_seconds(EARLY_S) < offer.rings_until(),
            NotJoined::Failed => true,
        }
    }

    fn is_ringing(&self, id: ContactId, effect: EffectId) -> bool {
        let Some(State::Offering(_, offer)) = self.contact(id).map(|it| &it.state) else {
            return false;
        };
        offer.ring().is_some_and(|ring| ring.adding == Some(effect))
    }

    /// An order ended. What the contact makes of it depends on whether the order still matters.
    pub(super) fn settled(&mut self, id: EffectId, outcome: Outcome) -> Reply {
        let Some(effect) = self.state.orders.get(&id).cloned() else {
            return Reply::Ignored;
        };
        let was_unconfirmed = effect.contact().filter(|it| self.is_unconfirmed(*it));
        self.record(Event::EffectSettled {
            id,
            outcome: outcome.clone(),
        });
        if let Some(contact) = effect.contact() {
            let was_unconfirmed = was_unconfirmed.is_some();
            let is_answer = matches!(outcome, Outcome::Observed { .. });
            self.order_ended(contact, id, effect, outcome);
            // That the question ended is the one fact that tells nothing new.
            let is_news = is_answer && self.events.len() > 1;
            self.go_on_when_confirmed(contact, was_unconfirmed);
            if is_news {
                return Reply::Learned;
            }
        }
        Reply::Done
    }

    #[expect(
        clippy::too_many_lines,
        reason = "a table: what follows from the end of each order"
    )]
    fn order_ended(&mut self, contact: ContactId, id: EffectId, effect: Effect, outcome: Outcome) {
        match (effect, outcome) {
            (
                Effect::Answer { .. } | Effect::CallAgent { .. } | Effect::CallCustomer { .. },
                Outcome::Done {
                    reference: Some(leg),
                },
            ) => self.answered(contact, leg),
            (Effect::CallAgent { .. }, Outcome::Failed { .. }) => self.agent_not_called(contact),
            (Effect::CallCustomer { .. }, Outcome::Failed { .. }) => {
                self.customer_not_called(contact);
            }
            (Effect::Answer { .. }, Outcome::Failed { .. }) => self.not_answered(contact),
            (Effect::Play { .. }, Outcome::Failed { code }) => {
                self.prompt_ended(contact, id, MediaEnd::Failed { code });
            }
            (Effect::Collect { .. }, Outcome::Failed { code }) => {
                self.collected(contact, id, Collected::Failed { code });
            }
            (Effect::AddAgent { .. } | Effect::AddNumber { .. }, Outcome::Failed { .. }) => {
                self.agent_not_joined(contact, id, NotJoined::Failed);
            }
            (
                effect @ (Effect::AddAgent { .. } | Effect::AddNumber { .. }),
                Outcome::Done {
                    reference: Some(invitation),
                },
            ) => self.invited(contact, id, effect, invitation),
            (Effect::TransferAway { .. }, Outcome::Failed { .. }) => {
                self.given_away(contact, id, Some(NotJoined::Failed));
            }
            (Effect::Hold { .. }, Outcome::Failed { .. }) => drop(self.hold_failed(contact, id)),
            (Effect::Inquire { leg, recording, .. }, Outcome::Observed { call }) => {
                self.observed(contact, id, (&leg, recording.as_deref()), call);
            }
            (
                effect @ (Effect::StartRecording { .. }
                | Effect::PauseRecording { .. }
                | Effect::ResumeRecording { .. }
                | Effect::FetchRecording { .. }),
                it,
            ) => self.recording_order_ended(contact, id, effect, it),
            (Effect::Request { save, .. }, it) => self.system_answered(contact, id, &save, it),
            // Carried out or not: the call itself tells.
            (
                Effect::Play { .. }
                | Effect::Collect { .. }
                | Effect::StopMedia { .. }
                | Effect::AddAgent { .. }
                | Effect::CancelAddAgent { .. }
                | Effect::RemoveAgent { .. }
                | Effect::AddNumber { .. }
                | Effect::RemoveNumber { .. }
                | Effect::TransferAway { .. },
                Outcome::Unknown,
            ) => self.ask(contact),
            // Nothing follows from these: a fact about the call will say what came of them.
            (
                Effect::Answer { .. }
                | Effect::CallAgent { .. }
                | Effect::CallCustomer { .. }
                | Effect::RejectArrival { .. }
                | Effect::Play { .. }
                | Effect::Collect { .. }
                | Effect::StopMedia { .. }
                | Effect::AddAgent { .. }
                | Effect::CancelAddAgent { .. }
                | Effect::RemoveAgent { .. }
                | Effect::Hold { .. }
                | Effect::Unhold { .. }
                | Effect::AddNumber { .. }
                | Effect::RemoveNumber { .. }
                | Effect::TransferAway { .. }
                | Effect::SendDigits { .. }
                | Effect::StopRecording { .. }
                | Effect::Listen { .. }
                | Effect::Forget { .. }
                | Effect::ForgetCallback { .. }
                | Effect::HangUp { .. }
                | Effect::Inquire { .. },
                Outcome::Done { .. }
                | Outcome::Failed { .. }
                | Outcome::Answered { .. }
                | Outcome::Kept { .. }
                | Outcome::Observed { .. }
                | Outcome::Unknown,
            ) => {}
        }
    }

    /// A repeated order may fail because the first one was carried out: a call that came up is the
    /// stronger word.
    fn not_answered(&mut self, contact: ContactId) {
        let is_new = self
            .contact(contact)
            .is_some_and(|it| matches!(it.state, State::Created));
        if is_new {
            self.end(contact, EndReason::ErrorMedia);
        }
    }

    fn answered(&mut self, contact: ContactId, leg: String) {
        match self.contact(contact).map(|it| it.call.leg.is_some()) {
            Some(false) => self.record(Event::LegReferenced { contact, leg }),
            Some(true) => {}
            // The contact was given up while the answer was on its way.
            None => drop(self.order(Effect::HangUp { contact, leg })),
        }
    }

    /// The offer ended while the ringing was being started: it is stopped as soon as it can be.
    #[expect(clippy::wildcard_enum_match_arm, reason = "two orders invite")]
    fn invited(&mut self, contact: ContactId, id: EffectId, effect: Effect, invitation: String) {
        let (leg, address) = match effect {
            Effect::AddAgent { leg, address, .. } => (leg, address),
            Effect::AddNumber { leg, number, .. } => (leg, number.address),
            _ => return,
        };
        let Some(it) = self.contact(contact) else {
            return;
        };
        let rings = self.is_ringing(contact, id) || self.rings_third(contact, id);
        if rings || self.rings_customer(contact, id) {
            return;
        }
        let third = it.third().filter(|third| third.is_talking());
        let is_third = third.is_some_and(|third| third.address == address);
        let talks = matches!(it.state, State::Connected(..) | State::WrapUp(..));
        let is_customer = it.is_dialed(&address);
        let joined = is_third || is_customer || (talks && self.is_among(contact, &[address]));
        if !joined {
            self.order(Effect::CancelAddAgent {
                contact,
                leg,
                invitation,
            });
        }
    }
}

/// The order that takes somebody out of the call who is not to be in it.
fn out(id: ContactId, leg: &str, contact: &Contact, address: String) -> Effect {
    let leg = leg.to_owned();
    match contact.numbers().find(|it| it.address == address) {
        Some(number) => Effect::RemoveNumber {
            contact: id,
            leg,
            number: number.clone(),
        },
        None => Effect::RemoveAgent {
            contact: id,
            leg,
            address,
        },
    }
}

fn within_limits(
    attributes: std::collections::BTreeMap<String, String>,
) -> std::collections::BTreeMap<String, String> {
    attributes
        .into_iter()
        .take(limits::ATTRIBUTES_MAX)
        .map(|(name, value)| {
            (
                name,
                value.chars().take(limits::ATTRIBUTE_CHARS_MAX).collect(),
            )
        })
        .collect()
}
