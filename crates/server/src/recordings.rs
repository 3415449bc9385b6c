//! Recordings that are kept of a contact center's calls: written ([`Keeper`]), thrown away when their time is over
//! ([`retention`]), and gone through to see that nothing was changed ([`verification`]). Who may hear one is not
//! known here.

mod about;
pub mod retention;
pub mod verification;

use std::ops::Range;
use std::sync::{Arc, PoisonError, RwLock};
use tandem_core::ids::{AgentId, ContactId, EffectId, QueueId};
use tandem_core::recording::PauseCause;
use tandem_core::time::Timestamp;
use tandem_store::{
    CenterId, Channel, FileError, KeptRecording, KeyFamily, NewRecording, Pause, RecordingFiles,
    RecordingKey, Recordings as _, SealError, Sheet, Store, UnixMicros, WrappedKey, Writing,
};
use tokio::sync::{Mutex, Notify};
use verification::{Progress, Stand};

/// Silence that is written at once.
static SILENCE: [u8; 64 * 1024] = [0; 64 * 1024];
/// Microseconds of a day.
const DAY_MICROS: i64 = 86_400_000_000;

/// What is known of a recording whose sound has come.
#[derive(Clone, Debug)]
pub struct About {
    /// The order that started it.
    pub recording: EffectId,
    /// To which contact it belongs.
    pub contact: ContactId,
    /// By whose rule it was made.
    pub queue: Option<QueueId>,
    /// Who is heard.
    pub agents: Vec<AgentId>,
    /// When it began.
    pub started: Timestamp,
    /// When it ended.
    pub ended: Timestamp,
    /// How long the sound is, ms.
    pub length_ms: u64,
    /// How long it was said to be, ms, when the file that came was not.
    pub told_ms: Option<u64>,
    /// Who is heard on which channel.
    pub channels: Vec<Channel>,
    /// Where nothing was recorded.
    pub pauses: Vec<Pause>,
    /// How long it is kept; for good without.
    pub keep_days: Option<u32>,
}

/// The word for a pause's cause that sheets and people see.
pub(crate) const fn cause_word(cause: PauseCause) -> &'static str {
    match cause {
        PauseCause::Agent => "agent",
        PauseCause::Supervisor => "supervisor",
        PauseCause::Flow => "flow",
        PauseCause::PaymentPage => "payment_page",
    }
}

/// Why a recording is not kept, or cannot be heard.
#[derive(Debug, thiserror::Error)]
pub enum KeepError {
    /// The storage of files.
    #[error(transparent)]
    File(#[from] FileError),
    /// Its key.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The database.
    #[error(transparent)]
    Store(#[from] tandem_store::Error),
    /// It was erased.
    #[error("the recording was erased")]
    Erased,
}

/// What comes of beginning to keep a recording.
pub enum Begun<'a> {
    /// It is kept already: an earlier process did it.
    Kept(Box<KeptRecording>),
    /// Its sound can be written.
    Keeping(Box<Keeping<'a>>),
}

/// A recording whose sound is being sealed and written. A process that dies in between leaves a file that nothing
/// names and nobody can open.
pub struct Keeping<'a> {
    keeper: &'a Keeper,
    wrapped: WrappedKey,
    writing: Writing,
}

/// Keeps the recordings of one contact center.
pub struct Keeper {
    center: CenterId,
    store: Arc<Store>,
    files: RecordingFiles,
    keys: Arc<KeyFamily>,
    due: Notify,
    shapes: Mutex<()>,
    verified: RwLock<Arc<Stand>>,
}

impl Keeper {
    /// One that keeps them there.
    #[must_use]
    pub fn new(
        center: CenterId,
        store: Arc<Store>,
        files: RecordingFiles,
        keys: Arc<KeyFamily>,
    ) -> Self {
        Self {
            center,
            store,
            files,
            keys,
            due: Notify::new(),
            shapes: Mutex::new(()),
            verified: RwLock::default(),
        }
    }

    /// How far a verification is, or what came of the last one.
    #[must_use]
    pub fn verified(&self) -> Arc<Stand> {
        let verified = self.verified.read();
        Arc::clone(&verified.unwrap_or_else(PoisonError::into_inner))
    }

