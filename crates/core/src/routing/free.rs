//! The agents of a pool who are free, in order.

use super::Candidate;
use super::derived::{Marks, Slot};
use super::ordered::Ordered;
use super::room::{PerChannel, Room};
use crate::contact::Channel;

/// Entries that are over, beside as many as hold, from which on a list is cleaned.
const OVER_MAX: usize = 64;

/// How a candidate stands in a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Listed {
    pub(super) candidate: Candidate,
    pub(super) slot: Slot,
    pub(super) mark: u32,
}

/// When those who went are taken out of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Leaving {
    /// At once: places are counted here.
    AtOnce,
    /// When they come to stand first, or have become too many.
    Later,
}

/// A list, with entries that are over.
#[derive(Clone, Debug, Default)]
struct List {
    entries: Ordered<Listed>,
    n: usize,
}

/// Who is free, in order. Each stands in one list: who takes anything is not kept twice.
#[derive(Clone, Debug, Default)]
pub(super) struct Free {
    anything: List,
    only: PerChannel<List>,
}

impl List {
    fn leave(&mut self, it: &Listed, leaving: Leaving, marks: &Marks) {
        self.n = self.n.saturating_sub(1);
        match leaving {
            Leaving::AtOnce => self.entries.remove(it),
            Leaving::Later if self.entries.len() > 2 * self.n + OVER_MAX => {
                self.entries.retain(|it| holds(it, marks));
            }
            Leaving::Later => {}
        }
    }

    /// Whoever stands first is there. Amortized O(1): each entry goes once.
    fn clean(&mut self, marks: &Marks) {
        while { self.entries.first() }.is_some_and(|it| !holds(it, marks)) {
            self.entries.remove_first();
        }
    }
}

fn holds(it: &Listed, marks: &Marks) -> bool {
    marks.is_current(it.slot, it.mark)
}

impl Free {
    const fn list(&mut self, room: Room) -> Option<&mut List> {
        match room {
            Room::Nothing => None,
            Room::Calls => Some(&mut self.only.voice),
            Room::Messages => Some(&mut self.only.voicemail),
            Room::Anything => Some(&mut self.anything),
        }
    }

    const fn lists(&self, channel: Channel) -> (&List, &List) {
        (&self.anything, self.only.get(channel))
    }

    pub(super) fn enter(&mut self, room: Room, it: Listed) {
        if let Some(list) = self.list(room) {
            list.entries.insert(it);
            list.n += 1;
        }
    }

    pub(super) fn leave(&mut self, room: Room, it: &Listed, leaving: Leaving, marks: &Marks) {
        if let Some(list) = self.list(room) {
            list.leave(it, leaving, marks);
        }
    }

    /// Whoever stands first in a list is there.
    pub(super) fn clean(&mut self, marks: &Marks) {
        self.anything.clean(marks);
        self.only.voice.clean(marks);
        self.only.voicemail.clean(marks);
    }

    /// How many are free for a channel.
    pub(super) const fn len(&self, channel: Channel) -> usize {
        let (one, other) = self.lists(channel);
        one.n + other.n
    }

    /// Those who are free for a channel, in order.
    pub(super) fn iter<'a>(
        &'a self,
        channel: Channel,
        marks: &'a Marks,
    ) -> impl Iterator<Item = Candidate> + 'a {
        let (one, other) = self.lists(channel);
        merged(one.entries.iter(), other.entries.iter(), marks)
    }

    /// Those of them from a key on.
    pub(super) fn from<'a>(
        &'a self,
        channel: Channel,
        key: Candidate,
        marks: &'a Marks,
    ) -> impl Iterator<Item = Candidate> + 'a {
        let (one, other) = self.lists(channel);
        let first = lowest(key);
        merged(one.entries.from(first), other.entries.from(first), marks)
    }

    /// Those of them from a place on, where whoever goes is taken out at once. O(log n * runs).
    pub(super) fn starting_at<'a>(
        &'a self,
        channel: Channel,
        place: usize,
        marks: &'a Marks,
    ) -> impl Iterator<Item = Candidate> + 'a {
        let (one, other) = self.lists(channel);
        let n_one = n_of_one(&one.entries, &other.entries, place);
        let n_other = place.saturating_sub(n_one);
        let (one, other) = (&one.entries, &other.entries);
        merged(one.starting_at(n_one), other.starting_at(n_other), marks)
    }

    /// How many are free for a channel that come before a key, where whoever goes is taken out at once.
    pub(super) fn n_before(&self, channel: Channel, key: Candidate) -> usize {
        let (one, other) = self.lists(channel);
        let first = lowest(key);
        one.entries.n_before(&first) + other.entries.n_before(&first)
    }
}

/// Where a key would stand.
fn lowest(candidate: Candidate) -> Listed {
    Listed {
        candidate,
        slot: Slot::default(),
        mark: 0,
    }
}

