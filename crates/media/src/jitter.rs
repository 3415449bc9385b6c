//! An adaptive reorder buffer on virtual time: packets in as they arrive, one item per frame out.
//! It owns order and delay; it must not know what an item is (payload or PCM), nor what is heard for a lost one.
//!
//! The delay follows the interarrival jitter of RFC 3550 6.4.1.

use crate::Micros;
use crate::rtcp::reception::Interarrival;
use crate::rtp::{Place, SequenceTracker};
use std::collections::BTreeMap;

/// Items held at most; the oldest gives way (one second at 20 ms).
pub const ITEMS_MAX: usize = 50;
/// Frames without any packet after which the stream is taken as paused and buffered anew.
const STARVED_FRAMES_MAX: i64 = 10;
/// A gap longer than this is jumped over, not concealed frame by frame.
const GAP_FRAMES_MAX: i64 = 25;
/// Frames in a row with too much buffered before one is skipped to shorten the delay.
const SURPLUS_FRAMES_MAX: u32 = 25;

/// Frame length and the bounds of the delay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    pub frame: Micros,
    pub clock_rate: u32,
    pub delay_min: Micros,
    pub delay_max: Micros,
}

impl Default for Settings {
    /// 20 ms at 8 kHz, 40 to 200 ms of delay.
    fn default() -> Self {
        Self {
            frame: 20_000,
            clock_rate: 8_000,
            delay_min: 40_000,
            delay_max: 200_000,
        }
    }
}

/// What to play in one frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Playout<T> {
    /// The frame itself.
    Item(T),
    /// It is missing, or late.
    Lost,
    /// Nothing has come yet, or not for so long that the sender is taken to pause.
    Nothing,
}

/// What has happened so far; every packet is counted once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    pub n_played: u64,
    pub n_lost: u64,
    pub n_nothing: u64,
    pub n_late: u64,
    pub n_duplicate: u64,
    /// Not placed: too far off in sequence to be believed.
    pub n_suspect: u64,
    /// Skipped to shorten the delay, or pushed out by the limit.
    pub n_skipped: u64,
}

#[derive(Debug, Clone, Copy)]
enum Phase {
    /// Waiting until the oldest packet is as old as the target delay.
    Buffering,
    /// `next` is due; `n_starved` frames were played with nothing at all in the buffer.
    Playing { next: i64, n_starved: i64 },
}

#[derive(Debug, Clone)]
struct Held<T> {
    arrived: Micros,
    item: T,
}

/// The buffer of one source. A new SSRC is a new buffer.
#[derive(Debug, Clone)]
pub struct Buffer<T> {
    settings: Settings,
    phase: Phase,
    tracker: SequenceTracker,
    held: BTreeMap<i64, Held<T>>,
    n_surplus: u32,
    interarrival: Interarrival,
    counts: Counts,
}

