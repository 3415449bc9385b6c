//! Teams Phone extensibility beside the calls: who may use the communication resource, and the token that an agent's
//! client signs in with (acs-call-automation.md 7.2, 7.3).

use crate::request::{Method, Request};
use crate::wire::{null_is_default, percent_encode};
use serde::{Deserialize, Serialize};

/// The version that is generally available.
pub const API_VERSION: &str = "2025-06-30";
/// What a person's token for the exchange must be for.
pub const SCOPE_RESOURCE: &str = "https://auth.msft.communication.azure.com";
/// The permission to let the application manage a person's calls.
pub const MANAGE_CALLS: &str = "TeamsExtension.ManageCalls";
/// The permissions of a custom Teams endpoint.
pub const TEAMS_MANAGE: [&str; 2] = ["Teams.ManageCalls", "Teams.ManageChats"];

/// Whom the resource is told about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum PrincipalType {
    User,
    TeamsResourceAccount,
}

/// The body of a PUT.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AssignmentRequest {
    pub principal_type: PrincipalType,
    #[serde(
        default,
        deserialize_with = "null_is_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub client_ids: Vec<String>,
}

/// What is answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Assignment {
    pub object_id: String,
    pub tenant_id: String,
    pub principal_type: PrincipalType,
    #[serde(default)]
    pub client_ids: Vec<String>,
}

/// `PUT /access/teamsExtension/tenants/{tenant}/assignments/{object}`: 201 when it is new, else 200.
#[must_use]
pub fn assign(tenant: &str, object: &str, body: &AssignmentRequest) -> Request {
    Request::with_json(Method::Put, path(tenant, object), body)
}

/// `GET` of the same, 200, or 404 when there is none.
#[must_use]
pub fn assignment(tenant: &str, object: &str) -> Request {
    Request::without_body(Method::Get, path(tenant, object))
}

/// `DELETE` of the same, 204.
#[must_use]
pub fn unassign(tenant: &str, object: &str) -> Request {
    Request::without_body(Method::Delete, path(tenant, object))
}

fn path(tenant: &str, object: &str) -> String {
    format!(
        "/access/teamsExtension/tenants/{}/assignments/{}?api-version={API_VERSION}",
        percent_encode(tenant),
        percent_encode(object)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn assignment_is_named_by_tenant_and_object() {
        let body = AssignmentRequest {
            principal_type: PrincipalType::TeamsResourceAccount,
            client_ids: Vec::new(),
        };
        let request = assign("t", "o", &body);
        assert_eq!(
            request.path_and_query,
            "/access/teamsExtension/tenants/t/assignments/o?api-version=2025-06-30"
        );
        assert_eq!(
            request.body_bytes(),
            br#"{"principalType":"teamsResourceAccount"}"#
        );
        assert_eq!(assignment("t", "o").method, Method::Get);
        assert_eq!(unassign("t", "o").method, Method::Delete);
    }
}
