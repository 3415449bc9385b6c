//! The token endpoint: app tokens by client credentials, and a person's tokens for an authorization code
//! or a refresh token (microsoft-graph.md 1.2 to 1.4).

use super::assertion;
use super::device;
use super::directory::{Code, Refresh, Standing};
use super::refusal;
use super::{client_info, failure, failure_with, is_any_tenant, known_tenant};
use crate::answer::Answer;
use crate::fault::{Effect, Occasion, Symptom};
use crate::graph::{self, permission};
use crate::identify::field;
use crate::options::defaults;
use crate::pipeline::Received;
use crate::stamp;
use crate::world::World;
use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use tandem_microsoft::acs::extension::SCOPE_RESOURCE;
use tandem_microsoft::entra::aadsts;
use tandem_microsoft::entra::sign_in::code_challenge;

/// Life of a token. Entra draws 60 to 90 minutes; clients read `expires_in`.
const TOKEN_LIFE_S: u64 = 3599;
/// Life of an authorization code.
const CODE_LIFE_MS: u64 = 600_000;
/// A refresh token that was not used for so long is worth nothing.
const REFRESH_IDLE_MS: u64 = 90 * 24 * 3_600_000;
const DEVICE_CODE: &str = "urn:ietf:params:oauth:grant-type:device_code";
/// The same, as MSAL for Node says it.
const DEVICE_CODE_OF_MSAL: &str = "device_code";
const ON_BEHALF_OF: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
/// Groups that a token names; with more it names the place to ask instead.
const GROUPS_IN_TOKEN_MAX: usize = 200;

/// Who a person's token is for, and what was asked of it.
pub(super) struct Granted {
    pub(super) oid: String,
    pub(super) sid: String,
    pub(super) scope: String,
    pub(super) nonce: Option<String>,
}

/// What the application proved itself with, as tokens tell it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Proof {
    /// A public client has nothing.
    None,
    Secret,
    Certificate,
}

impl Proof {
    const fn acr(self) -> &'static str {
        match self {
            Self::None => "0",
            Self::Secret => "1",
            Self::Certificate => "2",
        }
    }
}

/// `POST /{tenant}/oauth2/v2.0/token`
pub(crate) fn token(world: &mut World, tenant: &str, received: &Received) -> Answer {
    let form = String::from_utf8_lossy(&received.body).into_owned();
    let answered = match granted(world, tenant, &form) {
        Ok(body) => Answer::json(200, &body),
        Err(answer) => return answer,
    };
    answered.with_header("cache-control", "no-store".to_owned())
}

fn granted(world: &mut World, tenant: &str, form: &str) -> Result<Value, Answer> {
    known_tenant(world, tenant)?;
    refused_by_fault(world)?;
    let grant_type = required(world, form, "grant_type")?;
    match grant_type.as_str() {
        "client_credentials" => by_credentials(world, tenant, form),
        "authorization_code" => {
            let proof = client(world, tenant, form)?;
            let granted = by_code(world, tenant, form)?;
            tokens(world, form, &granted, proof)
        }
        "refresh_token" => {
            let proof = client(world, tenant, form)?;
            let granted = by_refresh_token(world, tenant, form)?;
            tokens(world, form, &granted, proof)
        }
        ON_BEHALF_OF => {
            let proof = client(world, tenant, form)?;
            let granted = on_behalf_of(world, tenant, form)?;
            tokens(world, form, &granted, proof)
        }
        DEVICE_CODE | DEVICE_CODE_OF_MSAL => {
            let proof = public_client(world, tenant, form)?;
            let granted = device::redeem(world, form)?;
            still_may(world, tenant, &granted.oid)?;
            tokens(world, form, &granted, proof)
        }
        _ => {
            let text = "the emulator has client_credentials, authorization_code, refresh_token, jwt-bearer and \
                        device_code";
            let code = aadsts::GRANT_UNSUPPORTED;
            Err(failure(world, 400, "unsupported_grant_type", code, text))
        }
    }
}

fn refused_by_fault(world: &mut World) -> Result<(), Answer> {
    let occasion = Occasion {
        operation: "Token",
        ..Occasion::default()
    };
    let struck = world
        .faults
        .draw(Symptom::TokenRefused, occasion, &mut world.dice);
    match struck {
        Some(Effect::TokenRefused { aadsts }) => match refusal::answer(world, aadsts) {
            Some(answer) => Err(answer),
            None => Ok(()),
        },
        Some(_) | None => Ok(()),
    }
}

