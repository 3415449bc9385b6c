//! Silence in recorded files: over what must not be heard, and where a recorder left a pause out, so that the
//! file is as long as the call. 16-bit PCM of any number of channels; bytes in, bytes out.

use super::{FILE_BYTES_MAX, FORMAT_PCM, Format, chunks};
use crate::Error;

/// Channels of one file.
const CHANNELS_MAX: u16 = 8;

/// Where the samples lie, and how many bytes there are in a second.
struct Layout {
    /// The first byte of the samples.
    start: usize,
    /// How many bytes of samples there are.
    length: usize,
    /// Bytes of one sample of every channel.
    block: usize,
    /// Blocks in a second.
    rate: u64,
}

impl Layout {
    fn of(file: &[u8]) -> Result<Self, Error> {
        let chunks = chunks(file)?;
        let format = Format::read(chunks.format)?;
        if format.encoding != FORMAT_PCM || format.bits != 16 || format.sample_rate == 0 {
            return Err(Error::Malformed("not 16-bit PCM"));
        }
        if !(1..=CHANNELS_MAX).contains(&format.channels) {
            return Err(Error::Malformed("too many channels"));
        }
        let block = usize::from(format.channels) * 2;
        let there = chunks.after.len();
        let declared = if chunks.declared == 0 {
            there
        } else {
            chunks.declared.min(there)
        };
        Ok(Self {
            start: file.len() - there,
            length: declared - declared % block,
            block,
            rate: u64::from(format.sample_rate),
        })
    }

    /// The byte of the file at which an instant lies, no later than its end.
    fn at(&self, ms: u64) -> usize {
        let blocks = ms.saturating_mul(self.rate) / 1_000;
        let blocks = usize::try_from(blocks).unwrap_or(usize::MAX);
        self.start + blocks.saturating_mul(self.block).min(self.length)
    }
}

/// How long a file plays, ms.
///
/// # Errors
/// When it is no file of 16-bit PCM.
pub fn length_ms(file: &[u8]) -> Result<u64, Error> {
    let layout = Layout::of(file)?;
    let blocks = u64::try_from(layout.length / layout.block).unwrap_or(u64::MAX);
    Ok(blocks.saturating_mul(1_000) / layout.rate)
}

/// Overwrites every channel from here to there, ms, with silence; to the end without an end.
///
/// # Errors
/// When it is no file of 16-bit PCM.
pub fn silence(file: &mut [u8], from_ms: u64, until_ms: Option<u64>) -> Result<(), Error> {
    let layout = Layout::of(file)?;
    let from = layout.at(from_ms);
    let until = layout.at(until_ms.unwrap_or(u64::MAX));
    if let Some(samples) = file.get_mut(from..until) {
        samples.fill(0);
    }
    Ok(())
}

/// Puts so much silence, ms, in at an instant; at the end where the file is shorter.
///
/// # Errors
/// When it is no file of 16-bit PCM, or would be too long.
pub fn insert_silence(file: &mut Vec<u8>, at_ms: u64, length_ms: u64) -> Result<(), Error> {
    let layout = Layout::of(file)?;
    let blocks = length_ms.saturating_mul(layout.rate) / 1_000;
    let n_bytes = usize::try_from(blocks).unwrap_or(usize::MAX);
    let n_bytes = n_bytes.saturating_mul(layout.block);
    if file.len().saturating_add(n_bytes) > FILE_BYTES_MAX {
        return Err(Error::Limit("WAV length"));
    }
    let at = layout.at(at_ms);
    file.splice(at..at, std::iter::repeat_n(0, n_bytes));
    declare(file, layout.start, layout.length + n_bytes)
}

/// Writes how long the samples are into the header; what follows them is left as it is.
fn declare(file: &mut [u8], start: usize, length: usize) -> Result<(), Error> {
    let too_long = |_| Error::Limit("WAV length");
    let whole = u32::try_from(file.len() - 8).map_err(too_long)?;
    let length = u32::try_from(length).map_err(too_long)?;
    let fields = [(4..8, whole), (start - 4..start, length)];
    for (place, value) in fields {
        if let Some(field) = file.get_mut(place) {
            field.copy_from_slice(&value.to_le_bytes());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::{Channels, Wav, probe};
    use super::*;

    /// A second of noise on two channels, one sample in a millisecond.
    fn noise() -> Vec<u8> {
        let wav = Wav {
            sample_rate: 8_000,
            channels: Channels::Stereo,
            samples: vec![77; 16_000],
        };
        wav.to_bytes().unwrap()
    }

    fn heard(file: &[u8]) -> Vec<(usize, usize)> {
        let wav = Wav::parse(file).unwrap();
        let mut stretches: Vec<(usize, usize)> = Vec::new();
        for (n, frame) in wav.samples.chunks(2).enumerate() {
            if frame.iter().all(|it| *it == 0) {
                continue;
            }
            match stretches.last_mut() {
                Some((_, until)) if *until == n => *until = n + 1,
                _ => stretches.push((n, n + 1)),
            }
        }
        let ms = |frames: usize| frames / 8;
        stretches.iter().map(|(a, b)| (ms(*a), ms(*b))).collect()
    }

    // B-023
    #[test]
    fn every_channel_is_silent_from_here_to_there_and_the_rest_is_as_it_was() {
        let mut file = noise();
        silence(&mut file, 200, Some(500)).unwrap();
        assert_eq!(heard(&file), [(0, 200), (500, 1_000)]);
        silence(&mut file, 900, None).unwrap();
        assert_eq!(heard(&file), [(0, 200), (500, 900)]);
        silence(&mut file, 5_000, Some(6_000)).unwrap();
        silence(&mut file, 600, Some(550)).unwrap();
        assert_eq!(heard(&file), [(0, 200), (500, 900)]);
        assert_eq!(length_ms(&file), Ok(1_000));
    }

    // R-24 c: silence of true length
    #[test]
    fn silence_that_was_left_out_is_put_in_and_the_header_says_so() {
        let mut file = noise();
        insert_silence(&mut file, 300, 700).unwrap();
        assert_eq!(heard(&file), [(0, 300), (1_000, 1_700)]);
        assert_eq!(length_ms(&file), Ok(1_700));
        assert_eq!(probe(&file).unwrap().n_frames, 8 * 1_700);
        insert_silence(&mut file, 99_000, 100).unwrap();
        assert_eq!(length_ms(&file), Ok(1_800));
    }

    #[test]
    fn what_is_no_pcm_is_refused() {
        let mut file = noise();
        file[20] = 7;
        assert!(silence(&mut file, 0, None).is_err());
        assert!(length_ms(b"RIFF").is_err());
        assert!(insert_silence(&mut noise(), 0, u64::MAX).is_err());
    }
}
