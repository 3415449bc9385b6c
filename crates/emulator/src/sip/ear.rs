//! Which tones somebody hears: what comes over a leg is taken as a recording of one track, and looked through for sines.
//! It must not know whose tones they are.

use serde_json::{Value, json};
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tandem_media::recording::Sound;
use tandem_media::tone;
use tandem_transport::media::{Finished, Piece, Sink};

/// What is looked through at once: a tenth of a second, in which neighbors of 10 Hz are told apart by their loudness.
const WINDOWS_PER_SECOND: u32 = 10;
const STEP_HZ: u32 = 10;
const LOWEST_HZ: u32 = 290;
const HIGHEST_HZ: u32 = 3_410;
/// Of full scale: beyond what codecs leave of other tones.
const LOUD: f64 = 600.0;
/// Beside the loudest, so that what a window smears is none.
const SHARE: f64 = 1.0 / 12.0;
/// Silence is told late, when sound comes again: what came so long ago is heard no more.
const HEARD_FOR: Duration = Duration::from_secs(2);
/// Tones that are remembered of one party.
const HEARD_MAX: usize = 64;

/// What one party hears and has heard.
#[derive(Debug, Clone, Default)]
pub(super) struct Ear(Arc<Mutex<Heard>>);

#[derive(Debug, Default)]
struct Heard {
    now: Vec<u32>,
    /// With when it was first and last heard, in milliseconds of what came.
    ever: Vec<(u32, u64, u64)>,
    ms: u64,
    /// When sound came last.
    came_at: Option<Instant>,
}

impl Ear {
    pub(super) fn show(&self) -> Value {
        let heard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let ever = heard.ever.iter();
        let ever =
            ever.map(|(hz, from, until)| json!({"hz": hz, "from_ms": from, "until_ms": until}));
        let is_fresh = heard.came_at.is_some_and(|at| at.elapsed() < HEARD_FOR);
        let now: &[u32] = if is_fresh { &heard.now } else { &[] };
        json!({"tones": now, "ever": ever.collect::<Value>(), "ms": heard.ms})
    }

    /// What is written to it is heard.
    pub(super) fn sink(&self) -> Box<dyn Sink> {
        Box::new(Listening(self.clone()))
    }

    fn hear(&self, sample_rate: u32, samples: &[i16]) {
        let window = usize::try_from(sample_rate / WINDOWS_PER_SECOND)
            .unwrap_or(1)
            .max(1);
        // A piece is half a second: its middle and its end say enough.
        let windows: Vec<&[i16]> = samples.chunks_exact(window).collect();
        let middle = windows.get(windows.len() / 2).into_iter();
        let found: Vec<Vec<u32>> = middle
            .chain(windows.last())
            .map(|window| tones(sample_rate, window))
            .collect();
        let ms = u64::try_from(samples.len()).unwrap_or(0) * 1_000 / u64::from(sample_rate.max(1));
        let mut heard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        heard.ms += ms;
        let at = heard.ms;
        for hz in found.iter().flatten() {
            if let Some((_, _, until)) = heard.ever.iter_mut().find(|(known, ..)| known == hz) {
                *until = at;
            } else if heard.ever.len() < HEARD_MAX {
                heard.ever.push((*hz, at.saturating_sub(ms), at));
            }
        }
        heard.now = found.into_iter().last().unwrap_or_default();
        heard.came_at = Some(Instant::now());
    }

    fn hear_nothing(&self, sample_rate: u32, n_bytes: u64) {
        let mut heard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        heard.ms += n_bytes / 2 * 1_000 / u64::from(sample_rate.max(1));
        heard.now.clear();
    }
}

struct Listening(Ear);

