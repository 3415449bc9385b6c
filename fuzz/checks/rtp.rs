//! What must hold for any datagram on a media port.

use std::net::SocketAddr;
use tandem_media::checkpoint::Reader;
use tandem_media::codec::Codec;
use tandem_media::dtmf::{Event, Receiver};
use tandem_media::g711::Law;
use tandem_media::ice;
use tandem_media::jitter::{Buffer, Settings};
use tandem_media::leg::{Leg, Payloads};
use tandem_media::noise::Noise;
use tandem_media::rtcp::Compound;
use tandem_media::rtp::{self, Packet};
use tandem_media::session::{self, Arrival, Protection};
use tandem_media::srtp::{self, Keys, Suite};

pub(crate) fn check(bytes: &[u8]) {
    check_protected(bytes);
    check_leg(bytes);
    check_way(bytes);
    if let Ok(compound) = Compound::parse(bytes) {
        assert!(rtp::is_rtcp(bytes) && compound.blocks.len() <= 31);
    }
    let is_rtcp = rtp::is_rtcp(bytes);
    let Ok(packet) = Packet::parse(bytes) else {
        return;
    };
    assert!(!is_rtcp || packet.payload_type >= 64);
    let written = packet.to_bytes().expect("what was read can be written");
    assert!(written.len() <= bytes.len(), "padding is all that goes");
    assert_eq!(
        Packet::parse(&written).as_ref(),
        Ok(&packet),
        "reads back the same"
    );

    if let Ok(event) = Event::parse(packet.payload) {
        assert_eq!(Event::parse(&event.to_bytes()), Ok(event));
    }
    let mut receiver = Receiver::default();
    for now in 0..2 {
        if receiver
            .handle_packet(now, packet.timestamp, packet.payload)
            .is_err()
        {
            break;
        }
    }
    if let Some((at, _)) = receiver.poll_timeout() {
        receiver.handle_timeout(at);
    }
    assert!(
        std::iter::from_fn(|| receiver.poll_event()).count() <= 2,
        "one press at most"
    );
    assert_eq!(receiver.poll_timeout(), None);

    let mut samples = Vec::new();
    Law::A.decode_into(packet.payload, &mut samples);
    assert_eq!(samples.len(), packet.payload.len());
    check_buffer(&packet);
}

/// Nobody makes a packet of a call without its key.
fn check_protected(bytes: &[u8]) {
    for suite in [
        Suite::AesCm128HmacSha1Tag80,
        Suite::AeadAes128Gcm,
        Suite::AeadAes256Gcm,
    ] {
        let keys = Keys::new(suite, &vec![7; suite.master_bytes()]).expect("of its length");
        let mut receiver = srtp::Receiver::new(&keys);
        assert!(receiver.open(&mut bytes.to_vec()).is_err());
        assert!(receiver.open_control(&mut bytes.to_vec()).is_err());
    }
}

/// Nobody without the password is answered, and no bytes are a checkpoint but those that were one.
fn check_way(bytes: &[u8]) {
    let ours = ice::Credentials::new("evtj", "VOkJxbRl1RmTxUk/WvJxBt").expect("of their lengths");
    let from = SocketAddr::from(([192, 0, 2, 1], 4_000));
    let mut answer = Vec::new();
    let outcome = ours.answer(from, bytes, &mut answer);
    assert!(outcome.is_err() && answer.is_empty());
    let mut reader = Reader::new(bytes);
    if let Ok(session) = session::Session::restore(&mut reader, 1, 1, 1, Vec::new()) {
        assert_eq!(session.counts(), session::Counts::default());
    }
}

/// Whatever comes, a leg hears frames of full length.
fn check_leg(bytes: &[u8]) {
    let settings = session::Settings {
        ssrc: 1,
        sequence: 1,
        timestamp: 1,
        name: String::new(),
        protection: Protection::None,
        expected: None,
        networks: Vec::new(),
    };
    let from = SocketAddr::from(([192, 0, 2, 1], 4_000));
    for codec in Codec::ALL {
        let payloads = Payloads {
            events: Some(101),
            noise: Some(13),
            ..Payloads::of(codec)
        };
        let mut leg = Leg::new(&settings, payloads, 16_000).expect("usual rates");
        for now in [0, 20_000, 60_000] {
            let mut datagram = bytes.to_vec();
            if let Ok(Arrival::Media(arrived)) = leg.receive(now, from, &mut datagram) {
                leg.hold(now, &arrived, &datagram);
            }
            let mut frame = Vec::new();
            leg.listen(now, &mut frame);
            assert_eq!(frame.len(), 320);
        }
    }
    if let Ok(mut noise) = Noise::parse(bytes) {
        let mut samples = Vec::new();
        noise.fill(160, &mut samples);
        assert_eq!(samples.len(), 160);
    }
}

/// The payload as a script of sequence numbers and arrival times.
fn check_buffer(packet: &Packet<'_>) {
    let mut buffer = Buffer::new(Settings::default());
    let mut now = 0;
    for step in packet.payload.chunks_exact(3) {
        now += i64::from(step[0]) * 1_000;
        let sequence = u16::from_be_bytes([step[1], step[2]]);
        let timestamp = packet.timestamp.wrapping_add(u32::from(sequence) * 160);
        buffer.handle_packet(now, sequence, timestamp, sequence);
        if step[0] & 1 == 0 {
            buffer.take(now);
        }
    }
    assert!((40_000..=200_000).contains(&buffer.delay()));
}
