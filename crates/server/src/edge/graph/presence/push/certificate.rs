//! The certificate that notices are sealed for: made by each process for itself, kept in memory alone, and never used for
//! anything else. What was sealed for the process before cannot be opened, and is read instead.

use crate::edge::graph::credential::hexadecimal;
use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rcgen::{CertificateParams, KeyPair, PKCS_RSA_SHA256};
use tandem_microsoft::graph::notice::{BadKey, Opener};

/// A certificate with what opens what is sealed for it.
pub(super) struct OwnCertificate {
    pub(super) id: String,
    /// DER in base64, as subscriptions take it.
    pub(super) certificate: String,
    pub(super) opener: Opener,
}

/// It could not be made.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unmade {
    #[error(transparent)]
    Certificate(#[from] rcgen::Error),
    #[error(transparent)]
    Key(#[from] BadKey),
}

impl OwnCertificate {
    /// Takes a moment: two large primes are looked for.
    pub(super) fn make() -> Result<Self, Unmade> {
        let key = KeyPair::generate_for(&PKCS_RSA_SHA256)?;
        let params = CertificateParams::new(vec!["tandem.invalid".to_owned()])?;
        let certificate = params.self_signed(&key)?;
        let der = certificate.der();
        let id = hexadecimal(digest(&SHA256, der).as_ref());
        Ok(Self {
            opener: Opener::new(id.clone(), key.serialized_der())?,
            certificate: STANDARD.encode(der),
            id,
        })
    }
}
