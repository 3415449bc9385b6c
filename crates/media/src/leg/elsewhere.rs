//! What goes past the buffer of a leg: packets that are relayed, or that nobody hears at the moment. The last few are
//! remembered, so that a mix goes on where they end, in the middle of a word and without a click; and what waits in the
//! buffer when a relay begins is handed over to it.

use super::{Buffer, Content, Item, Leg};
use crate::Micros;
use crate::jitter;
use crate::rtp::Stamp;
use crate::session::{Arrived, SourceChange};

/// As much as concealment looks back: 60 ms.
const REMEMBERED: usize = 3;
/// A packet that is older says nothing about the next one.
const AGE_MAX: Micros = 60_000;

#[derive(Debug, Default)]
pub(super) struct Elsewhere {
    packets: [Packet; REMEMBERED],
    /// Which of them is overwritten next.
    next: usize,
    /// When the newest one came, and what it was.
    last: Option<(Micros, Stamp)>,
}

#[derive(Debug, Default)]
struct Packet {
    sequence: u16,
    /// Empty is none.
    payload: Vec<u8>,
}

impl Elsewhere {
    pub(super) fn forget(&mut self) {
        for packet in &mut self.packets {
            packet.payload.clear();
        }
        self.last = None;
    }

    fn remember(&mut self, now: Micros, stamp: Stamp, payload: &[u8]) {
        let is_newer = self
            .last
            .is_none_or(|(_, last)| stamp.sequence.wrapping_sub(last.sequence).cast_signed() > 0);
        if !is_newer {
            return;
        }
        self.last = Some((now, stamp));
        if let Some(packet) = self.packets.get_mut(self.next) {
            packet.sequence = stamp.sequence;
            packet.payload.clear();
            packet.payload.extend_from_slice(payload);
        }
        self.next = (self.next + 1) % REMEMBERED;
    }
}

impl Leg {
    /// A packet goes past this leg's buffer. To be told before a relay changes the datagram.
    pub fn pass_by(&mut self, now: Micros, arrived: &Arrived, datagram: &[u8]) {
        let audio = self.payloads.audio;
        let payload = datagram.get(arrived.payload.clone()).unwrap_or_default();
        self.timeline.place(now, arrived.stamp.timestamp);
        if arrived.stamp.payload_type == audio && payload.len() <= super::PACKET_TICKS_MAX {
            self.elsewhere.remember(now, arrived.stamp, payload);
        }
    }

    /// From now on packets are held and heard. If some just went past, the first frame goes on behind them.
    pub fn begin_listening(&mut self, now: Micros) {
        self.samples.clear();
        self.noise = None;
        self.concealment.forget();
        let last = self.elsewhere.last.filter(|(at, _)| now - at <= AGE_MAX);
        if let Some((_, stamp)) = last {
            self.buffer = Buffer::resumed(jitter::Settings::default(), stamp.sequence);
            self.decode_as(self.payloads.codec);
            let newest = stamp.sequence;
            let oldest = self.elsewhere.next;
            for n in 0..REMEMBERED {
                let packet = &self.elsewhere.packets[(oldest + n) % REMEMBERED];
                let is_near = usize::from(newest.wrapping_sub(packet.sequence)) < REMEMBERED;
                if is_near && !packet.payload.is_empty() {
                    let decoded = &mut self.scratch.0;
                    decoded.clear();
                    self.decoder.decode_into(&packet.payload, decoded);
                    self.concealment.heard(decoded);
                    self.packet_samples = decoded.len();
                    // Nobody may keep what is made of it: it was spoken before anything that is heard from here on.
                    self.timeline.heard(now - AGE_MAX - super::FRAME * 3);
                }
            }
        } else {
            self.buffer = Buffer::new(jitter::Settings::default());
        }
        self.elsewhere.forget();
    }

