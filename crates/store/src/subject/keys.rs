//! Sealing of personal data and the keyed hash of phone numbers, as pure functions of a key that the
//! caller holds. Keys never reach the data directory; a row names its key by number.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt;

use aws_lc_rs::aead::{
    AES_256_GCM, Aad, LessSafeKey, MAX_TAG_LEN, NONCE_LEN, Nonce, Tag, UnboundKey,
};
use aws_lc_rs::{hkdf, hmac, rand};
use zeroize::{Zeroize, Zeroizing};

use super::{SealedSubject, StoredSubject};
use crate::center::CenterId;
use crate::error::check_size;
use crate::limits::{KEYS_PER_FAMILY_MAX, SUBJECT_BYTES_MAX};
use tandem_core::ids::{CustomerHash, EffectId, SubjectRef};

const KEY_BYTES: usize = 32;
const HASH_BYTES: usize = 16;
/// HKDF (RFC 5869) salt and the purposes that keep derived keys apart.
const SALT: &[u8] = b"tandem data key v1";
const SEAL: &[u8] = b"subject seal aes-256-gcm\0";
const WRAP: &[u8] = b"recording key wrap aes-256-gcm\0";
const PHONE: &[u8] = b"phone hash hmac-sha256\0";
const LINK: &[u8] = b"link signature hmac-sha256\0";
const TEXT: &[u8] = b"text hash hmac-sha256\0";

/// 32 secret bytes and their number. Never use one number for two keys.
#[derive(Clone)]
pub struct DataKey {
    id: u32,
    secret: Zeroizing<[u8; KEY_BYTES]>,
}

impl DataKey {
    pub fn new(id: u32, secret: [u8; KEY_BYTES]) -> Self {
        Self {
            id,
            secret: Zeroizing::new(secret),
        }
    }

    pub fn id(&self) -> u32 {
        self.id
    }

    /// One key per purpose and contact center, so that none can stand in for another.
    pub(super) fn derive(&self, purpose: &[u8], center: &CenterId) -> Zeroizing<[u8; KEY_BYTES]> {
        let extracted = hkdf::Salt::new(hkdf::HKDF_SHA256, SALT).extract(self.secret.as_slice());
        let info = [purpose, center.as_str().as_bytes()];
        let mut derived = Zeroizing::new([0; KEY_BYTES]);
        extracted
            .expand(&info, hkdf::HKDF_SHA256)
            .and_then(|expanded| expanded.fill(derived.as_mut_slice()))
            .expect("HKDF-SHA256 gives up to 8160 bytes and 32 are asked for");
        derived
    }
}

impl fmt::Debug for DataKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DataKey")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// A keyed hash of an address: whoever lacks the key learns nothing from it, and equal addresses
/// have equal hashes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PhoneHash(pub u128);

impl PhoneHash {
    /// The half that the core recognizes a customer by.
    pub fn customer(self) -> CustomerHash {
        CustomerHash(u64::try_from(self.0 >> 64).expect("the upper half has 64 bits"))
    }
}

#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum SealError {
    #[error(
        "subject {subject} was sealed with data key {key_id}, which is not configured: add that key to the configured data keys"
    )]
    KeyMissing { subject: SubjectRef, key_id: u32 },
    #[error(
        "data key {key_id} does not open subject {subject}: either its secret was changed (put the old secret back, and give a new secret a new number), or the row is damaged (restore a backup)"
    )]
    WrongKey { subject: SubjectRef, key_id: u32 },
    #[error(
        "the key of recording {recording} was sealed with data key {key_id}, which is not configured or is another now: put the old secret back under its number"
    )]
    WrongRecordingKey { recording: u64, key_id: u32 },
    #[error("a subject of {found} bytes is too large, the limit is {max}: shorten it")]
    TooLarge { found: usize, max: usize },
    #[error(
        "data key {0} is there twice, or there are too many keys: give each key its own number"
    )]
    KeyNumber(u32),
    #[error("the operating system gave no random bytes: check the machine's random source")]
    NoRandomness,
}

/// The data keys of an installation. New subjects are sealed with the current key; the others open
/// what was sealed before. Phone numbers are always hashed with the first key, because the hashes
/// stand in the journal for good.
#[derive(Clone, Debug)]
pub struct KeyFamily {
    pub(super) keys: BTreeMap<u32, DataKey>,
    first: u32,
    pub(super) current: u32,
}

