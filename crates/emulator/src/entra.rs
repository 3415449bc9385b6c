//! Entra ID: tenants, the one application, sign-in of people, and tokens.
//!
//! This file has the documents and what the endpoints share; `authorize` has the browser's side, `grant`
//! the token endpoint, `directory` who there is. Errors have the body and the codes of
//! microsoft-graph.md 1.6; texts are our own words.

pub(crate) mod assertion;
pub(crate) mod authorize;
pub(crate) mod consent;
pub(crate) mod control;
pub(crate) mod device;
pub(crate) mod directory;
pub(crate) mod grant;
mod page;
pub(crate) mod person;
pub(crate) mod refusal;

use crate::answer::Answer;
use crate::identify::field;
use crate::options::defaults;
use crate::pipeline::Received;
use crate::stamp;
use crate::world::World;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use consent::Endpoint;
use serde_json::{Value, json};
use tandem_microsoft::entra::aadsts;
use tandem_microsoft::entra::jwt::{self, Claims, Expected, Jwks, VerifyError};

const CLOUD_INSTANCE: &str = "microsoftonline.com";

/// The document of an authority. That of version 1 names version 1 of the endpoints, which the emulator refuses.
pub(crate) fn discovery(world: &World, version: Endpoint, tenant: &str) -> Answer {
    if let Err(answer) = known_tenant(world, tenant) {
        return answer;
    }
    let base = format!("{}/{tenant}", world.setup.https_base);
    let (path, keys) = match version {
        Endpoint::V1 => ("oauth2", "keys"),
        Endpoint::V2 => ("oauth2/v2.0", "v2.0/keys"),
    };
    Answer::json(
        200,
        &json!({
            "token_endpoint": format!("{base}/{path}/token"),
            "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt"],
            "jwks_uri": format!("{base}/discovery/{keys}"),
            "response_modes_supported": ["query", "fragment", "form_post"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "response_types_supported": ["code"],
            "scopes_supported": ["openid", "profile", "email", "offline_access"],
            "code_challenge_methods_supported": ["S256"],
            "issuer": issuer(version, tenant),
            "claims_supported": ["sub", "iss", "aud", "exp", "iat", "nonce", "preferred_username",
                "name", "tid", "oid", "roles", "groups", "sid", "ver"],
            "request_uri_parameter_supported": false,
            "frontchannel_logout_supported": true,
            "authorization_endpoint": format!("{base}/{path}/authorize"),
            "device_authorization_endpoint": format!("{base}/{path}/devicecode"),
            "end_session_endpoint": format!("{base}/{path}/logout"),
            "userinfo_endpoint": "https://graph.microsoft.com/oidc/userinfo",
            "tenant_region_scope": if is_any_tenant(tenant) { Value::Null } else { json!("EU") },
            "cloud_instance_name": CLOUD_INSTANCE,
            "cloud_graph_host_name": "graph.windows.net",
            "msgraph_host": "graph.microsoft.com",
            "rbac_url": "https://pas.windows.net",
        }),
    )
}

/// Keys, as an authority publishes them: who they sign for stands in the second version only (microsoft-graph.md 1.1).
pub(crate) fn keys(world: &World, version: Endpoint, tenant: &str) -> Answer {
    if let Err(answer) = known_tenant(world, tenant) {
        return answer;
    }
    let mut key = world.setup.entra.jwk();
    if version == Endpoint::V2 {
        key["issuer"] = json!(issuer(version, tenant));
        key["cloud_instance_name"] = json!(CLOUD_INSTANCE);
    }
    Answer::json(200, &json!({ "keys": [key] }))
}

/// Documents of all tenants leave a place for the tenant's id.
fn issuer(version: Endpoint, tenant: &str) -> String {
    let tenant = if is_any_tenant(tenant) {
        "{tenantid}".to_owned()
    } else {
        tenant.to_lowercase()
    };
    match version {
        Endpoint::V1 => format!("https://sts.windows.net/{tenant}/"),
        Endpoint::V2 => format!("https://login.microsoftonline.com/{tenant}/v2.0"),
    }
}

/// The documents of callback tokens (acs-call-automation.md 4.3).
pub(crate) fn callback_discovery(world: &World) -> Answer {
    Answer::json(
        200,
        &json!({
            "issuer": tandem_microsoft::acs::CALLBACK_ISSUER,
            "jwks_uri": format!("{}{}", world.setup.https_base, tandem_microsoft::acs::CALLBACK_KEYS_PATH),
            "id_token_signing_alg_values_supported": ["RS256"],
            "response_types_supported": ["token"],
            "subject_types_supported": ["public"],
        }),
    )
}

pub(crate) fn callback_keys(world: &World) -> Answer {
    Answer::json(200, &json!({ "keys": [world.setup.callbacks.jwk()] }))
}

