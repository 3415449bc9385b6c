//! Periods of whole days in a time zone, and the intervals that they are made of (R-31 a). Every time zone of today is off
//! UTC by whole quarters of an hour, so that quarters of UTC make up its days: 92 or 100 of them where a clock changes.

use crate::live::{TimeZoneUnknown, Zone};
use tandem_core::performance::QUARTER_US;
use tandem_core::time::Timestamp;
use thiserror::Error;

/// How fine figures are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grain {
    /// A quarter of an hour.
    Quarter,
    /// Half an hour.
    HalfHour,
    /// An hour.
    Hour,
    /// A day of the time zone.
    Day,
}

/// A stretch of time, half-open, of whole quarters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interval {
    /// Its beginning.
    pub from: Timestamp,
    /// Its end, which is not in it.
    pub to: Timestamp,
}

/// Why there is no such period.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PeriodError {
    /// There is no such time zone.
    #[error(transparent)]
    Zone(#[from] TimeZoneUnknown),
    /// There is no such day.
    #[error("\"{0}\" is no day; write it as 2026-11-26")]
    Day(String),
    /// It ends before it begins.
    #[error("the last day is before the first")]
    Order,
}

/// Days in a row, the first and the last of them included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Period {
    days: Vec<Interval>,
}

impl Period {
    /// From the first day to the last, at most so many.
    ///
    /// # Errors
    /// [`PeriodError`] when a day or the time zone is none. More than `days_max` days come out one more than that.
    pub fn of_days(
        zone: &str,
        first: &str,
        last: &str,
        days_max: usize,
    ) -> Result<Self, PeriodError> {
        let zone = Zone::new(zone)?;
        let day = |text: &str| {
            let midnight = zone.midnight(text);
            midnight.ok_or_else(|| PeriodError::Day(text.to_owned()))
        };
        let (first, last) = (day(first)?, day(last)?);
        if last < first {
            return Err(PeriodError::Order);
        }
        let mut days = Vec::new();
        let mut at = first;
        while at <= last && days.len() <= days_max {
            let day = zone.day_of(at);
            days.push(Interval {
                from: day.start,
                to: day.end,
            });
            at = day.end;
        }
        Ok(Self { days })
    }

    /// How many days it has.
    #[must_use]
    pub const fn n_days(&self) -> usize {
        self.days.len()
    }

    /// All of it.
    #[must_use]
    pub fn whole(&self) -> Interval {
        let from = self
            .days
            .first()
            .map_or_else(Timestamp::default, |it| it.from);
        let to = self.days.last().map_or(from, |it| it.to);
        Interval { from, to }
    }

    /// Its intervals that begin before `now`, in order. Each day is cut from its own midnight; its last interval is
    /// shorter where a clock changes by less than the grain.
    #[must_use]
    pub fn intervals(&self, grain: Grain, now: Timestamp) -> Vec<Interval> {
        let past = self.days.iter().filter(|day| day.from < now);
        let cut = past.flat_map(|day| cut(*day, grain.micros()));
        cut.filter(|it| it.from < now).collect()
    }
}

impl Grain {
    /// None: a day has no fixed length.
    const fn micros(self) -> Option<i64> {
        match self {
            Self::Quarter => Some(QUARTER_US),
            Self::HalfHour => Some(2 * QUARTER_US),
            Self::Hour => Some(4 * QUARTER_US),
            Self::Day => None,
        }
    }
}

fn cut(day: Interval, micros: Option<i64>) -> Vec<Interval> {
    let Some(micros) = micros else {
        return vec![day];
    };
    let mut intervals = Vec::new();
    let mut from = day.from;
    while from < day.to {
        let to = from.plus_micros(micros).min(day.to);
        intervals.push(Interval { from, to });
        from = to;
    }
    intervals
}

