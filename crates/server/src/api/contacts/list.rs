//! The list of contacts, and what it comes to. Every figure that is shown anywhere is the sum of such a list.

use super::filters::{DirectionWord, Filters, Paging};
use super::{CustomerView, Named, agent_named, customers, queue_named};
use crate::api::privacy::is_by_team;
use crate::api::time::Instant;
use crate::center::Center;
use crate::problem::Problem;
use crate::sign_in::ContactLister;
use axum::Json;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use tandem_core::contact::Channel;
use tandem_core::event::EndReason;
use tandem_core::ids::{AgentId, DispositionId, SubjectRef};
use tandem_core::state::State;
use tandem_store::{History, HistoryPage, HistoryRow, HistorySum, whole_seconds};
use utoipa::ToSchema;

/// Contacts that are counted one by one; of more it is only said that they are more.
const COUNTED_MAX: u64 = 10_000;

/// A page of contacts.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct ContactsPage {
    contacts: Vec<ContactRow>,
    /// What to send as `cursor` for the next page; none after the last.
    next_cursor: Option<String>,
    count: CountView,
}

/// How many contacts there are on all pages.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct CountView {
    /// False when there are more than were counted.
    exact: bool,
    n: u64,
}

impl CountView {
    /// Of `n` that were counted, where no more than one beyond `max` were looked for.
    pub(in crate::api) fn up_to(max: u64, n: u64) -> Self {
        Self {
            exact: n <= max,
            n: n.min(max),
        }
    }
}

/// A contact as a list shows it. Times are in whole seconds; of a contact that goes on they tell what is over.
#[derive(Serialize, ToSchema)]
struct ContactRow {
    id: u64,
    arrived_at: Instant,
    ended_at: Option<Instant>,
    direction: DirectionWord,
    /// `voice`, or `voicemail`: a message that a caller left.
    channel: &'static str,
    endpoint: Named,
    /// The last one.
    queue: Option<Named>,
    agents: Vec<AgentTalk>,
    customer: CustomerView,
    wait_s: u64,
    talk_s: u64,
    hold_s: u64,
    consult_s: u64,
    wrap_up_s: u64,
    /// What was pressed in menus, in order.
    menu: Vec<String>,
    #[schema(value_type = Option<String>)]
    end_reason: Option<EndReason>,
    disposition: Option<DispositionNamed>,
    transfers: u32,
    has_recording: bool,
    has_message: bool,
}

/// An agent who had a contact.
#[derive(Serialize, ToSchema)]
struct AgentTalk {
    id: u64,
    name: String,
    /// How long the agent talked to the customer; none where figures are of teams, and the agent is somebody else.
    talk_s: Option<u64>,
}

/// Of whom it is told how long they talked.
#[derive(Clone, Copy)]
enum Told {
    OfEach,
    OfOneself(Option<AgentId>),
}

impl Told {
    fn of(self, agent: AgentId) -> bool {
        match self {
            Self::OfEach => true,
            Self::OfOneself(own) => own == Some(agent),
        }
    }
}

/// A disposition.
#[derive(Serialize, ToSchema)]
struct DispositionNamed {
    id: u64,
    label: String,
}

/// What a list of contacts comes to.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct ContactsSummary {
    contacts: u64,
    wait_s: u64,
    talk_s: u64,
    hold_s: u64,
    consult_s: u64,
    wrap_up_s: u64,
    transfers: u64,
    by_end_reason: Vec<ReasonSum>,
}

/// What the contacts with one end reason come to.
#[derive(Serialize, ToSchema)]
struct ReasonSum {
    /// None: they have not ended.
    #[schema(value_type = Option<String>)]
    end_reason: Option<EndReason>,
    contacts: u64,
    talk_s: u64,
}

