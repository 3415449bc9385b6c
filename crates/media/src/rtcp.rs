//! RTCP (RFC 3550 section 6): compound packets in and out. It must not know keys, sockets or when to send.

pub mod reception;

use crate::{Error, Micros};

/// Longest compound that is read.
const PACKET_BYTES_MAX: usize = 2_048;
/// Packets in one compound; a flood of empty ones ends here.
const PACKETS_MAX: usize = 32;
/// Report blocks read of one compound: what one packet can hold.
const BLOCKS_MAX: usize = 31;
/// Longest canonical name (RFC 3550 6.5).
const NAME_BYTES_MAX: usize = 255;

const SENDER_REPORT: u8 = 200;
const RECEIVER_REPORT: u8 = 201;
const SOURCE_DESCRIPTION: u8 = 202;
const GOODBYE: u8 = 203;
const CANONICAL_NAME: u8 = 1;

/// What a sender says of its stream (RFC 3550 6.4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SenderInfo {
    /// 32 bits of seconds, 32 of their fraction.
    pub ntp: u64,
    pub rtp_timestamp: u32,
    pub n_packets: u32,
    pub n_octets: u32,
}

/// How one source is received (RFC 3550 6.4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Block {
    pub ssrc: u32,
    /// Of 256, since the last report.
    pub fraction_lost: u8,
    /// 24 bits; duplicates can make it negative.
    pub n_lost: i32,
    /// Cycles and sequence number.
    pub highest_sequence: u32,
    /// In timestamp units.
    pub jitter: u32,
    /// The middle 32 bits of the last sender report's NTP time; zero if there was none.
    pub last_report: u32,
    /// Since then, in 1/65536 s.
    pub delay: u32,
}

/// What was read of a compound packet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Compound {
    /// Who sent it.
    pub ssrc: u32,
    pub info: Option<SenderInfo>,
    pub blocks: Vec<Block>,
    /// Sources that have left.
    pub goodbyes: Vec<u32>,
}

/// Whether the sender of a report goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    Stays,
    Leaves,
}

/// What one side of a call reports.
#[derive(Debug, Clone, Copy)]
pub struct Report<'a> {
    pub ssrc: u32,
    /// None where nothing was sent since the last report.
    pub info: Option<SenderInfo>,
    pub block: Option<Block>,
    /// The canonical name: the same for the whole call, and nothing that tells who somebody is (RFC 7022).
    pub name: &'a str,
    pub presence: Presence,
}

impl Compound {
    /// Reads a datagram that is known to be RTCP, with the checks of RFC 3550 A.2: it begins with a report without
    /// padding, and its packets fill it exactly.
    pub fn parse(datagram: &[u8]) -> Result<Self, Error> {
        if datagram.len() > PACKET_BYTES_MAX {
            return Err(Error::Limit("RTCP packet length"));
        }
        let mut compound = Self::default();
        let mut rest = datagram;
        for n in 0..PACKETS_MAX {
            if rest.is_empty() && n > 0 {
                return Ok(compound);
            }
            let ([flags, kind, l0, l1], after) = rest
                .split_first_chunk::<4>()
                .ok_or(Error::Truncated("RTCP header"))?;
            if flags >> 6 != 2 {
                return Err(Error::Malformed("RTCP version"));
            }
            let length = usize::from(u16::from_be_bytes([*l0, *l1])) * 4;
            let (body, after) = after
                .split_at_checked(length)
                .ok_or(Error::Truncated("RTCP packet"))?;
            let is_report = matches!(*kind, SENDER_REPORT | RECEIVER_REPORT);
            if n == 0 && (!is_report || flags & 0x20 != 0) {
                return Err(Error::Malformed("RTCP compound begins with no report"));
            }
            if flags & 0x20 != 0 && !after.is_empty() {
                return Err(Error::Malformed("RTCP padding before the last packet"));
            }
            compound.read(n, *kind, flags & 0x1F, body)?;
            rest = after;
        }
        Err(Error::Limit("packets in one RTCP compound"))
    }

