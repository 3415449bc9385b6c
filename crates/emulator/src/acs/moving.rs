//! Participants of one call are brought into another one (`participants:moveHere`).
//!
//! They are not rung again. The call that they leave goes on with whoever is left, or ends.

use super::announce;
use super::callback::{Emission, emit};
use super::participant::{
    self, Participant, as_told, check_operation_url, is_present_or_ringing, named,
};
use super::{connected_call, invalid, live_call, parse};
use crate::answer::Answer;
use crate::fault::{Effect, Symptom};
use crate::people::{Person, phone};
use crate::pipeline::Received;
use crate::world::{Timer, World};
use serde_json::json;
use tandem_microsoft::acs::connect::{MoveParticipantsRequest, MoveParticipantsResponse};
use tandem_microsoft::acs::error::subcode;
use tandem_microsoft::acs::identifier::Identifier;
use tandem_microsoft::acs::participant::CallParticipant;
use tandem_microsoft::limits::PARTICIPANTS_MAX;

/// Between the answer and the events.
const MOVE_MS: u64 = 30;

/// A move on its way.
#[derive(Debug, Clone)]
pub(crate) struct Move {
    from: String,
    targets: Vec<Identifier>,
    context: Option<String>,
    url: Option<String>,
}

pub(crate) fn move_here(
    world: &mut World,
    call_id: &str,
    received: &Received,
) -> Result<Answer, Answer> {
    let request: MoveParticipantsRequest = parse(received)?;
    let count = connected_call(world, call_id)?.participants.len();
    check_operation_url(world, request.operation_callback_uri.as_deref())?;
    if request.target_participants.is_empty() {
        return Err(invalid("targetParticipants must not be empty"));
    }
    if count.saturating_add(request.target_participants.len()) > PARTICIPANTS_MAX {
        return Err(invalid("a call may have 350 participants"));
    }
    for target in &request.target_participants {
        named(target, "targetParticipants")?;
    }
    if request.from_call == call_id {
        return Err(invalid("fromCall is this call itself"));
    }
    live_call(world, &request.from_call)?;
    let participant = |identifier: &Identifier| CallParticipant {
        identifier: as_told(identifier),
        ..CallParticipant::default()
    };
    let response = MoveParticipantsResponse {
        participants: request
            .target_participants
            .iter()
            .map(participant)
            .collect(),
        operation_context: request.operation_context.clone(),
        from_call: Some(request.from_call.clone()),
    };
    let moving = Move {
        from: request.from_call,
        targets: request.target_participants,
        context: request.operation_context,
        url: request.operation_callback_uri,
    };
    let call = call_id.to_owned();
    let moving = Box::new(moving);
    world.after(MOVE_MS, Timer::Moved { call, moving });
    Ok(Answer::model(202, &response))
}

pub(crate) fn moved(world: &mut World, call_id: &str, moving: &Move) {
    for target in &moving.targets {
        if connected_call(world, call_id).is_err() {
            return;
        }
        one(world, call_id, moving, target);
    }
}

fn one(world: &mut World, call_id: &str, moving: &Move, target: &Identifier) {
    let raw_id = target.raw_id().unwrap_or_default();
    let emission = Emission::success(moving.context.clone(), moving.url.clone())
        .with("fromCall", json!(moving.from));
    let found = found(world, call_id, &moving.from, &raw_id);
    let fault = world.strike(Symptom::MoveFailed);
    let outcome = match fault {
        Some(Effect::MoveFailed { sub_code }) => Err((
            400,
            sub_code.unwrap_or(subcode::UNKNOWN),
            "Action failed by a fault of the emulator.",
        )),
        Some(_) | None => found,
    };
    match outcome {
        Ok(participant) => {
            let emission = emission.with("participant", json!(participant.identifier));
            emit(world, call_id, "MoveParticipantSucceeded", emission);
            bring(world, call_id, &moving.from, participant);
        }
        Err((code, sub_code, message)) => {
            let emission = emission
                .with("participant", json!(as_told(target)))
                .result(code, sub_code, message);
            emit(world, call_id, "MoveParticipantFailed", emission);
        }
    }
}

/// Who it is, where they are now, or why they cannot come.
fn found(
    world: &mut World,
    call_id: &str,
    from: &str,
    raw_id: &str,
) -> Result<Participant, (i32, u32, &'static str)> {
    if is_present_or_ringing(world, call_id, raw_id) {
        let message = "The participant is in the call or rings already.";
        return Err((400, subcode::DUPLICATE_DIAL_OUT, message));
    }
    let participant = connected_call(world, from)
        .ok()
        .and_then(|call| call.participant_mut(raw_id))
        .map(|participant| participant.clone());
    participant.ok_or((
        404,
        subcode::PARTICIPANT_NOT_PRESENT,
        "The participant is not in the call that it was to be moved from.",
    ))
}

fn bring(world: &mut World, call_id: &str, from: &str, participant: Participant) {
    let person = participant.person.clone();
    // The place is vacated first: `leave` may end the call, and must not end this phone call with it.
    if let Some(there) = world.calls.get_mut(from)
        && there.customer.as_ref() == Some(&person)
    {
        there.customer = None;
    }
    participant::leave(world, from, &person);
    if let Person::Phone(phone) = &person {
        phone::moved(world, phone, call_id);
    }
    let Some(call) = world.calls.get_mut(call_id) else {
        return;
    };
    if call.customer.is_none() && matches!(person, Person::Phone(_)) {
        call.customer = Some(person.clone());
    }
    call.seat(person.clone(), participant.identifier);
    participant::updated(world, call_id);
    announce::came(world, call_id, &person);
    phone::company_changed(world, call_id);
}
