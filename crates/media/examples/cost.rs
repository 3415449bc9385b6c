//! What media cost: nanoseconds of one core for each operation on 20 ms of sound, the best of several rounds.
//!
//! `cargo run --release --package tandem-media --example cost`

#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a program that measures and tells"
)]

use std::hint::black_box;
use std::net::SocketAddr;
use std::time::Instant;
use tandem_media::codec::Codec;
use tandem_media::concealment::Concealment;
use tandem_media::jitter::{self, Buffer};
use tandem_media::leg::{FRAME, Heard, Leg, Payloads};
use tandem_media::mixer::{Mixer, Supervision};
use tandem_media::recording::Recorder;
use tandem_media::relay::Relay;
use tandem_media::resample::Stream;
use tandem_media::rtp::{Marker, Stamp};
use tandem_media::session::{Arrival, Protection, Session, Settings};
use tandem_media::srtp::{Keys, Receiver, Sender, Suite};
use tandem_media::{Micros, tone};

const ROUNDS: u32 = 15;
/// Operations of a round: fewer than sequence numbers before they begin anew.
const OPERATIONS: u16 = 20_000;

fn main() {
    srtp();
    relay();
    codecs();
    rates();
    mixing();
    buffers();
    legs();
    recording();
}

/// Prints what the cheapest round cost; `prepare` is not measured.
fn measure<S>(name: &str, prepare: impl Fn() -> S, mut operation: impl FnMut(&mut S, u16)) {
    let mut best = f64::MAX;
    for _ in 0..ROUNDS {
        let mut state = prepare();
        let start = Instant::now();
        for n in 0..OPERATIONS {
            operation(&mut state, n);
        }
        let nanos = start.elapsed().as_nanos() as f64 / f64::from(OPERATIONS);
        best = best.min(nanos);
        black_box(state);
    }
    println!("{name:<52} {best:>8.0} ns");
}

fn keys(suite: Suite) -> Keys {
    Keys::new(suite, &vec![7; suite.master_bytes()]).expect("of the suite's length")
}

fn packet(sequence: u16) -> Vec<u8> {
    let mut datagram = Vec::with_capacity(256);
    let stamp = Stamp {
        marker: Marker::Clear,
        payload_type: 8,
        sequence,
        timestamp: u32::from(sequence) * 160,
        ssrc: 5,
    };
    stamp.begin(&mut datagram);
    datagram.extend((0..160_u8).map(|n| n.wrapping_mul(31)));
    datagram
}

fn packets() -> Vec<Vec<u8>> {
    (0..OPERATIONS).map(packet).collect()
}

fn protected(suite: Suite) -> Vec<Vec<u8>> {
    let mut sender = Sender::new(&keys(suite));
    let mut packets = packets();
    for packet in &mut packets {
        sender.protect(packet).expect("sequence goes up");
    }
    packets
}

const SUITES: [Suite; 3] = [
    Suite::AesCm128HmacSha1Tag80,
    Suite::AeadAes128Gcm,
    Suite::AeadAes256Gcm,
];

fn srtp() {
    for suite in SUITES {
        measure(
            &format!("SRTP protect, {}", suite.name()),
            || (Sender::new(&keys(suite)), packets()),
            |(sender, packets), n| {
                let packet = &mut packets[usize::from(n)];
                sender.protect(packet).expect("sequence goes up");
            },
        );
        measure(
            &format!("SRTP unprotect, {}", suite.name()),
            || (Receiver::new(&keys(suite)), protected(suite)),
            |(receiver, packets), n| {
                receiver.open(&mut packets[usize::from(n)]).expect("ours");
            },
        );
    }
    measure(
        "SRTP unprotect of a forged packet",
        || (Receiver::new(&keys(SUITES[0])), packets()),
        |(receiver, packets), n| {
            assert!(receiver.open(&mut packets[usize::from(n)]).is_err());
        },
    );
}

fn session(protection: Protection) -> Session {
    Session::new(&settings(protection))
}

fn settings(protection: Protection) -> Settings {
    Settings {
        ssrc: 9,
        sequence: 1,
        timestamp: 1,
        name: "d2Fpdw".into(),
        protection,
        expected: None,
        networks: Vec::new(),
    }
}

fn srtp_of(suite: Suite) -> Protection {
    Protection::Srtp {
        ours: keys(suite),
        theirs: keys(suite),
    }
}

fn from() -> SocketAddr {
    SocketAddr::from(([192, 0, 2, 1], 4_000))
}

fn relay() {
    let cases = [
        ("no SRTP", None),
        (SUITES[0].name(), Some(SUITES[0])),
        (SUITES[1].name(), Some(SUITES[1])),
    ];
    for (name, suite) in cases {
        let protection = || suite.map_or(Protection::None, srtp_of);
        measure(
            &format!("relay one packet, both sides {name}"),
            || {
                let packets = suite.map_or_else(packets, protected);
                let (one, other) = (session(protection()), session(protection()));
                (one, other, Relay::default(), packets)
            },
            |(one, other, relay, packets), n| {
                let datagram = &mut packets[usize::from(n)];
                let now = Micros::from(n) * FRAME;
                let Ok(Arrival::Media(arrived)) = one.receive(now, from(), datagram) else {
                    panic!("media");
                };
                relay
                    .pass(now, arrived, 8, other, datagram)
                    .expect("sequence goes up");
            },
        );
    }
}

