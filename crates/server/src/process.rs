//! One process: opens the store, starts each contact center's loop and edge, listens, and drains.

mod listen;

use crate::app::App;
use crate::center::{Center, Centers};
use crate::config::{Config, Emulator, Network, Problems, Transport};
use crate::edge::Edges;
use crate::edge::business::BusinessSystems;
use crate::edge::direct_routing::{Exchange, ExchangeError, Line};
use crate::edge::graph::{self, Link};
use crate::edge::teams_phone::{self, EdgeError, TeamsPhone};
use crate::engine::{self, Clock, Engine, EngineOptions, Followed, FollowerOptions, SystemClock};
use crate::forgetting::{self, Reminder};
use crate::health::{Host, Reports, Signals};
use crate::live::{Hub, Places};
use crate::media::Hosted;
use crate::people::People;
use crate::recordings::{self, Keeper};
use crate::sign_in::{Attempts, KeyRates, Microsoft, PasswordProblem, Passwords};
use crate::webhooks::Webhooker;
use crate::{api, effects, health, media, sign_in, telemetry, web};
use axum::Router;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;
use tandem_core::input::Input;
use tandem_store::{
    Accounts, CenterId, CenterStore, FileError, KeyCheckError, KeyFamily, NodeId, RecordingFiles,
    Store, UnixMicros, check_keys,
};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// How long open requests may take once no new ones are accepted.
const REQUESTS_END: Duration = Duration::from_secs(4);
/// How long a loop may take to note that it drains, and to end.
const LOOP_ENDS: Duration = Duration::from_secs(2);
/// How often expired sign-ins are removed.
const PURGE: Duration = Duration::from_secs(600);

/// What a process is started with. Everything is a value; nothing is looked up.
pub struct Options {
    /// The configuration.
    pub config: Config,
    /// Whether the emulator's published secrets are accepted.
    pub emulator: Emulator,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// One line that every visitor is told.
    pub notice: Option<String>,
    /// A socket that listens already, instead of the configured address.
    pub listener: Option<std::net::TcpListener>,
    /// What stands between the loops and the store; nothing in production. Tests break a process off there.
    pub between: Option<Between>,
}

/// Gives the loops another store than the one that is open.
pub type Between = Arc<dyn Fn(Arc<dyn CenterStore>) -> Arc<dyn CenterStore> + Send + Sync>;

impl Options {
    /// Production: the machine's clock, no emulator.
    #[must_use]
    pub fn new(config: Config) -> Self {
        Self {
            config,
            emulator: Emulator::Refused,
            clock: Arc::new(SystemClock::default()),
            notice: None,
            listener: None,
            between: None,
        }
    }
}

