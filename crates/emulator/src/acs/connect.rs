//! Joining a call that runs already, and several connections to one server call.
//!
//! Whoever is in the call is in it for every connection: the list is kept alike in all of them, and
//! each of them is told. Media, invitations and contexts belong to the connection that ordered them.

use super::call::{self, Ending, Origin, can_speak, open};
use super::callback::{Emission, check_url, emit};
use super::participant::{self, Participant};
use super::{digits, feed, invalid, invitation, media, parse, streaming, transcription};
use crate::answer::Answer;
use crate::fault::{Effect, Symptom};
use crate::people::{Person, phone};
use crate::pipeline::Received;
use crate::world::{Timer, World};
use tandem_microsoft::acs::call::CallConnectionState;
use tandem_microsoft::acs::connect::ConnectRequest;
use tandem_microsoft::acs::error::subcode;
use tandem_microsoft::acs::recording::CallLocator;

/// Between the answer and CallConnected.
const CONNECT_MS: u64 = 40;

pub(crate) fn connect(
    world: &mut World,
    received: &Received,
    version: &str,
) -> Result<Answer, Answer> {
    let request: ConnectRequest = parse(received)?;
    check_url(world, &request.callback_uri)
        .map_err(|text| invalid(format!("callbackUri: {text}")))?;
    let server_call_id = located(&request.call_locator)?;
    let origin = Origin {
        server_call_id,
        correlation_id: world.dice.uuid(),
        version: version.to_owned(),
        callback_uri: request.callback_uri,
        is_tpe: false,
        source: None,
        targets: Vec::new(),
        answered_by: None,
        answered_for: None,
        context: request.operation_context,
        can_speak: can_speak(request.call_intelligence_options),
        customer: None,
        streaming: streaming::plan(world, request.media_streaming_options)?,
        transcription: transcription::plan(world, request.transcription_options)?,
    };
    let id = open(world, origin);
    world.after(CONNECT_MS, Timer::Attached { call: id.clone() });
    let call = world.calls.get(&id).expect("the call was just opened");
    Ok(Answer::model(200, &call.properties()))
}

/// What the locator names. Groups and rooms have people of no kind that is here: nobody is in one.
fn located(locator: &CallLocator) -> Result<String, Answer> {
    let (member, named) = match locator.kind.to_ascii_lowercase().as_str() {
        "servercalllocator" => ("serverCallId", &locator.server_call_id),
        "groupcalllocator" => ("groupCallId", &locator.group_call_id),
        "roomcalllocator" => ("roomId", &locator.room_id),
        _ => {
            return Err(invalid(
                "callLocator: kind must be serverCallLocator, groupCallLocator or roomCallLocator",
            ));
        }
    };
    match named.as_deref() {
        Some(id) if !id.is_empty() => Ok(id.to_owned()),
        Some(_) | None => Err(invalid(format!(
            "callLocator: its kind needs the member {member}"
        ))),
    }
}

/// The connection is up, when there is such a call.
pub(crate) fn attached(world: &mut World, id: &str) {
    let Some(call) = world.calls.get(id) else {
        return;
    };
    if call.state != CallConnectionState::Connecting {
        return;
    }
    let context = call.context.clone();
    let fault = world.strike(Symptom::ConnectFailed);
    if let Some(Effect::ConnectFailed { sub_code }) = fault {
        let sub_code = sub_code.unwrap_or(subcode::UNKNOWN);
        let message = "Action failed by a fault of the emulator.";
        return fails(world, id, Ending::new(400, sub_code, message));
    }
    let Some(other) = source(world, id) else {
        let message = "The call was not found.";
        return fails(world, id, Ending::new(404, subcode::NOT_FOUND, message));
    };
    share(world, id, &other);
    emit(world, id, "CallConnected", Emission::success(context, None));
    participant::tell_updated(world, id);
    feed::connected(world, id);
}

fn fails(world: &mut World, id: &str, ending: Ending) {
    let context = world.calls.get(id).and_then(|call| call.context.clone());
    let emission = ending.told(context);
    emit(world, id, "ConnectFailed", emission);
    call::end(world, id, ending);
}

