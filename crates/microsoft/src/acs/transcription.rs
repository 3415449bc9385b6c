//! Live transcription: its options, start, stop and change, and the frames of its WebSocket.
//!
//! Offsets and durations are ticks of 100 ns in 64 bits (reference 5.2).

use super::call::connection;
use super::streaming::{FrameError, SubscriptionState};
use crate::limits;
use crate::request::{Method, Request};
use serde::{Deserialize, Serialize};

/// `WebSocketTranscriptionOptions`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TranscriptionOptions {
    pub transport_type: String,
    pub locale: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transport_url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub speech_model_endpoint_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start_transcription: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enable_intermediate_results: Option<bool>,
}

/// `TranscriptionSubscription` of `CallConnectionProperties`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TranscriptionSubscription {
    pub id: String,
    pub state: SubscriptionState,
    pub subscribed_result_types: Vec<String>,
    pub locale: String,
}

/// `StartTranscriptionRequest`, and `UpdateTranscriptionRequest`; stop names no locale.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TranscriptionRequest {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub speech_model_endpoint_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation_context: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation_callback_uri: Option<String>,
}

/// `POST .../{id}:startTranscription`, 202; TranscriptionStarted or Failed.
#[must_use]
pub fn start(call_connection_id: &str, body: &TranscriptionRequest) -> Request {
    let path = connection(call_connection_id, ":startTranscription");
    Request::with_json(Method::Post, path, body)
}

/// `POST .../{id}:stopTranscription`, 202; TranscriptionStopped.
#[must_use]
pub fn stop(call_connection_id: &str, body: &TranscriptionRequest) -> Request {
    let path = connection(call_connection_id, ":stopTranscription");
    Request::with_json(Method::Post, path, body)
}

/// `POST .../{id}:updateTranscription`, 202; TranscriptionUpdated.
#[must_use]
pub fn update(call_connection_id: &str, body: &TranscriptionRequest) -> Request {
    let path = connection(call_connection_id, ":updateTranscription");
    Request::with_json(Method::Post, path, body)
}

/// The first frame: whose call and which language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TranscriptionMetadata {
    pub subscription_id: String,
    pub locale: String,
    pub call_connection_id: String,
    pub correlation_id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub speech_recognition_model_endpoint_id: Option<String>,
}

/// Something that somebody said.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TranscriptionData {
    pub text: String,
    pub format: String,
    pub confidence: f64,
    pub offset: u64,
    pub duration: u64,
    pub words: Vec<Word>,
    /// The capital letters are the service's.
    #[serde(rename = "participantRawID")]
    pub participant_raw_id: String,
    /// `Final` or `Intermediate`.
    pub result_status: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Word {
    pub text: String,
    pub offset: u64,
    pub duration: u64,
}

/// What the service sends.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind")]
pub enum TranscriptionFrame {
    TranscriptionMetadata {
        #[serde(rename = "transcriptionMetadata")]
        transcription_metadata: TranscriptionMetadata,
    },
    TranscriptionData {
        #[serde(rename = "transcriptionData")]
        transcription_data: TranscriptionData,
    },
}

impl TranscriptionFrame {
    /// The text on the socket.
    #[must_use]
    pub fn to_text(&self) -> String {
        serde_json::to_string(self)
            .expect("wire structs have string keys and cannot fail to serialize")
    }

    /// Reads a frame of the service.
    ///
    /// # Errors
    /// When it is above its limit or no frame of the contract.
    pub fn parse(text: &str) -> Result<Self, FrameError> {
        if text.len() > limits::STREAM_FRAME_BYTES_MAX {
            return Err(FrameError::TooLong { bytes: text.len() });
        }
        serde_json::from_str(text).map_err(|error| FrameError::Json(error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_written_as_recorded() {
        let recorded = r#"{"kind":"TranscriptionData","transcriptionData":{"text":"Testing transcription.","format":"display","confidence":0.695,"offset":2516998782481234400,"duration":12300000,"words":[{"text":"testing","offset":2516998782481234400,"duration":4000000}],"participantRawID":"8:acs:x","resultStatus":"Final"}}"#;
        let frame = TranscriptionFrame::parse(recorded).unwrap();
        assert_eq!(frame.to_text(), recorded);
        let metadata = r#"{"kind":"TranscriptionMetadata","transcriptionMetadata":{"subscriptionId":"s","locale":"en-us","callConnectionId":"c","correlationId":"k"}}"#;
        let frame = TranscriptionFrame::parse(metadata).unwrap();
        assert_eq!(frame.to_text(), metadata);
        assert!(TranscriptionFrame::parse(r#"{"kind":"AudioData"}"#).is_err());
    }

    #[test]
    fn language_is_changed_while_it_runs() {
        let body = TranscriptionRequest {
            locale: Some("de-DE".to_owned()),
            ..TranscriptionRequest::default()
        };
        let request = update("c", &body);
        assert_eq!(
            request.path_and_query,
            "/calling/callConnections/c:updateTranscription?api-version=2026-03-12"
        );
        assert_eq!(
            std::str::from_utf8(request.body_bytes()),
            Ok(r#"{"locale":"de-DE"}"#)
        );
        assert_eq!(start("c", &body).repeatability, None);
        assert_eq!(
            stop("c", &TranscriptionRequest::default()).body_bytes(),
            b"{}"
        );
    }
}
