//! The agents of a pool who are free, in order.

use super::Candidate;
use super::derived::Marks;
use super::listed::Listed;
use super::ordered::Ordered;
use super::room::{PerChannel, Room};
use crate::contact::Channel;
use crate::ids::AgentId;
use crate::queue::Strategy;

/// When those who went are taken out of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Leaving {
    /// At once: places are counted here.
    AtOnce,
    /// When they come to stand first, or have become too many.
    Later,
}

impl Leaving {
    pub(super) const fn of(strategy: Strategy) -> Self {
        match strategy {
            Strategy::Random | Strategy::RandomWeighted => Self::AtOnce,
            Strategy::LongestIdle
            | Strategy::BestSkill
            | Strategy::LongestSinceInbound
            | Strategy::LongestSinceOffer
            | Strategy::LongestReady
            | Strategy::RoundRobin
            | Strategy::Ordered
            | Strategy::FewestContacts
            | Strategy::LeastTalk
            | Strategy::LeastActive
            | Strategy::HighestFreeUnits => Self::Later,
        }
    }
}

/// Who is free, in order, with entries that are over. Each stands in one list: who takes anything is not kept twice.
#[derive(Clone, Debug, Default)]
pub(super) struct Free {
    anything: Ordered<Listed>,
    only: PerChannel<Ordered<Listed>>,
}

impl Free {
    const fn list(&mut self, room: Room) -> Option<&mut Ordered<Listed>> {
        match room {
            Room::Nothing => None,
            Room::Calls => Some(&mut self.only.voice),
            Room::Messages => Some(&mut self.only.voicemail),
            Room::Anything => Some(&mut self.anything),
        }
    }

    const fn lists(&self, channel: Channel) -> (&Ordered<Listed>, &Ordered<Listed>) {
        (&self.anything, self.only.get(channel))
    }

    pub(super) fn enter(&mut self, it: Listed) {
        if let Some(list) = self.list(it.room()) {
            list.insert(it);
        }
    }

    pub(super) fn remove(&mut self, it: &Listed) {
        if let Some(list) = self.list(it.room()) {
            list.remove(it);
        }
    }

    /// Has who stands first among those who take anything fetched from memory, while something else is worked out.
    pub(super) fn fetch_first(&self) {
        std::hint::black_box(self.anything.first().map(Listed::room));
    }

    /// How many entries there are, with those that are over.
    pub(super) const fn n_listed(&self) -> usize {
        self.anything.len() + self.only.voice.len() + self.only.voicemail.len()
    }

    /// Takes in who became free and still is.
    pub(super) fn take_in(&mut self, coming: &[Listed], marks: &Marks) {
        for it in coming.iter().filter(|it| it.holds(marks)) {
            self.enter(*it);
        }
    }

    /// Takes out all that is over. O(entries).
    pub(super) fn sweep(&mut self, marks: &Marks) {
        for room in Room::ALL {
            if let Some(list) = self.list(room) {
                list.retain(|it| it.holds(marks));
            }
        }
    }

    /// Whoever stands first in a list is there. Amortized O(1): each entry goes once.
    pub(super) fn clean(&mut self, marks: &Marks) {
        for room in Room::ALL {
            if let Some(list) = self.list(room) {
                list.remove_first_while(|it| !it.holds(marks));
            }
        }
    }

    /// Those who are free for a channel, in order.
    pub(super) fn iter<'a>(
        &'a self,
        channel: Channel,
        marks: &'a Marks,
    ) -> impl Iterator<Item = Listed> + 'a {
        let (one, other) = self.lists(channel);
        merged(one.iter(), other.iter()).filter(|it| it.holds(marks))
    }

    /// The first `n` who are free for a channel or are coming, in order, and not kept away. Nearly every choice is
    /// this one: a loop over three heads.
    pub(super) fn first_with(
        &self,
        (channel, marks): (Channel, &Marks),
        coming: &[Listed],
        n: usize,
        is_kept_away: impl Fn(AgentId) -> bool,
    ) -> Vec<Candidate> {
        let may = |it: &Listed| it.holds(marks) && !is_kept_away(it.agent());
        let (one, other) = self.lists(channel);
        let (mut one, mut other) = (one.iter().filter(may), other.iter().filter(may));
        let mut coming = coming.iter().copied().filter(may);
        let mut heads = (one.next(), other.next(), coming.next());
        let mut found = Vec::with_capacity(n);
        while found.len() < n {
            let first = match heads {
                (first, None, None) => {
                    heads.0 = one.next();
                    first
                }
                (it, other_head, coming_head) => {
                    let first = [it, other_head, coming_head].into_iter().flatten().min();
                    if first == it {
                        heads.0 = one.next();
                    } else if first == other_head {
                        heads.1 = other.next();
                    } else {
                        heads.2 = coming.next();
                    }
                    first
                }
            };
            let Some(first) = first else {
                break;
            };
            found.push(first.candidate());
        }
        found
    }

    /// Those of them from a key on.
    pub(super) fn from<'a>(
        &'a self,
        channel: Channel,
        key: Candidate,
        marks: &'a Marks,
    ) -> impl Iterator<Item = Listed> + 'a {
        let (one, other) = self.lists(channel);
        let first = Listed::lowest(key);
        merged(one.from(first), other.from(first)).filter(|it| it.holds(marks))
    }

    /// Those of them from a place on, where whoever goes is taken out at once. O(log n * runs).
    pub(super) fn starting_at<'a>(
        &'a self,
        channel: Channel,
        place: usize,
        marks: &'a Marks,
    ) -> impl Iterator<Item = Listed> + 'a {
        let (one, other) = self.lists(channel);
        let n_one = n_of_one(one, other, place);
        let n_other = place.saturating_sub(n_one);
        merged(one.starting_at(n_one), other.starting_at(n_other)).filter(|it| it.holds(marks))
    }

    /// How many are free for a channel that come before a key, where whoever goes is taken out at once.
    pub(super) fn n_before(&self, channel: Channel, key: Candidate) -> usize {
        let (one, other) = self.lists(channel);
        let first = Listed::lowest(key);
        one.n_before(&first) + other.n_before(&first)
    }
}

