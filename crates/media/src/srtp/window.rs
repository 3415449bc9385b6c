//! The 48-bit index of a packet out of its 16-bit sequence number (RFC 3711 3.3.1), and which ones have been
//! received (3.3.2).

/// Packets behind the newest that are told apart; the least that RFC 3711 allows is 64.
const WIDTH: u64 = 128;

/// What is known of the indices of one source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Window {
    /// Nothing yet.
    Fresh,
    /// Where it stood under the key before.
    Inherited { highest: u64 },
    /// Bit n of `seen` stands for `highest - n`.
    Open { highest: u64, seen: u128 },
}

impl Window {
    /// The indices that a packet with that sequence number may have, the likely one first.
    pub(super) fn candidates(self, sequence: u16) -> [Option<u64>; 2] {
        let first_cycle = u64::from(sequence);
        match self {
            // A source that began just before the end of its cycle, and whose packets until then were lost.
            Self::Fresh if sequence < 0x8000 => [Some(first_cycle), Some(0x1_0000 + first_cycle)],
            Self::Fresh => [Some(first_cycle), None],
            Self::Inherited { highest } => match nearest(highest, sequence) {
                Some(index) if index == first_cycle => [Some(index), None],
                likely => [likely, Some(first_cycle)],
            },
            Self::Open { highest, .. } => [nearest(highest, sequence), None],
        }
    }

    /// The index of a packet that is about to be sent: a source begins in its first cycle.
    pub(super) fn next(self, sequence: u16) -> Option<u64> {
        match self {
            Self::Fresh => Some(sequence.into()),
            Self::Inherited { highest } | Self::Open { highest, .. } => nearest(highest, sequence),
        }
    }

    pub(super) fn has_seen(self, index: u64) -> bool {
        match self {
            Self::Fresh | Self::Inherited { .. } => false,
            Self::Open { highest, seen } => match highest.checked_sub(index) {
                None => false,
                Some(behind) if behind >= WIDTH => true,
                Some(behind) => seen & (1 << behind) != 0,
            },
        }
    }

    /// After a packet that proved to be genuine.
    pub(super) fn with(self, index: u64) -> Self {
        match self {
            Self::Fresh | Self::Inherited { .. } => Self::Open {
                highest: index,
                seen: 1,
            },
            Self::Open { highest, seen } => match index.checked_sub(highest) {
                Some(ahead) => Self::Open {
                    highest: index,
                    seen: if ahead >= WIDTH { 0 } else { seen << ahead } | 1,
                },
                None => Self::Open {
                    highest,
                    seen: match highest - index {
                        behind if behind < WIDTH => seen | 1 << behind,
                        _ => seen,
                    },
                },
            },
        }
    }

    /// The newest index that was received.
    pub(super) const fn highest(self) -> Option<u64> {
        match self {
            Self::Fresh => None,
            Self::Inherited { highest } | Self::Open { highest, .. } => Some(highest),
        }
    }

    /// After a restart: everything up to there counts as received, so that nobody can play it again.
    pub(super) const fn restored(highest: Option<u64>) -> Self {
        match highest {
            None => Self::Fresh,
            Some(highest) => Self::Open {
                highest,
                seen: u128::MAX,
            },
        }
    }

    pub(super) const fn inherited(self) -> Self {
        match self {
            Self::Fresh => Self::Fresh,
            Self::Inherited { highest } | Self::Open { highest, .. } => Self::Inherited { highest },
        }
    }
}

/// The index next to `highest` that ends in `sequence`; none where it would lie before the first.
fn nearest(highest: u64, sequence: u16) -> Option<u64> {
    let [.., h0, h1] = highest.to_be_bytes();
    let ahead = sequence.wrapping_sub(u16::from_be_bytes([h0, h1]));
    highest.checked_add_signed(ahead.cast_signed().into())
}

#[cfg(test)]
mod tests {
    use super::{WIDTH, Window, nearest};
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    // RFC 3711 3.3.1
    #[test]
    fn index_goes_over_the_end_of_a_cycle_in_both_directions() {
        assert_eq!(nearest(65_534, 1), Some(65_537));
        assert_eq!(nearest(65_537, 65_535), Some(65_535));
        assert_eq!(nearest(3, 65_535), None);
        assert_eq!(nearest(0x1_0000_8000, 0), Some(0x1_0000_0000));
    }

    proptest! {
        // RFC 3711 3.3.2
        #[test]
        fn no_index_is_taken_twice_and_none_that_is_near_is_refused(
            steps in proptest::collection::vec(-200_i64..200, 1..400),
        ) {
            let mut window = Window::Fresh;
            let mut taken = BTreeSet::new();
            let mut at = 10_000_i64;
            for step in steps {
                at = (at + step).max(0);
                let index = u64::try_from(at).unwrap();
                let highest = taken.last().copied().unwrap_or(0);
                let is_too_old = index + WIDTH <= highest;
                prop_assert_eq!(window.has_seen(index), is_too_old || taken.contains(&index));
                if !window.has_seen(index) {
                    window = window.with(index);
                    taken.insert(index);
                }
            }
        }
    }
}
