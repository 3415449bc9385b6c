//! Recordings: a track for each party, as long as the call, silent where nothing may be kept.

use crate::phone::{KEY, Phone, Voice, World, level, live, settings};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::io;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use tandem_media::codec::Codec;
use tandem_media::mixer::Supervision;
use tandem_media::recording::{Keeping, Sound};
use tandem_transport::media::{
    ConversationId, Error, Fact, Finished, Key, LegId, Piece, Plane, RecordingState, Settings,
    Sink, Track,
};

/// Keeps everything in memory.
struct Memory {
    tracks: BTreeMap<LegId, Vec<i16>>,
    done: Sender<(BTreeMap<LegId, Vec<i16>>, Finished)>,
    /// While it is shut, nothing is written.
    gate: Arc<(Mutex<bool>, Condvar)>,
    is_broken: bool,
}

struct Recorded {
    done: Receiver<(BTreeMap<LegId, Vec<i16>>, Finished)>,
    gate: Arc<(Mutex<bool>, Condvar)>,
}

fn memory(is_open: bool) -> (Box<Memory>, Recorded) {
    let (sender, done) = channel();
    let gate = Arc::new((Mutex::new(is_open), Condvar::new()));
    let memory = Memory {
        tracks: BTreeMap::new(),
        done: sender,
        gate: Arc::clone(&gate),
        is_broken: false,
    };
    (Box::new(memory), Recorded { done, gate })
}

impl Recorded {
    fn open(&self) {
        *self.gate.0.lock().expect("nobody panics with it") = true;
        self.gate.1.notify_all();
    }

    fn finished(&self) -> (BTreeMap<LegId, Vec<i16>>, Finished) {
        self.done
            .recv_timeout(crate::phone::DEADLINE)
            .expect("it is finished")
    }
}

impl Sink for Memory {
    fn write(&mut self, piece: Piece) -> io::Result<()> {
        let is_open = self.gate.0.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.gate.1.wait_while(is_open, |is_open| !*is_open);
        drop(waited.unwrap_or_else(PoisonError::into_inner));
        if self.is_broken {
            return Err(io::Error::other("the disk is full"));
        }
        let track = self.tracks.entry(piece.leg).or_default();
        match piece.sound {
            Sound::Samples(bytes) => {
                track.extend(
                    bytes
                        .as_chunks::<2>()
                        .0
                        .iter()
                        .map(|it| i16::from_le_bytes(*it)),
                );
            }
            Sound::Silence { n_bytes } => {
                let n_samples = usize::try_from(n_bytes / 2).map_err(io::Error::other)?;
                track.resize(track.len() + n_samples, 0);
            }
        }
        Ok(())
    }

    fn finish(self: Box<Self>, finished: Finished) -> io::Result<()> {
        // The test that is not interested any more has ended.
        match self.done.send((self.tracks, finished)) {
            Ok(()) | Err(_) => Ok(()),
        }
    }
}

fn two(world: &World) -> (ConversationId, Phone, Phone) {
    two_of(&world.plane)
}

fn two_of(plane: &Plane) -> (ConversationId, Phone, Phone) {
    let conversation = plane.conversation().expect("the plane runs");
    let customer = Phone::in_conversation(plane, conversation, Voice::of(Codec::Pcma, 400.0));
    let agent = Phone::in_conversation(plane, conversation, Voice::of(Codec::Pcma, 700.0));
    plane
        .connect(conversation, customer.leg(), agent.leg())
        .wait()
        .expect("the plane runs");
    (conversation, customer, agent)
}

fn state(world: &mut World, wanted: &RecordingState) {
    world.wait(&format!("the recording is {wanted:?}"), |fact| {
        let Fact::Recording {
            key: KEY, state, ..
        } = fact
        else {
            return None;
        };
        (state == wanted).then_some(())
    });
}

/// 8 kHz, 160 samples a frame.
fn loudness(track: &[i16], hertz: f64) -> Vec<f64> {
    track
        .chunks_exact(160)
        .map(|it| tandem_media::tone::amplitude(8_000, hertz, it))
        .collect()
}