impl KeyFamily {
    pub fn new(first: DataKey) -> Self {
        let id = first.id;
        Self {
            keys: BTreeMap::from([(id, first)]),
            first: id,
            current: id,
        }
    }

    /// Adds a key and makes it the current one.
    pub fn rotate(mut self, key: DataKey) -> Result<Self, SealError> {
        let id = key.id;
        if self.keys.len() >= KEYS_PER_FAMILY_MAX || self.keys.contains_key(&id) {
            return Err(SealError::KeyNumber(id));
        }
        self.keys.insert(id, key);
        self.current = id;
        Ok(self)
    }

    /// The number of the key that new rows are sealed with.
    pub fn current_id(&self) -> u32 {
        self.current
    }

    pub fn seal(
        &self,
        center: &CenterId,
        subject: SubjectRef,
        plain: &[u8],
    ) -> Result<SealedSubject, SealError> {
        if check_size("subject", plain.len(), SUBJECT_BYTES_MAX).is_err() {
            return Err(SealError::TooLarge {
                found: plain.len(),
                max: SUBJECT_BYTES_MAX,
            });
        }
        let cipher = cipher(self.key(self.current), SEAL, center);
        let sealed = encrypt(&cipher, &place(center, subject.0), plain)?;
        Ok(SealedSubject {
            subject,
            key_id: self.current,
            sealed,
        })
    }

    /// `None` for an erased subject.
    pub fn open(
        &self,
        center: &CenterId,
        stored: &StoredSubject,
    ) -> Result<Option<Vec<u8>>, SealError> {
        self.opener(center).open(stored)
    }

    /// Opens many subjects of one contact center.
    pub fn opener<'a>(&'a self, center: &'a CenterId) -> SubjectOpener<'a> {
        SubjectOpener {
            family: self,
            center,
            ciphers: BTreeMap::new(),
        }
    }

    /// Seals the key of a recording with the current data key; answers that one's number as well.
    pub(crate) fn seal_key(
        &self,
        center: &CenterId,
        recording: EffectId,
        plain: &[u8],
    ) -> Result<(u32, Vec<u8>), SealError> {
        let cipher = cipher(self.key(self.current), WRAP, center);
        let sealed = encrypt(&cipher, &place(center, recording.0), plain)?;
        Ok((self.current, sealed))
    }

    pub(crate) fn open_key(
        &self,
        center: &CenterId,
        recording: EffectId,
        key_id: u32,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let key = self.keys.get(&key_id);
        let opened = key.and_then(|key| {
            let cipher = cipher(key, WRAP, center);
            decrypt(&cipher, &place(center, recording.0), sealed)
        });
        opened
            .map(Zeroizing::new)
            .ok_or(SealError::WrongRecordingKey {
                recording: recording.0,
                key_id,
            })
    }

    /// HMAC-SHA256 of a phone number in E.164 form (`+14255550100`), truncated to 16 bytes
    /// (RFC 2104 section 5). The caller normalizes: two spellings are two hashes.
    pub fn phone_hash(&self, center: &CenterId, e164: &str) -> PhoneHash {
        PhoneHash(self.hash(PHONE, center, e164))
    }

    /// HMAC-SHA256 of any other text, truncated to 16 bytes: for keys that must be the same again for
    /// the same text, and different in every installation.
    pub fn keyed_hash(&self, center: &CenterId, text: &str) -> u128 {
        self.hash(TEXT, center, text)
    }

    /// HMAC-SHA256 of what a link says, whole: who has the link alone cannot make another.
    pub fn link_signature(&self, center: &CenterId, text: &str) -> Vec<u8> {
        let key = self.hmac_key(LINK, center);
        hmac::sign(&key, text.as_bytes()).as_ref().to_vec()
    }

    /// Whether it is the signature of that; in constant time.
    pub fn is_link_signature(&self, center: &CenterId, text: &str, signature: &[u8]) -> bool {
        let key = self.hmac_key(LINK, center);
        hmac::verify(&key, text.as_bytes(), signature).is_ok()
    }

