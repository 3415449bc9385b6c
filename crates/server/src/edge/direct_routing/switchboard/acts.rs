//! What the core orders, done on the wire. An order that is given again finds what it did before; one for a conversation
//! that is gone finds nothing, which is success for whatever wants it gone.

use super::super::conversation::{Recording, Role, Stage};
use super::super::description::{self, Unusable};
use super::super::order::{Act, Begin, Question, Whom};
use super::super::recording::KeptSink;
use super::{Asked, Switchboard, hang_up, note};
use std::sync::Arc;
use tandem_core::effect::{Observation, Outcome};
use tandem_core::ids::{ContactId, EffectId};
use tandem_core::recording::Told;
use tandem_media::dtmf::Digit;
use tandem_media::player::Repeat;
use tandem_transport::media::{
    Answer, Collect, ConversationId, Error, LegId, OnDigit, Sound, Target as Listener,
};
use tandem_transport::sip::Side;
use tokio::sync::oneshot;

/// How an order ends.
pub(super) type Ended = Result<Outcome, Outcome>;

const fn done() -> Outcome {
    Outcome::Done { reference: None }
}

pub(super) fn failed(code: &str) -> Outcome {
    Outcome::Failed {
        code: code.to_owned(),
    }
}

impl Switchboard {
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "all others are done at once"
    )]
    pub(super) fn act(
        &mut self,
        side: &mut Side<'_>,
        center: &Arc<str>,
        reference: &str,
        act: Act,
        reply: oneshot::Sender<Outcome>,
    ) {
        let found = self.named(reference);
        let of_center =
            |id: &u64| { self.conversations.get(id) }.is_some_and(|it| it.center == *center);
        let Some(id) = found.filter(of_center) else {
            return answer(reply, without_conversation(&act));
        };
        match act {
            // These are answered when the media plane has done them: a pause is confirmed when it is in force.
            Act::PauseRecording => self.turn_recording(id, reply, |plane, media, key| {
                plane.pause_recording(media, key)
            }),
            Act::ResumeRecording => self.turn_recording(id, reply, |plane, media, key| {
                plane.resume_recording(media, key)
            }),
            Act::SendDigits { who, digits } => self.send_digits(id, &who, digits, reply),
            other => {
                let ended = self.act_now(side, id, other);
                answer(reply, ended.unwrap_or_else(|outcome| outcome));
            }
        }
    }

    fn act_now(&mut self, side: &mut Side<'_>, id: u64, act: Act) -> Ended {
        match act {
            Act::Answer { contact } => self.answer_call(side, id, contact),
            Act::Reject => {
                self.refuse(side, id);
                Ok(done())
            }
            Act::Play {
                effect,
                sound,
                repeat,
            } => self.play(id, effect, &sound, repeat),
            Act::Collect {
                effect,
                sound,
                question,
            } => self.collect(id, effect, sound.as_ref(), question),
            Act::StopMedia => self.stop_media(id),
            Act::Ring { effect, callee } => self.ring(side, id, effect, callee),
            Act::StopRinging { invitation } => self.stop_ringing(side, id, &invitation),
            Act::Remove { address } => self.remove(side, id, &address),
            Act::Hold { who, music } => {
                let leg = self.leg_of(id, &who)?;
                drop(self.plane.hold(leg, &music));
                Ok(done())
            }
            Act::Unhold { who } => {
                let leg = self.leg_of(id, &who)?;
                drop(self.plane.unhold(leg));
                Ok(done())
            }
            Act::Record { effect, sink } => self.record(id, effect, sink),
            Act::StopRecording => {
                let conversation = self.conversations.get(&id);
                let recording =
                    conversation.and_then(|it| Some((it.media?, it.recording.as_ref()?)));
                if let Some((media, recording)) = recording {
                    drop(self.plane.stop_recording(media, recording.key));
                }
                Ok(done())
            }
            Act::HangUp => {
                self.close(side, id);
                Ok(done())
            }
            Act::Inquire { wants_recording } => Ok(self.observed(id, wants_recording)),
            Act::SendDigits { .. } | Act::PauseRecording | Act::ResumeRecording => {
                Err(failed("not-an-act"))
            }
        }
    }

    fn answer_call(&mut self, side: &mut Side<'_>, id: u64, contact: ContactId) -> Ended {
        let gone = || failed("call-gone");
        let conversation = self.conversations.get_mut(&id).ok_or_else(gone)?;
        conversation.contact = Some(contact);
        let reference = conversation.reference.clone();
        let center = Arc::clone(&conversation.center);
        let arrived = conversation
            .parties
            .iter()
            .find(|(_, it)| it.role == Role::Customer);
        let (party, customer) = arrived.ok_or_else(gone)?;
        let party = *party;
        let (call, trunk) = (customer.call, customer.trunk);
        let Stage::Arrived(offer) = customer.stage.clone() else {
            // It is answered already: the order was given before.
            return Ok(Outcome::Done {
                reference: Some(reference),
            });
        };
        let media = self.media_of(id)?;
        let trunk = self
            .trunks
            .get(&(center, trunk))
            .ok_or_else(|| failed("trunk-gone"))?;
        let described = match &offer {
            Some(offer) => description::answering(&self.plane, media, &trunk.trunk, offer),
            None => description::offering(&self.plane, media, &trunk.trunk),
        };
        let (described, sdp) = match described {
            Ok(described) => described,
            Err(error) => {
                tracing::warn!(%error, "a call cannot be answered");
                note(side.ua.refuse_call(side.now, call, error.status(), None));
                self.close(side, id);
                return Err(failed(code_of(&error)));
            }
        };
        self.legs.insert(described.leg, (id, party));
        if let Some(conversation) = self.conversations.get_mut(&id)
            && let Some(party) = conversation.parties.get_mut(&party)
        {
            party.media = Some(described);
            party.stage = Stage::Answering;
        }
        if let Err(error) = side.ua.answer(side.now, call, sdp) {
            tracing::info!(%error, "a call that is to be answered has ended");
            self.close(side, id);
            return Err(gone());
        }
        Ok(Outcome::Done {
            reference: Some(reference),
        })
    }

    /// The conversation on the media plane; made when it is first needed.
    pub(super) fn media_of(&mut self, id: u64) -> Result<ConversationId, Outcome> {
        let plane = &self.plane;
        let conversation = self.conversations.get_mut(&id);
        let conversation = conversation.ok_or_else(|| failed("call-gone"))?;
        if let Some(media) = conversation.media {
            return Ok(media);
        }
        let media = plane.conversation().map_err(|error| no_media(&error))?;
        conversation.media = Some(media);
        self.by_media.insert(media, id);
        Ok(media)
    }

    fn play(&mut self, id: u64, effect: EffectId, sound: &Sound, repeat: Repeat) -> Ended {
        let media = self.media_of(id)?;
        // Whatever played before is over: one prompt at a time is heard.
        self.stop_media(id)?;
        let key = self.next_key(Asked::Prompt(id, effect));
        drop(
            self.plane
                .play(Listener::Conversation(media), sound, repeat, key),
        );
        Ok(done())
    }

    fn collect(
        &mut self,
        id: u64,
        effect: EffectId,
        sound: Option<&Sound>,
        question: Question,
    ) -> Ended {
        let leg = self.leg_of(id, &Whom::Customer)?;
        self.stop_media(id)?;
        if let Some(sound) = sound {
            let key = self.fresh_key();
            drop(
                self.plane
                    .play(Listener::Leg(leg), sound, Repeat::Once, key),
            );
        }
        let collect = Collect {
            key: self.next_key(Asked::Question(id, effect)),
            n_digits_max: question.n_digits_max,
            ends: question.ends,
            first_within: question.first_within,
            next_within: question.next_within,
            on_digit: OnDigit::StopsPrompt,
            masking: question.masking,
        };
        drop(self.plane.collect(leg, collect));
        Ok(done())
    }

    fn stop_media(&self, id: u64) -> Ended {
        let conversation = self.conversations.get(&id);
        let Some(conversation) = conversation else {
            return Ok(done());
        };
        if let Some(media) = conversation.media {
            drop(self.plane.stop(Listener::Conversation(media)));
        }
        if let Some(leg) = conversation.customer_leg() {
            drop(self.plane.stop(Listener::Leg(leg)));
            drop(self.plane.stop_collecting(leg));
        }
        Ok(done())
    }

    fn stop_ringing(&mut self, side: &mut Side<'_>, id: u64, invitation: &str) -> Ended {
        let party = invitation.rsplit(':').next().and_then(|it| it.parse().ok());
        let conversation = self.conversations.get(&id);
        let rings = |party: &u32| {
            let party = conversation.and_then(|it| it.parties.get(party));
            party.is_some_and(|it| matches!(it.stage, Stage::Ringing(_)))
        };
        if let Some(party) = party.filter(rings)
            && let Some(gone) = self.leaves(id, party)
        {
            hang_up(side, gone.call);
        }
        Ok(done())
    }

    fn remove(&mut self, side: &mut Side<'_>, id: u64, address: &str) -> Ended {
        let conversation = self.conversations.get(&id);
        let party = conversation.and_then(|it| it.at(address).map(|(party, _)| party));
        if let Some(party) = party
            && let Some(gone) = self.leaves(id, party)
        {
            hang_up(side, gone.call);
            self.tell_roster(id);
        }
        Ok(done())
    }

    fn leg_of(&self, id: u64, who: &Whom) -> Result<LegId, Outcome> {
        let conversation = self.conversations.get(&id);
        let conversation = conversation.ok_or_else(|| failed("call-gone"))?;
        let leg = match who {
            Whom::Customer => conversation.customer_leg(),
            Whom::At(address) => {
                let found = conversation.at(address);
                found.and_then(|(_, it)| it.media.as_ref().map(|it| it.leg))
            }
        };
        leg.ok_or_else(|| failed("nobody-there"))
    }

    fn send_digits(
        &self,
        id: u64,
        who: &Whom,
        digits: Vec<Digit>,
        reply: oneshot::Sender<Outcome>,
    ) {
        match self.leg_of(id, who) {
            Ok(leg) => later(self.plane.send_digits(leg, digits), reply),
            Err(outcome) => answer(reply, outcome),
        }
    }

    fn record(&mut self, id: u64, effect: EffectId, sink: Box<KeptSink>) -> Ended {
        if let Some(leg) = self.conversations.get(&id).and_then(|it| it.customer_leg()) {
            sink.customer_is(leg);
        }
        let media = self.media_of(id)?;
        let key = tandem_transport::media::Key(effect.0);
        let conversation = self.conversations.get_mut(&id);
        let conversation = conversation.ok_or_else(|| failed("call-gone"))?;
        let reference = format!("{}:{effect}", conversation.reference);
        let told = Outcome::Done {
            reference: Some(reference.clone()),
        };
        match &conversation.recording {
            Some(recording) if recording.key == key => return Ok(told),
            Some(_) => return Err(failed("recorded-already")),
            None => {}
        }
        conversation.recording = Some(Recording {
            key,
            reference,
            is_paused: false,
        });
        drop(self.plane.record(media, key, sink));
        Ok(told)
    }

    fn turn_recording(
        &self,
        id: u64,
        reply: oneshot::Sender<Outcome>,
        turn: impl FnOnce(
            &tandem_transport::media::Plane,
            ConversationId,
            tandem_transport::media::Key,
        ) -> Answer<()>,
    ) {
        let conversation = self.conversations.get(&id);
        let recording = conversation.and_then(|it| Some((it.media?, it.recording.as_ref()?.key)));
        match recording {
            Some((media, key)) => later(turn(&self.plane, media, key), reply),
            None => answer(reply, failed("not-recorded")),
        }
    }

    fn observed(&self, id: u64, wants_recording: bool) -> Outcome {
        let Some(conversation) = self.conversations.get(&id) else {
            return Outcome::Observed {
                call: Observation::Gone,
            };
        };
        let (customer, agents) = conversation.present();
        let told = match &conversation.recording {
            None => Told::Gone,
            Some(recording) if recording.is_paused => Told::Inactive,
            Some(_) => Told::Active,
        };
        let call = if customer || !agents.is_empty() {
            Observation::Up {
                customer,
                agents,
                recording: wants_recording.then_some(told),
            }
        } else {
            Observation::Connecting
        };
        Outcome::Observed { call }
    }

    /// A call of ours: the agent's phone, or the customer's, is called, and the conversation begins with it.
    pub(super) fn begin(
        &mut self,
        side: &mut Side<'_>,
        begin: Begin,
        reply: oneshot::Sender<Outcome>,
    ) {
        let known = self
            .conversations
            .values()
            .find(|it| it.center == begin.center && it.contact == Some(begin.contact));
        if let Some(conversation) = known {
            // The order was given before.
            let reference = Some(conversation.reference.clone());
            return answer(reply, Outcome::Done { reference });
        }
        let id = self.next_conversation(Arc::clone(&begin.center), begin.from);
        let Some(conversation) = self.conversations.get_mut(&id) else {
            return answer(reply, failed("call-gone"));
        };
        conversation.begun_by = Some(begin.effect);
        let reference = Some(conversation.reference.clone());
        let called = self.call_party(side, id, begin.effect, begin.to);
        match called {
            Ok(_) => {
                if let Some(conversation) = self.conversations.get_mut(&id) {
                    conversation.contact = Some(begin.contact);
                }
                answer(reply, Outcome::Done { reference });
            }
            Err(outcome) => {
                self.close(side, id);
                answer(reply, outcome);
            }
        }
    }
}

