//! Recording: a call is recorded by order, for itself or as a message; and the file that comes of it is
//! fetched, whatever became of the contact meanwhile.

use super::{OpenTurn, Reply};
use crate::effect::{Effect, Outcome};
use crate::event::Event;
use crate::flow::{Node, NodeId, RecordAction};
use crate::ids::{ContactId, EffectId, SubjectRef};
use crate::limits;
use crate::recording::{Lost, Purpose, Recording, Stage};

impl OpenTurn<'_> {
    /// A `record` node: the contact waits in it until the recording has begun.
    pub(super) fn record_call(
        &mut self,
        id: ContactId,
        action: RecordAction,
        next: NodeId,
    ) -> Option<NodeId> {
        let is_recorded = self.contact(id).is_some_and(|it| it.recording.is_some());
        match action {
            RecordAction::Start if is_recorded => Some(next),
            RecordAction::Start => {
                self.start_recording(id, Purpose::Call);
                None
            }
            RecordAction::Stop => {
                self.stop_recording(id);
                Some(next)
            }
        }
    }

    /// Has the call recorded. What ran before ends: a call has one recording at a time.
    pub(super) fn start_recording(&mut self, id: ContactId, purpose: Purpose) {
        self.stop_recording(id);
        if let Some(leg) = self.leg(id) {
            self.order(Effect::StartRecording {
                contact: id,
                leg,
                purpose,
            });
        }
    }

    fn stop_recording(&mut self, id: ContactId) {
        let Some((recording, reference)) = self.running(id) else {
            return;
        };
        self.order(Effect::StopRecording {
            contact: id,
            reference,
        });
        self.record(Event::RecordingStopped {
            contact: id,
            recording,
            is_kept: true,
        });
    }

    /// The recording that runs on the contact's call, and what the other side calls it.
    fn running(&self, id: ContactId) -> Option<(EffectId, String)> {
        let recording = self.contact(id)?.recording.as_ref()?;
        Some((recording.id, recording.reference()?.clone()))
    }

    /// The order to record, or to fetch what was recorded, ended.
    pub(super) fn recording_order_ended(
        &mut self,
        contact: ContactId,
        id: EffectId,
        effect: Effect,
        outcome: Outcome,
    ) {
        match (effect, outcome) {
            (
                Effect::StartRecording { leg, .. },
                Outcome::Done {
                    reference: Some(reference),
                },
            ) => self.recording_starts(contact, id, &leg, reference),
            (Effect::StartRecording { .. }, Outcome::Failed { code }) => {
                self.recording_refused(contact, id, code);
            }
            (Effect::FetchRecording { recording, .. }, it) => self.file_fetched(recording, it),
            // Whether it is recorded is not known, or nobody knows by what to stop it.
            (_, _) => self.recording_refused(contact, id, "unknown".to_owned()),
        }
    }

    /// The other side records.
    fn recording_starts(
        &mut self,
        id: ContactId,
        recording: EffectId,
        leg: &str,
        reference: String,
    ) {
        if reference.len() > limits::RECORDING_NAME_CHARS_MAX {
            self.recording_refused(id, recording, "reference-too-long".to_owned());
            return;
        }
        let Some(contact) = self.contact(id) else {
            return;
        };
        let ordered = contact.recording.as_ref().filter(|it| it.id == recording);
        let Some(purpose) = ordered.filter(|it| it.is_starting()).map(|it| it.purpose) else {
            // It was given up while it started.
            if contact.call.leg.as_deref() == Some(leg) {
                self.order(Effect::StopRecording {
                    contact: id,
                    reference,
                });
            }
            return;
        };
        let max_s = match (purpose, self.node_of(id)) {
            (Purpose::Message, Some((_, Node::Voicemail { max_s, .. }))) => Some(max_s),
            (Purpose::Message | Purpose::Call, _) => None,
        };
        self.record(Event::RecordingStarted {
            contact: id,
            recording,
            reference,
            purpose,
            until: max_s.map(|max_s| self.now.plus_seconds(max_s)),
        });
        if let Some(timeout_s) = max_s {
            self.listen(id, timeout_s);
        } else if let Some((_, Node::Record { next, .. })) = self.node_of(id) {
            self.enter(id, next);
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
        let is_present = contact
            .and_then(|it| it.recording.as_ref())
            .is_some_and(|it| it.id == recording);
        if !is_present {
            return;
        }
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
        }
    }

    /// A recording did not start in time, or a message is as long as may be.
    pub(super) fn recording_due(&mut self, id: ContactId) {
        let recording = self.contact(id).and_then(|it| it.recording.as_ref());
        match recording.map(|it| (it.id, it.is_starting())) {
            Some((recording, true)) => {
                self.recording_refused(id, recording, "silent".to_owned());
            }
            Some((_, false)) => self.message_is_over(id),
            None => {}
        }
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

    /// The other side says that a recording is over.
    pub(super) fn recording_is_over(&mut self, id: ContactId, reference: &str) -> Reply {
        if self.running(id).is_none_or(|it| it.1 != reference) {
            return Reply::Ignored;
        }
        self.running_is_over(id);
        Reply::Done
    }

    /// What runs on the call ended without our doing.
    fn running_is_over(&mut self, id: ContactId) {
        let recording = self.contact(id).and_then(|it| it.recording.as_ref());
        match recording.map(|it| (it.id, it.purpose)) {
            Some((_, Purpose::Message)) => self.message_is_over(id),
            Some((recording, Purpose::Call)) => self.record(Event::RecordingStopped {
                contact: id,
                recording,
                is_kept: true,
            }),
            None => {}
        }
    }

    /// The other side has the file of a recording: it is fetched once.
    pub(super) fn recording_file(&mut self, reference: &str, location: Option<String>) -> Reply {
        let named = self.state.recordings.named(reference);
        let Some((recording, contact)) = named.map(|(id, it)| (id, it.contact)) else {
            return Reply::Ignored;
        };
        // A file is there only of what is over: word of that was lost, or is late.
        let is_news = self.running(contact).is_some_and(|it| it.1 == reference);
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
        self.record(Event::RecordingFound { contact, recording });
        self.order(Effect::FetchRecording {
            contact,
            recording,
            location,
        });
        Reply::Done
    }

    fn file_fetched(&mut self, recording: EffectId, outcome: Outcome) {
        match outcome {
            Outcome::Kept {
                seconds,
                parts,
                link,
            } => self.file_is_here(recording, seconds, parts, link),
            Outcome::Failed { code } => self.lose(recording, Lost::Refused { code }),
            Outcome::Done { .. }
            | Outcome::Answered { .. }
            | Outcome::Observed { .. }
            | Outcome::Unknown => self.lose(recording, Lost::Unreachable),
        }
    }

    fn file_is_here(
        &mut self,
        recording: EffectId,
        seconds: u32,
        parts: Vec<SubjectRef>,
        link: Option<String>,
    ) {
        let Some(contact) = self.state.recordings.get(recording).map(|it| it.contact) else {
            return;
        };
        let was_held = self.is_held_for_sound(contact);
        self.record(Event::RecordingKept {
            contact,
            recording,
            seconds,
            parts,
            link,
        });
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
            (recording.clone(), so_far, seconds(left))
        })
    }
}
