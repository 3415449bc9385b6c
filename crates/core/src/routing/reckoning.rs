//! What a decision says of those whom it did not choose: how many could have been chosen, and why the others could not.

use super::Exclusion;
use super::shelf::Shelf;
use crate::contact::Channel;

/// Of all who meet an ask, how many have room for a channel, and why the others have none: one look at the shelf.
pub(super) struct Reckoning {
    pub(super) n_able: u32,
    pub(super) n_free: u32,
    pub(super) excluded: [u32; Exclusion::ALL.len()],
}

impl Reckoning {
    pub(super) fn of(shelf: Option<&Shelf>, channel: Channel) -> Self {
        let mut all = Self {
            n_able: 0,
            n_free: 0,
            excluded: [0; Exclusion::ALL.len()],
        };
        for (display, room, n) in shelf.into_iter().flat_map(Shelf::rooms) {
            all.n_able += n;
            if room.takes(channel) {
                all.n_free += n;
            } else {
                all.exclude(Exclusion::of(display, room), n);
            }
        }
        all
    }

    pub(super) fn exclude(&mut self, reason: Exclusion, n: u32) {
        if let Some(all) = self.excluded.get_mut(reason.index()) {
            *all += n;
        }
    }
}
