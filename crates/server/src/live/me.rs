//! An agent's own view: state, offers, contacts, queues, and what can be chosen.

use super::board::{display_word, reason_label};
use crate::api::{ContactView, CustomerView, Instant, Named, contact_view, customers, queue_named};
use crate::center::Center;
use crate::engine::Projection;
use crate::problem::Problem;
use serde::Serialize;
use std::collections::BTreeMap;
use tandem_core::agent::{Agent, Intent, NotReady, VOICE_SLOTS};
use tandem_core::contact::{Contact, State as Stage};
use tandem_core::ids::{AgentId, ContactId, SubjectRef};
use tandem_core::offer::{Offer, Stage as OfferStage};
use tandem_core::state::State;
use tandem_core::time::Timestamp;

/// An agent's own view.
#[derive(Serialize)]
pub(super) struct MeView {
    agent: AgentView,
    offers: Vec<OfferView>,
    contacts: Vec<ContactView>,
    queues: Vec<QueueView>,
    reasons: Vec<Label>,
    dispositions: Vec<DispositionView>,
    handled_today: u64,
    capacity: Capacity,
}

#[derive(Serialize)]
struct AgentView {
    id: u64,
    name: String,
    state: &'static str,
    since: Instant,
    reason: Option<Label>,
    next_reason: Option<Label>,
    missed_offer: bool,
}

#[derive(Serialize)]
struct Label {
    id: u64,
    label: String,
}

#[derive(Serialize)]
struct DispositionView {
    id: u64,
    label: String,
    queue_ids: Vec<u64>,
}

#[derive(Serialize)]
struct QueueView {
    id: u64,
    name: String,
    waiting: u64,
    longest_since: Option<Instant>,
}

#[derive(Serialize)]
struct Capacity {
    voice: Slots,
}

#[derive(Serialize)]
struct Slots {
    used: usize,
    max: usize,
}

#[derive(Serialize)]
struct OfferView {
    id: u64,
    contact_id: u64,
    channel: &'static str,
    customer: CustomerView,
    queue: Named,
    enqueued_at: Instant,
    offered_at: Instant,
    expires_at: Instant,
    mode: &'static str,
    skills: Vec<String>,
    attributes: BTreeMap<String, String>,
}

/// How many wait in each queue that an agent serves, and since when.
pub(super) type Waits = Vec<(u64, Option<Timestamp>)>;

/// Who waits for `agent` at this moment.
pub(super) fn waits(projection: &Projection, agent: AgentId) -> Waits {
    let board = &projection.board;
    let queues = projection.center.state().served_by(agent);
    queues
        .map(|queue| (board.n_waiting(queue), board.longest_since(queue)))
        .collect()
}

/// The view of `agent` at this moment; `None` when there is no such agent.
pub(super) async fn me_view(center: &Center, agent: AgentId) -> Result<Option<MeView>, Problem> {
    let view = center.engine.view();
    let found = view.read(|projection| subjects(projection.center.state(), agent));
    let Some((person, arrivals)) = found else {
        return Ok(None);
    };
    center.people.open(&[person]).await?;
    let customers = customers(center, &arrivals).await?;
    let now = center.clock.now();
    Ok(view.read(|projection| build(center, projection, agent, &customers, now)))
}

/// The personal data that the view needs.
fn subjects(state: &State, agent: AgentId) -> Option<(SubjectRef, Vec<SubjectRef>)> {
    let agent = state.agents.get(agent)?;
    let contacts = agent
        .slots
        .iter()
        .filter_map(|slot| state.contacts.get(slot.contact));
    Some((
        agent.profile.person,
        contacts.map(|contact| contact.arrival).collect(),
    ))
}

