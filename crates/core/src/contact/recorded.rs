//! What facts about recordings make of a contact, and the message that a caller's contact leaves behind.

use super::{Contact, State, Stay};
use crate::event::{
    Event, RecordingDoubted, RecordingKept, RecordingPauseAsked, RecordingResumeAsked,
    RecordingTaken,
};
use crate::ids::EffectId;
use crate::recording::{Layout, Message, Pause, PauseStage, Recording, Sound, Stage, Unrecorded};
use crate::time::Timestamp;

impl Contact {
    /// The recording of the call begins or is over, or the sound of a message is here, or is not to be had.
    #[expect(clippy::wildcard_enum_match_arm, reason = "ten facts are about it")]
    pub(super) fn recorded(&mut self, now: Timestamp, event: &Event) {
        match event {
            Event::ConsentNoted { consent, .. } => self.consent = *consent,
            Event::NotRecorded { why, .. } => {
                self.unrecorded = Some(Unrecorded {
                    since: now,
                    why: why.clone(),
                });
            }
            Event::RecordingTaken(RecordingTaken { reference, .. }) => {
                self.call.heard(now);
                if let Some(recording) = &mut self.recording {
                    recording.taken(now, reference.clone());
                }
            }
            Event::RecordingStarted { .. } => self.recording_started(now, event),
            Event::RecordingDoubted(RecordingDoubted { until, .. }) => {
                if let Some(recording) = &mut self.recording {
                    recording.doubted_until = Some(*until);
                }
            }
            Event::RecordingFailed { .. } | Event::RecordingStopped { .. } => {
                self.recording = None;
            }
            Event::MessageReleased { .. } => self.sounds(Sound::Arriving { held_until: None }),
            Event::RecordingLost { recording, .. } if self.is_message_of(*recording) => {
                self.sounds(Sound::Missing);
            }
            Event::RecordingKept(RecordingKept {
                recording, seconds, ..
            }) if self.is_message_of(*recording) => {
                self.sounds(Sound::Ready);
                if let Some(message) = &mut self.message {
                    message.seconds = *seconds;
                }
            }
            _ => {}
        }
    }

    fn recording_started(&mut self, now: Timestamp, event: &Event) {
        let Event::RecordingStarted {
            recording,
            reference,
            purpose,
            until,
            ..
        } = event
        else {
            return;
        };
        self.call.heard(now);
        let before = self.recording.take();
        self.recording = Some(Box::new(Recording {
            id: *recording,
            purpose: *purpose,
            stage: Stage::Running {
                reference: reference.clone(),
                since: now,
                until: *until,
                listens: None,
                n_listened: 0,
            },
            ordered_at: before.as_ref().map_or(now, |it| it.ordered_at),
            queue: before.as_ref().and_then(|it| it.queue),
            layout: before.as_ref().map_or(Layout::Mixed, |it| it.layout),
            pause: before.and_then(|it| it.pause),
            doubted_until: None,
        }));
    }

    /// A pause is asked for, confirmed, or over. What the other side confirmed is word of the call, and what
    /// was asked before it is overtaken.
    #[expect(clippy::wildcard_enum_match_arm, reason = "five facts are about it")]
    pub(super) fn pauses(&mut self, now: Timestamp, event: &Event) {
        let Some(recording) = &mut self.recording else {
            return;
        };
        let since = now;
        match event {
            Event::RecordingPauseAsked(RecordingPauseAsked { cause, until, .. }) => {
                recording.doubted_until = None;
                recording.pause = Some(Pause {
                    cause: *cause,
                    stage: PauseStage::Pausing { until: *until },
                    since,
                    order: None,
                });
            }
            Event::RecordingPaused { until, .. } => {
                if let Some(pause) = &mut recording.pause {
                    pause.stage = PauseStage::Paused { until: *until };
                    pause.since = since;
                }
                self.call.heard(now);
            }
            Event::RecordingResumeAsked(RecordingResumeAsked { until, cause, .. }) => {
                if let Some(pause) = &mut recording.pause {
                    pause.stage = PauseStage::Resuming {
                        until: *until,
                        cause: *cause,
                    };
                    pause.since = since;
                }
            }
            Event::RecordingPauseFailed { .. } | Event::RecordingResumed { .. } => {
                recording.pause = None;
                self.call.heard(now);
            }
            _ => {}
        }
    }

    fn is_message_of(&self, recording: EffectId) -> bool {
        self.message
            .as_ref()
            .is_some_and(|it| it.recording == recording)
    }

    const fn sounds(&mut self, sound: Sound) {
        if let Some(message) = &mut self.message {
            message.sound = sound;
        }
    }

    /// The message that its caller left, as a contact of its own.
    pub(super) fn message_left(&self, now: Timestamp, event: &Event) -> Option<Self> {
        let Event::MessageLeft(crate::event::MessageLeft {
            from,
            recording,
            seconds,
            queue,
            seq,
            band,
            until,
            held_until,
            ..
        }) = event
        else {
            return None;
        };
        let held_until = Some(*held_until);
        let message = Message {
            from: *from,
            recording: *recording,
            seconds: *seconds,
            sound: Sound::Arriving { held_until },
        };
        let state = State::Queued(Stay::begun(*queue, now, *band, *seq, *until));
        let mut contact = Self::new(now, self.endpoint, self.arrival, self.customer, state);
        contact.correlation.clone_from(&self.correlation);
        contact.attributes.clone_from(&self.attributes);
        contact.message = Some(Box::new(message));
        Some(contact)
    }
}