/// Where the document of an authority is that a client does not know (microsoft-graph.md 1.1).
pub(crate) fn instance_discovery(world: &World, received: &Received) -> Answer {
    let asked = field(&received.query, "authorization_endpoint").unwrap_or_default();
    let Some((base, _)) = asked.split_once("/oauth2/") else {
        let text = "authorization_endpoint is missing or is no authorization endpoint";
        let code = aadsts::PARAMETER_MISSING;
        return failure(world, 400, "invalid_request", code, text);
    };
    let host = base.split('/').nth(2).unwrap_or_default();
    Answer::json(
        200,
        &json!({
            "tenant_discovery_endpoint": format!("{}/v2.0/.well-known/openid-configuration", base.trim_end_matches("/v2.0")),
            "api-version": "1.1",
            "metadata": [{"preferred_network": host, "preferred_cache": host, "aliases": [host]}],
        }),
    )
}

/// Checks a token that a data plane received: what it says.
pub(crate) fn verify(
    world: &World,
    token: &str,
    audiences: &[&str],
) -> Result<Claims, VerifyError> {
    verify_of(world, token, audiences, defaults::TENANT)
}

/// The same for a service of all tenants: of whichever the token says, when there is such a one.
pub(crate) fn verify_of_any_tenant(
    world: &World,
    token: &str,
    audiences: &[&str],
) -> Result<Claims, VerifyError> {
    let payload = token.split('.').nth(1).unwrap_or_default();
    let said = URL_SAFE_NO_PAD.decode(payload).ok();
    let said = said.and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok());
    let tenant = said.as_ref().and_then(|said| said["tid"].as_str());
    let tenant = tenant.filter(|tenant| world.directory.has_tenant(tenant));
    verify_of(world, token, audiences, tenant.unwrap_or(defaults::TENANT))
}

fn verify_of(
    world: &World,
    token: &str,
    audiences: &[&str],
    tenant: &str,
) -> Result<Claims, VerifyError> {
    let Ok(key) = serde_json::from_value(world.setup.entra.jwk()) else {
        return Err(VerifyError::Keys);
    };
    let issuer = format!("https://sts.windows.net/{tenant}/");
    let expected = Expected {
        issuers: &[&issuer],
        audiences,
        now_s: stamp::unix_s(world.wall),
        leeway_s: 300,
    };
    jwt::verify(token, &Jwks { keys: vec![key] }, &expected)
}

/// Whether a path means every tenant.
fn is_any_tenant(tenant: &str) -> bool {
    matches!(tenant, "common" | "organizations")
}

fn known_tenant(world: &World, tenant: &str) -> Result<(), Answer> {
    if is_any_tenant(tenant) || world.directory.has_tenant(tenant) {
        return Ok(());
    }
    let looks_like_one = tenant.contains('.') || uuid::Uuid::parse_str(tenant).is_ok();
    let code = match tenant {
        "consumers" => aadsts::TENANT_NOT_CONCRETE,
        _ if looks_like_one => aadsts::TENANT_NOT_FOUND,
        _ => aadsts::TENANT_MALFORMED,
    };
    let text = format!("tenant '{tenant}' was not found");
    Err(failure(world, 400, "invalid_request", code, &text))
}

/// Who somebody is, for clients of several accounts.
fn client_info(world: &World, oid: &str) -> String {
    let person = world.directory.people.get(oid);
    let tenant = person.map_or(defaults::TENANT, |person| person.tenant.as_str());
    URL_SAFE_NO_PAD.encode(json!({"uid": oid, "utid": tenant}).to_string())
}

fn trace(world: &World) -> String {
    uuid::Builder::from_random_bytes(world.wall.as_nanosecond().to_be_bytes())
        .into_uuid()
        .to_string()
}

/// The text of an error, in the layout that people send to support.
fn description(world: &World, code: u32, text: &str) -> String {
    let (trace, timestamp) = (trace(world), stamp::entra(world.wall));
    format!(
        "AADSTS{code}: {text}. Trace ID: {trace} Correlation ID: {trace} Timestamp: {timestamp}"
    )
}

fn failure(world: &World, status: u16, error: &str, code: u32, text: &str) -> Answer {
    failure_with(world, status, error, (code, text), &json!({}))
}

/// An error with members of its own (`suberror`, `claims`).
fn failure_with(
    world: &World,
    status: u16,
    error: &str,
    (code, text): (u32, &str),
    other: &Value,
) -> Answer {
    let trace = trace(world);
    let mut body = json!({
        "error": error,
        "error_description": description(world, code, text),
        "error_codes": [code],
        "timestamp": stamp::entra(world.wall),
        "trace_id": trace,
        "correlation_id": trace,
        "error_uri": format!("https://login.microsoftonline.com/error?code={code}"),
    });
    for (name, value) in other.as_object().into_iter().flatten() {
        body[name] = value.clone();
    }
    Answer::json(status, &body).with_header("cache-control", "no-store".to_owned())
}
