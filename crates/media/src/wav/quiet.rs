//! Silence in recorded files while they go by: over what must not be heard, and where a recorder left a pause out,
//! so that the file is as long as the call. 16-bit PCM of any number of channels; bytes in, bytes out. Of a file no
//! more is held than its header, so that it may be longer than the memory.

use super::{FORMAT_PCM, Format, chunks};
use crate::Error;
use std::collections::VecDeque;

/// Channels of one file.
const CHANNELS_MAX: u16 = 8;
/// Bytes at the begin of a file in which its header must be.
pub const HEADER_BYTES_MAX: usize = 64 * 1024;
/// What a recorder writes as the length when it does not know it.
const LENGTH_UNKNOWN: usize = u32::MAX as usize;

/// The begin of a file: where its samples lie, and how many there are.
#[derive(Debug, Clone)]
pub struct Header {
    bytes: Vec<u8>,
    /// Bytes of samples; not known where neither the header nor the sender says it.
    length: Option<u64>,
    /// Bytes of one sample of every channel.
    block: u64,
    /// Blocks in a second.
    rate: u64,
}

impl Header {
    /// Reads the header at the begin of a file; `None` when more of it is needed. `file_bytes` is how long the
    /// sender says that the whole file is.
    ///
    /// # Errors
    /// When it is no file of 16-bit PCM, or shorter than its header says.
    pub fn read(start: &[u8], file_bytes: Option<u64>) -> Result<Option<Self>, Error> {
        let chunks = match chunks(start) {
            Ok(chunks) => chunks,
            Err(Error::Truncated(_)) if start.len() < HEADER_BYTES_MAX => return Ok(None),
            Err(error) => return Err(error),
        };
        let format = Format::read(chunks.format)?;
        if format.encoding != FORMAT_PCM || format.bits != 16 || format.sample_rate == 0 {
            return Err(Error::Malformed("not 16-bit PCM"));
        }
        if !(1..=CHANNELS_MAX).contains(&format.channels) {
            return Err(Error::Malformed("too many channels"));
        }
        let header_bytes = start.len() - chunks.after.len();
        let there = match file_bytes {
            Some(bytes) => Some(
                bytes
                    .checked_sub(header_bytes as u64)
                    .ok_or(Error::Truncated("RIFF header"))?,
            ),
            None => None,
        };
        let block = u64::from(format.channels) * 2;
        let length = match (chunks.declared, there) {
            (0 | LENGTH_UNKNOWN, there) => there,
            (declared, Some(there)) if declared as u64 > there => {
                return Err(Error::Truncated("samples"));
            }
            (declared, _) => Some(declared as u64),
        };
        Ok(Some(Self {
            bytes: start[..header_bytes].to_vec(),
            length: length.map(|length| length - length % block),
            block,
            rate: u64::from(format.sample_rate),
        }))
    }

    /// Where the samples begin, in bytes from the begin of the file.
    #[must_use]
    pub fn samples_at(&self) -> usize {
        self.bytes.len()
    }

    /// How many channels there are.
    #[must_use]
    pub fn channels(&self) -> u16 {
        u16::try_from(self.block / 2).unwrap_or(CHANNELS_MAX)
    }

    /// How long the file plays, ms, where that is known.
    #[must_use]
    pub fn length_ms(&self) -> Option<u64> {
        self.length.map(|length| self.ms(length))
    }

    fn ms(&self, bytes: u64) -> u64 {
        (bytes / self.block).saturating_mul(1_000) / self.rate
    }

    /// The byte among the samples at which an instant lies.
    fn at(&self, ms: u64) -> u64 {
        let blocks = ms.saturating_mul(self.rate) / 1_000;
        blocks.saturating_mul(self.block)
    }

    /// The header of a file that has so many bytes more.
    fn longer_by(mut self, more: u64) -> Result<Vec<u8>, Error> {
        let Some(length) = self.length.filter(|_| more > 0) else {
            return Ok(self.bytes);
        };
        let too_long = |_| Error::Limit("WAV length");
        let length = u32::try_from(length + more).map_err(too_long)?;
        let whole = u64::from(length) + self.bytes.len() as u64 - 8;
        let whole = u32::try_from(whole).map_err(too_long)?;
        let start = self.bytes.len();
        for (place, value) in [(4..8, whole), (start - 4..start, length)] {
            if let Some(field) = self.bytes.get_mut(place) {
                field.copy_from_slice(&value.to_le_bytes());
            }
        }
        Ok(self.bytes)
    }
}

/// Silence over what must not be heard, on every channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Over {
    /// From which instant of the file that comes out, ms.
    pub from_ms: u64,
    /// To which; to the end without.
    pub until_ms: Option<u64>,
}

/// Silence where a recorder left something out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeftOut {
    /// At which instant of the file that comes out, ms; at the end where the file is shorter.
    pub at_ms: u64,
    /// How long, ms.
    pub length_ms: u64,
}

