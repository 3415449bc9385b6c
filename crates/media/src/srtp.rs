//! SRTP and SRTCP (RFC 3711) with the suites that SDES names (RFC 4568, RFC 7714): one [`Sender`] for what a leg
//! sends, one [`Receiver`] for what it receives. It owns keys, rollover counters and the replay window; it must not
//! know addresses, codecs or time. What does not belong to the call is a counted refusal, whatever its bytes are.

mod checkpoint;
mod cipher;
pub mod sdes;
mod window;

use crate::{Error, rtp};
use cipher::{Cipher, Forged};
use window::Window;
use zeroize::Zeroizing;

/// Synchronization sources of one direction of a leg; a leg that restarts its stream more often needs new keys.
pub const SOURCES_MAX: usize = 64;
/// Packets under a new key after which the one before it is forgotten: two seconds of what is still on its way.
const PREVIOUS_KEY_PACKETS: u64 = 100;
/// RFC 3711 9.2: so many packets may be sent under one master key.
const PACKETS_MAX: u64 = 1 << 48;
/// RFC 3711 9.2: the same for SRTCP, whose index has 31 bits.
const CONTROL_PACKETS_MAX: u32 = 1 << 31;
/// RTCP's fixed header and the SSRC of the sender are never encrypted (RFC 3711 3.4).
const CONTROL_CLEAR_BYTES: usize = 8;
/// The E flag and the SRTCP index.
const CONTROL_INDEX_BYTES: usize = 4;

/// A crypto suite: cipher, authentication and the lengths that go with them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Suite {
    /// RFC 4568 6.2.1; the one that Direct Routing asks for.
    AesCm128HmacSha1Tag80,
    /// RFC 7714.
    AeadAes128Gcm,
    /// RFC 7714.
    AeadAes256Gcm,
}

impl Suite {
    const ALL: [Self; 3] = [
        Self::AesCm128HmacSha1Tag80,
        Self::AeadAes128Gcm,
        Self::AeadAes256Gcm,
    ];

    /// Its name in an `a=crypto` line (RFC 4568 6.2, RFC 7714 14.1).
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::AesCm128HmacSha1Tag80 => "AES_CM_128_HMAC_SHA1_80",
            Self::AeadAes128Gcm => "AEAD_AES_128_GCM",
            Self::AeadAes256Gcm => "AEAD_AES_256_GCM",
        }
    }

    /// The suite of that name, if it is one of ours.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|suite| suite.name() == name)
    }

    const fn key_bytes(self) -> usize {
        match self {
            Self::AesCm128HmacSha1Tag80 | Self::AeadAes128Gcm => 16,
            Self::AeadAes256Gcm => 32,
        }
    }

    const fn salt_bytes(self) -> usize {
        match self {
            Self::AesCm128HmacSha1Tag80 => 14,
            Self::AeadAes128Gcm | Self::AeadAes256Gcm => 12,
        }
    }

    /// Bytes of key and salt together, as SDES carries them.
    #[must_use]
    pub const fn master_bytes(self) -> usize {
        self.key_bytes() + self.salt_bytes()
    }

    const fn tag_bytes(self) -> usize {
        match self {
            Self::AesCm128HmacSha1Tag80 => 10,
            Self::AeadAes128Gcm | Self::AeadAes256Gcm => 16,
        }
    }

    /// Bytes of the tag that stand at the very end. With GCM the tag belongs to the ciphertext and what is
    /// appended stands behind it (RFC 7714 8.2, 9.2).
    const fn last_tag_bytes(self) -> usize {
        match self {
            Self::AesCm128HmacSha1Tag80 => 10,
            Self::AeadAes128Gcm | Self::AeadAes256Gcm => 0,
        }
    }
}

/// The master key identifier that a peer puts into its packets (RFC 3711 3.1).
#[derive(Debug, Clone, PartialEq, Eq)]
struct Mki(Vec<u8>);

/// A master key with its salt. Wiped when dropped; its debug form does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Keys {
    suite: Suite,
    master: Zeroizing<Vec<u8>>,
    mki: Option<Mki>,
    /// Packets that may be sent under it.
    lifetime: u64,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keys")
            .field("suite", &self.suite)
            .finish_non_exhaustive()
    }
}

