//! A contact center's record of its calls: one line each, comma-separated, with the columns of the "Anonymous Bank"
//! data that the Technion published (one row per call, times of day, seconds in queue). It becomes what happened to
//! each call, in instants; what is made of that stands elsewhere.

use jiff::civil::Date;
use std::collections::BTreeMap;
use tandem_core::time::Timestamp;

/// The columns that are read.
const COLUMNS: [&str; 12] = [
    "date",
    "customer_id",
    "priority",
    "type",
    "vru_entry",
    "vru_time",
    "q_start",
    "q_time",
    "outcome",
    "ser_start",
    "ser_time",
    "agent",
];
/// Rows at most: what they were is kept in memory.
pub const ROWS_MAX: usize = 1_000_000;
/// The longest time of one kind that a row may tell, s: more is another unit.
const SECONDS_MAX: i64 = 86_400;
const DAY_S: i64 = 86_400;
/// Israel kept summer time while these calls came: three hours before UTC.
const LOCAL_BEFORE_UTC_S: i64 = 10_800;

/// What a file of records says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallRecords {
    /// The calls, in the order of the file.
    pub calls: Vec<CallRecord>,
    /// Rows that the source itself calls no calls.
    pub n_phantom: u64,
    /// Calls whose time in the voice response unit is negative; it counts as none.
    pub n_negative: u64,
}

/// What is on record of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallRecord {
    /// Its line in the file.
    pub line: u64,
    /// The day that it belongs to.
    pub day: Date,
    /// A number, 0 when it is not known.
    pub customer: u64,
    /// What it was about, as the source calls it.
    pub kind: String,
    /// Whether it counts as older than it is.
    pub is_priority: bool,
    /// When it came in.
    pub arrives: Timestamp,
    /// How long it was with the voice response unit, s.
    pub in_flow_s: u32,
    /// What became of it.
    pub end: CallEnd,
}

/// What became of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallEnd {
    /// The caller asked for nobody.
    InFlow,
    /// The caller left the line.
    GaveUp(Stay),
    /// An agent answered.
    Answered {
        /// Until then.
        stay: Stay,
        /// How long they talked, s.
        service_s: u32,
        /// Who it was, if that is on record.
        agent: Option<String>,
    },
}

/// A call's time in line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stay {
    /// Since when.
    pub since: Timestamp,
    /// How long, s; 0 for who was put through at once.
    pub waited_s: u32,
}

impl Stay {
    /// When it was over.
    #[must_use]
    pub fn until(self) -> Timestamp {
        self.since.plus_seconds(self.waited_s)
    }
}

impl CallRecord {
    /// Its time in line, if it asked for somebody.
    #[must_use]
    pub const fn stay(&self) -> Option<Stay> {
        match &self.end {
            CallEnd::InFlow => None,
            CallEnd::GaveUp(stay) | CallEnd::Answered { stay, .. } => Some(*stay),
        }
    }

    /// Whether the caller left the line.
    #[must_use]
    pub const fn gave_up(&self) -> bool {
        matches!(self.end, CallEnd::GaveUp(_))
    }
}

/// Reads a record.
///
/// # Errors
/// The line and the field that cannot be used, and what should stand there.
pub fn parse(text: &str) -> Result<CallRecords, String> {
    let mut lines = text.lines();
    let columns = columns(lines.next().unwrap_or_default())?;
    let mut records = CallRecords {
        calls: Vec::new(),
        n_phantom: 0,
        n_negative: 0,
    };
    for (line, number) in lines.zip(2_u64..) {
        if records.calls.len() >= ROWS_MAX {
            return Err(format!(
                "line {number}: more than {ROWS_MAX} calls; split the file by days"
            ));
        }
        let row = Row {
            columns: &columns,
            fields: line.split(',').map(str::trim).collect(),
            number,
        };
        row.add_to(&mut records)
            .map_err(|why| format!("line {number}: {why}"))?;
    }
    if records.calls.is_empty() {
        return Err("the file has no calls below its first line".to_owned());
    }
    Ok(records)
}

fn columns(header: &str) -> Result<BTreeMap<&'static str, usize>, String> {
    let header: Vec<&str> = header.split(',').map(str::trim).collect();
    let mut columns = BTreeMap::new();
    for name in COLUMNS {
        let place = header.iter().position(|it| *it == name);
        let place = place.ok_or_else(|| {
            format!(
                "the file has no column \"{name}\"; its first line must name {}",
                COLUMNS.join(", ")
            )
        })?;
        columns.insert(name, place);
    }
    Ok(columns)
}

