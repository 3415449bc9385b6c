//! Starting and stopping: listeners, the owner of the state, and `addresses.json`.
//!
//! Both listeners serve the same pipeline; one speaks TLS with the emulator's own authority.

use crate::actor::{Actor, Command};
use crate::authority;
use crate::delivery::Sender;
use crate::options::{Options, TokenUse, defaults};
use crate::pipeline;
use crate::sip::{self, Neighbors, SipAddresses, SipError};
use crate::world::{Setup, World};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// Why the emulator does not start.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("cannot listen on {address}: {source}; choose another port, or 0 for a free one")]
    Listen {
        address: SocketAddr,
        #[source]
        source: std::io::Error,
    },
    #[error("cannot use {path}: {source}", path = path.display())]
    File {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error(
        "cannot make or read the emulator's keys: {0}; remove the *.pem files of the data directory to make new ones"
    )]
    Authority(String),
    #[error("cannot make the HTTP client for deliveries: {0}")]
    Client(#[source] reqwest::Error),
    #[error(transparent)]
    Sip(#[from] SipError),
}

impl Error {
    pub(crate) fn file(path: &Path, source: std::io::Error) -> Self {
        Self::File {
            path: path.to_owned(),
            source,
        }
    }

    pub(crate) fn authority(error: &impl ToString) -> Self {
        Self::Authority(error.to_string())
    }
}

/// A running emulator. Dropping it leaves it running until the runtime ends; call `shutdown`.
#[derive(Debug)]
pub struct Running {
    /// Where HTTPS is served.
    pub listen: SocketAddr,
    /// Where plain HTTP is served.
    pub http: SocketAddr,
    /// The certificate to trust.
    pub ca_pem: PathBuf,
    /// What stands in `addresses.json`.
    pub addresses: PathBuf,
    /// Where the neighbors of SIP trunks listen, if they do.
    pub sip: Option<SipAddresses>,
    neighbors: Option<Neighbors>,
    handles: [axum_server::Handle<SocketAddr>; 2],
    commands: mpsc::Sender<Command>,
    tasks: Vec<JoinHandle<()>>,
}

impl Running {
    /// The HTTPS endpoint, without a trailing slash.
    #[must_use]
    pub fn https_url(&self) -> String {
        format!("https://{}", self.listen)
    }

    /// The plain HTTP endpoint, without a trailing slash.
    #[must_use]
    pub fn http_url(&self) -> String {
        format!("http://{}", self.http)
    }

    /// Stops listening, lets running requests finish for a second, and ends the owner of the state.
    pub async fn shutdown(self) {
        for handle in &self.handles {
            handle.graceful_shutdown(Some(Duration::from_secs(1)));
        }
        if let Some(neighbors) = &self.neighbors {
            neighbors.stop().await;
        }
        // A closed channel means that the owner has ended already.
        self.commands.send(Command::Stop).await.ok();
        for task in self.tasks {
            task.await.ok();
        }
    }
}

/// Starts everything: when this returns, both addresses answer.
///
/// # Errors
/// When an address is taken, the data directory cannot be written, or its keys cannot be read.
pub async fn start(options: Options) -> Result<Running, Error> {
    let authority = authority::open(&options.data, jiff::Timestamp::now())?;
    let tls_listener = listen(options.listen)?;
    let http_listener = listen(options.http)?;
    let tls_address = local(&tls_listener, options.listen)?;
    let http_address = local(&http_listener, options.http)?;
    let addresses = options.data.join("addresses.json");
    let (commands, inbox) = mpsc::channel(crate::limits::COMMANDS_MAX);
    let (neighbors, sip_addresses, mut tasks) = neighbors(&options, &commands).await?;
    write_addresses(
        &addresses,
        tls_address,
        http_address,
        &authority.ca_pem,
        sip_addresses.as_ref(),
    )?;

    let sender = Sender::new(
        &authority.ca_text,
        authority.entra.clone(),
        authority.callbacks.clone(),
        token_use(&options),
    )?;
    let setup = Setup {
        https_base: format!("https://{tls_address}"),
        http_base: format!("http://{http_address}"),
        strict: options.strict,
        seed: options.seed,
        teams_users: options.teams_users,
        people: options.people,
        clock: options.clock,
        entra: authority.entra,
        callbacks: authority.callbacks,
        has_sip: neighbors.is_some(),
    };
    let actor = Actor::new(
        World::new(setup),
        options.clock,
        inbox,
        commands.clone(),
        sender,
        neighbors.clone(),
    );
    tasks.push(tokio::spawn(actor.run()));

    let listeners = [(tls_listener, tls_address), (http_listener, http_address)];
    let handles = serve(listeners, authority.tls, &commands, &mut tasks).await?;
    Ok(Running {
        listen: tls_address,
        http: http_address,
        ca_pem: authority.ca_pem,
        addresses,
        sip: sip_addresses,
        neighbors,
        handles,
        commands,
        tasks,
    })
}

/// Serves the same by HTTPS and by HTTP; both answer when this returns.
async fn serve(
    [(tls_listener, tls_address), (http_listener, http_address)]: [(TcpListener, SocketAddr); 2],
    tls: rustls::ServerConfig,
    commands: &mpsc::Sender<Command>,
    tasks: &mut Vec<JoinHandle<()>>,
) -> Result<[axum_server::Handle<SocketAddr>; 2], Error> {
    let handles = [axum_server::Handle::new(), axum_server::Handle::new()];
    let tls = axum_server::tls_rustls::RustlsConfig::from_config(std::sync::Arc::new(tls));
    let https = axum_server::from_tcp_rustls(tls_listener, tls)
        .map_err(|source| Error::Listen {
            address: tls_address,
            source,
        })?
        .handle(handles[0].clone());
    let http = axum_server::from_tcp(http_listener)
        .map_err(|source| Error::Listen {
            address: http_address,
            source,
        })?
        .handle(handles[1].clone());
    let secure = pipeline::router(commands.clone(), true).into_make_service();
    let plain = pipeline::router(commands.clone(), false).into_make_service();
    tasks.push(tokio::spawn(async move {
        log_end("https", https.serve(secure).await)
    }));
    tasks.push(tokio::spawn(async move {
        log_end("http", http.serve(plain).await)
    }));
    for handle in &handles {
        handle.listening().await;
    }
    Ok(handles)
}

type Sip = (Option<Neighbors>, Option<SipAddresses>, Vec<JoinHandle<()>>);

/// The neighbors of SIP trunks, where they are asked for.
async fn neighbors(options: &Options, commands: &mpsc::Sender<Command>) -> Result<Sip, Error> {
    let Some(sip) = &options.sip else {
        return Ok((None, None, Vec::new()));
    };
    let keys = authority::for_sip(&options.data, jiff::Timestamp::now())?;
    let (neighbors, addresses, tasks) = sip::start(sip, keys, commands, options.seed).await?;
    Ok((Some(neighbors), Some(addresses), tasks))
}

fn token_use(options: &Options) -> TokenUse {
    if options.strict {
        TokenUse::PerEvent
    } else {
        options.tokens
    }
}

fn log_end(name: &str, outcome: std::io::Result<()>) {
    if let Err(error) = outcome {
        tracing::error!(listener = name, %error, "the listener ended");
    }
}

fn listen(address: SocketAddr) -> Result<TcpListener, Error> {
    let listener =
        TcpListener::bind(address).map_err(|source| Error::Listen { address, source })?;
    listener
        .set_nonblocking(true)
        .map_err(|source| Error::Listen { address, source })?;
    Ok(listener)
}

fn local(listener: &TcpListener, address: SocketAddr) -> Result<SocketAddr, Error> {
    listener
        .local_addr()
        .map_err(|source| Error::Listen { address, source })
}

/// Written to a neighbor and renamed, so that a script that waits for the file never reads half of it.
fn write_addresses(
    path: &Path,
    tls: SocketAddr,
    http: SocketAddr,
    ca_pem: &Path,
    sip: Option<&SipAddresses>,
) -> Result<(), Error> {
    let ca_pem = std::path::absolute(ca_pem).unwrap_or_else(|_| ca_pem.to_owned());
    let text = serde_json::json!({
        "https": format!("https://{tls}"),
        "http": format!("http://{http}"),
        "listen": tls.to_string(),
        "http_listen": http.to_string(),
        "ca_pem": ca_pem,
        "authority": format!("https://{tls}/{}", defaults::TENANT),
        "tenant": defaults::TENANT,
        "app": defaults::APP,
        "acs_resource": defaults::ACS_RESOURCE,
        "acs_endpoint": format!("https://{tls}"),
        "callback_discovery": format!("https://{tls}/calling/.well-known/acsopenidconfiguration"),
        "resource_account": defaults::RESOURCE_ACCOUNT,
        "control": format!("http://{http}/_emulator"),
        "sip": sip.map(SipAddresses::show),
    });
    let partial = path.with_extension("json.part");
    std::fs::write(&partial, format!("{text:#}\n"))
        .map_err(|source| Error::file(&partial, source))?;
    std::fs::rename(&partial, path).map_err(|source| Error::file(path, source))
}
