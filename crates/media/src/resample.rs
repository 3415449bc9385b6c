//! Another sample rate by a windowed sinc (Kaiser). A whole sound at once (70 dB): flat to 0.425 of the lower
//! rate, nothing from half of it on, so that what a telephone cannot carry does not come back as a whistle. Or a call
//! frame by frame ([`Stream`]), with less delay and a wider slope.

mod stream;

pub use stream::Stream;

use std::f64::consts::PI;
use std::sync::LazyLock;

/// Half the length of the kernel, in samples of the lower rate.
const HALF_WIDTH: usize = 32;
/// Values of the kernel between two such samples; in between it is a straight line, wrong by less than 100 dB.
const STEPS: usize = 512;
/// The middle of the slope, in the lower rate's Nyquist frequency.
const CUTOFF: f64 = 0.925;
/// For 70 dB (Kaiser).
const BETA: f64 = 6.755;
/// The same for every pair of rates.
static KERNEL: LazyLock<Vec<f32>> = LazyLock::new(kernel);

pub(crate) fn whole(input: &[f32], from: u32, to: u32) -> Vec<f32> {
    if from == to || from == 0 || to == 0 {
        return input.to_vec();
    }
    let kernel = KERNEL.as_slice();
    // How many input samples one sample of the lower rate is.
    let stretch = (f64::from(from) / f64::from(to)).max(1.0);
    let reach = half_width(stretch);
    let (from, to) = (u64::from(from), u64::from(to));
    let n_output = len(input).saturating_mul(to).div_ceil(from);
    let output = (0..n_output).map(|n| {
        let (whole, rest) = (index(n * from / to), n * from % to);
        let place = whole as f64 + rest as f64 / to as f64;
        let first = (whole + 1).saturating_sub(reach);
        let last = (whole + reach).min(input.len().saturating_sub(1));
        let near = input.get(first..=last).unwrap_or_default();
        let mut sum = 0.0;
        for (at, sample) in (first..).zip(near) {
            sum += at_distance(kernel, (place - at as f64).abs() / stretch) * sample;
        }
        sum / narrow(stretch)
    });
    output.collect()
}

/// The kernel on one side of its middle.
fn kernel() -> Vec<f32> {
    let n = HALF_WIDTH * STEPS + 2;
    let middle = bessel(BETA);
    let values = (0..n).map(|at| {
        let x = at as f64 / STEPS as f64;
        let inside = 1.0 - (x / HALF_WIDTH as f64).powi(2);
        if inside < 0.0 {
            return 0.0;
        }
        narrow(CUTOFF * sinc(CUTOFF * x) * bessel(BETA * inside.sqrt()) / middle)
    });
    values.collect()
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a distance within the kernel is small and positive"
)]
fn at_distance(kernel: &[f32], distance: f64) -> f32 {
    let place = distance * STEPS as f64;
    let below = place as usize;
    match kernel.get(below..=below + 1) {
        Some([low, high]) => low + (high - low) * narrow(place - below as f64),
        Some(_) | None => 0.0,
    }
}

fn sinc(x: f64) -> f64 {
    if x == 0.0 {
        return 1.0;
    }
    (PI * x).sin() / (PI * x)
}

/// The modified Bessel function of order zero, by its series.
fn bessel(x: f64) -> f64 {
    let (mut sum, mut term) = (1.0, 1.0);
    for n in 1..40 {
        term *= (x / (2.0 * f64::from(n))).powi(2);
        sum += term;
    }
    sum
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "192 kHz to 16 kHz is the most: a few hundred samples"
)]
fn half_width(stretch: f64) -> usize {
    (HALF_WIDTH as f64 * stretch).ceil() as usize + 1
}

fn index(n: u64) -> usize {
    usize::try_from(n).unwrap_or(usize::MAX / 2)
}

fn len(samples: &[f32]) -> u64 {
    u64::try_from(samples.len()).unwrap_or(u64::MAX)
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "sound has less precision than this"
)]
const fn narrow(x: f64) -> f32 {
    x as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a second has few samples"
    )]
    fn tone(frequency_hz: f64, rate: u32, seconds: f64) -> Vec<f32> {
        let n = index((seconds * f64::from(rate)) as u64);
        let turn = 2.0 * PI * frequency_hz / f64::from(rate);
        (0..n)
            .map(|at| narrow(0.5 * (turn * at as f64).sin()))
            .collect()
    }

    /// The level of the middle of a sound, in decibel to that of a tone of [`tone`].
    fn level_db(sound: &[f32]) -> f64 {
        let quarter = sound.len() / 4;
        let middle = &sound[quarter..3 * quarter];
        let power: f64 = middle.iter().map(|it| f64::from(*it).powi(2)).sum();
        10.0 * (power / middle.len() as f64 / 0.125).log10()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn tone_that_a_telephone_carries_keeps_its_level(
            rate in 8_000_u32..=96_000,
            frequency in 200.0_f64..3_300.0,
        ) {
            let level = level_db(&whole(&tone(frequency, rate, 0.5), rate, 16_000));
            prop_assert!(level.abs() < 0.1, "{frequency} Hz at {rate} Hz: {level} dB");
        }

        #[test]
        fn tone_that_it_does_not_carry_is_gone(rate in 20_000_u32..=96_000, part in 0.01_f64..1.0) {
            let highest = f64::from(rate) / 2.0;
            let frequency = 8_000.0 + part * (highest - 8_000.0) * 0.98;
            let level = level_db(&whole(&tone(frequency, rate, 0.5), rate, 16_000));
            prop_assert!(level < -60.0, "{frequency} Hz at {rate} Hz: {level} dB");
        }

        #[test]
        fn length_is_kept(rate in 4_000_u32..=192_000, n in 0_usize..500) {
            let made = whole(&vec![0.1; n], rate, 16_000).len();
            let exact = n as f64 * 16_000.0 / f64::from(rate);
            prop_assert!((made as f64 - exact).abs() <= 1.0);
        }
    }

    #[test]
    fn tone_of_1_khz_keeps_its_level_at_every_usual_rate() {
        for rate in [
            8_000, 11_025, 22_050, 24_000, 32_000, 44_100, 48_000, 96_000, 192_000,
        ] {
            let level = level_db(&whole(&tone(1_000.0, rate, 0.5), rate, 16_000));
            assert!(level.abs() < 0.1, "{rate} Hz: {level} dB");
        }
    }

    #[test]
    fn sound_of_the_right_rate_is_left_alone() {
        let tone = tone(1_000.0, 16_000, 0.1);
        assert_eq!(whole(&tone, 16_000, 16_000), tone);
    }
}
