//! Certificates, keys and roots as values, and the configurations of TLS that are made of them: who we are, by
//! the name that was asked for, and whom we believe. It must not know files: owners read them, and give new
//! values when they change.

mod clients;
mod names;

use clients::Clients;
use names::{ByName, names_of};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use std::sync::Arc;

pub(super) use names::names_of_peer;

/// What is wrong with a certificate, a key or roots, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TlsError {
    #[error(
        "no certificate in the PEM text: it must hold the server's own and then those of its issuers"
    )]
    NoCertificate,
    #[error("no private key in the PEM text, or one in a form that is not read: give it as PKCS#8")]
    NoKey,
    #[error("PEM text is broken: {0}")]
    Pem(String),
    #[error("the certificate is not readable: {0}")]
    Certificate(String),
    #[error(
        "the certificate names nobody: it needs a DNS name among its subject alternative names"
    )]
    NoName,
    #[error("key and certificate do not belong together, or the key is of no known kind: {0}")]
    Key(String),
    #[error("no root certificate is usable: give at least one certificate authority as PEM")]
    NoRoots,
    #[error("a TLS listener needs a certificate")]
    NoIdentity,
    #[error("TLS cannot be set up: {0}")]
    Setup(String),
}

/// A certificate with its chain and key: who we say that we are.
#[derive(Debug, Clone)]
pub struct Identity {
    key: Arc<CertifiedKey>,
    names: Vec<String>,
    not_after: i64,
}

impl Identity {
    /// `chain` starts with the own certificate; that one and the key must belong together. An expired
    /// certificate is taken, because a standing one that has run out is better than none: look at
    /// [`Identity::not_after`].
    pub fn from_pem(chain: &[u8], key: &[u8]) -> Result<Self, TlsError> {
        let chain = certificates(chain)?;
        let own = chain.first().ok_or(TlsError::NoCertificate)?;
        let (names, not_after) = names_of(own)?;
        if names.is_empty() {
            return Err(TlsError::NoName);
        }
        let key = PrivateKeyDer::from_pem_slice(key).map_err(|_unreadable| TlsError::NoKey)?;
        let key = CertifiedKey::from_der(chain, key, &provider())
            .map_err(|error| TlsError::Key(error.to_string()))?;
        Ok(Self {
            key: Arc::new(key),
            names,
            not_after,
        })
    }

    /// DNS names and addresses of the certificate, in lower case.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Unix seconds until which the certificate is valid.
    #[must_use]
    pub const fn not_after(&self) -> i64 {
        self.not_after
    }
}

/// Certificate authorities that are believed.
#[derive(Debug, Clone)]
pub struct Roots(Arc<RootCertStore>);

impl Roots {
    pub fn from_pem(pem: &[u8]) -> Result<Self, TlsError> {
        let mut store = RootCertStore::empty();
        let (n_added, _) = store.add_parsable_certificates(certificates(pem)?);
        if n_added == 0 {
            return Err(TlsError::NoRoots);
        }
        Ok(Self(Arc::new(store)))
    }
}

/// Whether callers on a listener must say who they are.
#[derive(Debug, Clone)]
pub enum ClientCertificates {
    NotAsked,
    /// Asked for; one that is shown must be good, and its names are told with the connection.
    Optional(Roots),
    /// Mutual TLS: without a good one there is no connection.
    Required(Roots),
}

/// How a listener speaks TLS.
#[derive(Debug, Clone)]
pub struct ServerTls(pub(super) Arc<ServerConfig>);

impl ServerTls {
    /// The identity is chosen by the name that the other side asks for: an exact one, then one with `*` for
    /// the first label; the first of the list where none fits or none was asked for.
    pub fn new(identities: Vec<Identity>, clients: ClientCertificates) -> Result<Self, TlsError> {
        let by_name = ByName::new(identities).ok_or(TlsError::NoIdentity)?;
        let provider = Arc::new(provider());
        let builder = ServerConfig::builder_with_provider(provider.clone())
            .with_safe_default_protocol_versions()
            .map_err(setup)?;
        let builder = match clients {
            ClientCertificates::NotAsked => builder.with_no_client_auth(),
            ClientCertificates::Optional(Roots(roots)) => {
                builder.with_client_cert_verifier(Clients::optional(roots, &provider)?)
            }
            ClientCertificates::Required(Roots(roots)) => {
                builder.with_client_cert_verifier(Clients::required(roots, &provider)?)
            }
        };
        Ok(Self(Arc::new(
            builder.with_cert_resolver(Arc::new(by_name)),
        )))
    }
}

/// How we speak TLS on connections that we open. The other side must have a certificate for the name of the hop.
#[derive(Debug, Clone)]
pub struct ClientTls(pub(super) Arc<ClientConfig>);

impl ClientTls {
    /// `identity` is shown where the other side asks for one, as Teams does (Direct Routing A.2).
    pub fn new(roots: Roots, identity: Option<Identity>) -> Result<Self, TlsError> {
        let builder = ClientConfig::builder_with_provider(Arc::new(provider()))
            .with_safe_default_protocol_versions()
            .map_err(setup)?
            .with_root_certificates(roots.0);
        let config = match identity {
            None => builder.with_no_client_auth(),
            Some(identity) => builder.with_client_cert_resolver(Arc::new(
                rustls::sign::SingleCertAndKey::from(identity.key),
            )),
        };
        Ok(Self(Arc::new(config)))
    }
}

fn provider() -> CryptoProvider {
    rustls::crypto::aws_lc_rs::default_provider()
}

fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    let read = read.map_err(|error| TlsError::Pem(error.to_string()))?;
    if read.is_empty() {
        return Err(TlsError::NoCertificate);
    }
    Ok(read)
}

fn setup(error: rustls::Error) -> TlsError {
    TlsError::Setup(error.to_string())
}
