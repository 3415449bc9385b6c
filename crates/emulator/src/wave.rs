//! WAV files: what a prompt sounds like and how long it plays, and the files that recordings leave.
//!
//! The service wants WAV, mono, 16-bit PCM, 16 kHz (acs-call-automation.md 3, play). Other files fail
//! as 8535; 8 kHz is let through, because both are named in Microsoft's pages.

use aws_lc_rs::digest;
use std::collections::BTreeMap;
use std::sync::{Arc, Weak};

/// The sound of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wave {
    rate: u32,
    samples: Arc<[i16]>,
}

impl Wave {
    /// The sound, or why the file cannot be played.
    pub(crate) fn parse(file: &[u8]) -> Result<Self, &'static str> {
        if file.get(0..4) != Some(b"RIFF") || file.get(8..12) != Some(b"WAVE") {
            return Err("the file is not a WAV file");
        }
        let mut at = 12_usize;
        let mut rate = None;
        while let (Some(name), Some(length)) = (file.get(at..at + 4), u32_at(file, at + 4)) {
            let body = at + 8;
            let length = usize::try_from(length).unwrap_or(usize::MAX);
            if name == b"fmt " {
                rate = Some(rate_of(file, body)?);
            }
            if name == b"data" {
                let rate = rate.ok_or("the file has no format before its data")?;
                // Streams carry 0xFFFFFFFF here; what is there is what plays.
                let end = body.saturating_add(length).min(file.len());
                let data = file.get(body..end).unwrap_or_default();
                let sample = |pair: &[u8]| i16::from_le_bytes([pair[0], pair[1]]);
                let samples = data.chunks_exact(2).map(sample).collect();
                return Ok(Self { rate, samples });
            }
            at = body.saturating_add(length).saturating_add(length % 2);
            if at > file.len() {
                break;
            }
        }
        Err("the file has no data")
    }

    /// Sound that was not in a file.
    pub(crate) fn of(samples: &[i16], rate: u32) -> Self {
        Self {
            rate,
            samples: samples.into(),
        }
    }

    pub(crate) fn duration_ms(&self) -> u64 {
        let samples = u64::try_from(self.samples.len()).unwrap_or(u64::MAX);
        samples.saturating_mul(1000) / u64::from(self.rate)
    }

    /// Adds the sound to what is there, from the moment `first` on, counted in samples of `rate`. At another rate
    /// the nearest sample before is taken: cheap, and the same everywhere.
    pub(crate) fn add(&self, out: &mut [i16], rate: u32, first: u64) {
        for (n, sample) in (first..).zip(out) {
            let at = n.saturating_mul(u64::from(self.rate)) / u64::from(rate);
            let Some(own) = usize::try_from(at).ok().and_then(|at| self.samples.get(at)) else {
                return;
            };
            *sample = sample.saturating_add(*own);
        }
    }
}

fn rate_of(file: &[u8], body: usize) -> Result<u32, &'static str> {
    let pcm = u16_at(file, body) == Some(1);
    let mono = u16_at(file, body + 2) == Some(1);
    let sixteen_bits = u16_at(file, body + 14) == Some(16);
    let rate = u32_at(file, body + 4).filter(|rate| matches!(rate, 8000 | 16_000));
    match (pcm, mono, sixteen_bits, rate) {
        (true, true, true, Some(rate)) => Ok(rate),
        _ => Err("the file is not mono 16-bit PCM of 16 kHz"),
    }
}

/// Prompts that are heard now, each of them once however many calls hear it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Waves(BTreeMap<Vec<u8>, (u32, Weak<[i16]>)>);

impl Waves {
    /// The sound of a file, shared with whoever plays the same file at this time.
    pub(crate) fn parse(&mut self, file: &[u8]) -> Result<Wave, &'static str> {
        let key = digest::digest(&digest::SHA256, file).as_ref().to_vec();
        if let Some((rate, samples)) = self.0.get(&key)
            && let Some(samples) = samples.upgrade()
        {
            return Ok(Wave {
                rate: *rate,
                samples,
            });
        }
        let wave = Wave::parse(file)?;
        self.0.retain(|_, (_, samples)| samples.strong_count() > 0);
        self.0
            .insert(key, (wave.rate, Arc::downgrade(&wave.samples)));
        Ok(wave)
    }
}

/// The rate of recordings.
pub(crate) const RATE: u32 = 16_000;
const HEADER_BYTES: u64 = 44;

