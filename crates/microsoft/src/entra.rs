//! Entra ID: asking for an app token, and the documents that a token is checked against.
//!
//! App tokens for ACS and Graph are opaque to Tandem; what Tandem verifies are the tokens that
//! arrive with Event Grid deliveries and Call Automation callbacks (`jwt`).

pub mod assertion;
pub mod consent;
pub mod jwt;
pub mod sign_in;

use crate::wire::percent_encode;
use serde::{Deserialize, Serialize};

pub const FORM_CONTENT_TYPE: &str = "application/x-www-form-urlencoded";

/// A token request: a form below the authority. It does not print its secret.
#[derive(Clone, PartialEq, Eq)]
pub struct TokenRequest {
    /// `/{tenant}/oauth2/v2.0/token`, below `https://login.microsoftonline.com`.
    pub path: String,
    /// `application/x-www-form-urlencoded`.
    pub body: String,
}

impl std::fmt::Debug for TokenRequest {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("TokenRequest")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

/// Client credentials with a secret (microsoft-graph.md 1.2). `scope` must end in `/.default`.
#[must_use]
pub fn client_credentials(
    tenant: &str,
    client_id: &str,
    client_secret: &str,
    scope: &str,
) -> TokenRequest {
    TokenRequest {
        path: format!("/{}/oauth2/v2.0/token", percent_encode(tenant)),
        body: format!(
            "grant_type=client_credentials&client_id={}&client_secret={}&scope={}",
            percent_encode(client_id),
            percent_encode(client_secret),
            percent_encode(scope)
        ),
    }
}

/// The path of the OpenID document below the authority.
#[must_use]
pub fn discovery_path(tenant: &str) -> String {
    format!(
        "/{}/v2.0/.well-known/openid-configuration",
        percent_encode(tenant)
    )
}

/// The answer of the token endpoint. It does not print the token.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenResponse {
    pub token_type: String,
    pub expires_in: u64,
    #[serde(default)]
    pub ext_expires_in: u64,
    pub access_token: String,
}

impl std::fmt::Debug for TokenResponse {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("TokenResponse")
            .field("expires_in", &self.expires_in)
            .finish_non_exhaustive()
    }
}

/// The error body of the token endpoint. Branch on `error`; codes are for help texts only (1.6).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenError {
    pub error: String,
    #[serde(default)]
    pub error_description: String,
    #[serde(default)]
    pub error_codes: Vec<u32>,
    #[serde(default)]
    pub timestamp: String,
    #[serde(default)]
    pub trace_id: String,
    #[serde(default)]
    pub correlation_id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_uri: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suberror: Option<String>,
}

/// What Tandem reads of an OpenID document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Discovery {
    pub issuer: String,
    pub jwks_uri: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_endpoint: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorization_endpoint: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_session_endpoint: Option<String>,
}

/// Numbers of `spec/graph/aadsts-errors.json` that this path meets.
pub mod aadsts {
    pub const WRONG_SECRET: u32 = 7_000_215;
    pub const SECRET_EXPIRED: u32 = 7_000_222;
    pub const NO_CREDENTIAL: u32 = 7_000_218;
    pub const ASSERTION_TYPE_MISSING: u32 = 7_000_216;
    pub const WRONG_CERTIFICATE: u32 = 700_027;
    pub const ASSERTION_TIME: u32 = 700_024;
    pub const ASSERTION_OF_ANOTHER: u32 = 700_021;
    pub const ASSERTION_AUDIENCE: u32 = 700_023;
    pub const ASSERTION_INVALID: u32 = 50_013;
    pub const ASSERTION_EXPIRED: u32 = 500_133;
    pub const APP_NOT_FOUND: u32 = 700_016;
    pub const APP_DISABLED: u32 = 7_000_112;
    pub const TENANT_NOT_FOUND: u32 = 90_002;
    pub const TENANT_MALFORMED: u32 = 900_023;
    pub const PARAMETER_MISSING: u32 = 900_144;
    pub const SCOPE_NOT_DEFAULT: u32 = 1_002_012;
    pub const INVALID_SCOPE: u32 = 70_011;
    pub const GRANT_UNSUPPORTED: u32 = 70_003;
    pub const RESOURCE_NOT_FOUND: u32 = 500_011;
    pub const RESOURCE_NOT_REQUESTED: u32 = 650_057;
    pub const TENANT_NOT_CONCRETE: u32 = 9_001_023;
    pub const PARAMETER_INVALID: u32 = 900_561;
    pub const REDIRECT_MISMATCH: u32 = 50_011;
    pub const CODE_REDEEMED: u32 = 54_005;
    pub const GRANT_INVALID: u32 = 70_000;
    pub const GRANT_EXPIRED: u32 = 70_008;
    pub const REFRESH_INACTIVE: u32 = 700_082;
    pub const VERIFIER_MISMATCH: u32 = 501_481;
    pub const FRESH_SIGN_IN_NEEDED: u32 = 50_173;
    pub const NOBODY_SIGNED_IN: u32 = 50_058;
    pub const USER_NOT_FOUND: u32 = 50_034;
    pub const USER_OF_OTHER_TENANT: u32 = 50_020;
    pub const USER_DISABLED: u32 = 50_057;
    pub const NOT_ASSIGNED: u32 = 50_105;
    pub const NO_CONSENT: u32 = 65_001;
    pub const CONDITIONAL_ACCESS: u32 = 53_003;
    pub const CONSENT_DECLINED: u32 = 65_004;
    pub const ADMIN_CONSENT_REQUIRED: u32 = 90_094;
    pub const AUTHORIZATION_PENDING: u32 = 70_016;
    pub const BAD_VERIFICATION_CODE: u32 = 70_018;
    pub const CODE_EXPIRED: u32 = 70_019;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn form_is_encoded_and_the_secret_stays_unprinted() {
        let request = client_credentials("t", "app", "a+b&c", crate::acs::ENTRA_SCOPE);
        assert_eq!(request.path, "/t/oauth2/v2.0/token");
        assert_eq!(
            request.body,
            "grant_type=client_credentials&client_id=app&client_secret=a%2Bb%26c&scope=https%3A%2F%2Fcommunication.azure.com%2F%2F.default"
        );
        assert!(!format!("{request:?}").contains("a%2Bb"));
        let response: TokenResponse =
            serde_json::from_str(r#"{"token_type":"Bearer","expires_in":3599,"ext_expires_in":3599,"access_token":"tok"}"#)
                .unwrap();
        assert!(!format!("{response:?}").contains("tok\""));
    }

    #[test]
    fn wrong_secret_is_told_by_its_error_word() {
        let error: TokenError = serde_json::from_str(
            r#"{"error":"invalid_client","error_description":"AADSTS7000215: Invalid client secret provided.","error_codes":[7000215],"timestamp":"2026-08-01 10:00:00Z","trace_id":"a","correlation_id":"b","error_uri":"https://login.microsoftonline.com/error?code=7000215"}"#,
        )
        .unwrap();
        assert_eq!(error.error, "invalid_client");
        assert_eq!(error.error_codes, [aadsts::WRONG_SECRET]);
    }
}