pub(super) fn invitation(reference: &str, party: u32) -> Outcome {
    Outcome::Done {
        reference: Some(format!("{reference}:{party}")),
    }
}

/// What is true of a conversation that is gone: what was to end has ended.
fn without_conversation(act: &Act) -> Outcome {
    match act {
        Act::Inquire { .. } => Outcome::Observed {
            call: Observation::Gone,
        },
        Act::StopMedia
        | Act::StopRinging { .. }
        | Act::Remove { .. }
        | Act::Unhold { .. }
        | Act::StopRecording
        | Act::HangUp
        | Act::Reject => done(),
        Act::Answer { .. }
        | Act::Play { .. }
        | Act::Collect { .. }
        | Act::Ring { .. }
        | Act::Hold { .. }
        | Act::SendDigits { .. }
        | Act::Record { .. }
        | Act::PauseRecording
        | Act::ResumeRecording => failed("call-gone"),
    }
}

pub(super) const fn code_of(error: &Unusable) -> &'static str {
    match error {
        Unusable::Refused(_) => "no-common-media",
        Unusable::Malformed(_) => "bad-description",
        Unusable::Media(Error::PortsExhausted { .. }) => "no-media-port",
        Unusable::Media(_) | Unusable::Chance => "no-media",
        Unusable::Keys(_) => "bad-keys",
        Unusable::Address => "bad-address",
    }
}

fn no_media(error: &Error) -> Outcome {
    tracing::error!(%error, "there is no media for a call");
    failed("no-media")
}

fn answer(reply: oneshot::Sender<Outcome>, outcome: Outcome) {
    // Whoever asked may be gone; the order is given again then.
    drop(reply.send(outcome));
}

/// Answers when the media plane has.
fn later(answer_of: Answer<()>, reply: oneshot::Sender<Outcome>) {
    tokio::spawn(async move {
        let outcome = match answer_of.await {
            Ok(()) => done(),
            Err(error) => {
                tracing::warn!(%error, "the media plane refused an order");
                failed("media-refused")
            }
        };
        answer(reply, outcome);
    });
}