/// What comes out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// These bytes.
    Bytes(Vec<u8>),
    /// So many zeros.
    Silence(u64),
}

/// A file that goes by.
pub struct Passing {
    header: Header,
    /// What is to be written before the first sample.
    head: Vec<u8>,
    over: Vec<(u64, u64)>,
    left_out: VecDeque<(u64, u64)>,
    /// Bytes of samples that came out.
    at: u64,
    /// Bytes of samples that are still to come in, where it is known.
    left: Option<u64>,
}

impl Passing {
    /// The file behind a header, with silence there.
    ///
    /// # Errors
    /// When it would be longer than a file can be.
    pub fn new(header: Header, over: &[Over], left_out: &[LeftOut]) -> Result<Self, Error> {
        let mut put_in: Vec<_> = left_out
            .iter()
            .map(|it| (header.at(it.at_ms), header.at(it.length_ms)))
            .collect();
        put_in.sort_unstable();
        let more = put_in
            .iter()
            .fold(0_u64, |sum, (_, length)| sum.saturating_add(*length));
        let over = over.iter().map(|it| {
            let until = it.until_ms.map_or(u64::MAX, |until| header.at(until));
            (header.at(it.from_ms), until)
        });
        Ok(Self {
            over: over.collect(),
            head: header.clone().longer_by(more)?,
            left: header.length,
            left_out: put_in.into(),
            at: 0,
            header,
        })
    }

    /// Takes more of what follows the header, and adds what comes out to `out`.
    pub fn take(&mut self, more: &[u8], out: &mut Vec<Piece>) {
        self.put_head(out);
        let n = self.left.map_or(more.len(), |left| {
            usize::try_from(left).unwrap_or(usize::MAX).min(more.len())
        });
        let (samples, after) = more.split_at(n);
        self.samples(samples, out);
        if let Some(left) = &mut self.left {
            *left -= samples.len() as u64;
            if *left == 0 {
                self.put_in_all(out);
                put(after, out);
            }
        }
    }

    /// Ends it; answers how long the file plays that came out, ms.
    ///
    /// # Errors
    /// When samples are missing that the header told of.
    pub fn end(mut self, out: &mut Vec<Piece>) -> Result<u64, Error> {
        self.put_head(out);
        if self.left.is_some_and(|left| left > 0) {
            return Err(Error::Truncated("samples"));
        }
        self.put_in_all(out);
        Ok(self.header.ms(self.at))
    }

    fn put_head(&mut self, out: &mut Vec<Piece>) {
        put(&std::mem::take(&mut self.head), out);
    }

    fn samples(&mut self, mut more: &[u8], out: &mut Vec<Piece>) {
        while !more.is_empty() {
            self.put_in_here(out);
            let room = self
                .left_out
                .front()
                .map_or(u64::MAX, |(at, _)| at - self.at);
            let n = usize::try_from(room).unwrap_or(usize::MAX).min(more.len());
            let (now, later) = more.split_at(n);
            let mut samples = now.to_vec();
            self.hush(&mut samples);
            out.push(Piece::Bytes(samples));
            self.at += now.len() as u64;
            more = later;
        }
    }

    /// Overwrites what lies where nothing may be heard, of bytes that come next.
    fn hush(&self, next: &mut [u8]) {
        let end = self.at + next.len() as u64;
        for (from, until) in &self.over {
            let (from, until) = ((*from).max(self.at), (*until).min(end));
            if from < until {
                let place = |byte: u64| usize::try_from(byte - self.at).unwrap_or(next.len());
                let (from, until) = (place(from), place(until));
                next[from..until].fill(0);
            }
        }
    }

    /// What was left out at this very place.
    fn put_in_here(&mut self, out: &mut Vec<Piece>) {
        while let Some((at, length)) = self.left_out.front().copied() {
            if at > self.at {
                break;
            }
            self.left_out.pop_front();
            self.put_in(length, out);
        }
    }

    fn put_in_all(&mut self, out: &mut Vec<Piece>) {
        while let Some((_, length)) = self.left_out.pop_front() {
            self.put_in(length, out);
        }
    }

    fn put_in(&mut self, length: u64, out: &mut Vec<Piece>) {
        out.push(Piece::Silence(length));
        self.at += length;
    }
}

