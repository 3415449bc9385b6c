//! What must hold for any datagram on a media port.

use tandem_media::dtmf::{Event, Receiver};
use tandem_media::g711::Law;
use tandem_media::jitter::{Buffer, Settings};
use tandem_media::rtp::{self, Packet};

pub(crate) fn check(bytes: &[u8]) {
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