impl<T> Buffer<T> {
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            phase: Phase::Buffering,
            tracker: SequenceTracker::default(),
            held: BTreeMap::new(),
            n_surplus: 0,
            interarrival: Interarrival::default(),
            counts: Counts::default(),
        }
    }

    /// A buffer that goes on behind a packet that was heard elsewhere: the next one is due now, and not only after the
    /// usual delay. If it is late, the delay grows by what is made up meanwhile.
    #[must_use]
    pub fn resumed(settings: Settings, last: u16) -> Self {
        let mut buffer = Self::new(settings);
        if let Place::At(sequence) | Place::Restarted(sequence) = buffer.tracker.place(last) {
            buffer.phase = Phase::Playing {
                next: sequence + 1,
                n_starved: 0,
            };
        }
        buffer
    }

    /// Takes out what waits to be played, in its order; the next packet begins anew.
    pub fn drain(&mut self) -> impl Iterator<Item = T> {
        self.phase = Phase::Buffering;
        std::mem::take(&mut self.held)
            .into_values()
            .map(|held| held.item)
    }

    /// How much sound a packet of this source holds, and so how often one is taken.
    pub const fn set_frame(&mut self, frame: Micros) {
        self.settings.frame = frame;
    }

    /// A packet has arrived.
    pub fn handle_packet(&mut self, now: Micros, sequence: u16, timestamp: u32, item: T) {
        let sequence = match self.tracker.place(sequence) {
            Place::At(sequence) => sequence,
            // What is still held plays first; the gap up to the new start is then jumped.
            Place::Restarted(sequence) => {
                self.interarrival.forget_last();
                sequence
            }
            Place::Suspect => {
                self.counts.n_suspect += 1;
                return;
            }
        };
        self.interarrival
            .add(now, timestamp, self.settings.clock_rate);
        if let Phase::Playing { next, .. } = self.phase
            && sequence < next
        {
            self.counts.n_late += 1;
            return;
        }
        if self.held.contains_key(&sequence) {
            self.counts.n_duplicate += 1;
            return;
        }
        self.held.insert(sequence, Held { arrived: now, item });
        if self.held.len() > ITEMS_MAX {
            self.held.pop_first();
            self.counts.n_skipped += 1;
        }
    }

    /// The frame to play now; called once per frame.
    pub fn take(&mut self, now: Micros) -> Playout<T> {
        let (next, n_starved) = match self.phase {
            Phase::Buffering => match self.held.first_key_value() {
                Some((&first, held)) if now - held.arrived >= self.delay() => (first, 0),
                Some(_) | None => {
                    self.counts.n_nothing += 1;
                    return Playout::Nothing;
                }
            },
            Phase::Playing { next, n_starved } => (next, n_starved),
        };
        let Some((&first, _)) = self.held.first_key_value() else {
            return self.starve(next, n_starved);
        };
        let next = self.skip_surplus(self.align(next, first, n_starved));
        self.phase = Phase::Playing {
            next: next + 1,
            n_starved: 0,
        };
        match self.held.remove(&next) {
            Some(held) => {
                self.counts.n_played += 1;
                Playout::Item(held.item)
            }
            None => self.lose(),
        }
    }

    /// The delay aimed at: two frames of jitter above the least, within the bounds.
    #[must_use]
    pub fn delay(&self) -> Micros {
        let wanted = self.jitter() * 4;
        let frame = self.settings.frame.max(1);
        let whole_frames = wanted.div_euclid(frame) * frame + frame;
        let (min, max) = (self.settings.delay_min, self.settings.delay_max);
        whole_frames.clamp(min, max.max(min))
    }

    /// Interarrival jitter (RFC 3550 6.4.1).
    #[must_use]
    pub const fn jitter(&self) -> Micros {
        self.interarrival.jitter()
    }

    #[must_use]
    pub const fn counts(&self) -> Counts {
        self.counts
    }

    /// Frames already lost while nothing came are not lost again, and a gap too long to conceal
    /// is jumped.
    fn align(&self, next: i64, first: i64, n_starved: i64) -> i64 {
        let gap = first - next;
        if !(0..=GAP_FRAMES_MAX).contains(&gap) {
            return first;
        }
        next + n_starved.min(gap)
    }

    /// Nothing is held: a frame is lost without going on, so that a late packet still has its place.
    fn starve(&mut self, next: i64, n_starved: i64) -> Playout<T> {
        self.phase = if n_starved + 1 >= STARVED_FRAMES_MAX {
            Phase::Buffering
        } else {
            Phase::Playing {
                next,
                n_starved: n_starved + 1,
            }
        };
        self.lose()
    }

    /// Skips one frame when more than the target was held for a while: delay is paid back.
    fn skip_surplus(&mut self, next: i64) -> i64 {
        let frame = self.settings.frame.max(1);
        let wanted = usize::try_from(self.delay() / frame).unwrap_or(ITEMS_MAX);
        if self.held.len() <= wanted + 1 {
            self.n_surplus = 0;
            return next;
        }
        self.n_surplus += 1;
        if self.n_surplus < SURPLUS_FRAMES_MAX {
            return next;
        }
        self.n_surplus = 0;
        if self.held.remove(&next).is_some() {
            self.counts.n_skipped += 1;
        }
        next + 1
    }

    const fn lose(&mut self) -> Playout<T> {
        self.counts.n_lost += 1;
        Playout::Lost
    }
}

#[cfg(test)]
mod tests {
    use super::{Buffer, Counts, Playout, Settings};
    use crate::Micros;
    use proptest::prelude::*;

    const FRAME: Micros = 20_000;

    struct Line {
        buffer: Buffer<u16>,
        /// Arrival, sequence; sorted by arrival.
        arrivals: Vec<(Micros, u16)>,
    }

    impl Line {
        /// `n` packets, one each 20 ms, the k-th delayed by `delay(k)`; `None` is lost.
        fn new(first: u16, n: u16, delay: impl Fn(u16) -> Option<Micros>) -> Self {
            let mut arrivals: Vec<(Micros, u16)> = (0..n)
                .filter_map(|k| Some((Micros::from(k) * FRAME + delay(k)?, first.wrapping_add(k))))
                .collect();
            arrivals.sort_unstable();
            Self {
                buffer: Buffer::new(Settings::default()),
                arrivals,
            }
        }

        fn play(&mut self, n_frames: u16) -> Vec<Playout<u16>> {
            let mut arrivals = std::mem::take(&mut self.arrivals).into_iter().peekable();
            (0..n_frames)
                .map(|frame| {
                    let now = Micros::from(frame) * FRAME + 1_000;
                    while let Some((at, sequence)) = arrivals.next_if(|(at, _)| *at <= now) {
                        let timestamp = u32::from(sequence) * 160;
                        self.buffer.handle_packet(at, sequence, timestamp, sequence);
                    }
                    self.buffer.take(now)
                })
                .collect()
        }
    }

    fn items(played: &[Playout<u16>]) -> Vec<u16> {
        played
            .iter()
            .filter_map(|playout| match playout {
                Playout::Item(item) => Some(*item),
                Playout::Lost | Playout::Nothing => None,
            })
            .collect()
    }

