//! Offer and answer (RFC 3264) for somebody who owns the media: one audio line, SDES keys, one
//! codec chosen. What was agreed is a value for the media side. Keys and ports come from outside.

use super::{Codec, Crypto, Direction, Format, Ice, KeyMaterial, Media, Origin, Profile};
use super::{SessionDescription, Suite};

/// What one trunk or phone is spoken to with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Capabilities {
    /// The best first.
    pub codecs: Vec<Codec>,
    pub security: Security,
    /// Accepted suites, the best first. Teams demands `AES_CM_128_HMAC_SHA1_80` (A.9).
    pub suites: Vec<Suite>,
    pub ice: IceUse,
    pub ptime_ms: u16,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    Never,
    WhenOffered,
    Always,
}

/// Whether the other side must speak ICE: on a trunk with media bypass it must (A.9).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IceUse {
    WhenOffered,
    Required,
}

/// Our side of one leg. A call keeps its address and port for its life: Teams goes on sending to
/// the first (A.7).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Local {
    pub address: std::net::IpAddr,
    pub port: u16,
    pub rtcp: Rtcp,
    pub session: u64,
    /// Raised by one with each description that differs (RFC 3264 8).
    pub version: u64,
    pub direction: Direction,
    /// One key for each suite that may be chosen.
    pub keys: Vec<(Suite, KeyMaterial)>,
    pub ice: Option<IceLite>,
}

/// Where RTCP goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rtcp {
    /// On the port of RTP (RFC 5761).
    Muxed,
    Port(u16),
}

/// What we say of ourselves as an ICE-lite agent: one candidate, never a check (A.9).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IceLite {
    pub user: String,
    pub password: String,
}

/// What both sides will do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agreed {
    pub codec: Codec,
    pub payload: u8,
    pub telephone_event: Option<u8>,
    pub comfort_noise: Option<u8>,
    pub ptime_ms: u16,
    /// Ours: whether we send and whether we receive.
    pub direction: Direction,
    pub remote_address: String,
    pub remote_port: u16,
    pub remote_rtcp: Rtcp,
    pub srtp: Option<Srtp>,
    pub remote_ice: Option<RemoteIce>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Srtp {
    pub suite: Suite,
    pub local: KeyMaterial,
    pub remote: KeyMaterial,
}

/// New credentials in a later offer are an ICE restart (RFC 8445 9).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteIce {
    pub user: String,
    pub password: String,
    pub candidates: Vec<String>,
}

/// Why an offer or an answer is of no use: 488, with the words of [`Refused::warning`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error("no audio line with a port and an address")]
    NoAudio,
    #[error("no codec in common")]
    NoCodec,
    #[error("SRTP with a known suite is required")]
    NoSecurity,
    #[error("SRTP is not spoken here")]
    UnwantedSecurity,
    #[error("ICE is required")]
    NoIce,
    #[error("the answer does not fit the offer")]
    NotAnAnswer,
}

impl Refused {
    /// Code and text of a Warning header (RFC 3261 20.43).
    #[must_use]
    pub const fn warning(self) -> (u16, &'static str) {
        match self {
            Self::NoAudio => (304, "Media type not available"),
            Self::NoCodec => (305, "Incompatible media format"),
            Self::NoSecurity => (399, "SRTP by SDES is required"),
            Self::UnwantedSecurity => (302, "Incompatible transport protocol"),
            Self::NoIce => (399, "ICE is required"),
            Self::NotAnAnswer => (399, "The answer does not fit the offer"),
        }
    }
}

/// Numbers for key presses and comfort noise in our offers.
const EVENT_PAYLOAD: u8 = 101;
const NOISE_PAYLOAD: u8 = 13;
const PTIMES_MS: [u16; 5] = [10, 20, 30, 40, 60];

/// Our offer.
#[must_use]
pub fn offer(capabilities: &Capabilities, local: &Local) -> SessionDescription {
    let mut formats: Vec<Format> = capabilities
        .codecs
        .iter()
        .map(|codec| codec.format())
        .collect();
    formats.push(Format::new(NOISE_PAYLOAD));
    formats.push(Format::telephone_event(EVENT_PAYLOAD, 8_000));
    let is_secure = !matches!(capabilities.security, Security::Never);
    let cryptos = if is_secure {
        offered_keys(capabilities, local)
    } else {
        Vec::new()
    };
    let profile = if is_secure {
        Profile::Secure {
            has_feedback: false,
        }
    } else {
        Profile::Clear {
            has_feedback: false,
        }
    };
    let mut media = audio(local, profile, formats, capabilities.ptime_ms);
    media.cryptos = cryptos;
    describe(local, vec![media])
}

fn offered_keys(capabilities: &Capabilities, local: &Local) -> Vec<Crypto> {
    let suites = capabilities.suites.iter();
    let known = suites.filter_map(|suite| local.keys.iter().find(|(known, _)| known == suite));
    (1..)
        .zip(known)
        .map(|(tag, (suite, key))| Crypto {
            tag,
            suite: *suite,
            key: key.clone(),
            identifier: None,
        })
        .collect()
}

