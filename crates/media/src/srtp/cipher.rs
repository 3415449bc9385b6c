//! The transforms of the suites: AES in counter mode with HMAC-SHA1 (RFC 3711 4) and AES-GCM (RFC 7714), and the
//! session keys that they use (RFC 3711 4.3). The arithmetic is that of aws-lc.

use super::{CONTROL_CLEAR_BYTES, CONTROL_INDEX_BYTES, Suite};
use aws_lc_rs::aead::{AES_128_GCM, AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::cipher::{AES_128, AES_256, EncryptingKey, EncryptionContext, UnboundCipherKey};
use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::hmac;
use aws_lc_rs::iv::FixedLength;
use zeroize::Zeroizing;

/// The E flag: the packet is encrypted (RFC 3711 3.4).
const ENCRYPTED: u32 = 1 << 31;
const SHA1_KEY_BYTES: usize = 20;
const HMAC_TAG_BYTES: usize = 10;
const GCM_TAG_BYTES: usize = 16;

/// The tag does not fit the packet under this key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Forged;

/// What the keys of a stream are derived by (RFC 3711 4.3.1, 4.3.2).
#[derive(Debug, Clone, Copy)]
pub(super) struct Labels {
    encryption: u8,
    authentication: u8,
    salt: u8,
}

impl Labels {
    pub(super) const MEDIA: Self = Self {
        encryption: 0,
        authentication: 1,
        salt: 2,
    };
    pub(super) const CONTROL: Self = Self {
        encryption: 3,
        authentication: 4,
        salt: 5,
    };
}

/// The session keys of one stream.
pub(super) enum Cipher {
    Counter {
        stream: Box<EncryptingKey>,
        salt: [u8; 14],
        authentication: Box<hmac::Key>,
    },
    Gcm {
        key: LessSafeKey,
        salt: [u8; 12],
    },
}

impl Cipher {
    pub(super) fn derive(suite: Suite, labels: Labels, master: &[u8], master_salt: &[u8]) -> Self {
        let prf = stream_key(master);
        let mut key = Zeroizing::new(vec![0; suite.key_bytes()]);
        derive_into(&prf, master_salt, labels.encryption, &mut key);
        match suite {
            Suite::AesCm128HmacSha1Tag80 => {
                let (mut salt, mut secret) = ([0; 14], Zeroizing::new([0; SHA1_KEY_BYTES]));
                derive_into(&prf, master_salt, labels.salt, &mut salt);
                derive_into(&prf, master_salt, labels.authentication, &mut *secret);
                Self::counter(&key, salt, &*secret)
            }
            Suite::AeadAes128Gcm | Suite::AeadAes256Gcm => {
                let mut salt = [0; 12];
                derive_into(&prf, master_salt, labels.salt, &mut salt);
                Self::gcm(&key, salt)
            }
        }
    }

    pub(super) fn counter(key: &[u8], salt: [u8; 14], secret: &[u8]) -> Self {
        Self::Counter {
            stream: Box::new(stream_key(key)),
            salt,
            authentication: Box::new(hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret)),
        }
    }

    pub(super) fn gcm(key: &[u8], salt: [u8; 12]) -> Self {
        let algorithm = if key.len() == 16 {
            &AES_128_GCM
        } else {
            &AES_256_GCM
        };
        let key = UnboundKey::new(algorithm, key).expect("the suite says how long its key is");
        Self::Gcm {
            key: LessSafeKey::new(key),
            salt,
        }
    }

    /// Encrypts what follows the header, and appends the tag.
    pub(super) fn seal(&self, packet: &mut Vec<u8>, payload_at: usize, ssrc: u32, index: u64) {
        match self {
            Self::Counter {
                stream,
                salt,
                authentication,
            } => {
                apply(
                    stream,
                    &counter_block(salt, ssrc, index),
                    tail(packet, payload_at),
                );
                let tag = tag(authentication, packet, Some(rollover(index)));
                packet.extend(tag);
            }
            Self::Gcm { key, salt } => {
                let header_bytes = payload_at.min(packet.len());
                let (header, payload) = packet.split_at_mut(header_bytes);
                let nonce = media_nonce(salt, ssrc, index);
                let tag = key
                    .seal_in_place_separate_tag(nonce, Aad::from(&*header), payload)
                    .expect("a packet is shorter than GCM's limit");
                packet.extend(tag.as_ref());
            }
        }
    }

    /// The packet without its tag, decrypted. Its length has been looked at.
    pub(super) fn open(
        &self,
        packet: &mut Vec<u8>,
        payload_at: usize,
        ssrc: u32,
        index: u64,
    ) -> Result<(), Forged> {
        match self {
            Self::Counter {
                stream,
                salt,
                authentication,
            } => {
                let theirs = take_tag::<HMAC_TAG_BYTES>(packet)?;
                let ours = tag(authentication, packet, Some(rollover(index)));
                if verify_slices_are_equal(&theirs, &ours).is_err() {
                    // Another index may fit: the packet stays as it was.
                    packet.extend(theirs);
                    return Err(Forged);
                }
                apply(
                    stream,
                    &counter_block(salt, ssrc, index),
                    tail(packet, payload_at),
                );
                Ok(())
            }
            Self::Gcm { key, salt } => {
                let header_bytes = payload_at.min(packet.len());
                let (header, sealed) = packet.split_at_mut(header_bytes);
                let nonce = media_nonce(salt, ssrc, index);
                let opened = key.open_in_place(nonce, Aad::from(&*header), sealed);
                opened.or(Err(Forged))?;
                packet.truncate(packet.len().saturating_sub(GCM_TAG_BYTES));
                Ok(())
            }
        }
    }

    /// The index that a received SRTCP packet says it has.
    pub(super) fn control_index(&self, packet: &[u8]) -> u32 {
        self.control_word(packet) & !ENCRYPTED
    }

    /// Encrypts what follows the clear part, and appends index and tag in the suite's order.
    pub(super) fn seal_control(&self, packet: &mut Vec<u8>, ssrc: u32, index: u32) {
        let word = (ENCRYPTED | index).to_be_bytes();
        match self {
            Self::Counter {
                stream,
                salt,
                authentication,
            } => {
                let block = counter_block(salt, ssrc, index.into());
                apply(stream, &block, tail(packet, CONTROL_CLEAR_BYTES));
                packet.extend(word);
                let tag = tag(authentication, packet, None);
                packet.extend(tag);
            }
            Self::Gcm { key, salt } => {
                let clear_bytes = CONTROL_CLEAR_BYTES.min(packet.len());
                let (clear, body) = packet.split_at_mut(clear_bytes);
                let aad = Aad::from([clear, word.as_slice()].concat());
                let tag = key
                    .seal_in_place_separate_tag(control_nonce(salt, ssrc, index), aad, body)
                    .expect("a packet is shorter than GCM's limit");
                packet.extend(tag.as_ref());
                packet.extend(word);
            }
        }
    }

    /// The packet without index and tag, decrypted if it was encrypted. Its length has been looked at.
    pub(super) fn open_control(&self, packet: &mut Vec<u8>, ssrc: u32) -> Result<(), Forged> {
        let word = self.control_word(packet);
        let (is_encrypted, index) = (word & ENCRYPTED != 0, word & !ENCRYPTED);
        match self {
            Self::Counter {
                stream,
                salt,
                authentication,
            } => {
                let theirs = take_tag::<HMAC_TAG_BYTES>(packet)?;
                let ours = tag(authentication, packet, None);
                verify_slices_are_equal(&theirs, &ours).or(Err(Forged))?;
                packet.truncate(packet.len().saturating_sub(CONTROL_INDEX_BYTES));
                if is_encrypted {
                    let block = counter_block(salt, ssrc, index.into());
                    apply(stream, &block, tail(packet, CONTROL_CLEAR_BYTES));
                }
                Ok(())
            }
            Self::Gcm { key, salt } => {
                packet.truncate(packet.len().saturating_sub(CONTROL_INDEX_BYTES));
                // RFC 7714 9.2, 9.3: without encryption all of it is only authenticated.
                let clear_bytes = if is_encrypted {
                    CONTROL_CLEAR_BYTES.min(packet.len())
                } else {
                    packet.len().saturating_sub(GCM_TAG_BYTES)
                };
                let (clear, sealed) = packet.split_at_mut(clear_bytes);
                let aad = Aad::from([clear, word.to_be_bytes().as_slice()].concat());
                let nonce = control_nonce(salt, ssrc, index);
                key.open_in_place(nonce, aad, sealed).or(Err(Forged))?;
                packet.truncate(packet.len().saturating_sub(GCM_TAG_BYTES));
                Ok(())
            }
        }
    }

    /// The E flag and the index, where the suite puts them.
    fn control_word(&self, packet: &[u8]) -> u32 {
        let after = match self {
            Self::Counter { .. } => HMAC_TAG_BYTES,
            Self::Gcm { .. } => 0,
        };
        let end = packet.len().saturating_sub(after);
        let word = packet.split_at(end).0.last_chunk::<CONTROL_INDEX_BYTES>();
        word.map_or(0, |word| u32::from_be_bytes(*word))
    }
}

