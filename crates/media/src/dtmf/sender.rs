//! Sends one digit as RFC 4733 event packets: an update each packet time, then the end three times.

use super::{Digit, Event, Phase};
use crate::Error;
use crate::rtp::Marker;

/// RFC 4733 2.5.1.4: the final packet is sent three times in all, since its loss is costly.
const END_PACKETS: u8 = 3;
/// -10 dBm0, what telephones send.
const VOLUME: u8 = 10;
/// A minute: nobody presses longer.
const DURATION_MAX: u32 = 480_000;

/// What goes into one RTP packet; the caller gives it the next sequence number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventPacket {
    /// Set on the first packet of an event only (RFC 4733 2.5.1.2).
    pub marker: Marker,
    /// The start of the event, the same on all of its packets.
    pub timestamp: u32,
    pub event: Event,
}

/// One digit on its way out; ask for a packet once per packet time.
#[derive(Debug, Clone)]
pub struct Sender {
    digit: Digit,
    /// Of the segment.
    timestamp: u32,
    step: u16,
    /// What the segments after this one hold is in it.
    duration_left: u32,
    /// Of the segment.
    duration_sent: u16,
    is_first: bool,
    n_ends: u8,
}

impl Sender {
    /// `duration` and `step` (the packet time) in timestamp units. A digit longer than 65535 units
    /// (8 s at 8 kHz) is sent in segments (RFC 4733 2.5.1.3).
    pub fn new(digit: Digit, timestamp: u32, duration: u32, step: u16) -> Result<Self, Error> {
        if duration > DURATION_MAX {
            return Err(Error::Limit("digit duration"));
        }
        if duration == 0 || step == 0 {
            return Err(Error::Malformed("digit duration of zero"));
        }
        Ok(Self {
            digit,
            timestamp,
            step,
            duration_left: duration,
            duration_sent: 0,
            is_first: true,
            n_ends: 0,
        })
    }

    /// The next packet, or none when the digit is over.
    pub fn next_packet(&mut self) -> Option<EventPacket> {
        if self.n_ends == END_PACKETS {
            return None;
        }
        let marker = if self.is_first {
            Marker::Set
        } else {
            Marker::Clear
        };
        self.is_first = false;
        if self.duration_sent == u16::MAX && self.duration_left > u32::from(u16::MAX) {
            // The segment is full: the next one begins where it ends.
            self.timestamp = self.timestamp.wrapping_add(u32::from(u16::MAX));
            self.duration_left -= u32::from(u16::MAX);
            self.duration_sent = 0;
        }
        let segment = u16::try_from(self.duration_left).unwrap_or(u16::MAX);
        self.duration_sent = self.duration_sent.saturating_add(self.step).min(segment);
        let is_over = u32::from(self.duration_sent) == self.duration_left;
        let phase = if is_over {
            Phase::Ended
        } else {
            Phase::Ongoing
        };
        if is_over {
            self.n_ends += 1;
        }
        let event = Event {
            code: self.digit.code(),
            phase,
            volume: VOLUME,
            duration: self.duration_sent,
        };
        Some(EventPacket {
            marker,
            timestamp: self.timestamp,
            event,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Sender;
    use crate::dtmf::{Digit, Phase, Received, Receiver};
    use crate::rtp::Marker;

    #[test]
    fn a_digit_is_updates_then_its_end_three_times() {
        let digit = Digit::from_char('5').unwrap();
        let mut sender = Sender::new(digit, 9_000, 800, 160).unwrap();
        let packets: Vec<_> = std::iter::from_fn(|| sender.next_packet()).collect();
        let durations: Vec<u16> = packets.iter().map(|packet| packet.event.duration).collect();
        assert_eq!(durations, [160, 320, 480, 640, 800, 800, 800]);
        let n_ends = packets
            .iter()
            .filter(|packet| packet.event.phase == Phase::Ended)
            .count();
        assert_eq!(n_ends, 3);
        let markers: Vec<bool> = packets
            .iter()
            .map(|packet| packet.marker == Marker::Set)
            .collect();
        assert_eq!(markers, [true, false, false, false, false, false, false]);
        assert!(packets.iter().all(|packet| packet.timestamp == 9_000));
    }

    #[test]
    fn a_digit_shorter_than_a_packet_is_only_ends() {
        let digit = Digit::from_char('#').unwrap();
        let mut sender = Sender::new(digit, 0, 100, 160).unwrap();
        let packets: Vec<_> = std::iter::from_fn(|| sender.next_packet()).collect();
        assert_eq!(packets.len(), 3);
        assert!(packets.iter().all(|packet| packet.event.duration == 100));
    }

    #[test]
    fn durations_that_cannot_be_sent_are_refused() {
        let digit = Digit::from_char('1').unwrap();
        assert!(Sender::new(digit, 0, 0, 160).is_err());
        assert!(Sender::new(digit, 0, 800, 0).is_err());
        assert!(Sender::new(digit, 0, 480_001, 160).is_err());
    }

    // RFC 4733 2.5.1.3
    #[test]
    fn a_long_digit_goes_on_in_segments_of_one_press() {
        let digit = Digit::from_char('9').unwrap();
        let (first, second) = (u32::MAX - 10, u32::from(u16::MAX) - 11);
        let mut sender = Sender::new(digit, first, 70_000, 160).unwrap();
        let packets: Vec<_> = std::iter::from_fn(|| sender.next_packet()).collect();
        let full = packets.iter().position(|it| it.event.duration == u16::MAX);
        let full = full.unwrap();
        assert!(packets[..=full].iter().all(|it| it.timestamp == first));
        assert!(packets[full + 1..].iter().all(|it| it.timestamp == second));
        assert_eq!(packets[full].event.phase, Phase::Ongoing);
        let last = packets.last().unwrap().event;
        assert_eq!((last.duration, last.phase), (4_465, Phase::Ended));
        let markers = packets.iter().filter(|it| it.marker == Marker::Set);
        assert_eq!(markers.count(), 1);
        let mut receiver = Receiver::default();
        for packet in &packets {
            let payload = packet.event.to_bytes();
            receiver
                .handle_packet(0, packet.timestamp, &payload)
                .unwrap();
        }
        let facts: Vec<_> = std::iter::from_fn(|| receiver.poll_event()).collect();
        let ended = Received::Ended {
            digit,
            duration: 70_000,
        };
        assert_eq!(facts, [Received::Started(digit), ended]);
    }
}