pub(super) fn required(world: &World, form: &str, name: &str) -> Result<String, Answer> {
    let value = field(form, name).filter(|value| !value.is_empty());
    value.ok_or_else(|| {
        let text = format!("the body has no '{name}'");
        failure(
            world,
            400,
            "invalid_request",
            aadsts::PARAMETER_MISSING,
            &text,
        )
    })
}

fn by_credentials(world: &mut World, tenant: &str, form: &str) -> Result<Value, Answer> {
    if is_any_tenant(tenant) {
        let text = format!("tenant '{tenant}' was not found: app tokens need a concrete one");
        let code = aadsts::TENANT_NOT_CONCRETE;
        return Err(failure(world, 400, "invalid_request", code, &text));
    }
    let proof = client(world, tenant, form)?;
    let scope = required(world, form, "scope")?;
    let audience = audience(world, &scope)?;
    Ok(json!({
        "token_type": "Bearer",
        "expires_in": TOKEN_LIFE_S,
        "ext_expires_in": TOKEN_LIFE_S,
        "access_token": app_token(world, tenant, &audience, proof),
    }))
}

/// An application that may have no secret, but shows one that it has.
fn public_client(world: &mut World, tenant: &str, form: &str) -> Result<Proof, Answer> {
    let has_proof = ["client_secret", "client_assertion"]
        .iter()
        .any(|name| field(form, name).is_some());
    if has_proof {
        return client(world, tenant, form);
    }
    known_client(world, form)?;
    Ok(Proof::None)
}

fn known_client(world: &World, form: &str) -> Result<(), Answer> {
    let is_absent = world.directory.application.standing == Standing::Absent;
    if required(world, form, "client_id")? != defaults::APP || is_absent {
        let text = "the application was not found in the tenant";
        let code = aadsts::APP_NOT_FOUND;
        return Err(failure(world, 400, "unauthorized_client", code, text));
    }
    Ok(())
}

/// The application, and that it is itself.
fn client(world: &mut World, tenant: &str, form: &str) -> Result<Proof, Answer> {
    known_client(world, form)?;
    let proof = if field(form, "client_assertion").is_some() {
        assertion::check_client(world, tenant, form)?;
        Proof::Certificate
    } else {
        check_secret(world, form)?;
        Proof::Secret
    };
    let is_revoked = world.draw_symptom("Token", Symptom::ConsentRevoked);
    if is_revoked || world.directory.application.standing == Standing::Disabled {
        let text = "the application is disabled in the tenant";
        let code = aadsts::APP_DISABLED;
        return Err(failure(world, 400, "unauthorized_client", code, text));
    }
    Ok(proof)
}

/// The application was given a person's token, and goes on in their name.
fn on_behalf_of(world: &mut World, tenant: &str, form: &str) -> Result<Granted, Answer> {
    let given = required(world, form, "assertion")?;
    let scope = required(world, form, "scope")?;
    let oid = assertion::on_behalf_of(world, tenant, form, &given)?;
    still_may(world, tenant, &oid)?;
    Ok(Granted {
        oid,
        sid: world.dice.uuid(),
        scope,
        nonce: None,
    })
}

fn by_code(world: &mut World, tenant: &str, form: &str) -> Result<Granted, Answer> {
    let code = required(world, form, "code")?;
    let redirect_uri = required(world, form, "redirect_uri")?;
    let now_ms = world.now_ms();
    let Some(found) = world.directory.codes.get_mut(&code) else {
        let text = "the code is malformed or was never issued";
        return Err(invalid_grant(world, aadsts::GRANT_INVALID, text));
    };
    let was_redeemed = std::mem::replace(&mut found.is_redeemed, true);
    let found: Code = found.clone();
    if was_redeemed {
        let text = "the code was already redeemed";
        return Err(invalid_grant(world, aadsts::CODE_REDEEMED, text));
    }
    if now_ms.saturating_sub(found.issued_ms) > CODE_LIFE_MS {
        return Err(invalid_grant(
            world,
            aadsts::GRANT_EXPIRED,
            "the code has expired",
        ));
    }
    if found.redirect_uri != redirect_uri {
        let text = "the redirect URI is not the one that the code was issued for";
        let code = aadsts::REDIRECT_MISMATCH;
        return Err(failure(world, 400, "invalid_request", code, text));
    }
    if let Some(challenge) = &found.challenge {
        let verifier = field(form, "code_verifier").unwrap_or_default();
        if code_challenge(&verifier) != *challenge {
            let text = "the code_verifier does not match the code_challenge of the request";
            return Err(invalid_grant(world, aadsts::VERIFIER_MISMATCH, text));
        }
    }
    still_may(world, tenant, &found.oid)?;
    Ok(Granted {
        oid: found.oid,
        sid: found.sid,
        scope: found.scope,
        nonce: found.nonce,
    })
}

