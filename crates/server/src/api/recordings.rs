//! Recordings that are kept: found, held, erased, verified, and who did what with them. What is done is on
//! record before it is done.

pub(super) mod sound;
pub(super) mod verification;
mod view;

use super::body::{At, Body, Query};
use super::contacts::filters::team_sight;
use super::contacts::list::CountView;
use super::contacts::past;
use super::me::Nothing;
use super::privacy::may_ask_of;
use super::refusal::done;
use super::stated::stated;
use super::time;
use crate::app::App;
use crate::center::Center;
use crate::phone::PhoneNumber;
use crate::problem::Problem;
use crate::recordings::{KeepError, retention};
use crate::sign_in::{
    AccessesReader, Admitted, ContactLister, Door, Listener, RecordingsHolder, RecordingsReader,
};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use tandem_core::access::Access;
use tandem_core::ids::{AgentId, ContactId, EffectId, QueueId, SubjectRef};
use tandem_core::input::{Input, Request};
use tandem_core::permission::Permission;
use tandem_core::role::Actor;
use tandem_core::scope::Sight;
use tandem_store::{
    Erased, FileError, History as _, HistoryFilter, HistoryPage, Hold, KeptRecording,
    RecordingFilter, Recordings as _, SealedSubject, UnixMicros,
};
use utoipa::ToSchema;
use view::{AccessView, KeptRecordingView, accesses_of, unkept_of, views};

/// Recordings of one page when nobody says.
const PAGE: u32 = 50;
/// Recordings of one page at most.
const PAGE_MAX: u32 = 200;
/// Contacts of one customer whose recordings are looked for.
const CONTACTS_OF_CUSTOMER_MAX: usize = 1_000;
/// So many are counted; beyond it there are more.
const COUNT_MAX: u32 = 10_000;

pub(super) type Subjects = Vec<SealedSubject>;

/// A page of recordings, newest first.
#[derive(Serialize, ToSchema)]
pub(super) struct RecordingPage {
    recordings: Vec<KeptRecordingView>,
    /// The next page's `cursor`; none on the last one.
    next_cursor: Option<String>,
    count: CountView,
}

/// The recordings of one contact.
#[derive(Serialize, ToSchema)]
pub(super) struct RecordingsOfContact {
    recordings: Vec<KeptRecordingView>,
}

/// What was done with a recording, newest first.
#[derive(Serialize, ToSchema)]
pub(super) struct Accesses {
    accesses: Vec<AccessView>,
}

/// Why something is done.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct StatedReason {
    /// 1 to 200 characters.
    reason: String,
}

/// Which recordings.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    /// Begun from this instant on, RFC 3339.
    from: Option<String>,
    /// Begun before this instant, RFC 3339.
    to: Option<String>,
    queue_id: Option<u64>,
    /// Who can be heard.
    agent_id: Option<u64>,
    /// An agent who is in this team now can be heard.
    team_id: Option<u64>,
    /// The customer's number in international form; the whole of it.
    number: Option<String>,
    /// `kept` or `erased`.
    #[param(value_type = Option<String>)]
    state: Option<KeptOrErased>,
    /// Only those on legal hold.
    #[serde(default)]
    on_hold: bool,
    cursor: Option<String>,
    /// How many at most, up to 200.
    limit: Option<u32>,
}

/// Whether a recording can be heard.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum KeptOrErased {
    Kept,
    Erased,
}

impl Wanted {
    async fn filter(&self, by: &RecordingsReader) -> Result<RecordingFilter, Problem> {
        let center = &by.center;
        let agent = self.agent_id.map(AgentId);
        may_ask_of(by, agent).await?;
        let contacts = match &self.number {
            Some(number) => Some(contacts_of(center, number).await?),
            None => None,
        };
        Ok(RecordingFilter {
            from: time::asked("from", self.from.as_deref())?,
            until: time::asked("to", self.to.as_deref())?,
            contacts,
            is_erased: self.state.map(|state| state == KeptOrErased::Erased),
            queue: self.queue_id.map(QueueId),
            agent,
            team: team_sight(center, self.team_id)?,
            sight: by.sight(),
            on_hold: self.on_hold,
            after: self.cursor.as_deref().map(after).transpose()?,
            limit: self.limit.unwrap_or(PAGE).clamp(1, PAGE_MAX),
        })
    }
}

