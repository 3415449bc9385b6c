//! What facts about recordings make of a contact, and the message that a caller's contact leaves behind.

use super::{Contact, State, Stay};
use crate::event::Event;
use crate::ids::EffectId;
use crate::recording::{Message, Recording, Sound, Stage};
use crate::time::Timestamp;

impl Contact {
    /// The recording of the call begins or is over, or the sound of a message is here, or is not to be had.
    #[expect(clippy::wildcard_enum_match_arm, reason = "six facts are about it")]
    pub(super) fn recorded(&mut self, now: Timestamp, event: &Event) {
        match event {
            Event::RecordingStarted {
                recording,
                reference,
                purpose,
                until,
                ..
            } => {
                self.call.heard(now);
                self.recording = Some(Recording {
                    id: *recording,
                    purpose: *purpose,
                    stage: Stage::Running {
                        reference: reference.clone(),
                        since: now,
                        until: *until,
                        listens: None,
                        n_listened: 0,
                    },
                });
            }
            Event::RecordingFailed { .. } | Event::RecordingStopped { .. } => {
                self.recording = None;
            }
            Event::MessageReleased { .. } => self.sounds(Sound::Arriving { held_until: None }),
            Event::RecordingLost { recording, .. } if self.is_message_of(*recording) => {
                self.sounds(Sound::Missing);
            }
            Event::RecordingKept {
                recording, seconds, ..
            } if self.is_message_of(*recording) => {
                self.sounds(Sound::Ready);
                if let Some(message) = &mut self.message {
                    message.seconds = *seconds;
                }
            }
            _ => {}
        }
    }

    fn is_message_of(&self, recording: EffectId) -> bool {
        self.message.is_some_and(|it| it.recording == recording)
    }

    const fn sounds(&mut self, sound: Sound) {
        if let Some(message) = &mut self.message {
            message.sound = sound;
        }
    }

    /// The message that its caller left, as a contact of its own.
    pub(super) fn message_left(&self, now: Timestamp, event: &Event) -> Option<Self> {
        let Event::MessageLeft {
            from,
            recording,
            seconds,
            queue,
            seq,
            band,
            until,
            held_until,
            ..
        } = event
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
        let stay = Stay {
            queue: *queue,
            since: now,
            band: *band,
            seq: *seq,
            until: *until,
        };
        let state = State::Queued(stay);
        let mut contact = Self::new(now, self.endpoint, self.arrival, self.customer, state);
        contact.correlation.clone_from(&self.correlation);
        contact.attributes.clone_from(&self.attributes);
        contact.message = Some(message);
        Some(contact)
    }
}
