//! The listening socket: plain on loopback or behind a proxy, else TLS of our own.

use super::StartError;
use crate::config::Transport;
use axum::Router;
use axum_server::Handle;
use axum_server::tls_rustls::RustlsConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinHandle;

/// A socket that is served.
pub(super) struct Listening {
    pub(super) addr: SocketAddr,
    handle: Handle<SocketAddr>,
    serving: JoinHandle<std::io::Result<()>>,
}

pub(super) fn bind(
    listener: Option<TcpListener>,
    address: SocketAddr,
) -> Result<TcpListener, StartError> {
    let listener = match listener {
        Some(listener) => Ok(listener),
        None => TcpListener::bind(address),
    };
    listener
        .and_then(|listener| listener.set_nonblocking(true).map(|()| listener))
        .map_err(|error| StartError::Listen { address, error })
}

pub(super) fn serve(
    listener: TcpListener,
    transport: &Transport,
    router: Router,
) -> Result<Listening, StartError> {
    let failed = |error| StartError::Listen {
        address: ([0, 0, 0, 0], 0).into(),
        error,
    };
    let addr = listener.local_addr().map_err(failed)?;
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let handle = Handle::new();
    let serving = match transport {
        Transport::Plain | Transport::Proxy { .. } => {
            let server = axum_server::from_tcp(listener).map_err(failed)?;
            tokio::spawn(server.handle(handle.clone()).serve(service))
        }
        Transport::Tls { certificate, key } => {
            let config = RustlsConfig::from_config(Arc::new(tls(certificate, key)?));
            let server = axum_server::from_tcp_rustls(listener, config).map_err(failed)?;
            tokio::spawn(server.handle(handle.clone()).serve(service))
        }
    };
    Ok(Listening {
        addr,
        handle,
        serving,
    })
}

fn tls(certificate: &Path, key: &Path) -> Result<rustls::ServerConfig, StartError> {
    let bad = |path: &Path, error: &dyn std::fmt::Display| {
        StartError::Tls(format!("{}: {error}", path.display()))
    };
    let chain: Result<Vec<_>, _> = CertificateDer::pem_file_iter(certificate)
        .map_err(|error| bad(certificate, &error))?
        .collect();
    let chain = chain.map_err(|error| bad(certificate, &error))?;
    let secret = PrivateKeyDer::from_pem_file(key).map_err(|error| bad(key, &error))?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| StartError::Tls(error.to_string()))?
        .with_no_client_auth()
        .with_single_cert(chain, secret)
        .map_err(|error| bad(certificate, &error))?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

impl Listening {
    /// Accepts nothing more, and waits for what is open at most so long.
    pub(super) async fn end(self, patience: Duration) {
        self.handle.graceful_shutdown(Some(patience));
        match self.serving.await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "serving ended with an error"),
            Err(error) => tracing::error!(%error, "serving ended in a panic"),
        }
    }
}
