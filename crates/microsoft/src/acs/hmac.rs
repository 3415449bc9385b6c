//! Access-key signatures of ACS requests: made by the client, checked by the emulator.
//!
//! Verb, path with query, date, host and body hash are signed (acs-call-automation.md 1.2). The date
//! comes in as the RFC 1123 text that goes on the wire; this module reads no clock.

use aws_lc_rs::{digest, hmac};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

pub const DATE_HEADER: &str = "x-ms-date";
pub const CONTENT_HASH_HEADER: &str = "x-ms-content-sha256";
const SCHEME: &str = "HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=";

/// A decoded access key. It never prints itself.
#[derive(Clone)]
pub struct AccessKey(hmac::Key);

impl std::fmt::Debug for AccessKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("AccessKey(..)")
    }
}

/// The access key is not standard base64, or is empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the access key is not base64; copy the key itself, not the connection string")]
pub struct KeyError;

impl AccessKey {
    /// Decodes the key as it stands in the portal.
    ///
    /// # Errors
    /// When the text is not standard base64, or empty.
    pub fn from_base64(text: &str) -> Result<Self, KeyError> {
        match STANDARD.decode(text.trim()) {
            Ok(bytes) if !bytes.is_empty() => Ok(Self(hmac::Key::new(hmac::HMAC_SHA256, &bytes))),
            Ok(_) | Err(_) => Err(KeyError),
        }
    }
}

/// What is signed. `path_and_query` is the percent-encoded form on the wire; `host` has the port
/// when it is not the default one.
#[derive(Debug, Clone, Copy)]
pub struct Signed<'a> {
    pub method: &'a str,
    pub path_and_query: &'a str,
    pub host: &'a str,
    /// RFC 1123, GMT.
    pub date: &'a str,
    pub body: &'a [u8],
}

/// The three headers of a signed request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignatureHeaders {
    pub authorization: String,
    pub date: String,
    pub content_hash: String,
}

/// Why a request is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    #[error(
        "the Authorization header is not an HMAC-SHA256 one with x-ms-date;host;x-ms-content-sha256"
    )]
    Scheme,
    #[error("x-ms-content-sha256 is not the hash of the body")]
    ContentHash,
    #[error("the signature does not match verb, path with query, date, host and body hash")]
    Signature,
}

/// `x-ms-content-sha256`.
#[must_use]
pub fn content_hash(body: &[u8]) -> String {
    STANDARD.encode(digest::digest(&digest::SHA256, body))
}

/// Signs a request.
#[must_use]
pub fn sign(key: &AccessKey, signed: &Signed<'_>) -> SignatureHeaders {
    let content_hash = content_hash(signed.body);
    let tag = hmac::sign(&key.0, string_to_sign(signed, &content_hash).as_bytes());
    SignatureHeaders {
        authorization: format!("{SCHEME}{}", STANDARD.encode(tag)),
        date: signed.date.to_owned(),
        content_hash,
    }
}

/// Checks the headers of a request that arrived. Freshness of the date is the caller's to judge.
///
/// # Errors
/// Which of scheme, body hash and signature is wrong.
pub fn verify(
    key: &AccessKey,
    signed: &Signed<'_>,
    authorization: &str,
    claimed_hash: &str,
) -> Result<(), VerifyError> {
    let signature = authorization
        .strip_prefix(SCHEME)
        .ok_or(VerifyError::Scheme)?;
    let Ok(signature) = STANDARD.decode(signature) else {
        return Err(VerifyError::Signature);
    };
    if content_hash(signed.body) != claimed_hash {
        return Err(VerifyError::ContentHash);
    }
    match hmac::verify(
        &key.0,
        string_to_sign(signed, claimed_hash).as_bytes(),
        &signature,
    ) {
        Ok(()) => Ok(()),
        Err(aws_lc_rs::error::Unspecified) => Err(VerifyError::Signature),
    }
}

fn string_to_sign(signed: &Signed<'_>, content_hash: &str) -> String {
    format!(
        "{}\n{}\n{};{};{content_hash}",
        signed.method, signed.path_and_query, signed.date, signed.host
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "dGFuZGVtLWVtdWxhdG9yLWFjY2Vzcy1rZXktMDE=";

    fn answer<'a>(body: &'a [u8]) -> Signed<'a> {
        Signed {
            method: "POST",
            path_and_query: "/calling/callConnections:answer?api-version=2026-03-12",
            host: "127.0.0.1:8443",
            date: "Sat, 01 Aug 2026 10:00:00 GMT",
            body,
        }
    }

    // The vectors were computed with Python's hmac and hashlib, not with this code.
    #[test]
    fn signature_equals_the_one_computed_independently() {
        let key = AccessKey::from_base64(KEY).unwrap();
        let headers = sign(&key, &answer(br#"{"callbackUri":"https://x"}"#));
        assert_eq!(
            headers.content_hash,
            "Dh9ViZIxsvcYwVQQXAG/pbRUxywVT8R1Rw4kepgdC6k="
        );
        assert_eq!(
            headers.authorization,
            format!("{SCHEME}T2pyPQ5bdiDas1uocI7xSOOKuvM+fjqL2W3+Ms6l8dg=")
        );

        let get = Signed {
            method: "GET",
            path_and_query: "/calling/callConnections/a/participants/4%3A%2B15551230000?api-version=2026-03-12",
            body: b"",
            ..answer(b"")
        };
        let headers = sign(&key, &get);
        assert_eq!(
            headers.content_hash,
            "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
        );
        assert_eq!(
            headers.authorization,
            format!("{SCHEME}K4P+Af+2mtJ78IBwhzhYBmq8WRl5w4nMuU7izlqihT4=")
        );
    }

    #[test]
    fn what_was_signed_verifies_and_every_change_is_named() {
        let key = AccessKey::from_base64(KEY).unwrap();
        let request = answer(b"{}");
        let headers = sign(&key, &request);
        let check = |signed: &Signed<'_>| {
            verify(&key, signed, &headers.authorization, &headers.content_hash)
        };
        assert_eq!(check(&request), Ok(()));
        assert_eq!(
            check(&Signed {
                body: b"{ }",
                ..request
            }),
            Err(VerifyError::ContentHash)
        );
        assert_eq!(
            check(&Signed {
                host: "127.0.0.1:8443/",
                ..request
            }),
            Err(VerifyError::Signature)
        );
        assert_eq!(
            check(&Signed {
                method: "GET",
                ..request
            }),
            Err(VerifyError::Signature)
        );
        assert_eq!(
            verify(&key, &request, "Bearer x", &headers.content_hash),
            Err(VerifyError::Scheme)
        );
        let other = AccessKey::from_base64("b3RoZXI=").unwrap();
        assert_eq!(
            verify(
                &other,
                &request,
                &headers.authorization,
                &headers.content_hash
            ),
            Err(VerifyError::Signature)
        );
    }

    #[test]
    fn key_does_not_print_itself_and_must_be_base64() {
        assert_eq!(
            format!("{:?}", AccessKey::from_base64(KEY).unwrap()),
            "AccessKey(..)"
        );
        assert_eq!(AccessKey::from_base64("not base64!").unwrap_err(), KeyError);
        assert_eq!(AccessKey::from_base64("").unwrap_err(), KeyError);
    }
}
