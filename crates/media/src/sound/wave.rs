//! WAV files of any usual encoding. Stricter than [`crate::wav`]: what a person uploads is whole, or is
//! refused while the person is there to export it again.

use super::{Decoded, Mixer, Unplayable, Was, check_length, check_shape};
use crate::Error;
use crate::g711::Law;
use crate::wav::{FORMAT_PCM, Format, chunks};

const FORMAT_FLOAT: u16 = 3;
const FORMAT_A_LAW: u16 = 6;
const FORMAT_MU_LAW: u16 = 7;

#[derive(Clone, Copy)]
enum Encoding {
    U8,
    I16,
    I24,
    I32,
    F32,
    F64,
    G711(Law),
}

pub(super) fn decode(file: &[u8]) -> Result<Decoded, Unplayable> {
    let chunks = chunks(file).map_err(damaged)?;
    let format = Format::read(chunks.format).map_err(damaged)?;
    check_shape(format.sample_rate, format.channels)?;
    let encoding = Encoding::of(&format)?;
    let (promised, found) = (chunks.declared, chunks.after.len());
    if promised > found {
        return Err(Unplayable::CutOff { promised, found });
    }
    let data = chunks.after.split_at(promised).0;
    let n_bytes = encoding.n_bytes();
    let n_frames = data.len() / (n_bytes * usize::from(format.channels));
    if n_frames == 0 {
        return Err(Unplayable::Empty);
    }
    check_length(n_frames, format.sample_rate)?;
    let mut mixer = Mixer::new(format.channels, encoding.full_scale(), n_frames);
    for frame in data.chunks_exact(n_bytes * usize::from(format.channels)) {
        mixer.add(frame.chunks_exact(n_bytes).map(|it| encoding.sample(it)));
    }
    Ok(Decoded {
        was: Was {
            rate_hz: format.sample_rate,
            channels: format.channels,
            bits: Some(format.bits),
        },
        is_clipped: mixer.is_clipped,
        mono: mixer.mono,
    })
}

const fn damaged(error: Error) -> Unplayable {
    match error {
        Error::Truncated(what)
        | Error::Malformed(what)
        | Error::Unsupported(what)
        | Error::Limit(what) => Unplayable::Damaged(what),
        Error::NoSuchParty => Unplayable::Damaged("unreadable"),
    }
}

impl Encoding {
    const fn of(format: &Format) -> Result<Self, Unplayable> {
        Ok(match (format.encoding, format.bits) {
            (FORMAT_PCM, 8) => Self::U8,
            (FORMAT_PCM, 16) => Self::I16,
            (FORMAT_PCM, 24) => Self::I24,
            (FORMAT_PCM, 32) => Self::I32,
            (FORMAT_FLOAT, 32) => Self::F32,
            (FORMAT_FLOAT, 64) => Self::F64,
            (FORMAT_A_LAW, 8) => Self::G711(Law::A),
            (FORMAT_MU_LAW, 8) => Self::G711(Law::Mu),
            (format, bits) => return Err(Unplayable::Encoding { format, bits }),
        })
    }

    const fn n_bytes(self) -> usize {
        match self {
            Self::U8 | Self::G711(_) => 1,
            Self::I16 => 2,
            Self::I24 => 3,
            Self::I32 | Self::F32 => 4,
            Self::F64 => 8,
        }
    }

    /// What no sample is above.
    const fn full_scale(self) -> f32 {
        match self {
            Self::U8 => 0.992,
            Self::G711(_) => 0.98,
            Self::I16 | Self::I24 | Self::I32 | Self::F32 | Self::F64 => 0.9999,
        }
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "a telephone keeps 16 bits of what a sample has"
    )]
    fn sample(self, bytes: &[u8]) -> f32 {
        match (self, bytes) {
            (Self::U8, [it]) => (f32::from(*it) - 128.0) / 128.0,
            (Self::G711(law), [it]) => f32::from(law.decode(*it)) / 32_768.0,
            (Self::I16, [a, b]) => f32::from(i16::from_le_bytes([*a, *b])) / 32_768.0,
            (Self::I24, [a, b, c]) => whole(i32::from_le_bytes([0, *a, *b, *c])),
            (Self::I32, [a, b, c, d]) => whole(i32::from_le_bytes([*a, *b, *c, *d])),
            (Self::F32, [a, b, c, d]) => f32::from_le_bytes([*a, *b, *c, *d]),
            (Self::F64, [a, b, c, d, e, f, g, h]) => {
                f64::from_le_bytes([*a, *b, *c, *d, *e, *f, *g, *h]) as f32
            }
            // The frames were cut to the size of a sample.
            (_, _) => 0.0,
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a telephone keeps 16 bits of what a sample has"
)]
fn whole(sample: i32) -> f32 {
    (f64::from(sample) / 2_147_483_648.0) as f32
}
