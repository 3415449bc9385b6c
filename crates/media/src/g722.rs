//! G.722 at 64 kbit/s: 16 kHz samples in, one byte for two of them out, and back. Bit for bit as ITU-T G.722 says
//! (block names are the Recommendation's). It must not know RTP, where G.722 counts at 8 kHz (RFC 3551 4.5.2).

mod band;

use band::{Band, saturate};

/// Coefficients of the quadrature mirror filter (G.722 table 3-1, h0 to h11; the other half mirrors them).
const MIRROR: [i16; 12] = [3, -11, 12, 32, -210, 951, 3876, -805, 362, -156, 53, -11];
/// The same from the other end.
const MIRRORED: [i16; 12] = [-11, 53, -156, 362, -805, 3876, 951, -210, 32, 12, -11, 3];
/// Sample pairs that the filter spans.
const PAIRS: usize = 12;
/// Pairs that are filtered before the history is moved to its begin again.
const ROOM: usize = 160;

/// Decision levels of the lower band's quantizer (table 3-2, LL6 to LU6).
const LOW_LEVELS: [i32; 30] = [
    0, 35, 72, 110, 150, 190, 233, 276, 323, 370, 422, 473, 530, 587, 650, 714, 786, 858, 940,
    1023, 1121, 1219, 1339, 1458, 1612, 1765, 1980, 2195, 2557, 2919,
];
/// Output codes by interval, of negative and of positive differences (table 3-3).
const LOW_NEGATIVE: [u8; 31] = [
    0x00, 0x3F, 0x3E, 0x1F, 0x1E, 0x1D, 0x1C, 0x1B, 0x1A, 0x19, 0x18, 0x17, 0x16, 0x15, 0x14, 0x13,
    0x12, 0x11, 0x10, 0x0F, 0x0E, 0x0D, 0x0C, 0x0B, 0x0A, 0x09, 0x08, 0x07, 0x06, 0x05, 0x04,
];
const LOW_POSITIVE: [u8; 31] = [
    0x00, 0x3D, 0x3C, 0x3B, 0x3A, 0x39, 0x38, 0x37, 0x36, 0x35, 0x34, 0x33, 0x32, 0x31, 0x30, 0x2F,
    0x2E, 0x2D, 0x2C, 0x2B, 0x2A, 0x29, 0x28, 0x27, 0x26, 0x25, 0x24, 0x23, 0x22, 0x21, 0x20,
];
/// Output values of the lower band's inverse quantizer with 6 bits (table 3-6), by interval.
const LOW_OUTPUT: [i32; 31] = [
    0, 17, 54, 91, 130, 170, 211, 254, 300, 347, 396, 447, 501, 558, 618, 682, 750, 822, 899, 982,
    1072, 1170, 1279, 1399, 1535, 1689, 1873, 2088, 2376, 2738, 3101,
];
/// The same with the 4 bits that the predictor uses (table 3-4), by interval.
const LOW_PREDICTED: [i32; 8] = [0, 150, 323, 530, 786, 1121, 1612, 2557];
/// Of the higher band (table 3-5), by interval.
const HIGH_OUTPUT: [i32; 3] = [0, 202, 926];
/// The one decision level of the higher band (table 3-2).
const HIGH_LEVEL: i32 = 564;

static LOW_OUTPUT_BY_CODE: [i32; 64] = low_output_by_code();
static LOW_PREDICTED_BY_CODE: [i32; 16] = low_predicted_by_code();
/// The interval of a code of 4 bits, for the scale factor.
const LOW_INTERVAL: [usize; 16] = [0, 7, 6, 5, 4, 3, 2, 1, 7, 6, 5, 4, 3, 2, 1, 0];
const HIGH_OUTPUT_BY_CODE: [i32; 4] = [
    -HIGH_OUTPUT[2] * 8,
    -HIGH_OUTPUT[1] * 8,
    HIGH_OUTPUT[2] * 8,
    HIGH_OUTPUT[1] * 8,
];
const HIGH_INTERVAL: [usize; 4] = [2, 1, 2, 1];

/// Both bands of one direction.
#[derive(Debug, Clone)]
struct Bands {
    low: Band,
    high: Band,
}

impl Bands {
    const fn new() -> Self {
        Self {
            low: Band::low(),
            high: Band::high(),
        }
    }

    /// Blocks 2 to 4 of the lower band: what the predictor learns of a code.
    fn adapt_low(&mut self, code: u8) {
        let four_bits = usize::from(code >> 2);
        let difference = self.low.scaled(LOW_PREDICTED_BY_CODE[four_bits & 15]);
        self.low.adapt_low(LOW_INTERVAL[four_bits & 15]);
        self.low.predict(difference);
    }

    /// The same of the higher band; answers the quantized difference.
    fn adapt_high(&mut self, code: u8) -> i32 {
        let two_bits = usize::from(code & 3);
        let difference = self.high.scaled(HIGH_OUTPUT_BY_CODE[two_bits]);
        self.high.adapt_high(HIGH_INTERVAL[two_bits]);
        self.high.predict(difference);
        difference
    }
}

/// One direction's encoder; what it has heard colors what it says, so each stream has its own.
#[derive(Debug, Clone)]
pub struct Encoder {
    bands: Bands,
    history: History,
}

impl Default for Encoder {
    fn default() -> Self {
        Self {
            bands: Bands::new(),
            history: History::default(),
        }
    }
}

impl Encoder {
    /// Appends one byte for each two samples; one that is left over is dropped, as no frame has it.
    pub fn encode_into(&mut self, samples: &[i16], payload: &mut Vec<u8>) {
        payload.extend(
            samples
                .as_chunks::<2>()
                .0
                .iter()
                .map(|[earlier, later]| self.encode_pair(*earlier, *later)),
        );
    }

