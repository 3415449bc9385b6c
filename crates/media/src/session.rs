//! The RTP session of one leg: who is believed to be the other side, what of its packets is taken, and what goes out
//! under our own source. It owns keys, sequence numbers, the latch and RTCP; it must not know codecs or sound.

mod checkpoint;
mod latch;

use crate::rtcp::reception::Reception;
use crate::rtcp::{self, Block, Compound, Presence, Report, SenderInfo};
use crate::rtp::{self, Marker, Packet, Place, SequenceTracker, Stamp};
use crate::srtp::{self, Keys};
use crate::{Error, Micros, codec};
pub use latch::Network;
use latch::{Latch, Proof};
use std::net::SocketAddr;
use std::ops::Range;

/// RFC 3550 6.2: at least five seconds on average between two reports, spread so that legs do not send together.
const REPORT_EVERY: Micros = 4_000_000;
const REPORT_SPREAD: Micros = 2_000_000;
/// 20 ms.
const FRAME_TICKS: u32 = codec::CLOCK_RATE / 50;

/// What the signalling agreed on, and chance that the caller drew.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Random.
    pub ssrc: u32,
    /// Random.
    pub sequence: u16,
    /// Random; the first timestamp.
    pub timestamp: u32,
    /// The canonical name: random, too (RFC 7022).
    pub name: String,
    pub protection: Protection,
    /// Where the other side said that it is.
    pub expected: Option<SocketAddr>,
    /// Where else it may be, if no key proves who sends: behind a translator of addresses. None is anywhere.
    pub networks: Vec<Network>,
}

/// How packets are protected.
#[derive(Debug, Clone)]
pub enum Protection {
    /// Not at all: a carrier on a line of its own.
    None,
    /// By the keys of the `a=crypto` lines.
    Srtp { ours: Keys, theirs: Keys },
}

enum Guard {
    None,
    Srtp(Box<Srtp>),
}

struct Srtp {
    sender: srtp::Sender,
    receiver: srtp::Receiver,
    /// Kept for a checkpoint.
    ours: Keys,
    theirs: Keys,
}

impl Guard {
    fn new(protection: &Protection) -> Self {
        match protection {
            Protection::None => Self::None,
            Protection::Srtp { ours, theirs } => Self::Srtp(Box::new(Srtp {
                sender: srtp::Sender::new(ours),
                receiver: srtp::Receiver::new(theirs),
                ours: ours.clone(),
                theirs: theirs.clone(),
            })),
        }
    }
}

/// Why a datagram was dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Dropped {
    #[error("neither RTP nor RTCP")]
    Malformed,
    #[error("from somebody who is not the other side of this call")]
    Stranger,
    #[error("not opened: {0}")]
    Refused(#[from] srtp::Refusal),
    #[error("out of sequence, and not believed yet")]
    Suspect,
}

/// What became of every datagram.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    pub n_media: u64,
    pub n_control: u64,
    pub n_malformed: u64,
    pub n_strangers: u64,
    pub n_refused: u64,
    pub n_suspect: u64,
}

/// What a datagram was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Arrival {
    Media(Arrived),
    /// A report, which the session has taken in.
    Control(Presence),
}

/// A packet of media, decrypted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrived {
    pub stamp: Stamp,
    /// Where the payload lies in the datagram.
    pub payload: Range<usize>,
    pub source: SourceChange,
}

/// Whether a packet continues the stream before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SourceChange {
    Same,
    /// Another SSRC, or the same one from the start: what is known of the stream before is worth nothing.
    New,
}

/// The stream that is believed to be the other side's.
struct Source {
    ssrc: u32,
    tracker: SequenceTracker,
    reception: Reception,
}

/// What goes out.
struct Sending {
    ssrc: u32,
    next_sequence: u16,
    /// The timestamp of the last packet, and when it was sent.
    last: (u32, Option<Micros>),
    n_packets: u32,
    n_octets: u32,
    n_reports: u32,
    has_sent_since_report: bool,
}

/// How a leg is doing, as far as RTP knows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Quality {
    /// Packets of theirs that did not come.
    pub n_lost: i64,
    /// Of theirs, here.
    pub jitter: Micros,
    /// Of 256: packets of ours that did not come there, of the last interval that they reported.
    pub lost_there: Option<u8>,
    pub round_trip: Option<Micros>,
}

