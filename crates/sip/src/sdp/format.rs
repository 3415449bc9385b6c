//! Formats of RTP: payload numbers, what they stand for, and the codecs that Tandem speaks.

/// One payload number with its `rtpmap` and `fmtp`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Format {
    pub payload: u8,
    /// Empty where the number is dynamic and nothing explains it.
    pub encoding: String,
    pub clock_rate: u32,
    pub channels: u8,
    pub parameters: Option<String>,
}

/// What our media can do. Other codecs that Teams offers (SILK, SIREN, G.729) are left out of answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Codec {
    Pcmu,
    Pcma,
    G722,
    Opus,
}

/// Static payload numbers (RFC 3551 6) that need no `rtpmap`.
const STATIC: [(u8, &str, u32); 7] = [
    (0, "PCMU", 8_000),
    (3, "GSM", 8_000),
    (4, "G723", 8_000),
    (8, "PCMA", 8_000),
    (9, "G722", 8_000),
    (13, "CN", 8_000),
    (18, "G729", 8_000),
];

impl Format {
    /// A number as it stands in the media line, before its `rtpmap`.
    #[must_use]
    pub fn new(payload: u8) -> Self {
        let known = STATIC.iter().find(|(number, _, _)| *number == payload);
        let (encoding, clock_rate) =
            known.map_or(("", 0), |(_, encoding, rate)| (*encoding, *rate));
        Self {
            payload,
            encoding: encoding.to_owned(),
            clock_rate,
            channels: 1,
            parameters: None,
        }
    }

    #[must_use]
    pub fn is(&self, encoding: &str, clock_rate: u32) -> bool {
        self.clock_rate == clock_rate && self.encoding.eq_ignore_ascii_case(encoding)
    }

    /// RFC 4733: key presses beside the speech.
    #[must_use]
    pub fn telephone_event(payload: u8, clock_rate: u32) -> Self {
        Self {
            encoding: "telephone-event".to_owned(),
            clock_rate,
            parameters: Some("0-15".to_owned()),
            ..Self::new(payload)
        }
    }
}

impl Codec {
    #[must_use]
    pub const fn encoding(self) -> &'static str {
        match self {
            Self::Pcmu => "PCMU",
            Self::Pcma => "PCMA",
            Self::G722 => "G722",
            Self::Opus => "opus",
        }
    }

    /// As SDP writes it. G.722 says 8000 though it samples at 16,000 (RFC 3551 4.5.2).
    #[must_use]
    pub const fn clock_rate(self) -> u32 {
        match self {
            Self::Pcmu | Self::Pcma | Self::G722 => 8_000,
            Self::Opus => 48_000,
        }
    }

    /// The usual number in an offer of ours.
    #[must_use]
    pub const fn usual_payload(self) -> u8 {
        match self {
            Self::Pcmu => 0,
            Self::Pcma => 8,
            Self::G722 => 9,
            Self::Opus => 96,
        }
    }

    #[must_use]
    pub fn is(self, format: &Format) -> bool {
        format.is(self.encoding(), self.clock_rate())
    }

    #[must_use]
    pub fn format(self) -> Format {
        Format {
            encoding: self.encoding().to_owned(),
            clock_rate: self.clock_rate(),
            channels: if matches!(self, Self::Opus) { 2 } else { 1 },
            ..Format::new(self.usual_payload())
        }
    }
}
