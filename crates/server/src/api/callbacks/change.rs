//! Callbacks are booked, called off, given another time, and taken.

use crate::api::body::{At, Body};
use crate::api::calling_out::{Called, Customer, called, dialable, sealed};
use crate::api::me::Nothing;
use crate::api::refusal::done;
use crate::problem::Problem;
use crate::sign_in::{Agent, CallbackBooker, WebBooker};
use axum::Json;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use tandem_core::callback::Window;
use tandem_core::ids::{AgentId, CallbackId, QueueId};
use tandem_core::input::{BookCallback, Input, KeepFor, Request};
use tandem_core::schedule::Zone;
use tandem_core::time::Timestamp;
use tandem_core::turn::Reply;
use utoipa::ToSchema;

/// Characters of a customer's name.
const NAME_CHARS_MAX: usize = 200;

/// Whom to call back, by which queue, and when.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct NewCallback {
    queue_id: u64,
    /// In international form.
    number: String,
    /// What the customer is called; at most 200 characters.
    name: Option<String>,
    /// The customer's time zone, an IANA name: their clock says when they may be called.
    time_zone: Option<String>,
    /// When; as soon as somebody has time when left out.
    window: Option<NewWindow>,
    /// The agent who wants to call; the queue does when left out.
    owner: Option<NewOwner>,
}

/// A span of time, by instants with their zone (`2026-11-27T09:00:00Z`), or by the customer's clock
/// (`2026-11-27T09:00`).
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct NewWindow {
    from: String,
    to: String,
}

/// The agent who wants to call.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct NewOwner {
    agent_id: u64,
    /// How long from the begin of the window, 60 to 2592000; then everybody who serves the queue may. 3600 when left
    /// out.
    fallback_after_s: Option<u32>,
}

/// Another time.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct NewTime {
    window: NewWindow,
    /// The time zone of a window by the customer's clock.
    time_zone: Option<String>,
    /// The agent who wants to call; the queue does when left out.
    owner: Option<NewOwner>,
}

/// What was booked.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct Booked {
    id: u64,
}

