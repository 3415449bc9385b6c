//! Sounds that callers hear, kept by what is in them: the same file twice is one sound. They say nothing of a
//! customer, so they are not sealed; whether one is still what was written, its name tells.

mod sqlite;

use std::collections::BTreeSet;
use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};

use crate::Pending;
use crate::center::CenterId;
use crate::error::Error;
use crate::limits::{SOUND_BYTES_MAX, SOUND_BYTES_PER_CENTER_MAX, SOUNDS_PER_CENTER_MAX};
use tandem_core::prompt::{Sound, SoundId};

/// A sound to keep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSound {
    /// The file that is played.
    pub wav: Vec<u8>,
    pub length_ms: u32,
    pub peak_tenth_db: i32,
}

/// Why a sound was not kept.
#[derive(Debug, thiserror::Error)]
pub enum SoundError {
    #[error(
        "{what} of a contact center are kept already, {max}: remove prompts that nobody uses; a day later there is room for new ones"
    )]
    Full { what: &'static str, max: u64 },
    #[error(transparent)]
    Store(#[from] Error),
}

pub trait Sounds: Send + Sync {
    /// Keeps a sound; one that is kept already counts as named anew.
    fn put_sound<'a>(
        &'a self,
        center: &'a CenterId,
        sound: NewSound,
    ) -> Pending<'a, Result<Sound, SoundError>>;

    /// What is known of a sound that a document is about to name; from now on it counts as named for a while.
    fn name_sound<'a>(
        &'a self,
        center: &'a CenterId,
        id: &'a SoundId,
    ) -> Pending<'a, Result<Option<Sound>, Error>>;

    /// The file that is played.
    fn sound<'a>(
        &'a self,
        center: &'a CenterId,
        id: &'a SoundId,
    ) -> Pending<'a, Result<Option<Vec<u8>>, Error>>;

    /// Forgets every sound but those that documents name and those that were named lately; answers how many.
    fn forget_sounds<'a>(
        &'a self,
        center: &'a CenterId,
        named: &'a BTreeSet<SoundId>,
        unnamed_for: Duration,
    ) -> Pending<'a, Result<usize, Error>>;
}

/// The name of a sound.
pub(crate) fn id_of(wav: &[u8]) -> SoundId {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let hash = digest(&SHA256, wav);
    let digits = hash.as_ref().iter().flat_map(|byte| [byte >> 4, byte & 15]);
    let text: String = digits
        .map(|it| char::from(DIGITS[usize::from(it)]))
        .collect();
    SoundId::try_from(text).expect("a hash has 64 such digits")
}

impl NewSound {
    pub(crate) fn described(&self) -> Sound {
        Sound {
            id: id_of(&self.wav),
            length_ms: self.length_ms,
            peak_tenth_db: self.peak_tenth_db,
        }
    }

    pub(crate) fn check_size(&self) -> Result<(), Error> {
        crate::error::check_size("a sound in bytes", self.wav.len(), SOUND_BYTES_MAX)
    }
}

/// Whether another sound of so many bytes fits beside those that are there.
pub(crate) fn check_room(n_sounds: u64, n_bytes: u64, more: usize) -> Result<(), SoundError> {
    let full = |what, max| Err(SoundError::Full { what, max });
    if n_sounds >= SOUNDS_PER_CENTER_MAX {
        return full("sounds", SOUNDS_PER_CENTER_MAX);
    }
    let more = u64::try_from(more).unwrap_or(u64::MAX);
    if n_bytes.saturating_add(more) > SOUND_BYTES_PER_CENTER_MAX {
        return full("bytes of sounds", SOUND_BYTES_PER_CENTER_MAX);
    }
    Ok(())
}

/// The bytes of a sound, if they are still those that were kept.
pub(crate) fn checked(id: &SoundId, wav: Vec<u8>) -> Result<Vec<u8>, Error> {
    if id_of(&wav) == *id {
        return Ok(wav);
    }
    let what = format!("the sound {id}");
    Err(Error::damaged(what, "it is not what was written"))
}
