//! What must hold after every transition, whatever happened.

use crate::cloud::{CUSTOMERS, Cloud};
use crate::journal::TurnRecord;
use crate::{slow_presence, slow_router};
use std::collections::BTreeMap;
use tandem_core::ContactCenter;
use tandem_core::agent::{Agent, Intent, NotReady, Slot, Stage};
use tandem_core::callback::{self, Callback, Early};
use tandem_core::contact::{Channel, Direction, State as Place};
use tandem_core::effect::{Effect, Order};
use tandem_core::event::Event;
use tandem_core::ids::{AgentId, ContactId};
use tandem_core::input::{Input, Request};
use tandem_core::limits;
use tandem_core::offer::Stage as OfferStage;
use tandem_core::recording::{self, Consent, PauseStage, Purpose, Recording};
use tandem_core::routing::Decision;
use tandem_core::state::State;
use tandem_core::talk::{self, Third};
use tandem_core::time::Timestamp;

/// Whoever is here has, will have and asks for reasons that there are.
pub(crate) fn reasons_are_there(state: &State) -> Result<(), String> {
    for (id, agent) in state.agents.iter().filter(|(_, it)| it.session.is_some()) {
        let asked = agent.petition().map(|it| NotReady::Chosen(it.reason));
        let wanted = [Some(agent.intent), agent.pending].into_iter().flatten();
        let wanted = wanted.filter_map(|intent| match intent {
            Intent::Ready => None,
            Intent::NotReady(reason) => Some(reason),
        });
        let reasons = wanted.chain(asked).filter_map(NotReady::chosen);
        for reason in reasons {
            if !state.settings.reasons.contains_key(&reason) {
                return Err(format!("agent {id} has reason {reason}, which is gone"));
            }
        }
    }
    Ok(())
}

/// No agent has by the own word what a supervisor must grant.
pub(crate) fn what_a_supervisor_grants_is_granted(
    before: &State,
    turn: &TurnRecord,
) -> Result<(), String> {
    let Input::Asked {
        actor,
        request: Request::SetIntent { .. } | Request::CompleteWrapUp { .. },
    } = &turn.input
    else {
        return Ok(());
    };
    let agent = actor.agent.and_then(|id| before.agents.get(id));
    let had = agent.map(|it| [Some(it.intent), it.pending]);
    let needs = |intent: Intent| {
        let Intent::NotReady(NotReady::Chosen(reason)) = intent else {
            return false;
        };
        let reason = before.settings.reasons.get(&reason);
        reason.is_some_and(|it| it.document.needs_supervisor)
    };
    for event in &turn.events {
        let (Event::IntentSet { agent, intent }
        | Event::IntentPended {
            agent,
            intent: Some(intent),
        }) = event
        else {
            continue;
        };
        let is_new = had.is_none_or(|it| !it.contains(&Some(*intent)));
        if Some(*agent) == actor.agent && needs(*intent) && is_new {
            return Err(format!("agent {agent} took {intent:?}"));
        }
    }
    Ok(())
}

/// Nobody has two calls, no contact is with two agents, and both sides tell the same (R-02b, R-04).
pub(crate) fn slots_and_contacts_agree(state: &State) -> Result<(), String> {
    let mut held: BTreeMap<ContactId, AgentId> = BTreeMap::new();
    for (id, agent) in state.agents.iter() {
        let is_call = |it: &&Slot| it.load.channel == Channel::Voice;
        let calls = agent.slots.iter().filter(is_call);
        let beside_wrap_up = calls.clone().filter(|it| it.stage != Stage::WrapUp);
        let calls_back = calls.clone().count() == 2 && state_has_called(state, agent);
        if (calls.count() > 1 && !calls_back) || beside_wrap_up.count() > 1 {
            return Err(format!("agent {id} has two calls: {:?}", agent.slots));
        }
        for slot in &agent.slots {
            if let Some(beside) = beside(state, id, slot.contact) {
                if beside != slot.stage {
                    return Err(format!(
                        "agent {id} has {slot:?}, by the contact {beside:?}"
                    ));
                }
                continue;
            }
            if let Some(other) = held.insert(slot.contact, id) {
                return Err(format!("{} is with {other} and with {id}", slot.contact));
            }
            let contact = state
                .contacts
                .get(slot.contact)
                .ok_or_else(|| format!("agent {id} holds ended contact {}", slot.contact))?;
            let stage = match &contact.state {
                Place::Created | Place::InFlow | Place::Queued(_) | Place::Outside(..) => None,
                Place::Offering(_, offer) => match offer.stage {
                    OfferStage::InTandem | OfferStage::InTeams(_) => Some(Stage::Offering),
                    OfferStage::Joining { .. } => Some(Stage::Connecting),
                },
                Place::Dialing(..) => Some(Stage::Connecting),
                Place::Connected(..) => Some(Stage::Talking),
                Place::WrapUp(..) => Some(Stage::WrapUp),
            };
            if stage != Some(slot.stage) || contact.agent() != Some(id) {
                return Err(format!("agent {id} has {slot:?}, the contact {contact:?}"));
            }
        }
        let is_free = slow_router::is_willing(agent) && agent.slots.is_empty();
        let shown = slow_presence::shown_of_who_is_free(state, agent);
        let is_shown = slow_presence::FREE.contains(&agent.display);
        if is_shown != is_free || is_free && agent.display != shown {
            return Err(format!("agent {id} shows {:?}: {agent:?}", agent.display));
        }
    }
    let mut owned = state.contacts.iter().filter(|(_, it)| it.agent().is_some());
    match owned.find(|(id, it)| held.get(id).copied() != it.agent()) {
        Some((id, it)) => Err(format!(
            "contact {id} names {:?}, who does not know",
            it.agent()
        )),
        None => Ok(()),
    }
}

