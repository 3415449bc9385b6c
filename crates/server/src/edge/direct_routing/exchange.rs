//! The exchange of the process: listeners, the SIP driver with the switchboard in it, and the media plane. Contact
//! centers share it: a call is of the one whose trunk it comes by.

use super::order::{Act, Begin, HostTried, Order, TrunkState};
use super::roll::Roll;
use super::speech::Speech;
use super::switchboard::{Own, Switchboard};
use super::teller::Teller;
use super::trunks::{Configured, sources};
use crate::config::DirectRouting;
use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tandem_core::effect::Outcome;
use tandem_core::ids::{ContactId, TrunkId};
use tandem_sip::Farewell;
use tandem_sip::admission::{Sources, Subnet};
use tandem_sip::flow::Transport;
use tandem_sip::uri::HostPort;
use tandem_sip::user_agent::{self, UserAgent};
use tandem_transport::media::{self, Fact, Plane};
use tandem_transport::sip::{
    BindError, ClientCertificates, ClientTls, Driver, Handle, Identity, Kind, Listen, ListenerId,
    Roots, ServerTls, Settings, Sockets, TlsError,
};
use tokio::sync::{Mutex, mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// Why Direct Routing does not start.
#[derive(Debug, thiserror::Error)]
pub enum ExchangeError {
    /// An address cannot be listened on.
    #[error(transparent)]
    Bind(#[from] BindError),
    /// Certificate, key or roots cannot be used.
    #[error("direct_routing: {0}")]
    Tls(#[from] TlsError),
    /// A file cannot be read.
    #[error("direct_routing: {path} cannot be read: {error}")]
    File {
        /// Which.
        path: String,
        /// Why.
        error: std::io::Error,
    },
    /// There is no media plane.
    #[error("direct_routing: media cannot be started: {0}")]
    Media(#[from] media::Error),
    /// Texts cannot be read aloud.
    #[error("direct_routing.speech: {0}")]
    Speech(#[from] reqwest::Error),
    /// The operating system gives no randomness.
    #[error("the operating system gives no randomness")]
    Chance,
}

/// The exchange. Cheap to clone.
#[derive(Clone)]
pub struct Exchange(Arc<Inner>);

struct Inner {
    handle: Handle<Order>,
    plane: Plane,
    listeners: Vec<(Transport, SocketAddr)>,
    speech: Option<Arc<Speech>>,
    /// Where rolls of calls are kept.
    folder: PathBuf,
    /// The networks that trunks of each contact center name.
    sources: Mutex<BTreeMap<Arc<str>, Vec<Subnet>>>,
}

impl Exchange {
    /// Listens. Nobody is answered until a trunk names where calls come from. What has to outlive this process is kept
    /// in the folder.
    ///
    /// # Errors
    /// [`ExchangeError`], which names the fix.
    pub async fn start(
        config: &DirectRouting,
        folder: PathBuf,
        stop: &CancellationToken,
    ) -> Result<(Self, [JoinHandle<()>; 2]), ExchangeError> {
        let tls = Tls::read(config)?;
        let mut settings = Settings::new(listeners(config, tls.as_ref())?);
        settings.client = tls.as_ref().map(Tls::client).transpose()?;
        for (name, address) in &config.hosts {
            settings.names.set(name, vec![*address]);
        }
        let sockets = Sockets::bind(settings).await?;
        let bound: Vec<SocketAddr> = sockets.addresses().collect();
        let transports = config.listeners().map(|(transport, _)| transport);
        let bound: Vec<(Transport, SocketAddr)> = transports.zip(bound).collect();
        let (plane, facts) = Plane::start(media_settings(config))?;
        let own = own(config, &bound)?;
        let seed = number()?;
        let agent = UserAgent::new(agent_settings(config, &bound), seed);
        let switchboard = Switchboard::new(own, plane.clone());
        let (handle, driver) = Driver::new(sockets, agent, switchboard, number()?);
        let speech = config.speech.as_ref().map(Speech::new).transpose()?;
        let speech = speech.map(Arc::new);
        let exchange = Self(Arc::new(Inner {
            handle: handle.clone(),
            plane,
            listeners: bound,
            speech,
            folder,
            sources: Mutex::default(),
        }));
        let running = tokio::spawn(async move {
            drop(driver.run().await);
        });
        let telling = tokio::spawn(tell_facts(handle, facts, stop.clone()));
        for (transport, address) in &exchange.0.listeners {
            tracing::info!(transport = transport.as_str(), %address, "listening for calls");
        }
        Ok((exchange, [running, telling]))
    }

    /// Where it listens.
    #[must_use]
    pub fn listeners(&self) -> &[(Transport, SocketAddr)] {
        &self.0.listeners
    }

    /// The folder of rolls of calls.
    pub(super) fn folder(&self) -> &Path {
        &self.0.folder
    }

    /// Ends the calls of an earlier process.
    pub(super) async fn says_goodbye(&self, farewells: Vec<Farewell>) {
        self.gives(Order::Goodbye(farewells)).await;
    }

    /// Who reads texts aloud.
    pub(super) fn speech(&self) -> Option<Arc<Speech>> {
        self.0.speech.clone()
    }

    /// Hangs up what is up, and stops.
    pub async fn stop(&self) {
        let (done, is_done) = oneshot::channel();
        if self.0.handle.order(Order::Close { done }).await.is_ok() {
            drop(is_done.await);
        }
        if self.0.handle.stop().await.is_err() {
            tracing::trace!("the driver of SIP has stopped already");
        }
        let plane = self.0.plane.clone();
        drop(tokio::task::spawn_blocking(move || plane.shut_down()).await);
    }

    /// Orders that nobody waits for; after a stop they mean nothing.
    async fn gives(&self, order: Order) {
        if self.0.handle.order(order).await.is_err() {
            tracing::trace!("the driver of SIP has stopped");
        }
    }

    pub(super) async fn act(&self, center: Arc<str>, reference: String, act: Act) -> Outcome {
        let (reply, told) = oneshot::channel();
        let order = Order::Act {
            center,
            reference,
            act,
            reply,
        };
        self.answered(order, told).await
    }

    pub(super) async fn begin(&self, begin: Begin) -> Outcome {
        let (reply, told) = oneshot::channel();
        let begin = Box::new(begin);
        self.answered(Order::Begin { begin, reply }, told).await
    }

    /// What has stopped tells nothing: whether the order was carried out is not known.
    async fn answered(&self, order: Order, told: oneshot::Receiver<Outcome>) -> Outcome {
        if self.0.handle.order(order).await.is_err() {
            return Outcome::Unknown;
        }
        told.await.unwrap_or(Outcome::Unknown)
    }

    pub(super) async fn became(
        &self,
        center: Arc<str>,
        conversation: u64,
        contact: Option<ContactId>,
    ) {
        let order = Order::Became {
            center,
            conversation,
            contact,
        };
        self.gives(order).await;
    }

    pub(super) async fn look(&self, center: Arc<str>) -> Vec<TrunkState> {
        let (reply, told) = oneshot::channel();
        if self
            .0
            .handle
            .order(Order::Look { center, reply })
            .await
            .is_err()
        {
            return Vec::new();
        }
        told.await.unwrap_or_default()
    }

    /// Asks the hosts of a trunk, and tells what comes of it within a time; those that have not answered then come last.
    pub(super) async fn tried(
        &self,
        center: Arc<str>,
        trunk: TrunkId,
        within: Duration,
    ) -> Vec<HostTried> {
        let (tell, mut told) = mpsc::unbounded_channel();
        self.gives(Order::Try {
            center,
            trunk,
            tell,
        })
        .await;
        let mut hosts: Vec<HostTried> = Vec::new();
        let listening = async {
            while let Some(tried) = told.recv().await {
                hosts.retain(|it| it.host != tried.host);
                hosts.push(tried);
            }
        };
        // Whoever is late is in the list as one who has not answered.
        drop(tokio::time::timeout(within, listening).await);
        hosts
    }

    /// The trunks of a contact center as they stand, and who is listened to from now on.
    pub(super) async fn set_trunks(
        &self,
        center: Arc<str>,
        (teller, roll): (Teller, Option<Roll>),
        trunks: Vec<Configured>,
    ) {
        let enabled = trunks.iter().filter(|it| it.trunk.enabled);
        let named = enabled.flat_map(|it| sources(&it.trunk)).collect();
        let order = Order::Trunks {
            center: Arc::clone(&center),
            teller,
            roll,
            trunks,
        };
        self.gives(order).await;
        let mut all = self.0.sources.lock().await;
        all.insert(center, named);
        let subnets: Vec<Subnet> = all.values().flatten().copied().collect();
        for n in 0..self.0.listeners.len() {
            let sources = Sources::Only(subnets.clone());
            if let Err(error) = self.0.handle.set_sources(ListenerId(n), sources).await {
                tracing::error!(%error, "who is listened to cannot be changed");
            }
        }
    }
}

/// Gives the switchboard what happens in media.
async fn tell_facts(
    handle: Handle<Order>,
    mut facts: mpsc::Receiver<Fact>,
    stop: CancellationToken,
) {
    loop {
        let fact = tokio::select! {
            () = stop.cancelled() => return,
            fact = facts.recv() => fact,
        };
        let Some(fact) = fact else { return };
        if handle.order(Order::Media(fact)).await.is_err() {
            return;
        }
    }
}

/// Who we say that we are, and whom we believe.
struct Tls {
    identity: Identity,
    roots: Option<Roots>,
}

impl Tls {
    fn read(config: &DirectRouting) -> Result<Option<Self>, ExchangeError> {
        let Some(files) = &config.certificate else {
            return Ok(None);
        };
        let read = |path: &Path| {
            std::fs::read(path).map_err(|error| ExchangeError::File {
                path: path.display().to_string(),
                error,
            })
        };
        let (chain, key) = (read(&files.certificate)?, read(&files.key)?);
        let identity = Identity::from_pem(&chain, &key)?;
        let roots = match &config.trust_root {
            Some(path) => Some(Roots::from_pem(&read(path)?)?),
            None => None,
        };
        Ok(Some(Self { identity, roots }))
    }

    /// The names of certificates tell trunks apart, where callers show one.
    fn server(&self) -> Result<ServerTls, TlsError> {
        let clients = match &self.roots {
            Some(roots) => ClientCertificates::Optional(roots.clone()),
            None => ClientCertificates::NotAsked,
        };
        ServerTls::new(vec![self.identity.clone()], clients)
    }

    fn client(&self) -> Result<ClientTls, TlsError> {
        let roots = self.roots.clone().ok_or(TlsError::NoRoots)?;
        ClientTls::new(roots, Some(self.identity.clone()))
    }
}

fn listeners(config: &DirectRouting, tls: Option<&Tls>) -> Result<Vec<Listen>, TlsError> {
    let listeners = config.listeners().map(|(transport, address)| {
        let kind = match transport {
            Transport::Udp => Kind::Udp,
            Transport::Tcp => Kind::Tcp,
            Transport::Tls => Kind::Tls(tls.ok_or(TlsError::NoIdentity)?.server()?),
        };
        let mut listen = Listen::new(address, kind);
        // Until a trunk says who may come, nobody may.
        listen.sources = Sources::Only(Vec::new());
        Ok(listen)
    });
    listeners.collect()
}

fn media_settings(config: &DirectRouting) -> media::Settings {
    let mut settings = media::Settings::new(config.media_address);
    settings.public = config.media_public_address;
    settings.ports = config.media_ports.clone();
    settings
}

fn ports(bound: &[(Transport, SocketAddr)]) -> Vec<(Transport, u16)> {
    let ports = bound.iter();
    ports
        .map(|(transport, address)| (*transport, address.port()))
        .collect()
}

fn agent_settings(
    config: &DirectRouting,
    bound: &[(Transport, SocketAddr)],
) -> user_agent::Settings {
    let ports = ports(bound);
    let first = ports.first().copied();
    let (transport, port) = first.map_or((Transport::Udp, None), |(it, port)| (it, Some(port)));
    let name = HostPort {
        host: config.name.clone(),
        port,
    };
    let mut settings = user_agent::Settings::new(name, transport);
    settings.other_ports = ports.into_iter().skip(1).collect();
    settings.product = format!("Tandem/{}", env!("CARGO_PKG_VERSION"));
    settings.sbc = Some(format!("Tandem/SBC/{}", env!("CARGO_PKG_VERSION")));
    settings
}

fn own(config: &DirectRouting, bound: &[(Transport, SocketAddr)]) -> Result<Own, ExchangeError> {
    Ok(Own {
        name: config.name.clone(),
        ports: ports(bound),
        nonce_secret: format!("{:016x}{:016x}", number()?, number()?),
        run: format!("{:016x}", number()?),
    })
}

fn number() -> Result<u64, ExchangeError> {
    let mut bytes = [0; 8];
    let filled = SystemRandom::new().fill(&mut bytes);
    filled.or(Err(ExchangeError::Chance))?;
    Ok(u64::from_be_bytes(bytes))
}