    /// From now on packets go past. Answers those that wait to be heard, in their order, as datagrams that a relay
    /// takes.
    pub fn end_listening(&mut self, now: Micros) -> Vec<(Arrived, Vec<u8>)> {
        let mut handed = Vec::new();
        for item in self.buffer.drain() {
            let Item { content, stamp, .. } = item;
            let payload = match content {
                Content::Audio(codec, payload) if codec == self.payloads.codec => payload,
                // Digits were taken when they came; noise is told again, or the pause is over.
                Content::Audio(..) | Content::Noise(_) | Content::Event => continue,
            };
            let stamp = Stamp {
                payload_type: self.payloads.audio,
                ..stamp
            };
            let mut datagram = Vec::new();
            stamp.begin(&mut datagram);
            let start = datagram.len();
            datagram.extend_from_slice(&payload);
            let arrived = Arrived {
                stamp,
                payload: start..datagram.len(),
                source: SourceChange::Same,
            };
            handed.push((arrived, datagram));
        }
        for (arrived, datagram) in &handed {
            self.pass_by(now, arrived, datagram);
        }
        handed
    }
}

#[cfg(test)]
mod tests {
    use crate::codec::Codec;
    use crate::leg::{FRAME, Leg, Payloads};
    use crate::relay::Relay;
    use crate::rtp::Stamp;
    use crate::session::{Arrival, Arrived, Protection, Settings};
    use crate::{Micros, tone};
    use std::net::SocketAddr;

    const RATE: u32 = 8_000;
    const HERTZ: f64 = 200.0;

    fn leg(ssrc: u32) -> Leg {
        let settings = Settings {
            ssrc,
            sequence: 100,
            timestamp: 5_000,
            name: "d2Fpdw".into(),
            protection: Protection::None,
            expected: None,
            networks: Vec::new(),
        };
        Leg::new(&settings, Payloads::of(Codec::Pcma), RATE).unwrap()
    }

    fn from() -> SocketAddr {
        SocketAddr::from(([192, 0, 2, 1], 4_000))
    }

    fn arrived(leg: &mut Leg, now: Micros, datagram: &mut Vec<u8>) -> Arrived {
        match leg.receive(now, from(), datagram).unwrap() {
            Arrival::Media(arrived) => arrived,
            Arrival::Control(_) => panic!("media"),
        }
    }

    fn spoken(phone: &mut Leg, n: u32) -> Vec<u8> {
        let sound = tone::sine(RATE, HERTZ, 6_000.0, n * 160, 160);
        let mut datagram = Vec::new();
        let now = Micros::from(n) * FRAME;
        phone.speak(now, &sound, &mut datagram).unwrap();
        datagram
    }

    fn steepest(sound: &[i16]) -> i32 {
        let steps = sound.windows(2);
        let steps = steps.map(|it| (i32::from(it[1]) - i32::from(it[0])).abs());
        steps.max().unwrap()
    }

    // What the other side of a call hears: relayed, mixed, and relayed again.
    #[test]
    fn sound_goes_on_over_both_changes_without_a_click_or_a_gap() {
        let (mut phone, mut here, mut there, mut listener) = (leg(1), leg(2), leg(3), leg(4));
        let mut relay = Relay::default();
        let mut heard = Vec::new();
        let mut stamps = Vec::new();
        for n in 0..90_u32 {
            let now = Micros::from(n) * FRAME + 3_000;
            let mut out = Vec::new();
            let is_mixed = (30..60).contains(&n);
            if n == 30 {
                here.begin_listening(now);
                there.begin_speaking();
            }
            if n == 60 {
                relay = Relay::default();
                for (arrived, mut datagram) in here.end_listening(now) {
                    relay
                        .pass(now, arrived, 8, there.session_mut(), &mut datagram)
                        .unwrap();
                    out.push(datagram);
                }
            }
            let mut datagram = spoken(&mut phone, n);
            let packet = arrived(&mut here, now, &mut datagram);
            if is_mixed {
                // The frame comes before the packet of its time, as it may: it is made up once.
                let mut frame = Vec::new();
                here.listen(now, &mut frame);
                here.hold(now, &packet, &datagram);
                let mut said = Vec::new();
                there.speak(now, &frame, &mut said).unwrap();
                out.push(said);
            } else {
                here.pass_by(now, &packet, &datagram);
                relay
                    .pass(now, packet, 8, there.session_mut(), &mut datagram)
                    .unwrap();
                out.push(datagram);
            }
            for mut datagram in out {
                stamps.push(Stamp::read(&datagram).unwrap());
                let packet = arrived(&mut listener, now, &mut datagram);
                listener.hold(now, &packet, &datagram);
            }
            let mut frame = Vec::new();
            listener.listen(now, &mut frame);
            heard.extend(frame);
        }
        let calm = &heard[5 * 160..];
        assert!(steepest(calm) < 1_500, "{}", steepest(calm));
        for (n, frame) in calm.chunks_exact(160).enumerate() {
            let level = tone::amplitude(RATE, HERTZ, frame);
            assert!(level > 4_500.0, "frame {n}: {level}");
        }
        for pair in stamps.windows(2) {
            let [before, after] = pair else { continue };
            assert_eq!(after.sequence, before.sequence.wrapping_add(1));
            assert!(after.timestamp.wrapping_sub(before.timestamp) >= 160);
        }
        assert_eq!(here.n_concealed(), 1);
    }

