//! The record of calls: one line each, comma-separated, with the columns of the "Anonymous Bank" data that the
//! Technion published (one row per call, times of day, seconds in queue). It becomes facts in the order of time.

use crate::bench::Error;
use std::collections::BTreeMap;
use tandem_core::time::Timestamp;

/// The columns that are read.
const COLUMNS: [&str; 10] = [
    "date",
    "priority",
    "type",
    "vru_entry",
    "q_start",
    "q_time",
    "outcome",
    "ser_start",
    "ser_time",
    "agent",
];
const DAY_S: i64 = 86_400;

/// One call that reached a queue.
pub(super) struct Call {
    pub(super) number: u64,
    pub(super) queue: String,
    pub(super) is_priority: bool,
    pub(super) arrives: Timestamp,
    /// Whether it stood in line, or was put through at once.
    pub(super) joins_line: bool,
    wait_s: u32,
    pub(super) end: End,
}

/// How a call ended.
pub(super) enum End {
    GaveUp,
    Handled { agent: String, handling_ms: u32 },
}

/// Something that happened to a call.
pub(super) struct Fact<'a> {
    pub(super) at: Timestamp,
    pub(super) what: What,
    pub(super) call: &'a Call,
}

/// What happened. Of facts of one instant, those that free somebody come first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum What {
    Ends,
    GivesUp,
    IsAnswered,
    Joins,
}

impl Call {
    pub(super) fn wait_ms(&self) -> u32 {
        self.wait_s.saturating_mul(1_000)
    }

    fn answered_at(&self) -> Timestamp {
        self.arrives.plus_seconds(self.wait_s)
    }
}

/// The facts of some calls, in order.
pub(super) fn facts(calls: &[Call]) -> Vec<Fact<'_>> {
    let mut facts = Vec::new();
    for call in calls {
        let mut add = |at, what| facts.push(Fact { at, what, call });
        if call.joins_line {
            add(call.arrives, What::Joins);
        }
        match &call.end {
            End::GaveUp => add(call.answered_at(), What::GivesUp),
            End::Handled { handling_ms, .. } => {
                add(call.answered_at(), What::IsAnswered);
                // An agent is never done before having begun.
                let handling = i64::from((*handling_ms).max(1)) * 1_000;
                add(call.answered_at().plus_micros(handling), What::Ends);
            }
        }
    }
    facts.sort_by_key(|fact| (fact.at, fact.what, fact.call.number));
    facts
}

/// Reads the record; calls that reached no queue are left out.
pub(super) fn parse(text: &str) -> Result<Vec<Call>, Error> {
    let mut lines = text.lines();
    let header: Vec<&str> = lines
        .next()
        .unwrap_or_default()
        .split(',')
        .map(str::trim)
        .collect();
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
    let mut calls = Vec::new();
    for (line, number) in lines.zip(2_u64..) {
        let fields: Vec<&str> = line.split(',').collect();
        let row = Row {
            columns: &columns,
            fields: &fields,
        };
        let call = row
            .call(number)
            .map_err(|why| format!("line {number}: {why}"))?;
        calls.extend(call);
    }
    Ok(calls)
}

struct Row<'a> {
    columns: &'a BTreeMap<&'static str, usize>,
    fields: &'a [&'a str],
}

impl Row<'_> {
    fn call(&self, number: u64) -> Result<Option<Call>, String> {
        let wait_s = self.seconds("q_time")?;
        let joins_line = wait_s > 0;
        let end = match self.text("outcome")? {
            "AGENT" => End::Handled {
                agent: self.text("agent")?.to_owned(),
                handling_ms: self.seconds("ser_time")?.saturating_mul(1_000),
            },
            "HANG" if joins_line => End::GaveUp,
            // Hung up before any queue, or an artifact of the recording.
            "HANG" | "PHANTOM" => return Ok(None),
            other => {
                return Err(format!(
                    "outcome \"{other}\" is none of AGENT, HANG, PHANTOM"
                ));
            }
        };
        let arrives = self.instant(if joins_line { "q_start" } else { "ser_start" })?;
        Ok(Some(Call {
            number,
            queue: self.text("type")?.to_owned(),
            is_priority: self.text("priority")? == "2",
            arrives,
            joins_line,
            wait_s,
            end,
        }))
    }

    /// A time of day, of the next day if it is long before the call's beginning.
    fn instant(&self, column: &str) -> Result<Timestamp, String> {
        let date = self.text("date")?;
        let date: jiff::civil::Date = date
            .parse()
            .map_err(|_malformed| format!("date \"{date}\" is not like 1999-08-01"))?;
        let days = date
            .duration_since(jiff::civil::date(1970, 1, 1))
            .as_hours()
            / 24;
        let (begins, time) = (self.time_of_day("vru_entry")?, self.time_of_day(column)?);
        let next_day = if time + DAY_S / 2 < begins { DAY_S } else { 0 };
        Ok(Timestamp::from_micros(
            (days * DAY_S + time + next_day) * 1_000_000,
        ))
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
        let text = self.text(column)?;
        text.parse()
            .map_err(|_malformed| format!("{column} \"{text}\" is not a number of seconds"))
    }

    fn text(&self, column: &str) -> Result<&str, String> {
        let place = self.columns.get(column).copied().unwrap_or(usize::MAX);
        let field = self.fields.get(place);
        field
            .copied()
            .map(str::trim)
            .ok_or_else(|| format!("there is no {column}: too few fields"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str =
        "date,priority,type,vru_entry,q_start,q_time,outcome,ser_start,ser_time,agent";

    fn parsed(line: &str) -> Result<Vec<Call>, Error> {
        parse(&format!("{HEADER}\n{line}\n"))
    }

    #[test]
    fn a_missing_column_is_named_with_those_that_are_needed() {
        let error = parse("date,type\n")
            .err()
            .expect("it is refused")
            .to_string();
        assert!(
            error.starts_with("the file has no column \"priority\""),
            "{error}"
        );
    }

    #[test]
    fn a_field_that_cannot_be_read_is_named_with_its_line() {
        let line = "1999-08-01,0,PS,23:59:00,soon,88,HANG,00:00:00,0,";
        let error = parsed(line).err().expect("it is refused").to_string();
        assert_eq!(error, "line 2: q_start \"soon\" is not like 07:00:59");
    }

    #[test]
    fn a_call_that_joins_the_line_after_midnight_joins_on_the_next_day() {
        let line = "1999-08-01,2,PS,23:59:50,00:00:10,88,AGENT,00:01:38,19,agent-18";
        let calls = parsed(line).expect("it is a call");
        let next_day_s = 933_552_010;
        assert_eq!(calls[0].arrives.as_micros(), next_day_s * 1_000_000);
        let order = facts(&calls)
            .iter()
            .map(|it| it.what as u8)
            .collect::<Vec<_>>();
        assert_eq!(
            order,
            [What::Joins, What::IsAnswered, What::Ends].map(|it| it as u8)
        );
    }
}