#[test]
fn each_party_has_a_track_of_the_calls_length_with_its_own_voice_alone() {
    let mut world = World::new(settings());
    let (conversation, mut customer, mut agent) = two(&world);
    let (sink, recorded) = memory(true);
    world.plane.record(conversation, KEY, sink).wait().unwrap();
    state(&mut world, &RecordingState::Running);
    assert!(matches!(
        world
            .plane
            .record(conversation, Key(8), memory(true).0)
            .wait(),
        Err(Error::RecordedAlready)
    ));
    live(&mut [&mut customer, &mut agent], 50);
    world
        .plane
        .stop_recording(conversation, KEY)
        .wait()
        .unwrap();
    state(&mut world, &RecordingState::Finished);
    let (tracks, finished) = recorded.finished();
    let length = finished.manifest.length_ms;
    assert!((900..=3_000).contains(&length), "{length}");
    assert_eq!(finished.lacks, []);
    for (leg, own, other) in [(customer.leg(), 400.0, 700.0), (agent.leg(), 700.0, 400.0)] {
        let track = &tracks[&leg];
        assert_eq!(track.len() as u64, length * 8, "as long as the call");
        let loud = loudness(track, own)
            .iter()
            .filter(|it| **it > 4_000.0)
            .count();
        assert!(loud >= 40, "{loud} of 50 frames");
        assert!(
            loudness(track, other).iter().all(|it| *it < 1_500.0),
            "nobody else"
        );
        assert!(finished.tracks.iter().any(|(_, owner)| *owner == leg));
    }
    // The call goes on relayed.
    assert_eq!(world.plane.counts().n_mixed, 0);
}

#[test]
fn pause_is_silence_of_its_length_and_is_told_when_it_is_in_force() {
    let mut world = World::new(settings());
    let (conversation, mut customer, mut agent) = two(&world);
    let (sink, recorded) = memory(true);
    world.plane.record(conversation, KEY, sink).wait().unwrap();
    live(&mut [&mut customer, &mut agent], 30);
    world
        .plane
        .pause_recording(conversation, KEY)
        .wait()
        .unwrap();
    state(&mut world, &RecordingState::Paused);
    let heard = live(&mut [&mut customer, &mut agent], 30);
    assert!(level(&heard[1], 400.0) > 4_000.0, "the talk goes on");
    world
        .plane
        .resume_recording(conversation, KEY)
        .wait()
        .unwrap();
    live(&mut [&mut customer, &mut agent], 30);
    // A call that ends closes its recording.
    world.plane.close(conversation).wait().unwrap();
    state(&mut world, &RecordingState::Finished);
    let (tracks, finished) = recorded.finished();
    let segments = &finished.manifest.segments;
    let kinds: Vec<Keeping> = segments.iter().map(|it| it.keeping).collect();
    assert_eq!(kinds, [Keeping::Kept, Keeping::Paused, Keeping::Kept]);
    let paused = segments[1];
    assert!(
        (500..=2_000).contains(&(paused.until_ms - paused.from_ms)),
        "{paused:?}"
    );
    for track in tracks.values() {
        assert_eq!(track.len() as u64, finished.manifest.length_ms * 8);
        let at = |ms: u64| usize::try_from(ms * 8).unwrap();
        assert!(
            track[at(paused.from_ms)..at(paused.until_ms)]
                .iter()
                .all(|it| *it == 0)
        );
    }
    assert!(
        world
            .plane
            .pause_recording(conversation, KEY)
            .wait()
            .is_err()
    );
}

// a whisper is in the recording on its own track or, by policy, not at all.
#[test]
fn whisper_has_no_track_where_policy_says_so_and_never_is_on_another() {
    let world = World::new(settings());
    let (conversation, mut customer, mut agent) = two(&world);
    let mut supervisor = Phone::new(Voice::of(Codec::Pcma, 1_100.0));
    let mut leg_settings = supervisor.leg_settings();
    leg_settings.track = Track::None;
    let opened = world.plane.open_leg(conversation, leg_settings).unwrap();
    supervisor.join(opened);
    let legs = [customer.leg(), agent.leg(), supervisor.leg()];
    world
        .plane
        .supervise(
            conversation,
            legs[0],
            legs[1],
            legs[2],
            Supervision::Whisper,
        )
        .wait()
        .unwrap();
    let (sink, recorded) = memory(true);
    world.plane.record(conversation, KEY, sink).wait().unwrap();
    let heard = live(&mut [&mut customer, &mut agent, &mut supervisor], 40);
    assert!(
        level(&heard[1][4_000..], 1_100.0) > 4_000.0,
        "the agent hears it"
    );
    world
        .plane
        .stop_recording(conversation, KEY)
        .wait()
        .unwrap();
    let (tracks, finished) = recorded.finished();
    assert_eq!(finished.tracks.len(), 2);
    for track in tracks.values() {
        assert!(loudness(track, 1_100.0).iter().all(|it| *it < 1_500.0));
    }
}

