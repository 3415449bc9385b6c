use super::{Keeping, Piece, Recorder, SEGMENTS_MAX, Sound, TrackId};
use crate::leg::Heard;
use crate::wav::{self, Length, Wav};
use crate::{Error, Micros};

const FRAME: Micros = 20_000;

/// A recording whose pieces are put together.
struct Tape {
    recorder: Recorder,
    pieces: Vec<Piece>,
    now: Micros,
}

impl Tape {
    fn new() -> Self {
        Self {
            recorder: Recorder::new(8_000, 0).expect("a usual rate"),
            pieces: Vec::new(),
            now: 0,
        }
    }

    /// One frame in which each track says its number, just spoken.
    fn frame(&mut self, tracks: &[(TrackId, i16)]) {
        let heard = Heard { since: self.now };
        for (track, sample) in tracks {
            self.recorder.say(*track, heard, &[*sample; 160]).unwrap();
        }
        self.recorder.end_frame(&mut self.pieces);
        self.now += FRAME;
    }

    fn file(&self, id: TrackId) -> Vec<i16> {
        let mut bytes = Vec::new();
        for piece in self.pieces.iter().filter(|piece| piece.track == id) {
            match &piece.sound {
                Sound::Samples(samples) => bytes.extend(samples),
                Sound::Silence { n_bytes } => {
                    bytes.resize(bytes.len() + usize::try_from(*n_bytes).unwrap(), 0);
                }
            }
        }
        let pairs = bytes.as_chunks::<2>().0.iter();
        pairs.map(|pair| i16::from_le_bytes(*pair)).collect()
    }

    /// What each frame of a file holds.
    fn frames(&self, id: TrackId) -> Vec<i16> {
        let file = self.file(id);
        let frames = file.chunks(160);
        frames.map(|frame| frame[0]).collect()
    }
}

// R-24 a
#[test]
fn every_party_has_a_track_of_the_calls_length_whenever_it_was_there() {
    let mut tape = Tape::new();
    let customer = tape.recorder.join().unwrap();
    tape.frame(&[(customer, 1)]);
    tape.frame(&[(customer, 1)]);
    let agent = tape.recorder.join().unwrap();
    for _ in 0..3 {
        tape.frame(&[(customer, 1), (agent, 2)]);
    }
    tape.recorder.leave(customer).unwrap();
    tape.frame(&[(customer, 1), (agent, 2)]);
    let Tape {
        recorder,
        mut pieces,
        ..
    } = tape;
    let n_bytes = recorder.n_bytes();
    let manifest = recorder.finish(&mut pieces);
    let tape = Tape {
        pieces,
        ..Tape::new()
    };
    // The first frame of a track is dropped: what its filters remember was spoken before.
    assert_eq!(tape.frames(customer), [0, 1, 1, 1, 1, 0]);
    assert_eq!(tape.frames(agent), [0, 0, 0, 2, 2, 2]);
    assert_eq!((manifest.length_ms, n_bytes), (120, 6 * 320));
    let spans: Vec<_> = manifest
        .tracks
        .iter()
        .map(|it| (it.joined_ms, it.left_ms))
        .collect();
    assert_eq!(spans, [(0, 100), (40, 120)]);
}

// R-24 c, d
#[test]
fn pause_is_silence_of_true_length_and_marked() {
    let mut tape = Tape::new();
    let customer = tape.recorder.join().unwrap();
    let say = |tape: &mut Tape, n: usize| (0..n).for_each(|_| tape.frame(&[(customer, 7)]));
    say(&mut tape, 3);
    tape.recorder.pause();
    tape.recorder.pause();
    say(&mut tape, 4);
    tape.recorder.resume(tape.now).unwrap();
    tape.recorder.resume(tape.now).unwrap();
    say(&mut tape, 3);
    tape.recorder.pause();
    say(&mut tape, 2);
    let Tape {
        recorder,
        mut pieces,
        ..
    } = tape;
    let manifest = recorder.finish(&mut pieces);
    let tape = Tape {
        pieces,
        ..Tape::new()
    };
    assert_eq!(tape.frames(customer), [0, 7, 7, 0, 0, 0, 0, 0, 7, 7, 0, 0]);
    let segments: Vec<_> = manifest
        .segments
        .iter()
        .map(|it| (it.from_ms, it.until_ms, it.keeping))
        .collect();
    assert_eq!(
        segments,
        [
            (0, 60, Keeping::Kept),
            (60, 140, Keeping::Paused),
            (140, 200, Keeping::Kept),
            (200, 240, Keeping::Paused)
        ]
    );
}

