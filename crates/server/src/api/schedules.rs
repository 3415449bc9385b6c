//! Schedules: opening hours as people write them, and their emergency closure.

pub(super) mod preview;

use super::body::{At, Body};
use super::refusal::done;
use super::settings::{self, Resource, settings_routes};
use crate::center::Center;
use crate::problem::Problem;
use crate::sign_in::HoursCloser;
use axum::Json;
use serde::{Deserialize, Serialize};
use tandem_core::ids::ScheduleId;
use tandem_core::input::{Input, Request};
use tandem_core::role::Actor;
use tandem_core::schedule::{self, Date, Repeats, Week, Zone};
use tandem_core::settings::{Document, Kind, Versioned};
use tandem_core::state::State;
use utoipa::ToSchema;

/// A schedule.
#[derive(Serialize, ToSchema)]
pub(super) struct Schedule {
    id: u64,
    version: u64,
    #[serde(flatten)]
    body: ScheduleSent,
}

/// What is sent to create or change a schedule.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ScheduleSent {
    name: String,
    /// An IANA name, such as Europe/Berlin.
    time_zone: String,
    /// The hours of an ordinary week; closed without.
    #[serde(default)]
    weekly: Weekly,
    #[serde(default)]
    exceptions: Vec<Exception>,
    /// Closed until somebody reopens it.
    #[serde(default)]
    closed_now: Option<Closure>,
}

/// The blocks of each day.
#[derive(Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Weekly {
    monday: Vec<Block>,
    tuesday: Vec<Block>,
    wednesday: Vec<Block>,
    thursday: Vec<Block>,
    friday: Vec<Block>,
    saturday: Vec<Block>,
    sunday: Vec<Block>,
}

/// A time of a day by the wall clock; it ends before `to`.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Block {
    /// HH:MM.
    from: String,
    /// HH:MM; 24:00 is the end of the day.
    to: String,
}

/// Days that are not ordinary. Once before yearly, shorter before longer, then the first one counts.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Exception {
    name: String,
    /// YYYY-MM-DD.
    first: String,
    /// YYYY-MM-DD.
    last: String,
    /// On the same days of every year.
    #[serde(default)]
    yearly: bool,
    /// The hours of each of its days; none means closed.
    #[serde(default)]
    open: Vec<Block>,
}

/// Why a schedule is closed until somebody reopens it.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Closure {
    reason: String,
}

settings_routes!(
    Schedule,
    ScheduleSent,
    "schedules",
    "/{center}/schedules",
    "/{center}/schedules/{id}",
    SettingsReader,
    FlowEditor,
    FlowEditor
);

/// Closes a schedule until it is reopened; who waits is sent on at once. Permission: close_hours; schedules of queues in scope.
#[utoipa::path(
    post, path = "/{center}/schedules/{id}/close", tag = "schedules", operation_id = "schedules_close",
    params(("center" = String, Path), ("id" = u64, Path)), request_body = Closure,
    responses((status = 200, body = Schedule),
        (status = "4XX", body = crate::problem::ProblemDocument))
)]
pub(super) async fn close(
    by: HoursCloser,
    at: At<u64>,
    sent: Body<Closure>,
) -> Result<Json<Schedule>, Problem> {
    let request = Request::CloseSchedule {
        schedule: ScheduleId(at.0),
        reason: sent.0.reason,
    };
    ask(&by.center, by.actor, at.0, request).await
}

/// Ends the closure of a schedule; one that is not closed stays as it is. Permission: close_hours; schedules of queues in scope.
#[utoipa::path(
    post, path = "/{center}/schedules/{id}/reopen", tag = "schedules", operation_id = "schedules_reopen",
    params(("center" = String, Path), ("id" = u64, Path)),
    responses((status = 200, body = Schedule),
        (status = "4XX", body = crate::problem::ProblemDocument))
)]
pub(super) async fn reopen(by: HoursCloser, at: At<u64>) -> Result<Json<Schedule>, Problem> {
    let schedule = ScheduleId(at.0);
    let request = Request::ReopenSchedule { schedule };
    ask(&by.center, by.actor, at.0, request).await
}

async fn ask(
    center: &Center,
    actor: Actor,
    id: u64,
    request: Request,
) -> Result<Json<Schedule>, Problem> {
    let input = Input::Asked { actor, request };
    done(center.engine.submit_and_see(input, Vec::new()).await?)?;
    settings::read(center, id).map(Json)
}

impl Resource for Schedule {
    type Sent = ScheduleSent;
    const KIND: Kind = Kind::Schedule;

    fn all(state: &State) -> Vec<Self> {
        let schedules = state.settings.schedules.iter();
        schedules.map(|(id, it)| Self::of(*id, it)).collect()
    }

