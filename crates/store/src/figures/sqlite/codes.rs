//! Words of the core as the small integers that facts are kept with.

use crate::error::Error;
use tandem_core::agent::{Display, NotReady};
use tandem_core::event::{OfferEnd, Promise};
use tandem_core::ids::ReasonId;
use tandem_core::performance::{StayEnd, TransferKind};

pub(crate) const fn of_stay_end(end: StayEnd) -> i64 {
    match end {
        StayEnd::Answered => 0,
        StayEnd::Abandoned => 1,
        StayEnd::ShortAbandoned => 2,
        StayEnd::FlowOut => 3,
        StayEnd::Removed => 4,
        StayEnd::Blocked => 5,
    }
}

pub(super) fn stay_end(code: i64) -> Result<StayEnd, Error> {
    found(&StayEnd::ALL, code)
}

const OFFER_ENDS: [OfferEnd; 6] = [
    OfferEnd::Declined,
    OfferEnd::Missed,
    OfferEnd::NotJoined,
    OfferEnd::RingFailed,
    OfferEnd::CustomerLeft,
    OfferEnd::Withdrawn,
];

pub(crate) const fn of_offer_end(end: OfferEnd) -> i64 {
    match end {
        OfferEnd::Declined => 0,
        OfferEnd::Missed => 1,
        OfferEnd::NotJoined => 2,
        OfferEnd::RingFailed => 3,
        OfferEnd::CustomerLeft => 4,
        OfferEnd::Withdrawn => 5,
    }
}

pub(super) fn offer_end(code: i64) -> Result<OfferEnd, Error> {
    found(&OFFER_ENDS, code)
}

const PROMISES: [Promise; 2] = [Promise::Kept, Promise::Broken];

pub(super) const fn of_promise(promise: Promise) -> i64 {
    match promise {
        Promise::Kept => 0,
        Promise::Broken => 1,
    }
}

pub(super) fn promise(code: i64) -> Result<Promise, Error> {
    found(&PROMISES, code)
}

pub(super) fn of_transfer(kind: TransferKind) -> i64 {
    i64::try_from(kind.index()).unwrap_or(i64::MAX)
}

pub(super) const fn of_state(state: Display) -> i64 {
    match state {
        Display::OnContact => 0,
        Display::Connecting => 1,
        Display::WrapUp => 2,
        Display::Offering => 3,
        Display::NotReady => 4,
        Display::Available => 5,
        Display::SignedOut => 6,
        Display::InTeams => 7,
        Display::PresenceUnknown => 8,
    }
}

/// In the order of their codes, which is that in which they came to be.
const STATES: [Display; 9] = [
    Display::OnContact,
    Display::Connecting,
    Display::WrapUp,
    Display::Offering,
    Display::NotReady,
    Display::Available,
    Display::SignedOut,
    Display::InTeams,
    Display::PresenceUnknown,
];

pub(super) fn state(code: i64) -> Result<Display, Error> {
    found(&STATES, code)
}

/// Why, and the reason that was chosen.
pub(super) fn of_reason(reason: Option<NotReady>) -> (Option<i64>, Option<u64>) {
    match reason {
        None => (None, None),
        Some(NotReady::SignedIn) => (Some(0), None),
        Some(NotReady::Chosen(id)) => (Some(1), Some(id.0)),
        Some(NotReady::MissedOffer) => (Some(2), None),
        Some(NotReady::RingFailed) => (Some(3), None),
    }
}

pub(super) fn reason(why: Option<i64>, chosen: Option<u64>) -> Result<Option<NotReady>, Error> {
    match (why, chosen) {
        (None, _) => Ok(None),
        (Some(0), _) => Ok(Some(NotReady::SignedIn)),
        (Some(1), Some(id)) => Ok(Some(NotReady::Chosen(ReasonId(id)))),
        (Some(2), _) => Ok(Some(NotReady::MissedOffer)),
        (Some(3), _) => Ok(Some(NotReady::RingFailed)),
        (Some(code), _) => Err(unknown(code)),
    }
}

fn found<T: Copy>(all: &[T], code: i64) -> Result<T, Error> {
    let place = usize::try_from(code).ok();
    let found = place.and_then(|place| all.get(place)).copied();
    found.ok_or_else(|| unknown(code))
}

fn unknown(code: i64) -> Error {
    Error::damaged("a fact of the history", format!("there is no code {code}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_comes_back() {
        for end in StayEnd::ALL {
            assert_eq!(stay_end(of_stay_end(end)).unwrap(), end);
        }
        for end in OFFER_ENDS {
            assert_eq!(offer_end(of_offer_end(end)).unwrap(), end);
        }
        for it in PROMISES {
            assert_eq!(promise(of_promise(it)).unwrap(), it);
        }
        for it in Display::ALL {
            assert_eq!(state(of_state(it)).unwrap(), it);
        }
        let reasons = [
            None,
            Some(NotReady::SignedIn),
            Some(NotReady::Chosen(ReasonId(7))),
            Some(NotReady::MissedOffer),
            Some(NotReady::RingFailed),
        ];
        for it in reasons {
            let (why, chosen) = of_reason(it);
            assert_eq!(reason(why, chosen).unwrap(), it);
        }
        assert!(stay_end(6).is_err() && state(-1).is_err());
        assert!(reason(Some(1), None).is_err());
    }
}
