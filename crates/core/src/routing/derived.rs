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
pub(super) struct Slot(usize);

/// By what lists know whether an entry still holds. Whoever goes busy stays in the lists of many pools until
/// somebody looks: to take an agent out of each at once would touch more memory than all else that a turn does.
#[derive(Clone, Debug, Default)]
pub(super) struct Marks {
    current: Vec<u32>,
    vacant: Vec<Slot>,
}

impl Slot {
    pub(super) const FIRST: Self = Self(0);
}

impl Marks {
    /// A place for another agent. Entries of whoever had it before do not hold for this one.
    pub(super) fn occupy(&mut self) -> Slot {
        self.vacant.pop().unwrap_or_else(|| {
            self.current.push(0);
            Slot(self.current.len().saturating_sub(1))
        })
    }

    /// The agent is gone.
    pub(super) fn vacate(&mut self, slot: Slot) {
        self.renew(slot);
        self.vacant.push(slot);
    }

    /// What lists say of the agent holds no longer.
    pub(super) fn renew(&mut self, slot: Slot) {
        if let Some(mark) = self.current.get_mut(slot.0) {
            *mark = mark.wrapping_add(1);
        }
    }

    /// The mark under which an entry is made now.
    pub(super) fn of(&self, slot: Slot) -> u32 {
        self.current.get(slot.0).copied().unwrap_or(0)
    }

    /// Whether an entry under this mark holds.
    pub(super) fn is_current(&self, slot: Slot, mark: u32) -> bool {
        self.current.get(slot.0) == Some(&mark)
    }
}
