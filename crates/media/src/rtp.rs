//! RTP packets (RFC 3550 section 5): parse from and write to datagrams, and follow the 16-bit
//! sequence number (appendix A.1). It must not know codecs, sockets or encryption.

use crate::Error;

/// Larger datagrams cannot come from an Ethernet path with 20 ms audio; they are refused.
pub const PACKET_BYTES_MAX: usize = 2_048;
/// The fixed header.
pub const HEADER_BYTES: usize = 12;
const CSRC_MAX: usize = 15;

/// One RTP packet, its payload and extension borrowed from the datagram.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packet<'a> {
    pub marker: Marker,
    /// 7 bits.
    pub payload_type: u8,
    pub sequence: u16,
    pub timestamp: u32,
    pub ssrc: u32,
    /// At most 15.
    pub csrcs: Vec<u32>,
    pub extension: Option<Extension<'a>>,
    pub payload: &'a [u8],
}

/// The marker bit: for audio, the first packet after silence (RFC 3551 4.1) or of a DTMF event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Marker {
    Set,
    Clear,
}

/// A header extension (RFC 3550 5.3.1): whole 32-bit words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extension<'a> {
    pub profile: u16,
    pub data: &'a [u8],
}

/// Whether a datagram on a port shared by RTP and RTCP is RTCP (RFC 5761 section 4).
#[must_use]
pub fn is_rtcp(datagram: &[u8]) -> bool {
    matches!(datagram, [first, 192..=223, ..] if first >> 6 == 2)
}

impl<'a> Packet<'a> {
    /// Reads a datagram. Padding is removed (RFC 3550 5.1).
    pub fn parse(datagram: &'a [u8]) -> Result<Self, Error> {
        if datagram.len() > PACKET_BYTES_MAX {
            return Err(Error::Limit("RTP packet length"));
        }
        let stamp = Stamp::read(datagram)?;
        let (fixed, mut rest) = datagram.split_at(HEADER_BYTES);
        let flags = fixed[0];
        let mut csrcs = Vec::new();
        for _ in 0..flags & 0x0F {
            let (csrc, after) = rest
                .split_first_chunk::<4>()
                .ok_or(Error::Truncated("RTP contributing sources"))?;
            csrcs.push(u32::from_be_bytes(*csrc));
            rest = after;
        }
        let mut extension = None;
        if flags & 0x10 != 0 {
            let ([p0, p1, l0, l1], after) = rest
                .split_first_chunk::<4>()
                .ok_or(Error::Truncated("RTP extension header"))?;
            let length = usize::from(u16::from_be_bytes([*l0, *l1])) * 4;
            let (data, after) = after
                .split_at_checked(length)
                .ok_or(Error::Truncated("RTP extension"))?;
            extension = Some(Extension {
                profile: u16::from_be_bytes([*p0, *p1]),
                data,
            });
            rest = after;
        }
        if flags & 0x20 != 0 {
            let padding = usize::from(*rest.last().ok_or(Error::Truncated("RTP padding"))?);
            if padding == 0 {
                return Err(Error::Malformed("RTP padding of zero"));
            }
            let kept = rest
                .len()
                .checked_sub(padding)
                .ok_or(Error::Malformed("RTP padding"))?;
            rest = rest.split_at(kept).0;
        }
        Ok(Self {
            marker: stamp.marker,
            payload_type: stamp.payload_type,
            sequence: stamp.sequence,
            timestamp: stamp.timestamp,
            ssrc: stamp.ssrc,
            csrcs,
            extension,
            payload: rest,
        })
    }

