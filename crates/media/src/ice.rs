//! The lite side of ICE (RFC 8445 2.5): it has one candidate, which is on a public address, never sends checks, and
//! answers those of the other side. STUN messages in and out (RFC 8489); which socket they come over is not its business.
//!
//! Direct Routing with media bypass needs it: several clients of one call may check, each until it is answered, before
//! and after the final answer; the one that nominates gets the sound.

use crate::Error;
use aws_lc_rs::hmac;
use std::net::{IpAddr, SocketAddr};
use zeroize::Zeroizing;

const HEADER_BYTES: usize = 20;
/// A check has some 120 bytes.
const MESSAGE_BYTES_MAX: usize = 1_200;
const COOKIE: [u8; 4] = [0x21, 0x12, 0xA4, 0x42];
const FINGERPRINT_XOR: u32 = 0x5354_554E;
const INTEGRITY_BYTES: usize = 20;

const BINDING_REQUEST: u16 = 0x0001;
const BINDING_SUCCESS: u16 = 0x0101;
const BINDING_ERROR: u16 = 0x0111;

const USERNAME: u16 = 0x0006;
const MESSAGE_INTEGRITY: u16 = 0x0008;
const ERROR_CODE: u16 = 0x0009;
const UNKNOWN_ATTRIBUTES: u16 = 0x000A;
const XOR_MAPPED_ADDRESS: u16 = 0x0020;
const PRIORITY: u16 = 0x0024;
const USE_CANDIDATE: u16 = 0x0025;
const FINGERPRINT: u16 = 0x8028;
/// Those below have to be understood (RFC 8489 14).
const OPTIONAL_FROM: u16 = 0x8000;

/// RFC 8445 5.3: at least four and 22 characters of letters, digits, `+` and `/`.
const UFRAG_CHARACTERS_MIN: usize = 4;
const PASSWORD_CHARACTERS_MIN: usize = 22;
const CREDENTIAL_CHARACTERS_MAX: usize = 256;

/// Our user fragment and password of one description; an ICE restart brings others.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    ufrag: String,
    password: Zeroizing<String>,
}

/// Why a datagram was not answered. Nothing else is said to who sent it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Ignored {
    #[error("not a STUN message")]
    Malformed,
    #[error("not a check")]
    NotARequest,
    #[error("a check for somebody else, or without the password of this call")]
    Unproved,
}

/// What a check asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Check {
    /// Whether the way there and back is open.
    Valid,
    /// The same, and sound is to take this way (RFC 8445 7.3.1.5).
    Nominates,
    /// Something that has to be understood and is not: it was answered with an error.
    Refused,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credentials")
            .field("ufrag", &self.ufrag)
            .finish_non_exhaustive()
    }
}

impl Credentials {
    pub fn new(ufrag: &str, password: &str) -> Result<Self, Error> {
        let is_one = |text: &str, min: usize| {
            let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
            (min..=CREDENTIAL_CHARACTERS_MAX).contains(&text.len()) && text.bytes().all(is_allowed)
        };
        if !is_one(ufrag, UFRAG_CHARACTERS_MIN) || !is_one(password, PASSWORD_CHARACTERS_MIN) {
            return Err(Error::Malformed("ICE user fragment or password"));
        }
        Ok(Self {
            ufrag: ufrag.to_owned(),
            password: Zeroizing::new(password.to_owned()),
        })
    }

    /// For the description: `a=ice-ufrag`.
    #[must_use]
    pub fn ufrag(&self) -> &str {
        &self.ufrag
    }

    /// For the description: `a=ice-pwd`.
    #[must_use]
    pub fn password(&self) -> &str {
        &self.password
    }

