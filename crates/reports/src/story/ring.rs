//! The last so many of something.

use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// The last `max` items.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ring<T> {
    max: usize,
    items: VecDeque<T>,
}

impl<T> Ring<T> {
    pub(crate) const fn new(max: usize) -> Self {
        Self {
            max,
            items: VecDeque::new(),
        }
    }

    pub(crate) fn push(&mut self, item: T) {
        if self.items.len() >= self.max {
            self.items.pop_front();
        }
        self.items.push_back(item);
    }

    /// Newest first.
    pub fn newest_first(&self) -> impl Iterator<Item = &T> {
        self.items.iter().rev()
    }
}