/// Whether one of the contacts of an agent is of a customer whom an agent called: that may be beside the
/// wrap-up of the contact whose customer is called back.
fn state_has_called(state: &State, agent: &Agent) -> bool {
    agent.slots.iter().any(|slot| {
        let contact = state.contacts.get(slot.contact);
        contact.is_none_or(|it| it.direction == Direction::Outbound)
    })
}

/// How an agent is held by a contact that is another's: as third party of the conversation, or by work that
/// is owed.
fn beside(state: &State, agent: AgentId, contact: ContactId) -> Option<Stage> {
    if state.owed.work(contact, agent).is_some() {
        return Some(Stage::WrapUp);
    }
    let third = state.contacts.get(contact)?.third()?;
    let stage = if third.is_talking() {
        Stage::Talking
    } else {
        Stage::Connecting
    };
    (third.agent() == Some(agent)).then_some(stage)
}

/// No agent is idle while a contact waits that the agent could take.
pub(crate) fn nobody_waits_for_an_idle_agent(state: &State) -> Result<(), String> {
    if state.is_draining {
        return Ok(());
    }
    let waiting: Vec<_> = state
        .contacts
        .iter()
        .filter_map(|(id, contact)| match &contact.state {
            Place::Queued(stay) if !contact.is_held_back() => Some((id, contact, stay)),
            Place::Queued(_)
            | Place::Created
            | Place::InFlow
            | Place::Offering(..)
            | Place::Dialing(..)
            | Place::Connected(..)
            | Place::Outside(..)
            | Place::WrapUp(..) => None,
        })
        .collect();
    for (agent_id, agent) in state
        .agents
        .iter()
        .filter(|(_, it)| slow_router::is_willing(it))
    {
        let match_left = waiting.iter().find(|(_, contact, stay)| {
            !contact.is_cooling(agent_id)
                && !slow_router::prefers_other(contact, agent_id)
                && slow_router::serves(state, agent_id, stay)
                && slow_router::is_routable(state, agent, stay.queue, contact.channel())
        });
        if let Some((id, _, stay)) = match_left {
            return Err(format!(
                "contact {id} waits in {} while agent {agent_id} is idle",
                stay.queue
            ));
        }
    }
    Ok(())
}

