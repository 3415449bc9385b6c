//! What stands on the other side of SIP trunks: a carrier, telephones that register, and the SIP proxies of Teams.
//!
//! Each of them is a *neighbor*: listeners of its own, one SIP driver, one media plane. All three have the same owner of
//! calls ([`parties::Parties`]); what they differ in is data (habits, scripts, capabilities) and the few files named
//! after them. Whoever is in a call says a tone of its own and tells which tones it hears. Nothing of it listens unless
//! it is asked for ([`crate::SipOptions`]).
//!
//! People and directory stay the world's: a call to a Teams user is told to it as a notice, and it answers with what the
//! user's clients do. It must not know Tandem.

mod acting;
mod called;
mod calling;
pub(crate) mod control;
mod dress;
mod ear;
mod habit;
mod log;
mod order;
mod parties;
mod party;
pub(crate) mod people;
mod phones;
mod proxies;
mod running;

pub(crate) use order::{Act, Ask, Notice, Order, To, Word};
pub(crate) use running::{Neighbors, start};
pub use running::{SipAddresses, SipError};

/// Who stands on the other side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Neighbor {
    Carrier,
    Phones,
    Teams,
}

impl Neighbor {
    pub(crate) const ALL: [Self; 3] = [Self::Carrier, Self::Phones, Self::Teams];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Carrier => "carrier",
            Self::Phones => "phones",
            Self::Teams => "teams",
        }
    }

    /// Whose a party is, by its id.
    pub(crate) fn of_party(id: &str) -> Option<Self> {
        let (name, _) = id.split_once('-')?;
        Self::ALL.into_iter().find(|it| it.as_str() == name)
    }

    /// Tones of different neighbors are different.
    const fn first_tone_hz(self) -> u32 {
        match self {
            Self::Carrier => 500,
            Self::Phones => 540,
            Self::Teams => 580,
        }
    }
}
