//! Pauses of a recording (R-24 c, d; B-023). The agent lets a card number be read out only while the pause is
//! confirmed; what is not confirmed in time ends the recording, because nothing else is sure.

use super::{OpenTurn, Reply};
use crate::contact::Contact;
use crate::effect::{Effect, Outcome};
use crate::event::{Event, RecordingPauseAsked, RecordingResumeAsked};
use crate::flow::NodeId;
use crate::ids::{AccountId, ContactId, EffectId};
use crate::limits;
use crate::permission::Permission;
use crate::recording::{
    NotRecorded, Pause, PauseCause, PauseStage, PaymentPage, Purpose, ResumeCause, Stage, StopCause,
};
use crate::refusal::Refusal;
use crate::role::Actor;

/// Whether what nobody is to know may be asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Masked {
    /// Nothing is recorded.
    AtOnce,
    /// As soon as the recording is paused.
    WhenPaused,
    /// The recording cannot be paused.
    NotAtAll,
}

impl OpenTurn<'_> {
    pub(super) fn pause_recording(
        &mut self,
        actor: &Actor,
        id: ContactId,
    ) -> Result<Reply, Refusal> {
        let cause = self.pauser(actor, id)?;
        self.begin_pause(id, cause, Some(actor.account))?;
        Ok(Reply::Done)
    }

    pub(super) fn resume_recording(
        &mut self,
        actor: &Actor,
        id: ContactId,
    ) -> Result<Reply, Refusal> {
        let cause = self.pauser(actor, id)?.into();
        let stands = self.pause_of(id).is_some_and(|pause| !pause.is_ending());
        if !stands {
            return Err(Refusal::NotPaused);
        }
        self.nothing_secret_is_asked(id)?;
        self.end_pause(id, cause, Some(actor.account));
        Ok(Reply::Done)
    }

    /// A payment page was opened or closed. A pause that somebody asked for stands whatever the page does.
    pub(super) fn note_payment(
        &mut self,
        actor: &Actor,
        id: ContactId,
        page: PaymentPage,
    ) -> Result<Reply, Refusal> {
        self.pauser(actor, id)?;
        let pause = self.pause_of(id).filter(|pause| !pause.is_ending());
        match (page, pause.map(|pause| pause.cause)) {
            (PaymentPage::Opened, None) => {
                self.begin_pause(id, PauseCause::PaymentPage, Some(actor.account))?;
            }
            (PaymentPage::Closed, Some(PauseCause::PaymentPage)) => {
                self.nothing_secret_is_asked(id)?;
                self.end_pause(id, ResumeCause::PaymentPage, Some(actor.account));
            }
            (PaymentPage::Closed, None) => return Err(Refusal::NotPaused),
            (PaymentPage::Opened | PaymentPage::Closed, Some(_)) => {}
        }
        Ok(Reply::Done)
    }

    /// Whatever a pause was asked for: nobody ends it while the flow asks for what nobody is to know.
    fn nothing_secret_is_asked(&self, id: ContactId) -> Result<(), Refusal> {
        match self.state.masked_node(id) {
            Some(_) => Err(Refusal::SecretAsked),
            None => Ok(()),
        }
    }

    /// As whom the actor may pause: the agent who talks to the customer, or a supervisor.
    fn pauser(&self, actor: &Actor, id: ContactId) -> Result<PauseCause, Refusal> {
        let contact = self.contact(id);
        let is_own = contact.is_some_and(|it| {
            it.talk().is_some() && it.agent().is_some() && it.agent() == actor.agent
        });
        if is_own {
            Ok(PauseCause::Agent)
        } else if !actor.may(Permission::PauseRecordings) {
            Err(Refusal::NotYourContact)
        } else if contact.is_none() {
            let what = "contact that is not over";
            Err(Refusal::NotFound { what, id: id.0 })
        } else {
            Ok(PauseCause::Supervisor)
        }
    }

    fn pause_of(&self, id: ContactId) -> Option<&Pause> {
        self.contact(id)?.recording.as_ref()?.pause.as_ref()
    }

    /// Has the recording pause. One that only starts is paused as soon as it runs.
    fn begin_pause(
        &mut self,
        id: ContactId,
        cause: PauseCause,
        by: Option<AccountId>,
    ) -> Result<(), Refusal> {
        let recording = self.contact(id).and_then(|it| it.recording.as_ref());
        let recording = recording.filter(|it| it.purpose == Purpose::Call);
        let it = recording.ok_or(Refusal::NotRecorded)?;
        if it.pause.as_ref().is_some_and(|pause| !pause.is_ending()) {
            return Err(Refusal::AlreadyPaused);
        }
        let awaited = self.state.recordings.get(it.id);
        let max = limits::RECORDING_PAUSES_MAX;
        if awaited.is_some_and(|it| it.n_pauses() >= max) {
            let what = "pauses of one recording";
            return Err(Refusal::LimitReached { what, max });
        }
        let recording = it.id;
        let running = (!it.is_starting()).then(|| it.reference().cloned());
        self.record(Event::RecordingPauseAsked(RecordingPauseAsked {
            contact: id,
            recording,
            cause,
            by,
            until: self.now.plus_seconds(limits::RECORDING_PAUSE_TOLD_SECONDS),
        }));
        if let Some(reference) = running.flatten() {
            self.order(Effect::PauseRecording {
                contact: id,
                reference,
            });
        }
        Ok(())
    }

    /// Has the recording go on. What did not run yet was never told to pause.
    fn end_pause(&mut self, id: ContactId, cause: ResumeCause, by: Option<AccountId>) {
        let Some(it) = self.contact(id).and_then(|it| it.recording.clone()) else {
            return;
        };
        self.record(Event::RecordingResumeAsked(RecordingResumeAsked {
            contact: id,
            recording: it.id,
            cause,
            by,
            until: self.now.plus_seconds(limits::RECORDING_PAUSE_TOLD_SECONDS),
        }));
        match it.stage {
            Stage::Starting { .. } => self.record(Event::RecordingResumed {
                contact: id,
                recording: it.id,
                cause,
            }),
            Stage::Running { reference, .. } => drop(self.order(Effect::ResumeRecording {
                contact: id,
                reference,
            })),
        }
    }

    /// The pause that this order was given for and that waits for its end.
    fn awaits(&self, id: ContactId, effect: EffectId) -> Option<&Pause> {
        let pause = self.pause_of(id)?;
        (pause.order == Some(effect)).then_some(pause)
    }

    pub(super) fn pause_order_ended(&mut self, id: ContactId, effect: EffectId, outcome: Outcome) {
        let pause = self.awaits(id, effect).map(|pause| pause.stage);
        let Some(PauseStage::Pausing { .. }) = pause else {
            return;
        };
        match outcome {
            Outcome::Done { .. } => {
                self.is_paused(id);
                self.masked_goes_on(id);
            }
            Outcome::Failed { code } => self.pause_failed(id, code),
            Outcome::Answered { .. }
            | Outcome::Kept { .. }
            | Outcome::Observed { .. }
            | Outcome::Unknown => self.pause_failed(id, "unknown".to_owned()),
        }
    }

    fn is_paused(&mut self, id: ContactId) {
        let recording = self.contact(id).and_then(|it| it.recording.as_ref());
        let pause = recording.and_then(|it| Some((it.id, it.pause.as_ref()?.cause)));
        if let Some((recording, cause)) = pause {
            self.record(Event::RecordingPaused {
                contact: id,
                recording,
                cause,
                until: self.now.plus_seconds(self.pause_max_s(id)),
            });
        }
    }

    fn pause_max_s(&self, id: ContactId) -> u32 {
        let contact = self.contact(id);
        let by = contact.and_then(|it| it.recording.as_ref()?.queue);
        let queue = by.or_else(|| Some(contact?.stay()?.queue));
        let rule = queue.and_then(|queue| self.state.settings.recording_rule(queue));
        rule.map_or(limits::RECORDING_PAUSE_SECONDS_USUAL, |it| it.pause_max_s)
    }

    pub(super) fn resume_order_ended(&mut self, id: ContactId, effect: EffectId, outcome: Outcome) {
        let pause = self.awaits(id, effect).map(|pause| pause.stage);
        let Some(PauseStage::Resuming { cause, .. }) = pause else {
            return;
        };
        let recording = self.contact(id).and_then(|it| it.recording.as_ref());
        match (outcome, recording.map(|it| it.id)) {
            (Outcome::Done { .. }, Some(recording)) => self.record(Event::RecordingResumed {
                contact: id,
                recording,
                cause,
            }),
            (
                Outcome::Done { .. }
                | Outcome::Failed { .. }
                | Outcome::Answered { .. }
                | Outcome::Kept { .. }
                | Outcome::Observed { .. }
                | Outcome::Unknown,
                _,
            ) => self.resume_failed(id),
        }
    }

    /// A pause or its end was not confirmed in time, or a pause is as long as may be. While the flow asks for
    /// what nobody is to know it lasts.
    pub(super) fn pause_due(&mut self, id: ContactId) {
        match self.pause_of(id).map(|pause| pause.stage) {
            Some(PauseStage::Pausing { .. }) => self.pause_failed(id, "silent".to_owned()),
            Some(PauseStage::Paused { .. }) if self.masked_node(id).is_some() => self.is_paused(id),
            Some(PauseStage::Paused { .. }) => self.end_pause(id, ResumeCause::TimeLimit, None),
            Some(PauseStage::Resuming { .. }) => self.resume_failed(id),
            None => {}
        }
    }

    /// What is not surely paused is stopped, at once.
    pub(super) fn pause_failed(&mut self, id: ContactId, code: String) {
        let recording = self.contact(id).and_then(|it| it.recording.as_ref());
        let Some(recording) = recording.map(|it| it.id) else {
            return;
        };
        self.record(Event::RecordingPauseFailed {
            contact: id,
            recording,
            code,
        });
        self.stop_because(id, StopCause::PauseFailed);
        let queue = self.contact(id).and_then(Contact::stay).map(|it| it.queue);
        let talks = self.contact(id).is_some_and(|it| it.talk().is_some());
        if let Some(queue) = queue.filter(|_| talks) {
            let code = "pause_failed".to_owned();
            self.record(Event::NotRecorded {
                contact: id,
                queue,
                why: NotRecorded::Failed { code },
            });
        }
        if let Some((name, failed)) = self.masked_node(id)
            && self.contact(id).is_some_and(|it| it.media.is_none())
        {
            let code = Some("not_paused".to_owned());
            self.take_exit(id, name, "failed", code, failed);
        }
    }

    fn resume_failed(&mut self, id: ContactId) {
        let recording = self.contact(id).and_then(|it| it.recording.as_ref());
        let queue = recording.and_then(|it| it.queue);
        self.stop_because(id, StopCause::ResumeFailed);
        self.not_recorded_by_rule(id, queue, "resume_failed".to_owned());
    }

    /// The node at which the contact is asked for what nobody is to know, and where it leads when that cannot be.
    fn masked_node(&self, id: ContactId) -> Option<(NodeId, NodeId)> {
        let (name, failed) = self.state.masked_node(id)?;
        Some((name.clone(), failed.clone()))
    }

    /// Whether the question may be asked now. A recording is paused before; one that cannot be is stopped.
    pub(super) fn ask_masked(&mut self, id: ContactId) -> Masked {
        let recording = self.contact(id).and_then(|it| it.recording.as_ref());
        let is_call = recording.is_some_and(|it| it.purpose == Purpose::Call);
        match recording
            .and_then(|it| it.pause.as_ref())
            .map(|it| it.stage)
        {
            _ if !is_call => Masked::AtOnce,
            Some(PauseStage::Paused { .. }) => Masked::AtOnce,
            Some(PauseStage::Pausing { .. }) => Masked::WhenPaused,
            None | Some(PauseStage::Resuming { .. }) => {
                if self.begin_pause(id, PauseCause::Flow, None).is_ok() {
                    return Masked::WhenPaused;
                }
                self.stop_because(id, StopCause::PauseFailed);
                Masked::NotAtAll
            }
        }
    }

    /// Asks the question that waited for the pause, if one did.
    pub(super) fn masked_goes_on(&mut self, id: ContactId) {
        let waits = self.contact(id).is_some_and(|it| it.media.is_none());
        if let Some((name, _)) = self.masked_node(id).filter(|_| waits)
            && let Some(next) = self.execute(id, &name)
        {
            self.enter(id, next);
        }
    }

    /// The flow has left the nodes that nobody is to hear: the recording goes on.
    pub(super) fn leave_masked(&mut self, id: ContactId) {
        let is_of_flow = self
            .pause_of(id)
            .is_some_and(|pause| pause.cause == PauseCause::Flow && !pause.is_ending());
        if is_of_flow && self.masked_node(id).is_none() {
            self.end_pause(id, ResumeCause::Flow, None);
        }
    }
}