    /// Answers a check: the bytes of the answer go back to where it came from, over an emptied buffer.
    pub fn answer(
        &self,
        from: SocketAddr,
        datagram: &[u8],
        answer: &mut Vec<u8>,
    ) -> Result<Check, Ignored> {
        let message = Message::parse(datagram)?;
        if message.kind != BINDING_REQUEST {
            return Err(Ignored::NotARequest);
        }
        // RFC 8445 7.1: checks have one.
        if !message.has_fingerprint {
            return Err(Ignored::Malformed);
        }
        self.prove(&message)?;
        answer.clear();
        if message.unknown.is_empty() {
            begin(answer, BINDING_SUCCESS, message.transaction);
            add(
                answer,
                XOR_MAPPED_ADDRESS,
                &xor_mapped(from, message.transaction),
            );
            self.seal(answer);
            return Ok(if message.nominates {
                Check::Nominates
            } else {
                Check::Valid
            });
        }
        begin(answer, BINDING_ERROR, message.transaction);
        add(answer, ERROR_CODE, &[0, 0, 4, 20]);
        let unknown: Vec<u8> = message
            .unknown
            .iter()
            .flat_map(|kind| kind.to_be_bytes())
            .collect();
        add(answer, UNKNOWN_ATTRIBUTES, &unknown);
        self.seal(answer);
        Ok(Check::Refused)
    }

    /// A check of the other side, as it is made with our credentials: for peers that the lite side is tried against.
    #[must_use]
    pub fn check(&self, their_ufrag: &str, transaction: &[u8; 12], check: Check) -> Vec<u8> {
        let mut message = Vec::new();
        begin(&mut message, BINDING_REQUEST, transaction);
        add(
            &mut message,
            USERNAME,
            format!("{}:{their_ufrag}", self.ufrag).as_bytes(),
        );
        add(&mut message, PRIORITY, &[0x6E, 0, 1, 0xFF]);
        match check {
            Check::Nominates => add(&mut message, USE_CANDIDATE, &[]),
            Check::Valid | Check::Refused => {}
        }
        self.seal(&mut message);
        message
    }

    /// RFC 8445 7.3: the user is `ours:theirs`, and the key is our password.
    fn prove(&self, message: &Message<'_>) -> Result<(), Ignored> {
        let user = message
            .user
            .and_then(|user| user.strip_prefix(self.ufrag.as_bytes()));
        let is_ours = user.is_some_and(|rest| rest.first() == Some(&b':'));
        let (covered, tag) = message.integrity.ok_or(Ignored::Unproved)?;
        if !is_ours {
            return Err(Ignored::Unproved);
        }
        // RFC 8489 14.5: the length of the header counts up to the end of the integrity.
        let mut signed = covered.to_vec();
        put_length(
            &mut signed,
            covered.len() - HEADER_BYTES + 4 + INTEGRITY_BYTES,
        );
        hmac::verify(&self.key(), &signed, tag).or(Err(Ignored::Unproved))
    }

    fn seal(&self, message: &mut Vec<u8>) {
        let length = message.len() - HEADER_BYTES + 4 + INTEGRITY_BYTES;
        put_length(message, length);
        let tag = hmac::sign(&self.key(), message);
        add(message, MESSAGE_INTEGRITY, tag.as_ref());
        let length = message.len() - HEADER_BYTES + 8;
        put_length(message, length);
        let fingerprint = crc32(message) ^ FINGERPRINT_XOR;
        add(message, FINGERPRINT, &fingerprint.to_be_bytes());
    }

    fn key(&self) -> hmac::Key {
        hmac::Key::new(
            hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
            self.password.as_bytes(),
        )
    }
}

/// Whether a datagram on a port shared with RTP is STUN (RFC 7983 7).
#[must_use]
pub fn is_stun(datagram: &[u8]) -> bool {
    matches!(datagram, [0..=3, ..])
}

/// What is read of a message.
struct Message<'a> {
    kind: u16,
    transaction: &'a [u8; 12],
    user: Option<&'a [u8]>,
    /// What it covers, and the tag.
    integrity: Option<(&'a [u8], &'a [u8])>,
    nominates: bool,
    has_fingerprint: bool,
    unknown: Vec<u16>,
}

