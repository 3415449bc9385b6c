//! DTMF digits: RFC 4733 telephone events (the only form that Direct Routing knows) and the tone
//! pairs of ITU-T Q.23 as PCM. It must not know what a digit means, and it keeps none: masked
//! digits pass through here and are never logged.

mod receiver;
mod sender;

use crate::{Error, tone};
pub use receiver::{Received, Receiver};
pub use sender::{EventPacket, Sender};

const LOW_HERTZ: [f64; 4] = [697.0, 770.0, 852.0, 941.0];
const HIGH_HERTZ: [f64; 4] = [1_209.0, 1_336.0, 1_477.0, 1_633.0];
const KEYPAD: [[u8; 4]; 4] = [[1, 2, 3, 12], [4, 5, 6, 13], [7, 8, 9, 14], [10, 0, 11, 15]];
const CHARACTERS: [char; 16] = [
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '#', 'A', 'B', 'C', 'D',
];

/// One of the sixteen digits; the number is the event code of RFC 4733 table 3.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Digit(u8);

/// A digit may be part of a card number: its debug form does not show it.
impl std::fmt::Debug for Digit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Digit(_)")
    }
}

impl Digit {
    pub fn from_char(character: char) -> Result<Self, Error> {
        let upper = character.to_ascii_uppercase();
        let code = CHARACTERS.iter().position(|&known| known == upper);
        let code = code.and_then(|code| u8::try_from(code).ok());
        code.map(Self).ok_or(Error::Malformed("not a DTMF digit"))
    }

    pub const fn from_code(code: u8) -> Result<Self, Error> {
        if code < 16 {
            Ok(Self(code))
        } else {
            Err(Error::Unsupported("event is not a digit"))
        }
    }

    #[must_use]
    pub const fn code(self) -> u8 {
        self.0
    }

    #[must_use]
    pub fn as_char(self) -> char {
        CHARACTERS[usize::from(self.0 & 0x0F)]
    }

    /// The low and the high frequency of its key.
    #[must_use]
    pub fn hertz(self) -> (f64, f64) {
        for (row, codes) in KEYPAD.iter().enumerate() {
            for (column, code) in codes.iter().enumerate() {
                if *code == self.0 {
                    return (LOW_HERTZ[row], HIGH_HERTZ[column]);
                }
            }
        }
        (LOW_HERTZ[0], HIGH_HERTZ[0])
    }

    /// The tone pair as PCM, at a level that two sines cannot clip.
    #[must_use]
    pub fn tones(self, sample_rate: u32, n_samples: u32) -> Vec<i16> {
        tone::pair(sample_rate, self.hertz(), 16_000.0, n_samples)
    }
}

/// The digit whose tone pair is in the samples: one low and one high frequency, both well above
/// every other and not too different from each other (Q.24 twist). Needs about 20 ms or more.
#[must_use]
pub fn detect_tones(sample_rate: u32, samples: &[i16]) -> Option<Digit> {
    const LEAST: f64 = 400.0;
    let (row, low) = strongest(sample_rate, &LOW_HERTZ, samples)?;
    let (column, high) = strongest(sample_rate, &HIGH_HERTZ, samples)?;
    let is_balanced = low < high * 4.0 && high < low * 4.0;
    (low > LEAST && high > LEAST && is_balanced).then(|| Digit(KEYPAD[row][column]))
}

/// The strongest of a group, if it clearly is.
fn strongest(sample_rate: u32, group: &[f64; 4], samples: &[i16]) -> Option<(usize, f64)> {
    let levels = group.map(|hertz| tone::amplitude(sample_rate, hertz, samples));
    let (idx, best) = levels
        .iter()
        .copied()
        .enumerate()
        .max_by(|a, b| a.1.total_cmp(&b.1))?;
    let is_clear = levels
        .iter()
        .enumerate()
        .all(|(n, level)| n == idx || level * 2.0 < best);
    is_clear.then_some((idx, best))
}

