//! Callbacks of Call Automation as facts about a call: a pure function.

use tandem_core::ids::EffectId;
use tandem_core::input::{CallFact, Collected, MediaEnd, NotJoined};
use tandem_microsoft::acs::error::subcode;
use tandem_microsoft::acs::event::{Callback, Event, Recognized, ResultInformation};
use tandem_microsoft::acs::identifier::{Identifier, Identity};
use tandem_microsoft::acs::media::Tone;
use tandem_microsoft::acs::participant::CallParticipant;
use tandem_microsoft::acs::recording::RecordingState;

/// What a callback says about the contact's call; nothing when it says nothing that matters.
#[must_use]
pub(crate) fn fact(callback: &Callback, phones: &Phones<'_>) -> Option<CallFact> {
    let effect = || effect_of(callback.operation_context.as_deref());
    match &callback.event {
        Event::CallConnected => Some(CallFact::LegUp {
            leg: callback.call_connection_id.clone()?,
        }),
        Event::CallDisconnected | Event::AnswerFailed => Some(CallFact::LegDown),
        Event::CreateCallFailed => Some(CallFact::NotAnswered {
            why: not_joined(callback.result.as_ref()),
        }),
        Event::ParticipantsUpdated {
            participants,
            sequence_number,
        } => Some(roster(
            participants,
            phones,
            u64::try_from(*sequence_number).ok()?,
        )),
        Event::AddParticipantSucceeded { participant } => Some(CallFact::AgentJoined {
            effect: effect()?,
            address: phones.address(participant)?,
        }),
        Event::AddParticipantFailed { .. } => Some(CallFact::AgentNotJoined {
            effect: effect()?,
            why: not_joined(callback.result.as_ref()),
        }),
        Event::PlayCompleted => prompt_ended(effect()?, MediaEnd::Completed),
        Event::PlayCanceled => prompt_ended(effect()?, MediaEnd::Canceled),
        Event::PlayFailed { .. } => {
            let code = code(callback.result.as_ref());
            prompt_ended(effect()?, MediaEnd::Failed { code })
        }
        // Those of a masked question are taken by the caller: they must not become part of a fact.
        Event::RecognizeCompleted { .. } if masked_digits(callback).is_some() => None,
        Event::RecognizeCompleted { recognized } => collected(effect()?, digits(recognized)),
        Event::RecognizeCanceled => collected(effect()?, Collected::Canceled),
        Event::RecognizeFailed { .. } => {
            collected(effect()?, not_recognized(callback.result.as_ref()))
        }
        Event::RecordingStateChanged {
            recording_id,
            state,
            ..
        } => recording_state(recording_id, *state),
        Event::StartRecordingFailed { recording_id } => Some(CallFact::RecordingFailed {
            reference: recording_id.clone(),
            code: code(callback.result.as_ref()),
        }),
        Event::HoldFailed => Some(CallFact::HoldFailed { effect: effect()? }),
        Event::CallTransferAccepted { .. } => {
            Some(CallFact::TransferAccepted { effect: effect()? })
        }
        Event::CallTransferFailed => Some(CallFact::TransferFailed {
            effect: effect()?,
            why: not_joined(callback.result.as_ref()),
        }),
        // Nothing follows from these as yet: that tones were not sent is told by nobody but the other end.
        Event::PlayStarted
        | Event::CancelAddParticipantSucceeded { .. }
        | Event::CancelAddParticipantFailed { .. }
        | Event::RemoveParticipantSucceeded { .. }
        | Event::RemoveParticipantFailed { .. }
        | Event::SendDtmfTonesCompleted
        | Event::SendDtmfTonesFailed
        | Event::ContinuousDtmfRecognitionToneReceived { .. }
        | Event::ContinuousDtmfRecognitionToneFailed
        | Event::ContinuousDtmfRecognitionStopped
        | Event::Unknown { .. } => None,
    }
}

/// A paused recording is inactive as well: the core tells it from one that is over.
fn recording_state(recording: &str, state: RecordingState) -> Option<CallFact> {
    let reference = recording.to_owned();
    match state {
        RecordingState::Active => Some(CallFact::RecordingActive { reference }),
        RecordingState::Inactive => Some(CallFact::RecordingInactive { reference }),
        RecordingState::Unknown => None,
    }
}

/// By which a question whose digits nobody is to know is told apart when its answer comes.
const MASKED: &str = "masked";

/// What the service echoes with the answer to such a question.
pub(super) fn masked_context(id: EffectId) -> String {
    format!("{MASKED}:{id}")
}

/// The digits that a customer entered at a masked question, and which question.
pub(super) fn masked_digits(callback: &Callback) -> Option<(EffectId, String)> {
    let context = callback.operation_context.as_deref()?;
    context.strip_prefix(MASKED)?;
    let Event::RecognizeCompleted { recognized } = &callback.event else {
        return None;
    };
    match digits(recognized) {
        Collected::Digits(digits) => Some((effect_of(Some(context))?, digits)),
        Collected::Masked(_)
        | Collected::NoInput
        | Collected::Canceled
        | Collected::Failed { .. } => None,
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

fn roster(participants: &[CallParticipant], phones: &Phones<'_>, sequence: u64) -> CallFact {
    let (customer, agents) = present(participants, phones);
    CallFact::Roster {
        sequence,
        customer,
        agents,
    }
}

/// How phones are told apart: some may be there because we called them.
pub(crate) struct Phones<'a> {
    /// The opaque addresses of the phones that were called into the call.
    pub(crate) called: &'a [String],
    /// The opaque address of a number in E.164 form.
    pub(crate) address_of: &'a dyn Fn(&str) -> String,
}

impl Phones<'_> {
    /// The opaque address of a participant who is not the customer.
    fn address(&self, identifier: &Identifier) -> Option<String> {
        let agent = identifier.teams_user_oid();
        let agent = agent.map(|oid| oid.to_ascii_lowercase());
        agent.or_else(|| Some((self.address_of)(&identifier.phone()?)))
    }

    fn is_called(&self, identifier: &Identifier) -> bool {
        let is_phone = !self.called.is_empty() && identifier.teams_user_oid().is_none();
        let address = self.address(identifier).filter(|_| is_phone);
        address.is_some_and(|address| self.called.contains(&address))
    }
}

/// Whether the customer is among these, and the opaque addresses of those who are not the customer.
pub(crate) fn present(
    participants: &[CallParticipant],
    phones: &Phones<'_>,
) -> (bool, Vec<String>) {
    let (mut customer, mut others) = (false, Vec::new());
    for participant in participants {
        let identifier = &participant.identifier;
        if identifier.teams_user_oid().is_some() || phones.is_called(identifier) {
            others.extend(phones.address(identifier));
        } else {
            customer |= is_customer(identifier);
        }
    }
    (customer, others)
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
        486 => NotJoined::Busy,
        603 => NotJoined::Declined,
        408 | 480 | 487 => NotJoined::NoAnswer,
        _ if is(subcode::CALLEE_DECLINED) => NotJoined::Declined,
        _ if is(subcode::CALLEE_BUSY) => NotJoined::Busy,
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
