//! Digits outside of a recognition: sent to a phone, and listened for without end.
//!
//! Sending ends with `SendDtmfTonesCompleted` or `SendDtmfTonesFailed`; listening reports every tone.

use super::call::connection;
use super::identifier::Identifier;
use super::media::Tone;
use crate::limits;
use crate::request::{Method, Repeatability, Request};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SendTonesRequest {
    pub tones: Vec<Tone>,
    /// A phone; nobody else can be sent digits.
    pub target_participant: Identifier,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation_context: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation_callback_uri: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SendTonesResponse {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation_context: Option<String>,
}

/// The body of both start and stop.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ContinuousRequest {
    pub target_participant: Identifier,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation_context: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation_callback_uri: Option<String>,
}

/// Why a text cannot be sent as digits.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DigitsError {
    #[error("there are no digits to send; give 1 to {max}", max = limits::SEND_TONES_MAX)]
    None,
    #[error("{count} digits are too many; give 1 to {max}", max = limits::SEND_TONES_MAX)]
    TooMany { count: usize },
    #[error("{key:?} is no key of a telephone; use 0 to 9, *, # and A to D")]
    NoKey { key: char },
}

/// Reads what a person types, "1234#", as tones.
///
/// # Errors
/// When it is empty, above what one request may send, or holds what no telephone has a key for.
pub fn tones(text: &str) -> Result<Vec<Tone>, DigitsError> {
    let count = text.chars().count();
    if count == 0 {
        return Err(DigitsError::None);
    }
    if count > limits::SEND_TONES_MAX {
        return Err(DigitsError::TooMany { count });
    }
    text.chars()
        .map(|key| Tone::from_key(key).ok_or(DigitsError::NoKey { key }))
        .collect()
}

/// `POST .../{id}:sendDtmfTones`, 202.
#[must_use]
pub fn send(
    call_connection_id: &str,
    body: &SendTonesRequest,
    repeatability: Repeatability,
) -> Request {
    Request::with_json(
        Method::Post,
        connection(call_connection_id, ":sendDtmfTones"),
        body,
    )
    .repeatable(repeatability)
}

/// `POST .../{id}:startContinuousDtmfRecognition`, 200 without a body.
#[must_use]
pub fn start_continuous(call_connection_id: &str, body: &ContinuousRequest) -> Request {
    let action = ":startContinuousDtmfRecognition";
    Request::with_json(Method::Post, connection(call_connection_id, action), body)
}

/// `POST .../{id}:stopContinuousDtmfRecognition`, 200 without a body.
#[must_use]
pub fn stop_continuous(call_connection_id: &str, body: &ContinuousRequest) -> Request {
    let action = ":stopContinuousDtmfRecognition";
    Request::with_json(Method::Post, connection(call_connection_id, action), body)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::acs::identifier::phone_number;

    #[test]
    fn digits_go_to_a_phone_as_named_tones() {
        let request = send(
            "c",
            &SendTonesRequest {
                tones: tones("1#").unwrap(),
                target_participant: phone_number("+12065551212"),
                operation_context: Some("k".to_owned()),
                operation_callback_uri: None,
            },
            Repeatability {
                request_id: "id".to_owned(),
                first_sent: "date".to_owned(),
            },
        );
        assert_eq!(
            request.path_and_query,
            "/calling/callConnections/c:sendDtmfTones?api-version=2026-03-12"
        );
        assert_eq!(
            std::str::from_utf8(request.body_bytes()),
            Ok(
                r#"{"tones":["one","pound"],"targetParticipant":{"rawId":"4:+12065551212","kind":"phoneNumber","phoneNumber":{"value":"+12065551212"}},"operationContext":"k"}"#
            )
        );
        assert!(request.repeatability.is_some());
    }

    #[test]
    fn at_most_eighteen_keys_of_a_telephone_are_digits() {
        assert_eq!(tones("0123456789*#ABCDab").unwrap().len(), 18);
        assert_eq!(tones(""), Err(DigitsError::None));
        assert_eq!(
            tones("1234567890123456789"),
            Err(DigitsError::TooMany { count: 19 })
        );
        assert_eq!(tones("12x"), Err(DigitsError::NoKey { key: 'x' }));
    }

    #[test]
    fn continuous_recognition_starts_and_stops_for_one_participant() {
        let body = ContinuousRequest {
            target_participant: phone_number("+12065551212"),
            ..ContinuousRequest::default()
        };
        let (start, stop) = (start_continuous("c", &body), stop_continuous("c", &body));
        assert_eq!(
            start.path_and_query,
            "/calling/callConnections/c:startContinuousDtmfRecognition?api-version=2026-03-12"
        );
        assert_eq!(
            stop.path_and_query,
            "/calling/callConnections/c:stopContinuousDtmfRecognition?api-version=2026-03-12"
        );
        assert_eq!(start.body, stop.body);
        assert_eq!(start.repeatability, None);
    }
}
