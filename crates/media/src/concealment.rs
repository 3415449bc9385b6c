//! What is heard for a lost frame: the last period of the voice once more, again and again, fading out within 60 ms,
//! after ITU-T G.711 appendix I but without its delay of 3.75 ms. It must not know packets.

/// Pitch that is looked for, as in the appendix: 66 to 200 Hz.
const PERIOD_MIN_MS: usize = 5;
const PERIOD_MAX_MS: usize = 15;
/// The stretch that is compared with what was before it.
const COMPARED_MS: usize = 20;
/// Full loudness for so long, silence from there on.
const FULL_MS: usize = 10;
const FADED_MS: usize = 60;
/// The first samples that come again are blended with what would have gone on.
const BLEND_MS: usize = 4;

/// One stream's memory.
#[derive(Debug, Clone)]
pub struct Concealment {
    samples_per_ms: usize,
    /// What was heard last, newest at the end.
    history: Vec<i16>,
    lost: Option<Lost>,
}

/// A loss that goes on.
#[derive(Debug, Clone)]
struct Lost {
    /// What is repeated; its end flows into its begin.
    period: Vec<i16>,
    /// The step from the last sample heard to the first of the period, taken away little by little.
    step: i32,
    n_samples: usize,
}

impl Concealment {
    #[must_use]
    pub fn new(sample_rate: u32) -> Self {
        let samples_per_ms = usize::try_from(sample_rate / 1_000).unwrap_or(8).max(1);
        Self {
            samples_per_ms,
            history: vec![0; samples_per_ms * (COMPARED_MS + 2 * PERIOD_MAX_MS)],
            lost: None,
        }
    }

    /// A frame has come. After a loss its begin is blended with the end of what was made up.
    pub fn heard(&mut self, frame: &mut [i16]) {
        if let Some(mut lost) = self.lost.take() {
            let n = (BLEND_MS * self.samples_per_ms).min(frame.len()).max(1);
            for (at, sample) in frame.iter_mut().take(n).enumerate() {
                let made_up = lost.next_sample(self.samples_per_ms);
                *sample = blend(made_up, *sample, at + 1, n);
            }
        }
        self.remember(frame);
    }

    /// Appends so many samples in place of a frame that did not come.
    pub fn conceal(&mut self, n_samples: usize, samples: &mut Vec<i16>) {
        let samples_per_ms = self.samples_per_ms;
        let history = &self.history;
        let lost = self
            .lost
            .get_or_insert_with(|| Lost::begin(history, samples_per_ms));
        samples.extend((0..n_samples).map(|_| lost.next_sample(samples_per_ms)));
    }

    /// Nothing is to be repeated from now on: a pause, or another source.
    pub fn forget(&mut self) {
        self.history.fill(0);
        self.lost = None;
    }

    fn remember(&mut self, frame: &[i16]) {
        let length = self.history.len();
        match length.checked_sub(frame.len()) {
            Some(kept) => {
                self.history.copy_within(frame.len().., 0);
                self.history.truncate(kept);
                self.history.extend_from_slice(frame);
            }
            None => {
                self.history.clear();
                self.history
                    .extend_from_slice(frame.split_at(frame.len() - length).1);
            }
        }
    }
}

impl Lost {
    fn begin(history: &[i16], samples_per_ms: usize) -> Self {
        let length = period_length(history, samples_per_ms);
        let quarter = (length / 4).max(1);
        let start = history.len() - length;
        let mut period = history[start..].to_vec();
        // The last quarter turns into what was before the period, so that its begin follows.
        for at in 0..quarter {
            let place = length - quarter + at;
            let before = history[start - quarter + at];
            period[place] = blend(period[place], before, at + 1, quarter);
        }
        let last = history.last().copied().unwrap_or_default();
        Self {
            period,
            step: i32::from(last) - i32::from(history[start - 1]),
            n_samples: 0,
        }
    }

    fn next_sample(&mut self, samples_per_ms: usize) -> i16 {
        let at = self.n_samples;
        self.n_samples = at.saturating_add(1);
        let full = FULL_MS * samples_per_ms;
        let faded = FADED_MS * samples_per_ms;
        if at >= faded {
            return 0;
        }
        let quarter = (self.period.len() / 4).max(1);
        let step = part(self.step.into(), quarter.saturating_sub(at), quarter);
        let sample = i64::from(self.period[at % self.period.len()]);
        saturated(part(sample + step, faded - at.max(full), faded - full))
    }
}

/// From one sample to another: `share` of `whole` of the way.
fn blend(from: i16, to: i16, share: usize, whole: usize) -> i16 {
    saturated(i64::from(from) + part(i64::from(to) - i64::from(from), share, whole))
}

