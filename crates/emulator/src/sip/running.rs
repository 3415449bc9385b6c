//! Starting the neighbors, and reaching them: listeners, drivers, media, and the tasks between.

use super::order::{Ask, Order, To, Told};
use super::parties::{Learned, Means, Parties};
use super::proxies::{PROXIES, PROXY};
use super::{Neighbor, dress};
use crate::actor::Command;
use crate::authority::SipKeys;
use crate::options::SipOptions;
use serde_json::{Map, Value, json};
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use tandem_sip::flow::Transport;
use tandem_sip::uri::HostPort;
use tandem_sip::user_agent::{Probes, SessionTimers, Settings, UserAgent};
use tandem_transport::media::{self, Fact, Plane};
use tandem_transport::sip::{
    BindError, ClientCertificates, ClientTls, Driver, Handle, Identity, Kind, Listen, Names, Roots,
    ServerTls, Sockets, TlsError,
};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

/// SBCs whose names wait to be known.
const LEARNED_MAX: usize = 64;

/// Why the neighbors do not start.
#[derive(Debug, thiserror::Error)]
pub enum SipError {
    #[error(transparent)]
    Bind(#[from] BindError),
    #[error("SIP over TLS: {0}")]
    Tls(#[from] TlsError),
    #[error("SIP has no media: {0}")]
    Media(#[from] media::Error),
}

/// Where the neighbors listen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SipAddresses {
    pub carrier_udp: SocketAddr,
    pub carrier_tcp: SocketAddr,
    pub phones_udp: SocketAddr,
    pub phones_tcp: SocketAddr,
    /// The three proxies of Teams, over TLS.
    pub teams: [SocketAddr; 3],
    /// A certificate for an SBC of the emulated tenant, `sbc.tandem.example`, with its key.
    pub sbc_certificate: PathBuf,
    pub sbc_key: PathBuf,
}

impl SipAddresses {
    /// Names that an SBC has to know the addresses of: those of the proxies.
    #[must_use]
    pub fn names(&self) -> Vec<(&'static str, SocketAddr)> {
        let [first, second, third] = PROXIES;
        let [one, two, three] = self.teams;
        vec![
            (first, one),
            (second, two),
            (third, three),
            (dress::REGIONAL, one),
        ]
    }

    pub(crate) fn show(&self) -> Value {
        let names = self.names().into_iter();
        let names: Map<String, Value> = names
            .map(|(name, address)| (name.to_owned(), json!(address.to_string())))
            .collect();
        json!({
            "carrier_udp": self.carrier_udp.to_string(), "carrier_tcp": self.carrier_tcp.to_string(),
            "phones_udp": self.phones_udp.to_string(), "phones_tcp": self.phones_tcp.to_string(),
            "teams": names, "sbc_certificate": self.sbc_certificate, "sbc_key": self.sbc_key,
        })
    }
}

/// Reaches the neighbors; may be cloned.
#[derive(Clone)]
pub(crate) struct Neighbors {
    /// In the order of [`Neighbor::ALL`].
    running: Vec<(Handle<Order>, Plane)>,
}

impl std::fmt::Debug for Neighbors {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Neighbors").finish_non_exhaustive()
    }
}

impl Neighbors {
    fn handle(&self, neighbor: Neighbor) -> Option<&Handle<Order>> {
        let mut all = Neighbor::ALL.iter().zip(&self.running);
        let found = all.find(|(known, _)| **known == neighbor);
        found.map(|(_, (handle, _))| handle)
    }

    pub(crate) async fn ask(&self, to: To, ask: Ask) -> Told {
        match to {
            To::One(neighbor) => self.ask_one(neighbor, ask).await,
            To::All => self.ask_all(ask).await,
        }
    }

    async fn ask_one(&self, neighbor: Neighbor, ask: Ask) -> Told {
        let stopped = || Err((503, "SIP has stopped".to_owned()));
        let (reply, told) = oneshot::channel();
        let Some(handle) = self.handle(neighbor) else {
            return stopped();
        };
        if handle.order(Order::Ask { ask, reply }).await.is_err() {
            return stopped();
        }
        told.await.unwrap_or_else(|_gone| stopped())
    }

