//! Why agents are not considered for a contact.

use super::room::Room;
use crate::agent::Display;
use serde::{Deserialize, Serialize};

/// Why an agent was not considered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Exclusion {
    /// Does not meet what the queue asks: its skills at its levels, or its teams.
    LacksSkill,
    /// Not here.
    SignedOut,
    /// Wants none.
    NotReady,
    /// Has another offer.
    Offering,
    /// Has a contact.
    OnContact,
    /// Has work left.
    WrapUp,
    /// Has room for something else, and not for this.
    NoCapacity,
    /// Missed or declined this contact a moment ago.
    CoolingDown,
    /// Is not the one whom the contact waits for alone.
    NotPreferred,
    /// Teams shows that contacts like this are not to come (B-028).
    InTeams,
    /// What Teams shows is not known, and the queue does not offer then.
    PresenceUnknown,
}

impl Exclusion {
    /// All of them, in order.
    pub(super) const ALL: [Self; 11] = [
        Self::LacksSkill,
        Self::SignedOut,
        Self::NotReady,
        Self::Offering,
        Self::OnContact,
        Self::WrapUp,
        Self::NoCapacity,
        Self::CoolingDown,
        Self::NotPreferred,
        Self::InTeams,
        Self::PresenceUnknown,
    ];

    /// The place in [`Self::ALL`].
    pub(super) const fn index(self) -> usize {
        match self {
            Self::LacksSkill => 0,
            Self::SignedOut => 1,
            Self::NotReady => 2,
            Self::Offering => 3,
            Self::OnContact => 4,
            Self::WrapUp => 5,
            Self::NoCapacity => 6,
            Self::CoolingDown => 7,
            Self::NotPreferred => 8,
            Self::InTeams => 9,
            Self::PresenceUnknown => 10,
        }
    }

    /// Of an agent without room for a contact. Who has room for something else, or has nothing and no room, is told
    /// apart from who has enough.
    pub(super) const fn of(display: Display, room: Room) -> Self {
        match (display, room) {
            (Display::SignedOut, _) => Self::SignedOut,
            (Display::NotReady, _) => Self::NotReady,
            (Display::InTeams, _) => Self::InTeams,
            (Display::PresenceUnknown, Room::Nothing) => Self::PresenceUnknown,
            (Display::Available | Display::PresenceUnknown, _)
            | (_, Room::Calls | Room::Messages) => Self::NoCapacity,
            (Display::Offering, _) => Self::Offering,
            (Display::Connecting | Display::OnContact, _) => Self::OnContact,
            (Display::WrapUp, _) => Self::WrapUp,
        }
    }
}
