//! What follows from the rest of the index, and what lies in it of entries that are over.

use serde::{Deserialize, Serialize};

/// Something that can be made anew from what is kept: two states that differ in it alone are the same, and it is not
/// written down.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub(super) struct Derived<T>(pub(super) T);

impl<T> PartialEq for Derived<T> {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl<T> Eq for Derived<T> {}

/// The place of an agent among the marks; given again when the agent is gone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Slot(u32);

/// By what lists know whether an entry still holds. Whoever goes busy stays in the lists of many pools until
/// somebody looks: to take an agent out of each at once would touch more memory than all else that a turn does.
#[derive(Clone, Debug, Default)]
pub(super) struct Marks {
    current: Vec<Mark>,
    vacant: Vec<Slot>,
}

/// A mark; after the last one the first comes again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Mark(u32);

impl Mark {
    /// So many bits it has: an entry would have to lie untouched while its agent takes 67 million steps.
    pub(super) const BITS: u32 = 26;

    pub(super) const fn new(mark: u32) -> Self {
        Self(mark & ((1 << Self::BITS) - 1))
    }

    pub(super) const fn get(self) -> u32 {
        self.0
    }

    pub(super) const fn next(self) -> Self {
        Self::new(self.0.wrapping_add(1))
    }
}

impl Slot {
    pub(super) const fn new(place: u32) -> Self {
        Self(place)
    }

    pub(super) const fn get(self) -> u32 {
        self.0
    }

    fn index(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }
}

impl Marks {
    /// A place for another agent. Entries of whoever had it before do not hold for this one.
    pub(super) fn occupy(&mut self) -> Slot {
        self.vacant.pop().unwrap_or_else(|| {
            self.current.push(Mark::default());
            let last = self.current.len().saturating_sub(1);
            Slot(u32::try_from(last).unwrap_or(u32::MAX))
        })
    }

    /// The agent is gone.
    pub(super) fn vacate(&mut self, slot: Slot) {
        self.renew(slot);
        self.vacant.push(slot);
    }

    /// What lists say of the agent holds no longer.
    pub(super) fn renew(&mut self, slot: Slot) {
        if let Some(mark) = self.current.get_mut(slot.index()) {
            *mark = mark.next();
        }
    }

    /// The mark under which an entry is made now.
    pub(super) fn of(&self, slot: Slot) -> Mark {
        self.current.get(slot.index()).copied().unwrap_or_default()
    }

    /// Whether an entry under this mark holds.
    pub(super) fn is_current(&self, slot: Slot, mark: Mark) -> bool {
        self.current.get(slot.index()) == Some(&mark)
    }
}
