//! Writing of sealed files. A portion at a time is hashed, sealed and, in a directory, written and synced, away from
//! the threads that serve, and a pause follows it: however many recordings end at once, a commit of the journal
//! waits for one portion at most.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use aws_lc_rs::digest::{Context, Digest, SHA256};
use object_store::WriteMultipart;
use tokio::sync::Mutex;

use super::files::{FileError, unavailable};
use super::sealing::{MAGIC, Sealer};
use crate::chain::hexadecimal;
use crate::database::create_directory;
use crate::limits::{
    RECORDING_BYTES_BETWEEN_SYNCS, RECORDING_BYTES_MAX, RECORDING_PAUSE_MAX, RECORDING_PAUSES,
};

/// How many parts of one file are under way at once.
const PARTS_UNDER_WAY_MAX: usize = 2;

/// A file that was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Its name.
    pub file: String,
    /// Bytes of the sound.
    pub n_bytes: u64,
    pub sha256: String,
    pub sealed_sha256: String,
}

/// A file that is being written.
pub struct Writing {
    name: String,
    /// Sound that waits to become a portion.
    waiting: Vec<u8>,
    n_bytes: u64,
    /// None: a portion failed.
    sealing: Option<Sealing>,
    target: Target,
    turn: Turn,
}

/// One portion at a time, whichever recording it is of.
#[derive(Clone, Default)]
pub(super) struct Turn(Arc<Mutex<()>>);

/// Where a sealed file goes.
pub(super) enum Target {
    /// Into a directory, by the one who seals.
    Directory(Draft),
    /// To a service.
    Objects(Box<WriteMultipart>),
}

/// A file in a directory that goes again unless it is ended.
pub(super) struct Draft {
    path: PathBuf,
    is_whole: bool,
}

/// What seals, and what it has sealed.
struct Sealing {
    sealer: Sealer,
    sound: Context,
    sealed: Context,
    out: Vec<u8>,
    file: Option<File>,
}

/// The sums of a file that is whole.
struct Sums {
    sound: Digest,
    sealed: Digest,
    /// What is left for a service.
    out: Vec<u8>,
}

impl Turn {
    /// Does a piece of work where it holds nobody up, when it is its turn.
    async fn take<T: Send + 'static>(
        &self,
        after: After,
        work: impl FnOnce() -> Result<T, FileError> + Send + 'static,
    ) -> Result<T, FileError> {
        let turn = self.0.lock().await;
        let began = Instant::now();
        let done = tokio::task::spawn_blocking(work).await;
        if matches!(after, After::Pause) {
            let pause = began.elapsed().saturating_mul(RECORDING_PAUSES);
            tokio::time::sleep(pause.min(RECORDING_PAUSE_MAX)).await;
        }
        drop(turn);
        done.unwrap_or_else(|error| Err(FileError::Unavailable(error.to_string())))
    }
}

/// What follows a piece of work.
#[derive(Clone, Copy)]
enum After {
    /// The journal shares the disk.
    Pause,
    Nothing,
}

impl Writing {
    pub(super) async fn begin(
        name: String,
        sealer: Sealer,
        mut target: Target,
        turn: Turn,
    ) -> Result<Self, FileError> {
        let file = match &mut target {
            Target::Directory(draft) => {
                let path = draft.path.clone();
                Some(turn.take(After::Nothing, move || created(&path)).await?)
            }
            Target::Objects(_) => None,
        };
        let mut sealed = Context::new(&SHA256);
        sealed.update(MAGIC);
        Ok(Self {
            name,
            waiting: Vec::new(),
            n_bytes: 0,
            sealing: Some(Sealing {
                sealer,
                sound: Context::new(&SHA256),
                sealed,
                out: MAGIC.to_vec(),
                file,
            }),
            target,
            turn,
        })
    }

    /// Takes more of the sound.
    pub async fn write(&mut self, more: &[u8]) -> Result<(), FileError> {
        self.n_bytes += more.len() as u64;
        if self.n_bytes > RECORDING_BYTES_MAX {
            return Err(FileError::TooLarge(RECORDING_BYTES_MAX));
        }
        self.waiting.extend_from_slice(more);
        while self.waiting.len() >= RECORDING_BYTES_BETWEEN_SYNCS {
            let later = self.waiting.split_off(RECORDING_BYTES_BETWEEN_SYNCS);
            let portion = std::mem::replace(&mut self.waiting, later);
            self.pass_on(portion).await?;
        }
        Ok(())
    }

