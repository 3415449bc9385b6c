//! Where recordings go: an owner's own storage, written to by a thread that may be slow, while the sound never waits.

use super::id::LegId;
use std::io;
use tandem_media::recording::{Manifest, Sound, TrackId};

/// What is to be appended to a track.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    pub leg: LegId,
    pub track: TrackId,
    /// Of this recording, Hz; the same for all of its pieces.
    pub sample_rate: u32,
    pub sound: Sound,
}

/// The storage of one recording. It is called by a thread of its own and may take its time; what does not fit into the
/// backlog meanwhile is lacking.
pub trait Sink: Send + 'static {
    /// Appends sound to a track. The pieces of one track come in order, without gaps, about half a second each. After
    /// an error only [`Self::finish`] is called.
    fn write(&mut self, piece: Piece) -> io::Result<()>;

    /// The recording has ended. When this returns without error it is safe.
    fn finish(self: Box<Self>, finished: Finished) -> io::Result<()>;
}

/// What a recording came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finished {
    pub manifest: Manifest,
    /// Whose track is which.
    pub tracks: Vec<(TrackId, LegId)>,
    /// Where silence stands because the sink was too slow; the length is right.
    pub lacks: Vec<Lack>,
    /// [`Sink::write`] failed: the tracks end before the manifest does.
    pub failure: Option<String>,
}

/// A stretch without sound, on all tracks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lack {
    pub from_ms: u64,
    pub until_ms: u64,
}