/// How many of the first `n` of two lists are of the one: as many as come before what then is next of the other.
fn n_of_one(one: &Ordered<Listed>, other: &Ordered<Listed>, n: usize) -> usize {
    let (mut low, mut high) = (n.saturating_sub(other.len()), n.min(one.len()));
    while low < high {
        let middle = low.midpoint(high);
        let before = { n - middle }.checked_sub(1).and_then(|it| other.at(it));
        let is_more = { one.at(middle) }
            .zip(before)
            .is_some_and(|(it, before)| it < before);
        if is_more {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}

/// What holds of two lists, in order as one.
fn merged(
    one: impl Iterator<Item = Listed>,
    other: impl Iterator<Item = Listed>,
    marks: &Marks,
) -> impl Iterator<Item = Candidate> {
    let mut one = one.filter(|it| holds(it, marks)).peekable();
    let mut other = other.filter(|it| holds(it, marks)).peekable();
    std::iter::from_fn(move || {
        let is_first = match (one.peek(), other.peek()) {
            (Some(one), Some(other)) => one < other,
            (it, _) => it.is_some(),
        };
        let next = if is_first { one.next() } else { other.next() };
        next.map(|it| it.candidate)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::AgentId;
    use crate::time::Timestamp;

    fn candidate(n: u64) -> Candidate {
        Candidate {
            rank: 0,
            order: 0,
            idle_since: Timestamp::from_micros(i64::try_from(n).unwrap_or(0)),
            agent: AgentId(n),
        }
    }

    /// Agents of whom every third takes calls alone.
    fn floor(n: u64) -> (Free, Marks, Vec<Listed>) {
        let (mut free, mut marks) = (Free::default(), Marks::default());
        let listed = (0..n).map(|n| {
            let slot = marks.occupy();
            let mark = marks.of(slot);
            let candidate = candidate(n);
            Listed {
                candidate,
                slot,
                mark,
            }
        });
        let listed: Vec<_> = listed.collect();
        for (n, it) in listed.iter().enumerate() {
            free.enter(room(n), *it);
        }
        (free, marks, listed)
    }

    const fn room(n: usize) -> Room {
        if n.is_multiple_of(3) {
            Room::Calls
        } else {
            Room::Anything
        }
    }

    fn agents(free: &Free, marks: &Marks) -> Vec<u64> {
        let all = free.iter(Channel::Voice, marks);
        all.map(|it| it.agent.0).collect()
    }

    #[test]
    fn who_went_is_in_no_list_any_more_whenever_it_is_cleaned() {
        let (mut free, mut marks, listed) = floor(1_000);
        let mut here: Vec<u64> = (0..1_000).collect();
        for (n, it) in listed.iter().enumerate().rev().filter(|(n, _)| n % 5 > 0) {
            marks.renew(it.slot);
            free.leave(room(n), it, Leaving::Later, &marks);
            here.retain(|left| *left != it.candidate.agent.0);
            assert_eq!(free.len(Channel::Voice), here.len());
            if n % 50 == 1 {
                assert_eq!(agents(&free, &marks), here);
                free.clean(&marks);
                assert_eq!(agents(&free, &marks), here);
            }
        }
        assert!(free.anything.entries.len() <= 2 * 134 + OVER_MAX);
    }

    #[test]
    fn who_comes_back_stands_once_at_the_new_place() {
        let (mut free, mut marks, listed) = floor(10);
        let Some(it) = listed.get(4) else {
            unreachable!("ten are here")
        };
        marks.renew(it.slot);
        free.leave(room(4), it, Leaving::Later, &marks);
        let mark = marks.of(it.slot);
        let again = Listed {
            candidate: Candidate {
                agent: it.candidate.agent,
                ..candidate(20)
            },
            mark,
            ..*it
        };
        free.enter(room(4), again);
        assert_eq!(agents(&free, &marks), [0, 1, 2, 3, 5, 6, 7, 8, 9, 4]);
        assert_eq!(free.len(Channel::Voice), 10);
    }

    #[test]
    fn who_gets_the_slot_of_somebody_gone_has_no_old_places() {
        let (free, mut marks, listed) = floor(3);
        let Some(it) = listed.get(1) else {
            unreachable!("three are here")
        };
        marks.vacate(it.slot);
        assert_eq!(marks.occupy(), it.slot);
        assert_eq!(agents(&free, &marks), [0, 2]);
    }

    #[test]
    fn every_place_of_two_lists_leads_to_its_entry() {
        let (free, marks, _) = floor(500);
        for place in 0..500 {
            let at = free.starting_at(Channel::Voice, place, &marks).next();
            assert_eq!(at.map(|it| it.agent.0), u64::try_from(place).ok());
            let key = candidate(u64::try_from(place).unwrap_or(0));
            assert_eq!(free.n_before(Channel::Voice, key), place);
        }
        assert_eq!(free.starting_at(Channel::Voice, 500, &marks).next(), None);
    }
}
