//! Sine tones as PCM and their detection by the Goertzel algorithm.
//! It owns arithmetic on samples only; which tones mean a digit is `dtmf`'s business.

use std::f64::consts::TAU;

/// A sine of the given amplitude (0 to 32767), continuing at sample `offset` of an endless tone.
#[must_use]
pub fn sine(sample_rate: u32, hertz: f64, amplitude: f64, offset: u32, n_samples: u32) -> Vec<i16> {
    (offset..offset.saturating_add(n_samples))
        .map(|n| to_sample(amplitude * phase(sample_rate, hertz, n).sin()))
        .collect()
}

/// Two sines added, each of half the given amplitude.
#[must_use]
pub fn pair(sample_rate: u32, hertz: (f64, f64), amplitude: f64, n_samples: u32) -> Vec<i16> {
    (0..n_samples)
        .map(|n| {
            let sum = phase(sample_rate, hertz.0, n).sin() + phase(sample_rate, hertz.1, n).sin();
            to_sample(amplitude / 2.0 * sum)
        })
        .collect()
}

/// The amplitude of one frequency in the samples (Goertzel). Exact for a whole number of periods.
#[must_use]
pub fn amplitude(sample_rate: u32, hertz: f64, samples: &[i16]) -> f64 {
    let omega = TAU * hertz / f64::from(sample_rate.max(1));
    let coefficient = 2.0 * omega.cos();
    let (mut previous, mut before) = (0.0_f64, 0.0_f64);
    let mut n_samples = 0.0_f64;
    for &sample in samples {
        let current = f64::from(sample) + coefficient * previous - before;
        before = previous;
        previous = current;
        n_samples += 1.0;
    }
    if n_samples == 0.0 {
        return 0.0;
    }
    let power = previous * previous + before * before - coefficient * previous * before;
    2.0 * power.max(0.0).sqrt() / n_samples
}

fn phase(sample_rate: u32, hertz: f64, n: u32) -> f64 {
    TAU * hertz * f64::from(n) / f64::from(sample_rate.max(1))
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "clamped to the range of i16 before"
)]
fn to_sample(value: f64) -> i16 {
    value
        .round()
        .clamp(f64::from(i16::MIN), f64::from(i16::MAX)) as i16
}

#[cfg(test)]
mod tests {
    use super::{amplitude, sine};

    #[test]
    fn goertzel_finds_its_own_frequency_and_no_other() {
        let samples = sine(8_000, 400.0, 10_000.0, 0, 160);
        assert!((amplitude(8_000, 400.0, &samples) - 10_000.0).abs() < 5.0);
        assert!(amplitude(8_000, 600.0, &samples) < 5.0);
    }

    #[test]
    fn a_tone_continues_where_the_last_frame_ended() {
        let whole = sine(8_000, 440.0, 8_000.0, 0, 320);
        let mut parts = sine(8_000, 440.0, 8_000.0, 0, 160);
        parts.extend(sine(8_000, 440.0, 8_000.0, 160, 160));
        assert_eq!(whole, parts);
    }

    #[test]
    fn empty_samples_and_absurd_arguments_do_not_panic() {
        assert!(amplitude(0, 400.0, &[]) == 0.0);
        assert_eq!(sine(0, f64::MAX, f64::MAX, u32::MAX, 4).len(), 0);
        assert_eq!(sine(0, f64::NAN, f64::MAX, 0, 4).len(), 4);
    }
}
