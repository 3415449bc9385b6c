//! A person outside, as the law knows them: what is kept of them is found by their number, taken out for them,
//! and erased. The journal names them by references and a keyed hash alone, and stays as it is.

mod erase;
mod export;
mod kept;

use super::administration::note;
use super::body::Body;
use super::stated::stated;
use super::time::Instant;
use crate::center::Center;
use crate::phone::PhoneNumber;
use crate::problem::Problem;
use crate::sign_in::RecordingsHolder;
use axum::Json;
use axum::response::Response;
pub(crate) use erase::forget_customer;
pub(crate) use kept::held_among;
use kept::{OnHold, Pages, history_is_there};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use tandem_core::administration::Administration;
use tandem_core::ids::CustomerHash;
use tandem_core::input::{Input, Request};
use utoipa::ToSchema;

/// Who is meant. In a body, because addresses of requests end in logs.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Whom {
    /// Their number, in international form.
    number: String,
}

/// Who is erased.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ErasureOf {
    /// Their number, in international form.
    number: String,
    /// 1 to 200 characters; it stays, so write no name into it.
    reason: String,
}

/// What is kept of a person.
#[derive(Serialize, ToSchema)]
pub(super) struct PersonView {
    /// As it was understood.
    number: String,
    /// Their contacts, calls and messages together.
    contacts: u64,
    first_at: Option<Instant>,
    last_at: Option<Instant>,
    /// Recordings and messages that can be heard.
    recordings: u64,
    /// Of them, those on legal hold.
    on_hold: u64,
    /// Whether they are on the do-not-call list.
    on_do_not_call: bool,
    /// Callbacks that are pending for them.
    callbacks_pending: u64,
}

/// What came of an erasure.
#[derive(Serialize, ToSchema)]
pub(super) struct Erasure {
    /// Contacts of which nothing personal is left.
    contacts: u64,
    /// Pieces of personal data that were erased.
    subjects: u64,
    /// Recordings and messages that were erased.
    recordings: u64,
    /// What was not, and why; up to a thousand.
    kept: Vec<KeptBack>,
    /// What was not, beyond those.
    n_more_kept: u64,
}

/// Something that was not erased.
#[derive(Serialize, ToSchema)]
struct KeptBack {
    /// `recording` or `contact`.
    kind: &'static str,
    id: u64,
    /// `legal_hold`: release the hold of its recording first. `open`: the contact is not over; ask again then.
    why: &'static str,
}

/// What is kept of a person, found by their number. Permission: hold_recordings.
#[utoipa::path(post, path = "/{center}/persons/find", tag = "privacy",
    operation_id = "persons_find", request_body = Whom,
    params(("center" = String, Path)),
    responses((status = 200, body = PersonView),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(super) async fn find(
    by: RecordingsHolder,
    Body(whom): Body<Whom>,
) -> Result<Json<PersonView>, Problem> {
    let center = &by.center;
    let (number, customer) = person(center, &whom.number)?;
    history_is_there(center).await?;
    let contacts = kept::count(center, customer).await?;
    note(&by, Administration::CustomerLookedUp { customer, contacts }).await?;
    let mut found = PersonView {
        number: number.e164().to_owned(),
        contacts,
        first_at: None,
        last_at: None,
        recordings: 0,
        on_hold: 0,
        on_do_not_call: kept::do_not_call(center, customer).is_some(),
        callbacks_pending: super::callbacks::n_pending(center, customer),
    };
    let mut pages = Pages::of(customer);
    while let Some(rows) = pages.next(center).await? {
        let newest = rows.first().map(|row| Instant::from(row.arrived));
        found.last_at = found.last_at.or(newest);
        found.first_at = rows.last().map(|row| row.arrived.into());
        let contacts = rows.iter().map(|row| row.contact).collect();
        let recordings = kept::recordings(center, contacts, OnHold::OrNot).await?;
        let heard = recordings.iter().filter(|it| it.erased.is_none());
        found.recordings += heard.clone().count() as u64;
        found.on_hold += heard.filter(|it| it.hold.is_some()).count() as u64;
    }
    Ok(Json(found))
}

/// Everything that is kept of a person, as JSON, streamed. Permission: hold_recordings.
#[utoipa::path(post, path = "/{center}/persons/export", tag = "privacy",
    operation_id = "persons_export", request_body = Whom,
    params(("center" = String, Path)),
    responses((status = 200, description = "The file", content_type = "application/json"),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(super) async fn export(
    by: RecordingsHolder,
    Body(whom): Body<Whom>,
) -> Result<Response, Problem> {
    let center = &by.center;
    let (number, customer) = person(center, &whom.number)?;
    history_is_there(center).await?;
    let contacts = kept::count(center, customer).await?;
    note(&by, Administration::CustomerExported { customer, contacts }).await?;
    export::stream(Arc::clone(center), &number, customer).await
}

/// Erases a person: what is known of them and what was recorded; not what is on legal hold. Contacts and figures
/// stay, and so does an entry of the do-not-call list, by its hash alone. Permission: hold_recordings.
#[utoipa::path(post, path = "/{center}/persons/erase", tag = "privacy",
    operation_id = "persons_erase", request_body = ErasureOf,
    params(("center" = String, Path)),
    responses((status = 200, body = Erasure),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(super) async fn erase(
    by: RecordingsHolder,
    Body(sent): Body<ErasureOf>,
) -> Result<Json<Erasure>, Problem> {
    let center = &by.center;
    let (_, customer) = person(center, &sent.number)?;
    let reason = stated("reason", &sent.reason)?;
    history_is_there(center).await?;
    let contacts = kept::count(center, customer).await?;
    let (reason, sealed) = center.people.seal(reason).await?;
    let act = Administration::CustomerErased {
        customer,
        contacts,
        reason,
    };
    let input = Input::Asked {
        actor: by.actor.clone(),
        request: Request::NoteAdministration(act),
    };
    super::refusal::done(center.engine.submit_with(input, vec![sealed]).await?)?;
    // Whoever asked may go away: what was begun is brought to its end.
    let (center, actor) = (Arc::clone(center), by.actor.clone());
    let erasing =
        tokio::spawn(async move { erase::erase(&center, &actor, customer, reason).await });
    let erased = erasing.await.map_err(|error| {
        tracing::error!(%error, "an erasure broke off");
        Problem::unavailable("the erasure broke off; ask again: what is erased already stays so")
    })?;
    erased.map(Json)
}

fn person(center: &Center, number: &str) -> Result<(PhoneNumber, CustomerHash), Problem> {
    let number = PhoneNumber::parse(number);
    let number = number.map_err(|error| Problem::invalid("number", error.to_string()))?;
    let customer = number.customer(&center.keys, center.id());
    Ok((number, customer))
}
