//! MP3 files, decoded by Symphonia; tags before the sound are stepped over here.

use super::{Decoded, Mixer, Unplayable, Was, check_length, check_shape};
use std::io::Cursor;
use symphonia_bundle_mp3::{MpaDecoder, MpaReader};
use symphonia_core::codecs::audio::{AudioDecoder, AudioDecoderOptions};
use symphonia_core::errors::Error;
use symphonia_core::formats::{FormatOptions, FormatReader};
use symphonia_core::io::{MediaSourceStream, MediaSourceStreamOptions};

/// Tags at the beginning of a file.
const TAGS_MAX: usize = 4;
/// Frames of an MP3 that may be damaged before the file is.
const DAMAGED_FRAMES_MAX: usize = 16;
/// What no sample of a file that was cut off is above.
const FULL_SCALE: f32 = 0.9999;

/// Whether a file begins as an MP3 does: with a tag, or with a frame of MPEG layer III.
pub(super) fn is_one(file: &[u8]) -> bool {
    match file {
        [b'I', b'D', b'3', ..] => true,
        [0xFF, second, ..] => second & 0xE6 == 0xE2 && second & 0x18 != 0x08,
        _ => false,
    }
}

pub(super) fn decode(file: &[u8]) -> Result<Decoded, Unplayable> {
    let sound = Cursor::new(behind_tags(file).to_vec());
    let source = MediaSourceStream::new(Box::new(sound), MediaSourceStreamOptions::default());
    let reader = MpaReader::try_new(source, FormatOptions::default());
    let mut reader = reader
        .ok()
        .ok_or(Unplayable::Damaged("no frame of an MP3 in it"))?;
    let track = reader.tracks().first();
    let params = track.and_then(|it| it.codec_params.as_ref()?.audio());
    let decoder =
        params.and_then(|it| MpaDecoder::try_new(it, &AudioDecoderOptions::default()).ok());
    let mut decoder = decoder.ok_or(Unplayable::Damaged("not of MPEG layer III"))?;
    let (mut mixing, mut n_damaged) = (None, 0);
    while let Some(packet) = next(reader.next_packet())? {
        match decoder.decode(&packet) {
            Ok(heard) => {
                let spec = heard.spec();
                let shape = (spec.rate(), spec.channels().count());
                let mut samples: Vec<f32> = Vec::new();
                heard.copy_to_vec_interleaved(&mut samples);
                add(&mut mixing, shape, &samples)?;
            }
            Err(_) if n_damaged < DAMAGED_FRAMES_MAX => n_damaged += 1,
            Err(_) => return Err(Unplayable::Damaged("its frames cannot be decoded")),
        }
    }
    let (was, mixer) = mixing.ok_or(Unplayable::Empty)?;
    Ok(Decoded {
        was,
        is_clipped: mixer.is_clipped,
        mono: mixer.mono,
    })
}

/// The end of the file is where the frames end.
fn next<T>(packet: Result<Option<T>, Error>) -> Result<Option<T>, Unplayable> {
    match packet {
        Ok(packet) => Ok(packet),
        Err(Error::IoError(_)) => Ok(None),
        Err(_) => Err(Unplayable::Damaged("its frames cannot be found")),
    }
}

/// Adds a decoded frame; all have the shape of the first.
fn add(
    mixing: &mut Option<(Was, Mixer)>,
    (rate_hz, channels): (u32, usize),
    samples: &[f32],
) -> Result<(), Unplayable> {
    let channels = u16::try_from(channels).unwrap_or(u16::MAX);
    check_shape(rate_hz, channels)?;
    let (was, mixer) = mixing.get_or_insert_with(|| {
        let was = Was {
            rate_hz,
            channels,
            bits: None,
        };
        (was, Mixer::new(channels, FULL_SCALE, 0))
    });
    if (was.rate_hz, was.channels) != (rate_hz, channels) {
        return Err(Unplayable::Damaged("it changes its rate or channels"));
    }
    for frame in samples.chunks_exact(usize::from(channels)) {
        mixer.add(frame.iter().copied());
    }
    check_length(mixer.mono.len(), rate_hz)
}

/// What follows the tags (ID3v2): ten bytes, of which the last four are the length of the rest, seven bits each.
fn behind_tags(file: &[u8]) -> &[u8] {
    let mut rest = file;
    for _ in 0..TAGS_MAX {
        let [b'I', b'D', b'3', _, _, _, a, b, c, d, ..] = rest else {
            break;
        };
        let length = [a, b, c, d]
            .into_iter()
            .fold(0_usize, |sum, it| (sum << 7) | usize::from(it & 0x7F));
        rest = rest.get(length + 10..).unwrap_or_default();
    }
    rest
}
