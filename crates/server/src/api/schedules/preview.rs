//! What a schedule comes to: what holds now and until when, and the days from today on. A saved one, or one
//! that is being written.

use super::ScheduleSent;
use crate::api::body::{At, Object, query};
use crate::api::settings::not_found;
use crate::app::App;
use crate::problem::Problem;
use crate::sign_in::SettingsReader;
use axum::Json;
use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use tandem_core::ids::ScheduleId;
use tandem_core::limits;
use tandem_core::schedule::{self, Hours, Schedule, Zone};
use tandem_core::settings::Kind;
use tandem_core::time::Timestamp;
use utoipa::ToSchema;

/// How many days are shown when nobody says.
const DAYS: usize = 14;

/// What a schedule comes to. Instants are written as the schedule's wall clock shows them.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct SchedulePreview {
    now: HoursNow,
    /// From today on. An emergency closure is not part of them.
    days: Vec<ScheduleDay>,
}

/// What holds now.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct HoursNow {
    state: HoursState,
    /// The holiday.
    name: Option<String>,
    /// Until when, if it can be told.
    until: Option<String>,
}

/// What holds.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::api) enum HoursState {
    Open,
    Closed,
    Holiday,
    Emergency,
}

impl HoursState {
    pub(in crate::api) const fn of(hours: &Hours) -> Self {
        match hours {
            Hours::Open => Self::Open,
            Hours::Closed => Self::Closed,
            Hours::Holiday { .. } => Self::Holiday,
            Hours::Emergency => Self::Emergency,
        }
    }
}

/// A day of a schedule.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct ScheduleDay {
    /// YYYY-MM-DD.
    date: String,
    /// The exception that its hours come from.
    exception: Option<String>,
    open: Vec<OpenSpan>,
}

/// A time at which it is open; it ends before `to`.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct OpenSpan {
    from: String,
    to: String,
}

/// How many days.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct Days {
    /// 1 to 60.
    days: Option<usize>,
}

impl<S: Send + Sync> FromRequestParts<S> for Days {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let it: Self = query(parts, state).await?;
        let max = limits::PREVIEW_DAYS_MAX;
        match it.days {
            Some(n) if !(1..=max).contains(&n) => {
                let detail = format!("{n} is not between 1 and {max}");
                Err(Problem::invalid("days", detail))
            }
            Some(_) | None => Ok(it),
        }
    }
}

/// What a schedule comes to. Permission: read_settings.
#[utoipa::path(
    get, path = "/{center}/schedules/{id}/preview", tag = "schedules",
    operation_id = "schedules_preview",
    params(("center" = String, Path), ("id" = u64, Path), Days),
    responses((status = 200, body = SchedulePreview),
        (status = "4XX", body = crate::problem::ProblemDocument))
)]
pub(in crate::api) async fn saved(
    by: SettingsReader,
    State(app): State<Arc<App>>,
    at: At<u64>,
    days: Days,
) -> Result<Json<SchedulePreview>, Problem> {
    let view = by.center.engine.view();
    let found = view.read(|projection| {
        let schedules = &projection.center.state().settings.schedules;
        let standing = schedules.get(&ScheduleId(at.0));
        standing.map(|it| it.document.clone())
    });
    let found = found.ok_or_else(|| not_found(Kind::Schedule, at.0))?;
    Ok(Json(preview(&found, app.clock.now(), &days)))
}

/// What a schedule that is not saved would come to. Permission: read_settings.
#[utoipa::path(
    post, path = "/{center}/schedules/preview", tag = "schedules",
    operation_id = "schedules_preview_unsaved",
    params(("center" = String, Path), Days), request_body = ScheduleSent,
    responses((status = 200, body = SchedulePreview),
        (status = "4XX", body = crate::problem::ProblemDocument))
)]
pub(in crate::api) async fn unsaved(
    _by: SettingsReader,
    State(app): State<Arc<App>>,
    days: Days,
    sent: Object,
) -> Result<Json<SchedulePreview>, Problem> {
    let document = sent.typed::<ScheduleSent>()?.document()?;
    document.validate()?;
    Ok(Json(preview(&document, app.clock.now(), &days)))
}

fn preview(schedule: &Schedule, now: Timestamp, days: &Days) -> SchedulePreview {
    let zone = &schedule.time_zone;
    let hours = schedule.at(now);
    let state = HoursState::of(&hours);
    let name = match hours {
        Hours::Holiday { name } => Some(name),
        Hours::Open | Hours::Closed | Hours::Emergency => None,
    };
    let until = schedule.next_change(now).and_then(|at| zone.write(at));
    let n = days.days.unwrap_or(DAYS);
    let days = zone.date_of(now).map(|today| schedule.days(today, n));
    let days = days.into_iter().flatten();
    SchedulePreview {
        now: HoursNow { state, name, until },
        days: days.map(|it| ScheduleDay::of(it, zone)).collect(),
    }
}

impl ScheduleDay {
    fn of(day: schedule::Day, zone: &Zone) -> Self {
        let span = |span: &schedule::Span| {
            let (from, to) = (zone.write(span.from)?, zone.write(span.to)?);
            Some(OpenSpan { from, to })
        };
        Self {
            date: day.date.to_string(),
            exception: day.exception,
            open: day.open.iter().filter_map(span).collect(),
        }
    }
}
