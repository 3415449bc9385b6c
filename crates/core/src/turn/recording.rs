//! Recording: a call is recorded by order, for itself or as a message, and the other side's word counts; and
//! the file that comes of it is fetched, whatever became of the contact meanwhile.

use super::{OpenTurn, Reply};
use crate::effect::{Effect, Outcome};
use crate::event::{Event, RecordingDoubted, RecordingKept, RecordingTaken};
use crate::flow::{Node, NodeId, RecordAction};
use crate::ids::{ContactId, EffectId, QueueId};
use crate::limits;
use crate::recording::{Channels, Consent, Lost, Purpose, Recording, Stage, StopCause, Told};

impl OpenTurn<'_> {
    /// A `record` node: the contact waits in it until the recording has begun. Who does not want it is not
    /// recorded, whatever the flow says (B-237).
    pub(super) fn record_call(
        &mut self,
        id: ContactId,
        name: &str,
        action: RecordAction,
        (next, failed): (NodeId, NodeId),
    ) -> Option<NodeId> {
        let contact = self.contact(id)?;
        match action {
            RecordAction::Start if contact.recording.is_some() => Some(next),
            RecordAction::Start if contact.consent == Consent::Refused => {
                Some(self.fails(id, name, "refused", failed))
            }
            RecordAction::Start => {
                self.start_recording(id, Purpose::Call, Channels::Mixed, None);
                None
            }
            RecordAction::Stop => {
                self.stop_recording(id);
                Some(next)
            }
        }
    }

    /// Has the call recorded. What ran before ends: a call has one recording at a time.
    pub(super) fn start_recording(
        &mut self,
        id: ContactId,
        purpose: Purpose,
        channels: Channels,
        queue: Option<QueueId>,
    ) {
        self.stop_recording(id);
        if let Some(leg) = self.leg(id) {
            self.order(Effect::StartRecording {
                contact: id,
                leg,
                purpose,
                channels,
                queue,
            });
        }
    }

    pub(super) fn stop_recording(&mut self, id: ContactId) {
        self.stop_because(id, StopCause::Ordered);
    }

    /// Ends what runs or is about to. What is not named yet is stopped as soon as it is.
    pub(super) fn stop_because(&mut self, id: ContactId, cause: StopCause) {
        let recording = self.contact(id).and_then(|it| it.recording.as_ref());
        let Some((recording, reference)) = recording.map(|it| (it.id, it.reference().cloned()))
        else {
            return;
        };
        let is_kept = reference.is_some();
        if let Some(reference) = reference {
            self.order(Effect::StopRecording {
                contact: id,
                reference,
            });
        }
        self.record(Event::RecordingStopped {
            contact: id,
            recording,
            is_kept,
            cause,
        });
    }

    /// Ends what runs and does not want its file: the customer refused.
    pub(super) fn discard_recording(&mut self, id: ContactId) {
        let Some((recording, reference)) = self.named(id) else {
            self.stop_recording(id);
            return;
        };
        self.order(Effect::StopRecording {
            contact: id,
            reference,
        });
        self.record(Event::RecordingStopped {
            contact: id,
            recording,
            is_kept: false,
            cause: StopCause::Ordered,
        });
    }

    /// The recording of the contact's call, and what the other side calls it.
    pub(super) fn named(&self, id: ContactId) -> Option<(EffectId, String)> {
        let recording = self.contact(id)?.recording.as_ref()?;
        Some((recording.id, recording.reference()?.clone()))
    }

    /// An order about a recording, or to fetch what was recorded, ended.
    pub(super) fn recording_order_ended(
        &mut self,
        contact: ContactId,
        id: EffectId,
        effect: Effect,
        outcome: Outcome,
    ) {
        match (effect, outcome) {
            (Effect::StartRecording { leg, .. }, Outcome::Done { reference }) => {
                self.recording_taken(contact, id, &leg, reference);
            }
            (Effect::StartRecording { .. }, Outcome::Failed { code }) => {
                self.recording_refused(contact, id, code);
            }
            (Effect::FetchRecording { recording, .. }, it) => self.file_fetched(recording, it),
            (Effect::PauseRecording { .. }, it) => self.pause_order_ended(contact, id, it),
            (Effect::ResumeRecording { .. }, it) => self.resume_order_ended(contact, id, it),
            // Whether it is recorded is not known.
            (_, _) => self.recording_refused(contact, id, "unknown".to_owned()),
        }
    }

    /// The other side took the order. That it records it says apart (B-186); a message begins at once, because
    /// the caller speaks.
    fn recording_taken(
        &mut self,
        id: ContactId,
        recording: EffectId,
        leg: &str,
        reference: Option<String>,
    ) {
        let is_long = |it: &String| it.len() > limits::RECORDING_NAME_CHARS_MAX;
        if reference.as_ref().is_some_and(is_long) {
            self.recording_refused(id, recording, "reference-too-long".to_owned());
            return;
        }
        let Some(contact) = self.contact(id) else {
            return;
        };
        let ordered = contact.recording.as_ref().filter(|it| it.id == recording);
        let is_own_leg = contact.call.leg.as_deref() == Some(leg);
        match (ordered.map(|it| (it.is_starting(), it.purpose)), reference) {
            (Some((true, Purpose::Message)), Some(reference)) => {
                self.recording_begins(id, recording, reference);
            }
            (Some((true, _)), reference) => self.record(Event::RecordingTaken(RecordingTaken {
                contact: id,
                recording,
                reference,
            })),
            // Word that it runs was here before the answer.
            (Some((false, _)), _) => {}
            // It was given up while it started.
            (None, Some(reference)) if is_own_leg => drop(self.order(Effect::StopRecording {
                contact: id,
                reference,
            })),
            (None, _) => {}
        }
    }

    /// The other side records.
    fn recording_begins(&mut self, id: ContactId, recording: EffectId, reference: String) {
        let Some(ordered) = self.contact(id).and_then(|it| it.recording.as_ref()) else {
            return;
        };
        let (purpose, is_to_pause) = (ordered.purpose, ordered.pause.is_some());
        let max_s = match (purpose, self.node_of(id)) {
            (Purpose::Message, Some((_, Node::Voicemail { max_s, .. }))) => Some(max_s),
            (Purpose::Message | Purpose::Call, _) => None,
        };
        self.record(Event::RecordingStarted {
            contact: id,
            recording,
            reference: reference.clone(),
            purpose,
            until: max_s.map(|max_s| self.now.plus_seconds(max_s)),
        });
        if is_to_pause {
            self.order(Effect::PauseRecording {
                contact: id,
                reference,
            });
        }
        if let Some(timeout_s) = max_s {
            self.listen(id, timeout_s);
        } else if let Some((_, Node::Record { next, .. })) = self.node_of(id)
            && self.is_in_flow(id)
        {
            self.enter(id, next);
        }
    }

    /// The other side says that a recording records.
    pub(super) fn recording_is_active(&mut self, id: ContactId, reference: String) -> Reply {
        if reference.len() > limits::RECORDING_NAME_CHARS_MAX {
            return Reply::Ignored;
        }
        let named = self.state.recordings.named(&reference).map(|(it, _)| it);
        let present = self.contact(id).and_then(|it| it.recording.as_ref());
        let is_present = |it: &Recording| named.is_none_or(|named| named == it.id);
        match present.filter(|it| is_present(it)) {
            Some(it) if it.is_starting() && it.reference().is_none_or(|own| *own == reference) => {
                let recording = it.id;
                self.recording_begins(id, recording, reference);
                Reply::Done
            }
            // It is to pause, or the word is late: asking tells.
            Some(it) if it.pause.as_ref().is_some_and(|pause| pause.is_confirmed()) => {
                self.ask(id);
                Reply::Done
            }
            Some(_) => Reply::Ignored,
            // Nobody wants it, or no longer: nothing runs that nobody knows of.
            None if named.is_none() => {
                self.order(Effect::StopRecording {
                    contact: id,
                    reference,
                });
                Reply::Done
            }
            None => Reply::Ignored,
        }
    }

    /// The other side says that a recording does not record. Of a call that may mean that it pauses, that the
    /// call is over, or that it stopped by itself; the word may be late as well.
    pub(super) fn recording_is_inactive(&mut self, id: ContactId, reference: &str) -> Reply {
        if self.named(id).is_none_or(|it| it.1 != reference) {
            return Reply::Ignored;
        }
        let recording = self.contact(id).and_then(|it| it.recording.clone());
        match recording {
            Some(it) if it.purpose == Purpose::Message => {
                self.message_is_over(id);
                Reply::Done
            }
            // The order to pause, or to go on, asks for itself.
            Some(it) if it.pause.is_some() || it.is_starting() => Reply::Ignored,
            Some(it) => {
                self.record(Event::RecordingDoubted(RecordingDoubted {
                    contact: id,
                    recording: it.id,
                    until: self.now.plus_seconds(limits::RECORDING_DOUBT_SECONDS),
                }));
                self.ask(id);
                Reply::Done
            }
            None => Reply::Ignored,
        }
    }

    /// What the other side answered about the recording that runs.
    pub(super) fn recording_seen(&mut self, id: ContactId, reference: &str, told: Told) {
        let recording = self.contact(id).and_then(|it| it.recording.clone());
        let own = recording.filter(|it| it.reference().is_some_and(|own| own == reference));
        let Some(it) = own else {
            return;
        };
        match (
            &it.stage,
            it.pause.as_ref().map(|it| it.is_confirmed()),
            told,
        ) {
            (Stage::Starting { .. }, _, Told::Active) => {
                self.recording_begins(id, it.id, reference.to_owned());
            }
            (Stage::Starting { .. }, _, Told::Gone) => {
                self.recording_refused(id, it.id, "gone".to_owned());
            }
            // What must not be recorded is.
            (Stage::Running { .. }, Some(true), Told::Active) => {
                self.pause_failed(id, "active".to_owned());
            }
            (Stage::Running { .. }, None, Told::Inactive)
            | (Stage::Running { .. }, _, Told::Gone) => {
                self.running_is_over(id);
            }
            (Stage::Starting { .. }, _, Told::Inactive)
            | (Stage::Running { .. }, _, Told::Active | Told::Inactive) => {}
        }
    }

    /// Waits for the key that ends a message.
    pub(super) fn listen(&mut self, id: ContactId, timeout_s: u32) {
        if let Some(leg) = self.leg(id) {
            self.order(Effect::Listen {
                contact: id,
                leg,
                timeout_s,
            });
        }
    }

    /// The other side does not record, or did not say so in time.
    pub(super) fn recording_refused(&mut self, id: ContactId, recording: EffectId, code: String) {
        let contact = self.contact(id);
        let present = contact.and_then(|it| it.recording.clone());
        let Some(present) = present.filter(|it| it.id == recording) else {
            return;
        };
        self.record(Event::RecordingFailed {
            contact: id,
            recording,
            code: code.clone(),
        });
        if let Some((
            name,
            Node::Voicemail { failed, .. }
            | Node::Record {
                action: RecordAction::Start,
                failed,
                ..
            },
        )) = self.node_of(id)
            && self.is_in_flow(id)
        {
            self.take_exit(id, name, "failed", Some(code), failed);
        } else {
            self.masked_goes_on(id);
            self.not_recorded_by_rule(id, present.queue, code);
        }
    }

    /// A recording did not start, pause or go on in time, or a message is as long as may be.
    pub(super) fn recording_due(&mut self, id: ContactId) {
        let Some(it) = self.contact(id).and_then(|it| it.recording.clone()) else {
            return;
        };
        let is_over = |at: Option<crate::time::Timestamp>| at.is_some_and(|at| at <= self.now);
        if is_over(it.pause.as_ref().map(|pause| pause.due())) {
            self.pause_due(id);
        } else if is_over(it.doubted_until) {
            self.running_is_over(id);
        } else {
            match it.stage {
                Stage::Starting {
                    reference: Some(_),
                    n_asked,
                    ..
                } if n_asked < limits::RECORDING_ASKED_MAX => self.ask_about_start(id),
                Stage::Starting { .. } => self.start_is_silent(id, it.id),
                Stage::Running { .. } => self.message_is_over(id),
            }
        }
    }

    /// A call that cannot be asked about is over, or not up: then its recording is none.
    fn ask_about_start(&mut self, id: ContactId) {
        if self.contact(id).is_some_and(|it| it.has_open_call()) {
            self.ask(id);
        } else {
            self.stop_recording(id);
        }
    }

    /// Should it run all the same, it is stopped: nothing is recorded that is not said to be.
    fn start_is_silent(&mut self, id: ContactId, recording: EffectId) {
        if let Some((_, reference)) = self.named(id) {
            self.order(Effect::StopRecording {
                contact: id,
                reference,
            });
        }
        self.recording_refused(id, recording, "silent".to_owned());
    }

    /// The other side took the order to record, and says now that there is no recording.
    pub(super) fn recording_is_none(
        &mut self,
        id: ContactId,
        reference: &str,
        code: String,
    ) -> Reply {
        let recording = self.contact(id).and_then(|it| it.recording.as_ref());
        // Word of it may be here before the answer that names the recording, and a call has one at a time.
        let present = recording.filter(|it| it.reference().is_none_or(|own| own == reference));
        match present.map(|it| it.id) {
            Some(recording) => {
                self.recording_refused(id, recording, code);
                Reply::Done
            }
            None => Reply::Ignored,
        }
    }

    /// What runs on the call ended without our doing.
    fn running_is_over(&mut self, id: ContactId) {
        let recording = self.contact(id).and_then(|it| it.recording.as_ref());
        match recording.map(|it| (it.id, it.purpose, it.queue, it.is_starting())) {
            Some((_, Purpose::Message, ..)) => self.message_is_over(id),
            Some((recording, Purpose::Call, queue, was_starting)) => {
                self.record(Event::RecordingStopped {
                    contact: id,
                    recording,
                    is_kept: true,
                    cause: StopCause::Itself,
                });
                self.masked_goes_on(id);
                self.not_recorded_by_rule(id, queue, "stopped".to_owned());
                // That it had begun was never told: its flow still waits for that.
                if was_starting
                    && self.is_in_flow(id)
                    && let Some((_, Node::Record { next, .. })) = self.node_of(id)
                {
                    self.enter(id, next);
                }
            }
            None => {}
        }
    }

    /// The other side has the file of a recording: it is fetched once.
    pub(super) fn recording_file(
        &mut self,
        reference: &str,
        location: Option<String>,
        told_ms: Option<u64>,
    ) -> Reply {
        let named = self.state.recordings.named(reference);
        let Some((recording, contact)) = named.map(|(id, it)| (id, it.contact)) else {
            return Reply::Ignored;
        };
        // A file is there only of what is over: word of that was lost, or is late.
        let is_news = self.named(contact).is_some_and(|it| it.1 == reference);
        if is_news {
            self.running_is_over(contact);
        }
        let named = self.state.recordings.named(reference);
        let Some((contact, false)) = named.map(|(_, it)| (it.contact, it.is_found())) else {
            return if is_news { Reply::Done } else { Reply::Ignored };
        };
        let location = location.filter(|it| it.len() <= limits::RECORDING_NAME_CHARS_MAX);
        let Some(location) = location else {
            self.lose(recording, Lost::Divided);
            return Reply::Done;
        };
        let awaited = self.state.recordings.get(recording);
        let quiet = awaited.and_then(|it| it.quiet(self.now));
        self.record(Event::RecordingFound { contact, recording });
        self.order(Effect::FetchRecording {
            contact,
            recording,
            location,
            quiet,
            told_ms,
        });
        Reply::Done
    }

    fn file_fetched(&mut self, recording: EffectId, outcome: Outcome) {
        match outcome {
            Outcome::Kept {
                seconds,
                parts,
                link,
                told_s,
            } => self.file_is_here(recording, |contact| {
                Event::RecordingKept(RecordingKept {
                    contact,
                    recording,
                    seconds,
                    parts,
                    link,
                    told_s,
                })
            }),
            Outcome::Failed { code } => self.lose(recording, Lost::Refused { code }),
            Outcome::Done { .. }
            | Outcome::Answered { .. }
            | Outcome::Observed { .. }
            | Outcome::Unknown => self.lose(recording, Lost::Unreachable),
        }
    }

    fn file_is_here(&mut self, recording: EffectId, kept: impl FnOnce(ContactId) -> Event) {
        let Some(contact) = self.state.recordings.get(recording).map(|it| it.contact) else {
            return;
        };
        let was_held = self.is_held_for_sound(contact);
        self.record(kept(contact));
        self.offer_at_last(contact, was_held);
    }

    pub(super) fn file_overdue(&mut self, recording: EffectId) {
        self.lose(recording, Lost::NeverCame);
    }

    /// The file is not to be had: what a message says is lost, the customer's wish to be heard is not.
    fn lose(&mut self, recording: EffectId, why: Lost) {
        let Some(contact) = self.state.recordings.get(recording).map(|it| it.contact) else {
            return;
        };
        let was_held = self.is_held_for_sound(contact);
        self.record(Event::RecordingLost {
            contact,
            recording,
            why,
        });
        self.offer_at_last(contact, was_held);
    }

    /// The recording of a message that runs: which, how long for, and how much longer it may.
    pub(super) fn message_under_way(&self, id: ContactId) -> Option<(Recording, u32, u32)> {
        let recording = self.contact(id)?.recording.as_ref()?;
        let Stage::Running { since, until, .. } = &recording.stage else {
            return None;
        };
        let seconds = |micros: i64| u32::try_from(micros / 1_000_000).unwrap_or(0);
        let left = until.map_or(0, |until| until.micros_since(self.now));
        (recording.purpose == Purpose::Message).then(|| {
            let so_far = seconds(self.now.micros_since(*since));
            (recording.as_ref().clone(), so_far, seconds(left))
        })
    }
}