impl<'a> Message<'a> {
    fn parse(datagram: &'a [u8]) -> Result<Self, Ignored> {
        let (header, mut rest) = datagram
            .split_first_chunk::<HEADER_BYTES>()
            .ok_or(Ignored::Malformed)?;
        let [k0, k1, l0, l1, c0, c1, c2, c3, transaction @ ..] = header;
        let length = usize::from(u16::from_be_bytes([*l0, *l1]));
        let is_whole = length == rest.len() && length.is_multiple_of(4);
        if !is_whole || [*c0, *c1, *c2, *c3] != COOKIE || datagram.len() > MESSAGE_BYTES_MAX {
            return Err(Ignored::Malformed);
        }
        let mut message = Self {
            kind: u16::from_be_bytes([*k0, *k1]),
            transaction,
            user: None,
            integrity: None,
            nominates: false,
            has_fingerprint: false,
            unknown: Vec::new(),
        };
        while let Some(([k0, k1, l0, l1], after)) = rest.split_first_chunk::<4>() {
            let start = datagram.len() - rest.len();
            let kind = u16::from_be_bytes([*k0, *k1]);
            let length = usize::from(u16::from_be_bytes([*l0, *l1]));
            let value = after.get(..length).ok_or(Ignored::Malformed)?;
            let before = datagram.split_at(start).0;
            message.read(kind, value, before)?;
            rest = after
                .get(length.next_multiple_of(4)..)
                .ok_or(Ignored::Malformed)?;
        }
        Ok(message)
    }

    fn read(&mut self, kind: u16, value: &'a [u8], before: &'a [u8]) -> Result<(), Ignored> {
        if kind == FINGERPRINT {
            // RFC 8489 14.7
            self.has_fingerprint = true;
            let expected = (crc32(before) ^ FINGERPRINT_XOR).to_be_bytes();
            return if value == expected {
                Ok(())
            } else {
                Err(Ignored::Malformed)
            };
        }
        // What stands behind the integrity is not protected by it (RFC 8489 14.5).
        if self.integrity.is_some() {
            return Ok(());
        }
        match kind {
            USERNAME => self.user = Some(value),
            MESSAGE_INTEGRITY if value.len() == INTEGRITY_BYTES => {
                self.integrity = Some((before, value))
            }
            MESSAGE_INTEGRITY => return Err(Ignored::Malformed),
            USE_CANDIDATE => self.nominates = true,
            PRIORITY => {}
            _ if kind < OPTIONAL_FROM => self.unknown.push(kind),
            _ => {}
        }
        Ok(())
    }
}

fn begin(message: &mut Vec<u8>, kind: u16, transaction: &[u8; 12]) {
    message.extend(kind.to_be_bytes());
    message.extend([0, 0]);
    message.extend(COOKIE);
    message.extend(transaction);
}

fn add(message: &mut Vec<u8>, kind: u16, value: &[u8]) {
    message.extend(kind.to_be_bytes());
    message.extend(u16::try_from(value.len()).unwrap_or_default().to_be_bytes());
    message.extend(value);
    message.resize(message.len().next_multiple_of(4), 0);
    let length = message.len() - HEADER_BYTES;
    put_length(message, length);
}

fn put_length(message: &mut [u8], length: usize) {
    if let Some(field) = message.get_mut(2..4) {
        field.copy_from_slice(&u16::try_from(length).unwrap_or_default().to_be_bytes());
    }
}