    /// Notes that a verification begins; not when one is under way.
    fn begins(&self, stand: &Stand) -> bool {
        let verified = self.verified.write();
        let mut verified = verified.unwrap_or_else(PoisonError::into_inner);
        let is_free = verified.progress != Progress::Running;
        if is_free {
            *verified = Arc::new(stand.clone());
        }
        is_free
    }

    fn note(&self, stand: Stand) {
        let verified = self.verified.write();
        *verified.unwrap_or_else(PoisonError::into_inner) = Arc::new(stand);
    }

    /// Held while the shape of a recording is measured, which goes through all of it.
    pub(crate) const fn shapes(&self) -> &Mutex<()> {
        &self.shapes
    }

    /// Something may be due sooner than it was.
    pub fn wake(&self) {
        self.due.notify_one();
    }

    async fn woken(&self) {
        self.due.notified().await;
    }

    /// Begins to keep the sound of a recording, unless it is kept already.
    ///
    /// # Errors
    /// [`KeepError`].
    pub async fn begin(&self, recording: EffectId) -> Result<Begun<'_>, KeepError> {
        if let Some(kept) = self.store.recording(&self.center, recording).await? {
            return Ok(Begun::Kept(Box::new(kept)));
        }
        let key = RecordingKey::draw()?;
        let wrapped = self.keys.wrap(&self.center, recording, &key)?;
        let writing = self.files.begin(&self.center, recording, &key).await?;
        Ok(Begun::Keeping(Box::new(Keeping {
            keeper: self,
            wrapped,
            writing,
        })))
    }

    /// A part of a sound, opened.
    ///
    /// # Errors
    /// [`KeepError`]; [`KeepError::Erased`] when it is gone for good.
    pub async fn read(&self, kept: &KeptRecording, part: Range<u64>) -> Result<Vec<u8>, KeepError> {
        let wrapped = kept.key.as_ref().ok_or(KeepError::Erased)?;
        let id = kept.sheet.recording;
        let key = self.keys.unwrap(&self.center, id, wrapped)?;
        Ok(self.files.read(&self.center, kept, &key, part).await?)
    }

    /// The storage of its files.
    #[must_use]
    pub const fn files(&self) -> &RecordingFiles {
        &self.files
    }
}

impl Keeping<'_> {
    /// More of the sound.
    ///
    /// # Errors
    /// [`KeepError`]; it is to be abandoned then.
    pub async fn write(&mut self, more: &[u8]) -> Result<(), KeepError> {
        Ok(self.writing.write(more).await?)
    }

    /// So many zeros of it.
    ///
    /// # Errors
    /// As of [`Self::write`].
    pub async fn write_silence(&mut self, n_bytes: u64) -> Result<(), KeepError> {
        let mut left = n_bytes;
        while left > 0 {
            let n = left.min(SILENCE.len() as u64);
            let zeros = usize::try_from(n).map_or(&SILENCE[..], |n| &SILENCE[..n]);
            self.write(zeros).await?;
            left -= n;
        }
        Ok(())
    }

    /// Ends the file, and then writes its row.
    ///
    /// # Errors
    /// [`KeepError`]; nothing is kept then.
    pub async fn finish(self, about: About) -> Result<KeptRecording, KeepError> {
        let written = self.writing.finish().await?;
        let keep_until = about.keep_days.map(|days| {
            let micros = i64::from(days).saturating_mul(DAY_MICROS);
            UnixMicros(about.ended.as_micros().saturating_add(micros))
        });
        let recording = NewRecording {
            sheet: Sheet {
                recording: about.recording,
                contact: about.contact,
                queue: about.queue,
                agents: about.agents,
                started: about.started.as_micros(),
                ended: about.ended.as_micros(),
                length_ms: about.length_ms,
                told_ms: about.told_ms,
                channels: about.channels,
                pauses: about.pauses,
                n_bytes: written.n_bytes,
                sha256: written.sha256,
                sealed_sha256: written.sealed_sha256,
                file: written.file,
            },
            key: self.wrapped,
            keep_until,
        };
        let keeper = self.keeper;
        let kept = keeper
            .store
            .keep_recording(&keeper.center, recording)
            .await?;
        if kept.keep_until.is_some() {
            keeper.wake();
        }
        Ok(kept)
    }

    /// Gives it up.
    pub async fn abandon(self) {
        self.writing.abandon().await;
    }
}
