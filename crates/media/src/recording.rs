//! A recording of what one call's parties say: a track for each, all of the call's length, with silence of true
//! length where nothing may be kept, and a list of what was kept when. Frames in, pieces of files out. It must not know
//! where files lie, who the parties are, or why a recording pauses.
//!
//! A pause is in force for the very next frame. After it only sound is kept that was spoken after the resumption:
//! packets that were on their way, or waited in a buffer, are dropped, and one frame more, since filters remember.

use crate::leg::Heard;
use crate::wav::{self, Channels, Length};
use crate::{Error, Micros};

/// Parties of one call.
pub const TRACKS_MAX: usize = 32;
/// Stretches of one call; an agent who pauses more often needs another way.
pub const SEGMENTS_MAX: usize = 10_000;
const FRAMES_PER_SECOND: u32 = 50;
const FRAME_MS: u64 = 20;

/// A track of one recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct TrackId(u8);

/// What is to be appended to a track's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    pub track: TrackId,
    pub sound: Sound,
}

/// 16-bit samples, little-endian, or so many zeros.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sound {
    Samples(Vec<u8>),
    Silence { n_bytes: u64 },
}

/// Whether sound was kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keeping {
    Kept,
    /// The marker that R-24 asks for: here somebody decided that nothing is kept.
    Paused,
}

/// A stretch of a recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segment {
    pub from_ms: u64,
    pub until_ms: u64,
    pub keeping: Keeping,
}

/// When a party was in the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TrackSpan {
    pub track: TrackId,
    pub joined_ms: u64,
    pub left_ms: u64,
}

/// What a recording holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    pub length_ms: u64,
    pub sample_rate: u32,
    pub tracks: Vec<TrackSpan>,
    /// Without gaps, from begin to end.
    pub segments: Vec<Segment>,
}

#[derive(Debug, Clone, Copy)]
enum Gate {
    /// Sound that was spoken since then is kept.
    Open {
        since: Micros,
    },
    Shut,
}

struct Track {
    joined: u64,
    left: Option<u64>,
    /// Frames of the file, those of `silent_frames` among them.
    silent_frames: u64,
    /// What the party says in this frame; empty is silence.
    frame: Vec<u8>,
    /// Whether all of the last frame was spoken since the gate was opened.
    is_settled: bool,
}

/// One recording of one call.
pub struct Recorder {
    sample_rate: u32,
    frame_bytes: u64,
    n_frames: u64,
    gate: Gate,
    tracks: Vec<Track>,
    segments: Vec<Segment>,
    segment_start: u64,
}

impl Recorder {
    /// Begins now: sound that was spoken before is not kept.
    pub fn new(sample_rate: u32, now: Micros) -> Result<Self, Error> {
        // The rate is looked at where files are made, too; here it tells how long a frame is.
        wav::header(sample_rate, Channels::Mono, Length::Open)?;
        if !sample_rate.is_multiple_of(FRAMES_PER_SECOND) {
            return Err(Error::Unsupported("sample rate without whole frames"));
        }
        Ok(Self {
            sample_rate,
            frame_bytes: u64::from(sample_rate / FRAMES_PER_SECOND) * 2,
            n_frames: 0,
            gate: Gate::Open { since: now },
            tracks: Vec::new(),
            segments: Vec::new(),
            segment_start: 0,
        })
    }

    /// A party joins; its file begins with silence as long as the recording has been.
    pub fn join(&mut self) -> Result<TrackId, Error> {
        if self.tracks.len() == TRACKS_MAX {
            return Err(Error::Limit("tracks of one recording"));
        }
        let id =
            u8::try_from(self.tracks.len()).or(Err(Error::Limit("tracks of one recording")))?;
        self.tracks.push(Track {
            joined: self.n_frames,
            left: None,
            silent_frames: self.n_frames,
            frame: Vec::new(),
            is_settled: false,
        });
        Ok(TrackId(id))
    }

    /// A party leaves; its file goes on with silence.
    pub fn leave(&mut self, track: TrackId) -> Result<(), Error> {
        let at = self.n_frames;
        let track = self.track(track)?;
        track.frame.clear();
        track.left.get_or_insert(at);
        Ok(())
    }

    /// Nothing of what is said from the next frame on is kept, on any track. Done twice it is done.
    pub fn pause(&mut self) {
        match self.gate {
            Gate::Shut => {}
            Gate::Open { .. } => {
                self.end_segment(Keeping::Kept);
                self.gate = Gate::Shut;
                for track in &mut self.tracks {
                    track.frame.clear();
                }
            }
        }
    }

