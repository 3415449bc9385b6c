//! A time zone by its IANA name, from the database that is part of the program: the same rules on every
//! machine, and no file is read. A name that the database does not know is kept, so that every journal can
//! be read; it is refused when a schedule is saved.

use super::{Block, Date, Span};
use crate::time::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone, TimeZoneDatabase};
use serde::{Deserialize, Serialize};

/// A time zone.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct Zone {
    name: String,
    rules: Option<TimeZone>,
}

impl Zone {
    /// The zone with this name, known or not; capitals do not matter.
    #[must_use]
    pub fn named(name: &str) -> Self {
        let rules = TimeZoneDatabase::bundled().get(name).ok();
        let spelled = rules.as_ref().and_then(|it| it.iana_name());
        Self {
            name: spelled.unwrap_or(name).to_owned(),
            rules,
        }
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether the database has it.
    #[must_use]
    pub const fn is_known(&self) -> bool {
        self.rules.is_some()
    }

    /// The date that the wall clock shows at `now`.
    #[must_use]
    pub fn date_of(&self, now: Timestamp) -> Option<Date> {
        Some(self.rules.as_ref()?.to_datetime(instant(now)?).date())
    }

    /// The instant as the wall clock shows it, with its offset (RFC 3339).
    #[must_use]
    pub fn write(&self, at: Timestamp) -> Option<String> {
        let at = instant(at)?;
        let offset = self.rules.as_ref()?.to_offset(at);
        Some(at.display_with_offset(offset).to_string())
    }

    /// The first instant of a day that is written as YYYY-MM-DD.
    #[must_use]
    pub fn begin_of(&self, day: &str) -> Option<Timestamp> {
        let date: Date = Some(day).filter(|day| day.len() == 10)?.parse().ok()?;
        self.begins(date.at(0, 0, 0, 0))
    }

    /// The instant at which the clock shows a time that is written as YYYY-MM-DDTHH:MM; a later one where it skips.
    #[must_use]
    pub fn shows(&self, wall: &str) -> Option<Timestamp> {
        self.begins(Some(wall).filter(|it| it.len() == 16)?.parse().ok()?)
    }

    /// The name of the database that was probably meant.
    pub(super) fn nearest(&self) -> Option<String> {
        const SLIPS_MAX: usize = 3;
        let meant = spelled(&self.name);
        let names = TimeZoneDatabase::bundled();
        let names = names.available().map(|it| it.as_str().to_owned());
        let near = names.filter_map(|name| {
            let known = spelled(&name);
            let place = known.rsplit('/').next().unwrap_or(&known);
            let slips = slips(&meant, &known).min(slips(&meant, place));
            (slips <= SLIPS_MAX && slips * 2 < meant.len()).then_some((slips, name))
        });
        near.min().map(|(_, name)| name)
    }

    /// The instants at which the clock comes to a date: its midnight, the same midnight again where the clock
    /// shows it twice, and the change of the clock that may go back to the day before.
    pub(super) fn turns_of(&self, date: Date) -> impl Iterator<Item = Timestamp> {
        const DAY_SECONDS: u32 = 86_400;
        let midnight = date.at(0, 0, 0, 0);
        let first = self.begins(midnight);
        let last = self.ends(midnight).map(|after| after.plus_micros(-1));
        let change = first.and_then(|first| {
            let change = next_change(self.rules.as_ref()?, instant(first)?)?;
            Some(change).filter(|at| *at <= first.plus_seconds(DAY_SECONDS))
        });
        [first, last, change].into_iter().flatten()
    }

    /// From the first instant of a block to the first after it; empty where the clock skips it.
    pub(super) fn span(&self, date: Date, block: Block) -> Option<Span> {
        let (from, last) = (clock(block.from)?, clock(block.to.checked_sub(1)?)?);
        Some(Span {
            from: self.begins(date.at(from.0, from.1, 0, 0))?,
            to: self.ends(date.at(last.0, last.1, 59, LAST_MICROSECOND))?,
        })
    }

    /// The first instant at which the clock shows `wall`, or a later time because it skips.
    fn begins(&self, wall: DateTime) -> Option<Timestamp> {
        let rules = self.rules.as_ref()?;
        match rules.to_ambiguous_timestamp(wall).offset() {
            AmbiguousOffset::Unambiguous { offset }
            | AmbiguousOffset::Fold { before: offset, .. } => {
                Some(micros(offset.to_timestamp(wall).ok()?))
            }
            AmbiguousOffset::Gap { after, .. } => {
                next_change(rules, after.to_timestamp(wall).ok()?)
            }
        }
    }

    /// The instant after the last microsecond `wall` that the clock shows, or after the last before it skips.
    fn ends(&self, wall: DateTime) -> Option<Timestamp> {
        let rules = self.rules.as_ref()?;
        match rules.to_ambiguous_timestamp(wall).offset() {
            AmbiguousOffset::Unambiguous { offset }
            | AmbiguousOffset::Fold { after: offset, .. } => {
                Some(micros(offset.to_timestamp(wall).ok()?).plus_micros(1))
            }
            AmbiguousOffset::Gap { after, .. } => {
                next_change(rules, after.to_timestamp(wall).ok()?)
            }
        }
    }
}

/// The last microsecond of a second, in nanoseconds.
const LAST_MICROSECOND: i32 = 999_999_000;

impl PartialEq for Zone {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Zone {}

impl From<String> for Zone {
    fn from(name: String) -> Self {
        Self::named(&name)
    }
}

impl From<Zone> for String {
    fn from(zone: Zone) -> Self {
        zone.name
    }
}

/// Hour and minute; none from 24:00 on.
fn clock(minutes: u16) -> Option<(i8, i8)> {
    let hour = i8::try_from(minutes / 60).ok().filter(|it| *it < 24)?;
    Some((hour, i8::try_from(minutes % 60).ok()?))
}

/// The next change of the clock. A time within a gap, by the rule that holds after it, lies before the gap.
fn next_change(rules: &TimeZone, before: jiff::Timestamp) -> Option<Timestamp> {
    let change = rules.following(before).next()?;
    Some(micros(change.timestamp()))
}

fn instant(at: Timestamp) -> Option<jiff::Timestamp> {
    jiff::Timestamp::from_microsecond(at.as_micros()).ok()
}

fn micros(at: jiff::Timestamp) -> Timestamp {
    Timestamp::from_micros(at.as_microsecond())
}

fn spelled(name: &str) -> String {
    name.trim().to_ascii_lowercase().replace([' ', '-'], "_")
}

/// How many characters differ: the distance of Levenshtein.
fn slips(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.chars().enumerate() {
        let mut left_up = std::mem::replace(&mut row[0], i + 1);
        for (j, b) in other.iter().enumerate() {
            let changed = left_up + usize::from(a != *b);
            left_up = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(left_up + 1);
        }
    }
    row[other.len()]
}
