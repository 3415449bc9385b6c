//! A third party in a conversation: called, talked to, put on hold, taken out (B8).

use super::hold::Conversation;
use super::{OpenTurn, Reply};
use crate::effect::Effect;
use crate::event::Event;
use crate::ids::{AgentId, ContactId, EffectId};
use crate::input::NotJoined;
use crate::limits;
use crate::offer::RING_GRACE_S;
use crate::refusal::Refusal;
use crate::role::Actor;
use crate::talk::{Number, Party, Purpose, Stage, Target, Third, ThirdEnd, TransferResult};

impl OpenTurn<'_> {
    pub(super) fn consult(
        &mut self,
        actor: &Actor,
        id: ContactId,
        with: Target,
    ) -> Result<Reply, Refusal> {
        self.call_third(actor, id, with, Purpose::Consult)
    }

    /// Holds the customer and calls somebody.
    pub(super) fn call_third(
        &mut self,
        actor: &Actor,
        id: ContactId,
        target: Target,
        purpose: Purpose,
    ) -> Result<Reply, Refusal> {
        let it = self.own_conversation_of_two(actor, id)?;
        let called = self.called(id, &it, &target)?;
        self.hold_customer(id, &it);
        let timeout_s = match called {
            Called::Number(_) => limits::NUMBER_RING_SECONDS,
            Called::Agent(..) => self.join_timeout_s(it.stay.queue),
        };
        self.record(Event::ThirdAsked(crate::event::ThirdAsked {
            contact: id,
            by: it.engagement.agent,
            third: target,
            address: called.address().to_owned(),
            purpose,
            until: self.now.plus_seconds(timeout_s + RING_GRACE_S),
        }));
        self.order(called.order(id, it.leg, purpose, timeout_s));
        Ok(Reply::Done)
    }

    fn called(&self, id: ContactId, it: &Conversation, target: &Target) -> Result<Called, Refusal> {
        match target {
            Target::Queue(_) => Err(Refusal::QueueIsNobody),
            Target::Number(number) if self.is_customers(id, number) => Err(Refusal::OwnNumber),
            Target::Number(number) => Ok(Called::Number(number.clone())),
            Target::Agent(agent) => {
                let address = self.free_colleague(id, it.engagement.agent, *agent)?;
                Ok(Called::Agent(*agent, address))
            }
        }
    }

    /// In one call the customer and a third party of the same number could not be told apart.
    fn is_customers(&self, id: ContactId, number: &Number) -> bool {
        self.contact(id)
            .is_some_and(|it| it.is_customer_at(&number.address))
    }

    fn free_colleague(
        &self,
        contact: ContactId,
        own: AgentId,
        agent: AgentId,
    ) -> Result<String, Refusal> {
        let Some(found) = self.state.agents.get(agent) else {
            return Err(Refusal::NotFound {
                what: "agent",
                id: agent.0,
            });
        };
        if agent == own || self.state.is_free_to_call(agent, None).is_err() {
            return Err(Refusal::ColleagueNotFree);
        }
        Ok(found.profile.address_on(self.state.model_of(contact)))
    }

    /// The third party answered.
    pub(super) fn third_joined(&mut self, id: ContactId) {
        if self.rings_outside(id) {
            self.taken_outside(id);
            return;
        }
        let Some(it) = self.conversation_of(id) else {
            return;
        };
        let Some(third) = it.talk.third.filter(|third| !third.is_talking()) else {
            return;
        };
        self.record(Event::ThirdJoined {
            contact: id,
            third: third.target,
        });
        if third.purpose == Purpose::Transfer {
            self.hand_over_to_third(id);
        }
    }

    /// Whether this order calls the third party of the contact.
    pub(super) fn rings_third(&self, id: ContactId, effect: EffectId) -> bool {
        let third = self.contact(id).and_then(|it| it.third());
        third.is_some_and(|third| third.is_rung_by(effect))
    }

    pub(super) fn third_not_joined(&mut self, id: ContactId, why: NotJoined) {
        if self.rings_outside(id) {
            self.not_taken_outside(id, why);
            return;
        }
        let why = match why {
            NotJoined::Declined | NotJoined::Busy => ThirdEnd::Declined,
            NotJoined::NoAnswer => ThirdEnd::NoAnswer,
            NotJoined::Failed => ThirdEnd::Failed,
        };
        self.third_is_gone(id, why);
    }

    /// Nobody told in time. Where the customer goes with whoever answers, that may be the word that was lost:
    /// it is asked once.
    pub(super) fn third_runs_out(&mut self, id: ContactId) {
        let is_lasting = self.rings_outside(id) || self.is_giving_away(id);
        if is_lasting && self.third_ring_ended(id).is_none() {
            let why = NotJoined::NoAnswer;
            self.record(Event::RingEnded { contact: id, why });
        } else {
            self.third_not_joined(id, NotJoined::NoAnswer);
        }
        self.ask(id);
    }

    fn third_ring_ended(&self, id: ContactId) -> Option<NotJoined> {
        let third = self.contact(id).and_then(|it| it.third());
        third.and_then(Third::ring).and_then(|ring| ring.ended)
    }

    /// The customer is still in the call, by the other side's own word, and nobody answered.
    pub(super) fn third_ring_is_over(&mut self, id: ContactId) {
        if let Some(why) = self.third_ring_ended(id) {
            self.third_not_joined(id, why);
        }
    }

    /// The customer is in the call no more, by the other side's own word, while being given to a phone outside
    /// of which nobody told in time.
    pub(super) fn customer_went(&mut self, id: ContactId) {
        if self.third_ring_ended(id).is_some() {
            self.transfer_over(id, TransferResult::Unknown);
        }
    }

    pub(super) fn drop_third(&mut self, actor: &Actor, id: ContactId) -> Result<Reply, Refusal> {
        let it = self.own_conversation(actor, id)?;
        if it.talk.third.is_none() {
            return Err(Refusal::NoThird);
        }
        self.third_is_gone(id, ThirdEnd::Withdrawn);
        Ok(Reply::Done)
    }

    /// The third party leaves the contact, by Tandem.
    pub(super) fn third_hangs_up(&mut self, agent: AgentId, id: ContactId) -> bool {
        let third = self.contact(id).and_then(|it| it.third());
        let is_third = third.is_some_and(|it| it.agent() == Some(agent) && it.is_talking());
        if is_third {
            self.third_is_gone(id, ThirdEnd::Left);
        }
        is_third
    }

    /// The third party is in the call no more, or will not be. The customer, if on hold, is back with the
    /// agent, and a transfer has come back with that; where the agent is gone too, the queue has it.
    pub(super) fn third_is_gone(&mut self, id: ContactId, why: ThirdEnd) {
        let Some(it) = self.conversation_of(id) else {
            return;
        };
        let Some(third) = it.talk.third.clone() else {
            return;
        };
        let is_transfer = third.purpose == Purpose::Transfer;
        let agent_is_gone = self.contact(id).is_some_and(|it| it.call.agent_left);
        self.release_third(id, &it, &third, why);
        if why == ThirdEnd::CustomerLeft {
            if is_transfer {
                self.transfer_ended(id, &it, &third, TransferResult::FailedCustomerGone);
            }
            return;
        }
        if why == ThirdEnd::AgentLeft || (is_transfer && agent_is_gone) {
            self.reroute(id, &third);
            return;
        }
        if is_transfer {
            self.transfer_ended(id, &it, &third, TransferResult::Returned);
        }
        self.resume_customer(id, &it);
    }

    fn release_third(&mut self, id: ContactId, it: &Conversation, third: &Third, why: ThirdEnd) {
        self.end_call_of_third(id, it, third, why);
        self.record(Event::ThirdLeft {
            contact: id,
            third: third.target.clone(),
            why,
        });
        if let Some(agent) = third.agent() {
            self.agent_is_free(agent);
        }
    }

    /// Stops the ringing, or takes the third party out.
    fn end_call_of_third(
        &mut self,
        id: ContactId,
        it: &Conversation,
        third: &Third,
        why: ThirdEnd,
    ) {
        let is_over = matches!(why, ThirdEnd::Declined | ThirdEnd::Failed);
        let (contact, leg) = (id, it.leg.clone());
        match (&third.stage, &third.target) {
            (Stage::Ringing { ring, .. }, _) => {
                if !is_over {
                    self.cancel_ringing(contact, ring.invitation.clone());
                }
            }
            (Stage::Talking { .. }, _) => {
                self.order(third_out(contact, leg, third));
            }
        }
    }

    pub(super) fn transfer_ended(
        &mut self,
        id: ContactId,
        it: &Conversation,
        third: &Third,
        result: TransferResult,
    ) {
        self.record(Event::TransferEnded(crate::event::TransferEnded {
            contact: id,
            from: it.engagement.agent,
            to: third.target.clone(),
            purpose: third.purpose,
            result,
        }));
    }

    /// The agent talks to the other one.
    pub(super) fn swap(&mut self, actor: &Actor, id: ContactId) -> Result<Reply, Refusal> {
        let (it, third) = self.consultation(actor, id)?;
        if it.talk.is_held() {
            self.hold_party(id, &it, Party::Third, third.who());
            self.resume_customer(id, &it);
        } else {
            self.hold_customer(id, &it);
            if third.is_held() {
                self.resume_party(id, &it, Party::Third, third.who());
            }
        }
        Ok(Reply::Done)
    }

    /// All three talk.
    pub(super) fn merge(&mut self, actor: &Actor, id: ContactId) -> Result<Reply, Refusal> {
        let (it, third) = self.consultation(actor, id)?;
        self.resume_customer(id, &it);
        if third.is_held() {
            self.resume_party(id, &it, Party::Third, third.who());
        }
        Ok(Reply::Done)
    }

    /// The conversation and its third party, who is in the call.
    pub(super) fn consultation(
        &self,
        actor: &Actor,
        id: ContactId,
    ) -> Result<(Conversation, Third), Refusal> {
        let it = self.own_conversation(actor, id)?;
        let third = it.talk.third.clone().ok_or(Refusal::NoThird)?;
        if third.is_talking() {
            Ok((it, *third))
        } else {
            Err(Refusal::CallNotUp)
        }
    }
}