/// How many of the first `n` of two lists are of the one: as many as come before what then is next of the other.
fn n_of_one(one: &Ordered<Listed>, other: &Ordered<Listed>, n: usize) -> usize {
    let (mut low, mut high) = (n.saturating_sub(other.len()), n.min(one.len()));
    while low < high {
        let middle = low.midpoint(high);
        let before = { n - middle }.checked_sub(1).and_then(|it| other.at(it));
        let is_more = { one.at(middle) }
            .zip(before)
            .is_some_and(|(it, before)| it < before);
        if is_more {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}

/// Two lists, in order as one.
pub(super) fn merged(
    one: impl Iterator<Item = Listed>,
    other: impl Iterator<Item = Listed>,
) -> impl Iterator<Item = Listed> {
    let (mut one, mut other) = (one.peekable(), other.peekable());
    std::iter::from_fn(move || {
        let is_first = match (one.peek(), other.peek()) {
            (Some(one), Some(other)) => one < other,
            (it, _) => it.is_some(),
        };
        if is_first { one.next() } else { other.next() }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::AgentId;
    use crate::routing::derived::Slot;
    use crate::time::Timestamp;

    fn candidate(n: u64) -> Candidate {
        Candidate {
            rank: 0,
            order: 0,
            idle_since: Timestamp::from_micros(i64::try_from(n).unwrap_or(0)),
            agent: AgentId(n),
        }
    }

    /// Agents of whom every third takes calls alone.
    fn floor(n: u64) -> (Free, Marks, Vec<(Slot, Listed)>) {
        let (mut free, mut marks) = (Free::default(), Marks::default());
        let listed = (0..n).map(|n| {
            let slot = marks.occupy();
            let mark = marks.of(slot);
            let candidate = candidate(n);
            let room = if n.is_multiple_of(3) {
                Room::Calls
            } else {
                Room::Anything
            };
            (slot, Listed::new(candidate, slot, mark, room))
        });
        let listed: Vec<_> = listed.collect();
        for (_, it) in &listed {
            free.enter(*it);
        }
        (free, marks, listed)
    }

    fn agents(free: &Free, marks: &Marks) -> Vec<u64> {
        let all = free.iter(Channel::Voice, marks);
        all.map(|it| it.candidate().agent.0).collect()
    }

    #[test]
    fn who_went_is_in_no_list_any_more_whenever_it_is_cleaned() {
        let (mut free, mut marks, listed) = floor(1_000);
        let mut here: Vec<u64> = (0..1_000).collect();
        for (n, (slot, it)) in listed.iter().enumerate().filter(|(n, _)| n % 5 > 0) {
            marks.renew(*slot);
            here.retain(|left| *left != it.candidate().agent.0);
            if n % 50 == 1 {
                assert_eq!(agents(&free, &marks), here);
                free.clean(&marks);
                assert_eq!(agents(&free, &marks), here);
            }
        }
        free.sweep(&marks);
        assert_eq!(free.n_listed(), here.len());
        assert_eq!(agents(&free, &marks), here);
    }

    #[test]
    fn who_comes_back_stands_once_at_the_new_place_and_who_went_again_not_at_all() {
        let (mut free, mut marks, listed) = floor(10);
        let again = |marks: &mut Marks, n: usize| {
            let Some((slot, it)) = listed.get(n).copied() else {
                unreachable!("ten are here")
            };
            marks.renew(slot);
            let again = Candidate {
                agent: it.candidate().agent,
                ..candidate(20)
            };
            Listed::new(again, slot, marks.of(slot), it.room())
        };
        let coming = [again(&mut marks, 4), again(&mut marks, 7)];
        let _ = again(&mut marks, 7);
        free.take_in(&coming, &marks);
        assert_eq!(agents(&free, &marks), [0, 1, 2, 3, 5, 6, 8, 9, 4]);
    }

    #[test]
    fn who_gets_the_slot_of_somebody_gone_has_no_old_places() {
        let (free, mut marks, listed) = floor(3);
        let Some((slot, _)) = listed.get(1).copied() else {
            unreachable!("three are here")
        };
        marks.vacate(slot);
        assert_eq!(marks.occupy(), slot);
        assert_eq!(agents(&free, &marks), [0, 2]);
    }

    #[test]
    fn every_place_of_two_lists_leads_to_its_entry() {
        let (free, marks, _) = floor(500);
        for place in 0..500 {
            let at = free.starting_at(Channel::Voice, place, &marks).next();
            assert_eq!(
                at.map(|it| it.candidate().agent.0),
                u64::try_from(place).ok()
            );
            let key = candidate(u64::try_from(place).unwrap_or(0));
            assert_eq!(free.n_before(Channel::Voice, key), place);
        }
        assert_eq!(free.starting_at(Channel::Voice, 500, &marks).next(), None);
    }
}
