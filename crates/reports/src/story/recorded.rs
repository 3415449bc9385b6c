//! What a story tells of recordings: its lines, and the recordings themselves with their pauses, so that a
//! timeline can draw them.

use super::entry::{What, bounded};
use serde::{Deserialize, Serialize};
use tandem_core::effect::Effect;
use tandem_core::event::{Event, RecordingKept, RecordingPauseAsked, RecordingResumeAsked};
use tandem_core::ids::{EffectId, SubjectRef};
use tandem_core::recording::{Consent, NotRecorded, PauseCause, Purpose, ResumeCause};
use tandem_core::time::Timestamp;

/// Recordings of one story; beyond it the oldest is forgotten.
pub const RECORDINGS_MAX: usize = 20;

/// A recording of a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recorded {
    /// Which.
    pub recording: EffectId,
    /// When it began; when it was asked for, if it did not.
    pub from: Timestamp,
    /// When it was over.
    pub until: Option<Timestamp>,
    /// Its pauses, in order.
    pub pauses: Vec<Paused>,
    /// What became of it.
    pub state: RecordedState,
    /// How long its file is, s.
    pub seconds: Option<u32>,
    /// The parts of its file, in order, among the personal data.
    pub parts: Vec<SubjectRef>,
}

/// A pause, from the confirmation that it began to the one that it was over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paused {
    /// When it was confirmed.
    pub from: Timestamp,
    /// When it was recorded again, or the recording was over.
    pub until: Option<Timestamp>,
    /// Why.
    pub cause: PauseCause,
}

/// What became of a recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordedState {
    /// Asked for.
    Starting,
    /// It runs.
    Recording,
    /// It is over, and its file has not come.
    Stopped,
    /// Its file is here.
    Kept,
    /// Its file is not to be had.
    Lost,
    /// It never was one, or its file is not wanted.
    Failed,
}

/// A recording that did not go as it was to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    /// When.
    pub at: Timestamp,
    /// Of which contact.
    pub contact: tandem_core::ids::ContactId,
}

impl Trouble {
    /// Whether the fact is one of those that somebody has to look at.
    #[expect(clippy::wildcard_enum_match_arm, reason = "the other facts are none")]
    pub(super) fn of(at: Timestamp, event: &Event) -> Option<Self> {
        let is_one = match event {
            Event::RecordingFailed { .. }
            | Event::RecordingLost { .. }
            | Event::RecordingKept(RecordingKept {
                told_s: Some(_), ..
            }) => true,
            Event::RecordingStopped { cause, .. } => cause.code().is_some(),
            Event::RecordingResumeAsked(RecordingResumeAsked { cause, .. }) => {
                *cause == ResumeCause::TimeLimit
            }
            _ => false,
        };
        let contact = event.contact()?;
        is_one.then_some(Self { at, contact })
    }
}

/// Takes a fact about the recordings of a contact.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the other facts are about no recording"
)]
pub(super) fn take(recordings: &mut Vec<Recorded>, now: Timestamp, event: &Event) {
    match event {
        Event::EffectOrdered {
            id,
            effect:
                Effect::StartRecording {
                    purpose: Purpose::Call,
                    ..
                },
        } => {
            if recordings.len() >= RECORDINGS_MAX {
                recordings.remove(0);
            }
            recordings.push(Recorded::asked(now, *id));
        }
        Event::RecordingStarted { recording, .. } => with(recordings, *recording, |it| {
            it.from = now;
            it.state = RecordedState::Recording;
        }),
        Event::RecordingPaused {
            recording, cause, ..
        } => with(recordings, *recording, |it| {
            // Told again while it lasts, it is the same pause.
            if it.pauses.last().is_none_or(|last| last.until.is_some()) {
                it.pauses.push(Paused {
                    from: now,
                    until: None,
                    cause: *cause,
                });
            }
        }),
        Event::RecordingResumed { recording, .. } => {
            with(recordings, *recording, |it| it.ends_pause(now));
        }
        Event::RecordingFailed { recording, .. } => with(recordings, *recording, |it| {
            it.over(now);
            it.state = RecordedState::Failed;
        }),
        Event::RecordingStopped {
            recording, is_kept, ..
        } => with(recordings, *recording, |it| {
            it.over(now);
            if !is_kept {
                it.state = RecordedState::Failed;
            }
        }),
        Event::ConversationEnded { .. } | Event::ContactEnded { .. } => {
            recordings.iter_mut().for_each(|it| it.over(now));
        }
        Event::RecordingKept(RecordingKept {
            recording,
            seconds,
            parts,
            ..
        }) => with(recordings, *recording, |it| {
            it.state = RecordedState::Kept;
            it.seconds = Some(*seconds);
            it.parts.clone_from(parts);
        }),
        Event::RecordingLost { recording, .. } => {
            with(recordings, *recording, |it| it.state = RecordedState::Lost);
        }
        _ => {}
    }
}

fn with(recordings: &mut [Recorded], id: EffectId, change: impl FnOnce(&mut Recorded)) {
    if let Some(it) = recordings.iter_mut().find(|it| it.recording == id) {
        change(it);
    }
}

