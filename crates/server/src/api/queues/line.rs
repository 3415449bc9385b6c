//! Those who wait in a queue, in the order in which they are served, with what each place follows from.

use crate::api::body::At;
use crate::api::contacts::{
    ContactState, CustomerView, Named, agent_named, channel_word, customers, stage,
};
use crate::api::time::Instant;
use crate::center::Center;
use crate::problem::Problem;
use crate::sign_in::FloorReader;
use axum::Json;
use serde::Serialize;
use std::collections::BTreeMap;
use tandem_core::contact::{Contact, Stay};
use tandem_core::ids::{ContactId, QueueId, SubjectRef};
use tandem_core::permission::Permission;
use tandem_core::state::State;
use utoipa::ToSchema;

/// More than this nobody reads; the count tells of the others.
const SHOWN_MAX: usize = 200;

/// The line of a queue.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct WaitingLine {
    /// Those who wait, messages too.
    total: usize,
    /// The first 200 of them.
    items: Vec<InLine>,
}

/// One who waits.
#[derive(Serialize, ToSchema)]
struct InLine {
    contact_id: u64,
    /// 1 is served next.
    place: usize,
    /// `voice` or `voicemail`.
    channel: &'static str,
    /// `queued`, `offering`, or `connecting` after an agent accepted.
    state: ContactState,
    /// The agent who is being offered it.
    agent: Option<Named>,
    /// None without see_contacts.
    customer: Option<CustomerView>,
    since: Instant,
    /// When its longest wait is over.
    until: Instant,
    /// The step of the queue's plan; 0 is the queue's own requirement.
    step: u32,
    /// The priority that holds, 0 first.
    priority: u8,
    /// How many seconds more than it has waited it counts as, by the plan and by a supervisor.
    added_s: i64,
    /// What a supervisor changed of its place; nothing when it stands as it came.
    adjusted: Option<Adjusted>,
}

/// What a supervisor changed.
#[derive(Serialize, ToSchema)]
struct Adjusted {
    priority: Option<u8>,
    age_s: i32,
}

/// Those who wait in a queue, next first; who is being offered to an agent stands at the place that an answer in the
/// negative would bring back. Permission: see_floor; with see_contacts their numbers and names too; queues in scope.
#[utoipa::path(get, path = "/{center}/queues/{id}/line", tag = "floor", operation_id = "queue_line",
    params(("center" = String, Path), ("id" = u64, Path)),
    responses((status = 200, body = WaitingLine),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(in crate::api) async fn line(
    by: FloorReader,
    At(id): At<u64>,
) -> Result<Json<WaitingLine>, Problem> {
    let (center, queue) = (&by.center, QueueId(id));
    if !by.sight().has_contact([queue], []) {
        return Err(by.out_of_scope(format!("queue {id}")).await);
    }
    let found = center.engine.view().read(|projection| {
        let state = projection.center.state();
        state.settings.queue(queue)?;
        let mut shown = in_line(state, queue);
        let total = shown.len();
        shown.truncate(SHOWN_MAX);
        let (persons, arrivals) = named(state, &shown);
        Some((total, shown, persons, arrivals))
    });
    let unknown = || Problem::not_found(&format!("there is no queue {id}"));
    let (total, shown, persons, arrivals) = found.ok_or_else(unknown)?;
    center.people.open(&persons).await?;
    let customers = if by.actor.may(Permission::SeeContacts) {
        Some(customers(center, &arrivals).await?)
    } else {
        None
    };
    let items = center.engine.view().read(|projection| {
        let state = projection.center.state();
        let there = shown.iter().enumerate().filter_map(|(n, id)| {
            let contact = state.contacts.get(*id)?;
            let stay = contact.waits()?;
            Some(place(
                center,
                state,
                (n + 1, *id),
                contact,
                stay,
                customers.as_ref(),
            ))
        });
        there.collect()
    });
    Ok(Json(WaitingLine { total, items }))
}

/// Everybody in the line, by key.
fn in_line(state: &State, queue: QueueId) -> Vec<ContactId> {
    let waiting = state.contacts.iter().filter_map(|(id, contact)| {
        let stay = contact.waits().filter(|it| it.queue == queue)?;
        Some((stay.key(), id))
    });
    let mut waiting: Vec<_> = waiting.collect();
    waiting.sort_unstable();
    waiting.into_iter().map(|(_, id)| id).collect()
}

/// The agents who are being offered one of these, and who these are.
fn named(state: &State, shown: &[ContactId]) -> (Vec<SubjectRef>, Vec<SubjectRef>) {
    let contacts = shown.iter().filter_map(|it| state.contacts.get(*it));
    let offered = contacts.clone().filter_map(Contact::agent);
    let agents = offered.filter_map(|it| state.agents.get(it));
    let persons = agents.map(|it| it.profile.person);
    (persons.collect(), contacts.map(|it| it.arrival).collect())
}

fn place(
    center: &Center,
    state: &State,
    (place, id): (usize, ContactId),
    contact: &Contact,
    stay: &Stay,
    customers: Option<&BTreeMap<SubjectRef, CustomerView>>,
) -> InLine {
    let adjustment = stay.adjustment;
    let is_adjusted = adjustment.band.is_some() || adjustment.age_s != 0;
    InLine {
        contact_id: id.0,
        place,
        channel: channel_word(contact.message.as_deref()),
        state: stage(&contact.state),
        agent: contact.agent().map(|it| agent_named(center, state, it)),
        customer: customers.map(|it| it.get(&contact.arrival).cloned().unwrap_or_default()),
        since: stay.since.into(),
        until: stay.until.into(),
        step: stay.step,
        priority: stay.key().band,
        added_s: i64::from(stay.boost_s) + i64::from(adjustment.age_s),
        adjusted: is_adjusted.then_some(Adjusted {
            priority: adjustment.band,
            age_s: adjustment.age_s,
        }),
    }
}
