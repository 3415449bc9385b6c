//! The emulator's published secrets. They stand in its documentation, so whoever knows them could
//! pose as Microsoft: `tandem serve` refuses them.

use super::{Config, Credential, Problem, Problems};
use base64::Engine as _;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use secrecy::ExposeSecret;

/// The access key of the emulated resource.
pub const ACCESS_KEY: &str = "dGFuZGVtLWVtdWxhdG9yLWFjY2Vzcy1rZXktMDE=";
/// The client secret of the emulated application.
pub const CLIENT_SECRET: &str = "tandem-emulator-secret";
/// The subject of the emulator's certificate authority.
pub const CA_SUBJECT: &str = "Tandem emulator CA";

/// Whether the emulator's secrets are accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Emulator {
    /// The demo, or somebody who asked for it.
    Allowed,
    /// Production.
    Refused,
}

/// Refuses a configuration that trusts the emulator.
///
/// # Errors
/// Every place where it does.
pub fn refuse(config: &Config) -> Result<(), Problems> {
    let mut problems = Vec::new();
    for center in &config.centers {
        let id = &center.id;
        let mut found = |key: &str, what: &str| {
            problems.push(Problem {
                key: format!("centers[{id}].{key}"),
                line: None,
                what: format!("this is the emulator's published {what}"),
                fix: "use your own; for a trial, start `tandem serve --allow-emulator`".to_owned(),
            });
        };
        match &center.acs.credential {
            Credential::AccessKey(key) if is_published(key.expose_secret()) => {
                found("acs.access_key", "access key");
            }
            Credential::Entra { client_secret, .. }
                if client_secret.expose_secret().trim() == CLIENT_SECRET =>
            {
                found("acs.client_secret", "client secret");
            }
            Credential::AccessKey(_) | Credential::Entra { .. } => {}
        }
        if let Some(microsoft) = &center.sign_in.microsoft
            && microsoft.client_secret.expose_secret().trim() == CLIENT_SECRET
        {
            found("sign_in.client_secret", "client secret");
        }
        if center.trust_root.as_deref().is_some_and(holds_emulator_ca) {
            found("trust_root", "certificate authority");
        }
    }
    if problems.is_empty() {
        Ok(())
    } else {
        Err(Problems(problems))
    }
}

/// Compares what the key is, not how it is written.
fn is_published(key: &str) -> bool {
    let bytes = |text: &str| {
        base64::engine::general_purpose::STANDARD
            .decode(text.trim())
            .ok()
    };
    key.trim() == ACCESS_KEY || bytes(key).is_some_and(|key| Some(key) == bytes(ACCESS_KEY))
}

/// The subject's text stands as it is in the certificate's bytes (X.690 8.23).
fn holds_emulator_ca(pem: &[u8]) -> bool {
    CertificateDer::pem_slice_iter(pem)
        .flatten()
        .any(|certificate| {
            let subject = CA_SUBJECT.as_bytes();
            certificate
                .windows(subject.len())
                .any(|window| window == subject)
        })
}