fn by_refresh_token(world: &mut World, tenant: &str, form: &str) -> Result<Granted, Answer> {
    let token = required(world, form, "refresh_token")?;
    let now_ms = world.now_ms();
    let Some(found) = world.directory.refreshes.get_mut(&token) else {
        let text = "the refresh token is malformed or was never issued";
        return Err(invalid_grant(world, aadsts::GRANT_INVALID, text));
    };
    let idle_ms = now_ms.saturating_sub(found.used_ms);
    found.used_ms = now_ms;
    let found = found.clone();
    if found.is_revoked {
        let text = "the sessions of the account were revoked; a fresh sign-in is needed";
        return Err(invalid_grant(world, aadsts::FRESH_SIGN_IN_NEEDED, text));
    }
    if idle_ms > REFRESH_IDLE_MS {
        let text = "the refresh token has expired due to inactivity";
        return Err(invalid_grant(world, aadsts::REFRESH_INACTIVE, text));
    }
    still_may(world, tenant, &found.oid)?;
    Ok(Granted {
        oid: found.oid,
        sid: found.sid,
        scope: field(form, "scope").unwrap_or(found.scope),
        nonce: None,
    })
}

pub(super) fn invalid_grant(world: &World, code: u32, text: &str) -> Answer {
    failure(world, 400, "invalid_grant", code, text)
}

/// What may have changed since the person signed in.
fn still_may(world: &mut World, tenant: &str, oid: &str) -> Result<(), Answer> {
    let Some(person) = world.directory.people.get(oid) else {
        return Err(invalid_grant(
            world,
            aadsts::USER_NOT_FOUND,
            "the account was deleted",
        ));
    };
    if !is_any_tenant(tenant) && !person.tenant.eq_ignore_ascii_case(tenant) {
        let text = "the account does not exist in this tenant";
        return Err(invalid_grant(world, aadsts::USER_OF_OTHER_TENANT, text));
    }
    if person.disabled {
        return Err(invalid_grant(
            world,
            aadsts::USER_DISABLED,
            "the account is disabled",
        ));
    }
    if !world.directory.application.consented {
        let other = json!({"suberror": "consent_required"});
        let why = (
            aadsts::NO_CONSENT,
            "nobody has consented to the application's permissions",
        );
        return Err(failure_with(world, 400, "invalid_grant", why, &other));
    }
    let has_role = !world.directory.roles(person).is_empty();
    if world.directory.application.assignment_required && !has_role {
        let text = "the account is not assigned to a role for the application";
        return Err(invalid_grant(world, aadsts::NOT_ASSIGNED, text));
    }
    if world.draw_symptom("Token", Symptom::ConditionalAccess) {
        let claims = json!({"access_token": {"capolids": {"essential": true, "values": ["p1"]}}});
        let other = json!({"suberror": "message_only", "claims": claims.to_string()});
        let text = "access has been blocked by conditional access policies";
        let why = (aadsts::CONDITIONAL_ACCESS, text);
        return Err(failure_with(
            world,
            400,
            "interaction_required",
            why,
            &other,
        ));
    }
    Ok(())
}

/// Whether everything that is asked of Graph was consented to.
fn consented(world: &World, scope: &str) -> Result<(), Answer> {
    let granted = &world.directory.application.delegated_permissions;
    let is_missing = |name: &&str| {
        // Signing in is no access to anything.
        if *name == "offline_access" {
            return false;
        }
        let known = permission::named(permission::DELEGATED, name);
        known.is_some_and(|known| !granted.iter().any(|it| it.eq_ignore_ascii_case(known.name)))
    };
    let asked = permissions(world, scope);
    let Some(missing) = asked.split_whitespace().find(is_missing) else {
        return Ok(());
    };
    let text = format!("nobody has consented to the permission {missing}");
    let other = json!({"suberror": "consent_required"});
    let why = (aadsts::NO_CONSENT, text.as_str());
    Err(failure_with(world, 400, "invalid_grant", why, &other))
}