    fn read(&mut self, place: usize, kind: u8, n: u8, body: &[u8]) -> Result<(), Error> {
        match kind {
            SENDER_REPORT => {
                let (ssrc, after) = word(body)?;
                let (info, after) = SenderInfo::read(after)?;
                if place == 0 {
                    (self.ssrc, self.info) = (ssrc, Some(info));
                }
                self.read_blocks(n, after)
            }
            RECEIVER_REPORT => {
                let (ssrc, after) = word(body)?;
                if place == 0 {
                    self.ssrc = ssrc;
                }
                self.read_blocks(n, after)
            }
            GOODBYE => {
                let mut after = body;
                for _ in 0..n {
                    let (ssrc, next) = word(after)?;
                    self.goodbyes.push(ssrc);
                    after = next;
                }
                Ok(())
            }
            // Descriptions say who somebody is, which is not kept; feedback and extended reports were not agreed on.
            _ => Ok(()),
        }
    }

    fn read_blocks(&mut self, n: u8, mut bytes: &[u8]) -> Result<(), Error> {
        for _ in 0..n {
            let (block, after) = Block::read(bytes)?;
            if self.blocks.len() < BLOCKS_MAX {
                self.blocks.push(block);
            }
            bytes = after;
        }
        Ok(())
    }
}

impl Report<'_> {
    /// Writes the compound into an emptied buffer: report, description, and the goodbye of who leaves.
    pub fn write_into(&self, datagram: &mut Vec<u8>) -> Result<(), Error> {
        datagram.clear();
        if self.name.len() > NAME_BYTES_MAX {
            return Err(Error::Limit("RTCP canonical name"));
        }
        let n_blocks = u8::from(self.block.is_some());
        let start = begin(
            datagram,
            n_blocks,
            if self.info.is_some() {
                SENDER_REPORT
            } else {
                RECEIVER_REPORT
            },
        );
        datagram.extend(self.ssrc.to_be_bytes());
        if let Some(info) = self.info {
            info.write(datagram);
        }
        if let Some(block) = self.block {
            block.write(datagram);
        }
        end(datagram, start)?;
        let start = begin(datagram, 1, SOURCE_DESCRIPTION);
        datagram.extend(self.ssrc.to_be_bytes());
        let length = u8::try_from(self.name.len()).or(Err(Error::Limit("RTCP canonical name")))?;
        datagram.extend([CANONICAL_NAME, length]);
        datagram.extend(self.name.as_bytes());
        // RFC 3550 6.5: the list ends with at least one zero, up to a whole word.
        datagram.push(0);
        end(datagram, start)?;
        match self.presence {
            Presence::Stays => Ok(()),
            Presence::Leaves => {
                let start = begin(datagram, 1, GOODBYE);
                datagram.extend(self.ssrc.to_be_bytes());
                end(datagram, start)
            }
        }
    }
}

impl SenderInfo {
    fn read(bytes: &[u8]) -> Result<(Self, &[u8]), Error> {
        let (seconds, after) = word(bytes)?;
        let (fraction, after) = word(after)?;
        let (rtp_timestamp, after) = word(after)?;
        let (n_packets, after) = word(after)?;
        let (n_octets, after) = word(after)?;
        let ntp = u64::from(seconds) << 32 | u64::from(fraction);
        let info = Self {
            ntp,
            rtp_timestamp,
            n_packets,
            n_octets,
        };
        Ok((info, after))
    }

    fn write(self, datagram: &mut Vec<u8>) {
        datagram.extend(self.ntp.to_be_bytes());
        for field in [self.rtp_timestamp, self.n_packets, self.n_octets] {
            datagram.extend(field.to_be_bytes());
        }
    }
}

