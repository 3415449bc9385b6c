//! A supervisor has a caller who waits asked at once whether to be called back. Where the flow asks for that itself by
//! a key, its question is asked and its way is gone; else Tandem has a question of its own, and the place is kept
//! . An agent who is offered meanwhile is worth more than an answer.

use super::callback::Booking;
use super::{OpenTurn, Reply};
use crate::contact::{CallbackOffer, Contact, State, Stay};
use crate::event::{CallbackOfferEnded, CallbackOffered, EndReason, Event, OfferAnswer, Question};
use crate::flow::{CallbackWhen, Flow, Node, Prompt, QueueKey};
use crate::ids::{ContactId, EffectId, QueueId};
use crate::input::{Collected, MediaEnd};
use crate::limits;
use crate::refusal::Refusal;
use crate::role::Actor;

/// The key of Tandem's own question.
const KEY: char = '1';
/// The question, where the flow has none.
const QUESTION: &str =
    "We can call you back instead, and you keep your place in line. To be called back, press 1.";
/// What is said to whoever pressed it.
const FAREWELL: &str = "Thank you. We will call you back. Goodbye.";

impl OpenTurn<'_> {
    pub(super) fn offer_callback(
        &mut self,
        actor: &Actor,
        id: ContactId,
    ) -> Result<Reply, Refusal> {
        let stay = self.stay_to_steer(id)?;
        self.may_be_asked(id, &stay)?;
        let queue = stay.queue;
        let own_key = self.key_to_callback(id, queue);
        self.record(Event::CallbackOffered(CallbackOffered {
            contact: id,
            queue,
            question: match own_key {
                Some(_) => Question::OfFlow,
                None => Question::Own,
            },
            by: actor.account,
        }));
        match own_key {
            Some(key) => {
                self.plan_key_in(id, key.every_s);
                self.ask_key(id, &key.prompt, limits::QUEUE_KEY_SECONDS);
            }
            None => {
                let question = Prompt::Text(QUESTION.to_owned());
                self.ask_key(id, &question, limits::QUEUE_KEY_SECONDS);
            }
        }
        Ok(Reply::Done)
    }

    /// Nobody is asked for what would not be done.
    fn may_be_asked(&self, id: ContactId, stay: &Stay) -> Result<(), Refusal> {
        let contact = self.contact(id).ok_or(Refusal::NotWaiting)?;
        if contact.message.is_some() {
            return Err(Refusal::NotACall);
        }
        if contact.callback.is_some() {
            return Err(Refusal::CallbackUnderWay);
        }
        if contact.is_held_back() || contact.call.leg.is_none() {
            return Err(Refusal::CallNotUp);
        }
        if contact.media.as_ref().is_some_and(|it| it.until.is_some()) {
            return Err(Refusal::BeingTold);
        }
        let booking = self.booking_of_waiting(id, stay)?;
        self.may_be_booked(&booking).map(drop)
    }

    fn booking_of_waiting(&self, id: ContactId, stay: &Stay) -> Result<Booking, Refusal> {
        let kept = self.booking_of_caller(id, Some(*stay), stay.queue, CallbackWhen::VirtualHold);
        kept.map_err(|_no_number| Refusal::NumberUnknown)
    }

    /// The key of the node by which the caller came into this queue, where it leads to a callback by this queue.
    fn key_to_callback(&self, id: ContactId, waits_in: QueueId) -> Option<QueueKey> {
        let (_, Node::Queue { queue, key, .. }) = self.node_of(id)? else {
            return None;
        };
        let key = key.filter(|_| queue == waits_in)?;
        books_by(self.flow_of(id)?, &key, queue).then_some(*key)
    }

    /// Answers whether what was answered was Tandem's own question.
    pub(super) fn callback_offer_answered(
        &mut self,
        id: ContactId,
        effect: EffectId,
        result: &Collected,
    ) -> bool {
        if self.callback_offer(id) != Some(CallbackOffer::Asked(effect)) {
            return false;
        }
        let stay = match self.contact(id).map(|it| &it.state) {
            Some(State::Queued(stay)) => Some(*stay),
            Some(_) | None => None,
        };
        let is_pressed = matches!(result, Collected::Digits(keys) if keys.starts_with(KEY));
        match stay.filter(|_| is_pressed) {
            Some(stay) => self.trade_for_callback(id, &stay),
            None => self.offer_ends(id, OfferAnswer::NotTaken),
        }
        true
    }

    /// The place is traded for a callback that keeps it. Where that cannot be booked any more, the caller waits on.
    fn trade_for_callback(&mut self, id: ContactId, stay: &Stay) {
        let booking = self.booking_of_waiting(id, stay);
        let booked = booking.and_then(|booking| self.book(booking));
        let callback = match booked {
            Ok(callback) => callback,
            Err(refusal) => {
                let code = refusal.code().to_owned();
                self.offer_ends(id, OfferAnswer::Refused { code });
                return;
            }
        };
        self.joins_callback(id, callback, stay.queue);
        self.record(Event::LeftQueue {
            contact: id,
            queue: stay.queue,
            exit: "callback".to_owned(),
        });
        self.record(Event::CallbackOfferEnded(CallbackOfferEnded {
            contact: id,
            answer: OfferAnswer::Taken,
        }));
        self.say(id, &Prompt::Text(FAREWELL.to_owned()));
    }

    fn offer_ends(&mut self, id: ContactId, answer: OfferAnswer) {
        self.record(Event::CallbackOfferEnded(CallbackOfferEnded {
            contact: id,
            answer,
        }));
        self.announcement_over(id);
    }

    /// What was said to who traded the place is over, heard or not; answers whether it was that.
    pub(super) fn parts_with_callback(&mut self, id: ContactId) -> bool {
        let parts = self.callback_offer(id) == Some(CallbackOffer::Taken);
        if parts {
            self.close(id, EndReason::CallbackConverted);
        }
        parts
    }

    /// Tandem's own question could not be asked: the music goes on. Answers whether it was that.
    pub(super) fn callback_offer_failed(
        &mut self,
        id: ContactId,
        effect: EffectId,
        end: &MediaEnd,
    ) -> bool {
        let MediaEnd::Failed { code } = end else {
            return false;
        };
        let is_asked = self.callback_offer(id) == Some(CallbackOffer::Asked(effect));
        if is_asked {
            let code = code.clone();
            self.offer_ends(id, OfferAnswer::Refused { code });
        }
        is_asked
    }

    fn callback_offer(&self, id: ContactId) -> Option<CallbackOffer> {
        self.contact(id).and_then(Contact::callback_offer)
    }
}

/// Whether a key leads to a callback that keeps the place in this queue.
fn books_by(flow: &Flow, key: &QueueKey, waits_in: QueueId) -> bool {
    let next = flow.nodes.get(&key.next);
    next.is_some_and(|it| matches!(it, Node::Callback { queue, .. } if *queue == waits_in))
}