impl Keys {
    /// `master` is the key followed by the salt; it has to be random and used for one direction of one call.
    pub fn new(suite: Suite, master: &[u8]) -> Result<Self, Error> {
        if master.len() != suite.master_bytes() {
            return Err(Error::Malformed(
                "SRTP key and salt are not of the suite's length",
            ));
        }
        Ok(Self {
            suite,
            master: Zeroizing::new(master.to_vec()),
            mki: None,
            lifetime: PACKETS_MAX,
        })
    }

    #[must_use]
    pub const fn suite(&self) -> Suite {
        self.suite
    }

    fn key(&self) -> &[u8] {
        self.master.split_at(self.suite.key_bytes()).0
    }

    fn salt(&self) -> &[u8] {
        self.master.split_at(self.suite.key_bytes()).1
    }
}

/// The two transforms of one master key.
struct Transforms {
    media: Cipher,
    control: Cipher,
}

impl Transforms {
    fn derive(keys: &Keys) -> Self {
        let (suite, key, salt) = (keys.suite, keys.key(), keys.salt());
        Self {
            media: Cipher::derive(suite, cipher::Labels::MEDIA, key, salt),
            control: Cipher::derive(suite, cipher::Labels::CONTROL, key, salt),
        }
    }
}

/// What has been sent from one source.
struct Sent {
    ssrc: u32,
    media: Window,
    n_control: u32,
}

/// Protects what one leg sends.
pub struct Sender {
    transforms: Transforms,
    sources: Vec<Sent>,
    packets_left: u64,
}

impl Sender {
    #[must_use]
    pub fn new(keys: &Keys) -> Self {
        Self {
            transforms: Transforms::derive(keys),
            sources: Vec::new(),
            packets_left: keys.lifetime,
        }
    }

    /// Encrypts the payload in place and appends the tag. The same sequence number twice would give away what both
    /// packets say (RFC 3711 9.1), so it is refused, and so is one too old to tell.
    pub fn protect(&mut self, packet: &mut Vec<u8>) -> Result<(), Error> {
        let payload_at = rtp::payload_at(packet)?;
        let stamp = rtp::Stamp::read(packet)?;
        if self.packets_left == 0 {
            return Err(Error::Limit("SRTP packets under one key"));
        }
        let sent = source(&mut self.sources, stamp.ssrc)?;
        let index = sent.media.next(stamp.sequence);
        let index = index.filter(|index| !sent.media.has_seen(*index));
        let index = index.ok_or(Error::Malformed("sequence number was sent before"))?;
        sent.media = sent.media.with(index);
        self.packets_left -= 1;
        self.transforms
            .media
            .seal(packet, payload_at, stamp.ssrc, index);
        Ok(())
    }

    /// The same for a compound RTCP packet.
    pub fn protect_control(&mut self, packet: &mut Vec<u8>) -> Result<(), Error> {
        let ssrc = control_ssrc(packet)?;
        let sent = source(&mut self.sources, ssrc)?;
        if sent.n_control == CONTROL_PACKETS_MAX {
            return Err(Error::Limit("SRTCP packets under one key"));
        }
        let index = sent.n_control;
        sent.n_control += 1;
        self.transforms.control.seal_control(packet, ssrc, index);
        Ok(())
    }
}

fn source(sources: &mut Vec<Sent>, ssrc: u32) -> Result<&mut Sent, Error> {
    let at = match sources.iter().position(|sent| sent.ssrc == ssrc) {
        Some(at) => at,
        None if sources.len() == SOURCES_MAX => return Err(Error::Limit("SRTP sources")),
        None => {
            sources.push(Sent {
                ssrc,
                media: Window::Fresh,
                n_control: 0,
            });
            sources.len() - 1
        }
    };
    sources.get_mut(at).ok_or(Error::Limit("SRTP sources"))
}

/// Why a packet was not opened. Nothing of it is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("not an SRTP packet")]
    Malformed,
    #[error("received before, or too old to tell")]
    Replayed,
    #[error("not made with the key of this call")]
    Forged,
    #[error("one source too many")]
    Sources,
}

