use crate::line::{Chance, Line, Network, frame_at};
use proptest::prelude::*;
use tandem_media::Micros;
use tandem_media::codec::Codec;
use tandem_media::leg::FRAME;
use tandem_media::recording::{Keeping, Manifest, Piece, Recorder, Sound};

/// What is spoken while nothing may be kept is thirty times as loud as everything else.
const SECRET: i16 = 30_000;
const HARMLESS: i16 = 1_000;
/// Between the two: what concealment makes of noise does not reach it.
const HEARD_AT: i16 = 3_500;

struct Case {
    codec: Codec,
    network: Network,
    seed: u64,
    /// Begin and end of each pause, in microseconds.
    pauses: Vec<(Micros, Micros)>,
    n_frames: u32,
}

fn is_secret(case: &Case, at: Micros) -> bool {
    // A packet that is sent at the end of its 20 ms has what was spoken in them.
    let during = |(from, until): &(Micros, Micros)| at > *from && at - FRAME < *until;
    case.pauses.iter().any(during)
}

/// Lives a call through; answers the track of the customer, what was written of it, and the manifest.
fn recorded(case: &Case) -> (Vec<i16>, Manifest, usize) {
    let mut line = Line::new(case.codec, 8_000, 0.0, case.network, case.seed);
    let mut chance = Chance::new(case.seed);
    let mut recorder = Recorder::new(8_000, 0).expect("a usual rate");
    let track = recorder.join().expect("room");
    let mut pieces: Vec<Piece> = Vec::new();
    let mut orders: Vec<(Micros, Keeping)> = case
        .pauses
        .iter()
        .flat_map(|(from, until)| [(*from, Keeping::Paused), (*until, Keeping::Kept)])
        .collect();
    orders.sort_by_key(|(at, _)| *at);
    let mut orders = orders.into_iter().peekable();
    let mut n_secret = 0;
    for n in 0..case.n_frames {
        let now = frame_at(n);
        while let Some((at, order)) = orders.next_if(|(at, _)| *at <= now) {
            match order {
                Keeping::Paused => recorder.pause(),
                Keeping::Kept => recorder.resume(at).expect("few pauses"),
            }
        }
        let is_secret = is_secret(case, now);
        n_secret += usize::from(is_secret);
        let amplitude = if is_secret { SECRET } else { HARMLESS };
        let sound: Vec<i16> = (0..160)
            .map(|_| {
                if chance.below(2) == 0 {
                    amplitude
                } else {
                    -amplitude
                }
            })
            .collect();
        line.say(now, &sound);
        let mut frame = Vec::new();
        let heard = line.listen(now, &mut frame);
        recorder.say(track, heard, &frame).expect("a whole frame");
        recorder.end_frame(&mut pieces);
    }
    let manifest = recorder.finish(&mut pieces);
    let mut samples = Vec::new();
    for piece in pieces {
        match piece.sound {
            Sound::Samples(bytes) => {
                let pairs = bytes.as_chunks::<2>().0.iter();
                samples.extend(pairs.map(|pair| i16::from_le_bytes(*pair)));
            }
            Sound::Silence { n_bytes } => {
                let n = usize::try_from(n_bytes / 2).expect("short");
                samples.resize(samples.len() + n, 0);
            }
        }
    }
    (samples, manifest, n_secret)
}

fn loudest(samples: &[i16]) -> i16 {
    samples
        .iter()
        .map(|it| it.saturating_abs())
        .max()
        .unwrap_or(0)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    // R-24 c, d: no payload of a paused span reaches what is written, and the file is as long as the call.
    #[test]
    fn no_payload_of_a_paused_span_reaches_the_recording(
        seed in 1_u64..1_000_000,
        begins in proptest::collection::vec((0_i64..4_000_000, 10_000_i64..1_200_000), 1..4),
        late_max in 0_i64..120_000,
        loss_percent in 0_i64..25,
        is_alaw in any::<bool>(),
    ) {
        let mut pauses: Vec<(Micros, Micros)> = Vec::new();
        for (begin, length) in begins {
            let overlaps = |(from, until): &(Micros, Micros)| begin <= *until && begin + length >= *from;
            if !pauses.iter().any(overlaps) {
                pauses.push((begin, begin + length));
            }
        }
        let case = Case {
            codec: if is_alaw { Codec::Pcma } else { Codec::Pcmu },
            network: Network { loss_percent, double_percent: 5, late_max },
            seed,
            pauses,
            n_frames: 300,
        };
        let (samples, manifest, _) = recorded(&case);
        prop_assert!(loudest(&samples) < HEARD_AT, "{}", loudest(&samples));
        prop_assert_eq!(samples.len(), 300 * 160);
        prop_assert_eq!(manifest.length_ms, 6_000);
        let mut end = 0;
        for segment in &manifest.segments {
            prop_assert_eq!(segment.from_ms, end);
            prop_assert!(segment.until_ms > segment.from_ms);
            end = segment.until_ms;
            let places = |ms: u64| usize::try_from(ms).unwrap() * 8;
            if segment.keeping == Keeping::Paused {
                let span = &samples[places(segment.from_ms)..places(segment.until_ms)];
                prop_assert_eq!(loudest(span), 0);
            }
        }
        prop_assert_eq!(end, 6_000);
    }
}

/// The property can fail: without a pause the same sound is in the recording, and what was harmless always is.
#[test]
fn what_may_be_kept_is_kept_and_the_secret_is_loud_enough_to_be_found() {
    let network = Network {
        loss_percent: 0,
        double_percent: 0,
        late_max: 0,
    };
    let mut case = Case {
        codec: Codec::Pcmu,
        network,
        seed: 7,
        pauses: vec![(1_000_000, 2_000_000)],
        n_frames: 200,
    };
    let (samples, _, n_secret) = recorded(&case);
    assert!((50..=52).contains(&n_secret));
    let n_kept = samples
        .chunks(160)
        .filter(|frame| loudest(frame) > HARMLESS / 2)
        .count();
    // Gone: the pause, the buffer's delay before and behind it, and the frames in which filters settle.
    assert!((140..=148).contains(&n_kept), "{n_kept} of 200");
    case.pauses.clear();
    let (samples, ..) = recorded(&case);
    assert!(loudest(&samples) < HEARD_AT);
    let loud = Case {
        pauses: vec![(Micros::MAX - 1, Micros::MAX)],
        ..case
    };
    let (samples, ..) = recorded(&loud);
    assert!(loudest(&samples) > HARMLESS / 2);
}