/// Every contact that waits, is offered, is being answered, hears a prompt or is wrapped up by time has
/// an alarm not later than that time (R-02d), and one whose queue is closed has it now; a contact in its flow
/// always hears something that ends or waits for a business system; every open call is asked about
/// before it was silent for too long; and whoever is out of step with Teams is looked at in time (B-202).
pub(crate) fn everything_that_waits_has_an_alarm(
    center: &ContactCenter,
    now: Timestamp,
) -> Result<(), String> {
    let mut first: Option<(Timestamp, ContactId)> = None;
    let mut last_word = None;
    for (id, contact) in center.state().contacts.iter() {
        let has_call = contact.call.leg.is_some() && !matches!(contact.state, Place::WrapUp(..));
        if has_call {
            last_word = Some(now.plus_seconds(SILENCE_SECONDS_MAX));
        }
        if contact.is_unconfirmed() {
            let until = now.plus_seconds(limits::CONFIRMATION_SECONDS_MAX);
            first = Some(first.map_or((until, id), |it| it.min((until, id))));
            continue;
        }
        let due = match &contact.state {
            Place::Created => Some(now.plus_seconds(limits::ANSWER_SECONDS_MAX)),
            Place::InFlow => {
                let media = contact.media.as_ref().and_then(|media| media.until);
                let awaits = contact.run.as_ref().and_then(|run| run.awaits);
                let records = contact.recording.as_deref().and_then(records_until);
                let rings = contact.third().and_then(rings_until);
                let ends = [media, awaits.map(|it| it.until), records, rings];
                let until = ends.into_iter().flatten().min();
                Some(until.ok_or_else(|| format!("contact {id} is in its flow without an exit"))?)
            }
            Place::Queued(stay) if contact.message.is_some() => {
                let held = contact.held_until();
                Some(held.map_or(stay.until, |it| it.min(stay.until)))
            }
            Place::Queued(stay) if slow_router::must_leave(center.state(), now, stay) => Some(now),
            Place::Queued(stay) => Some(early_until(contact.early).unwrap_or(stay.until)),
            Place::Offering(_, offer) => Some(offer.deadline()),
            Place::Dialing(_, dial) => Some(dial.until),
            Place::Connected(_, _, talk) => talk.third.as_deref().and_then(rings_until),
            Place::Outside(..) => None,
            Place::WrapUp(_, _, wrap_up) => wrap_up.until,
        };
        let step = { contact.waits() }.and_then(|it| slow_router::next_step_at(center.state(), it));
        for due in [due, step].into_iter().flatten() {
            first = Some(first.map_or((due, id), |it| it.min((due, id))));
        }
    }
    let owed = center.state().owed.iter();
    let owed = owed.filter_map(|(_, _, work)| work.wrap_up.until).min();
    let file = center.state().recordings.next_overdue();
    let callbacks = center.state().callbacks.iter();
    let callback = callbacks.filter_map(|(_, it)| looked_at(it)).min();
    let switches = center.state().switches.iter();
    let switch = switches.map(|(_, it)| it.until).min();
    let agents = center.state().agents.iter();
    let in_step = { agents.filter_map(|(_, it)| center.state().presence_due(it)) }.min();
    let first = first.map(|(due, _)| due);
    let latest = [first, last_word, owed, file, callback, switch, in_step];
    let latest = latest.into_iter().flatten();
    match (center.next_deadline(), latest.min()) {
        (None, None) => Ok(()),
        (Some((at, _)), Some(latest)) if at <= latest => Ok(()),
        (alarm, latest) => Err(format!("the alarm is {alarm:?}, due is {latest:?}")),
    }
}

/// An alarm that is due and leads to nothing would be due for ever, and everything behind it (R-02d).
pub(crate) fn what_is_due_is_dealt_with(
    center: &ContactCenter,
    now: Timestamp,
    turn: &TurnRecord,
) -> Result<(), String> {
    let is_idle = turn.input == Input::TimeReached && turn.events.is_empty();
    match center.next_deadline() {
        Some((at, reason)) if is_idle && at <= now => {
            Err(format!("nothing comes of what is due at {at:?}: {reason}"))
        }
        Some(_) | None => Ok(()),
    }
}

/// When an early call has to come to something.
fn early_until(early: Option<Early>) -> Option<Timestamp> {
    match early? {
        Early::Planned { .. } | Early::Parting => None,
        Early::Ringing { until, .. } | Early::Waiting { until, .. } => Some(until),
    }
}

/// When a callback is looked at; one that dials comes to its own end.
fn looked_at(callback: &Callback) -> Option<Timestamp> {
    match callback.state {
        callback::State::Booked { next_at } => Some(next_at.min(callback.expires_at)),
        callback::State::Due { .. } => Some(callback.expires_at),
        callback::State::Dialing { .. } => None,
    }
}

fn records_until(recording: &Recording) -> Option<Timestamp> {
    let stage = match recording.stage {
        recording::Stage::Starting { until, .. } => Some(until),
        recording::Stage::Running { until, .. } => until,
    };
    let pause = recording.pause.as_ref().map(|it| match it.stage {
        PauseStage::Pausing { until }
        | PauseStage::Paused { until }
        | PauseStage::Resuming { until, .. } => until,
    });
    [stage, pause].into_iter().flatten().min()
}

