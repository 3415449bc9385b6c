//! What an application proves itself with besides its secret, and a person's token that it was given.
//!
//! A client assertion is signed with a certificate that is registered for the application; a token of
//! a person for the application is exchanged for one that goes further (on behalf of).

use super::{failure, is_any_tenant};
use crate::answer::Answer;
use crate::identify::field;
use crate::options::defaults;
use crate::stamp;
use crate::world::World;
use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde::Deserialize;
use tandem_microsoft::entra::aadsts;
use tandem_microsoft::entra::jwt::{Expected, Jwks, VerifyError, verify};
use x509_parser::pem::parse_x509_pem;

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const LEEWAY_S: f64 = 300.0;
const TOKEN_LEEWAY_S: u64 = 300;

/// What an assertion says.
#[derive(Debug, Deserialize)]
struct Claims {
    #[serde(default)]
    iss: String,
    #[serde(default)]
    sub: String,
    #[serde(default)]
    aud: String,
    /// MSAL for Python writes fractions of seconds.
    #[serde(default)]
    exp: f64,
    #[serde(default)]
    nbf: f64,
}

/// Whether this is a certificate with an RSA key, in PEM.
pub(super) fn is_certificate(pem: &str) -> bool {
    public_key(pem).is_some()
}

/// What a directory shows of a certificate.
pub(crate) struct Certificate {
    pub(crate) subject: String,
    /// SHA-1, in base64.
    pub(crate) thumbprint: String,
    pub(crate) not_before: String,
    pub(crate) not_after: String,
}

pub(crate) fn certificate(pem: &str) -> Option<Certificate> {
    let (_, pem) = parse_x509_pem(pem.as_bytes()).ok()?;
    let known = pem.parse_x509().ok()?;
    let time = |at: x509_parser::time::ASN1Time| {
        let at = jiff::Timestamp::from_second(at.timestamp()).ok()?;
        Some(stamp::graph(at))
    };
    let sha1 = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, &pem.contents);
    Some(Certificate {
        subject: known.subject().to_string(),
        thumbprint: STANDARD.encode(sha1),
        not_before: time(known.validity().not_before)?,
        not_after: time(known.validity().not_after)?,
    })
}

fn public_key(pem: &str) -> Option<DecodingKey> {
    let (_, pem) = parse_x509_pem(pem.as_bytes()).ok()?;
    let certificate = pem.parse_x509().ok()?;
    let key = certificate.public_key();
    key.parsed()
        .ok()
        .filter(|parsed| matches!(parsed, x509_parser::public_key::PublicKey::RSA(_)))?;
    Some(DecodingKey::from_rsa_der(&key.subject_public_key.data))
}

/// The application has signed who it is.
pub(super) fn check_client(world: &World, tenant: &str, form: &str) -> Result<(), Answer> {
    let refuse = |code: u32, text: &str| Err(failure(world, 401, "invalid_client", code, text));
    let assertion = field(form, "client_assertion").unwrap_or_default();
    if field(form, "client_assertion_type").as_deref() != Some(ASSERTION_TYPE) {
        let text = format!("client_assertion_type must be {ASSERTION_TYPE}");
        return refuse(aadsts::ASSERTION_TYPE_MISSING, &text);
    }
    let Some(claims) = signed_by_one(world, &assertion) else {
        let text = "the assertion is not signed with a certificate that is registered";
        return refuse(aadsts::WRONG_CERTIFICATE, text);
    };
    if claims.iss != defaults::APP || claims.sub != defaults::APP {
        let text = "issuer and subject of the assertion must be the client_id";
        return refuse(aadsts::ASSERTION_OF_ANOTHER, text);
    }
    if !is_audience(world, tenant, &claims.aud) {
        let text = "the audience of the assertion must be the token endpoint";
        return refuse(aadsts::ASSERTION_AUDIENCE, text);
    }
    let now = world.wall.as_duration().as_secs_f64();
    if claims.exp + LEEWAY_S < now || claims.nbf > now + LEEWAY_S {
        let text = "the assertion is not within its valid time range";
        return refuse(aadsts::ASSERTION_TIME, text);
    }
    Ok(())
}