struct Row<'a> {
    columns: &'a BTreeMap<&'static str, usize>,
    fields: Vec<&'a str>,
    number: u64,
}

impl Row<'_> {
    fn add_to(&self, records: &mut CallRecords) -> Result<(), String> {
        let told_s = self.number("vru_time", -SECONDS_MAX)?;
        let in_flow_s = u32::try_from(told_s).unwrap_or(0);
        let waited_s = self.seconds("q_time")?;
        let end = match self.text("outcome")? {
            "AGENT" => CallEnd::Answered {
                stay: self.stay(waited_s, "ser_start")?,
                service_s: self.seconds("ser_time")?,
                agent: Some(self.text("agent")?.to_owned()).filter(|it| !it.is_empty()),
            },
            "HANG" if waited_s > 0 => CallEnd::GaveUp(self.stay(waited_s, "q_start")?),
            "HANG" => CallEnd::InFlow,
            // An artifact of the recording.
            "PHANTOM" => {
                records.n_phantom += 1;
                return Ok(());
            }
            other => {
                return Err(format!(
                    "outcome \"{other}\" is none of AGENT, HANG, PHANTOM"
                ));
            }
        };
        records.n_negative += u64::from(told_s < 0);
        let mut call = CallRecord {
            line: self.number,
            day: self.day()?,
            customer: u64::try_from(self.number("customer_id", 0)?).unwrap_or(0),
            kind: self.kind()?,
            is_priority: self.is_priority()?,
            arrives: self.instant("vru_entry")?,
            in_flow_s,
            end,
        };
        // The clocks of the two systems differ by some seconds: the line's counts.
        if let Some(stay) = call.stay() {
            let in_flow_us = i64::from(in_flow_s) * 1_000_000;
            call.arrives = stay.since.plus_micros(-in_flow_us);
        }
        records.calls.push(call);
        Ok(())
    }

    fn stay(&self, waited_s: u32, at_once: &str) -> Result<Stay, String> {
        let since = self.instant(if waited_s > 0 { "q_start" } else { at_once })?;
        Ok(Stay { since, waited_s })
    }

    fn kind(&self) -> Result<String, String> {
        let kind = self.text("type")?;
        if kind.is_empty() || kind.len() > 8 || !kind.chars().all(|it| it.is_ascii_alphanumeric()) {
            return Err(format!("type \"{kind}\" is not 1 to 8 letters and digits"));
        }
        Ok(kind.to_owned())
    }

    fn is_priority(&self) -> Result<bool, String> {
        match self.text("priority")? {
            "0" | "1" => Ok(false),
            "2" => Ok(true),
            other => Err(format!("priority \"{other}\" is none of 0, 1, 2")),
        }
    }

    fn day(&self) -> Result<Date, String> {
        let date = self.text("date")?;
        date.parse()
            .map_err(|_malformed| format!("date \"{date}\" is not like 1999-08-01"))
    }

    /// A time of day, of the next day if it is long before the call's beginning.
    fn instant(&self, column: &str) -> Result<Timestamp, String> {
        let since_1970 = self.day()?.duration_since(jiff::civil::date(1970, 1, 1));
        let days = since_1970.as_hours() / 24;
        let (begins, time) = (self.time_of_day("vru_entry")?, self.time_of_day(column)?);
        let next_day = if time + DAY_S / 2 < begins { DAY_S } else { 0 };
        let local_s = days * DAY_S + time + next_day;
        let micros = (local_s - LOCAL_BEFORE_UTC_S) * 1_000_000;
        Ok(Timestamp::from_micros(micros))
    }

    fn time_of_day(&self, column: &str) -> Result<i64, String> {
        let text = self.text(column)?;
        let time = jiff::civil::Time::strptime("%H:%M:%S", text)
            .map_err(|_malformed| format!("{column} \"{text}\" is not like 07:00:59"))?;
        Ok(i64::from(time.hour()) * 3_600
            + i64::from(time.minute()) * 60
            + i64::from(time.second()))
    }

    fn seconds(&self, column: &str) -> Result<u32, String> {
        let seconds = self.number(column, 0)?;
        match u32::try_from(seconds) {
            Ok(seconds) if i64::from(seconds) <= SECONDS_MAX => Ok(seconds),
            _ => Err(format!("{column} is more than {SECONDS_MAX} seconds")),
        }
    }

    fn number(&self, column: &str, min: i64) -> Result<i64, String> {
        let text = self.text(column)?;
        let number = text.parse().ok().filter(|it: &i64| *it >= min);
        number.ok_or_else(|| format!("{column} \"{text}\" is not a number from {min} on"))
    }

    fn text(&self, column: &str) -> Result<&str, String> {
        let place = self.columns.get(column).copied().unwrap_or(usize::MAX);
        let field = self.fields.get(place).copied();
        field.ok_or_else(|| format!("there is no {column}: too few fields"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "date,customer_id,priority,type,vru_entry,vru_time,q_start,q_time,outcome,\
                          ser_start,ser_time,agent";

    fn parsed(line: &str) -> Result<CallRecords, String> {
        parse(&format!("{HEADER}\n{line}\n"))
    }

    #[test]
    fn a_missing_column_is_named_with_those_that_are_needed() {
        let error = parse("date,type\n").expect_err("it is refused");
        assert!(
            error.starts_with("the file has no column \"customer_id\""),
            "{error}"
        );
    }

    #[test]
    fn a_field_that_cannot_be_read_is_named_with_its_line() {
        let rows = [
            (
                "1999-08-01,7,0,PS,23:59:00,9,soon,88,HANG,00:00:00,0,",
                "line 2: q_start \"soon\" is not like 07:00:59",
            ),
            (
                "1999-08-32,7,0,PS,23:59:00,9,23:59:09,88,HANG,00:00:00,0,",
                "line 2: date \"1999-08-32\" is not like 1999-08-01",
            ),
            (
                "1999-08-01,7,3,PS,23:59:00,9,23:59:09,88,HANG,00:00:00,0,",
                "line 2: priority \"3\" is none of 0, 1, 2",
            ),
            (
                "1999-08-01,7,0,PS,23:59:00,9,23:59:09,-1,HANG,00:00:00,0,",
                "line 2: q_time \"-1\" is not a number from 0 on",
            ),
            (
                "1999-08-01,7,0,PS,23:59:00,9,23:59:09,88,LOST,00:00:00,0,",
                "line 2: outcome \"LOST\" is none of AGENT, HANG, PHANTOM",
            ),
            (
                "1999-08-01,7,0,,23:59:00,9,23:59:09,88,HANG,00:00:00,0,",
                "line 2: type \"\" is not 1 to 8 letters and digits",
            ),
            (
                "1999-08-01,7,0,PS,23:59:00",
                "line 2: there is no vru_time: too few fields",
            ),
        ];
        for (row, told) in rows {
            assert_eq!(parsed(row).expect_err("it is refused"), told);
        }
    }

    #[test]
    fn a_call_that_joins_the_line_after_midnight_joins_on_the_next_day() {
        let line = "1999-08-01,7,2,PS,23:59:50,20,00:00:10,88,AGENT,00:01:38,19,agent-18";
        let records = parsed(line).expect("it is a call");
        let stay = records.calls[0].stay().expect("it waited");
        let next_day_s = 933_552_010 - LOCAL_BEFORE_UTC_S;
        assert_eq!(stay.since.as_micros(), next_day_s * 1_000_000);
        assert_eq!(stay.until().micros_since(stay.since), 88_000_000);
        assert_eq!(records.calls[0].day, jiff::civil::date(1999, 8, 1));
    }

    #[test]
    fn phantoms_are_left_out_and_negative_times_count_as_none() {
        let phantom = "1999-08-01,0,0,PS,07:00:00,3,00:00:00,0,PHANTOM,00:00:00,0,";
        let negative = "1999-08-01,0,0,PS,07:00:00,-4,00:00:00,0,HANG,00:00:00,0,";
        let records = parsed(&format!("{phantom}\n{negative}")).expect("it can be read");
        assert_eq!(
            (records.calls.len(), records.n_phantom, records.n_negative),
            (1, 1, 1)
        );
        assert_eq!(records.calls[0].in_flow_s, 0);
        assert_eq!(records.calls[0].end, CallEnd::InFlow);
    }
}
