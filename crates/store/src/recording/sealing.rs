//! Sealing of recordings: each has a key of its own, which lies wrapped by the current data key in the
//! database; whoever erases it has erased every copy of the file. A file is sealed in blocks, so that a
//! part of it can be opened without the rest.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, MAX_TAG_LEN, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::rand;
use zeroize::Zeroizing;

use crate::center::CenterId;
use crate::error::Error;
use crate::subject::keys::{KeyFamily, SealError};
use tandem_core::ids::EffectId;

const KEY_BYTES: usize = 32;
/// Bytes of sound in one block.
pub(crate) const BLOCK_BYTES: usize = 64 * 1024;
/// Bytes of one block in the file.
pub(crate) const SEALED_BLOCK_BYTES: usize = BLOCK_BYTES + MAX_TAG_LEN;
/// What a sealed file begins with.
pub(crate) const MAGIC: &[u8; 8] = b"TDMREC1\n";

/// The key of one recording.
#[derive(Clone)]
pub struct RecordingKey(Zeroizing<[u8; KEY_BYTES]>);

/// The same, sealed with a data key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrappedKey {
    pub(crate) key_id: u32,
    pub(crate) sealed: Vec<u8>,
}

impl WrappedKey {
    /// Nonce, ciphertext and tag, as they are stored.
    pub fn sealed(&self) -> &[u8] {
        &self.sealed
    }
}

impl std::fmt::Debug for RecordingKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RecordingKey")
    }
}

impl RecordingKey {
    pub fn draw() -> Result<Self, SealError> {
        let mut key = Zeroizing::new([0; KEY_BYTES]);
        rand::fill(key.as_mut_slice()).map_err(|_none| SealError::NoRandomness)?;
        Ok(Self(key))
    }

    fn cipher(&self) -> LessSafeKey {
        let unbound = UnboundKey::new(&AES_256_GCM, self.0.as_slice())
            .expect("AES-256-GCM takes exactly the 32 bytes that a key has");
        LessSafeKey::new(unbound)
    }
}

impl KeyFamily {
    /// Seals the key of a recording with the current data key.
    pub fn wrap(
        &self,
        center: &CenterId,
        id: EffectId,
        key: &RecordingKey,
    ) -> Result<WrappedKey, SealError> {
        let (key_id, sealed) = self.seal_key(center, id, key.0.as_slice())?;
        Ok(WrappedKey { key_id, sealed })
    }

    pub fn unwrap(
        &self,
        center: &CenterId,
        id: EffectId,
        wrapped: &WrappedKey,
    ) -> Result<RecordingKey, SealError> {
        let opened = self.open_key(center, id, wrapped.key_id, &wrapped.sealed)?;
        let key = <[u8; KEY_BYTES]>::try_from(opened.as_slice());
        key.map(|key| RecordingKey(Zeroizing::new(key)))
            .map_err(|_length| SealError::WrongRecordingKey {
                recording: id.0,
                key_id: wrapped.key_id,
            })
    }
}

/// Seals a file while it comes.
pub(crate) struct Sealer {
    cipher: LessSafeKey,
    place: Vec<u8>,
    block: Vec<u8>,
    n: u32,
}

impl Sealer {
    pub(crate) fn new(center: &CenterId, id: EffectId, key: &RecordingKey) -> Self {
        Self {
            cipher: key.cipher(),
            place: place(center, id),
            block: Vec::with_capacity(SEALED_BLOCK_BYTES),
            n: 0,
        }
    }

    /// Takes more of the sound and adds what is sealed to `out`. The last block is told apart, so that one
    /// is always kept back.
    pub(crate) fn push(&mut self, mut more: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
        while !more.is_empty() {
            if self.block.len() == BLOCK_BYTES {
                self.seal(Last::No, out)?;
            }
            let room = BLOCK_BYTES - self.block.len();
            let (now, later) = more.split_at(room.min(more.len()));
            self.block.extend_from_slice(now);
            more = later;
        }
        Ok(())
    }

    fn seal_block(&mut self, last: Last) {
        let aad = Aad::from(aad(&self.place, last));
        let nonce = nonce(self.n);
        self.cipher
            .seal_in_place_append_tag(nonce, aad, &mut self.block)
            .expect("AES-256-GCM seals a block of 64 KiB");
    }

    pub(crate) fn finish(mut self, out: &mut Vec<u8>) -> Result<(), Error> {
        self.seal(Last::Yes, out)
    }

    fn seal(&mut self, last: Last, out: &mut Vec<u8>) -> Result<(), Error> {
        self.seal_block(last);
        out.append(&mut self.block);
        self.n = self.n.checked_add(1).ok_or(Error::TooLarge {
            what: "a recording in blocks",
            found: usize::MAX,
            max: BLOCK_BYTES,
        })?;
        Ok(())
    }
}

/// Opens blocks of a file.
pub(crate) struct Opener {
    cipher: LessSafeKey,
    place: Vec<u8>,
    /// The number of the last block.
    last: u32,
}