/// What became of the packets of one direction; each is counted once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    pub n_opened: u64,
    pub n_malformed: u64,
    pub n_replayed: u64,
    pub n_forged: u64,
    pub n_sources_refused: u64,
}

impl Counts {
    fn add(&mut self, outcome: Result<(), Refusal>) {
        let count = match outcome {
            Ok(()) => &mut self.n_opened,
            Err(Refusal::Malformed) => &mut self.n_malformed,
            Err(Refusal::Replayed) => &mut self.n_replayed,
            Err(Refusal::Forged) => &mut self.n_forged,
            Err(Refusal::Sources) => &mut self.n_sources_refused,
        };
        *count = count.saturating_add(1);
    }
}

/// What has been received from one source.
#[derive(Clone, Copy)]
struct Heard {
    ssrc: u32,
    media: Window,
    control: Window,
}

/// One master key and what came under it.
struct Epoch {
    suite: Suite,
    transforms: Transforms,
    mki: Option<Mki>,
    /// Sources that have proved that they know the key, and no others: a flood of forged ones leaves nothing.
    sources: Vec<Heard>,
    n_opened: u64,
}

/// Opens what one leg receives.
pub struct Receiver {
    current: Epoch,
    /// The key before the last change, for what is still on its way.
    previous: Option<Epoch>,
    counts: Counts,
}

impl Receiver {
    #[must_use]
    pub fn new(keys: &Keys) -> Self {
        Self {
            current: Epoch::new(keys),
            previous: None,
            counts: Counts::default(),
        }
    }

    /// The peer has a new key. What was sent under the old one is accepted for two seconds more.
    pub fn change_keys(&mut self, keys: &Keys) {
        let mut next = Epoch::new(keys);
        // RFC 3711 3.3.1: the rollover counter goes on. Peers that begin again at zero are understood as well.
        next.sources = self.current.sources.iter().map(Heard::inherited).collect();
        self.previous = Some(std::mem::replace(&mut self.current, next));
    }

    #[must_use]
    pub const fn counts(&self) -> Counts {
        self.counts
    }

    /// Verifies, decrypts in place and takes the tag off. After a refusal the bytes are worth nothing.
    pub fn open(&mut self, packet: &mut Vec<u8>) -> Result<(), Refusal> {
        let outcome = self.attempt(packet, Epoch::open);
        self.counts.add(outcome);
        outcome
    }

    /// The same for a compound RTCP packet.
    pub fn open_control(&mut self, packet: &mut Vec<u8>) -> Result<(), Refusal> {
        let outcome = self.attempt(packet, Epoch::open_control);
        self.counts.add(outcome);
        outcome
    }

    fn attempt(
        &mut self,
        packet: &mut Vec<u8>,
        open: fn(&mut Epoch, &mut Vec<u8>) -> Result<(), Refusal>,
    ) -> Result<(), Refusal> {
        let Some(previous) = &mut self.previous else {
            return open(&mut self.current, packet);
        };
        let mut older = packet.clone();
        match open(&mut self.current, packet) {
            Ok(()) if self.current.n_opened >= PREVIOUS_KEY_PACKETS => {
                self.previous = None;
                Ok(())
            }
            Err(Refusal::Forged) => {
                open(previous, &mut older)?;
                *packet = older;
                Ok(())
            }
            outcome => outcome,
        }
    }
}

impl Epoch {
    fn new(keys: &Keys) -> Self {
        Self {
            suite: keys.suite,
            transforms: Transforms::derive(keys),
            mki: keys.mki.clone(),
            sources: Vec::new(),
            n_opened: 0,
        }
    }

    fn open(&mut self, packet: &mut Vec<u8>) -> Result<(), Refusal> {
        self.take_mki_off(packet)?;
        let stamp = rtp::Stamp::read(packet).or(Err(Refusal::Malformed))?;
        let payload_at = rtp::payload_at(packet).or(Err(Refusal::Malformed))?;
        if packet.len() < payload_at + self.suite.tag_bytes() {
            return Err(Refusal::Malformed);
        }
        let heard = self.heard(stamp.ssrc);
        let cipher = &self.transforms.media;
        let index = first_that_opens(
            packet,
            heard.media.candidates(stamp.sequence),
            |it, index| {
                if heard.media.has_seen(index) {
                    return Err(Refusal::Replayed);
                }
                cipher.open(it, payload_at, stamp.ssrc, index)?;
                Ok(())
            },
        )?;
        self.keep(Heard {
            media: heard.media.with(index),
            ..heard
        })
    }