/// The length of the file of a recording.
pub(crate) const fn bytes(ms: u64, channels: u16) -> u64 {
    HEADER_BYTES + ms * (RATE as u64 / 1000) * 2 * channels as u64
}

/// A file of 16-bit PCM; the samples of its channels take turns.
pub(crate) fn write(samples: &[i16], channels: u16, rate: u32) -> Vec<u8> {
    let data = u64::try_from(samples.len()).unwrap_or(0).saturating_mul(2);
    let mut file = header(data, channels, rate);
    file.extend(pcm(samples));
    file
}

/// Samples as a file has them.
pub(crate) fn pcm(samples: &[i16]) -> Vec<u8> {
    let mut bytes = vec![0; samples.len() * 2];
    for (pair, sample) in bytes.chunks_exact_mut(2).zip(samples) {
        pair.copy_from_slice(&sample.to_le_bytes());
    }
    bytes
}

/// What stands before so many bytes of data.
pub(crate) fn header(data_bytes: u64, channels: u16, rate: u32) -> Vec<u8> {
    let mut file = Vec::new();
    let data = u32::try_from(data_bytes).unwrap_or(u32::MAX);
    file.extend(b"RIFF");
    file.extend(data.saturating_add(36).to_le_bytes());
    file.extend(b"WAVEfmt ");
    file.extend(16_u32.to_le_bytes());
    file.extend(1_u16.to_le_bytes());
    file.extend(channels.to_le_bytes());
    file.extend(rate.to_le_bytes());
    file.extend((rate * 2 * u32::from(channels)).to_le_bytes());
    file.extend((2 * channels).to_le_bytes());
    file.extend(16_u16.to_le_bytes());
    file.extend(b"data");
    file.extend(data.to_le_bytes());
    file
}

fn u16_at(file: &[u8], at: usize) -> Option<u16> {
    file.get(at..at + 2)?
        .try_into()
        .ok()
        .map(u16::from_le_bytes)
}

fn u32_at(file: &[u8], at: usize) -> Option<u32> {
    file.get(at..at + 4)?
        .try_into()
        .ok()
        .map(u32::from_le_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ramp(samples: i16) -> Vec<i16> {
        (0..samples).collect()
    }

    #[test]
    fn length_and_content_follow_from_rate_and_data() {
        let wave = Wave::parse(&write(&ramp(24_000), 1, 16_000)).unwrap();
        assert_eq!(wave.duration_ms(), 1500);
        let mut heard = [1_i16; 4];
        wave.add(&mut heard, 16_000, 100);
        assert_eq!(heard, [101, 102, 103, 104]);
        let slow = Wave::parse(&write(&ramp(8000), 1, 8000)).unwrap();
        assert_eq!(slow.duration_ms(), 1000);
        let mut heard = [0_i16; 4];
        slow.add(&mut heard, 16_000, 20);
        assert_eq!(heard, [10, 10, 11, 11]);
        let mut after = [7_i16; 3];
        slow.add(&mut after, 16_000, 15_999);
        assert_eq!(after, [7 + 7999, 7, 7]);
    }

    #[test]
    fn same_file_is_kept_once_and_only_while_it_is_played() {
        let mut waves = Waves::default();
        let file = write(&ramp(10), 1, 16_000);
        let one = waves.parse(&file).unwrap();
        let two = waves.parse(&file).unwrap();
        assert!(Arc::ptr_eq(&one.samples, &two.samples));
        drop((one, two));
        waves.parse(&write(&ramp(11), 1, 16_000)).unwrap();
        assert_eq!(waves.0.len(), 1);
    }

    #[test]
    fn other_files_say_why_and_never_panic() {
        assert!(Wave::parse(&write(&ramp(10), 1, 44_100)).is_err());
        assert!(Wave::parse(&write(&ramp(10), 2, 16_000)).is_err());
        assert!(Wave::parse(b"ID3").is_err());
        let good = write(&ramp(4), 1, 16_000);
        for cut in 0..44 {
            assert!(Wave::parse(&good[..cut]).is_err());
        }
        let mut endless = good;
        endless[40..44].copy_from_slice(&u32::MAX.to_le_bytes());
        assert_eq!(Wave::parse(&endless).unwrap().samples.len(), 4);
        endless[16..20].copy_from_slice(&u32::MAX.to_le_bytes());
        assert!(Wave::parse(&endless).is_err());
    }
}