fn tokens(world: &mut World, form: &str, granted: &Granted, proof: Proof) -> Result<Value, Answer> {
    consented(world, &granted.scope)?;
    let has = |wanted: &str| granted.scope.split_whitespace().any(|it| it == wanted);
    let mut body = json!({
        "token_type": "Bearer",
        "scope": granted.scope,
        "expires_in": TOKEN_LIFE_S,
        "ext_expires_in": TOKEN_LIFE_S,
        "access_token": person_token(world, granted, proof),
    });
    if has("openid") {
        body["id_token"] = id_token(world, granted).into();
    }
    if has("offline_access") {
        let token = format!("1.{}{}", world.dice.uuid(), world.dice.uuid());
        let refresh = Refresh {
            oid: granted.oid.clone(),
            sid: granted.sid.clone(),
            scope: granted.scope.clone(),
            used_ms: world.now_ms(),
            is_revoked: false,
        };
        world.directory.refreshes.insert(token.clone(), refresh);
        body["refresh_token"] = token.into();
    }
    if field(form, "client_info").as_deref() == Some("1") {
        body["client_info"] = client_info(world, &granted.oid).into();
    }
    Ok(body)
}

fn id_token(world: &mut World, granted: &Granted) -> String {
    let now = stamp::unix_s(world.wall);
    let uti = world.dice.uuid();
    let Some(person) = world.directory.people.get(&granted.oid) else {
        return String::new();
    };
    let mut claims = json!({
        "aud": defaults::APP,
        "iss": format!("https://login.microsoftonline.com/{}/v2.0", person.tenant),
        "iat": now, "nbf": now, "exp": now + TOKEN_LIFE_S + 1,
        "sub": pairwise(&granted.oid), "oid": granted.oid, "tid": person.tenant,
        "preferred_username": person.upn, "name": person.name, "sid": granted.sid,
        "uti": uti, "ver": "2.0",
    });
    if let Some(nonce) = &granted.nonce {
        claims["nonce"] = json!(nonce);
    }
    let roles = world.directory.roles(person);
    if !roles.is_empty() {
        claims["roles"] = json!(roles);
    }
    if world.directory.application.group_claims && !person.groups.is_empty() {
        if person.groups.len() > GROUPS_IN_TOKEN_MAX {
            let oid = &granted.oid;
            let place = format!("https://graph.microsoft.com/v1.0/users/{oid}/getMemberObjects");
            claims["_claim_names"] = json!({"groups": "src1"});
            claims["_claim_sources"] = json!({"src1": {"endpoint": place}});
        } else {
            claims["groups"] = json!(person.groups);
        }
    }
    world.setup.entra.sign(&claims)
}

/// The same person has another subject in every application.
fn pairwise(oid: &str) -> String {
    let text = format!("{}{oid}", defaults::APP);
    URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, text.as_bytes()))
}

/// A token for the application itself when a scope is its own, else Graph's, which clients do not look into.
fn person_token(world: &mut World, granted: &Granted, proof: Proof) -> String {
    let now = stamp::unix_s(world.wall);
    let uti = world.dice.uuid();
    let person = world.directory.people.get(&granted.oid);
    let tenant = person.map_or(defaults::TENANT, |person| person.tenant.as_str());
    let own = assertion::own_audience();
    let is_own = granted
        .scope
        .split_whitespace()
        .any(assertion::is_own_scope);
    let is_calling = granted
        .scope
        .split_whitespace()
        .any(|scope| scope.starts_with(SCOPE_RESOURCE));
    let audience = match (is_own, is_calling) {
        (true, _) => &own,
        (false, true) => SCOPE_RESOURCE,
        (false, false) => graph::APP,
    };
    let mut claims = json!({
        "aud": audience,
        "iss": format!("https://sts.windows.net/{tenant}/"),
        "iat": now, "nbf": now, "exp": now + TOKEN_LIFE_S + 1,
        "appid": defaults::APP, "appidacr": proof.acr(), "idtyp": "user", "oid": granted.oid,
        "scp": permissions(world, &granted.scope), "sub": granted.oid, "tid": tenant, "uti": uti, "ver": "1.0",
    });
    if let Some(person) = person {
        let roles = world.directory.roles(person);
        if is_own && !roles.is_empty() {
            claims["roles"] = json!(roles);
        }
        claims["wids"] = match person.is_administrator {
            true => json!([ADMINISTRATOR_WID, MEMBER_WID]),
            false => json!([MEMBER_WID]),
        };
    }
    world.setup.entra.sign(&claims)
}

