//! Contacts: what an agent does with one, and what one has been through.

mod behind;
pub(super) mod events;
pub(super) mod export;
pub(super) mod filters;
pub(super) mod list;
pub(super) mod message;
pub(super) mod past;
pub(super) mod priority;
pub(super) mod recording;
pub(super) mod steer;
mod story;
mod view;

pub(crate) use view::{
    ContactState, ContactView, CustomerView, MessageView, Named, after_hand_over, agent_named,
    channel_word, contact_view, customers, queue_named, stage,
};

use super::body::{At, Body};
use super::me::{Nothing, ask, ask_keeping};
use super::time::Instant;
use crate::center::Center;
use crate::problem::Problem;
use crate::sign_in::{Agent, ContactReader};
use axum::Json;
use recording::RecordedView;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use story::{StoryView, story_view};
use tandem_core::ids::{AgentId, ContactId, DispositionId, ReasonId, SubjectRef};
use tandem_core::input::Request;
use tandem_core::permission::Permission;
use tandem_core::talk::WrapUpWish;
use tandem_core::time::Timestamp;
use tandem_reports::story::{Entry, Lane, Story, What};
use utoipa::ToSchema;
use view::view_of_story;

/// Characters of a note.
const NOTE_CHARS_MAX: usize = 10_000;

/// A contact with what it has been through.
#[derive(Serialize, ToSchema)]
pub(super) struct ContactWithTimeline {
    #[serde(flatten)]
    contact: ContactView,
    /// The recordings of its call, with their pauses.
    recordings: Vec<RecordedView>,
    timeline: Vec<TimelineEntry>,
    story: StoryView,
}

/// One thing that happened.
#[derive(Serialize, ToSchema)]
pub(super) struct TimelineEntry {
    at: Instant,
    /// A stable code.
    what: String,
    /// Its parameters.
    #[schema(value_type = Object)]
    detail: Value,
}

/// What came of a contact.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WrapUpResult {
    disposition_id: Option<u64>,
    note: Option<String>,
    /// What the agent wants afterwards; ready when left out.
    then: Option<Then>,
}

/// What the agent wants afterwards.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Then {
    #[expect(
        dead_code,
        reason = "its one value says all; another is refused when it is read"
    )]
    intent: ThenIntent,
    reason_id: u64,
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum ThenIntent {
    NotReady,
}

