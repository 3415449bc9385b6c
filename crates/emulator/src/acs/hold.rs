//! Hold: one participant hears hold media, or nothing, while the others talk on.
//!
//! There is no event of success; `isOnHold` of ParticipantsUpdated says it. Holding who is held
//! changes what they hear, and unholding who talks changes nothing; the contract leaves both open.

use super::callback::{Emission, emit};
use super::media::check_present;
use super::participant::{Held, check_operation_url, named, updated};
use super::prompt::{check_sources, spoken};
use super::{connected_call, parse};
use crate::answer::Answer;
use crate::fault::{Effect, Symptom};
use crate::pipeline::Received;
use crate::world::World;
use tandem_microsoft::acs::error::subcode;
use tandem_microsoft::acs::hold::{HoldRequest, UnholdRequest};

pub(crate) fn hold(
    world: &mut World,
    call_id: &str,
    received: &Received,
) -> Result<Answer, Answer> {
    let request: HoldRequest = parse(received)?;
    connected_call(world, call_id)?;
    let target = named(&request.target_participant, "targetParticipant")?;
    check_present(world, call_id, &target)?;
    check_operation_url(world, request.operation_callback_uri.as_deref())?;
    if let Some(source) = &request.play_source_info {
        check_sources(std::slice::from_ref(source))?;
    }
    if let Some(Effect::HoldFailed { sub_code }) = world.strike(Symptom::HoldFailed) {
        let sub_code = sub_code.unwrap_or(subcode::NOT_VALID_IN_STATE);
        let emission = Emission::success(request.operation_context, request.operation_callback_uri)
            .result(400, sub_code, "Action failed by a fault of the emulator.");
        emit(world, call_id, "HoldFailed", emission);
        return Ok(Answer::empty(200));
    }
    let held = Held {
        hears: request.play_source_info.as_ref().map(spoken),
    };
    set(world, call_id, &target, Some(held));
    Ok(Answer::empty(200))
}

pub(crate) fn unhold(
    world: &mut World,
    call_id: &str,
    received: &Received,
) -> Result<Answer, Answer> {
    let request: UnholdRequest = parse(received)?;
    connected_call(world, call_id)?;
    let target = named(&request.target_participant, "targetParticipant")?;
    check_present(world, call_id, &target)?;
    check_operation_url(world, request.operation_callback_uri.as_deref())?;
    set(world, call_id, &target, None);
    Ok(Answer::empty(200))
}

/// ParticipantsUpdated follows when the state is another one than before.
fn set(world: &mut World, call_id: &str, raw_id: &str, held: Option<Held>) {
    let Some(participant) = world
        .calls
        .get_mut(call_id)
        .and_then(|call| call.participant_mut(raw_id))
    else {
        return;
    };
    let changes = participant.held.is_some() != held.is_some();
    participant.held = held;
    if changes {
        updated(world, call_id);
    }
}
