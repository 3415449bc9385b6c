//! Callback events of Call Automation: the CloudEvents envelope and what each event says.
//!
//! Reading never trusts a callback to be complete: members are optional, types that are not known
//! are `Unknown`, and a consumer de-duplicates on `id` (acs-call-automation.md 4.2).

use super::identifier::Identifier;
use super::media::Tone;
use super::participant::CallParticipant;
use super::recording::{RecordingKind, RecordingState};
use crate::limits;
use crate::wire::null_is_default;
use serde::{Deserialize, Serialize};

/// Every type starts with this.
pub const TYPE_PREFIX: &str = "Microsoft.Communication.";

/// `resultInformation`: a class like HTTP or SIP, a subcode, and optionally where it came from.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ResultInformation {
    #[serde(default, deserialize_with = "null_is_default")]
    pub code: i32,
    #[serde(default, deserialize_with = "null_is_default")]
    pub sub_code: i32,
    #[serde(default, deserialize_with = "null_is_default")]
    pub message: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sip_details: Option<DiagnosticInfo>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub q850_details: Option<DiagnosticInfo>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct DiagnosticInfo {
    #[serde(default, deserialize_with = "null_is_default")]
    pub code: i32,
    #[serde(default, deserialize_with = "null_is_default")]
    pub message: String,
}

/// What a completed recognition found.
#[derive(Debug, Clone, PartialEq)]
pub enum Recognized {
    Dtmf {
        tones: Vec<Tone>,
    },
    Speech {
        text: String,
        confidence: Option<f64>,
    },
    Choice {
        label: String,
        phrase: Option<String>,
        confidence: Option<f64>,
    },
    /// The result object was missing or of a kind that is not known.
    Nothing,
}

/// What happened. Events of operations that Tandem does not use yet arrive as `Unknown`.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    CallConnected,
    CallDisconnected,
    CreateCallFailed,
    AnswerFailed,
    ParticipantsUpdated {
        participants: Vec<CallParticipant>,
        sequence_number: i64,
    },
    AddParticipantSucceeded {
        participant: Identifier,
    },
    AddParticipantFailed {
        participant: Identifier,
    },
    CancelAddParticipantSucceeded {
        invitation_id: String,
    },
    CancelAddParticipantFailed {
        invitation_id: String,
    },
    RemoveParticipantSucceeded {
        participant: Identifier,
    },
    RemoveParticipantFailed {
        participant: Identifier,
    },
    PlayStarted,
    PlayCompleted,
    PlayFailed {
        failed_play_source_index: Option<i32>,
    },
    PlayCanceled,
    RecognizeCompleted {
        recognized: Recognized,
    },
    RecognizeFailed {
        failed_play_source_index: Option<i32>,
    },
    RecognizeCanceled,
    /// Hold has no event of success: `isOnHold` in `ParticipantsUpdated` says it.
    HoldFailed,
    CallTransferAccepted {
        transfer_target: Box<Identifier>,
        transferee: Box<Identifier>,
    },
    CallTransferFailed,
    SendDtmfTonesCompleted,
    SendDtmfTonesFailed,
    ContinuousDtmfRecognitionToneReceived {
        tone: Tone,
        sequence_id: i32,
    },
    ContinuousDtmfRecognitionToneFailed,
    ContinuousDtmfRecognitionStopped,
    /// Its call connection is the recorder's own, not the call's: go by `recording_id`.
    RecordingStateChanged {
        recording_id: String,
        state: RecordingState,
        kind: Option<RecordingKind>,
        /// As sent, an RFC 3339 text.
        started_at: Option<String>,
    },
    StartRecordingFailed {
        recording_id: String,
    },
    Unknown {
        event_type: String,
    },
}

/// One callback, with the members that all of them share.
#[derive(Debug, Clone, PartialEq)]
pub struct Callback {
    /// De-duplicate on this.
    pub id: String,
    pub source: String,
    /// As sent; an RFC 3339 text with seven fraction digits.
    pub time: Option<String>,
    pub call_connection_id: Option<String>,
    pub server_call_id: Option<String>,
    pub correlation_id: Option<String>,
    /// The key Tandem gave with the operation, echoed.
    pub operation_context: Option<String>,
    pub result: Option<ResultInformation>,
    pub event: Event,
}