    #[test]
    fn mix_that_begins_after_a_pause_begins_anew() {
        let (mut phone, mut here) = (leg(1), leg(2));
        let mut datagram = spoken(&mut phone, 0);
        let packet = arrived(&mut here, 0, &mut datagram);
        here.pass_by(0, &packet, &datagram);
        here.begin_listening(1_000_000);
        let mut frame = Vec::new();
        here.listen(1_000_000, &mut frame);
        assert_eq!(frame, vec![0; 160]);
        assert!(here.end_listening(1_000_000).is_empty());
    }

    // A re-INVITE: packets that were on their way are heard in the codec that they were spoken in.
    #[test]
    fn codec_changes_between_two_packets() {
        for (first, second) in [(Codec::Pcma, Codec::G722), (Codec::G722, Codec::Pcmu)] {
            let (mut phone, mut here) = (leg(1), leg(2));
            phone.change_payloads(Payloads::of(first)).unwrap();
            here.change_payloads(Payloads::of(first)).unwrap();
            let mut levels = Vec::new();
            for n in 0..80_u32 {
                let now = Micros::from(n) * FRAME;
                if n == 40 {
                    here.change_payloads(Payloads::of(second)).unwrap();
                }
                if n == 42 {
                    phone.change_payloads(Payloads::of(second)).unwrap();
                }
                let mut datagram = spoken(&mut phone, n);
                let packet = arrived(&mut here, now, &mut datagram);
                here.hold(now, &packet, &datagram);
                let mut frame = Vec::new();
                here.listen(now, &mut frame);
                levels.push(tone::amplitude(RATE, HERTZ, &frame));
            }
            assert!(levels[10..].iter().all(|it| *it > 3_000.0), "{levels:?}");
            assert_eq!((here.n_unknown(), here.n_concealed()), (0, 0));
        }
    }

    #[test]
    fn rate_of_the_mix_changes_between_two_frames() {
        let (mut phone, mut here) = (leg(1), leg(2));
        let mut levels = Vec::new();
        for n in 0..60_u32 {
            let now = Micros::from(n) * FRAME;
            let rate = if (20..40).contains(&n) { 16_000 } else { 8_000 };
            here.change_mix_rate(rate).unwrap();
            let mut datagram = spoken(&mut phone, n);
            let packet = arrived(&mut here, now, &mut datagram);
            here.hold(now, &packet, &datagram);
            let mut frame = Vec::new();
            here.listen(now, &mut frame);
            assert_eq!(frame.len(), usize::try_from(rate / 50).unwrap());
            levels.push(tone::amplitude(rate, HERTZ, &frame));
        }
        assert!(levels[10..].iter().all(|it| *it > 4_000.0), "{levels:?}");
        assert!(here.change_mix_rate(11_025).is_err());
    }
}
