//! For what an agent has room at the moment, and what stands apart by channel: lists of those who are free, and of
//! those who wait.

use super::Candidate;
use crate::capacity::{Capacity, Held};
use crate::contact::Channel;
use crate::plan::Ask;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::iter::Peekable;
use std::ops::RangeBounds;

/// For which contacts of a pool an agent is free.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Room {
    #[default]
    Nothing,
    Calls,
    Messages,
    Anything,
}

impl Room {
    pub(super) const ALL: [Self; 4] = [Self::Nothing, Self::Calls, Self::Messages, Self::Anything];

    /// What of a pool comes to whoever is willing and has these.
    pub(super) fn of(ask: &Ask, capacity: &Capacity<Channel>, held: &[Held<Channel>]) -> Self {
        let takes = |channel| capacity.has_room(held, &ask.load(channel));
        match (takes(Channel::Voice), takes(Channel::Voicemail)) {
            (false, false) => Self::Nothing,
            (true, false) => Self::Calls,
            (false, true) => Self::Messages,
            (true, true) => Self::Anything,
        }
    }

    pub(super) const fn takes(self, channel: Channel) -> bool {
        match (self, channel) {
            (Self::Anything, _)
            | (Self::Calls, Channel::Voice)
            | (Self::Messages, Channel::Voicemail) => true,
            (Self::Nothing, _)
            | (Self::Calls, Channel::Voicemail)
            | (Self::Messages, Channel::Voice) => false,
        }
    }

    /// The place in [`Self::ALL`].
    pub(super) const fn index(self) -> usize {
        match self {
            Self::Nothing => 0,
            Self::Calls => 1,
            Self::Messages => 2,
            Self::Anything => 3,
        }
    }
}

/// One of each channel.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct PerChannel<T> {
    pub(super) voice: T,
    pub(super) voicemail: T,
}

impl<T> PerChannel<T> {
    pub(super) const fn get(&self, channel: Channel) -> &T {
        match channel {
            Channel::Voice => &self.voice,
            Channel::Voicemail => &self.voicemail,
        }
    }

    pub(super) const fn get_mut(&mut self, channel: Channel) -> &mut T {
        match channel {
            Channel::Voice => &mut self.voice,
            Channel::Voicemail => &mut self.voicemail,
        }
    }
}

/// Who is free, in order. Each stands in one list: who takes anything is not kept twice.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Free {
    anything: BTreeSet<Candidate>,
    only: PerChannel<BTreeSet<Candidate>>,
}

impl Free {
    const fn list(&mut self, room: Room) -> Option<&mut BTreeSet<Candidate>> {
        match room {
            Room::Nothing => None,
            Room::Calls => Some(&mut self.only.voice),
            Room::Messages => Some(&mut self.only.voicemail),
            Room::Anything => Some(&mut self.anything),
        }
    }

    pub(super) fn insert(&mut self, room: Room, candidate: Candidate) {
        if let Some(list) = self.list(room) {
            list.insert(candidate);
        }
    }

    pub(super) fn remove(&mut self, room: Room, candidate: &Candidate) {
        if let Some(list) = self.list(room) {
            list.remove(candidate);
        }
    }

    /// How many are free for a channel.
    pub(super) fn len(&self, channel: Channel) -> usize {
        self.anything.len() + self.only.get(channel).len()
    }

    /// Those who are free for a channel, within bounds, in order.
    pub(super) fn range(
        &self,
        channel: Channel,
        bounds: impl RangeBounds<Candidate> + Clone,
    ) -> impl Iterator<Item = Candidate> + '_ {
        Merged {
            one: self.anything.range(bounds.clone()).copied().peekable(),
            other: self.only.get(channel).range(bounds).copied().peekable(),
        }
    }
}

/// Two lists in order as one.
struct Merged<I: Iterator> {
    one: Peekable<I>,
    other: Peekable<I>,
}

impl<I: Iterator<Item = Candidate>> Iterator for Merged<I> {
    type Item = Candidate;

    fn next(&mut self) -> Option<Candidate> {
        let is_first = match (self.one.peek(), self.other.peek()) {
            (Some(one), Some(other)) => one < other,
            (one, _) => one.is_some(),
        };
        if is_first {
            self.one.next()
        } else {
            self.other.next()
        }
    }
}
