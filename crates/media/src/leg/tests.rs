use super::{FRAME, Kind, Leg, Payloads, Said};
use crate::codec::Codec;
use crate::dtmf::{Digit, Received};
use crate::noise::Noise;
use crate::rtp::Marker;
use crate::session::{Arrival, Protection, Session, Settings};
use crate::{Micros, tone};
use std::net::SocketAddr;

const RATE: u32 = 16_000;

fn settings(ssrc: u32) -> Settings {
    Settings {
        ssrc,
        sequence: 1,
        timestamp: u32::MAX - 4_000,
        name: "d2Fpdw".into(),
        protection: Protection::None,
        expected: None,
        networks: Vec::new(),
    }
}

fn payloads(codec: Codec) -> Payloads {
    Payloads {
        events: Some(101),
        noise: Some(13),
        ..Payloads::of(codec)
    }
}

fn leg(codec: Codec) -> Leg {
    Leg::new(&settings(2), payloads(codec), RATE).expect("usual rates")
}

fn from() -> SocketAddr {
    SocketAddr::from(([192, 0, 2, 1], 4_000))
}

fn arrive(leg: &mut Leg, now: Micros, mut datagram: Vec<u8>) {
    if let Ok(Arrival::Media(arrived)) = leg.receive(now, from(), &mut datagram) {
        leg.hold(now, &arrived, &datagram);
    }
}

/// Packets of `ticks` each; the phone's sound for the leg's ears.
struct Phone {
    session: Session,
    timestamp: u32,
}

impl Phone {
    fn new() -> Self {
        Self {
            session: Session::new(&settings(1)),
            timestamp: 0,
        }
    }

    fn packet(&mut self, kind: u8, ticks: u32, payload: &[u8]) -> Vec<u8> {
        let mut datagram = Vec::new();
        self.session
            .send(
                0,
                Marker::Clear,
                kind,
                self.timestamp,
                payload,
                &mut datagram,
            )
            .expect("a usual packet");
        self.timestamp += ticks;
        datagram
    }
}

/// A second of a tone in packets of so many milliseconds, as it is heard.
fn tone_heard(codec: Codec, packet_ms: u32) -> Vec<i16> {
    let (mut phone, mut leg) = (Phone::new(), leg(codec));
    let rate = codec.sample_rate();
    let mut encoder = codec.encoder();
    let mut heard = Vec::new();
    for ms in 0..1_000_u32 {
        let now = Micros::from(ms) * 1_000;
        if ms % packet_ms == 0 {
            let n = rate / 1_000 * packet_ms;
            let sound = tone::sine(rate, 500.0, 8_000.0, ms / packet_ms * n, n);
            let mut payload = Vec::new();
            encoder.encode_into(&sound, &mut payload);
            let datagram = phone.packet(codec.payload_type(), 8 * packet_ms, &payload);
            arrive(&mut leg, now, datagram);
        }
        if ms % 20 == 0 {
            let mut frame = Vec::new();
            leg.listen(now, &mut frame);
            assert_eq!(frame.len(), 320);
            heard.extend(frame);
        }
    }
    assert_eq!(leg.buffer_counts().n_lost, 0, "{packet_ms} ms");
    heard
}

#[test]
fn packets_of_any_length_become_frames_of_20_ms_without_a_gap() {
    for codec in Codec::ALL {
        for packet_ms in [10, 20, 30, 40, 60] {
            let heard = tone_heard(codec, packet_ms);
            let level = tone::amplitude(RATE, 500.0, &heard[8_000..]);
            assert!(
                (level - 8_000.0).abs() < 500.0,
                "{codec:?} {packet_ms} {level}"
            );
            let quiet = heard[8_000..]
                .chunks(32)
                .any(|it| it.iter().all(|s| s.abs() < 50));
            assert!(!quiet, "{codec:?} {packet_ms}: a gap");
        }
    }
}

#[test]
fn what_one_leg_says_another_hears_in_every_codec() {
    for codec in Codec::ALL {
        let (mut agent, mut customer) = (leg(codec), leg(codec));
        let mut heard = Vec::new();
        for n in 0..50_u32 {
            let now = Micros::from(n) * FRAME;
            let sound = tone::sine(RATE, 700.0, 9_000.0, n * 320, 320);
            let mut datagram = Vec::new();
            assert_eq!(agent.speak(now, &sound, &mut datagram), Ok(Said::Audio));
            arrive(&mut customer, now, datagram);
            let mut frame = Vec::new();
            customer.listen(now, &mut frame);
            heard.extend(frame);
        }
        let level = tone::amplitude(RATE, 700.0, &heard[8_000..]);
        assert!((level - 9_000.0).abs() < 500.0, "{codec:?}: {level}");
    }
}

