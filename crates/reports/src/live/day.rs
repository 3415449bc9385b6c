//! The day of a contact center: from midnight to midnight of its time zone, which is 23 to 25 hours.

use jiff::tz::{TimeZone, TimeZoneDatabase};
use serde::{Deserialize, Serialize};
use tandem_core::time::Timestamp;
use thiserror::Error;

/// There is no such time zone.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("there is no time zone \"{0}\"; write an IANA name such as Europe/Berlin")]
pub struct TimeZoneUnknown(pub String);

/// A time zone of the database that is part of the program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Zone {
    name: String,
    rules: TimeZone,
}

/// One day, half-open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Day {
    pub(crate) start: Timestamp,
    pub(crate) end: Timestamp,
}

impl Zone {
    pub(crate) fn new(name: &str) -> Result<Self, TimeZoneUnknown> {
        let unknown = || TimeZoneUnknown(name.to_owned());
        let rules = TimeZoneDatabase::bundled()
            .get(name)
            .ok()
            .ok_or_else(unknown)?;
        let name = name.to_owned();
        Ok(Self { name, rules })
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The day in which `now` lies.
    pub(crate) fn day_of(&self, now: Timestamp) -> Day {
        self.calendar_day(now).unwrap_or_else(|| {
            // Beyond the calendar (year 9999), where no midnight can be told.
            const DAY_SECONDS: u32 = 86_400;
            let end = now.plus_seconds(DAY_SECONDS);
            Day { start: now, end }
        })
    }

    /// The first instant of a day that is written as 2026-11-26.
    pub(crate) fn midnight(&self, day: &str) -> Option<Timestamp> {
        let date: jiff::civil::Date = day.parse().ok()?;
        // Other forms are days as well, and a second way to write each is one too many.
        if date.to_string() != day {
            return None;
        }
        let start = date
            .to_zoned(self.rules.clone())
            .ok()?
            .start_of_day()
            .ok()?;
        Some(Timestamp::from_micros(start.timestamp().as_microsecond()))
    }

    fn calendar_day(&self, now: Timestamp) -> Option<Day> {
        let instant = jiff::Timestamp::from_microsecond(now.as_micros()).ok()?;
        let local = instant.to_zoned(self.rules.clone());
        let start = local.start_of_day().ok()?;
        let end = local.tomorrow().ok()?.start_of_day().ok()?;
        Some(Day {
            start: Timestamp::from_micros(start.timestamp().as_microsecond()),
            end: Timestamp::from_micros(end.timestamp().as_microsecond()),
        })
    }
}

impl TryFrom<String> for Zone {
    type Error = TimeZoneUnknown;

    fn try_from(name: String) -> Result<Self, Self::Error> {
        Self::new(&name)
    }
}

impl From<Zone> for String {
    fn from(zone: Zone) -> Self {
        zone.name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours_of(zone: &str, instant: &str) -> i64 {
        let instant: jiff::Timestamp = instant.parse().unwrap();
        let now = Timestamp::from_micros(instant.as_microsecond());
        let day = Zone::new(zone).unwrap().day_of(now);
        assert!(day.start <= now && now < day.end);
        day.end.micros_since(day.start) / 3_600_000_000
    }

    //
    #[test]
    fn day_of_a_clock_change_has_23_or_25_hours() {
        assert_eq!(hours_of("Europe/Berlin", "2026-03-29T12:00:00Z"), 23);
        assert_eq!(hours_of("Europe/Berlin", "2026-10-25T12:00:00Z"), 25);
        assert_eq!(hours_of("Europe/Berlin", "2026-11-20T12:00:00Z"), 24);
    }

    //
    #[test]
    fn day_without_a_midnight_begins_with_its_first_instant() {
        // Beirut sets its clocks forward at midnight: 2026-03-29 begins at 01:00.
        assert_eq!(hours_of("Asia/Beirut", "2026-03-29T12:00:00Z"), 23);
    }

    #[test]
    fn unknown_zone_is_refused_with_an_example() {
        let error = Zone::new("Europe/Nowhere").unwrap_err();
        assert!(error.to_string().contains("Europe/Berlin"));
    }
}
