use crate::line::{Chance, Line, Network, PERFECT, frame_at};
use proptest::prelude::*;
use std::net::SocketAddr;
use tandem_media::codec::Codec;
use tandem_media::leg::{Leg, Payloads};
use tandem_media::session::{Arrival, Protection, Settings};
use tandem_media::{Micros, tone};

const BAD: Network = Network {
    loss_percent: 20,
    double_percent: 10,
    late_max: 60_000,
};

/// What our leg hears of a phone, and how far clocks differ, in millionths.
fn heard(line: &mut Line, n_frames: u32, drift_ppm: Micros) -> Vec<i16> {
    let mut all = Vec::new();
    let mut next_talk = 0;
    let mut n_talked = 0;
    for n in 0..n_frames {
        let now = frame_at(n);
        while next_talk <= now {
            line.talk(next_talk);
            n_talked += 1;
            let exact = frame_at(n_talked);
            next_talk = exact + exact * drift_ppm / 1_000_000;
        }
        let mut frame = Vec::new();
        line.listen(now, &mut frame);
        all.extend(frame);
    }
    all
}

fn level(rate: u32, hertz: f64, sound: &[i16]) -> f64 {
    // Concealment does not keep the phase over seconds: level of each frame, averaged.
    let frame = usize::try_from(rate / 50).expect("small");
    let levels: Vec<f64> = sound
        .chunks_exact(frame)
        .map(|frame| tone::amplitude(rate, hertz, frame))
        .collect();
    levels.iter().sum::<f64>() / levels.len() as f64
}

#[test]
fn voice_is_heard_through_a_fifth_of_loss_with_reordering_and_duplicates() {
    for codec in Codec::ALL {
        for seed in 1..4 {
            let mut line = Line::new(codec, 8_000, 400.0, BAD, seed);
            let sound = heard(&mut line, 500, 0);
            let own = level(8_000, 400.0, &sound[16_000..]);
            assert!(own > 4_500.0, "{codec:?}, seed {seed}: {own}");
            let other = level(8_000, 1_000.0, &sound[16_000..]);
            assert!(other < 600.0, "{codec:?}, seed {seed}: {other}");
            let counts = line.leg.buffer_counts();
            let lost = line.leg.session().quality().n_lost;
            assert!((60..140).contains(&lost), "{lost}");
            assert!(counts.n_late < 25, "{counts:?}");
            let srtp = line.leg.session().srtp_counts().expect("protected");
            assert!(srtp.n_replayed > 20 && srtp.n_forged == 0, "{srtp:?}");
        }
    }
}

#[test]
fn clocks_that_differ_cost_a_frame_now_and_then_and_no_delay() {
    for drift_ppm in [-500, 500] {
        let mut line = Line::new(Codec::Pcmu, 8_000, 400.0, PERFECT, 1);
        let sound = heard(&mut line, 6_000, drift_ppm);
        let frames: Vec<f64> = sound[8_000..]
            .chunks_exact(160)
            .map(|frame| tone::amplitude(8_000, 400.0, frame))
            .collect();
        let n_quiet = frames.iter().filter(|it| **it < 3_000.0).count();
        assert!(n_quiet < 30, "{drift_ppm}: {n_quiet} of {}", frames.len());
        let counts = line.leg.buffer_counts();
        // Two minutes at 500 millionths are 60 ms: three frames too many or too few.
        assert!(counts.n_skipped <= 8 && counts.n_late <= 8, "{counts:?}");
        assert!(line.leg.session().quality().jitter < 2_000);
    }
}

#[test]
fn call_recovers_from_a_network_that_was_gone_for_two_seconds() {
    let mut line = Line::new(Codec::Pcma, 8_000, 400.0, PERFECT, 1);
    heard(&mut line, 100, 0);
    let mut frame = Vec::new();
    let mut levels = Vec::new();
    for n in 100..300 {
        let now = frame_at(n);
        line.is_alive = n >= 200;
        line.talk(now);
        line.listen(now, &mut frame);
        levels.push(tone::amplitude(8_000, 400.0, &frame));
    }
    assert!(levels[20..100].iter().all(|it| *it < 1.0), "silence");
    assert!(levels[110..].iter().all(|it| *it > 5_000.0), "heard again");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn random_packets_never_panic_and_frames_keep_their_length(seed in any::<u64>(), n in 1_u32..120) {
        let mut chance = Chance::new(seed);
        for codec in Codec::ALL {
            let settings = Settings {
                ssrc: 1,
                sequence: 1,
                timestamp: 1,
                name: String::new(),
                protection: Protection::None,
                expected: None,
                networks: Vec::new(),
            };
            let payloads = Payloads { events: Some(101), noise: Some(13), ..Payloads::of(codec) };
            let mut leg = Leg::new(&settings, payloads, 16_000).unwrap();
            let from = SocketAddr::from(([192, 0, 2, 1], 4_000));
            let mut now = 0;
            for _ in 0..n {
                now += chance.below(60_000);
                let length = usize::try_from(chance.below(80)).unwrap();
                let mut datagram: Vec<u8> = (0..length)
                    .map(|_| u8::try_from(chance.below(256)).unwrap())
                    .collect();
                if let [first, kind, _, sequence, ..] = datagram.as_mut_slice() {
                    *first = 0x80;
                    *kind = [codec.payload_type(), 101, 13, *kind][usize::from(*sequence % 4)];
                }
                if length > 11 {
                    datagram[8..12].fill(0);
                }
                if let Ok(Arrival::Media(arrived)) = leg.receive(now, from, &mut datagram) {
                    leg.hold(now, &arrived, &datagram);
                }
                leg.handle_timeout(now);
                while leg.poll_digit().is_some() {}
                let mut frame = Vec::new();
                leg.listen(now, &mut frame);
                prop_assert_eq!(frame.len(), 320);
            }
        }
    }
}
