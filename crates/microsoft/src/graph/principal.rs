//! The application as it was let into a tenant: its service principal, and what people let it do in their name
//! (microsoft-graph.md 1.8). What it may do itself stands in its tokens.

use crate::request::{Method, Request};
use crate::wire::percent_encode;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use std::collections::BTreeSet;

/// `GET /servicePrincipals(appId='{id}')`. Application.Read.All.
#[must_use]
pub fn by_client(client_id: &str) -> Request {
    let id = percent_encode(client_id);
    let select = "id,appId,displayName,accountEnabled";
    let path = format!("/v1.0/servicePrincipals(appId='{id}')?$select={select}");
    Request::without_body(Method::Get, path)
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ServicePrincipal {
    pub id: String,
    #[serde(default)]
    pub display_name: Option<String>,
}

/// `GET /servicePrincipals/{id}/oauth2PermissionGrants`. Application.Read.All; a page.
#[must_use]
pub fn grants(principal: &str) -> Request {
    let id = percent_encode(principal);
    let path = format!("/v1.0/servicePrincipals/{id}/oauth2PermissionGrants");
    Request::without_body(Method::Get, path)
}

/// What was let be done in the name of everybody, or of one person.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PermissionGrant {
    /// `AllPrincipals`, or `Principal` for one person.
    pub consent_type: String,
    /// Names of permissions, separated by blanks.
    #[serde(default)]
    pub scope: String,
}

#[derive(Deserialize)]
struct Claims {
    #[serde(default)]
    roles: BTreeSet<String>,
}

/// The application permissions in an app token, as the issuer wrote them (microsoft-graph.md 1.2). Nothing is
/// verified: the token is Graph's, and here it only says what to explain. `None` where it cannot be read, which
/// Microsoft may make so at any time.
#[must_use]
pub fn roles_in(token: &str) -> Option<BTreeSet<String>> {
    if token.len() > crate::limits::JWT_BYTES_MAX {
        return None;
    }
    let payload = token.split('.').nth(1)?;
    let bytes = URL_SAFE_NO_PAD.decode(payload).ok()?;
    let claims: Claims = serde_json::from_slice(&bytes).ok()?;
    Some(claims.roles)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_are_read_from_a_token_and_from_nothing_else() {
        let payload = URL_SAFE_NO_PAD.encode(r#"{"roles":["User.Read.All"],"aud":"x"}"#);
        let roles = roles_in(&format!("h.{payload}.s")).unwrap();
        assert_eq!(roles, BTreeSet::from(["User.Read.All".to_owned()]));
        let bare = URL_SAFE_NO_PAD.encode("{}");
        assert_eq!(roles_in(&format!("h.{bare}.s")), Some(BTreeSet::new()));
        for opaque in ["", "opaque", "a.b.c", "h.!!.s"] {
            assert_eq!(roles_in(opaque), None, "{opaque}");
        }
    }
}