/// One leg's RTP session.
pub struct Session {
    guard: Guard,
    latch: Latch,
    source: Option<Source>,
    /// A source that may be a new one: believed when its next packet comes.
    candidate: Option<(u32, u16)>,
    sending: Sending,
    name: String,
    report_at: Option<Micros>,
    quality: Quality,
    counts: Counts,
}

impl Session {
    #[must_use]
    pub fn new(settings: &Settings) -> Self {
        Self {
            guard: Guard::new(&settings.protection),
            latch: Latch::new(settings.expected, settings.networks.clone()),
            source: None,
            candidate: None,
            sending: Sending {
                ssrc: settings.ssrc,
                // RFC 3711 3.3.1: far from the end of the first cycle, so that a lost begin does not hide a rollover.
                next_sequence: settings.sequence & 0x7FFF,
                last: (settings.timestamp, None),
                n_packets: 0,
                n_octets: 0,
                n_reports: 0,
                has_sent_since_report: false,
            },
            name: settings.name.clone(),
            report_at: None,
            quality: Quality::default(),
            counts: Counts::default(),
        }
    }

    /// The other side has other keys now, and so have we (a re-INVITE). Our stream begins anew with a source of its
    /// own, so that nobody has to guess the rollover counter that the new key starts with.
    pub fn change_keys(&mut self, ours: &Keys, theirs: &Keys, ssrc: u32) {
        match &mut self.guard {
            Guard::None => {
                self.guard = Guard::new(&Protection::Srtp {
                    ours: ours.clone(),
                    theirs: theirs.clone(),
                });
            }
            Guard::Srtp(srtp) => {
                srtp.sender = srtp::Sender::new(ours);
                if srtp.theirs != *theirs {
                    srtp.receiver.change_keys(theirs);
                }
                srtp.ours = ours.clone();
                srtp.theirs = theirs.clone();
            }
        }
        self.sending.ssrc = ssrc;
        self.sending.next_sequence &= 0x7FFF;
        self.sending.n_packets = 0;
        self.sending.n_octets = 0;
    }

    /// Whether these are the keys in use; re-INVITEs often repeat them.
    #[must_use]
    pub fn has_keys(&self, protection: &Protection) -> bool {
        match (&self.guard, protection) {
            (Guard::None, Protection::None) => true,
            (Guard::Srtp(srtp), Protection::Srtp { ours, theirs }) => {
                srtp.ours == *ours && srtp.theirs == *theirs
            }
            (Guard::None, Protection::Srtp { .. }) | (Guard::Srtp(_), Protection::None) => false,
        }
    }

    /// The signalling says that the other side is somewhere else; without a proof, there or in one of the networks.
    pub fn expect(&mut self, address: SocketAddr, networks: Vec<Network>) {
        self.latch.expect(address, networks);
    }

    /// ICE has nominated the way to the other side: sound takes it until another is nominated.
    pub const fn nominate(&mut self, address: SocketAddr) {
        self.latch.nominate(address);
    }

    /// Where packets are sent to: where the other side's come from, or where it said that it would be.
    #[must_use]
    pub const fn destination(&self) -> Option<SocketAddr> {
        self.latch.destination()
    }

    #[must_use]
    pub const fn counts(&self) -> Counts {
        self.counts
    }

    /// What became of protected packets, if they are protected.
    #[must_use]
    pub fn srtp_counts(&self) -> Option<srtp::Counts> {
        match &self.guard {
            Guard::None => None,
            Guard::Srtp(srtp) => Some(srtp.receiver.counts()),
        }
    }

    #[must_use]
    pub fn quality(&self) -> Quality {
        let reception = self.source.as_ref().map(|source| &source.reception);
        Quality {
            n_lost: reception.map_or(0, Reception::n_lost),
            jitter: reception.map_or(0, Reception::jitter),
            ..self.quality
        }
    }

    /// A datagram has come. What it carries is decrypted in place.
    pub fn receive(
        &mut self,
        now: Micros,
        from: SocketAddr,
        datagram: &mut Vec<u8>,
    ) -> Result<Arrival, Dropped> {
        let outcome = if rtp::is_rtcp(datagram) {
            self.receive_control(now, from, datagram)
        } else {
            self.receive_media(now, from, datagram)
        };
        let count = match &outcome {
            Ok(Arrival::Media(_)) => &mut self.counts.n_media,
            Ok(Arrival::Control(_)) => &mut self.counts.n_control,
            Err(Dropped::Malformed) => &mut self.counts.n_malformed,
            Err(Dropped::Stranger) => &mut self.counts.n_strangers,
            Err(Dropped::Refused(_)) => &mut self.counts.n_refused,
            Err(Dropped::Suspect) => &mut self.counts.n_suspect,
        };
        *count = count.saturating_add(1);
        outcome
    }

