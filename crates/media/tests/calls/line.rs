//! A phone, the network between it and a leg of ours, and that leg.

use std::net::SocketAddr;
use tandem_media::codec::Codec;
use tandem_media::leg::{FRAME, Heard, Leg, Payloads};
use tandem_media::session::{Arrival, Protection, Settings};
use tandem_media::srtp::{Keys, Suite};
use tandem_media::{Micros, tone};

/// Chance that is the same in each run.
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub(crate) fn below(&mut self, n: i64) -> i64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        i64::try_from(self.0 >> 16).expect("48 bits") % n.max(1)
    }

    fn happens(&mut self, percent: i64) -> bool {
        self.below(100) < percent
    }
}

/// What a network does to packets.
#[derive(Clone, Copy)]
pub(crate) struct Network {
    pub(crate) loss_percent: i64,
    pub(crate) double_percent: i64,
    /// Packets are late by anything up to this, and overtake each other.
    pub(crate) late_max: Micros,
}

pub(crate) const PERFECT: Network = Network {
    loss_percent: 0,
    double_percent: 0,
    late_max: 0,
};

/// One direction of a network: packets on their way.
pub(crate) struct Wire {
    network: Network,
    chance: Chance,
    on_the_way: Vec<(Micros, u64, Vec<u8>)>,
    n_sent: u64,
}

impl Wire {
    pub(crate) const fn new(network: Network, seed: u64) -> Self {
        Self {
            network,
            chance: Chance::new(seed),
            on_the_way: Vec::new(),
            n_sent: 0,
        }
    }

    pub(crate) fn send(&mut self, now: Micros, datagram: &[u8]) {
        if self.chance.happens(self.network.loss_percent) {
            return;
        }
        let copies = 1 + i64::from(self.chance.happens(self.network.double_percent));
        for _ in 0..copies {
            let at = now + self.chance.below(self.network.late_max + 1);
            self.n_sent += 1;
            self.on_the_way.push((at, self.n_sent, datagram.to_vec()));
        }
    }

    pub(crate) fn delivered(&mut self, now: Micros) -> Vec<(Micros, Vec<u8>)> {
        self.on_the_way.sort();
        let n = self.on_the_way.partition_point(|(at, ..)| *at <= now);
        let delivered = self.on_the_way.drain(..n);
        delivered.map(|(at, _, datagram)| (at, datagram)).collect()
    }
}

/// A phone and the leg that it is connected to.
pub(crate) struct Line {
    pub(crate) phone: Leg,
    pub(crate) leg: Leg,
    to_us: Wire,
    to_them: Wire,
    rate: u32,
    hertz: f64,
    n_said: u32,
    pub(crate) is_alive: bool,
}

fn keys(fill: u8) -> Keys {
    Keys::new(Suite::AesCm128HmacSha1Tag80, &[fill; 30]).expect("of the suite's length")
}

fn end(ssrc: u32, ours: u8, theirs: u8, codec: Codec, rate: u32) -> Leg {
    let settings = Settings {
        ssrc,
        sequence: 0x7FF0,
        timestamp: u32::MAX - 8_000,
        name: "d2Fpdw".into(),
        protection: Protection::Srtp {
            ours: keys(ours),
            theirs: keys(theirs),
        },
        expected: None,
        networks: Vec::new(),
    };
    let payloads = Payloads {
        events: Some(101),
        ..Payloads::of(codec)
    };
    Leg::new(&settings, payloads, rate).expect("usual rates")
}

impl Line {
    /// `hertz` is the voice of who holds the phone.
    pub(crate) fn new(codec: Codec, rate: u32, hertz: f64, network: Network, seed: u64) -> Self {
        Self {
            phone: end(1, 1, 2, codec, rate),
            leg: end(2, 2, 1, codec, rate),
            to_us: Wire::new(network, seed),
            to_them: Wire::new(network, seed + 1),
            rate,
            hertz,
            n_said: 0,
            is_alive: true,
        }
    }

    /// The phone says 20 ms of its voice.
    pub(crate) fn talk(&mut self, now: Micros) {
        let n = self.rate / 50;
        let sound = tone::sine(self.rate, self.hertz, 6_000.0, self.n_said * n, n);
        self.n_said += 1;
        self.say(now, &sound);
    }

    pub(crate) fn say(&mut self, now: Micros, sound: &[i16]) {
        let mut datagram = Vec::new();
        if self.is_alive && self.phone.speak(now, sound, &mut datagram).is_ok() {
            self.to_us.send(now, &datagram);
        }
    }

    /// What our leg hears of the phone now.
    pub(crate) fn listen(&mut self, now: Micros, frame: &mut Vec<i16>) -> Heard {
        for (at, mut datagram) in self.to_us.delivered(now) {
            take(&mut self.leg, at, &mut datagram);
        }
        self.leg.listen(now, frame)
    }

    /// Our leg says a frame to the phone; answers what is heard there at that moment.
    pub(crate) fn tell(&mut self, now: Micros, frame: &[i16]) -> Vec<i16> {
        let mut datagram = Vec::new();
        self.leg
            .speak(now, frame, &mut datagram)
            .expect("a usual packet");
        self.to_them.send(now, &datagram);
        for (at, mut datagram) in self.to_them.delivered(now) {
            take(&mut self.phone, at, &mut datagram);
        }
        let mut heard = Vec::new();
        self.phone.listen(now, &mut heard);
        heard
    }
}

fn take(leg: &mut Leg, at: Micros, datagram: &mut Vec<u8>) {
    let from = SocketAddr::from(([192, 0, 2, 1], 4_000));
    // Copies that the network made are refused as replayed.
    if let Ok(Arrival::Media(arrived)) = leg.receive(at, from, datagram) {
        leg.hold(at, &arrived, datagram);
    }
}

pub(crate) fn frame_at(n: u32) -> Micros {
    Micros::from(n) * FRAME
}
