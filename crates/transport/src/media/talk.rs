//! Who speaks when, from the energy of what is heard: enough for talk and silence of reports, no recognition of speech.

use tandem_media::Micros;
use tandem_media::codec::Codec;
use tandem_media::g711::Law;

/// -42 dBov: above the noise of lines, below quiet speech.
const MEAN_SQUARE_MIN: u64 = 260 * 260;
/// So many frames of it in a row are speech, and not a click.
const FRAMES_MIN: u32 = 3;
/// Pauses between words are part of it.
const PAUSE_MAX: Micros = 600_000;

/// One party's.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Talk {
    n_loud: u32,
    /// Begin and the end of the last loud frame.
    span: Option<(Micros, Micros)>,
}

impl Talk {
    /// Sound was heard that ends now; answers the span that has ended before it.
    pub(super) fn hear(
        &mut self,
        now: Micros,
        length: Micros,
        is_loud: bool,
    ) -> Option<(Micros, Micros)> {
        let ended = self.end_before(now - PAUSE_MAX);
        if !is_loud {
            self.n_loud = 0;
            return ended;
        }
        self.n_loud = if ended.is_some() { 1 } else { self.n_loud + 1 };
        match &mut self.span {
            Some((_, until)) => *until = now,
            None if self.n_loud >= FRAMES_MIN => {
                self.span = Some((now - length * Micros::from(FRAMES_MIN), now));
            }
            None => {}
        }
        ended
    }

    /// The span that nothing was added to since then.
    pub(super) fn end_before(&mut self, then: Micros) -> Option<(Micros, Micros)> {
        self.span.take_if(|(_, until)| *until <= then)
    }

    /// Whatever is open ends.
    pub(super) const fn end(&mut self) -> Option<(Micros, Micros)> {
        self.n_loud = 0;
        self.span.take()
    }
}

pub(super) fn is_loud(samples: &[i16]) -> bool {
    let energy: u64 = samples
        .iter()
        .map(|&sample| u64::from(sample.unsigned_abs()) * u64::from(sample.unsigned_abs()))
        .sum();
    !samples.is_empty() && energy > MEAN_SQUARE_MIN * samples.len() as u64
}

/// Of a packet that is not decoded otherwise. G.722 would cost more than all the rest of a relay, so it is not known.
pub(super) fn is_loud_packet(codec: Codec, payload: &[u8]) -> Option<bool> {
    let law = match codec {
        Codec::Pcmu => Law::Mu,
        Codec::Pcma => Law::A,
        Codec::G722 => return None,
    };
    // A quarter of the samples has the energy of all.
    let energy: u64 = payload
        .iter()
        .step_by(4)
        .map(|&byte| u64::from(law.decode(byte).unsigned_abs()))
        .map(|level| level * level)
        .sum();
    Some(energy > MEAN_SQUARE_MIN * (payload.len() as u64).div_ceil(4))
}

#[cfg(test)]
mod tests {
    use super::{PAUSE_MAX, Talk, is_loud, is_loud_packet};
    use tandem_media::codec::Codec;
    use tandem_media::tone;

    const FRAME: i64 = 20_000;

    #[test]
    fn words_with_short_pauses_are_one_span_and_a_click_is_none() {
        let mut talk = Talk::default();
        let mut spans = Vec::new();
        for n in 0..200_i64 {
            let is_loud = n == 3 || (20..40).contains(&n) || (50..60).contains(&n);
            spans.extend(talk.hear(n * FRAME, FRAME, is_loud));
        }
        assert_eq!(spans, [(19 * FRAME, 59 * FRAME)]);
        assert_eq!(talk.end(), None);
    }

    #[test]
    fn nothing_is_heard_for_a_while_and_then_speech_at_once() {
        let mut talk = Talk::default();
        for n in 1..=10_i64 {
            assert_eq!(talk.hear(n * FRAME, FRAME, true), None);
        }
        let ended = talk.hear(1_000 * FRAME, FRAME, true);
        assert_eq!(ended, Some((0, 10 * FRAME)));
        assert_eq!(talk.end(), None);
    }

    #[test]
    fn span_that_is_cut_off_ends_with_its_last_sound() {
        let mut talk = Talk::default();
        for n in 1..=10_i64 {
            assert_eq!(talk.hear(n * FRAME, FRAME, true), None);
        }
        assert_eq!(talk.end_before(10 * FRAME - 1), None);
        assert_eq!(
            talk.end_before(10 * FRAME + PAUSE_MAX),
            Some((0, 10 * FRAME))
        );
    }

    #[test]
    fn speech_is_loud_and_the_noise_of_a_line_is_not_decoded_or_not() {
        for (amplitude, expected) in [
            (8_000.0, true),
            (1_000.0, true),
            (60.0, false),
            (0.0, false),
        ] {
            let samples = tone::sine(8_000, 300.0, amplitude, 0, 160);
            assert_eq!(is_loud(&samples), expected, "{amplitude}");
            for codec in [Codec::Pcma, Codec::Pcmu] {
                let mut payload = Vec::new();
                codec.encoder().encode_into(&samples, &mut payload);
                assert_eq!(
                    is_loud_packet(codec, &payload),
                    Some(expected),
                    "{amplitude}"
                );
            }
        }
        assert_eq!(is_loud_packet(Codec::G722, &[0; 160]), None);
        assert!(!is_loud(&[]));
    }
}
