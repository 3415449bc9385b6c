//! The do-not-call list: customers whom nobody calls from here. Numbers and reasons lie among the personal
//! data; the core recognizes a customer by a keyed hash.

use super::accounts::usernames;
use super::body::{At, Body, Query};
use super::me::{Nothing, ask};
use super::time::Instant;
use crate::app::App;
use crate::center::Center;
use crate::phone::PhoneNumber;
use crate::problem::Problem;
use crate::sign_in::DoNotCallKeeper;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use tandem_core::do_not_call::Entry;
use tandem_core::ids::{AccountId, SubjectRef};
use tandem_core::input::{Input, Request};
use tandem_core::schedule::Zone;
use tandem_core::time::Timestamp;
use tandem_core::turn::Reply;
use utoipa::ToSchema;

/// Characters of a reason.
const REASON_CHARS_MAX: usize = 200;
/// Entries of one page when nobody says.
const PAGE: usize = 100;
/// Entries of one page at most.
const PAGE_MAX: usize = 1_000;

/// A page of the list, newest first.
#[derive(Serialize, ToSchema)]
pub(super) struct DoNotCallPage {
    items: Vec<DoNotCallEntry>,
    /// Where the next page begins: its `before`; none on the last one.
    next_before: Option<u64>,
}

/// A customer whom nobody calls.
#[derive(Serialize, ToSchema)]
pub(super) struct DoNotCallEntry {
    id: u64,
    /// None when erased.
    number: Option<String>,
    reason: Option<String>,
    /// The day from which on the customer may be called again, YYYY-MM-DD; never without.
    until: Option<String>,
    /// The username of whoever set it.
    by: Option<String>,
    since: Instant,
}

/// A customer whom nobody shall call.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewDoNotCall {
    /// In international form.
    number: String,
    /// At most 200 characters.
    reason: String,
    /// The day from which on the customer may be called again, YYYY-MM-DD; never when left out.
    until: Option<String>,
}

/// The entry that it became.
#[derive(Serialize, ToSchema)]
pub(super) struct DoNotCallSet {
    id: u64,
}

/// Which page.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Page {
    /// How many at most, up to 1000.
    limit: Option<usize>,
    /// Only entries with a smaller number.
    before: Option<u64>,
}

/// What lies under an entry's reference.
#[derive(Serialize, Deserialize)]
struct Personal {
    number: String,
    reason: String,
}

