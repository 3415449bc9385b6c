//! Messages: a caller leaves one, and it waits for an agent as a contact of its own, without a call
//! (decision 0013).

use super::{OpenTurn, Reply};
use crate::access::Access;
use crate::agent::Agent;
use crate::contact::{Contact, State};
use crate::effect::Effect;
use crate::event::{EndReason, Event};
use crate::flow::{Node, NodeId, Prompt};
use crate::ids::{AgentId, ContactId, EffectId, QueueId};
use crate::input::Collected;
use crate::limits;
use crate::permission::Permission;
use crate::queue::OfferBy;
use crate::recording::{Recording, Stage, StopCause};
use crate::refusal::Refusal;
use crate::role::Actor;

/// How a message came to its end.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    /// The caller is still there.
    CallGoesOn,
    /// With the call.
    CallIsOver,
}

impl OpenTurn<'_> {
    /// A `voicemail` node: what is said before the message. A queue that holds as many messages as may be
    /// takes the exit for failures at once.
    pub(super) fn ask_for_message(
        &mut self,
        id: ContactId,
        name: &str,
        queue: QueueId,
        prompt: &Prompt,
    ) -> Option<NodeId> {
        self.leg(id)?;
        if self.state.n_messages(queue) >= limits::MESSAGES_WAITING_MAX {
            let Some((_, Node::Voicemail { failed, .. })) = self.node_of(id) else {
                return None;
            };
            return Some(self.fails(id, name, "full", failed));
        }
        self.say(id, prompt);
        None
    }

    /// Whether this order listens for the key that ends the contact's message.
    pub(super) fn listens(&self, id: ContactId, effect: EffectId) -> bool {
        let recording = self.contact(id).and_then(|it| it.recording.as_ref());
        recording.is_some_and(|it| it.listens_by(effect))
    }

    /// The key that ends the message does so; after another one it is listened to again, as long as the
    /// message may last. Where nothing can be heard, time alone ends it.
    pub(super) fn key_heard(&mut self, id: ContactId, result: &Collected) {
        let Collected::Digits(digits) = result else {
            return;
        };
        let Some((recording, _, left_s)) = self.message_under_way(id) else {
            return;
        };
        let Some((_, Node::Voicemail { stop, .. })) = self.node_of(id) else {
            return;
        };
        let n_listened = match recording.stage {
            Stage::Running { n_listened, .. } => n_listened,
            Stage::Starting { .. } => 0,
        };
        if digits.contains(char::from(stop)) {
            self.message_is_over(id);
        } else if left_s > 0 && n_listened < limits::MESSAGE_LISTENS_MAX {
            self.listen(id, left_s);
        }
    }

    /// The message ends and the call does not.
    pub(super) fn message_is_over(&mut self, id: ContactId) {
        let Some(is_kept) = self.end_message(id, End::CallGoesOn) else {
            return;
        };
        let Some((
            name,
            Node::Voicemail {
                done, no_message, ..
            },
        )) = self.node_of(id)
        else {
            return;
        };
        if is_kept {
            self.enter(id, done);
        } else {
            self.take_exit(id, name, "no_message", None, no_message);
        }
    }

    /// The caller left in the flow: after a message, or with the end of one, that is as it should be.
    pub(super) fn left_in_flow(&mut self, id: ContactId) {
        self.end_message(id, End::CallIsOver);
        let served = self.contact(id).and_then(Contact::left_behind);
        self.end(id, served.unwrap_or(EndReason::AbandonedFlow));
    }

    /// Ends the recording of a message; answers whether it is one. None: nothing was recorded.
    fn end_message(&mut self, id: ContactId, end: End) -> Option<bool> {
        let (recording, seconds, _) = self.message_under_way(id)?;
        if end == End::CallGoesOn
            && let Some(reference) = recording.reference().cloned()
        {
            self.order(Effect::StopRecording {
                contact: id,
                reference,
            });
        }
        let is_kept = seconds >= limits::MESSAGE_SECONDS_MIN;
        self.record(Event::RecordingStopped {
            contact: id,
            recording: recording.id,
            is_kept,
            cause: StopCause::Ordered,
        });
        if is_kept {
            self.leave_message(id, &recording, seconds);
        }
        Some(is_kept)
    }

    fn leave_message(&mut self, from: ContactId, recording: &Recording, seconds: u32) {
        let Some((_, Node::Voicemail { queue, .. })) = self.node_of(from) else {
            return;
        };
        // A queue that is gone leaves nobody to serve it, and a flow that names it keeps it from going.
        let band = self.state.settings.queue(queue).map_or(0, |it| it.priority);
        let contact = self.state.next.contact();
        self.record(Event::MessageLeft(crate::event::MessageLeft {
            contact,
            from,
            recording: recording.id,
            seconds,
            queue,
            seq: self.state.next.enqueued(),
            band,
            until: self.now.plus_seconds(limits::MESSAGE_WAIT_SECONDS),
            held_until: self.now.plus_seconds(limits::MESSAGE_SOUND_SECONDS),
        }));
        self.begin_plan(contact);
    }

    /// The sound did not come in time.
    pub(super) fn release_message(&mut self, id: ContactId) {
        self.record(Event::MessageReleased { contact: id });
        self.offer_at_last(id, true);
    }

    pub(super) fn is_held_for_sound(&self, id: ContactId) -> bool {
        self.contact(id).is_some_and(|it| it.held_until().is_some())
    }

    /// Puts a message to an agent that was held back until now.
    pub(super) fn offer_at_last(&mut self, id: ContactId, was_held: bool) {
        if was_held && !self.is_held_for_sound(id) {
            self.place_first(id);
        }
    }

    pub(super) fn is_message(&self, id: ContactId) -> bool {
        self.contact(id).is_some_and(|it| it.message.is_some())
    }

    pub(super) fn is_in_flow(&self, id: ContactId) -> bool {
        let contact = self.contact(id);
        contact.is_some_and(|it| matches!(it.state, State::InFlow))
    }

    /// Whether the agent listens to this message at this moment.
    pub(super) fn has_message(&self, agent: AgentId, id: ContactId) -> bool {
        let contact = self.contact(id).filter(|it| it.message.is_some());
        contact.is_some_and(|it| it.talk().is_some() && it.agent() == Some(agent))
    }

    /// A message rings no client, and for a callback there is no call yet: the agent is asked on the desk, whatever the
    /// queue says.
    pub(super) fn asked_where(&self, id: ContactId, by: OfferBy) -> OfferBy {
        if self.is_message(id) || self.is_attempt(id) {
            OfferBy::Tandem
        } else {
            by
        }
    }

    /// What is about to be done with a recording is on record first. Who may do it, the roles say.
    pub(super) fn access_recording(
        &mut self,
        actor: &Actor,
        contact: ContactId,
        recording: EffectId,
        access: Access,
    ) -> Reply {
        self.fact(Event::RecordingAccessed {
            contact,
            recording,
            by: actor.account,
            access,
        })
    }

    /// Somebody wants to hear what was recorded. Supervisors may hear everything; an agent the message that
    /// the agent has, from the acceptance to the end of the wrap-up.
    pub(super) fn play_message(
        &mut self,
        actor: &Actor,
        id: ContactId,
        recording: EffectId,
    ) -> Result<Reply, Refusal> {
        if !actor.may(Permission::HearRecordings) {
            let (agent, _): (AgentId, &Agent) = self.agent_of(actor)?;
            let own = self.contact(id).filter(|it| it.agent() == Some(agent));
            let is_heard = own.is_some_and(|it| match it.state {
                State::Connected(..) | State::WrapUp(..) => {
                    { it.message.as_ref() }.is_some_and(|it| it.recording == recording)
                }
                State::Created
                | State::InFlow
                | State::Queued(_)
                | State::Offering(..)
                | State::Dialing(..)
                | State::Outside(..) => false,
            });
            if !is_heard {
                return Err(Refusal::NotYourContact);
            }
        }
        self.record(Event::MessagePlayed {
            contact: id,
            recording,
            by: actor.account,
        });
        Ok(Reply::Done)
    }
}