/// Why a process did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The configuration cannot be used.
    #[error(transparent)]
    Config(#[from] Problems),
    /// The store cannot be used.
    #[error(transparent)]
    Store(#[from] tandem_store::Error),
    /// The place of recordings cannot be used.
    #[error(transparent)]
    Recordings(#[from] FileError),
    /// The data keys are not those that the data directory was written with.
    #[error("contact center {center}: {error}")]
    Keys {
        /// Whose.
        center: String,
        /// Why.
        error: KeyCheckError,
    },
    /// A contact center's loop did not start.
    #[error("contact center {center} does not start: {error}")]
    Engine {
        /// Which.
        center: String,
        /// Why.
        error: engine::StartError,
    },
    /// A contact center's Microsoft side is not usable.
    #[error("contact center {center}: {error}")]
    Edge {
        /// Which.
        center: String,
        /// Why.
        error: String,
    },
    /// Calls by trunks cannot be listened for.
    #[error(transparent)]
    DirectRouting(#[from] ExchangeError),
    /// Passwords cannot be hashed.
    #[error(transparent)]
    Passwords(#[from] PasswordProblem),
    /// It cannot listen.
    #[error("cannot listen on {address}: {error}; is another process there?")]
    Listen {
        /// Where.
        address: SocketAddr,
        /// Why.
        error: std::io::Error,
    },
    /// The certificate cannot be used.
    #[error("server.tls: {0}")]
    Tls(String),
}

/// A process that serves.
pub struct Running {
    /// Where it listens.
    pub addr: SocketAddr,
    app: Arc<App>,
    store: Arc<Store>,
    stop: CancellationToken,
    listening: listen::Listening,
    loops: Vec<JoinHandle<()>>,
    exchange: Option<Exchange>,
}

/// Starts to serve.
///
/// # Errors
/// [`StartError`], which names the fix.
pub async fn start(options: Options) -> Result<Running, StartError> {
    let Options {
        config,
        emulator,
        clock,
        notice,
        listener,
        between,
    } = options;
    prepare(emulator, &config)?;
    let listener = listen::bind(listener, config.server.listen)?;
    let store = Arc::new(Store::open(&config.store.data_dir).await?);
    let stop = CancellationToken::new();
    let keys = Arc::new(config.store.keys.clone());
    let files = config.store.recordings.open()?;
    let loops_store = Arc::clone(&store) as Arc<dyn CenterStore>;
    let mut parts = Parts::default();
    let exchange = parts.exchange(&config, &stop).await?;
    let shared = Shared {
        host: Host::of(&config),
        loops_store: behind(between, loops_store),
        store: Arc::clone(&store),
        files,
        keys: Arc::clone(&keys),
        clock: Arc::clone(&clock),
        stop: stop.clone(),
        exchange: exchange.clone(),
    };
    let ids = config.centers.iter().map(|it| it.id.clone()).collect();
    for center in config.centers {
        parts.add(center, &shared).await?;
    }
    drop(shared);
    let app = Arc::new(App {
        hubs: parts.hubs,
        centers: Arc::new(parts.centers.into_iter().collect::<Centers>()),
        store: Arc::clone(&store),
        passwords: Passwords::new().await?,
        key_rates: KeyRates::default(),
        attempts: Attempts::default(),
        is_https: config.server.public_base_url.scheme() == "https",
        public_base_url: config.server.public_base_url,
        trusted_proxies: trusted_proxies(&config.server.transport),
        notice,
        has_accounts: AtomicBool::new(false),
        places: Places::default(),
        client: reqwest::Client::new(),
        openapi: api::openapi().into(),
        metrics: telemetry::metrics(),
        drain: CancellationToken::new(),
        clock,
    });
    let resealing = crate::rotation::run(Arc::clone(&store), ids, keys, stop.clone());
    let mut loops = parts.loops;
    loops.push(tokio::spawn(resealing));
    loops.extend(housekeeping(&app, &stop));
    let router = router(&app, parts.edges);
    let listening = listen::serve(listener, &config.server.transport, router)?;
    let addr = listening.addr;
    tracing::info!(%addr, "serving");
    Ok(Running {
        addr,
        app,
        store,
        stop,
        listening,
        loops,
        exchange,
    })
}

fn prepare(emulator: Emulator, config: &Config) -> Result<(), StartError> {
    if emulator == Emulator::Refused {
        crate::config::emulator::refuse(config)?;
    }
    // Another part of the process may have chosen the same provider before.
    drop(rustls::crypto::aws_lc_rs::default_provider().install_default());
    Ok(())
}

fn behind(between: Option<Between>, store: Arc<dyn CenterStore>) -> Arc<dyn CenterStore> {
    match between {
        Some(between) => between(store),
        None => store,
    }
}

fn trusted_proxies(transport: &Transport) -> Vec<Network> {
    match transport {
        Transport::Proxy { trusted } => trusted.clone(),
        Transport::Plain | Transport::Tls { .. } => Vec::new(),
    }
}

/// What is done now and then, whoever is there.
fn housekeeping(app: &Arc<App>, stop: &CancellationToken) -> [JoinHandle<()>; 2] {
    [
        tokio::spawn(telemetry::upkeep(app.metrics.clone(), stop.clone())),
        tokio::spawn(purge(Arc::clone(app), stop.clone())),
    ]
}

fn router(app: &Arc<App>, edges: BTreeMap<String, Arc<TeamsPhone>>) -> Router {
    let router = api::router(app)
        .merge(teams_phone::router(Arc::new(edges)))
        .merge(media::router(app.centers.iter().map(hosted)))
        .merge(health::router(app))
        .merge(sign_in::router(app))
        .merge(graph::consent::router(app))
        .merge(graph::delegates::login::router(app))
        .merge(graph::presence::push::hook::router(app))
        .merge(web::router(app.is_https));
    api::enveloped(router)
}

fn hosted(center: &Arc<Center>) -> Hosted {
    Hosted {
        center: center.id().clone(),
        sounds: Arc::clone(&center.store) as _,
        keys: Arc::clone(&center.keys),
        clock: Arc::clone(&center.clock),
    }
}

/// What the contact centers of the process share.
struct Shared {
    host: Host,
    /// What the loops append to.
    loops_store: Arc<dyn CenterStore>,
    store: Arc<Store>,
    files: RecordingFiles,
    keys: Arc<KeyFamily>,
    clock: Arc<dyn Clock>,
    stop: CancellationToken,
    exchange: Option<Exchange>,
}

impl Shared {
    /// What a contact center's engine runs on.
    fn engine(
        &self,
        config: &crate::config::Center,
        orders: engine::Orders,
    ) -> Result<EngineOptions, StartError> {
        Ok(EngineOptions {
            center: config.id.clone(),
            time_zone: config.time_zone.clone(),
            node: NodeId::parse("tandem")?,
            store: Arc::clone(&self.loops_store),
            clock: Arc::clone(&self.clock),
            orders,
            stop: self.stop.clone(),
        })
    }

    fn keeper(&self, center: &CenterId) -> Arc<Keeper> {
        let (store, keys) = (Arc::clone(&self.store), Arc::clone(&self.keys));
        Arc::new(Keeper::new(center.clone(), store, self.files.clone(), keys))
    }

    fn link(&self, config: &crate::config::Center) -> Result<Link, StartError> {
        let (store, keys) = (Arc::clone(&self.store), Arc::clone(&self.keys));
        let link = Link::new(config, store, keys, Arc::clone(&self.clock));
        link.map_err(|error| no_edge(config.id.as_str(), error.into()))
    }
}

fn no_edge(center: &str, error: EdgeError) -> StartError {
    StartError::Edge {
        center: center.to_owned(),
        error: error.to_string(),
    }
}

/// What is made for each contact center.
#[derive(Default)]
struct Parts {
    centers: Vec<Arc<Center>>,
    hubs: BTreeMap<String, Arc<Hub>>,
    edges: BTreeMap<String, Arc<TeamsPhone>>,
    loops: Vec<JoinHandle<()>>,
}

impl Parts {
    /// Listens for calls by trunks, if that is configured.
    async fn exchange(
        &mut self,
        config: &Config,
        stop: &CancellationToken,
    ) -> Result<Option<Exchange>, ExchangeError> {
        let Some(direct_routing) = &config.direct_routing else {
            return Ok(None);
        };
        let folder = config.store.data_dir.join("calls");
        let (exchange, running) = Exchange::start(direct_routing, folder, stop).await?;
        self.loops.extend(running);
        Ok(Some(exchange))
    }

    async fn add(
        &mut self,
        config: crate::config::Center,
        shared: &Shared,
    ) -> Result<(), StartError> {
        let Shared {
            host,
            store,
            keys,
            clock,
            stop,
            exchange,
            ..
        } = shared;
        let id = config.id.to_string();
        let checked = check_keys(store.as_ref(), &config.id, keys).await;
        checked.map_err(|error| StartError::Keys {
            center: id.clone(),
            error,
        })?;
        let (orders, given) = mpsc::unbounded_channel();
        let started = engine::spawn(shared.engine(&config, orders)?).await;
        let (engine, running) = started.map_err(|error| StartError::Engine {
            center: id.clone(),
            error,
        })?;
        self.loops.push(running);
        let followed = self.history(&engine, store, stop);
        let microsoft = Microsoft::of(&config).map_err(|error| no_edge(&id, error.into()))?;
        let teams = shared.link(&config)?;
        let people = People::new(config.id.clone(), Arc::clone(store), Arc::clone(keys));
        let center = Arc::new(Center {
            engine,
            followed,
            store: Arc::clone(store),
            keys: Arc::clone(keys),
            recordings: shared.keeper(&config.id),
            reminder: Reminder::default(),
            people,
            signals: Arc::new(Signals::new(Arc::clone(clock))),
            reports: Reports::default(),
            host: host.clone(),
            clock: Arc::clone(clock),
            microsoft,
            teams,
            webhooker: Webhooker::default(),
            line: std::sync::OnceLock::new(),
            config,
        });
        let unusable = |error: EdgeError| no_edge(&id, error);
        let edge = Arc::new(TeamsPhone::of(&center).map_err(unusable)?);
        let config = &center.config;
        let business = BusinessSystems::new(&config.business_systems, config.trust_root.as_deref());
        let business = business.map_err(|error| unusable(error.into()))?;
        let edges = Edges {
            teams_phone: Arc::clone(&edge),
            direct_routing: exchange.clone().map(|it| self.line(&center, it, stop)),
        };
        let orders = effects::spawn(Arc::new(edges), business, given, stop.clone());
        self.loops.push(orders);
        self.edges.insert(id.clone(), edge);
        self.follow(&center, stop);
        self.centers.push(center);
        Ok(())
    }

    /// The line of a contact center that was made a moment ago.
    fn line(
        &mut self,
        center: &Arc<Center>,
        exchange: Exchange,
        stop: &CancellationToken,
    ) -> Arc<Line> {
        let line = Arc::new(Line::new(center, exchange));
        self.loops.extend(line.keep(stop));
        if center.line.set(Arc::clone(&line)).is_err() {
            tracing::trace!("the center had a line before");
        }
        line
    }

    /// Whatever goes on beside the loop.
    fn follow(&mut self, center: &Arc<Center>, stop: &CancellationToken) {
        let hub = Hub::new(Arc::clone(center));
        let telling = center.webhooker.clone();
        self.loops.extend([
            tokio::spawn(Arc::clone(&hub).run(stop.clone())),
            tokio::spawn(Arc::clone(&hub).follow(stop.clone())),
            tokio::spawn(recordings::retention::run(Arc::clone(center), stop.clone())),
            tokio::spawn(forgetting::run(Arc::clone(center), stop.clone())),
            tokio::spawn(health::keep(Arc::clone(center), stop.clone())),
            tokio::spawn(telling.run(Arc::clone(center), stop.clone())),
            tokio::spawn(graph::keep(Arc::clone(center), stop.clone())),
            tokio::spawn(graph::directory::keep(Arc::clone(center), stop.clone())),
            tokio::spawn(graph::directory::keep_lines(
                Arc::clone(center),
                stop.clone(),
            )),
            tokio::spawn(graph::presence::keep_reading(
                Arc::clone(center),
                stop.clone(),
            )),
            tokio::spawn(graph::presence::keep_writing(
                Arc::clone(center),
                stop.clone(),
            )),
            tokio::spawn(graph::presence::push::keep_subscribed(
                Arc::clone(center),
                stop.clone(),
            )),
            tokio::spawn(graph::presence::push::keep_notices(
                Arc::clone(center),
                stop.clone(),
            )),
        ]);
        self.hubs.insert(center.id().to_string(), hub);
    }
}

impl Parts {
    /// Has the journal followed by the history.
    fn history(
        &mut self,
        engine: &Engine,
        store: &Arc<Store>,
        stop: &CancellationToken,
    ) -> Followed {
        let followed = Followed::default();
        let follower = FollowerOptions {
            center: engine.center().clone(),
            journal: Arc::clone(store) as _,
            history: Arc::clone(store) as _,
            followed: followed.clone(),
        };
        let following = engine::history::keep(follower, engine.view().clone(), stop.clone());
        self.loops.push(tokio::spawn(following));
        followed
    }
}

async fn purge(app: Arc<App>, stop: CancellationToken) {
    let mut period = tokio::time::interval(PURGE);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = period.tick() => {}
        }
        let now = UnixMicros(app.clock.now().as_micros());
        if let Err(error) = app.store.purge_expired(now).await {
            tracing::warn!(%error, "expired sign-ins could not be removed");
        }
    }
}

impl Running {
    /// The contact centers.
    #[must_use]
    pub fn centers(&self) -> &Arc<Centers> {
        &self.app.centers
    }

    /// Where calls by trunks are listened for.
    #[must_use]
    pub fn trunk_listeners(&self) -> Vec<(tandem_sip::flow::Transport, SocketAddr)> {
        let exchange = self.exchange.as_ref();
        exchange.map_or_else(Vec::new, |it| it.listeners().to_vec())
    }

    /// Drains: no new offers, last commit, sockets closed, everything ended within ten seconds.
    /// Calls live on in the Microsoft cloud; those of trunks are hung up.
    pub async fn shutdown(self) {
        let Self {
            app,
            store,
            stop,
            listening,
            loops,
            addr,
            exchange,
        } = self;
        tracing::info!(%addr, "draining");
        app.drain.cancel();
        let drained = app.centers.iter().map(|center| async {
            let drained = center.engine.submit(Input::DrainBegan);
            match tokio::time::timeout(LOOP_ENDS, drained).await {
                Ok(Ok(_)) => {}
                Ok(Err(error)) => tracing::warn!(center = %center.id(), %error, "not drained"),
                Err(_late) => tracing::warn!(center = %center.id(), "not drained in time"),
            }
        });
        futures::future::join_all(drained).await;
        listening.end(REQUESTS_END).await;
        if let Some(exchange) = exchange {
            exchange.stop().await;
        }
        stop.cancel();
        let ended = tokio::time::timeout(LOOP_ENDS, futures::future::join_all(loops));
        if ended.await.is_err() {
            tracing::warn!("a loop did not end in time");
        }
        drop(app);
        match Arc::into_inner(store).map(Store::close) {
            Some(closing) => {
                if let Err(error) = closing.await {
                    // Nothing is lost: the next start goes through the write-ahead log.
                    tracing::warn!(%error, "the store was not closed");
                }
            }
            None => tracing::debug!("the store is still in use; it closes with the process"),
        }
        tracing::info!(%addr, "stopped");
    }
}
