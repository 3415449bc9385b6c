//! A recording that runs: between the mix, whose frames it takes, and the writer's thread, which it never waits for.

use super::error::Error;
use super::id::{ConversationId, Key, LegId};
use super::sink::{Finished, Lack, Piece, Sink};
use super::writer::{Job, Number, Recording};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::Sender;
use tandem_media::Micros;
use tandem_media::leg::Heard;
use tandem_media::recording::{self, Recorder, Sound, TrackId};

/// Frames that are given to the sink together: half a second, so that a crash loses no more.
const TOGETHER: u64 = 25;
const FRAME_MS: u64 = 20;
/// Stretches without sound that are remembered one by one; the last one grows from there on.
const LACKS_MAX: usize = 1_000;

pub(super) struct OnRecord {
    pub(super) key: Key,
    recorder: Recorder,
    output: Output,
    backlog_max: usize,
    is_paused: bool,
    n_frames: u64,
    lacks: Vec<Lack>,
    pieces: Vec<recording::Piece>,
}

/// The way to the sink.
struct Output {
    number: Number,
    tracks: Vec<Track>,
    jobs: Sender<Job>,
    backlog: Arc<AtomicUsize>,
    is_lacking: bool,
    rate: u32,
}

struct Track {
    id: TrackId,
    leg: LegId,
    sound: Vec<u8>,
    /// Bytes of silence behind `sound`.
    silence: u64,
}

/// What a recording is begun with.
pub(super) struct Beginning {
    pub(super) conversation: ConversationId,
    pub(super) key: Key,
    pub(super) number: Number,
    pub(super) sink: Box<dyn Sink>,
    pub(super) rate: u32,
    pub(super) backlog_max: usize,
}

impl OnRecord {
    pub(super) fn begin(
        now: Micros,
        beginning: Beginning,
        jobs: &Sender<Job>,
    ) -> Result<Self, Error> {
        let recorder = Recorder::new(beginning.rate, now)?;
        let backlog = Arc::new(AtomicUsize::new(0));
        let begun = Self {
            key: beginning.key,
            recorder,
            output: Output {
                number: beginning.number,
                tracks: Vec::new(),
                jobs: jobs.clone(),
                backlog: Arc::clone(&backlog),
                is_lacking: false,
                rate: beginning.rate,
            },
            backlog_max: beginning.backlog_max,
            is_paused: false,
            n_frames: 0,
            lacks: Vec::new(),
            pieces: Vec::new(),
        };
        begun.output.give(Job::Begin {
            number: beginning.number,
            recording: Recording {
                conversation: beginning.conversation,
                key: beginning.key,
                sink: beginning.sink,
                backlog,
                failure: None,
            },
        });
        Ok(begun)
    }

    pub(super) fn join(&mut self, leg: LegId) -> Result<TrackId, Error> {
        let id = self.recorder.join()?;
        self.output.tracks.push(Track {
            id,
            leg,
            sound: Vec::new(),
            silence: 0,
        });
        Ok(id)
    }

    pub(super) fn leave(&mut self, track: TrackId) {
        // A track that is not in the recording has left it.
        match self.recorder.leave(track) {
            Ok(()) | Err(_) => {}
        }
    }

    /// From here on nothing is kept; what was spoken before and waits for the sink was not paused.
    pub(super) fn pause(&mut self) {
        self.recorder.pause();
        self.is_paused = true;
    }

    pub(super) fn resume(&mut self, since: Micros) -> Result<(), Error> {
        self.recorder.resume(since)?;
        self.is_paused = false;
        Ok(())
    }

    pub(super) const fn is_paused(&self) -> bool {
        self.is_paused
    }

    pub(super) fn say(&mut self, track: TrackId, heard: Heard, samples: &[i16]) {
        // Length and track are this conversation's own.
        match self.recorder.say(track, heard, samples) {
            Ok(()) | Err(_) => {}
        }
    }

