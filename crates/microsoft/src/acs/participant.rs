//! Who is in a call: list, get, add, remove and the withdrawal of an invitation.
//!
//! Knows the wire only; whether an agent may be added is the core's question.

use super::call::{CustomContext, connection, post};
use super::identifier::{Identifier, PhoneNumber};
use crate::request::{Method, Repeatability, Request};
use crate::wire::{null_is_default, percent_encode};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CallParticipant {
    #[serde(default)]
    pub identifier: Identifier,
    #[serde(default, deserialize_with = "null_is_default")]
    pub is_muted: bool,
    #[serde(default, deserialize_with = "null_is_default")]
    pub is_on_hold: bool,
}

/// A page of participants; `next_link` is followed as it is.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GetParticipantsResponse {
    #[serde(default, deserialize_with = "null_is_default")]
    pub value: Vec<CallParticipant>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_link: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AddParticipantRequest {
    pub participant_to_add: Identifier,
    /// 0 to 180.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invitation_timeout_in_seconds: Option<u32>,
    /// Refused for Teams Phone extensibility (reference 7.4).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_caller_id_number: Option<PhoneNumber>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_display_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation_context: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation_callback_uri: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custom_calling_context: Option<CustomContext>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AddParticipantResponse {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub participant: Option<CallParticipant>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation_context: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invitation_id: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RemoveParticipantRequest {
    pub participant_to_remove: Identifier,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation_context: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation_callback_uri: Option<String>,
}

/// `RemoveParticipantResponse`, and the shape of every answer that only echoes the context.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RemoveParticipantResponse {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation_context: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CancelAddParticipantRequest {
    pub invitation_id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation_context: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation_callback_uri: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CancelAddParticipantResponse {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invitation_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation_context: Option<String>,
}

/// `MuteParticipantsRequest`: one user of the communication resource; phones and Teams users cannot be muted.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MuteParticipantsRequest {
    pub target_participants: Vec<Identifier>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation_context: Option<String>,
}

/// `GET .../participants`, 200.
#[must_use]
pub fn list(call_connection_id: &str) -> Request {
    Request::without_body(Method::Get, connection(call_connection_id, "/participants"))
}

/// The next page of a list, by the link that the last one named; none when it is no address.
#[must_use]
pub fn next_page(next_link: &str) -> Option<Request> {
    let (_, rest) = next_link.split_once("://")?;
    let path = rest.find('/').and_then(|at| rest.get(at..))?;
    Some(Request::without_body(Method::Get, path.to_owned()))
}

/// `GET .../participants/{rawId}`, 200; 404/8522 when absent.
#[must_use]
pub fn get(call_connection_id: &str, raw_id: &str) -> Request {
    let tail = format!("/participants/{}", percent_encode(raw_id));
    Request::without_body(Method::Get, connection(call_connection_id, &tail))
}

/// `POST .../participants:add`, 202; the outcome is AddParticipantSucceeded or Failed.
#[must_use]
pub fn add(
    call_connection_id: &str,
    body: &AddParticipantRequest,
    repeatability: Repeatability,
) -> Request {
    post(call_connection_id, "/participants:add", body, repeatability)
}

/// `POST .../participants:remove`, 202; the outcome is RemoveParticipantSucceeded or Failed.
#[must_use]
pub fn remove(
    call_connection_id: &str,
    body: &RemoveParticipantRequest,
    repeatability: Repeatability,
) -> Request {
    post(
        call_connection_id,
        "/participants:remove",
        body,
        repeatability,
    )
}

/// `POST .../participants:mute`, 200; ParticipantsUpdated follows. There is no way back by an operation.
#[must_use]
pub fn mute(
    call_connection_id: &str,
    body: &MuteParticipantsRequest,
    repeatability: Repeatability,
) -> Request {
    post(
        call_connection_id,
        "/participants:mute",
        body,
        repeatability,
    )
}

/// `POST .../participants:cancelAddParticipant`, 202.
#[must_use]
pub fn cancel_add(
    call_connection_id: &str,
    body: &CancelAddParticipantRequest,
    repeatability: Repeatability,
) -> Request {
    post(
        call_connection_id,
        "/participants:cancelAddParticipant",
        body,
        repeatability,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::acs::identifier::{phone_number, teams_extension_user};
    use crate::request::tests::once;

    // B-181
    #[test]
    fn agent_is_added_without_a_caller_number() {
        let request = add(
            "c",
            &AddParticipantRequest {
                participant_to_add: teams_extension_user("o", "t", "r"),
                invitation_timeout_in_seconds: Some(20),
                ..AddParticipantRequest::default()
            },
            once(),
        );
        assert_eq!(
            request.path_and_query,
            "/calling/callConnections/c/participants:add?api-version=2026-03-12"
        );
        assert_eq!(
            std::str::from_utf8(request.body_bytes()).unwrap(),
            r#"{"participantToAdd":{"rawId":"8:acs:r_t_o","kind":"teamsExtensionUser","teamsExtensionUser":{"userId":"o","tenantId":"t","resourceId":"r","cloud":"public"}},"invitationTimeoutInSeconds":20}"#
        );
    }

    #[test]
    fn phone_is_added_without_a_caller_number_and_withdrawn_by_its_invitation() {
        let request = add(
            "c",
            &AddParticipantRequest {
                participant_to_add: phone_number("+12065550000"),
                ..AddParticipantRequest::default()
            },
            once(),
        );
        assert_eq!(
            std::str::from_utf8(request.body_bytes()).unwrap(),
            r#"{"participantToAdd":{"rawId":"4:+12065550000","kind":"phoneNumber","phoneNumber":{"value":"+12065550000"}}}"#
        );
        let request = cancel_add(
            "c",
            &CancelAddParticipantRequest {
                invitation_id: "i".to_owned(),
                operation_context: Some("k".to_owned()),
                ..CancelAddParticipantRequest::default()
            },
            once(),
        );
        assert_eq!(
            request.path_and_query,
            "/calling/callConnections/c/participants:cancelAddParticipant?api-version=2026-03-12"
        );
        assert_eq!(
            request.body_bytes(),
            br#"{"invitationId":"i","operationContext":"k"}"#
        );
    }

    #[test]
    fn participant_is_asked_for_by_its_encoded_raw_id() {
        assert_eq!(
            get("c", "4:+15551230000").path_and_query,
            "/calling/callConnections/c/participants/4%3A%2B15551230000?api-version=2026-03-12"
        );
    }

    #[test]
    fn page_of_participants_is_read() {
        let page: GetParticipantsResponse = serde_json::from_str(
            r#"{"value":[{"identifier":{"rawId":"4:+12065551212","kind":"phoneNumber","phoneNumber":{"value":"+12065551212"}},"isMuted":null}],"nextLink":"https://x/next"}"#,
        )
        .unwrap();
        assert_eq!(page.value[0].identifier, phone_number("+12065551212"));
        assert_eq!(page.next_link.as_deref(), Some("https://x/next"));
        let next = next_page("https://x/next?a=b").unwrap();
        assert_eq!(next.path_and_query, "/next?a=b");
        assert_eq!(next_page("nowhere"), None);
    }
}
