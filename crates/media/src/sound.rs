//! An uploaded sound made to what Call Automation plays: WAV, mono, 16-bit PCM, 16 kHz. Whatever the file
//! says of itself is checked against what is in it; a refusal names the fix. Bytes in, samples out.

mod mp3;
mod wave;

use crate::Error;
use crate::resample;
use crate::wav::{Channels, Wav};

/// Bytes of an upload.
pub const UPLOAD_BYTES_MAX: usize = 25 * 1024 * 1024;
/// Seconds of a sound.
pub const SECONDS_MAX: u32 = 600;
/// Channels of an upload.
pub const CHANNELS_MAX: u16 = 8;
/// Sample rates of an upload, Hz.
const RATE_MIN: u32 = 4_000;
const RATE_MAX: u32 = 192_000;
/// What is played.
pub const RATE_HZ: u32 = 16_000;
/// Nobody hears a sound whose loudest sample is below this, in tenths of a decibel to full scale.
const SILENT_TENTH_DB: i32 = -600;
/// On a telephone a voice below this is hard to understand.
const QUIET_TENTH_DB: i32 = -300;
/// So many samples of full scale in a row were cut off.
const CLIPPED_RUN: u32 = 3;

/// Why an upload cannot be played.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unplayable {
    #[error("the file is neither WAV nor MP3, whatever its name says: export the sound as WAV")]
    NotASound,
    #[error("the file has more than 25 MB: export it as mono with 16 kHz, or make it shorter")]
    TooLarge,
    #[error("the file is damaged ({0}): export the sound once more")]
    Damaged(&'static str),
    #[error(
        "the file says that it has {promised} bytes of sound, and {found} are there: it was cut off; export or upload it once more"
    )]
    CutOff { promised: usize, found: usize },
    #[error(
        "the file's encoding (WAV format {format}, {bits} bits) is not read: export it as PCM with 16 bits"
    )]
    Encoding { format: u16, bits: u16 },
    #[error("the file says that it has {0} channels: export it as mono or stereo")]
    Channels(u16),
    #[error("the file says that its sample rate is {0} Hz: export it with 16000 or 44100 Hz")]
    Rate(u32),
    #[error("the sound is {0} s long, at most 600 s are played: cut it")]
    TooLong(u64),
    #[error("there is no sound in the file: export it once more")]
    Empty,
    #[error("the sound is silent: look at the microphone, and record it once more")]
    Silent,
}

impl Unplayable {
    /// A word for programs.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotASound => "not_a_sound",
            Self::TooLarge => "too_large",
            Self::Damaged(_) => "damaged",
            Self::CutOff { .. } => "cut_off",
            Self::Encoding { .. } => "encoding",
            Self::Channels(_) => "channels",
            Self::Rate(_) => "rate",
            Self::TooLong(_) => "too_long",
            Self::Empty => "empty",
            Self::Silent => "silent",
        }
    }
}

/// What an upload was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Was {
    pub rate_hz: u32,
    pub channels: u16,
    /// Bits of a sample; an MP3 has none.
    pub bits: Option<u16>,
}

/// What there is to say of how loud a sound is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoudnessNote {
    /// Hard to understand on a telephone.
    TooQuiet,
    /// Its peaks are cut off.
    Clipped,
}

/// An upload as it is played.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sound {
    /// Mono, 16 kHz.
    pub samples: Vec<i16>,
    pub was: Was,
    /// The loudest sample, in tenths of a decibel to full scale.
    pub peak_tenth_db: i32,
    pub note: Option<LoudnessNote>,
}

/// What was in a file, mixed to one channel.
struct Decoded {
    was: Was,
    /// Full scale is 1.
    mono: Vec<f32>,
    is_clipped: bool,
}