impl Block {
    fn read(bytes: &[u8]) -> Result<(Self, &[u8]), Error> {
        let (ssrc, after) = word(bytes)?;
        let (lost, after) = word(after)?;
        let (highest_sequence, after) = word(after)?;
        let (jitter, after) = word(after)?;
        let (last_report, after) = word(after)?;
        let (delay, after) = word(after)?;
        let [fraction_lost, ..] = lost.to_be_bytes();
        let block = Self {
            ssrc,
            fraction_lost,
            // The sign of the lower 24 bits is carried up and down again.
            n_lost: (lost << 8).cast_signed() >> 8,
            highest_sequence,
            jitter,
            last_report,
            delay,
        };
        Ok((block, after))
    }

    fn write(self, datagram: &mut Vec<u8>) {
        let [_, n0, n1, n2] = self.n_lost.to_be_bytes();
        datagram.extend(self.ssrc.to_be_bytes());
        datagram.extend([self.fraction_lost, n0, n1, n2]);
        for field in [
            self.highest_sequence,
            self.jitter,
            self.last_report,
            self.delay,
        ] {
            datagram.extend(field.to_be_bytes());
        }
    }

    /// RFC 3550 6.4.1: how long a packet takes there and back, if this block answers a report of ours.
    #[must_use]
    pub fn round_trip(&self, now: Micros) -> Option<Micros> {
        if self.last_report == 0 {
            return None;
        }
        let passed = middle(ntp(now)).wrapping_sub(self.last_report);
        let trip = passed.wrapping_sub(self.delay);
        // A clock that was set back, or a peer that answers before it was asked.
        (trip < 1 << 31).then(|| i64::from(trip) * 1_000_000 / 65_536)
    }
}

/// The caller's clock as an NTP time. Only differences are used, by both sides (RFC 3550 4).
#[must_use]
pub fn ntp(now: Micros) -> u64 {
    let now = u64::try_from(now).unwrap_or_default();
    let (seconds, micros) = (now / 1_000_000, now % 1_000_000);
    (seconds << 32) | ((micros << 32) / 1_000_000)
}

/// The middle 32 bits: 16 of seconds and 16 of their fraction.
#[must_use]
pub fn middle(ntp: u64) -> u32 {
    let [_, _, m0, m1, m2, m3, _, _] = ntp.to_be_bytes();
    u32::from_be_bytes([m0, m1, m2, m3])
}

fn word(bytes: &[u8]) -> Result<(u32, &[u8]), Error> {
    let (word, after) = bytes
        .split_first_chunk::<4>()
        .ok_or(Error::Truncated("RTCP packet"))?;
    Ok((u32::from_be_bytes(*word), after))
}

fn begin(datagram: &mut Vec<u8>, n: u8, kind: u8) -> usize {
    datagram.extend([0x80 | n, kind, 0, 0]);
    datagram.len()
}

