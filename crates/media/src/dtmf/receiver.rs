//! Receives RFC 4733 events: each press is reported once, however often its packets are repeated,
//! lost or reordered. An event is known by its timestamp (RFC 4733 2.5.2.2).

use super::{Digit, Event, Phase};
use crate::rtp::timestamp_is_after;
use crate::{Error, Micros};
use std::collections::VecDeque;

/// An event without packets for this long has ended, its end packets being lost. RFC 4733 2.5.2.2
/// asks for at least three packet times; half of a short pause between digits is on the safe side.
const LOST_END: Micros = 100_000;
/// Facts waiting for the caller; a flood beyond this is dropped, oldest first.
const RECEIVED_MAX: usize = 32;

/// A fact about a press.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Received {
    /// Reported at the first packet seen, so that a prompt stops at once.
    Started(Digit),
    /// `duration` in timestamp units, the longest seen.
    Ended { digit: Digit, duration: u32 },
}

#[derive(Debug, Clone, Copy)]
struct Current {
    digit: Digit,
    /// Of the last segment; older packets are repetitions.
    timestamp: u32,
    duration_before: u32,
    duration: u16,
    /// When the last packet came, while it lasts.
    ongoing_since: Option<Micros>,
}

/// The event stream of one source at a time.
#[derive(Debug, Clone, Default)]
pub struct Receiver {
    current: Option<Current>,
    received: VecDeque<Received>,
}

impl Receiver {
    /// A packet of the telephone-event payload type. Events that are no digits (fax, line states)
    /// are an `Unsupported` error, to be ignored.
    pub fn handle_packet(
        &mut self,
        now: Micros,
        timestamp: u32,
        payload: &[u8],
    ) -> Result<(), Error> {
        let event = Event::parse(payload)?;
        let digit = Digit::from_code(event.code)?;
        match &mut self.current {
            Some(current) if current.timestamp == timestamp => {
                // A corrupted repetition does not turn one digit into another.
                if current.digit == digit {
                    Self::go_on(current, now, event, &mut self.received);
                }
            }
            Some(current) if is_next_segment(current, timestamp, digit) => {
                current.duration_before += u32::from(current.duration);
                current.timestamp = timestamp;
                current.duration = 0;
                Self::go_on(current, now, event, &mut self.received);
            }
            Some(current) if !timestamp_is_after(timestamp, current.timestamp) => {}
            Some(_) | None => self.start(now, timestamp, digit, event),
        }
        Ok(())
    }

    /// The timestamps of another source mean nothing beside those before; a press that went on has ended.
    pub fn begin_source(&mut self) {
        if let Some(mut current) = self.current.take()
            && current.ongoing_since.is_some()
        {
            Self::end(&mut current, &mut self.received);
        }
    }

    /// Ends an event whose end packets were all lost.
    pub fn handle_timeout(&mut self, now: Micros) {
        let Some(current) = &mut self.current else {
            return;
        };
        if current
            .ongoing_since
            .is_some_and(|since| now - since >= LOST_END)
        {
            Self::end(current, &mut self.received);
        }
    }

    /// When and why to be woken.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<(Micros, &'static str)> {
        let since = self.current.as_ref()?.ongoing_since?;
        Some((since + LOST_END, "end of a digit is lost"))
    }

    /// The next fact.
    pub fn poll_event(&mut self) -> Option<Received> {
        self.received.pop_front()
    }

    fn start(&mut self, now: Micros, timestamp: u32, digit: Digit, event: Event) {
        if let Some(current) = &mut self.current
            && current.ongoing_since.is_some()
        {
            Self::end(current, &mut self.received);
        }
        push(&mut self.received, Received::Started(digit));
        let mut current = Current {
            digit,
            timestamp,
            duration_before: 0,
            duration: 0,
            ongoing_since: Some(now),
        };
        Self::go_on(&mut current, now, event, &mut self.received);
        self.current = Some(current);
    }

    fn go_on(current: &mut Current, now: Micros, event: Event, received: &mut VecDeque<Received>) {
        if current.ongoing_since.is_none() {
            return;
        }
        current.duration = current.duration.max(event.duration);
        current.ongoing_since = Some(now);
        match event.phase {
            Phase::Ongoing => {}
            Phase::Ended => Self::end(current, received),
        }
    }

    fn end(current: &mut Current, received: &mut VecDeque<Received>) {
        current.ongoing_since = None;
        let duration = current.duration_before + u32::from(current.duration);
        push(
            received,
            Received::Ended {
                digit: current.digit,
                duration,
            },
        );
    }
}

/// RFC 4733 2.5.1.3: an event longer than the duration field goes on in a segment that starts
/// where the last one ended.
fn is_next_segment(current: &Current, timestamp: u32, digit: Digit) -> bool {
    current.digit == digit
        && current.ongoing_since.is_some()
        && current.duration == u16::MAX
        && timestamp == current.timestamp.wrapping_add(u32::from(u16::MAX))
}

fn push(received: &mut VecDeque<Received>, fact: Received) {
    if received.len() == RECEIVED_MAX {
        received.pop_front();
    }
    received.push_back(fact);
}

#[cfg(test)]
mod tests {
    use super::{Received, Receiver};
    use crate::dtmf::{Digit, EventPacket, Sender};
    use crate::{Error, Micros};
    use proptest::prelude::*;

    fn packets(digits: &str) -> Vec<EventPacket> {
        let mut all = Vec::new();
        let mut timestamp = u32::MAX - 3_000;
        for character in digits.chars() {
            let digit = Digit::from_char(character).expect("a digit");
            let mut sender = Sender::new(digit, timestamp, 800, 160).expect("a usual length");
            all.extend(std::iter::from_fn(|| sender.next_packet()));
            timestamp = timestamp.wrapping_add(1_600);
        }
        all
    }

