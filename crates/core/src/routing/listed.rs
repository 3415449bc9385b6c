//! How an agent stands in the list of those who are free, in half a cache line: an agent who meets what thousands of
//! queues ask stands in as many lists, and what a step of that agent costs is how much memory it touches.

use super::Candidate;
use super::derived::{Mark, Marks, Slot};
use super::room::Room;
use crate::ids::AgentId;
use crate::limits;
use crate::skill::Level;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// Where the skills put an agent, lower first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Rank(i16);

/// The furthest that a rank can be from 0: every preference at its highest weight and level, and every level that a
/// condition counts.
const RANK_MAX: usize = {
    let levels = limits::SKILLS_PER_OBJECT_MAX + limits::CONDITION_TERMS_MAX;
    let liked = limits::PREFERENCES_MAX * limits::PREFERENCE_WEIGHT_MAX as usize;
    (levels + liked) * Level::MAX.0 as usize
};
const _: () = assert!(RANK_MAX < i16::MAX as usize);

impl Rank {
    pub(super) fn of(rank: i64) -> Self {
        let least = i64::from(i16::MIN);
        let rank = rank.clamp(least, i64::from(i16::MAX));
        Self(i16::try_from(rank).unwrap_or(0))
    }

    pub(super) const fn get(self) -> i64 {
        self.0 as i64
    }
}

/// Whose entry it is, under which mark and in which list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Tag([u16; 3]);

/// Every slot has its bits: as many as agents, and as much again for those who are on their way.
const SLOT_BITS: u32 = 20;
const ROOM_BITS: u32 = 2;
const _: () = assert!(limits::AGENTS_MAX < 1 << (SLOT_BITS - 1));
const _: () = assert!(SLOT_BITS + ROOM_BITS + Mark::BITS == 48);

impl Tag {
    fn new(slot: Slot, room: Room, mark: Mark) -> Self {
        let room = u64::try_from(room.index()).unwrap_or(0);
        let all = (u64::from(mark.get()) << (SLOT_BITS + ROOM_BITS))
            | (room << SLOT_BITS)
            | u64::from(slot.get());
        let [a, b, c, d, e, f, ..] = all.to_le_bytes();
        Self([[a, b], [c, d], [e, f]].map(u16::from_le_bytes))
    }

    fn all(self) -> u64 {
        let [low, middle, high] = self.0.map(u64::from);
        low | (middle << 16) | (high << 32)
    }

    fn part(self, from: u32, bits: u32) -> u32 {
        let part = (self.all() >> from) & ((1 << bits) - 1);
        u32::try_from(part).unwrap_or(0)
    }
}

/// How a candidate stands in a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Listed {
    rank: Rank,
    order: i64,
    idle_since: Timestamp,
    agent: AgentId,
    tag: Tag,
}

const _: () = assert!(size_of::<Listed>() == 32);

impl Listed {
    pub(super) const NOBODY: Self = Self {
        rank: Rank(0),
        order: 0,
        idle_since: Timestamp::from_micros(0),
        agent: AgentId(0),
        tag: Tag([0; 3]),
    };

    pub(super) fn new(candidate: Candidate, slot: Slot, mark: Mark, room: Room) -> Self {
        Self {
            tag: Tag::new(slot, room, mark),
            ..Self::lowest(candidate)
        }
    }

    /// Where a key would stand: before all who have it.
    pub(super) fn lowest(key: Candidate) -> Self {
        Self {
            rank: Rank::of(key.rank),
            order: key.order,
            idle_since: key.idle_since,
            agent: key.agent,
            tag: Self::NOBODY.tag,
        }
    }

    pub(super) const fn candidate(&self) -> Candidate {
        Candidate {
            rank: self.rank.get(),
            order: self.order,
            idle_since: self.idle_since,
            agent: self.agent,
        }
    }

    pub(super) const fn agent(&self) -> AgentId {
        self.agent
    }

    pub(super) fn room(&self) -> Room {
        match self.tag.part(SLOT_BITS, ROOM_BITS) {
            1 => Room::Calls,
            2 => Room::Messages,
            3 => Room::Anything,
            _ => Room::Nothing,
        }
    }

    /// Whether it says what is so.
    pub(super) fn holds(&self, marks: &Marks) -> bool {
        let slot = Slot::new(self.tag.part(0, SLOT_BITS));
        let mark = self.tag.part(SLOT_BITS + ROOM_BITS, Mark::BITS);
        marks.is_current(slot, Mark::new(mark))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_is_said_of_an_entry_comes_out_again() {
        let candidate = Candidate {
            rank: -16_960,
            order: -7,
            idle_since: Timestamp::from_micros(1_774_700_000_000_000),
            agent: AgentId(u64::MAX),
        };
        for room in Room::ALL {
            let mut marks = Marks::default();
            let slots: Vec<_> = (0..3).map(|_| marks.occupy()).collect();
            let Some(slot) = slots.last().copied() else {
                unreachable!("three were taken")
            };
            (0..5).for_each(|_| marks.renew(slot));
            let it = Listed::new(candidate, slot, marks.of(slot), room);
            assert_eq!((it.candidate(), it.room()), (candidate, room));
            assert!(it.holds(&marks));
            marks.renew(slot);
            assert!(!it.holds(&marks));
        }
    }

    #[test]
    fn mark_that_begins_again_is_another_one_than_the_last() {
        let last = Mark::new(u32::MAX);
        assert_eq!(last.get(), (1 << Mark::BITS) - 1);
        assert_eq!(last.next(), Mark::default());
    }

    #[test]
    fn entries_stand_by_rank_then_order_then_idle_time_then_number() {
        let key = |rank, order, idle, agent| {
            Listed::lowest(Candidate {
                rank,
                order,
                idle_since: Timestamp::from_micros(idle),
                agent: AgentId(agent),
            })
        };
        let sorted = [
            key(-2, 9, 9, 9),
            key(-1, -1, 9, 9),
            key(-1, 0, 1, 9),
            key(-1, 0, 2, 1),
            key(-1, 0, 2, 3),
        ];
        assert!(sorted.is_sorted());
    }
}