/// Our answer to an offer: the first audio line that serves is taken, every other line is refused
/// with port 0 (RFC 3264 6).
pub fn answer(
    offer: &SessionDescription,
    capabilities: &Capabilities,
    local: &Local,
) -> Result<(SessionDescription, Agreed), Refused> {
    let mut reason = Refused::NoAudio;
    for (at, media) in offer.media.iter().enumerate() {
        match answer_line(offer, media, capabilities, local) {
            Ok((line, agreed)) => {
                let mut lines: Vec<Media> = offer.media.iter().map(refused_line).collect();
                if let Some(place) = lines.get_mut(at) {
                    *place = line;
                }
                return Ok((describe(local, lines), agreed));
            }
            Err(refused) if is_audio(media) => reason = refused,
            Err(_) => {}
        }
    }
    Err(reason)
}

fn is_audio(media: &Media) -> bool {
    media.kind == "audio" && media.port != 0 && media.profile.is_rtp()
}

fn refused_line(media: &Media) -> Media {
    Media::bare(
        media.kind.clone(),
        0,
        media.profile.clone(),
        media.formats.clone(),
        media.other_formats.clone(),
    )
}

fn answer_line(
    offer: &SessionDescription,
    media: &Media,
    capabilities: &Capabilities,
    local: &Local,
) -> Result<(Media, Agreed), Refused> {
    let address = offer
        .address_of(media)
        .filter(|_| is_audio(media))
        .ok_or(Refused::NoAudio)?;
    let (codec, chosen) = choose(media, &capabilities.codecs).ok_or(Refused::NoCodec)?;
    let srtp = choose_key(media, capabilities, local)?;
    let remote_ice = remote_ice(offer, media);
    if remote_ice.is_none() && capabilities.ice == IceUse::Required {
        return Err(Refused::NoIce);
    }
    let event = beside(media, "telephone-event", chosen.clock_rate);
    let noise = beside(media, "CN", 8_000);
    let ptime_ms = media.ptime_ms.filter(|ms| PTIMES_MS.contains(ms));
    let ptime_ms = ptime_ms.unwrap_or(capabilities.ptime_ms);
    let mut formats = vec![chosen.clone()];
    formats.extend(noise.cloned());
    formats.extend(event.map(|event| Format::telephone_event(event.payload, event.clock_rate)));
    let direction = local.direction.beside(offer.direction_of(media));
    let mut line = audio(local, media.profile.clone(), formats, ptime_ms);
    line.direction = Some(direction);
    // Without their `rtcp-mux` ours would promise what they cannot do (RFC 5761 5.1.1).
    line.is_rtcp_muxed &= media.is_rtcp_muxed;
    line.cryptos.extend(srtp.as_ref().map(|(tag, srtp)| Crypto {
        tag: *tag,
        suite: srtp.suite,
        key: srtp.local.clone(),
        identifier: None,
    }));
    if remote_ice.is_none() {
        line.ice = Ice::default();
    }
    let agreed = Agreed {
        codec,
        payload: chosen.payload,
        telephone_event: event.map(|event| event.payload),
        comfort_noise: noise.map(|noise| noise.payload),
        ptime_ms,
        direction,
        remote_address: address.to_owned(),
        remote_port: media.port,
        remote_rtcp: remote_rtcp(media, local),
        srtp: srtp.map(|(_, srtp)| srtp),
        remote_ice,
    };
    Ok((line, agreed))
}

/// What the other side's answer makes of our offer.
pub fn accept(
    offer: &SessionDescription,
    answer: &SessionDescription,
    capabilities: &Capabilities,
    local: &Local,
) -> Result<Agreed, Refused> {
    if answer.media.len() != offer.media.len() {
        return Err(Refused::NotAnAnswer);
    }
    let (ours, theirs) = offer
        .media
        .iter()
        .zip(&answer.media)
        .find(|(_, theirs)| is_audio(theirs))
        .ok_or(Refused::NoAudio)?;
    let address = answer.address_of(theirs).ok_or(Refused::NoAudio)?;
    let (codec, chosen) = choose(theirs, &capabilities.codecs).ok_or(Refused::NoCodec)?;
    let is_offered = ours.formats.iter().any(|format| codec.is(format));
    if !is_offered || theirs.profile.is_secure() != ours.profile.is_secure() {
        return Err(Refused::NotAnAnswer);
    }
    let event = beside(theirs, "telephone-event", chosen.clock_rate);
    let ptime_ms = theirs.ptime_ms.filter(|ms| PTIMES_MS.contains(ms));
    Ok(Agreed {
        codec,
        payload: chosen.payload,
        telephone_event: event.map(|event| event.payload),
        comfort_noise: beside(theirs, "CN", 8_000).map(|noise| noise.payload),
        ptime_ms: ptime_ms.unwrap_or(capabilities.ptime_ms),
        direction: offer.direction_of(ours).beside(answer.direction_of(theirs)),
        remote_address: address.to_owned(),
        remote_port: theirs.port,
        remote_rtcp: remote_rtcp(theirs, local),
        srtp: accepted_key(ours, theirs)?,
        remote_ice: remote_ice(answer, theirs),
    })
}

