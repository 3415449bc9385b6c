//! For what an agent has room at the moment, and what stands apart by channel: lists of those who are free, and of
//! those who wait.

use crate::capacity::{Capacity, Demand, Held};
use crate::contact::Channel;
use crate::presence::{Reach, UnknownPresence};
use serde::{Deserialize, Serialize};

/// For which contacts of a pool an agent is free.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
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
    pub(super) fn of(
        demand: &Demand,
        capacity: &Capacity<Channel>,
        held: &[Held<Channel>],
    ) -> Self {
        let takes = |channel| capacity.has_room(held, &demand.load(channel));
        match (takes(Channel::Voice), takes(Channel::Voicemail)) {
            (false, false) => Self::Nothing,
            (true, false) => Self::Calls,
            (false, true) => Self::Messages,
            (true, true) => Self::Anything,
        }
    }

    /// What of that presence lets through.
    pub(super) const fn within(self, reach: Reach, unknown: UnknownPresence) -> Self {
        match (reach, unknown, self) {
            (Reach::Everything, _, room) | (Reach::Unknown, UnknownPresence::Offer, room) => room,
            (Reach::Calls, _, Self::Calls | Self::Anything) => Self::Calls,
            (Reach::Messages, _, Self::Messages | Self::Anything) => Self::Messages,
            (Reach::Nothing, _, _)
            | (Reach::Unknown, UnknownPresence::DoNotOffer, _)
            | (Reach::Calls, _, Self::Nothing | Self::Messages)
            | (Reach::Messages, _, Self::Nothing | Self::Calls) => Self::Nothing,
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
