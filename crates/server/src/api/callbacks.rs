//! The callback book: who is to be called back, when, by whom, and what came of it. What may be done is
//! decided in the core.

pub(super) mod change;
pub(super) mod figures;

use super::body::Query;
use super::contacts::{CustomerView, Named, agent_named, customers, queue_named};
use super::time::Instant;
use crate::center::Center;
use crate::problem::Problem;
use crate::sign_in::{Agent, CallbackKeeper};
use axum::Json;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use tandem_core::callback::{Callback, CancelCause, End, Kind, Origin, PutOff, State as Stands};
use tandem_core::contact::State as Stage;
use tandem_core::dialing::NotReached;
use tandem_core::ids::{CallbackId, CustomerHash, QueueId, SubjectRef};
use tandem_core::state::State;
use tandem_core::time::Timestamp;
use tandem_reports::live::callbacks::Ended;
use utoipa::ToSchema;

/// Callbacks of one answer, when nobody says how many.
const PAGE: usize = 200;
/// Callbacks of one answer at most.
const PAGE_MAX: usize = 1_000;

/// A page of the book.
#[derive(Serialize, ToSchema)]
pub(super) struct CallbackPage {
    items: Vec<CallbackView>,
    /// Where the next page begins, if there is one.
    next_after: Option<u64>,
}

/// A customer who is to be called back, or was.
#[derive(Serialize, ToSchema)]
pub(super) struct CallbackView {
    id: u64,
    /// `virtual_hold`, `asap`, `scheduled` or `agent_owned`.
    #[schema(value_type = String)]
    kind: Kind,
    state: CallbackState,
    queue: Named,
    customer: CustomerView,
    booked_at: Instant,
    /// Whose caller booked it; by the API when there is none.
    from_contact_id: Option<u64>,
    /// The attempt that is under way, or was the last.
    contact_id: Option<u64>,
    window: Option<WindowView>,
    /// The agent whose own it is.
    owner: Option<OwnerView>,
    /// When something is done for it next; of one that is due nothing.
    next_at: Option<Instant>,
    promised_by: Option<Instant>,
    expires_at: Option<Instant>,
    /// How often the customer's phone was called.
    attempts: u64,
    /// Why the last attempt came to nothing, why there was none, or why it was called off: a code.
    why: Option<&'static str>,
    ended_at: Option<Instant>,
}

/// Where a callback stands.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum CallbackState {
    /// Nothing is done before its time.
    Booked,
    /// It waits for an agent.
    Due,
    /// An agent is asked.
    Reserving,
    /// The agent's client rings, or the customer's phone, or who answered an early call waits for an agent.
    Dialing,
    /// Customer and agent talked.
    Done,
    Cancelled,
    /// Its time was over.
    Expired,
    /// The customer was called as often as allowed.
    Exhausted,
}

/// A span of time that was agreed.
#[derive(Serialize, ToSchema)]
pub(super) struct WindowView {
    from: Instant,
    to: Instant,
    /// The customer's time zone, where somebody said it.
    time_zone: Option<String>,
}

/// The agent whose own a callback is.
#[derive(Serialize, ToSchema)]
pub(super) struct OwnerView {
    agent: Named,
    /// From when on everybody who serves the queue may.
    until: Instant,
}

/// Which callbacks.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Which {
    /// Of one queue.
    queue_id: Option<u64>,
    /// `pending` when left out; `ended`: the last 500 that are over, newest first.
    #[serde(default)]
    #[param(value_type = Option<String>)]
    of: Part,
    /// How many at most, up to 1000.
    limit: Option<usize>,
    /// Only those behind this one.
    after: Option<u64>,
}

/// Which part of the book.
#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Part {
    #[default]
    Pending,
    Ended,
}