    #[test]
    fn a_steady_stream_plays_whole_after_the_least_delay() {
        let mut line = Line::new(65_530, 20, |_| Some(0));
        let played = line.play(22);
        assert_eq!(played[..2], [Playout::Nothing, Playout::Nothing]);
        let expected: Vec<u16> = (0..20).map(|k| 65_530_u16.wrapping_add(k)).collect();
        assert_eq!(items(&played), expected);
    }

    #[test]
    fn reordered_packets_play_in_order() {
        let mut line = Line::new(0, 20, |k| Some(if k % 3 == 1 { 25_000 } else { 0 }));
        let played = line.play(24);
        assert_eq!(items(&played), (0..20).collect::<Vec<u16>>());
    }

    #[test]
    fn frames_that_did_not_come_are_lost_one_by_one() {
        let mut line = Line::new(0, 30, |k| (!(10..16).contains(&k)).then_some(0));
        let played = line.play(32);
        assert_eq!(played[11], Playout::Item(9));
        assert!(played[12..18].iter().all(|it| *it == Playout::Lost));
        assert_eq!(played[18], Playout::Item(16));
        assert_eq!(line.buffer.counts().n_lost, 6);
    }

    #[test]
    fn a_pause_of_the_sender_is_nothing_and_the_stream_goes_on_after_it() {
        let mut line = Line::new(0, 10, |_| Some(0));
        for k in 0..10_u16 {
            line.arrivals
                .push((2_000_000 + Micros::from(k) * FRAME, 10 + k));
        }
        let played = line.play(130);
        assert_eq!(items(&played), (0..20).collect::<Vec<u16>>());
        assert_eq!(line.buffer.counts().n_late, 0);
    }

    #[test]
    fn packets_too_late_are_dropped_and_counted() {
        let mut line = Line::new(0, 20, |k| Some(if k == 5 { 150_000 } else { 0 }));
        let played = line.play(30);
        assert!(!items(&played).contains(&5));
        assert_eq!(line.buffer.counts().n_late, 1);
    }

    #[test]
    fn a_packet_that_comes_twice_plays_once() {
        let mut line = Line::new(0, 10, |_| Some(0));
        let twice = line.arrivals.clone();
        line.arrivals.extend(twice);
        line.arrivals.sort_unstable();
        assert_eq!(items(&line.play(14)), (0..10).collect::<Vec<u16>>());
        assert_eq!(line.buffer.counts().n_duplicate, 10);
    }

    #[test]
    fn delay_grows_with_jitter_and_shrinks_when_the_line_calms() {
        let mut line = Line::new(0, 1_000, |k| {
            let is_rough = (100..400).contains(&k);
            Some(if is_rough {
                Micros::from(k * 37 % 60) * 1_000
            } else {
                0
            })
        });
        let least = line.buffer.delay();
        let mut rough = Line {
            buffer: line.buffer.clone(),
            arrivals: line
                .arrivals
                .iter()
                .copied()
                .filter(|(_, k)| *k < 400)
                .collect(),
        };
        rough.play(400);
        assert!(
            rough.buffer.delay() > least,
            "delay {}",
            rough.buffer.delay()
        );
        assert!(rough.buffer.delay() <= 200_000);
        let played = line.play(1_010);
        assert_eq!(line.buffer.delay(), least);
        assert_eq!(*items(&played).last().unwrap(), 999);
        assert!(line.buffer.held.len() <= 3, "the delay was paid back");
    }

    #[test]
    fn a_restarted_source_plays_again() {
        let mut line = Line::new(0, 20, |_| Some(0));
        for k in 0..20_u16 {
            line.arrivals
                .push((400_000 + Micros::from(k) * FRAME, 40_000 + k));
        }
        let played = items(&line.play(60));
        assert!(
            played.contains(&19) && played.contains(&40_010),
            "{played:?}"
        );
    }

    #[test]
    fn a_flood_is_held_to_the_limit() {
        let mut buffer = Buffer::new(Settings::default());
        for sequence in 0..5_000_u16 {
            buffer.handle_packet(0, sequence, 0, sequence);
        }
        assert_eq!(buffer.held.len(), super::ITEMS_MAX);
    }

    proptest! {
        #[test]
        fn items_never_repeat_nor_go_back_and_every_packet_is_counted(
            delays in proptest::collection::vec(proptest::option::weighted(0.9, 0_i64..120_000), 200),
            first in any::<u16>(),
        ) {
            let mut line = Line::new(first, 200, |k| delays[usize::from(k)]);
            let n_arrivals = line.arrivals.len();
            let played = items(&line.play(260));
            let places: Vec<u16> = played.iter().map(|item| item.wrapping_sub(first)).collect();
            prop_assert!(places.windows(2).all(|pair| pair[0] < pair[1]));
            let Counts { n_played, n_late, n_duplicate, n_suspect, n_skipped, .. } =
                line.buffer.counts();
            let n_counted = n_played + n_late + n_duplicate + n_suspect + n_skipped;
            let n_held = line.buffer.held.len();
            prop_assert_eq!(usize::try_from(n_counted).unwrap() + n_held, n_arrivals);
        }
    }
}
