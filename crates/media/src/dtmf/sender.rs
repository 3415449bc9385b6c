//! Sends one digit as RFC 4733 event packets: an update each packet time, then the end three times.

use super::{Digit, Event, Phase};
use crate::Error;
use crate::rtp::Marker;

/// RFC 4733 2.5.1.4: the final packet is sent three times in all, since its loss is costly.
const END_PACKETS: u8 = 3;
/// -10 dBm0, what telephones send.
const VOLUME: u8 = 10;

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
    timestamp: u32,
    step: u16,
    duration_total: u16,
    duration_sent: u16,
    n_ends: u8,
}

impl Sender {
    /// `duration` and `step` (the packet time) in timestamp units. A digit longer than 65535 units
    /// (8 s at 8 kHz) would need segments (RFC 4733 2.5.1.3); nobody presses that long, so it is refused.
    pub fn new(digit: Digit, timestamp: u32, duration: u32, step: u16) -> Result<Self, Error> {
        let duration_total = u16::try_from(duration)
            .ok()
            .ok_or(Error::Limit("digit duration"))?;
        if duration_total == 0 || step == 0 {
            return Err(Error::Malformed("digit duration of zero"));
        }
        Ok(Self {
            digit,
            timestamp,
            step,
            duration_total,
            duration_sent: 0,
            n_ends: 0,
        })
    }

    /// The next packet, or none when the digit is over.
    pub fn next_packet(&mut self) -> Option<EventPacket> {
        if self.n_ends == END_PACKETS {
            return None;
        }
        let marker = if self.duration_sent == 0 {
            Marker::Set
        } else {
            Marker::Clear
        };
        self.duration_sent = self
            .duration_sent
            .saturating_add(self.step)
            .min(self.duration_total);
        let is_over = self.duration_sent == self.duration_total;
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
    use crate::dtmf::{Digit, Phase};
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
        assert!(Sender::new(digit, 0, 65_536, 160).is_err());
    }
}
