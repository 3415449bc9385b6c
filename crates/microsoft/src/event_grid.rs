//! Event Grid deliveries in the Event Grid schema: the validation handshake and incoming calls.
//!
//! Call-state events are not emitted for Teams Phone extensibility (acs-call-automation.md 6.2), so
//! everything but validation, IncomingCall and the files of recordings is `Unknown`. Who may deliver is
//! `entra`'s question.

use crate::acs::call::CustomContext;
use crate::acs::identifier::Identifier;
use crate::limits;
use crate::wire::null_is_default;
use serde::{Deserialize, Serialize};

/// `SubscriptionValidation`, `Notification` or `SubscriptionDeletion`.
pub const EVENT_TYPE_HEADER: &str = "aeg-event-type";
pub const SUBSCRIPTION_NAME_HEADER: &str = "aeg-subscription-name";
pub const DELIVERY_COUNT_HEADER: &str = "aeg-delivery-count";
pub const DATA_VERSION_HEADER: &str = "aeg-data-version";
pub const METADATA_VERSION_HEADER: &str = "aeg-metadata-version";

pub const VALIDATION_EVENT: &str = "Microsoft.EventGrid.SubscriptionValidationEvent";
pub const DELETED_EVENT: &str = "Microsoft.EventGrid.SubscriptionDeletedEvent";
pub const INCOMING_CALL_EVENT: &str = "Microsoft.Communication.IncomingCall";
pub const RECORDING_FILE_EVENT: &str = "Microsoft.Communication.RecordingFileStatusUpdated";

/// The first-party application that delivers with an Entra token (reference 6.1).
pub const DELIVERY_APP_ID: &str = "4962773b-9cdb-44cf-a8bf-237846a00ab7";

/// The Event Grid schema, for whoever sends it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Envelope {
    pub id: String,
    #[serde(default)]
    pub topic: String,
    #[serde(default)]
    pub subject: String,
    #[serde(default)]
    pub data: serde_json::Value,
    pub event_type: String,
    #[serde(default)]
    pub data_version: String,
    #[serde(default)]
    pub metadata_version: String,
    #[serde(default)]
    pub event_time: String,
}

/// `data` of an IncomingCall (B-167).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IncomingCall {
    /// `28:orgid:<oid>` with kind `unknown`: read it with `identifier::resource_account_oid` (B-168).
    pub to: Identifier,
    pub from: Identifier,
    pub server_call_id: String,
    #[serde(default, deserialize_with = "null_is_default")]
    pub caller_display_name: String,
    #[serde(default, deserialize_with = "null_is_default")]
    pub custom_context: CustomContext,
    pub incoming_call_context: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_behalf_of_callee: Option<Identifier>,
    #[serde(default, deserialize_with = "null_is_default")]
    pub correlation_id: String,
}

/// `data` of a RecordingFileStatusUpdated, and the recording that the subject names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordingFile {
    /// None when the subject names none.
    pub recording_id: Option<String>,
    /// Where the files of the recording are, in order; more than one when it was longer than one may be.
    pub content_locations: Vec<String>,
    /// How long the recording is, as the service counts.
    pub duration_ms: Option<u64>,
}

/// What a delivery says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Payload {
    /// Answer 200 with [`validation_response`] within 30 s.
    SubscriptionValidation {
        validation_code: String,
        validation_url: Option<String>,
    },
    IncomingCall(Box<IncomingCall>),
    RecordingFile(RecordingFile),
    Unknown {
        event_type: String,
    },
}

/// One event of a delivery. The same one can arrive twice: de-duplicate on `incoming_call_context`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    pub id: String,
    pub topic: String,
    pub subject: String,
    pub event_time: String,
    pub payload: Payload,
}

