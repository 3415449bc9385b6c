//! Comfort noise (RFC 3389): what is heard while the other side saves packets in a pause. It must not know when.

use crate::Error;

/// Reflection coefficients of a payload; more are not looked at (RFC 3389 3.2 leaves the order open).
const ORDER_MAX: usize = 12;
/// The level is 0 to 127 in -dBov; the first bit is reserved.
const LEVEL_MASK: u8 = 0x7F;

/// The noise that a payload describes, going on from frame to frame.
#[derive(Debug, Clone)]
pub struct Noise {
    /// Of the excitation, so that what comes out has the level that was asked for.
    amplitude: f64,
    reflections: Vec<f64>,
    /// The lattice filter's memory.
    memory: [f64; ORDER_MAX],
    random: u32,
}

impl Noise {
    /// Reads a payload: the level, then the shape of the spectrum if there is any.
    pub fn parse(payload: &[u8]) -> Result<Self, Error> {
        let (level, shape) = payload
            .split_first()
            .ok_or(Error::Truncated("comfort noise"))?;
        // RFC 3389 3.2: 127 is zero, 258 steps for each unit of 1/32768.
        let reflections: Vec<f64> = shape
            .iter()
            .take(ORDER_MAX)
            .map(|&quantized| (f64::from(quantized) - 127.0) * 258.0 / 32_768.0)
            .map(|reflection| reflection.clamp(-0.99, 0.99))
            .collect();
        let level = f64::from(level & LEVEL_MASK);
        let rms = 32_768.0 * 10_f64.powf(-level / 20.0);
        // The filter amplifies by the product of 1/(1-k^2); uniform noise has a third of its amplitude's power.
        let gain: f64 = reflections.iter().map(|k| 1.0 - k * k).product();
        Ok(Self {
            amplitude: rms * gain.sqrt() * 3_f64.sqrt(),
            reflections,
            memory: [0.0; ORDER_MAX],
            random: 0x2545_F491,
        })
    }

    /// The payload that describes noise of that level (-dBov) without any shape.
    #[must_use]
    pub const fn payload(level: u8) -> [u8; 1] {
        [level & LEVEL_MASK]
    }

    /// Appends so many samples.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "between the limits of the type"
    )]
    pub fn fill(&mut self, n_samples: usize, samples: &mut Vec<i16>) {
        samples.extend((0..n_samples).map(|_| {
            let sample = self.next_sample();
            sample
                .round()
                .clamp(f64::from(i16::MIN), f64::from(i16::MAX)) as i16
        }));
    }

    /// An all-pole lattice, stable whatever the coefficients are, since each is below one.
    fn next_sample(&mut self) -> f64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 17;
        self.random ^= self.random << 5;
        let uniform = f64::from(self.random) / f64::from(u32::MAX) * 2.0 - 1.0;
        let mut forward = uniform * self.amplitude;
        for n in (0..self.reflections.len()).rev() {
            let (reflection, backward) = (self.reflections[n], self.memory[n]);
            forward -= reflection * backward;
            if let Some(next) = self.memory.get_mut(n + 1) {
                *next = backward + reflection * forward;
            }
        }
        self.memory[0] = forward;
        forward
    }
}

#[cfg(test)]
mod tests {
    use super::Noise;
    use proptest::prelude::*;

    fn rms(samples: &[i16]) -> f64 {
        let power: f64 = samples.iter().map(|&it| f64::from(it).powi(2)).sum();
        (power / samples.len() as f64).sqrt()
    }

    fn noise(payload: &[u8]) -> Vec<i16> {
        let mut samples = Vec::new();
        Noise::parse(payload).unwrap().fill(16_000, &mut samples);
        samples
    }

    // RFC 3389 3.1
    #[test]
    fn level_is_the_one_that_was_asked_for_with_and_without_a_shape() {
        for level in [20_u8, 40, 60] {
            for shape in [&[][..], &[200, 60, 127, 140]] {
                let payload = [&Noise::payload(level)[..], shape].concat();
                let heard = 20.0 * (rms(&noise(&payload)) / 32_768.0).log10();
                assert!((heard + f64::from(level)).abs() < 0.7, "{level}: {heard}");
            }
        }
        assert!(rms(&noise(&[127])) < 1.0);
    }

    #[test]
    fn empty_payload_is_refused() {
        assert!(Noise::parse(&[]).is_err());
    }

    proptest! {
        #[test]
        fn any_payload_gives_noise_that_stays_within_bounds(
            payload in proptest::collection::vec(any::<u8>(), 1..40),
        ) {
            let mut noise = Noise::parse(&payload).unwrap();
            let mut samples = Vec::new();
            noise.fill(2_000, &mut samples);
            prop_assert!(noise.memory.iter().all(|it| it.is_finite()));
        }
    }
}