impl Recorded {
    const fn asked(now: Timestamp, recording: EffectId) -> Self {
        Self {
            recording,
            from: now,
            until: None,
            pauses: Vec::new(),
            state: RecordedState::Starting,
            seconds: None,
            parts: Vec::new(),
        }
    }

    fn ends_pause(&mut self, now: Timestamp) {
        if let Some(last) = self.pauses.last_mut() {
            last.until = last.until.or(Some(now));
        }
    }

    fn over(&mut self, now: Timestamp) {
        if self.until.is_some() {
            return;
        }
        self.until = Some(now);
        self.ends_pause(now);
        self.state = match self.state {
            RecordedState::Starting => RecordedState::Failed,
            RecordedState::Recording => RecordedState::Stopped,
            other @ (RecordedState::Stopped
            | RecordedState::Kept
            | RecordedState::Lost
            | RecordedState::Failed) => other,
        };
    }
}

impl What {
    /// What is recorded, and what comes of it.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the other facts are no line of a story, or of another part"
    )]
    pub(super) fn of_recording(event: &Event) -> Option<Self> {
        Some(match event {
            Event::RecordingStarted {
                recording, purpose, ..
            } => Self::RecordingStarted {
                recording: *recording,
                purpose: *purpose,
            },
            Event::RecordingFailed { code, .. } => Self::RecordingFailed {
                code: bounded(code),
            },
            Event::RecordingStopped {
                recording,
                is_kept,
                cause,
                ..
            } => Self::RecordingStopped {
                recording: *recording,
                is_kept: *is_kept,
                code: cause.code().map(str::to_owned),
            },
            Event::MessageLeft(tandem_core::event::MessageLeft {
                contact,
                from,
                queue,
                seconds,
                ..
            }) => Self::MessageLeft {
                message: *contact,
                from: *from,
                queue: *queue,
                seconds: *seconds,
            },
            Event::RecordingKept(RecordingKept {
                recording,
                seconds,
                told_s,
                ..
            }) => Self::RecordingKept {
                recording: *recording,
                seconds: *seconds,
                told_s: *told_s,
            },
            Event::RecordingLost { recording, why, .. } => Self::RecordingLost {
                recording: *recording,
                why: why.clone(),
            },
            Event::MessagePlayed { by, .. } => Self::MessagePlayed { by: *by },
            Event::RecordingAccessed {
                recording,
                by,
                access,
                ..
            } => Self::RecordingAccessed {
                recording: *recording,
                by: *by,
                access: access.clone(),
            },
            other => return Self::of_pause(other),
        })
    }

    /// Consent, and pauses of recordings.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the other facts are no line of a story"
    )]
    fn of_pause(event: &Event) -> Option<Self> {
        Some(match event {
            Event::ConsentNoted { node, consent, .. } => Self::of_consent(*consent, node)?,
            Event::EffectOrdered {
                id,
                effect:
                    Effect::StartRecording {
                        purpose: Purpose::Call,
                        queue,
                        ..
                    },
            } => Self::RecordingAsked {
                recording: *id,
                queue: *queue,
            },
            Event::NotRecorded { queue, why, .. } => Self::NotRecorded {
                queue: *queue,
                why: word(why).to_owned(),
                code: match why {
                    NotRecorded::Failed { code } => Some(bounded(code)),
                    NotRecorded::ConsentMissing | NotRecorded::Refused => None,
                },
            },
            Event::RecordingPauseAsked(RecordingPauseAsked {
                recording,
                cause,
                by,
                ..
            }) => Self::RecordingPauseAsked {
                recording: *recording,
                cause: *cause,
                by: *by,
            },
            Event::RecordingPaused {
                recording,
                cause,
                until,
                ..
            } => Self::RecordingPaused {
                recording: *recording,
                cause: *cause,
                until: *until,
            },
            Event::RecordingPauseFailed {
                recording, code, ..
            } => Self::RecordingPauseFailed {
                recording: *recording,
                code: bounded(code),
            },
            Event::RecordingResumeAsked(RecordingResumeAsked {
                recording,
                cause,
                by,
                ..
            }) => Self::RecordingResumeAsked {
                recording: *recording,
                cause: *cause,
                by: *by,
            },
            Event::RecordingResumed {
                recording, cause, ..
            } => Self::RecordingResumed {
                recording: *recording,
                by: *cause,
            },
            _ => return None,
        })
    }

    fn of_consent(consent: Consent, node: &str) -> Option<Self> {
        let node = node.to_owned();
        match consent {
            Consent::None => None,
            Consent::Announced => Some(Self::ConsentAnnounced { node }),
            Consent::Given => Some(Self::ConsentGiven { node }),
            Consent::Refused => Some(Self::ConsentRefused { node }),
        }
    }
}

/// The word for why a conversation that has to be recorded is not.
const fn word(why: &NotRecorded) -> &'static str {
    match why {
        NotRecorded::ConsentMissing => "consent_missing",
        NotRecorded::Refused => "refused",
        NotRecorded::Failed { .. } => "failed",
    }
}