    fn encode_pair(&mut self, earlier: i16, later: i16) -> u8 {
        self.history.push(earlier, later);
        let (odd, even) = self.history.filtered();
        let low = band::limit((even + odd) >> 14);
        let high = band::limit((even - odd) >> 14);
        let low_code = self.quantize_low(low);
        let high_code = self.quantize_high(high);
        self.bands.adapt_low(low_code);
        self.bands.adapt_high(high_code);
        high_code << 6 | low_code
    }

    /// Blocks 1L SUBTRA and QUANTL.
    fn quantize_low(&self, sample: i32) -> u8 {
        let difference = saturate(sample - self.bands.low.estimate());
        let magnitude = if difference < 0 {
            !difference
        } else {
            difference
        };
        let step = self.bands.low.step();
        // The levels go up, so the interval is the number of levels that are not above.
        let interval = LOW_LEVELS.partition_point(|level| (level * 8 * step) >> 15 <= magnitude);
        let codes = if difference < 0 {
            &LOW_NEGATIVE
        } else {
            &LOW_POSITIVE
        };
        codes[interval.min(30)]
    }

    /// Blocks 1H SUBTRA and QUANTH.
    fn quantize_high(&self, sample: i32) -> u8 {
        let difference = saturate(sample - self.bands.high.estimate());
        let (magnitude, near, far) = if difference < 0 {
            (!difference, 1, 0)
        } else {
            (difference, 3, 2)
        };
        let level = (HIGH_LEVEL * 8 * self.bands.high.step()) >> 15;
        if magnitude >= level { far } else { near }
    }
}

/// One direction's decoder.
#[derive(Debug, Clone)]
pub struct Decoder {
    bands: Bands,
    history: History,
}

impl Default for Decoder {
    fn default() -> Self {
        Self {
            bands: Bands::new(),
            history: History::default(),
        }
    }
}

impl Decoder {
    /// Appends two samples for each byte.
    pub fn decode_into(&mut self, payload: &[u8], samples: &mut Vec<i16>) {
        samples.extend(payload.iter().flat_map(|&code| self.decode_pair(code)));
    }

    fn decode_pair(&mut self, code: u8) -> [i16; 2] {
        let low_code = code & 0x3F;
        let output = LOW_OUTPUT_BY_CODE[usize::from(low_code)];
        // Blocks 5L INVQBL and RECONS, 6L LIMIT.
        let low = saturate(self.bands.low.estimate() + self.bands.low.scaled(output));
        let low = band::limit(low);
        self.bands.adapt_low(low_code);
        let estimate = self.bands.high.estimate();
        let difference = self.bands.adapt_high(code >> 6);
        let high = band::limit(saturate(estimate + difference));
        self.history.push(narrow(low + high), narrow(low - high));
        let (odd, even) = self.history.filtered();
        [narrow(even >> 11), narrow(odd >> 11)]
    }
}

/// The samples that the mirror filter looks at, those of the first of each pair and those of the second: the newest
/// twelve of what has been put behind one another.
#[derive(Debug, Clone)]
struct History {
    earlier: [i16; PAIRS + ROOM],
    later: [i16; PAIRS + ROOM],
    /// Where the next pair goes.
    end: usize,
}

impl Default for History {
    fn default() -> Self {
        Self {
            earlier: [0; PAIRS + ROOM],
            later: [0; PAIRS + ROOM],
            end: PAIRS,
        }
    }
}

impl History {
    fn push(&mut self, earlier: i16, later: i16) {
        if self.end == PAIRS + ROOM {
            self.earlier.copy_within(ROOM.., 0);
            self.later.copy_within(ROOM.., 0);
            self.end = PAIRS;
        }
        self.earlier[self.end] = earlier;
        self.later[self.end] = later;
        self.end += 1;
    }

    /// The sums over the earlier samples of all pairs, and over the later ones.
    fn filtered(&self) -> (i32, i32) {
        let newest = |samples: &[i16; PAIRS + ROOM], taps: &[i16; PAIRS]| {
            let samples = samples.split_at(self.end).0.last_chunk::<PAIRS>();
            samples.map_or(0, |samples| {
                let products = samples.iter().zip(taps);
                products.map(|(a, b)| i32::from(*a) * i32::from(*b)).sum()
            })
        };
        (
            newest(&self.earlier, &MIRROR),
            newest(&self.later, &MIRRORED),
        )
    }
}

fn narrow(value: i32) -> i16 {
    i16::try_from(saturate(value)).unwrap_or_default()
}

// Tables by code are computed at compile time from those by interval, as the Recommendation gives them.

const fn low_output_by_code() -> [i32; 64] {
    let mut table = [0; 64];
    let mut interval = 1;
    while interval <= 30 {
        table[LOW_NEGATIVE[interval] as usize] = -LOW_OUTPUT[interval] * 8;
        table[LOW_POSITIVE[interval] as usize] = LOW_OUTPUT[interval] * 8;
        interval += 1;
    }
    // Codes that no encoder sends (table 3-6): taken as the smallest negative value.
    let mut code = 0;
    while code < 4 {
        table[code] = -LOW_OUTPUT[1] * 8;
        code += 1;
    }
    table
}

const fn low_predicted_by_code() -> [i32; 16] {
    let mut table = [0; 16];
    let mut code = 0;
    while code < 16 {
        let value = LOW_PREDICTED[LOW_INTERVAL[code]] * 8;
        table[code] = if code < 8 { -value } else { value };
        code += 1;
    }
    table
}

#[cfg(test)]
mod tests;
