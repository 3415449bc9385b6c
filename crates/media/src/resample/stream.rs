//! A stream between two rates of which one is a multiple of the other, frame by frame: 8, 16 and 48 kHz.

use super::{bessel, narrow, sinc};
use crate::Error;

/// Half the length of the filter, in samples of the lower rate: 1.5 ms of delay at 8 kHz.
const HALF_WIDTH: usize = 12;
/// Samples of the lower rate that one sample comes out of.
const SPAN: usize = 2 * HALF_WIDTH;
/// For 60 dB (Kaiser) with a slope from 0.85 to 1.15 of the lower rate's Nyquist frequency: speech on a telephone ends
/// at 3.4 kHz, and what the slope lets through lies above it.
const BETA: f64 = 5.65;
/// Largest factor: 8 to 48 kHz.
const FACTOR_MAX: usize = 6;

/// One direction of one call.
#[derive(Debug, Clone)]
pub struct Stream {
    direction: Direction,
    factor: usize,
    /// Upward one filter of `SPAN` values per sample that comes out; downward one of `factor * SPAN`.
    taps: Vec<f32>,
    /// The newest samples, as many as the filter spans, and behind them those of the frame.
    samples: Vec<f32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Direction {
    Up,
    Down,
    Same,
}

impl Stream {
    /// The higher rate has to be one to six times the lower one.
    pub fn new(from: u32, to: u32) -> Result<Self, Error> {
        let (low, high) = (from.min(to), from.max(to));
        let factor = high.checked_div(low).unwrap_or_default();
        let is_whole = factor > 0 && high.is_multiple_of(low);
        let factor = usize::try_from(factor).unwrap_or(usize::MAX);
        if !is_whole || factor > FACTOR_MAX {
            return Err(Error::Unsupported("pair of sample rates"));
        }
        let direction = match from.cmp(&to) {
            std::cmp::Ordering::Less => Direction::Up,
            std::cmp::Ordering::Greater => Direction::Down,
            std::cmp::Ordering::Equal => Direction::Same,
        };
        let taps = match direction {
            Direction::Up => (0..factor).flat_map(|n| phase(n, factor)).collect(),
            Direction::Down => low_pass(factor),
            Direction::Same => Vec::new(),
        };
        let reach = match direction {
            Direction::Up => SPAN,
            Direction::Down => factor * SPAN,
            Direction::Same => 0,
        };
        Ok(Self {
            direction,
            factor,
            taps,
            samples: vec![0.0; reach],
        })
    }

    /// Appends what comes out of a frame. Downward a frame has to be a multiple of the factor; what is over is dropped.
    pub fn process(&mut self, frame: &[i16], out: &mut Vec<i16>) {
        if self.direction == Direction::Same {
            out.extend_from_slice(frame);
            return;
        }
        let reach = self.samples.len();
        self.samples.extend(frame.iter().map(|&it| f32::from(it)));
        match self.direction {
            Direction::Up => {
                for window in self.samples.windows(SPAN).skip(1) {
                    out.extend(self.taps.chunks_exact(SPAN).map(|taps| dot(window, taps)));
                }
            }
            Direction::Down | Direction::Same => {
                let windows = self.samples.windows(reach).skip(self.factor);
                out.extend(windows.step_by(self.factor).map(|it| dot(it, &self.taps)));
            }
        }
        let done = self.samples.len() - reach;
        self.samples.drain(..done);
    }
}

/// The filter for the `n`th of `factor` samples between two.
fn phase(n: usize, factor: usize) -> Vec<f32> {
    let part = n as f64 / factor as f64;
    normalized((0..SPAN).map(|at| kernel((at as f64 - HALF_WIDTH as f64 + 1.0) - part)))
}

fn low_pass(factor: usize) -> Vec<f32> {
    let length = factor * SPAN;
    let middle = (length as f64 - 1.0) / 2.0;
    normalized((0..length).map(|at| kernel((at as f64 - middle) / factor as f64)))
}

/// A constant stays the constant that it is.
fn normalized(values: impl Iterator<Item = f64>) -> Vec<f32> {
    let values: Vec<f64> = values.collect();
    let sum: f64 = values.iter().sum();
    values.into_iter().map(|it| narrow(it / sum)).collect()
}

fn kernel(distance: f64) -> f64 {
    let inside = 1.0 - (distance / HALF_WIDTH as f64).powi(2);
    if inside < 0.0 {
        return 0.0;
    }
    sinc(distance) * bessel(BETA * inside.sqrt()) / bessel(BETA)
}

/// Eight sums at a time, which the compiler makes vectors of.
#[expect(
    clippy::cast_possible_truncation,
    reason = "between the limits of the type"
)]
fn dot(samples: &[f32], taps: &[f32]) -> i16 {
    let mut sums = [0.0_f32; 8];
    let eights = samples
        .as_chunks::<8>()
        .0
        .iter()
        .zip(taps.as_chunks::<8>().0);
    for (samples, taps) in eights {
        for n in 0..8 {
            sums[n] += samples[n] * taps[n];
        }
    }
    let sum: f32 = sums.iter().sum();
    sum.round().clamp(i16::MIN.into(), i16::MAX.into()) as i16
}

