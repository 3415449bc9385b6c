//! A transfer: the target rings, and when it answers, the transferee leaves this call for it.
//!
//! Both talk on without Call Automation. A call of two ends with it; a larger one goes on. One
//! transfer at a time (8607).

use super::call::{self, Call};
use super::callback::{Emission, emit};
use super::invitation::{self, Goal};
use super::media::check_present;
use super::participant::{
    self, Participant, check_operation_url, check_target, is_present_or_ringing, named,
};
use super::{calling_context, connected_call, invalid, parse};
use crate::answer::Answer;
use crate::fault::{Effect, Symptom};
use crate::people::{Person, phone, script};
use crate::pipeline::Received;
use crate::world::World;
use serde_json::json;
use tandem_microsoft::acs::error::subcode;
use tandem_microsoft::acs::identifier::Identity;
use tandem_microsoft::acs::transfer::{TransferRequest, TransferResponse};

/// Reference 8, limits.
const TIMEOUT_MS: u64 = 60_000;

pub(crate) fn transfer(
    world: &mut World,
    call_id: &str,
    received: &Received,
) -> Result<Answer, Answer> {
    let request: TransferRequest = parse(received)?;
    let call = connected_call(world, call_id)?;
    let is_tpe = call.is_tpe;
    if is_tpe && request.source_caller_id_number.is_some() {
        return Err(invalid(
            "Invalid request, SourceCallerIdNumber is not supported in this call.",
        ));
    }
    if invitation::is_transferring(call) {
        return Err(Answer::acs(
            409,
            subcode::TRANSFER_CONFLICT,
            "A transfer is already in progress in this call.",
        ));
    }
    let transferee = transferee(world, call_id, &request)?;
    check_operation_url(world, request.operation_callback_uri.as_deref())?;
    let identity = check_target(world, &request.target_participant, is_tpe)?;
    if is_present_or_ringing(world, call_id, &identity.raw_id()) {
        return Err(Answer::acs(
            400,
            subcode::DUPLICATE_DIAL_OUT,
            "the target is in the call or rings already",
        ));
    }
    let calling_context = calling_context::told(received)?;
    if let Some(invitation) = begin(world, call_id, &request, &identity, transferee) {
        calling_context::give(world, call_id, &invitation, calling_context);
    }
    let response = TransferResponse {
        operation_context: request.operation_context,
    };
    Ok(Answer::model(202, &response))
}

/// Who goes: named, or the only one there is.
fn transferee(
    world: &mut World,
    call_id: &str,
    request: &TransferRequest,
) -> Result<Person, Answer> {
    let raw_id = match &request.transferee {
        Some(transferee) => named(transferee, "transferee")?,
        None => match connected_call(world, call_id)?.participants.as_slice() {
            [only] => only.raw_id(),
            _ => return Err(invalid("transferee is required in a group call")),
        },
    };
    check_present(world, call_id, &raw_id)?;
    let call = connected_call(world, call_id)?;
    match call.participant_mut(&raw_id) {
        Some(participant) => Ok(participant.person.clone()),
        None => Err(invalid("transferee is not in the call")),
    }
}

fn begin(
    world: &mut World,
    call_id: &str,
    request: &TransferRequest,
    identity: &Identity,
    transferee: Person,
) -> Option<String> {
    let (context, url) = (
        request.operation_context.clone(),
        request.operation_callback_uri.clone(),
    );
    if let Some(Effect::TransferFailed { sub_code }) = world.strike(Symptom::TransferFailed) {
        let emission = Emission::success(context, url).result(
            400,
            sub_code.unwrap_or(subcode::UNKNOWN),
            "Action failed by a fault of the emulator.",
        );
        emit(world, call_id, "CallTransferFailed", emission);
        return None;
    }
    let from = call::caller_number(world, call_id);
    let goal = Goal::Transfer {
        context,
        url,
        transferee,
    };
    let from = from.as_deref();
    let ringing = invitation::ring(world, call_id, identity, goal, Some(TIMEOUT_MS), from);
    Some(ringing)
}

/// The target answered: both leave for a conversation of their own.
pub(crate) fn accepted(
    world: &mut World,
    call_id: &str,
    transferee: &Person,
    target: Participant,
    emission: Emission,
) {
    let Some(call) = world.calls.get_mut(call_id) else {
        return;
    };
    let Some(leaving) = take(call, transferee) else {
        return;
    };
    let emission = emission.with("transferee", json!(leaving.identifier));
    emit(world, call_id, "CallTransferAccepted", emission);
    let called = target.person.clone();
    let kind = call::Kind::of(world, call_id);
    let outside = call::outside(world, kind, [leaving, target]);
    participant::leave(world, call_id, transferee);
    if let Person::Phone(id) = transferee {
        phone::moved(world, id, &outside);
    }
    phone::company_changed(world, &outside);
    // Last, because the script of the target may hang up at once.
    if let Person::Phone(id) = &called {
        phone::answered(world, id, &outside);
        script::proceed(world, id);
    }
}

/// What the transferee is here; its place is vacated by `leave`, which must not end its phone call.
fn take(call: &mut Call, transferee: &Person) -> Option<Participant> {
    let identifier = call
        .participants
        .iter()
        .find(|participant| participant.person == *transferee)?
        .identifier
        .clone();
    if call.customer.as_ref() == Some(transferee) {
        call.customer = None;
    }
    Some(Participant::new(transferee.clone(), identifier))
}
