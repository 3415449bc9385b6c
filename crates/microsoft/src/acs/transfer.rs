//! A transfer: a participant leaves this call for a phone or an agent, and talks on without Tandem.
//!
//! In a call of two the call ends with `CallDisconnected` after `CallTransferAccepted`.

use super::call::{CustomContext, post};
use super::identifier::{Identifier, PhoneNumber};
use crate::request::{Repeatability, Request};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TransferRequest {
    pub target_participant: Identifier,
    /// Who goes; needed in a call of more than two.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transferee: Option<Identifier>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation_context: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation_callback_uri: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custom_calling_context: Option<CustomContext>,
    /// Refused for Teams Phone extensibility (reference 7.4).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_caller_id_number: Option<PhoneNumber>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TransferResponse {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation_context: Option<String>,
}

/// `POST .../{id}:transferToParticipant`, 202; the outcome is CallTransferAccepted or Failed.
#[must_use]
pub fn transfer(
    call_connection_id: &str,
    body: &TransferRequest,
    repeatability: Repeatability,
) -> Request {
    post(
        call_connection_id,
        ":transferToParticipant",
        body,
        repeatability,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::acs::identifier::{phone_number, teams_extension_user};
    use crate::request::tests::once;

    #[test]
    fn transfer_to_a_phone_shows_no_number_of_its_own() {
        let request = transfer(
            "c",
            &TransferRequest {
                target_participant: phone_number("+12065550000"),
                operation_context: Some("k".to_owned()),
                ..TransferRequest::default()
            },
            once(),
        );
        assert_eq!(
            request.path_and_query,
            "/calling/callConnections/c:transferToParticipant?api-version=2026-03-12"
        );
        assert_eq!(
            std::str::from_utf8(request.body_bytes()),
            Ok(
                r#"{"targetParticipant":{"rawId":"4:+12065550000","kind":"phoneNumber","phoneNumber":{"value":"+12065550000"}},"operationContext":"k"}"#
            )
        );
        assert_eq!(request.repeatability, Some(once()));
    }

    #[test]
    fn transfer_out_of_a_group_names_who_goes() {
        let request = transfer(
            "c",
            &TransferRequest {
                target_participant: teams_extension_user("o", "t", "r"),
                transferee: Some(phone_number("+12065551212")),
                ..TransferRequest::default()
            },
            once(),
        );
        let body: serde_json::Value = serde_json::from_slice(request.body_bytes()).unwrap();
        assert_eq!(body["targetParticipant"]["rawId"], "8:acs:r_t_o");
        assert_eq!(body["transferee"]["rawId"], "4:+12065551212");
        assert!(body.get("sourceCallerIdNumber").is_none());
    }
}
