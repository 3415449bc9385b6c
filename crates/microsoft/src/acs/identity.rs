//! Identities of the communication resource and their access tokens, api-version 2023-10-01.
//!
//! The same keys and signatures as Call Automation, another version and error codes in words.

use super::identifier::CommunicationUser;
use crate::request::{Method, Request};
use crate::wire::{null_is_default, percent_encode};
use serde::{Deserialize, Serialize};

/// The version that the SDKs send.
pub const API_VERSION: &str = "2023-10-01";
/// Every version that the SDK enums name.
pub const API_VERSIONS_KNOWN: [&str; 4] = ["2021-03-07", "2022-06-01", "2022-10-01", "2023-10-01"];
/// What a token may be for.
pub const SCOPES: [&str; 5] = [
    "chat",
    "voip",
    "chat.join",
    "chat.join.limited",
    "voip.join",
];
/// How long a token may live, in minutes.
pub const EXPIRES_IN_MINUTES: std::ops::RangeInclusive<u32> = 60..=1440;

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CreateIdentityRequest {
    #[serde(
        default,
        deserialize_with = "null_is_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub create_token_with_scopes: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_in_minutes: Option<u32>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IssueTokenRequest {
    #[serde(default, deserialize_with = "null_is_default")]
    pub scopes: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_in_minutes: Option<u32>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AccessToken {
    pub token: String,
    /// RFC 3339.
    pub expires_on: String,
}

/// `CommunicationIdentityAccessTokenResult`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CreatedIdentity {
    pub identity: CommunicationUser,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access_token: Option<AccessToken>,
}

/// `POST /identities`, 201.
#[must_use]
pub fn create(body: &CreateIdentityRequest) -> Request {
    Request::with_json(Method::Post, path(""), body)
}

/// `DELETE /identities/{id}`, 204: its tokens are worth nothing from then on.
#[must_use]
pub fn delete(id: &str) -> Request {
    Request::without_body(Method::Delete, path(&format!("/{}", percent_encode(id))))
}

/// `POST /identities/{id}/:issueAccessToken`, 200.
#[must_use]
pub fn issue_token(id: &str, body: &IssueTokenRequest) -> Request {
    let tail = format!("/{}/:issueAccessToken", percent_encode(id));
    Request::with_json(Method::Post, path(&tail), body)
}

/// `POST /identities/{id}/:revokeAccessTokens`, 204.
#[must_use]
pub fn revoke_tokens(id: &str) -> Request {
    let tail = format!("/{}/:revokeAccessTokens", percent_encode(id));
    Request::without_body(Method::Post, path(&tail))
}

fn path(tail: &str) -> String {
    format!("/identities{tail}?api-version={API_VERSION}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identity_is_named_in_the_path_as_the_sdk_sends_it() {
        assert_eq!(
            revoke_tokens("8:acs:r_u").path_and_query,
            "/identities/8%3Aacs%3Ar_u/:revokeAccessTokens?api-version=2023-10-01"
        );
        let body = IssueTokenRequest {
            scopes: vec!["voip".to_owned()],
            expires_in_minutes: Some(60),
        };
        assert_eq!(
            std::str::from_utf8(issue_token("x", &body).body_bytes()),
            Ok(r#"{"scopes":["voip"],"expiresInMinutes":60}"#)
        );
        assert_eq!(
            create(&CreateIdentityRequest::default()).body_bytes(),
            b"{}"
        );
        assert_eq!(delete("x").method, Method::Delete);
    }
}