/// What is said to be paused is (B-023), and who refused is not recorded but for a message (B-237).
pub(crate) fn nothing_is_recorded_that_must_not_be(
    center: &ContactCenter,
    cloud: &Cloud,
) -> Result<(), String> {
    for (id, contact) in center.state().contacts.iter() {
        let Some(recording) = &contact.recording else {
            continue;
        };
        if contact.consent == Consent::Refused && recording.purpose == Purpose::Call {
            return Err(format!(
                "contact {id} refused and is recorded: {recording:?}"
            ));
        }
        let recorder = cloud.calls.get(&id).and_then(|it| it.recording.as_ref());
        let runs = recorder.is_some_and(|it| !it.is_paused);
        if runs && !recording.may_record() {
            return Err(format!(
                "contact {id} is no pause: {recording:?}, {recorder:?}"
            ));
        }
        if !recording.may_record() && center.state().may_be_heard(id) {
            return Err(format!("contact {id} may be heard in its pause"));
        }
    }
    Ok(())
}

const fn rings_until(third: &Third) -> Option<Timestamp> {
    match third.stage {
        talk::Stage::Ringing { until, .. } => Some(until),
        talk::Stage::Talking { .. } => None,
    }
}

/// The longest silence of a call before it is asked about.
const SILENCE_SECONDS_MAX: u32 = limits::SILENCE_SECONDS << limits::SILENCE_DOUBLINGS_MAX;

/// An order is for a live contact, or for one that is gone and for which the order does no harm: its
/// outcome is still taken for what it says.
pub(crate) fn open_orders_are_accounted_for(
    state: &State,
    is_known: impl Fn(ContactId) -> bool,
) -> Result<(), String> {
    for (id, effect) in &state.orders {
        let stray = effect
            .contact()
            .is_some_and(|it| state.contacts.get(it).is_none() && !is_known(it));
        if stray {
            return Err(format!(
                "order {id} is for a contact that never was: {effect:?}"
            ));
        }
    }
    Ok(())
}

/// What an event must be, given the state right before it: a decision equals the full scan's, an
/// offered contact is the first that its agent could take, and a step is the one that is due.
pub(crate) fn decision_is_that_of_a_full_scan(
    now: Timestamp,
    before: &State,
    memory: &slow_router::Memory,
    event: &Event,
) -> Result<(), String> {
    if let Event::PlanStepEntered(entered) = event {
        slow_router::step_is_right(before, now, entered)?;
    }
    if let Event::Decided(decision) = event {
        let slow = slow_router::decide(before, memory, decision.contact);
        let plain = Decision {
            balanced: None,
            ..decision.clone()
        };
        if slow.as_ref() != Some(&plain) {
            return Err(format!("decided {decision:?}, the full scan says {slow:?}"));
        }
    }
    if let Event::Offered {
        contact,
        agent,
        queue,
        load,
        ..
    } = event
    {
        let to = before.agents.get(*agent);
        let has_room = to.is_some_and(|it| {
            slow_router::is_routable(before, it, *queue, load.channel)
                || memory.is_assigned(*contact, *agent)
                    && slow_router::has_room_whatever_teams_shows(before, it, *queue, load.channel)
        });
        if !has_room {
            return Err(format!("{agent} has no room for {contact}: {to:?}"));
        }
        if !memory.is_out_of_order(*contact, *agent)
            && let Some(other) = slow_router::comes_before(before, now, *agent, *contact)
        {
            return Err(format!("{agent} is offered {contact} before {other}"));
        }
    }
    Ok(())
}

/// Nobody takes a customer out whom an agent called.
fn is_customer(effect: &Effect) -> bool {
    if let Effect::RemoveAgent { address, .. } = effect {
        return address.starts_with(CUSTOMERS);
    }
    matches!(effect, Effect::RemoveNumber { number, .. } if number.address.starts_with(CUSTOMERS))
}

/// An order is well formed and for a leg that the contact has.
pub(crate) fn order_makes_sense(order: &Order) -> Result<(), String> {
    if is_customer(&order.effect) {
        return Err(format!("the customer is taken out: {:?}", order.effect));
    }
    if let Effect::AddAgent { timeout_s, leg, .. } = &order.effect
        && (!(5..=180).contains(timeout_s) || leg.is_empty())
    {
        return Err(format!("ringing for {timeout_s} s on {leg:?}"));
    }
    Ok(())
}
