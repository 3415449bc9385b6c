//! How an application proves with a certificate who it is: a short-lived token that it signs itself
//! (microsoft-graph.md 1.2). The time and the token's id are handed in; the salt of the signature is the
//! cryptography's own.

use super::TokenRequest;
use crate::wire::percent_encode;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use serde::Serialize;

pub(super) const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// How long an assertion is good.
const LIFE_S: u64 = 600;

/// What signs: the private key of a certificate that Entra knows. It does not print its key.
#[derive(Clone, Copy)]
pub struct Signer<'a> {
    /// PEM, RSA, PKCS#8 or PKCS#1.
    pub key_pem: &'a [u8],
    /// SHA-256 of the certificate's bytes.
    pub thumbprint: &'a [u8],
}

impl std::fmt::Debug for Signer<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Signer").finish_non_exhaustive()
    }
}

/// The key cannot sign.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the key is not an RSA key in PEM")]
pub struct BadKey;

#[derive(Serialize)]
struct Claims<'a> {
    aud: &'a str,
    iss: &'a str,
    sub: &'a str,
    jti: &'a str,
    nbf: u64,
    exp: u64,
}

impl Signer<'_> {
    /// The assertion of an application for one token endpoint.
    ///
    /// # Errors
    /// When the key is no RSA key.
    pub fn sign(
        self,
        client_id: &str,
        token_endpoint: &str,
        jti: &str,
        now_s: u64,
    ) -> Result<String, BadKey> {
        let key = EncodingKey::from_rsa_pem(self.key_pem).map_err(|_not_one| BadKey)?;
        let mut header = Header::new(Algorithm::PS256);
        header.x5t_s256 = Some(URL_SAFE_NO_PAD.encode(self.thumbprint));
        let claims = Claims {
            aud: token_endpoint,
            iss: client_id,
            sub: client_id,
            jti,
            nbf: now_s,
            exp: now_s + LIFE_S,
        };
        encode(&header, &claims, &key).map_err(|_cannot_sign| BadKey)
    }
}

/// Client credentials with an assertion. `scope` must end in `/.default`.
#[must_use]
pub fn client_credentials_by(
    tenant: &str,
    client_id: &str,
    assertion: &str,
    scope: &str,
) -> TokenRequest {
    TokenRequest {
        path: format!("/{}/oauth2/v2.0/token", percent_encode(tenant)),
        body: format!(
            "grant_type=client_credentials&client_id={}&client_assertion_type={}&client_assertion={}&scope={}",
            percent_encode(client_id),
            percent_encode(ASSERTION_TYPE),
            percent_encode(assertion),
            percent_encode(scope)
        ),
    }
}

/// Whether an assertion was signed with the key whose public half this is (RSA, PKCS#1).
#[must_use]
pub fn is_signed_by(assertion: &str, public_key: &[u8]) -> bool {
    let mut validation = Validation::new(Algorithm::PS256);
    validation.validate_exp = false;
    validation.validate_aud = false;
    validation.required_spec_claims.clear();
    let key = DecodingKey::from_rsa_der(public_key);
    decode::<serde::de::IgnoredAny>(assertion, &key, &validation).is_ok()
}