// R-24 c: the pause is in force before anything else can be.
#[test]
fn pause_in_the_middle_of_a_frame_drops_what_was_already_said_in_it() {
    let mut tape = Tape::new();
    let customer = tape.recorder.join().unwrap();
    tape.frame(&[(customer, 7)]);
    let heard = Heard { since: tape.now };
    tape.recorder.say(customer, heard, &[7; 160]).unwrap();
    tape.recorder.pause();
    tape.recorder.end_frame(&mut tape.pieces);
    tape.recorder.resume(tape.now).unwrap();
    let Tape {
        recorder,
        mut pieces,
        ..
    } = tape;
    recorder.finish(&mut pieces);
    assert!(
        pieces
            .iter()
            .all(|it| matches!(it.sound, Sound::Silence { .. }))
    );
}

#[test]
fn sound_that_was_spoken_in_a_pause_is_not_kept_however_late_it_comes() {
    let mut tape = Tape::new();
    let customer = tape.recorder.join().unwrap();
    tape.frame(&[(customer, 7)]);
    tape.recorder.pause();
    tape.frame(&[(customer, 7)]);
    tape.recorder.resume(tape.now).unwrap();
    let resumed = tape.now;
    for late in [-40_000, -1, 0, 20_000, -5, 40_000, 60_000] {
        let heard = Heard {
            since: resumed + late,
        };
        tape.recorder.say(customer, heard, &[9; 160]).unwrap();
        tape.recorder.end_frame(&mut tape.pieces);
    }
    tape.recorder.end_frame(&mut tape.pieces);
    assert_eq!(tape.frames(customer), [0, 0, 0, 0, 0, 9, 0, 0, 9]);
}

#[test]
fn file_that_is_still_written_reads_to_its_end_and_a_finished_one_says_its_length() {
    let mut tape = Tape::new();
    let customer = tape.recorder.join().unwrap();
    for _ in 0..10 {
        tape.frame(&[(customer, 7)]);
    }
    let sound: Vec<u8> = tape
        .file(customer)
        .iter()
        .flat_map(|it| it.to_le_bytes())
        .collect();
    for length in [Length::Open, Length::Known(tape.recorder.n_bytes())] {
        let header = tape.recorder.header(length).unwrap();
        let file = [&header[..], &sound].concat();
        assert_eq!(Wav::parse(&file).unwrap().samples.len(), 1_600);
        assert_eq!(wav::probe(&file).unwrap().duration(), 200_000);
    }
}

#[test]
fn limits_are_refused_and_a_pause_never_is() {
    assert!(Recorder::new(8_010, 0).is_err());
    assert!(Recorder::new(1, 0).is_err());
    let mut tape = Tape::new();
    let customer = tape.recorder.join().unwrap();
    assert!(
        tape.recorder
            .say(customer, Heard { since: 0 }, &[0; 159])
            .is_err()
    );
    for _ in 1..super::TRACKS_MAX {
        tape.recorder.join().unwrap();
    }
    assert!(matches!(tape.recorder.join(), Err(Error::Limit(_))));
    for _ in 0..SEGMENTS_MAX / 2 {
        tape.frame(&[]);
        tape.recorder.pause();
        tape.frame(&[]);
        assert!(tape.recorder.resume(tape.now).is_ok());
    }
    tape.frame(&[]);
    tape.recorder.pause();
    assert!(matches!(
        tape.recorder.resume(tape.now),
        Err(Error::Limit(_))
    ));
    let stranger = Recorder::new(8_000, 0).unwrap();
    assert!({ stranger }.leave(TrackId(0)).is_err());
}
