//! Hold: the customer, or a third party, waits to music while the others talk. And tones that an agent
//! sends to a phone.

use super::{OpenTurn, Reply};
use crate::contact::{Engagement, State, Stay};
use crate::effect::Effect;
use crate::event::Event;
use crate::ids::{ContactId, EffectId, SubjectRef};
use crate::prompt::Heard;
use crate::refusal::Refusal;
use crate::role::Actor;
use crate::talk::{Party, Talk, Target, Who};

/// A conversation, as the one who asks about it has it.
pub(super) struct Conversation {
    pub(super) stay: Stay,
    pub(super) engagement: Engagement,
    pub(super) talk: Talk,
    pub(super) leg: String,
}

impl OpenTurn<'_> {
    /// The conversation, whoever has it.
    pub(super) fn conversation_of(&self, id: ContactId) -> Option<Conversation> {
        let contact = self.contact(id)?;
        let State::Connected(stay, engagement, talk) = &contact.state else {
            return None;
        };
        Some(Conversation {
            stay: *stay,
            engagement: *engagement,
            talk: talk.clone(),
            leg: contact.call.leg.clone()?,
        })
    }

    /// The conversation, if it is the actor's.
    pub(super) fn own_conversation(
        &self,
        actor: &Actor,
        id: ContactId,
    ) -> Result<Conversation, Refusal> {
        let (agent, _) = self.agent_of(actor)?;
        if self.has_message(agent, id) {
            return Err(Refusal::NotACall);
        }
        let own = self.conversation_of(id);
        own.filter(|it| it.engagement.agent == agent)
            .ok_or(Refusal::NotYourContact)
    }

    /// As [`Self::own_conversation`], with nobody else in it or being called.
    pub(super) fn own_conversation_of_two(
        &self,
        actor: &Actor,
        id: ContactId,
    ) -> Result<Conversation, Refusal> {
        let it = self.own_conversation(actor, id)?;
        if it.talk.third.is_some() {
            return Err(Refusal::ThirdInCall);
        }
        Ok(it)
    }

    pub(super) fn hold(&mut self, actor: &Actor, id: ContactId) -> Result<Reply, Refusal> {
        let it = self.own_conversation_of_two(actor, id)?;
        self.hold_customer(id, &it);
        Ok(Reply::Done)
    }

    pub(super) fn resume(&mut self, actor: &Actor, id: ContactId) -> Result<Reply, Refusal> {
        let it = self.own_conversation_of_two(actor, id)?;
        self.resume_customer(id, &it);
        Ok(Reply::Done)
    }

    /// Puts the customer on hold; one who is, stays so.
    pub(super) fn hold_customer(&mut self, id: ContactId, it: &Conversation) {
        if !it.talk.is_held() {
            self.hold_party(id, it, Party::Customer, Who::Customer);
        }
    }

    /// Lets the customer back into the talk.
    pub(super) fn resume_customer(&mut self, id: ContactId, it: &Conversation) {
        if it.talk.is_held() {
            self.resume_party(id, it, Party::Customer, Who::Customer);
        }
    }

    pub(super) fn hold_party(&mut self, id: ContactId, it: &Conversation, party: Party, who: Who) {
        let Some(music) = self.hold_music(id, it) else {
            return;
        };
        self.record(Event::Held { contact: id, party });
        self.order(Effect::Hold {
            contact: id,
            leg: it.leg.clone(),
            who,
            music,
        });
    }

    pub(super) fn resume_party(
        &mut self,
        id: ContactId,
        it: &Conversation,
        party: Party,
        who: Who,
    ) {
        self.record(Event::Resumed { contact: id, party });
        self.order(Effect::Unhold {
            contact: id,
            leg: it.leg.clone(),
            who,
        });
    }

    /// What is heard on hold is what is heard in the queue, in the customer's language.
    fn hold_music(&self, id: ContactId, it: &Conversation) -> Option<Heard> {
        let queue = self.state.settings.queue(it.stay.queue)?;
        Some(self.heard(id, &queue.music))
    }

    /// The customer could not be put on hold: the agent must know that what is said is heard.
    pub(super) fn hold_failed(&mut self, id: ContactId, effect: EffectId) -> Reply {
        let is_held = self
            .contact(id)
            .and_then(|it| it.talk())
            .is_some_and(|talk| talk.is_held() && talk.is_held_by(effect));
        if !is_held {
            return Reply::Ignored;
        }
        let party = Party::Customer;
        self.record(Event::Resumed { contact: id, party });
        Reply::Done
    }

    /// Sends tones to the phone outside, if one is in the call, or to the customer's.
    pub(super) fn send_digits(
        &mut self,
        actor: &Actor,
        id: ContactId,
        digits: SubjectRef,
    ) -> Result<Reply, Refusal> {
        let it = self.own_conversation(actor, id)?;
        let third = it.talk.third.as_ref().filter(|third| third.is_talking());
        let who = match third.map(|third| &third.target) {
            Some(Target::Number(number)) => Who::Number(number.clone()),
            Some(Target::Agent(_) | Target::Queue(_)) | None => Who::Customer,
        };
        self.order(Effect::SendDigits {
            contact: id,
            leg: it.leg,
            who,
            digits,
        });
        Ok(Reply::Done)
    }
}
