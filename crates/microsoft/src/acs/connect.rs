//! Joining a call that runs already, and bringing participants of another call into this one.
//!
//! A call is found by its locator; a participant is moved by the connection that it leaves.

use super::API_VERSION;
use super::call::{CallIntelligenceOptions, post};
use super::identifier::Identifier;
use super::participant::CallParticipant;
use super::recording::CallLocator;
use super::streaming::MediaStreamingOptions;
use super::transcription::TranscriptionOptions;
use crate::request::{Method, Repeatability, Request};
use crate::wire::null_is_default;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConnectRequest {
    pub call_locator: CallLocator,
    pub callback_uri: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation_context: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call_intelligence_options: Option<CallIntelligenceOptions>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_streaming_options: Option<MediaStreamingOptions>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transcription_options: Option<TranscriptionOptions>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MoveParticipantsRequest {
    pub target_participants: Vec<Identifier>,
    /// The call connection that they are in.
    pub from_call: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation_context: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation_callback_uri: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MoveParticipantsResponse {
    #[serde(default, deserialize_with = "null_is_default")]
    pub participants: Vec<CallParticipant>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation_context: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_call: Option<String>,
}

/// `POST /calling/callConnections:connect`, 200; the outcome is CallConnected or ConnectFailed.
#[must_use]
pub fn connect(body: &ConnectRequest, repeatability: Repeatability) -> Request {
    let path = format!("/calling/callConnections:connect?api-version={API_VERSION}");
    Request::with_json(Method::Post, path, body).repeatable(repeatability)
}

/// `POST .../{id}/participants:moveHere`, 202; MoveParticipantSucceeded or Failed for each of them.
#[must_use]
pub fn move_here(
    call_connection_id: &str,
    body: &MoveParticipantsRequest,
    repeatability: Repeatability,
) -> Request {
    post(
        call_connection_id,
        "/participants:moveHere",
        body,
        repeatability,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::acs::identifier::phone_number;
    use crate::request::tests::once;

    #[test]
    fn running_call_is_named_by_its_server_call_id() {
        let request = connect(
            &ConnectRequest {
                call_locator: CallLocator::server_call("c2VydmVy"),
                callback_uri: "https://t/cb".to_owned(),
                ..ConnectRequest::default()
            },
            once(),
        );
        assert_eq!(
            request.path_and_query,
            "/calling/callConnections:connect?api-version=2026-03-12"
        );
        assert_eq!(
            std::str::from_utf8(request.body_bytes()),
            Ok(
                r#"{"callLocator":{"kind":"serverCallLocator","serverCallId":"c2VydmVy"},"callbackUri":"https://t/cb"}"#
            )
        );
        assert!(request.repeatability.is_some());
    }

    #[test]
    fn participants_are_moved_out_of_the_call_that_is_named() {
        let request = move_here(
            "c",
            &MoveParticipantsRequest {
                target_participants: vec![phone_number("+12065551212")],
                from_call: "other".to_owned(),
                ..MoveParticipantsRequest::default()
            },
            once(),
        );
        assert_eq!(
            request.path_and_query,
            "/calling/callConnections/c/participants:moveHere?api-version=2026-03-12"
        );
        let body: serde_json::Value = serde_json::from_slice(request.body_bytes()).unwrap();
        assert_eq!(body["fromCall"], "other");
        assert_eq!(body["targetParticipants"][0]["rawId"], "4:+12065551212");
    }
}