impl Opener {
    /// Of a file with so many bytes of sound.
    pub(crate) fn new(
        center: &CenterId,
        id: EffectId,
        key: &RecordingKey,
        n_bytes: u64,
    ) -> Result<Self, Error> {
        let last = n_bytes.saturating_sub(1) / BLOCK_BYTES as u64;
        let last = u32::try_from(last)
            .map_err(|source| Error::damaged("the length of a recording", source.to_string()))?;
        Ok(Self {
            cipher: key.cipher(),
            place: place(center, id),
            last,
        })
    }

    /// Opens a block in place; `None` when it is not what was sealed there.
    pub(crate) fn open<'a>(&self, n: u32, block: &'a mut [u8]) -> Option<&'a [u8]> {
        let last = if n == self.last { Last::Yes } else { Last::No };
        let aad = Aad::from(aad(&self.place, last));
        let opened = self.cipher.open_in_place(nonce(n), aad, block);
        opened.ok().map(|plain| &*plain)
    }
}

#[derive(Clone, Copy)]
enum Last {
    No,
    Yes,
}

/// Bound into each tag: whose file it is, and whether the block ends it (the STREAM construction of Hoang,
/// Reyhanitabar, Rogaway and Vizár). The number of the block is its nonce, which a key of its own permits.
fn aad(place: &[u8], last: Last) -> Vec<u8> {
    let mut aad = place.to_vec();
    aad.push(match last {
        Last::No => 0,
        Last::Yes => 1,
    });
    aad
}

fn place(center: &CenterId, id: EffectId) -> Vec<u8> {
    let mut place = center.as_str().as_bytes().to_vec();
    place.push(0);
    place.extend_from_slice(&id.0.to_be_bytes());
    place
}

fn nonce(n: u32) -> Nonce {
    let mut nonce = [0; NONCE_LEN];
    if let Some(tail) = nonce.last_chunk_mut::<4>() {
        *tail = n.to_be_bytes();
    }
    Nonce::assume_unique_for_key(nonce)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn center() -> CenterId {
        CenterId::parse("contoso").expect("it is a valid id")
    }

    fn sealed(key: &RecordingKey, sound: &[u8]) -> Vec<u8> {
        let mut sealer = Sealer::new(&center(), EffectId(7), key);
        let mut out = Vec::new();
        for part in sound.chunks(1000) {
            sealer.push(part, &mut out).unwrap();
        }
        sealer.finish(&mut out).unwrap();
        out
    }

    fn opened(key: &RecordingKey, n_bytes: usize, mut file: Vec<u8>) -> Option<Vec<u8>> {
        let opener = Opener::new(&center(), EffectId(7), key, n_bytes as u64).unwrap();
        let mut sound = Vec::new();
        for (n, block) in (0..).zip(file.chunks_mut(SEALED_BLOCK_BYTES)) {
            sound.extend_from_slice(opener.open(n, block)?);
        }
        Some(sound)
    }

    #[test]
    fn sound_comes_back_whole_at_every_length_around_a_block() {
        let key = RecordingKey::draw().unwrap();
        for length in [
            1,
            BLOCK_BYTES - 1,
            BLOCK_BYTES,
            BLOCK_BYTES + 1,
            2 * BLOCK_BYTES,
        ] {
            let sound: Vec<u8> = (0..=250).cycle().take(length).collect();
            let file = sealed(&key, &sound);
            assert_eq!(opened(&key, length, file), Some(sound), "{length}");
        }
    }

    #[test]
    fn flipped_bit_missing_end_and_exchanged_blocks_do_not_open() {
        let key = RecordingKey::draw().unwrap();
        let sound = vec![5; 3 * BLOCK_BYTES];
        let file = sealed(&key, &sound);
        let mut flipped = file.clone();
        flipped[SEALED_BLOCK_BYTES + 9] ^= 1;
        assert_eq!(opened(&key, sound.len(), flipped), None);
        let shorter = file[..2 * SEALED_BLOCK_BYTES].to_vec();
        assert_eq!(opened(&key, 2 * BLOCK_BYTES, shorter), None);
        let mut exchanged = file.clone();
        exchanged.rotate_left(SEALED_BLOCK_BYTES);
        assert_eq!(opened(&key, sound.len(), exchanged), None);
        let other = RecordingKey::draw().unwrap();
        assert_eq!(opened(&other, sound.len(), file), None);
    }

    #[test]
    fn key_opens_only_with_the_data_key_and_for_its_recording() {
        let family = KeyFamily::new(crate::DataKey::new(1, [1; 32]));
        let key = RecordingKey::draw().unwrap();
        let wrapped = family.wrap(&center(), EffectId(7), &key).unwrap();
        let unwrapped = family.unwrap(&center(), EffectId(7), &wrapped).unwrap();
        assert_eq!(*unwrapped.0, *key.0);
        assert!(family.unwrap(&center(), EffectId(8), &wrapped).is_err());
        let stranger = KeyFamily::new(crate::DataKey::new(1, [2; 32]));
        assert!(stranger.unwrap(&center(), EffectId(7), &wrapped).is_err());
    }
}
