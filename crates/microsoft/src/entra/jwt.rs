//! Checking a signed token: against keys, issuer, audience and time that are all handed in.
//!
//! RS256 only: it is what Entra and Call Automation sign with, and accepting more would let a token
//! choose its own check. Fetching keys, and fetching them again for an unknown `kid`, is the edge's.

use crate::limits;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One key of a JWKS document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Jwk {
    pub kty: String,
    #[serde(default)]
    pub kid: String,
    #[serde(rename = "use", default, skip_serializing_if = "Option::is_none")]
    pub usage: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alg: Option<String>,
    /// base64url modulus.
    #[serde(default)]
    pub n: String,
    /// base64url exponent.
    #[serde(default)]
    pub e: String,
}

/// A JWKS document.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Jwks {
    pub keys: Vec<Jwk>,
}

impl Jwks {
    /// Reads a JWKS document within its limits.
    ///
    /// # Errors
    /// When it is too long, has too many keys or is not JSON of this shape.
    pub fn parse(body: &[u8]) -> Result<Self, VerifyError> {
        if body.len() > limits::JWKS_BYTES_MAX {
            return Err(VerifyError::Keys);
        }
        match serde_json::from_slice::<Self>(body) {
            Ok(jwks) if jwks.keys.len() <= limits::JWKS_KEYS_MAX => Ok(jwks),
            Ok(_) | Err(_) => Err(VerifyError::Keys),
        }
    }
}

/// What a token must say.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// One of these must be `iss`.
    pub issuers: &'a [&'a str],
    /// One of these must be in `aud`.
    pub audiences: &'a [&'a str],
    /// Seconds since 1970, from whoever owns the clock.
    pub now_s: u64,
    /// Tolerated difference between the clocks.
    pub leeway_s: u64,
}

/// `aud` is a text or a list of them (RFC 7519 4.1.3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Audience {
    One(String),
    Many(Vec<String>),
}

impl Audience {
    fn has(&self, wanted: &str) -> bool {
        match self {
            Self::One(audience) => audience == wanted,
            Self::Many(audiences) => audiences.iter().any(|audience| audience == wanted),
        }
    }
}

/// The claims that Tandem looks at. `appid` is the v1 name, `azp` the v2 name of the same thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    pub iss: String,
    pub aud: Audience,
    pub exp: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nbf: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub iat: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub appid: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub azp: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tid: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oid: Option<String>,
    /// What a person let the application do, separated by blanks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scp: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<String>,
    /// Object ids; absent when there are too many to name (`_claim_names` says so).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preferred_username: Option<String>,
    #[serde(
        rename = "_claim_names",
        default,
        skip_serializing_if = "BTreeMap::is_empty"
    )]
    pub elsewhere: BTreeMap<String, String>,
}

impl Claims {
    /// Whether there are more groups than the token names.
    #[must_use]
    pub fn groups_are_elsewhere(&self) -> bool {
        self.elsewhere.contains_key("groups")
    }

    /// The application that asked for the token, by either name.
    #[must_use]
    pub fn application(&self) -> Option<&str> {
        self.azp.as_deref().or(self.appid.as_deref())
    }
}

/// Why a token is not accepted. None of these carries a part of the token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    #[error("no bearer token was sent")]
    Missing,
    #[error("the token is not a JWT that can be read")]
    Malformed,
    #[error("the token is signed with another algorithm than RS256")]
    Algorithm,
    #[error("no key with the id {kid:?}; fetch the keys again, at most once in a while")]
    UnknownKey { kid: String },
    #[error("the key document cannot be used")]
    Keys,
    #[error("the signature does not match")]
    Signature,
    #[error("the token is for another audience")]
    Audience,
    #[error("the token is from another issuer")]
    Issuer,
    #[error("the token has expired")]
    Expired,
    #[error("the token is not valid yet")]
    NotYetValid,
}

/// The token of an `Authorization` header.
///
/// # Errors
/// When the header is absent or of another scheme.
pub fn bearer(authorization: Option<&str>) -> Result<&str, VerifyError> {
    let value = authorization.ok_or(VerifyError::Missing)?;
    match value.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") && !token.is_empty() => {
            Ok(token.trim())
        }
        Some(_) | None => Err(VerifyError::Missing),
    }
}

/// Checks a token and gives its claims.
///
/// # Errors
/// The first of form, algorithm, key, signature, issuer, audience and time that is wrong.
pub fn verify(token: &str, jwks: &Jwks, expected: &Expected<'_>) -> Result<Claims, VerifyError> {
    if token.len() > limits::JWT_BYTES_MAX {
        return Err(VerifyError::Malformed);
    }
    let Ok(header) = decode_header(token) else {
        return Err(VerifyError::Malformed);
    };
    if header.alg != Algorithm::RS256 {
        return Err(VerifyError::Algorithm);
    }
    let kid = header.kid.unwrap_or_default();
    let key = jwks
        .keys
        .iter()
        .find(|key| key.kid == kid && key.kty == "RSA")
        .ok_or(VerifyError::UnknownKey { kid })?;
    let Ok(key) = DecodingKey::from_rsa_components(&key.n, &key.e) else {
        return Err(VerifyError::Keys);
    };
    let claims = match decode::<Claims>(token, &key, &signature_only()) {
        Ok(data) => data.claims,
        Err(error) => return Err(signature_error(error.kind())),
    };
    check(&claims, expected)?;
    Ok(claims)
}

/// Issuer, audience and time are checked below, by the values handed in and not by a system clock.
fn signature_only() -> Validation {
    let mut validation = Validation::new(Algorithm::RS256);
    validation.validate_exp = false;
    validation.validate_nbf = false;
    validation.validate_aud = false;
    validation.required_spec_claims.clear();
    validation
}

fn signature_error(kind: &jsonwebtoken::errors::ErrorKind) -> VerifyError {
    if matches!(kind, jsonwebtoken::errors::ErrorKind::InvalidSignature) {
        VerifyError::Signature
    } else {
        VerifyError::Malformed
    }
}

fn check(claims: &Claims, expected: &Expected<'_>) -> Result<(), VerifyError> {
    if !expected.issuers.contains(&claims.iss.as_str()) {
        return Err(VerifyError::Issuer);
    }
    if !expected
        .audiences
        .iter()
        .any(|audience| claims.aud.has(audience))
    {
        return Err(VerifyError::Audience);
    }
    if claims.exp.saturating_add(expected.leeway_s) <= expected.now_s {
        return Err(VerifyError::Expired);
    }
    if claims
        .nbf
        .is_some_and(|nbf| nbf > expected.now_s.saturating_add(expected.leeway_s))
    {
        return Err(VerifyError::NotYetValid);
    }
    Ok(())
}

#[cfg(test)]
mod tests;
