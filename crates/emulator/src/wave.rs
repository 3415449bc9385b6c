//! WAV files: how long a prompt plays, and the file that a recording leaves.
//!
//! Of a prompt the header is read, nothing else.
//! The service wants WAV, mono, 16-bit PCM, 16 kHz (acs-call-automation.md 3, play). Other files fail
//! as 8535; 8 kHz is let through, because both are named in Microsoft's pages.

/// The length in milliseconds, or why the file cannot be played.
pub(crate) fn duration_ms(file: &[u8]) -> Result<u64, &'static str> {
    if file.get(0..4) != Some(b"RIFF") || file.get(8..12) != Some(b"WAVE") {
        return Err("the file is not a WAV file");
    }
    let mut at = 12_usize;
    let mut bytes_per_second = None;
    while let (Some(name), Some(length)) = (file.get(at..at + 4), u32_at(file, at + 4)) {
        let body = at + 8;
        if name == b"fmt " {
            let pcm = u16_at(file, body) == Some(1);
            let mono = u16_at(file, body + 2) == Some(1);
            let sixteen_bits = u16_at(file, body + 14) == Some(16);
            let rate = u32_at(file, body + 4).filter(|rate| matches!(rate, 8000 | 16000));
            let (true, true, true, Some(rate)) = (pcm, mono, sixteen_bits, rate) else {
                return Err("the file is not mono 16-bit PCM of 16 kHz");
            };
            bytes_per_second = Some(u64::from(rate) * 2);
        }
        if name == b"data" {
            let per_second = bytes_per_second.ok_or("the file has no format before its data")?;
            // Streams carry 0xFFFFFFFF here; what is there is what plays.
            let present = u64::try_from(file.len().saturating_sub(body)).unwrap_or(0);
            return Ok(u64::from(length).min(present) * 1000 / per_second);
        }
        let Ok(length) = usize::try_from(length) else {
            break;
        };
        at = body.saturating_add(length).saturating_add(length % 2);
        if at > file.len() {
            break;
        }
    }
    Err("the file has no data")
}

/// A part of a recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stretch {
    Sound { ms: u64 },
    Silence { ms: u64 },
}

impl Stretch {
    pub(crate) const fn ms(&self) -> u64 {
        match self {
            Self::Sound { ms } | Self::Silence { ms } => *ms,
        }
    }

    /// As long as half of it.
    pub(crate) const fn half(&self) -> Self {
        match self {
            Self::Sound { ms } => Self::Sound { ms: *ms / 2 },
            Self::Silence { ms } => Self::Silence { ms: *ms / 2 },
        }
    }
}

const RATE: u32 = 16_000;
const HEADER_BYTES: u64 = 44;
/// Half a period of the lowest tone, in samples: 200 Hz; each channel is a little higher.
const HALF_PERIOD: u64 = 40;
const LOUDNESS: i16 = 1000;

/// The length of the file of a recording.
pub(crate) const fn bytes(ms: u64, channels: u16) -> u64 {
    HEADER_BYTES + ms * (RATE as u64 / 1000) * 2 * channels as u64
}

/// A file of one channel.
pub(crate) fn mono(samples: &[i16], rate: u32) -> Vec<u8> {
    let data = u64::try_from(samples.len()).unwrap_or(0).saturating_mul(2);
    let mut file = begin(data, 1, rate);
    file.extend(samples.iter().flat_map(|sample| sample.to_le_bytes()));
    file
}

/// The header, and room for what it tells of.
fn begin(data: u64, channels: u16, rate: u32) -> Vec<u8> {
    let whole = data.saturating_add(HEADER_BYTES);
    let mut file = Vec::with_capacity(usize::try_from(whole).unwrap_or(0));
    let data = u32::try_from(data).unwrap_or(u32::MAX);
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

/// A file of 16 kHz, 16-bit PCM, with a tone where there was sound.
pub(crate) fn write(stretches: &[Stretch], channels: u16) -> Vec<u8> {
    let ms: u64 = stretches.iter().map(Stretch::ms).sum();
    let mut file = begin(bytes(ms, channels) - HEADER_BYTES, channels, RATE);
    for stretch in stretches {
        for sample in 0..stretch.ms() * u64::from(RATE / 1000) {
            for channel in 0..u64::from(channels) {
                let value = match stretch {
                    Stretch::Silence { .. } => 0,
                    Stretch::Sound { .. } => tone(sample, channel),
                };
                file.extend(value.to_le_bytes());
            }
        }
    }
    file
}

const fn tone(sample: u64, channel: u64) -> i16 {
    let half = HALF_PERIOD - 5 * channel;
    if (sample / half).is_multiple_of(2) {
        LOUDNESS
    } else {
        -LOUDNESS
    }
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
    use super::{Stretch, bytes, duration_ms, write};

    fn wav(rate: u32, channels: u16, samples: u32) -> Vec<u8> {
        let data = samples * 2;
        let mut file = Vec::new();
        file.extend(b"RIFF");
        file.extend((36 + data).to_le_bytes());
        file.extend(b"WAVEfmt ");
        file.extend(16_u32.to_le_bytes());
        file.extend(1_u16.to_le_bytes());
        file.extend(channels.to_le_bytes());
        file.extend(rate.to_le_bytes());
        file.extend((rate * 2).to_le_bytes());
        file.extend(2_u16.to_le_bytes());
        file.extend(16_u16.to_le_bytes());
        file.extend(b"data");
        file.extend(data.to_le_bytes());
        file.resize(44 + usize::try_from(data).unwrap(), 0);
        file
    }

    #[test]
    fn length_follows_from_rate_and_data() {
        assert_eq!(duration_ms(&wav(16_000, 1, 24_000)), Ok(1500));
        assert_eq!(duration_ms(&wav(8000, 1, 8000)), Ok(1000));
    }

    #[test]
    fn recording_lasts_as_long_as_its_parts_and_is_silent_where_it_was_paused() {
        let parts = [
            Stretch::Sound { ms: 100 },
            Stretch::Silence { ms: 50 },
            Stretch::Sound { ms: 25 },
        ];
        let file = write(&parts, 1);
        assert_eq!(duration_ms(&file), Ok(175));
        assert_eq!(u64::try_from(file.len()), Ok(bytes(175, 1)));
        let at = |ms: usize| 44 + ms * 32;
        assert!(
            file[at(0)..at(100)]
                .chunks(2)
                .all(|sample| sample != [0, 0])
        );
        assert!(file[at(100)..at(150)].iter().all(|byte| *byte == 0));
        assert!(file[at(150)..].chunks(2).all(|sample| sample != [0, 0]));
        assert_eq!(u64::try_from(write(&parts, 5).len()), Ok(bytes(175, 5)));
    }

    #[test]
    fn other_files_say_why_and_never_panic() {
        assert!(duration_ms(&wav(44_100, 1, 10)).is_err());
        assert!(duration_ms(&wav(16_000, 2, 10)).is_err());
        assert!(duration_ms(b"ID3").is_err());
        let good = wav(16_000, 1, 4);
        for cut in 0..44 {
            assert!(duration_ms(&good[..cut]).is_err());
        }
        let mut endless = good;
        endless[16..20].copy_from_slice(&u32::MAX.to_le_bytes());
        assert!(duration_ms(&endless).is_err());
    }
}
