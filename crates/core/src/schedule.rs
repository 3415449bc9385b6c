//! Schedules: when a contact center is open. Hours of the week by the wall clock of a time zone, dated
//! exceptions, and an emergency closure. A pure function of the document and the instant; what was decided
//! by it is recorded in an event, so that a rebuild never evaluates again (decision 0011).
//!
//! Daylight saving: a block is what the wall clock shows. Where the clock skips (a gap), a block that begins
//! in the gap begins after it, one that ends in it ends before it, and one that lies in it does not take place.
//! Where the clock shows a time twice (a fold), a block lasts from its first beginning to its last end.

mod validate;
mod zone;

pub use jiff::civil::Date;
pub use zone::Zone;

use crate::limits;
use crate::time::Timestamp;
use jiff::civil::Weekday;
use serde::{Deserialize, Serialize};

/// Hours of the week, exceptions to them, and whether all is closed at once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schedule {
    /// What people call it.
    pub name: String,
    /// Whose wall clock counts.
    pub time_zone: Zone,
    /// The hours of an ordinary week.
    pub weekly: Box<Week>,
    /// Days that are not ordinary.
    pub exceptions: Vec<Exception>,
    /// Why it is closed until somebody reopens it, if it is (emergency closure).
    pub closed_now: Option<String>,
}

/// The blocks of each day of the week.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names are those of the days")]
pub struct Week {
    pub monday: Vec<Block>,
    pub tuesday: Vec<Block>,
    pub wednesday: Vec<Block>,
    pub thursday: Vec<Block>,
    pub friday: Vec<Block>,
    pub saturday: Vec<Block>,
    pub sunday: Vec<Block>,
}

/// A time of a day at which it is open, by the wall clock: half-open, never across midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Block {
    /// Minutes since 00:00.
    pub from: u16,
    /// Minutes since 00:00; 1440 is 24:00.
    pub to: u16,
}

/// Days that are not ordinary: a holiday, or other hours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exception {
    /// What people call it.
    pub name: String,
    /// The first day.
    pub first: Date,
    /// The last day.
    pub last: Date,
    /// Whether it comes again.
    pub repeats: Repeats,
    /// The hours of each of its days; none means closed: a holiday.
    pub open: Vec<Block>,
}

/// Whether an exception comes again. The first of the two is the more specific one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Repeats {
    /// On its dates alone.
    Once,
    /// On the same days of every year, whatever the year of its dates.
    Yearly,
}

/// What a schedule says about an instant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hours {
    /// Open.
    Open,
    /// Outside the hours of the day.
    Closed,
    /// Closed for the whole day.
    Holiday {
        /// The exception's name.
        name: String,
    },
    /// Closed until somebody reopens it.
    Emergency,
}

/// A span of time, half-open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// The first instant.
    pub from: Timestamp,
    /// The first instant after it.
    pub to: Timestamp,
}

/// A day of a schedule; emergency closures are not part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Day {
    /// Which.
    pub date: Date,
    /// The exception that the day's hours come from, if one does.
    pub exception: Option<String>,
    /// When it is open, in order.
    pub open: Vec<Span>,
}

impl Schedule {
    /// What holds at `now`.
    #[must_use]
    pub fn at(&self, now: Timestamp) -> Hours {
        if self.closed_now.is_some() {
            return Hours::Emergency;
        }
        let Some(today) = self.time_zone.date_of(now) else {
            return Hours::Closed;
        };
        // Where a fold goes back over midnight, a block of a neighboring day may be the one.
        let days = [today.yesterday(), Ok(today), today.tomorrow()];
        let mut spans = days.into_iter().flatten().flat_map(|it| self.spans(it));
        if spans.any(|span| span.from <= now && now < span.to) {
            return Hours::Open;
        }
        match self.exception_on(today) {
            Some(exception) if exception.open.is_empty() => Hours::Holiday {
                name: exception.name.clone(),
            },
            Some(_) | None => Hours::Closed,
        }
    }

