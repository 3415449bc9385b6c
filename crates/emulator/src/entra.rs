//! Entra ID: discovery, keys and app tokens for the one tenant and the one application.
//!
//! Errors have the body and the codes of microsoft-graph.md 1.6; texts are our own words.

use crate::answer::Answer;
use crate::fault::Symptom;
use crate::identify::field;
use crate::options::defaults;
use crate::pipeline::Received;
use crate::stamp;
use crate::world::World;
use serde_json::{Value, json};
use tandem_microsoft::entra::aadsts;
use tandem_microsoft::entra::jwt::{self, Expected, Jwks, VerifyError};

/// Life of an app token. Entra draws 60 to 90 minutes; clients read `expires_in`.
const TOKEN_LIFE_S: u64 = 3599;

pub(crate) fn discovery(world: &World, tenant: &str) -> Answer {
    if let Err(answer) = known_tenant(world, tenant) {
        return answer;
    }
    let base = format!("{}/{}", world.setup.https_base, defaults::TENANT);
    Answer::json(
        200,
        &json!({
            "token_endpoint": format!("{base}/oauth2/v2.0/token"),
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
            "jwks_uri": format!("{base}/discovery/v2.0/keys"),
            "response_modes_supported": ["query", "fragment", "form_post"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "response_types_supported": ["code"],
            "scopes_supported": ["openid", "profile", "email", "offline_access"],
            "issuer": format!("https://login.microsoftonline.com/{}/v2.0", defaults::TENANT),
            "authorization_endpoint": format!("{base}/oauth2/v2.0/authorize"),
            "tenant_region_scope": "EU",
            "cloud_instance_name": "microsoftonline.com",
            "cloud_graph_host_name": "graph.windows.net",
            "msgraph_host": "graph.microsoft.com",
        }),
    )
}

pub(crate) fn keys(world: &World, tenant: &str) -> Answer {
    if let Err(answer) = known_tenant(world, tenant) {
        return answer;
    }
    let mut key = world.setup.entra.jwk();
    key["issuer"] = json!(format!(
        "https://login.microsoftonline.com/{}/v2.0",
        defaults::TENANT
    ));
    Answer::json(200, &json!({ "keys": [key] }))
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

/// `POST /{tenant}/oauth2/v2.0/token`, client credentials only.
pub(crate) fn token(world: &mut World, tenant: &str, received: &Received) -> Answer {
    match grant(world, tenant, received) {
        Ok(audience) => Answer::json(
            200,
            &json!({
                "token_type": "Bearer",
                "expires_in": TOKEN_LIFE_S,
                "ext_expires_in": TOKEN_LIFE_S,
                "access_token": access_token(world, &audience),
            }),
        )
        .with_header("cache-control", "no-store".to_owned()),
        Err(answer) => answer,
    }
}

fn grant(world: &mut World, tenant: &str, received: &Received) -> Result<String, Answer> {
    known_tenant(world, tenant)?;
    let form = String::from_utf8_lossy(&received.body).into_owned();
    let required = |world: &World, name: &str| {
        field(&form, name)
            .filter(|value| !value.is_empty())
            .ok_or_else(|| {
                failure(
                    world,
                    400,
                    "invalid_request",
                    aadsts::PARAMETER_MISSING,
                    &format!("the body has no '{name}'"),
                )
            })
    };
    let grant_type = required(world, "grant_type")?;
    if grant_type != "client_credentials" {
        let text = "the emulator issues app tokens only (client_credentials)";
        return Err(failure(
            world,
            400,
            "unsupported_grant_type",
            aadsts::GRANT_UNSUPPORTED,
            text,
        ));
    }
    if required(world, "client_id")? != defaults::APP {
        let text = "the application was not found in the tenant";
        return Err(failure(
            world,
            400,
            "unauthorized_client",
            aadsts::APP_NOT_FOUND,
            text,
        ));
    }
    check_secret(world, &form)?;
    let scope = required(world, "scope")?;
    audience(world, &scope)
}

fn check_secret(world: &mut World, form: &str) -> Result<(), Answer> {
    if field(form, "client_assertion").is_some() {
        let text = "the assertion is signed with a certificate that is not registered";
        return Err(failure(world, 401, "invalid_client", 700_027, text));
    }
    let Some(secret) = field(form, "client_secret") else {
        let text = "the body has neither client_assertion nor client_secret";
        return Err(failure(
            world,
            401,
            "invalid_client",
            aadsts::NO_CREDENTIAL,
            text,
        ));
    };
    if secret != defaults::CLIENT_SECRET {
        let text = "the client secret is wrong; send the secret's value, not its id";
        return Err(failure(
            world,
            401,
            "invalid_client",
            aadsts::WRONG_SECRET,
            text,
        ));
    }
    if world.draw_symptom("Token", Symptom::SecretExpired) {
        return Err(failure(
            world,
            401,
            "invalid_client",
            aadsts::SECRET_EXPIRED,
            "the client secret has expired",
        ));
    }
    if world.draw_symptom("Token", Symptom::ConsentRevoked) {
        let text = "the application is disabled in the tenant";
        return Err(failure(
            world,
            400,
            "unauthorized_client",
            aadsts::APP_DISABLED,
            text,
        ));
    }
    Ok(())
}

/// The resource in front of `/.default`. The double slash of the ACS scope leaves one at the end.
fn audience(world: &World, scope: &str) -> Result<String, Answer> {
    let Some(resource) = scope.strip_suffix("/.default") else {
        let text = "client credentials need a scope that ends in /.default";
        return Err(failure(
            world,
            400,
            "invalid_scope",
            aadsts::SCOPE_NOT_DEFAULT,
            text,
        ));
    };
    let known = [
        "https://communication.azure.com",
        "https://graph.microsoft.com",
        "https://localhost",
        "https://127.0.0.1",
    ];
    let own = [defaults::APP.to_owned(), format!("api://{}", defaults::APP)];
    if known.contains(&resource.trim_end_matches('/')) || own.contains(&resource.to_owned()) {
        return Ok(resource.to_owned());
    }
    Err(failure(
        world,
        400,
        "invalid_resource",
        500_011,
        "the resource was not found in the tenant",
    ))
}

fn access_token(world: &mut World, audience: &str) -> String {
    let now = stamp::unix_s(world.wall);
    let uti = world.dice.uuid();
    world.setup.entra.sign(&json!({
        "aud": audience,
        "iss": format!("https://sts.windows.net/{}/", defaults::TENANT),
        "iat": now, "nbf": now, "exp": now + TOKEN_LIFE_S + 1,
        "app_displayname": "Tandem", "appid": defaults::APP, "appidacr": "1", "idtyp": "app",
        "idp": format!("https://sts.windows.net/{}/", defaults::TENANT),
        "oid": "bb123456-1234-1234-1234-bbb123456789", "sub": "bb123456-1234-1234-1234-bbb123456789",
        "tid": defaults::TENANT, "uti": uti, "ver": "1.0",
    }))
}

/// Checks an app token that a data plane received.
pub(crate) fn verify(world: &World, token: &str, audiences: &[&str]) -> Result<(), VerifyError> {
    let Ok(key) = serde_json::from_value(world.setup.entra.jwk()) else {
        return Err(VerifyError::Keys);
    };
    let issuer = format!("https://sts.windows.net/{}/", defaults::TENANT);
    let expected = Expected {
        issuers: &[&issuer],
        audiences,
        now_s: stamp::unix_s(world.wall),
        leeway_s: 300,
    };
    jwt::verify(token, &Jwks { keys: vec![key] }, &expected).map(|_| ())
}

fn known_tenant(world: &World, tenant: &str) -> Result<(), Answer> {
    if tenant.eq_ignore_ascii_case(defaults::TENANT) {
        return Ok(());
    }
    let looks_like_one = tenant.contains('.') || uuid::Uuid::parse_str(tenant).is_ok();
    let code = match tenant {
        // Client credentials need a concrete tenant.
        "common" | "consumers" => 9_001_023,
        _ if looks_like_one => aadsts::TENANT_NOT_FOUND,
        _ => aadsts::TENANT_MALFORMED,
    };
    Err(failure(
        world,
        400,
        "invalid_request",
        code,
        &format!("tenant '{tenant}' was not found"),
    ))
}

fn failure(world: &World, status: u16, error: &str, code: u32, text: &str) -> Answer {
    let timestamp = stamp::entra(world.wall);
    let trace = uuid::Builder::from_random_bytes(world.wall.as_nanosecond().to_be_bytes())
        .into_uuid()
        .to_string();
    let body: Value = json!({
        "error": error,
        "error_description":
            format!("AADSTS{code}: {text}. Trace ID: {trace} Correlation ID: {trace} Timestamp: {timestamp}"),
        "error_codes": [code],
        "timestamp": timestamp,
        "trace_id": trace,
        "correlation_id": trace,
        "error_uri": format!("https://login.microsoftonline.com/error?code={code}"),
    });
    Answer::json(status, &body)
}