/// A contact and what it has been through. Those who may: the agent who has or had it, and see_contacts
/// within the scope.
#[utoipa::path(get, path = "/{center}/contacts/{id}", tag = "desk", operation_id = "contact",
    params(("center" = String, Path), ("id" = u64, Path)),
    responses((status = 200, body = ContactWithTimeline),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(super) async fn read(
    by: ContactReader,
    At(id): At<u64>,
) -> Result<Json<ContactWithTimeline>, Problem> {
    let contact = ContactId(id);
    let center = &by.center;
    let unknown = || Problem::not_found(&format!("there is no contact {id}, or no longer"));
    let (story, holders) = center.engine.view().read(|projection| {
        let live = projection.center.state().contacts.get(contact);
        let third = live.and_then(|it| it.third()?.agent());
        let holder = live.and_then(tandem_core::contact::Contact::agent);
        let holders: Vec<_> = holder.into_iter().chain(third).collect();
        (projection.stories.story(contact).cloned(), holders)
    });
    let (story, is_past) = match story {
        Some(story) => (story, false),
        None => {
            let past = past::read(center, contact).await?.ok_or_else(unknown)?;
            (past.story, true)
        }
    };
    let is_own = by
        .actor
        .agent
        .is_some_and(|agent| holders.contains(&agent) || story.agents.contains(&agent));
    if !is_own && !by.actor.may(Permission::SeeContacts) {
        let detail = "this contact is another agent's; the role supervisor may read it";
        return Err(by.turned_away(format!("read contact {id}"), detail).await);
    }
    if !is_own && !story.is_in(&by.sight(), &holders) {
        return Err(by.out_of_scope(format!("contact {id}")).await);
    }
    let customers = customers(center, &[story.arrival]).await?;
    open_agents(center, &story).await?;
    center.people.open(&reasons(&story)).await?;
    let now = center.clock.now();
    // State and story of one instant: a contact that is over has the story of its end.
    let read = center.engine.view().read(|projection| {
        let state = projection.center.state();
        // Memory may have forgotten it a moment ago; then it is over, and what was read holds.
        let remembered = projection.stories.story(contact).filter(|_| !is_past);
        let story = remembered.unwrap_or(&story);
        let customer = customers.get(&story.arrival).cloned().unwrap_or_default();
        let live = state.contacts.get(contact);
        let view = match live {
            Some(live) => contact_view(center, state, contact, live, customer, now),
            None => view_of_story(center, state, contact, story, customer),
        };
        ContactWithTimeline {
            contact: view,
            recordings: story.recordings.iter().map(RecordedView::of).collect(),
            timeline: timeline(center, story),
            story: story_view(center, state, story),
        }
    });
    Ok(Json(read))
}

/// Has the names of the agents opened who are in a story.
async fn open_agents(center: &Center, story: &Story) -> Result<(), Problem> {
    let named = story
        .lanes()
        .into_iter()
        .filter_map(|(lane, _)| match lane {
            Lane::Agent(agent) => Some(agent),
            Lane::Customer | Lane::Flow(_) | Lane::Queue(_) | Lane::Third | Lane::Recording(_) => {
                None
            }
        });
    let named: Vec<AgentId> = named.chain(story.agents.iter().copied()).collect();
    let persons: Vec<SubjectRef> = center.engine.view().read(|projection| {
        let agents = &projection.center.state().agents;
        let known = named.iter().filter_map(|agent| agents.get(*agent));
        known.map(|agent| agent.profile.person).collect()
    });
    center.people.open(&persons).await?;
    Ok(())
}

/// The reasons that somebody stated in it.
fn reasons(story: &Story) -> Vec<SubjectRef> {
    let entries = story.entries.iter();
    entries.filter_map(|it| reason(&it.what)).collect()
}

const fn reason(what: &What) -> Option<SubjectRef> {
    if let What::Steered { why, .. } = what {
        return Some(*why);
    }
    None
}

fn timeline(center: &Center, story: &Story) -> Vec<TimelineEntry> {
    let entries = story.entries.iter();
    entries.map(|it| entry(center, it)).collect()
}

/// As it is told. Reasons that people stated are told as far as they were opened before.
fn entry(center: &Center, entry: &Entry) -> TimelineEntry {
    let mut value = serde_json::to_value(&entry.what).unwrap_or_default();
    let what = value
        .get("what")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    let mut detail = value.get_mut("detail").map(Value::take).unwrap_or_default();
    if detail.is_null() {
        detail = Value::Object(Map::new());
    }
    if let Some(why) = reason(&entry.what) {
        let told = center.people.known(why).map(|it| it.to_string());
        if let (Some(detail), told) = (detail.as_object_mut(), told) {
            detail.remove("why");
            detail.extend(told.map(|told| ("why".to_owned(), Value::String(told))));
        }
    }
    for key in [
        "since",
        "until",
        "expires_at",
        "join_until",
        "excluded_until",
        "next_at",
    ] {
        if let Some(instant) = detail.get_mut(key)
            && let Some(micros) = instant.as_i64()
        {
            *instant = Value::String(Instant(Timestamp::from_micros(micros)).to_string());
        }
    }
    TimelineEntry {
        at: entry.at.into(),
        what,
        detail,
    }
}

/// Ends the conversation. Role: agent, own contact.
#[utoipa::path(post, path = "/{center}/contacts/{id}/hang-up", tag = "desk",
    operation_id = "hang_up",
    params(("center" = String, Path), ("id" = u64, Path)),
    responses((status = 200, body = Nothing),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(super) async fn hang_up(by: Agent, At(id): At<u64>) -> Result<Json<Nothing>, Problem> {
    ask(
        by,
        Request::HangUp {
            contact: ContactId(id),
        },
    )
    .await
}

/// Is done with the contact. Role: agent, own contact.
#[utoipa::path(post, path = "/{center}/contacts/{id}/wrap-up/complete", tag = "desk",
    operation_id = "complete_wrap_up", request_body = WrapUpResult,
    params(("center" = String, Path), ("id" = u64, Path)),
    responses((status = 200, body = Nothing),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(super) async fn complete_wrap_up(
    by: Agent,
    At(id): At<u64>,
    Body(result): Body<WrapUpResult>,
) -> Result<Json<Nothing>, Problem> {
    let (note, subjects) = note(&by.center, result.note).await?;
    let request = Request::CompleteWrapUp {
        contact: ContactId(id),
        disposition: result.disposition_id.map(DispositionId),
        note,
        then: result.then.map(|then| ReasonId(then.reason_id)),
    };
    ask_keeping(by, request, subjects).await
}

/// A note becomes durable in the same transaction as what refers to it.
async fn note(
    center: &Center,
    note: Option<String>,
) -> Result<(Option<SubjectRef>, Vec<tandem_store::SealedSubject>), Problem> {
    let Some(note) = note.filter(|note| !note.trim().is_empty()) else {
        return Ok((None, Vec::new()));
    };
    if note.chars().count() > NOTE_CHARS_MAX {
        let detail = format!("is longer than {NOTE_CHARS_MAX} characters");
        return Err(Problem::invalid("note", detail));
    }
    let (subject, sealed) = center.people.seal(&note).await?;
    Ok((Some(subject), vec![sealed]))
}

/// Asks for wrap-up after the conversation, where the queue has it on request. Role: agent, own contact.
#[utoipa::path(post, path = "/{center}/contacts/{id}/wrap-up/ask", tag = "desk",
    operation_id = "ask_for_wrap_up",
    params(("center" = String, Path), ("id" = u64, Path)),
    responses((status = 200, body = Nothing),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(super) async fn ask_for_wrap_up(by: Agent, At(id): At<u64>) -> Result<Json<Nothing>, Problem> {
    wish_wrap_up(by, id, WrapUpWish::Wanted).await
}

/// Takes that back. Role: agent, own contact.
#[utoipa::path(post, path = "/{center}/contacts/{id}/wrap-up/waive", tag = "desk",
    operation_id = "waive_wrap_up",
    params(("center" = String, Path), ("id" = u64, Path)),
    responses((status = 200, body = Nothing),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(super) async fn waive_wrap_up(by: Agent, At(id): At<u64>) -> Result<Json<Nothing>, Problem> {
    wish_wrap_up(by, id, WrapUpWish::NotWanted).await
}

async fn wish_wrap_up(by: Agent, id: u64, wish: WrapUpWish) -> Result<Json<Nothing>, Problem> {
    let contact = ContactId(id);
    ask(by, Request::WishWrapUp { contact, wish }).await
}

/// Needs more time for the wrap-up. Role: agent, own contact.
#[utoipa::path(post, path = "/{center}/contacts/{id}/wrap-up/extend", tag = "desk",
    operation_id = "extend_wrap_up",
    params(("center" = String, Path), ("id" = u64, Path)),
    responses((status = 200, body = Nothing),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(super) async fn extend_wrap_up(by: Agent, At(id): At<u64>) -> Result<Json<Nothing>, Problem> {
    ask(
        by,
        Request::ExtendWrapUp {
            contact: ContactId(id),
        },
    )
    .await
}