fn part(value: i64, share: usize, whole: usize) -> i64 {
    // Both are counts of samples of some milliseconds.
    let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    value.saturating_mul(count(share)) / count(whole).max(1)
}

/// The distance at which the end of the history is most like what was before.
fn period_length(history: &[i16], samples_per_ms: usize) -> usize {
    let (least, most) = (
        PERIOD_MIN_MS * samples_per_ms,
        PERIOD_MAX_MS * samples_per_ms,
    );
    let compared = COMPARED_MS * samples_per_ms;
    let floats: Vec<f32> = history.iter().map(|&it| f32::from(it)).collect();
    let end = floats.len() - compared;
    let template = &floats[end..];
    let mut best = (f32::MIN, most);
    for lag in least..=most {
        let before = &floats[end - lag..end - lag + compared];
        let (likeness, energy) = template
            .iter()
            .zip(before)
            .fold((0.0_f32, 1.0_f32), |(likeness, energy), (a, b)| {
                (likeness + a * b, energy + b * b)
            });
        let likeness = likeness / energy.sqrt();
        if likeness > best.0 {
            best = (likeness, lag);
        }
    }
    best.1
}

fn saturated(value: i64) -> i16 {
    let value = value.clamp(i16::MIN.into(), i16::MAX.into());
    i16::try_from(value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::Concealment;
    use crate::tone;
    use proptest::prelude::*;

    const RATES: [u32; 2] = [8_000, 16_000];

    fn frame(rate: u32, hertz: f64, n: u32) -> Vec<i16> {
        tone::sine(rate, hertz, 8_000.0, n * (rate / 50), rate / 50)
    }

    /// A tone of which frames are lost, as it is heard.
    fn heard(rate: u32, hertz: f64, n_frames: u32, is_lost: impl Fn(u32) -> bool) -> Vec<i16> {
        let mut concealment = Concealment::new(rate);
        let mut samples = Vec::new();
        for n in 0..n_frames {
            if is_lost(n) {
                concealment.conceal(usize::try_from(rate / 50).unwrap(), &mut samples);
            } else {
                let mut frame = frame(rate, hertz, n);
                concealment.heard(&mut frame);
                samples.extend(frame);
            }
        }
        samples
    }

    #[test]
    fn voice_goes_on_through_one_lost_frame() {
        for rate in RATES {
            for hertz in [105.0, 150.0, 310.0] {
                let sound = heard(rate, hertz, 20, |n| n == 10);
                let twentieth = usize::try_from(rate / 50).unwrap();
                let level = tone::amplitude(rate, hertz, &sound[10 * twentieth..11 * twentieth]);
                assert!(level > 5_500.0, "{hertz} Hz at {rate}: {level}");
            }
        }
    }

    #[test]
    fn there_is_no_click_where_a_loss_begins_or_ends() {
        for rate in RATES {
            let whole = heard(rate, 150.0, 20, |_| false);
            let steepest = |sound: &[i16]| {
                let steps = sound
                    .windows(2)
                    .map(|it| (i32::from(it[1]) - i32::from(it[0])).abs());
                steps.max().unwrap()
            };
            let with_loss = heard(rate, 150.0, 20, |n| n == 10 || n == 11);
            assert!(
                steepest(&with_loss) < 2 * steepest(&whole),
                "{} {}",
                steepest(&with_loss),
                steepest(&whole)
            );
        }
    }

    #[test]
    fn long_loss_fades_to_silence_within_60_ms() {
        for rate in RATES {
            let sound = heard(rate, 150.0, 20, |n| n >= 10);
            let frame = usize::try_from(rate / 50).unwrap();
            let peak = |n: usize| {
                let frame = &sound[n * frame..(n + 1) * frame];
                frame.iter().map(|it| it.abs()).max().unwrap()
            };
            assert!(peak(10) > peak(11) && peak(11) > peak(12));
            assert_eq!(peak(13), 0);
        }
    }

    #[test]
    fn nothing_is_repeated_after_a_pause() {
        let mut concealment = Concealment::new(8_000);
        concealment.heard(&mut frame(8_000, 150.0, 0));
        concealment.forget();
        let mut samples = Vec::new();
        concealment.conceal(160, &mut samples);
        assert_eq!(samples, vec![0; 160]);
    }

    proptest! {
        #[test]
        fn any_frames_and_losses_are_taken(
            frames in proptest::collection::vec(
                proptest::option::of(proptest::collection::vec(any::<i16>(), 0..900)), 1..20),
        ) {
            let mut concealment = Concealment::new(8_000);
            for frame in frames {
                let mut samples = Vec::new();
                match frame {
                    Some(mut frame) => concealment.heard(&mut frame),
                    None => concealment.conceal(160, &mut samples),
                }
                prop_assert_eq!(concealment.history.len(), 400);
            }
        }
    }
}
