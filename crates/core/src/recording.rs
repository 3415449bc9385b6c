//! Recordings of calls: what runs on a call, and which files have not come yet. The core never sees a
//! sound: a recording is named by the order that started it, its file by an opaque place.

use crate::event::Event;
use crate::ids::{ContactId, EffectId};
use crate::limits;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What a call is recorded for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// To keep the call.
    Call,
    /// To keep what the caller says as a message.
    Message,
}

/// What runs on a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recording {
    /// The order that started it.
    pub id: EffectId,
    /// What for.
    pub purpose: Purpose,
    /// Where it stands.
    pub stage: Stage,
}

/// Where a recording stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Ordered.
    Starting {
        /// Until when word of it is waited for.
        until: Timestamp,
    },
    /// Under way.
    Running {
        /// What the other side calls it.
        reference: String,
        /// Since when.
        since: Timestamp,
        /// Until when, if it ends by time.
        until: Option<Timestamp>,
        /// The order that listens for the key that ends it.
        listens: Option<EffectId>,
        /// How often that was ordered.
        n_listened: u32,
    },
}

impl Recording {
    pub(crate) fn ordered(now: Timestamp, id: EffectId, purpose: Purpose) -> Self {
        let until = now.plus_seconds(limits::RECORDING_START_SECONDS);
        Self {
            id,
            purpose,
            stage: Stage::Starting { until },
        }
    }

    pub(crate) const fn due(&self) -> Option<Timestamp> {
        match &self.stage {
            Stage::Starting { until } => Some(*until),
            Stage::Running { until, .. } => *until,
        }
    }

    pub(crate) const fn is_starting(&self) -> bool {
        matches!(self.stage, Stage::Starting { .. })
    }

    /// What the other side calls it, while it runs.
    #[must_use]
    pub const fn reference(&self) -> Option<&String> {
        match &self.stage {
            Stage::Starting { .. } => None,
            Stage::Running { reference, .. } => Some(reference),
        }
    }

    pub(crate) fn listens_by(&self, effect: EffectId) -> bool {
        matches!(&self.stage, Stage::Running { listens, .. } if *listens == Some(effect))
    }

    pub(crate) const fn listening(&mut self, id: EffectId) {
        if let Stage::Running {
            listens,
            n_listened,
            ..
        } = &mut self.stage
        {
            *listens = Some(id);
            *n_listened += 1;
        }
    }
}

/// What a message contact carries beside what every contact has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// The contact whose caller left it.
    pub from: ContactId,
    /// What was recorded.
    pub recording: EffectId,
    /// How long it is, s.
    pub seconds: u32,
    /// Whether it can be heard.
    pub sound: Sound,
}

/// Whether a message can be heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sound {
    /// Its file has not come yet.
    Arriving {
        /// Until when nobody is offered the message for want of it.
        held_until: Option<Timestamp>,
    },
    /// Yes.
    Ready,
    /// No, and it never will.
    Missing,
}

/// Why the file of a recording is not to be had.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lost {
    /// The other side never told of it.
    NeverCame,
    /// The other side did not give it, for this stated reason.
    Refused {
        /// A short code.
        code: String,
    },
    /// The other side could not be reached for too long.
    Unreachable,
    /// The other side keeps it in several files.
    Divided,
}

/// The recordings whose files have not come.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recordings {
    by_id: BTreeMap<EffectId, Awaited>,
    by_reference: BTreeMap<String, EffectId>,
    alarms: BTreeSet<(Timestamp, EffectId)>,
}

/// A file that has not come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Awaited {
    /// The contact that it belongs to: the message, or the contact that was recorded.
    pub contact: ContactId,
    reference: String,
    /// Until when word of it is waited for: from the end of the recording until it is told of.
    until: Option<Timestamp>,
    /// Whether the recording is over.
    is_over: bool,
    /// Whether the file was told of.
    is_found: bool,
}

impl Recordings {
    /// The recording with this reference, and the contact that it belongs to.
    pub(crate) fn named(&self, reference: &str) -> Option<(EffectId, &Awaited)> {
        let id = self.by_reference.get(reference)?;
        Some((*id, self.by_id.get(id)?))
    }

    /// One of them.
    #[must_use]
    pub fn get(&self, id: EffectId) -> Option<&Awaited> {
        self.by_id.get(&id)
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.by_id.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }

    /// When word of a file is waited for no longer.
    #[must_use]
    pub fn next_overdue(&self) -> Option<Timestamp> {
        self.first().map(|(at, _)| at)
    }

    /// The first of which nobody told in time.
    pub(crate) fn first(&self) -> Option<(Timestamp, EffectId)> {
        self.alarms.first().copied()
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the other facts are about no recording"
    )]
    pub(crate) fn apply(&mut self, now: Timestamp, event: &Event) {
        match event {
            Event::RecordingStarted {
                contact,
                recording,
                reference,
                ..
            } => {
                let awaited = Awaited {
                    contact: *contact,
                    reference: reference.clone(),
                    until: None,
                    is_over: false,
                    is_found: false,
                };
                self.by_reference.insert(reference.clone(), *recording);
                self.by_id.insert(*recording, awaited);
            }
            Event::RecordingStopped {
                recording, is_kept, ..
            } => {
                if *is_kept {
                    self.over(now, *recording);
                } else {
                    self.forget(*recording);
                }
            }
            Event::MessageLeft {
                contact, recording, ..
            } => {
                if let Some(awaited) = self.by_id.get_mut(recording) {
                    awaited.contact = *contact;
                }
            }
            Event::RecordingFound { recording, .. } => {
                if let Some(awaited) = self.by_id.get_mut(recording) {
                    awaited.is_found = true;
                    let until = awaited.until.take();
                    if let Some(until) = until {
                        self.alarms.remove(&(until, *recording));
                    }
                }
            }
            Event::RecordingFailed { recording, .. }
            | Event::RecordingKept { recording, .. }
            | Event::RecordingLost { recording, .. } => self.forget(*recording),
            _ => {}
        }
    }

    /// The call is over, and with it what ran on it.
    pub(crate) fn over(&mut self, now: Timestamp, id: EffectId) {
        let Some(awaited) = self.by_id.get_mut(&id) else {
            return;
        };
        if !awaited.is_over && !awaited.is_found {
            let until = now.plus_seconds(limits::RECORDING_FILE_SECONDS);
            awaited.until = Some(until);
            self.alarms.insert((until, id));
        }
        awaited.is_over = true;
    }

    fn forget(&mut self, id: EffectId) {
        let Some(awaited) = self.by_id.remove(&id) else {
            return;
        };
        self.by_reference.remove(&awaited.reference);
        if let Some(until) = awaited.until {
            self.alarms.remove(&(until, id));
        }
    }
}

impl Awaited {
    pub(crate) const fn is_found(&self) -> bool {
        self.is_found
    }
}
