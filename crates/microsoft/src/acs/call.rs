//! A call: create, answer, redirect, reject, look at, leave and end it.
//!
//! Participants and media have their own modules. Models serve client and emulator alike.

use super::API_VERSION;
use super::identifier::{CommunicationUser, Identifier, MicrosoftTeamsApp, PhoneNumber};
use super::streaming::{MediaStreamingOptions, MediaStreamingSubscription};
use super::transcription::{TranscriptionOptions, TranscriptionSubscription};
use crate::request::{Method, Repeatability, Request};
use crate::wire::{null_is_default, percent_encode, wire_enum};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

wire_enum! {
    /// `CallConnectionState`.
    CallConnectionState {
        Unknown => "unknown",
        Connecting => "connecting",
        Connected => "connected",
        Transferring => "transferring",
        TransferAccepted => "transferAccepted",
        Disconnecting => "disconnecting",
        Disconnected => "disconnected",
    } else Unknown
}

wire_enum! {
    /// `CallRejectReason`.
    CallRejectReason {
        None => "none",
        Busy => "busy",
        Forbidden => "forbidden",
    } else None
}

/// `CustomCallingContext`: headers that travel with the call (B-170).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CustomContext {
    #[serde(default, deserialize_with = "null_is_default")]
    pub voip_headers: BTreeMap<String, String>,
    #[serde(default, deserialize_with = "null_is_default")]
    pub sip_headers: BTreeMap<String, String>,
    /// `TeamsPhoneCallDetails`, kept as it came: Tandem shows it and does not decide by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub teams_phone_call_details: Option<serde_json::Value>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CallIntelligenceOptions {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cognitive_services_endpoint: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AnswerCallRequest {
    pub incoming_call_context: String,
    pub callback_uri: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation_context: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call_intelligence_options: Option<CallIntelligenceOptions>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered_by: Option<CommunicationUser>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_streaming_options: Option<MediaStreamingOptions>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transcription_options: Option<TranscriptionOptions>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CreateCallRequest {
    pub targets: Vec<Identifier>,
    pub callback_uri: String,
    /// Not allowed with `teams_app_source` (400/8523, reference 3 and 7.4).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_caller_id_number: Option<PhoneNumber>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_display_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<CommunicationUser>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation_context: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call_intelligence_options: Option<CallIntelligenceOptions>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_streaming_options: Option<MediaStreamingOptions>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transcription_options: Option<TranscriptionOptions>,
    /// The resource account a Teams Phone extensibility call goes out from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub teams_app_source: Option<MicrosoftTeamsApp>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RedirectCallRequest {
    pub incoming_call_context: String,
    pub target: Identifier,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RejectCallRequest {
    pub incoming_call_context: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call_reject_reason: Option<CallRejectReason>,
}

/// `CallConnectionProperties`: the answer of create, answer and get.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CallConnectionProperties {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call_connection_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server_call_id: Option<String>,
    #[serde(default, deserialize_with = "null_is_default")]
    pub targets: Vec<Identifier>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call_connection_state: Option<CallConnectionState>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub callback_uri: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_caller_id_number: Option<PhoneNumber>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_display_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Identifier>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correlation_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered_by: Option<CommunicationUser>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_streaming_subscription: Option<MediaStreamingSubscription>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transcription_subscription: Option<TranscriptionSubscription>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered_for: Option<PhoneNumber>,
}

impl CallConnectionProperties {
    /// Reads the answer of create, answer or get.
    ///
    /// # Errors
    /// When the body is not JSON of this shape.
    pub fn parse(body: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(body)
    }
}

/// `POST /calling/callConnections:answer`, 200.
#[must_use]
pub fn answer(body: &AnswerCallRequest, repeatability: Repeatability) -> Request {
    Request::with_json(Method::Post, collection(":answer"), body).repeatable(repeatability)
}

/// `POST /calling/callConnections`, 201.
#[must_use]
pub fn create(body: &CreateCallRequest, repeatability: Repeatability) -> Request {
    Request::with_json(Method::Post, collection(""), body).repeatable(repeatability)
}

/// `POST /calling/callConnections:redirect`, 204.
#[must_use]
pub fn redirect(body: &RedirectCallRequest, repeatability: Repeatability) -> Request {
    Request::with_json(Method::Post, collection(":redirect"), body).repeatable(repeatability)
}

/// `POST /calling/callConnections:reject`, 204.
#[must_use]
pub fn reject(body: &RejectCallRequest, repeatability: Repeatability) -> Request {
    Request::with_json(Method::Post, collection(":reject"), body).repeatable(repeatability)
}

/// `GET /calling/callConnections/{id}`, 200; the reconciling look of the server edge.
#[must_use]
pub fn get(call_connection_id: &str) -> Request {
    Request::without_body(Method::Get, connection(call_connection_id, ""))
}