/// Whom a call goes to, and how it is ended when nobody answers.
enum Called {
    Agent(AgentId, String),
    Number(Number),
}

impl Called {
    fn address(&self) -> &str {
        match self {
            Self::Agent(_, address) => address,
            Self::Number(number) => &number.address,
        }
    }

    /// The order that calls. A number that is to have the customer is called by the other side itself.
    fn order(self, contact: ContactId, leg: String, purpose: Purpose, timeout_s: u32) -> Effect {
        match (self, purpose) {
            (Self::Agent(agent, address), _) => Effect::AddAgent {
                contact,
                leg,
                agent,
                address,
                timeout_s,
            },
            (Self::Number(number), Purpose::Transfer) => Effect::TransferAway {
                contact,
                leg,
                number,
            },
            (Self::Number(number), Purpose::Consult) => Effect::AddNumber {
                contact,
                leg,
                number,
                timeout_s,
            },
        }
    }
}

fn third_out(contact: ContactId, leg: String, third: &Third) -> Effect {
    match &third.target {
        Target::Number(number) => Effect::RemoveNumber {
            contact,
            leg,
            number: number.clone(),
        },
        Target::Agent(_) | Target::Queue(_) => Effect::RemoveAgent {
            contact,
            leg,
            address: third.address.clone(),
        },
    }
}
