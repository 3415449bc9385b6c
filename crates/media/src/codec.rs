//! The codecs that a call may be held in, and their payload types. Which one is agreed on is the signalling's business.

use crate::g711::Law;
use crate::g722;

/// The clock of RTP timestamps: the same for all, also for G.722, whose samples are twice as many (RFC 3551 4.5.2).
pub const CLOCK_RATE: u32 = 8_000;

/// How sound is coded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Codec {
    /// G.711 mu-law.
    Pcmu,
    /// G.711 A-law.
    Pcma,
    /// G.722 at 64 kbit/s.
    G722,
}

impl Codec {
    pub const ALL: [Self; 3] = [Self::Pcmu, Self::Pcma, Self::G722];

    /// Its name in an `a=rtpmap` line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pcmu => "PCMU",
            Self::Pcma => "PCMA",
            Self::G722 => "G722",
        }
    }

    /// The static payload type (RFC 3551 table 4).
    #[must_use]
    pub const fn payload_type(self) -> u8 {
        match self {
            Self::Pcmu => 0,
            Self::Pcma => 8,
            Self::G722 => 9,
        }
    }

    /// Of the sound, not of the timestamps.
    #[must_use]
    pub const fn sample_rate(self) -> u32 {
        match self {
            Self::Pcmu | Self::Pcma => 8_000,
            Self::G722 => 16_000,
        }
    }

    #[must_use]
    pub fn encoder(self) -> Encoder {
        match self {
            Self::Pcmu => Encoder::G711(Law::Mu),
            Self::Pcma => Encoder::G711(Law::A),
            Self::G722 => Encoder::G722(Box::default()),
        }
    }

    #[must_use]
    pub fn decoder(self) -> Decoder {
        match self {
            Self::Pcmu => Decoder::G711(Law::Mu),
            Self::Pcma => Decoder::G711(Law::A),
            Self::G722 => Decoder::G722(Box::default()),
        }
    }
}

/// One stream on its way out.
#[derive(Debug, Clone)]
pub enum Encoder {
    G711(Law),
    G722(Box<g722::Encoder>),
}

impl Encoder {
    /// Appends the payload of a frame.
    pub fn encode_into(&mut self, samples: &[i16], payload: &mut Vec<u8>) {
        match self {
            Self::G711(law) => law.encode_into(samples, payload),
            Self::G722(encoder) => encoder.encode_into(samples, payload),
        }
    }
}

/// One stream on its way in.
#[derive(Debug, Clone)]
pub enum Decoder {
    G711(Law),
    G722(Box<g722::Decoder>),
}

impl Decoder {
    /// Appends the samples of a payload.
    pub fn decode_into(&mut self, payload: &[u8], samples: &mut Vec<i16>) {
        match self {
            Self::G711(law) => law.decode_into(payload, samples),
            Self::G722(decoder) => decoder.decode_into(payload, samples),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{CLOCK_RATE, Codec};
    use crate::tone;

    #[test]
    fn twenty_milliseconds_are_as_many_bytes_as_clock_ticks_in_every_codec() {
        for codec in Codec::ALL {
            let rate = codec.sample_rate();
            let frame = tone::sine(rate, 500.0, 8_000.0, 0, rate / 50);
            let (mut payload, mut heard) = (Vec::new(), Vec::new());
            codec.encoder().encode_into(&frame, &mut payload);
            codec.decoder().decode_into(&payload, &mut heard);
            assert_eq!(payload.len(), usize::try_from(CLOCK_RATE / 50).unwrap());
            assert_eq!(heard.len(), frame.len(), "{}", codec.name());
        }
    }
}