/// RFC 4568 7.1.3: the answer has one key, with tag and suite of one of ours.
fn accepted_key(ours: &Media, theirs: &Media) -> Result<Option<Srtp>, Refused> {
    if !ours.profile.is_secure() {
        return Ok(None);
    }
    let answered = theirs.cryptos.first().ok_or(Refused::NoSecurity)?;
    let is_same = |crypto: &&Crypto| crypto.tag == answered.tag && crypto.suite == answered.suite;
    let offered = ours
        .cryptos
        .iter()
        .find(is_same)
        .ok_or(Refused::NotAnAnswer)?;
    Ok(Some(Srtp {
        suite: answered.suite,
        local: offered.key.clone(),
        remote: answered.key.clone(),
    }))
}

fn choose<'m>(media: &'m Media, codecs: &[Codec]) -> Option<(Codec, &'m Format)> {
    codecs.iter().find_map(|codec| {
        let format = media.formats.iter().find(|format| codec.is(format))?;
        Some((*codec, format))
    })
}

fn beside<'m>(media: &'m Media, encoding: &str, clock_rate: u32) -> Option<&'m Format> {
    media
        .formats
        .iter()
        .find(|format| format.is(encoding, clock_rate))
}

/// The suite that we like best of those offered, whatever their order: Teams may list `_32` first
/// and wants `_80` (A.9).
fn choose_key(
    media: &Media,
    capabilities: &Capabilities,
    local: &Local,
) -> Result<Option<(u32, Srtp)>, Refused> {
    match (media.profile.is_secure(), capabilities.security) {
        (false, Security::Always) => return Err(Refused::NoSecurity),
        (true, Security::Never) => return Err(Refused::UnwantedSecurity),
        (false, Security::Never | Security::WhenOffered) => return Ok(None),
        (true, Security::WhenOffered | Security::Always) => {}
    }
    let chosen = capabilities.suites.iter().find_map(|suite| {
        let (_, key) = local.keys.iter().find(|(known, _)| known == suite)?;
        let theirs = media.cryptos.iter().find(|crypto| crypto.suite == *suite)?;
        let srtp = Srtp {
            suite: *suite,
            local: key.clone(),
            remote: theirs.key.clone(),
        };
        Some((theirs.tag, srtp))
    });
    chosen.map(Some).ok_or(Refused::NoSecurity)
}

fn remote_rtcp(media: &Media, local: &Local) -> Rtcp {
    if media.is_rtcp_muxed && local.rtcp == Rtcp::Muxed {
        return Rtcp::Muxed;
    }
    // RFC 3550 11: the next port, where nothing else is said (RFC 3605).
    Rtcp::Port(
        media
            .rtcp_port
            .unwrap_or_else(|| media.port.saturating_add(1)),
    )
}

fn remote_ice(session: &SessionDescription, media: &Media) -> Option<RemoteIce> {
    let part = |get: fn(&Ice) -> Option<&String>| get(&media.ice).or_else(|| get(&session.ice));
    Some(RemoteIce {
        user: part(|ice| ice.user.as_ref())?.clone(),
        password: part(|ice| ice.password.as_ref())?.clone(),
        candidates: media.ice.candidates.clone(),
    })
}

fn audio(local: &Local, profile: Profile, formats: Vec<Format>, ptime_ms: u16) -> Media {
    Media {
        kind: "audio".to_owned(),
        port: local.port,
        profile,
        formats,
        other_formats: Vec::new(),
        address: None,
        direction: Some(local.direction),
        ptime_ms: Some(ptime_ms),
        cryptos: Vec::new(),
        rtcp_port: match local.rtcp {
            Rtcp::Muxed => None,
            Rtcp::Port(port) => Some(port),
        },
        is_rtcp_muxed: local.rtcp == Rtcp::Muxed,
        ice: local
            .ice
            .as_ref()
            .map_or_else(Ice::default, |ice| ours(local, ice)),
    }
}

/// One host candidate for RTP, and one for RTCP where it has a port of its own (RFC 8839 5.1).
fn ours(local: &Local, ice: &IceLite) -> Ice {
    let host = |component, port| {
        format!(
            "1 {component} UDP 2130706431 {} {port} typ host",
            local.address
        )
    };
    let mut candidates = vec![host(1, local.port)];
    if let Rtcp::Port(port) = local.rtcp {
        candidates.push(host(2, port));
    }
    Ice {
        is_lite: false,
        user: Some(ice.user.clone()),
        password: Some(ice.password.clone()),
        candidates,
        remote_candidates: None,
    }
}

fn describe(local: &Local, media: Vec<Media>) -> SessionDescription {
    let address = local.address.to_string();
    let is_lite = media.iter().any(|media| media.ice.user.is_some());
    SessionDescription {
        origin: Origin {
            user: "-".to_owned(),
            session: local.session,
            version: local.version,
            address: address.clone(),
        },
        address: Some(address),
        direction: None,
        ice: Ice {
            is_lite,
            ..Ice::default()
        },
        media,
    }
}
