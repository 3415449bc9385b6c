//! What must not be heard in a recorded file is not kept: the pauses that the core knows of are silent in it
//! whatever the service did, before the file is sealed (B-023).

use tandem_core::recording::Quiet;
use tandem_media::Error;
use tandem_media::wav::quiet::{Header, LeftOut, Over, Passing};

/// Silence on both sides of a pause: a service does not pause at the very instant.
const MARGIN_MS: u64 = 500;
/// A pause that a service may have left out; a shorter one makes no difference that could be told.
const LEFT_OUT_MS: u64 = 1_000;

/// The file behind this header, with silence where it must be; one that the service shortened by its pauses gets
/// its true length. Of a file whose length nobody knows that cannot be told: it stays as short as it is.
pub(super) fn hushed(header: Header, wanted: Option<&Quiet>) -> Result<Passing, Error> {
    let Some(wanted) = wanted else {
        return Passing::new(header, &[], &[]);
    };
    let is_shortened = header
        .length_ms()
        .is_some_and(|length_ms| is_shortened(length_ms, wanted));
    let left_out = wanted.silences.iter().map(|it| LeftOut {
        at_ms: it.from_ms,
        length_ms: it.paused_ms,
    });
    let left_out: Vec<_> = left_out.filter(|_| is_shortened).collect();
    let over = wanted.silences.iter().map(|it| Over {
        from_ms: it.from_ms.saturating_sub(MARGIN_MS),
        until_ms: it.until_ms.map(|until| until.saturating_add(MARGIN_MS)),
    });
    Passing::new(header, &over.collect::<Vec<_>>(), &left_out)
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
    use tandem_media::wav::quiet::Piece;
    use tandem_media::wav::{Channels, Wav};

    /// So many ms of noise, and what comes of it.
    fn heard(ms: usize, quiet: &Quiet) -> (Vec<i16>, u64) {
        let wav = Wav {
            sample_rate: 8_000,
            channels: Channels::Mono,
            samples: vec![9; ms * 8],
        };
        let file = wav.to_bytes().unwrap();
        let header = Header::read(&file, None).unwrap().unwrap();
        let begin = header.samples_at();
        let mut passing = hushed(header, Some(quiet)).unwrap();
        let mut pieces = Vec::new();
        passing.take(&file[begin..], &mut pieces);
        let length_ms = passing.end(&mut pieces).unwrap();
        let bytes = pieces.into_iter().flat_map(|piece| match piece {
            Piece::Bytes(bytes) => bytes,
            Piece::Silence(n) => vec![0; usize::try_from(n).unwrap()],
        });
        let file: Vec<u8> = bytes.collect();
        (Wav::parse(&file).unwrap().samples, length_ms)
    }

    fn is_silent(samples: &[i16], from_ms: usize, until_ms: usize) -> bool {
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
        let (samples, length_ms) = heard(10_000, &pause(3_000, Some(6_000), 3_000));
        assert_eq!(length_ms, 10_000);
        assert!(is_silent(&samples, 2_500, 6_500));
        assert!(!is_silent(&samples, 2_499, 2_500) && !is_silent(&samples, 6_500, 6_501));
    }

    // R-24 c: the service left the pause out
    #[test]
    fn file_that_is_shorter_by_its_pause_has_its_true_length() {
        let (samples, length_ms) = heard(7_000, &pause(3_000, Some(6_000), 3_000));
        assert_eq!(length_ms, 10_000);
        assert!(is_silent(&samples, 2_500, 6_500) && !is_silent(&samples, 6_500, 6_501));
    }

    #[test]
    fn pause_without_end_is_silent_to_the_end() {
        let (samples, _) = heard(9_000, &pause(3_000, None, 7_000));
        assert!(is_silent(&samples, 2_500, 9_000));
    }
}
