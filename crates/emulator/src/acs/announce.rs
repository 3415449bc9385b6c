//! What Event Grid tells of calls: begin, end, and who came and went.
//!
//! Only of users of the communication resource; in Teams Phone extensibility nothing but IncomingCall
//! is told (acs-call-automation.md 6.2). A call is told of once, however many connections it has.

use super::call::Ending;
use crate::event_grid;
use crate::people::Person;
use crate::world::World;
use serde_json::{Value, json};
use tandem_microsoft::acs::identifier::Identifier;

/// A call that Event Grid has told of.
#[derive(Debug, Clone)]
pub(crate) struct Announced {
    since_ms: u64,
    correlation_id: String,
    started_by: Identifier,
    is_two_party: bool,
    /// Whoever is in it, with the id of their participation.
    people: Vec<(Person, Identifier, String)>,
}

const ROLE: &str = "attendee";

/// Somebody is in the call now.
pub(crate) fn came(world: &mut World, call_id: &str, person: &Person) {
    if !matches!(person, Person::Acs(_)) {
        return;
    }
    let Some(call) = world.calls.get(call_id).filter(|call| !call.is_tpe) else {
        return;
    };
    let server_call_id = call.server_call_id.clone();
    let identifier = person.identity(world).to_identifier();
    if !world.announced.contains_key(&server_call_id) {
        let announced = Announced {
            since_ms: world.now_ms(),
            correlation_id: call.correlation_id.clone(),
            started_by: call.source.clone().unwrap_or_else(|| identifier.clone()),
            is_two_party: call.targets.len() <= 1 && call.participants.len() <= 2,
            people: Vec::new(),
        };
        let subject = format!(
            "call/{server_call_id}/startedBy/{}",
            announced.started_by.raw_id().unwrap_or_default()
        );
        let data = about(&server_call_id, &announced);
        world.announced.insert(server_call_id.clone(), announced);
        publish(world, "CallStarted", &subject, &data);
    }
    let id = world.dice.uuid();
    let Some(announced) = world.announced.get_mut(&server_call_id) else {
        return;
    };
    announced
        .people
        .push((person.clone(), identifier.clone(), id.clone()));
    tell_of(
        world,
        &server_call_id,
        "CallParticipantAdded",
        &identifier,
        &id,
    );
}

/// Somebody left the call.
pub(crate) fn went(world: &mut World, call_id: &str, person: &Person) {
    let Some(server_call_id) = server_call_id(world, call_id) else {
        return;
    };
    let Some(announced) = world.announced.get_mut(&server_call_id) else {
        return;
    };
    let at = announced
        .people
        .iter()
        .position(|(one, _, _)| one == person);
    if let Some(at) = at {
        let (_, identifier, id) = announced.people.remove(at);
        tell_of(
            world,
            &server_call_id,
            "CallParticipantRemoved",
            &identifier,
            &id,
        );
    }
}

/// The call is over for everybody.
pub(crate) fn ended(world: &mut World, call_id: &str, ending: Ending) {
    let Some(server_call_id) = server_call_id(world, call_id) else {
        return;
    };
    let people = world
        .announced
        .get_mut(&server_call_id)
        .map(|announced| std::mem::take(&mut announced.people))
        .unwrap_or_default();
    for (_, identifier, id) in people {
        tell_of(
            world,
            &server_call_id,
            "CallParticipantRemoved",
            &identifier,
            &id,
        );
    }
    let Some(announced) = world.announced.remove(&server_call_id) else {
        return;
    };
    let mut data = about(&server_call_id, &announced);
    let lasted_ms = world.now_ms().saturating_sub(announced.since_ms);
    data["endedBy"] = json!({
        "communicationIdentifier": announced.started_by, "type": "MicrosoftInternal", "name": "CallAutomation",
    });
    data["reason"] = ending.reason();
    data["callDurationInSeconds"] = json!(lasted_ms / 1000);
    publish(world, "CallEnded", &format!("call/{server_call_id}"), &data);
}

fn server_call_id(world: &World, call_id: &str) -> Option<String> {
    let call = world.calls.get(call_id)?;
    Some(call.server_call_id.clone())
}

fn tell_of(world: &mut World, server_call_id: &str, event: &str, who: &Identifier, id: &str) {
    let Some(announced) = world.announced.get(server_call_id) else {
        return;
    };
    let mut data = about(server_call_id, announced);
    data["user"] = json!({"communicationIdentifier": who, "role": ROLE});
    data["displayName"] = json!("");
    data["participantId"] = json!(id);
    data["userAgent"] = json!("tandem-emulator");
    let raw_id = who.raw_id().unwrap_or_default();
    let subject = format!("call/{server_call_id}/participant/{raw_id}");
    publish(world, event, &subject, &data);
}

fn about(server_call_id: &str, announced: &Announced) -> Value {
    json!({
        "startedBy": {"communicationIdentifier": announced.started_by, "role": ROLE},
        "serverCallId": server_call_id,
        "isTwoParty": announced.is_two_party,
        "correlationId": announced.correlation_id,
        "isRoomsCall": false,
    })
}

fn publish(world: &mut World, event: &str, subject: &str, data: &Value) {
    event_grid::publish(
        world,
        &format!("Microsoft.Communication.{event}"),
        subject,
        data,
    );
}