impl Interval {
    /// Where a quarter lies in intervals that follow each other.
    #[must_use]
    pub fn place(intervals: &[Self], quarter: i64) -> Option<usize> {
        let at = Timestamp::from_micros(quarter * QUARTER_US);
        let place = intervals.partition_point(|it| it.to <= at);
        intervals
            .get(place)
            .filter(|it| it.from <= at)
            .map(|_| place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quarters(zone: &str, day: &str) -> usize {
        let period = Period::of_days(zone, day, day, 1).unwrap();
        period.intervals(Grain::Quarter, Timestamp::MAX).len()
    }

    //
    #[test]
    fn day_of_a_clock_change_has_92_or_100_quarters() {
        assert_eq!(quarters("Europe/Berlin", "2026-03-29"), 92);
        assert_eq!(quarters("Europe/Berlin", "2026-10-25"), 100);
        assert_eq!(quarters("Europe/Berlin", "2026-11-26"), 96);
        // Half an hour: Lord Howe Island.
        assert_eq!(quarters("Australia/Lord_Howe", "2026-10-04"), 94);
        assert_eq!(quarters("Asia/Kathmandu", "2026-11-26"), 96);
    }

    //
    #[test]
    fn intervals_of_every_grain_make_up_the_period_without_a_gap() {
        for zone in [
            "Europe/Berlin",
            "Australia/Lord_Howe",
            "Asia/Kathmandu",
            "UTC",
        ] {
            let period = Period::of_days(zone, "2026-03-20", "2026-04-10", 40).unwrap();
            for grain in [Grain::Quarter, Grain::HalfHour, Grain::Hour, Grain::Day] {
                let intervals = period.intervals(grain, Timestamp::MAX);
                let whole = period.whole();
                assert_eq!(intervals.first().map(|it| it.from), Some(whole.from));
                assert_eq!(intervals.last().map(|it| it.to), Some(whole.to));
                assert!(intervals.windows(2).all(|pair| pair[0].to == pair[1].from));
                for interval in &intervals {
                    assert_eq!(interval.from.as_micros() % QUARTER_US, 0, "{zone}");
                }
            }
        }
    }

    #[test]
    fn quarter_is_found_in_its_interval_and_nowhere_else() {
        let period = Period::of_days("Europe/Berlin", "2026-10-25", "2026-10-25", 1).unwrap();
        let hours = period.intervals(Grain::Hour, Timestamp::MAX);
        assert_eq!(hours.len(), 25);
        let first = period.whole().from.as_micros() / QUARTER_US;
        assert_eq!(Interval::place(&hours, first - 1), None);
        assert_eq!(Interval::place(&hours, first), Some(0));
        assert_eq!(Interval::place(&hours, first + 7), Some(1));
        assert_eq!(Interval::place(&hours, first + 99), Some(24));
        assert_eq!(Interval::place(&hours, first + 100), None);
    }

    #[test]
    fn what_has_not_begun_is_left_out() {
        let period = Period::of_days("UTC", "2026-11-26", "2026-11-27", 2).unwrap();
        let now = period.whole().from.plus_seconds(3_601);
        assert_eq!(period.intervals(Grain::Hour, now).len(), 2);
        assert_eq!(period.intervals(Grain::Day, now).len(), 1);
    }

    #[test]
    fn period_that_is_none_says_why() {
        let of = |first, last| Period::of_days("UTC", first, last, 400);
        assert_eq!(of("2026-11-27", "2026-11-26"), Err(PeriodError::Order));
        let none = of("2026-02-30", "2026-03-01");
        assert_eq!(none, Err(PeriodError::Day("2026-02-30".into())));
        let zone = Period::of_days("Europe/Nowhere", "2026-11-26", "2026-11-26", 1);
        assert!(matches!(zone, Err(PeriodError::Zone(_))));
        // One more than may be asked for, whoever asks for a thousand years.
        assert_eq!(
            of("1000-01-01", "2026-01-01").map(|it| it.n_days()),
            Ok(401)
        );
    }
}