fn voice(rate: u32) -> Vec<i16> {
    let tones = [220.0, 700.0, 1_900.0].map(|hertz| tone::sine(rate, hertz, 4_000.0, 0, rate / 50));
    let sum = |n: usize| tones.iter().map(|tone| tone[n]).sum();
    (0..tones[0].len()).map(sum).collect()
}

fn codecs() {
    for codec in [Codec::Pcma, Codec::G722] {
        let frame = voice(codec.sample_rate());
        let mut payload = Vec::new();
        codec.encoder().encode_into(&frame, &mut payload);
        measure(
            &format!("{} encode", codec.name()),
            || (codec.encoder(), Vec::new()),
            |(encoder, payload), _| {
                payload.clear();
                encoder.encode_into(black_box(&frame), payload);
            },
        );
        measure(
            &format!("{} decode", codec.name()),
            || (codec.decoder(), Vec::new()),
            |(decoder, samples), _| {
                samples.clear();
                decoder.decode_into(black_box(&payload), samples);
            },
        );
    }
}

fn rates() {
    for (from, to) in [
        (8_000, 16_000),
        (16_000, 8_000),
        (16_000, 48_000),
        (48_000, 16_000),
    ] {
        let frame = voice(from);
        measure(
            &format!("resample {from} to {to} Hz"),
            || (Stream::new(from, to).expect("a whole factor"), Vec::new()),
            |(stream, samples), _| {
                samples.clear();
                stream.process(black_box(&frame), samples);
            },
        );
    }
}

fn mixing() {
    for (rate, n_samples) in [(8_000, 160), (16_000, 320)] {
        let frame = voice(rate);
        measure(
            &format!("mix of 3, whisper, {rate} Hz"),
            || {
                let mut mixer = Mixer::new(n_samples).expect("a usual frame");
                let parties = [(); 3].map(|()| mixer.join().expect("room"));
                let [customer, agent, supervisor] = parties;
                mixer.connect(customer, agent).expect("both are in");
                mixer
                    .supervise(customer, agent, supervisor, Supervision::Whisper)
                    .expect("all are in");
                (mixer, parties, Vec::new())
            },
            |(mixer, parties, heard), _| {
                for party in &*parties {
                    mixer.say(*party, black_box(&frame)).expect("it is in");
                }
                for party in &*parties {
                    mixer.hear(*party, heard).expect("it is in");
                    black_box(&heard);
                }
                mixer.end_frame();
            },
        );
    }
}

fn buffers() {
    measure(
        "reorder buffer, one packet in and out",
        || Buffer::new(jitter::Settings::default()),
        |buffer, n| {
            let now = Micros::from(n) * FRAME;
            buffer.handle_packet(now, n, u32::from(n) * 160, [0_u8; 24]);
            black_box(buffer.take(now));
        },
    );
    let frame = voice(8_000);
    measure(
        "concealment, a frame that came, 8 kHz",
        || Concealment::new(8_000),
        |concealment, _| concealment.heard(&mut frame.clone()),
    );
    measure(
        "concealment, a frame that is lost, 8 kHz",
        || (Concealment::new(8_000), Vec::new()),
        |(concealment, samples), _| {
            concealment.heard(&mut frame.clone());
            samples.clear();
            concealment.conceal(160, samples);
        },
    );
}

fn legs() {
    for (codec, mix_rate) in [
        (Codec::Pcma, 8_000),
        (Codec::Pcma, 16_000),
        (Codec::G722, 16_000),
    ] {
        let leg = || {
            let settings = settings(srtp_of(SUITES[0]));
            Leg::new(&settings, Payloads::of(codec), mix_rate).expect("usual rates")
        };
        let frame = voice(mix_rate);
        measure(
            &format!("leg, {} SRTP in to a frame of {mix_rate} Hz", codec.name()),
            || {
                let mut phone = leg();
                let packets: Vec<Vec<u8>> = (0..OPERATIONS)
                    .map(|_| {
                        let mut datagram = Vec::new();
                        phone.speak(0, &frame, &mut datagram).expect("usual");
                        datagram
                    })
                    .collect();
                (leg(), packets, Vec::new())
            },
            |(leg, packets, heard), n| {
                let now = Micros::from(n) * FRAME;
                let datagram = &mut packets[usize::from(n)];
                if let Ok(Arrival::Media(arrived)) = leg.receive(now, from(), datagram) {
                    leg.hold(now, &arrived, datagram);
                }
                leg.listen(now, heard);
            },
        );
        measure(
            &format!("leg, a frame of {mix_rate} Hz to {} SRTP out", codec.name()),
            || (leg(), Vec::new()),
            |(leg, datagram), n| {
                let now = Micros::from(n) * FRAME;
                leg.speak(now, black_box(&frame), datagram).expect("usual");
            },
        );
    }
}

fn recording() {
    let frame = voice(8_000);
    measure(
        "record two tracks, one frame each, 8 kHz",
        || {
            let mut recorder = Recorder::new(8_000, 0).expect("a usual rate");
            let tracks = [(); 2].map(|()| recorder.join().expect("room"));
            (recorder, tracks, Vec::new())
        },
        |(recorder, tracks, pieces), n| {
            let heard = Heard {
                since: Micros::from(n) * FRAME,
            };
            pieces.clear();
            for track in &*tracks {
                recorder
                    .say(*track, heard, black_box(&frame))
                    .expect("a whole frame");
            }
            recorder.end_frame(pieces);
        },
    );
}
