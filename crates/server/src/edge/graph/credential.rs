//! What is secret about the Teams account: a client secret, or a certificate's private key. It is kept sealed, and
//! opened only to ask for a token.

use crate::edge::graph::account::Proof;
use aws_lc_rs::digest::{SHA256, digest};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use tandem_core::time::Timestamp;
use tandem_microsoft::entra::assertion::Signer;

/// Characters of a secret by which it is known again (microsoft-graph.md 1.7).
const HINT_CHARS: usize = 3;

/// What is secret. It does not print it.
#[derive(Clone, Debug)]
pub(crate) enum Credential {
    Secret(SecretString),
    Certificate {
        /// PEM, RSA.
        key: SecretString,
        /// SHA-256 of the certificate.
        thumbprint: Vec<u8>,
    },
}

/// As it is sealed.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kept {
    Secret { value: String },
    Certificate { key: String, thumbprint: Vec<u8> },
}

/// Why a certificate cannot be used, by the field that is wrong.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Unusable {
    pub(crate) field: &'static str,
    pub(crate) detail: &'static str,
}

impl Credential {
    /// As text, to be sealed.
    pub(crate) fn to_text(&self) -> String {
        let kept = match self {
            Self::Secret(value) => Kept::Secret {
                value: value.expose_secret().to_owned(),
            },
            Self::Certificate { key, thumbprint } => Kept::Certificate {
                key: key.expose_secret().to_owned(),
                thumbprint: thumbprint.clone(),
            },
        };
        serde_json::to_string(&kept).expect("it has string keys only")
    }

    /// From the text that was sealed.
    pub(crate) fn of_text(text: &str) -> Option<Self> {
        let kept: Kept = serde_json::from_str(text).ok()?;
        Some(match kept {
            Kept::Secret { value } => Self::Secret(value.into()),
            Kept::Certificate { key, thumbprint } => Self::Certificate {
                key: key.into(),
                thumbprint,
            },
        })
    }

    /// A client secret, and what may be shown of it.
    pub(crate) fn secret(value: String, now: Timestamp) -> (Self, Proof) {
        let hint = value.chars().take(HINT_CHARS).collect();
        (Self::Secret(value.into()), Proof::Secret { hint, set: now })
    }

    /// A certificate with its key, and what may be shown of it.
    ///
    /// # Errors
    /// When it is no certificate with an RSA key, or the key is another one's.
    pub(crate) fn certificate(
        pem: &str,
        key_pem: String,
        now: Timestamp,
    ) -> Result<(Self, Proof), Unusable> {
        let bad = |field, detail| Unusable { field, detail };
        let der = CertificateDer::from_pem_slice(pem.as_bytes()).map_err(|_not_one| {
            bad(
                "certificate.pem",
                "write the certificate in PEM, beginning with -----BEGIN CERTIFICATE-----",
            )
        })?;
        let unread = |_not_one| bad("certificate.pem", "the certificate cannot be read");
        let (_, parsed) = x509_parser::parse_x509_certificate(&der).map_err(unread)?;
        let micros = parsed
            .validity()
            .not_after
            .timestamp()
            .saturating_mul(1_000_000);
        let thumbprint = digest(&SHA256, &der).as_ref().to_vec();
        let signer = Signer {
            key_pem: key_pem.as_bytes(),
            thumbprint: &thumbprint,
        };
        let probe = signer
            .sign("probe", "probe", "probe", 0)
            .map_err(|_bad_key| {
                bad(
                    "certificate.key_pem",
                    "write the certificate's private key, RSA, in PEM and without a password",
                )
            })?;
        let public = &parsed.public_key().subject_public_key.data;
        if !tandem_microsoft::entra::assertion::is_signed_by(&probe, public) {
            return Err(bad(
                "certificate.key_pem",
                "the key is not that of the certificate",
            ));
        }
        let proof = Proof::Certificate {
            thumbprint: hexadecimal(&thumbprint),
            not_after: Timestamp::from_micros(micros),
            set: now,
        };
        let key = key_pem.into();
        Ok((Self::Certificate { key, thumbprint }, proof))
    }
}

pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}

/// Whether a secret looks like the id of one: Entra shows both side by side (B-208).
pub(crate) fn looks_like_id(secret: &str) -> bool {
    uuid::Uuid::try_parse(secret.trim()).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_micros(1);

    fn pair() -> (String, String) {
        let key = rcgen::KeyPair::generate_for(&rcgen::PKCS_RSA_SHA256).unwrap();
        let params = rcgen::CertificateParams::new(vec!["tandem".to_owned()]).unwrap();
        (params.self_signed(&key).unwrap().pem(), key.serialize_pem())
    }

    // B-208
    #[test]
    fn guid_looks_like_the_id_of_a_secret() {
        assert!(looks_like_id(" aa123456-1234-1234-1234-aaa123456789 "));
        assert!(!looks_like_id("tandem-emulator-secret"));
    }

    // B-067
    #[test]
    fn credential_is_read_again_and_never_printed() {
        let (secret, proof) = Credential::secret("abcdef".to_owned(), NOW);
        assert!(matches!(proof, Proof::Secret { hint, .. } if hint == "abc"));
        assert!(!format!("{secret:?}").contains("abcdef"));
        let again = Credential::of_text(&secret.to_text()).unwrap();
        assert!(matches!(again, Credential::Secret(value) if value.expose_secret() == "abcdef"));
        assert!(Credential::of_text("{}").is_none());
    }

    #[test]
    fn certificate_needs_its_own_rsa_key() {
        let (pem, key) = pair();
        let (credential, proof) = Credential::certificate(&pem, key.clone(), NOW).unwrap();
        assert!(matches!(proof, Proof::Certificate { thumbprint, .. } if thumbprint.len() == 64));
        let Credential::Certificate { thumbprint, .. } = &credential else {
            panic!("it is a certificate")
        };
        assert_eq!(thumbprint.len(), 32);
        let field = |pem: &str, key: &str| {
            let refused = Credential::certificate(pem, key.to_owned(), NOW);
            refused.map(drop).unwrap_err().field
        };
        assert_eq!(field("nonsense", &key), "certificate.pem");
        assert_eq!(field(&pem, "nonsense"), "certificate.key_pem");
        let (_, other) = pair();
        assert_eq!(field(&pem, &other), "certificate.key_pem");
    }
}