/// `DELETE /calling/callConnections/{id}`, 204: Tandem leaves; a call of two ends.
#[must_use]
pub fn hang_up(call_connection_id: &str) -> Request {
    Request::without_body(Method::Delete, connection(call_connection_id, ""))
}

/// `POST /calling/callConnections/{id}:terminate`, 204: ends for everybody.
#[must_use]
pub fn terminate(call_connection_id: &str, repeatability: Repeatability) -> Request {
    Request::without_body(Method::Post, connection(call_connection_id, ":terminate"))
        .repeatable(repeatability)
}

fn collection(action: &str) -> String {
    format!("/calling/callConnections{action}?api-version={API_VERSION}")
}

pub(super) fn connection(call_connection_id: &str, tail: &str) -> String {
    format!(
        "/calling/callConnections/{}{tail}?api-version={API_VERSION}",
        percent_encode(call_connection_id)
    )
}

/// What is asked of a call once, however often it is sent.
pub(super) fn post<T: Serialize>(
    call_connection_id: &str,
    tail: &str,
    body: &T,
    repeatability: Repeatability,
) -> Request {
    Request::with_json(Method::Post, connection(call_connection_id, tail), body)
        .repeatable(repeatability)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::acs::identifier::{phone_number, teams_extension_user};

    pub(crate) fn once() -> Repeatability {
        Repeatability {
            request_id: "2c6f3b9a-6d0c-4a66-9a59-0a2c12d7a001".to_owned(),
            first_sent: "Sat, 01 Aug 2026 10:00:00 GMT".to_owned(),
        }
    }

    // B-171
    #[test]
    fn answer_carries_context_callback_and_repeatability() {
        let request = answer(
            &AnswerCallRequest {
                incoming_call_context: "eyJ".to_owned(),
                callback_uri: "https://tandem.example/api/callbacks".to_owned(),
                ..AnswerCallRequest::default()
            },
            once(),
        );
        assert_eq!(request.method, Method::Post);
        assert_eq!(
            request.path_and_query,
            "/calling/callConnections:answer?api-version=2026-03-12"
        );
        assert_eq!(
            request.body_bytes(),
            br#"{"incomingCallContext":"eyJ","callbackUri":"https://tandem.example/api/callbacks"}"#
        );
        assert_eq!(request.repeatability, Some(once()));
    }

    #[test]
    fn body_less_requests_have_no_body_at_all() {
        assert_eq!(
            get("a/b").path_and_query,
            "/calling/callConnections/a%2Fb?api-version=2026-03-12"
        );
        assert_eq!(get("x").body, None);
        assert_eq!(hang_up("x").method, Method::Delete);
        assert_eq!(
            terminate("x", once()).path_and_query,
            "/calling/callConnections/x:terminate?api-version=2026-03-12"
        );
        assert_eq!(terminate("x", once()).body, None);
    }

    #[test]
    fn teams_app_source_is_the_only_source_of_an_outbound_call() {
        let request = create(
            &CreateCallRequest {
                targets: vec![phone_number("+12065551212")],
                callback_uri: "https://t/cb".to_owned(),
                teams_app_source: Some(MicrosoftTeamsApp {
                    app_id: "ra".to_owned(),
                    cloud: None,
                }),
                ..CreateCallRequest::default()
            },
            once(),
        );
        let body: serde_json::Value = serde_json::from_slice(request.body_bytes()).unwrap();
        assert_eq!(body["teamsAppSource"]["appId"], "ra");
        assert!(body.get("sourceCallerIdNumber").is_none());
        assert!(body.get("sourceDisplayName").is_none());
    }

    #[test]
    fn agent_is_called_from_the_resource_account() {
        let request = create(
            &CreateCallRequest {
                targets: vec![teams_extension_user("o", "t", "r")],
                callback_uri: "https://t/cb".to_owned(),
                teams_app_source: Some(MicrosoftTeamsApp {
                    app_id: "ra".to_owned(),
                    cloud: None,
                }),
                ..CreateCallRequest::default()
            },
            once(),
        );
        assert_eq!(
            std::str::from_utf8(request.body_bytes()),
            Ok(
                r#"{"targets":[{"rawId":"8:acs:r_t_o","kind":"teamsExtensionUser","teamsExtensionUser":{"userId":"o","tenantId":"t","resourceId":"r","cloud":"public"}}],"callbackUri":"https://t/cb","teamsAppSource":{"appId":"ra"}}"#
            )
        );
    }

    #[test]
    fn properties_tolerate_unknown_fields_and_states() {
        let parsed = CallConnectionProperties::parse(
            br#"{"callConnectionId":"c","callConnectionState":"hovering","targets":null,"futureField":{}}"#,
        )
        .unwrap();
        assert_eq!(
            parsed.call_connection_state,
            Some(CallConnectionState::Unknown)
        );
        assert!(parsed.targets.is_empty());
    }
}