    fn hmac_key(&self, purpose: &[u8], center: &CenterId) -> hmac::Key {
        let derived = self.key(self.first).derive(purpose, center);
        hmac::Key::new(hmac::HMAC_SHA256, derived.as_slice())
    }

    fn hash(&self, purpose: &[u8], center: &CenterId, text: &str) -> u128 {
        let key = self.hmac_key(purpose, center);
        let tag = hmac::sign(&key, text.as_bytes());
        let truncated = tag
            .as_ref()
            .first_chunk::<HASH_BYTES>()
            .expect("an HMAC-SHA256 tag has 32 bytes");
        u128::from_be_bytes(*truncated)
    }

    fn key(&self, id: u32) -> &DataKey {
        self.keys
            .get(&id)
            .expect("the first and the current key are in the family")
    }
}

/// Opens subjects one after the other, and derives each key once.
pub struct SubjectOpener<'a> {
    family: &'a KeyFamily,
    center: &'a CenterId,
    ciphers: BTreeMap<u32, LessSafeKey>,
}

impl SubjectOpener<'_> {
    /// `None` for an erased subject.
    pub fn open(&mut self, stored: &StoredSubject) -> Result<Option<Vec<u8>>, SealError> {
        let StoredSubject::Sealed(SealedSubject {
            subject,
            key_id,
            sealed,
        }) = stored
        else {
            return Ok(None);
        };
        let (subject, key_id) = (*subject, *key_id);
        let cipher = match self.ciphers.entry(key_id) {
            Entry::Occupied(derived) => derived.into_mut(),
            Entry::Vacant(none) => {
                let key = self.family.keys.get(&key_id);
                let key = key.ok_or(SealError::KeyMissing { subject, key_id })?;
                none.insert(cipher(key, SEAL, self.center))
            }
        };
        let opened = decrypt(cipher, &place(self.center, subject.0), sealed);
        opened
            .map(Some)
            .ok_or(SealError::WrongKey { subject, key_id })
    }
}

fn encrypt(cipher: &LessSafeKey, place: &[u8], plain: &[u8]) -> Result<Vec<u8>, SealError> {
    let mut nonce = [0; NONCE_LEN];
    // 96 random bits are safe below 2^32 rows per key (NIST SP 800-38D 8.3).
    if rand::fill(&mut nonce).is_err() {
        return Err(SealError::NoRandomness);
    }
    let mut sealed = Vec::with_capacity(NONCE_LEN + plain.len() + MAX_TAG_LEN);
    sealed.extend_from_slice(&nonce);
    sealed.extend_from_slice(plain);
    let tag = seal_in_place(cipher, nonce, place, &mut sealed[NONCE_LEN..]);
    sealed.extend_from_slice(tag.as_ref());
    Ok(sealed)
}

fn seal_in_place(
    cipher: &LessSafeKey,
    nonce: [u8; NONCE_LEN],
    place: &[u8],
    plain: &mut [u8],
) -> Tag {
    cipher
        .seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), Aad::from(place), plain)
        .expect("AES-256-GCM seals anything below 64 GiB, and the size was checked")
}

fn decrypt(cipher: &LessSafeKey, place: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
    let (nonce, ciphertext) = sealed.split_first_chunk::<NONCE_LEN>()?;
    let mut buffer = ciphertext.to_vec();
    let nonce = Nonce::assume_unique_for_key(*nonce);
    let opened = cipher.open_in_place(nonce, Aad::from(place), &mut buffer);
    let Ok(length) = opened.map(|plain| plain.len()) else {
        buffer.zeroize();
        return None;
    };
    buffer.truncate(length);
    Some(buffer)
}

fn cipher(key: &DataKey, purpose: &[u8], center: &CenterId) -> LessSafeKey {
    let derived = key.derive(purpose, center);
    let unbound = UnboundKey::new(&AES_256_GCM, derived.as_slice())
        .expect("AES-256-GCM takes exactly the 32 bytes that were derived");
    LessSafeKey::new(unbound)
}

/// Bound into the tag, so that a row copied under another number does not open.
fn place(center: &CenterId, number: u64) -> Vec<u8> {
    let mut place = center.as_str().as_bytes().to_vec();
    place.push(0);
    place.extend_from_slice(&number.to_be_bytes());
    place
}
