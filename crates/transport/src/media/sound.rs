//! A prompt or music, ready for every mix.

use super::error::Error;
use std::fmt;
use std::sync::Arc;
use tandem_media::resample::Stream;

/// The rates at which conversations are mixed.
pub(super) const NARROW: u32 = 8_000;
pub(super) const WIDE: u32 = 16_000;

/// Samples at both rates of mixes, made once and shared by all who hear them.
#[derive(Clone)]
pub struct Sound {
    narrow: Arc<[i16]>,
    wide: Arc<[i16]>,
}

impl Sound {
    /// `samples` are mono, at 8, 16 or 48 kHz. Resampling takes some 50 ms for ten minutes: not on a media thread.
    pub fn new(sample_rate: u32, samples: &[i16]) -> Result<Self, Error> {
        Ok(Self {
            narrow: at_rate(sample_rate, NARROW, samples)?,
            wide: at_rate(sample_rate, WIDE, samples)?,
        })
    }

    pub(super) fn at(&self, rate: u32) -> Arc<[i16]> {
        Arc::clone(if rate == NARROW {
            &self.narrow
        } else {
            &self.wide
        })
    }
}

impl fmt::Debug for Sound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sound")
            .field("n_samples_narrow", &self.narrow.len())
            .finish_non_exhaustive()
    }
}

fn at_rate(from: u32, to: u32, samples: &[i16]) -> Result<Arc<[i16]>, Error> {
    let mut made = Vec::with_capacity(samples.len());
    Stream::new(from, to)?.process(samples, &mut made);
    Ok(made.into())
}

#[cfg(test)]
mod tests {
    use super::{NARROW, Sound, WIDE};
    use tandem_media::tone;

    #[test]
    fn sound_is_as_long_and_as_loud_at_both_rates() {
        for rate in [8_000, 16_000, 48_000] {
            let sound = Sound::new(rate, &tone::sine(rate, 400.0, 8_000.0, 0, rate)).unwrap();
            for mix in [NARROW, WIDE] {
                let samples = sound.at(mix);
                assert_eq!(samples.len(), usize::try_from(mix).unwrap());
                let level = tone::amplitude(mix, 400.0, &samples[800..]);
                assert!((level - 8_000.0).abs() < 200.0, "{level}");
            }
        }
        assert!(Sound::new(11_025, &[0; 100]).is_err());
    }
}