/// Why a callback body is refused.
#[derive(Debug, thiserror::Error)]
pub enum ParseError {
    #[error("the body has {bytes} bytes, more than {max}", max = limits::CALLBACK_BYTES_MAX)]
    TooLong { bytes: usize },
    #[error("the body has {events} events, more than {max}", max = limits::CALLBACK_EVENTS_MAX)]
    TooMany { events: usize },
    #[error("the body is not a CloudEvent or an array of them: {0}")]
    Json(#[source] serde_json::Error),
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    Many(Vec<Envelope>),
    One(Box<Envelope>),
}

#[derive(Deserialize)]
struct Envelope {
    id: String,
    #[serde(rename = "type")]
    event_type: String,
    #[serde(default, deserialize_with = "null_is_default")]
    source: String,
    #[serde(default)]
    time: Option<String>,
    #[serde(default, deserialize_with = "null_is_default")]
    data: Data,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Data {
    call_connection_id: Option<String>,
    server_call_id: Option<String>,
    correlation_id: Option<String>,
    operation_context: Option<String>,
    result_information: Option<ResultInformation>,
    participant: Option<Identifier>,
    participants: Option<Vec<CallParticipant>>,
    sequence_number: Option<i64>,
    invitation_id: Option<String>,
    failed_play_source_index: Option<i32>,
    recognition_type: Option<String>,
    dtmf_result: Option<DtmfResult>,
    speech_result: Option<SpeechResult>,
    choice_result: Option<ChoiceResult>,
    transfer_target: Option<Identifier>,
    transferee: Option<Identifier>,
    tone: Option<Tone>,
    sequence_id: Option<i32>,
    recording_id: Option<String>,
    state: Option<RecordingState>,
    recording_kind: Option<RecordingKind>,
    start_date_time: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct DtmfResult {
    #[serde(deserialize_with = "null_is_default")]
    tones: Vec<Tone>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct SpeechResult {
    #[serde(deserialize_with = "null_is_default")]
    speech: String,
    confidence: Option<f64>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct ChoiceResult {
    #[serde(deserialize_with = "null_is_default")]
    label: String,
    recognized_phrase: Option<String>,
    confidence: Option<f64>,
}

/// Reads a callback body: an array, as the service sends it, or a single event.
///
/// # Errors
/// When the body is above its limits or not CloudEvents at all. Types that are not known are no error.
pub fn parse(body: &[u8]) -> Result<Vec<Callback>, ParseError> {
    if body.len() > limits::CALLBACK_BYTES_MAX {
        return Err(ParseError::TooLong { bytes: body.len() });
    }
    let envelopes = match serde_json::from_slice(body).map_err(ParseError::Json)? {
        OneOrMany::Many(envelopes) => envelopes,
        OneOrMany::One(envelope) => vec![*envelope],
    };
    if envelopes.len() > limits::CALLBACK_EVENTS_MAX {
        return Err(ParseError::TooMany {
            events: envelopes.len(),
        });
    }
    Ok(envelopes.into_iter().map(read).collect())
}

fn read(envelope: Envelope) -> Callback {
    let mut data = envelope.data;
    Callback {
        call_connection_id: data.call_connection_id.take(),
        server_call_id: data.server_call_id.take(),
        correlation_id: data.correlation_id.take(),
        operation_context: data.operation_context.take(),
        result: data.result_information.take(),
        event: event(&envelope.event_type, data),
        id: envelope.id,
        source: envelope.source,
        time: envelope.time,
    }
}

fn event(event_type: &str, data: Data) -> Event {
    let participant = data.participant.clone().unwrap_or_default();
    let invitation_id = data.invitation_id.clone().unwrap_or_default();
    let failed_play_source_index = data.failed_play_source_index;
    match event_type.strip_prefix(TYPE_PREFIX).unwrap_or(event_type) {
        "CallConnected" => Event::CallConnected,
        "CallDisconnected" => Event::CallDisconnected,
        "CreateCallFailed" => Event::CreateCallFailed,
        "AnswerFailed" => Event::AnswerFailed,
        "ParticipantsUpdated" => Event::ParticipantsUpdated {
            participants: data.participants.unwrap_or_default(),
            sequence_number: data.sequence_number.unwrap_or_default(),
        },
        "AddParticipantSucceeded" => Event::AddParticipantSucceeded { participant },
        "AddParticipantFailed" => Event::AddParticipantFailed { participant },
        "CancelAddParticipantSucceeded" => Event::CancelAddParticipantSucceeded { invitation_id },
        "CancelAddParticipantFailed" => Event::CancelAddParticipantFailed { invitation_id },
        "RemoveParticipantSucceeded" => Event::RemoveParticipantSucceeded { participant },
        "RemoveParticipantFailed" => Event::RemoveParticipantFailed { participant },
        "PlayStarted" => Event::PlayStarted,
        "PlayCompleted" => Event::PlayCompleted,
        "PlayFailed" => Event::PlayFailed {
            failed_play_source_index,
        },
        "PlayCanceled" => Event::PlayCanceled,
        "RecognizeCompleted" => Event::RecognizeCompleted {
            recognized: recognized(data),
        },
        "RecognizeFailed" => Event::RecognizeFailed {
            failed_play_source_index,
        },
        "RecognizeCanceled" => Event::RecognizeCanceled,
        other => later_event(other, data).unwrap_or_else(|| Event::Unknown {
            event_type: event_type.to_owned(),
        }),
    }
}

/// Events of what happens later in a call: hold, transfer, digits, recording.
fn later_event(name: &str, data: Data) -> Option<Event> {
    let recording_id = data.recording_id.unwrap_or_default();
    Some(match name {
        "HoldFailed" => Event::HoldFailed,
        "CallTransferAccepted" => Event::CallTransferAccepted {
            transfer_target: Box::new(data.transfer_target.unwrap_or_default()),
            transferee: Box::new(data.transferee.unwrap_or_default()),
        },
        "CallTransferFailed" => Event::CallTransferFailed,
        "SendDtmfTonesCompleted" => Event::SendDtmfTonesCompleted,
        "SendDtmfTonesFailed" => Event::SendDtmfTonesFailed,
        "ContinuousDtmfRecognitionToneReceived" => Event::ContinuousDtmfRecognitionToneReceived {
            tone: data.tone.unwrap_or(Tone::Unknown),
            sequence_id: data.sequence_id.unwrap_or_default(),
        },
        "ContinuousDtmfRecognitionToneFailed" => Event::ContinuousDtmfRecognitionToneFailed,
        "ContinuousDtmfRecognitionStopped" => Event::ContinuousDtmfRecognitionStopped,
        "RecordingStateChanged" => Event::RecordingStateChanged {
            recording_id,
            state: data.state.unwrap_or(RecordingState::Unknown),
            kind: data.recording_kind,
            started_at: data.start_date_time,
        },
        "StartRecordingFailed" => Event::StartRecordingFailed { recording_id },
        _ => return None,
    })
}

fn recognized(data: Data) -> Recognized {
    let dtmf = |result: DtmfResult| Recognized::Dtmf {
        tones: result.tones,
    };
    let speech = |result: SpeechResult| Recognized::Speech {
        text: result.speech,
        confidence: result.confidence,
    };
    let choice = |result: ChoiceResult| Recognized::Choice {
        label: result.label,
        phrase: result.recognized_phrase,
        confidence: result.confidence,
    };
    let kind = data
        .recognition_type
        .unwrap_or_default()
        .to_ascii_lowercase();
    let found = match kind.as_str() {
        "dtmf" => data.dtmf_result.map(dtmf),
        "speech" => data.speech_result.map(speech),
        "choices" => data.choice_result.map(choice),
        // The result object decides when the type is missing.
        _ => data
            .dtmf_result
            .map(dtmf)
            .or_else(|| data.speech_result.map(speech))
            .or_else(|| data.choice_result.map(choice)),
    };
    found.unwrap_or(Recognized::Nothing)
}

#[cfg(test)]
mod tests;
