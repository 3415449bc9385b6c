//! How one source is received: loss (RFC 3550 A.3), interarrival jitter (A.8), and the answer to its reports.

use super::{Block, SenderInfo, middle};
use crate::Micros;

/// A jump of the transit time beyond this is a pause or a restart of the sender's clock, and no jitter.
const DEVIATION_MAX: Micros = 200_000;
/// 24 bits with a sign.
const LOST_MAX: i64 = 0x7F_FFFF;

/// Interarrival jitter (RFC 3550 6.4.1), on the caller's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct Interarrival {
    /// Microseconds, times 16.
    jitter_x16: i64,
    last: Option<(Micros, u32)>,
}

impl Interarrival {
    /// A packet that was sent at `timestamp` has come.
    pub fn add(&mut self, now: Micros, timestamp: u32, clock_rate: u32) {
        if let Some((then, earlier)) = self.last {
            let ticks = i64::from(timestamp.wrapping_sub(earlier).cast_signed());
            let sent_apart = ticks * 1_000_000 / i64::from(clock_rate.max(1));
            let deviation = now.saturating_sub(then).saturating_sub(sent_apart);
            let deviation = deviation.saturating_abs().min(DEVIATION_MAX);
            self.jitter_x16 += deviation - (self.jitter_x16 + 8) / 16;
        }
        self.last = Some((now, timestamp));
    }

    /// The sender has started anew: the next packet is compared with nothing.
    pub const fn forget_last(&mut self) {
        self.last = None;
    }

    #[must_use]
    pub const fn jitter(&self) -> Micros {
        self.jitter_x16 / 16
    }
}

/// The statistics of one source since it was first heard.
#[derive(Debug, Clone)]
pub struct Reception {
    ssrc: u32,
    clock_rate: u32,
    /// Extended sequence numbers (RFC 3550 A.1).
    first: i64,
    highest: i64,
    n_received: i64,
    /// What was expected and received when the last report was made.
    reported: (i64, i64),
    interarrival: Interarrival,
    /// The middle of the last sender report, and when it came.
    last_report: Option<(u32, Micros)>,
}

impl Reception {
    #[must_use]
    pub fn new(ssrc: u32, clock_rate: u32, first: i64) -> Self {
        Self {
            ssrc,
            clock_rate,
            first,
            highest: first - 1,
            n_received: 0,
            reported: (0, 0),
            interarrival: Interarrival::default(),
            last_report: None,
        }
    }

    /// A packet with that extended sequence number has come.
    pub fn add(&mut self, now: Micros, sequence: i64, timestamp: u32) {
        self.first = self.first.min(sequence);
        self.highest = self.highest.max(sequence);
        self.n_received += 1;
        self.interarrival.add(now, timestamp, self.clock_rate);
    }

    /// A sender report of this source has come.
    pub fn add_report(&mut self, now: Micros, info: SenderInfo) {
        self.last_report = Some((middle(info.ntp), now));
    }

    /// Packets that have not come; negative when some came twice.
    #[must_use]
    pub fn n_lost(&self) -> i64 {
        self.n_expected() - self.n_received
    }

    #[must_use]
    pub const fn jitter(&self) -> Micros {
        self.interarrival.jitter()
    }

    /// The block of the next report. Asking for it begins a new interval.
    pub fn report(&mut self, now: Micros) -> Block {
        let n_expected = self.n_expected();
        let (before, received_before) = self.reported;
        let expected_interval = n_expected - before;
        let lost_interval = expected_interval - (self.n_received - received_before);
        self.reported = (n_expected, self.n_received);
        let fraction = if expected_interval <= 0 || lost_interval <= 0 {
            0
        } else {
            lost_interval * 256 / expected_interval
        };
        let delay = self.last_report.map_or(0, |(_, came)| {
            now.saturating_sub(came).max(0) * 65_536 / 1_000_000
        });
        let jitter = self.jitter() * i64::from(self.clock_rate) / 1_000_000;
        // Cycles count from zero; the headroom below the first packet is taken off.
        let highest = (self.highest - 0x1_0000) & 0xFFFF_FFFF;
        Block {
            ssrc: self.ssrc,
            fraction_lost: u8::try_from(fraction).unwrap_or(u8::MAX),
            n_lost: clamped(self.n_lost()),
            highest_sequence: u32::try_from(highest).unwrap_or_default(),
            jitter: u32::try_from(jitter).unwrap_or(u32::MAX),
            last_report: self.last_report.map_or(0, |(middle, _)| middle),
            delay: u32::try_from(delay).unwrap_or(u32::MAX),
        }
    }

