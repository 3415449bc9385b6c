//! Chance with weights: what the free agents of a pool weigh, summed over numbers that lie together, so that where a
//! draw falls is found without going through everybody.

use super::room::Room;
use crate::contact::Channel;
use crate::ids::AgentId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Agents whose numbers share one sum.
const SPAN: u64 = 64;

/// The sums, by rank, then by number, then by what the agents have room for. No sum is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Wheel(BTreeMap<i64, BTreeMap<u64, [u64; Room::ALL.len()]>>);

/// Where a draw falls: at this number or behind it, after so much weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fallen {
    pub(super) from: AgentId,
    pub(super) after: u64,
}

impl Wheel {
    pub(super) fn add(&mut self, rank: i64, agent: AgentId, room: Room, weight: u64) {
        if room == Room::Nothing {
            return;
        }
        let sums = self.0.entry(rank).or_default();
        let sums = sums.entry(agent.0 / SPAN).or_default();
        if let Some(sum) = sums.get_mut(room.index()) {
            *sum += weight;
        }
    }

    pub(super) fn take(&mut self, rank: i64, agent: AgentId, room: Room, weight: u64) {
        let Some(of_rank) = self.0.get_mut(&rank) else {
            return;
        };
        let span = agent.0 / SPAN;
        if let Some(sums) = of_rank.get_mut(&span) {
            if let Some(sum) = sums.get_mut(room.index()) {
                *sum = sum.saturating_sub(weight);
            }
            if sums.iter().all(|it| *it == 0) {
                of_rank.remove(&span);
            }
        }
        if of_rank.is_empty() {
            self.0.remove(&rank);
        }
    }

    /// Where a draw falls among those of a rank who are free for a channel. O(agents / span).
    pub(super) fn fall(&self, channel: Channel, rank: i64, draw: u64) -> Option<Fallen> {
        let spans = self.0.get(&rank)?;
        let weight = |sums: &[u64; Room::ALL.len()]| -> u64 {
            let rooms = Room::ALL.into_iter().zip(sums);
            rooms
                .filter(|(it, _)| it.takes(channel))
                .map(|(_, it)| it)
                .sum()
        };
        let total: u64 = spans.values().map(weight).sum();
        let mut after = draw.checked_rem(total)?;
        for (span, sums) in spans {
            let here = weight(sums);
            if after < here {
                let from = AgentId(span * SPAN);
                return Some(Fallen { from, after });
            }
            after -= here;
        }
        None
    }
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
        ];
        for (agent, room, weight) in agents {
            wheel.add(0, AgentId(agent), room, weight);
        }
        let falls = |draw| {
            wheel
                .fall(Channel::Voice, 0, draw)
                .map(|it| (it.from.0, it.after))
        };
        let fallen: Vec<_> = (0..9).filter_map(falls).collect();
        let expected = [
            (0, 0),
            (0, 1),
            (0, 2),
            (64, 0),
            (64, 1),
            (64, 2),
            (64, 3),
            (64, 4),
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
