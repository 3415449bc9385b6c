//! How many sockets there may be: in the process, and for one viewer.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use tandem_core::ids::AccountId;
use tandem_store::TokenHash;

/// Sockets of one process.
const SOCKETS_MAX: usize = 20_000;
/// Sockets of one account, or by one TV link: tabs, windows and walls.
const SOCKETS_PER_VIEWER_MAX: usize = 100;

/// Whose sockets are counted together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Viewer {
    Account(AccountId),
    Link(TokenHash),
}

/// The places for sockets. Cheap to clone.
#[derive(Clone, Default)]
pub struct Places {
    taken: Arc<Mutex<Taken>>,
}

#[derive(Default)]
struct Taken {
    n_all: usize,
    by_viewer: BTreeMap<Viewer, usize>,
}

/// A place; it is free again when this is dropped.
pub(super) struct Place {
    places: Places,
    viewer: Viewer,
}

impl Places {
    /// Takes a place, if there is one left.
    pub(super) fn take(&self, viewer: Viewer) -> Option<Place> {
        let mut taken = self.lock();
        let own = taken.by_viewer.get(&viewer).copied().unwrap_or_default();
        if taken.n_all >= SOCKETS_MAX || own >= SOCKETS_PER_VIEWER_MAX {
            return None;
        }
        taken.n_all += 1;
        taken.by_viewer.insert(viewer, own + 1);
        Some(Place {
            places: self.clone(),
            viewer,
        })
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Taken> {
        self.taken
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.lock();
        taken.n_all = taken.n_all.saturating_sub(1);
        let left = taken
            .by_viewer
            .get(&self.viewer)
            .map_or(0, |own| own.saturating_sub(1));
        if left == 0 {
            taken.by_viewer.remove(&self.viewer);
        } else {
            taken.by_viewer.insert(self.viewer, left);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_viewer_does_not_take_the_places_of_others() {
        let places = Places::default();
        let ann = Viewer::Account(AccountId(1));
        let mut held: Vec<Place> = (0..SOCKETS_PER_VIEWER_MAX)
            .map(|_| places.take(ann).unwrap())
            .collect();
        assert!(places.take(ann).is_none());
        assert!(places.take(Viewer::Account(AccountId(2))).is_some());
        held.pop();
        assert!(places.take(ann).is_some());
        drop(held);
        assert!(places.lock().by_viewer.is_empty());
        assert_eq!(places.lock().n_all, 0);
    }
}
