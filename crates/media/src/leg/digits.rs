//! The digits of one leg, both ways (RFC 4733).

use crate::codec::CLOCK_RATE;
use crate::dtmf::{Digit, EventPacket, Received, Receiver, Sender};
use crate::{Error, Micros};
use std::collections::VecDeque;

/// Digits that wait to be sent; an account number and a pin have fewer.
const WAITING_MAX: usize = 64;
/// Frames without a digit between two: 80 ms, twice the least that receivers have to tell apart (ITU-T Q.24).
const GAP_FRAMES: u32 = 4;
/// RTP clock ticks between two packets of one digit.
const STEP_TICKS: u16 = 160;

#[derive(Debug, Default)]
pub(super) struct Digits {
    receiver: Receiver,
    waiting: VecDeque<(Digit, u32)>,
    sending: Option<Sender>,
    gap_frames: u32,
}

impl Digits {
    /// An event packet; what is no digit is ignored.
    pub(super) fn receive(&mut self, now: Micros, timestamp: u32, payload: &[u8]) {
        match self.receiver.handle_packet(now, timestamp, payload) {
            Ok(()) | Err(_) => {}
        }
    }

    pub(super) fn begin_source(&mut self) {
        self.receiver.begin_source();
    }

    pub(super) fn send(&mut self, digit: Digit, length: Micros) -> Result<(), Error> {
        if self.waiting.len() == WAITING_MAX {
            return Err(Error::Limit("digits that wait to be sent"));
        }
        let ticks = u32::try_from(length * Micros::from(CLOCK_RATE) / 1_000_000)
            .or(Err(Error::Malformed("digit duration")))?;
        // Whether it can be sent at all is found out now, not when it is its turn.
        Sender::new(digit, 0, ticks, STEP_TICKS)?;
        self.waiting.push_back((digit, ticks));
        Ok(())
    }

    pub(super) fn is_sending(&self) -> bool {
        self.sending.is_some() || !self.waiting.is_empty()
    }

    /// The packet of the frame at that timestamp, if a digit is being sent.
    pub(super) fn next(&mut self, timestamp: u32) -> Option<EventPacket> {
        if let Some(packet) = self.sending.as_mut().and_then(Sender::next_packet) {
            return Some(packet);
        }
        if self.sending.take().is_some() {
            self.gap_frames = GAP_FRAMES;
        }
        if self.gap_frames > 0 {
            self.gap_frames -= 1;
            return None;
        }
        let (digit, ticks) = self.waiting.pop_front()?;
        self.sending = Sender::new(digit, timestamp, ticks, STEP_TICKS).ok();
        self.sending.as_mut()?.next_packet()
    }

    pub(super) fn poll(&mut self) -> Option<Received> {
        self.receiver.poll_event()
    }

    pub(super) fn poll_timeout(&self) -> Option<(Micros, &'static str)> {
        self.receiver.poll_timeout()
    }

    pub(super) fn handle_timeout(&mut self, now: Micros) {
        self.receiver.handle_timeout(now);
    }
}