/// Has a customer called back. One who has a callback pending in the queue gets what the queue says. Permission:
/// keep_callbacks; agents for the queues that they serve, and API keys with the scope `callbacks.book`.
#[utoipa::path(post, path = "/{center}/callbacks", tag = "callbacks", operation_id = "book_callback",
    request_body = NewCallback, params(("center" = String, Path)),
    responses((status = 201, body = Booked),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(in crate::api) async fn book(
    by: WebBooker,
    Body(sent): Body<NewCallback>,
) -> Result<(StatusCode, Json<Booked>), Problem> {
    let number = dialable(&sent.number)?;
    let zone = sent.time_zone.as_deref().map(zone_named).transpose()?;
    let window = sent.window.as_ref();
    let window = window.map(|it| it.read(zone.as_ref())).transpose()?;
    let name = sent.name.map(|name| name.trim().to_owned());
    let name = name.filter(|name| !name.is_empty());
    if name
        .as_ref()
        .is_some_and(|it| it.chars().count() > NAME_CHARS_MAX)
    {
        let detail = format!("is longer than {NAME_CHARS_MAX} characters");
        return Err(Problem::invalid("name", detail));
    }
    let (person, subjects) = sealed(&by.center, Customer { number, name }).await?;
    let request = Request::BookCallback(BookCallback {
        queue: QueueId(sent.queue_id),
        person: tandem_core::callback::Person { zone, ..person },
        window,
        keep: keep_for(sent.owner.as_ref()),
    });
    let input = Input::Asked {
        actor: by.actor.clone(),
        request,
    };
    let committed = by.center.engine.submit_and_see(input, subjects).await?;
    match committed.reply {
        Reply::Booked(id) => Ok((StatusCode::CREATED, Json(Booked { id: id.0 }))),
        Reply::Refused(refusal) => Err(refusal.into()),
        Reply::Done
        | Reply::Arrived(_)
        | Reply::ArrivedBefore(_)
        | Reply::Dialed(_)
        | Reply::Petitioned
        | Reply::Saved { .. }
        | Reply::Reconciling { .. }
        | Reply::Learned
        | Reply::Ignored => Err(Problem::unavailable("the request was overtaken; try again")),
    }
}

fn zone_named(name: &str) -> Result<Zone, Problem> {
    let zone = Zone::named(name);
    if zone.is_known() {
        return Ok(zone);
    }
    let detail = "is no time zone; write an IANA name, for example Europe/Berlin";
    Err(Problem::invalid("time_zone", detail))
}

fn keep_for(owner: Option<&NewOwner>) -> KeepFor {
    const FALLBACK_S: u32 = 3_600;
    owner.map_or(KeepFor::Nobody, |it| KeepFor::Agent {
        agent: AgentId(it.agent_id),
        fallback_after_s: it.fallback_after_s.unwrap_or(FALLBACK_S),
    })
}

impl NewWindow {
    fn read(&self, zone: Option<&Zone>) -> Result<Window, Problem> {
        Ok(Window {
            from: instant("window.from", &self.from, zone)?,
            to: instant("window.to", &self.to, zone)?,
        })
    }
}

fn instant(field: &str, text: &str, zone: Option<&Zone>) -> Result<Timestamp, Problem> {
    if let Ok(at) = text.parse::<jiff::Timestamp>() {
        return Ok(Timestamp::from_micros(at.as_microsecond()));
    }
    let by_clock = zone.and_then(|zone| zone.shows(text));
    by_clock.ok_or_else(|| {
        let detail = "write an instant with its zone, for example 2026-11-27T09:00:00Z; or \
                      2026-11-27T09:00, and the customer's time_zone";
        Problem::invalid(field, detail)
    })
}

async fn ask(
    center: &crate::center::Center,
    actor: tandem_core::role::Actor,
    request: Request,
) -> Result<Json<Nothing>, Problem> {
    let input = Input::Asked { actor, request };
    done(center.engine.submit_and_see(input, Vec::new()).await?)?;
    Ok(Json(Nothing {}))
}

/// Calls a callback off. Permission: keep_callbacks; agents their own, and that of the customer to whom they talk.
#[utoipa::path(delete, path = "/{center}/callbacks/{id}", tag = "callbacks",
    operation_id = "cancel_callback",
    params(("center" = String, Path), ("id" = u64, Path)),
    responses((status = 200, body = Nothing),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(in crate::api) async fn cancel(
    by: CallbackBooker,
    At(id): At<u64>,
) -> Result<Json<Nothing>, Problem> {
    let callback = CallbackId(id);
    let request = Request::CancelCallback { callback };
    ask(&by.center, by.actor, request).await
}

/// Chooses another time for a callback. Permission: keep_callbacks; agents for their own.
#[utoipa::path(post, path = "/{center}/callbacks/{id}/reschedule", tag = "callbacks",
    operation_id = "reschedule_callback", request_body = NewTime,
    params(("center" = String, Path), ("id" = u64, Path)),
    responses((status = 200, body = Nothing),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(in crate::api) async fn reschedule(
    by: CallbackBooker,
    At(id): At<u64>,
    Body(sent): Body<NewTime>,
) -> Result<Json<Nothing>, Problem> {
    let zone = sent.time_zone.as_deref().map(zone_named).transpose()?;
    let request = Request::RescheduleCallback {
        callback: CallbackId(id),
        window: sent.window.read(zone.as_ref())?,
        keep: keep_for(sent.owner.as_ref()),
    };
    ask(&by.center, by.actor, request).await
}

/// Calls the customer of an own callback now: the agent's Teams client rings first. Role: agent.
#[utoipa::path(post, path = "/{center}/callbacks/{id}/take", tag = "desk",
    operation_id = "take_callback",
    params(("center" = String, Path), ("id" = u64, Path)),
    responses((status = 201, body = Called),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(in crate::api) async fn take(
    by: Agent,
    At(id): At<u64>,
) -> Result<(StatusCode, Json<Called>), Problem> {
    let input = Input::Asked {
        actor: by.actor,
        request: Request::TakeCallback {
            callback: CallbackId(id),
        },
    };
    let committed = by.center.engine.submit_and_see(input, Vec::new()).await?;
    called(committed.reply)
}
