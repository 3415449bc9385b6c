//! Passes packets of one leg on to another that speaks the same codec: no decoding, no mixing, no delay. Gaps and
//! order stay as they are, so that the other side sees what was lost; the source, its numbers and everything in the
//! header but the payload type are ours.

use crate::rtp::Marker;
use crate::session::{Arrived, Session, SourceChange};
use crate::{Error, Micros};

/// One direction between two legs.
#[derive(Debug, Clone, Default)]
pub struct Relay {
    offsets: Option<Offsets>,
}

#[derive(Debug, Clone, Copy)]
struct Offsets {
    sequence: u16,
    timestamp: u32,
}

impl Relay {
    /// Turns a datagram that arrived on one leg into the one that is sent on the other.
    pub fn pass(
        &mut self,
        now: Micros,
        arrived: Arrived,
        payload_type: u8,
        to: &mut Session,
        datagram: &mut Vec<u8>,
    ) -> Result<(), Error> {
        let mut stamp = arrived.stamp;
        let offsets = match (self.offsets, arrived.source) {
            (Some(offsets), SourceChange::Same) => offsets,
            (None, _) | (Some(_), SourceChange::New) => {
                let (sequence, timestamp) = to.next(now);
                // RFC 3551 4.1: the first packet of a talk spurt is marked.
                stamp.marker = Marker::Set;
                let offsets = Offsets {
                    sequence: sequence.wrapping_sub(stamp.sequence),
                    timestamp: timestamp.wrapping_sub(stamp.timestamp),
                };
                self.offsets = Some(offsets);
                offsets
            }
        };
        stamp.sequence = stamp.sequence.wrapping_add(offsets.sequence);
        stamp.timestamp = stamp.timestamp.wrapping_add(offsets.timestamp);
        stamp.payload_type = payload_type;
        to.forward(now, stamp, arrived.payload, datagram)
    }

    /// Something else was sent in between: the next packet is joined to that.
    pub const fn interrupt(&mut self) {
        self.offsets = None;
    }
}
