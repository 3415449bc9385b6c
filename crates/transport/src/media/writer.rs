//! The thread that gives recordings to their sinks. It alone waits for storage.

use super::fact::{Fact, Facts, RecordingState};
use super::id::{ConversationId, Key};
use super::sink::{Finished, Piece, Sink};
use std::collections::HashMap;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::JoinHandle;
use tandem_media::recording::Sound;

/// A recording's name between a media thread and its writer.
pub(super) type Number = u64;

/// What is to be done, in order. Sound is bounded by each recording's backlog.
pub(super) enum Job {
    Begin {
        number: Number,
        recording: Recording,
    },
    Write {
        number: Number,
        piece: Piece,
    },
    Finish {
        number: Number,
        finished: Finished,
    },
}

/// One that is being written.
pub(super) struct Recording {
    pub(super) conversation: ConversationId,
    pub(super) key: Key,
    pub(super) sink: Box<dyn Sink>,
    /// Bytes of sound that wait.
    pub(super) backlog: Arc<AtomicUsize>,
    pub(super) failure: Option<String>,
}

pub(super) fn start(n: usize, facts: Facts) -> io::Result<(Sender<Job>, JoinHandle<()>)> {
    let (sender, receiver) = mpsc::channel();
    let thread = std::thread::Builder::new()
        .name(format!("recordings-{n}"))
        .spawn(move || run(&receiver, &facts))?;
    Ok((sender, thread))
}

/// Until the media thread has ended and everything is written.
fn run(jobs: &Receiver<Job>, facts: &Facts) {
    let mut recordings: HashMap<Number, Recording> = HashMap::new();
    while let Ok(job) = jobs.recv() {
        match job {
            Job::Begin { number, recording } => {
                recordings.insert(number, recording);
            }
            Job::Write { number, piece } => {
                if let Some(recording) = recordings.get_mut(&number) {
                    recording.write(piece, facts);
                }
            }
            Job::Finish { number, finished } => {
                if let Some(recording) = recordings.remove(&number) {
                    recording.finish(finished, facts);
                }
            }
        }
    }
}

impl Recording {
    fn write(&mut self, piece: Piece, facts: &Facts) {
        let n_bytes = match &piece.sound {
            Sound::Samples(bytes) => bytes.len(),
            Sound::Silence { .. } => 0,
        };
        if self.failure.is_none()
            && let Err(why) = self.sink.write(piece)
        {
            self.failure = Some(why.to_string());
            facts.tell(Fact::Recording {
                conversation: self.conversation,
                key: self.key,
                state: RecordingState::Failed(why.to_string()),
            });
        }
        self.backlog.fetch_sub(n_bytes, Ordering::Relaxed);
    }

    fn finish(self, finished: Finished, facts: &Facts) {
        let Self {
            conversation,
            key,
            sink,
            failure,
            ..
        } = self;
        let has_failed = failure.is_some();
        let state = match sink.finish(Finished {
            failure,
            ..finished
        }) {
            // That it failed was told when it did.
            Ok(()) if has_failed => return,
            Ok(()) => RecordingState::Finished,
            Err(why) => RecordingState::Failed(why.to_string()),
        };
        facts.tell(Fact::Recording {
            conversation,
            key,
            state,
        });
    }
}
