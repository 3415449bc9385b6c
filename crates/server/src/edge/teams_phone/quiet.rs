//! What must not be heard in a recorded file is not kept: the pauses that the core knows of are silent in it
//! whatever the service did, before the file is sealed (B-023).

use tandem_core::recording::Quiet;
use tandem_media::wav::quiet;

/// Silence on both sides of a pause: a service does not pause at the very instant.
const MARGIN_MS: u64 = 500;
/// A pause that a service may have left out; a shorter one makes no difference that could be told.
const LEFT_OUT_MS: u64 = 1_000;

/// The file with silence where it must be; one that the service shortened by its pauses has its true length.
pub(super) fn hushed(file: Vec<u8>, wanted: &Quiet) -> Result<Vec<u8>, tandem_media::Error> {
    let mut file = file;
    if is_shortened(quiet::length_ms(&file)?, wanted) {
        for it in &wanted.silences {
            quiet::insert_silence(&mut file, it.from_ms, it.paused_ms)?;
        }
    }
    for it in &wanted.silences {
        let from_ms = it.from_ms.saturating_sub(MARGIN_MS);
        let until_ms = it.until_ms.map(|until| until.saturating_add(MARGIN_MS));
        quiet::silence(&mut file, from_ms, until_ms)?;
    }
    Ok(file)
}

/// Whether the file is as long as the call without its pauses rather than with them.
fn is_shortened(length_ms: u64, wanted: &Quiet) -> bool {
    let paused_ms: u64 = wanted.silences.iter().map(|it| it.paused_ms).sum();
    let without_ms = wanted.whole_ms.saturating_sub(paused_ms);
    let is_nearer = length_ms.abs_diff(without_ms) < length_ms.abs_diff(wanted.whole_ms);
    paused_ms >= LEFT_OUT_MS && is_nearer
}

#[cfg(test)]
mod tests {
    use super::*;
    use tandem_core::recording::Silence;
    use tandem_media::wav::{Channels, Wav};

    fn noise(ms: usize) -> Vec<u8> {
        let wav = Wav {
            sample_rate: 8_000,
            channels: Channels::Mono,
            samples: vec![9; ms * 8],
        };
        wav.to_bytes().unwrap()
    }

    fn is_silent(file: &[u8], from_ms: usize, until_ms: usize) -> bool {
        let samples = Wav::parse(file).unwrap().samples;
        samples[from_ms * 8..until_ms * 8].iter().all(|it| *it == 0)
    }

    fn pause(from_ms: u64, until_ms: Option<u64>, paused_ms: u64) -> Quiet {
        Quiet {
            whole_ms: 10_000,
            silences: vec![Silence {
                from_ms,
                until_ms,
                paused_ms,
            }],
        }
    }

    // B-023: the service recorded through the pause
    #[test]
    fn pause_is_silent_with_a_margin_although_the_service_recorded_it() {
        let file = hushed(noise(10_000), &pause(3_000, Some(6_000), 3_000)).unwrap();
        assert_eq!(quiet::length_ms(&file), Ok(10_000));
        assert!(is_silent(&file, 2_500, 6_500));
        assert!(!is_silent(&file, 2_499, 2_500) && !is_silent(&file, 6_500, 6_501));
    }

    // R-24 c: the service left the pause out
    #[test]
    fn file_that_is_shorter_by_its_pause_has_its_true_length() {
        let file = hushed(noise(7_000), &pause(3_000, Some(6_000), 3_000)).unwrap();
        assert_eq!(quiet::length_ms(&file), Ok(10_000));
        assert!(is_silent(&file, 2_500, 6_500) && !is_silent(&file, 6_500, 6_501));
    }

    #[test]
    fn pause_without_end_is_silent_to_the_end() {
        let file = hushed(noise(9_000), &pause(3_000, None, 7_000)).unwrap();
        assert!(is_silent(&file, 2_500, 9_000));
    }
}