// RFC 4733: redundant end packets, one press each; the sound goes on behind them.
#[test]
fn digits_go_through_a_call_both_ways_once_each() {
    let (mut agent, mut ivr) = (leg(Codec::Pcma), leg(Codec::Pcma));
    let typed: Vec<Digit> = "19*"
        .chars()
        .map(|it| Digit::from_char(it).unwrap())
        .collect();
    for digit in &typed {
        agent.send_digit(*digit, 100_000).unwrap();
    }
    let (mut pressed, mut n_digit_frames) = (Vec::new(), 0);
    for n in 0..60_u32 {
        let now = Micros::from(n) * FRAME;
        let mut datagram = Vec::new();
        if agent.speak(now, &[0; 320], &mut datagram) == Ok(Said::Digit) {
            n_digit_frames += 1;
        }
        arrive(&mut ivr, now, datagram);
        ivr.handle_timeout(now);
        while let Some(fact) = ivr.poll_digit() {
            if let Received::Started(digit) = fact {
                pressed.push(digit);
            }
        }
    }
    assert!(pressed == typed, "each digit once, in order");
    assert_eq!(n_digit_frames, 3 * (5 + 2));
    let mut deaf = Leg::new(&settings(2), Payloads::of(Codec::Pcma), RATE).unwrap();
    assert!(deaf.send_digit(typed[0], 100_000).is_err());
    assert!(agent.send_digit(typed[0], 0).is_err());
}

// RFC 3389
#[test]
fn comfort_noise_is_heard_while_the_other_side_saves_packets() {
    let (mut phone, mut leg) = (Phone::new(), leg(Codec::Pcmu));
    let mut loud = Vec::new();
    for n in 0..60_u32 {
        let now = Micros::from(n) * FRAME;
        if n < 20 {
            let datagram = phone.packet(0, 160, &[0xFF; 160]);
            arrive(&mut leg, now, datagram);
        } else if n == 20 {
            let datagram = phone.packet(13, 160 * 40, &Noise::payload(40));
            arrive(&mut leg, now, datagram);
        }
        let mut frame = Vec::new();
        leg.listen(now, &mut frame);
        loud.push(frame.iter().any(|it| it.abs() > 100));
    }
    assert!(loud[..20].iter().all(|it| !it));
    assert!(loud[30..].iter().all(|it| *it), "noise goes on: {loud:?}");
}

#[test]
fn pause_of_the_other_side_is_silence_of_its_true_length() {
    let (mut phone, mut leg) = (Phone::new(), leg(Codec::Pcmu));
    let mut frames = Vec::new();
    for n in 0..150_u32 {
        let now = Micros::from(n) * FRAME;
        if !(50..100).contains(&n) {
            let sound = tone::sine(8_000, 500.0, 8_000.0, n * 160, 160);
            let mut payload = Vec::new();
            Codec::Pcmu.encoder().encode_into(&sound, &mut payload);
            phone.timestamp = n * 160;
            let datagram = phone.packet(0, 160, &payload);
            arrive(&mut leg, now, datagram);
        }
        let mut frame = Vec::new();
        leg.listen(now, &mut frame);
        frames.push(tone::amplitude(RATE, 500.0, &frame) > 4_000.0);
    }
    let n_quiet = frames[20..145].iter().filter(|it| !**it).count();
    assert!((47..=51).contains(&n_quiet), "{n_quiet} frames");
}

#[test]
fn payload_types_mean_what_was_agreed_on_and_others_are_counted() {
    let mut leg = leg(Codec::G722);
    let payloads = leg.payloads();
    assert_eq!(payloads.kind(9), Some(Kind::Audio));
    assert_eq!(payloads.kind(101), Some(Kind::Event));
    assert_eq!(payloads.kind(0), None);
    for kind in [Kind::Audio, Kind::Event, Kind::Noise] {
        let number = payloads.of_kind(kind).unwrap();
        assert_eq!(payloads.kind(number), Some(kind));
    }
    let datagram = Phone::new().packet(0, 160, &[0; 160]);
    arrive(&mut leg, 0, datagram);
    assert_eq!(leg.n_unknown(), 1);
}
