//! What a plane and its legs are given: addresses, ports, what the signalling agreed on. Values that the owner has from
//! settings and session descriptions.

use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;
use std::time::Duration;
use tandem_media::dtmf::Digit;
use tandem_media::ice::Credentials;
use tandem_media::leg::Payloads;
pub use tandem_media::session::Network;
use tandem_media::session::Protection;

/// Of a plane.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where sockets are bound.
    pub bind: IpAddr,
    /// What others are told that the address is; the one bound to where it is none.
    pub public: Option<IpAddr>,
    /// Media ports: RTP has the even ones, RTCP the ones after them where it has its own. `0..=0` leaves the choice to
    /// the operating system, for tests.
    pub ports: RangeInclusive<u16>,
    /// Threads; a conversation lives on the one with the fewest legs.
    pub n_threads: usize,
    /// Facts that wait to be read; beyond that they are lost and counted.
    pub n_facts_max: usize,
    /// Neither RTP nor RTCP for so long, though a leg should have some, is [`super::Fact::LegSilent`].
    pub silent_after: Duration,
    /// Sound of one recording that waits for its sink, in bytes; beyond that the recording has a [`super::Lack`].
    pub recording_backlog_bytes: usize,
}

impl Settings {
    /// One thread per two cores, the usual range of ports, 20 s of silence, a minute of sound for a sink.
    #[must_use]
    pub fn new(bind: IpAddr) -> Self {
        let n_cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self {
            bind,
            public: None,
            ports: 20_000..=39_999,
            n_threads: n_cores.div_ceil(2),
            n_facts_max: 16_384,
            silent_after: Duration::from_secs(20),
            recording_backlog_bytes: 2_000_000,
        }
    }
}

/// Of a leg, for all its life.
#[derive(Debug, Clone)]
pub struct LegSettings {
    pub control: Control,
    pub latching: Latching,
    pub track: Track,
    /// Ours, if the other side checks the way by ICE: media bypass of Direct Routing.
    pub ice: Option<Credentials>,
    /// None while the other side has not answered: what it sends until then is dropped and counted.
    pub agreed: Option<Agreed>,
}

/// Whether RTCP has a port of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Control {
    /// `a=rtcp-mux` (RFC 5761).
    Multiplexed,
    /// The port after that of RTP (RFC 3550 11); it is bound for the leg's life.
    OwnPort,
}

/// Whose packets are taken where no key proves them. With SRTP the key alone decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Latching {
    /// Hosts of the network that the other side said it is in: /24 of IPv4, /64 of IPv6.
    SignalledNetwork,
    /// Hosts of these networks: a trunk's own.
    Networks(Vec<Network>),
}

/// Whether what a party says has a track in recordings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Track {
    Own,
    /// a whisper, where policy says so.
    None,
}

/// What one exchange of session descriptions came to.
#[derive(Debug, Clone)]
pub struct Agreed {
    pub payloads: Payloads,
    pub protection: Protection,
    /// Where the other side is; none while it has not said so.
    pub remote: Option<Remote>,
    pub direction: Direction,
}

/// Where the other side said that it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Remote {
    pub media: SocketAddr,
    /// Of its RTCP, if it is not the port after that of RTP (`a=rtcp`, RFC 3605). Unused where RTCP is multiplexed.
    pub control: Option<SocketAddr>,
}

impl Remote {
    #[must_use]
    pub const fn at(media: SocketAddr) -> Self {
        Self {
            media,
            control: None,
        }
    }
}

/// From our side: whether we send, and whether we take what comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    SendReceive,
    SendOnly,
    ReceiveOnly,
    Inactive,
}

impl Direction {
    #[must_use]
    pub const fn sends(self) -> bool {
        matches!(self, Self::SendReceive | Self::SendOnly)
    }

    #[must_use]
    pub const fn receives(self) -> bool {
        matches!(self, Self::SendReceive | Self::ReceiveOnly)
    }
}

/// Who hears a sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    Leg(super::LegId),
    /// All legs of it that are not on hold, now or later.
    Conversation(super::ConversationId),
}

/// A question that is answered with digits.
#[derive(Debug, Clone)]
pub struct Collect {
    pub key: super::Key,
    /// It ends with this many digits.
    pub n_digits_max: usize,
    /// One of these ends it, and is told of in [`super::Why::Ended`], not among the digits.
    pub ends: Vec<Digit>,
    /// From the end of what is played to the leg until the first digit.
    pub first_within: Duration,
    /// From one digit to the next.
    pub next_within: Duration,
    pub on_digit: OnDigit,
    pub masking: Masking,
}

/// What a digit does to the prompt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnDigit {
    StopsPrompt,
    PromptGoesOn,
}

/// Whether digits may be known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Masking {
    Plain,
    /// A card number: given to who asked alone, never logged, heard by nobody in the conversation.
    Masked,
}