fn build(
    center: &Center,
    projection: &Projection,
    id: AgentId,
    customers: &BTreeMap<SubjectRef, CustomerView>,
    now: Timestamp,
) -> Option<MeView> {
    let state = projection.center.state();
    let agent = state.agents.get(id)?;
    let (mut offers, mut contacts) = (Vec::new(), Vec::new());
    for slot in &agent.slots {
        let Some(contact) = state.contacts.get(slot.contact) else {
            continue;
        };
        let customer = customers.get(&contact.arrival).cloned().unwrap_or_default();
        match open_offer(contact) {
            Some(offer) => offers.push(offer_view(state, slot.contact, contact, offer, customer)),
            None => {
                let view = contact_view(center, state, slot.contact, contact, customer, now);
                contacts.push(view);
            }
        }
    }
    let queues = state.served_by(id).map(|queue| QueueView {
        id: queue.0,
        name: queue_named(state, queue).name,
        waiting: projection.board.n_waiting(queue),
        longest_since: projection.board.longest_since(queue).map(Instant),
    });
    let reasons = state.settings.reasons.iter();
    let dispositions = state.settings.dispositions.iter();
    Some(MeView {
        agent: agent_view(center, state, id, agent),
        offers,
        contacts,
        queues: queues.collect(),
        reasons: reasons
            .map(|(id, it)| Label {
                id: id.0,
                label: it.document.label.clone(),
            })
            .collect(),
        dispositions: dispositions
            .map(|(id, it)| DispositionView {
                id: id.0,
                label: it.document.label.clone(),
                queue_ids: it.document.queues.iter().map(|queue| queue.0).collect(),
            })
            .collect(),
        handled_today: projection.board.handled_today(now, id),
        capacity: Capacity {
            voice: Slots {
                used: agent.slots.len(),
                max: VOICE_SLOTS,
            },
        },
    })
}

fn agent_view(center: &Center, state: &State, id: AgentId, agent: &Agent) -> AgentView {
    let named = crate::api::agent_named(center, state, id);
    let missed = matches!(
        agent.intent,
        Intent::NotReady(NotReady::MissedOffer | NotReady::RingFailed)
    );
    let reason = match agent.intent {
        Intent::Ready => None,
        Intent::NotReady(reason) => label(state, reason),
    };
    let next_reason = match agent.pending {
        Some(Intent::NotReady(reason)) => label(state, reason),
        Some(Intent::Ready) | None => None,
    };
    AgentView {
        id: named.id,
        name: named.name,
        state: display_word(agent.display),
        since: agent.since.into(),
        reason,
        next_reason,
        missed_offer: missed,
    }
}

/// A reason that is one of the settings.
fn label(state: &State, reason: NotReady) -> Option<Label> {
    match reason {
        NotReady::Chosen(id) => reason_label(state, reason).map(|label| Label { id: id.0, label }),
        NotReady::SignedIn | NotReady::MissedOffer | NotReady::RingFailed => None,
    }
}

/// An offer that has not been accepted.
const fn open_offer(contact: &Contact) -> Option<&Offer> {
    match &contact.state {
        Stage::Offering(_, offer) => match offer.stage {
            OfferStage::InTandem | OfferStage::InTeams(_) => Some(offer),
            OfferStage::Joining { .. } => None,
        },
        Stage::Created
        | Stage::InFlow
        | Stage::Queued(_)
        | Stage::Connected(..)
        | Stage::WrapUp(..) => None,
    }
}

fn offer_view(
    state: &State,
    id: ContactId,
    contact: &Contact,
    offer: &Offer,
    customer: CustomerView,
) -> OfferView {
    let stay = contact.stay().expect("an offered contact is in a queue");
    let requirements = state
        .settings
        .queue(stay.queue)
        .map(|queue| &queue.requirements);
    let skills = requirements
        .into_iter()
        .flatten()
        .filter_map(|requirement| {
            let skill = state.settings.skills.get(&requirement.skill)?;
            Some(skill.document.name.clone())
        });
    let mode = match offer.stage {
        OfferStage::InTandem | OfferStage::Joining { .. } => "tandem",
        OfferStage::InTeams(_) => "teams",
    };
    OfferView {
        id: offer.id.0,
        contact_id: id.0,
        channel: "voice",
        customer,
        queue: queue_named(state, stay.queue),
        enqueued_at: stay.since.into(),
        offered_at: offer.offered_at.into(),
        expires_at: offer.expires_at.into(),
        mode,
        skills: skills.collect(),
        attributes: contact.attributes.clone(),
    }
}