    /// Writes the packet, without padding, into an emptied buffer.
    pub fn write_into(&self, datagram: &mut Vec<u8>) -> Result<(), Error> {
        datagram.clear();
        if self.payload_type > 0x7F {
            return Err(Error::Malformed("RTP payload type"));
        }
        if self.csrcs.len() > CSRC_MAX {
            return Err(Error::Limit("RTP contributing sources"));
        }
        let n_csrcs = u8::try_from(self.csrcs.len())
            .ok()
            .ok_or(Error::Limit("RTP contributing sources"))?;
        let extension_bit = if self.extension.is_some() { 0x10 } else { 0 };
        datagram.push(0x80 | extension_bit | n_csrcs);
        datagram.push(self.payload_type | if self.marker == Marker::Set { 0x80 } else { 0 });
        datagram.extend(self.sequence.to_be_bytes());
        datagram.extend(self.timestamp.to_be_bytes());
        datagram.extend(self.ssrc.to_be_bytes());
        for csrc in &self.csrcs {
            datagram.extend(csrc.to_be_bytes());
        }
        if let Some(extension) = &self.extension {
            if !extension.data.len().is_multiple_of(4) {
                return Err(Error::Malformed("RTP extension is not whole words"));
            }
            let n_words = u16::try_from(extension.data.len() / 4)
                .ok()
                .ok_or(Error::Limit("RTP extension"))?;
            datagram.extend(extension.profile.to_be_bytes());
            datagram.extend(n_words.to_be_bytes());
            datagram.extend(extension.data);
        }
        datagram.extend(self.payload);
        if datagram.len() > PACKET_BYTES_MAX {
            return Err(Error::Limit("RTP packet length"));
        }
        Ok(())
    }

    /// The packet as bytes.
    pub fn to_bytes(&self) -> Result<Vec<u8>, Error> {
        let mut datagram = Vec::with_capacity(HEADER_BYTES + self.payload.len());
        self.write_into(&mut datagram)?;
        Ok(datagram)
    }
}

/// Where the payload begins: behind the fixed header, the contributing sources and the extension. Nothing behind
/// it is looked at, so it holds for encrypted packets too (RFC 3711 3.1).
pub fn payload_at(datagram: &[u8]) -> Result<usize, Error> {
    let (fixed, rest) = datagram
        .split_first_chunk::<HEADER_BYTES>()
        .ok_or(Error::Truncated("RTP header"))?;
    if fixed[0] >> 6 != 2 {
        return Err(Error::Malformed("RTP version"));
    }
    let csrc_bytes = usize::from(fixed[0] & 0x0F) * 4;
    let after = rest
        .get(csrc_bytes..)
        .ok_or(Error::Truncated("RTP contributing sources"))?;
    let at = HEADER_BYTES + csrc_bytes;
    if fixed[0] & 0x10 == 0 {
        return Ok(at);
    }
    let ([_, _, l0, l1], after) = after
        .split_first_chunk::<4>()
        .ok_or(Error::Truncated("RTP extension header"))?;
    let length = usize::from(u16::from_be_bytes([*l0, *l1])) * 4;
    if after.len() < length {
        return Err(Error::Truncated("RTP extension"));
    }
    Ok(at + 4 + length)
}

/// What a packet says of itself in the fixed header: read before it is decrypted, and written anew where it is
/// passed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    pub marker: Marker,
    /// 7 bits.
    pub payload_type: u8,
    pub sequence: u16,
    pub timestamp: u32,
    pub ssrc: u32,
}

impl Stamp {
    pub fn read(datagram: &[u8]) -> Result<Self, Error> {
        let fixed = datagram
            .first_chunk::<HEADER_BYTES>()
            .ok_or(Error::Truncated("RTP header"))?;
        let [flags, kind, s0, s1, t0, t1, t2, t3, r0, r1, r2, r3] = *fixed;
        if flags >> 6 != 2 {
            return Err(Error::Malformed("RTP version"));
        }
        Ok(Self {
            marker: if kind & 0x80 == 0 {
                Marker::Clear
            } else {
                Marker::Set
            },
            payload_type: kind & 0x7F,
            sequence: u16::from_be_bytes([s0, s1]),
            timestamp: u32::from_be_bytes([t0, t1, t2, t3]),
            ssrc: u32::from_be_bytes([r0, r1, r2, r3]),
        })
    }

    /// A header of its own, without sources and extension, in front of what is appended next.
    pub fn begin(self, datagram: &mut Vec<u8>) {
        datagram.clear();
        datagram.extend([0; HEADER_BYTES]);
        self.write_over(datagram);
    }

