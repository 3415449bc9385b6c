//! What of a pool changes with each step of an agent: how many there are, and who became free. Every agent is in many
//! pools; what a step touches of them lies side by side here, and the lists behind it are not touched before somebody
//! reads them, or until so many have come that it is worth the way (decision 0042).

use super::listed::Listed;
use super::room::Room;
use crate::agent::Display;
use crate::contact::Channel;
use crate::queue::Strategy;

/// Who became free and is not in the list yet, at most.
const COMING_MAX: usize = 8;

/// Entries that are over, beside as many as hold, from which on the lists are cleaned.
const OVER_MAX: usize = 64;

/// The part of a pool that each step of its agents touches.
#[derive(Clone, Debug)]
pub(super) struct Shelf {
    pub(super) strategy: Strategy,
    coming: Coming,
    /// How many are free for anything.
    n_free: usize,
    /// How many entries the lists have, with those that are over.
    n_listed: usize,
    /// By what a board shows of them, and by what they have room for.
    n_by: [[u32; Room::ALL.len()]; Display::ALL.len()],
}

/// Those who are not in the list yet.
#[derive(Clone, Debug)]
pub(super) struct Coming {
    all: [Listed; COMING_MAX],
    n: usize,
}

impl Coming {
    const NOBODY: Self = Self {
        all: [Listed::NOBODY; COMING_MAX],
        n: 0,
    };

    pub(super) fn all(&self) -> &[Listed] {
        self.all.get(..self.n).unwrap_or_default()
    }

    /// Answers whether there was a place.
    fn add(&mut self, it: Listed) -> bool {
        let Some(place) = self.all.get_mut(self.n) else {
            return false;
        };
        *place = it;
        self.n += 1;
        true
    }
}

impl Shelf {
    pub(super) fn new(strategy: Strategy) -> Self {
        Self {
            strategy,
            coming: Coming::NOBODY,
            n_free: 0,
            n_listed: 0,
            n_by: [[0; Room::ALL.len()]; Display::ALL.len()],
        }
    }

    /// Someone is here.
    pub(super) fn enter(&mut self, display: Display, room: Room) {
        if let Some(count) = self.count(display, room) {
            *count += 1;
        }
        self.n_free += usize::from(room != Room::Nothing);
    }

    /// Someone is here no longer.
    pub(super) fn leave(&mut self, display: Display, room: Room) {
        if let Some(count) = self.count(display, room) {
            *count = count.saturating_sub(1);
        }
        let free = usize::from(room != Room::Nothing);
        self.n_free = self.n_free.saturating_sub(free);
    }

    fn count(&mut self, display: Display, room: Room) -> Option<&mut u32> {
        self.n_by.get_mut(display.index())?.get_mut(room.index())
    }

    /// Keeps somebody who became free. Whoever does not fit comes back: the list has to take the others in first.
    pub(super) fn come(&mut self, it: Listed) -> Option<Listed> {
        (!self.coming.add(it)).then_some(it)
    }

    /// Those who came and are not in the list yet, in no order.
    pub(super) fn coming(&self) -> &[Listed] {
        self.coming.all()
    }

    /// Those of them who are meant, in order.
    pub(super) fn came(&self, is_meant: impl Fn(&Listed) -> bool) -> Coming {
        let mut came = Coming::NOBODY;
        for it in self.coming().iter().filter(|it| is_meant(it)) {
            came.add(*it);
        }
        if let Some(all) = came.all.get_mut(..came.n) {
            all.sort_unstable();
        }
        came
    }

    /// The lists have them, and so many entries.
    pub(super) const fn taken_in(&mut self, n_listed: usize) {
        self.coming.n = 0;
        self.n_listed = n_listed;
    }

    /// How many agents meet the ask, by what a board shows of them.
    pub(super) fn counts(&self) -> impl Iterator<Item = (Display, u32)> + '_ {
        let counts = self.n_by.iter().map(|rooms| rooms.iter().sum());
        Display::ALL.into_iter().zip(counts)
    }

    /// How many agents meet the ask, by what a board shows of them and what they have room for.
    pub(super) fn rooms(&self) -> impl Iterator<Item = (Display, Room, u32)> + '_ {
        // Of all that a board can show, agents of one pool are shown a few.
        let counts = Display::ALL.into_iter().zip(&self.n_by);
        let counts = counts.filter(|(_, rooms)| **rooms != [0; Room::ALL.len()]);
        counts.flat_map(|(display, rooms)| {
            let rooms = Room::ALL.into_iter().zip(rooms);
            rooms.map(move |(room, n)| (display, room, *n))
        })
    }

    /// How many are free for a channel.
    pub(super) fn n_free_for(&self, channel: Channel) -> usize {
        let free = self.rooms().filter(|(_, room, _)| room.takes(channel));
        let n: u32 = free.map(|(_, _, n)| n).sum();
        usize::try_from(n).unwrap_or(usize::MAX)
    }

    /// The lists have so many entries, of which nothing is over.
    pub(super) const fn swept(&mut self, n_listed: usize) {
        self.n_listed = n_listed;
    }

    /// Whether nearly all that the lists have is over.
    pub(super) const fn is_mostly_over(&self) -> bool {
        self.n_listed > 2 * self.n_free + OVER_MAX
    }

    /// How many who meet the ask are here.
    pub(super) fn n_signed_in(&self) -> u32 {
        let here = self.counts().filter(|(it, _)| *it != Display::SignedOut);
        here.map(|(_, count)| count).sum()
    }
}