    /// What is spoken from then on is kept again. Refused beyond the limit: a pause never is.
    pub fn resume(&mut self, since: Micros) -> Result<(), Error> {
        match self.gate {
            Gate::Open { .. } => Ok(()),
            Gate::Shut if self.segments.len() >= SEGMENTS_MAX => {
                Err(Error::Limit("pauses of one recording"))
            }
            Gate::Shut => {
                self.end_segment(Keeping::Paused);
                self.gate = Gate::Open { since };
                for track in &mut self.tracks {
                    track.is_settled = false;
                }
                Ok(())
            }
        }
    }

    /// What a party says in this frame. A second call in the same frame replaces the first.
    pub fn say(&mut self, track: TrackId, heard: Heard, samples: &[i16]) -> Result<(), Error> {
        let frame_bytes = self.frame_bytes;
        let gate = self.gate;
        let track = self.track(track)?;
        if samples.len() as u64 * 2 != frame_bytes {
            return Err(Error::Malformed("recorded frame length"));
        }
        track.frame.clear();
        let is_fresh = match gate {
            Gate::Shut => false,
            Gate::Open { since } => heard.since >= since,
        };
        if is_fresh && track.is_settled && track.left.is_none() {
            let bytes = samples.iter().flat_map(|sample| sample.to_le_bytes());
            track.frame.extend(bytes);
        }
        track.is_settled = is_fresh;
        Ok(())
    }

    /// Ends the frame, and adds what is to be written: a track of which nothing was kept gets its silence later.
    pub fn end_frame(&mut self, pieces: &mut Vec<Piece>) {
        self.n_frames += 1;
        let frame_bytes = self.frame_bytes;
        for (track, id) in self.tracks.iter_mut().zip(0..) {
            if track.frame.is_empty() {
                track.silent_frames += 1;
                continue;
            }
            track.flush_silence(TrackId(id), frame_bytes, pieces);
            pieces.push(Piece {
                track: TrackId(id),
                sound: Sound::Samples(std::mem::take(&mut track.frame)),
            });
        }
    }

    /// The begin of every track's file. While a recording goes on its length is left open.
    pub fn header(&self, length: Length) -> Result<[u8; wav::HEADER_BYTES], Error> {
        wav::header(self.sample_rate, Channels::Mono, length)
    }

    /// Bytes of sound that each file has in the end: what [`Length::Known`] is then.
    #[must_use]
    pub const fn n_bytes(&self) -> u64 {
        self.n_frames * self.frame_bytes
    }

    /// Ends the recording: adds the silence that is still owed, and tells what there is.
    pub fn finish(mut self, pieces: &mut Vec<Piece>) -> Manifest {
        let keeping = match self.gate {
            Gate::Open { .. } => Keeping::Kept,
            Gate::Shut => Keeping::Paused,
        };
        self.end_segment(keeping);
        let (frame_bytes, end) = (self.frame_bytes, self.n_frames);
        let mut tracks = Vec::new();
        for (track, id) in self.tracks.iter_mut().zip(0..) {
            track.flush_silence(TrackId(id), frame_bytes, pieces);
            tracks.push(TrackSpan {
                track: TrackId(id),
                joined_ms: track.joined * FRAME_MS,
                left_ms: track.left.unwrap_or(end) * FRAME_MS,
            });
        }
        Manifest {
            length_ms: end * FRAME_MS,
            sample_rate: self.sample_rate,
            tracks,
            segments: self.segments,
        }
    }

    fn track(&mut self, id: TrackId) -> Result<&mut Track, Error> {
        let track = self.tracks.get_mut(usize::from(id.0));
        track.ok_or(Error::NoSuchParty)
    }

    fn end_segment(&mut self, keeping: Keeping) {
        if self.segment_start < self.n_frames {
            self.segments.push(Segment {
                from_ms: self.segment_start * FRAME_MS,
                until_ms: self.n_frames * FRAME_MS,
                keeping,
            });
            self.segment_start = self.n_frames;
        }
    }
}

impl Track {
    fn flush_silence(&mut self, track: TrackId, frame_bytes: u64, pieces: &mut Vec<Piece>) {
        let n_bytes = std::mem::take(&mut self.silent_frames) * frame_bytes;
        if n_bytes > 0 {
            pieces.push(Piece {
                track,
                sound: Sound::Silence { n_bytes },
            });
        }
    }
}

#[cfg(test)]
mod tests;