    /// Ends the file: from now on it is there.
    pub async fn finish(mut self) -> Result<Written, FileError> {
        let mut sealing = self.sealing.take().ok_or_else(broken)?;
        let rest = std::mem::take(&mut self.waiting);
        let (after, path) = self.target.place();
        let ended = self.turn.take(after, move || {
            sealing.seal(&rest)?;
            sealing.finish(path.as_deref())
        });
        let Sums { sound, sealed, out } = ended.await?;
        match self.target {
            Target::Directory(mut draft) => draft.is_whole = true,
            Target::Objects(mut upload) => {
                upload.write(&out);
                upload.finish().await.map_err(unavailable)?;
            }
        }
        Ok(Written {
            file: self.name,
            n_bytes: self.n_bytes,
            sha256: hexadecimal(sound.as_ref()),
            sealed_sha256: hexadecimal(sealed.as_ref()),
        })
    }

    /// Gives it up.
    pub async fn abandon(self) {
        match self.target {
            Target::Directory(draft) => drop(draft),
            Target::Objects(upload) => {
                if let Err(error) = upload.abort().await {
                    tracing::warn!(%error, "what was written of a recording stays, sealed and unnamed");
                }
            }
        }
    }

    async fn pass_on(&mut self, portion: Vec<u8>) -> Result<(), FileError> {
        let mut sealing = self.sealing.take().ok_or_else(broken)?;
        let (after, _) = self.target.place();
        let sealed = self.turn.take(after, move || {
            sealing.seal(&portion)?;
            sealing.store()?;
            Ok(sealing)
        });
        let mut sealing = sealed.await?;
        if let Target::Objects(upload) = &mut self.target {
            upload.write(&sealing.out);
            sealing.out.clear();
            let room = upload.wait_for_capacity(PARTS_UNDER_WAY_MAX).await;
            room.map_err(unavailable)?;
        }
        self.sealing = Some(sealing);
        Ok(())
    }
}

impl Target {
    fn place(&self) -> (After, Option<PathBuf>) {
        match self {
            Self::Directory(draft) => (After::Pause, Some(draft.path.clone())),
            Self::Objects(_) => (After::Nothing, None),
        }
    }
}

impl Draft {
    pub(super) fn at(path: PathBuf) -> Self {
        Self {
            path,
            is_whole: false,
        }
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if !self.is_whole
            && let Err(error) = std::fs::remove_file(&self.path)
            && error.kind() != std::io::ErrorKind::NotFound
        {
            tracing::warn!(%error, "what was written of a recording stays, sealed and unnamed");
        }
    }
}

impl Sealing {
    fn seal(&mut self, sound: &[u8]) -> Result<(), FileError> {
        self.sound.update(sound);
        let before = self.out.len();
        self.sealer.push(sound, &mut self.out)?;
        self.sealed
            .update(self.out.get(before..).unwrap_or_default());
        Ok(())
    }

    /// The last block, and what makes the file last.
    fn finish(mut self, path: Option<&Path>) -> Result<Sums, FileError> {
        let before = self.out.len();
        self.sealer.finish(&mut self.out)?;
        self.sealed
            .update(self.out.get(before..).unwrap_or_default());
        if let Some(mut file) = self.file.take() {
            file.write_all(&self.out).map_err(|error| refused(&error))?;
            file.sync_all().map_err(|error| refused(&error))?;
        }
        // What the database says is kept must be there after a power cut.
        if let Some(directory) = path.and_then(Path::parent) {
            sync_directory(directory).map_err(|error| refused(&error))?;
        }
        Ok(Sums {
            sound: self.sound.finish(),
            sealed: self.sealed.finish(),
            out: self.out,
        })
    }

    fn store(&mut self) -> Result<(), FileError> {
        let Some(file) = &mut self.file else {
            return Ok(());
        };
        let written = file.write_all(&self.out).and_then(|()| file.sync_data());
        self.out.clear();
        written.map_err(|error| refused(&error))
    }
}

/// A file that was not there, in a directory that may be made for it.
fn created(path: &Path) -> Result<File, FileError> {
    let create = || {
        if let Some(directory) = path.parent()
            && !directory.is_dir()
        {
            create_directory(directory)?;
            if let Some(above) = directory.parent() {
                sync_directory(above)?;
            }
        }
        File::create_new(path)
    };
    create().map_err(|error| refused(&error))
}

#[cfg(unix)]
fn sync_directory(directory: &Path) -> std::io::Result<()> {
    File::open(directory)?.sync_all()
}

/// There a directory is synced with its files.
#[cfg(not(unix))]
fn sync_directory(_directory: &Path) -> std::io::Result<()> {
    Ok(())
}

fn broken() -> FileError {
    FileError::Unavailable("a part before could not be written".to_owned())
}

fn refused(error: &std::io::Error) -> FileError {
    FileError::Unavailable(error.to_string())
}
