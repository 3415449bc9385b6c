//! An agent's own view: state, offers, contacts, queues, and what can be chosen.

use super::board::{display_word, reason_label};
use crate::api::{
    ContactView, CustomerView, Instant, MessageView, Named, after_hand_over, contact_view,
    customers, queue_named,
};
use crate::center::Center;
use crate::engine::Projection;
use crate::problem::Problem;
use serde::Serialize;
use std::collections::BTreeMap;
use tandem_core::agent::{Agent, Direction, Intent, NotReady};
use tandem_core::contact::{Channel, Contact, State as Stage};
use tandem_core::ids::{AgentId, ContactId, ReasonId, SubjectRef};
use tandem_core::offer::{Offer, Stage as OfferStage};
use tandem_core::owed::Work;
use tandem_core::reason::{Declined, Reason};
use tandem_core::state::State;
use tandem_core::talk::Target;
use tandem_core::time::Timestamp;
use tandem_reports::story::Stories;

/// Own callbacks that are named as due.
const CALLBACKS_DUE_MAX: usize = 50;

/// An agent's own view.
#[derive(Serialize)]
pub(super) struct MeView {
    agent: AgentView,
    offers: Vec<OfferView>,
    contacts: Vec<ContactView>,
    queues: Vec<QueueView>,
    reasons: Vec<ReasonView>,
    dispositions: Vec<DispositionView>,
    handled_today: u64,
    capacity: Capacity,
    /// The own callbacks that the agent is to call now, by their numbers: `/callbacks/own` tells of them.
    callbacks_due: Vec<u64>,
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
    /// Until when the agent should be not ready at most, where the reason says so.
    not_ready_until: Option<Instant>,
    directed: Option<DirectedView>,
    petition: Option<PetitionView>,
}

/// What the agent asks a supervisor for, or was declined.
#[derive(Serialize)]
struct PetitionView {
    reason: Label,
    since: Instant,
    declined: Option<DeclinedView>,
}

#[derive(Serialize)]
struct DeclinedView {
    /// None: it is not known any more.
    by: Option<String>,
    at: Instant,
}

/// A reason that can be chosen.
#[derive(Serialize)]
struct ReasonView {
    id: u64,
    label: String,
    /// Under which it stands.
    heading: Option<Label>,
    needs_supervisor: bool,
    max_minutes: Option<u32>,
}

/// Somebody else said what the agent is.
#[derive(Serialize)]
struct DirectedView {
    /// None: it is not known any more.
    by: Option<String>,
    at: Instant,
    to: &'static str,
    why: Option<String>,
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
    voicemail: Slots,
}

#[derive(Serialize)]
struct Slots {
    used: u32,
    max: u32,
}

#[derive(Serialize)]
struct OfferView {
    id: u64,
    contact_id: u64,
    channel: &'static str,
    message: Option<MessageView>,
    customer: CustomerView,
    queue: Named,
    enqueued_at: Instant,
    offered_at: Instant,
    expires_at: Instant,
    mode: &'static str,
    skills: Vec<String>,
    attributes: BTreeMap<String, String>,
}

/// What changes for an agent by nothing that the agent did.
#[derive(Default, PartialEq, Eq)]
pub(super) struct Waits {
    /// How many wait in each queue that the agent serves, and since when.
    queues: Vec<(u64, Option<Timestamp>)>,
    /// The own callbacks whose time has come.
    callbacks_due: Vec<u64>,
}

/// Who waits for `agent` at this moment.
pub(super) fn waits(projection: &Projection, agent: AgentId, now: Timestamp) -> Waits {
    let board = &projection.board;
    let state = projection.center.state();
    let queues = state.served_by(agent);
    Waits {
        queues: queues
            .map(|queue| (board.n_waiting(queue), board.longest_since(queue)))
            .collect(),
        callbacks_due: callbacks_due(state, agent, now),
    }
}

fn callbacks_due(state: &State, agent: AgentId, now: Timestamp) -> Vec<u64> {
    let due = state.callbacks.due_to(now, agent);
    due.take(CALLBACKS_DUE_MAX).map(|it| it.0).collect()
}

/// The view of `agent` at this moment; `None` when there is no such agent.
pub(super) async fn me_view(center: &Center, agent: AgentId) -> Result<Option<MeView>, Problem> {
    let view = center.engine.view();
    let found = view.read(|it| subjects(it.center.state(), &it.stories, agent));
    let Some((names, arrivals)) = found else {
        return Ok(None);
    };
    center.people.open(&names).await?;
    let customers = customers(center, &arrivals).await?;
    let now = center.clock.now();
    let directed = directed(center, agent).await?;
    let petition = petition(center, agent).await?;
    let built = view.read(|projection| build(center, projection, agent, &customers, now));
    Ok(built.map(|mut built| {
        built.agent.directed = directed;
        built.agent.petition = petition;
        built
    }))
}

/// Who said what of the agent, if somebody else did last.
async fn directed(center: &Center, agent: AgentId) -> Result<Option<DirectedView>, Problem> {
    let said = center.engine.view().read(|projection| {
        let agent = projection.center.state().agents.get(agent)?;
        agent.directed()
    });
    let Some(said) = said else { return Ok(None) };
    let by = center.people.of_account(said.by).await?;
    let why = center.people.name(said.why).await?;
    Ok(Some(DirectedView {
        by,
        at: said.at.into(),
        to: match said.to {
            Direction::Ready => "ready",
            Direction::NotReady(_) => "not_ready",
            Direction::SignedOut => "signed_out",
        },
        why: why.map(|why| why.to_string()),
    }))
}

