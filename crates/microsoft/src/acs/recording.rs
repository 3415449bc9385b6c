//! Recording of a call by the service: start, look at, pause, resume, stop.
//!
//! In Teams Phone extensibility it is by call connection, sound alone, and WAV (reference 3). The file
//! itself is fetched from storage, by the address that Event Grid announces.

use super::API_VERSION;
use super::identifier::Identifier;
use crate::request::{Method, Repeatability, Request};
use crate::wire::{null_is_default, percent_encode, wire_enum};
use serde::{Deserialize, Serialize};

wire_enum! {
    /// `RecordingContentType`.
    RecordingContent {
        Audio => "audio",
        AudioVideo => "audioVideo",
        Unknown => "unknown",
    } else Unknown
}

wire_enum! {
    /// `RecordingChannelType`: one mix, or a channel for each participant.
    RecordingChannel {
        Mixed => "mixed",
        Unmixed => "unmixed",
        Unknown => "unknown",
    } else Unknown
}

wire_enum! {
    /// `RecordingFormatType`.
    RecordingFormat {
        Wav => "wav",
        Mp3 => "mp3",
        Mp4 => "mp4",
        Unknown => "unknown",
    } else Unknown
}

wire_enum! {
    /// `RecordingState`; a paused recording is inactive.
    RecordingState {
        Active => "active",
        Inactive => "inactive",
        Unknown => "unknown",
    } else Unknown
}

wire_enum! {
    /// `RecordingKind`: who records.
    RecordingKind {
        AzureCommunicationServices => "azureCommunicationServices",
        Teams => "teams",
        TeamsCompliance => "teamsCompliance",
        Unknown => "unknown",
    } else Unknown
}

/// `CallLocator`: a call by what others call it. Refused for Teams Phone extensibility.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CallLocator {
    pub kind: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server_call_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group_call_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub room_id: Option<String>,
}

impl CallLocator {
    /// A call by the id that every connection to it has in common.
    #[must_use]
    pub fn server_call(server_call_id: impl Into<String>) -> Self {
        Self {
            kind: "serverCallLocator".to_owned(),
            server_call_id: Some(server_call_id.into()),
            ..Self::default()
        }
    }
}

/// `ChannelAffinity`: which channel of an unmixed recording is whose.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChannelAffinity {
    /// 0 to 4.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<u32>,
    pub participant: Identifier,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StartRecordingRequest {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call_locator: Option<CallLocator>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call_connection_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recording_state_callback_uri: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recording_content_type: Option<RecordingContent>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recording_channel_type: Option<RecordingChannel>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recording_format_type: Option<RecordingFormat>,
    #[serde(
        default,
        deserialize_with = "null_is_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub audio_channel_participant_ordering: Vec<Identifier>,
    #[serde(
        default,
        deserialize_with = "null_is_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub channel_affinity: Vec<ChannelAffinity>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pause_on_start: Option<bool>,
    /// `ExternalStorage`, kept as it came: Tandem fetches its recordings itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_storage: Option<serde_json::Value>,
}

impl StartRecordingRequest {
    /// What Teams Phone extensibility takes: this call's sound, as WAV.
    #[must_use]
    pub fn of_call(call_connection_id: impl Into<String>, channels: RecordingChannel) -> Self {
        Self {
            call_connection_id: Some(call_connection_id.into()),
            recording_content_type: Some(RecordingContent::Audio),
            recording_channel_type: Some(channels),
            recording_format_type: Some(RecordingFormat::Wav),
            ..Self::default()
        }
    }
}

/// `RecordingStateResponse`: the answer of start and get.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RecordingStateResponse {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recording_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recording_state: Option<RecordingState>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recording_kind: Option<RecordingKind>,
}

impl RecordingStateResponse {
    /// Reads the answer of start or get.
    ///
    /// # Errors
    /// When the body is not JSON of this shape.
    pub fn parse(body: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(body)
    }
}

/// `POST /calling/recordings`, 202 by call connection; then RecordingStateChanged or StartRecordingFailed.
#[must_use]
pub fn start(body: &StartRecordingRequest, repeatability: Repeatability) -> Request {
    let path = format!("/calling/recordings?api-version={API_VERSION}");
    Request::with_json(Method::Post, path, body).repeatable(repeatability)
}

/// `GET /calling/recordings/{id}`, 200.
#[must_use]
pub fn get(recording_id: &str) -> Request {
    Request::without_body(Method::Get, recording(recording_id, ""))
}

/// `DELETE /calling/recordings/{id}`, 204.
#[must_use]
pub fn stop(recording_id: &str) -> Request {
    Request::without_body(Method::Delete, recording(recording_id, ""))
}

/// `POST /calling/recordings/{id}:pause`, 202.
#[must_use]
pub fn pause(recording_id: &str) -> Request {
    Request::without_body(Method::Post, recording(recording_id, ":pause"))
}

/// `POST /calling/recordings/{id}:resume`, 202.
#[must_use]
pub fn resume(recording_id: &str) -> Request {
    Request::without_body(Method::Post, recording(recording_id, ":resume"))
}

/// `GET` of a file in storage, by the path and query of the place that Event Grid announced. There is no
/// api-version in it (reference 3.2).
#[must_use]
pub fn content(path_and_query: String) -> Request {
    Request::without_body(Method::Get, path_and_query)
}

fn recording(recording_id: &str, tail: &str) -> String {
    format!(
        "/calling/recordings/{}{tail}?api-version={API_VERSION}",
        percent_encode(recording_id)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recording_of_a_call_is_its_sound_as_wav() {
        let request = start(
            &StartRecordingRequest {
                recording_state_callback_uri: Some("https://t/cb".to_owned()),
                ..StartRecordingRequest::of_call("c", RecordingChannel::Unmixed)
            },
            Repeatability {
                request_id: "id".to_owned(),
                first_sent: "date".to_owned(),
            },
        );
        assert_eq!(
            request.path_and_query,
            "/calling/recordings?api-version=2026-03-12"
        );
        assert_eq!(
            std::str::from_utf8(request.body_bytes()),
            Ok(
                r#"{"callConnectionId":"c","recordingStateCallbackUri":"https://t/cb","recordingContentType":"audio","recordingChannelType":"unmixed","recordingFormatType":"wav"}"#
            )
        );
        assert!(request.repeatability.is_some());
    }

    #[test]
    fn requests_of_a_running_recording_have_no_body() {
        let requests = [get("r/1"), stop("r/1"), pause("r/1"), resume("r/1")];
        let seen: Vec<_> = requests
            .iter()
            .map(|request| (request.method, request.path_and_query.as_str()))
            .collect();
        let path = "/calling/recordings/r%2F1?api-version=2026-03-12";
        assert_eq!(
            seen,
            [
                (Method::Get, path),
                (Method::Delete, path),
                (
                    Method::Post,
                    "/calling/recordings/r%2F1:pause?api-version=2026-03-12"
                ),
                (
                    Method::Post,
                    "/calling/recordings/r%2F1:resume?api-version=2026-03-12"
                ),
            ]
        );
        assert!(requests.iter().all(|request| request.body.is_none()));
    }

    #[test]
    fn state_is_read_in_any_case_and_a_later_one_is_unknown() {
        let read = |state: &str| {
            let body = format!(
                r#"{{"recordingId":"r","recordingState":"{state}","recordingKind":"azureCommunicationServices"}}"#
            );
            RecordingStateResponse::parse(body.as_bytes())
                .unwrap()
                .recording_state
        };
        assert_eq!(read("Inactive"), Some(RecordingState::Inactive));
        assert_eq!(read("rewinding"), Some(RecordingState::Unknown));
    }
}
