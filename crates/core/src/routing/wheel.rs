//! Chance with weights: what the free agents of a pool weigh, summed over numbers that lie together, so that where a
//! draw falls is found without going through everybody.

use super::room::Room;
use crate::contact::Channel;
use crate::ids::AgentId;
use std::collections::BTreeMap;

/// Agents whose numbers share one sum, and sums that share one above them.
const SPAN: u64 = 64;

/// What agents weigh, by what they have room for.
type Weights = [u64; Room::ALL.len()];

/// The sums, by rank.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Wheel(BTreeMap<i64, Sums>);

/// Sums over numbers that lie together, and sums of those. None is zero.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Sums {
    wide: BTreeMap<u64, Weights>,
    narrow: BTreeMap<u64, Weights>,
}

/// Where a draw falls: at this number or behind it, after so much weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fallen {
    pub(super) from: AgentId,
    pub(super) after: u64,
}

impl Wheel {
    pub(super) fn add(&mut self, rank: i64, agent: AgentId, room: Room, weight: u64) {
        if room == Room::Nothing || weight == 0 {
            return;
        }
        let span = agent.0 / SPAN;
        let sums = self.0.entry(rank).or_default();
        for (all, at) in [(&mut sums.narrow, span), (&mut sums.wide, span / SPAN)] {
            if let Some(sum) = all.entry(at).or_default().get_mut(room.index()) {
                *sum += weight;
            }
        }
    }

    pub(super) fn take(&mut self, rank: i64, agent: AgentId, room: Room, weight: u64) {
        let Some(sums) = self.0.get_mut(&rank) else {
            return;
        };
        let span = agent.0 / SPAN;
        for (all, at) in [(&mut sums.narrow, span), (&mut sums.wide, span / SPAN)] {
            let Some(weights) = all.get_mut(&at) else {
                continue;
            };
            if let Some(sum) = weights.get_mut(room.index()) {
                *sum = sum.saturating_sub(weight);
            }
            if weights.iter().all(|it| *it == 0) {
                all.remove(&at);
            }
        }
        if sums.wide.is_empty() {
            self.0.remove(&rank);
        }
    }

    /// Where a draw falls among those of a rank who are free for a channel. O(agents / span^2 + span).
    pub(super) fn fall(&self, channel: Channel, rank: i64, draw: u64) -> Option<Fallen> {
        let sums = self.0.get(&rank)?;
        let total: u64 = { sums.wide.values() }.map(|it| weight(it, channel)).sum();
        let drawn = draw.checked_rem(total)?;
        let (wide, after) = place_in(sums.wide.iter(), channel, drawn)?;
        let narrow = sums.narrow.range(wide * SPAN..(wide + 1) * SPAN);
        let (span, after) = place_in(narrow, channel, after)?;
        let from = AgentId(span * SPAN);
        Some(Fallen { from, after })
    }
}

/// What those weigh who are free for a channel.
fn weight(weights: &Weights, channel: Channel) -> u64 {
    let rooms = Room::ALL.into_iter().zip(weights);
    let taking = rooms.filter(|(it, _)| it.takes(channel));
    taking.map(|(_, it)| it).sum()
}

/// In which of these a draw falls, and after how much of it.
fn place_in<'a>(
    all: impl Iterator<Item = (&'a u64, &'a Weights)>,
    channel: Channel,
    drawn: u64,
) -> Option<(u64, u64)> {
    let mut after = drawn;
    for (at, weights) in all {
        let here = weight(weights, channel);
        if after < here {
            return Some((*at, after));
        }
        after -= here;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    // B4.2
    #[test]
    fn draw_falls_into_each_span_as_often_as_those_weigh_who_are_free_there() {
        let mut wheel = Wheel::default();
        let agents = [
            (1, Room::Anything, 3),
            (70, Room::Calls, 5),
            (71, Room::Messages, 100),
            (500, Room::Nothing, 100),
            (90_000, Room::Calls, 1),
        ];
        for (agent, room, weight) in agents {
            wheel.add(0, AgentId(agent), room, weight);
        }
        let falls = |draw| {
            wheel
                .fall(Channel::Voice, 0, draw)
                .map(|it| (it.from.0, it.after))
        };
        let fallen: Vec<_> = (0..10).filter_map(falls).collect();
        let expected = [
            (0, 0),
            (0, 1),
            (0, 2),
            (64, 0),
            (64, 1),
            (64, 2),
            (64, 3),
            (64, 4),
            (89_984, 0),
            (0, 0),
        ];
        assert_eq!(fallen, expected);
        assert_eq!(wheel.fall(Channel::Voice, 1, 0), None);
        for (agent, room, weight) in agents {
            wheel.take(0, AgentId(agent), room, weight);
        }
        assert_eq!(wheel, Wheel::default());
    }
}
