//! WAV files with 16-bit PCM, mono or stereo: prompts in, recordings out.
//! Reading is tolerant of what recorders really write (unknown chunks, a data length of zero or
//! past the end after a crash); it must not know files: bytes in, bytes out.

pub mod quiet;

use crate::{Error, Micros};

/// A prompt or a part of a recording; larger files are streamed elsewhere or refused.
pub const FILE_BYTES_MAX: usize = 256 * 1024 * 1024;
/// The canonical header.
pub const HEADER_BYTES: usize = 44;
const CHUNKS_MAX: usize = 64;
pub(crate) const FORMAT_PCM: u16 = 1;
/// `WAVE_FORMAT_EXTENSIBLE`: the real format is the first two bytes of the sub-format GUID.
const FORMAT_EXTENSIBLE: u16 = 0xFFFE;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channels {
    Mono,
    Stereo,
}

impl Channels {
    #[must_use]
    pub const fn count(self) -> u16 {
        match self {
            Self::Mono => 1,
            Self::Stereo => 2,
        }
    }
}

/// What a file holds, known without copying its samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Info {
    pub sample_rate: u32,
    pub channels: Channels,
    /// Sample frames: one sample per channel each.
    pub n_frames: u64,
}

impl Info {
    /// How long it plays.
    #[must_use]
    pub fn duration(&self) -> Micros {
        let micros = u128::from(self.n_frames) * 1_000_000 / u128::from(self.sample_rate.max(1));
        Micros::try_from(micros).unwrap_or(Micros::MAX)
    }
}

/// A whole file; stereo samples are interleaved, left first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wav {
    pub sample_rate: u32,
    pub channels: Channels,
    pub samples: Vec<i16>,
}

impl Wav {
    /// Reads a file.
    pub fn parse(file: &[u8]) -> Result<Self, Error> {
        let (info, data) = locate(file)?;
        let samples = data
            .chunks_exact(2)
            .map(|pair| i16::from_le_bytes([pair[0], pair[1]]))
            .collect();
        Ok(Self {
            sample_rate: info.sample_rate,
            channels: info.channels,
            samples,
        })
    }

    /// Writes the canonical header and the samples.
    pub fn to_bytes(&self) -> Result<Vec<u8>, Error> {
        let channels = usize::from(self.channels.count());
        if !self.samples.len().is_multiple_of(channels) {
            return Err(Error::Malformed("stereo samples are not in pairs"));
        }
        let n_bytes = self.samples.len() * 2;
        if n_bytes > FILE_BYTES_MAX - HEADER_BYTES {
            return Err(Error::Limit("WAV length"));
        }
        let length = Length::Known(n_bytes as u64);
        let header = header(self.sample_rate, self.channels, length)?;
        let mut file = Vec::with_capacity(HEADER_BYTES + n_bytes);
        file.extend(header);
        for sample in &self.samples {
            file.extend(sample.to_le_bytes());
        }
        Ok(file)
    }

    /// What it holds.
    #[must_use]
    pub fn info(&self) -> Info {
        let n_frames = self.samples.len() / usize::from(self.channels.count());
        Info {
            sample_rate: self.sample_rate,
            channels: self.channels,
            n_frames: u64::try_from(n_frames).unwrap_or(u64::MAX),
        }
    }
}

/// How many bytes of samples follow a header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Length {
    Known(u64),
    /// As many as there are: the file is still being written, or its writer died.
    Open,
}

/// The canonical header of a file with 16-bit PCM.
pub fn header(
    sample_rate: u32,
    channels: Channels,
    length: Length,
) -> Result<[u8; HEADER_BYTES], Error> {
    check_rate(sample_rate)?;
    let (whole, data) = match length {
        Length::Open => (u32::MAX, u32::MAX),
        Length::Known(n_bytes) => {
            let too_long = Error::Limit("WAV length");
            let data = u32::try_from(n_bytes).or(Err(too_long))?;
            (data.checked_add(36).ok_or(too_long)?, data)
        }
    };
    let block = channels.count() * 2;
    let mut header = [0; HEADER_BYTES];
    let fields: [&[u8]; 13] = [
        b"RIFF",
        &whole.to_le_bytes(),
        b"WAVE",
        b"fmt ",
        &16_u32.to_le_bytes(),
        &FORMAT_PCM.to_le_bytes(),
        &channels.count().to_le_bytes(),
        &sample_rate.to_le_bytes(),
        &(sample_rate * u32::from(block)).to_le_bytes(),
        &block.to_le_bytes(),
        &16_u16.to_le_bytes(),
        b"data",
        &data.to_le_bytes(),
    ];
    let bytes = fields.into_iter().flatten();
    for (to, from) in header.iter_mut().zip(bytes) {
        *to = *from;
    }
    Ok(header)
}

/// What the begin of a file says, of as many channels as there are: enough to go through a file that is too
/// large to be held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    pub sample_rate: u32,
    pub channels: u16,
    /// Where the samples begin, in bytes from the begin of the file.
    pub data_at: usize,
}