/// The list, newest first. Permission: keep_do_not_call.
#[utoipa::path(get, path = "/{center}/do-not-call", tag = "floor", operation_id = "do_not_call",
    params(("center" = String, Path), Page),
    responses((status = 200, body = DoNotCallPage),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(super) async fn list(
    State(app): State<Arc<App>>,
    by: DoNotCallKeeper,
    Query(page): Query<Page>,
) -> Result<Json<DoNotCallPage>, Problem> {
    let center = &by.center;
    let limit = page.limit.unwrap_or(PAGE).clamp(1, PAGE_MAX);
    let mut entries: Vec<(u64, Entry)> = center.engine.view().read(|projection| {
        let list = &projection.center.state().do_not_call;
        let older = list
            .newest_first()
            .filter(|(id, _)| page.before.is_none_or(|before| *id < before));
        older
            .take(limit + 1)
            .map(|(id, entry)| (id, *entry))
            .collect()
    });
    let has_more = entries.len() > limit;
    entries.truncate(limit);
    let subjects: Vec<SubjectRef> = entries.iter().map(|(_, it)| it.subject).collect();
    center.people.open(&subjects).await?;
    let names = usernames(&app, entries.iter().map(|(_, it)| it.by)).await?;
    let next_before = entries.last().map(|(id, _)| *id).filter(|_| has_more);
    let items = entries
        .into_iter()
        .map(|(id, entry)| view(center, id, &entry, &names));
    Ok(Json(DoNotCallPage {
        items: items.collect(),
        next_before,
    }))
}

fn view(
    center: &Center,
    id: u64,
    entry: &Entry,
    names: &BTreeMap<AccountId, String>,
) -> DoNotCallEntry {
    let text = center.people.known(entry.subject);
    let personal: Option<Personal> = text.and_then(|text| serde_json::from_str(&text).ok());
    let (number, reason) = personal.map(|it| (it.number, it.reason)).unzip();
    let zone = Zone::named(&center.config.time_zone);
    let day = |at: Timestamp| zone.date_of(at).map(|date| date.to_string());
    DoNotCallEntry {
        id,
        number,
        reason,
        until: entry.until.and_then(day),
        by: names.get(&entry.by).cloned(),
        since: entry.since.into(),
    }
}

/// Puts a number on the list; one that is on it has its entry changed. Permission: keep_do_not_call.
#[utoipa::path(post, path = "/{center}/do-not-call", tag = "floor",
    operation_id = "set_do_not_call", request_body = NewDoNotCall,
    params(("center" = String, Path)),
    responses((status = 201, body = DoNotCallSet),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(super) async fn create(
    by: DoNotCallKeeper,
    Body(sent): Body<NewDoNotCall>,
) -> Result<(StatusCode, Json<DoNotCallSet>), Problem> {
    let center = &by.center;
    let number = PhoneNumber::parse(&sent.number)
        .map_err(|error| Problem::invalid("number", error.to_string()))?;
    let reason = sent.reason.trim().to_owned();
    if reason.chars().count() > REASON_CHARS_MAX {
        let detail = format!("is longer than {REASON_CHARS_MAX} characters");
        return Err(Problem::invalid("reason", detail));
    }
    let until = match &sent.until {
        Some(day) => Some(begin_of(center, day)?),
        None => None,
    };
    let customer = number.customer(&center.keys, center.engine.center());
    let personal = Personal {
        number: number.e164().to_owned(),
        reason,
    };
    let text = serde_json::to_string(&personal)
        .map_err(|error| Problem::unavailable(&error.to_string()))?;
    let (subject, sealed) = center.people.seal(&text).await?;
    let request = Request::SetDoNotCall {
        customer,
        subject,
        until,
    };
    let input = Input::Asked {
        actor: by.actor.clone(),
        request,
    };
    let committed = center.engine.submit_and_see(input, vec![sealed]).await?;
    match committed.reply {
        Reply::Saved { id, .. } => Ok((StatusCode::CREATED, Json(DoNotCallSet { id }))),
        Reply::Refused(refusal) => Err(refusal.into()),
        Reply::Done
        | Reply::Arrived(_)
        | Reply::ArrivedBefore(_)
        | Reply::Dialed(_)
        | Reply::Petitioned
        | Reply::Booked(_)
        | Reply::Reconciling { .. }
        | Reply::Learned
        | Reply::Ignored => Err(Problem::unavailable("the request was overtaken; try again")),
    }
}

/// The begin of a day by the contact center's clock.
fn begin_of(center: &Center, day: &str) -> Result<Timestamp, Problem> {
    let zone = Zone::named(&center.config.time_zone);
    let at = zone
        .begin_of(day)
        .ok_or_else(|| Problem::invalid("until", "is no day; write it as YYYY-MM-DD"))?;
    if at <= center.clock.now() {
        return Err(Problem::invalid(
            "until",
            "is not a day to come; choose a later one",
        ));
    }
    Ok(at)
}

/// Takes an entry off the list. Permission: keep_do_not_call.
#[utoipa::path(delete, path = "/{center}/do-not-call/{id}", tag = "floor",
    operation_id = "remove_do_not_call",
    params(("center" = String, Path), ("id" = u64, Path)),
    responses((status = 200, body = Nothing),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(super) async fn remove(by: DoNotCallKeeper, At(id): At<u64>) -> Result<Json<Nothing>, Problem> {
    ask(by, Request::RemoveDoNotCall { id }).await
}
