//! Session descriptions (RFC 8866) as far as somebody needs them who owns the media: codecs, ports,
//! SDES keys, direction, RTCP and ICE-lite. What is of no use here is read over and never relayed:
//! each leg gets a description of our own. It must not know calls; offer and answer are values.

mod crypto;
mod format;
mod negotiation;
mod parse;
mod write;

pub use crypto::{Crypto, KeyMaterial, Suite};
pub use format::{Codec, Format};
pub use negotiation::{
    Agreed, Capabilities, IceLite, IceUse, Local, Refused, RemoteIce, Rtcp, Security, Srtp, accept,
    answer, offer,
};

/// Lines of one description at most.
pub const LINES_MAX: usize = 512;
/// Media lines of one description at most.
pub const MEDIA_MAX: usize = 16;
/// Formats, keys and candidates of one media line at most, each.
pub const PER_MEDIA_MAX: usize = 64;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionDescription {
    pub origin: Origin,
    /// The `c=` line of the session; a media line may have its own.
    pub address: Option<String>,
    pub direction: Option<Direction>,
    pub ice: Ice,
    pub media: Vec<Media>,
}

/// Who made the description, and which version of it this is (RFC 8866 5.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    pub user: String,
    pub session: u64,
    pub version: u64,
    pub address: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Media {
    /// `audio`, or what else is offered and refused.
    pub kind: String,
    /// Zero: refused, or not there any more (RFC 3264 5.1, 8.2).
    pub port: u16,
    pub profile: Profile,
    /// What stands after the profile, in order; numbers where the profile is one of RTP.
    pub formats: Vec<Format>,
    /// The formats of a line that is none of RTP, as written.
    pub other_formats: Vec<String>,
    pub address: Option<String>,
    pub direction: Option<Direction>,
    pub ptime_ms: Option<u16>,
    pub cryptos: Vec<Crypto>,
    /// The port of `a=rtcp` (RFC 3605).
    pub rtcp_port: Option<u16>,
    pub is_rtcp_muxed: bool,
    pub ice: Ice,
}

impl Media {
    /// A line of which nothing more is said.
    fn bare(
        kind: String,
        port: u16,
        profile: Profile,
        formats: Vec<Format>,
        other_formats: Vec<String>,
    ) -> Self {
        Self {
            kind,
            port,
            profile,
            formats,
            other_formats,
            address: None,
            direction: None,
            ptime_ms: None,
            cryptos: Vec::new(),
            rtcp_port: None,
            is_rtcp_muxed: false,
            ice: Ice::default(),
        }
    }
}

/// What is carried, and how it is secured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Profile {
    /// `RTP/AVP`, `RTP/AVPF`
    Clear {
        has_feedback: bool,
    },
    /// `RTP/SAVP`, `RTP/SAVPF`
    Secure {
        has_feedback: bool,
    },
    /// `UDP/TLS/RTP/SAVP(F)`, which Teams offers with SDES keys in media bypass (A.9).
    Dtls {
        has_feedback: bool,
    },
    Other(String),
}

const PROFILES: [(Profile, &str); 6] = [
    (
        Profile::Clear {
            has_feedback: false,
        },
        "RTP/AVP",
    ),
    (Profile::Clear { has_feedback: true }, "RTP/AVPF"),
    (
        Profile::Secure {
            has_feedback: false,
        },
        "RTP/SAVP",
    ),
    (Profile::Secure { has_feedback: true }, "RTP/SAVPF"),
    (
        Profile::Dtls {
            has_feedback: false,
        },
        "UDP/TLS/RTP/SAVP",
    ),
    (Profile::Dtls { has_feedback: true }, "UDP/TLS/RTP/SAVPF"),
];

impl Profile {
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let known = PROFILES
            .iter()
            .find(|(_, known)| known.eq_ignore_ascii_case(text));
        known.map_or_else(
            || Self::Other(text.to_owned()),
            |(profile, _)| profile.clone(),
        )
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Other(text) => text,
            known @ (Self::Clear { .. } | Self::Secure { .. } | Self::Dtls { .. }) => PROFILES
                .iter()
                .find(|(profile, _)| profile == known)
                .map_or("", |(_, text)| text),
        }
    }

    #[must_use]
    pub const fn is_rtp(&self) -> bool {
        !matches!(self, Self::Other(_))
    }

    #[must_use]
    pub const fn is_secure(&self) -> bool {
        matches!(self, Self::Secure { .. } | Self::Dtls { .. })
    }
}

/// Who sends, seen from who wrote it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    SendReceive,
    SendOnly,
    ReceiveOnly,
    Inactive,
}

impl Direction {
    const fn of(sends: bool, receives: bool) -> Self {
        match (sends, receives) {
            (true, true) => Self::SendReceive,
            (true, false) => Self::SendOnly,
            (false, true) => Self::ReceiveOnly,
            (false, false) => Self::Inactive,
        }
    }

    #[must_use]
    pub const fn sends(self) -> bool {
        matches!(self, Self::SendReceive | Self::SendOnly)
    }

    #[must_use]
    pub const fn receives(self) -> bool {
        matches!(self, Self::SendReceive | Self::ReceiveOnly)
    }

    /// What is left of our wish beside what the other side wrote (RFC 3264 6.1).
    #[must_use]
    pub const fn beside(self, other_side: Self) -> Self {
        Self::of(
            self.sends() && other_side.receives(),
            self.receives() && other_side.sends(),
        )
    }

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SendReceive => "sendrecv",
            Self::SendOnly => "sendonly",
            Self::ReceiveOnly => "recvonly",
            Self::Inactive => "inactive",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [
            Self::SendReceive,
            Self::SendOnly,
            Self::ReceiveOnly,
            Self::Inactive,
        ]
        .into_iter()
        .find(|known| known.as_str() == text)
    }
}

/// What a session or a media line says of ICE (RFC 8839). Candidates are kept as text: the media
/// side reads the one it needs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ice {
    pub is_lite: bool,
    pub user: Option<String>,
    pub password: Option<String>,
    pub candidates: Vec<String>,
    pub remote_candidates: Option<String>,
}

impl SessionDescription {
    /// Where this media line is received; `None` where nothing says so.
    #[must_use]
    pub fn address_of<'s>(&'s self, media: &'s Media) -> Option<&'s str> {
        media.address.as_deref().or(self.address.as_deref())
    }

    /// The direction that counts. `0.0.0.0` is how hold was once written (RFC 3264 8.4): who
    /// writes it receives nothing.
    #[must_use]
    pub fn direction_of(&self, media: &Media) -> Direction {
        let written = media
            .direction
            .or(self.direction)
            .unwrap_or(Direction::SendReceive);
        match self.address_of(media) {
            Some("0.0.0.0" | "::") => Direction::of(written.sends(), false),
            Some(_) | None => written,
        }
    }
}