/// Channels of a recording.
const HEAD_CHANNELS_MAX: u16 = 8;

/// Reads the begin of a file, 16-bit PCM.
pub fn head(start: &[u8]) -> Result<Head, Error> {
    let chunks = chunks(start)?;
    let format = Format::read(chunks.format)?;
    if format.encoding != FORMAT_PCM || format.bits != 16 {
        return Err(Error::Unsupported("only 16-bit PCM WAV files are accepted"));
    }
    if !(1..=HEAD_CHANNELS_MAX).contains(&format.channels) {
        return Err(Error::Unsupported(
            "only one to eight channels are accepted",
        ));
    }
    check_rate(format.sample_rate)?;
    Ok(Head {
        sample_rate: format.sample_rate,
        channels: format.channels,
        data_at: start.len() - chunks.after.len(),
    })
}

/// Reads the header only: the length of a prompt without its samples.
pub fn probe(file: &[u8]) -> Result<Info, Error> {
    locate(file).map(|(info, _)| info)
}

/// The format and the bytes of whole sample frames.
fn locate(file: &[u8]) -> Result<(Info, &[u8]), Error> {
    let chunks = chunks(file)?;
    let (sample_rate, channels) = parse_format(chunks.format)?;
    Ok(measure(
        sample_rate,
        channels,
        chunks.declared,
        chunks.after,
    ))
}

/// The two chunks that matter.
pub(crate) struct Chunks<'a> {
    /// The format chunk, as far as it is there.
    pub(crate) format: &'a [u8],
    /// The length that the data chunk says it has.
    pub(crate) declared: usize,
    /// What follows the header of the data chunk.
    pub(crate) after: &'a [u8],
}

/// Finds the format and the data.
pub(crate) fn chunks(file: &[u8]) -> Result<Chunks<'_>, Error> {
    if file.len() > FILE_BYTES_MAX {
        return Err(Error::Limit("WAV length"));
    }
    let (riff, mut rest) = file
        .split_at_checked(12)
        .ok_or(Error::Truncated("RIFF header"))?;
    if !riff.starts_with(b"RIFF") || !riff.ends_with(b"WAVE") {
        return Err(Error::Malformed("not a RIFF/WAVE file"));
    }
    let mut format = None;
    for _ in 0..CHUNKS_MAX {
        let Some((header, after)) = rest.split_first_chunk::<8>() else {
            break;
        };
        let [i0, i1, i2, i3, s0, s1, s2, s3] = *header;
        let declared = usize::try_from(u32::from_le_bytes([s0, s1, s2, s3])).unwrap_or(usize::MAX);
        let id = [i0, i1, i2, i3];
        if &id == b"data" {
            let format = format.ok_or(Error::Malformed("data before fmt"))?;
            return Ok(Chunks {
                format,
                declared,
                after,
            });
        }
        if &id == b"fmt " {
            format = Some(after.split_at(declared.min(after.len())).0);
        }
        // Chunks are padded to an even length; a file that forgets the last pad byte still reads.
        let skip = declared.saturating_add(declared % 2).min(after.len());
        rest = after.split_at(skip).1;
    }
    Err(Error::Truncated("no data chunk"))
}

/// The fixed part of a format chunk.
pub(crate) struct Format {
    /// The encoding; of an extensible format the one that it extends.
    pub(crate) encoding: u16,
    pub(crate) channels: u16,
    pub(crate) sample_rate: u32,
    pub(crate) bits: u16,
}

impl Format {
    pub(crate) fn read(chunk: &[u8]) -> Result<Self, Error> {
        let (fixed, rest) = chunk
            .split_first_chunk::<16>()
            .ok_or(Error::Truncated("fmt chunk"))?;
        let [f0, f1, c0, c1, r0, r1, r2, r3, _, _, _, _, _, _, b0, b1] = *fixed;
        let mut encoding = u16::from_le_bytes([f0, f1]);
        if encoding == FORMAT_EXTENSIBLE {
            // cbSize, valid bits and the channel mask come before the GUID.
            let guid = rest
                .get(8..10)
                .ok_or(Error::Truncated("extensible fmt chunk"))?;
            encoding = u16::from_le_bytes([guid[0], guid[1]]);
        }
        Ok(Self {
            encoding,
            channels: u16::from_le_bytes([c0, c1]),
            sample_rate: u32::from_le_bytes([r0, r1, r2, r3]),
            bits: u16::from_le_bytes([b0, b1]),
        })
    }
}

fn measure(sample_rate: u32, channels: Channels, declared: usize, after: &[u8]) -> (Info, &[u8]) {
    let block = usize::from(channels.count()) * 2;
    // A recorder that died, or that wrote to a pipe, leaves zero or all ones as the length.
    let length = if declared == 0 {
        after.len()
    } else {
        declared.min(after.len())
    };
    let n_frames = length / block;
    let data = after.split_at(n_frames * block).0;
    let n_frames = u64::try_from(n_frames).unwrap_or(u64::MAX);
    (
        Info {
            sample_rate,
            channels,
            n_frames,
        },
        data,
    )
}