/// A connection to the same server call in which people are: one that is up before one that has left.
fn source(world: &World, id: &str) -> Option<String> {
    let server_call_id = &world.calls.get(id)?.server_call_id;
    let same = |call: &&call::Call| {
        call.id != id && call.server_call_id == *server_call_id && !call.participants.is_empty()
    };
    let found = world.calls.values().filter(same);
    found
        .max_by_key(|call| call.state == CallConnectionState::Connected)
        .map(|call| call.id.clone())
}

fn share(world: &mut World, id: &str, other: &str) {
    let Some(there) = world.calls.get_mut(other) else {
        return;
    };
    let is_up = there.state == CallConnectionState::Connected;
    let participants = if is_up {
        there.participants.clone()
    } else {
        // Nobody else has them: they talked on by themselves.
        std::mem::take(&mut there.participants)
    };
    let (customer, is_tpe) = (there.customer.clone(), there.is_tpe);
    let (source, targets) = (there.source.clone(), there.targets.clone());
    let (correlation_id, server_call_id) =
        (there.correlation_id.clone(), there.server_call_id.clone());
    if !is_up {
        follow(world, &participants, id);
    }
    if let Some(call) = world.calls.get_mut(id) {
        call.state = CallConnectionState::Connected;
        call.participants = participants;
        call.customer = customer;
        call.is_tpe = is_tpe;
        call.source = source;
        call.targets = targets;
        call.correlation_id = correlation_id;
    }
    if is_up {
        let connections = world.shared.entry(server_call_id).or_default();
        for one in [other, id] {
            if !connections.iter().any(|known| known == one) {
                connections.push(one.to_owned());
            }
        }
    }
}

fn follow(world: &mut World, participants: &[Participant], call_id: &str) {
    for participant in participants {
        if let Person::Phone(phone) = &participant.person {
            phone::follows(world, phone, call_id);
        }
    }
}

/// Every connection to the server call of this one, itself first.
pub(crate) fn connections(world: &World, call_id: &str) -> Vec<String> {
    let mut all = vec![call_id.to_owned()];
    all.extend(others(world, call_id));
    all
}

pub(crate) fn others(world: &World, call_id: &str) -> Vec<String> {
    let Some(call) = world.calls.get(call_id) else {
        return Vec::new();
    };
    let shared = world.shared.get(&call.server_call_id);
    let ids = shared.map(Vec::as_slice).unwrap_or_default();
    ids.iter().filter(|id| *id != call_id).cloned().collect()
}

/// The list of this connection has changed: the others have the same, and their clients are told.
pub(crate) fn spread(world: &mut World, call_id: &str) {
    for other in others(world, call_id) {
        let Some(call) = world.calls.get(call_id) else {
            return;
        };
        let (participants, customer) = (call.participants.clone(), call.customer.clone());
        let Some(there) = world.calls.get_mut(&other) else {
            continue;
        };
        let stays = |person: &Person| participants.iter().any(|one| one.person == *person);
        let gone: Vec<Participant> = there
            .participants
            .iter()
            .filter(|one| !stays(&one.person))
            .cloned()
            .collect();
        there.participants = participants;
        there.customer = customer;
        for one in gone {
            digits::target_left(world, &other, &one.raw_id());
            media::target_left(world, &other, &one.raw_id());
            invitation::transferee_left(world, &other, &one.person);
        }
        participant::tell_updated(world, &other);
    }
}

/// This connection has left: its people are with another one, when there is another.
pub(crate) fn hand_over(world: &mut World, call_id: &str, others: &[String]) {
    let Some(other) = others.first() else {
        return;
    };
    let Some(call) = world.calls.get_mut(call_id) else {
        return;
    };
    let participants = std::mem::take(&mut call.participants);
    follow(world, &participants, other);
}

/// Forgets a connection that has ended.
pub(crate) fn forget(world: &mut World, call_id: &str) {
    let Some(call) = world.calls.get(call_id) else {
        return;
    };
    let server_call_id = call.server_call_id.clone();
    if let Some(connections) = world.shared.get_mut(&server_call_id) {
        connections.retain(|id| id != call_id);
        if connections.len() < 2 {
            world.shared.remove(&server_call_id);
        }
    }
}
