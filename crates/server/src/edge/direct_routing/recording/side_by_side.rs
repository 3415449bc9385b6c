//! Tracks of one recording put side by side in two channels. Pieces of one track come in order; those of different tracks
//! may be a moment apart, and a silent track says so only when it is heard again.

use std::collections::{BTreeMap, VecDeque};
use tandem_media::recording::{Sound, TrackId};
use tandem_transport::media::Piece;

/// How far tracks may be apart, s: the plane gives half a second together.
const APART_SECONDS: u64 = 4;
const BYTES_PER_FRAME: u64 = 4;

/// What is to be written.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Portion {
    Sound(Vec<u8>),
    Silence { n_bytes: u64 },
}

/// See the module. Counts in frames of two samples.
#[derive(Default)]
pub(super) struct SideBySide {
    positions: BTreeMap<TrackId, u64>,
    n_written: u64,
    /// What is known of those after `n_written`; silence where it ends.
    frames: VecDeque<[i16; 2]>,
}

impl SideBySide {
    /// Takes a piece; answers what can be written now.
    pub(super) fn take(&mut self, piece: Piece, is_customer: bool) -> Vec<Portion> {
        let apart = u64::from(piece.sample_rate) * APART_SECONDS;
        let from = self.positions.get(&piece.track).copied().unwrap_or(0);
        let n_frames = match piece.sound {
            Sound::Samples(bytes) => self.mix(from, &bytes, usize::from(!is_customer)),
            Sound::Silence { n_bytes } => n_bytes / 2,
        };
        self.positions.insert(piece.track, from + n_frames);
        let furthest = self.positions.values().copied().max().unwrap_or(0);
        self.write_until(furthest.saturating_sub(apart))
    }

    /// The rest, up to the length of the recording.
    pub(super) fn finish(mut self, n_frames: u64) -> Vec<Portion> {
        self.write_until(n_frames)
    }

    fn mix(&mut self, from: u64, bytes: &[u8], channel: usize) -> u64 {
        let (samples, _) = bytes.as_chunks::<2>();
        for (at, sample) in (from..).zip(samples) {
            // What came too late for its place is silent there.
            let Some(place) = at.checked_sub(self.n_written) else {
                continue;
            };
            let Ok(place) = usize::try_from(place) else {
                continue;
            };
            if self.frames.len() <= place {
                self.frames.resize(place + 1, [0, 0]);
            }
            let frame = self.frames.get_mut(place);
            if let Some(mixed) = frame.and_then(|it| it.get_mut(channel)) {
                *mixed = mixed.saturating_add(i16::from_le_bytes(*sample));
            }
        }
        samples.len() as u64
    }

    fn write_until(&mut self, until: u64) -> Vec<Portion> {
        let n = until.saturating_sub(self.n_written);
        if n == 0 {
            return Vec::new();
        }
        self.n_written = until;
        let n_known = usize::try_from(n)
            .unwrap_or(usize::MAX)
            .min(self.frames.len());
        let known = self.frames.drain(..n_known);
        let bytes: Vec<u8> = known
            .flat_map(|frame| frame.into_iter().flat_map(i16::to_le_bytes))
            .collect();
        let n_silent = n - n_known as u64;
        let sound = (!bytes.is_empty()).then_some(Portion::Sound(bytes));
        let silence = (n_silent > 0).then_some(Portion::Silence {
            n_bytes: n_silent * BYTES_PER_FRAME,
        });
        sound.into_iter().chain(silence).collect()
    }
}