    fn n_expected(&self) -> i64 {
        self.highest - self.first + 1
    }
}

fn clamped(n_lost: i64) -> i32 {
    i32::try_from(n_lost.clamp(-LOST_MAX - 1, LOST_MAX)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{Interarrival, Reception};
    use crate::rtcp::{SenderInfo, middle, ntp};

    const BASE: i64 = 0x1_0000;

    fn reception(sequences: &[i64]) -> Reception {
        let mut reception = Reception::new(5, 8_000, BASE + sequences[0]);
        for sequence in sequences {
            let timestamp = u32::try_from(sequence * 160).unwrap();
            reception.add(sequence * 20_000, BASE + sequence, timestamp);
        }
        reception
    }

    // RFC 3550 A.3
    #[test]
    fn loss_is_what_was_expected_and_did_not_come() {
        let mut reception = reception(&[1, 2, 4, 8]);
        let block = reception.report(0);
        assert_eq!((block.n_lost, block.fraction_lost), (4, 128));
        assert_eq!(block.highest_sequence, 8);
        for sequence in 9..=12 {
            reception.add(0, BASE + sequence, 0);
        }
        let block = reception.report(0);
        assert_eq!((block.n_lost, block.fraction_lost), (4, 0));
        assert_eq!(reception.report(0).fraction_lost, 0);
    }

    #[test]
    fn packets_that_come_twice_or_late_make_the_loss_smaller() {
        let mut late = reception(&[2, 3, 1, 5, 4]);
        assert_eq!(late.report(0).n_lost, 0);
        let mut doubled = reception(&[1, 1, 2, 2]);
        let block = doubled.report(0);
        assert_eq!((block.n_lost, block.fraction_lost), (-2, 0));
    }

    #[test]
    fn highest_sequence_counts_cycles() {
        let mut reception = reception(&[65_535, 65_536, 65_537]);
        let block = reception.report(0);
        assert_eq!((block.highest_sequence, block.n_lost), (0x0001_0001, 0));
    }

    // RFC 3550 A.8
    #[test]
    fn jitter_is_the_smoothed_difference_of_transit_times() {
        let mut steady = reception(&[1, 2, 3, 4]);
        assert_eq!(steady.report(0).jitter, 0);
        let mut rough = Reception::new(5, 8_000, BASE);
        for n in 0..400_i64 {
            let late = if n % 2 == 0 { 0 } else { 10_000 };
            let timestamp = u32::try_from(n * 160).unwrap();
            rough.add(n * 20_000 + late, BASE + n, timestamp);
        }
        // Each packet differs by 10 ms from the one before: 80 units.
        let jitter = rough.report(0).jitter;
        assert!((78..=80).contains(&jitter), "{jitter}");
    }

    #[test]
    fn pause_of_the_sender_is_no_jitter() {
        let mut interarrival = Interarrival::default();
        interarrival.add(0, 0, 8_000);
        interarrival.add(3_000_000, 24_000, 8_000);
        assert_eq!(interarrival.jitter(), 0);
        interarrival.add(900_000_000, 24_160, 8_000);
        assert!(interarrival.jitter() <= 12_500);
    }

    #[test]
    fn last_report_is_answered_with_the_time_since_it_came() {
        let mut reception = reception(&[1]);
        let info = SenderInfo {
            ntp: ntp(77_500_000),
            rtp_timestamp: 0,
            n_packets: 0,
            n_octets: 0,
        };
        reception.add_report(1_000_000, info);
        let block = reception.report(1_500_000);
        assert_eq!(block.last_report, middle(info.ntp));
        assert_eq!(block.delay, 32_768);
    }
}