/// RFC 8489 14.2
fn xor_mapped(address: SocketAddr, transaction: &[u8; 12]) -> Vec<u8> {
    let mask = || COOKIE.iter().chain(transaction);
    let [p0, p1] = address.port().to_be_bytes();
    let ip = match address.ip().to_canonical() {
        IpAddr::V4(ip) => ip.octets().to_vec(),
        IpAddr::V6(ip) => ip.octets().to_vec(),
    };
    let family = if ip.len() == 4 { 1 } else { 2 };
    let mut value = vec![0, family, p0 ^ COOKIE[0], p1 ^ COOKIE[1]];
    value.extend(ip.iter().zip(mask()).map(|(byte, mask)| byte ^ mask));
    value
}

/// That of Ethernet (ITU-T V.42), bit by bit: a check has a hundred bytes.
fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for &byte in bytes {
        crc ^= u32::from(byte);
        for _ in 0..8 {
            let is_set = crc & 1 != 0;
            crc >>= 1;
            if is_set {
                crc ^= 0xEDB8_8320;
            }
        }
    }
    !crc
}

#[cfg(test)]
mod tests {
    use super::{Check, Credentials, Ignored, USE_CANDIDATE, add, begin, crc32, is_stun};
    use proptest::prelude::*;
    use std::net::SocketAddr;

    /// The request of RFC 5769 2.1.
    const REQUEST: &str = "000100582112a442b7e7a701bc34d686fa87dfae802200105354554e207465737420636c69656e74\
        002400046e0001ff80290008932ff9b151263b36000600096576746a3a68367659202020\
        000800149aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a280280004e57a3bcf";

    fn bytes(hex: &str) -> Vec<u8> {
        let digits: Vec<u32> = hex.chars().filter_map(|it| it.to_digit(16)).collect();
        let pairs = digits.as_chunks::<2>().0.iter();
        pairs
            .map(|[high, low]| u8::try_from(high * 16 + low).unwrap())
            .collect()
    }

    fn credentials() -> Credentials {
        Credentials::new("evtj", "VOkJxbRl1RmTxUk/WvJxBt").unwrap()
    }

    fn from() -> SocketAddr {
        "192.0.2.1:32853".parse().unwrap()
    }

    fn check(attributes: &[(u16, &[u8])]) -> Vec<u8> {
        let mut message = Vec::new();
        begin(&mut message, super::BINDING_REQUEST, &[7; 12]);
        for (kind, value) in attributes {
            add(&mut message, *kind, value);
        }
        credentials().seal(&mut message);
        message
    }

    #[test]
    fn request_of_rfc_5769_is_believed_and_answered_with_its_address() {
        let request = bytes(REQUEST);
        assert!(is_stun(&request) && !is_stun(&[0x80, 8]));
        let mut answer = Vec::new();
        let outcome = credentials().answer(from(), &request, &mut answer);
        assert_eq!(outcome, Ok(Check::Valid));
        // RFC 5769 2.2 has this address of this transaction, beside a name of the software.
        assert_eq!(answer[..2], [1, 1]);
        assert_eq!(answer[4..20], request[4..20]);
        assert_eq!(answer[20..32], bytes("002000080001a147e112a643"));
        // And is whole itself.
        let message = super::Message::parse(&answer).unwrap();
        let (covered, tag) = message.integrity.unwrap();
        let mut signed = covered.to_vec();
        super::put_length(&mut signed, covered.len() + 4);
        assert!(super::hmac::verify(&credentials().key(), &signed, tag).is_ok());
    }

    #[test]
    fn address_of_version_6_is_written_as_rfc_5769_does() {
        let transaction = bytes("b7e7a701bc34d686fa87dfae");
        let address = "[2001:db8:1234:5678:11:2233:4455:6677]:32853"
            .parse()
            .unwrap();
        let value = super::xor_mapped(address, transaction.as_slice().try_into().unwrap());
        assert_eq!(value, bytes("0002a1470113a9faa5d3f179bc25f4b5bed2b9d9"));
    }

