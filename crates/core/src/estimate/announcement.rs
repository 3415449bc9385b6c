//! What may be told to a customer of an estimate: few words, no false precision, and no number that grows
//! within one contact unless that is allowed.

use serde::{Deserialize, Serialize};

/// A wait, as it is spoken. Later variants are longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Announcement {
    /// "less than a minute".
    UnderAMinute,
    /// "about N minutes".
    AboutMinutes(u32),
    /// "more than an hour".
    OverAnHour,
}

/// Whether a later number may be larger than the one that the same contact heard before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Growth {
    /// Never; what was heard is repeated.
    #[default]
    Never,
    /// It may: priority insertions and agents who leave are told as they are.
    Allowed,
}

/// What to say of a wait of `seconds`, when `before` was heard last.
#[must_use]
pub fn announce_wait(seconds: u32, before: Option<Announcement>, growth: Growth) -> Announcement {
    not_above(before, Announcement::of(seconds), growth)
}

/// What to say of a position, when `before` was heard last.
#[must_use]
pub fn announce_position(position: u32, before: Option<u32>, growth: Growth) -> u32 {
    not_above(before, position, growth)
}

impl Announcement {
    /// Full minutes up to ten, steps of five up to half an hour, steps of ten up to an hour: about as exact
    /// as an estimate is.
    fn of(seconds: u32) -> Self {
        let rounded = |step: u32| (seconds + step * 30) / (step * 60) * step;
        match seconds {
            0..60 => Self::UnderAMinute,
            60..600 => Self::AboutMinutes(rounded(1)),
            600..1_800 => Self::AboutMinutes(rounded(5)),
            1_800..=3_600 => Self::AboutMinutes(rounded(10)),
            3_601.. => Self::OverAnHour,
        }
    }
}

fn not_above<T: Ord>(before: Option<T>, next: T, growth: Growth) -> T {
    match (before, growth) {
        (Some(before), Growth::Never) => next.min(before),
        (Some(_), Growth::Allowed) | (None, _) => next,
    }
}