    /// Puts this header in front of a payload that lies in a packet with another one; what else that had is gone.
    pub(crate) fn take_over(self, datagram: &mut Vec<u8>, payload: std::ops::Range<usize>) {
        datagram.truncate(payload.end);
        if payload.start > HEADER_BYTES {
            datagram.drain(HEADER_BYTES..payload.start.min(datagram.len()));
        }
        self.write_over(datagram);
    }

    /// Puts these fields where others stand; the rest of the packet stays as it is.
    fn write_over(self, datagram: &mut [u8]) {
        let Some(fixed) = datagram.first_chunk_mut::<HEADER_BYTES>() else {
            return;
        };
        let [s0, s1] = self.sequence.to_be_bytes();
        let [t0, t1, t2, t3] = self.timestamp.to_be_bytes();
        let [r0, r1, r2, r3] = self.ssrc.to_be_bytes();
        let marker = if self.marker == Marker::Set { 0x80 } else { 0 };
        let kind = marker | (self.payload_type & 0x7F);
        *fixed = [0x80, kind, s0, s1, t0, t1, t2, t3, r0, r1, r2, r3];
    }
}

/// Whether RTP timestamp `a` is after `b` on the 32-bit circle.
#[must_use]
pub const fn timestamp_is_after(a: u32, b: u32) -> bool {
    let distance = a.wrapping_sub(b);
    distance != 0 && distance < 0x8000_0000
}

/// Follows the 16-bit sequence number of one source and extends it to 64 bits (RFC 3550 A.1).
#[derive(Debug, Clone, Default)]
pub struct SequenceTracker {
    highest: Option<i64>,
    /// Where a restarted source would continue: two packets in a row prove a restart.
    suspect: Option<u16>,
}

/// Where a packet stands in its source's sequence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The extended sequence number; it may be older than others already seen.
    At(i64),
    /// Too far off to be reordering; believed only if the next one follows it.
    Suspect,
    /// The source has started again at this number; forget what was before.
    Restarted(i64),
}

impl SequenceTracker {
    const DROPOUT_MAX: i64 = 3_000;
    const MISORDER_MAX: i64 = 100;

    /// Places one packet.
    pub fn place(&mut self, sequence: u16) -> Place {
        let Some(highest) = self.highest else {
            // One cycle of headroom, so that packets before the first have positive numbers.
            let first = 0x1_0000 + i64::from(sequence);
            self.highest = Some(first);
            return Place::At(first);
        };
        let low = i64::from(sequence);
        let base = highest - highest.rem_euclid(0x1_0000);
        let nearest = [base - 0x1_0000 + low, base + low, base + 0x1_0000 + low]
            .into_iter()
            .min_by_key(|candidate| (candidate - highest).abs())
            .unwrap_or(base + low);
        let ahead = nearest - highest;
        if (-Self::MISORDER_MAX..Self::DROPOUT_MAX).contains(&ahead) {
            self.highest = Some(highest.max(nearest));
            self.suspect = None;
            return Place::At(nearest);
        }
        if self.suspect == Some(sequence) {
            // A fresh cycle far above everything seen, so that order stays total.
            let restarted = base + 0x2_0000 + low;
            self.highest = Some(restarted);
            self.suspect = None;
            return Place::Restarted(restarted);
        }
        self.suspect = Some(sequence.wrapping_add(1));
        Place::Suspect
    }
}

#[cfg(test)]
mod tests {
    use super::{Extension, Marker, Packet, Place, SequenceTracker, is_rtcp, timestamp_is_after};
    use crate::Error;