    fn open_control(&mut self, packet: &mut Vec<u8>) -> Result<(), Refusal> {
        self.take_mki_off(packet)?;
        let ssrc = control_ssrc(packet).or(Err(Refusal::Malformed))?;
        let least = CONTROL_CLEAR_BYTES + CONTROL_INDEX_BYTES + self.suite.tag_bytes();
        if packet.len() < least {
            return Err(Refusal::Malformed);
        }
        let heard = self.heard(ssrc);
        let index = self.transforms.control.control_index(packet);
        if heard.control.has_seen(index.into()) {
            return Err(Refusal::Replayed);
        }
        self.transforms.control.open_control(packet, ssrc)?;
        self.keep(Heard {
            control: heard.control.with(index.into()),
            ..heard
        })
    }

    fn heard(&self, ssrc: u32) -> Heard {
        let known = self.sources.iter().find(|heard| heard.ssrc == ssrc);
        known.copied().unwrap_or(Heard {
            ssrc,
            media: Window::Fresh,
            control: Window::Fresh,
        })
    }

    fn keep(&mut self, heard: Heard) -> Result<(), Refusal> {
        let is_full = self.sources.len() == SOURCES_MAX;
        match self.sources.iter_mut().find(|it| it.ssrc == heard.ssrc) {
            Some(known) => *known = heard,
            None if is_full => return Err(Refusal::Sources),
            None => self.sources.push(heard),
        }
        self.n_opened += 1;
        Ok(())
    }

    /// RFC 3711 3.1: the identifier stands before the tag. Another one than the agreed one names another key.
    fn take_mki_off(&self, packet: &mut Vec<u8>) -> Result<(), Refusal> {
        let Some(Mki(mki)) = &self.mki else {
            return Ok(());
        };
        let end = packet.len().checked_sub(self.suite.last_tag_bytes());
        let end = end.ok_or(Refusal::Malformed)?;
        let start = end.checked_sub(mki.len()).ok_or(Refusal::Malformed)?;
        let is_ours = packet.drain(start..end).as_slice() == mki.as_slice();
        if is_ours {
            Ok(())
        } else {
            Err(Refusal::Forged)
        }
    }
}

impl Heard {
    fn inherited(&self) -> Self {
        Self {
            ssrc: self.ssrc,
            media: self.media.inherited(),
            control: Window::Fresh,
        }
    }
}

impl From<Forged> for Refusal {
    fn from(Forged: Forged) -> Self {
        Self::Forged
    }
}

/// Tries the packet under each index that it may have; almost always there is one.
fn first_that_opens(
    packet: &mut Vec<u8>,
    candidates: [Option<u64>; 2],
    mut open: impl FnMut(&mut Vec<u8>, u64) -> Result<(), Refusal>,
) -> Result<u64, Refusal> {
    match candidates {
        [None, None] => Err(Refusal::Replayed),
        [Some(only), None] | [None, Some(only)] => open(packet, only).map(|()| only),
        [Some(likely), Some(other)] => {
            let mut again = packet.clone();
            if open(packet, likely).is_ok() {
                return Ok(likely);
            }
            open(&mut again, other)?;
            *packet = again;
            Ok(other)
        }
    }
}

/// The sender of the first packet of a compound: the key to its state (RFC 3711 3.4).
fn control_ssrc(packet: &[u8]) -> Result<u32, Error> {
    match packet {
        [first, _, _, _, s0, s1, s2, s3, ..] if first >> 6 == 2 => {
            Ok(u32::from_be_bytes([*s0, *s1, *s2, *s3]))
        }
        [_, _, _, _, _, _, _, _, ..] => Err(Error::Malformed("RTCP version")),
        _ => Err(Error::Truncated("RTCP header")),
    }
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod vectors;