    pub(super) fn end_frame(&mut self) {
        self.look_at_backlog();
        let mut pieces = std::mem::take(&mut self.pieces);
        self.recorder.end_frame(&mut pieces);
        for piece in pieces.drain(..) {
            self.output.keep(piece);
        }
        self.pieces = pieces;
        self.n_frames += 1;
        if self.n_frames.is_multiple_of(TOGETHER) {
            self.output.flush_all();
        }
    }

    /// Time has passed without frames: the machine was stopped.
    pub(super) fn lapse(&mut self, n_frames: u64) {
        for _ in 0..n_frames {
            self.end_frame();
        }
    }

    /// A sink that is too slow is left behind for a while: silence of the same length stands there, and it is told.
    fn look_at_backlog(&mut self) {
        let waiting = self.output.backlog.load(Ordering::Relaxed);
        let is_lacking = if self.output.is_lacking {
            waiting > self.backlog_max / 2
        } else {
            waiting > self.backlog_max
        };
        self.output.is_lacking = is_lacking;
        if is_lacking {
            let (from_ms, until_ms) = (self.n_frames * FRAME_MS, (self.n_frames + 1) * FRAME_MS);
            let is_full = self.lacks.len() == LACKS_MAX;
            match self.lacks.last_mut() {
                Some(lack) if lack.until_ms == from_ms || is_full => lack.until_ms = until_ms,
                Some(_) | None => self.lacks.push(Lack { from_ms, until_ms }),
            }
        }
    }

    pub(super) fn finish(self) {
        let Self {
            recorder,
            mut output,
            lacks,
            ..
        } = self;
        let mut pieces = Vec::new();
        let manifest = recorder.finish(&mut pieces);
        for piece in pieces {
            output.keep(piece);
        }
        output.flush_all();
        for at in 0..output.tracks.len() {
            output.flush_silence(at);
        }
        let finished = Finished {
            manifest,
            tracks: output.tracks.iter().map(|it| (it.id, it.leg)).collect(),
            lacks,
            failure: None,
        };
        output.give(Job::Finish {
            number: output.number,
            finished,
        });
    }
}

impl Output {
    fn keep(&mut self, piece: recording::Piece) {
        let Some(at) = self.tracks.iter().position(|it| it.id == piece.track) else {
            return;
        };
        match piece.sound {
            Sound::Samples(bytes) if self.is_lacking => {
                self.tracks[at].silence += bytes.len() as u64;
            }
            Sound::Samples(bytes) => {
                if self.tracks[at].silence > 0 {
                    self.flush(at);
                    self.flush_silence(at);
                }
                self.tracks[at].sound.extend_from_slice(&bytes);
            }
            Sound::Silence { n_bytes } => self.tracks[at].silence += n_bytes,
        }
    }

    fn flush(&mut self, at: usize) {
        let track = &mut self.tracks[at];
        if track.sound.is_empty() {
            return;
        }
        let n_bytes = track.sound.len();
        let sound = std::mem::replace(&mut track.sound, Vec::with_capacity(n_bytes));
        let piece = Piece {
            leg: track.leg,
            track: track.id,
            sample_rate: self.rate,
            sound: Sound::Samples(sound),
        };
        self.backlog.fetch_add(n_bytes, Ordering::Relaxed);
        self.give(Job::Write {
            number: self.number,
            piece,
        });
    }

    /// Only behind the sound before it, and before the sound after it.
    fn flush_silence(&mut self, at: usize) {
        let track = &mut self.tracks[at];
        let n_bytes = std::mem::take(&mut track.silence);
        if n_bytes == 0 {
            return;
        }
        let piece = Piece {
            leg: track.leg,
            track: track.id,
            sample_rate: self.rate,
            sound: Sound::Silence { n_bytes },
        };
        self.give(Job::Write {
            number: self.number,
            piece,
        });
    }

    fn flush_all(&mut self) {
        for at in 0..self.tracks.len() {
            self.flush(at);
        }
    }

    fn give(&self, job: Job) {
        // The writer ends after the media thread, so it is there.
        match self.jobs.send(job) {
            Ok(()) | Err(_) => {}
        }
    }
}