/// RFC 3711 4.3.1 with a key derivation rate of zero: the keystream of the master key under the label.
fn derive_into(prf: &EncryptingKey, master_salt: &[u8], label: u8, out: &mut [u8]) {
    let mut block = [0; 16];
    for (to, from) in block.iter_mut().zip(master_salt) {
        *to = *from;
    }
    block[7] ^= label;
    out.fill(0);
    apply(prf, &block, out);
}

fn stream_key(key: &[u8]) -> EncryptingKey {
    let algorithm = if key.len() == 16 { &AES_128 } else { &AES_256 };
    let key = UnboundCipherKey::new(algorithm, key).expect("the suite says how long its key is");
    EncryptingKey::ctr(key).expect("AES has a counter mode")
}

/// Adds the keystream that begins at a block.
fn apply(stream: &EncryptingKey, block: &[u8; 16], bytes: &mut [u8]) {
    let context = EncryptionContext::Iv128(FixedLength::from(block));
    let applied = stream.less_safe_encrypt(bytes, context);
    applied.expect("counter mode takes any length");
}

/// RFC 3711 4.1.1: salt, SSRC and index above a 16-bit counter of blocks.
fn counter_block(salt: &[u8; 14], ssrc: u32, index: u64) -> [u8; 16] {
    let mut block = (u128::from(ssrc) << 64 | u128::from(index) << 16).to_be_bytes();
    for (to, from) in block.iter_mut().zip(salt) {
        *to ^= from;
    }
    block
}