    fn receive_media(
        &mut self,
        now: Micros,
        from: SocketAddr,
        datagram: &mut Vec<u8>,
    ) -> Result<Arrival, Dropped> {
        let proof = match &mut self.guard {
            Guard::None => Proof::None,
            Guard::Srtp(srtp) => {
                srtp.receiver.open(datagram)?;
                Proof::Key
            }
        };
        let packet = Packet::parse(datagram).or(Err(Dropped::Malformed))?;
        let stamp = Stamp::read(datagram).or(Err(Dropped::Malformed))?;
        let start = rtp::payload_at(datagram).or(Err(Dropped::Malformed))?;
        let payload = start..start + packet.payload.len();
        if !self.latch.admits(from, proof) {
            return Err(Dropped::Stranger);
        }
        let source = self.place(now, stamp, proof)?;
        self.latch.take(from, proof);
        Ok(Arrival::Media(Arrived {
            stamp,
            payload,
            source,
        }))
    }

    fn receive_control(
        &mut self,
        now: Micros,
        from: SocketAddr,
        datagram: &mut Vec<u8>,
    ) -> Result<Arrival, Dropped> {
        match &mut self.guard {
            Guard::None if !self.latch.admits_control(from) => return Err(Dropped::Stranger),
            Guard::None => {}
            Guard::Srtp(srtp) => srtp.receiver.open_control(datagram)?,
        }
        let compound = Compound::parse(datagram).or(Err(Dropped::Malformed))?;
        let ours = self.sending.ssrc;
        if let Some(block) = compound.blocks.iter().find(|block| block.ssrc == ours) {
            self.quality.lost_there = Some(block.fraction_lost);
            self.quality.round_trip = block.round_trip(now).or(self.quality.round_trip);
        }
        let mut presence = Presence::Stays;
        if let Some(source) = &mut self.source {
            if let Some(info) = compound.info
                && compound.ssrc == source.ssrc
            {
                source.reception.add_report(now, info);
            }
            if compound.goodbyes.contains(&source.ssrc) {
                presence = Presence::Leaves;
            }
        }
        Ok(Arrival::Control(presence))
    }

    /// Puts a packet into its stream, or begins a new one (RFC 3550 8.2, A.1).
    fn place(&mut self, now: Micros, stamp: Stamp, proof: Proof) -> Result<SourceChange, Dropped> {
        if let Some(source) = &mut self.source
            && source.ssrc == stamp.ssrc
        {
            return match source.tracker.place(stamp.sequence) {
                Place::At(sequence) => {
                    source.reception.add(now, sequence, stamp.timestamp);
                    Ok(SourceChange::Same)
                }
                Place::Suspect => Err(Dropped::Suspect),
                Place::Restarted(sequence) => {
                    source.reception = Reception::new(stamp.ssrc, codec::CLOCK_RATE, sequence);
                    source.reception.add(now, sequence, stamp.timestamp);
                    Ok(SourceChange::New)
                }
            };
        }
        // Without a key anybody could claim to be a new source with one packet.
        let is_believed = match proof {
            Proof::Key => true,
            Proof::None => {
                self.source.is_none() || self.candidate == Some((stamp.ssrc, stamp.sequence))
            }
        };
        if !is_believed {
            self.candidate = Some((stamp.ssrc, stamp.sequence.wrapping_add(1)));
            return Err(Dropped::Suspect);
        }
        self.candidate = None;
        let mut tracker = SequenceTracker::default();
        if let Place::At(sequence) | Place::Restarted(sequence) = tracker.place(stamp.sequence) {
            let mut reception = Reception::new(stamp.ssrc, codec::CLOCK_RATE, sequence);
            reception.add(now, sequence, stamp.timestamp);
            self.source = Some(Source {
                ssrc: stamp.ssrc,
                tracker,
                reception,
            });
        }
        Ok(SourceChange::New)
    }