/// The callback book: what is pending, oldest first, or what ended last. Permission: keep_callbacks; queues in scope.
#[utoipa::path(get, path = "/{center}/callbacks", tag = "callbacks", operation_id = "callbacks",
    params(("center" = String, Path), Which),
    responses((status = 200, body = CallbackPage),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(super) async fn list(
    by: CallbackKeeper,
    Query(which): Query<Which>,
) -> Result<Json<CallbackPage>, Problem> {
    let limit = which.limit.unwrap_or(PAGE).clamp(1, PAGE_MAX);
    let queue = which.queue_id.map(QueueId);
    if let Some(queue) = queue {
        by.must_see_queue(queue).await?;
    }
    let scope = by.actor.scope.clone();
    let is_meant = |it: QueueId| queue.is_none_or(|queue| queue == it) && scope.has_queue(it);
    let page = match which.of {
        Part::Pending => {
            let after = CallbackId(which.after.unwrap_or(0));
            let found: Vec<(CallbackId, Callback)> = by.center.engine.view().read(|projection| {
                let pending = projection.center.state().callbacks.iter();
                let meant = pending.filter(|(id, it)| *id > after && is_meant(it.queue));
                let meant = meant.take(limit + 1);
                meant.map(|(id, it)| (id, it.clone())).collect()
            });
            pending(&by.center, found, limit).await?
        }
        Part::Ended => {
            let before = which.after.unwrap_or(u64::MAX);
            let found: Vec<Ended> = by.center.engine.view().read(|projection| {
                let ended = projection.board.callbacks_ended();
                let meant = ended.filter(|it| it.callback.0 < before && is_meant(it.queue));
                meant.take(limit + 1).cloned().collect()
            });
            ended(&by.center, found, limit).await?
        }
    };
    Ok(Json(page))
}

/// The agent's own callbacks. Role: agent.
#[utoipa::path(get, path = "/{center}/callbacks/own", tag = "desk", operation_id = "own_callbacks",
    params(("center" = String, Path)),
    responses((status = 200, body = CallbackPage),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(super) async fn own(by: Agent) -> Result<Json<CallbackPage>, Problem> {
    let agent = by.agent()?;
    let now = by.center.clock.now();
    let found: Vec<(CallbackId, Callback)> = by.center.engine.view().read(|projection| {
        let own = projection.center.state().callbacks.of_agent(now, agent);
        own.take(PAGE_MAX)
            .map(|(id, it)| (id, it.clone()))
            .collect()
    });
    Ok(Json(pending(&by.center, found, PAGE_MAX).await?))
}

/// How many are pending for a customer.
pub(super) fn n_pending(center: &Center, customer: CustomerHash) -> u64 {
    center.engine.view().read(|projection| {
        let book = &projection.center.state().callbacks;
        book.of_customer(customer).count() as u64
    })
}

/// Everything that the book has of a customer: what is pending, and what ended and is remembered.
pub(super) async fn of_customer(
    center: &Center,
    customer: CustomerHash,
) -> Result<Vec<CallbackView>, Problem> {
    let (open, over): (Vec<_>, Vec<Ended>) = center.engine.view().read(|projection| {
        let open = { projection.center.state().callbacks.of_customer(customer) }
            .map(|(id, it)| (id, it.clone()));
        let over = projection.board.callbacks_ended();
        let over = over.filter(|it| it.customer == customer).cloned();
        (open.collect(), over.collect())
    });
    let (n_open, n_over) = (open.len(), over.len());
    let mut own = pending(center, open, n_open).await?.items;
    own.extend(ended(center, over, n_over).await?.items);
    Ok(own)
}

async fn pending(
    center: &Center,
    mut found: Vec<(CallbackId, Callback)>,
    limit: usize,
) -> Result<CallbackPage, Problem> {
    let has_more = found.len() > limit;
    found.truncate(limit);
    let arrivals: Vec<_> = found.iter().map(|(_, it)| it.person.arrival).collect();
    let customers = customers(center, &arrivals).await?;
    let owners = found.iter().filter_map(|(_, it)| it.owner);
    open_owners(center, owners.map(|it| it.agent).collect()).await?;
    let last = found.last().map(|(id, _)| id.0);
    let items = center.engine.view().read(|projection| {
        let state = projection.center.state();
        let items = found.into_iter();
        items
            .map(|(id, it)| view(center, state, id, &it, &customers))
            .collect()
    });
    Ok(CallbackPage {
        items,
        next_after: last.filter(|_| has_more),
    })
}

async fn open_owners(
    center: &Center,
    agents: Vec<tandem_core::ids::AgentId>,
) -> Result<(), Problem> {
    let persons: Vec<SubjectRef> = center.engine.view().read(|projection| {
        let known = &projection.center.state().agents;
        let found = agents.iter().filter_map(|agent| known.get(*agent));
        found.map(|agent| agent.profile.person).collect()
    });
    Ok(center.people.open(&persons).await?)
}

fn view(
    center: &Center,
    state: &State,
    id: CallbackId,
    it: &Callback,
    customers: &BTreeMap<SubjectRef, CustomerView>,
) -> CallbackView {
    let contact = it.attempt();
    CallbackView {
        id: id.0,
        kind: it.kind,
        state: standing(state, it),
        queue: queue_named(state, it.queue),
        customer: customers
            .get(&it.person.arrival)
            .cloned()
            .unwrap_or_default(),
        booked_at: it.booked_at.into(),
        from_contact_id: match it.origin {
            Origin::Caller(contact) => Some(contact.0),
            Origin::Account(_) => None,
        },
        contact_id: contact
            .or_else(|| it.attempts.last().copied())
            .map(|it| it.0),
        window: it.window.map(|window| WindowView {
            from: window.from.into(),
            to: window.to.into(),
            time_zone: it.person.zone.as_ref().map(|zone| zone.name().to_owned()),
        }),
        owner: it.owner.map(|owner| OwnerView {
            agent: agent_named(center, state, owner.agent),
            until: owner.until.into(),
        }),
        next_at: next_at(it).map(Instant),
        promised_by: Some(it.promised_by.into()),
        expires_at: Some(it.expires_at.into()),
        attempts: it.rang_at.len() as u64,
        why: it.put_off.map(put_off_word),
        ended_at: None,
    }
}

const fn next_at(it: &Callback) -> Option<Timestamp> {
    match it.state {
        Stands::Booked { next_at } => Some(next_at),
        Stands::Due { .. } | Stands::Dialing { .. } => None,
    }
}

fn standing(state: &State, it: &Callback) -> CallbackState {
    match it.state {
        Stands::Booked { .. } => CallbackState::Booked,
        Stands::Dialing { .. } => CallbackState::Dialing,
        Stands::Due { contact } => {
            let contact = state.contacts.get(contact);
            if matches!(contact.map(|it| &it.state), Some(Stage::Offering(..))) {
                CallbackState::Reserving
            } else {
                CallbackState::Due
            }
        }
    }
}

const fn put_off_word(why: PutOff) -> &'static str {
    match why {
        PutOff::Closed => "closed",
        PutOff::OutsideHours => "outside_hours",
        PutOff::DayIsFull => "day_is_full",
        PutOff::NoCallerId => "no_caller_id",
        PutOff::TooManyContacts => "too_many_contacts",
        PutOff::NobodyFree => "nobody_free",
        PutOff::GaveUp => "gave_up",
        PutOff::OnTheLine(_) => "on_the_line",
        PutOff::Rescheduled => "rescheduled",
        PutOff::NotReached(why) => match why {
            NotReached::NotPlaced => "not_placed",
            NotReached::AgentNoAnswer => "agent_no_answer",
            NotReached::Withdrawn => "withdrawn",
            NotReached::AgentLeft => "agent_left",
            NotReached::NoAnswer => "no_answer",
            NotReached::Busy => "busy",
            NotReached::Declined => "declined",
            NotReached::Failed => "failed",
        },
    }
}

const fn end_words(end: End) -> (CallbackState, Option<&'static str>) {
    match end {
        End::Done => (CallbackState::Done, None),
        End::Expired => (CallbackState::Expired, None),
        End::Exhausted => (CallbackState::Exhausted, None),
        End::Cancelled(cause) => {
            let why = match cause {
                CancelCause::Asked(_) => "asked",
                CancelCause::Replaced => "replaced",
                CancelCause::TakenOver(_) => "taken_over",
                CancelCause::Superseded(_) => "superseded",
                CancelCause::OnDoNotCallList => "on_do_not_call_list",
                CancelCause::CountryNotAllowed => "country_not_allowed",
                CancelCause::Forgotten => "forgotten",
            };
            (CallbackState::Cancelled, Some(why))
        }
    }
}

async fn ended(
    center: &Center,
    mut found: Vec<Ended>,
    limit: usize,
) -> Result<CallbackPage, Problem> {
    let has_more = found.len() > limit;
    found.truncate(limit);
    let arrivals: Vec<_> = found.iter().map(|it| it.arrival).collect();
    let customers = customers(center, &arrivals).await?;
    let last = found.last().map(|it| it.callback.0);
    let items = center.engine.view().read(|projection| {
        let state = projection.center.state();
        let items = found.into_iter().map(|it| {
            let (stands, why) = end_words(it.end);
            CallbackView {
                id: it.callback.0,
                kind: it.kind,
                state: stands,
                queue: queue_named(state, it.queue),
                customer: customers.get(&it.arrival).cloned().unwrap_or_default(),
                booked_at: it.booked_at.into(),
                from_contact_id: None,
                contact_id: it.contact.map(|it| it.0),
                window: None,
                owner: None,
                next_at: None,
                promised_by: None,
                expires_at: None,
                attempts: it.n_rang,
                why,
                ended_at: Some(it.at.into()),
            }
        });
        items.collect()
    });
    Ok(CallbackPage {
        items,
        next_after: last.filter(|_| has_more),
    })
}