// A slow disk never stops the sound; the recording says where it lacks.
#[test]
fn sink_that_is_too_slow_costs_sound_in_the_file_and_none_in_the_call() {
    let world = World::new(Settings {
        recording_backlog_bytes: 10_000,
        ..settings()
    });
    let (conversation, mut customer, mut agent) = two(&world);
    let (sink, recorded) = memory(false);
    world.plane.record(conversation, KEY, sink).wait().unwrap();
    let heard = live(&mut [&mut customer, &mut agent], 110);
    assert!(level(&heard[0][8_000..], 700.0) > 4_000.0);
    recorded.open();
    live(&mut [&mut customer, &mut agent], 60);
    world
        .plane
        .stop_recording(conversation, KEY)
        .wait()
        .unwrap();
    let (tracks, finished) = recorded.finished();
    let [lack] = finished.lacks.as_slice() else {
        panic!("{:?}", finished.lacks)
    };
    assert!(lack.until_ms - lack.from_ms > 500, "{lack:?}");
    for (leg, hertz) in [(customer.leg(), 400.0), (agent.leg(), 700.0)] {
        let track = &tracks[&leg];
        assert_eq!(track.len() as u64, finished.manifest.length_ms * 8);
        let loud = loudness(track, hertz);
        let frame = |ms: u64| usize::try_from(ms / 20).unwrap();
        assert!(
            loud[frame(lack.from_ms)..frame(lack.until_ms)]
                .iter()
                .all(|it| *it < 1.0)
        );
        assert!(loud[frame(lack.until_ms) + 1] > 4_000.0);
    }
}

#[test]
fn sink_that_fails_is_told_of_once_and_the_call_goes_on() {
    let mut world = World::new(settings());
    let (conversation, mut customer, mut agent) = two(&world);
    let (mut sink, recorded) = memory(true);
    sink.is_broken = true;
    world.plane.record(conversation, KEY, sink).wait().unwrap();
    live(&mut [&mut customer, &mut agent], 60);
    state(
        &mut world,
        &RecordingState::Failed("the disk is full".into()),
    );
    world
        .plane
        .stop_recording(conversation, KEY)
        .wait()
        .unwrap();
    let (_, finished) = recorded.finished();
    assert_eq!(finished.failure.as_deref(), Some("the disk is full"));
    live(&mut [&mut customer, &mut agent], 10);
    assert!(!world.was_told(|fact| matches!(
        fact,
        Fact::Recording {
            state: RecordingState::Finished | RecordingState::Failed(_),
            ..
        }
    )));
}

// "Recordings close cleanly": a plane that ends has them all written.
#[test]
fn plane_that_ends_closes_what_it_records() {
    let world = World::new(settings());
    let (conversation, mut customer, mut agent) = two(&world);
    let (sink, recorded) = memory(true);
    world.plane.record(conversation, KEY, sink).wait().unwrap();
    live(&mut [&mut customer, &mut agent], 10);
    world.plane.shut_down();
    let (_, finished) = recorded
        .done
        .try_recv()
        .expect("it is finished when the plane has ended");
    assert!(finished.manifest.length_ms >= 180);
    assert!(world.plane.conversation().is_err());
}

const SECRET: i16 = 30_000;
const HARMLESS: i16 = 1_000;
/// Between the two: what concealment makes of harmless noise does not reach it.
const HEARD_AT: i16 = 3_500;

#[derive(Debug, Clone)]
struct Case {
    seed: u64,
    /// Frames before, in and behind the pause.
    frames: [usize; 3],
    /// Packets are held back by up to so many frames, and overtake each other.
    late_max: usize,
    loss_percent: u64,
}

struct Chance(u64);

impl Chance {
    fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) % n.max(1)
    }

    /// 20 ms of it.
    fn noise(&mut self, amplitude: i16) -> Vec<i16> {
        let signs = std::iter::repeat_with(|| self.below(2) == 0).take(320);
        signs
            .map(|is_up| if is_up { amplitude } else { -amplitude })
            .collect()
    }
}