/// Makes an upload playable.
pub fn normalize(file: &[u8]) -> Result<Sound, Unplayable> {
    if file.len() > UPLOAD_BYTES_MAX {
        return Err(Unplayable::TooLarge);
    }
    let decoded = if file.starts_with(b"RIFF") {
        wave::decode(file)?
    } else if mp3::is_one(file) {
        mp3::decode(file)?
    } else {
        return Err(Unplayable::NotASound);
    };
    let heard = resample::whole(&decoded.mono, decoded.was.rate_hz, RATE_HZ);
    let samples: Vec<i16> = heard.into_iter().map(sample).collect();
    let peak = samples.iter().map(|it| it.unsigned_abs()).max();
    let peak_tenth_db = tenth_db(peak.ok_or(Unplayable::Empty)?);
    if peak_tenth_db < SILENT_TENTH_DB {
        return Err(Unplayable::Silent);
    }
    let note = if peak_tenth_db < QUIET_TENTH_DB {
        Some(LoudnessNote::TooQuiet)
    } else {
        decoded.is_clipped.then_some(LoudnessNote::Clipped)
    };
    Ok(Sound {
        samples,
        was: decoded.was,
        peak_tenth_db,
        note,
    })
}

impl Sound {
    /// How long it is, ms.
    #[must_use]
    pub fn length_ms(&self) -> u32 {
        let samples_per_ms = RATE_HZ / 1_000;
        let n_samples = u32::try_from(self.samples.len()).unwrap_or(u32::MAX);
        n_samples.div_ceil(samples_per_ms)
    }

    /// The file that is played.
    pub fn into_wav(self) -> Result<Vec<u8>, Error> {
        let wav = Wav {
            sample_rate: RATE_HZ,
            channels: Channels::Mono,
            samples: self.samples,
        };
        wav.to_bytes()
    }
}

fn check_shape(rate_hz: u32, channels: u16) -> Result<(), Unplayable> {
    if channels == 0 || channels > CHANNELS_MAX {
        return Err(Unplayable::Channels(channels));
    }
    if !(RATE_MIN..=RATE_MAX).contains(&rate_hz) {
        return Err(Unplayable::Rate(rate_hz));
    }
    Ok(())
}

fn check_length(n_frames: usize, rate_hz: u32) -> Result<(), Unplayable> {
    let seconds = u64::try_from(n_frames).unwrap_or(u64::MAX) / u64::from(rate_hz.max(1));
    if seconds > u64::from(SECONDS_MAX) {
        return Err(Unplayable::TooLong(seconds));
    }
    Ok(())
}

/// Mixes frames to one channel, and notices peaks that were cut off.
struct Mixer {
    channels: u16,
    full_scale: f32,
    run: u32,
    is_clipped: bool,
    mono: Vec<f32>,
}

impl Mixer {
    fn new(channels: u16, full_scale: f32, n_frames: usize) -> Self {
        Self {
            channels,
            full_scale,
            run: 0,
            is_clipped: false,
            mono: Vec::with_capacity(n_frames),
        }
    }

    fn add(&mut self, frame: impl Iterator<Item = f32>) {
        let (mut sum, mut is_full) = (0.0, false);
        for sample in frame {
            // A file of floating-point numbers may hold some that are none.
            let sample = if sample.is_finite() { sample } else { 0.0 };
            sum += sample;
            is_full |= sample.abs() >= self.full_scale;
        }
        self.run = if is_full { self.run + 1 } else { 0 };
        self.is_clipped |= self.run >= CLIPPED_RUN;
        self.mono.push(sum / f32::from(self.channels));
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "it is between the limits of the type"
)]
fn sample(value: f32) -> i16 {
    let limits = (f32::from(i16::MIN), f32::from(i16::MAX));
    (value * 32_768.0).round().clamp(limits.0, limits.1) as i16
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "the logarithm of a 16-bit number is small"
)]
fn tenth_db(peak: u16) -> i32 {
    if peak == 0 {
        return i32::MIN;
    }
    (200.0 * (f64::from(peak) / 32_768.0).log10()).round() as i32
}

#[cfg(test)]
mod tests;
