//! Names in certificates: which of ours is shown to whom, and what a peer's says.

use super::{Identity, TlsError};
use rustls::pki_types::CertificateDer;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::{FromDer as _, X509Certificate};

/// Chooses one of our certificates by Server Name Indication (RFC 6066 3).
#[derive(Debug)]
pub(super) struct ByName {
    first: Arc<CertifiedKey>,
    named: BTreeMap<String, Arc<CertifiedKey>>,
}

impl ByName {
    /// None without any identity.
    pub(super) fn new(identities: Vec<Identity>) -> Option<Self> {
        let first = Arc::clone(&identities.first()?.key);
        let mut named = BTreeMap::new();
        for identity in identities {
            for name in identity.names {
                // Of two certificates for one name the earlier is shown.
                named
                    .entry(name)
                    .or_insert_with(|| Arc::clone(&identity.key));
            }
        }
        Some(Self { first, named })
    }

    fn find(&self, asked: &str) -> Option<&Arc<CertifiedKey>> {
        let asked = asked.to_ascii_lowercase();
        let exact = self.named.get(&asked);
        // RFC 2818 3.1 as Direct Routing A.2 has it: the star is one label.
        exact.or_else(|| {
            let (_, parent) = asked.split_once('.')?;
            self.named.get(&format!("*.{parent}"))
        })
    }
}

impl ResolvesServerCert for ByName {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let found = hello.server_name().and_then(|asked| self.find(asked));
        Some(Arc::clone(found.unwrap_or(&self.first)))
    }
}

/// DNS names and addresses of a certificate in lower case, and the Unix second of its end. Where it has no
/// alternative names at all its common name counts: Direct Routing A.2 allows both.
pub(super) fn names_of(certificate: &CertificateDer<'_>) -> Result<(Vec<String>, i64), TlsError> {
    let (_, parsed) = X509Certificate::from_der(certificate)
        .map_err(|error| TlsError::Certificate(error.to_string()))?;
    let alternatives = parsed
        .subject_alternative_name()
        .map_err(|error| TlsError::Certificate(error.to_string()))?;
    let mut names = Vec::new();
    if let Some(alternatives) = alternatives {
        names.extend(alternatives.value.general_names.iter().filter_map(text_of));
    } else {
        let common = parsed.subject().iter_common_name().next();
        names.extend(
            common
                .and_then(|name| name.as_str().ok())
                .map(str::to_ascii_lowercase),
        );
    }
    Ok((names, parsed.validity().not_after.timestamp()))
}

/// The names of a certificate that has been verified; none where it cannot be read.
pub(in super::super) fn names_of_peer(chain: Option<&[CertificateDer<'_>]>) -> Vec<String> {
    let own = chain.and_then(<[_]>::first);
    own.and_then(|own| names_of(own).ok())
        .map(|(names, _)| names)
        .unwrap_or_default()
}

fn text_of(name: &GeneralName<'_>) -> Option<String> {
    if let GeneralName::DNSName(name) = name {
        return Some(name.to_ascii_lowercase());
    }
    let GeneralName::IPAddress(bytes) = name else {
        return None;
    };
    let v4 = <[u8; 4]>::try_from(*bytes).map(IpAddr::from);
    let address = v4.or_else(|_longer| <[u8; 16]>::try_from(*bytes).map(IpAddr::from));
    address.ok().map(|address| address.to_string())
}