/// Contacts, the newest first. Agents see their own, see_contacts shows what is in scope.
#[utoipa::path(get, path = "/{center}/contacts", tag = "history", operation_id = "contacts",
    params(("center" = String, Path), Filters, Paging),
    responses((status = 200, body = ContactsPage),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(in crate::api) async fn list(
    by: ContactLister,
    filters: Filters,
    paging: Paging,
) -> Result<Json<ContactsPage>, Problem> {
    let filter = filters.seen_by(&by).await?;
    let (center, store) = (&by.center, &by.center.store);
    let limit = paging.limit();
    let page = HistoryPage {
        below: paging.below()?,
        limit: limit + 1,
    };
    let (mut rows, n) = tokio::try_join!(
        store.search_history(center.id(), &filter, page),
        store.count_history(center.id(), &filter, COUNTED_MAX + 1),
    )?;
    let has_more = rows.len() > limit;
    rows.truncate(limit);
    let next_cursor = rows.last().filter(|_| has_more);
    Ok(Json(ContactsPage {
        next_cursor: next_cursor.map(|row| row.contact.to_string()),
        contacts: views(&by, &rows).await?,
        count: CountView::up_to(COUNTED_MAX, n),
    }))
}

/// What the contacts of a list come to. Agents see their own, see_contacts shows what is in scope.
#[utoipa::path(get, path = "/{center}/contacts/summary", tag = "history",
    operation_id = "contacts_summary",
    params(("center" = String, Path), Filters),
    responses((status = 200, body = ContactsSummary),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(in crate::api) async fn summary(
    by: ContactLister,
    filters: Filters,
) -> Result<Json<ContactsSummary>, Problem> {
    let filter = filters.seen_by(&by).await?;
    let sums = by.center.store.sum_history(by.center.id(), &filter).await?;
    let total = |of: fn(&HistorySum) -> u64| sums.iter().map(of).sum();
    Ok(Json(ContactsSummary {
        contacts: total(|it| it.contacts),
        wait_s: total(|it| it.wait_s),
        talk_s: total(|it| it.talk_s),
        hold_s: total(|it| it.hold_s),
        consult_s: total(|it| it.consult_s),
        wrap_up_s: total(|it| it.wrap_up_s),
        transfers: total(|it| it.transfers),
        by_end_reason: sums.iter().map(reason_sum).collect(),
    }))
}

const fn reason_sum(sum: &HistorySum) -> ReasonSum {
    ReasonSum {
        end_reason: sum.end_reason,
        contacts: sum.contacts,
        talk_s: sum.talk_s,
    }
}

async fn views(by: &ContactLister, rows: &[HistoryRow]) -> Result<Vec<ContactRow>, Problem> {
    let center = &by.center;
    let told = if is_by_team(by) {
        Told::OfOneself(by.actor.agent)
    } else {
        Told::OfEach
    };
    let arrivals: Vec<SubjectRef> = rows.iter().map(|row| row.arrival).collect();
    let customers = customers(center, &arrivals).await?;
    open_names(center, rows).await?;
    Ok(center.engine.view().read(|projection| {
        let state = projection.center.state();
        let view = |row| view(center, state, row, &customers, told);
        rows.iter().map(view).collect()
    }))
}

/// Has the names of the agents opened whom the rows name.
pub(super) async fn open_names(center: &Center, rows: &[HistoryRow]) -> Result<(), Problem> {
    let named = rows.iter().flat_map(|row| &row.agents);
    let agents: BTreeSet<AgentId> = named.map(|(agent, _)| *agent).collect();
    let persons: Vec<SubjectRef> = center.engine.view().read(|projection| {
        let known = &projection.center.state().agents;
        let found = agents.iter().filter_map(|agent| known.get(*agent));
        found.map(|agent| agent.profile.person).collect()
    });
    center.people.open(&persons).await?;
    Ok(())
}

fn view(
    center: &Center,
    state: &State,
    row: &HistoryRow,
    customers: &BTreeMap<SubjectRef, CustomerView>,
    told: Told,
) -> ContactRow {
    let agent = |(agent, talk_ms): &(AgentId, u64)| {
        let Named { id, name } = agent_named(center, state, *agent);
        AgentTalk {
            id,
            name,
            talk_s: told.of(*agent).then(|| whole_seconds(*talk_ms)),
        }
    };
    ContactRow {
        id: row.contact.0,
        arrived_at: row.arrived.into(),
        ended_at: row.ended.map(Into::into),
        direction: row.direction.into(),
        channel: channel_word(row.channel),
        endpoint: super::view::endpoint_named(state, row.endpoint),
        queue: row.queues.last().map(|id| queue_named(state, *id)),
        agents: row.agents.iter().map(agent).collect(),
        customer: customers.get(&row.arrival).cloned().unwrap_or_default(),
        wait_s: whole_seconds(row.wait_ms),
        talk_s: whole_seconds(row.talk_ms),
        hold_s: whole_seconds(row.hold_ms),
        consult_s: whole_seconds(row.consult_ms),
        wrap_up_s: whole_seconds(row.wrap_up_ms),
        menu: row.menu.chars().map(String::from).collect(),
        end_reason: row.end_reason,
        disposition: row.disposition.map(|id| DispositionNamed {
            id: id.0,
            label: disposition_label(state, id),
        }),
        transfers: row.transfers,
        has_recording: row.has_recording,
        has_message: row.has_message,
    }
}

pub(super) fn disposition_label(state: &State, id: DispositionId) -> String {
    let found = state.settings.dispositions.get(&id);
    found.map_or_else(
        || format!("Disposition {id}"),
        |it| it.document.label.clone(),
    )
}

pub(super) const fn channel_word(channel: Channel) -> &'static str {
    match channel {
        Channel::Voice => "voice",
        Channel::Voicemail => "voicemail",
    }
}