/// The last contacts of a customer.
async fn contacts_of(center: &Center, number: &str) -> Result<Vec<ContactId>, Problem> {
    let number = PhoneNumber::parse(number)
        .map_err(|error| Problem::invalid("number", error.to_string()))?;
    let filter = HistoryFilter {
        customer: Some(number.customer(&center.keys, center.id())),
        ..HistoryFilter::default()
    };
    let page = HistoryPage {
        below: None,
        limit: CONTACTS_OF_CUSTOMER_MAX,
    };
    let rows = center.store.search_history(center.id(), &filter, page);
    Ok(rows.await?.into_iter().map(|row| row.contact).collect())
}

/// A cursor is the begin and the number of the last one that was seen.
fn after(cursor: &str) -> Result<(UnixMicros, EffectId), Problem> {
    let parts = cursor.split_once('-');
    let parts = parts.and_then(|(at, id)| Some((at.parse().ok()?, id.parse().ok()?)));
    let (at, id) = parts.ok_or_else(|| {
        Problem::invalid("cursor", "is none of ours; send `next_cursor` as it came")
    })?;
    Ok((UnixMicros(at), EffectId(id)))
}

/// Recordings that are kept, newest first. Permission: hear_recordings or verify_recordings; what is in scope.
#[utoipa::path(get, path = "/{center}/recordings", tag = "recordings", operation_id = "recordings",
    params(("center" = String, Path), Wanted),
    responses((status = 200, body = RecordingPage),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(super) async fn list(
    State(app): State<Arc<App>>,
    by: RecordingsReader,
    Query(wanted): Query<Wanted>,
) -> Result<Json<RecordingPage>, Problem> {
    let center = &by.center;
    let filter = wanted.filter(&by).await?;
    let limit = filter.limit;
    let more = RecordingFilter {
        limit: limit + 1,
        ..filter.clone()
    };
    let mut rows = center.store.recordings(center.id(), &more).await?;
    let everything = RecordingFilter {
        after: None,
        ..filter
    };
    let n = center
        .store
        .count_recordings(center.id(), &everything, COUNT_MAX + 1);
    let n = n.await?;
    let has_more = rows.len() > usize::try_from(limit).unwrap_or(usize::MAX);
    rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let next = rows.last().filter(|_| has_more);
    Ok(Json(RecordingPage {
        next_cursor: next.map(|it| format!("{}-{}", it.sheet.started, it.sheet.recording.0)),
        recordings: views(&app, center, rows).await?,
        count: CountView::up_to(u64::from(COUNT_MAX), n),
    }))
}

/// The recordings of one contact, oldest first. Those who may: the agents who had it, and
/// see_contacts within the scope.
#[utoipa::path(get, path = "/{center}/contacts/{id}/recordings", tag = "recordings",
    operation_id = "recordings_of_contact",
    params(("center" = String, Path), ("id" = u64, Path)),
    responses((status = 200, body = RecordingsOfContact),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(super) async fn of_contact(
    State(app): State<Arc<App>>,
    by: ContactLister,
    At(id): At<u64>,
) -> Result<Json<RecordingsOfContact>, Problem> {
    let center = &by.center;
    let filter = RecordingFilter {
        contacts: Some(vec![ContactId(id)]),
        limit: PAGE_MAX,
        ..RecordingFilter::default()
    };
    let mut rows = center.store.recordings(center.id(), &filter).await?;
    let sight = by.sight();
    let looked = past::look(center, ContactId(id), |story| {
        (story.agents.clone(), story.is_in(&sight, &[]))
    });
    let unknown = || Problem::not_found(&format!("there is no contact {id}"));
    let (agents, is_seen) = looked.await?.ok_or_else(unknown)?;
    let is_own = by.actor.agent.is_some_and(|own| agents.contains(&own));
    if !by.actor.may(Permission::SeeContacts) && !is_own {
        return Err(turn_away(&by, format!("look at the recordings of contact {id}")).await);
    }
    if !is_own && !is_seen {
        return Err(by.out_of_scope(format!("contact {id}")).await);
    }
    let unkept = unkept_of(center, ContactId(id), &rows);
    // One conversation of a contact may be in sight, and another not.
    rows.retain(|row| is_own || sees(&sight, row));
    let mut recordings = views(&app, center, rows).await?;
    recordings.extend(unkept);
    recordings.sort_by_key(KeptRecordingView::began);
    Ok(Json(RecordingsOfContact { recordings }))
}

/// Whether the one who asks is an agent who was in it.
fn is_of<D: Door>(by: &Admitted<D>, row: &KeptRecording) -> bool {
    let own = by.actor.agent;
    own.is_some_and(|agent| row.sheet.agents().any(|it| it == agent))
}

fn sees(sight: &Sight, row: &KeptRecording) -> bool {
    sight.has_contact(row.sheet.queue, row.sheet.agents())
}

async fn turn_away<D: Door>(by: &Admitted<D>, action: String) -> Problem {
    let detail = "this contact is another agent's; the role supervisor may look at it";
    by.turned_away(action, detail).await
}

/// The recording, if the one who asks may hear it: those who hear recordings each in sight, agents their own.
async fn heard_by(by: &Listener, id: u64) -> Result<KeptRecording, Problem> {
    let kept = wanted(&by.center, id).await?;
    if is_of(by, &kept) {
        return Ok(kept);
    }
    if !by.actor.may(Permission::HearRecordings) {
        return Err(turn_away(by, format!("hear recording {id}")).await);
    }
    in_sight(by, kept).await
}

async fn in_sight<D: Door>(
    by: &Admitted<D>,
    kept: KeptRecording,
) -> Result<KeptRecording, Problem> {
    if sees(&by.sight(), &kept) {
        return Ok(kept);
    }
    let what = format!("recording {}", kept.sheet.recording);
    Err(by.out_of_scope(what).await)
}

/// What was done with a recording, newest first. Permission: hear_recordings or read_audit; what is in scope.
#[utoipa::path(get, path = "/{center}/recordings/{id}/accesses", tag = "recordings",
    operation_id = "recording_accesses",
    params(("center" = String, Path), ("id" = u64, Path)),
    responses((status = 200, body = Accesses),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(super) async fn accesses(
    State(app): State<Arc<App>>,
    by: AccessesReader,
    At(id): At<u64>,
) -> Result<Json<Accesses>, Problem> {
    let kept = in_sight(&by, wanted(&by.center, id).await?).await?;
    let accesses = accesses_of(&app, &by.center, &kept).await?;
    Ok(Json(Accesses { accesses }))
}

/// Puts a recording on legal hold: nothing erases it until the hold is released. Permission: hold_recordings.
#[utoipa::path(post, path = "/{center}/recordings/{id}/hold", tag = "recordings",
    operation_id = "hold_recording", request_body = StatedReason,
    params(("center" = String, Path), ("id" = u64, Path)),
    responses((status = 200, body = Nothing),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(super) async fn hold(
    by: RecordingsHolder,
    At(id): At<u64>,
    Body(sent): Body<StatedReason>,
) -> Result<Json<Nothing>, Problem> {
    let (center, actor) = (&by.center, &by.actor);
    let kept = wanted(center, id).await?;
    if kept.erased.is_some() {
        return Err(nothing_to_hold());
    }
    let access = |reason| Access::HoldSet { reason };
    let reason = told(center, actor, &kept, &sent, access).await?;
    let hold = Hold {
        since: UnixMicros(center.clock.now().as_micros()),
        by: actor.account,
        reason: Some(reason),
    };
    held(center, id, Some(hold)).await
}

/// Releases a legal hold. Permission: hold_recordings.
#[utoipa::path(delete, path = "/{center}/recordings/{id}/hold", tag = "recordings",
    operation_id = "release_recording", request_body = StatedReason,
    params(("center" = String, Path), ("id" = u64, Path)),
    responses((status = 200, body = Nothing),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(super) async fn release(
    by: RecordingsHolder,
    At(id): At<u64>,
    Body(sent): Body<StatedReason>,
) -> Result<Json<Nothing>, Problem> {
    let (center, actor) = (&by.center, &by.actor);
    let kept = wanted(center, id).await?;
    let access = |reason| Access::HoldReleased { reason };
    told(center, actor, &kept, &sent, access).await?;
    let answer = held(center, id, None).await;
    center.recordings.wake();
    center.reminder.wake();
    answer
}

async fn held(center: &Center, id: u64, hold: Option<Hold>) -> Result<Json<Nothing>, Problem> {
    let id = EffectId(id);
    if center.store.hold_recording(center.id(), id, hold).await? {
        return Ok(Json(Nothing {}));
    }
    Err(nothing_to_hold())
}

fn nothing_to_hold() -> Problem {
    let detail = "the recording was erased: there is nothing left to hold";
    Problem::new(StatusCode::CONFLICT, "erased", detail)
}

/// Erases a recording for good: no copy of its file can be opened any more. Permission: hold_recordings.
#[utoipa::path(delete, path = "/{center}/recordings/{id}", tag = "recordings",
    operation_id = "erase_recording", request_body = StatedReason,
    params(("center" = String, Path), ("id" = u64, Path)),
    responses((status = 200, body = Nothing),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(super) async fn erase(
    by: RecordingsHolder,
    At(id): At<u64>,
    Body(sent): Body<StatedReason>,
) -> Result<Json<Nothing>, Problem> {
    let center = &by.center;
    let kept = wanted(center, id).await?;
    if kept.hold.is_some() {
        return Err(on_hold());
    }
    let access = |reason| Access::Erased { reason };
    told(center, &by.actor, &kept, &sent, access).await?;
    let now = UnixMicros(center.clock.now().as_micros());
    let erased = center.store.erase_recording(center.id(), EffectId(id), now);
    match erased.await? {
        Erased::Now(_) => {
            if let Err(error) = retention::remove_files(center).await {
                // Without its key it says nothing to anybody; it is tried again.
                tracing::warn!(center = %center.id(), %error, "the file of an erased recording stays for now");
            }
            Ok(Json(Nothing {}))
        }
        Erased::Before => Ok(Json(Nothing {})),
        Erased::Held => Err(on_hold()),
        Erased::Unknown => Err(unknown(id)),
    }
}

fn on_hold() -> Problem {
    let detail = "the recording is on legal hold: release the hold first";
    Problem::new(StatusCode::CONFLICT, "on_legal_hold", detail)
}

/// Puts on record what is about to be done; answers the reason's reference.
async fn told(
    center: &Center,
    actor: &Actor,
    kept: &KeptRecording,
    sent: &StatedReason,
    access: impl FnOnce(SubjectRef) -> Access,
) -> Result<SubjectRef, Problem> {
    let (subject, subjects) = reason(center, "reason", &sent.reason).await?;
    let input = Input::Asked {
        actor: actor.clone(),
        request: Request::AccessRecording {
            contact: kept.sheet.contact,
            recording: kept.sheet.recording,
            access: access(subject),
        },
    };
    done(center.engine.submit_and_see(input, subjects).await?)?;
    Ok(subject)
}

/// What somebody wrote, sealed: it may speak of people.
async fn reason(
    center: &Center,
    field: &str,
    text: &str,
) -> Result<(SubjectRef, Subjects), Problem> {
    let (subject, sealed) = center.people.seal(stated(field, text)?).await?;
    Ok((subject, vec![sealed]))
}

/// The recording that is asked for.
async fn wanted(center: &Center, id: u64) -> Result<KeptRecording, Problem> {
    let kept = center.store.recording(center.id(), EffectId(id)).await?;
    kept.ok_or_else(|| unknown(id))
}

fn unknown(id: u64) -> Problem {
    Problem::not_found(&format!("there is no recording {id}"))
}

fn erased() -> Problem {
    Problem::new(
        StatusCode::GONE,
        "erased",
        "the recording was erased; its row says when",
    )
}

fn unreadable(center: &Center, error: &KeepError) -> Problem {
    tracing::error!(center = %center.id(), %error, "a recording cannot be read");
    match error {
        KeepError::File(FileError::Changed(_) | FileError::Missing(_)) => Problem::new(
            StatusCode::CONFLICT,
            "recording_changed",
            "the file is not what was written, or is gone: restore it from a copy of the storage",
        ),
        KeepError::Erased => erased(),
        KeepError::File(_) | KeepError::Seal(_) | KeepError::Store(_) => {
            Problem::unavailable("the recording cannot be read at the moment")
        }
    }
}