    fn pressed(receiver: &mut Receiver) -> String {
        std::iter::from_fn(|| receiver.poll_event())
            .filter_map(|fact| match fact {
                Received::Started(digit) => Some(digit.as_char()),
                Received::Ended { .. } => None,
            })
            .collect()
    }

    fn receive(receiver: &mut Receiver, packets: &[EventPacket]) -> String {
        let mut all = String::new();
        for (n, packet) in packets.iter().enumerate() {
            let now = 20_000 * Micros::try_from(n).expect("few");
            let payload = packet.event.to_bytes();
            receiver
                .handle_packet(now, packet.timestamp, &payload)
                .expect("a digit");
            all.push_str(&pressed(receiver));
        }
        all
    }

    #[test]
    fn each_press_is_reported_once() {
        assert_eq!(
            receive(&mut Receiver::default(), &packets("1122#")),
            "1122#"
        );
    }

    #[test]
    fn one_packet_of_seven_is_enough() {
        for kept in 0..7 {
            let some: Vec<EventPacket> = packets("90*")
                .into_iter()
                .enumerate()
                .filter(|(n, _)| n % 7 == kept)
                .map(|(_, packet)| packet)
                .collect();
            assert_eq!(
                receive(&mut Receiver::default(), &some),
                "90*",
                "packet {kept}"
            );
        }
    }

    #[test]
    fn packets_of_an_older_press_are_not_a_new_one() {
        let mut all = packets("12");
        let late = all[6];
        all.push(late);
        assert_eq!(receive(&mut Receiver::default(), &all), "12");
    }

    #[test]
    fn start_and_end_are_told_with_the_length() {
        let mut receiver = Receiver::default();
        let all = packets("7");
        let digit = Digit::from_char('7').unwrap();
        receiver
            .handle_packet(0, 5, &all[0].event.to_bytes())
            .unwrap();
        assert_eq!(receiver.poll_event(), Some(Received::Started(digit)));
        assert_eq!(receiver.poll_event(), None);
        receiver
            .handle_packet(80_000, 5, &all[4].event.to_bytes())
            .unwrap();
        assert_eq!(
            receiver.poll_event(),
            Some(Received::Ended {
                digit,
                duration: 800
            })
        );
        assert_eq!(receiver.poll_timeout(), None);
    }

    #[test]
    fn a_press_whose_end_is_lost_ends_by_time() {
        let mut receiver = Receiver::default();
        let digit = Digit::from_char('1').unwrap();
        receiver
            .handle_packet(1_000, 5, &packets("1")[2].event.to_bytes())
            .unwrap();
        let (when, reason) = receiver.poll_timeout().unwrap();
        assert_eq!((when, reason), (101_000, "end of a digit is lost"));
        receiver.handle_timeout(when - 1);
        assert_eq!(pressed(&mut receiver), "1");
        receiver.handle_timeout(when);
        assert_eq!(
            receiver.poll_event(),
            Some(Received::Ended {
                digit,
                duration: 480
            })
        );
    }

    #[test]
    fn a_very_long_press_in_segments_is_one_press() {
        let mut receiver = Receiver::default();
        let digit = Digit::from_char('3').unwrap();
        receiver
            .handle_packet(0, 1_000, &[3, 10, 0xFF, 0xFF])
            .unwrap();
        receiver
            .handle_packet(20_000, 1_000 + 0xFFFF, &[3, 0x8A, 0, 160])
            .unwrap();
        let facts: Vec<Received> = std::iter::from_fn(|| receiver.poll_event()).collect();
        let ended = Received::Ended {
            digit,
            duration: 0xFFFF + 160,
        };
        assert_eq!(facts, [Received::Started(digit), ended]);
    }

    #[test]
    fn the_same_digit_from_another_source_is_another_press() {
        let mut receiver = Receiver::default();
        receiver.handle_packet(0, 5_000, &[3, 10, 0, 160]).unwrap();
        receiver.begin_source();
        receiver.handle_packet(0, 5, &[3, 10, 0, 160]).unwrap();
        assert_eq!(pressed(&mut receiver), "33");
    }

    #[test]
    fn events_that_are_no_digits_are_refused_and_change_nothing() {
        let mut receiver = Receiver::default();
        let refused = receiver.handle_packet(0, 5, &[36, 0, 0, 0]);
        assert!(matches!(refused, Err(Error::Unsupported(_))));
        assert!(receiver.handle_packet(0, 5, &[1]).is_err());
        assert_eq!(receiver.poll_event(), None);
    }

    #[test]
    fn a_flood_of_presses_is_bounded() {
        let mut receiver = Receiver::default();
        for n in 0..10_000_u32 {
            receiver.handle_packet(0, n, &[1, 0x8A, 0, 160]).unwrap();
        }
        assert!(std::iter::from_fn(|| receiver.poll_event()).count() <= super::RECEIVED_MAX);
    }

    proptest! {
        #[test]
        fn any_digits_survive_loss_that_leaves_one_packet_each(
            digits in "[0-9A-D*#]{1,20}",
            kept in proptest::collection::vec(1_u8..128, 20),
        ) {
            let some: Vec<EventPacket> = packets(&digits)
                .into_iter()
                .enumerate()
                .filter(|(n, _)| kept[n / 7] & (1 << (n % 7)) != 0)
                .map(|(_, packet)| packet)
                .collect();
            prop_assert_eq!(receive(&mut Receiver::default(), &some), digits);
        }
    }
}
