//! One band's adaptive predictor and quantizer step: blocks 3 and 4 of ITU-T G.722, the same in encoder and decoder
//! and in both bands but for the numbers.

/// What the step grows and shrinks by, by interval (tables 3-7 and 3-8).
const LOW_GROWTH: [i32; 8] = [-60, -30, 58, 172, 334, 538, 1198, 3042];
const HIGH_GROWTH: [i32; 3] = [0, -214, 798];
/// Most of the logarithm of the step.
const LOW_LOG_MAX: i32 = 18_432;
const HIGH_LOG_MAX: i32 = 22_528;
/// The inverse logarithm within an octave (table 3-9).
const ANTILOG: [i32; 32] = [
    2048, 2093, 2139, 2186, 2233, 2282, 2332, 2383, 2435, 2489, 2543, 2599, 2656, 2714, 2774, 2834,
    2896, 2960, 3025, 3091, 3158, 3228, 3298, 3371, 3444, 3520, 3597, 3676, 3756, 3838, 3922, 4008,
];
/// Octaves that the bands lie apart.
const LOW_OCTAVES: i32 = 8;
const HIGH_OCTAVES: i32 = 10;

/// The state of one band, named as in the Recommendation.
#[derive(Debug, Clone)]
pub(super) struct Band {
    /// S: what is predicted.
    estimate: i32,
    /// SZ: the share of the zero section in it.
    zero_estimate: i32,
    /// NB and DET: the logarithm of the step, and the step.
    log_step: i32,
    step: i32,
    /// A1 and A2.
    poles: [i32; 2],
    /// B1 to B6.
    zeros: [i32; 6],
    /// R: the last two reconstructed samples, newest first.
    reconstructed: [i32; 2],
    /// P: the last two without the poles' share.
    partial: [i32; 2],
    /// D: the last six differences, newest first, and twice of each, saturated.
    differences: [i32; 6],
    doubled: [i32; 6],
}

impl Band {
    pub(super) const fn low() -> Self {
        Self::with_step(32)
    }

    pub(super) const fn high() -> Self {
        Self::with_step(8)
    }

    const fn with_step(step: i32) -> Self {
        Self {
            estimate: 0,
            zero_estimate: 0,
            log_step: 0,
            step,
            poles: [0; 2],
            zeros: [0; 6],
            reconstructed: [0; 2],
            partial: [0; 2],
            differences: [0; 6],
            doubled: [0; 6],
        }
    }

    pub(super) const fn estimate(&self) -> i32 {
        self.estimate
    }

    pub(super) const fn step(&self) -> i32 {
        self.step
    }

    /// A quantizer's output value in units of the step.
    pub(super) const fn scaled(&self, value: i32) -> i32 {
        (self.step * value) >> 15
    }

    /// Blocks 3L LOGSCL and SCALEL.
    pub(super) fn adapt_low(&mut self, interval: usize) {
        let log_step = less_a_128th(self.log_step) + LOW_GROWTH[interval & 7];
        self.log_step = log_step.clamp(0, LOW_LOG_MAX);
        self.step = antilog(self.log_step, LOW_OCTAVES);
    }

    /// Blocks 3H LOGSCH and SCALEH.
    pub(super) fn adapt_high(&mut self, interval: usize) {
        let log_step = less_a_128th(self.log_step) + HIGH_GROWTH[interval.min(2)];
        self.log_step = log_step.clamp(0, HIGH_LOG_MAX);
        self.step = antilog(self.log_step, HIGH_OCTAVES);
    }

    /// Block 4: takes the quantized difference in, and predicts the next sample.
    pub(super) fn predict(&mut self, difference: i32) {
        // PARREC, RECONS.
        let partial = saturate(difference + self.zero_estimate);
        let reconstructed = saturate(self.estimate + difference);
        self.adapt_poles(partial);
        self.adapt_zeros(difference);
        // DELAYA
        self.partial = [partial, self.partial[0]];
        self.reconstructed = [reconstructed, self.reconstructed[0]];
        let [d0, d1, d2, d3, d4, _] = self.differences;
        self.differences = [difference, d0, d1, d2, d3, d4];
        let [d0, d1, d2, d3, d4, _] = self.doubled;
        self.doubled = [saturate(difference * 2), d0, d1, d2, d3, d4];
        // FILTEP, FILTEZ, PREDIC.
        let mut pole_estimate = 0;
        for (coefficient, sample) in self.poles.iter().zip(self.reconstructed) {
            pole_estimate = saturate(pole_estimate + ((coefficient * saturate(sample * 2)) >> 15));
        }
        // The Recommendation adds the oldest first; it matters where the sum saturates.
        let mut zero_estimate = 0;
        for (coefficient, doubled) in self.zeros.iter().zip(self.doubled).rev() {
            zero_estimate = saturate(zero_estimate + ((coefficient * doubled) >> 15));
        }
        self.zero_estimate = zero_estimate;
        self.estimate = saturate(pole_estimate + zero_estimate);
    }

    /// UPPOL2 and UPPOL1.
    fn adapt_poles(&mut self, partial: i32) {
        let [first, second] = self.poles;
        let is_same = |earlier: i32| (partial < 0) == (earlier < 0);
        let four_firsts = saturate(first * 4);
        let toward = if is_same(self.partial[0]) {
            saturate(-four_firsts)
        } else {
            four_firsts
        };
        let lean = if is_same(self.partial[1]) { 128 } else { -128 };
        let second = saturate((toward >> 7) + lean + less_a_128th(second));
        let second = second.clamp(-12_288, 12_288);
        let push = if is_same(self.partial[0]) { 192 } else { -192 };
        let first = saturate(push + less_a_256th(first));
        let limit = saturate(15_360 - second);
        self.poles = [first.clamp(-limit, limit), second];
    }

    /// UPZERO.
    fn adapt_zeros(&mut self, difference: i32) {
        let push = if difference == 0 { 0 } else { 128 };
        for (coefficient, earlier) in self.zeros.iter_mut().zip(self.differences) {
            // All ones where the signs differ: the push is negated without a branch.
            let differs = (difference ^ earlier) >> 31;
            let signed = (push ^ differs) - differs;
            // It cannot leave 16 bits: at their ends the leak takes as much as the push gives.
            *coefficient = less_a_256th(*coefficient) + signed;
        }
    }
}

/// The product with 32640/32768, rounded down as the Recommendation's multiplication is.
const fn less_a_256th(value: i32) -> i32 {
    value + ((-value) >> 8)
}

/// The same with 32512/32768.
const fn less_a_128th(value: i32) -> i32 {
    value + ((-value) >> 7)
}

/// SCALEL, SCALEH by method 1 of the Recommendation.
fn antilog(log_step: i32, octaves: i32) -> i32 {
    let place = usize::try_from((log_step >> 6) & 31).unwrap_or_default();
    let mantissa = ANTILOG[place];
    let shift = octaves - (log_step >> 11);
    let value = if shift < 0 {
        mantissa << -shift
    } else {
        mantissa >> shift
    };
    value << 2
}

/// 16 bits.
pub(super) fn saturate(value: i32) -> i32 {
    value.clamp(i16::MIN.into(), i16::MAX.into())
}

/// LIMIT: 15 bits.
pub(super) fn limit(value: i32) -> i32 {
    value.clamp(-16_384, 16_383)
}
