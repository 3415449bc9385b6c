//! The voices in media streams and recordings: everybody in a call has a tone of their own, and so has an
//! application that speaks.
//!
//! A triangle wave is exact in integers at every rate, so the same call sounds the same everywhere.

/// The tone of the first in a call; each next one is a step higher.
const FIRST_HZ: u32 = 300;
const STEP_HZ: u32 = 100;
/// Above this the tones repeat; the rates of streams carry it.
const VOICES: u32 = 60;
/// The application reads its texts lower than any person speaks.
pub(crate) const APPLICATION_HZ: u32 = 200;
/// The root of the mean square of a triangle wave is this over the root of three: 20 dB below full scale, as
/// loud as people on telephones are. Five at once do not yet clip.
const LOUDNESS: i64 = 5700;

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
    fn voice_is_as_loud_as_one_on_a_telephone() {
        let mut second = vec![0; 16_000];
        add_tone(&mut second, 16_000, voice_hz(0), 0);
        let squares: f64 = second.iter().map(|it| f64::from(*it).powi(2)).sum();
        let dbfs = 20.0 * ((squares / 16_000.0).sqrt() / 32_768.0).log10();
        assert!((-20.5..-19.5).contains(&dbfs), "{dbfs}");
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