    /// Lists become one list, everything else stands under the neighbor's name.
    async fn ask_all(&self, ask: Ask) -> Told {
        let mut list = Vec::new();
        let mut named = Map::new();
        let mut status = 200;
        for neighbor in Neighbor::ALL {
            let (told, value) = self.ask_one(neighbor, ask.clone()).await?;
            status = told;
            match value {
                Value::Array(values) => list.extend(values),
                Value::Null => {}
                other @ (Value::Bool(_)
                | Value::Number(_)
                | Value::String(_)
                | Value::Object(_)) => {
                    named.insert(neighbor.as_str().to_owned(), other);
                }
            }
        }
        let whole = if named.is_empty() {
            Value::Array(list)
        } else {
            Value::Object(named)
        };
        Ok((status, whole))
    }

    /// An order that nobody waits for; after a stop it means nothing.
    pub(crate) async fn tell(&self, neighbor: Neighbor, order: Order) {
        if let Some(handle) = self.handle(neighbor)
            && handle.order(order).await.is_err()
        {
            tracing::trace!("SIP has stopped");
        }
    }

    /// Hangs up on everybody, and stops.
    pub(crate) async fn stop(&self) {
        for (handle, plane) in &self.running {
            let (done, is_done) = oneshot::channel();
            if handle.order(Order::Close { done }).await.is_ok() {
                drop(is_done.await);
            }
            if handle.stop().await.is_err() {
                tracing::trace!("SIP has stopped already");
            }
            let plane = plane.clone();
            drop(tokio::task::spawn_blocking(move || plane.shut_down()).await);
        }
    }
}

/// Starts all three: when this returns, they listen.
pub(crate) async fn start(
    options: &SipOptions,
    keys: SipKeys,
    world: &mpsc::Sender<Command>,
    seed: u64,
) -> Result<(Neighbors, SipAddresses, Vec<JoinHandle<()>>), SipError> {
    let identity = Identity::from_pem(keys.teams_chain.as_bytes(), keys.teams_key.as_bytes())?;
    let roots = Roots::from_pem(keys.ca.as_bytes())?;
    let mut running = Vec::new();
    let mut tasks = Vec::new();
    let mut bound = Vec::new();
    for neighbor in Neighbor::ALL {
        let mut settings =
            tandem_transport::sip::Settings::new(listeners(neighbor, options, &identity, &roots)?);
        settings.client = Some(ClientTls::new(roots.clone(), Some(identity.clone()))?);
        let sockets = Sockets::bind(settings).await?;
        let addresses: Vec<SocketAddr> = sockets.addresses().collect();
        let (plane, facts) = Plane::start(media_settings(options.bind))?;
        let (learned, learning) = mpsc::channel(LEARNED_MAX);
        let ports = ports(neighbor, &addresses);
        let means = Means {
            neighbor,
            plane: plane.clone(),
            world: world.clone(),
            learned,
            host: host(options.bind),
            ports: ports.clone(),
            seed,
        };
        let salt = u64::try_from(bound.len()).unwrap_or(0) + 1;
        let seed = seed.rotate_left(8).wrapping_add(salt);
        let agent = UserAgent::new(agent_settings(neighbor, options.bind, &ports), seed);
        let (handle, driver) = Driver::new(sockets, agent, Parties::new(means), seed);
        tasks.push(tokio::spawn(async move { drop(driver.run().await) }));
        tasks.push(tokio::spawn(tell_facts(handle.clone(), facts)));
        tasks.push(tokio::spawn(learn(handle.clone(), learning)));
        running.push((handle, plane));
        bound.push(addresses);
    }
    let addresses = addresses(&bound, keys);
    Ok((Neighbors { running }, addresses, tasks))
}

fn addresses(bound: &[Vec<SocketAddr>], keys: SipKeys) -> SipAddresses {
    let at = |neighbor: usize, listener: usize| bound[neighbor][listener];
    SipAddresses {
        carrier_udp: at(0, 0),
        carrier_tcp: at(0, 1),
        phones_udp: at(1, 0),
        phones_tcp: at(1, 1),
        teams: [at(2, 0), at(2, 1), at(2, 2)],
        sbc_certificate: keys.sbc_certificate,
        sbc_key: keys.sbc_key,
    }
}

/// An address as it stands in a URI.
fn host(bind: IpAddr) -> String {
    match bind {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!("[{address}]"),
    }
}

/// Of six ports in a row, or of free ones where the first is 0: the carrier's, the phones', and those of three proxies.
fn listeners(
    neighbor: Neighbor,
    options: &SipOptions,
    identity: &Identity,
    roots: &Roots,
) -> Result<Vec<Listen>, TlsError> {
    let at = |n: u16| {
        let port = match options.port {
            0 => 0,
            first => first.saturating_add(n),
        };
        SocketAddr::new(options.bind, port)
    };
    // Teams verifies the certificate of whoever connects (A.2).
    let tls = || {
        let clients = ClientCertificates::Required(roots.clone());
        ServerTls::new(vec![identity.clone()], clients).map(Kind::Tls)
    };
    Ok(match neighbor {
        Neighbor::Carrier => vec![Listen::new(at(0), Kind::Udp), Listen::new(at(0), Kind::Tcp)],
        Neighbor::Phones => vec![Listen::new(at(1), Kind::Udp), Listen::new(at(1), Kind::Tcp)],
        Neighbor::Teams => vec![
            Listen::new(at(2), tls()?),
            Listen::new(at(3), tls()?),
            Listen::new(at(4), tls()?),
        ],
    })
}

fn ports(neighbor: Neighbor, bound: &[SocketAddr]) -> Vec<(Transport, u16)> {
    match neighbor {
        Neighbor::Teams => vec![(Transport::Tls, 5_061)],
        Neighbor::Carrier | Neighbor::Phones => {
            let transports = [Transport::Udp, Transport::Tcp];
            let bound = bound.iter().map(SocketAddr::port);
            transports.into_iter().zip(bound).collect()
        }
    }
}

fn agent_settings(neighbor: Neighbor, bind: IpAddr, ports: &[(Transport, u16)]) -> Settings {
    let first = ports.first().copied();
    let (transport, port) = first.map_or((Transport::Udp, None), |(it, port)| (it, Some(port)));
    let own = match neighbor {
        Neighbor::Teams => PROXY.to_owned(),
        Neighbor::Carrier | Neighbor::Phones => host(bind),
    };
    let mut settings = Settings::new(HostPort { host: own, port }, transport);
    settings.other_ports = ports.iter().skip(1).copied().collect();
    settings.calls_max = crate::limits::SIP_CALLS_MAX * 2;
    match neighbor {
        Neighbor::Carrier => "Carrier/1 (Tandem emulator)".clone_into(&mut settings.product),
        Neighbor::Phones => "Phone/1 (Tandem emulator)".clone_into(&mut settings.product),
        Neighbor::Teams => {
            "Microsoft.PSTNHub.SIPProxy v.2026.11.1.1 i.EUWE.1".clone_into(&mut settings.product);
            // Requests of ours come with a route to the regional name, and it comes back with the answer.
            let names = PROXIES.into_iter().chain([dress::REGIONAL]);
            settings.other_names = names.map(str::to_owned).collect();
            settings.probes = Probes::Asked;
            // A.6
            settings.session = SessionTimers {
                seconds: 3_600,
                min_seconds: 300,
            };
        }
    }
    settings
}

fn media_settings(bind: IpAddr) -> media::Settings {
    let mut settings = media::Settings::new(bind);
    settings.ports = 0..=0;
    settings.n_threads = 1;
    settings
}

async fn tell_facts(handle: Handle<Order>, mut facts: mpsc::Receiver<Fact>) {
    while let Some(fact) = facts.recv().await {
        if handle.order(Order::Media(fact)).await.is_err() {
            return;
        }
    }
}

/// What stands in for Teams' name service: an SBC is where it was heard from, at the port of its Contact.
async fn learn(handle: Handle<Order>, mut learning: mpsc::Receiver<Learned>) {
    let mut names = Names::default();
    while let Some(learned) = learning.recv().await {
        let Learned {
            fqdn,
            address,
            proxy,
        } = learned;
        names.set(&fqdn, vec![address]);
        let is_known = handle.set_names(names.clone()).await.is_ok();
        let order = Order::Known { fqdn, proxy };
        if !is_known || handle.order(order).await.is_err() {
            return;
        }
    }
}