impl Sink for Listening {
    fn write(&mut self, piece: Piece) -> io::Result<()> {
        match piece.sound {
            Sound::Samples(bytes) => {
                let pairs = bytes.chunks_exact(2);
                let samples: Vec<i16> = pairs
                    .map(|pair| i16::from_le_bytes([pair[0], pair[1]]))
                    .collect();
                self.0.hear(piece.sample_rate, &samples);
            }
            Sound::Silence { n_bytes } => self.0.hear_nothing(piece.sample_rate, n_bytes),
        }
        Ok(())
    }

    fn finish(self: Box<Self>, _finished: Finished) -> io::Result<()> {
        Ok(())
    }
}

/// The sines in a window, in steps of 10 Hz, the lowest first.
fn tones(sample_rate: u32, window: &[i16]) -> Vec<u32> {
    let faded = faded(window);
    let steps = (LOWEST_HZ..=HIGHEST_HZ).step_by(usize::try_from(STEP_HZ).unwrap_or(1));
    // A window that fades in and out has half of the loudness.
    let levels: Vec<(u32, f64)> = steps
        .map(|hz| {
            (
                hz,
                2.0 * tone::amplitude(sample_rate, f64::from(hz), &faded),
            )
        })
        .collect();
    let loudest = levels
        .iter()
        .fold(0.0_f64, |most, (_, level)| most.max(*level));
    let least = LOUD.max(loudest * SHARE);
    let peaks = levels.windows(3).filter(|three| {
        let (before, (_, here), after) = (three[0].1, three[1], three[2].1);
        here >= least && here > before && here >= after
    });
    peaks.map(|three| three[1].0).collect()
}

/// Without its edges, which would sound like tones of their own (a window of Hann).
fn faded(window: &[i16]) -> Vec<i16> {
    let n = f64::from(u32::try_from(window.len().max(1)).unwrap_or(u32::MAX));
    let weights = (0_u32..).map(|at| 0.5 - 0.5 * (std::f64::consts::TAU * f64::from(at) / n).cos());
    window
        .iter()
        .zip(weights)
        .map(|(sample, weight)| to_sample(f64::from(*sample) * weight))
        .collect()
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a sample times less than one"
)]
fn to_sample(value: f64) -> i16 {
    value.round() as i16
}

#[cfg(test)]
mod tests {
    use super::*;
    use tandem_media::g711::Law;

    fn mixed(rate: u32, hertz: &[u32], n: u32) -> Vec<i16> {
        let mut sum = vec![0_i16; usize::try_from(n).unwrap()];
        for hz in hertz {
            let sine = tone::sine(rate, f64::from(*hz), 8_000.0, 0, n);
            for (all, one) in sum.iter_mut().zip(sine) {
                *all = all.saturating_add(one);
            }
        }
        sum
    }

    #[test]
    fn tones_are_told_apart_at_both_rates_and_after_a_codec() {
        for hertz in [&[][..], &[440], &[580, 700, 1_300], &[500, 540, 3_030]] {
            for rate in [8_000, 16_000] {
                assert_eq!(tones(rate, &mixed(rate, hertz, rate / 10)), hertz, "{rate}");
            }
            let (mut coded, mut decoded) = (Vec::new(), Vec::new());
            Law::A.encode_into(&mixed(8_000, hertz, 800), &mut coded);
            Law::A.decode_into(&coded, &mut decoded);
            assert_eq!(tones(8_000, &decoded), hertz);
        }
    }

    #[test]
    fn ear_knows_what_it_hears_and_what_it_heard() {
        let ear = Ear::default();
        ear.hear(8_000, &mixed(8_000, &[700], 4_000));
        ear.hear(8_000, &mixed(8_000, &[440], 4_000));
        let told = ear.show();
        assert_eq!(told["tones"], json!([440]));
        assert_eq!(
            told["ever"],
            json!([
                {"hz": 700, "from_ms": 0, "until_ms": 500}, {"hz": 440, "from_ms": 500, "until_ms": 1_000},
            ])
        );
        ear.hear_nothing(8_000, 1_600);
        assert_eq!(ear.show()["tones"], json!([]));
        assert_eq!(ear.show()["ms"], 1_100);
    }
}