/// Fills the packet up to a whole word and writes its length.
fn end(datagram: &mut Vec<u8>, start: usize) -> Result<(), Error> {
    let length = (datagram.len() - start).next_multiple_of(4);
    datagram.resize(start + length, 0);
    let n_words = u16::try_from(length / 4).or(Err(Error::Limit("RTCP packet length")))?;
    if let Some(field) = datagram.get_mut(start - 2..start) {
        field.copy_from_slice(&n_words.to_be_bytes());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Block, Compound, Presence, Report, SenderInfo, middle, ntp};
    use crate::{Error, rtp};
    use proptest::prelude::*;

    const INFO: SenderInfo = SenderInfo {
        ntp: 0x0102_0304_0506_0708,
        rtp_timestamp: 9,
        n_packets: 10,
        n_octets: 11,
    };
    const BLOCK: Block = Block {
        ssrc: 5,
        fraction_lost: 64,
        n_lost: -3,
        highest_sequence: 0x0001_0002,
        jitter: 7,
        last_report: 8,
        delay: 9,
    };

    fn written(info: Option<SenderInfo>, presence: Presence) -> Vec<u8> {
        let mut datagram = Vec::new();
        let report = Report {
            ssrc: 0xAABB_CCDD,
            info,
            block: Some(BLOCK),
            name: "abc",
            presence,
        };
        report.write_into(&mut datagram).unwrap();
        datagram
    }

    // RFC 3550 6.4.1, 6.5, 6.6
    #[test]
    fn fields_stand_where_rfc_3550_puts_them() {
        let datagram = written(Some(INFO), Presence::Leaves);
        let report = [
            0x81, 200, 0, 12, 0xAA, 0xBB, 0xCC, 0xDD, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 9, 0, 0, 0,
            10, 0, 0, 0, 11, 0, 0, 0, 5, 64, 0xFF, 0xFF, 0xFD, 0, 1, 0, 2, 0, 0, 0, 7, 0, 0, 0, 8,
            0, 0, 0, 9,
        ];
        assert_eq!(datagram[..52], report);
        let description = [
            0x81, 202, 0, 3, 0xAA, 0xBB, 0xCC, 0xDD, 1, 3, b'a', b'b', b'c', 0, 0, 0,
        ];
        assert_eq!(datagram[52..68], description);
        assert_eq!(datagram[68..], [0x81, 203, 0, 1, 0xAA, 0xBB, 0xCC, 0xDD]);
        assert!(rtp::is_rtcp(&datagram));
    }

    #[test]
    fn what_was_written_is_read() {
        for (info, presence, goodbyes) in [
            (Some(INFO), Presence::Leaves, vec![0xAABB_CCDD]),
            (None, Presence::Stays, vec![]),
        ] {
            let expected = Compound {
                ssrc: 0xAABB_CCDD,
                info,
                blocks: vec![BLOCK],
                goodbyes,
            };
            assert_eq!(Compound::parse(&written(info, presence)), Ok(expected));
        }
    }

    // RFC 3550 A.2
    #[test]
    fn compound_that_lies_about_itself_is_refused() {
        let good = written(Some(INFO), Presence::Stays);
        for length in 0..good.len() {
            let cut = Compound::parse(&good[..length]);
            // A whole number of its packets is a compound too.
            assert_eq!(cut.is_err(), length != 52, "{length}");
        }
        let mut longer = good.clone();
        longer.push(0);
        assert!(matches!(Compound::parse(&longer), Err(Error::Truncated(_))));
        for (byte, value) in [
            (0, 0x41),
            (0, 0xA1),
            (1, 202),
            (1, 204),
            (0, 0x9F),
            (52, 0xA1),
        ] {
            let mut lie = good.clone();
            lie[byte] = value;
            let read = Compound::parse(&lie);
            assert_eq!(read.is_err(), byte == 0 || byte == 1, "{byte} {value}");
        }
        let padded_in_the_middle = [&good[..52], &[0xA1, 203, 0, 0], &good[52..]].concat();
        assert!(Compound::parse(&padded_in_the_middle).is_err());
        assert!(Compound::parse(&[0x80, 201, 0, 0]).is_err());
        let endless = [0x80, 204, 0, 0].repeat(400);
        let endless = [&[0x80, 201, 0, 1, 0, 0, 0, 1][..], &endless].concat();
        assert!(matches!(Compound::parse(&endless), Err(Error::Limit(_))));
    }

    // RFC 3550 6.4.1, figure 2
    #[test]
    fn round_trip_is_the_time_since_the_report_without_the_peers_delay() {
        let sent = 10_000_000;
        let block = Block {
            last_report: middle(ntp(sent)),
            delay: 65_536 * 5,
            ..BLOCK
        };
        let trip = block.round_trip(sent + 5_125_000).unwrap();
        assert!((trip - 125_000).abs() < 40, "{trip}");
        assert_eq!(block.round_trip(sent), None);
        let unanswered = Block {
            last_report: 0,
            ..block
        };
        assert_eq!(unanswered.round_trip(sent), None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(mut bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            if let Ok(compound) = Compound::parse(&bytes) {
                prop_assert!(compound.blocks.len() <= 31);
            }
            if let [first, kind, ..] = bytes.as_mut_slice() {
                (*first, *kind) = (0x80 | (*first & 0x1F), 200 | (*kind & 1));
            }
            if let Ok(compound) = Compound::parse(&bytes) {
                prop_assert!(compound.blocks.len() <= 31);
            }
        }
    }
}
