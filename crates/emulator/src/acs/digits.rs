//! Digits outside of a recognition: sent to a phone, and reported one by one as they are pressed.
//!
//! Sending runs beside the main leg, one targeted operation at a time; continuous recognition blocks
//! nothing, but does not start while a targeted operation runs (reference 3.1).

use super::callback::{Emission, emit};
use super::media::{Operation, Task, check_present, check_side_is_free, finish, running};
use super::participant::{check_operation_url, named};
use super::{connected_call, invalid, parse};
use crate::answer::Answer;
use crate::fault::{Effect, Symptom};
use crate::people::{Person, phone};
use crate::pipeline::Received;
use crate::world::{Timer, World};
use serde_json::json;
use tandem_microsoft::acs::digits::{ContinuousRequest, SendTonesRequest, SendTonesResponse};
use tandem_microsoft::acs::error::subcode;
use tandem_microsoft::acs::identifier::{Identifier, Identity};
use tandem_microsoft::acs::media::Tone;
use tandem_microsoft::limits::SEND_TONES_MAX;

/// A tone and the pause after it.
const TONE_MS: u64 = 250;
const BY_FAULT: &str = "Action failed by a fault of the emulator.";

/// A participant whose every key is reported.
#[derive(Debug, Clone)]
pub(crate) struct Listening {
    raw_id: String,
    context: Option<String>,
    url: Option<String>,
    sequence: u32,
}

impl Listening {
    pub(crate) fn is_of(&self, raw_id: &str) -> bool {
        self.raw_id.eq_ignore_ascii_case(raw_id)
    }
}

pub(crate) fn send(
    world: &mut World,
    call_id: &str,
    received: &Received,
) -> Result<Answer, Answer> {
    let request: SendTonesRequest = parse(received)?;
    connected_call(world, call_id)?;
    check_tones(&request.tones)?;
    let target = named(&request.target_participant, "targetParticipant")?;
    if !is_phone(&request.target_participant) {
        return Err(invalid("tones can be sent to a phone number only"));
    }
    check_present(world, call_id, &target)?;
    check_operation_url(world, request.operation_callback_uri.as_deref())?;
    check_side_is_free(world, call_id)?;
    let id = world.next_number();
    let count = u64::try_from(request.tones.len()).unwrap_or(u64::MAX);
    let operation = Operation {
        context: request.operation_context.clone(),
        url: request.operation_callback_uri,
        only: Some(target),
        task: Task::Send(request.tones),
        ..Operation::new(id, Vec::new())
    };
    connected_call(world, call_id)?.media.side = Some(operation);
    let call = call_id.to_owned();
    let sent = Timer::TonesSent {
        call,
        operation: id,
    };
    world.after(count.saturating_mul(TONE_MS), sent);
    let response = SendTonesResponse {
        operation_context: request.operation_context,
    };
    Ok(Answer::model(202, &response))
}

fn check_tones(tones: &[Tone]) -> Result<(), Answer> {
    if tones.is_empty() || tones.len() > SEND_TONES_MAX {
        return Err(invalid("tones must have 1 to 18 entries"));
    }
    if tones.contains(&Tone::Unknown) {
        return Err(invalid("tones has an entry that is no tone"));
    }
    Ok(())
}

fn is_phone(target: &Identifier) -> bool {
    matches!(
        target.identity(),
        Some(Identity::Phone { .. } | Identity::AnonymousPhone)
    )
}

/// The last tone is out: the owner of the phone has heard them.
pub(crate) fn sent(world: &mut World, call_id: &str, id: u64) {
    let Some(operation) = running(world, call_id, id) else {
        return;
    };
    let Task::Send(tones) = &operation.task else {
        return;
    };
    let (tones, target) = (tones.clone(), operation.only.clone().unwrap_or_default());
    if let Some(Effect::SendTonesFailed { sub_code }) = world.strike(Symptom::SendTonesFailed) {
        let sub_code = sub_code.unwrap_or(subcode::UNKNOWN);
        finish(world, call_id, id, "SendDtmfTonesFailed", |emission| {
            emission.result(400, sub_code, BY_FAULT)
        });
        return;
    }
    let person = world
        .calls
        .get_mut(call_id)
        .and_then(|call| call.participant_mut(&target))
        .map(|participant| participant.person.clone());
    if let Some(Person::Phone(id)) = person {
        phone::hears_tones(world, &id, &tones);
    }
    finish(world, call_id, id, "SendDtmfTonesCompleted", |emission| {
        emission
    });
}

pub(crate) fn start(
    world: &mut World,
    call_id: &str,
    received: &Received,
) -> Result<Answer, Answer> {
    let request: ContinuousRequest = parse(received)?;
    connected_call(world, call_id)?;
    let target = named(&request.target_participant, "targetParticipant")?;
    check_present(world, call_id, &target)?;
    check_operation_url(world, request.operation_callback_uri.as_deref())?;
    check_side_is_free(world, call_id)?;
    let listening = &mut connected_call(world, call_id)?.listening;
    listening.retain(|one| !one.is_of(&target));
    listening.push(Listening {
        raw_id: target,
        context: request.operation_context,
        url: request.operation_callback_uri,
        sequence: 0,
    });
    Ok(Answer::empty(200))
}

pub(crate) fn stop(
    world: &mut World,
    call_id: &str,
    received: &Received,
) -> Result<Answer, Answer> {
    let request: ContinuousRequest = parse(received)?;
    connected_call(world, call_id)?;
    let target = named(&request.target_participant, "targetParticipant")?;
    check_present(world, call_id, &target)?;
    check_operation_url(world, request.operation_callback_uri.as_deref())?;
    let listening = &mut connected_call(world, call_id)?.listening;
    let Some(at) = listening.iter().position(|one| one.is_of(&target)) else {
        return Err(Answer::acs(
            400,
            subcode::NOT_VALID_IN_STATE,
            "Continuous DTMF recognition of this participant was not started.",
        ));
    };
    let stopped = listening.remove(at);
    let emission = Emission::success(
        request.operation_context.or(stopped.context),
        request.operation_callback_uri.or(stopped.url),
    );
    emit(world, call_id, "ContinuousDtmfRecognitionStopped", emission);
    Ok(Answer::empty(200))
}

/// A participant left: nobody waits for their keys.
pub(crate) fn target_left(world: &mut World, call_id: &str, raw_id: &str) {
    if let Some(call) = world.calls.get_mut(call_id) {
        call.listening.retain(|one| !one.is_of(raw_id));
    }
}

/// A key was pressed: whoever listens without end is told; whether somebody does.
pub(crate) fn pressed(world: &mut World, call_id: &str, raw_id: &str, tone: Tone) -> bool {
    let Some(listening) = world
        .calls
        .get_mut(call_id)
        .and_then(|call| call.listening.iter_mut().find(|one| one.is_of(raw_id)))
    else {
        return false;
    };
    listening.sequence += 1;
    let sequence = listening.sequence;
    let emission = Emission::success(listening.context.clone(), listening.url.clone());
    let (event, emission) = match world.strike(Symptom::ToneFailed) {
        Some(Effect::ToneFailed { sub_code }) => {
            let sub_code = sub_code.unwrap_or(subcode::UNKNOWN);
            (
                "ContinuousDtmfRecognitionToneFailed",
                emission.result(400, sub_code, BY_FAULT),
            )
        }
        _ => (
            "ContinuousDtmfRecognitionToneReceived",
            emission
                .with("sequenceId", json!(sequence))
                .with("tone", json!(tone)),
        ),
    };
    emit(world, call_id, event, emission);
    true
}
