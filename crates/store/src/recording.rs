//! Recordings that are kept: a sealed file each ([`files`], [`writing`]), a row each in the database ([`sqlite`]), and a
//! chain over the rows ([`crate::chain`]), so that a change of either is found. It must not know why somebody is
//! recorded, nor who may listen.

pub(crate) mod files;
pub(crate) mod sealing;
pub(crate) mod sqlite;
pub(crate) mod writing;

use serde::{Deserialize, Serialize};

use crate::Pending;
use crate::center::{CenterId, UnixMicros};
use crate::chain::Link;
use crate::error::Error;
use sealing::WrappedKey;
use tandem_core::ids::{AccountId, AgentId, ContactId, EffectId, QueueId, SubjectRef};
use tandem_core::scope::Sight;

/// What is said of a recording for good. The chain is over these, so they name nobody but by number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sheet {
    /// The order that started it.
    pub recording: EffectId,
    pub contact: ContactId,
    pub queue: Option<QueueId>,
    /// Who served the customer meanwhile.
    pub agents: Vec<AgentId>,
    pub started: i64,
    pub ended: i64,
    /// How long the sound is, ms.
    pub length_ms: u64,
    /// How long it was said to be, ms, when the file that came was not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told_ms: Option<u64>,
    /// Who is heard on which channel.
    pub channels: Vec<Channel>,
    /// Where nothing was recorded, from the beginning of the sound on.
    pub pauses: Vec<Pause>,
    /// Bytes of the sound.
    pub n_bytes: u64,
    /// SHA-256 of the sound, hexadecimal.
    pub sha256: String,
    /// SHA-256 of the sealed file, hexadecimal: it can be checked without a key.
    pub sealed_sha256: String,
    /// The name of the sealed file.
    pub file: String,
}

impl Sheet {
    /// Who served the customer meanwhile.
    pub fn agents(&self) -> impl Iterator<Item = AgentId> {
        self.agents.iter().copied()
    }
}

/// Who is heard on a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    Mixed,
    Customer,
    Agent(Option<AgentId>),
}

/// A span without sound, ms from the beginning.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    pub from_ms: u64,
    pub until_ms: u64,
    /// Why, in a word.
    pub cause: String,
}

/// A recording to keep.
#[derive(Clone, Debug)]
pub struct NewRecording {
    pub sheet: Sheet,
    pub key: WrappedKey,
    pub keep_until: Option<UnixMicros>,
}

/// A recording that is kept, or was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptRecording {
    /// Its place in the chain, from 1.
    pub n: u64,
    pub sheet: Sheet,
    pub link: Link,
    /// `None` once it is erased.
    pub key: Option<WrappedKey>,
    pub keep_until: Option<UnixMicros>,
    pub hold: Option<Hold>,
    pub erased: Option<UnixMicros>,
}

/// Nothing of a recording on legal hold is erased.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hold {
    pub since: UnixMicros,
    pub by: AccountId,
    /// Why, among the personal data.
    pub reason: Option<SubjectRef>,
}

/// Which recordings are asked for; newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecordingFilter {
    pub from: Option<UnixMicros>,
    /// Not included.
    pub until: Option<UnixMicros>,
    /// Of one of these contacts.
    pub contacts: Option<Vec<ContactId>>,
    pub queue: Option<QueueId>,
    pub agent: Option<AgentId>,
    /// Of one of these queues or agents: what a scope comes to.
    pub sight: Sight,
    /// And of one of these: a team.
    pub team: Sight,
    /// Only those on legal hold.
    pub on_hold: bool,
    /// Only those that are erased, or only the others.
    pub is_erased: Option<bool>,
    /// Only those that began before this one: beginning and number.
    pub after: Option<(UnixMicros, EffectId)>,
    pub limit: u32,
}

/// What came of an erasure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Erased {
    /// The key is gone, and with it what the file says; the file of this name is to be removed.
    Now(String),
    /// It had been before.
    Before,
    /// It is on legal hold: nothing was done.
    Held,
    /// There is no such recording.
    Unknown,
}

pub trait Recordings: Send + Sync {
    /// Writes the row of a file that is durable, at the end of the chain. One that is there already stays as it
    /// is and is answered.
    fn keep_recording<'a>(
        &'a self,
        center: &'a CenterId,
        recording: NewRecording,
    ) -> Pending<'a, Result<KeptRecording, Error>>;

    fn recording<'a>(
        &'a self,
        center: &'a CenterId,
        id: EffectId,
    ) -> Pending<'a, Result<Option<KeptRecording>, Error>>;

    fn recordings<'a>(
        &'a self,
        center: &'a CenterId,
        filter: &'a RecordingFilter,
    ) -> Pending<'a, Result<Vec<KeptRecording>, Error>>;

    /// How many there are, counted up to `max`.
    fn count_recordings<'a>(
        &'a self,
        center: &'a CenterId,
        filter: &'a RecordingFilter,
        max: u32,
    ) -> Pending<'a, Result<u64, Error>>;

    /// Sets a legal hold, or releases it; answers whether there is such a recording that is not erased.
    fn hold_recording<'a>(
        &'a self,
        center: &'a CenterId,
        id: EffectId,
        hold: Option<Hold>,
    ) -> Pending<'a, Result<bool, Error>>;

    /// Erases the recording's key, so that no copy of its file can be opened.
    fn erase_recording<'a>(
        &'a self,
        center: &'a CenterId,
        id: EffectId,
        now: UnixMicros,
    ) -> Pending<'a, Result<Erased, Error>>;

    /// Those whose time is over and that are on no hold, the longest overdue first.
    fn recordings_due<'a>(
        &'a self,
        center: &'a CenterId,
        now: UnixMicros,
    ) -> Pending<'a, Result<Vec<EffectId>, Error>>;

    /// When the next one's time is over.
    fn next_recording_due<'a>(
        &'a self,
        center: &'a CenterId,
    ) -> Pending<'a, Result<Option<UnixMicros>, Error>>;

    /// Erased ones whose files are still to be removed.
    fn files_to_remove<'a>(
        &'a self,
        center: &'a CenterId,
    ) -> Pending<'a, Result<Vec<(EffectId, String)>, Error>>;

    /// The file of an erased one is gone.
    fn file_removed<'a>(
        &'a self,
        center: &'a CenterId,
        id: EffectId,
        now: UnixMicros,
    ) -> Pending<'a, Result<(), Error>>;
}
