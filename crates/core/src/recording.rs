//! Recordings of calls: what runs on a call, and which files have not come yet. The core never sees a
//! sound: a recording is named by the order that started it, its file by an opaque place.

mod awaited;
mod pause;
mod rule;

pub use awaited::{Awaited, Recordings};
pub use pause::{Pause, PauseCause, PauseStage, PaymentPage, Quiet, ResumeCause, Silence, Span};
pub use rule::{
    AfterTransfer, Channels, Consent, Layout, Needs, NotRecorded, OnFailure, RecordingRule,
    Unrecorded, When,
};

use crate::effect::Effect;
use crate::ids::{ContactId, EffectId, QueueId};
use crate::limits;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

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
    /// Since when it is ordered.
    #[serde(default)]
    pub ordered_at: Timestamp,
    /// By which queue's rule; by none when its flow began it.
    #[serde(default)]
    pub queue: Option<QueueId>,
    /// How the parties are kept apart.
    #[serde(default)]
    pub layout: Layout,
    /// The pause that stands.
    #[serde(default)]
    pub pause: Option<Pause>,
    /// Until when it is asked whether it stopped by itself.
    #[serde(default)]
    pub(crate) doubted_until: Option<Timestamp>,
}

/// Where a recording stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Ordered, or taken and not yet told to run (B-186).
    Starting {
        /// Until when word of it is waited for.
        until: Timestamp,
        /// What the other side calls it, once it took the order.
        #[serde(default)]
        reference: Option<String>,
        /// How often it was asked whether it runs.
        #[serde(default)]
        n_asked: u32,
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

/// What the other side says of a recording when it is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Told {
    /// It records.
    Active,
    /// It does not: it is paused, or about to begin, or over.
    Inactive,
    /// There is no such recording, or no longer.
    Gone,
}

/// Why a recording is over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StopCause {
    /// It was to end.
    #[default]
    Ordered,
    /// It stopped by itself.
    Itself,
    /// A pause was not confirmed: nothing is recorded rather than what must not be.
    PauseFailed,
    /// After a pause it did not begin again.
    ResumeFailed,
}

impl StopCause {
    /// Whether nothing needs to be written, so that older journals are written as they were.
    pub(crate) const fn is_ordered(&self) -> bool {
        matches!(self, Self::Ordered)
    }

    /// A short code of what went wrong; none: nothing did.
    #[must_use]
    pub const fn code(self) -> Option<&'static str> {
        match self {
            Self::Ordered => None,
            Self::Itself => Some("stopped"),
            Self::PauseFailed => Some("pause_failed"),
            Self::ResumeFailed => Some("resume_failed"),
        }
    }
}

impl Recording {
    pub(crate) fn ordered(now: Timestamp, id: EffectId, effect: &Effect) -> Option<Self> {
        let Effect::StartRecording {
            purpose,
            queue,
            channels,
            ..
        } = effect
        else {
            return None;
        };
        let until = now.plus_seconds(limits::RECORDING_START_SECONDS);
        Some(Self {
            id,
            purpose: *purpose,
            stage: Stage::Starting {
                until,
                reference: None,
                n_asked: 0,
            },
            ordered_at: now,
            queue: *queue,
            layout: channels.layout(),
            pause: None,
            doubted_until: None,
        })
    }

    /// The order was taken: word that it runs is due soon.
    pub(crate) fn taken(&mut self, now: Timestamp, named: Option<String>) {
        if let Stage::Starting {
            until, reference, ..
        } = &mut self.stage
        {
            // What is not named cannot be asked about: it has the time of all questions.
            let n = if named.is_some() {
                1
            } else {
                limits::RECORDING_ASKED_MAX + 1
            };
            *until = now.plus_seconds(limits::RECORDING_TOLD_SECONDS * n);
            *reference = named;
        }
    }

    /// It was asked whether it runs, because that was not told in time.
    pub(crate) fn asked(&mut self, now: Timestamp) {
        if let Stage::Starting {
            until,
            reference: Some(_),
            n_asked,
        } = &mut self.stage
            && *until <= now
        {
            *until = now.plus_seconds(limits::RECORDING_TOLD_SECONDS);
            *n_asked += 1;
        }
    }

    pub(crate) fn due(&self) -> Option<Timestamp> {
        let of_stage = match &self.stage {
            Stage::Starting { until, .. } => Some(*until),
            Stage::Running { until, .. } => *until,
        };
        let of_pause = self.pause.as_ref().map(Pause::due);
        let due = [of_stage, of_pause, self.doubted_until];
        due.into_iter().flatten().min()
    }

    pub(crate) const fn is_starting(&self) -> bool {
        matches!(self.stage, Stage::Starting { .. })
    }

    /// What the other side calls it, once that is known.
    #[must_use]
    pub const fn reference(&self) -> Option<&String> {
        match &self.stage {
            Stage::Starting { reference, .. } => reference.as_ref(),
            Stage::Running { reference, .. } => Some(reference),
        }
    }

    /// Whether what is said now is recorded, or may be: before the confirmation of a pause, and from the moment
    /// at which its end is asked for.
    #[must_use]
    pub fn may_record(&self) -> bool {
        !self.pause.as_ref().is_some_and(Pause::is_confirmed)
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
