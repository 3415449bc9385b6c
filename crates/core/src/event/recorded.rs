//! Facts about recordings with much to say, as structures of their own.

use crate::ids::{AccountId, ContactId, EffectId, SubjectRef};
use crate::recording::{PauseCause, ResumeCause};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// A recording is to pause. What is said is recorded until that is confirmed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordingPauseAsked {
    /// Whose.
    pub contact: ContactId,
    /// The recording.
    pub recording: EffectId,
    /// Why.
    pub cause: PauseCause,
    /// Who asked, if somebody did.
    pub by: Option<AccountId>,
    /// Until when it must be confirmed.
    pub until: Timestamp,
}

/// A paused recording is to go on. What is said may be recorded from now on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordingResumeAsked {
    /// Whose.
    pub contact: ContactId,
    /// The recording.
    pub recording: EffectId,
    /// Why.
    pub cause: ResumeCause,
    /// Who asked, if somebody did.
    pub by: Option<AccountId>,
    /// Until when it must be confirmed.
    pub until: Timestamp,
}

/// The other side said that a recording does not record, and nobody had asked for that: it is asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordingDoubted {
    /// Whose.
    pub contact: ContactId,
    /// The recording.
    pub recording: EffectId,
    /// Until when an answer is waited for.
    pub until: Timestamp,
}

/// The other side took the order to record; whether it records it says apart (B-186).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordingTaken {
    /// Whose.
    pub contact: ContactId,
    /// The recording: the order that started it.
    pub recording: EffectId,
    /// What the other side calls it; it may say so later.
    pub reference: Option<String>,
}

/// The file of a recording is here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordingKept {
    /// To which contact it belongs.
    pub contact: ContactId,
    /// The recording.
    pub recording: EffectId,
    /// How long it is, s.
    pub seconds: u32,
    /// Its parts, in order, among the personal data: where recordings had no place of their own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<SubjectRef>,
    /// The link of the recordings' chain that vouches for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// How long the other side said that it is, s, when it is not: it is kept, and not said to be whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told_s: Option<u32>,
}