/// What the agent asks a supervisor for, and who declined it.
async fn petition(center: &Center, agent: AgentId) -> Result<Option<PetitionView>, Problem> {
    let found = center.engine.view().read(|projection| {
        let state = projection.center.state();
        let petition = state.agents.get(agent)?.petition()?;
        Some((petition, label(state, NotReady::Chosen(petition.reason))?))
    });
    let Some((petition, reason)) = found else {
        return Ok(None);
    };
    let declined = match petition.declined {
        Some(Declined { by, at }) => Some(DeclinedView {
            by: center.people.of_account(by).await?,
            at: at.into(),
        }),
        None => None,
    };
    Ok(Some(PetitionView {
        reason,
        since: petition.at.into(),
        declined,
    }))
}

/// The personal data that the view needs.
fn subjects(
    state: &State,
    stories: &Stories,
    agent: AgentId,
) -> Option<(Vec<SubjectRef>, Vec<SubjectRef>)> {
    let agent = state.agents.get(agent)?;
    let arrivals = agent.slots.iter().filter_map(|slot| {
        let live = state.contacts.get(slot.contact).map(|it| it.arrival);
        live.or_else(|| Some(stories.story(slot.contact)?.arrival))
    });
    let others = agent.slots.iter();
    let others = others.filter_map(|slot| names_in(state, state.contacts.get(slot.contact)?));
    let names = std::iter::once(agent.profile.person).chain(others.flatten());
    Some((names.collect(), arrivals.collect()))
}

/// The names and numbers of those who are in the conversation beside the customer.
fn names_in(state: &State, contact: &Contact) -> Option<Vec<SubjectRef>> {
    let third = contact.third()?;
    let agents = [contact.agent(), third.agent()].into_iter().flatten();
    let names = agents.filter_map(|id| Some(state.agents.get(id)?.profile.person));
    let number = match &third.target {
        Target::Number(number) => Some(number.subject),
        Target::Agent(_) | Target::Queue(_) => None,
    };
    Some(names.chain(number).collect())
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
        if let Some(work) = state.owed.work(slot.contact, id) {
            contacts.extend(owed_view(
                center,
                projection,
                slot.contact,
                (id, work),
                customers,
            ));
            continue;
        }
        let Some(contact) = state.contacts.get(slot.contact) else {
            continue;
        };
        let customer = customers.get(&contact.arrival).cloned().unwrap_or_default();
        let own_offer = open_offer(contact).filter(|offer| offer.agent == id);
        match own_offer {
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
    let reasons = state.settings.reasons_to_choose();
    let dispositions = state.settings.dispositions.iter();
    Some(MeView {
        agent: agent_view(center, state, id, agent),
        offers,
        contacts,
        queues: queues.collect(),
        reasons: reasons.map(|(id, it)| reason_view(state, id, it)).collect(),
        dispositions: dispositions
            .map(|(id, it)| DispositionView {
                id: id.0,
                label: it.document.label.clone(),
                queue_ids: it.document.queues.iter().map(|queue| queue.0).collect(),
            })
            .collect(),
        handled_today: projection.board.handled_today(now, id),
        callbacks_due: callbacks_due(state, id, now),
        capacity: Capacity {
            voice: slots(state, agent, Channel::Voice),
            voicemail: slots(state, agent, Channel::Voicemail),
        },
    })
}

/// How many contacts of a channel the agent has, and may have.
fn slots(state: &State, agent: &Agent, channel: Channel) -> Slots {
    let rule = state.capacity_of(agent).channels.get(&channel);
    let max = rule.map_or(0, |it| it.max);
    let used = agent.slots.iter().filter(|it| it.load.channel == channel);
    // Who calls back out of a wrap-up has both, and is full.
    let used = u32::try_from(used.count()).unwrap_or(u32::MAX).min(max);
    Slots { used, max }
}

/// A contact that went on, or ended, while the agent owes wrap-up for it.
fn owed_view(
    center: &Center,
    projection: &Projection,
    contact: ContactId,
    (agent, work): (AgentId, &Work),
    customers: &BTreeMap<SubjectRef, CustomerView>,
) -> Option<ContactView> {
    let state = projection.center.state();
    let story = projection.stories.story(contact)?;
    let customer = customers.get(&story.arrival).cloned().unwrap_or_default();
    let now = center.clock.now();
    Some(after_hand_over(
        center,
        state,
        (contact, story, customer),
        (agent, work),
        now,
    ))
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
        not_ready_until: state.settings.not_ready_until(agent).map(Instant),
        directed: None,
        petition: None,
    }
}

fn reason_view(state: &State, id: ReasonId, reason: &Reason) -> ReasonView {
    let heading = reason.heading.map(NotReady::Chosen);
    ReasonView {
        id: id.0,
        label: reason.label.clone(),
        heading: heading.and_then(|it| label(state, it)),
        needs_supervisor: reason.needs_supervisor,
        max_minutes: reason.max_minutes,
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
        | Stage::Dialing(..)
        | Stage::Connected(..)
        | Stage::Outside(..)
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
        channel: crate::api::channel_word(contact.message.as_deref()),
        message: contact.message.as_deref().map(MessageView::of),
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