fn signed_by_one(world: &World, assertion: &str) -> Option<Claims> {
    if assertion.len() > tandem_microsoft::limits::JWT_BYTES_MAX {
        return None;
    }
    let algorithm = decode_header(assertion).ok()?.alg;
    if !matches!(algorithm, Algorithm::RS256 | Algorithm::PS256) {
        return None;
    }
    let mut validation = Validation::new(algorithm);
    // Times and audience have errors of their own.
    validation.validate_exp = false;
    validation.validate_aud = false;
    validation.required_spec_claims.clear();
    let certificates = &world.directory.application.certificates;
    certificates.iter().find_map(|pem| {
        let key = public_key(pem)?;
        decode::<Claims>(assertion, &key, &validation)
            .ok()
            .map(|data| data.claims)
    })
}

/// The endpoint by its own address, or as Microsoft's.
fn is_audience(world: &World, tenant: &str, audience: &str) -> bool {
    let bases = [
        "https://login.microsoftonline.com",
        world.setup.https_base.as_str(),
        world.setup.http_base.as_str(),
    ];
    bases.iter().any(|base| {
        ["oauth2/v2.0/token", "v2.0"].iter().any(|tail| {
            let wanted = format!("{base}/{tenant}/{tail}");
            wanted.eq_ignore_ascii_case(audience)
        })
    })
}

/// Whose token it was that the application was given.
pub(super) fn on_behalf_of(
    world: &World,
    tenant: &str,
    form: &str,
    assertion: &str,
) -> Result<String, Answer> {
    let refuse = |code: u32, text: &str| Err(failure(world, 400, "invalid_grant", code, text));
    if field(form, "requested_token_use").as_deref() != Some("on_behalf_of") {
        let text = "requested_token_use must be on_behalf_of";
        let code = aadsts::PARAMETER_INVALID;
        return Err(failure(world, 400, "invalid_request", code, text));
    }
    let Ok(key) = serde_json::from_value(world.setup.entra.jwk()) else {
        return refuse(aadsts::ASSERTION_INVALID, "the keys cannot be read");
    };
    let tenant = if is_any_tenant(tenant) {
        defaults::TENANT
    } else {
        tenant
    };
    let issuer = format!("https://sts.windows.net/{}/", tenant.to_lowercase());
    let own = own_audience();
    let expected = Expected {
        issuers: &[&issuer],
        audiences: &[defaults::APP, &own],
        now_s: stamp::unix_s(world.wall),
        leeway_s: TOKEN_LEEWAY_S,
    };
    match verify(assertion, &Jwks { keys: vec![key] }, &expected) {
        Ok(claims) => match claims
            .oid
            .filter(|oid| world.directory.people.contains_key(oid))
        {
            Some(oid) => Ok(oid),
            None => refuse(
                aadsts::ASSERTION_INVALID,
                "the assertion is not the token of a person",
            ),
        },
        Err(VerifyError::Expired) => refuse(aadsts::ASSERTION_EXPIRED, "the assertion has expired"),
        Err(error) => {
            let text = format!("the assertion is not a token for this application: {error}");
            refuse(aadsts::ASSERTION_INVALID, &text)
        }
    }
}

/// The application as a resource that people have tokens for.
pub(super) fn own_audience() -> String {
    format!("api://{}", defaults::APP)
}

/// Whether a scope is one of the application's own.
pub(super) fn is_own_scope(scope: &str) -> bool {
    let own = format!("{}/", own_audience());
    let named = scope
        .strip_prefix(&own)
        .is_some_and(|name| !name.is_empty());
    named || scope.strip_suffix("/.default") == Some(defaults::APP)
}