/// Lives one call; answers the loudest sample of its customer's track, and how many frames of harmless noise are in it.
fn secret_call(plane: &Plane, case: &Case) -> (i16, usize) {
    let (conversation, mut customer, agent) = two_of(plane);
    let mut chance = Chance(case.seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let (sink, recorded) = memory(true);
    plane
        .record(conversation, KEY, sink)
        .wait()
        .expect("the plane runs");
    let mut held: Vec<(usize, Vec<u8>)> = Vec::new();
    let [before, during, _] = case.frames;
    for n in 0..case.frames.iter().sum() {
        if n == before {
            plane
                .pause_recording(conversation, KEY)
                .wait()
                .expect("the plane runs");
        }
        if n == before + during {
            plane
                .resume_recording(conversation, KEY)
                .wait()
                .expect("the plane runs");
        }
        let amplitude = if (before..before + during).contains(&n) {
            SECRET
        } else {
            HARMLESS
        };
        let noise = chance.noise(amplitude);
        let said = customer.said(&noise);
        // What the fastest packet takes is the line's own delay: here it is none, and known from the start.
        let is_first = n < 2;
        if is_first || chance.below(100) >= case.loss_percent {
            let late = if is_first {
                0
            } else {
                chance.below(case.late_max as u64 + 1)
            };
            let late = usize::try_from(late).expect("small");
            held.push((n + late, said));
        }
        held.retain(|(at, said)| {
            if *at <= n {
                customer.send(said);
            }
            *at > n
        });
        customer.listen();
    }
    plane
        .stop_recording(conversation, KEY)
        .wait()
        .expect("the plane runs");
    let (tracks, finished) = recorded.finished();
    let track = &tracks[&customer.leg()];
    assert_eq!(track.len() as u64, finished.manifest.length_ms * 8);
    drop(agent);
    let loudest = track
        .iter()
        .map(|it| it.saturating_abs())
        .max()
        .unwrap_or(0);
    let n_kept = track
        .chunks(160)
        .filter(|it| it.iter().any(|it| it.abs() > HARMLESS / 2))
        .count();
    (loudest, n_kept)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4))]

    // R-24 c, d: on real sockets, with late, lost and reordered packets.
    #[test]
    fn no_payload_of_a_paused_span_reaches_the_sink(
        seeds in proptest::collection::vec(any::<u64>(), 12),
        before in 5_usize..25,
        during in 2_usize..25,
        late_max in 0_usize..6,
        loss_percent in 0_u64..25,
    ) {
        let world = World::new(settings());
        let loudest = std::thread::scope(|scope| {
            let calls: Vec<_> = seeds.iter().map(|seed| {
                let (seed, plane) = (*seed, &world.plane);
                scope.spawn(move || {
                    let case = Case { seed, frames: [before, during, 20], late_max, loss_percent };
                    secret_call(plane, &case).0
                })
            }).collect();
            calls.into_iter().map(|call| call.join().expect("it is lived")).collect::<Vec<_>>()
        });
        for loud in loudest {
            prop_assert!(loud < HEARD_AT, "{loud}");
        }
    }
}

/// The property can fail: what is kept is in the file, and the secret is loud enough to be found.
#[test]
fn what_may_be_kept_is_kept_and_the_secret_would_be_found() {
    let world = World::new(settings());
    let case = Case {
        seed: 1,
        frames: [25, 10, 25],
        late_max: 0,
        loss_percent: 0,
    };
    let (loudest, n_kept) = secret_call(&world.plane, &case);
    assert!(loudest < HEARD_AT);
    assert!((30..=60).contains(&n_kept), "{n_kept}");
    let loud = Case {
        frames: [0, 0, 20],
        ..case
    };
    let (conversation, mut customer, _agent) = two(&world);
    let (sink, recorded) = memory(true);
    world.plane.record(conversation, KEY, sink).wait().unwrap();
    for _ in 0..loud.frames[2] {
        let said = customer.said(&[SECRET; 320]);
        customer.send(&said);
        customer.listen();
    }
    world
        .plane
        .stop_recording(conversation, KEY)
        .wait()
        .unwrap();
    let (tracks, _) = recorded.finished();
    assert!(tracks[&customer.leg()].iter().any(|it| it.abs() > HEARD_AT));
}
