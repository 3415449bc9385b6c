//! What figures are asked for: days of a time zone, how fine, and of whom.

use super::PeriodView;
use crate::center::Center;
use crate::problem::Problem;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use tandem_core::time::Timestamp;
use tandem_reports::performance::interval::{Grain, Interval, Period, PeriodError};
use tandem_store::{Stretch, UnixMicros};
use utoipa::ToSchema;

/// Days of one answer, by the day.
const DAYS_MAX: usize = 400;
/// Days of one answer that is finer.
const FINE_DAYS_MAX: usize = 35;
/// Rows times intervals of one answer.
const CELLS_MAX: usize = 50_000;
/// Queues or agents that are named in a question.
const NAMED_MAX: usize = 1_000;

/// Which days, and how fine.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(in crate::api) struct Days {
    /// The first day of the period, as 2026-11-26.
    first_day: Option<String>,
    /// The last day, in the period; the first one when left out.
    last_day: Option<String>,
    /// `quarter`, `half_hour`, `hour` or `day`; `day` when left out.
    #[param(value_type = Option<String>)]
    grain: Option<GrainWord>,
    /// The IANA name of the time zone whose days are meant; that of the contact center when left out.
    time_zone: Option<String>,
}

/// How fine figures are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::api) enum GrainWord {
    Quarter,
    HalfHour,
    Hour,
    Day,
}

impl From<GrainWord> for Grain {
    fn from(word: GrainWord) -> Self {
        match word {
            GrainWord::Quarter => Self::Quarter,
            GrainWord::HalfHour => Self::HalfHour,
            GrainWord::Hour => Self::Hour,
            GrainWord::Day => Self::Day,
        }
    }
}

/// What is to be counted.
pub(super) struct Counted {
    pub(super) period: PeriodView,
    pub(super) intervals: Vec<Interval>,
    pub(super) stretch: Stretch,
    pub(super) now: Timestamp,
}

impl Days {
    pub(super) fn counted(&self, center: &Center) -> Result<Counted, Problem> {
        let first_day = self.first_day.clone().ok_or_else(|| {
            let detail = "say the first day of the period, as 2026-11-26";
            Problem::invalid("first_day", detail.to_owned())
        })?;
        let last_day = self.last_day.clone().unwrap_or_else(|| first_day.clone());
        let zone = self.time_zone.as_ref().unwrap_or(&center.config.time_zone);
        let grain = self.grain.unwrap_or(GrainWord::Day);
        let max = match grain {
            GrainWord::Day => DAYS_MAX,
            GrainWord::Quarter | GrainWord::HalfHour | GrainWord::Hour => FINE_DAYS_MAX,
        };
        let period = Period::of_days(zone, &first_day, &last_day, max);
        let period = period.map_err(|error| refused(&error, &first_day))?;
        if period.n_days() > max {
            let detail = format!("ask for at most {max} days at this grain");
            return Err(Problem::invalid("last_day", detail));
        }
        let now = center.clock.now();
        let whole = period.whole();
        Ok(Counted {
            intervals: period.intervals(grain.into(), now),
            stretch: Stretch {
                from: UnixMicros(whole.from.as_micros()),
                to: UnixMicros(whole.to.as_micros()),
            },
            period: PeriodView {
                first_day,
                last_day,
                time_zone: zone.clone(),
                grain,
                from: whole.from.into(),
                to: whole.to.into(),
                as_of: now.into(),
            },
            now,
        })
    }
}

fn refused(error: &PeriodError, first_day: &str) -> Problem {
    let field = match error {
        PeriodError::Zone(_) => "time_zone",
        PeriodError::Day(day) if day == first_day => "first_day",
        PeriodError::Day(_) | PeriodError::Order => "last_day",
    };
    Problem::invalid(field, error.to_string())
}

impl Counted {
    /// Whether so many rows can be told.
    pub(super) fn check_size(&self, rows: usize) -> Result<(), Problem> {
        let cells = rows.saturating_mul(self.intervals.len());
        if cells <= CELLS_MAX {
            return Ok(());
        }
        let detail = format!(
            "these are {rows} rows of {} intervals, and one answer has at most {CELLS_MAX} of them: ask for fewer days, a \
             coarser grain or fewer of them by name",
            self.intervals.len()
        );
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        Err(Problem::new(status, "too_many_figures", detail))
    }
}

/// Numbers with commas between them; none was given, none is meant in particular.
pub(super) fn ids(field: &str, text: Option<&str>) -> Result<Option<BTreeSet<u64>>, Problem> {
    let Some(text) = text else { return Ok(None) };
    let ids: Result<BTreeSet<u64>, _> = text.split(',').map(str::parse).collect();
    let refused = |detail: String| Problem::invalid(field, detail);
    let ids = ids.map_err(|_not_a_number| {
        refused("write numbers with commas between them, for example 1,4".to_owned())
    })?;
    if ids.len() > NAMED_MAX {
        return Err(refused(format!("name at most {NAMED_MAX}")));
    }
    Ok(Some(ids))
}
