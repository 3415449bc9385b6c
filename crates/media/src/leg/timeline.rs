//! When the sound of a packet was spoken, on our clock: its timestamp, laid so that the fastest packet had no delay. A
//! packet that the network held back is older than its arrival, and a recording that goes on again must not have it.

use crate::Micros;
use crate::codec::CLOCK_RATE;

/// The fastest packet is forgotten at this rate, so that clocks may differ (in millionths): more than they do.
const DRIFT_PPM: i64 = 500;
/// Packets whose sound a made-up frame may still have in it: 50 ms of 10 ms each.
const REMEMBERED: usize = 5;
/// A timestamp that lies this far from where it should is another count, not a delay.
const JUMP: Micros = 2_000_000;

/// One source's clock against ours.
#[derive(Debug, Clone, Default)]
pub(super) struct Timeline {
    reference: Option<Reference>,
    heard: [Micros; REMEMBERED],
}

#[derive(Debug, Clone, Copy)]
struct Reference {
    timestamp: u32,
    /// When the packet with that timestamp would have come without delay.
    at: Micros,
    /// When that was last looked at.
    seen: Micros,
}

impl Timeline {
    /// When a packet would have come without delay; never later than it did.
    pub(super) fn place(&mut self, now: Micros, timestamp: u32) -> Micros {
        let Some(reference) = &mut self.reference else {
            self.reference = Some(Reference {
                timestamp,
                at: now,
                seen: now,
            });
            return now;
        };
        let ticks = i64::from(timestamp.wrapping_sub(reference.timestamp).cast_signed());
        let expected = reference.at + ticks * 1_000_000 / i64::from(CLOCK_RATE);
        let forgotten = (now - reference.seen).max(0) * DRIFT_PPM / 1_000_000;
        let nominal = expected + forgotten;
        if (now - nominal).abs() > JUMP || nominal >= now {
            *reference = Reference {
                timestamp,
                at: now,
                seen: now,
            };
            return now;
        }
        if ticks > 0 {
            *reference = Reference {
                timestamp,
                at: nominal,
                seen: now,
            };
        }
        nominal
    }

    pub(super) const fn begin_source(&mut self) {
        self.reference = None;
    }

    /// Sound that was spoken then has been played.
    pub(super) fn heard(&mut self, spoken: Micros) {
        self.heard.copy_within(1.., 0);
        self.heard[REMEMBERED - 1] = spoken;
    }

    /// The oldest sound that may come again in place of a lost frame.
    pub(super) fn heard_before(&self) -> Micros {
        self.heard.iter().copied().min().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::Timeline;

    #[test]
    fn packet_that_was_held_back_is_as_old_as_its_timestamp_says() {
        let mut timeline = Timeline::default();
        for (sent, delay, timestamp) in [(0, 40, 0), (20, 5, 160), (40, 60, 320), (60, 0, 480)] {
            let placed = timeline.place((sent + delay) * 1_000, timestamp);
            assert!(placed <= (sent + delay) * 1_000);
        }
        let placed = timeline.place(180_000, 640);
        assert!((80_000..80_100).contains(&placed), "{placed}");
    }

    #[test]
    fn clock_of_the_other_side_may_be_slow() {
        let mut timeline = Timeline::default();
        let mut placed = 0;
        for n in 0..180_000_u32 {
            // 200 millionths slow: 720 ms in an hour.
            let now = i64::from(n) * 20_004;
            placed = now - timeline.place(now, n * 160);
        }
        assert!(placed < 1_000, "{placed}");
    }

    #[test]
    fn another_count_is_no_delay() {
        let mut timeline = Timeline::default();
        timeline.place(0, 0);
        assert_eq!(timeline.place(20_000, 4_000_000_000), 20_000);
        assert_eq!(timeline.place(40_000, 4_000_000_160), 40_000);
    }
}
