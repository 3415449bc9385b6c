//! Names of what lives on a media thread. A name holds its thread, so that finding it needs no table, and a number
//! that is never given again, so that an order to a leg that is gone reaches nobody else.

use std::fmt;

/// Threads of one plane: what fits into a name.
pub(super) const THREADS_MAX: usize = 256;

/// A group of legs that may hear each other.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConversationId(u64);

/// One party's media: a socket for the leg's life.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LegId(u64);

/// The owner's name for an order; it comes back in the facts about it. Answers to older keys are the owner's to ignore.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(pub u64);

impl ConversationId {
    pub(super) const fn new(number: u64, thread: u8) -> Self {
        Self(name(number, thread))
    }

    pub(super) fn thread(self) -> usize {
        thread_of(self.0)
    }
}

impl LegId {
    pub(super) const fn new(number: u64, thread: u8) -> Self {
        Self(name(number, thread))
    }

    pub(super) fn thread(self) -> usize {
        thread_of(self.0)
    }
}

impl fmt::Debug for ConversationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "conversation {}", self.0 >> 8)
    }
}

impl fmt::Debug for LegId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "leg {}", self.0 >> 8)
    }
}

const fn name(number: u64, thread: u8) -> u64 {
    (number << 8) | u64::from_be_bytes([0, 0, 0, 0, 0, 0, 0, thread])
}

fn thread_of(name: u64) -> usize {
    let [.., thread] = name.to_be_bytes();
    usize::from(thread)
}

#[cfg(test)]
mod tests {
    use super::{ConversationId, LegId};

    #[test]
    fn name_holds_its_thread() {
        assert_eq!(LegId::new(70_000, 3).thread(), 3);
        assert_eq!(ConversationId::new(1, 255).thread(), 255);
        assert_ne!(LegId::new(1, 0), LegId::new(2, 0));
    }
}
