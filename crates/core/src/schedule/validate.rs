//! What a schedule may say: checked when it is saved. A refusal names the field and what would be right.

use super::{Block, Exception, Repeats, Schedule, Zone};
use crate::flow::invalid;
use crate::limits;
use crate::refusal::Refusal;
use jiff::ToSpan as _;

const MINUTES_OF_A_DAY: u16 = 24 * 60;

impl Schedule {
    /// Checks everything but that its name is its own.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] with the field, [`Refusal::LimitReached`] for too many blocks or exceptions.
    pub fn validate(&self) -> Result<(), Refusal> {
        named("name", &self.name, limits::NAME_CHARS_MAX)?;
        known("time_zone", &self.time_zone)?;
        for (day, blocks) in self.weekly.days() {
            validate_blocks(&format!("weekly.{day}"), blocks)?;
        }
        if self.exceptions.len() > limits::EXCEPTIONS_MAX {
            return Err(Refusal::LimitReached {
                what: "exceptions of a schedule",
                max: limits::EXCEPTIONS_MAX,
            });
        }
        for (n, exception) in self.exceptions.iter().enumerate() {
            validate_exception(&format!("exceptions.{n}"), exception)?;
        }
        match &self.closed_now {
            Some(reason) => named("closed_now.reason", reason, limits::CLOSURE_CHARS_MAX),
            None => Ok(()),
        }
    }
}

fn validate_exception(field: &str, exception: &Exception) -> Result<(), Refusal> {
    named(
        &format!("{field}.name"),
        &exception.name,
        limits::NAME_CHARS_MAX,
    )?;
    let last = format!("{field}.last");
    if exception.last < exception.first {
        return Err(invalid(&last, "is before the first day".to_owned()));
    }
    let is_too_long = match exception.repeats {
        Repeats::Once => exception.n_days() > limits::EXCEPTION_DAYS_MAX,
        // A year later it begins again.
        Repeats::Yearly => exception
            .first
            .checked_add(1.year())
            .is_ok_and(|again| exception.last >= again),
    };
    if is_too_long {
        let detail =
            "is more than a year after the first day; change the hours of the week instead";
        return Err(invalid(&last, detail.to_owned()));
    }
    validate_blocks(&format!("{field}.open"), &exception.open)
}

fn validate_blocks(field: &str, blocks: &[Block]) -> Result<(), Refusal> {
    if blocks.len() > limits::BLOCKS_PER_DAY_MAX {
        return Err(Refusal::LimitReached {
            what: "blocks of a day",
            max: limits::BLOCKS_PER_DAY_MAX,
        });
    }
    for (n, block) in blocks.iter().enumerate() {
        let field = format!("{field}.{n}");
        if block.to > MINUTES_OF_A_DAY {
            return Err(invalid(&field, "ends after 24:00".to_owned()));
        }
        if block.from >= block.to {
            let detail = "must end after it begins; what goes on after midnight ends at 24:00 and is continued at 00:00 of the next day";
            return Err(invalid(&field, detail.to_owned()));
        }
        let overlaps = |other: &&Block| block.from < other.to && other.from < block.to;
        if blocks.iter().take(n).any(|other| overlaps(&other)) {
            let detail = "overlaps an earlier block of the day; make one of them".to_owned();
            return Err(invalid(&field, detail));
        }
    }
    Ok(())
}

fn known(field: &str, zone: &Zone) -> Result<(), Refusal> {
    if zone.is_known() {
        return Ok(());
    }
    let name = zone.name();
    let fix = match zone.nearest() {
        Some(nearest) => format!("did you mean {nearest}?"),
        None => "write an IANA name such as Europe/Berlin".to_owned(),
    };
    Err(invalid(
        field,
        format!("there is no time zone \"{name}\"; {fix}"),
    ))
}

fn named(field: &str, text: &str, chars_max: usize) -> Result<(), Refusal> {
    match text.trim().chars().count() {
        0 => Err(invalid(field, "is empty; write something".to_owned())),
        n if n > chars_max => Err(invalid(
            field,
            format!("is longer than {chars_max} characters"),
        )),
        _ => Ok(()),
    }
}
