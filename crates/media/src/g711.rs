//! G.711 A-law and mu-law, by table, with the values of ITU-T G.711 (as in the G.191 reference
//! code: 16-bit samples, left-aligned, negative samples taken as ones' complement).
//! It must not know RTP: a payload is bytes, one per sample.

/// What mu-law sends for silence (positive zero).
pub const ULAW_SILENCE: u8 = 0xFF;
/// What A-law sends for silence (the smallest positive step; A-law has no zero).
pub const ALAW_SILENCE: u8 = 0xD5;

static ULAW_DECODE: [i16; 256] = ulaw_decode_table();
static ALAW_DECODE: [i16; 256] = alaw_decode_table();
/// Indexed by the magnitude in 14 bits of precision (13 without the sign).
static ULAW_ENCODE: [u8; 8192] = ulaw_encode_table();
/// Indexed by the magnitude in 13 bits of precision (12 without the sign).
static ALAW_ENCODE: [u8; 2048] = alaw_encode_table();

/// The two companding laws of G.711.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Law {
    /// RTP payload type 0, PCMU.
    Mu,
    /// RTP payload type 8, PCMA.
    A,
}

impl Law {
    /// One sample to one byte.
    #[must_use]
    pub fn encode(self, sample: i16) -> u8 {
        // All ones for a negative sample; voices change sign too often for a branch.
        let sign = sample >> 15;
        let magnitude = usize::from((sample ^ sign).unsigned_abs());
        let [_, sign] = sign.to_be_bytes();
        let positive_bit = !sign & 0x80;
        match self {
            Self::Mu => ULAW_ENCODE[magnitude >> 2] | positive_bit,
            // The even bits are inverted on the line (G.711 3.1), the sign bit is not.
            Self::A => (ALAW_ENCODE[magnitude >> 4] | positive_bit) ^ 0x55,
        }
    }

    /// One byte to one sample.
    #[must_use]
    pub fn decode(self, byte: u8) -> i16 {
        match self {
            Self::Mu => ULAW_DECODE[usize::from(byte)],
            Self::A => ALAW_DECODE[usize::from(byte)],
        }
    }

    /// A frame of samples appended to a payload.
    pub fn encode_into(self, samples: &[i16], payload: &mut Vec<u8>) {
        payload.extend(samples.iter().map(|&sample| self.encode(sample)));
    }

    /// A payload appended to a frame of samples.
    pub fn decode_into(self, payload: &[u8], samples: &mut Vec<i16>) {
        samples.extend(payload.iter().map(|&byte| self.decode(byte)));
    }

    /// The byte that means silence.
    #[must_use]
    pub const fn silence(self) -> u8 {
        match self {
            Self::Mu => ULAW_SILENCE,
            Self::A => ALAW_SILENCE,
        }
    }
}

// The tables are computed at compile time; `as` is the only conversion that const code has, and
// every value below is bounded by construction (the tests compare with the published values).