    fn one(state: &State, id: u64) -> Option<Self> {
        let id = ScheduleId(id);
        state.settings.schedules.get(&id).map(|it| Self::of(id, it))
    }

    fn document(sent: ScheduleSent, _state: &State) -> Result<Document, Problem> {
        sent.document().map(Document::Schedule)
    }
}

impl Schedule {
    fn of(id: ScheduleId, it: &Versioned<schedule::Schedule>) -> Self {
        let document = &it.document;
        let day = |blocks: &Vec<schedule::Block>| blocks.iter().map(Block::of).collect();
        let week = &document.weekly;
        let body = ScheduleSent {
            name: document.name.clone(),
            time_zone: document.time_zone.name().to_owned(),
            weekly: Weekly {
                monday: day(&week.monday),
                tuesday: day(&week.tuesday),
                wednesday: day(&week.wednesday),
                thursday: day(&week.thursday),
                friday: day(&week.friday),
                saturday: day(&week.saturday),
                sunday: day(&week.sunday),
            },
            exceptions: document.exceptions.iter().map(Exception::of).collect(),
            closed_now: document.closed_now.clone().map(|reason| Closure { reason }),
        };
        Self {
            id: id.0,
            version: it.version,
            body,
        }
    }
}

impl ScheduleSent {
    fn document(self) -> Result<schedule::Schedule, Problem> {
        let week = self.weekly;
        let day = |name: &str, sent| blocks(&format!("weekly.{name}"), sent);
        let weekly = Week {
            monday: day("monday", week.monday)?,
            tuesday: day("tuesday", week.tuesday)?,
            wednesday: day("wednesday", week.wednesday)?,
            thursday: day("thursday", week.thursday)?,
            friday: day("friday", week.friday)?,
            saturday: day("saturday", week.saturday)?,
            sunday: day("sunday", week.sunday)?,
        };
        let exceptions = self.exceptions.into_iter().enumerate();
        let exceptions = exceptions.map(|(n, it)| it.document(&format!("exceptions.{n}")));
        Ok(schedule::Schedule {
            name: self.name,
            time_zone: Zone::named(self.time_zone.trim()),
            weekly: Box::new(weekly),
            exceptions: exceptions.collect::<Result<_, _>>()?,
            closed_now: self.closed_now.map(|it| it.reason),
        })
    }
}

impl Exception {
    fn of(it: &schedule::Exception) -> Self {
        Self {
            name: it.name.clone(),
            first: it.first.to_string(),
            last: it.last.to_string(),
            yearly: it.repeats == Repeats::Yearly,
            open: it.open.iter().map(Block::of).collect(),
        }
    }

    fn document(self, field: &str) -> Result<schedule::Exception, Problem> {
        Ok(schedule::Exception {
            name: self.name,
            first: date(&format!("{field}.first"), &self.first)?,
            last: date(&format!("{field}.last"), &self.last)?,
            repeats: if self.yearly {
                Repeats::Yearly
            } else {
                Repeats::Once
            },
            open: blocks(&format!("{field}.open"), self.open)?,
        })
    }
}

impl Block {
    fn of(it: &schedule::Block) -> Self {
        let clock = |minutes: u16| format!("{:02}:{:02}", minutes / 60, minutes % 60);
        Self {
            from: clock(it.from),
            to: clock(it.to),
        }
    }
}

fn blocks(field: &str, sent: Vec<Block>) -> Result<Vec<schedule::Block>, Problem> {
    let block = |(n, it): (usize, Block)| {
        Ok(schedule::Block {
            from: minutes(&format!("{field}.{n}.from"), &it.from)?,
            to: minutes(&format!("{field}.{n}.to"), &it.to)?,
        })
    };
    sent.into_iter().enumerate().map(block).collect()
}

/// Minutes since 00:00.
fn minutes(field: &str, clock: &str) -> Result<u16, Problem> {
    let number = |digits: &str| -> Option<u16> {
        let is_right = digits.len() == 2 && digits.bytes().all(|it| it.is_ascii_digit());
        is_right.then(|| digits.parse().ok())?
    };
    let parts = clock.split_once(':');
    let parts = parts.and_then(|(hour, minute)| Some((number(hour)?, number(minute)?)));
    match parts {
        Some((hour, minute)) if minute < 60 && (hour < 24 || (hour, minute) == (24, 0)) => {
            Ok(hour * 60 + minute)
        }
        Some(_) | None => Err(Problem::invalid(
            field,
            format!("\"{clock}\" is no time of day; write HH:MM from 00:00 to 24:00"),
        )),
    }
}

fn date(field: &str, text: &str) -> Result<Date, Problem> {
    let date = text.parse::<Date>().ok();
    date.filter(|date| date.to_string() == text).ok_or_else(|| {
        let detail = format!("\"{text}\" is no date; write YYYY-MM-DD");
        Problem::invalid(field, detail)
    })
}