/// Why a delivery is refused.
#[derive(Debug, thiserror::Error)]
pub enum ParseError {
    #[error("the body has {bytes} bytes, more than {max}", max = limits::EVENT_GRID_BYTES_MAX)]
    TooLong { bytes: usize },
    #[error("the body has {events} events, more than {max}", max = limits::EVENT_GRID_EVENTS_MAX)]
    TooMany { events: usize },
    #[error("the body is not an array of Event Grid events: {0}")]
    Json(#[source] serde_json::Error),
    #[error("the data of {event_type} is not what it must be: {source}")]
    Data {
        event_type: &'static str,
        #[source]
        source: serde_json::Error,
    },
    #[error("incomingCallContext has {bytes} bytes, more than {max}", max = limits::INCOMING_CALL_CONTEXT_BYTES_MAX)]
    ContextTooLong { bytes: usize },
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Validation {
    validation_code: String,
    #[serde(default)]
    validation_url: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RecordingData {
    recording_storage_info: StorageInfo,
    #[serde(default)]
    recording_duration_ms: Option<u64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct StorageInfo {
    #[serde(default, deserialize_with = "null_is_default")]
    recording_chunks: Vec<Chunk>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Chunk {
    #[serde(default)]
    index: u64,
    content_location: String,
}

impl RecordingData {
    fn file(self, subject: &str) -> RecordingFile {
        let mut chunks = self.recording_storage_info.recording_chunks;
        chunks.sort_by_key(|chunk| chunk.index);
        let named = subject.rsplit_once("/recordingId/");
        RecordingFile {
            recording_id: named.map(|(_, id)| id.to_owned()),
            content_locations: chunks.into_iter().map(|it| it.content_location).collect(),
            duration_ms: self.recording_duration_ms,
        }
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    Many(Vec<Envelope>),
    One(Box<Envelope>),
}

/// Reads a delivery.
///
/// # Errors
/// When it is above its limits or not of the Event Grid schema. Types that are not known are no error.
pub fn parse(body: &[u8]) -> Result<Vec<Notification>, ParseError> {
    if body.len() > limits::EVENT_GRID_BYTES_MAX {
        return Err(ParseError::TooLong { bytes: body.len() });
    }
    let envelopes = match serde_json::from_slice(body).map_err(ParseError::Json)? {
        OneOrMany::Many(envelopes) => envelopes,
        OneOrMany::One(envelope) => vec![*envelope],
    };
    if envelopes.len() > limits::EVENT_GRID_EVENTS_MAX {
        return Err(ParseError::TooMany {
            events: envelopes.len(),
        });
    }
    envelopes.into_iter().map(read).collect()
}

/// The body that answers the handshake (B-165).
#[must_use]
pub fn validation_response(validation_code: &str) -> Vec<u8> {
    serde_json::json!({ "validationResponse": validation_code })
        .to_string()
        .into_bytes()
}

fn read(envelope: Envelope) -> Result<Notification, ParseError> {
    let payload = match envelope.event_type.as_str() {
        VALIDATION_EVENT => {
            let data: Validation =
                serde_json::from_value(envelope.data).map_err(|source| ParseError::Data {
                    event_type: VALIDATION_EVENT,
                    source,
                })?;
            Payload::SubscriptionValidation {
                validation_code: data.validation_code,
                validation_url: data.validation_url,
            }
        }
        INCOMING_CALL_EVENT => {
            let call: IncomingCall =
                serde_json::from_value(envelope.data).map_err(|source| ParseError::Data {
                    event_type: INCOMING_CALL_EVENT,
                    source,
                })?;
            let bytes = call.incoming_call_context.len();
            if bytes > limits::INCOMING_CALL_CONTEXT_BYTES_MAX {
                return Err(ParseError::ContextTooLong { bytes });
            }
            Payload::IncomingCall(Box::new(call))
        }
        RECORDING_FILE_EVENT => {
            let data: RecordingData =
                serde_json::from_value(envelope.data).map_err(|source| ParseError::Data {
                    event_type: RECORDING_FILE_EVENT,
                    source,
                })?;
            Payload::RecordingFile(data.file(&envelope.subject))
        }
        _ => Payload::Unknown {
            event_type: envelope.event_type,
        },
    };
    Ok(Notification {
        id: envelope.id,
        topic: envelope.topic,
        subject: envelope.subject,
        event_time: envelope.event_time,
        payload,
    })
}

#[cfg(test)]
mod tests;