    #[test]
    fn check_of_somebody_else_is_not_answered() {
        let request = bytes(REQUEST);
        let mut answer = Vec::new();
        let other = Credentials::new("evtj", "VOkJxbRl1RmTxUk/WvJxBx").unwrap();
        assert_eq!(
            other.answer(from(), &request, &mut answer),
            Err(Ignored::Unproved)
        );
        let other = Credentials::new("evtjh", "VOkJxbRl1RmTxUk/WvJxBt").unwrap();
        assert_eq!(
            other.answer(from(), &request, &mut answer),
            Err(Ignored::Unproved)
        );
        for at in 0..request.len() {
            let mut changed = request.clone();
            changed[at] ^= 0x40;
            assert!(
                credentials().answer(from(), &changed, &mut answer).is_err(),
                "byte {at}"
            );
            assert!(
                credentials()
                    .answer(from(), &request[..at], &mut answer)
                    .is_err()
            );
        }
        assert!(answer.is_empty());
    }

    #[test]
    fn nomination_is_told_and_what_is_not_understood_is_refused_by_its_number() {
        let user: (u16, &[u8]) = (super::USERNAME, b"evtj:h6vY");
        let mut answer = Vec::new();
        let nominates = check(&[user, (USE_CANDIDATE, &[])]);
        assert_eq!(
            credentials().answer(from(), &nominates, &mut answer),
            Ok(Check::Nominates)
        );
        // A vendor's own, which may be left alone.
        let optional = check(&[user, (0xC001, &[1, 2, 3, 4])]);
        assert_eq!(
            credentials().answer(from(), &optional, &mut answer),
            Ok(Check::Valid)
        );
        let unknown = check(&[user, (0x0031, &[0; 4])]);
        assert_eq!(
            credentials().answer(from(), &unknown, &mut answer),
            Ok(Check::Refused)
        );
        assert_eq!(
            answer[20..36],
            [0, 9, 0, 4, 0, 0, 4, 20, 0, 10, 0, 2, 0, 0x31, 0, 0]
        );
        // Behind the integrity nothing counts.
        let mut late = check(&[user]);
        late.truncate(late.len() - 8);
        add(&mut late, USE_CANDIDATE, &[]);
        let length = late.len() - 20 + 8;
        super::put_length(&mut late, length);
        let fingerprint = crc32(&late) ^ super::FINGERPRINT_XOR;
        add(&mut late, super::FINGERPRINT, &fingerprint.to_be_bytes());
        assert_eq!(
            credentials().answer(from(), &late, &mut answer),
            Ok(Check::Valid)
        );
        let response = answer.clone();
        assert_eq!(
            credentials().answer(from(), &response, &mut answer),
            Err(Ignored::NotARequest)
        );
    }

    #[test]
    fn check_of_a_peer_is_what_is_answered() {
        let mut answer = Vec::new();
        for check in [Check::Valid, Check::Nominates] {
            let message = credentials().check("h6vY", &[3; 12], check);
            let outcome = credentials().answer(from(), &message, &mut answer);
            assert_eq!(outcome, Ok(check));
        }
    }

    #[test]
    fn credentials_have_the_lengths_and_characters_of_rfc_8445() {
        for (ufrag, password) in [
            ("abc", "VOkJxbRl1RmTxUk/WvJxBt"),
            ("abcd", "short"),
            ("ab d", "VOkJxbRl1RmTxUk/WvJxBt"),
        ] {
            assert!(Credentials::new(ufrag, password).is_err());
        }
        let shown = format!("{:?}", credentials());
        assert!(shown.contains("evtj") && !shown.contains("VOkJ"), "{shown}");
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
    }

    proptest! {
        #[test]
        fn any_bytes_are_answered_or_ignored(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let mut framed = check(&[]);
            framed.truncate(20);
            framed.extend(&bytes);
            super::put_length(&mut framed, bytes.len());
            for datagram in [&bytes, &framed] {
                let mut answer = Vec::new();
                prop_assert!(credentials().answer(from(), datagram, &mut answer).is_err());
            }
        }
    }
}
