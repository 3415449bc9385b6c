//! What Teams was seen to show of one person, in the core's words.

use tandem_core::presence::{Doing, PresenceRules, Seen, Status};
use tandem_core::time::Timestamp;
use tandem_microsoft::graph::presence::{Activity, Availability, Presence};

/// What Teams showed of somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shown {
    /// None where Teams does not know it either.
    pub(super) seen: Option<Seen>,
    has_automatic_reply: bool,
    pub(crate) since: Timestamp,
    read: Timestamp,
}

impl Shown {
    /// What was read anew, with since when it is so.
    pub(super) fn after(before: Option<&Self>, presence: &Presence, reading: Reading) -> Self {
        let out_of_office = presence.out_of_office_settings.as_ref();
        let shown = Self {
            seen: seen(presence),
            // Where nothing is said of it, it is as before: a notice does not tell it.
            has_automatic_reply: match out_of_office {
                Some(said) => said.is_out_of_office,
                None => before.is_some_and(|it| it.has_automatic_reply),
            },
            since: reading.at,
            read: reading.at,
        };
        let is_same = |it: &&Self| {
            it.status() == shown.status() && it.doing() == shown.doing() && !it.is_stale(reading)
        };
        match before.filter(is_same) {
            Some(same) => Self {
                since: same.since,
                ..shown
            },
            None => shown,
        }
    }

    /// It is still so: a change would have been told.
    pub(super) const fn confirm(&mut self, at: Timestamp) {
        self.read = at;
    }

    /// Whether somebody looked, or was told, after an instant.
    pub(super) fn is_later_than(&self, at: Timestamp) -> bool {
        self.read > at
    }

    /// Whether it is too old to be believed.
    pub(crate) fn is_stale(&self, reading: Reading) -> bool {
        self.read.plus_seconds(reading.age_max_s) < reading.at
    }

    /// The top-level status; none where Teams does not know it either.
    pub(crate) fn status(&self) -> Option<Status> {
        self.seen.map(|it| it.status)
    }

    /// What it adds, for people to read.
    pub(crate) fn doing(&self) -> Doing {
        let doing = self.seen.map_or(Doing::Nothing, |it| it.doing);
        let is_free = doing == Doing::Nothing;
        if is_free && self.has_automatic_reply {
            Doing::OutOfOffice
        } else {
            doing
        }
    }
}

/// When somebody looks, and how old what was seen may be then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reading {
    pub(crate) at: Timestamp,
    pub(crate) age_max_s: u32,
}

impl Reading {
    /// By the rules that stand.
    pub(super) const fn by(rules: &PresenceRules, at: Timestamp) -> Self {
        Self {
            at,
            age_max_s: rules.cycle_s.saturating_mul(rules.max_age_cycles),
        }
    }
}

/// What is shown, as the core says it; none: Teams does not know it. An automatic reply beside another status is left out:
/// what was written is to be known again.
pub(super) fn seen(presence: &Presence) -> Option<Seen> {
    let status = match presence.availability {
        Availability::Available | Availability::AvailableIdle => Status::Available,
        Availability::Busy | Availability::BusyIdle => Status::Busy,
        Availability::DoNotDisturb => Status::DoNotDisturb,
        Availability::BeRightBack => Status::BeRightBack,
        Availability::Away => Status::Away,
        Availability::Offline => Status::Offline,
        Availability::PresenceUnknown => return None,
    };
    let doing = match presence.activity {
        Activity::InACall => Doing::Call,
        Activity::InAConferenceCall => Doing::ConferenceCall,
        Activity::InAMeeting => Doing::Meeting,
        Activity::Presenting => Doing::Presenting,
        Activity::OutOfOffice => Doing::OutOfOffice,
        // Off work is how an offline that somebody chose is told from one of whom nobody is there.
        Activity::OffWork | Activity::UrgentInterruptionsOnly | Activity::Other => Doing::Other,
        Activity::Available
        | Activity::Away
        | Activity::BeRightBack
        | Activity::Busy
        | Activity::DoNotDisturb
        | Activity::Inactive
        | Activity::AvailableInactive
        | Activity::Offline
        | Activity::PresenceUnknown => Doing::Nothing,
    };
    Some(Seen { status, doing })
}

#[cfg(test)]
mod tests {
    use super::*;
    use tandem_microsoft::graph::presence::OutOfOffice;

    fn presence(availability: Availability, activity: Activity) -> Presence {
        Presence {
            id: "a".to_owned(),
            availability,
            activity,
            sequence_number: None,
            out_of_office_settings: None,
        }
    }

    const fn reading(seconds: i64) -> Reading {
        Reading {
            at: Timestamp::from_micros(seconds * 1_000_000),
            age_max_s: 180,
        }
    }

    // B-223
    #[test]
    fn status_is_since_it_changed_and_unknown_when_it_is_old() {
        let busy = presence(Availability::Busy, Activity::InACall);
        let first = Shown::after(None, &busy, reading(0));
        assert_eq!(
            (first.status(), first.doing()),
            (Some(Status::Busy), Doing::Call)
        );
        let same = Shown::after(Some(&first), &busy, reading(60));
        assert_eq!((same.since, same.read), (reading(0).at, reading(60).at));
        assert!(!same.is_stale(reading(240)) && same.is_stale(reading(241)));
        let meeting = presence(Availability::Busy, Activity::InAMeeting);
        let changed = Shown::after(Some(&same), &meeting, reading(120));
        assert_eq!(changed.since, reading(120).at);
        // What was not known for a while has not been so all the time.
        let again = Shown::after(Some(&same), &busy, reading(900));
        assert_eq!(again.since, reading(900).at);
        let unknown = presence(Availability::PresenceUnknown, Activity::PresenceUnknown);
        assert_eq!(Shown::after(None, &unknown, reading(0)).status(), None);
    }

    #[test]
    fn automatic_reply_is_shown_to_people_and_does_not_hide_what_was_written() {
        let mut away = presence(Availability::Away, Activity::Away);
        away.out_of_office_settings = Some(OutOfOffice {
            is_out_of_office: true,
        });
        let shown = Shown::after(None, &away, reading(0));
        assert_eq!(shown.doing(), Doing::OutOfOffice);
        assert_eq!(shown.seen.map(|it| it.doing), Some(Doing::Nothing));
    }

    #[test]
    fn offline_that_somebody_chose_is_told_from_one_of_whom_nobody_is_there() {
        let chosen = seen(&presence(Availability::Offline, Activity::OffWork));
        let gone = seen(&presence(Availability::Offline, Activity::Offline));
        assert_eq!(chosen.map(|it| it.doing), Some(Doing::Other));
        assert_eq!(gone.map(|it| it.doing), Some(Doing::Nothing));
    }
}
