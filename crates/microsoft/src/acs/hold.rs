//! One participant on hold, and back: the others talk on, the held one hears hold media.
//!
//! Success has no event of its own: `isOnHold` in `ParticipantsUpdated` says it, `HoldFailed` the rest.

use super::call::connection;
use super::identifier::Identifier;
use super::media::PlaySource;
use crate::request::{Method, Request};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HoldRequest {
    pub target_participant: Identifier,
    /// What the held participant hears, over and over; silence without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub play_source_info: Option<PlaySource>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation_context: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation_callback_uri: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UnholdRequest {
    pub target_participant: Identifier,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation_context: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation_callback_uri: Option<String>,
}

/// `POST .../{id}:hold`, 200 without a body.
#[must_use]
pub fn hold(call_connection_id: &str, body: &HoldRequest) -> Request {
    Request::with_json(Method::Post, connection(call_connection_id, ":hold"), body)
}

/// `POST .../{id}:unhold`, 200 without a body.
#[must_use]
pub fn unhold(call_connection_id: &str, body: &UnholdRequest) -> Request {
    Request::with_json(
        Method::Post,
        connection(call_connection_id, ":unhold"),
        body,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::acs::identifier::phone_number;

    const CUSTOMER: &str =
        r#"{"rawId":"4:+12065551212","kind":"phoneNumber","phoneNumber":{"value":"+12065551212"}}"#;

    #[test]
    fn hold_names_its_participant_and_what_is_heard_meanwhile() {
        let request = hold(
            "c",
            &HoldRequest {
                target_participant: phone_number("+12065551212"),
                play_source_info: Some(PlaySource::file("https://t/hold.wav")),
                operation_context: Some("k".to_owned()),
                ..HoldRequest::default()
            },
        );
        assert_eq!(
            request.path_and_query,
            "/calling/callConnections/c:hold?api-version=2026-03-12"
        );
        let expected = format!(
            r#"{{"targetParticipant":{CUSTOMER},"playSourceInfo":{{"kind":"file","file":{{"uri":"https://t/hold.wav"}}}},"operationContext":"k"}}"#
        );
        assert_eq!(std::str::from_utf8(request.body_bytes()), Ok(&*expected));
    }

    #[test]
    fn unhold_is_not_repeatable_and_names_its_participant() {
        let request = unhold(
            "c",
            &UnholdRequest {
                target_participant: phone_number("+12065551212"),
                ..UnholdRequest::default()
            },
        );
        assert_eq!(
            request.path_and_query,
            "/calling/callConnections/c:unhold?api-version=2026-03-12"
        );
        let expected = format!(r#"{{"targetParticipant":{CUSTOMER}}}"#);
        assert_eq!(std::str::from_utf8(request.body_bytes()), Ok(&*expected));
        assert_eq!(request.repeatability, None);
    }
}