/// RFC 7714 8.1: SSRC, rollover counter and sequence number behind two zeros.
fn media_nonce(salt: &[u8; 12], ssrc: u32, index: u64) -> Nonce {
    nonce(salt, u128::from(ssrc) << 48 | u128::from(index))
}

/// RFC 7714 9.1.
fn control_nonce(salt: &[u8; 12], ssrc: u32, index: u32) -> Nonce {
    nonce(salt, u128::from(ssrc) << 48 | u128::from(index))
}

fn nonce(salt: &[u8; 12], value: u128) -> Nonce {
    let [_, _, _, _, bytes @ ..] = value.to_be_bytes();
    let mut bytes: [u8; 12] = bytes;
    for (to, from) in bytes.iter_mut().zip(salt) {
        *to ^= from;
    }
    Nonce::assume_unique_for_key(bytes)
}

/// RFC 3711 4.2: the packet, and for RTP the rollover counter that is not sent.
fn tag(key: &hmac::Key, packet: &mut Vec<u8>, rollover: Option<[u8; 4]>) -> [u8; HMAC_TAG_BYTES] {
    let length = packet.len();
    packet.extend(rollover.into_iter().flatten());
    let whole = hmac::sign(key, packet);
    packet.truncate(length);
    let tag = whole.as_ref().first_chunk::<HMAC_TAG_BYTES>();
    *tag.expect("SHA-1 has twenty bytes")
}

fn take_tag<const N: usize>(packet: &mut Vec<u8>) -> Result<[u8; N], Forged> {
    let tag = *packet.last_chunk::<N>().ok_or(Forged)?;
    packet.truncate(packet.len() - N);
    Ok(tag)
}

fn rollover(index: u64) -> [u8; 4] {
    let [_, _, r0, r1, r2, r3, _, _] = index.to_be_bytes();
    [r0, r1, r2, r3]
}

fn tail(packet: &mut [u8], from: usize) -> &mut [u8] {
    let from = from.min(packet.len());
    packet.split_at_mut(from).1
}