/// The four bytes of an event packet (RFC 4733 2.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Event {
    pub code: u8,
    pub phase: Phase,
    /// 0 to 63, in -dBm0.
    pub volume: u8,
    /// In RTP timestamp units since the event's timestamp.
    pub duration: u16,
}

/// The E bit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    Ongoing,
    Ended,
}

impl Event {
    /// Reads a payload. Several events in one packet (RFC 4733 2.5.1.5) are for trunks with many
    /// tones a second; the first is read, as endpoints do.
    pub fn parse(payload: &[u8]) -> Result<Self, Error> {
        let ([code, flags, d0, d1], _) = payload
            .split_first_chunk::<4>()
            .ok_or(Error::Truncated("telephone-event"))?;
        Ok(Self {
            code: *code,
            phase: if flags & 0x80 == 0 {
                Phase::Ongoing
            } else {
                Phase::Ended
            },
            volume: flags & 0x3F,
            duration: u16::from_be_bytes([*d0, *d1]),
        })
    }

    #[must_use]
    pub const fn to_bytes(self) -> [u8; 4] {
        let end = match self.phase {
            Phase::Ongoing => 0,
            Phase::Ended => 0x80,
        };
        let [d0, d1] = self.duration.to_be_bytes();
        [self.code, end | (self.volume & 0x3F), d0, d1]
    }
}

#[cfg(test)]
mod tests {
    use super::{CHARACTERS, Digit, Event, Phase, detect_tones};
    use crate::{g711::Law, tone};

    #[test]
    fn characters_and_codes_are_those_of_rfc_4733() {
        for (code, character) in CHARACTERS.iter().enumerate() {
            let digit = Digit::from_char(*character).unwrap();
            assert_eq!(usize::from(digit.code()), code);
            assert_eq!(digit.as_char(), *character);
        }
        assert_eq!(Digit::from_char('b').unwrap().code(), 13);
        assert!(Digit::from_char('x').is_err());
        assert!(Digit::from_code(16).is_err());
    }

    #[test]
    fn event_bytes_stand_where_rfc_4733_puts_them() {
        let event = Event {
            code: 11,
            phase: Phase::Ended,
            volume: 10,
            duration: 1_600,
        };
        assert_eq!(event.to_bytes(), [11, 0x8A, 0x06, 0x40]);
        assert_eq!(Event::parse(&event.to_bytes()), Ok(event));
        assert!(Event::parse(&[1, 2, 3]).is_err());
        // The reserved bit is ignored.
        assert_eq!(Event::parse(&[11, 0xCA, 0x06, 0x40]), Ok(event));
    }

    #[test]
    fn every_tone_pair_is_recognized_even_through_g711() {
        for code in 0..16 {
            let digit = Digit::from_code(code).unwrap();
            for rate in [8_000, 16_000] {
                let samples = digit.tones(rate, rate / 25);
                assert_eq!(detect_tones(rate, &samples), Some(digit));
            }
            let samples: Vec<i16> = digit
                .tones(8_000, 320)
                .into_iter()
                .map(|sample| Law::A.decode(Law::A.encode(sample)))
                .collect();
            assert_eq!(detect_tones(8_000, &samples), Some(digit));
        }
    }

    #[test]
    fn one_tone_alone_or_silence_is_no_digit() {
        assert_eq!(detect_tones(8_000, &[0; 320]), None);
        assert_eq!(
            detect_tones(8_000, &tone::sine(8_000, 697.0, 9_000.0, 0, 320)),
            None
        );
        assert_eq!(
            detect_tones(8_000, &tone::sine(8_000, 440.0, 9_000.0, 0, 320)),
            None
        );
        assert_eq!(detect_tones(8_000, &[]), None);
    }

    #[test]
    fn debug_form_does_not_show_the_digit() {
        assert_eq!(format!("{:?}", Digit::from_char('7').unwrap()), "Digit(_)");
    }
}