fn parse_format(chunk: &[u8]) -> Result<(u32, Channels), Error> {
    let format = Format::read(chunk)?;
    if format.encoding != FORMAT_PCM {
        return Err(Error::Unsupported("only PCM WAV files are accepted"));
    }
    if format.bits != 16 {
        return Err(Error::Unsupported("only 16-bit WAV files are accepted"));
    }
    let channels = match format.channels {
        1 => Channels::Mono,
        2 => Channels::Stereo,
        _ => {
            return Err(Error::Unsupported(
                "only mono and stereo WAV files are accepted",
            ));
        }
    };
    check_rate(format.sample_rate)?;
    Ok((format.sample_rate, channels))
}

fn check_rate(sample_rate: u32) -> Result<(), Error> {
    if (4_000..=192_000).contains(&sample_rate) {
        Ok(())
    } else {
        Err(Error::Unsupported("sample rate outside 4 to 192 kHz"))
    }
}

#[cfg(test)]
mod tests {
    use super::{Channels, Wav, probe};
    use crate::Error;

    fn second_of_silence(channels: Channels) -> Wav {
        let n = 8_000 * usize::from(channels.count());
        Wav {
            sample_rate: 8_000,
            channels,
            samples: vec![0; n],
        }
    }

    #[test]
    fn mono_and_stereo_files_survive_a_round_trip() {
        for channels in [Channels::Mono, Channels::Stereo] {
            let wav = Wav {
                sample_rate: 16_000,
                channels,
                samples: vec![1, -2, i16::MIN, i16::MAX],
            };
            assert_eq!(Wav::parse(&wav.to_bytes().unwrap()).unwrap(), wav);
        }
    }

    #[test]
    fn length_of_a_prompt_is_known_without_its_samples() {
        for channels in [Channels::Mono, Channels::Stereo] {
            let bytes = second_of_silence(channels).to_bytes().unwrap();
            let info = probe(&bytes).unwrap();
            assert_eq!((info.n_frames, info.duration()), (8_000, 1_000_000));
        }
    }

    #[test]
    fn unknown_chunks_are_skipped_with_their_padding() {
        let plain = second_of_silence(Channels::Mono).to_bytes().unwrap();
        let mut file = plain[..12].to_vec();
        file.extend(b"LIST\x03\0\0\0abc\0");
        file.extend(&plain[12..]);
        file.extend(b"junk");
        assert_eq!(probe(&file).unwrap().n_frames, 8_000);
    }

    #[test]
    fn data_length_left_open_by_a_crashed_recorder_reads_to_the_end() {
        for declared in [0, u32::MAX] {
            let mut file = second_of_silence(Channels::Mono).to_bytes().unwrap();
            file[40..44].copy_from_slice(&declared.to_le_bytes());
            file.push(1);
            assert_eq!(probe(&file).unwrap().n_frames, 8_000);
        }
    }

    #[test]
    fn extensible_pcm_is_accepted_and_other_codecs_are_named() {
        let plain = second_of_silence(Channels::Mono).to_bytes().unwrap();
        let mut file = plain[..16].to_vec();
        file.extend(40_u32.to_le_bytes());
        file.extend(0xFFFE_u16.to_le_bytes());
        file.extend(&plain[22..36]);
        file.extend([22, 0, 16, 0, 4, 0, 0, 0]);
        file.extend(b"\x01\0\0\0\0\0\x10\0\x80\0\0\xAA\0\x38\x9B\x71");
        file.extend(&plain[36..]);
        assert_eq!(probe(&file).unwrap().n_frames, 8_000);

        let mut float = plain.clone();
        float[20] = 3;
        assert!(matches!(probe(&float), Err(Error::Unsupported(_))));
        let mut eight_bit = plain.clone();
        eight_bit[34] = 8;
        assert!(matches!(probe(&eight_bit), Err(Error::Unsupported(_))));
        let mut surround = plain;
        surround[22] = 6;
        assert!(matches!(probe(&surround), Err(Error::Unsupported(_))));
    }

    #[test]
    fn every_truncation_of_the_header_is_refused() {
        let file = second_of_silence(Channels::Mono).to_bytes().unwrap();
        for length in 0..44 {
            assert!(Wav::parse(&file[..length]).is_err(), "{length} bytes");
        }
        assert_eq!(Wav::parse(&file[..46]).unwrap().samples.len(), 1);
    }

    #[test]
    fn a_file_of_endless_chunks_ends() {
        let mut file = b"RIFF\0\0\0\0WAVE".to_vec();
        for _ in 0..10_000 {
            file.extend(b"LIST\0\0\0\0");
        }
        assert!(probe(&file).is_err());
    }

    #[test]
    fn unpaired_stereo_is_not_written() {
        let wav = Wav {
            sample_rate: 8_000,
            channels: Channels::Stereo,
            samples: vec![1],
        };
        assert!(wav.to_bytes().is_err());
    }
}