    /// Writes a packet of our own into an emptied buffer.
    pub fn send(
        &mut self,
        now: Micros,
        marker: Marker,
        payload_type: u8,
        timestamp: u32,
        payload: &[u8],
        datagram: &mut Vec<u8>,
    ) -> Result<(), Error> {
        let stamp = Stamp {
            marker,
            payload_type,
            sequence: self.sending.next_sequence,
            timestamp,
            ssrc: self.sending.ssrc,
        };
        stamp.begin(datagram);
        datagram.extend_from_slice(payload);
        self.seal(now, stamp, datagram)
    }

    /// The sequence number of the next packet of sound, and its timestamp: that of the moment, but never within the
    /// 20 ms of the packet before.
    pub(crate) fn next(&self, now: Micros) -> (u16, u32) {
        let (timestamp, sent) = self.sending.last;
        let least = if sent.is_some() { FRAME_TICKS } else { 0 };
        let passed = self.ticks_since_last(now).max(least);
        (self.sending.next_sequence, timestamp.wrapping_add(passed))
    }

    fn ticks_since_last(&self, now: Micros) -> u32 {
        let Some(sent) = self.sending.last.1 else {
            return 0;
        };
        let ticks = now.saturating_sub(sent).max(0) * i64::from(codec::CLOCK_RATE) / 1_000_000;
        u32::try_from(ticks & 0xFFFF_FFFF).unwrap_or_default()
    }

    /// Sends on a packet that another session received: its payload under our source.
    pub(crate) fn forward(
        &mut self,
        now: Micros,
        mut stamp: Stamp,
        payload: Range<usize>,
        datagram: &mut Vec<u8>,
    ) -> Result<(), Error> {
        stamp.ssrc = self.sending.ssrc;
        stamp.take_over(datagram, payload);
        self.seal(now, stamp, datagram)
    }

    fn seal(&mut self, now: Micros, stamp: Stamp, datagram: &mut Vec<u8>) -> Result<(), Error> {
        let n_octets = u32::try_from(datagram.len().saturating_sub(rtp::HEADER_BYTES));
        if let Guard::Srtp(srtp) = &mut self.guard {
            srtp.sender.protect(datagram)?;
        }
        let sending = &mut self.sending;
        let after = stamp.sequence.wrapping_add(1);
        if after.wrapping_sub(sending.next_sequence) < 0x8000 {
            sending.next_sequence = after;
            // All packets of a digit have the timestamp of its begin (RFC 4733 2.2): the clock goes by the first.
            if sending.last.0 != stamp.timestamp || sending.last.1.is_none() {
                sending.last = (stamp.timestamp, Some(now));
            }
        }
        sending.n_packets = sending.n_packets.wrapping_add(1);
        sending.n_octets = sending.n_octets.wrapping_add(n_octets.unwrap_or_default());
        sending.has_sent_since_report = true;
        self.report_at.get_or_insert(now);
        Ok(())
    }

    /// When and why to be woken: for the next report, once something was sent.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<(Micros, &'static str)> {
        self.report_at.map(|at| (at, "an RTCP report is due"))
    }

    /// Writes a report into an emptied buffer: when one is due, or before leaving.
    pub fn report(
        &mut self,
        now: Micros,
        presence: Presence,
        datagram: &mut Vec<u8>,
    ) -> Result<(), Error> {
        let timestamp = self.sending.last.0.wrapping_add(self.ticks_since_last(now));
        let sending = &mut self.sending;
        let info = sending.has_sent_since_report.then(|| SenderInfo {
            ntp: rtcp::ntp(now),
            rtp_timestamp: timestamp,
            n_packets: sending.n_packets,
            n_octets: sending.n_octets,
        });
        sending.has_sent_since_report = false;
        sending.n_reports = sending.n_reports.wrapping_add(1);
        let spread = sending.ssrc.wrapping_mul(sending.n_reports) % 1_000;
        self.report_at = Some(now + REPORT_EVERY + REPORT_SPREAD * Micros::from(spread) / 1_000);
        let block: Option<Block> = self.source.as_mut().map(|it| it.reception.report(now));
        let report = Report {
            ssrc: self.sending.ssrc,
            info,
            block,
            name: &self.name,
            presence,
        };
        report.write_into(datagram)?;
        match &mut self.guard {
            Guard::None => Ok(()),
            Guard::Srtp(srtp) => srtp.sender.protect_control(datagram),
        }
    }
}

#[cfg(test)]
mod tests;