#[expect(
    clippy::cast_possible_truncation,
    reason = "const code; values fit by construction"
)]
const fn ulaw_decode_table() -> [i16; 256] {
    let mut table = [0_i16; 256];
    let mut code = 0_usize;
    while code < 256 {
        let inverted = !(code as u8);
        let exponent = (inverted >> 4) & 7;
        let step = 8_i32 << exponent;
        let mantissa = (inverted & 0x0F) as i32;
        let magnitude = (0x80_i32 << exponent) + step * mantissa + step / 2 - 132;
        table[code] = if code < 0x80 {
            -magnitude as i16
        } else {
            magnitude as i16
        };
        code += 1;
    }
    table
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "const code; values fit by construction"
)]
const fn alaw_decode_table() -> [i16; 256] {
    let mut table = [0_i16; 256];
    let mut code = 0_usize;
    while code < 256 {
        let plain = (code ^ 0x55) & 0x7F;
        let exponent = plain >> 4;
        let mut mantissa = (plain as u8 & 0x0F) as i32;
        if exponent > 0 {
            mantissa += 16;
        }
        mantissa = (mantissa << 4) + 8;
        if exponent > 1 {
            mantissa <<= exponent - 1;
        }
        table[code] = if code < 0x80 {
            -mantissa as i16
        } else {
            mantissa as i16
        };
        code += 1;
    }
    table
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "const code; values fit by construction"
)]
const fn ulaw_encode_table() -> [u8; 8192] {
    let mut table = [0_u8; 8192];
    let mut magnitude = 0_usize;
    while magnitude < 8192 {
        let biased = if magnitude + 33 > 0x1FFF {
            0x1FFF
        } else {
            magnitude + 33
        };
        let mut segment = 1;
        let mut rest = biased >> 6;
        while rest != 0 {
            segment += 1;
            rest >>= 1;
        }
        let low = 0x0F - ((biased >> segment) & 0x0F);
        table[magnitude] = (((8 - segment) << 4) | low) as u8;
        magnitude += 1;
    }
    table
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "const code; values fit by construction"
)]
const fn alaw_encode_table() -> [u8; 2048] {
    let mut table = [0_u8; 2048];
    let mut magnitude = 0_usize;
    while magnitude < 2048 {
        let mut mantissa = magnitude;
        if mantissa > 15 {
            let mut exponent = 1;
            while mantissa > 31 {
                mantissa >>= 1;
                exponent += 1;
            }
            mantissa = mantissa - 16 + (exponent << 4);
        }
        table[magnitude] = mantissa as u8;
        magnitude += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    use super::Law;

    #[test]
    fn mu_law_decoder_values_are_those_of_g711_table_2a() {
        // Decoder output values y0, y1 .. in 14-bit units, times four.
        let expected = [
            (0xFF, 0),
            (0xFE, 2),
            (0xFD, 4),
            (0xF0, 30),
            (0xEF, 33),
            (0xEE, 37),
            (0xE0, 93),
            (0xDF, 99),
            (0xCF, 231),
            (0xBF, 495),
            (0xAF, 1023),
            (0x9F, 2079),
            (0x8F, 4191),
            (0x81, 7775),
            (0x80, 8031),
        ];
        for (code, value) in expected {
            assert_eq!(Law::Mu.decode(code), value * 4, "code {code:#04x}");
            assert_eq!(
                Law::Mu.decode(code & 0x7F),
                -value * 4,
                "code {:#04x}",
                code & 0x7F
            );
        }
    }

    #[test]
    fn a_law_decoder_values_are_those_of_g711_table_1a() {
        // Decoder output values in 12-bit units (1, 3 .. 4032), before the even bits are inverted.
        let expected = [
            (0x80, 1),
            (0x81, 3),
            (0x8F, 31),
            (0x90, 33),
            (0x9F, 63),
            (0xA0, 66),
            (0xAF, 126),
            (0xB0, 132),
            (0xC0, 264),
            (0xD0, 528),
            (0xE0, 1056),
            (0xF0, 2112),
            (0xFE, 3904),
            (0xFF, 4032),
        ];
        for (code, value) in expected {
            assert_eq!(Law::A.decode(code ^ 0x55), value * 8, "code {code:#04x}");
            assert_eq!(
                Law::A.decode((code & 0x7F) ^ 0x55),
                -value * 8,
                "code {code:#04x}"
            );
        }
    }

    #[test]
    fn every_code_survives_decode_and_encode() {
        for code in 0..=255_u8 {
            // Mu-law has two zeros; PCM has one, and it is the positive one.
            let expected = if code == 0x7F { 0xFF } else { code };
            assert_eq!(Law::Mu.encode(Law::Mu.decode(code)), expected);
            assert_eq!(Law::A.encode(Law::A.decode(code)), code);
        }
    }

    #[test]
    fn decision_values_of_mu_law_are_those_of_g711_table_2a() {
        // (decision value in 14-bit units, code from there on, code just below)
        for (decision, above, below) in [(4063, 0x8F, 0x90), (2015, 0x9F, 0xA0), (31, 0xEF, 0xF0)] {
            assert_eq!(Law::Mu.encode(decision * 4), above);
            assert_eq!(Law::Mu.encode(decision * 4 - 1), below);
        }
    }

    #[test]
    fn encoder_is_monotonic_close_and_saturates_at_the_top() {
        for law in [Law::Mu, Law::A] {
            let mut previous = i16::MIN;
            for sample in i16::MIN..=i16::MAX {
                let decoded = law.decode(law.encode(sample));
                assert!(decoded >= previous, "{law:?} is monotonic at {sample}");
                previous = decoded;
                let error = (i32::from(decoded) - i32::from(sample)).abs();
                // Half a step of a 16-step segment that starts at half its own end.
                let allowed = i32::from(sample).abs() / 31 + 8;
                assert!(error <= allowed, "{law:?} at {sample}: off by {error}");
            }
        }
        assert_eq!(Law::Mu.encode(i16::MAX), 0x80);
        assert_eq!(Law::Mu.encode(i16::MIN), 0x00);
        assert_eq!(Law::A.encode(i16::MAX), 0xAA);
        assert_eq!(Law::A.encode(i16::MIN), 0x2A);
    }

    #[test]
    fn silence_bytes_decode_to_the_smallest_value() {
        assert_eq!(Law::Mu.decode(Law::Mu.silence()), 0);
        assert_eq!(Law::A.decode(Law::A.silence()), 8);
        assert_eq!(Law::Mu.encode(0), Law::Mu.silence());
        assert_eq!(Law::A.encode(0), Law::A.silence());
    }

    /// Digests (FNV-1a) of what the ITU-T software tool library (G.191) makes of every sample in ascending order, and
    /// of what it makes of that again.
    #[test]
    fn every_sample_is_coded_as_by_the_reference_code_of_the_itu() {
        let cases = [
            (Law::Mu, 0x04ec_1f08_3fd7_8c2d, 0xef15_83b4_0170_0e25),
            (Law::A, 0xf030_666e_b780_cf25, 0xe032_751e_d97c_f125),
        ];
        for (law, codes, decoded) in cases {
            let (mut payload, mut samples) = (Vec::new(), Vec::new());
            law.encode_into(&(i16::MIN..=i16::MAX).collect::<Vec<_>>(), &mut payload);
            law.decode_into(&payload, &mut samples);
            assert_eq!(digest(payload), codes, "{law:?}");
            let bytes = samples.into_iter().flat_map(i16::to_le_bytes);
            assert_eq!(digest(bytes), decoded, "{law:?}");
        }
    }

    fn digest(bytes: impl IntoIterator<Item = u8>) -> u64 {
        let start = 14_695_981_039_346_656_037;
        bytes.into_iter().fold(start, |digest, byte| {
            (digest ^ u64::from(byte)).wrapping_mul(1_099_511_628_211)
        })
    }

    #[test]
    fn frames_are_appended() {
        let mut payload = vec![1];
        Law::A.encode_into(&[0, 0], &mut payload);
        assert_eq!(payload, [1, 0xD5, 0xD5]);
        let mut samples = vec![7];
        Law::Mu.decode_into(&[0xFF, 0x80], &mut samples);
        assert_eq!(samples, [7, 0, 32124]);
    }
}