    /// The first instant after `now` at which something else holds, as far as the calendar says: nobody knows
    /// when an emergency ends. It looks [`limits::SCHEDULE_LOOKAHEAD_DAYS`] ahead.
    #[must_use]
    pub fn next_change(&self, now: Timestamp) -> Option<Timestamp> {
        if self.closed_now.is_some() {
            return None;
        }
        let present = self.at(now);
        let mut date = self.time_zone.date_of(now)?.yesterday().ok()?;
        for _ in 0..limits::SCHEDULE_LOOKAHEAD_DAYS {
            let next = date.tomorrow().ok()?;
            // Both days: after a fold over midnight the next day's first block may come first.
            let edges = self.edges(date).into_iter().chain(self.edges(next));
            let changes = edges.filter(|at| *at > now && self.at(*at) != present);
            if let Some(first) = changes.min() {
                return Some(first);
            }
            date = next;
        }
        None
    }

    /// `n` days from `first` on.
    #[must_use]
    pub fn days(&self, first: Date, n: usize) -> Vec<Day> {
        let dates = std::iter::successors(Some(first), |date| date.tomorrow().ok());
        let day = |date| Day {
            date,
            exception: self.exception_on(date).map(|it| it.name.clone()),
            open: self.spans(date),
        };
        dates.take(n).map(day).collect()
    }

    /// The instants of a day at which something may change.
    fn edges(&self, date: Date) -> Vec<Timestamp> {
        let spans = self.spans(date).into_iter();
        spans
            .flat_map(|span| [span.from, span.to])
            .chain(self.time_zone.turns_of(date))
            .collect()
    }

    fn spans(&self, date: Date) -> Vec<Span> {
        let blocks = match self.exception_on(date) {
            Some(exception) => &exception.open,
            None => self.weekly.on(date.weekday()),
        };
        let spans = blocks
            .iter()
            .filter_map(|block| self.time_zone.span(date, *block));
        let mut spans: Vec<_> = spans.filter(|span| span.from < span.to).collect();
        spans.sort_unstable();
        spans
    }

    /// The most specific one: once before yearly, shorter before longer, then the one that stands first.
    fn exception_on(&self, date: Date) -> Option<&Exception> {
        let covering = self.exceptions.iter().filter(|it| it.covers(date));
        covering.min_by_key(|it| (it.repeats, it.n_days()))
    }
}

impl Week {
    /// The blocks of a day of the week.
    #[must_use]
    pub const fn on(&self, weekday: Weekday) -> &Vec<Block> {
        match weekday {
            Weekday::Monday => &self.monday,
            Weekday::Tuesday => &self.tuesday,
            Weekday::Wednesday => &self.wednesday,
            Weekday::Thursday => &self.thursday,
            Weekday::Friday => &self.friday,
            Weekday::Saturday => &self.saturday,
            Weekday::Sunday => &self.sunday,
        }
    }

    /// The days with their names, Monday first.
    #[must_use]
    pub const fn days(&self) -> [(&'static str, &Vec<Block>); 7] {
        [
            ("monday", &self.monday),
            ("tuesday", &self.tuesday),
            ("wednesday", &self.wednesday),
            ("thursday", &self.thursday),
            ("friday", &self.friday),
            ("saturday", &self.saturday),
            ("sunday", &self.sunday),
        ]
    }
}

impl Exception {
    fn covers(&self, date: Date) -> bool {
        match self.repeats {
            Repeats::Once => self.first <= date && date <= self.last,
            Repeats::Yearly => {
                let day = |date: Date| (date.month(), date.day());
                let (first, last, date) = (day(self.first), day(self.last), day(date));
                if first <= last {
                    first <= date && date <= last
                } else {
                    first <= date || date <= last
                }
            }
        }
    }

    /// How many days it has, by its dates.
    fn n_days(&self) -> i32 {
        let until = self.first.until(self.last);
        until.map_or(i32::MAX, |span| span.get_days().saturating_add(1))
    }
}