fn put(bytes: &[u8], out: &mut Vec<Piece>) {
    if !bytes.is_empty() {
        out.push(Piece::Bytes(bytes.to_vec()));
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Channels, Wav, probe};
    use super::*;

    /// A second of noise on two channels, eight samples in a millisecond.
    fn noise() -> Vec<u8> {
        let wav = Wav {
            sample_rate: 8_000,
            channels: Channels::Stereo,
            samples: vec![77; 16_000],
        };
        wav.to_bytes().unwrap()
    }

    fn over(from_ms: u64, until_ms: Option<u64>) -> Over {
        Over { from_ms, until_ms }
    }

    fn left_out(at_ms: u64, length_ms: u64) -> LeftOut {
        LeftOut { at_ms, length_ms }
    }

    /// The file that comes out of one that comes in portions of so many bytes, and how long it says that it plays.
    fn passed(
        file: &[u8],
        portion: usize,
        (over, left_out): (&[Over], &[LeftOut]),
    ) -> Result<(Vec<u8>, u64), Error> {
        let header = Header::read(file, Some(file.len() as u64))?.unwrap();
        let begin = header.samples_at();
        let mut passing = Passing::new(header, over, left_out)?;
        let mut pieces = Vec::new();
        for portion in file[begin..].chunks(portion) {
            passing.take(portion, &mut pieces);
        }
        let length_ms = passing.end(&mut pieces)?;
        let bytes = pieces.into_iter().flat_map(|piece| match piece {
            Piece::Bytes(bytes) => bytes,
            Piece::Silence(n) => vec![0; usize::try_from(n).unwrap()],
        });
        Ok((bytes.collect(), length_ms))
    }

    /// Where something is heard, ms.
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

    const PORTIONS: [usize; 4] = [1, 7, 1_000, 1_000_000];

    // B-023
    #[test]
    fn every_channel_is_silent_from_here_to_there_and_the_rest_is_as_it_was() {
        let silent = [
            over(200, Some(500)),
            over(900, None),
            over(5_000, Some(6_000)),
            over(600, Some(550)),
        ];
        for portion in PORTIONS {
            let (file, length_ms) = passed(&noise(), portion, (&silent, &[])).unwrap();
            assert_eq!(heard(&file), [(0, 200), (500, 900)], "{portion}");
            assert_eq!((length_ms, file.len()), (1_000, noise().len()));
        }
        let (file, _) = passed(&noise(), 9, (&[], &[])).unwrap();
        assert_eq!(file, noise());
    }

    // R-24 c: silence of true length
    #[test]
    fn silence_that_was_left_out_is_put_in_and_the_header_says_so() {
        for portion in PORTIONS {
            let gaps = [left_out(300, 700), left_out(99_000, 100)];
            let (file, length_ms) = passed(&noise(), portion, (&[], &gaps)).unwrap();
            assert_eq!(heard(&file), [(0, 300), (1_000, 1_700)], "{portion}");
            assert_eq!(length_ms, 1_800);
            assert_eq!(probe(&file).unwrap().n_frames, 8 * 1_800);
        }
        let both = (&[over(200, Some(1_100))][..], &[left_out(300, 700)][..]);
        let (file, _) = passed(&noise(), 11, both).unwrap();
        assert_eq!(heard(&file), [(0, 200), (1_100, 1_700)]);
    }

    #[test]
    fn what_follows_the_samples_is_left_as_it_is() {
        let mut file = noise();
        file.extend(b"LIST\x04\0\0\0abcd");
        let (passed, length_ms) = passed(&file, 13, (&[], &[left_out(1_000, 10)])).unwrap();
        assert!(passed.ends_with(b"LIST\x04\0\0\0abcd"));
        assert_eq!((length_ms, passed.len()), (1_010, file.len() + 320));
    }

    #[test]
    fn header_is_read_as_soon_as_it_is_there_and_its_length_taken_from_who_knows_it() {
        let file = noise();
        assert!(Header::read(&file[..43], None).unwrap().is_none());
        let header = Header::read(&file[..44], None).unwrap().unwrap();
        assert_eq!((header.length_ms(), header.channels()), (Some(1_000), 2));
        for unknown in [0_u32, u32::MAX] {
            let mut file = noise();
            file[40..44].copy_from_slice(&unknown.to_le_bytes());
            let header = Header::read(&file, None).unwrap().unwrap();
            assert_eq!(header.length_ms(), None);
            let header = Header::read(&file, Some(file.len() as u64)).unwrap();
            assert_eq!(header.unwrap().length_ms(), Some(1_000));
        }
    }

    #[test]
    fn file_that_is_shorter_than_it_says_is_refused() {
        let file = noise();
        let short = file.len() as u64 - 4;
        assert_eq!(
            Header::read(&file, Some(short)).unwrap_err(),
            Error::Truncated("samples")
        );
        let header = Header::read(&file, None).unwrap().unwrap();
        let mut passing = Passing::new(header, &[], &[]).unwrap();
        let mut out = Vec::new();
        passing.take(&file[44..file.len() - 4], &mut out);
        assert_eq!(passing.end(&mut out), Err(Error::Truncated("samples")));
    }

    #[test]
    fn what_is_no_pcm_is_refused() {
        let mut file = noise();
        file[20] = 7;
        assert!(Header::read(&file, None).is_err());
        assert!(Header::read(&[b'x'; 100], None).is_err());
        assert!(Header::read(&[0; HEADER_BYTES_MAX], None).is_err());
        let header = Header::read(&noise(), None).unwrap().unwrap();
        assert!(Passing::new(header, &[], &[left_out(0, u64::MAX)]).is_err());
    }
}