    fn plain(payload: &[u8]) -> Packet<'_> {
        Packet {
            marker: Marker::Set,
            payload_type: 101,
            sequence: 0xFFFE,
            timestamp: 0x0102_0304,
            ssrc: 0xDEAD_BEEF,
            csrcs: Vec::new(),
            extension: None,
            payload,
        }
    }

    #[test]
    fn header_fields_stand_where_rfc_3550_puts_them() {
        let bytes = plain(&[7, 8]).to_bytes().unwrap();
        assert_eq!(
            bytes,
            [
                0x80, 0xE5, 0xFF, 0xFE, 1, 2, 3, 4, 0xDE, 0xAD, 0xBE, 0xEF, 7, 8
            ]
        );
        assert_eq!(Packet::parse(&bytes).unwrap(), plain(&[7, 8]));
    }

    #[test]
    fn contributing_sources_and_extension_survive() {
        let mut packet = plain(&[1]);
        packet.csrcs = vec![1, 2, 3];
        packet.extension = Some(Extension {
            profile: 0xBEDE,
            data: &[1, 2, 3, 4, 5, 6, 7, 8],
        });
        let bytes = packet.to_bytes().unwrap();
        assert_eq!(Packet::parse(&bytes).unwrap(), packet);
    }

    #[test]
    fn padding_is_removed() {
        let mut bytes = plain(&[9]).to_bytes().unwrap();
        bytes[0] |= 0x20;
        bytes.extend([0, 0, 3]);
        assert_eq!(Packet::parse(&bytes).unwrap().payload, [9]);
    }

    #[test]
    fn every_truncation_and_lie_is_refused_with_its_reason() {
        let mut packet = plain(&[]);
        packet.csrcs = vec![1];
        packet.extension = Some(Extension {
            profile: 1,
            data: &[0; 4],
        });
        let bytes = packet.to_bytes().unwrap();
        for length in 0..bytes.len() {
            assert!(matches!(
                Packet::parse(&bytes[..length]),
                Err(Error::Truncated(_))
            ));
        }
        let mut version = bytes;
        version[0] = 0x40;
        assert_eq!(
            Packet::parse(&version),
            Err(Error::Malformed("RTP version"))
        );
        let mut padding = plain(&[200]).to_bytes().unwrap();
        padding[0] |= 0x20;
        assert_eq!(
            Packet::parse(&padding),
            Err(Error::Malformed("RTP padding"))
        );
        assert_eq!(
            Packet::parse(&[0x80; 4_000]),
            Err(Error::Limit("RTP packet length"))
        );
    }

    #[test]
    fn what_cannot_be_written_is_refused() {
        let mut packet = plain(&[]);
        packet.payload_type = 128;
        assert!(packet.to_bytes().is_err());
        let mut packet = plain(&[]);
        packet.csrcs = vec![0; 16];
        assert!(packet.to_bytes().is_err());
        let mut packet = plain(&[]);
        packet.extension = Some(Extension {
            profile: 1,
            data: &[0; 3],
        });
        assert!(packet.to_bytes().is_err());
    }

    #[test]
    fn rtcp_on_the_same_port_is_told_apart() {
        assert!(is_rtcp(&[0x80, 200, 0, 6]));
        assert!(is_rtcp(&[0x81, 203]));
        assert!(!is_rtcp(&plain(&[]).to_bytes().unwrap()));
        assert!(!is_rtcp(&[0x80]));
    }

    #[test]
    fn sequence_numbers_go_on_across_the_wrap_in_any_order() {
        let mut tracker = SequenceTracker::default();
        let places: Vec<Place> = [65_534, 65_535, 1, 0, 2]
            .into_iter()
            .map(|s| tracker.place(s))
            .collect();
        let base = 0x1_0000 + 65_534;
        assert_eq!(places, [0, 1, 3, 2, 4].map(|n| Place::At(base + n)));
    }

    #[test]
    fn a_restarted_source_is_believed_at_its_second_packet() {
        let mut tracker = SequenceTracker::default();
        tracker.place(100);
        assert_eq!(tracker.place(30_000), Place::Suspect);
        assert_eq!(tracker.place(101), Place::At(0x1_0000 + 101));
        assert_eq!(tracker.place(30_000), Place::Suspect);
        assert!(matches!(tracker.place(30_001), Place::Restarted(_)));
        assert!(matches!(tracker.place(30_002), Place::At(_)));
    }

    #[test]
    fn timestamps_compare_on_the_circle() {
        assert!(timestamp_is_after(5, u32::MAX - 5));
        assert!(!timestamp_is_after(u32::MAX - 5, 5));
        assert!(!timestamp_is_after(7, 7));
    }
}