/// What a token lets do, by the short names that Graph looks for; what a client is told it was granted stays as it asked.
fn permissions(world: &World, scope: &str) -> String {
    const RESOURCES: [&str; 3] = [
        "https://graph.microsoft.com/",
        "https://localhost/",
        "https://127.0.0.1/",
    ];
    let mut names: Vec<&str> = Vec::new();
    for scope in scope.split_whitespace() {
        let of_graph = RESOURCES.iter().find_map(|it| scope.strip_prefix(it));
        match of_graph.unwrap_or(scope) {
            ".default" => {
                let all = &world.directory.application.delegated_permissions;
                names.extend(all.iter().map(String::as_str));
            }
            name => names.push(name),
        }
    }
    names.join(" ")
}

fn check_secret(world: &mut World, form: &str) -> Result<(), Answer> {
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
    let expires = world.directory.application.secret_expires_at.as_deref();
    let has_expired = expires
        .and_then(|at| at.parse::<jiff::Timestamp>().ok())
        .is_some_and(|at| at <= world.wall);
    if has_expired || world.draw_symptom("Token", Symptom::SecretExpired) {
        return Err(failure(
            world,
            401,
            "invalid_client",
            aadsts::SECRET_EXPIRED,
            "the client secret has expired",
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
    let (other, own) = (
        [
            "https://management.azure.com",
            "https://vault.azure.net",
            "https://storage.azure.com",
        ],
        [defaults::APP.to_owned(), assertion::own_audience()],
    );
    if known.contains(&resource.trim_end_matches('/')) || own.contains(&resource.to_owned()) {
        return Ok(resource.to_owned());
    }
    let (code, text) = if other.contains(&resource.trim_end_matches('/')) {
        let text = "the resource is not among the permissions that the application requests";
        (aadsts::RESOURCE_NOT_REQUESTED, text)
    } else {
        let text = "the resource was not found in the tenant";
        (aadsts::RESOURCE_NOT_FOUND, text)
    };
    Err(failure(world, 400, "invalid_resource", code, text))
}

/// What Entra puts into the `wids` of every token of an application, and into those of people (unconfirmed).
const APP_WIDS: [&str; 1] = ["0997a1d0-0d1d-4acb-b408-d5ca73121e90"];
const MEMBER_WID: &str = "b79fbf4d-3ef9-4689-8143-76b194e85509";
const ADMINISTRATOR_WID: &str = "62e90394-69f5-4237-9190-012177145e10";

/// A token of the tenant that was asked, whatever the application's own is.
fn app_token(world: &mut World, tenant: &str, audience: &str, proof: Proof) -> String {
    let now = stamp::unix_s(world.wall);
    let uti = world.dice.uuid();
    let tenant = tenant.to_lowercase();
    let issuer = format!("https://sts.windows.net/{tenant}/");
    let mut claims = json!({
        "aud": audience,
        "iss": issuer,
        "iat": now, "nbf": now, "exp": now + TOKEN_LIFE_S + 1,
        "app_displayname": "Tandem", "appid": defaults::APP, "appidacr": proof.acr(), "idtyp": "app",
        "idp": issuer,
        "oid": defaults::APP_PRINCIPAL, "sub": defaults::APP_PRINCIPAL,
        "tid": tenant, "uti": uti, "ver": "1.0", "wids": APP_WIDS,
    });
    // An application without permissions at a resource has no such claim.
    let permissions = &world.directory.application.application_permissions;
    if graph::is_audience(audience) && !permissions.is_empty() {
        claims["roles"] = json!(permissions);
    }
    world.setup.entra.sign(&claims)
}
