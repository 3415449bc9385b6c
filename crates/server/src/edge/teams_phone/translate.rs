//! Callbacks of Call Automation as facts about a call: a pure function.

use tandem_core::ids::EffectId;
use tandem_core::input::{CallFact, Collected, MediaEnd, NotJoined};
use tandem_microsoft::acs::error::subcode;
use tandem_microsoft::acs::event::{Callback, Event, Recognized, ResultInformation};
use tandem_microsoft::acs::identifier::{Identifier, Identity};
use tandem_microsoft::acs::media::Tone;
use tandem_microsoft::acs::participant::CallParticipant;

/// What a callback says about the contact's call; nothing when it says nothing that matters.
#[must_use]
pub(crate) fn fact(callback: &Callback) -> Option<CallFact> {
    let effect = || effect_of(callback.operation_context.as_deref());
    match &callback.event {
        Event::CallConnected => Some(CallFact::LegUp {
            leg: callback.call_connection_id.clone()?,
        }),
        Event::CallDisconnected | Event::AnswerFailed | Event::CreateCallFailed => {
            Some(CallFact::LegDown)
        }
        Event::ParticipantsUpdated {
            participants,
            sequence_number,
        } => Some(roster(participants, u64::try_from(*sequence_number).ok()?)),
        Event::AddParticipantSucceeded { participant } => Some(CallFact::AgentJoined {
            effect: effect()?,
            address: participant.teams_user_oid()?.to_ascii_lowercase(),
        }),
        Event::AddParticipantFailed { .. } => {
            let why = not_joined(callback.result.as_ref());
            Some(CallFact::AgentNotJoined {
                effect: effect()?,
                why,
            })
        }
        Event::PlayCompleted => prompt_ended(effect()?, MediaEnd::Completed),
        Event::PlayCanceled => prompt_ended(effect()?, MediaEnd::Canceled),
        Event::PlayFailed { .. } => {
            let code = code(callback.result.as_ref());
            prompt_ended(effect()?, MediaEnd::Failed { code })
        }
        Event::RecognizeCompleted { recognized } => collected(effect()?, digits(recognized)),
        Event::RecognizeCanceled => collected(effect()?, Collected::Canceled),
        Event::RecognizeFailed { .. } => {
            collected(effect()?, not_recognized(callback.result.as_ref()))
        }
        Event::PlayStarted
        | Event::CancelAddParticipantSucceeded { .. }
        | Event::CancelAddParticipantFailed { .. }
        | Event::RemoveParticipantSucceeded { .. }
        | Event::RemoveParticipantFailed { .. }
        // No flow orders these yet.
        | Event::HoldFailed
        | Event::CallTransferAccepted { .. }
        | Event::CallTransferFailed
        | Event::SendDtmfTonesCompleted
        | Event::SendDtmfTonesFailed
        | Event::ContinuousDtmfRecognitionToneReceived { .. }
        | Event::ContinuousDtmfRecognitionToneFailed
        | Event::ContinuousDtmfRecognitionStopped
        | Event::RecordingStateChanged { .. }
        | Event::StartRecordingFailed { .. }
        | Event::Unknown { .. } => None,
    }
}

/// Reads back the context that an operation was given.
fn effect_of(context: Option<&str>) -> Option<EffectId> {
    let (_, number) = context?.rsplit_once(':')?;
    number.parse().ok().map(EffectId)
}

const fn prompt_ended(effect: EffectId, end: MediaEnd) -> Option<CallFact> {
    Some(CallFact::PromptEnded { effect, end })
}

const fn collected(effect: EffectId, result: Collected) -> Option<CallFact> {
    Some(CallFact::Collected { effect, result })
}

fn roster(participants: &[CallParticipant], sequence: u64) -> CallFact {
    let (customer, agents) = present(participants);
    CallFact::Roster {
        sequence,
        customer,
        agents,
    }
}

/// Whether the customer is among these, and the agents who are.
pub(crate) fn present(participants: &[CallParticipant]) -> (bool, Vec<String>) {
    let agents = participants
        .iter()
        .filter_map(|participant| participant.identifier.teams_user_oid())
        .map(|oid| oid.to_ascii_lowercase())
        .collect();
    let customer = participants
        .iter()
        .any(|participant| is_customer(&participant.identifier));
    (customer, agents)
}

/// In a call that came in, whoever is no agent is the customer.
fn is_customer(identifier: &Identifier) -> bool {
    match identifier.identity() {
        Some(
            Identity::Phone { .. }
            | Identity::AnonymousPhone
            | Identity::TeamsVisitor { .. }
            | Identity::AcsUser { .. }
            | Identity::Unknown { .. },
        ) => true,
        Some(
            Identity::TeamsUser { .. }
            | Identity::TeamsExtensionUser { .. }
            | Identity::TeamsApp { .. },
        )
        | None => false,
    }
}

fn code(result: Option<&ResultInformation>) -> String {
    result.map_or_else(|| "unknown".to_owned(), |it| it.sub_code.to_string())
}

fn not_joined(result: Option<&ResultInformation>) -> NotJoined {
    let Some(result) = result else {
        return NotJoined::Failed;
    };
    let is = |wanted: u32| i64::from(result.sub_code) == i64::from(wanted);
    match result.code {
        603 => NotJoined::Declined,
        408 | 480 | 487 => NotJoined::NoAnswer,
        _ if is(subcode::CALLEE_DECLINED) || is(subcode::CALLEE_BUSY) => NotJoined::Declined,
        _ if is(subcode::INVITE_TIMED_OUT) || is(subcode::NOT_ANSWERED_IN_TIME) => {
            NotJoined::NoAnswer
        }
        _ => NotJoined::Failed,
    }
}

fn digits(recognized: &Recognized) -> Collected {
    match recognized {
        Recognized::Dtmf { tones } if tones.is_empty() => Collected::NoInput,
        Recognized::Dtmf { tones } => {
            Collected::Digits(tones.iter().filter_map(|tone: &Tone| tone.key()).collect())
        }
        Recognized::Choice { label, .. } => Collected::Digits(label.clone()),
        Recognized::Speech { .. } | Recognized::Nothing => Collected::Failed {
            code: "no-digits".to_owned(),
        },
    }
}

fn not_recognized(result: Option<&ResultInformation>) -> Collected {
    let silent = result.is_some_and(|it| {
        let sub_code = i64::from(it.sub_code);
        sub_code == i64::from(subcode::INITIAL_SILENCE)
            || sub_code == i64::from(subcode::INTER_DIGIT_TIMEOUT)
    });
    if silent {
        Collected::NoInput
    } else {
        Collected::Failed { code: code(result) }
    }
}
