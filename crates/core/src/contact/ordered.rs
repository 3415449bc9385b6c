//! What orders and their outcomes make of a contact: what plays, who rings, what is asked.

use super::{Awaits, CallbackOffer, Contact, Media, State};
use crate::call::Customer;
use crate::effect::{Effect, Outcome, Repeat};
use crate::ids::EffectId;
use crate::input::MediaEnd;
use crate::limits;
use crate::prompt::Heard as Prompt;
use crate::recording::{Recording, Told as Heard};
use crate::talk::Who;
use crate::time::Timestamp;

impl Contact {
    pub(super) fn ordered(&mut self, now: Timestamp, id: EffectId, effect: &Effect) {
        match effect {
            Effect::Play { prompt, repeat, .. } => {
                // Whatever is said next was the one that waited, or has overtaken it.
                self.told.step = None;
                self.hears(now, id, prompt, *repeat);
            }
            Effect::Collect { prompt, .. } => {
                if self.told.offer == Some(CallbackOffer::Made) {
                    self.told.offer = Some(CallbackOffer::Asked(id));
                }
                self.hears(now, id, prompt, Repeat::Once);
            }
            Effect::StopMedia { .. } => self.media = None,
            Effect::AddAgent { .. } => self.rung(id),
            Effect::Inquire { .. } => {
                self.call.asked(now, id);
                if let Some(recording) = &mut self.recording {
                    recording.asked(now);
                }
            }
            Effect::Hold { who, .. } => {
                if let (State::Connected(_, _, talk), Who::Customer) = (&mut self.state, who) {
                    talk.ordered_hold(id);
                }
            }
            Effect::AddNumber { .. } | Effect::TransferAway { .. } => self.rung(id),
            Effect::Request { timeout_s, .. } => {
                let seconds = timeout_s.saturating_add(limits::HTTP_GRACE_SECONDS);
                let until = now.plus_seconds(seconds);
                if let Some(run) = &mut self.run {
                    run.awaits = Some(Awaits { effect: id, until });
                }
            }
            Effect::StartRecording { .. } => {
                self.recording = Recording::ordered(now, id, effect).map(Box::new);
                self.unrecorded = None;
            }
            Effect::PauseRecording { .. } | Effect::ResumeRecording { .. } => {
                self.pause_ordered(id);
            }
            Effect::Listen { .. } => {
                if let Some(recording) = &mut self.recording {
                    recording.listening(id);
                }
            }
            Effect::StopRecording { .. }
            | Effect::FetchRecording { .. }
            | Effect::CallAgent { .. }
            | Effect::CallCustomer { .. }
            | Effect::Forget { .. }
            | Effect::ForgetCallback { .. }
            | Effect::Unhold { .. }
            | Effect::RemoveNumber { .. }
            | Effect::SendDigits { .. }
            | Effect::Answer { .. }
            | Effect::RejectArrival { .. }
            | Effect::CancelAddAgent { .. }
            | Effect::RemoveAgent { .. }
            | Effect::HangUp { .. } => {}
        }
    }

    /// Notes what plays or is asked, and until when its end must be reported.
    fn hears(&mut self, now: Timestamp, effect: EffectId, prompt: &Prompt, repeat: Repeat) {
        let until = match repeat {
            Repeat::Once => Some(now.plus_seconds(limits::PROMPT_SECONDS_MAX)),
            Repeat::Loop => None,
        };
        self.media = Some(Media {
            effect,
            prompt: prompt.clone(),
            until,
            is_unsure: false,
        });
    }

    /// Notes the order that pauses the recording, or goes on with it.
    const fn pause_ordered(&mut self, id: EffectId) {
        if let Some(recording) = &mut self.recording
            && let Some(pause) = &mut recording.pause
        {
            pause.order = Some(id);
        }
    }

    /// Notes the order that rings whoever is being called into the call.
    fn rung(&mut self, id: EffectId) {
        match &mut self.state {
            State::Offering(_, offer) => {
                if let Some(ring) = offer.ring_mut() {
                    ring.adding = Some(id);
                }
            }
            State::Dialing(_, dial) => {
                if let Some(ring) = dial.ring_mut() {
                    ring.adding = Some(id);
                }
            }
            State::Connected(..) | State::InFlow => {
                if let Some(third) = self.third_mut() {
                    third.ordered_ring(id);
                }
            }
            State::Created | State::Queued(_) | State::Outside(..) | State::WrapUp(..) => {}
        }
    }

    /// That the other side took an order is word of the call as well.
    pub(super) fn settled(
        &mut self,
        now: Timestamp,
        id: EffectId,
        effect: &Effect,
        outcome: &Outcome,
    ) {
        match (effect, outcome) {
            (Effect::AddAgent { .. } | Effect::AddNumber { .. }, Outcome::Done { reference }) => {
                self.call.heard(now);
                if let Some(reference) = reference {
                    self.invited(id, reference);
                }
            }
            (Effect::Play { .. } | Effect::Collect { .. }, Outcome::Done { .. }) => {
                self.call.heard(now);
                self.media_taken(now, id, effect);
            }
            (Effect::Play { .. } | Effect::Collect { .. }, Outcome::Unknown) => {
                if let Some(media) = self.media.as_mut().filter(|it| it.effect == id) {
                    media.is_unsure = true;
                }
            }
            (Effect::Inquire { .. }, Outcome::Observed { call }) => {
                if self.call.is_answered_by(id) {
                    if call.has_customer() {
                        self.call.customer = self.call.customer.max(Customer::Met);
                    }
                    self.call.confirmed(now);
                    if call.recording() == Some(Heard::Active)
                        && let Some(recording) = &mut self.recording
                    {
                        recording.doubted_until = None;
                    }
                }
            }
            (Effect::Inquire { .. }, Outcome::Failed { .. } | Outcome::Unknown) => {
                self.call.not_told(now, id);
            }
            (
                Effect::Answer { .. }
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
                | Effect::Request { .. }
                | Effect::CallAgent { .. }
                | Effect::CallCustomer { .. }
                | Effect::StartRecording { .. }
                | Effect::StopRecording { .. }
                | Effect::PauseRecording { .. }
                | Effect::ResumeRecording { .. }
                | Effect::Listen { .. }
                | Effect::FetchRecording { .. }
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

    /// From now on its end is waited for no longer than it can last.
    fn media_taken(&mut self, now: Timestamp, id: EffectId, effect: &Effect) {
        if let Some(media) = self.media.as_mut().filter(|it| it.effect == id)
            && media.until.is_some()
        {
            media.until = Some(now.plus_seconds(effect.media_seconds_max()));
        }
    }

    pub(super) fn media_ended(&mut self, now: Timestamp, effect: EffectId, end: &MediaEnd) {
        if *end == MediaEnd::Silent {
            if let Some(run) = &mut self.run {
                run.silences += 1;
            }
        } else {
            self.call.heard(now);
        }
        if let Some(media) = self.media.take_if(|it| it.effect == effect) {
            // Music is no word.
            if media.until.is_some() && matches!(end, MediaEnd::Completed | MediaEnd::Silent) {
                self.went_round.clear();
            }
        }
    }

    /// Notes the invitation when it belongs to the present offer.
    fn invited(&mut self, effect: EffectId, reference: &str) {
        if let State::Offering(_, offer) = &mut self.state
            && let Some(ring) = offer.ring_mut()
            && ring.adding == Some(effect)
        {
            ring.invitation = Some(reference.to_owned());
        }
        if let Some(third) = self.third_mut() {
            third.invited(effect, reference);
        }
    }
}
