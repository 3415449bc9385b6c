//! The voices of people in media streams: everybody in a call has a tone of their own.
//!
//! A triangle wave is exact in integers at every rate, so the same call sounds the same everywhere.

/// The tone of the first in a call; each next one is a step higher.
const FIRST_HZ: u32 = 300;
const STEP_HZ: u32 = 100;
/// Above this the tones repeat; the rates of streams carry it.
const VOICES: u32 = 60;
/// Three at once do not yet clip.
const LOUDNESS: i64 = 8000;

pub(crate) const fn voice_hz(voice: u32) -> u32 {
    FIRST_HZ + STEP_HZ * (voice % VOICES)
}

/// Adds a tone to what is there, from its sample `first` on.
pub(crate) fn add_tone(samples: &mut [i16], rate: u32, hz: u32, first: u64) {
    let period = i64::from(rate);
    let mut phase = i64::try_from(first % u64::from(rate)).unwrap_or(0) * i64::from(hz) % period;
    for sample in samples {
        // A quarter up, a half down, a quarter up again.
        let place = phase * 4;
        let height = if place < period {
            place
        } else if place < 3 * period {
            2 * period - place
        } else {
            place - 4 * period
        };
        let value = i16::try_from(LOUDNESS * height / period).unwrap_or(0);
        *sample = sample.saturating_add(value);
        phase = (phase + i64::from(hz)) % period;
    }
}

#[cfg(test)]
mod tests {
    use super::{add_tone, voice_hz};

    fn crossings(samples: &[i16]) -> usize {
        samples
            .windows(2)
            .filter(|pair| pair[0] < 0 && pair[1] >= 0)
            .count()
    }

    #[test]
    fn voices_are_told_apart_by_their_tones_at_both_rates() {
        for rate in [16_000, 24_000] {
            for voice in [0, 1, 7] {
                let mut second = vec![0; usize::try_from(rate).unwrap()];
                add_tone(&mut second, rate, voice_hz(voice), 0);
                let heard = crossings(&second);
                let wanted = usize::try_from(voice_hz(voice)).unwrap();
                assert!(heard.abs_diff(wanted) <= 1, "{rate} {voice}: {heard}");
            }
        }
    }

    #[test]
    fn frames_of_a_tone_continue_each_other() {
        let mut whole = vec![0; 640];
        add_tone(&mut whole, 16_000, 300, 0);
        let mut second = vec![0; 320];
        add_tone(&mut second, 16_000, 300, 320);
        assert_eq!(whole[320..], second);
    }

    #[test]
    fn many_at_once_clip_and_do_not_wrap() {
        let mut samples = vec![0; 320];
        for _ in 0..10 {
            add_tone(&mut samples, 16_000, 300, 0);
        }
        assert_eq!(samples.iter().max(), Some(&i16::MAX));
        assert_eq!(samples.iter().min(), Some(&i16::MIN));
    }
}