#[cfg(test)]
mod tests {
    use super::Stream;
    use crate::tone;

    fn through(from: u32, to: u32, samples: &[i16]) -> Vec<i16> {
        let mut stream = Stream::new(from, to).unwrap();
        let frame = usize::try_from(from / 50).unwrap();
        let mut out = Vec::new();
        for frame in samples.chunks(frame) {
            stream.process(frame, &mut out);
        }
        out
    }

    fn db(ratio: f64) -> f64 {
        20.0 * ratio.max(1e-9).log10()
    }

    const PAIRS: [(u32, u32); 6] = [
        (8_000, 16_000),
        (16_000, 8_000),
        (16_000, 48_000),
        (48_000, 16_000),
        (8_000, 48_000),
        (48_000, 8_000),
    ];

    #[test]
    fn speech_keeps_its_level_at_every_pair_of_rates() {
        for (from, to) in PAIRS {
            for hertz in [200.0, 1_000.0, 2_000.0, 3_000.0, 3_300.0] {
                let sound = tone::sine(from, hertz, 10_000.0, 0, from);
                let heard = through(from, to, &sound);
                assert_eq!(heard.len(), usize::try_from(to).unwrap());
                let middle = &heard[heard.len() / 10..];
                let level = db(tone::amplitude(to, hertz, middle) / 10_000.0);
                assert!(level.abs() < 0.2, "{from} to {to}, {hertz} Hz: {level} dB");
            }
        }
    }

    #[test]
    fn nothing_is_added_that_was_not_said() {
        for (from, to) in PAIRS {
            for hertz in [400.0, 1_000.0, 3_000.0] {
                let sound = tone::sine(from, hertz, 10_000.0, 0, from);
                let heard = through(from, to, &sound);
                let middle = &heard[heard.len() / 10..];
                let wanted = tone::amplitude(to, hertz, middle).powi(2) / 2.0;
                let n = middle.len() as f64;
                let power: f64 = middle.iter().map(|&it| f64::from(it).powi(2)).sum();
                let rest = (power / n - wanted).max(0.0);
                let noise = 10.0 * (rest / wanted).max(1e-9).log10();
                assert!(noise < -55.0, "{from} to {to}, {hertz} Hz: {noise} dB");
            }
        }
    }

    #[test]
    fn what_the_lower_rate_cannot_carry_does_not_come_back() {
        for (from, to) in [(16_000, 8_000), (48_000, 16_000), (48_000, 8_000)] {
            let hertz = f64::from(to) * 0.6;
            let sound = tone::sine(from, hertz, 10_000.0, 0, from);
            let heard = through(from, to, &sound);
            let mirrored = f64::from(to) - hertz;
            let level = db(tone::amplitude(to, mirrored, &heard[800..]) / 10_000.0);
            assert!(level < -55.0, "{from} to {to}: {level} dB");
        }
    }

    #[test]
    fn loud_sound_saturates_and_rates_without_a_factor_are_refused() {
        let square: Vec<i16> = (0..800)
            .map(|n| if n / 20 % 2 == 0 { i16::MAX } else { i16::MIN })
            .collect();
        assert_eq!(through(8_000, 16_000, &square).len(), 1_600);
        assert_eq!(through(8_000, 8_000, &square), square);
        for (from, to) in [
            (8_000, 11_025),
            (44_100, 48_000),
            (0, 8_000),
            (8_000, 96_000),
        ] {
            assert!(Stream::new(from, to).is_err(), "{from} to {to}");
        }
    }
}
