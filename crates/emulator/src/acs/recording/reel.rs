//! The file of a recording as it is sent: made piece by piece of its tape, and never there as a whole.
//!
//! Two hours of five people are more than a gigabyte; a piece is a second. It must not know who fetches it.

use crate::acs::tape::{Channels, Stretch, Tape};
use crate::wave;
use std::ops::Range;
use std::sync::Arc;

/// How much is made at a time.
const PIECE_MS: u64 = 1000;

#[derive(Debug, Clone)]
pub(crate) struct Reel {
    tape: Arc<Tape>,
    stretches: Vec<Stretch>,
    channels: Channels,
    ms: u64,
    /// What is to come yet, in bytes of the file.
    rest: Range<u64>,
}

impl Reel {
    /// The file of these stretches, from its begin.
    pub(crate) fn new(tape: Arc<Tape>, stretches: Vec<Stretch>, channels: Channels) -> Self {
        let ms = stretches.iter().map(Stretch::ms).sum();
        let rest = 0..wave::bytes(ms, channels.count());
        Self {
            tape,
            stretches,
            channels,
            ms,
            rest,
        }
    }

    /// Bytes that are to come yet.
    pub(crate) const fn len(&self) -> u64 {
        self.rest.end.saturating_sub(self.rest.start)
    }

    /// These bytes of what is to come.
    pub(crate) fn part(mut self, wanted: &Range<u64>) -> Self {
        let at = |byte: u64| self.rest.start.saturating_add(byte).min(self.rest.end);
        self.rest = at(wanted.start)..at(wanted.end);
        self
    }

    /// The piece that the byte is in, and the place of its first byte in the file.
    fn piece(&self, byte: u64) -> (u64, Vec<u8>) {
        let count = self.channels.count();
        let begin = wave::bytes(0, count);
        if byte < begin {
            let data = wave::bytes(self.ms, count) - begin;
            return (0, wave::header(data, count, wave::RATE));
        }
        let bytes_per_ms = wave::bytes(1, count) - begin;
        let from_ms = (byte - begin) / bytes_per_ms;
        let until_ms = (from_ms + PIECE_MS).min(self.ms);
        let samples = self
            .tape
            .sound(&self.stretches, &self.channels, from_ms..until_ms);
        (wave::bytes(from_ms, count), wave::pcm(&samples))
    }
}

impl Iterator for Reel {
    type Item = Vec<u8>;

    fn next(&mut self) -> Option<Vec<u8>> {
        if self.rest.is_empty() {
            return None;
        }
        let (begin, mut piece) = self.piece(self.rest.start);
        let place = |byte: u64| usize::try_from(byte - begin).unwrap_or(usize::MAX);
        piece.truncate(place(self.rest.end));
        piece.drain(..place(self.rest.start).min(piece.len()));
        self.rest.start += u64::try_from(piece.len()).unwrap_or(u64::MAX);
        Some(piece)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::acs::tape::{Company, Present};

    /// Three people, of whom the second comes later and goes earlier, and a pause.
    fn reel(channels: Channels) -> Reel {
        let mut tape = Tape::new(500, Company::Murmurs);
        let present = |names: &[&str]| -> Vec<Present> {
            let one = |(voice, name): (u32, &&str)| Present {
                raw_id: (*name).to_owned(),
                voice,
                is_heard: true,
            };
            (0..).zip(names).map(one).collect()
        };
        tape.company(500, &present(&["a", "c"]));
        tape.company(1_234, &present(&["a", "b", "c"]));
        tape.said("b", 2_345, 4_567);
        tape.company(3_000, &present(&["a", "c"]));
        let stretches = vec![
            Stretch::Sound { ms: 3_210 },
            Stretch::Silence { ms: 777 },
            Stretch::Sound { ms: 1_013 },
        ];
        Reel::new(Arc::new(tape), stretches, channels)
    }

    fn kinds() -> [Channels; 2] {
        let chosen = vec![(1, "b".to_owned())];
        [Channels::Mixed, Channels::Unmixed { count: 3, chosen }]
    }

    fn whole(reel: Reel) -> Vec<u8> {
        reel.flatten().collect()
    }

    #[test]
    fn pieces_make_the_file_that_is_made_at_once() {
        for channels in kinds() {
            let reel = reel(channels.clone());
            let samples = reel.tape.sound(&reel.stretches, &channels, 0..5_000);
            let file = wave::write(&samples, channels.count(), wave::RATE);
            assert_eq!(reel.len(), u64::try_from(file.len()).unwrap());
            assert!(file.iter().filter(|byte| **byte != 0).count() > 50_000);
            assert!(reel.clone().all(|piece| piece.len() <= 3 * 32_000));
            assert!(whole(reel) == file);
        }
    }

    #[test]
    fn every_part_is_the_same_bytes_as_in_the_whole() {
        for channels in kinds() {
            let reel = reel(channels);
            let file = whole(reel.clone());
            let length = reel.len();
            let places = [0, 1, 43, 44, 45, 12_345, 32_044, 96_043, 96_044, length - 1];
            for from in places {
                for until in places.into_iter().chain([length, length + 99]) {
                    let part = reel.clone().part(&(from..until));
                    let wanted = from..until.min(length).max(from);
                    let [begin, end] =
                        [wanted.start, wanted.end].map(|byte| usize::try_from(byte).unwrap());
                    assert_eq!(part.len(), wanted.end - wanted.start);
                    assert!(whole(part) == file[begin..end], "{from}..{until}");
                }
            }
        }
    }

    #[test]
    fn part_of_a_part_counts_from_its_begin() {
        let part = reel(Channels::Mixed).part(&(10..100)).part(&(5..20));
        assert!(whole(part) == whole(reel(Channels::Mixed))[15..30]);
    }

    #[test]
    fn recording_of_no_length_is_a_header_alone() {
        let tape = Arc::new(Tape::new(0, Company::Silent));
        let reel = Reel::new(tape, Vec::new(), Channels::Mixed);
        assert_eq!(whole(reel), wave::write(&[], 1, wave::RATE));
    }
}
